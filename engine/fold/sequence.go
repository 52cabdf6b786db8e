package fold

import (
	"bytes"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// chain is a sequence made ready: its positive steps, each with the "then not"
// steps that follow it.
type chain struct {
	asOf  kreds.Instant
	steps []link
	plain bool // no properties compared, and no inner "then not" with a within
	slots int
}

// link is one positive step.
type link struct {
	stepPlan
	nots []stepPlan
}

// stepPlan is one step.
type stepPlan struct {
	slot   int // of worker.found
	sel    *selection
	splits []split
	within *segment.Duration
	// same and to are the places among the splits of this step and of the
	// positive step before it of the property that must be equal; -1 without.
	same, to int
}

// sequenceFold says 1 where the sequence happened.
func sequenceFold(c *chain) fold {
	return func(w *worker, f *frame, out *result) {
		out.begin(formInt, len(f.profiles))
		for g := range f.profiles {
			if w.follows(c, g, nil) {
				out.ints[g] = 1
			}
		}
	}
}

// follows reports whether one moment can be chosen per positive step. If chosen
// is not nil it gets them.
func (w *worker) follows(c *chain, g int, chosen *[]moment) bool {
	if c.plain && chosen == nil && !w.anyDateOnly(c) {
		return w.followsPlain(c, g)
	}
	w.ids = w.ids[:0]
	for i := range c.steps {
		if st := &c.steps[i]; len(w.moments(st.slot, st.sel, st.splits, g)) == 0 {
			return false
		}
	}
	for i := range c.steps {
		for k := range c.steps[i].nots {
			p := &c.steps[i].nots[k]
			w.moments(p.slot, p.sel, p.splits, g)
		}
	}
	return w.followsAny(c, chosen)
}

// anyDateOnly reports whether a row of the batch at hand, of any table of the
// chain, has only a date.
func (w *worker) anyDateOnly(c *chain) bool {
	if w.datedEpoch == w.epoch {
		return w.dated
	}
	w.datedEpoch, w.dated = w.epoch, false
	for _, r := range w.rows {
		w.dated = w.dated || bytes.IndexByte(r.DayOnly, 1) >= 0
	}
	return w.dated
}

// times returns the instants of a step's occasions for a group, in order.
func (w *worker) times(p *stepPlan, g int) []int64 {
	sp := w.span(p.sel)
	if len(p.sel.src) == 1 && p.sel.src[0].occasion < 0 {
		src := &p.sel.src[0]
		all := w.rows[src.table].Time
		lo, hi := sp.lo[0][g], sp.hi[0][g]
		if src.mask < 0 || lo == hi {
			return all[lo:hi]
		}
		m, out := w.maskOf(src.mask), w.instants[p.slot][:0]
		for i := next(m, lo, hi); i < hi; i = next(m, i+1, hi) {
			out = append(out, all[i])
		}
		w.instants[p.slot] = out
		return out
	}
	out := w.instants[p.slot][:0]
	for _, m := range w.moments(p.slot, p.sel, nil, g) {
		out = append(out, m.t)
	}
	w.instants[p.slot] = out
	return out
}

// followsPlain is follows where the latest moment that fits before the next
// step is always the best choice: no property is compared, all have a time,
// and what must not happen in between has no within.
func (w *worker) followsPlain(c *chain, g int) bool {
	for len(w.instants) < c.slots {
		w.instants = append(w.instants, nil)
	}
	fits := w.times(&c.steps[0].stepPlan, g) // of the step, those that can be reached
	for i := 1; i < len(c.steps); i++ {
		if len(fits) == 0 {
			return false
		}
		st, prev := &c.steps[i], &c.steps[i-1]
		found := w.times(&st.stepPlan, g)
		if len(found) == 0 {
			return false
		}
		last := i == len(c.steps)-1 && len(st.nots) == 0
		w.nots = w.nots[:0]
		for k := range prev.nots {
			w.nots = append(w.nots, w.times(&prev.nots[k], g))
		}
		for len(w.fits) <= i {
			w.fits = append(w.fits, nil)
		}
		p, reached := 0, w.fits[i][:0]
		for _, b := range found {
			for p < len(fits) && fits[p] < b {
				p++
			}
			if p == 0 || !w.inGap(fits[p-1], b, st.within) || w.between(fits[p-1], b) {
				continue
			}
			if last {
				return true
			}
			reached = append(reached, b)
		}
		w.fits[i], fits = reached, reached
	}
	last := &c.steps[len(c.steps)-1]
	w.nots = w.nots[:0]
	for k := range last.nots {
		w.nots = append(w.nots, w.times(&last.nots[k], g))
	}
	for _, a := range fits {
		if w.endsPlain(c, last, a) {
			return true
		}
	}
	return false
}

// between reports whether any instant of w.nots lies between a and b.
func (w *worker) between(a, b int64) bool {
	for _, not := range w.nots {
		// The latest before b must not be after a.
		if at, _ := slices.BinarySearch(not, b); at > 0 && not[at-1] > a {
			return true
		}
	}
	return false
}

// inGap reports whether b is at most within after a.
func (w *worker) inGap(a, b int64, within *segment.Duration) bool {
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
func (w *worker) add(t int64, n int, u segment.Unit) int64 {
	return int64(w.plan.cal.Add(kreds.Instant(t), n, u))
}

// day returns the local day of t.
func (w *worker) day(t int64) int64 { return int64(w.plan.cal.DayOf(kreds.Instant(t))) }

// endsPlain reports whether nothing of w.nots follows a that the last step
// forbids, and its time has run out.
func (w *worker) endsPlain(c *chain, last *link, a int64) bool {
	for k, not := range w.nots {
		within := last.nots[k].within
		if within != nil && w.add(a, within.N, within.Unit) > int64(c.asOf) {
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
func (w *worker) followsAny(c *chain, chosen *[]moment) bool {
	// from holds for each moment of each step which one of the step before it
	// can follow, -1 if none; of the first step all can be had.
	from := make([][]int, len(c.steps))
	for i := range c.steps {
		st := &c.steps[i]
		found := w.found[st.slot]
		from[i] = make([]int, len(found))
		any := i == 0
		for b := range found {
			if i == 0 {
				continue
			}
			from[i][b] = -1
			before := w.found[c.steps[i-1].slot]
			for a := len(before) - 1; a >= 0; a-- {
				if from[i-1][a] >= 0 && w.pairs(&c.steps[i-1], &before[a], st, &found[b]) {
					from[i][b], any = a, true
					break
				}
			}
		}
		if !any {
			return false
		}
	}
	end := len(c.steps) - 1
	last := &c.steps[end]
	for a := range w.found[last.slot] {
		if from[end][a] < 0 || !w.ends(c, last, &w.found[last.slot][a]) {
			continue
		}
		if chosen != nil {
			for i := end; i >= 0; i-- {
				*chosen = append(*chosen, w.found[c.steps[i].slot][a])
				a = from[i][a]
			}
			slices.Reverse(*chosen)
		}
		return true
	}
	return false
}

// pairs reports whether b of the next positive step may follow a.
func (w *worker) pairs(prev *link, a *moment, st *link, b *moment) bool {
	if !w.later(a, b) || !equalValues(&st.stepPlan, a, b) || !w.inTime(a, b, st.within) {
		return false
	}
	for k := range prev.nots {
		p := &prev.nots[k]
		for i := range w.found[p.slot] {
			c := &w.found[p.slot][i]
			if w.later(a, c) && w.later(c, b) && equalValues(p, a, c) && w.inTime(a, c, p.within) {
				return false
			}
		}
	}
	return true
}

// ends reports whether what must not follow the last positive step did not,
// and its time has run out.
func (w *worker) ends(c *chain, last *link, a *moment) bool {
	for k := range last.nots {
		p := &last.nots[k]
		if p.within != nil && w.deadline(a, p.within) > int64(c.asOf) {
			return false
		}
		for i := range w.found[p.slot] {
			m := &w.found[p.slot][i]
			if w.later(a, m) && equalValues(p, a, m) && w.inTime(a, m, p.within) {
				return false
			}
		}
	}
	return true
}

// equalValues compares the property of "same" of a step with the positive step
// before; unknown equals nothing.
func equalValues(p *stepPlan, a, b *moment) bool {
	if p.same < 0 {
		return true
	}
	v := b.vals[p.same]
	return v != unknownValue && v == a.vals[p.to]
}

// later reports whether b is later than a: on a later day, if either is only a
// date.
func (w *worker) later(a, b *moment) bool {
	if a.only || b.only {
		return w.day(b.t) > w.day(a.t)
	}
	return b.t > a.t
}

// inTime reports whether b is at most within after a.
func (w *worker) inTime(a, b *moment, within *segment.Duration) bool {
	if within == nil {
		return true
	}
	if a.only || b.only {
		return w.day(b.t) <= w.lastDay(a, within)
	}
	return w.inGap(a.t, b.t, within)
}

// lastDay returns the day that a within ends on.
func (w *worker) lastDay(a *moment, within *segment.Duration) int64 {
	return int64(w.plan.cal.AddDay(kreds.Day(w.day(a.t)), within.N, within.Unit))
}

// deadline returns the instant at which a within after a has run out.
func (w *worker) deadline(a *moment, within *segment.Duration) int64 {
	if a.only {
		return int64(w.plan.cal.Midnight(kreds.Day(w.lastDay(a, within) + 1)))
	}
	return w.add(a.t, within.N, within.Unit)
}
