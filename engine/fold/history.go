package fold

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// story is what was observed of one trait of one profile, in order.
type story struct {
	at   []kreds.Instant
	vals []condition.Cell
}

// history answers a condition on a trait's history. A profile of which nothing
// was observed is unknown.
func (e *evaluation) history(q *engine.Ask, n segment.Node) (holds, unknown engine.Bits, err error) {
	b := condition.NewBuilder(e.set, q.AsOf)
	path, not, rule, err := e.historyRule(b, n)
	if err != nil {
		return nil, nil, err
	}
	if path.Ref.Kind != segment.RefTrait {
		return nil, nil, kreds.Errorf(kreds.CodeInvalid, "%s has no history", path.Name)
	}
	cols := make([]*condition.Column, len(b.Slots))
	for i, s := range b.Slots {
		if cols[i], err = e.column(s.Term, q.Kind, q.AsOf); err != nil {
			return nil, nil, err
		}
	}
	holds = engine.MakeBits(e.n)
	if q.WantUnknown {
		unknown = append(engine.Bits(nil), e.everyone(q.Kind)...)
	}
	v := make([]condition.Cell, len(cols))
	judge := func(i uint32, s story) {
		for k, c := range cols {
			v[k] = c.At(int(i))
		}
		ok, known := rule(s, v)
		if known && ok != not {
			holds.Set(i)
		}
		if known && unknown != nil {
			unknown[i>>6] &^= 1 << (i & 63)
		}
	}
	err = e.stories(q.Kind, path.Ref.Name, q.AsOf, judge)
	return holds, unknown, err
}

// stories calls f for each profile with observations of the trait before the
// instant. The story is valid until f returns.
func (e *evaluation) stories(k kreds.Kind, trait string, before kreds.Instant, f func(uint32, story)) error {
	var vals []condition.Cell
	return e.d.History(e.ctx, k, trait, e.r.Buckets, before, func(o *Observations) error {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		c := condition.ColumnOf(&o.Values)
		c.Known = nil
		vals = vals[:0]
		for i := range o.Profile {
			vals = append(vals, c.At(i))
		}
		for from := 0; from < len(o.Profile); {
			to := from + 1
			for to < len(o.Profile) && o.Profile[to] == o.Profile[from] {
				to++
			}
			f(o.Profile[from], story{o.Time[from:to], vals[from:to]})
			from = to
		}
		return nil
	})
}

// historyRule returns the trait that a condition is about, whether it is
// negated, and the condition itself, which reads the cells of b's slots.
func (e *evaluation) historyRule(b *condition.Builder, n segment.Node) (*segment.Path, bool, func(story, []condition.Cell) (holds, known bool), error) {
	switch n := n.(type) {
	case *segment.Changed:
		in := historyWindow(b, n.Window)
		return n.Term, n.Not, changes(in, func(_, _ condition.Cell) bool { return true }), nil
	case *segment.Became:
		in := historyWindow(b, n.Window)
		to, err := e.equals(n.Term, b.AsOf(), n.To)
		if err != nil {
			return nil, false, nil, err
		}
		return n.Term, n.Not, changes(in, func(_, c condition.Cell) bool { return to(c) }), nil
	case *segment.WentFrom:
		in := historyWindow(b, n.Window)
		from, err := e.equals(n.Term, b.AsOf(), n.From)
		if err != nil {
			return nil, false, nil, err
		}
		to, err := e.equals(n.Term, b.AsOf(), n.To)
		if err != nil {
			return nil, false, nil, err
		}
		return n.Term, n.Not, changes(in, func(a, c condition.Cell) bool { return from(a) && to(c) }), nil
	case *segment.HasBeen:
		is, err := e.equals(n.Term, b.AsOf(), n.Values...)
		if err != nil {
			return nil, false, nil, err
		}
		start := e.cal.Add(b.AsOf(), -n.For.N, n.For.Unit)
		return n.Term, n.Not, func(s story, _ []condition.Cell) (bool, bool) {
			last := -1
			for i, t := range s.at {
				if t <= start {
					last = i
				}
			}
			if last < 0 {
				return false, len(s.at) > 0
			}
			for _, c := range s.vals[last:] {
				if !is(c) {
					return false, true
				}
			}
			return true, true
		}, nil
	}
	return nil, false, nil, kreds.Errorf(kreds.CodeInternal, "folding does not answer %T", n)
}

// historyWindow makes a window of observations ready, all time without one.
func historyWindow(b *condition.Builder, w *segment.Window) condition.Interval {
	if w == nil {
		return condition.Always(segment.Interval{From: kreds.MinInstant, Before: kreds.MaxInstant}, true)
	}
	return b.Window(w, kreds.Instants)
}

// equals returns whether a value of the trait is one of the literals.
func (e *evaluation) equals(p *segment.Path, asOf kreds.Instant, values ...segment.Value) (func(condition.Cell) bool, error) {
	l, err := e.set.Leaf(&segment.In{Term: p, Values: values}, asOf)
	if err != nil {
		return nil, err
	}
	if !l.Single() {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the history of %s is compared with literals only", p.Name)
	}
	return func(c condition.Cell) bool {
		ok, _ := l.Eval([]condition.Cell{c})
		return ok
	}, nil
}

// changes holds where an observation inside the window is unlike the one
// before it, and the pair passes.
func changes(in condition.Interval, passes func(from, to condition.Cell) bool) func(story, []condition.Cell) (bool, bool) {
	return func(s story, v []condition.Cell) (bool, bool) {
		iv, ok := in.Of(v)
		if !ok || len(s.at) == 0 {
			return false, false
		}
		for i := 1; i < len(s.at); i++ {
			if s.vals[i] != s.vals[i-1] && iv.Has(s.at[i]) && passes(s.vals[i-1], s.vals[i]) {
				return true, true
			}
		}
		return false, true
	}
}
