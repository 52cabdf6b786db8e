package prove

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// panel is everybody at one date: what is known of them then and afterwards. It lasts
// as long as the proof.
type panel struct {
	asOf       kreds.Instant
	population *roaring.Bitmap
	members    []*roaring.Bitmap // by group
	profiles   []uint32          // of the population, ascending
	revenue    []float64         // of the year before, by profile; nil if there is none
	outcome    []float64         // NaN where unknown; nil where the data does not reach
	before     []*roaring.Bitmap // by group, at the date before; nil at the first
}

// chunk is how many dates are asked about in one pass, lest vectors of many dates fill
// the memory.
const chunk = 16

// span finds the dates: as far back as there is data, and whose horizons end in it.
func (w *work) span(ctx context.Context) error {
	now := kreds.InstantOf(w.clock())
	asOf := w.q.AsOf
	if asOf == 0 {
		asOf = now
	}
	first, last, err := w.extent(ctx, asOf)
	if err != nil {
		return err
	}
	limit := asOf
	if last != kreds.MinInstant {
		w.out.DataEnds = w.cal.Midnight(w.cal.DayOf(last) + 1)
		if w.q.AsOf == 0 {
			asOf = min(asOf, max(w.out.DataEnds, w.q.To))
		}
		// The last days may have been quiet ones: a twentieth of the horizon may
		// be missing.
		length := w.horizon.after(w.cal, w.out.DataEnds) - w.out.DataEnds
		limit = min(asOf, w.out.DataEnds+length/20)
		if w.q.AsOf > w.out.DataEnds {
			w.note("The data ends on %s.", w.day(w.out.DataEnds))
		}
	}
	w.out.AsOf = asOf
	to := w.q.To
	if to == 0 {
		to = asOf
	}
	if to > asOf {
		return kreds.Errorf(kreds.CodeInvalid, "the last date, %s, is after the instant up to which data is used, %s", w.day(to), w.day(asOf)).WithHint("choose an earlier --to, or a later --as-of")
	}
	if w.dates, err = w.steps(ctx, first, to); err != nil {
		return err
	}
	for _, d := range w.dates {
		if end := w.horizon.after(w.cal, d); end <= limit {
			w.until[d] = end
		}
	}
	if len(w.until) == 0 {
		d := w.dates[0]
		return kreds.Errorf(kreds.CodeInvalid, "the horizon of %s reaches beyond the data: after the first date, %s, it ends on %s, and the data ends on %s",
			w.horizon, w.day(d), w.day(w.horizon.after(w.cal, d)), w.day(limit)).WithHint("choose a shorter --horizon or an earlier --from")
	}
	if n := len(w.dates) - len(w.until); n > 0 {
		w.note("At %s of %d dates the outcome is not known yet: the horizon of %s ends after the data does, on %s.", number(n), len(w.dates), w.horizon, w.day(limit))
	}
	w.out.Dates = w.dates
	return nil
}

// extent is when the first and the last event were that the outcome could read.
func (w *work) extent(ctx context.Context, asOf kreds.Instant) (first, last kreds.Instant, err error) {
	first, last = kreds.MaxInstant, kreds.MinInstant
	term, node, err := column(w.cat, w.out.Subject, w.outcome.text)
	if err != nil {
		return first, last, err
	}
	var questions []audience.Question
	add := func(e *segment.Events) {
		for _, end := range []bool{false, true} {
			questions = append(questions, audience.Question{AsOf: asOf, Subject: w.out.Subject, Term: &segment.EventInstant{Last: end, Events: e}})
		}
	}
	visit(&segment.Visitor{Events: func(e *segment.Events, _ **segment.Window) { add(e) }}, w.out.Subject, term, node)
	if len(questions) == 0 {
		if len(w.cat.Events) == 0 {
			return first, last, nil
		}
		add(&segment.Events{Any: true})
	}
	replies, err := w.audience.Ask(ctx, questions, audience.Asking{})
	if err != nil {
		return first, last, err
	}
	for _, r := range replies {
		for it := r.Population.Iterator(); it.HasNext(); {
			if i := it.Next(); r.Values.Known.Has(i) {
				first, last = min(first, kreds.Instant(r.Values.Int[i])), max(last, kreds.Instant(r.Values.Int[i]))
			}
		}
	}
	if last == kreds.MinInstant {
		return first, last, kreds.Errorf(kreds.CodeInvalid, "nothing that the outcome %s reads happened before %s", w.outcome.text, w.day(asOf)).
			WithHint("choose another outcome or a later --as-of")
	}
	return first, last, nil
}

