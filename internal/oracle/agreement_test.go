package oracle_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/segment"
)

func soak() bool { return os.Getenv("KREDS_SOAK") != "" }

// TestAgreement: random expressions on random worlds have the same members as of
// random instants in the engine and in the oracle. With the real data that makes
// 2,000 expressions; a soak has more worlds, or those that FIRST and WORLDS name.
func TestAgreement(t *testing.T) {
	first, worlds := 0, 8
	if soak() {
		worlds = 100
		for name, to := range map[string]*int{"FIRST": &first, "WORLDS": &worlds} {
			if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
				*to = n
			}
		}
	}
	for seed := first; seed < first+worlds; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := generate.New(uint64(seed), generate.Options{Persons: 22, Companies: 7})
			agree(t, w, open(t, w), rand.New(rand.NewPCG(uint64(seed), 2)), 243, nil)
		})
	}
}

// agree compares the members of random expressions, each as of 20 instants, among
// the profiles of the keys, all if there are none.
func agree(t *testing.T, w *generate.World, ws *workspace, rng *rand.Rand, expressions int, only map[string]bool) {
	x := w.Writer(rng)
	x.Alone = only != nil
	o := oracle.New(w)
	among := func(keys []string) []string {
		return slices.DeleteFunc(keys, func(k string) bool { return only != nil && !only[k] })
	}
	holding, all, faults := 0, 0, 0
	const batch = 61
	for from := 0; from < expressions; from += batch {
		texts := map[kreds.Subject][]string{}
		parsed := map[string]*segment.Expr{}
		for range min(batch, expressions-from) {
			text := x.Expression()
			e, err := ws.Parse(t.Context(), text)
			if err != nil {
				t.Fatalf("%s: %v: %s", text, err, kreds.HintOf(err))
			}
			texts[e.Subject] = append(texts[e.Subject], text)
			parsed[text] = e
		}
		instants := make([]kreds.Instant, 20)
		for i := range instants {
			instants[i] = x.Instant()
		}
		for _, s := range []kreds.Subject{kreds.Persons, kreds.Companies, kreds.Prospects, kreds.ProspectCompanies} {
			sets := ws.members(t, s, texts[s], parsed, instants)
			for i, text := range texts[s] {
				alone := rng.IntN(len(instants)) // as of which it is asked alone too
				for k, asOf := range instants {
					want := o.Members(parsed[text], asOf)
					got := ws.keys(sets[i*len(instants)+k], s.Kind())
					if k == alone {
						set, err := ws.Members(t.Context(), text, asOf)
						if err != nil {
							t.Fatalf("%s: %v", text, err)
						}
						if one := ws.keys(set, s.Kind()); !slices.Equal(one, got) {
							t.Errorf("%s as of %d: the engine says %q, and %q of the same earlier", text, asOf, one, got)
						}
					}
					got = among(got)
					holding += len(want)
					all += len(ws.names[s.Kind()])
					if slices.Equal(got, want) {
						continue
					}
					small, got, want := ws.smallest(t, o, among, parsed[text], asOf, got, want)
					t.Errorf("%s\nas of %s (%d): the engine says %q, the oracle %q; in %s", small, asOf.Time().In(w.Zone).Format(time.RFC3339Nano), asOf, got, want, text)
					if faults++; faults > 15 {
						t.FailNow()
					}
					break
				}
			}
		}
		o.Forget()
	}
	// Agreement on conditions that always or never hold would mean little.
	if share := float64(holding) / float64(all); only == nil && (share < .1 || share > .9) {
		t.Errorf("%.0f %% of all answers are true", 100*share)
	}
}

// members evaluates expressions about one subject as of each of the instants, all
// of them together, and returns their members expression by expression.
func (w *workspace) members(t *testing.T, s kreds.Subject, texts []string, parsed map[string]*segment.Expr, instants []kreds.Instant) []*roaring.Bitmap {
	t.Helper()
	if len(texts) == 0 {
		return nil
	}
	q := audience.FrameRequest{Among: "everyone", AsOf: generate.End, Buckets: engine.AllBuckets}
	if s != kreds.Persons {
		q.Among = s.String() + ": everyone"
	}
	for _, text := range texts {
		for _, asOf := range instants {
			q.Columns = append(q.Columns, fmt.Sprintf("(%s) as of %s", segment.PrintNode(parsed[text].Root), asOf.Time().Format("2006-01-02T15:04:05.999999Z")))
		}
	}
	f, err := w.Frame(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []*roaring.Bitmap
	for i := range f.Columns {
		out = append(out, f.Columns[i].Holds)
	}
	return out
}

// smallest is the smallest part of an expression in which engine and oracle
// disagree, with what they say.
func (w *workspace) smallest(t *testing.T, o *oracle.Oracle, among func([]string) []string, e *segment.Expr, asOf kreds.Instant, got, want []string) (string, []string, []string) {
	t.Helper()
	var parts []segment.Node
	kind := e.Subject
	switch n := e.Root.(type) {
	case *segment.And:
		parts = n.Clauses
	case *segment.Or:
		parts = n.Clauses
	case *segment.Not:
		parts = []segment.Node{n.X}
	case *segment.SomeOf:
		parts = n.Clauses
	}
	for _, n := range parts {
		part := &segment.Expr{Subject: kind, Root: n}
		text := part.String()
		set, err := w.Members(t.Context(), text, asOf)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, want := among(w.keys(set, kind.Kind())), o.Members(part, asOf); !slices.Equal(got, want) {
			return w.smallest(t, o, among, part, asOf, got, want)
		}
	}
	return e.String(), got, want
}
