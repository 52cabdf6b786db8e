package form

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text  string
		comma bool
		want  string // "" if it is none; "12.5 exact" or "0.00001 near"
	}{
		{"0", false, "0 exact"},
		{"12", false, "12 exact"},
		{"-0.5", false, "-0.5 exact"},
		{"+7", false, "7 exact"},
		{".5", false, "0.5 exact"},
		{"5.", false, "5 exact"},
		{"-0", false, "0 exact"},
		{"1.2345", false, "1.2345 exact"},
		{"1.23450000", false, "1.2345 exact"},
		{"1.23456", false, "1.23456 near"},
		{"0.1", false, "0.1 exact"},
		{"900719925474.0992", false, "900719925474.0992 exact"},
		{"900719925474.0993", false, "900719925474.0992 near"},
		{"123456789012345678", false, "123456789012345680 near"},
		{"1234567890123456789012", false, "1234567890123456800000 near"},
		{"1,234.50", false, "1234.5 exact"},
		{"1,234,567", false, "1234567 exact"},
		{"1 234 567.25", false, "1234567.25 exact"},
		{"1'234.5", false, "1234.5 exact"},
		{"1\u00a0234,5", true, "1234.5 exact"},
		{"1\u202f234,5", true, "1234.5 exact"},
		{"1.000,00", true, "1000 exact"},
		{"1.234.567,8", true, "1234567.8 exact"},
		{"1,5", true, "1.5 exact"},
		{"-1,5", true, "-1.5 exact"},
		{"1,234", true, "1.234 exact"},
		{"1,234", false, "1234 exact"},
		{"1.5e3", false, "1500 exact"},
		{"1E-3", false, "0.001 exact"},
		{"1e-7", false, "0.0000001 near"},
		{"1,5e3", true, "1500 exact"},
		{"1.5", true, ""},
		{"1,5", false, ""},
		{"12,34", false, ""},
		{"1,2345", false, ""},
		{"1234,567", false, ""},
		{"1,234,56", false, ""},
		{"1,234 567", false, ""},
		{",234", false, ""},
		{"", false, ""},
		{"-", false, ""},
		{".", false, ""},
		{"--1", false, ""},
		{"1-", false, ""},
		{"12a", false, ""},
		{"1e", false, ""},
		{"1e999", false, ""},
		{"NaN", false, ""},
		{"Inf", false, ""},
		{"0x10", false, ""},
		{"1_000", false, ""},
		{"1..2", false, ""},
		{"1.2.3", false, ""},
		{" 1", false, ""},
		{"١٢", false, ""},
	} {
		n, ok := ParseNumber([]byte(c.text), c.comma)
		got := ""
		if ok {
			got = strconv.FormatFloat(n.Float, 'f', -1, 64) + " near"
			if n.Exact {
				got = strings.TrimSuffix(got, "near") + "exact"
				if f := float64(n.Fixed) / kreds.DecimalScale; f != n.Float {
					t.Errorf("%q: fixed %v and float %v differ", c.text, f, n.Float)
				}
			}
		}
		if got != c.want {
			t.Errorf("%q (comma %v): %q, want %q", c.text, c.comma, got, c.want)
		}
	}
}

// Numbers are those that strconv and exact arithmetic read.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"12", "-0.5", "1,234.5", "1e-3", "900719925474.0993", "0.30000000000000004", "-.0", "99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ParseNumber([]byte(text), true)
		n, ok := ParseNumber([]byte(text), false)
		plain := text != "" && strings.Trim(text, "0123456789.-+eE") == "" && !n.Grouped
		want, err := strconv.ParseFloat(text, 64)
		if !ok {
			// Long texts and exponents of more than three digits are refused.
			if plain && err == nil && len(text) < 30 && !strings.ContainsAny(text, "eE") {
				t.Fatalf("%q is not read", text)
			}
			return
		}
		if plain && (err != nil || n.Float != want) {
			t.Fatalf("%q: %v, want %v (%v)", text, n.Float, want, err)
		}
		if n.Exact && plain {
			r, ok := new(big.Rat).SetString(text)
			if !ok || r.Cmp(big.NewRat(n.Fixed, kreds.DecimalScale)) != 0 {
				t.Fatalf("%q is not exactly %d/10000", text, n.Fixed)
			}
		}
	})
}

