package generate

import (
	"fmt"
	"strconv"
	"time"

	"github.com/kreds/kreds"
)

// dates say what a date may be: terms allows names of dates; days allows no hours.
type dates struct{ terms, days bool }

// date writes a D.
func (x *Writer) date(p place, o dates) string {
	at := moment(x.rng, x.w, -20, x.w.days()+40).Time().In(x.w.Zone)
	switch x.rng.IntN(9) {
	case 0:
		return at.Format("2006-01")
	case 1:
		return at.Format("2006")
	case 2:
		return x.pick(at.Format("2006-01-02T15:04"), at.UTC().Format("2006-01-02T15:04:05.999999Z"), at.Format("2006-01-02T15:04:05-07:00"), `"`+at.Format(time.DateOnly)+`"`)
	case 3:
		return "today"
	case 4:
		units := []string{"days", "days", "weeks", "months", "quarters", "years"}
		if !o.days {
			units[1] = "hours"
		}
		return strconv.Itoa(x.n(0, 30)) + " " + x.pick(units...) + x.pick(" ago", " ago", " ago", " ahead")
	case 5, 6:
		if o.terms {
			if n := x.pickName(p, kreds.Date, kreds.Instants); n.text != "" {
				return n.text
			}
		}
	}
	return at.Format(time.DateOnly)
}

// span says what a window may be: past allows nothing that lies ahead, fixed nothing
// that depends on the profile, days no hours. After tells that the window stands
// after the event of a measure, where "between" with a name is a comparison.
type span struct{ past, fixed, days, after bool }

// window writes a W.
func (x *Writer) window(p place, o span) string {
	d := func() string { return x.date(p, dates{terms: !o.fixed, days: o.days}) }
	unit := func(plural bool) string {
		units := []string{"day", "day", "week", "month", "quarter", "year"}
		if !o.days {
			units[0] = "hour"
		}
		u := x.pick(units...)
		if plural {
			u += "s"
		}
		return u
	}
	ahead := func() string {
		if o.past {
			return "ago"
		}
		return x.pick("ago", "ahead")
	}
	last := "last"
	if !o.past {
		last = x.pick("last", "next")
	}
	switch x.rng.IntN(14) {
	case 0, 1, 2:
		return fmt.Sprintf("within %s %d %s", last, x.n(1, 20), unit(true))
	case 3:
		return fmt.Sprintf("within %s %d whole %s", last, x.n(1, 6), unit(true))
	case 4:
		if o.after {
			return "between " + x.day() + " and " + d()
		}
		return "between " + d() + " and " + d()
	case 5:
		return "before " + d()
	case 6:
		return "after " + d()
	case 7:
		return "on " + d()
	case 8:
		at := moment(x.rng, x.w, 0, x.w.days()).Time().In(x.w.Zone)
		return "in " + x.pick(at.Format("2006"), at.Format("2006-01"), fmt.Sprintf("%d-Q%d", at.Year(), x.n(1, 4)))
	case 9:
		if o.past {
			return x.pick("today", "yesterday")
		}
		return x.pick("today", "yesterday", "tomorrow")
	case 10:
		words := []string{"this ", "last ", "in this ", "in last "}
		if !o.past {
			words = append(words, "next ", "in next ")
		}
		return x.pick(words...) + unit(false)
	case 11:
		return fmt.Sprintf("more than %d %s %s", x.n(0, 30), unit(true), ahead())
	case 12:
		a := x.n(0, 30)
		return fmt.Sprintf("from %d to %d %s %s", a+x.n(1, 30), a, unit(true), ahead())
	}
	if o.fixed {
		return "on " + d()
	}
	s := fmt.Sprintf("within first %d %s", x.n(1, 60), unit(true))
	after := x.pickName(p, kreds.Date, kreds.Instants)
	if after.text != "" && (p.where != nil || x.chance(2)) {
		s += " after " + after.text
	} else if p.where != nil {
		s += " after profile.first_seen"
	}
	return s
}

func (x *Writer) day() string {
	return moment(x.rng, x.w, -20, x.w.days()+20).Time().In(x.w.Zone).Format(time.DateOnly)
}

// days is how many days the world spans.
func (w *World) days() int {
	return max(1, int(w.To.Time().Sub(w.From.Time())/(24*time.Hour)))
}

// Pick is a random number below n.
func (x *Writer) Pick(n int) int { return x.rng.IntN(n) }

// Instant is a random time to evaluate as of: often exactly at something that
// happened, or one microsecond after it.
func (x *Writer) Instant() kreds.Instant {
	i := x.w.Imports[x.rng.IntN(len(x.w.Imports))]
	if n := len(i.Events); n > 0 && x.chance(4) {
		return i.Events[x.rng.IntN(n)].Time + kreds.Instant(x.rng.IntN(2))
	}
	if n := len(i.Profiles); n > 0 && x.chance(6) {
		if o := i.Profiles[x.rng.IntN(n)].Observed; o != kreds.MinInstant {
			return o + kreds.Instant(x.rng.IntN(2))
		}
	}
	return moment(x.rng, x.w, 30, x.w.days()+60)
}

// End is an instant after everything that expressions and worlds are about.
const End kreds.Instant = 2_524_608_000_000_000 // 2050-01-01
