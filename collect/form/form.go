// Package form reads values from text: numbers, dates, instants, booleans, lists
// and places in the forms that people and programs write. A Tally tells which
// forms all texts of a column fit; choosing among them is package collect's.
package form

import (
	"strings"

	"github.com/kreds/kreds"
)

// Set is a set of forms.
type Set uint32

// The forms that a text can have. A date form holds with a time of day as well.
const (
	Point     Set = 1 << iota // a number with a decimal point
	Comma                     // a number with a decimal comma
	TrueFalse                 // true, false; sand, falsk
	YesNo                     // yes, no
	JaNej                     // ja, nej
	YMD                       // 2025-03-01
	DMY                       // 01-03-2025
	MDY                       // 03/01/2025
	Compact                   // 20250301
	Named                     // 1 Mar 2025
	Epoch                     // seconds, milliseconds or microseconds since 1970
	JSON                      // ["a", "b"]
	Place                     // 55.676, 12.568

	every = 1<<iota - 1
)

// Groups of forms.
const (
	Numbers  = Point | Comma
	Booleans = TrueFalse | YesNo | JaNej
	Dates    = YMD | DMY | MDY | Compact | Named | Epoch
)

// Fact is something that at least one text of a column shows.
type Fact uint16

// The facts.
const (
	SawTime      Fact = 1 << iota // a time of day
	SawZone                       // a time zone
	SawSeparator                  // a number with a decimal sign or grouping
	SawInexact                    // a number of more than four decimals, or too large to be exact
	SawShortYear                  // a year of two digits
	SawMarker                     // a word that means a missing value
)

// Tally is what is known of the texts of a column.
type Tally struct {
	Fits    Set  // the forms that all known texts fit; every form if there are none
	Saw     Fact // what some texts show
	Known   int64
	Missing int64
	// Doubtful counts dashes and the like: missing among numbers, dates and
	// booleans, texts among texts.
	Doubtful int64
}

// NewTally returns the tally of no texts.
func NewTally() Tally { return Tally{Fits: every} }

// Merge adds the texts of another tally.
func (t *Tally) Merge(o Tally) {
	t.Fits &= o.Fits
	t.Saw |= o.Saw
	t.Known += o.Known
	t.Missing += o.Missing
	t.Doubtful += o.Doubtful
}

// Add counts a text.
func (t *Tally) Add(b []byte) {
	switch MissingOf(b) {
	case Absent:
		t.Missing++
		return
	case Marked:
		t.Missing++
		t.Saw |= SawMarker
		return
	case Doubtful:
		t.Doubtful++
		return
	}
	t.Known++
	if t.Fits == 0 {
		return
	}
	b = Trim(b)
	fits := Set(0)
	switch c := b[0]; {
	case c >= '0' && c <= '9' || c == '-' || c == '.' || c == '+':
		fits = t.number(b) | t.date(b)
		if t.Fits&Place != 0 {
			if _, ok := ParsePlace(b); ok {
				fits |= Place
			}
		}
	case c == '[':
		if t.Fits&JSON != 0 {
			if _, ok := AppendList(nil, b); ok {
				fits = JSON
			}
		}
	case c == '(':
		if _, ok := ParsePlace(b); ok {
			fits = Place
		}
	default:
		if _, words := ParseBoolean(b); words != 0 {
			fits = words
		} else if t.Fits&Named != 0 {
			fits = t.date(b)
		}
	}
	t.Fits &= fits
}

func (t *Tally) number(b []byte) (fits Set) {
	if t.Fits&Numbers == 0 || b[0] == '+' || LeadingZero(b) {
		return 0
	}
	for _, f := range [...]Set{Point, Comma} {
		n, ok := ParseNumber(b, f == Comma)
		if !ok || n.Whole && !n.Exact && (n.Float > 1<<53 || n.Float < -(1<<53)) {
			continue // digits of a name would be lost
		}
		fits |= f
		if !n.Whole || n.Grouped {
			t.Saw |= SawSeparator
		}
		if !n.Exact {
			t.Saw |= SawInexact
		}
	}
	return fits
}

