package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
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
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
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
	if diff := cmp.Diff(served, in); diff != "" {
		t.Errorf("served (-) and described (+):\n%s", diff)
	}
	for _, p := range []string{"GET /api/openapi.json", "GET /healthz", "GET /metrics"} {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is not served", p)
		}
	}
}
