package rows

import (
	"bytes"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Chain is a sequence made ready: its positive steps, each with the "then not"
// steps that follow it.
type Chain struct {
	AsOf  kreds.Instant
	Steps []Link
	Plain bool // no properties compared, and no inner "then not" with a within
	Slots int
}

// Link is one positive step.
type Link struct {
	Step
	Nots []Step
}

// Step is one step.
type Step struct {
	Slot      int // of worker.found
	Selection *Selection
	Splits    []Split
	Within    *segment.Duration
	// Same and To are the places among the splits of this step and of the
	// positive step before it of the property that must be equal; -1 without.
	Same, To int
}

// Sequence says 1 where the sequence happened.
func Sequence(c *Chain) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		out.begin(FormInt, len(f.Profiles))
		steps := make([]*spans, len(c.Steps))
		for i := range steps {
			steps[i] = w.span(c.Steps[i].Selection)
		}
		for g := range f.Profiles {
			if mayFollow(steps, g) && w.Follows(c, g, nil) {
				out.Ints[g] = 1
			}
		}
	}
}

// mayFollow reports whether each positive step has rows in its window.
func mayFollow(steps []*spans, g int) bool {
	for _, sp := range steps {
		rows := int32(0)
		for k := range sp.lo {
			rows += sp.hi[k][g] - sp.lo[k][g]
		}
		if rows == 0 {
			return false
		}
	}
	return true
}

// Follows reports whether one moment can be chosen per positive step. If chosen
// is not nil it gets them.
func (w *Worker) Follows(c *Chain, g int, chosen *[]Moment) bool {
	if !w.windowsKnown(c, g) {
		return false
	}
	if c.Plain && chosen == nil && !w.anyDateOnly(c) {
		return w.followsPlain(c, g)
	}
	w.ids = w.ids[:0]
	for i := range c.Steps {
		if st := &c.Steps[i]; len(w.Moments(st.Slot, st.Selection, st.Splits, g)) == 0 {
			return false
		}
	}
	for i := range c.Steps {
		for k := range c.Steps[i].Nots {
			p := &c.Steps[i].Nots[k]
			w.Moments(p.Slot, p.Selection, p.Splits, g)
		}
	}
	return w.followsAny(c, chosen)
}

// windowsKnown reports whether the windows of what must not follow are known; of
// the positive steps there is nothing to find in unknown ones.
func (w *Worker) windowsKnown(c *Chain, g int) bool {
	for i := range c.Steps {
		for k := range c.Steps[i].Nots {
			if sel := c.Steps[i].Nots[k].Selection; !sel.Window.Constant && w.span(sel).known[g>>6]>>(g&63)&1 == 0 {
				return false
			}
		}
	}
	return true
}

// anyDateOnly reports whether a row of the batch at hand, of any table of the
// chain, has only a date.
func (w *Worker) anyDateOnly(c *Chain) bool {
	if w.datedEpoch == w.epoch {
		return w.dated
	}
	w.datedEpoch, w.dated = w.epoch, false
	for _, r := range w.Rows {
		w.dated = w.dated || bytes.IndexByte(r.DayOnly, 1) >= 0
	}
	return w.dated
}

// times returns the instants of a step's occasions for a group, in order.
func (w *Worker) times(p *Step, g int) []int64 {
	sp := w.span(p.Selection)
	if len(p.Selection.Sources) == 1 && p.Selection.Sources[0].Occasion < 0 {
		src := &p.Selection.Sources[0]
		all := w.Rows[src.Table].Time
		lo, hi := sp.lo[0][g], sp.hi[0][g]
		if src.Mask < 0 || lo == hi {
			return all[lo:hi]
		}
		m, out := w.maskOf(src.Mask), w.instants[p.Slot][:0]
		for i := next(m, lo, hi); i < hi; i = next(m, i+1, hi) {
			out = append(out, all[i])
		}
		w.instants[p.Slot] = out
		return out
	}
	out := w.instants[p.Slot][:0]
	for _, m := range w.Moments(p.Slot, p.Selection, nil, g) {
		out = append(out, m.Time)
	}
	w.instants[p.Slot] = out
	return out
}

