package audience_test

import (
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// TestAsk: worked out by hand from the rows in open. What people did after an instant
// can be hidden while time goes on, later imports can be hidden, and time can stand
// still for some events.
func TestAsk(t *testing.T) {
	w := open(t)
	w.create(t, "Keen", "did purchase at least twice")
	june, may := at("2025-06-01T00:00:00Z"), at("2025-05-01T00:00:00Z")
	// A second import: d bought in March, which is heard of late, and h is new.
	l, err := w.engine.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	late := &engine.EventBatch{
		Event: "purchase", Label: "purchase", Keys: texts("d", "h"), Time: []kreds.Instant{at("2025-03-05T00:00:00Z"), at("2025-03-06T00:00:00Z")},
		Properties: []engine.Column{numberColumn("amount", 7, 8)},
	}
	if err := l.Events(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	one := kreds.ImportID(1)
	still := func(segment.Node, kreds.Instant) kreds.Instant { return may }
	for _, c := range []struct {
		text string
		asOf kreds.Instant
		how  audience.Asking
		want string
	}{
		{"did purchase", june, audience.Asking{}, "abcdh"},
		{"did purchase", june, audience.Asking{Known: &one}, "abc"},
		{"everyone", june, audience.Asking{Known: &one}, "abcdef"},
		{"not did purchase", june, audience.Asking{Known: &one}, "def"},
		{"did purchase within last 30 days", june, audience.Asking{}, "ac"},
		{"did purchase within last 50 days", june, audience.Asking{Seen: &may}, "c"},
		{"did purchase", june, audience.Asking{Seen: &may}, "acdh"},
		{"did purchase within last 20 days", june, audience.Asking{Seen: &may}, ""}, // the window begins after what is seen
		{"last purchase more than 45 days ago", june, audience.Asking{Seen: &may}, "acdh"},
		{"did purchase within last 35 days", june, audience.Asking{Held: still}, "ac"},
	} {
		e, err := w.Parse(t.Context(), c.text)
		if err != nil {
			t.Fatal(err)
		}
		replies, err := w.Ask(t.Context(), []audience.Question{{AsOf: c.asOf, Expr: e}}, c.how)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.keys(t, replies[0].Members); got != c.want {
			t.Errorf("%s %+v: %s, want %s", c.text, c.how, got, c.want)
		}
	}
	term, _, err := w.Column(t.Context(), kreds.Persons, "sum(amount) of purchase")
	if err != nil {
		t.Fatal(err)
	}
	older, err := w.Parse(t.Context(), `age > 25 and country = "DK"`)
	if err != nil {
		t.Fatal(err)
	}
	replies, err := w.Ask(t.Context(), []audience.Question{
		{AsOf: may, Segment: "Keen"}, {AsOf: june, Segment: "Keen"}, {AsOf: may, Term: term}, {AsOf: june, Term: term}, {AsOf: june, Expr: older},
	}, audience.Asking{Unknown: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a", "ac"} {
		if got := w.keys(t, replies[i].Members); got != want {
			t.Errorf("keen at date %d: %s, want %s", i, got, want)
		}
	}
	a, err := w.engine.Find(t.Context(), kreds.Person, "a")
	if err != nil {
		t.Fatal(err)
	}
	if x, y := replies[2].Values.Num[a], replies[3].Values.Num[a]; x != 300 || y != 600 {
		t.Errorf("a bought for %v and %v, want 300 by May and 600 by June", x, y)
	}
	if got := w.keys(t, replies[3].Population); got != "abcdefh" {
		t.Errorf("population %s", got)
	}
	if got := w.keys(t, replies[4].Unknown); got != "deh" {
		t.Errorf("age or country unknown of %s, want of d, e and h", got)
	}
}
