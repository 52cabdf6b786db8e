package fold

import (
	"slices"
	"sort"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// chain is a sequence made ready: its positive steps, each with the "then not"
// steps that follow it.
type chain struct {
	asOf  kreds.Instant
	steps []link
	plain bool // no properties compared, and no inner "then not" with a within
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

// sequence sets the job to a Did of several steps.
func (s *sweep) sequence(j *job, n *segment.Did, q *engine.Ask) error {
	c, err := s.chain(j.frame, n, q)
	if err != nil {
		return err
	}
	for _, t := range s.frames[j.frame].tables {
		s.tables[t].dayOnly = true
	}
	j.fold = func(w *worker, f *frame, out *result) {
		out.begin(formInt, len(f.profiles))
		for g := range f.profiles {
			if w.follows(c, g, nil) {
				out.ints[g] = 1
			}
		}
	}
	return nil
}

// maxSplits is how many properties the steps of a sequence can compare one
// step by.
const maxSplits = 8

func (s *sweep) chain(frame int, n *segment.Did, q *engine.Ask) (*chain, error) {
	c := &chain{asOf: q.AsOf, plain: true}
	slot := 0
	plan := func(st *segment.Step) (stepPlan, error) {
		p := stepPlan{slot: slot, within: st.Within, same: -1, to: -1}
		slot++
		var err error
		p.sel, err = s.selection(pick{
			kind: q.Kind, asOf: q.AsOf, events: st.Events, where: st.Where, window: st.Window, frame: frame,
		})
		return p, err
	}
	unifiers := map[string]*unifier{}
	for i, st := range n.Steps {
		p, err := plan(st)
		if err != nil {
			return nil, err
		}
		if st.Same != "" && i > 0 {
			c.plain = false
			u := unifiers[st.Same]
			if u == nil {
				u = &unifier{}
				unifiers[st.Same] = u
			}
			if err := s.unify(u, c.steps[len(c.steps)-1].sel, st.Same); err != nil {
				return nil, err
			}
			if err := s.unify(u, p.sel, st.Same); err != nil {
				return nil, err
			}
		}
		if st.Not && i > 0 {
			last := &c.steps[len(c.steps)-1]
			last.nots = append(last.nots, p)
		} else {
			c.steps = append(c.steps, link{stepPlan: p})
		}
	}
	// Now that all dictionaries are known, split the steps by what is compared.
	at, not := 0, 0
	names := make([][]string, len(c.steps)) // by positive step, its splits
	for _, st := range n.Steps[1:] {
		prev := &c.steps[at]
		var p *stepPlan
		if st.Not {
			p = &prev.nots[not]
			not++
			if p.within != nil && at < len(c.steps)-1 {
				c.plain = false
			}
		} else {
			at, not = at+1, 0
			p = &c.steps[at].stepPlan
		}
		if st.Same == "" {
			continue
		}
		of := at
		if !st.Not {
			of--
			names[at] = []string{st.Same}
		}
		u := unifiers[st.Same]
		if p.to = slices.Index(names[of], st.Same); p.to < 0 {
			p.to = len(names[of])
			names[of] = append(names[of], st.Same)
			prev.splits = append(prev.splits, s.split(prev.sel, st.Same, u))
		}
		p.same = 0
		p.splits = []split{s.split(p.sel, st.Same, u)}
		if len(prev.splits) > maxSplits {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the steps of a sequence compare more than %d properties with one step", maxSplits)
		}
	}
	return c, nil
}

// follows reports whether one moment can be chosen per positive step. If chosen
// is not nil it gets them.
func (w *worker) follows(c *chain, g int, chosen *[]moment) bool {
	w.ids = w.ids[:0]
	dated := false
	for i := range c.steps {
		st := &c.steps[i]
		m := w.moments(st.slot, st.sel, st.splits, g)
		if len(m) == 0 {
			return false
		}
		dated = dated || slices.ContainsFunc(m, dateOnly)
	}
	for i := range c.steps {
		for k := range c.steps[i].nots {
			p := &c.steps[i].nots[k]
			m := w.moments(p.slot, p.sel, p.splits, g)
			dated = dated || slices.ContainsFunc(m, dateOnly)
		}
	}
	if c.plain && !dated && chosen == nil {
		return w.followsPlain(c)
	}
	return w.followsAny(c, chosen)
}

func dateOnly(m moment) bool { return m.only }

// followsPlain is follows where the latest moment that fits before the next
// step is always the best choice: no property is compared, all have a time,
// and what must not happen in between has no within.
func (w *worker) followsPlain(c *chain) bool {
	fits := w.fits[:0] // times of the moments of the step that can be reached
	for _, m := range w.found[c.steps[0].slot] {
		fits = append(fits, m.t)
	}
	for i := 1; i < len(c.steps); i++ {
		st, prev := &c.steps[i], &c.steps[i-1]
		p, n := 0, 0
		for _, b := range w.found[st.slot] {
			for p < len(fits) && fits[p] < b.t {
				p++
			}
			if p == 0 {
				continue
			}
			a := fits[p-1]
			if st.within != nil && b.t > w.clock.add(a, st.within.N, st.within.Unit) {
				continue
			}
			ok := true
			for k := range prev.nots {
				not := w.found[prev.nots[k].slot]
				// The latest before b must not be after a.
				at := sort.Search(len(not), func(i int) bool { return not[i].t >= b.t })
				if at > 0 && not[at-1].t > a {
					ok = false
					break
				}
			}
			if ok {
				w.next = append(w.next[:n], b.t)
				n++
			}
		}
		if n == 0 {
			w.fits = fits
			return false
		}
		fits, w.next = w.next[:n], fits[:0]
	}
	w.fits = fits
	last := &c.steps[len(c.steps)-1]
	for _, a := range fits {
		if w.ends(c, last, &moment{t: a}) {
			return true
		}
	}
	return false
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
		return w.clock.day(b.t) > w.clock.day(a.t)
	}
	return b.t > a.t
}

// inTime reports whether b is at most within after a.
func (w *worker) inTime(a, b *moment, within *segment.Duration) bool {
	if within == nil {
		return true
	}
	if a.only || b.only {
		return w.clock.day(b.t) <= w.lastDay(a, within)
	}
	return b.t <= w.clock.add(a.t, within.N, within.Unit)
}

// lastDay returns the day that a within ends on.
func (w *worker) lastDay(a *moment, within *segment.Duration) int64 {
	if within.Unit == segment.Hour {
		return w.clock.day(w.clock.add(a.t, within.N, within.Unit))
	}
	return int64(w.s.e.cal.AddDay(kreds.Day(w.clock.day(a.t)), within.N, within.Unit))
}

// deadline returns the instant at which a within after a has run out.
func (w *worker) deadline(a *moment, within *segment.Duration) int64 {
	if a.only {
		return int64(w.s.e.cal.Midnight(kreds.Day(w.lastDay(a, within) + 1)))
	}
	return w.clock.add(a.t, within.N, within.Unit)
}
