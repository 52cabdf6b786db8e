package enginetest

import (
	"math"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/segment"
)

// leaves: random leaves, all together and for a part of the buckets, hold where
// the oracle says, and are unknown where it says.
func leaves(t *testing.T, open func(t *testing.T) engine.Engine) {
	for seed := range uint64(3) {
		h := hold(t, open, generate.New(seed+20, small), seed)
		for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
			var asks []engine.Ask
			for range 150 {
				asks = append(asks, engine.Ask{Kind: k, AsOf: h.writer.Instant(), Leaf: h.leaf(k).Root, WantUnknown: true})
			}
			part := engine.Buckets{From: 100, To: 600}
			r := h.request(asks...)
			r.Buckets = part
			some := must[[]engine.Answer](t)(h.Evaluate(t.Context(), r))
			within := must[*roaring.Bitmap](t)(h.Within(t.Context(), part))
			for i, a := range h.evaluate(asks...) {
				ask := asks[i]
				everyone := must[*roaring.Bitmap](t)(h.Everyone(t.Context(), k, ask.AsOf))
				var holds, unknown []string
				told := false
				for _, key := range h.in(everyone, k) {
					yes, no, tells := h.oracle.Leaf(ask.Leaf, k, key, ask.AsOf)
					told = told || tells
					if yes {
						holds = append(holds, key)
					}
					if no {
						unknown = append(unknown, key)
					}
				}
				if got := h.in(roaring.And(a.Members, everyone), k); !slices.Equal(got, holds) {
					t.Errorf("%s as of %d: %q, want %q", segment.PrintNode(ask.Leaf), ask.AsOf, got, holds)
				}
				if got := h.in(roaring.And(a.Unknown, everyone), k); told && !slices.Equal(got, unknown) {
					t.Errorf("%s as of %d: unknown for %q, want %q", segment.PrintNode(ask.Leaf), ask.AsOf, got, unknown)
				}
				if !roaring.And(some[i].Members, everyone).Equals(roaring.And(roaring.And(a.Members, within), everyone)) || !roaring.AndNot(some[i].Members, within).IsEmpty() {
					t.Errorf("%s as of %d: another answer for a part of the buckets", segment.PrintNode(ask.Leaf), ask.AsOf)
				}
			}
			h.oracle.Forget()
		}
	}
}

// value is the value of a term for a profile.
func value(t *testing.T, v *engine.Values, p kreds.Profile) kreds.Value {
	t.Helper()
	i := uint32(p)
	if !v.Known.Has(i) {
		return kreds.Value{}
	}
	out := kreds.Value{Type: v.Type}
	switch v.Type {
	case kreds.Number, kreds.Span:
		out.Num = v.Num[i]
	case kreds.Text, kreds.List:
		out.Text = v.Dict[v.Code[i]]
	case kreds.Boolean:
		out.Bool = v.Int[i] != 0
	case kreds.Date:
		out.Day = kreds.Day(v.Int[i])
	case kreds.Instants:
		out.Instant = kreds.Instant(v.Int[i])
	case kreds.Location:
		out.Point = kreds.Unpack(v.Int[i])
	default:
		t.Fatalf("values of the type %s", v.Type)
	}
	return out
}

// values: of random terms, and of the company of each person.
func values(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(30, small), 30)
	for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
		var asks []engine.Ask
		for range 200 {
			text := h.writer.Term(k)
			begin := ""
			if k == kreds.Company {
				begin = "companies: "
			}
			e := h.parse(begin + text + " is known")
			asks = append(asks, engine.Ask{Kind: k, AsOf: h.writer.Instant(), Term: e.Root.(*segment.Known).Term})
		}
		for i, a := range h.evaluate(asks...) {
			term, asOf := asks[i].Term, asks[i].AsOf
			if a.Values.Type != term.Type() {
				t.Errorf("%s: a %s, want a %s", segment.PrintTerm(term), a.Values.Type, term.Type())
				continue
			}
			for _, key := range h.oracle.Everyone(k, asOf) {
				got, want := value(t, a.Values, h.numbers[k][key]), h.oracle.Value(term, k, key, asOf)
				if !equal(got, want) {
					t.Errorf("%s as of %d of %s: %+v, want %+v", segment.PrintTerm(term), asOf, key, got, want)
				}
			}
		}
	}
	for range 20 {
		asOf := h.writer.Instant()
		of := h.evaluate(engine.Ask{Kind: kreds.Person, AsOf: asOf, Owner: true})[0].Values
		for _, key := range h.oracle.Everyone(kreds.Person, asOf) {
			company := h.oracle.Company(key, asOf)
			p := uint32(h.numbers[kreds.Person][key])
			switch {
			case of.Known.Has(p) != (company != ""):
				t.Errorf("as of %d the company of %s is %q", asOf, key, company)
			case company != "" && kreds.Profile(of.Int[p]) != h.numbers[kreds.Company][company]:
				t.Errorf("as of %d the company of %s is %d, want %q", asOf, key, of.Int[p], company)
			}
		}
	}
}

