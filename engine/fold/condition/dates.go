package condition

import (
	"math"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Interval gives the instants that a date form allows, and whether they are
// known; constant ones read no cells.
type Interval struct {
	Constant bool
	Span     segment.Interval
	Known    bool
	Get      func(v []Cell) (segment.Interval, bool)
}

// Of returns the interval for the cells of the slots.
func (i *Interval) Of(v []Cell) (segment.Interval, bool) {
	if i.Constant {
		return i.Span, i.Known
	}
	return i.Get(v)
}

// Always wraps an interval that does not depend on the profile.
func Always(iv segment.Interval, ok bool) Interval {
	return Interval{Constant: true, Span: iv, Known: ok}
}

// Window makes the interval of a window ready, for values of the type.
func (b *Builder) Window(w *segment.Window, typ kreds.Type) Interval {
	resolve := b.set.Calendar.Interval
	if typ == kreds.Date {
		resolve = b.set.Calendar.DateInterval
	}
	if !w.PerProfile() {
		return Always(resolve(w, b.asOf, nil))
	}
	if w.Kind == segment.WindowFirst {
		if w.After == nil {
			b.SlotOf(nil)
		} else {
			b.SlotOf(w.After)
		}
	}
	b.dateSlot(w.D)
	b.dateSlot(w.E)
	return Interval{Get: func(v []Cell) (segment.Interval, bool) { return resolve(w, b.asOf, b.lookup(v)) }}
}

func (b *Builder) dateSlot(d *segment.DateValue) {
	if d != nil && d.Kind == segment.DateTrait {
		b.SlotOf(d.Path)
	}
}

// Stretch makes a date that values of the type are compared with ready.
func (b *Builder) Stretch(v segment.Value, typ kreds.Type) (Interval, error) {
	switch v := v.(type) {
	case *segment.DateValue:
		if v.Kind != segment.DateTrait {
			iv, ok := b.set.Calendar.Extent(v, b.asOf, nil)
			return Always(b.set.widen(iv, typ), ok), nil
		}
		b.dateSlot(v)
		return Interval{Get: func(c []Cell) (segment.Interval, bool) {
			iv, ok := b.set.Calendar.Extent(v, b.asOf, b.lookup(c))
			if !ok {
				return iv, false
			}
			return b.set.widen(iv, typ), true
		}}, nil
	case *segment.TermValue:
		i, of := b.SlotOf(v.Term), v.Term.Type()
		return Interval{Get: func(c []Cell) (segment.Interval, bool) {
			if !c[i].Known {
				return segment.Interval{}, false
			}
			if of == kreds.Date {
				return b.set.wholeDay(kreds.Day(c[i].Int)), true
			}
			t := kreds.Instant(c[i].Int)
			return b.set.widen(segment.Interval{From: t, Before: t + 1}, typ), true
		}}, nil
	}
	return Interval{}, kreds.Errorf(kreds.CodeInternal, "folding cannot compare a date with %T", v)
}

// wholeDay returns the instants of a day.
func (e *Setting) wholeDay(d kreds.Day) segment.Interval {
	return segment.Interval{From: e.Calendar.Midnight(d), Before: e.Calendar.Midnight(d + 1)}
}

// widen makes whole days of an interval that dates are compared with.
func (e *Setting) widen(iv segment.Interval, typ kreds.Type) segment.Interval {
	if typ != kreds.Date || iv.From >= iv.Before {
		return iv
	}
	if iv.From != kreds.MinInstant {
		iv.From = e.Calendar.Midnight(e.Calendar.DayOf(iv.From))
	}
	if iv.Before != kreds.MaxInstant {
		iv.Before = e.Calendar.Midnight(e.Calendar.DayOf(iv.Before-1) + 1)
	}
	return iv
}

// rangeOf returns the stored values of the type that are in the interval; the
// instant of a date is its first.
func (e *Setting) rangeOf(iv segment.Interval, typ kreds.Type) IntRange {
	if iv.From >= iv.Before {
		return IntRange{1, 0}
	}
	if typ != kreds.Date {
		return IntRange{int64(iv.From), int64(iv.Before) - 1}
	}
	r := IntRange{math.MinInt32, math.MaxInt32}
	if iv.From != kreds.MinInstant {
		d := e.Calendar.DayOf(iv.From)
		if e.Calendar.Midnight(d) < iv.From {
			d++
		}
		r.Lo = int64(d)
	}
	if iv.Before != kreds.MaxInstant {
		r.Hi = int64(e.Calendar.DayOf(iv.Before - 1))
	}
	return r
}

// during makes the leaf of values inside the interval, or outside with not.
func (b *Builder) during(l *Leaf, in Interval, typ kreds.Type, not bool) {
	if in.Constant {
		if !in.Known {
			l.Eval = func([]Cell) (bool, bool) { return false, false }
			return
		}
		l.Ints = NewIntTest(not, []IntRange{b.set.rangeOf(in.Span, typ)})
		test := l.Ints
		l.Eval = func(v []Cell) (bool, bool) { return v[0].Known && test.Holds(v[0].Int), v[0].Known }
		return
	}
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		iv, ok := in.Of(v)
		if !ok {
			return false, false
		}
		return iv.Has(b.set.instant(v[0].Int, typ)) != not, true
	}
}

