package oracle

import (
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// interval is the instants from one up to, not including, another.
type interval struct{ from, before kreds.Instant }

func (iv interval) has(t kreds.Instant) bool { return t >= iv.from && t < iv.before }

type windowKey struct {
	w    *segment.Window
	asOf kreds.Instant
	days bool
}

type shiftKey struct {
	t kreds.Instant
	n int
	u segment.Unit
}

// local is the instant of a local time: a doubled one the earlier, a skipped one
// the next that exists.
func (o *Oracle) local(y int, m time.Month, d, h, min, s, ns int) time.Time {
	want := time.Date(y, m, d, h, min, s, ns, time.UTC)
	for first := want.Add(-26 * time.Hour); ; {
		// The first instant whose local time is not before the one wanted; offsets
		// change at whole hours here.
		_, off := first.In(o.zone).Zone()
		left := want.Sub(first.UTC().Add(time.Duration(off) * time.Second))
		if left <= 0 {
			return first
		}
		const step = time.Hour
		first = first.Add(min2(left, step-time.Duration(first.UnixNano())%step))
	}
}

func min2(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

// midnight is the first instant of a day, which may lie outside of its month.
func (o *Oracle) midnight(y int, m time.Month, d int) kreds.Instant {
	key := shiftKey{kreds.Instant(kreds.DayOf(y, m, d)), -1, 0}
	if t, ok := o.shifts[key]; ok {
		return t
	}
	c := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	t := kreds.InstantOf(o.local(c.Year(), c.Month(), c.Day(), 0, 0, 0, 0))
	o.shifts[key] = t
	return t
}

// date is the local day of an instant.
func (o *Oracle) date(t kreds.Instant) (y int, m time.Month, d int) {
	return t.Time().In(o.zone).Date()
}

// wholeDay is the day that holds the instant.
func (o *Oracle) wholeDay(t kreds.Instant) interval {
	y, m, d := o.date(t)
	return interval{o.midnight(y, m, d), o.midnight(y, m, d+1)}
}

// addDate moves a day by units; a day that the month lacks becomes its last.
func addDate(y int, m time.Month, d, n int, u segment.Unit) (int, time.Month, int) {
	switch u {
	case segment.Hour:
	case segment.Day:
		d += n
	case segment.Week:
		d += 7 * n
	default:
		months := map[segment.Unit]int{segment.Month: 1, segment.Quarter: 3, segment.Year: 12}[u] * n
		first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		y, m, d = first.Year(), first.Month(), min(d, first.AddDate(0, 1, -1).Day())
	}
	return y, m, d
}

// add moves an instant by units of the local calendar.
func (o *Oracle) add(t kreds.Instant, n int, u segment.Unit) kreds.Instant {
	switch {
	case n == 0:
		return t
	case u == segment.Hour:
		return kreds.InstantOf(t.Time().Add(time.Duration(n) * time.Hour))
	}
	if t, ok := o.shifts[shiftKey{t, n, u}]; ok {
		return t
	}
	l := t.Time().In(o.zone)
	y, m, d := l.Date()
	y, m, d = addDate(y, m, d, n, u)
	c := time.Date(y, m, d, l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
	out := kreds.InstantOf(o.local(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), c.Second(), c.Nanosecond()))
	o.shifts[shiftKey{t, n, u}] = out
	return out
}

// unit is the stretch of n calendar units that begins so many units after the
// beginning of the one that holds the instant.
func (o *Oracle) units(t kreds.Instant, after, n int, u segment.Unit) interval {
	if u == segment.Hour {
		begin := kreds.InstantOf(t.Time().In(o.zone).Truncate(time.Hour))
		return interval{o.add(begin, after, u), o.add(begin, after+n, u)}
	}
	y, m, d := o.date(t)
	switch u {
	case segment.Week:
		d -= (int(t.Time().In(o.zone).Weekday()) + 6) % 7
	case segment.Month:
		d = 1
	case segment.Quarter:
		m, d = (m-1)/3*3+1, 1
	case segment.Year:
		m, d = 1, 1
	}
	at := func(k int) kreds.Instant {
		y, m, d := addDate(y, m, d, k, u)
		return o.midnight(y, m, d)
	}
	return interval{at(after), at(after + n)}
}

// instant is the instant that a date or an instant stands for.
func (o *Oracle) instant(v kreds.Value) kreds.Instant {
	if v.Type == kreds.Date {
		return o.midnight(v.Day.Time().Date())
	}
	return v.Instant
}

// extent is the stretch of the calendar that a date means, and whether it is
// known.
func (o *Oracle) extent(d *segment.DateValue, c context) (interval, bool) {
	seen := c.asOf - 1
	switch d.Kind {
	case segment.DateDay:
		return interval{o.midnight(d.Year, time.Month(d.Month), d.Day), o.midnight(d.Year, time.Month(d.Month), d.Day+1)}, true
	case segment.DateMonth:
		return interval{o.midnight(d.Year, time.Month(d.Month), 1), o.midnight(d.Year, time.Month(d.Month+1), 1)}, true
	case segment.DateQuarter:
		return interval{o.midnight(d.Year, time.Month(3*d.Month-2), 1), o.midnight(d.Year, time.Month(3*d.Month+1), 1)}, true
	case segment.DateYear:
		return interval{o.midnight(d.Year, 1, 1), o.midnight(d.Year+1, 1, 1)}, true
	case segment.DateInstant:
		t, err := time.Parse(time.RFC3339Nano, d.Text)
		if err != nil { // a local time
			for _, form := range []string{"2006-01-02T15:04:05.999999", "2006-01-02T15:04"} {
				if w, err := time.Parse(form, d.Text); err == nil {
					t = o.local(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond())
				}
			}
		}
		return point(kreds.InstantOf(t)), true
	case segment.DateToday:
		return o.wholeDay(seen), true
	case segment.DateAgo, segment.DateAhead:
		n := d.N
		if d.Kind == segment.DateAgo {
			n = -n
		}
		if d.Unit == segment.Hour {
			return point(o.add(c.asOf, n, segment.Hour)), true
		}
		y, m, day := o.date(seen)
		y, m, day = addDate(y, m, day, n, d.Unit)
		return interval{o.midnight(y, m, day), o.midnight(y, m, day+1)}, true
	}
	return o.meant(o.path(d.Path.Ref, c))
}

func point(t kreds.Instant) interval { return interval{t, t + 1} }

// meant is the stretch of a value: a day, or an instant.
func (o *Oracle) meant(v kreds.Value) (interval, bool) {
	switch v.Type {
	case kreds.Date:
		y, m, d := v.Day.Time().Date()
		return interval{o.midnight(y, m, d), o.midnight(y, m, d+1)}, true
	case kreds.Instants:
		return point(v.Instant), true
	}
	return interval{}, false
}

// end is the instant that "as of D" means.
func (o *Oracle) end(d *segment.DateValue, c context) kreds.Instant {
	iv, _ := o.extent(d, c)
	if iv.before == iv.from+1 {
		return iv.from
	}
	return iv.before
}

// stretch is what a date or an instant is compared with; whole days for a date.
func (o *Oracle) stretch(v segment.Value, c context, days bool) (iv interval, ok bool) {
	switch v := v.(type) {
	case *segment.DateValue:
		iv, ok = o.extent(v, c)
	case *segment.TermValue:
		iv, ok = o.meant(o.value(v.Term, c))
	}
	if ok && days {
		iv = o.whole(iv)
	}
	return iv, ok
}

// whole widens a stretch to whole days.
func (o *Oracle) whole(iv interval) interval {
	return interval{o.wholeDay(iv.from).from, o.wholeDay(iv.before - 1).before}
}

// window is the instants that a window holds, and whether they are known. For
// dates it goes by whole days: the as-of time is rounded up to midnight to look
// back, and down to look ahead.
func (o *Oracle) window(w *segment.Window, c context, days bool) (interval, bool) {
	isTrait := func(d *segment.DateValue) bool { return d != nil && d.Kind == segment.DateTrait }
	if w.Kind == segment.WindowFirst || isTrait(w.D) || isTrait(w.E) {
		return o.windowOf(w, c, days)
	}
	key := windowKey{w, c.asOf, days}
	if iv, ok := o.windows[key]; ok {
		return iv, true
	}
	iv, ok := o.windowOf(w, c, days)
	if ok {
		o.windows[key] = iv
	}
	return iv, ok
}

func (o *Oracle) windowOf(w *segment.Window, c context, days bool) (interval, bool) {
	seen, back, ahead := c.asOf-1, c.asOf, c.asOf
	if days {
		back, ahead = o.wholeDay(seen).before, o.wholeDay(c.asOf).from
	}
	extent := func(d *segment.DateValue) (interval, bool) {
		iv, ok := o.extent(d, c)
		if ok && days {
			iv = o.whole(iv)
		}
		return iv, ok
	}
	const (
		ever  = kreds.MinInstant
		never = kreds.MaxInstant
	)
	switch w.Kind {
	case segment.WindowLast:
		if w.Whole {
			return o.units(c.asOf, -w.N, w.N, w.Unit), true
		}
		return interval{o.add(back, -w.N, w.Unit), back}, true
	case segment.WindowNext:
		if w.Whole {
			begun := o.units(c.asOf, 0, w.N, w.Unit)
			if begun.from < c.asOf {
				return o.units(c.asOf, 1, w.N, w.Unit), true
			}
			return begun, true
		}
		return interval{ahead, o.add(ahead, w.N, w.Unit)}, true
	case segment.WindowBetween:
		from, ok := extent(w.D)
		to, also := extent(w.E)
		return interval{from.from, to.before}, ok && also
	case segment.WindowBefore:
		iv, ok := extent(w.D)
		return interval{ever, iv.from}, ok
	case segment.WindowAfter:
		iv, ok := extent(w.D)
		return interval{iv.before, never}, ok
	case segment.WindowOn, segment.WindowIn:
		return extent(w.D)
	case segment.WindowToday:
		return o.units(seen, 0, 1, segment.Day), true
	case segment.WindowYesterday:
		return o.units(seen, -1, 1, segment.Day), true
	case segment.WindowTomorrow:
		return o.units(seen, 1, 1, segment.Day), true
	case segment.WindowThis:
		return o.units(seen, 0, 1, w.Unit), true
	case segment.WindowPrevious:
		return o.units(seen, -1, 1, w.Unit), true
	case segment.WindowFollowing:
		return o.units(seen, 1, 1, w.Unit), true
	case segment.WindowMoreThan:
		if w.Ahead {
			return interval{o.add(ahead, w.N, w.Unit), never}, true
		}
		return interval{ever, o.add(back, -w.N, w.Unit)}, true
	case segment.WindowFromTo:
		far, near := max(w.N, w.To), min(w.N, w.To)
		if w.Ahead {
			return interval{o.add(ahead, near, w.Unit), o.add(ahead, far, w.Unit)}, true
		}
		return interval{o.add(back, -far, w.Unit), o.add(back, -near, w.Unit)}, true
	}
	// Within first N units: from a date, or from the profile's first event.
	var iv interval
	ok := false
	if w.After != nil {
		iv, ok = o.meant(o.path(w.After.Ref, c))
	} else if len(c.p.events) > 0 && c.p.events[0].at < c.asOf {
		iv, ok = point(c.p.events[0].at), true
	}
	if !ok {
		return interval{}, false
	}
	if days {
		iv = o.whole(iv)
	}
	return interval{iv.from, o.add(iv.from, w.N, w.Unit)}, true
}
