package fold

import (
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

const (
	hourMicros = int64(time.Hour / time.Microsecond)
	dayMicros  = 24 * hourMicros
)

// clock does the calendar's commonest arithmetic without its cost, by keeping
// the stretch of time over which the zone's offset is the same. It is one
// goroutine's.
type clock struct {
	cal          *segment.Calendar
	from, before int64 // where offset holds, with a day and more to spare at both ends
	offset       int64 // microseconds east of UTC
}

func newClock(cal *segment.Calendar) *clock { return &clock{cal: cal} }

// near makes offset hold at t; it reports false close to a change of offset.
func (c *clock) near(t int64) bool {
	if t >= c.from && t < c.before {
		return true
	}
	at := time.UnixMicro(t).In(c.cal.Location())
	start, end := at.ZoneBounds()
	_, off := at.Zone()
	from, before := int64(kreds.MinInstant)/2, int64(kreds.MaxInstant)/2
	if !start.IsZero() {
		from = start.UnixMicro() + 2*dayMicros
	}
	if !end.IsZero() {
		before = end.UnixMicro() - 2*dayMicros
	}
	if t < from || t >= before {
		return false
	}
	c.from, c.before, c.offset = from, before, int64(off)*1e6
	return true
}

// day returns the local day of t.
func (c *clock) day(t int64) int64 {
	if c.near(t) {
		return floorDiv(t+c.offset, dayMicros)
	}
	return int64(c.cal.DayOf(kreds.Instant(t)))
}

// hour returns the local hour of t.
func (c *clock) hour(t int64) int64 {
	if c.near(t) {
		local := t + c.offset
		return (local - floorDiv(local, dayMicros)*dayMicros) / hourMicros
	}
	_, _, _, h := c.cal.Parts(kreds.Instant(t))
	return int64(h)
}

// add returns t plus n units as the calendar counts.
func (c *clock) add(t int64, n int, u segment.Unit) int64 {
	days := int64(0)
	switch u {
	case segment.Hour:
		return t + int64(n)*hourMicros
	case segment.Day:
		days = int64(n)
	case segment.Week:
		days = 7 * int64(n)
	}
	if days != 0 && c.near(t) {
		if to := t + days*dayMicros; to >= c.from && to < c.before {
			return to
		}
	}
	return int64(c.cal.Add(kreds.Instant(t), n, u))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// civil returns year and month of a day.
func civil(day int64) (year, month, dom int) {
	// Days of eras of 400 years beginning on 1 March of year 0.
	z := day + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dom = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	year = int(yoe + era*400)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, dom
}

// weekday returns the weekday of a day, Monday 1.
func weekday(day int64) int { return int(day+3-floorDiv(day+3, 7)*7) + 1 }

// call applies year, month, weekday, hour or size to a value of the type.
func (c *clock) call(fn string, t kreds.Type, v cell) cell {
	if !v.known {
		return cell{}
	}
	if t == kreds.List {
		return numberCell(float64(len(listOf(v.text))))
	}
	day := v.int
	if t == kreds.Instants {
		if fn == "hour" {
			return numberCell(float64(c.hour(v.int)))
		}
		day = c.day(v.int)
	}
	y, m, _ := civil(day)
	switch fn {
	case "year":
		return numberCell(float64(y))
	case "month":
		return numberCell(float64(m))
	case "weekday":
		return numberCell(float64(weekday(day)))
	case "hour":
		return numberCell(0)
	}
	return cell{}
}
