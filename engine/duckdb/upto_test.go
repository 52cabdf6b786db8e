package duckdb

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// TestUpTo holds what imports are hidden to what was answered before they came: by a
// table that they were merged into, by dictionaries that they added to, and by profiles
// that they made.
func TestUpTo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	db := open(t, "", Options{Workers: 2})
	cat := &kreds.Catalogue{
		Traits: []kreds.Trait{{Name: "score", Type: kreds.Number}},
		Events: []kreds.EventType{{Name: "purchase", Properties: []kreds.Property{{Name: "amount", Type: kreds.Number}}}},
	}
	var asks []engine.Ask
	for _, text := range []string{"did purchase at least twice", "sum(amount) of purchase >= 100", "score > 50", "not score = 3", "score changed", "profile.first_seen before 1970-01-02"} {
		e, err := segment.Parse(text)
		if err == nil {
			err = segment.Check(e, cat)
		}
		if err != nil {
			t.Fatal(err)
		}
		node := e.Root
		if not, ok := node.(*segment.Not); ok {
			node = not.X
		}
		asks = append(asks, engine.Ask{AsOf: kreds.Instant(86400e6), Leaf: node})
	}
	answer := func(e engine.Engine) []*roaring.Bitmap {
		t.Helper()
		answers, err := e.Evaluate(t.Context(), &engine.Request{Buckets: engine.AllBuckets, Calendar: segment.NewCalendar(time.UTC), Asks: asks})
		if err != nil {
			t.Fatal(err)
		}
		var out []*roaring.Bitmap
		for _, a := range answers {
			out = append(out, a.Members)
		}
		population, err := e.Population(t.Context(), kreds.Persons, 50_000)
		if err != nil {
			t.Fatal(err)
		}
		everyone, err := e.Everyone(t.Context(), kreds.Person, 50_000)
		if err != nil {
			t.Fatal(err)
		}
		return append(out, population, everyone)
	}
	var then [][]*roaring.Bitmap
	for id := kreds.ImportID(1); id <= 6; id++ {
		bring(t, db, id, func(l engine.Loader) error {
			events := random(r, 400, 60*int(id))
			events.Event = "purchase"
			if err := l.Events(t.Context(), events); err != nil {
				return err
			}
			b := &engine.ProfileBatch{}
			scores := engine.Column{Name: "score", Type: kreds.Number, Exact: true}
			for range 50 {
				b.Keys.Append([]byte{'p', byte('0' + r.IntN(10)), byte('0' + r.IntN(10))})
				b.Observed = append(b.Observed, kreds.Instant(r.IntN(100_000)))
				scores.Int = append(scores.Int, int64(r.IntN(100))*kreds.DecimalScale)
			}
			b.Traits = []engine.Column{scores}
			return l.Profiles(t.Context(), b)
		})
		then = append(then, answer(db))
	}
	moved := 0
	for i, want := range then {
		got := answer(db.UpTo(kreds.ImportID(i + 1)))
		for j := range want {
			if !got[j].Equals(want[j]) {
				t.Errorf("up to import %d, answer %d has %d members, had %d then", i+1, j, got[j].GetCardinality(), want[j].GetCardinality())
			}
			if !want[j].Equals(then[5][j]) {
				moved++
			}
		}
	}
	if moved < 20 {
		t.Errorf("imports changed %d answers only: the test says nothing", moved)
	}
}
