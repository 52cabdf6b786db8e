package fold

import (
	"fmt"
	"math"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// askTerm answers the values of a term, at once or by the sweep.
func (e *evaluation) askTerm(q *engine.Ask, a *engine.Answer) (func() error, error) {
	if isMeasure(q.Term) {
		j, err := e.measureJob(q.Term, q.Kind, q.AsOf)
		if err != nil {
			return nil, err
		}
		j.sinks = append(j.sinks, &valueSink{answer: a})
		return nil, nil
	}
	c, err := e.column(q.Term, q.Kind, q.AsOf)
	if err != nil {
		return nil, err
	}
	a.Values = e.values(c)
	return nil, nil
}

// askMeasure answers a leaf about one measure.
func (e *evaluation) askMeasure(q *engine.Ask, a *engine.Answer, l *condition.Leaf) error {
	j, err := e.measureJob(l.Slots[0].Term, q.Kind, q.AsOf)
	if err != nil {
		return err
	}
	j.sinks = append(j.sinks, &leafSink{leaf: l, kind: q.Kind, want: q.WantUnknown, answer: a})
	return nil
}

// askEvents answers a Did or a Resumed, which are never unknown.
func (e *evaluation) askEvents(q *engine.Ask, a *engine.Answer) error {
	j, l, err := e.didJob(q)
	if err != nil {
		return err
	}
	if q.WantUnknown {
		a.Unknown = roaring.New()
	}
	j.sinks = append(j.sinks, &leafSink{leaf: l, kind: q.Kind, answer: a})
	return nil
}

// didJob returns what a Did or a Resumed computes and the test of it.
func (e *evaluation) didJob(q *engine.Ask) (*job, *condition.Leaf, error) {
	did, ok := q.Leaf.(*segment.Did)
	if ok && len(did.Steps) == 1 && did.Steps[0].Periods == nil && did.Steps[0].Same == "" {
		step := did.Steps[0]
		j, err := e.measureJob(countOf(step), q.Kind, q.AsOf)
		return j, countLeaf(step.Count, did.Not), err
	}
	yes := condition.NewIntTest(false, []condition.IntRange{{Lo: 1, Hi: 1}})
	if ok && did.Not {
		yes.Not = true
	}
	l := &condition.Leaf{Ints: yes, Eval: func(v []condition.Cell) (bool, bool) {
		return v[0].Known && yes.Holds(v[0].Int) || !v[0].Known && yes.Not, true
	}}
	key := fmt.Sprint("did ", q.Kind, " ", q.AsOf, " ")
	var events []*segment.Events
	var all []wanted
	switch n := q.Leaf.(type) {
	case *segment.Resumed:
		key += segment.PrintNode(n)
		events, all = append(events, n.Events), append(all, wanted{events: n.Events})
	case *segment.Did:
		key += segment.PrintNode(&segment.Did{Steps: n.Steps})
		for _, s := range n.Steps {
			events, all = append(events, s.Events), append(all, wanted{s.Events, s.Window})
		}
	}
	s := e.sweepFor(q.AsOf, events...)
	if j, ok := s.jobIndex[key]; ok {
		return j, l, nil
	}
	tables, err := s.tablesOf(q.AsOf, all...)
	if err != nil {
		return nil, nil, err
	}
	j := &job{frame: s.plan.AddFrame(tables), typ: kreds.Boolean, zero: condition.IntCell(0)}
	switch n := q.Leaf.(type) {
	case *segment.Resumed:
		err = s.resumed(j, n, q)
	case *segment.Did:
		if len(n.Steps) == 1 {
			err = s.regular(j, n.Steps[0], q)
		} else {
			err = s.sequence(j, n, q)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	s.jobs = append(s.jobs, j)
	s.jobIndex[key] = j
	return j, l, nil
}

// countOf is the measure that a plain step compares.
func countOf(s *segment.Step) *segment.Measure {
	return &segment.Measure{Agg: segment.AggCount, Events: s.Events, Where: s.Where, Window: s.Window}
}

// countLeaf is the test of a step's count; without a known window nothing was
// done.
func countLeaf(c *segment.Count, not bool) *condition.Leaf {
	lo, hi := 1.0, math.Inf(1)
	if c != nil {
		switch c.Op {
		case segment.AtMost:
			lo, hi = 0, float64(c.N)
		case segment.Exactly:
			lo, hi = float64(c.N), float64(c.N)
		case segment.FromTo:
			lo, hi = float64(c.N), float64(c.M)
		default:
			lo = float64(c.N)
		}
	}
	t := condition.NewNumTest(not, []condition.NumRange{{Lo: lo, Hi: hi}})
	return &condition.Leaf{Nums: t, Eval: func(v []condition.Cell) (bool, bool) {
		if !v[0].Known {
			return not, true
		}
		return t.Holds(v[0].Num), true
	}}
}

// measureJob returns the job that computes a measure or the instant of an
// event; equal ones are computed once.
func (e *evaluation) measureJob(t segment.Term, k kreds.Kind, asOf kreds.Instant) (*job, error) {
	m, ok := t.(*segment.Measure)
	var at *segment.EventInstant
	if !ok {
		at = t.(*segment.EventInstant)
		m = &segment.Measure{Events: at.Events, Where: at.Where}
	}
	s := e.sweepFor(asOf, m.Events)
	key := fmt.Sprint(k, " ", asOf, " ", segment.PrintTerm(t))
	if j, ok := s.jobIndex[key]; ok {
		return j, nil
	}
	tables, err := s.tablesOf(asOf, wanted{m.Events, m.Window})
	if err != nil {
		return nil, err
	}
	j := &job{frame: s.plan.AddFrame(tables), typ: t.Type()}
	sel, err := s.selection(pick{
		kind: k, asOf: asOf, events: m.Events, where: m.Where, window: m.Window, prop: m.Prop, frame: j.frame,
	})
	if err != nil {
		return nil, err
	}
	j.sel = sel
	if sel.Columns != nil {
		j.windowKnown = sel.WindowKnown(e.n)
	}
	if at != nil {
		j.typ = kreds.Instants
		j.fold = rows.Instant(sel, at.Last)
	} else if err := s.measure(j, sel, m); err != nil {
		return nil, err
	}
	s.jobs = append(s.jobs, j)
	s.jobIndex[key] = j
	return j, nil
}

// measure sets the job to compute the measure of the selection.
func (s *sweep) measure(j *job, sel *rows.Selection, m *segment.Measure) error {
	u := &unifier{}
	texts := false
	for _, src := range sel.Sources {
		if m.Prop == "" {
			break
		}
		plan := s.tables[src.Table]
		if err := u.add(s.e, plan.event, m.Prop); err != nil {
			return err
		}
		p, _ := plan.event.Property(m.Prop)
		texts = texts || p.Type == kreds.Text || p.Type == kreds.List
		if m.Agg != segment.AggCountDistinct && j.typ == kreds.Unknown {
			j.typ = p.Type
		}
	}
	remap := make([][]int32, len(sel.Sources))
	for i, src := range sel.Sources {
		if m.Prop != "" {
			remap[i] = u.remap(s.tables[src.Table].event.Name, m.Prop)
		}
	}
	switch m.Agg {
	case segment.AggCount:
		j.typ, j.zero, j.fold = kreds.Number, condition.NumberCell(0), rows.Count(sel)
	case segment.AggCountDistinct:
		j.typ, j.zero, j.fold = kreds.Number, condition.NumberCell(0), rows.Distinct(sel, remap, len(u.dict))
	case segment.AggSum:
		j.typ, j.zero, j.fold = kreds.Number, condition.NumberCell(0), rows.Sum(sel, false)
	case segment.AggAvg:
		j.typ, j.fold = kreds.Number, rows.Sum(sel, true)
	case segment.AggMedianGap:
		j.typ, j.fold = kreds.Span, rows.MedianGap(sel)
	case segment.AggMedian:
		j.typ, j.fold = kreds.Number, rows.Median(sel)
	default:
		if j.typ == kreds.Number && (m.Agg == segment.AggMin || m.Agg == segment.AggMax) {
			j.fold = rows.Extreme(sel, m.Agg == segment.AggMax)
			return nil
		}
		if texts {
			if j.dict = u.dict; j.dict == nil {
				j.dict = []string{}
			}
		}
		j.fold = rows.Choose(sel, m.Agg, j.typ, j.dict, remap)
	}
	return nil
}
