package segment

import (
	"testing"
	"time"

	"github.com/kreds/kreds"
)

func copenhagen(t testing.TB) *Calendar {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	return NewCalendar(loc)
}

func zone(t testing.TB, name string) *Calendar {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return NewCalendar(loc)
}

// utc reads an instant in UTC.
func utc(t testing.TB, s string) kreds.Instant {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05.999999", s)
	if err != nil {
		t.Fatal(err)
	}
	return kreds.InstantOf(at)
}

func TestCivilIsTheGregorianCalendar(t *testing.T) {
	for d := kreds.Day(-800000); d < 800000; d += 7 {
		at := d.Time()
		y, m, day := civil(d)
		if y != at.Year() || m != int(at.Month()) || day != at.Day() {
			t.Fatalf("civil(%d) = %d-%d-%d, want %s", d, y, m, day, at)
		}
		if back := dayOf(int64(y), m, day); back != d {
			t.Fatalf("dayOf(%d-%d-%d) = %d, want %d", y, m, day, back, d)
		}
		if w := (int(at.Weekday())+6)%7 + 1; weekdayOf(d) != w {
			t.Fatalf("weekdayOf(%s) = %d, want %d", at, weekdayOf(d), w)
		}
	}
}

func TestMidnightAgreesWithTheTimePackage(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"} {
		c := zone(t, name)
		for d := dayOf(1890, 1, 1); d < dayOf(2110, 1, 1); d++ {
			y, m, day := civil(d)
			want := kreds.InstantOf(time.Date(y, time.Month(m), day, 0, 0, 0, 0, c.loc))
			got := c.Midnight(d)
			if got != want {
				t.Fatalf("%s: Midnight(%s) = %s, want %s", name, d, got.Time(), want.Time())
			}
			if c.DayOf(got) != d || c.DayOf(got-1) != d-1 {
				t.Fatalf("%s: DayOf about the midnight of %s is %s and %s", name, d, c.DayOf(got), c.DayOf(got-1))
			}
		}
	}
}

func TestMidnightThatDoesNotExist(t *testing.T) {
	// Summer time in São Paulo began at midnight.
	c := zone(t, "America/Sao_Paulo")
	d := dayOf(2018, 11, 4)
	if got, want := c.Midnight(d), utc(t, "2018-11-04T03:00:00"); got != want {
		t.Errorf("Midnight = %s, want %s", got.Time(), want.Time())
	}
	// The day after has its ordinary midnight, also when counted from there.
	iv, _ := c.Interval(&Window{Kind: WindowToday}, c.Midnight(d)+1, nil)
	if want := utc(t, "2018-11-05T02:00:00"); iv.Before != want {
		t.Errorf("the day ends at %s, want %s", iv.Before.Time(), want.Time())
	}
}

func TestAdd(t *testing.T) {
	c := copenhagen(t)
	for _, tc := range []struct {
		at   string // UTC
		n    int
		unit Unit
		want string
	}{
		{"2025-01-31T11:00:00", 1, Month, "2025-02-28T11:00:00"},
		{"2024-01-31T11:00:00", 1, Month, "2024-02-29T11:00:00"},
		{"2024-02-29T11:00:00", 1, Year, "2025-02-28T11:00:00"},
		{"2024-02-29T11:00:00", -4, Year, "2020-02-29T11:00:00"},
		{"2025-03-31T10:00:00", -1, Month, "2025-02-28T11:00:00"},
		{"2025-05-31T10:00:00", -1, Quarter, "2025-02-28T11:00:00"},
		{"2025-01-31T11:00:00", 3, Month, "2025-04-30T10:00:00"}, // at once: not by way of 28 February
		// Summer time begins on 30 March 2025 at 02:00 local: the day has 23 hours.
		{"2025-03-29T11:00:00", 1, Day, "2025-03-30T10:00:00"},
		{"2025-03-29T11:00:00", 24, Hour, "2025-03-30T11:00:00"},
		// 02:30 does not exist then: the next instant that does is 03:00.
		{"2025-03-29T01:30:00", 1, Day, "2025-03-30T01:00:00"},
		{"2025-03-31T00:30:00", -1, Day, "2025-03-30T01:00:00"},
		{"2025-02-28T01:30:00", 1, Month, "2025-03-28T01:30:00"},
		// Summer time ends on 26 October 2025 at 03:00: 02:30 comes twice.
		{"2025-10-25T00:30:00", 1, Day, "2025-10-26T00:30:00"},
		{"2025-10-27T01:30:00", -1, Day, "2025-10-26T00:30:00"},
		{"2025-10-26T01:30:00", 0, Day, "2025-10-26T01:30:00"},
		{"2025-10-26T01:30:00", 1, Week, "2025-11-02T01:30:00"},
		{"2025-10-25T22:00:00", 1, Day, "2025-10-26T23:00:00"},
	} {
		got := c.Add(utc(t, tc.at), tc.n, tc.unit)
		if got != utc(t, tc.want) {
			t.Errorf("%s %+d %s = %s, want %s", tc.at, tc.n, tc.unit, got.Time(), tc.want)
		}
	}
}