func TestParseStamp(t *testing.T) {
	for _, c := range []struct {
		text string
		form Set
		want string // in RFC 3339, a date alone, "" if it is none
	}{
		{"2025-03-01", YMD, "2025-03-01"},
		{"2025-3-1", YMD, "2025-03-01"},
		{"2025/03/01", YMD, "2025-03-01"},
		{"2025.03.01", YMD, "2025-03-01"},
		{"2024-02-29", YMD, "2024-02-29"},
		{"2023-02-29", YMD, ""},
		{"1900-02-29", YMD, ""},
		{"2025-04-31", YMD, ""},
		{"2025-13-01", YMD, ""},
		{"2025-00-01", YMD, ""},
		{"0000-01-01", YMD, ""},
		{"0001-01-01", YMD, "0001-01-01"},
		{"9999-12-31", YMD, "9999-12-31"},
		{"2025-03/01", YMD, ""},
		{"2025-03-01x", YMD, ""},
		{"2025-03-01 ", YMD, ""},
		{"2025-03-01T10:30", YMD, "2025-03-01T10:30:00"},
		{"2025-03-01 10:30:15", YMD, "2025-03-01T10:30:15"},
		{"2025-03-01 1:30", YMD, "2025-03-01T01:30:00"},
		{"2025-03-01T10:30:15.25", YMD, "2025-03-01T10:30:15.25"},
		{"2025-03-01T10:30:15,1234567", YMD, "2025-03-01T10:30:15.123456"},
		{"2025-03-01T10:30:15Z", YMD, "2025-03-01T10:30:15Z"},
		{"2025-03-01T10:30:15+01:00", YMD, "2025-03-01T10:30:15+01:00"},
		{"2025-03-01T10:30:15-0530", YMD, "2025-03-01T10:30:15-05:30"},
		{"2025-03-01 10:30:15 +02", YMD, "2025-03-01T10:30:15+02:00"},
		{"2025-03-01 10:30 UTC", YMD, "2025-03-01T10:30:00Z"},
		{"2025-03-01 24:00", YMD, ""},
		{"2025-03-01 10:60", YMD, ""},
		{"2025-03-01 10", YMD, ""},
		{"2025-03-01 10:3", YMD, ""},
		{"2025-03-01T", YMD, ""},
		{"2025-03-01 10:30 CET", YMD, ""},
		{"01-03-2025", DMY, "2025-03-01"},
		{"1/3/2025", DMY, "2025-03-01"},
		{"1.3.25", DMY, "2025-03-01"},
		{"31-12-99", DMY, "1999-12-31"},
		{"31-12-68", DMY, "2068-12-31"},
		{"01-01-69", DMY, "1969-01-01"},
		{"31-12-2025 kl. 10", DMY, ""},
		{"31-12-2025 10.30", DMY, "2025-12-31T10:30:00"},
		{"13/1/2025", DMY, "2025-01-13"},
		{"1/13/2025", DMY, ""},
		{"1/13/2025", MDY, "2025-01-13"},
		{"12/9/2011 1:05 PM", MDY, "2011-12-09T13:05:00"},
		{"12/9/2011 12:05 am", MDY, "2011-12-09T00:05:00"},
		{"12/9/2011 13:05 PM", MDY, ""},
		{"12/9/201", MDY, ""},
		{"12/9", MDY, ""},
		{"19970101", Compact, "1997-01-01"},
		{"20250301T1030", Compact, ""},
		{"20250301 10:30", Compact, "2025-03-01T10:30:00"},
		{"19971301", Compact, ""},
		{"199701011", Compact, ""},
		{"1 Mar 2025", Named, "2025-03-01"},
		{"1. marts 2025", Named, "2025-03-01"},
		{"01-Mar-25", Named, "2025-03-01"},
		{"March 1, 2025", Named, "2025-03-01"},
		{"Sat, 01 Mar 2025 10:30:15 GMT", Named, "2025-03-01T10:30:15Z"},
		{"31. oktober 2025", Named, "2025-10-31"},
		{"1 Marx 2025", Named, ""},
		{"Mar 2025", Named, ""},
		{"1 2 2025", Named, ""},
		{"874724710", Epoch, "1997-09-20T03:05:10Z"},
		{"1700000000", Epoch, "2023-11-14T22:13:20Z"},
		{"1700000000123", Epoch, "2023-11-14T22:13:20.123Z"},
		{"1700000000123456", Epoch, "2023-11-14T22:13:20.123456Z"},
		{"17000", Epoch, ""},
		{"", YMD, ""},
		{"", DMY, ""},
		{"", Named, ""},
	} {
		s, ok := ParseStamp([]byte(c.text), c.form)
		if got := written(s, ok); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func written(s Stamp, ok bool) string {
	if !ok {
		return ""
	}
	at := kreds.Day(s.Day).Time().Add(time.Duration(s.Micros) * time.Microsecond)
	switch {
	case !s.Timed:
		return at.Format(time.DateOnly)
	case !s.Zoned:
		return at.Format("2006-01-02T15:04:05.999999")
	}
	zone := time.FixedZone("", int(s.Offset/second))
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone).Format(time.RFC3339Nano)
}

// Dates of the forms that the time package writes are those that it reads.
func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2025-03-01", "2025-03-01T10:30:15Z", "19970101", "31-12-2025", "12/9/2011 1:05 PM", "1 Mar 2025", "1700000000", "2025-03-01 10:30:15.25+02:00"} {
		f.Add(s)
	}
	layouts := []struct {
		layout string
		form   Set
		zoned  bool
	}{
		{time.DateOnly, YMD, false},
		{time.DateTime, YMD, false},
		{time.RFC3339, YMD, true},
		{"2006-01-02T15:04:05", YMD, false},
		{"20060102", Compact, false},
		{"02-01-2006", DMY, false},
		{"01/02/2006", MDY, false},
		{"2 Jan 2006", Named, false},
	}
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		for form := Point; form <= Place; form <<= 1 {
			ParseStamp(b, form)
		}
		var v Votes
		v.Add(b)
		for _, l := range layouts {
			at, err := time.Parse(l.layout, text)
			if err != nil || at.Year() < 1 {
				continue
			}
			if _, offset := at.Zone(); offset < -15*3600 || offset > 15*3600 || strings.ContainsAny(text, "zt") {
				continue
			}
			s, ok := ParseStamp(b, l.form)
			if !ok {
				t.Fatalf("%q is not read as %s", text, l.layout)
			}
			got := int64(s.Day)*day + s.Micros - s.Offset
			if got != at.UnixMicro() || s.Zoned != l.zoned {
				t.Fatalf("%q: %s, want %s", text, written(s, ok), at)
			}
			if d, micros, ok := ISO(b); ok && l.form == YMD && !l.zoned && (d != s.Day || micros != s.Micros) {
				t.Fatalf("%q: ISO reads it otherwise", text)
			}
		}
		if d, micros, ok := ISO(b); ok {
			if s, ok := ParseStamp(b, YMD); !ok || s.Day != d || s.Micros != micros {
				t.Fatalf("%q: only ISO reads it", text)
			}
		}
	})
}

