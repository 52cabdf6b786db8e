package form

import "bytes"

// Stamp is a date, with a time of day if Timed.
type Stamp struct {
	Year   int
	Day    int32 // since 1970-01-01
	Micros int64 // of the day
	Offset int64 // of the local time from UTC in microseconds, if Zoned
	Timed  bool
	Zoned  bool
	Short  bool // the year has two digits: 69 to 99 are of the 20th century
}

const (
	second = 1_000_000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// ParseStamp reads a date of one form, with or without a time of day after it.
func ParseStamp(b []byte, f Set) (s Stamp, ok bool) {
	var y, m, d, n int
	switch f {
	case YMD:
		y, m, d, n = ymd(b)
	case Compact:
		y, m, d, n = compact(b)
	case DMY:
		d, m, y, n = parts(b)
		s.Short = true
	case MDY:
		m, d, y, n = parts(b)
		s.Short = true
	case Named:
		y, m, d, n = named(b)
	case Epoch:
		return epoch(b)
	}
	if n == 0 || m < 1 || m > 12 || d < 1 || d > 31 {
		return s, false
	}
	s.Short = s.Short && y < 0
	if y < 0 { // two digits, less 100
		if y += 2000; y < 1969 {
			y += 100
		}
	}
	if y < 1 || d > 28 && d > daysIn(y, m) {
		return s, false
	}
	s.Year = y
	s.Day = dayOf(y, m, d)
	if n == len(b) {
		return s, true
	}
	return s, s.time(b[n:])
}

// ISO reads the two most frequent forms of all: 2006-01-02 and 2006-01-02 15:04:05,
// also with a T between.
func ISO(b []byte) (d int32, micros int64, ok bool) {
	if len(b) != 10 && len(b) != 19 || b[4] != '-' || b[7] != '-' {
		return 0, 0, false
	}
	y, m, n := pair(b, 0)*100+pair(b, 2), pair(b, 5), pair(b, 8)
	if y < 1 || m < 1 || m > 12 || n < 1 || n > 28 && n > daysIn(y, m) || n > 31 {
		return 0, 0, false
	}
	if len(b) == 10 {
		return dayOf(y, m, n), 0, true
	}
	if b[10] != ' ' && b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, 0, false
	}
	h, min, s := pair(b, 11), pair(b, 14), pair(b, 17)
	if uint(h) > 23 || uint(min) > 59 || uint(s) > 59 {
		return 0, 0, false
	}
	return dayOf(y, m, n), int64(h)*hour + int64(min)*minute + int64(s)*second, true
}

// pair reads two digits; it is far below zero if they are none.
func pair(b []byte, at int) int {
	x, y := b[at]-'0', b[at+1]-'0'
	if x > 9 || y > 9 {
		return -1 << 20
	}
	return int(x)*10 + int(y)
}

// ymd reads 2025-03-01, with -, / or . between; n is 0 if it is none.
func ymd(b []byte) (y, m, d, n int) {
	if len(b) < 8 {
		return 0, 0, 0, 0
	}
	y, n = digits(b, 0, 4)
	sep := b[4]
	if n != 4 || sep != '-' && sep != '/' && sep != '.' {
		return 0, 0, 0, 0
	}
	m, n = digits(b, 5, 2)
	if n == 5 || n >= len(b) || b[n] != sep {
		return 0, 0, 0, 0
	}
	at := n + 1
	if d, n = digits(b, at, 2); n == at {
		return 0, 0, 0, 0
	}
	return y, m, d, n
}

func compact(b []byte) (y, m, d, n int) {
	v, n := digits(b, 0, 8)
	if n != 8 || len(b) > 8 && b[8] >= '0' && b[8] <= '9' {
		return 0, 0, 0, 0
	}
	return v / 10000, v / 100 % 100, v % 100, 8
}

// parts reads two numbers and a year, with -, / or . between. A year of two
// digits is returned less 100.
func parts(b []byte) (x, y, year, n int) {
	x, n = digits(b, 0, 2)
	if n == 0 || n >= len(b) {
		return 0, 0, 0, 0
	}
	sep := b[n]
	if sep != '-' && sep != '/' && sep != '.' {
		return 0, 0, 0, 0
	}
	at := n + 1
	y, n = digits(b, at, 2)
	if n == at || n >= len(b) || b[n] != sep {
		return 0, 0, 0, 0
	}
	at = n + 1
	switch year, n = digits(b, at, 4); n - at {
	case 4:
	case 2:
		year -= 100
	default:
		return 0, 0, 0, 0
	}
	return x, y, year, n
}

// months are the English and Danish ones by their first three letters.
var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "maj": 5, "jun": 6, "jul": 7,
	"aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12,
}

var fullMonths = []string{
	"january", "february", "march", "april", "june", "july", "august", "september", "sept", "october", "november", "december",
	"januar", "februar", "marts", "juni", "juli", "oktober",
}