// steps are the dates, of which those before everything began are left out.
func (w *work) steps(ctx context.Context, first, to kreds.Instant) ([]kreds.Instant, error) {
	from := w.q.From
	back := from == 0
	if back {
		from = w.cal.Add(to, -1, segment.Year)
		if d := w.q.Division; d != nil && d.Found > from {
			// On earlier dates they were found: those prove nothing.
			from, back = min(d.Found, to), false
		}
	}
	if from > to {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the first date, %s, is after the last, %s", w.day(from), w.day(to)).WithHint("choose an earlier --from")
	}
	var dates []kreds.Instant
	for i := 0; ; i++ {
		d := w.cal.Add(from, i*w.every.n, w.every.unit)
		if back {
			d = w.cal.Add(to, -i*w.every.n, w.every.unit)
		}
		if d < from || d > to {
			break
		}
		if len(dates) == maxDates {
			return nil, kreds.Errorf(kreds.CodeInvalid, "more than %d dates are too many", maxDates).WithHint("choose a longer step with --every, or a later --from")
		}
		dates = append(dates, d)
	}
	if back {
		slices.Reverse(dates)
	}
	if d := w.q.Division; d != nil && dates[0] < d.Found {
		w.note("The segments were found as of %s: what earlier dates show is no proof.", w.day(d.Found))
	}
	all := len(dates)
	if first != kreds.MaxInstant {
		dates = slices.DeleteFunc(dates, func(d kreds.Instant) bool { return d <= first })
		if len(dates) == 0 {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the data begins on %s, after the last date", w.day(first+1)).WithHint("choose a later --to")
		}
		if n := all - len(dates); n > 0 && !back {
			w.note("%s before the data begins on %s left out.", was(n), w.day(first+1))
		}
	}
	for _, g := range w.groups {
		if g.segment == nil || g.segment.Source == kreds.SourceRule {
			continue
		}
		records, err := w.state.Records(ctx, g.segment.Name)
		if err != nil {
			return nil, err
		}
		all := len(dates)
		dates = slices.DeleteFunc(dates, func(d kreds.Instant) bool { return len(records) == 0 || d < records[0].At })
		if len(dates) == 0 {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the members of %q are on record from %s only, and no date lies after that", g.segment.Name, w.since(records[0].At)).
				WithHint("prove the discovery that it was made of, or a rule")
		}
		if n := all - len(dates); n > 0 {
			w.note("%s before the members of %q are on record left out.", was(n), g.segment.Name)
		}
	}
	return dates, nil
}

func was(n int) string {
	if n == 1 {
		return "One date"
	}
	return kreds.Say("%d dates", n)
}

func number(n int) string {
	if n == 1 {
		return "one"
	}
	return fmt.Sprint(n)
}

func (w *work) note(format string, args ...any) {
	w.out.Notes = append(w.out.Notes, kreds.Say(format, args...))
}

// day names an instant as people do: the end of a day is that day.
func (w *work) day(t kreds.Instant) string { return w.cal.DayOf(t - 1).String() }

func (w *work) since(t kreds.Instant) string {
	return t.Time().In(w.cal.Location()).Format(time.DateOnly)
}

