package state

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

func clock() time.Time { return time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC) }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenHoldsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := Open(dir, clock); kreds.CodeOf(err) != kreds.CodeUnavailable || kreds.HintOf(err) == "" {
		t.Errorf("a second open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "state.db"), []byte("this is not a database, it only looks like a file of one"), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := t.TempDir()
	s := open(t, newer)
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a file": file, "a damaged state": damaged, "a newer state": newer} {
		if _, err := Open(dir, clock); kreds.CodeOf(err) != kreds.CodeUnavailable || kreds.HintOf(err) == "" {
			t.Errorf("%s: %v, hint %q", name, err, kreds.HintOf(err))
		}
	}
}

func TestLedger(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	var ids []kreds.ImportID
	for _, digest := range []string{"kept", "undone", "pending"} {
		id, err := s.BeginImport(ctx, kreds.Import{As: "customers", Files: []string{digest + ".csv"}, Digest: digest})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, id := range ids[:2] {
		if err := s.CommitImport(ctx, kreds.Import{ID: id, Rows: 7, Rejected: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.UndoImport(ctx, ids[1]); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"committed twice": s.CommitImport(ctx, kreds.Import{ID: ids[0]}), "undone twice": s.UndoImport(ctx, ids[1]), "abandoned after": s.AbandonImport(ctx, ids[0]),
	} {
		if kreds.CodeOf(err) != kreds.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.UndoImport(ctx, 99); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("an unknown import: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	defer s.Close()
	keep, err := s.Keep(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !keep(ids[0]) || keep(ids[1]) || keep(ids[2]) {
		t.Error("only the first import is to be kept")
	}
	i, ok, err := s.ImportByDigest(ctx, "kept")
	if err != nil || !ok || i.Rows != 7 || i.Rejected != 1 || i.Files[0] != "kept.csv" {
		t.Errorf("%+v, %v, %v", i, ok, err)
	}
	for _, digest := range []string{"undone", "pending", "other"} {
		if _, ok, err := s.ImportByDigest(ctx, digest); ok || err != nil {
			t.Errorf("%s: %v, %v", digest, ok, err)
		}
	}
}

// Of twelve refreshes, one a day, the members of the last ten are kept.
func TestRunSince(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	seg, err := s.CreateSegment(ctx, kreds.Segment{Name: "A"}, kreds.Version{Expression: "everyone"})
	if err != nil {
		t.Fatal(err)
	}
	day := func(n int) time.Time { return time.Date(2025, 1, n, 0, 0, 0, 0, time.UTC) }
	for n := 1; n <= 12; n++ {
		run := RunMembers{Run: kreds.Run{Segment: seg.ID, Version: 1, Started: day(n)}, Members: roaring.BitmapOf(uint32(n))}
		failed := RunMembers{Run: kreds.Run{Segment: seg.ID, Version: 1, Started: day(n), Error: "no"}}
		if err := s.SaveRuns(ctx, []RunMembers{run, failed}); err != nil {
			t.Fatal(err)
		}
	}
	last, _, _, err := s.LastRun(ctx, "A")
	if err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]uint32{
		{}: 11, day(30): 12, day(12): 12, day(12).Add(-time.Hour): 11, day(5).Add(time.Hour): 5, day(3): 3, day(2): 3, day(1).AddDate(-1, 0, 0): 3,
	} {
		if _, set, ok, err := s.RunSince(ctx, last, since); err != nil || !ok || !set.Equals(roaring.BitmapOf(want)) {
			t.Errorf("since %v: %v, want %d; %v, %v", since, set, want, ok, err)
		}
	}
}

func TestSegments(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	seg, err := s.CreateSegment(ctx, kreds.Segment{Name: "A", Tags: []string{"x"}}, kreds.Version{Expression: "did purchase"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateSegment(ctx, kreds.Segment{Name: "a"}, kreds.Version{Expression: "everyone"}); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("the same name: %v", err)
	}
	if _, err := s.CreateSegment(ctx, kreds.Segment{Name: "Ærlig"}, kreds.Version{Expression: "everyone"}); err != nil {
		t.Fatal(err)
	}
	if err := s.RenameSegment(ctx, "A", "ærlig"); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("the same name in other letters: %v", err)
	}
	for _, name := range []string{"", " x", "a\nb"} {
		if _, err := s.CreateSegment(ctx, kreds.Segment{Name: name}, kreds.Version{}); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("the name %q: %v", name, err)
		}
	}
	if _, err := s.CreateSegment(ctx, kreds.Segment{Name: "B"}, kreds.Version{Expression: `in segment "A"`}); err != nil {
		t.Fatal(err)
	}
	if err := s.RenameSegment(ctx, "a", `C "new"`); err != nil {
		t.Fatal(err)
	}
	b, err := s.Segment(ctx, "b")
	if err != nil || b.Expression != `in segment "C ""new"""` {
		t.Errorf("the reference is %q, %v", b.Expression, err)
	}
	if err := s.DeleteSegment(ctx, `c "new"`); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("deleting what is referred to: %v", err)
	}
	set := roaring.BitmapOf(1, 5, 100000)
	runs := []RunMembers{{Run: kreds.Run{Segment: seg.ID, Version: 1, AsOf: 5, Members: 3}, Members: set}, {Run: kreds.Run{Segment: seg.ID, Error: "no"}}}
	if err := s.SaveRuns(ctx, runs); err != nil {
		t.Fatal(err)
	}
	last, members, ok, err := s.LastRun(ctx, `C "new"`)
	if err != nil || !ok || last.Error != "" || !members.Equals(set) {
		t.Errorf("the last good run: %+v, %v, %v", last, ok, err)
	}
	if all, err := s.Runs(ctx, `C "new"`, 10); err != nil || len(all) != 2 || all[0].Error != "no" {
		t.Errorf("runs %+v, %v", all, err)
	}
	if _, _, ok, err := s.RunSince(ctx, last, time.Time{}); ok || err != nil {
		t.Errorf("a run before the first: %v, %v", ok, err)
	}
	away := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, err := s.UpdateSegment(ctx, "b", func(x *kreds.Segment) { x.Archived = away }); err != nil {
		t.Fatal(err)
	}
	if b, err := s.Segment(ctx, "b"); err != nil || !b.Archived.Equal(away) {
		t.Errorf("archived %v, %v", b.Archived, err)
	}
	if err := s.AddRecord(ctx, "B", 1, set); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("a record of a rule: %v", err)
	}
}