// instant returns the instant that a stored date or instant stands for.
func (e *Setting) instant(v int64, typ kreds.Type) kreds.Instant {
	if typ == kreds.Date {
		return e.Calendar.Midnight(kreds.Day(v))
	}
	return kreds.Instant(v)
}

func (b *Builder) inWindow(l *Leaf, n *segment.InWindow, typ kreds.Type) error {
	b.during(l, b.Window(n.Window, typ), typ, n.Not)
	return nil
}

// compared turns the stretch that a date is compared with into what the
// comparison allows.
func compared(op segment.CompareOp, iv segment.Interval) segment.Interval {
	switch op {
	case segment.Less:
		return segment.Interval{From: kreds.MinInstant, Before: iv.From}
	case segment.LessEqual:
		return segment.Interval{From: kreds.MinInstant, Before: iv.Before}
	case segment.Greater:
		return segment.Interval{From: iv.Before, Before: kreds.MaxInstant}
	case segment.GreaterEqual:
		return segment.Interval{From: iv.From, Before: kreds.MaxInstant}
	}
	return iv
}

func (b *Builder) compareDate(l *Leaf, n *segment.Compare, typ kreds.Type) error {
	in, err := b.Stretch(n.Value, typ)
	if err != nil {
		return err
	}
	if in.Constant {
		in.Span = compared(n.Op, in.Span)
	} else {
		get := in.Get
		in.Get = func(v []Cell) (segment.Interval, bool) {
			iv, ok := get(v)
			return compared(n.Op, iv), ok
		}
	}
	b.during(l, in, typ, n.Op == segment.NotEqual)
	return nil
}

func (b *Builder) betweenDates(l *Leaf, n *segment.Between, typ kreds.Type) error {
	lo, err := b.Stretch(n.Lo, typ)
	if err != nil {
		return err
	}
	hi, err := b.Stretch(n.Hi, typ)
	if err != nil {
		return err
	}
	join := func(v []Cell) (segment.Interval, bool) {
		x, ok := lo.Of(v)
		y, also := hi.Of(v)
		return segment.Interval{From: x.From, Before: y.Before}, ok && also
	}
	in := Interval{Get: join}
	if lo.Constant && hi.Constant {
		in = Always(join(nil))
	}
	b.during(l, in, typ, n.Not)
	return nil
}

func (b *Builder) inDates(l *Leaf, n *segment.In, typ kreds.Type) error {
	var ins []Interval
	var ranges []IntRange
	constant := true
	for _, v := range n.Values {
		in, err := b.Stretch(v, typ)
		if err != nil {
			return err
		}
		ins = append(ins, in)
		if constant = constant && in.Constant && in.Known; constant {
			ranges = append(ranges, b.set.rangeOf(in.Span, typ))
		}
	}
	if constant {
		l.Ints = NewIntTest(n.Not, ranges)
	}
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		t, all := b.set.instant(v[0].Int, typ), true
		for i := range ins {
			iv, ok := ins[i].Of(v)
			if all = all && ok; ok && iv.Has(t) {
				return !n.Not, true
			}
		}
		return all && n.Not, all
	}
	return nil
}

// anniversary holds where the month and day of a value come again, in a later
// year, inside the window.
func (b *Builder) anniversary(l *Leaf, n *segment.Anniversary, typ kreds.Type) error {
	in := b.Window(n.Window, kreds.Date)
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		iv, ok := in.Of(v)
		if !ok {
			return false, false
		}
		day := v[0].Int
		if typ == kreds.Instants {
			day = int64(b.set.Calendar.DayOf(kreds.Instant(day)))
		}
		return returns(day, b.set.rangeOf(iv, kreds.Date)) != n.Not, true
	}
	return nil
}

// returns reports whether an anniversary of the day is among the days.
func returns(day int64, in IntRange) bool {
	if in.Lo > in.Hi {
		return false
	}
	year, month, dom := kreds.Day(day).Time().Date()
	first := year + 1
	if in.Lo > math.MinInt32 {
		first = max(first, kreds.Day(in.Lo).Time().Year())
	}
	for y := first; y <= first+1; y++ {
		d := kreds.DayOf(y, month, dom)
		if d.Time().Month() != month {
			d-- // 29 February, in a year without
		}
		if int64(d) >= in.Lo {
			return int64(d) <= in.Hi
		}
	}
	return false
}
