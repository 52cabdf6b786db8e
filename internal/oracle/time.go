package oracle

import (
	"time"

	"github.com/kreds/kreds/segment"
)

// Zone is the time zone of the oracle's calendar.
var Zone = must(time.LoadLocation("Europe/Copenhagen"))

func must(l *time.Location, err error) *time.Location {
	if err != nil {
		panic(err)
	}
	return l
}

var always = [2]time.Time{time.Unix(-1<<40, 0), time.Unix(1<<40, 0)}

func within(iv [2]time.Time, t time.Time) bool { return !t.Before(iv[0]) && t.Before(iv[1]) }

func end(iv [2]time.Time) time.Time { return iv[1] }

// local is the instant of a local time: a doubled one the earlier, a skipped one
// the next that exists.
func local(y int, m time.Month, d, h, min, s, ns int) time.Time {
	want := time.Date(y, m, d, h, min, s, ns, time.UTC)
	first := want.Add(-26 * time.Hour)
	for step := time.Hour; ; {
		// The first instant whose local time is not before the one wanted; offsets
		// change at whole hours here.
		t := first.In(Zone)
		_, off := t.Zone()
		reads := t.UTC().Add(time.Duration(off) * time.Second)
		left := want.Sub(reads)
		if left <= 0 {
			return first
		}
		first = first.Add(min2(left, step-time.Duration(first.UnixNano())%step))
	}
}

func min2(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}

// midnight of a day that may lie outside of its month.
func midnight(y int, m time.Month, d int) time.Time {
	c := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return local(c.Year(), c.Month(), c.Day(), 0, 0, 0, 0)
}

// add moves an instant by units of the local calendar.
func add(t time.Time, n int, u segment.Unit) time.Time {
	if n == 0 {
		return t
	}
	if u == segment.Hour {
		return t.Add(time.Duration(n) * time.Hour)
	}
	l := t.In(Zone)
	y, m, d := l.Date()
	switch u {
	case segment.Day:
		d += n
	case segment.Week:
		d += 7 * n
	default:
		months := map[segment.Unit]int{segment.Month: 1, segment.Quarter: 3, segment.Year: 12}[u] * n
		first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		y, m = first.Year(), first.Month()
		if d > last {
			d = last
		}
	}
	c := time.Date(y, m, d, l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
	return local(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), c.Second(), c.Nanosecond())
}

// floor is the begin of the unit that holds the instant.
func floor(t time.Time, u segment.Unit) time.Time {
	l := t.In(Zone)
	y, m, d := l.Date()
	switch u {
	case segment.Hour:
		return l.Truncate(time.Hour)
	case segment.Week:
		d -= (int(l.Weekday()) + 6) % 7
	case segment.Month:
		d = 1
	case segment.Quarter:
		m, d = (m-1)/3*3+1, 1
	case segment.Year:
		m, d = 1, 1
	}
	return midnight(y, m, d)
}

// extent is the stretch of the calendar that a date means.
func extent(d *segment.DateValue, asOf time.Time) [2]time.Time {
	today := asOf.Add(-time.Microsecond).In(Zone)
	y, m, day := today.Date()
	switch d.Kind {
	case segment.DateDay:
		return [2]time.Time{midnight(d.Year, time.Month(d.Month), d.Day), midnight(d.Year, time.Month(d.Month), d.Day+1)}
	case segment.DateMonth:
		return [2]time.Time{midnight(d.Year, time.Month(d.Month), 1), midnight(d.Year, time.Month(d.Month+1), 1)}
	case segment.DateYear:
		return [2]time.Time{midnight(d.Year, 1, 1), midnight(d.Year+1, 1, 1)}
	case segment.DateToday:
		return [2]time.Time{midnight(y, m, day), midnight(y, m, day+1)}
	case segment.DateAgo:
		noon := add(local(y, m, day, 12, 0, 0, 0), -d.N, d.Unit).In(Zone)
		y, m, day = noon.Date()
		return [2]time.Time{midnight(y, m, day), midnight(y, m, day+1)}
	}
	panic("the oracle does not cover this date")
}

// window is the instants that a window holds.
func window(w *segment.Window, asOf time.Time) [2]time.Time {
	seen := asOf.Add(-time.Microsecond)
	switch w.Kind {
	case segment.WindowLast:
		to := asOf
		if w.Whole {
			to = floor(asOf, w.Unit)
		}
		return [2]time.Time{add(to, -w.N, w.Unit), to}
	case segment.WindowBetween:
		return [2]time.Time{extent(w.D, asOf)[0], end(extent(w.E, asOf))}
	case segment.WindowBefore:
		return [2]time.Time{always[0], extent(w.D, asOf)[0]}
	case segment.WindowAfter:
		return [2]time.Time{end(extent(w.D, asOf)), always[1]}
	case segment.WindowOn, segment.WindowIn:
		return extent(w.D, asOf)
	case segment.WindowToday:
		return extent(&segment.DateValue{Kind: segment.DateToday}, asOf)
	case segment.WindowThis:
		from := floor(seen, w.Unit)
		return [2]time.Time{from, add(from, 1, w.Unit)}
	case segment.WindowPrevious:
		to := floor(seen, w.Unit)
		return [2]time.Time{add(to, -1, w.Unit), to}
	case segment.WindowMoreThan:
		return [2]time.Time{always[0], add(asOf, -w.N, w.Unit)}
	case segment.WindowFromTo:
		return [2]time.Time{add(asOf, -w.N, w.Unit), add(asOf, -w.To, w.Unit)}
	}
	panic("the oracle does not cover " + segment.PrintWindow(w))
}