func (t *Tally) date(b []byte) (fits Set) {
	for f := YMD; f <= Epoch; f <<= 1 {
		if t.Fits&f == 0 {
			continue
		}
		s, ok := ParseStamp(b, f)
		if !ok || f == Compact && (s.Year < 1900 || s.Year > 2100) {
			continue
		}
		fits |= f
		if f == Epoch {
			continue
		}
		if s.Timed {
			t.Saw |= SawTime
		}
		if s.Zoned {
			t.Saw |= SawZone
		}
		if s.Short {
			t.Saw |= SawShortYear
		}
	}
	return fits
}

// Has reports whether a text is a number or a date of one form.
func Has(b []byte, f Set) bool {
	var ok bool
	switch {
	case f&Numbers != 0:
		_, ok = ParseNumber(b, f == Comma)
	case f&Dates != 0:
		_, ok = ParseStamp(b, f)
	}
	return ok
}

// Absence says whether a text stands for a missing value.
type Absence uint8

// The answers.
const (
	Present  Absence = iota
	Absent           // empty or white space
	Marked           // NA, N/A, NULL and the like
	Doubtful         // "-", "?", "None", "NaN": missing among values of other types than text
)

// MissingOf tells whether a text stands for a missing value.
func MissingOf(b []byte) Absence {
	if len(b) > 6 {
		if b[0] > ' ' {
			return Present
		}
		if len(Trim(b)) == 0 {
			return Absent
		}
		return Present
	}
	if len(b) > 0 && b[0] > ' ' && b[0] != '#' && b[0] != '-' && b[0] != '?' && b[0] != '\\' && b[0] != '.' && b[0]|0x20 != 'n' {
		return Present
	}
	switch string(Trim(b)) {
	case "":
		return Absent
	case "NA", "N/A", "n/a", "#N/A", "#NA", "NULL", "null", "Null", `\N`:
		return Marked
	case "-", "--", "?", ".", "None", "none", "NaN", "nan", "NAN", "na":
		return Doubtful
	}
	return Present
}

// Trim returns b without white space of ASCII around it.
func Trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] >= '\t' && b[0] <= '\r') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] >= '\t' && b[len(b)-1] <= '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// ParseBoolean reads a boolean word, without regard to case; words is the pair
// that it belongs to, 0 if to none.
func ParseBoolean(b []byte) (value bool, words Set) {
	if len(b) < 2 || len(b) > 5 {
		return false, 0
	}
	var low [5]byte
	for i, c := range b {
		low[i] = c | 0x20
	}
	switch string(low[:len(b)]) {
	case "true", "sand":
		return true, TrueFalse
	case "false", "falsk":
		return false, TrueFalse
	case "yes":
		return true, YesNo
	case "no":
		return false, YesNo
	case "ja":
		return true, JaNej
	case "nej":
		return false, JaNej
	}
	return false, 0
}

// ParsePlace reads latitude and longitude in degrees, as "55.676, 12.568" with
// or without parentheses.
func ParsePlace(b []byte) (kreds.Point, bool) {
	b = Trim(b)
	if len(b) > 1 && b[0] == '(' && b[len(b)-1] == ')' {
		b = b[1 : len(b)-1]
	}
	at := -1
	for i, c := range b {
		if c == ',' {
			if at >= 0 {
				return kreds.Point{}, false
			}
			at = i
		}
	}
	if at < 0 {
		return kreds.Point{}, false
	}
	lat, ok := degrees(b[:at])
	lon, ok2 := degrees(b[at+1:])
	if !ok || !ok2 || !OnEarth(lat, lon) {
		return kreds.Point{}, false
	}
	return kreds.PointOf(lat, lon), true
}

// OnEarth reports whether latitude and longitude are within their bounds.
func OnEarth(lat, lon float64) bool {
	return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
}

// degrees reads one coordinate, which has a decimal point: "1,234" is no place.
func degrees(b []byte) (float64, bool) {
	b = Trim(b)
	point := false
	for _, c := range b {
		point = point || c == '.'
	}
	n, ok := ParseNumber(b, false)
	return n.Float, ok && point && !n.Grouped
}

// DeclaredBoolean reads words of a column that is said to be boolean: 1 and 0, y
// and n, t and f, j and the Danish and English words in full. Words is every pair
// if it is one.
func DeclaredBoolean(b []byte) (value bool, words Set) {
	if len(b) > 6 {
		return false, 0
	}
	switch strings.ToLower(string(b)) {
	case "1", "y", "t", "j", "sandt", "on":
		return true, Booleans
	case "0", "n", "f", "off":
		return false, Booleans
	}
	return false, 0
}
