package condition

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Call applies year, month, weekday, hour or size to a value of the type.
func Call(cal *segment.Calendar, fn string, t kreds.Type, v Cell) Cell {
	if !v.Known {
		return Cell{}
	}
	if t == kreds.List {
		return NumberCell(float64(len(ListOf(v.Text))))
	}
	at := kreds.Instant(v.Int)
	if t == kreds.Date {
		at = cal.Midnight(kreds.Day(v.Int))
	}
	year, month, weekday, hour := cal.Parts(at)
	switch fn {
	case "year":
		return NumberCell(float64(year))
	case "month":
		return NumberCell(float64(month))
	case "weekday":
		return NumberCell(float64(weekday))
	}
	return NumberCell(float64(hour))
}
