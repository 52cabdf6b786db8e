package fold

import (
	"math"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// interval gives the instants that a date form allows, and whether they are
// known; constant ones read no cells.
type interval struct {
	constant bool
	iv       segment.Interval
	ok       bool
	get      func(v []cell) (segment.Interval, bool)
}

func (i *interval) of(v []cell) (segment.Interval, bool) {
	if i.constant {
		return i.iv, i.ok
	}
	return i.get(v)
}

// always wraps an interval that does not depend on the profile.
func always(iv segment.Interval, ok bool) interval { return interval{constant: true, iv: iv, ok: ok} }

// window makes the interval of a window ready, for values of the type.
func (b *builder) window(w *segment.Window, typ kreds.Type) interval {
	resolve := b.set.cal.Interval
	if typ == kreds.Date {
		resolve = b.set.cal.DateInterval
	}
	if !w.PerProfile() {
		return always(resolve(w, b.asOf, nil))
	}
	if w.Kind == segment.WindowFirst {
		if w.After == nil {
			b.slotOf(nil)
		} else {
			b.slotOf(w.After)
		}
	}
	b.dateSlot(w.D)
	b.dateSlot(w.E)
	return interval{get: func(v []cell) (segment.Interval, bool) { return resolve(w, b.asOf, b.lookup(v)) }}
}

func (b *builder) dateSlot(d *segment.DateValue) {
	if d != nil && d.Kind == segment.DateTrait {
		b.slotOf(d.Path)
	}
}

// stretch makes a date that values of the type are compared with ready.
func (b *builder) stretch(v segment.Value, typ kreds.Type) (interval, error) {
	switch v := v.(type) {
	case *segment.DateValue:
		if v.Kind != segment.DateTrait {
			iv, ok := b.set.cal.Extent(v, b.asOf, nil)
			return always(b.set.widen(iv, typ), ok), nil
		}
		b.dateSlot(v)
		return interval{get: func(c []cell) (segment.Interval, bool) {
			iv, ok := b.set.cal.Extent(v, b.asOf, b.lookup(c))
			if !ok {
				return iv, false
			}
			return b.set.widen(iv, typ), true
		}}, nil
	case *segment.TermValue:
		i, of := b.slotOf(v.Term), v.Term.Type()
		return interval{get: func(c []cell) (segment.Interval, bool) {
			if !c[i].known {
				return segment.Interval{}, false
			}
			if of == kreds.Date {
				return b.set.wholeDay(kreds.Day(c[i].int)), true
			}
			t := kreds.Instant(c[i].int)
			return b.set.widen(segment.Interval{From: t, Before: t + 1}, typ), true
		}}, nil
	}
	return interval{}, kreds.Errorf(kreds.CodeInternal, "folding cannot compare a date with %T", v)
}

// wholeDay returns the instants of a day.
func (e *setting) wholeDay(d kreds.Day) segment.Interval {
	return segment.Interval{From: e.cal.Midnight(d), Before: e.cal.Midnight(d + 1)}
}

// widen makes whole days of an interval that dates are compared with.
func (e *setting) widen(iv segment.Interval, typ kreds.Type) segment.Interval {
	if typ != kreds.Date || iv.From >= iv.Before {
		return iv
	}
	if iv.From != kreds.MinInstant {
		iv.From = e.cal.Midnight(e.cal.DayOf(iv.From))
	}
	if iv.Before != kreds.MaxInstant {
		iv.Before = e.cal.Midnight(e.cal.DayOf(iv.Before-1) + 1)
	}
	return iv
}

// rangeOf returns the stored values of the type that are in the interval; the
// instant of a date is its first.
func (e *setting) rangeOf(iv segment.Interval, typ kreds.Type) intRange {
	if iv.From >= iv.Before {
		return intRange{1, 0}
	}
	if typ != kreds.Date {
		return intRange{int64(iv.From), int64(iv.Before) - 1}
	}
	r := intRange{math.MinInt32, math.MaxInt32}
	if iv.From != kreds.MinInstant {
		d := e.cal.DayOf(iv.From)
		if e.cal.Midnight(d) < iv.From {
			d++
		}
		r.lo = int64(d)
	}
	if iv.Before != kreds.MaxInstant {
		r.hi = int64(e.cal.DayOf(iv.Before - 1))
	}
	return r
}

// during makes the leaf of values inside the interval, or outside with not.
func (b *builder) during(l *leaf, in interval, typ kreds.Type, not bool) {
	if in.constant {
		if !in.ok {
			l.eval = func([]cell) (bool, bool) { return false, false }
			return
		}
		l.ints = newIntTest(not, []intRange{b.set.rangeOf(in.iv, typ)})
		test := l.ints
		l.eval = func(v []cell) (bool, bool) { return v[0].known && test.holds(v[0].int), v[0].known }
		return
	}
	l.eval = func(v []cell) (bool, bool) {
		if !v[0].known {
			return false, false
		}
		iv, ok := in.of(v)
		if !ok {
			return false, false
		}
		return iv.Has(b.set.instant(v[0].int, typ)) != not, true
	}
}

// instant returns the instant that a stored date or instant stands for.
func (e *setting) instant(v int64, typ kreds.Type) kreds.Instant {
	if typ == kreds.Date {
		return e.cal.Midnight(kreds.Day(v))
	}
	return kreds.Instant(v)
}

func (b *builder) inWindow(l *leaf, n *segment.InWindow, typ kreds.Type) error {
	b.during(l, b.window(n.Window, typ), typ, n.Not)
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

func (b *builder) compareDate(l *leaf, n *segment.Compare, typ kreds.Type) error {
	in, err := b.stretch(n.Value, typ)
	if err != nil {
		return err
	}
	if in.constant {
		in.iv = compared(n.Op, in.iv)
	} else {
		get := in.get
		in.get = func(v []cell) (segment.Interval, bool) {
			iv, ok := get(v)
			return compared(n.Op, iv), ok
		}
	}
	b.during(l, in, typ, n.Op == segment.NotEqual)
	return nil
}

func (b *builder) betweenDates(l *leaf, n *segment.Between, typ kreds.Type) error {
	lo, err := b.stretch(n.Lo, typ)
	if err != nil {
		return err
	}
	hi, err := b.stretch(n.Hi, typ)
	if err != nil {
		return err
	}
	join := func(v []cell) (segment.Interval, bool) {
		x, ok := lo.of(v)
		y, also := hi.of(v)
		return segment.Interval{From: x.From, Before: y.Before}, ok && also
	}
	in := interval{get: join}
	if lo.constant && hi.constant {
		in = always(join(nil))
	}
	b.during(l, in, typ, n.Not)
	return nil
}

func (b *builder) inDates(l *leaf, n *segment.In, typ kreds.Type) error {
	var ins []interval
	var ranges []intRange
	constant := true
	for _, v := range n.Values {
		in, err := b.stretch(v, typ)
		if err != nil {
			return err
		}
		ins = append(ins, in)
		if constant = constant && in.constant && in.ok; constant {
			ranges = append(ranges, b.set.rangeOf(in.iv, typ))
		}
	}
	if constant {
		l.ints = newIntTest(n.Not, ranges)
	}
	l.eval = func(v []cell) (bool, bool) {
		if !v[0].known {
			return false, false
		}
		t, all := b.set.instant(v[0].int, typ), true
		for i := range ins {
			iv, ok := ins[i].of(v)
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
func (b *builder) anniversary(l *leaf, n *segment.Anniversary, typ kreds.Type) error {
	in := b.window(n.Window, kreds.Date)
	l.eval = func(v []cell) (bool, bool) {
		if !v[0].known {
			return false, false
		}
		iv, ok := in.of(v)
		if !ok {
			return false, false
		}
		day := v[0].int
		if typ == kreds.Instants {
			day = int64(b.set.cal.DayOf(kreds.Instant(day)))
		}
		return returns(day, b.set.rangeOf(iv, kreds.Date)) != n.Not, true
	}
	return nil
}

// returns reports whether an anniversary of the day is among the days.
func returns(day int64, in intRange) bool {
	if in.lo > in.hi {
		return false
	}
	year, month, dom := kreds.Day(day).Time().Date()
	first := year + 1
	if in.lo > math.MinInt32 {
		first = max(first, kreds.Day(in.lo).Time().Year())
	}
	for y := first; y <= first+1; y++ {
		d := kreds.DayOf(y, month, dom)
		if d.Time().Month() != month {
			d-- // 29 February, in a year without
		}
		if int64(d) >= in.lo {
			return int64(d) <= in.hi
		}
	}
	return false
}

// parseDay reads a date as lists hold them.
func parseDay(s string) (int64, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return t.Unix() / 86400, true
}
