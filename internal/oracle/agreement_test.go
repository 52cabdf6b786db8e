package oracle_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/state"
)

// TestAgreement: random expressions on random worlds have the same members as of
// random instants in the engine and in the oracle.
func TestAgreement(t *testing.T) {
	worlds, expressions := 5, 400
	if os.Getenv("KREDS_SOAK") != "" {
		worlds = 50
	}
	holding, empty := 0, 0
	for seed := range worlds {
		w := newWorld(t, uint64(seed), 1+seed%3)
		for range expressions {
			text := w.or(3)
			e, err := w.audience.Parse(t.Context(), text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for range 20 {
				asOf := w.instant()
				set, err := w.audience.Members(t.Context(), text, kreds.InstantOf(asOf))
				if err != nil {
					t.Fatalf("%s as of %s: %v", text, asOf, err)
				}
				for _, p := range w.persons {
					want := oracle.Exists(p, asOf) && oracle.Holds(e.Root, p, asOf)
					if want {
						holding++
					} else {
						empty++
					}
					if got := set.Contains(uint32(w.numbers[p.Key])); got != want {
						t.Fatalf("seed %d: %s as of %s: the engine says %v of %s, the oracle %v", seed, text, asOf.In(oracle.Zone).Format(time.RFC3339Nano), got, describe(p), want)
					}
				}
			}
		}
	}
	// Agreement on conditions that always or never hold would mean little.
	if share := float64(holding) / float64(holding+empty); share < .15 || share > .85 {
		t.Errorf("%.0f %% of all answers are true", 100*share)
	}
}

// TestWhyAgrees: why says of random profiles what membership says.
func TestWhyAgrees(t *testing.T) {
	w := newWorld(t, 99, 2)
	pairs := 500
	if os.Getenv("KREDS_SOAK") != "" {
		pairs = 20000
	}
	for range pairs {
		text, asOf, p := w.or(3), w.instant(), w.persons[w.rng.IntN(len(w.persons))]
		set, err := w.audience.Members(t.Context(), text, kreds.InstantOf(asOf))
		if err != nil {
			t.Fatal(err)
		}
		why, err := w.audience.Why(t.Context(), p.Key, text, kreds.InstantOf(asOf))
		if err != nil {
			t.Fatal(err)
		}
		if want := set.Contains(uint32(w.numbers[p.Key])); why.Member != want {
			t.Fatalf("%s as of %s: why says %v of %s, membership %v", text, asOf, why.Member, p.Key, want)
		}
	}
}

// TestOrderOfArrival: the same rows in one import and in shuffled order in 50 have
// the same members.
func TestOrderOfArrival(t *testing.T) {
	one, many := newWorld(t, 7, 1), newWorld(t, 7, 50)
	for range 60 {
		text, asOf := one.or(3), one.instant()
		a, b := one.keys(t, text, asOf), many.keys(t, text, asOf)
		if !slices.Equal(a, b) {
			t.Fatalf("%s as of %s: %v in one import, %v in fifty", text, asOf, a, b)
		}
	}
}

// TestReplay: counting at a past instant is counting in data that ends there.
func TestReplay(t *testing.T) {
	full := newWorld(t, 8, 2)
	for range 5 {
		asOf := full.instant()
		cut := loadWorld(t, full.cut(asOf), rand.New(rand.NewPCG(8, 8)), 1)
		for range 40 {
			text := full.or(3)
			if a, b := full.keys(t, text, asOf), cut.keys(t, text, asOf); !slices.Equal(a, b) {
				t.Fatalf("%s as of %s: %v, in data that ends there %v", text, asOf, a, b)
			}
		}
	}
}

func describe(p *oracle.Person) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v", p.Key, p.Traits)
	for _, e := range p.Events {
		fmt.Fprintf(&b, "\n\t%s %s %q %v", e.Time.In(oracle.Zone).Format(time.RFC3339), e.Type, e.Order, e.Props)
	}
	return b.String()
}

// world is persons in a real workspace.
type world struct {
	persons  []*oracle.Person
	rng      *rand.Rand
	audience *audience.Audience
	engine   engine.Engine
	numbers  map[string]kreds.Profile
}

var eventTypes = []string{"purchase", "view", "return"}

func newWorld(t *testing.T, seed uint64, imports int) *world {
	rng := rand.New(rand.NewPCG(seed, 1))
	var persons []*oracle.Person
	for i := range 40 {
		p := &oracle.Person{Key: fmt.Sprintf("p%02d", i), Traits: map[string]any{}}
		if rng.IntN(5) > 0 {
			p.Traits["country"] = []string{"DK", "SE", "NO"}[rng.IntN(3)]
		}
		if rng.IntN(5) > 0 {
			p.Traits["age"] = float64(20 + rng.IntN(10))
		}
		for range rng.IntN(14) * rng.IntN(2) {
			e := oracle.Event{Type: eventTypes[rng.IntN(3)], Time: moment(rng), Props: map[string]any{}}
			if e.Type == "purchase" && rng.IntN(4) > 0 {
				e.Order = fmt.Sprintf("o%d", rng.IntN(4))
				e.Props["invoice"] = e.Order
			}
			if rng.IntN(6) > 0 {
				e.Props["amount"] = float64(rng.IntN(20) - 3)
			}
			if rng.IntN(6) > 0 {
				e.Props["product"] = []string{"a", "b", "c"}[rng.IntN(3)]
			}
			p.Events = append(p.Events, e)
		}
		// The engine keeps equal instants in the order of arrival, which says
		// nothing; here each instant is another.
		seen := map[time.Time]bool{}
		p.Events = slices.DeleteFunc(p.Events, func(e oracle.Event) bool {
			was := seen[e.Time]
			seen[e.Time] = true
			return was
		})
		persons = append(persons, p)
	}
	return loadWorld(t, persons, rng, imports)
}

