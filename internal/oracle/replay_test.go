package oracle_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/segment"
)

// TestReplay: counting as of a past instant is counting in data that ends there.
func TestReplay(t *testing.T) {
	worlds := 3
	if soak() {
		worlds = 100
	}
	for seed := range worlds {
		w := generate.New(uint64(seed)+700, generate.Options{Persons: 22, Companies: 7})
		full, o := open(t, w), oracle.New(w)
		x := w.Writer(rand.New(rand.NewPCG(uint64(seed), 5)))
		for range 4 {
			asOf := x.Instant()
			cut := open(t, w.Cut(asOf, func(k kreds.Kind, key string) bool { return o.Exists(k, key, asOf) }))
			for _, s := range []kreds.Subject{kreds.Persons, kreds.Companies, kreds.Prospects} {
				parsed := map[string]*segment.Expr{}
				var texts []string
				for range 40 {
					text := x.About(s)
					e, err := full.Parse(t.Context(), text)
					if err != nil {
						t.Fatal(err)
					}
					texts, parsed[text] = append(texts, text), e
				}
				a := full.members(t, s, texts, parsed, []kreds.Instant{asOf})
				b := cut.members(t, s, texts, parsed, []kreds.Instant{asOf})
				for i, text := range texts {
					if a, b := full.keys(a[i], s.Kind()), cut.keys(b[i], s.Kind()); !slices.Equal(a, b) {
						t.Errorf("%s as of %d: %q, in data that ends there %q", text, asOf, a, b)
					}
				}
			}
		}
	}
}
