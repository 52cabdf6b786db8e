package oracle_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/segment"
)

// TestWhyAgrees: why says of a profile and an expression what membership says.
// Many expressions are asked about together, as the clauses of one, and some alone.
func TestWhyAgrees(t *testing.T) {
	const together = 50
	worlds := 4
	if soak() {
		worlds = 80
	}
	for seed := range worlds {
		w := generate.New(uint64(seed)+500, generate.Options{Persons: 22, Companies: 7})
		ws := open(t, w)
		x := w.Writer(rand.New(rand.NewPCG(uint64(seed), 4)))
		for _, s := range []kreds.Subject{kreds.Persons, kreds.Persons, kreds.Persons, kreds.Companies} {
			parsed := map[string]*segment.Expr{}
			var texts, parts []string
			for len(texts) < together {
				text := x.About(s)
				e, err := ws.Parse(t.Context(), text)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				texts, parts = append(texts, text), append(parts, segment.PrintNode(e.Root))
				parsed[text] = e
			}
			begin := ""
			if s == kreds.Companies {
				begin = "companies: "
			}
			all := begin + "at least 1 of (" + strings.Join(parts, ", ") + ")"
			for range 13 {
				asOf := x.Instant()
				sets := ws.members(t, s, texts, parsed, []kreds.Instant{asOf})
				u, err := ws.Members(t.Context(), begin+"everyone", asOf)
				if err != nil {
					t.Fatal(err)
				}
				keys := w.Keys(s.Kind())
				key := keys[x.Pick(len(keys))]
				p, err := ws.engine.Find(t.Context(), s.Kind(), key)
				if err != nil {
					t.Fatal(err)
				}
				why, err := ws.Why(t.Context(), key, all, asOf)
				if err != nil {
					t.Fatalf("%s: %v", all, err)
				}
				if want := u.Contains(uint32(p)); why.InPopulation != want {
					t.Errorf("why says %v of %s in the population as of %d", why.InPopulation, key, asOf)
				}
				for i, c := range why.Reason.Clauses {
					if want := sets[i].Contains(uint32(p)); c.Holds != want {
						t.Errorf("%s as of %d: why says %v of %s, membership %v", texts[i], asOf, c.Holds, key, want)
					}
				}
				i := x.Pick(together)
				one, err := ws.Why(t.Context(), key, texts[i], asOf)
				if err != nil {
					t.Fatal(err)
				}
				if want := sets[i].Contains(uint32(p)); one.Member != want {
					t.Errorf("%s as of %d: why says %v of %s, membership %v", texts[i], asOf, one.Member, key, want)
				}
				consistent(t, one.Reason)
			}
		}
	}
}

// consistent checks that and, or and not follow from their clauses.
func consistent(t *testing.T, r *audience.Reason) {
	t.Helper()
	for _, c := range r.Clauses {
		consistent(t, c)
	}
	if r.Holds && r.Unknown || r.Matched < len(r.Events) {
		t.Errorf("%s: %+v", r.Text, r)
	}
}
