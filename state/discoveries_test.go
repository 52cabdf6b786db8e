package state

import (
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
)

// closed is a store that is closed with the test.
func closed(t *testing.T) *Store {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

type note struct {
	A    int
	Rule string
	Deep []map[string]string
}

// TestShelves: what is kept is found, changed, replaced and deleted, whatever the case
// of its name.
func TestShelves(t *testing.T) {
	s := closed(t)
	ctx := t.Context()
	for kind, shelf := range map[string]Shelf[note]{"discovery": Discoveries[note](s), "proof": Proofs[note](s)} {
		if err := shelf.Save(ctx, " ", &note{}); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("a blank name: %v", err)
		}
		for _, a := range []int{1, 2} {
			if err := shelf.Save(ctx, "Spring", &note{A: a}); err != nil {
				t.Fatal(err)
			}
		}
		d, err := shelf.Get(ctx, "spring")
		if err != nil || d.Document.A != 2 || d.Name != "Spring" || !d.Created.Equal(clock()) {
			t.Errorf("found %+v, %v", d, err)
		}
		if err := shelf.Change(ctx, "SPRING", func(n *note) error { n.A++; return nil }); err != nil {
			t.Error(err)
		}
		if err := shelf.Change(ctx, "spring", func(*note) error { return kreds.Errorf(kreds.CodeConflict, "no") }); kreds.CodeOf(err) != kreds.CodeConflict {
			t.Errorf("a change that was refused: %v", err)
		}
		if all, err := shelf.All(ctx); err != nil || len(all) != 1 || all[0].Document.A != 3 {
			t.Errorf("listed %v, %v", all, err)
		}
		if err := shelf.Delete(ctx, "SPRING"); err != nil {
			t.Error(err)
		}
		_, err = shelf.Get(ctx, "spring")
		for what, err := range map[string]error{
			"found": err, "deleted": shelf.Delete(ctx, "spring"),
			"changed": shelf.Change(ctx, "spring", func(*note) error { return nil }),
		} {
			if kreds.CodeOf(err) != kreds.CodeNotFound || !strings.Contains(err.Error(), kind) {
				t.Errorf("%s what was deleted: %v", what, err)
			}
		}
	}
}

// TestDocumentsFollowRenames: expressions in documents refer to a segment by its new
// name, other texts stay, and a segment that a model is made among cannot be deleted.
func TestDocumentsFollowRenames(t *testing.T) {
	s := closed(t)
	ctx := t.Context()
	if _, err := s.CreateSegment(ctx, kreds.Segment{Name: "Buyers"}, kreds.Version{Expression: "did purchase"}); err != nil {
		t.Fatal(err)
	}
	kept := note{A: 9007199254740993, Rule: `in segment "buyers" and age > 3`, Deep: []map[string]string{{"x": `not in segment "Buyers"`, "y": `we like segment "Buyers"`}}}
	if err := Discoveries[note](s).Save(ctx, "d", &kept); err != nil {
		t.Fatal(err)
	}
	made, err := s.CreateSegments(ctx, []NewSegment{{Segment: kreds.Segment{Name: "Big"}, Members: roaring.New()}}, []byte(`{"Among":"in segment \"Buyers\""}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RenameSegment(ctx, "Buyers", "Customers"); err != nil {
		t.Fatal(err)
	}
	d, err := Discoveries[note](s).Get(ctx, "d")
	want := note{A: kept.A, Rule: `in segment "Customers" and age > 3`, Deep: []map[string]string{{"x": `not in segment "Customers"`, "y": kept.Deep[0]["y"]}}}
	if diff := cmp.Diff(&want, d.Document); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
	if models, err := s.Models(ctx); err != nil || string(models[0].Document) != `{"Among":"in segment \"Customers\""}` {
		t.Errorf("%s, %v", models[0].Document, err)
	}
	if err := s.DeleteSegment(ctx, "Customers"); kreds.CodeOf(err) != kreds.CodeConflict || !strings.Contains(err.Error(), "Big") {
		t.Errorf("deleted what a model needs: %v", err)
	}
	for _, name := range []string{made[0].Name, "Customers"} {
		if err := s.DeleteSegment(ctx, name); err != nil {
			t.Error(err)
		}
	}
}

func TestCreateSegmentsIsWhole(t *testing.T) {
	s := closed(t)
	ctx := t.Context()
	named := func(names ...string) (out []NewSegment) {
		for i, n := range names {
			out = append(out, NewSegment{Segment: kreds.Segment{Name: n}, At: 10, Members: roaring.BitmapOf(uint32(i))})
		}
		return out
	}
	if _, err := s.CreateSegments(ctx, named("taken"), nil); err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{{"new", "Taken"}, {"new", "NEW"}, {"new", ""}} {
		if _, err := s.CreateSegments(ctx, named(names...), []byte(`{}`)); err == nil {
			t.Errorf("%q could be made", names)
		}
	}
	if all, err := s.Segments(ctx); err != nil || len(all) != 1 {
		t.Errorf("after failures there are %v, %v", all, err)
	}
	if models, err := s.Models(ctx); err != nil || len(models) != 0 {
		t.Errorf("after failures there are models %v, %v", models, err)
	}
	made, err := s.CreateSegments(ctx, named("x", "y"), []byte(`{"m":1}`))
	if err != nil {
		t.Fatal(err)
	}
	models, err := s.Models(ctx)
	if err != nil || len(models) != 1 || models[0].Segments[1].Name != "y" || string(models[0].Document) != `{"m":1}` {
		t.Errorf("models are %+v, %v", models, err)
	}
	if made[0].Source != kreds.SourceModel {
		t.Errorf("the source is %q", made[0].Source)
	}
	same := roaring.BitmapOf(0)
	for _, at := range []kreds.Instant{20, 30} {
		if err := s.AddRecords(ctx, at, map[int64]*roaring.Bitmap{made[0].ID: same, made[1].ID: roaring.BitmapOf(uint32(at))}); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]int{"x": 1, "y": 3} {
		if r, err := s.Records(ctx, name); err != nil || len(r) != want {
			t.Errorf("%s has %d records, want %d (%v)", name, len(r), want, err)
		}
	}
	for _, name := range []string{"x", "y"} {
		if err := s.DeleteSegment(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if models, err := s.Models(ctx); err != nil || len(models) != 0 {
		t.Errorf("models of no segment: %v, %v", models, err)
	}
}
