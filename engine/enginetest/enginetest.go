// Package enginetest is what every engine is held to. It sees an engine only
// through the port, fills it with random worlds and compares what it says with
// the oracle and with the plain rows.
package enginetest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/segment"
)

// Run holds engines to the port. Open makes an empty one, which the test closes.
func Run(t *testing.T, open func(t *testing.T) engine.Engine) {
	for _, s := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T) engine.Engine)
	}{
		{"Empty", empty},
		{"Catalogue", catalogue},
		{"Populations", populations},
		{"Keys", keys},
		{"Leaves", leaves},
		{"Values", values},
		{"Explanations", explanations},
		{"Events", events},
		{"Observations", observations},
		{"Statistics", statistics},
		{"Imports", imports},
		{"Undo", undo},
		{"OrderOfArrival", orderOfArrival},
		{"Past", past},
		{"Together", together},
		{"Cancel", cancel},
	} {
		t.Run(s.name, func(t *testing.T) { s.run(t, open) })
	}
}

// held is a world in an engine, beside the oracle that knows the same world.
type held struct {
	engine.Engine
	t       *testing.T
	world   *generate.World
	oracle  *oracle.Oracle
	cat     *kreds.Catalogue
	writer  *generate.Writer
	numbers [2]map[string]kreds.Profile // by kind and key
}

var small = generate.Options{Persons: 24, Companies: 8}

// hold loads the world of a seed into a new engine.
func hold(t *testing.T, open func(t *testing.T) engine.Engine, w *generate.World, seed uint64) *held {
	t.Helper()
	e := open(t)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.Load(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	h := &held{Engine: e, t: t, world: w, oracle: oracle.New(w), cat: w.Catalogue(), writer: w.Writer(rand.New(rand.NewPCG(seed, 8)))}
	h.number()
	return h
}

// number learns the numbers of all profiles.
func (h *held) number() {
	h.t.Helper()
	for k := range h.numbers {
		h.numbers[k] = map[string]kreds.Profile{}
		for _, key := range h.world.Keys(kreds.Kind(k)) {
			p, err := h.Find(h.t.Context(), kreds.Kind(k), key)
			if err != nil {
				h.t.Fatal(err)
			}
			h.numbers[k][key] = p
		}
	}
}

// request is asks with everything that they need.
func (h *held) request(asks ...engine.Ask) *engine.Request {
	return &engine.Request{
		Buckets: engine.AllBuckets, Calendar: segment.NewCalendar(h.world.Zone), Lists: h.world.Lists, Places: h.world.Places, Asks: asks,
	}
}

// evaluate answers asks.
func (h *held) evaluate(asks ...engine.Ask) []engine.Answer {
	h.t.Helper()
	out, err := h.Evaluate(h.t.Context(), h.request(asks...))
	if err != nil {
		h.t.Fatal(err)
	}
	if len(out) != len(asks) {
		h.t.Fatalf("%d answers to %d asks", len(out), len(asks))
	}
	return out
}

// parse reads an expression about the world.
func (h *held) parse(text string) *segment.Expr {
	h.t.Helper()
	e, err := segment.Parse(text)
	if err == nil {
		err = segment.Check(e, h.cat)
	}
	if err != nil {
		h.t.Fatalf("%s: %v", text, err)
	}
	return e
}

// leaf writes a random leaf that engines answer.
func (h *held) leaf(k kreds.Kind) *segment.Expr {
	h.t.Helper()
	for {
		e := h.parse(h.writer.Leaf(k))
		switch e.Root.(type) {
		case *segment.Everyone, *segment.Not, *segment.Rank, *segment.InSegment, *segment.Moved:
		default:
			return e
		}
	}
}

// in are the keys of the kind whose profiles are in the set, in order.
func (h *held) in(set *roaring.Bitmap, k kreds.Kind) []string {
	var out []string
	for key, p := range h.numbers[k] {
		if set.Contains(uint32(p)) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// same reports a difference.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s: -want +got\n%s", what, d)
	}
}

func empty(t *testing.T, open func(t *testing.T) engine.Engine) {
	e := open(t)
	ctx := t.Context()
	cat := must[*kreds.Catalogue](t)(e.Catalogue(ctx))
	if len(cat.Traits)+len(cat.Events)+len(cat.Items) != 0 {
		t.Errorf("an empty engine knows %v", cat)
	}
	for _, s := range []kreds.Subject{kreds.Persons, kreds.Companies, kreds.Prospects, kreds.ProspectCompanies} {
		if n := must[*roaring.Bitmap](t)(e.Population(ctx, s, kreds.MaxInstant)).GetCardinality(); n != 0 {
			t.Errorf("an empty engine has %d %s", n, s)
		}
	}
	if _, err := e.Find(ctx, kreds.Person, "a"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("finding nobody: %v", err)
	}
	st := must[*engine.Statistics](t)(e.Statistics(ctx))
	if len(st.Traits)+len(st.Events)+len(st.ItemFacts) != 0 || st.Items != 0 {
		t.Errorf("statistics of nothing: %+v", st)
	}
	if err := e.Retain(ctx, func(kreds.ImportID) bool { return false }); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func catalogue(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(1, small), 1)
	got := must[*kreds.Catalogue](t)(h.Catalogue(t.Context()))
	want := h.world.Catalogue()
	want.Lists, want.Places, want.Segments = nil, nil, nil
	for i := range want.Traits {
		tr := &want.Traits[i]
		tr.Observed = kreds.MinInstant
		for _, in := range h.world.Imports {
			for _, p := range in.Profiles {
				if _, known := p.Traits[tr.Name]; known && p.Kind == tr.Kind && p.Observed != kreds.MinInstant {
					tr.Dated, tr.Observed = true, max(tr.Observed, p.Observed)
				}
			}
		}
	}
	for i := range want.Events {
		for _, in := range h.world.Imports {
			for _, e := range in.Events {
				if e.Type == want.Events[i].Name {
					want.Events[i].Rows++
				}
			}
		}
	}
	ordered(want)
	ordered(got)
	same(t, "the catalogue", want, got)
}

// ordered sorts a catalogue, whose order says nothing.
func ordered(c *kreds.Catalogue) {
	byName := func(a, b kreds.Property) int { return compare(a.Name, b.Name) }
	slices.SortFunc(c.Traits, func(a, b kreds.Trait) int { return compare(a.Kind.String()+a.Name, b.Kind.String()+b.Name) })
	slices.SortFunc(c.Events, func(a, b kreds.EventType) int { return compare(a.Name, b.Name) })
	for i := range c.Events {
		slices.SortFunc(c.Events[i].Properties, byName)
	}
	slices.SortFunc(c.Items, byName)
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}
