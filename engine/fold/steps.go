package fold

import (
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// sequence sets the job to a Did of several steps.
func (s *sweep) sequence(j *job, n *segment.Did, q *engine.Ask) error {
	c, err := s.chain(j.frame, n, q)
	if err != nil {
		return err
	}
	for _, t := range s.plan.frames[j.frame] {
		s.tables[t].dayOnly = true
	}
	j.fold = sequenceFold(c)
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
	c.slots = len(n.Steps)
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

// regular sets the job to a single step with periods or with a property whose
// one value must do.
func (s *sweep) regular(j *job, step *segment.Step, q *engine.Ask) error {
	r := newRhythm(step.Count, step.Periods, q.AsOf, s.e.cal)
	p := pick{kind: q.Kind, asOf: q.AsOf, events: step.Events, where: step.Where, window: step.Window, frame: j.frame}
	if step.Window == nil && step.Same == "" && r.begin() != nil {
		// Rows before the first period don't matter: don't read them.
		p.from = r.begin()
	}
	sel, err := s.selection(p)
	if err != nil {
		return err
	}
	if sel.cols != nil {
		j.windowKnown = sel.windowKnown(s.e.n)
	}
	if r.holdsEmpty() {
		j.zero = condition.IntCell(1)
	}
	var splits []split
	if step.Same != "" {
		u := &unifier{}
		if err := s.unify(u, sel, step.Same); err != nil {
			return err
		}
		splits = []split{s.split(sel, step.Same, u)}
	}
	j.fold = regularFold(sel, r, splits)
	return nil
}

// defaultPause is the pause of a Resumed that says none, in days.
const defaultPause = 90

func (s *sweep) resumption(frame int, n *segment.Resumed, q *engine.Ask) (*resumption, error) {
	r := &resumption{window: &selection{}, pause: segment.Duration{N: defaultPause, Unit: segment.Day}}
	if n.Pause != nil {
		r.pause = *n.Pause
	}
	var err error
	r.all, err = s.selection(pick{kind: q.Kind, asOf: q.AsOf, events: n.Events, where: n.Where, frame: frame})
	if err != nil {
		return nil, err
	}
	return r, r.window.setWindow(s.e, pick{kind: q.Kind, asOf: q.AsOf, window: n.Window})
}

// resumed sets the job to a Resumed.
func (s *sweep) resumed(j *job, n *segment.Resumed, q *engine.Ask) error {
	r, err := s.resumption(j.frame, n, q)
	if err != nil {
		return err
	}
	j.fold = resumedFold(r)
	return nil
}

// split plans to tell the moments of a selection apart by a property.
func (s *sweep) split(sel *selection, prop string, u *unifier) split {
	out := split{}
	for _, src := range sel.src {
		plan := s.tables[src.table]
		out.cols = append(out.cols, plan.column(prop))
		out.remap = append(out.remap, u.remap(plan.event.Name, prop))
	}
	return out
}

// unify makes the values of a property comparable between selections.
func (s *sweep) unify(u *unifier, sel *selection, prop string) error {
	for _, src := range sel.src {
		if err := u.add(s.e, s.tables[src.table].event, prop); err != nil {
			return err
		}
	}
	return nil
}