// equal compares a value of the engine with one of the oracle. Lists come as JSON.
// Averages may differ by the rounding of one division.
func equal(got, want kreds.Value) bool {
	if got.Type != want.Type {
		return false
	}
	switch got.Type {
	case kreds.List:
		return got.Text == oracle.JSON(want.List)
	case kreds.Number, kreds.Span:
		return math.Abs(got.Num-want.Num) <= 1e-12*math.Abs(want.Num)
	case kreds.Text:
		return got.Text == want.Text
	case kreds.Boolean:
		return got.Bool == want.Bool
	case kreds.Date:
		return got.Day == want.Day
	case kreds.Instants:
		return got.Instant == want.Instant
	case kreds.Location:
		return got.Point == want.Point
	}
	return true
}

// explanations: of one profile say what the answers say of it, with events that
// are in order and are counted.
func explanations(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(40, small), 40)
	for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
		var asks []engine.Ask
		asOf := h.writer.Instant()
		for range 150 {
			asks = append(asks, engine.Ask{Kind: k, AsOf: asOf, Leaf: h.leaf(k).Root, WantUnknown: true})
		}
		answers := h.evaluate(asks...)
		for _, key := range h.oracle.Everyone(k, asOf) {
			p := h.numbers[k][key]
			why := must[[]engine.Explanation](t)(h.Explain(t.Context(), h.request(asks...), p))
			if len(why) != len(asks) {
				t.Fatalf("%d explanations of %d asks", len(why), len(asks))
			}
			for i, x := range why {
				leaf := asks[i].Leaf
				if want := answers[i].Members.Contains(uint32(p)); x.Holds != want {
					t.Errorf("%s as of %d: explained as %v for %s, answered %v", segment.PrintNode(leaf), asOf, x.Holds, key, want)
				}
				if want := answers[i].Unknown.Contains(uint32(p)); x.Unknown != want {
					t.Errorf("%s as of %d: explained as unknown %v for %s, answered %v", segment.PrintNode(leaf), asOf, x.Unknown, key, want)
				}
				if len(x.Events) > 20 || x.Matched < len(x.Events) || !slices.IsSortedFunc(x.Events, func(a, b engine.Event) int { return int(min(1, max(-1, a.Time-b.Time))) }) {
					t.Errorf("%s as of %d: %d of %d events", segment.PrintNode(leaf), asOf, len(x.Events), x.Matched)
				}
				for _, e := range x.Events {
					if e.Time >= asOf {
						t.Errorf("%s as of %d shows an event of %d", segment.PrintNode(leaf), asOf, e.Time)
					}
				}
				explained(t, h, leaf, k, key, asOf, &x)
			}
		}
	}
}

// explained checks the value and the events that an explanation shows.
func explained(t *testing.T, h *held, leaf segment.Node, k kreds.Kind, key string, asOf kreds.Instant, x *engine.Explanation) {
	t.Helper()
	switch n := leaf.(type) {
	case *segment.Compare:
		want := h.oracle.Value(n.Term, k, key, asOf)
		if want.Type != kreds.List && !equal(x.Value, want) {
			t.Errorf("%s as of %d shows the value %+v of %s, want %+v", segment.PrintNode(n), asOf, x.Value, key, want)
		}
	case *segment.Did:
		s := n.Steps[0]
		if len(n.Steps) == 1 && s.Count == nil && s.Periods == nil && s.Same == "" && (x.Matched > 0) == n.Not == x.Holds {
			t.Errorf("%s as of %d: %v for %s with %d events", segment.PrintNode(n), asOf, x.Holds, key, x.Matched)
		}
		positive := 0
		for _, s := range n.Steps {
			if !s.Not {
				positive++
			}
		}
		if len(n.Steps) > 1 && x.Holds && len(x.Events) != positive {
			t.Errorf("%s as of %d: %d events are shown of %s for %d steps", segment.PrintNode(n), asOf, len(x.Events), key, positive)
		}
	}
}

// populations: who is there as of any instant.
func populations(t *testing.T, open func(t *testing.T) engine.Engine) {
	for seed := range uint64(3) {
		h := hold(t, open, generate.New(seed+50, small), seed)
		instants := []kreds.Instant{kreds.MinInstant + 1, h.world.From, kreds.MaxInstant}
		for range 60 {
			instants = append(instants, h.writer.Instant())
		}
		for _, asOf := range instants {
			for _, s := range []kreds.Subject{kreds.Persons, kreds.Companies, kreds.Prospects, kreds.ProspectCompanies} {
				got := h.in(must[*roaring.Bitmap](t)(h.Population(t.Context(), s, asOf)), s.Kind())
				if want := h.oracle.Population(s, asOf); !slices.Equal(got, want) {
					t.Errorf("%s as of %d: %q, want %q", s, asOf, got, want)
				}
			}
			for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
				got := h.in(must[*roaring.Bitmap](t)(h.Everyone(t.Context(), k, asOf)), k)
				if want := h.oracle.Everyone(k, asOf); !slices.Equal(got, want) {
					t.Errorf("every %s as of %d: %q, want %q", k, asOf, got, want)
				}
			}
		}
	}
}
