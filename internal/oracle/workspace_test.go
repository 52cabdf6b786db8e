package oracle_test

import (
	"slices"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

// workspace is a world in a real workspace.
type workspace struct {
	*audience.Audience
	engine engine.Engine
	state  *state.Store
	names  [2]map[uint32]string // keys of profiles by kind and number
}

// open loads a world.
func open(t testing.TB, w *generate.World) *workspace {
	t.Helper()
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, err := state.Open(t.TempDir(), clock)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(t.Context(), "", duckdb.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.Load(ctx, e))
	must(s.SetSettings(ctx, state.Settings{TimeZone: w.Zone.String(), Currency: "DKK"}))
	for name, values := range w.Lists {
		must(s.PutList(ctx, name, values))
	}
	for _, p := range w.Places {
		must(s.PutPlace(ctx, p))
	}
	a := audience.New(e, s, clock)
	for _, seg := range w.Segments {
		meta := kreds.Segment{Name: seg.Name, Subject: seg.Subject, Source: seg.Source}
		if seg.Source != kreds.SourceRule {
			_, err := s.CreateSegment(ctx, meta, kreds.Version{})
			must(err)
			for _, r := range seg.Records {
				members := roaring.New()
				for _, key := range r.Keys {
					p, err := e.Find(ctx, seg.Subject.Kind(), key)
					if kreds.CodeOf(err) == kreds.CodeNotFound {
						continue // the world was cut
					}
					must(err)
					members.Add(uint32(p))
				}
				must(s.AddRecord(ctx, seg.Name, r.At, members))
			}
			continue
		}
		for i, v := range seg.Versions {
			now = v.Saved.Time()
			if i == 0 {
				_, err = a.Create(ctx, meta, kreds.Version{Expression: v.Expression})
			} else {
				_, err = a.Edit(ctx, seg.Name, kreds.Version{Expression: v.Expression}, 0)
			}
			if err != nil {
				t.Fatalf("%s: %v", v.Expression, err)
			}
		}
	}
	out := &workspace{Audience: a, engine: e, state: s}
	out.name(t)
	return out
}

// name learns the keys of all profiles.
func (w *workspace) name(t testing.TB) {
	t.Helper()
	for k := range w.names {
		w.names[k] = map[uint32]string{}
		set, err := w.engine.Everyone(t.Context(), kreds.Kind(k), kreds.MaxInstant)
		if err != nil {
			t.Fatal(err)
		}
		for key, err := range w.engine.Keys(t.Context(), set, false) {
			if err != nil {
				t.Fatal(err)
			}
			w.names[k][uint32(key.Profile)] = key.Key
		}
	}
}

// imports brings files in by way of the importer, and returns how many rows were
// rejected.
func (w *workspace) imports(t testing.TB, r collect.Request) int64 {
	t.Helper()
	clock := func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	result, err := collect.New(w.engine, w.state, clock, collect.Options{Rejects: t.TempDir()}).Import(t.Context(), r, nil)
	if err != nil {
		t.Fatalf("%v: %v (%s)", r.Files, err, kreds.HintOf(err))
	}
	return result.Import.Rejected
}

// parse reads an expression about a world.
func parse(t testing.TB, w *generate.World, text string) *segment.Expr {
	t.Helper()
	e, err := segment.Parse(text)
	if err == nil {
		err = segment.Check(e, w.Catalogue())
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// keys are the keys of a set of profiles of the kind, in order.
func (w *workspace) keys(set *roaring.Bitmap, k kreds.Kind) []string {
	var out []string
	for it := set.Iterator(); it.HasNext(); {
		out = append(out, w.names[k][it.Next()])
	}
	slices.Sort(out)
	return out
}
