package duckdb

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// A process that is killed leaves a log that ends anywhere. With all of it the
// second import is there, with less it is not, and no file is left beside the data.
func TestLogCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	db := open(t, path, Options{})
	bring(t, db, 1, mixed(t, 1))
	before := see(t, db)
	l, err := db.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Rollback()
	if err := mixed(t, 2)(l); err != nil {
		t.Fatal(err)
	}
	var data, log []byte
	_, err = l.Commit(t.Context(), func(engine.LoadResult) error {
		// The rows are committed, and still in the log.
		if data, err = os.ReadFile(path); err != nil {
			return err
		}
		log, err = os.ReadFile(path + ".wal")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	after := see(t, db)

	r := rand.New(rand.NewPCG(1, 2))
	lengths := []int{0, 1, 8, 24, 123, len(log) / 2, len(log) - 1, len(log)}
	for range 4 {
		lengths = append(lengths, r.IntN(200), r.IntN(len(log)))
	}
	for _, n := range lengths {
		dir := t.TempDir()
		path := filepath.Join(dir, "data.duckdb")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".wal", log[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		db := open(t, path, Options{})
		want := before
		if n == len(log) {
			want = after
		} else if err := db.Retain(t.Context(), func(id kreds.ImportID) bool { return id == 1 }); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if d := cmp.Diff(want, see(t, db)); d != "" {
			t.Errorf("%d of %d bytes (-want +got):\n%.1000s", n, len(log), d)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{path}, left); d != "" {
			t.Errorf("%d of %d bytes leave files (-want +got):\n%s", n, len(log), d)
		}
	}
}

// A process that is killed while it makes the file, or has no room for it, leaves
// one that nothing was ever in: it is made again. Another program's file stays.
func TestMakingCutOff(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	db := open(t, whole, Options{})
	bring(t, db, 1, mixed(t, 1))
	want := see(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 100, 4096, 8191, 8192, 3*4096 - 1} {
		path := filepath.Join(t.TempDir(), "data.duckdb")
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		db := open(t, path, Options{})
		bring(t, db, 1, mixed(t, 1))
		if d := cmp.Diff(want, see(t, db)); d != "" {
			t.Errorf("%d bytes (-want +got):\n%.1000s", n, d)
		}
	}
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("not kreds' own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); err == nil {
		t.Error("opens another program's file")
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
