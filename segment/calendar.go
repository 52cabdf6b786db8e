package segment

import (
	"math"
	"time"

	"github.com/kreds/kreds"
)

// Calendar is the civil calendar of a workspace's time zone: it turns days,
// months and windows into instants. It may be used by several goroutines.
type Calendar struct {
	loc *time.Location
	// The offsets of 1900 to 2100 as a table: zone i holds from starts[i] up to
	// starts[i+1]. first[b] is the zone at the begin of the b-th stretch of
	// 2⁴² µs. Other instants ask the time package, which is slower.
	starts  []int64
	offsets []int64
	first   []int32
}

const (
	microsecond = 1
	hourMicros  = 3600 * 1_000_000 * microsecond
	dayMicros   = 24 * hourMicros

	// No zone is farther than this from UTC.
	farthestZone = 26 * hourMicros

	// Days beyond these lie outside of the instants.
	maxDay = math.MaxInt64/dayMicros - 2
	minDay = -maxDay

	stretchBits = 42
)

// NewCalendar returns the calendar of the time zone.
func NewCalendar(loc *time.Location) *Calendar {
	c := &Calendar{loc: loc}
	t := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	stop := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for t.Before(stop) {
		_, seconds := t.In(loc).Zone()
		if offset := int64(seconds) * 1_000_000; len(c.offsets) == 0 || c.offsets[len(c.offsets)-1] != offset {
			c.starts = append(c.starts, t.UnixMicro())
			c.offsets = append(c.offsets, offset)
		}
		_, end := t.In(loc).ZoneBounds()
		switch {
		case end.IsZero() || end.After(stop):
			end = stop
		case !end.After(t):
			// At the end of some years time gives bounds that do not hold t.
			end = t.Add(time.Hour)
		}
		t = end
	}
	c.starts = append(c.starts, stop.UnixMicro())
	low, high := c.starts[0], stop.UnixMicro()
	zone := 0
	for b := low; b < high; b += 1 << stretchBits {
		for c.starts[zone+1] <= b {
			zone++
		}
		c.first = append(c.first, int32(zone))
	}
	return c
}

// Location returns the time zone.
func (c *Calendar) Location() *time.Location { return c.loc }

// zone returns the zone that holds at the microsecond: from start up to end the
// local time is UTC + offset.
func (c *Calendar) zone(t int64) (start, end, offset int64) {
	if low := c.starts[0]; t >= low && t < c.starts[len(c.starts)-1] {
		i := c.first[(t-low)>>stretchBits]
		for c.starts[i+1] <= t {
			i++
		}
		return c.starts[i], c.starts[i+1], c.offsets[i]
	}
	at := time.UnixMicro(t).In(c.loc)
	_, seconds := at.Zone()
	start, end = math.MinInt64, math.MaxInt64
	from, before := at.ZoneBounds()
	if !from.IsZero() {
		start = from.UnixMicro()
	}
	if !before.IsZero() {
		end = before.UnixMicro()
	}
	// At the end of some years time gives bounds that do not hold t.
	if start > t {
		start = t
	}
	if end <= t {
		end = t + hourMicros
	}
	// The table cuts the zones at its ends; so do we, or they would overlap.
	low, high := c.starts[0], c.starts[len(c.starts)-1]
	if t < low && end > low {
		end = low
	}
	if t >= high && start < high {
		start = high
	}
	return start, end, int64(seconds) * 1_000_000
}

// local returns the local time as microseconds since 1970-01-01 00:00.
func (c *Calendar) local(t kreds.Instant) int64 {
	u := int64(t)
	const edge = math.MaxInt64 - 2*farthestZone
	if u > edge {
		u = edge
	} else if u < -edge {
		u = -edge
	}
	_, _, offset := c.zone(u)
	return u + offset
}

// instant returns the first instant whose local time is at or after the given
// one: a skipped local time becomes the next instant that exists, a doubled one
// the earlier.
func (c *Calendar) instant(local int64) kreds.Instant {
	x := local - farthestZone
	for {
		start, end, offset := c.zone(x)
		if end == math.MaxInt64 || end+offset > local {
			return kreds.Instant(max(start, local-offset))
		}
		x = end
	}
}

// Instant returns the instant of a local time: microseconds after the begin of
// the day. A time that summer time skips is the next instant that exists, one
// that comes twice the earlier.
func (c *Calendar) Instant(d kreds.Day, micros int64) kreds.Instant {
	return c.instant(int64(d)*dayMicros + micros)
}

// Midnight returns the first instant of the day.
func (c *Calendar) Midnight(d kreds.Day) kreds.Instant {
	if d > maxDay {
		return kreds.MaxInstant
	}
	if d < minDay {
		return kreds.MinInstant
	}
	return c.instant(int64(d) * dayMicros)
}

// DayOf returns the local day that holds the instant.
func (c *Calendar) DayOf(t kreds.Instant) kreds.Day {
	return kreds.Day(floorDiv(c.local(t), dayMicros))
}

