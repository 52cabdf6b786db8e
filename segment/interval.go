package segment

import "github.com/kreds/kreds"

// Interval is the instants from From up to, not including, Before. It is empty
// where Before is not after From.
type Interval struct{ From, Before kreds.Instant }

// Has reports whether the instant is in the interval.
func (iv Interval) Has(t kreds.Instant) bool { return t >= iv.From && t < iv.Before }

// Empty reports whether no instant is in the interval.
func (iv Interval) Empty() bool { return iv.Before <= iv.From }

// Lookup gives the value of a date or instant trait of one profile, and whether
// it is known; a nil path means the instant of the profile's first event.
type Lookup func(*Path) (kreds.Value, bool)

// PerProfile reports whether the window differs between profiles, so that
// Interval needs a Lookup: it names a trait, or begins at the first event.
func (w *Window) PerProfile() bool {
	return w != nil && (w.Kind == WindowFirst || w.D.perProfile() || w.E.perProfile())
}

func (d *DateValue) perProfile() bool { return d != nil && d.Kind == DateTrait }

// Extent returns the stretch of time that a date means: a day, month, quarter or
// year is whole, an instant is one microsecond. It is false where a trait is
// unknown. The last visible instant, one microsecond before asOf, is today.
func (c *Calendar) Extent(d *DateValue, asOf kreds.Instant, val Lookup) (Interval, bool) {
	switch d.Kind {
	case DateDay:
		return c.days(dayOf(int64(d.Year), d.Month, d.Day), 1, Day), true
	case DateMonth:
		return c.days(dayOf(int64(d.Year), d.Month, 1), 1, Month), true
	case DateQuarter:
		return c.days(dayOf(int64(d.Year), 3*d.Month-2, 1), 1, Quarter), true
	case DateYear:
		return c.days(dayOf(int64(d.Year), 1, 1), 1, Year), true
	case DateInstant:
		t, ok := c.parseInstant(d.Text)
		return point(t), ok
	case DateToday:
		return c.days(c.today(asOf), 1, Day), true
	case DateAgo, DateAhead:
		n := d.N
		if d.Kind == DateAgo {
			n = -n
		}
		if d.Unit == Hour {
			return point(c.Add(asOf, n, Hour)), true
		}
		return c.days(c.AddDay(c.today(asOf), n, d.Unit), 1, Day), true
	case DateTrait:
		return c.extentOf(d.Path, val)
	}
	return Interval{}, false
}

// ExtentOf returns the stretch that a value of a date or instant means: a day,
// or one microsecond. It is false for other values.
func (c *Calendar) ExtentOf(v kreds.Value) (Interval, bool) {
	switch v.Type {
	case kreds.Date:
		return c.days(v.Day, 1, Day), true
	case kreds.Instants:
		return point(v.Instant), true
	}
	return Interval{}, false
}

func (c *Calendar) extentOf(p *Path, val Lookup) (Interval, bool) {
	if val == nil {
		return Interval{}, false
	}
	v, ok := val(p)
	if !ok {
		return Interval{}, false
	}
	return c.ExtentOf(v)
}

// Interval returns the instants of the window as of an instant. It is not cut at
// the as-of time, although nothing at or after that is seen of events. It is
// false where the window depends on a value that val does not know.
func (c *Calendar) Interval(w *Window, asOf kreds.Instant, val Lookup) (Interval, bool) {
	return c.interval(w, asOf, asOf, asOf, false, val)
}

// DateInterval is Interval for values that are dates, each taken as its day's
// first instant: the as-of time is rounded up to midnight for what looks back
// and down for what looks ahead, and instants widen to their day.
func (c *Calendar) DateInterval(w *Window, asOf kreds.Instant, val Lookup) (Interval, bool) {
	day := c.DayOf(asOf)
	down := c.Midnight(day)
	up := down
	if down < asOf {
		up = c.Midnight(day + 1)
	}
	return c.interval(w, asOf, up, down, true, val)
}

