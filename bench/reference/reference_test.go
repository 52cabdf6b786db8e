package reference_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/bench/questions"
	"github.com/kreds/kreds/bench/reference"
)

// Every way to ask a question must give one answer, or its time means nothing.
func TestStatementsAgree(t *testing.T) {
	w := generate.New(1, 0.002)
	d, err := reference.OpenDuck("", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Fill(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	answers := map[string][]int64{}
	for _, c := range questions.Counts() {
		for i, sql := range c.DuckDB {
			got, err := d.Row(t.Context(), sql)
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			if i == 0 {
				answers[c.Name] = got
			}
			if diff := cmp.Diff(answers[c.Name], got); diff != "" {
				t.Errorf("%s: statement %d differs from the first: %s", c.Name, i+1, diff)
			}
		}
		if n := answers[c.Name]; n == nil || n[0] == 0 || n[0] == int64(w.Customers) {
			t.Errorf("%s: %v members, which tells nothing", c.Name, n)
		}
	}
	for _, s := range questions.Statements(questions.Leaves(questions.LeafSeed)) {
		got, err := d.Row(t.Context(), s.SQL)
		if err != nil {
			t.Error(err)
		} else if len(got) != len(s.Leaves) {
			t.Errorf("%d answers for %d leaves", len(got), len(s.Leaves))
		}
	}
	postgres(t, w, answers)
}

// postgres compares where PostgreSQL is installed.
func postgres(t *testing.T, w *generate.World, want map[string][]int64) {
	// A socket's path is short, and another user must reach it.
	p, err := reference.StartPostgres(t.Context(), filepath.Join(shortDir(t), "p"), w)
	if errors.Is(err, reference.ErrNoPostgres) {
		t.Log(err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range questions.Counts() {
		for _, sql := range c.Postgres {
			got, err := p.Row(t.Context(), sql)
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				return // the client has ended
			}
			if diff := cmp.Diff(want[c.Name], got); diff != "" {
				t.Errorf("%s: PostgreSQL differs from DuckDB: %s", c.Name, diff)
			}
		}
	}
}

func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "kreds")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
