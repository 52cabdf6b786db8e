package prove_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/prove"
)

// happened is one event that an import brings.
type happened struct{ event, who, day string }

// brings makes an import that ended at the world's time.
func (w *world) brings(t *testing.T, events ...happened) {
	t.Helper()
	id, err := w.state.BeginImport(t.Context(), kreds.Import{As: "events", Digest: fmt.Sprint(w.now)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.engine.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	batches := map[string]*engine.EventBatch{}
	for _, e := range events {
		b := batches[e.event]
		if b == nil {
			b = &engine.EventBatch{Event: e.event, Label: e.event}
			batches[e.event] = b
		}
		day, err := time.Parse(time.DateOnly, e.day)
		if err != nil {
			t.Fatal(err)
		}
		b.Keys.Append([]byte(e.who))
		b.Time = append(b.Time, kreds.InstantOf(day.Add(12*time.Hour)))
	}
	for _, b := range batches {
		if err := l.Events(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	_, err = l.Commit(t.Context(), func(r engine.LoadResult) error {
		return w.state.CommitImport(t.Context(), kreds.Import{ID: id, Rows: r.Rows})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) on(t *testing.T, day string) {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	w.now = at
}

// TestChange: worked out by hand. Each person has one story, told beside their events;
// the change is from 1 March to 1 May.
func TestChange(t *testing.T) {
	w := open(t, "UTC")
	w.on(t, "2025-02-28")
	first := []happened{
		{"purchase", "leaver", "2025-02-20"},                               // the window runs out
		{"purchase", "stayer", "2025-02-20"},                               // buys again
		{"purchase", "returner", "2024-01-01"},                             // buys again after long
		{"purchase", "edited", "2024-01-01"},                               // is in by the new definition only
		{"purchase", "twice", "2025-01-20"},                                // a second purchase is heard of late
		{"call", "leaver", "2025-02-20"}, {"call", "stayer", "2025-02-20"}, // calls are rare
		{"visit", "visitor", "2025-02-28"}, {"visit", "seldom", "2025-02-05"},
	}
	for day := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC); day.Before(time.Date(2025, 2, 28, 0, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
		first = append(first, happened{"visit", "visitor", day.Format(time.DateOnly)}) // until the source stops
	}
	w.brings(t, first...)
	for name, rule := range map[string]string{
		"Recent": "did purchase within last 45 days", "Twice": "did purchase at least twice", "Visiting": "did visit within last 30 days",
		"Calling": "did call within last 45 days", "Gone": "last purchase more than 60 days ago",
	} {
		w.create(t, name, rule)
	}
	w.create(t, "Outer", `in segment "Recent"`)
	w.on(t, "2025-03-10")
	w.brings(t, happened{"purchase", "twice", "2025-01-25"}, happened{"purchase", "edited", "2025-03-05"}, happened{"visit", "visitor", "2025-03-09"})
	w.on(t, "2025-04-15")
	if _, err := w.audience.Edit(t.Context(), "Recent", kreds.Version{Expression: "did purchase within last 60 days"}, 0); err != nil {
		t.Fatal(err)
	}
	w.on(t, "2025-04-30")
	w.brings(t, happened{"purchase", "stayer", "2025-04-10"}, happened{"purchase", "returner", "2025-04-20"}, happened{"purchase", "newcomer", "2025-04-10"})
	w.on(t, "2025-06-01")
	w.brings(t, happened{"purchase", "leaver", "2025-04-28"}) // heard of after the second date
	type moved struct{ Joined, Left int64 }
	for _, c := range []struct {
		name          string
		before, after int64
		causes        map[prove.CauseName]moved
	}{
		// The late purchase of January brings "twice" in, but then the window takes it out: it
		// was in before already.
		{"Recent", 3, 4, map[prove.CauseName]moved{prove.Windows: {0, 2}, prove.Behaviour: {2, 0}, prove.Rule: {1, 0}}},
		{"Outer", 3, 4, map[prove.CauseName]moved{prove.Windows: {0, 2}, prove.Behaviour: {2, 0}, prove.Rule: {1, 0}}},
		{"Twice", 0, 4, map[prove.CauseName]moved{prove.Late: {1, 0}, prove.Behaviour: {3, 0}}},
		{"Visiting", 2, 0, map[prove.CauseName]moved{prove.Windows: {0, 1}, prove.Source: {0, 1}}},
		{"Calling", 2, 0, map[prove.CauseName]moved{prove.Windows: {0, 2}}},
		{"Gone", 2, 2, map[prove.CauseName]moved{prove.Windows: {2, 0}, prove.Behaviour: {0, 2}}},
	} {
		got, err := w.Change(t.Context(), c.name, at("2025-03-01"), at("2025-05-01"))
		if err != nil {
			t.Fatal(err)
		}
		causes := map[prove.CauseName]moved{}
		var joined, left int64
		for _, x := range got.Causes {
			joined, left = joined+x.Joined, left+x.Left
			if x.Joined+x.Left > 0 {
				causes[x.Name] = moved{x.Joined, x.Left}
			}
		}
		if got.Before != c.before || got.After != c.after || got.After != got.Before+got.Joined-got.Left || joined != got.Joined || left != got.Left {
			t.Errorf("%s: from %d to %d, %d joined, %d left; causes add up to %d and %d", c.name, got.Before, got.After, got.Joined, got.Left, joined, left)
		}
		if d := cmp.Diff(c.causes, causes); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		// The stretch before the silence of 52.5 days has 43 daily visits, from 16 January to
		// 27 February, and three more; the others have more.
		if c.name == "Visiting" && (len(got.Stopped) != 1 || got.Stopped[0].Event != "visit" || got.Stopped[0].Before != 46) {
			t.Errorf("stopped %+v", got.Stopped)
		}
		if c.name != "Visiting" && len(got.Stopped) != 0 {
			t.Errorf("%s: stopped %+v", c.name, got.Stopped)
		}
		if c.name == "Recent" && (got.Newcomers != 1 || got.Rules[0].Number != 1 || got.Rules[1].Number != 2) {
			t.Errorf("%d newcomers, versions %d and %d", got.Newcomers, got.Rules[0].Number, got.Rules[1].Number)
		}
	}
	if _, err := w.Change(t.Context(), "Recent", at("2025-05-01"), at("2025-03-01")); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("backwards: %v", err)
	}
	if _, err := w.Change(t.Context(), "None", at("2025-03-01"), 0); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("of no segment: %v", err)
	}
	// Before anything was imported, what is late cannot be told.
	got, err := w.Change(t.Context(), "Recent", at("2025-01-28"), at("2025-03-01"))
	if err != nil || len(got.Notes) != 1 || got.Causes[0].Joined != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.audience.CreateList(t.Context(), kreds.Segment{Name: "Listed"}, []string{"leaver", "stayer"}); err != nil {
		t.Fatal(err)
	}
	got, err = w.Change(t.Context(), "Listed", at("2025-03-01"), at("2025-07-01"))
	if err != nil || got.Joined != 2 || len(got.Causes) != 1 || got.Causes[0].Name != prove.Recorded || got.Causes[0].Joined != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// at is the begin of a day in UTC.
func at(day string) kreds.Instant {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return kreds.InstantOf(t)
}