// followsPlain is follows where the latest moment that fits before the next
// step is always the best choice: no property is compared, all have a time,
// and what must not happen in between has no within.
func (w *Worker) followsPlain(c *Chain, g int) bool {
	for len(w.instants) < c.Slots {
		w.instants = append(w.instants, nil)
	}
	fits := w.times(&c.Steps[0].Step, g) // of the step, those that can be reached
	for i := 1; i < len(c.Steps); i++ {
		if len(fits) == 0 {
			return false
		}
		st, prev := &c.Steps[i], &c.Steps[i-1]
		found := w.times(&st.Step, g)
		if len(found) == 0 {
			return false
		}
		last := i == len(c.Steps)-1 && len(st.Nots) == 0
		w.nots = w.nots[:0]
		for k := range prev.Nots {
			w.nots = append(w.nots, w.times(&prev.Nots[k], g))
		}
		for len(w.fits) <= i {
			w.fits = append(w.fits, nil)
		}
		p, reached := 0, w.fits[i][:0]
		for _, b := range found {
			for p < len(fits) && fits[p] < b {
				p++
			}
			if p == 0 || !w.inGap(fits[p-1], b, st.Within) || w.between(fits[p-1], b) {
				continue
			}
			if last {
				return true
			}
			reached = append(reached, b)
		}
		w.fits[i], fits = reached, reached
	}
	last := &c.Steps[len(c.Steps)-1]
	w.nots = w.nots[:0]
	for k := range last.Nots {
		w.nots = append(w.nots, w.times(&last.Nots[k], g))
	}
	for _, a := range fits {
		if w.endsPlain(c, last, a) {
			return true
		}
	}
	return false
}

// between reports whether any instant of w.nots lies between a and b.
func (w *Worker) between(a, b int64) bool {
	for _, not := range w.nots {
		// The latest before b must not be after a.
		if at, _ := slices.BinarySearch(not, b); at > 0 && not[at-1] > a {
			return true
		}
	}
	return false
}

// inGap reports whether b is at most within after a.
func (w *Worker) inGap(a, b int64, within *segment.Duration) bool {
	if within == nil {
		return true
	}
	// Near the end only the calendar can tell.
	days := int64(0)
	switch within.Unit {
	case segment.Day:
		days = 1
	case segment.Week:
		days = 7
	}
	if days != 0 {
		switch about := a + int64(within.N)*days*dayMicros; {
		case b < about-widestDay:
			return true
		case b > about+widestDay:
			return false
		}
	}
	return b <= w.add(a, within.N, within.Unit)
}

const (
	hourMicros = 3_600_000_000
	dayMicros  = 24 * hourMicros
	// widestDay is more than any change of a zone's offset.
	widestDay = 26 * hourMicros
)

// add returns t plus n units as the calendar counts.
func (w *Worker) add(t int64, n int, u segment.Unit) int64 {
	return int64(w.Plan.Calendar.Add(kreds.Instant(t), n, u))
}

// day returns the local day of t.
func (w *Worker) day(t int64) int64 { return int64(w.Plan.Calendar.DayOf(kreds.Instant(t))) }

// endsPlain reports whether nothing of w.nots follows a that the last step
// forbids, and its time has run out.
func (w *Worker) endsPlain(c *Chain, last *Link, a int64) bool {
	for k, not := range w.nots {
		within := last.Nots[k].Within
		if within != nil && w.add(a, within.N, within.Unit) > int64(c.AsOf) {
			return false
		}
		at, _ := slices.BinarySearch(not, a+1)
		if at < len(not) && w.inGap(a, not[at], within) {
			return false
		}
	}
	return true
}