// interval takes the as-of time three times: as it is, for looking back, and for
// looking ahead.
func (c *Calendar) interval(w *Window, asOf, back, ahead kreds.Instant, widen bool, val Lookup) (Interval, bool) {
	extent := func(d *DateValue) (Interval, bool) {
		iv, ok := c.Extent(d, asOf, val)
		if ok && widen {
			iv = c.widen(iv)
		}
		return iv, ok
	}
	switch w.Kind {
	case WindowLast:
		if w.Whole {
			return c.units(c.floor(asOf, w.Unit), -w.N, 0, w.Unit), true
		}
		return Interval{c.Add(back, -w.N, w.Unit), back}, true
	case WindowNext:
		if w.Whole {
			first := 0
			if c.Floor(asOf, w.Unit) < asOf {
				first = 1
			}
			return c.units(c.floor(asOf, w.Unit), first, first+w.N, w.Unit), true
		}
		return Interval{ahead, c.Add(ahead, w.N, w.Unit)}, true
	case WindowBetween:
		from, ok := extent(w.D)
		to, ok2 := extent(w.E)
		return Interval{from.From, to.Before}, ok && ok2
	case WindowBefore:
		iv, ok := extent(w.D)
		return Interval{kreds.MinInstant, iv.From}, ok
	case WindowAfter:
		iv, ok := extent(w.D)
		return Interval{iv.Before, kreds.MaxInstant}, ok
	case WindowOn, WindowIn:
		return extent(w.D)
	case WindowToday:
		return c.days(c.today(asOf), 1, Day), true
	case WindowYesterday:
		return c.days(c.today(asOf)-1, 1, Day), true
	case WindowTomorrow:
		return c.days(c.today(asOf)+1, 1, Day), true
	case WindowThis:
		return c.units(c.floor(visible(asOf), w.Unit), 0, 1, w.Unit), true
	case WindowPrevious:
		return c.units(c.floor(visible(asOf), w.Unit), -1, 0, w.Unit), true
	case WindowFollowing:
		return c.units(c.floor(visible(asOf), w.Unit), 1, 2, w.Unit), true
	case WindowMoreThan:
		if w.Ahead {
			return Interval{c.Add(ahead, w.N, w.Unit), kreds.MaxInstant}, true
		}
		return Interval{kreds.MinInstant, c.Add(back, -w.N, w.Unit)}, true
	case WindowFromTo:
		if w.Ahead {
			return Interval{c.Add(ahead, w.To, w.Unit), c.Add(ahead, w.N, w.Unit)}, true
		}
		return Interval{c.Add(back, -w.N, w.Unit), c.Add(back, -w.To, w.Unit)}, true
	case WindowFirst:
		iv, ok := c.extentOf(w.After, val)
		if ok && widen {
			iv = c.widen(iv)
		}
		return Interval{iv.From, c.Add(iv.From, w.N, w.Unit)}, ok
	}
	return Interval{}, false
}

// Period returns the i-th of the periods, counted back from the as-of time; 0 is
// the latest. Whole periods have ended by the as-of time.
func (c *Calendar) Period(p *Periods, asOf kreds.Instant, i int) Interval {
	if p.Whole {
		return c.units(c.floor(asOf, p.Unit), -i-1, -i, p.Unit)
	}
	return Interval{c.Add(asOf, -i-1, p.Unit), c.Add(asOf, -i, p.Unit)}
}

// mark is the begin of a calendar unit: an instant for hours, else a day, so
// that N units from it are exact also where midnight does not exist.
type mark struct {
	instant kreds.Instant
	day     kreds.Day
}

func (c *Calendar) floor(t kreds.Instant, u Unit) mark {
	if u == Hour {
		return mark{instant: c.Floor(t, Hour)}
	}
	return mark{day: c.FloorDay(c.DayOf(t), u)}
}

// units returns the stretch from so many units after the mark to so many.
func (c *Calendar) units(m mark, from, to int, u Unit) Interval {
	if u == Hour {
		return Interval{c.Add(m.instant, from, u), c.Add(m.instant, to, u)}
	}
	return Interval{c.Midnight(c.AddDay(m.day, from, u)), c.Midnight(c.AddDay(m.day, to, u))}
}

func (c *Calendar) days(d kreds.Day, n int, u Unit) Interval {
	return c.units(mark{day: d}, 0, n, u)
}

// widen makes whole days of an interval.
func (c *Calendar) widen(iv Interval) Interval {
	from := c.DayOf(iv.From)
	last := c.DayOf(iv.Before - 1)
	return Interval{c.Midnight(from), c.Midnight(last + 1)}
}

// today is the day of the last visible instant.
func (c *Calendar) today(asOf kreds.Instant) kreds.Day { return c.DayOf(visible(asOf)) }

func visible(asOf kreds.Instant) kreds.Instant {
	if asOf == kreds.MinInstant {
		return asOf
	}
	return asOf - 1
}

func point(t kreds.Instant) Interval {
	if t == kreds.MaxInstant {
		return Interval{t - 1, t}
	}
	return Interval{t, t + 1}
}