// replay asks about all dates.
func (w *work) replay(ctx context.Context) error {
	var last []*roaring.Bitmap
	for from := 0; from < len(w.dates); from += chunk {
		dates := w.dates[from:min(from+chunk, len(w.dates))]
		panels, err := w.ask(ctx, dates)
		if err != nil {
			return err
		}
		for _, p := range panels {
			if err := ctx.Err(); err != nil {
				return err
			}
			p.before = last
			last = p.members
			if err := w.points(ctx, p); err != nil {
				return err
			}
			w.panels = append(w.panels, p)
			w.progress(.05 + .7*float64(len(w.panels))/float64(len(w.dates)))
		}
	}
	return nil
}

// ask puts the questions about some dates.
func (w *work) ask(ctx context.Context, dates []kreds.Instant) ([]*panel, error) {
	everyone, err := segment.Parse("everyone")
	if err != nil {
		return nil, err
	}
	everyone.Subject = w.out.Subject
	var questions []audience.Question
	add := func(q audience.Question) int {
		questions = append(questions, q)
		return len(questions) - 1
	}
	type places struct{ all, members, revenue, outcome int }
	at := make([]places, len(dates))
	for i, d := range dates {
		at[i] = places{all: add(audience.Question{AsOf: d, Expr: everyone}), members: len(questions), revenue: -1, outcome: -1}
		for _, g := range w.groups {
			if g.expr != nil {
				add(audience.Question{AsOf: d, Expr: g.expr})
			}
		}
		if w.revenue != nil {
			at[i].revenue = add(w.revenueBefore(d))
		}
		if until, ok := w.until[d]; ok {
			q, err := w.question(d, until)
			if err != nil {
				return nil, err
			}
			at[i].outcome = add(q)
		}
	}
	replies, err := w.audience.Ask(ctx, questions, audience.Asking{})
	if err != nil {
		return nil, err
	}
	panels := make([]*panel, len(dates))
	for i, d := range dates {
		p := &panel{asOf: d, population: replies[at[i].all].Population}
		panels[i] = p
		p.profiles = p.population.ToArray()
		if w.q.Division != nil {
			sets, err := w.q.Division.Members(ctx, d)
			if err != nil {
				return nil, err
			}
			for _, s := range sets {
				p.members = append(p.members, roaring.And(s, p.population))
			}
		} else {
			for g := range w.groups {
				p.members = append(p.members, replies[at[i].members+g].Members)
			}
		}
		if r := at[i].revenue; r >= 0 {
			p.revenue = numbers(replies[r].Values, p.profiles)
			for j, v := range p.revenue {
				if math.IsNaN(v) {
					p.revenue[j] = 0
				}
			}
		}
		if o := at[i].outcome; o >= 0 {
			if replies[o].Values != nil {
				p.outcome = numbers(replies[o].Values, p.profiles)
			} else {
				p.outcome = flags(replies[o].Members, p.profiles)
			}
		}
	}
	return panels, nil
}

// numbers are the values of profiles, NaN where unknown; true is 1.
func numbers(v *engine.Values, profiles []uint32) []float64 {
	out := make([]float64, len(profiles))
	for i, p := range profiles {
		switch {
		case !v.Known.Has(p):
			out[i] = math.NaN()
		case v.Num != nil:
			out[i] = v.Num[p]
		default:
			out[i] = float64(v.Int[p])
		}
	}
	return out
}

// flags are 1 for the profiles of a set and 0 for others.
func flags(set *roaring.Bitmap, profiles []uint32) []float64 {
	out := make([]float64, len(profiles))
	for i, in := range holds(set, profiles) {
		if in {
			out[i] = 1
		}
	}
	return out
}

// holds tells which of the profiles, which are ascending, a set has.
func holds(set *roaring.Bitmap, profiles []uint32) []bool {
	out := make([]bool, len(profiles))
	it := set.Iterator()
	for i, p := range profiles {
		it.AdvanceIfNeeded(p)
		if !it.HasNext() {
			break
		}
		out[i] = it.PeekNext() == p
	}
	return out
}
