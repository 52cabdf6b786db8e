package prove_test

import (
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/prove"
)

// TestReachable: of 20 companies of a kind, 15 have an address and consent, and 5 of
// these are suppressed. Companies are proved by their own events.
func TestReachable(t *testing.T) {
	w := open(t, "UTC")
	w.now = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	l, err := w.engine.Load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b := &engine.ProfileBatch{Kind: kreds.Company}
	text := func(name string, of func(i int) string) engine.Column {
		c := engine.Column{Name: name, Label: name, Type: kreds.Text}
		for i := range 40 {
			v := of(i)
			known := byte(1)
			if v == "" {
				known = 0
			}
			c.Bytes = append(c.Bytes, v...)
			c.Ends, c.Known = append(c.Ends, len(c.Bytes)), append(c.Known, known)
		}
		return c
	}
	suppressed := engine.Column{Name: "suppressed", Label: "suppressed", Type: kreds.Boolean}
	orders := &engine.EventBatch{Event: "order", Label: "order", Kind: kreds.Company}
	total := engine.Column{Name: "total", Label: "total", Type: kreds.Number, Exact: true}
	for i := range 40 {
		key := []byte{'c', byte('0' + i/10), byte('0' + i%10)}
		b.Keys.Append(key)
		b.Observed = append(b.Observed, kreds.InstantOf(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)))
		stop := int64(0)
		if i < 5 {
			stop = 1
		}
		suppressed.Int = append(suppressed.Int, stop)
		for month := range 12 {
			orders.Keys.Append(key)
			orders.Time = append(orders.Time, kreds.InstantOf(time.Date(2024, time.January+time.Month(month), 5+i%3, 0, 0, 0, 0, time.UTC)))
			worth := int64(10 + i%4)
			if i < 20 {
				worth = int64(50 + i%4)
			}
			total.Int = append(total.Int, worth*kreds.DecimalScale)
		}
	}
	orders.Properties = []engine.Column{total}
	b.Traits = []engine.Column{
		suppressed,
		text("industry", func(i int) string { return []string{"it", "food"}[i/20] }),
		text("email", func(i int) string { return "x@example.com" }),
		text("consent.email", func(i int) string {
			if i%20 < 15 {
				return "given"
			}
			return ""
		}),
	}
	for _, err := range []error{l.Profiles(t.Context(), b), l.Events(t.Context(), orders)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	p, err := w.Prove(t.Context(), prove.Request{Segments: []string{`companies: industry = "it"`}, Horizon: "1 month"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Segments[0]
	if p.Outcome != "sum(total) of order" || p.Subject != kreds.Companies || s.Summary.Standing != prove.Confirmed {
		t.Errorf("%s of %s: %+v", p.Outcome, p.Subject, s.Summary)
	}
	reach := s.Scorecard[2]
	if reach.Name != "reachable" || reach.Value == nil || *reach.Value != .5 || reach.Verdict != kreds.Good || len(reach.Parts) != 1 || reach.Parts[0].Name != "email" {
		t.Errorf("%+v", reach)
	}
}
