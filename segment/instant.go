package segment

import (
	"strconv"
	"strings"
	"time"

	"github.com/kreds/kreds"
)

// ParseAsOf reads an instant to evaluate at: a date means the end of that day,
// a date with a time is local, and RFC 3339 text names its zone.
func (c *Calendar) ParseAsOf(text string) (kreds.Instant, error) {
	s := strings.TrimSpace(text)
	if d, ok := parseDate(s); ok {
		switch d.Kind {
		case DateDay:
			return c.Midnight(dayOf(int64(d.Year), d.Month, d.Day) + 1), nil
		case DateInstant:
			if t, ok := c.parseInstant(d.Text); ok {
				return t, nil
			}
		}
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "%q is no instant", text).
		WithHint("write a date such as 2025-03-01 (the end of that day), a local time such as 2025-03-01T10:00, or one with its zone such as 2025-03-01T10:00:00Z")
}

// parseInstant reads the text of a DateInstant.
func (c *Calendar) parseInstant(s string) (kreds.Instant, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return kreds.InstantOf(t), true
	}
	for _, layout := range [...]string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return c.instant(t.UnixMicro()), true
		}
	}
	return 0, false
}

// parseDate reads a date literal: a day, a month, a quarter, a year, or an
// instant, whose text it makes canonical. It checks that the date exists.
func parseDate(s string) (*DateValue, bool) {
	if len(s) < 4 || !digits(s[:4]) {
		return nil, false
	}
	year, _ := strconv.Atoi(s[:4])
	if year == 0 {
		return nil, false
	}
	if len(s) == 4 {
		return &DateValue{Kind: DateYear, Year: year}, true
	}
	if s[4] != '-' || len(s) < 7 {
		return nil, false
	}
	if s[5] == 'Q' || s[5] == 'q' {
		if len(s) != 7 || s[6] < '1' || s[6] > '4' {
			return nil, false
		}
		return &DateValue{Kind: DateQuarter, Year: year, Month: int(s[6] - '0')}, true
	}
	if !digits(s[5:7]) {
		return nil, false
	}
	month, _ := strconv.Atoi(s[5:7])
	if month < 1 || month > 12 {
		return nil, false
	}
	if len(s) == 7 {
		return &DateValue{Kind: DateMonth, Year: year, Month: month}, true
	}
	if s[7] != '-' || len(s) < 10 || !digits(s[8:10]) {
		return nil, false
	}
	day, _ := strconv.Atoi(s[8:10])
	if day < 1 || day > daysIn(int64(year), month) {
		return nil, false
	}
	if len(s) == 10 {
		return &DateValue{Kind: DateDay, Year: year, Month: month, Day: day}, true
	}
	if text, ok := instantText(s); ok {
		return &DateValue{Kind: DateInstant, Text: text}, true
	}
	return nil, false
}

// instantText makes the text of an instant canonical: with its zone if it has
// one, seconds where they are needed, at most microseconds.
func instantText(s string) (string, bool) {
	switch s[10] {
	case 'T', 't', ' ':
		s = s[:10] + "T" + strings.ToUpper(s[11:])
	default:
		return "", false
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("2006-01-02T15:04:05.999999Z07:00"), whole(t)
		}
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Second() == 0 && t.Nanosecond() == 0 {
				return t.Format("2006-01-02T15:04"), true
			}
			return t.Format("2006-01-02T15:04:05.999999"), whole(t)
		}
	}
	return "", false
}

// whole reports whether the time has no more than microseconds.
func whole(t time.Time) bool { return t.Nanosecond()%1000 == 0 }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