func TestAddStaysWithinTheInstants(t *testing.T) {
	c := copenhagen(t)
	for _, u := range []Unit{Hour, Day, Week, Month, Quarter, Year} {
		for _, at := range []kreds.Instant{kreds.MinInstant, kreds.MinInstant + 1, 0, kreds.MaxInstant - 1, kreds.MaxInstant} {
			for _, n := range []int{-1 << 30, -MaxSpan, -1, 1, MaxSpan, 1 << 30} {
				got := c.Add(at, n, u)
				if n > 0 && got < at || n < 0 && got > at {
					// Local times near the ends cannot be told from them.
					if at > kreds.MinInstant+1 && at < kreds.MaxInstant-1 {
						t.Errorf("%d %+d %s = %d", at, n, u, got)
					}
				}
			}
			c.Floor(at, u)
			c.Parts(at)
		}
	}
}

func TestFloor(t *testing.T) {
	c := copenhagen(t)
	for _, tc := range []struct {
		unit Unit
		want string
	}{
		{Hour, "2025-08-14T12:00:00"},
		{Day, "2025-08-13T22:00:00"},
		{Week, "2025-08-10T22:00:00"}, // Monday 11 August
		{Month, "2025-07-31T22:00:00"},
		{Quarter, "2025-06-30T22:00:00"},
		{Year, "2024-12-31T23:00:00"},
	} {
		if got := c.Floor(utc(t, "2025-08-14T12:34:56.7"), tc.unit); got != utc(t, tc.want) {
			t.Errorf("Floor %s = %s, want %s", tc.unit, got.Time(), tc.want)
		}
	}
	kathmandu := zone(t, "Asia/Kathmandu") // UTC+05:45
	if got := kathmandu.Floor(utc(t, "2025-08-14T12:34:00"), Hour); got != utc(t, "2025-08-14T12:15:00") {
		t.Errorf("Floor hour in Kathmandu = %s", got.Time())
	}
}

func TestParts(t *testing.T) {
	c := copenhagen(t)
	y, m, w, h := c.Parts(utc(t, "2025-08-31T22:30:00"))
	if y != 2025 || m != 9 || w != 1 || h != 0 {
		t.Errorf("Parts = %d %d %d %d, want 2025 9 1 0", y, m, w, h)
	}
}

func TestParseAsOf(t *testing.T) {
	c := copenhagen(t)
	for _, tc := range []struct{ text, want string }{
		{"2011-12-09", "2011-12-09T23:00:00"},
		{"2025-03-29", "2025-03-29T23:00:00"},
		{"2025-07-01", "2025-07-01T22:00:00"},
		{"2011-12-09T10:00", "2011-12-09T09:00:00"},
		{" 2011-12-09 10:00:30 ", "2011-12-09T09:00:30"},
		{"2011-12-09T10:00:00Z", "2011-12-09T10:00:00"},
		{"2011-12-09T10:00:00.000001+02:00", "2011-12-09T08:00:00.000001"},
		{"2025-03-30T02:30", "2025-03-30T01:00:00"},
		{"2025-10-26T02:30", "2025-10-26T00:30:00"},
	} {
		got, err := c.ParseAsOf(tc.text)
		if err != nil || got != utc(t, tc.want) {
			t.Errorf("ParseAsOf(%q) = %s, %v, want %s", tc.text, got.Time(), err, tc.want)
		}
	}
	for _, bad := range []string{"", "2011", "2011-12", "2011-13-01", "2011-02-29", "9/12/2011", "2011-12-09T25:00", "2011-12-09X10:00", "2011-Q1", "now", "2011-12-09T10:00:00.0000001Z"} {
		_, err := c.ParseAsOf(bad)
		if kreds.CodeOf(err) != kreds.CodeInvalid || kreds.HintOf(err) == "" {
			t.Errorf("ParseAsOf(%q) = %v, want an error with a hint", bad, err)
		}
	}
}

// FuzzParseAsOf: nothing panics, what is refused says what to write, and what is
// read is the same again from its own text.
func FuzzParseAsOf(f *testing.F) {
	for _, s := range []string{
		"2011-12-09", "2011-12-09T10:00", " 2011-12-09 10:00:30 ", "2011-12-09T10:00:00.000001+02:00", "2025-03-30T02:30", "9999-12-31", "0001-01-01",
		"2011-13-01", "2011-12-09T25:00", "2011-Q1", "", "now", "2011-12-09T10:00:00+99:99", "-292-01-01T00:00", "2011-12-09T10:00:00.9999999Z",
	} {
		f.Add(s)
	}
	c := copenhagen(f)
	f.Fuzz(func(t *testing.T, text string) {
		at, err := c.ParseAsOf(text)
		if err != nil {
			if kreds.CodeOf(err) != kreds.CodeInvalid || kreds.HintOf(err) == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		written := at.Time().Format(time.RFC3339Nano)
		if again, err := c.ParseAsOf(written); err != nil || again != at {
			t.Fatalf("%q is %s, which is read as %v %v", text, written, again.Time(), err)
		}
	})
}

func BenchmarkMidnight(b *testing.B) {
	c := copenhagen(b)
	d := dayOf(2011, 12, 9)
	for i := 0; b.Loop(); i++ {
		c.Midnight(d + kreds.Day(i&1023))
	}
}

func BenchmarkAddMonth(b *testing.B) {
	c := copenhagen(b)
	at := c.Midnight(dayOf(2011, 12, 9))
	for i := 0; b.Loop(); i++ {
		c.Add(at, -i&31, Month)
	}
}