// Local times are those of the calendar, also where clocks are changed.
func TestClock(t *testing.T) {
	for _, zone := range []string{"Europe/Copenhagen", "UTC", "America/Sao_Paulo", "Pacific/Apia", "America/New_York"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := NewClock(segment.NewCalendar(loc))
		begin := dayOf(2009, 1, 1)
		for d := begin; d < begin+366*12; d++ {
			for h := range int64(24) {
				s := Stamp{Day: d, Micros: h*hour + 30*minute, Timed: true}
				got := c.Instant(s).Time().In(loc)
				// The first instant at or after the local time.
				want := first(loc, int64(d)*day+s.Micros)
				if !got.Equal(want) {
					t.Fatalf("%s: %s %d:30 is %s, want %s", zone, kreds.Day(d), h, got, want)
				}
			}
		}
	}
}

// first finds the first instant whose local time is at or after the given one.
func first(loc *time.Location, local int64) time.Time {
	for at := time.UnixMicro(local - 26*hour); ; {
		_, offset := at.In(loc).Zone()
		_, end := at.In(loc).ZoneBounds()
		found := time.UnixMicro(local - int64(offset)*second)
		if found.Before(at) {
			found = at
		}
		if end.IsZero() || found.Before(end) {
			return found
		}
		at = end
	}
}

