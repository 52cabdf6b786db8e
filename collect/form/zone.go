package form

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Clock turns local times into instants and remembers the days it has met. It is
// used by one goroutine.
type Clock struct {
	cal  *segment.Calendar
	days [1 << 10]midnight
}

type midnight struct {
	day   int32
	known bool
	even  bool // the day has 24 hours
	at    kreds.Instant
}

// NewClock returns a clock of the calendar's time zone.
func NewClock(cal *segment.Calendar) *Clock { return &Clock{cal: cal} }

func (c *Clock) midnight(d int32) *midnight {
	m := &c.days[uint32(d)%uint32(len(c.days))]
	if !m.known || m.day != d {
		at, next := c.cal.Midnight(kreds.Day(d)), c.cal.Midnight(kreds.Day(d)+1)
		*m = midnight{d, true, next-at == day, at}
	}
	return m
}

// Instant returns the instant of a stamp, whose time is local unless it is zoned.
// A local time that summer time skips is the next instant that exists, a doubled
// one the earlier.
func (c *Clock) Instant(s Stamp) kreds.Instant {
	if s.Zoned {
		return kreds.Instant(int64(s.Day)*day + s.Micros - s.Offset)
	}
	return c.Local(s.Day, s.Micros)
}

// Local returns the instant of a local time, as Instant does.
func (c *Clock) Local(d int32, micros int64) kreds.Instant {
	m := c.midnight(d)
	if m.even || micros == 0 {
		return m.at + kreds.Instant(micros)
	}
	return c.cal.Instant(kreds.Day(d), micros)
}

// Day returns the local day of a stamp.
func (c *Clock) Day(s Stamp) kreds.Day {
	if s.Zoned {
		return c.cal.DayOf(c.Instant(s))
	}
	return kreds.Day(s.Day)
}