// named reads 1 Mar 2025, 1. marts 2025, 01-Mar-25 and Mar 1, 2025, also after a
// weekday and a comma.
func named(b []byte) (y, m, d, n int) {
	at := 0
	if i := bytes.IndexByte(b[:min(len(b), 10)], ','); i > 2 && letters(b, 0) == i {
		at = i + 1
		for at < len(b) && b[at] == ' ' {
			at++
		}
	}
	if letters(b, at) > at { // the month first
		if m, at = month(b, at); m == 0 {
			return 0, 0, 0, 0
		}
		at = gap(b, at)
		from := at
		if d, at = digits(b, at, 2); at == from || gap(b, at) == at {
			return 0, 0, 0, 0
		}
	} else {
		from := at
		if d, at = digits(b, at, 2); at == from {
			return 0, 0, 0, 0
		}
		at = gap(b, at)
		if m, at = month(b, at); m == 0 {
			return 0, 0, 0, 0
		}
	}
	at = gap(b, at)
	y, n = digits(b, at, 4)
	switch n - at {
	case 4:
	case 2:
		y -= 100
	default:
		return 0, 0, 0, 0
	}
	return y, m, d, n
}

func letters(b []byte, at int) int {
	for at < len(b) && (b[at]|0x20 >= 'a' && b[at]|0x20 <= 'z') {
		at++
	}
	return at
}

func month(b []byte, at int) (m, after int) {
	end := letters(b, at)
	if end-at < 3 || end-at > 9 {
		return 0, at
	}
	low := bytes.ToLower(b[at:end])
	m = months[string(low[:3])]
	if len(low) > 3 {
		full := false
		for _, name := range fullMonths {
			full = full || name == string(low)
		}
		if !full {
			return 0, at
		}
	}
	return m, end
}

// gap skips what may stand between the parts of a named date.
func gap(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '-' || b[at] == '.' || b[at] == ',' || b[at] == '/') {
		at++
	}
	return at
}

// digits reads up to most digits; after is at where there is none.
func digits(b []byte, at, most int) (v, after int) {
	end := min(len(b), at+most)
	for at < end && b[at]-'0' <= 9 {
		v = v*10 + int(b[at]-'0')
		at++
	}
	return v, at
}

// epoch reads seconds, milliseconds or microseconds since 1970, told apart by
// their size: from 2001 to 2286 they have 10, 13 or 16 digits.
func epoch(b []byte) (s Stamp, ok bool) {
	if len(b) < 9 || len(b) > 16 {
		return s, false
	}
	v, n := digits(b, 0, 16)
	if n != len(b) {
		return s, false
	}
	at := int64(v)
	switch {
	case len(b) <= 11:
		at *= second
	case len(b) <= 14:
		at *= 1000
	}
	s = Stamp{Day: int32(at / day), Micros: at % day, Timed: true, Zoned: true}
	s.Year = 1970 + int(s.Day)/365
	return s, true
}

// time reads a time of day and a zone: T10:30, " 10:30:15.25", " 1:05 PM",
// "T10:30Z", " 10:30 +01:00".
func (s *Stamp) time(b []byte) bool {
	at := 0
	switch b[0] {
	case 'T', 't':
		at = 1
	case ' ', ',':
		for at < len(b) && (b[at] == ' ' || b[at] == ',') {
			at++
		}
	default:
		return false
	}
	from := at
	h, at := digits(b, at, 2)
	if at == from || at >= len(b) || b[at] != ':' && b[at] != '.' {
		return false
	}
	sep := b[at]
	from = at + 1
	m, at := digits(b, from, 2)
	if at-from != 2 {
		return false
	}
	sec, frac := 0, int64(0)
	if at < len(b) && b[at] == sep {
		from = at + 1
		if sec, at = digits(b, from, 2); at-from != 2 {
			return false
		}
		if at < len(b) && (b[at] == '.' || b[at] == ',') {
			from = at + 1
			unit := int64(second / 10)
			for at = from; at < len(b) && b[at]-'0' <= 9; at++ {
				frac += int64(b[at]-'0') * unit
				unit /= 10
			}
			if at == from {
				return false
			}
		}
	}
	rest := Trim(b[at:])
	if len(rest) >= 2 && rest[1]|0x20 == 'm' && (rest[0]|0x20 == 'a' || rest[0]|0x20 == 'p') {
		if h < 1 || h > 12 {
			return false
		}
		h %= 12
		if rest[0]|0x20 == 'p' {
			h += 12
		}
		rest = Trim(rest[2:])
	}
	if h > 23 || m > 59 || sec > 59 {
		return false
	}
	s.Timed = true
	s.Micros = int64(h)*hour + int64(m)*minute + int64(sec)*second + frac
	return len(rest) == 0 || s.zone(rest)
}

func (s *Stamp) zone(b []byte) bool {
	s.Zoned = true
	switch string(b) {
	case "Z", "z", "UTC", "GMT":
		return true
	}
	if b[0] != '+' && b[0] != '-' {
		return false
	}
	h, at := digits(b, 1, 2)
	m := 0
	if at != 3 || h > 15 {
		return false
	}
	if at < len(b) {
		if b[at] == ':' {
			at++
		}
		from := at
		if m, at = digits(b, at, 2); at-from != 2 || at != len(b) || m > 59 {
			return false
		}
	}
	s.Offset = int64(h)*hour + int64(m)*minute
	if b[0] == '-' {
		s.Offset = -s.Offset
	}
	return true
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dayOf counts the days since 1970-01-01. Years begin in March, so that the leap
// day is the last; a cycle of 400 years has 146,097 days.
func dayOf(y, m, d int) int32 {
	if m <= 2 {
		y--
		m += 12
	}
	cycle := y / 400
	y -= cycle * 400
	return int32(cycle*146097 + y*365 + y/4 - y/100 + (153*(m-3)+2)/5 + d - 1 - 719468)
}
