package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	difference "github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/kreds/kreds/segment"
)

var update = flag.Bool("update", false, "write the golden files")

// described is the OpenAPI document and the patterns that are served.
func described(t *testing.T) ([]byte, []string) {
	t.Helper()
	configureHuma()
	h, mux := register(&Workspace{clock: time.Now, version: "test"}, discard())
	raw, err := json.Marshal(h.api.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	return pretty.Bytes(), mux.patterns
}

func TestOpenAPIGolden(t *testing.T) {
	got, _ := described(t)
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := difference.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the API's description changed; if that is meant, run go test ./api -update\n%s", diff)
	}
}

func TestOpenAPIValidates(t *testing.T) {
	got, _ := described(t)
	doc, err := libopenapi.NewDocument(got)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, problems := v.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Error(p)
			for _, s := range p.SchemaValidationErrors {
				t.Errorf("  %s: %s", s.FieldPath, s.Reason)
			}
		}
	}
}

func TestEveryRouteIsDescribed(t *testing.T) {
	got, patterns := described(t)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Responses   map[string]any
			Role        string `json:"x-required-role"`
		}
	}
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	var in, served []string
	ids := map[string]bool{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			in = append(in, strings.ToUpper(method)+" "+path)
			if op.OperationID == "" || ids[op.OperationID] || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s: id %q, summary %q, tags %v", method, path, op.OperationID, op.Summary, op.Tags)
			}
			ids[op.OperationID] = true
			if !slices.Contains([]string{"none", "viewer", "editor", "admin"}, op.Role) {
				t.Errorf("%s %s does not say which role it needs", method, path)
			}
			if _, ok := op.Responses["default"]; !ok {
				t.Errorf("%s %s does not describe its errors", method, path)
			}
		}
	}
	for _, p := range patterns {
		if _, path, _ := strings.Cut(p, " "); strings.HasPrefix(path, prefix) {
			served = append(served, p)
		}
	}
	slices.Sort(in)
	slices.Sort(served)
	if diff := difference.Diff(served, in); diff != "" {
		t.Errorf("served (-) and described (+):\n%s", diff)
	}
	for _, p := range []string{"GET /api/openapi.json", "GET /healthz", "GET /metrics"} {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is not served", p)
		}
	}
}

// docs/api.md lists every route.
func TestRoutesAreDocumented(t *testing.T) {
	raw, _ := described(t)
	var doc struct {
		Paths map[string]map[string]struct {
			Summary string
			Tags    []string
			Role    string `json:"x-required-role"`
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	type row struct{ tag, path, method, text string }
	tags := []string{"Imports", "Data", "Profiles", "Expressions", "Evaluation", "Segments", "Discovery", "RFM", "Proofs", "Jobs", "Settings", "Access"}
	var rows []row
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if !slices.Contains(tags, op.Tags[0]) {
				t.Errorf("the tag %s has no place in docs/api.md", op.Tags[0])
			}
			text := fmt.Sprintf("| %s | `%s` | `%s` | %s | %s |\n", op.Tags[0], strings.ToUpper(method), path, op.Summary, op.Role)
			rows = append(rows, row{op.Tags[0], path, method, text})
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(slices.Index(tags, a.tag)-slices.Index(tags, b.tag), strings.Compare(a.path, b.path), strings.Compare(a.method, b.method))
	})
	table := "| tag | | address | | role |\n|---|---|---|---|---|\n"
	for _, r := range rows {
		table += r.text
	}
	file := filepath.Join("..", "docs", "api.md")
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "\n## Routes\n\n", "\n## Rules\n"
	head, rest, ok1 := strings.Cut(string(page), begin)
	was, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("docs/api.md has no routes")
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+table+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := difference.Diff(was, table); diff != "" {
		t.Errorf("docs/api.md lists other routes (-) than there are (+); if that is meant, run go test ./api -run Routes -update:\n%s", diff)
	}
}

// The examples of expressions can be read.
func TestExamplesAreExpressions(t *testing.T) {
	raw, _ := described(t)
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Examples []any }
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, s := range doc.Components.Schemas {
		for _, e := range s.Properties["expression"].Examples {
			n++
			if _, err := segment.Parse(e.(string)); err != nil {
				t.Errorf("%s.expression: %v", name, err)
			}
		}
	}
	if n < 5 {
		t.Errorf("%d examples of expressions", n)
	}
}
