package fold

import (
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// sequence sets the job to a Did of several steps.
func (s *sweep) sequence(j *job, n *segment.Did, q *engine.Ask) error {
	c, err := s.chain(j.frame, n, q)
	if err != nil {
		return err
	}
	for _, t := range s.plan.Frames[j.frame] {
		if s.tables[t].base != nil {
			s.tables[t].base.dayOnly = true
		} else {
			s.tables[t].dayOnly = true
		}
	}
	j.fold = rows.Sequence(c)
	return nil
}

// maxSplits is how many properties the steps of a sequence can compare one
// step by.
const maxSplits = 8

func (s *sweep) chain(frame int, n *segment.Did, q *engine.Ask) (*rows.Chain, error) {
	c := &rows.Chain{AsOf: q.AsOf, Plain: true}
	slot := 0
	plan := func(st *segment.Step) (rows.Step, error) {
		p := rows.Step{Slot: slot, Within: st.Within, Same: -1, To: -1}
		slot++
		var err error
		p.Selection, err = s.selection(pick{
			kind: q.Kind, asOf: q.AsOf, events: st.Events, where: st.Where, window: st.Window, frame: frame,
		})
		return p, err
	}
	unifiers := map[string]*unifier{}
	c.Slots = len(n.Steps)
	for i, st := range n.Steps {
		p, err := plan(st)
		if err != nil {
			return nil, err
		}
		if st.Same != "" && i > 0 {
			c.Plain = false
			u := unifiers[st.Same]
			if u == nil {
				u = &unifier{}
				unifiers[st.Same] = u
			}
			if err := s.unify(u, c.Steps[len(c.Steps)-1].Selection, st.Same); err != nil {
				return nil, err
			}
			if err := s.unify(u, p.Selection, st.Same); err != nil {
				return nil, err
			}
		}
		if st.Not && i > 0 {
			last := &c.Steps[len(c.Steps)-1]
			last.Nots = append(last.Nots, p)
		} else {
			c.Steps = append(c.Steps, rows.Link{Step: p})
		}
	}
	// Now that all dictionaries are known, split the steps by what is compared.
	at, not := 0, 0
	names := make([][]string, len(c.Steps)) // by positive step, its splits
	for _, st := range n.Steps[1:] {
		prev := &c.Steps[at]
		var p *rows.Step
		if st.Not {
			p = &prev.Nots[not]
			not++
			if p.Within != nil && at < len(c.Steps)-1 {
				c.Plain = false
			}
		} else {
			at, not = at+1, 0
			p = &c.Steps[at].Step
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
		if p.To = slices.Index(names[of], st.Same); p.To < 0 {
			p.To = len(names[of])
			names[of] = append(names[of], st.Same)
			prev.Splits = append(prev.Splits, s.split(prev.Selection, st.Same, u))
		}
		p.Same = 0
		p.Splits = []rows.Split{s.split(p.Selection, st.Same, u)}
		if len(prev.Splits) > maxSplits {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the steps of a sequence compare more than %d properties with one step", maxSplits)
		}
	}
	return c, nil
}

// regular sets the job to a single step with periods or with a property whose
// one value must do.
func (s *sweep) regular(j *job, step *segment.Step, q *engine.Ask) error {
	r := rows.NewRhythm(step.Count, step.Periods, q.AsOf, s.e.cal)
	p := pick{kind: q.Kind, asOf: q.AsOf, events: step.Events, where: step.Where, window: step.Window, frame: j.frame}
	if step.Window == nil && step.Same == "" && r.Begin() != nil {
		// Rows before the first period don't matter: don't read them.
		p.from = r.Begin()
	}
	sel, err := s.selection(p)
	if err != nil {
		return err
	}
	if sel.Columns != nil {
		j.windowKnown = sel.WindowKnown(s.e.n)
	}
	if r.HoldsEmpty() {
		j.zero = condition.IntCell(1)
	}
	var splits []rows.Split
	if step.Same != "" {
		u := &unifier{}
		if err := s.unify(u, sel, step.Same); err != nil {
			return err
		}
		splits = []rows.Split{s.split(sel, step.Same, u)}
	}
	j.fold = rows.Regular(sel, r, splits)
	return nil
}

// defaultPause is the pause of a Resumed that says none, in days.
const defaultPause = 90

func (s *sweep) resumption(frame int, n *segment.Resumed, q *engine.Ask) (*rows.Resumption, error) {
	r := &rows.Resumption{Window: &rows.Selection{}, Pause: segment.Duration{N: defaultPause, Unit: segment.Day}}
	if n.Pause != nil {
		r.Pause = *n.Pause
	}
	var err error
	r.All, err = s.selection(pick{kind: q.Kind, asOf: q.AsOf, events: n.Events, where: n.Where, frame: frame})
	if err != nil {
		return nil, err
	}
	return r, setWindow(r.Window, s.e, pick{kind: q.Kind, asOf: q.AsOf, window: n.Window})
}

// resumed sets the job to a Resumed.
func (s *sweep) resumed(j *job, n *segment.Resumed, q *engine.Ask) error {
	r, err := s.resumption(j.frame, n, q)
	if err != nil {
		return err
	}
	j.fold = rows.Resumed(r)
	return nil
}

// split plans to tell the moments of a selection apart by a property.
func (s *sweep) split(sel *rows.Selection, prop string, u *unifier) rows.Split {
	out := rows.Split{}
	for _, src := range sel.Sources {
		plan := s.tables[src.Table]
		out.Columns = append(out.Columns, plan.column(prop))
		out.Remap = append(out.Remap, u.remap(plan.event.Name, prop))
	}
	return out
}

// unify makes the values of a property comparable between selections.
func (s *sweep) unify(u *unifier, sel *rows.Selection, prop string) error {
	for _, src := range sel.Sources {
		if err := u.add(s.e, s.tables[src.Table].event, prop); err != nil {
			return err
		}
	}
	return nil
}