// followsAny is follows in general: every pair of moments is tried.
func (w *Worker) followsAny(c *Chain, chosen *[]Moment) bool {
	// from holds for each moment of each step which one of the step before it
	// can follow, -1 if none; of the first step all can be had.
	from := make([][]int, len(c.Steps))
	for i := range c.Steps {
		st := &c.Steps[i]
		found := w.found[st.Slot]
		from[i] = make([]int, len(found))
		any := i == 0
		for b := range found {
			if i == 0 {
				continue
			}
			from[i][b] = -1
			before := w.found[c.Steps[i-1].Slot]
			for a := len(before) - 1; a >= 0; a-- {
				if from[i-1][a] >= 0 && w.pairs(&c.Steps[i-1], &before[a], st, &found[b]) {
					from[i][b], any = a, true
					break
				}
			}
		}
		if !any {
			return false
		}
	}
	end := len(c.Steps) - 1
	last := &c.Steps[end]
	for a := range w.found[last.Slot] {
		if from[end][a] < 0 || !w.ends(c, last, &w.found[last.Slot][a]) {
			continue
		}
		if chosen != nil {
			for i := end; i >= 0; i-- {
				*chosen = append(*chosen, w.found[c.Steps[i].Slot][a])
				a = from[i][a]
			}
			slices.Reverse(*chosen)
		}
		return true
	}
	return false
}

// pairs reports whether b of the next positive step may follow a.
func (w *Worker) pairs(prev *Link, a *Moment, st *Link, b *Moment) bool {
	if !w.later(a, b) || !equalValues(&st.Step, a, b) || !w.inTime(a, b, st.Within) {
		return false
	}
	for k := range prev.Nots {
		p := &prev.Nots[k]
		for i := range w.found[p.Slot] {
			c := &w.found[p.Slot][i]
			if w.later(a, c) && w.later(c, b) && equalValues(p, a, c) && w.inTime(a, c, p.Within) {
				return false
			}
		}
	}
	return true
}

// ends reports whether what must not follow the last positive step did not,
// and its time has run out.
func (w *Worker) ends(c *Chain, last *Link, a *Moment) bool {
	for k := range last.Nots {
		p := &last.Nots[k]
		if p.Within != nil && w.deadline(a, p.Within) > int64(c.AsOf) {
			return false
		}
		for i := range w.found[p.Slot] {
			m := &w.found[p.Slot][i]
			if w.later(a, m) && equalValues(p, a, m) && w.inTime(a, m, p.Within) {
				return false
			}
		}
	}
	return true
}

// equalValues compares the property of "same" of a step with the positive step
// before; unknown equals nothing.
func equalValues(p *Step, a, b *Moment) bool {
	if p.Same < 0 {
		return true
	}
	v := b.vals[p.Same]
	return v != unknownValue && v == a.vals[p.To]
}

// later reports whether b is later than a: on a later day, if either is only a
// date.
func (w *Worker) later(a, b *Moment) bool {
	if a.only || b.only {
		return w.day(b.Time) > w.day(a.Time)
	}
	return b.Time > a.Time
}

// inTime reports whether b is at most within after a.
func (w *Worker) inTime(a, b *Moment, within *segment.Duration) bool {
	if within == nil {
		return true
	}
	if a.only || b.only {
		return w.day(b.Time) <= w.lastDay(a, within)
	}
	return w.inGap(a.Time, b.Time, within)
}

// lastDay returns the day that a within ends on.
func (w *Worker) lastDay(a *Moment, within *segment.Duration) int64 {
	return int64(w.Plan.Calendar.AddDay(kreds.Day(w.day(a.Time)), within.N, within.Unit))
}

// deadline returns the instant at which a within after a has run out.
func (w *Worker) deadline(a *Moment, within *segment.Duration) int64 {
	if a.only {
		return int64(w.Plan.Calendar.Midnight(kreds.Day(w.lastDay(a, within) + 1)))
	}
	return w.add(a.Time, within.N, within.Unit)
}
