package segment

import (
	"testing"

	"github.com/kreds/kreds"
)

// day is a date literal of a test.
func day(t testing.TB, s string) *DateValue {
	t.Helper()
	d, ok := parseDate(s)
	if !ok {
		t.Fatalf("no date: %s", s)
	}
	return d
}

// local is the instant of a local time, -inf or +inf.
func local(t testing.TB, c *Calendar, s string) kreds.Instant {
	t.Helper()
	switch s {
	case "-inf":
		return kreds.MinInstant
	case "+inf":
		return kreds.MaxInstant
	}
	if len(s) == 10 {
		s += "T00:00"
	}
	at, err := c.ParseAsOf(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestInterval(t *testing.T) {
	c := copenhagen(t)
	trait := &Path{Name: "signup"}
	values := map[string]kreds.Value{}
	val := func(p *Path) (kreds.Value, bool) {
		if p == nil {
			return kreds.Value{Type: kreds.Instants, Instant: local(t, c, "2011-03-05T12:00")}, true
		}
		v, ok := values[p.Name]
		return v, ok
	}
	values["signup"] = kreds.Value{Type: kreds.Date, Day: kreds.DayOf(2011, 5, 1)}
	values["seen"] = kreds.Value{Type: kreds.Instants, Instant: local(t, c, "2011-05-01T10:00")}

	for _, tc := range []struct {
		name         string
		w            Window
		asOf         string
		from, before string
		dFrom, dBef  string // for dates; "" means the same
	}{
		{
			"within last 7 days",
			Window{Kind: WindowLast, N: 7, Unit: Day},
			"2011-12-10",
			"2011-12-03", "2011-12-10", "", "",
		},
		{
			"within last 7 days at noon",
			Window{Kind: WindowLast, N: 7, Unit: Day},
			"2011-12-09T12:00",
			"2011-12-02T12:00", "2011-12-09T12:00", "2011-12-03", "2011-12-10",
		},
		{
			"within last 1 month at the end of one",
			Window{Kind: WindowLast, N: 1, Unit: Month},
			"2011-03-31",
			"2011-02-28", "2011-03-31", "", "",
		},
		{
			"within last 24 hours over summer time",
			Window{Kind: WindowLast, N: 24, Unit: Hour},
			"2025-03-31",
			"2025-03-29T23:00", "2025-03-31", "", "",
		},
		{
			"within last 1 day over summer time",
			Window{Kind: WindowLast, N: 1, Unit: Day},
			"2025-03-31",
			"2025-03-30", "2025-03-31", "", "",
		},
		{
			"within last 2 whole months",
			Window{Kind: WindowLast, N: 2, Unit: Month, Whole: true},
			"2011-12-09T12:00",
			"2011-10-01", "2011-12-01", "", "",
		},
		{
			"within last 2 whole months that end now",
			Window{Kind: WindowLast, N: 2, Unit: Month, Whole: true},
			"2012-01-01",
			"2011-11-01", "2012-01-01", "", "",
		},
		{
			"within last 1 whole hours",
			Window{Kind: WindowLast, N: 1, Unit: Hour, Whole: true},
			"2011-12-09T12:30",
			"2011-12-09T11:00", "2011-12-09T12:00", "", "",
		},
		{
			"within next 3 days",
			Window{Kind: WindowNext, N: 3, Unit: Day},
			"2011-12-09T12:00",
			"2011-12-09T12:00", "2011-12-12T12:00", "2011-12-09", "2011-12-12",
		},
		{
			"within next 3 days at midnight",
			Window{Kind: WindowNext, N: 3, Unit: Day},
			"2011-12-10",
			"2011-12-10", "2011-12-13", "", "",
		},
		{
			"within next 1 whole weeks",
			Window{Kind: WindowNext, N: 1, Unit: Week, Whole: true},
			"2011-12-09T12:00",
			"2011-12-12", "2011-12-19", "", "",
		},
		{
			"within next 1 whole months from one's begin",
			Window{Kind: WindowNext, N: 1, Unit: Month, Whole: true},
			"2012-01-01",
			"2012-01-01", "2012-02-01", "", "",
		},
		{
			"between days",
			Window{Kind: WindowBetween, D: day(t, "2011-11-01"), E: day(t, "2011-11-30")},
			"2011-12-10",
			"2011-11-01", "2011-12-01", "", "",
		},
		{
			"between months",
			Window{Kind: WindowBetween, D: day(t, "2011-10"), E: day(t, "2011-11")},
			"2011-12-10",
			"2011-10-01", "2011-12-01", "", "",
		},
		{
			"before a day",
			Window{Kind: WindowBefore, D: day(t, "2011-11-05")},
			"2011-12-10",
			"-inf", "2011-11-05", "", "",
		},
		{
			"after a year",
			Window{Kind: WindowAfter, D: day(t, "2010")},
			"2011-12-10",
			"2011-01-01", "+inf", "", "",
		},
		{
			"after an instant",
			Window{Kind: WindowAfter, D: day(t, "2011-11-05T10:00")},
			"2011-12-10",
			"2011-11-05T10:00:00.000001", "+inf", "2011-11-06", "+inf",
		},
		{
			"before an instant",
			Window{Kind: WindowBefore, D: day(t, "2011-11-05T10:00")},
			"2011-12-10",
			"-inf", "2011-11-05T10:00", "-inf", "2011-11-05",
		},
		{
			"on a day",
			Window{Kind: WindowOn, D: day(t, "2011-11-05")},
			"2011-12-10",
			"2011-11-05", "2011-11-06", "", "",
		},
		{
			"in a quarter",
			Window{Kind: WindowIn, D: day(t, "2011-Q4")},
			"2011-12-10",
			"2011-10-01", "2012-01-01", "", "",
		},
		{
			"today at midnight is the day before",
			Window{Kind: WindowToday},
			"2012-01-01",
			"2011-12-31", "2012-01-01", "", "",
		},
		{"today", Window{Kind: WindowToday}, "2011-12-31T10:00", "2011-12-31", "2012-01-01", "", ""},
		{"yesterday", Window{Kind: WindowYesterday}, "2012-01-01", "2011-12-30", "2011-12-31", "", ""},
		{"tomorrow", Window{Kind: WindowTomorrow}, "2012-01-01", "2012-01-01", "2012-01-02", "", ""},
		{"this month", Window{Kind: WindowThis, Unit: Month}, "2012-01-01", "2011-12-01", "2012-01-01", "", ""},
		{"last month", Window{Kind: WindowPrevious, Unit: Month}, "2012-01-01", "2011-11-01", "2011-12-01", "", ""},
		{"next week", Window{Kind: WindowFollowing, Unit: Week}, "2011-12-11T10:00", "2011-12-12", "2011-12-19", "", ""},
		{"this hour", Window{Kind: WindowThis, Unit: Hour}, "2011-12-11T10:00", "2011-12-11T09:00", "2011-12-11T10:00", "", ""},
		{
			"more than 30 days ago",
			Window{Kind: WindowMoreThan, N: 30, Unit: Day},
			"2011-12-09T12:00",
			"-inf", "2011-11-09T12:00", "-inf", "2011-11-10",
		},
		{
			"more than 30 days ahead",
			Window{Kind: WindowMoreThan, N: 30, Unit: Day, Ahead: true},
			"2011-12-09T12:00",
			"2012-01-08T12:00", "+inf", "2012-01-08", "+inf",
		},
		{
			"from 90 to 30 days ago",
			Window{Kind: WindowFromTo, N: 90, To: 30, Unit: Day},
			"2011-12-10",
			"2011-09-11", "2011-11-10", "", "",
		},
		{
			"from 1 to 2 weeks ahead",
			Window{Kind: WindowFromTo, N: 2, To: 1, Unit: Week, Ahead: true},
			"2011-12-10",
			"2011-12-17", "2011-12-24", "", "",
		},
		{
			"within first 30 days",
			Window{Kind: WindowFirst, N: 30, Unit: Day},
			"2011-12-10",
			"2011-03-05T12:00", "2011-04-04T12:00", "2011-03-05", "2011-04-04",
		},
		{
			"within first 30 days after a date",
			Window{Kind: WindowFirst, N: 30, Unit: Day, After: trait},
			"2011-12-10",
			"2011-05-01", "2011-05-31", "", "",
		},
		{
			"after a date trait",
			Window{Kind: WindowAfter, D: &DateValue{Kind: DateTrait, Path: trait}},
			"2011-12-10",
			"2011-05-02", "+inf", "", "",
		},
		{
			"on an instant trait",
			Window{Kind: WindowOn, D: &DateValue{Kind: DateTrait, Path: &Path{Name: "seen"}}},
			"2011-12-10",
			"2011-05-01T10:00", "2011-05-01T10:00:00.000001", "2011-05-01", "2011-05-02",
		},
		{
			"on 30 days ago",
			Window{Kind: WindowOn, D: &DateValue{Kind: DateAgo, N: 30, Unit: Day}},
			"2011-12-10",
			"2011-11-09", "2011-11-10", "", "",
		},
		{
			"before 2 hours ago",
			Window{Kind: WindowBefore, D: &DateValue{Kind: DateAgo, N: 2, Unit: Hour}},
			"2011-12-10T12:00",
			"-inf", "2011-12-10T10:00", "-inf", "2011-12-10",
		},
		{
			"on 1 month ahead",
			Window{Kind: WindowOn, D: &DateValue{Kind: DateAhead, N: 1, Unit: Month}},
			"2012-02-01",
			"2012-02-29", "2012-03-01", "", "",
		},
		{
			"on today",
			Window{Kind: WindowOn, D: &DateValue{Kind: DateToday}},
			"2012-02-01",
			"2012-01-31", "2012-02-01", "", "",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asOf := local(t, c, tc.asOf)
			got, ok := c.Interval(&tc.w, asOf, val)
			want := Interval{local(t, c, tc.from), local(t, c, tc.before)}
			if !ok || got != want {
				t.Errorf("instants: %s, want %s", show(c, got), show(c, want))
			}
			if tc.dFrom != "" {
				want = Interval{local(t, c, tc.dFrom), local(t, c, tc.dBef)}
			}
			got, ok = c.DateInterval(&tc.w, asOf, val)
			if !ok || got != want {
				t.Errorf("dates: %s, want %s", show(c, got), show(c, want))
			}
			perProfile := tc.w.Kind == WindowFirst || tc.w.D != nil && tc.w.D.Kind == DateTrait
			if tc.w.PerProfile() != perProfile {
				t.Errorf("PerProfile = %v", tc.w.PerProfile())
			}
			if _, ok := c.Interval(&tc.w, asOf, nil); ok == perProfile {
				t.Errorf("without values: %v", ok)
			}
		})
	}
}

func show(c *Calendar, iv Interval) string {
	return "[" + iv.From.Time().In(c.loc).String() + ", " + iv.Before.Time().In(c.loc).String() + ")"
}

func TestPeriod(t *testing.T) {
	c := copenhagen(t)
	asOf := local(t, c, "2011-05-31")
	months := &Periods{Of: 6, Unit: Month}
	// Each end is counted from the as-of time at once: no drift by way of February.
	for i, from := range []string{"2011-04-30", "2011-03-31", "2011-02-28", "2011-01-31"} {
		if got := c.Period(months, asOf, i); got.From != local(t, c, from) {
			t.Errorf("period %d is %s, want from %s", i, show(c, got), from)
		}
		if i > 0 && c.Period(months, asOf, i).Before != c.Period(months, asOf, i-1).From {
			t.Errorf("period %d does not meet the one before", i)
		}
	}
	months.Whole = true
	if got, want := c.Period(months, asOf, 1), (Interval{local(t, c, "2011-03-01"), local(t, c, "2011-04-01")}); got != want {
		t.Errorf("whole: %s, want %s", show(c, got), show(c, want))
	}
}
