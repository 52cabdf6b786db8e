package state

import (
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

func TestDiscoveries(t *testing.T) {
	s := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	if err := s.SaveDiscovery(ctx, " ", nil); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("a blank name: %v", err)
	}
	for _, doc := range []string{`{"a":1}`, `{"a":2}`} {
		if err := s.SaveDiscovery(ctx, "Spring", []byte(doc)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Discovery(ctx, "spring")
	if err != nil || string(d.Document) != `{"a":2}` || d.Name != "Spring" || !d.Created.Equal(clock()) {
		t.Errorf("found %+v, %v", d, err)
	}
	if all, err := s.Discoveries(ctx); err != nil || len(all) != 1 {
		t.Errorf("listed %v, %v", all, err)
	}
	if err := s.DeleteDiscovery(ctx, "SPRING"); err != nil {
		t.Error(err)
	}
	if err := s.DeleteDiscovery(ctx, "spring"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := s.Discovery(ctx, "spring"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("found what was deleted: %v", err)
	}
}

func TestCreateSegmentsIsWhole(t *testing.T) {
	s := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
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