// Parts returns the local year, month (from 1), weekday (Monday is 1) and hour.
func (c *Calendar) Parts(t kreds.Instant) (year int, month, weekday, hour int) {
	l := c.local(t)
	d := floorDiv(l, dayMicros)
	year, month, _ = civil(kreds.Day(d))
	return year, month, weekdayOf(kreds.Day(d)), int((l - d*dayMicros) / hourMicros)
}

// Floor returns the begin of the local calendar unit that holds the instant.
func (c *Calendar) Floor(t kreds.Instant, u Unit) kreds.Instant {
	if t == kreds.MinInstant || t == kreds.MaxInstant {
		return t
	}
	if u == Hour {
		l := c.local(t)
		return t - kreds.Instant(l-floorDiv(l, hourMicros)*hourMicros)
	}
	return c.Midnight(c.FloorDay(c.DayOf(t), u))
}

// FloorDay returns the first day of the calendar unit that holds the day; of an
// hour and a day it is the day.
func (c *Calendar) FloorDay(d kreds.Day, u Unit) kreds.Day {
	switch u {
	case Week:
		return d - kreds.Day(weekdayOf(d)-1)
	case Month, Quarter, Year:
		y, m, _ := civil(d)
		switch u {
		case Quarter:
			m -= (m - 1) % 3
		case Year:
			m = 1
		}
		return dayOf(int64(y), m, 1)
	}
	return d
}

// Add returns the instant N units later, or earlier if n is negative. Units of
// a day and longer are taken at once and keep the local time of day; a day that
// the month lacks becomes its last day.
func (c *Calendar) Add(t kreds.Instant, n int, u Unit) kreds.Instant {
	if n == 0 || t == kreds.MinInstant || t == kreds.MaxInstant {
		return t
	}
	if u == Hour {
		return addMicros(t, n)
	}
	l := c.local(t)
	d := floorDiv(l, dayMicros)
	to := c.AddDay(kreds.Day(d), n, u)
	if to > maxDay {
		return kreds.MaxInstant
	}
	if to < minDay {
		return kreds.MinInstant
	}
	return c.instant(int64(to)*dayMicros + l - d*dayMicros)
}

// AddDay returns the day N units later, or earlier if n is negative. A day that
// the month lacks becomes its last day; hours do not move a day.
func (c *Calendar) AddDay(d kreds.Day, n int, u Unit) kreds.Day {
	switch u {
	case Day:
		return clampDay(int64(d) + int64(n))
	case Week:
		return clampDay(int64(d) + 7*int64(n))
	case Month, Quarter, Year:
		months := int64(n) * monthsOf(u)
		y, m, day := civil(d)
		months += int64(y)*12 + int64(m-1)
		year, month := floorDiv(months, 12), int(months-floorDiv(months, 12)*12)+1
		if year > math.MaxInt32/367 {
			return math.MaxInt32
		}
		if year < math.MinInt32/367 {
			return math.MinInt32
		}
		return dayOf(year, month, min(day, daysIn(year, month)))
	}
	return d
}

func addMicros(t kreds.Instant, hours int) kreds.Instant {
	by := int64(hours) * hourMicros
	switch {
	case by > 0 && int64(t) > math.MaxInt64-by:
		return kreds.MaxInstant
	case by < 0 && int64(t) < math.MinInt64-by:
		return kreds.MinInstant
	}
	return t + kreds.Instant(by)
}

func clampDay(d int64) kreds.Day {
	return kreds.Day(min(max(d, math.MinInt32), math.MaxInt32))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// The Gregorian calendar repeats after 400 years of 146,097 days. Counting
// years from March puts the leap day at the end of a year.
const (
	daysOf400Years = 146097
	marchFirstYear = -719468 // the day 0000-03-01
)

// civil returns the date of a day.
func civil(d kreds.Day) (year, month, day int) {
	n := int64(d) - marchFirstYear
	era := floorDiv(n, daysOf400Years)
	n -= era * daysOf400Years // 0 … 146,096
	y := (n - n/1460 + n/36524 - n/146096) / 365
	n -= 365*y + y/4 - y/100 // day of the year from March, 0 … 365
	m := (5*n + 2) / 153     // month from March, 0 … 11
	day = int(n-(153*m+2)/5) + 1
	month = int(m) + 3
	year = int(era*400 + y)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// dayOf returns the day of a date; the month is in 1 … 12.
func dayOf(year int64, month, day int) kreds.Day {
	m := int64(month) - 3
	if m < 0 {
		m += 12
		year--
	}
	era := floorDiv(year, 400)
	y := year - era*400
	return clampDay(era*daysOf400Years + 365*y + y/4 - y/100 + (153*m+2)/5 + int64(day-1) + marchFirstYear)
}

func daysIn(year int64, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// weekdayOf returns 1 for Monday to 7 for Sunday; 1970-01-01 was a Thursday.
func weekdayOf(d kreds.Day) int {
	w := (int64(d) + 3) % 7
	if w < 0 {
		w += 7
	}
	return int(w) + 1
}

func monthsOf(u Unit) int64 {
	switch u {
	case Quarter:
		return 3
	case Year:
		return 12
	}
	return 1
}
