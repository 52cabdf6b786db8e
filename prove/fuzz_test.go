package prove_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/prove"
)

// odd is a workspace of 40 persons who buy each month of 2025, for values that are
// enormous, tiny, negative, the same for all, or unknown.
func odd(t testing.TB) *world {
	t.Helper()
	w := open(t, "UTC")
	w.now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	bought := &engine.EventBatch{Event: "purchase", Label: "purchase"}
	huge := engine.Column{Name: "huge", Label: "huge", Type: kreds.Number}
	usual := engine.Column{Name: "usual", Label: "usual", Type: kreds.Number}
	rare := engine.Column{Name: "rare", Label: "rare", Type: kreds.Number}
	persons := &engine.ProfileBatch{Kind: kreds.Person}
	for i := range 40 {
		key := []byte{'p', byte('0' + i/10), byte('0' + i%10)}
		persons.Keys.Append(key)
		for m := time.January; m <= time.December; m++ {
			bought.Keys.Append(key)
			bought.Time = append(bought.Time, kreds.InstantOf(time.Date(2025, m, 1+i%28, 12, 0, 0, 0, time.UTC)))
			huge.Num = append(huge.Num, []float64{1.7e308, -1.7e308, 5e-324, 0, 1e200}[(i+int(m))%5])
			usual.Num = append(usual.Num, 7)
			known := byte(0)
			if i == 3 {
				known = 1
			}
			rare.Num, rare.Known = append(rare.Num, float64(m)*float64(known)), append(rare.Known, known)
		}
	}
	bought.Properties = []engine.Column{huge, usual, rare}
	l, err := w.engine.Load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{l.Profiles(t.Context(), persons), l.Events(t.Context(), bought)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return w
}

// FuzzProve: whatever is asked, of whatever values, there is a proof whose figures are
// all numbers, or a refusal that says what to do.
func FuzzProve(f *testing.F) {
	w := odd(f)
	for _, s := range []struct {
		segment, second, outcome, horizon, every string
		from, to                                 int
	}{
		{"did purchase at least 2 times within last 40 days", "", "", "", "", 0, 0},
		{`profile.key in ("p00", "p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10", "p11")`, "", "sum(huge) of purchase", "30 days", "month", 0, 0},
		{`did purchase where (huge > 1)`, "not did purchase where (huge > 1)", "avg(huge) of purchase", "1 day", "2 months", 30, 300},
		{`last purchase within last 20 days`, "sum(huge) of purchase > 0", "max(usual) of purchase", "90 days", "1 month", 0, 0},
		{"everyone", "everyone", "count of purchase", "1 month", "week", -30, 900},
		{"did purchase where (rare > 3)", "last purchase within last 10 days", "sum(rare) of purchase", "31 days", "1 quarter", 100, 200},
		{`last purchase within last 15 days`, "", "did purchase where (huge < 0)", "9 years", "1 year", 5, 4},
		{"", "", "", "-3 days", "0 weeks", 0, 0},
		{"sum(huge) of purchase in top 10%", "", "sum(huge) of purchase", "3 months", "month", 0, 0},
	} {
		f.Add(s.segment, s.second, s.outcome, s.horizon, s.every, s.from, s.to)
	}
	f.Fuzz(func(t *testing.T, first, second, outcome, horizon, every string, from, to int) {
		q := prove.Request{Segments: []string{first}, Outcome: outcome, Horizon: horizon, Every: every}
		if second != "" {
			q.Segments = append(q.Segments, second)
		}
		day := func(n int) kreds.Instant {
			if n == 0 || n > 40_000 || n < -40_000 {
				return 0
			}
			return kreds.InstantOf(time.Date(2025, 1, 1+n, 0, 0, 0, 0, time.UTC))
		}
		q.From, q.To = day(from), day(to)
		p, err := w.Prove(t.Context(), q, nil)
		if err != nil {
			if c := kreds.CodeOf(err); c != kreds.CodeInvalid && c != kreds.CodeNotFound {
				t.Fatalf("%+v: %v", q, err)
			}
			if err.Error() == "" {
				t.Fatalf("%+v: an error without words", q)
			}
			return
		}
		// JSON has no word for what is not a number.
		if _, err := json.Marshal(p); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, s := range p.Segments {
			for _, pt := range s.Points {
				if pt.Members < 0 || pt.Members > pt.Population || math.IsNaN(pt.Share) || pt.Share < 0 || pt.Share > 1 {
					t.Fatalf("%+v: %+v", q, pt)
				}
			}
		}
	})
}
