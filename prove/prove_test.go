package prove_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/prove"
	"github.com/kreds/kreds/state"
)

// world is a workspace with real stores and a clock that tests set.
type world struct {
	*prove.Prover
	audience *audience.Audience
	engine   engine.Engine
	state    *state.Store
	now      time.Time
}

func (w *world) clock() time.Time { return w.now }

// open makes an empty workspace.
func open(t testing.TB, zone string) *world {
	t.Helper()
	w := &world{now: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)}
	s, err := state.Open(t.TempDir(), w.clock)
	if err != nil {
		t.Fatal(err)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(t.Context(), "", duckdb.Options{Workers: 2, Location: location})
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
	if err := s.SetSettings(t.Context(), state.Settings{TimeZone: zone}); err != nil {
		t.Fatal(err)
	}
	w.engine, w.state = e, s
	w.audience = audience.New(e, s, w.clock)
	w.Prover = prove.New(w.audience, s, w.clock)
	return w
}

func (w *world) create(t testing.TB, name, expression string) {
	t.Helper()
	if _, err := w.audience.Create(t.Context(), kreds.Segment{Name: name}, kreds.Version{Expression: expression}); err != nil {
		t.Fatal(err)
	}
}

// day is the end of a day.
func (w *world) day(t testing.TB, text string) kreds.Instant {
	t.Helper()
	cal, err := w.audience.Calendar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at, err := cal.ParseAsOf(text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// small is a workspace of 60 persons, of whom the first 20 ("gold", which no date says)
// buy for 100 in each month of 2025 and the others for 10 in every second one; everybody
// was seen on the last day of 2024.
func small(t testing.TB) *world {
	t.Helper()
	w := open(t, "UTC")
	w.now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	bought := &engine.EventBatch{Event: "purchase", Label: "purchase"}
	amount := engine.Column{Name: "amount", Label: "amount", Type: kreds.Number, Exact: true}
	persons := &engine.ProfileBatch{Kind: kreds.Person}
	plan := engine.Column{Name: "plan", Label: "plan", Type: kreds.Text}
	level := engine.Column{Name: "level", Label: "level", Type: kreds.Text}
	dated := &engine.ProfileBatch{Kind: kreds.Person}
	for i := range 60 {
		key := []byte{'p', byte('0' + i/10), byte('0' + i%10)}
		persons.Keys.Append(key)
		dated.Keys.Append(key)
		dated.Observed = append(dated.Observed, kreds.InstantOf(time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)))
		text := "basic"
		if i < 20 {
			text = "gold"
		}
		plan.Bytes = append(plan.Bytes, text...)
		plan.Ends = append(plan.Ends, len(plan.Bytes))
		level.Bytes = append(level.Bytes, text...)
		level.Ends = append(level.Ends, len(level.Bytes))
		for m := time.January; m <= time.December; m++ {
			worth := int64(100 + i%3)
			if i >= 20 {
				if worth = int64(10 + i%3); (int(m)+i)%2 == 0 {
					continue
				}
			}
			bought.Keys.Append(key)
			bought.Time = append(bought.Time, kreds.InstantOf(time.Date(2025, m, 10, 12, 0, 0, 0, time.UTC)))
			amount.Int = append(amount.Int, worth*kreds.DecimalScale)
		}
	}
	bought.Properties, persons.Traits, dated.Traits = []engine.Column{amount}, []engine.Column{plan}, []engine.Column{level}
	l, err := w.engine.Load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{l.Profiles(t.Context(), persons), l.Profiles(t.Context(), dated), l.Events(t.Context(), bought)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestRefused: traits without dates may know the future, also those of segments that a
// segment refers to; declared timeless they are taken.
func TestRefused(t *testing.T) {
	w := small(t)
	w.create(t, "Gold", `plan = "gold"`)
	w.create(t, "Keen", `in segment "Gold" and did purchase`)
	for _, q := range []prove.Request{
		{Segments: []string{"Gold"}},
		{Segments: []string{"keen"}},
		{Segments: []string{`did purchase where (profile.plan = "gold")`}},
		{Segments: []string{"did purchase"}, Outcome: `plan = "gold"`},
		{Segments: []string{`not (level = "gold" and at least 1 of (plan is known, did purchase))`}},
	} {
		err := w.Check(t.Context(), q)
		if kreds.CodeOf(err) != kreds.CodeRefused || !strings.Contains(err.Error(), "plan has no dates") || !strings.Contains(kreds.HintOf(err), "kreds data timeless plan") {
			t.Errorf("%+v: %v (%s)", q, err, kreds.HintOf(err))
		}
		q.Timeless = []string{"Plan"}
		if err := w.Check(t.Context(), q); err != nil {
			t.Errorf("%+v: %v", q, err)
		}
	}
	q := prove.Request{Segments: []string{"Keen"}}
	if _, err := w.Declare(t.Context(), kreds.Person, "PLAN", true); err != nil {
		t.Fatal(err)
	}
	p, err := w.Prove(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Timeless, []string{"plan"}) {
		t.Errorf("timeless %v", p.Timeless)
	}
	if _, err := w.Declare(t.Context(), kreds.Person, "plan", false); err != nil {
		t.Fatal(err)
	}
	if err := w.Check(t.Context(), q); kreds.CodeOf(err) != kreds.CodeRefused {
		t.Errorf("after taking it back: %v", err)
	}
	if _, err := w.Declare(t.Context(), kreds.Person, "plane", true); kreds.CodeOf(err) != kreds.CodeNotFound || !strings.Contains(kreds.HintOf(err), "plan") {
		t.Errorf("%v (%s)", err, kreds.HintOf(err))
	}
}

// TestSmall: worked out by hand from the rows of small. In the 90 days after the end of
// a month before September fall the tenths of three months, so that the gold spend 300 to 306
// and the others 10 to 24.
func TestSmall(t *testing.T) {
	w := small(t)
	w.create(t, "Gold", `level = "gold"`)
	p, err := w.Prove(t.Context(), prove.Request{Segments: []string{"Gold"}, From: w.day(t, "2025-01-31"), To: w.day(t, "2025-12-31"), Every: "month"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Segments[0]
	if len(s.Points) != 12 || s.Summary.Dates != 8 || s.Summary.Clear != 8 || s.Summary.Standing != prove.Confirmed {
		t.Fatalf("%d points, %+v", len(s.Points), s.Summary)
	}
	for _, pt := range s.Points {
		if pt.Members != 20 || pt.Population != 60 || pt.Outcome == nil {
			continue
		}
		// Of 20 gold ones 7 spend 100 a month, 7 spend 101 and 6 spend 102.
		if want := 3 * (7*100. + 7*101 + 6*102) / 20; math.Abs(pt.Outcome.Members.Value-want) > 1e-9 {
			t.Errorf("mean of the gold %v, want %v", pt.Outcome.Members.Value, want)
		}
		if o := pt.Outcome.Others.Value; o < 15 || o > 18 {
			t.Errorf("mean of the others %v, want that of one or two purchases of about 11", o)
		}
		if pt.Outcome.P > 1e-20 || pt.Outcome.Q < pt.Outcome.P || pt.Outcome.Effect < 10 {
			t.Errorf("%+v", pt.Outcome)
		}
	}
	if *s.Points[1].Joined != 0 || *s.Points[1].Left != 0 || *s.Points[1].Stayed != 1 || s.Points[0].Joined != nil {
		t.Errorf("joined and left: %+v", s.Points[1])
	}
	if r := s.Retention; len(r) != 11 || r[0].Share != 1 || r[10].Of != 20 {
		t.Errorf("retention %+v", r)
	}
	verdicts := map[string]kreds.Verdict{}
	for _, c := range s.Scorecard {
		verdicts[c.Name] = c.Verdict
	}
	want := map[string]kreds.Verdict{
		"measurable": kreds.Good, "substantial": kreds.Poor, "reachable": kreds.NotSure, "differentiable": kreds.Good, "stable": kreds.Good, "actionable": kreds.Poor,
	}
	if d := cmp.Diff(want, verdicts); d != "" {
		t.Errorf("verdicts (-want +got):\n%s", d)
	}
}

// TestSet: what the trait decides a segment of it explains as well, and no value does
// better; a split by chance explains nothing.
func TestSet(t *testing.T) {
	w := small(t)
	q := prove.Request{Segments: []string{`level = "gold"`, `not level = "gold"`}, From: w.day(t, "2025-03-31"), To: w.day(t, "2025-09-30")}
	p, err := w.Prove(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Set
	if s.Groups != 2 || s.Explained.Out < .99 || s.Explained.Fitted < s.Explained.Out || *s.Explained.Next < .98 || s.NoneShare != 0 || s.OverlapShare != 0 {
		t.Errorf("%+v", s)
	}
	found := false
	for _, r := range s.Rivals {
		if r.Name == "the groups of level" {
			found = true
			if math.Abs(r.Ahead.Value) > 1e-12 || r.Explained.Out != s.Explained.Out {
				t.Errorf("the same groups explain another share: %+v", r)
			}
		}
	}
	if !found || !s.AsWell {
		t.Errorf("rivals %+v", s.Rivals)
	}
	q.Segments = []string{"bucket 0 to 4 of 10", "bucket 3 to 9 of 10"}
	if p, err = w.Prove(t.Context(), q, nil); err != nil {
		t.Fatal(err)
	}
	if s := p.Set; s.Explained.Out > .1 || s.OverlapShare == 0 || s.Groups != 3 {
		t.Errorf("by chance: %+v", s)
	}
}

// TestBadInput: what cannot be proved is refused with what to do, and what is answered
// has no number that JSON has not.
func TestBadInput(t *testing.T) {
	w := small(t)
	w.create(t, "Gold", `level = "gold"`)
	if _, err := w.audience.CreateList(t.Context(), kreds.Segment{Name: "Listed"}, []string{"p00", "p01"}); err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]prove.Request{
		"no segments":          {},
		"a horizon too far":    {Segments: []string{"Gold"}, Horizon: "2 years"},
		"no horizon":           {Segments: []string{"Gold"}, Horizon: "soon"},
		"no step":              {Segments: []string{"Gold"}, Every: "0 days"},
		"hours":                {Segments: []string{"Gold"}, Every: "2 hours"},
		"many days":            {Segments: []string{"Gold"}, Horizon: "99999999999 days"},
		"nobody":               {Segments: []string{"did purchase at least 500 times"}},
		"everybody":            {Segments: []string{"everyone"}},
		"few":                  {Segments: []string{`profile.key in ("p00", "p01")`}},
		"few others":           {Segments: []string{`profile.key not in ("p00", "p01")`}},
		"outcome of nothing":   {Segments: []string{"Gold"}, Outcome: "did purchase where (amount > 1000)"},
		"outcome of nought":    {Segments: []string{"Gold"}, Outcome: "sum(amount) of purchase where (amount < 0)"},
		"outcome of text":      {Segments: []string{"Gold"}, Outcome: "level"},
		"outcome with window":  {Segments: []string{"Gold"}, Outcome: "count of purchase within last 3 days"},
		"outcome with periods": {Segments: []string{"Gold"}, Outcome: "did purchase in at least 1 of last 3 months"},
		"outcome unknown":      {Segments: []string{"Gold"}, Outcome: "sum(amuont) of purchase"},
		"dates before data":    {Segments: []string{"Gold"}, From: w.day(t, "2023-01-01"), To: w.day(t, "2023-06-01")},
		"dates after data":     {Segments: []string{"Gold"}, From: w.day(t, "2026-02-01")},
		"backwards":            {Segments: []string{"Gold"}, From: w.day(t, "2025-06-01"), To: w.day(t, "2025-05-01")},
		"seen before all":      {Segments: []string{"Gold"}, AsOf: w.day(t, "2020-01-01")},
		"too many dates":       {Segments: []string{"Gold"}, Every: "day"},
		"twice":                {Segments: []string{"Gold", "gold"}},
		"of two kinds":         {Segments: []string{"Gold", "companies: everyone"}},
		"list of today":        {Segments: []string{"Listed"}},
		"broken":               {Segments: []string{`level = 3`}},
	} {
		_, err := w.Prove(t.Context(), q, nil)
		if kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kreds.HintOf(err) == "" {
			t.Errorf("%s: %v, without what to do", name, err)
		}
	}
	if _, err := w.Prove(t.Context(), prove.Request{Segments: []string{"Golt"}}, nil); kreds.CodeOf(err) != kreds.CodeNotFound || kreds.HintOf(err) != `did you mean "Gold"?` {
		t.Errorf("%v (%s)", err, kreds.HintOf(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Prove(ctx, prove.Request{Segments: []string{"Gold"}}, nil); err == nil {
		t.Error("a cancelled proof is done")
	}
	empty := open(t, "UTC")
	if _, err := empty.Prove(t.Context(), prove.Request{Segments: []string{"everyone"}}, nil); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("without data: %v", err)
	}
	// Segments that cannot be compared among others that can.
	p, err := w.Prove(t.Context(), prove.Request{Segments: []string{"Gold", "everyone", "did purchase at least 500 times", `profile.key = "p00"`}, Outcome: "avg(amount) of purchase"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Save(t.Context(), "all", p); err != nil { // fails on numbers that JSON has not
		t.Fatal(err)
	}
	for i, s := range p.Segments {
		if (s.Summary.Dates == 0) != (i > 0) || i > 0 && s.Points[0].Why == "" {
			t.Errorf("%s: %+v", s.Name, s.Summary)
		}
	}
	again, err := w.Proof(t.Context(), "ALL")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p.Segments[0].Points, again.Segments[0].Points); d != "" {
		t.Errorf("kept otherwise (-was +is):\n%s", d)
	}
	if err := w.Delete(t.Context(), "all"); err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(t.Context(), "all"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestFeedback(t *testing.T) {
	w := small(t)
	w.create(t, "Gold", `level = "gold"`)
	for _, f := range []kreds.Feedback{{Verdict: "splendid"}, {Verdict: "unknown"}, {Verdict: "good", Criterion: "reachabel"}, {Verdict: "good", Note: strings.Repeat("x", 3000)}} {
		if _, err := w.Say(t.Context(), "gold", f); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, err := w.Say(t.Context(), "Silver", kreds.Feedback{Verdict: kreds.Good}); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("of no segment: %v", err)
	}
	first, err := w.Say(t.Context(), "gold", kreds.Feedback{Verdict: kreds.Good, Note: "they call back", Author: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Say(t.Context(), "gold", kreds.Feedback{Verdict: kreds.Poor, Criterion: "Stable"}); err != nil {
		t.Fatal(err)
	}
	p, err := w.Prove(t.Context(), prove.Request{Segments: []string{"Gold"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := p.Segments[0].Feedback
	if len(said) != 2 || said[0].Criterion != "stable" || said[1].Author != "Anna" || said[1].ID != first.ID {
		t.Errorf("%+v", said)
	}
	// A kept proof follows the segment's name, and says nothing of another that is called
	// as the segment was.
	if err := w.Save(t.Context(), "p", p); err != nil {
		t.Fatal(err)
	}
	if err := w.audience.Rename(t.Context(), "Gold", "Best"); err != nil {
		t.Fatal(err)
	}
	w.create(t, "Gold", `level = "silver"`)
	for range 2 {
		kept, err := w.Proof(t.Context(), "p")
		if err != nil || kept.Segments[0].Name != "Best" || len(kept.Segments[0].Feedback) != 2 {
			t.Errorf("%+v, %v", kept.Segments[0], err)
		}
		all, err := w.Proofs(t.Context())
		if err != nil || all[0].Segments[0].Name != "Best" {
			t.Errorf("%+v, %v", all[0].Segments[0], err)
		}
	}
	if err := w.audience.Delete(t.Context(), "Gold"); err != nil {
		t.Fatal(err)
	}
	if err := w.audience.Rename(t.Context(), "Best", "Gold"); err != nil {
		t.Fatal(err)
	}
	if err := w.TakeBack(t.Context(), "gold", first.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.TakeBack(t.Context(), "gold", first.ID); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("taken back twice: %v", err)
	}
	if said, err = w.Feedback(t.Context(), "gold"); err != nil || len(said) != 1 {
		t.Errorf("%+v, %v", said, err)
	}
}