// moment is an instant of two years: often a midnight, a change of summer time or
// a whole hour.
func moment(rng *rand.Rand) time.Time {
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, oracle.Zone).AddDate(0, 0, rng.IntN(400))
	switch rng.IntN(8) {
	case 0:
		return day
	case 1:
		return time.Date(2024, 3, 31, 0, 30, 0, 0, time.UTC).Add(time.Duration(rng.IntN(4)) * 30 * time.Minute)
	case 2:
		return time.Date(2024, 10, 26, 23, 30, 0, 0, time.UTC).Add(time.Duration(rng.IntN(6)) * 30 * time.Minute)
	case 3:
		return day.Add(time.Duration(rng.IntN(24)) * time.Hour)
	}
	return day.Add(time.Duration(rng.Int64N(86400e6)) * time.Microsecond)
}

// instant is when to evaluate: sometimes exactly at an event.
func (w *world) instant() time.Time {
	if p := w.persons[w.rng.IntN(len(w.persons))]; len(p.Events) > 0 && w.rng.IntN(3) == 0 {
		return p.Events[w.rng.IntN(len(p.Events))].Time.Add(time.Duration(w.rng.IntN(2)) * time.Microsecond)
	}
	return moment(w.rng).AddDate(0, w.rng.IntN(4), 0)
}

// cut is the persons with what was seen before the instant.
func (w *world) cut(asOf time.Time) []*oracle.Person {
	var out []*oracle.Person
	for _, p := range w.persons {
		if !oracle.Exists(p, asOf) {
			continue
		}
		c := &oracle.Person{Key: p.Key, Traits: p.Traits}
		for _, e := range p.Events {
			if e.Time.Before(asOf) {
				c.Events = append(c.Events, e)
			}
		}
		out = append(out, c)
	}
	return out
}

func loadWorld(t *testing.T, persons []*oracle.Person, rng *rand.Rand, imports int) *world {
	t.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
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
	w := &world{persons: persons, rng: rng, engine: e, audience: audience.New(e, s, clock), numbers: map[string]kreds.Profile{}}
	type row struct {
		p *oracle.Person
		e oracle.Event
	}
	rows := make([][]row, imports)
	for _, p := range persons {
		for _, ev := range p.Events {
			i := rng.IntN(imports)
			rows[i] = append(rows[i], row{p, ev})
		}
	}
	for i := range imports {
		l, err := e.Load(t.Context(), kreds.ImportID(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if i == imports/2 {
			if err := l.Profiles(t.Context(), profiles(persons)); err != nil {
				t.Fatal(err)
			}
		}
		rng.Shuffle(len(rows[i]), func(a, b int) { rows[i][a], rows[i][b] = rows[i][b], rows[i][a] })
		for _, name := range eventTypes {
			b := &engine.EventBatch{Event: name, Label: name, Properties: []engine.Column{
				{Name: "amount", Type: kreds.Number, Exact: true}, {Name: "product", Type: kreds.Text}, {Name: "invoice", Type: kreds.Text},
			}}
			if name == "purchase" {
				b.Occasion = "invoice"
			}
			for _, r := range rows[i] {
				if r.e.Type != name {
					continue
				}
				b.Keys.Append([]byte(r.p.Key))
				b.Time = append(b.Time, kreds.InstantOf(r.e.Time))
				for k := range b.Properties {
					put(&b.Properties[k], r.e.Props[b.Properties[k].Name])
				}
			}
			if len(b.Time) > 0 || i == 0 {
				if err := l.Events(t.Context(), b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range persons {
		if w.numbers[p.Key], err = e.Find(t.Context(), kreds.Person, p.Key); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func profiles(persons []*oracle.Person) *engine.ProfileBatch {
	b := &engine.ProfileBatch{Traits: []engine.Column{{Name: "country", Type: kreds.Text}, {Name: "age", Type: kreds.Number, Exact: true}}}
	for _, p := range persons {
		b.Keys.Append([]byte(p.Key))
		put(&b.Traits[0], p.Traits["country"])
		put(&b.Traits[1], p.Traits["age"])
	}
	return b
}

// put adds a value to a column.
func put(c *engine.Column, v any) {
	known := byte(1)
	if v == nil {
		known = 0
	}
	c.Known = append(c.Known, known)
	if c.Type == kreds.Number {
		f, _ := v.(float64)
		c.Int = append(c.Int, int64(f)*kreds.DecimalScale)
		return
	}
	s, _ := v.(string)
	c.Bytes = append(c.Bytes, s...)
	c.Ends = append(c.Ends, len(c.Bytes))
}

func (w *world) keys(t *testing.T, text string, asOf time.Time) []string {
	t.Helper()
	set, err := w.audience.Members(t.Context(), text, kreds.InstantOf(asOf))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var out []string
	for k, err := range w.engine.Keys(t.Context(), set, true) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, k.Key)
	}
	return out
}
