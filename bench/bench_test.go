package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The program starts itself for imports; the test's binary can be it too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-child" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A small world shows that kreds, DuckDB and PostgreSQL agree on everything that
// is measured: the program fails otherwise.
func TestAnswersAgree(t *testing.T) {
	document := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(document, []byte("before\n"+figuresBegin+"old\n"+figuresEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	args := []string{"-data", t.TempDir(), "-scale", "0.002", "-runs", "1", "-postgres=false", "-write", document}
	if err := run(t.Context(), args, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	for _, want := range []string{"three clauses", "all 300", "segments of", "### Prove", "kreds, known customers", "exact count within"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report says nothing of %q:\n%s", want, &out)
		}
	}
	written, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(written); !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "after\n") || strings.Contains(s, "old") || !strings.Contains(s, "all 300") {
		t.Errorf("the document is not as it should be:\n%s", s)
	}
	t.Logf("\n%s", &out)
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"-scale", "0"}, {"-runs", "0"}, {"-only", "everything"}, {"more"}} {
		if err := run(t.Context(), append([]string{"-data", t.TempDir()}, args...), &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

// Figures of parts that are not measured again stay.
func TestMergedFigures(t *testing.T) {
	old := "\nold head\n\n### Ten counts\n\nold counts\n\n### Import of 10 CSV rows\n\nold import\n\n"
	got := merged(old, "head\n\n### Estimates\n\nnew estimates\n\n### Ten counts\n\nnew counts\n")
	want := "head\n\n### Ten counts\n\nnew counts\n\n### Estimates\n\nnew estimates\n\n### Import of 10 CSV rows\n\nold import\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
