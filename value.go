package kreds

import (
	"math"
	"time"
)

// Type is the type of a trait, a property or a value.
type Type uint8

// The types. Unknown is the type of a missing value; Span is the type of a
// duration, which only literals and "median gap" have.
const (
	Unknown Type = iota
	Number
	Text
	Boolean
	Date
	Instants
	List
	Location
	Span
)

var typeNames = [...]string{"unknown", "number", "text", "boolean", "date", "instant", "list", "location", "duration"}

// String returns the name of the type in the words of the language.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// ParseType is the inverse of Type.String.
func ParseType(s string) (Type, bool) {
	for i, n := range typeNames {
		if n == s {
			return Type(i), true
		}
	}
	return Unknown, false
}

// Instant is a point in time: microseconds since 1970-01-01T00:00:00Z.
type Instant int64

// The ends of time, for windows without a beginning or an end.
const (
	MinInstant Instant = math.MinInt64
	MaxInstant Instant = math.MaxInt64
)

// InstantOf returns the instant of t, cut to microseconds.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns the instant in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Day is a date without time: days since 1970-01-01.
type Day int32

// DayOf returns the day of a civil date; out-of-range months and days carry
// over as in time.Date.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time returns the day's midnight in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns the day as 2006-01-02.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Point is a place on Earth in degrees times 10⁷ (WGS84), exact to about a
// centimetre.
type Point struct{ Lat, Lon int32 }

// PointOf rounds degrees to a Point. Latitude must be within ±90, longitude
// within ±180.
func PointOf(lat, lon float64) Point {
	return Point{int32(math.Round(lat * 1e7)), int32(math.Round(lon * 1e7))}
}

// Pack returns the point as one integer; Unpack is the inverse.
func (p Point) Pack() int64 { return int64(p.Lat)<<32 | int64(uint32(p.Lon)) }

// Unpack is the inverse of Point.Pack.
func Unpack(v int64) Point { return Point{int32(v >> 32), int32(uint32(v))} }

// Degrees returns latitude and longitude in degrees.
func (p Point) Degrees() (lat, lon float64) { return float64(p.Lat) / 1e7, float64(p.Lon) / 1e7 }

// DecimalScale is the factor of exact numbers: they are stored as integers
// times 10⁴.
const DecimalScale = 10000

// MaxDecimal bounds the stored integer of an exact number, so that its float64
// is the nearest one to the decimal: |v| ≤ 2⁵³.
const MaxDecimal = 1 << 53

// Value is one typed value; the field that the type names holds it. The zero
// Value is unknown.
type Value struct {
	Type    Type
	Num     float64 // Number; Span in seconds
	Text    string  // Text
	Bool    bool    // Boolean
	Day     Day     // Date
	Instant Instant // Instants
	List    []string
	Point   Point // Location
}