func TestTally(t *testing.T) {
	for _, c := range []struct {
		texts string
		fits  Set
	}{
		{"1|2|3", Point | Comma},
		{"1.5|2", Point},
		{"1,5|2", Comma},
		{"1.234|12", Point | Comma},
		{"007|12", 0},
		{"+4512345678", 0},
		{"12345678901234567890", 0},
		{"true|FALSE", TrueFalse},
		{"yes|No", YesNo},
		{"ja|nej", JaNej},
		{"yes|nej", 0},
		{"0|1", Point | Comma},
		{"19970101|20250301", Point | Comma | Compact},
		{"19970101|20251301", Point | Comma},
		{"99990101", Point | Comma},
		{"2025-03-01", YMD},
		{"01-03-2025|31-03-2025", DMY},
		{"01-03-2025|03-31-2025", MDY},
		{"13-03-2025|03-31-2025", 0},
		{"3/1/2025", DMY | MDY},
		{"3/31/2025", MDY},
		{`["a"]|[]`, JSON},
		{`[1, true, "x"]`, JSON},
		{`[{}]`, 0},
		{`["a"`, 0},
		{"55.676, 12.568", Place},
		{"(55.676,12.568)", Place},
		{"95.1, 12.5", 0},
		{"1|a", 0},
		{"NA|1||NULL|N/A", Point | Comma},
		{"-|1", Point | Comma},
		{"", every},
		{"-|NA", every},
	} {
		tally := NewTally()
		for v := range strings.SplitSeq(c.texts, "|") {
			tally.Add([]byte(v))
		}
		if got := tally.Fits; got != c.fits {
			t.Errorf("%s fits %b, want %b", c.texts, got, c.fits)
		}
	}
}

func TestAppendText(t *testing.T) {
	for _, c := range [][2]string{{"abc", "abc"}, {"Ærø", "Ærø"}, {"e\u0301", "é"}, {"x e\u0301", "x é"}, {"\u0301", "\u0301"}, {"👩‍🚀", "👩‍🚀"}} {
		if got := string(AppendText([]byte("e"), []byte(c[0]))); got != "e"+c[1] {
			t.Errorf("%q: %q", c[0], got)
		}
	}
}

func TestAppendList(t *testing.T) {
	for _, c := range [][2]string{{`["a", "b"]`, `["a","b"]`}, {` [1.50, true] `, `["1.50","true"]`}, {`["e\u0301<"]`, `["é<"]`}, {`[]`, `[]`}, {`["a"] x`, ""}, {`"a"`, ""}, {`[null]`, ""}, {"", ""}} {
		got, ok := AppendList(nil, []byte(c[0]))
		if !ok && len(got) > 0 || string(got) != c[1] {
			t.Errorf("%q: %q, %v", c[0], got, ok)
		}
	}
}

func TestVotes(t *testing.T) {
	var v Votes
	for _, s := range []string{"13/1/2025", "1/2/2025", "no date", "", "NA"} {
		v.Add([]byte(s))
	}
	best, n := v.Best(Dates)
	if diff := cmp.Diff(fmt.Sprint(DMY, 2), fmt.Sprint(best, n)); diff != "" {
		t.Error(diff)
	}
}
