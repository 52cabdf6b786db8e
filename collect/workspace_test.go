package collect_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/state"
)

// workspace is a real one in a directory of the test.
type workspace struct {
	t        *testing.T
	dir      string
	files    string
	state    *state.Store
	engine   *duckdb.DB
	importer *collect.Importer
	audience *audience.Audience
}

func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	ctx := context.Background()
	w := &workspace{t: t, dir: t.TempDir(), files: t.TempDir()}
	var err error
	if w.state, err = state.Open(w.dir, clock); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.state.Close() })
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	if w.engine, err = duckdb.Open(ctx, filepath.Join(w.dir, "data.duckdb"), duckdb.Options{Workers: 2, Location: loc}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.engine.Close() })
	w.importer = collect.New(w.engine, w.state, clock, collect.Options{Rejects: filepath.Join(w.dir, "rejects"), Workers: 2})
	w.audience = audience.New(w.engine, w.state, clock)
	return w
}

// file writes a file of the contents and returns its path.
func (w *workspace) file(name, contents string) string {
	w.t.Helper()
	path := filepath.Join(w.files, name)
	if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *workspace) imports(r collect.Request) *collect.Result {
	w.t.Helper()
	result, err := w.importer.Import(context.Background(), r, nil)
	if err != nil {
		w.t.Fatalf("importing %v: %v (%s)", r.Files, err, kreds.HintOf(err))
	}
	return result
}

func (w *workspace) count(expression, asOf string) int64 {
	w.t.Helper()
	ctx := context.Background()
	cal, err := w.audience.Calendar(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	at, err := cal.ParseAsOf(asOf)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.audience.Count(ctx, audience.CountRequest{Expression: expression, AsOf: at})
	if err != nil {
		w.t.Fatalf("%s: %v", expression, err)
	}
	return c.Count
}

// rejects returns what a file of rejects holds.
func (w *workspace) rejects(path string) string {
	w.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}
