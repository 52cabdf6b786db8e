package state

import (
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Every write is counted, and no read is.
func TestChanges(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	seg := kreds.Segment{Name: "a", Subject: kreds.Persons, Source: kreds.SourceList}
	for name, write := range map[string]func() error{
		"settings": func() error { return s.SetSettings(ctx, Settings{Currency: "EUR"}) },
		"list":     func() error { return s.PutList(ctx, "North", []string{"DK"}) },
		"no list":  func() error { return s.PutList(ctx, "North", nil) },
		"place":    func() error { return s.PutPlace(ctx, kreds.Place{Name: "store"}) },
		"segment and record": func() error {
			if _, err := s.CreateSegment(ctx, seg, kreds.Version{}); err != nil {
				return err
			}
			return s.AddRecord(ctx, "a", 1, roaring.BitmapOf(1))
		},
		"import": func() error { _, err := s.BeginImport(ctx, kreds.Import{As: "customers"}); return err },
	} {
		before := s.Changes()
		if err := write(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.Changes() == before {
			t.Errorf("%s: not counted", name)
		}
	}
	before := s.Changes()
	if _, err := s.Segments(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Settings(ctx); err != nil {
		t.Fatal(err)
	}
	if s.Changes() != before {
		t.Error("reading is counted")
	}
}
