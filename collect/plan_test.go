package collect_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPlans makes the plan of each archive in testdata/plans: a request, files,
// and the plan that is expected of them.
func TestPlans(t *testing.T) {
	paths, err := filepath.Glob("testdata/plans/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, "there are no plans")
	}
	w := newWorkspace(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var r collect.Request
			if err := json.Unmarshal(a.Comment, &r); err != nil {
				t.Fatal(err)
			}
			last := len(a.Files) - 1
			for _, f := range a.Files[:last] {
				r.Files = append(r.Files, w.file(f.Name, string(f.Data)))
			}
			got := written(w.importer.Inspect(context.Background(), r))
			if *update {
				a.Files[last].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[last].Data), got); diff != "" {
				t.Errorf("the plan differs (-want +got):\n%s", diff)
			}
		})
	}
}

func written(p *collect.Plan, err error) string {
	if err != nil {
		return fmt.Sprintf("%s: %v\nhint: %s\n", kreds.CodeOf(err), err, kreds.HintOf(err))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "delimiter %s, quote %s, header %v, %s, %d rows\n", p.Delimiter, p.Quote, p.Header, p.Encoding, p.Sampled)
	for _, c := range p.Columns {
		fmt.Fprintf(&b, "%q: %s %s", c.Label, c.Role, c.Type)
		if c.Name != "" {
			fmt.Fprintf(&b, " %s", c.Name)
		}
		if c.Format != "" {
			fmt.Fprintf(&b, ", %s", c.Format)
		}
		if c.Missing > 0 {
			fmt.Fprintf(&b, ", %d missing", c.Missing)
		}
		fmt.Fprintf(&b, ", like %q\n", c.Examples)
	}
	for _, c := range p.Computed {
		fmt.Fprintf(&b, "computed %s = %s\n", c.Name, c.Formula)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for what, f := range []collect.Finding{p.Decimal, p.DateOrder} {
		if f.Found != "" {
			fmt.Fprintf(&b, "%s %s, in doubt %v: %s\n", [...]string{"decimal", "dates"}[what], f.Found, f.Doubt, f.Why)
		}
	}
	for _, r := range p.Preview.Rejects {
		fmt.Fprintf(&b, "rejected line %d, %q of %q: %s\n", r.Line, r.Value, r.Column, r.Reason)
	}
	return b.String()
}
