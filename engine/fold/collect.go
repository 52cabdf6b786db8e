package fold

import (
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// maxEvents is how many events an explanation shows.
const maxEvents = 20

// collector finds the events that decided an ask for one profile.
type collector struct {
	q     *engine.Ask
	x     *engine.Explanation
	s     *sweep
	frame int
	fold  func(w *rows.Worker, f *rows.Frame, g int)
}

// collect plans to find the events that decided an ask for the profile.
func (e *evaluation) collect(q *engine.Ask, x *engine.Explanation, p kreds.Profile) error {
	c := &collector{q: q, x: x}
	var err error
	switch n := q.Leaf.(type) {
	case nil:
		err = c.measure(e, q.Term)
	case *segment.Did:
		err = c.did(e, n)
	case *segment.Resumed:
		err = c.resumed(e, n)
	default:
		err = c.measure(e, condition.TermOf(n))
	}
	if err != nil || c.fold == nil {
		return err
	}
	c.s.jobs = append(c.s.jobs, &job{frame: c.frame, fold: func(w *rows.Worker, f *rows.Frame, _ *rows.Result) {
		if g := slices.Index(f.Profiles, uint32(p)); g >= 0 {
			c.fold(w, f, g)
		}
	}})
	return nil
}

// plan asks for all columns of the events.
func (c *collector) plan(e *evaluation, events ...*segment.Events) error {
	c.s = e.sweepFor(c.q.AsOf, events...)
	var all []wanted
	for _, ev := range events {
		all = append(all, wanted{events: ev})
	}
	tables, err := c.s.tablesOf(c.q.AsOf, all...)
	if err != nil {
		return err
	}
	c.frame = c.s.plan.AddFrame(tables)
	for _, t := range tables {
		plan := c.s.tables[t]
		plan.dayOnly = true
		for _, p := range plan.event.Properties {
			plan.column(p.Name)
			if p.Type == kreds.Text || p.Type == kreds.List {
				if _, err := e.dict(plan.event.Name, p.Name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rows makes the explanation show the rows of a selection; keep, if not nil,
// says which.
func (c *collector) rows(p pick, keep func(kreds.Instant) bool) error {
	p.kind, p.asOf, p.frame = c.q.Kind, c.q.AsOf, c.frame
	sel, err := c.s.selection(p)
	if err != nil {
		return err
	}
	c.fold = func(w *rows.Worker, _ *rows.Frame, g int) {
		found := matching(w, sel, g, keep)
		c.x.Matched = len(found)
		for _, m := range found[:min(len(found), maxEvents)] {
			c.x.Events = append(c.x.Events, c.s.event(w, &sel.Sources[m.Source], m.Row))
		}
	}
	return nil
}

// matching returns the rows of a selection for a group in the order of time;
// of a property asked for, those where it is known.
func matching(w *rows.Worker, sel *rows.Selection, g int, keep func(kreds.Instant) bool) []rows.Moment {
	lines := *sel
	lines.Sources = slices.Clone(sel.Sources)
	for k := range lines.Sources {
		lines.Sources[k].Occasion = -1
	}
	return slices.DeleteFunc(w.Moments(0, &lines, nil, g), func(m rows.Moment) bool {
		src := &sel.Sources[m.Source]
		if src.Property >= 0 {
			if known := w.Rows[src.Table].Columns[src.Property].Known; known != nil && known[m.Row>>6]>>(m.Row&63)&1 == 0 {
				return true
			}
		}
		return keep != nil && !keep(kreds.Instant(m.Time))
	})
}

func (c *collector) measure(e *evaluation, t segment.Term) error {
	switch t := t.(type) {
	case *segment.Measure:
		if err := c.plan(e, t.Events); err != nil {
			return err
		}
		return c.rows(pick{events: t.Events, where: t.Where, window: t.Window, prop: t.Prop}, nil)
	case *segment.EventInstant:
		if err := c.plan(e, t.Events); err != nil {
			return err
		}
		sel, err := c.s.selection(pick{
			kind: c.q.Kind, asOf: c.q.AsOf, events: t.Events, where: t.Where, frame: c.frame,
		})
		if err != nil {
			return err
		}
		c.fold = func(w *rows.Worker, _ *rows.Frame, g int) {
			found := w.Moments(0, sel, nil, g)
			if c.x.Matched = len(found); len(found) == 0 {
				return
			}
			m := found[0]
			if t.Last {
				m = found[len(found)-1]
			}
			c.x.Events = append(c.x.Events, c.s.event(w, &sel.Sources[m.Source], m.Row))
		}
	}
	return nil
}

func (c *collector) did(e *evaluation, n *segment.Did) error {
	var events []*segment.Events
	for _, st := range n.Steps {
		events = append(events, st.Events)
	}
	if err := c.plan(e, events...); err != nil {
		return err
	}
	if len(n.Steps) > 1 {
		ch, err := c.s.chain(c.frame, n, c.q)
		if err != nil {
			return err
		}
		c.fold = func(w *rows.Worker, _ *rows.Frame, g int) {
			var chosen []rows.Moment
			if !w.Follows(ch, g, &chosen) {
				return
			}
			c.x.Matched = len(chosen)
			for i, m := range chosen {
				c.x.Events = append(c.x.Events, c.s.event(w, &ch.Steps[i].Selection.Sources[m.Source], m.Row))
			}
		}
		return nil
	}
	st := n.Steps[0]
	var keep func(kreds.Instant) bool
	if st.Periods != nil {
		r := rows.NewRhythm(st.Count, st.Periods, c.q.AsOf, e.cal)
		keep = func(t kreds.Instant) bool { return r.PeriodOf(t) >= 0 }
	}
	return c.rows(pick{events: st.Events, where: st.Where, window: st.Window, prop: st.Same}, keep)
}

func (c *collector) resumed(e *evaluation, n *segment.Resumed) error {
	if err := c.plan(e, n.Events); err != nil {
		return err
	}
	r, err := c.s.resumption(c.frame, n, c.q)
	if err != nil {
		return err
	}
	c.fold = func(w *rows.Worker, f *rows.Frame, g int) {
		found := w.Moments(0, r.All, nil, g)
		before, at := w.Resumes(r, found, f.Profiles[g])
		if at < 0 {
			return
		}
		c.x.Matched = 2
		for _, i := range []int{before, at} {
			c.x.Events = append(c.x.Events, c.s.event(w, &r.All.Sources[found[i].Source], found[i].Row))
		}
	}
	return nil
}

// event returns a row as an event with its known properties.
func (s *sweep) event(w *rows.Worker, src *rows.Source, row int32) engine.Event {
	table, r := s.tables[src.Table], w.Rows[src.Table]
	ev := engine.Event{Type: table.event.Name, Time: kreds.Instant(r.Time[row]), Properties: map[string]kreds.Value{}}
	ev.DayOnly = r.DayOnly != nil && r.DayOnly[row] != 0
	for i, name := range table.columns {
		p, _ := table.event.Property(name)
		c := rows.VectorColumn(&r.Columns[i], s.e.dicts[table.event.Name+"\x00"+name])
		if v := c.At(int(row)); v.Known {
			ev.Properties[name] = v.Value(p.Type)
		}
	}
	return ev
}
