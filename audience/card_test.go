package audience_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// TestCardFigures: worked out by hand from the rows in open.
func TestCardFigures(t *testing.T) {
	w := open(t)
	day := func(i kreds.Instant) string {
		if i == kreds.MinInstant {
			return "–"
		}
		return i.Time().Format("0102")
	}
	for _, c := range []struct {
		kind kreds.Kind
		key  string
		asOf string
		want string
	}{
		{kreds.Person, "a", "2025-06-01", "3 for 600, 0301 to 0530; purchase 3 until 0530"},
		{kreds.Person, "a", "2025-05-02", "2 for 300, 0301 to 0401; purchase 2 until 0401"},
		{kreds.Person, "d", "2025-06-01", "0 for 0, – to –; "},
		{kreds.Company, "x", "2025-06-01", "4 for 650, 0301 to 0530; "}, // what a and b bought
		{kreds.Company, "z", "2025-06-01", "0 for 0, – to –; "},
	} {
		card, err := w.Card(t.Context(), c.kind, c.key, at(c.asOf+"T00:00:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		b := card.Bought
		got := fmt.Sprintf("%g for %g, %s to %s; ", b.Count, b.Value, day(b.First), day(b.Last))
		for _, e := range card.Events {
			got += fmt.Sprintf("%s %d until %s", e.Event.Name, e.Count, day(e.Last))
		}
		if got != c.want {
			t.Errorf("%s as of %s: %s, want %s", c.key, c.asOf, got, c.want)
		}
	}
}

// TestCardHistory: a value is there since the first of equal observations of it.
func TestCardHistory(t *testing.T) {
	w := open(t)
	for i, c := range []struct{ day, country string }{{"2025-04-01", "DK"}, {"2025-04-20", "SE"}, {"2025-05-10", "SE"}, {"2025-05-20", "NO"}} {
		l, err := w.engine.Load(t.Context(), kreds.ImportID(i+2))
		if err != nil {
			t.Fatal(err)
		}
		b := &engine.ProfileBatch{Kind: kreds.Person, Keys: texts("a"), Observed: []kreds.Instant{at(c.day + "T00:00:00Z")}, Traits: []engine.Column{textColumn("country", c.country)}}
		if err := l.Profiles(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for asOf, want := range map[string]string{
		"2025-06-01": "DK by 1, SE by 3 on 0420, NO by 5 on 0520",
		"2025-05-15": "DK by 1, SE by 3 on 0420",
		"2025-04-10": "DK by 1",
	} {
		card, err := w.Card(t.Context(), kreds.Person, "a", at(asOf+"T00:00:00Z"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range card.Traits {
			if v.Trait.Name != "country" {
				continue
			}
			for _, o := range v.History {
				text := fmt.Sprintf("%s by %d", o.Value.Text, o.Import)
				if o.Time != kreds.MinInstant {
					text += " on " + o.Time.Time().Format("0102")
				}
				got = append(got, text)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("as of %s: %s, want %s", asOf, strings.Join(got, ", "), want)
		}
	}
}

// TestLacks: what is missing by the shortest way, from the rows in open. Person a is 20
// years old, lives in DK and bought on 1 March, 1 April and 30 May for 100, 200 and 300.
func TestLacks(t *testing.T) {
	w := open(t)
	w.create(t, "Old", "age > 40 and did purchase at least twice")
	for expression, want := range map[string]string{
		`in segment "Old"`:                  "age higher by 20",
		`in segment "Old" as of 2025-05-01`: `in segment "Old" as of 2025-05-01`,
		"did purchase":                      "",
		"did purchase at least 5 times":     "2 more times did purchase",
		"did purchase at least 4 times within last 90 days and age >= 30":          "2 more times did purchase within last 90 days; age higher by 10",
		"did purchase where (amount > 250) at least twice":                         "once more did purchase where (amount > 250)",
		"did purchase at most twice":                                               "once less did purchase",
		"did purchase exactly once":                                                "2 fewer times did purchase",
		"did purchase 5 to 6 times":                                                "2 more times did purchase",
		"did purchase 1 to 2 times":                                                "once less did purchase",
		"sum(amount) of purchase >= 1000":                                          "sum(amount) of purchase higher by 400",
		"sum(amount) of purchase < 600":                                            "sum(amount) of purchase past the border",
		"sum(amount) of purchase between 100 and 250":                              "sum(amount) of purchase lower by 350",
		"last purchase more than 30 days ago":                                      "last purchase earlier by 29 days",
		"first purchase within last 30 days":                                       "first purchase later by 62 days",
		"last purchase before 2025-05-01":                                          "last purchase earlier by 30 days",
		`country = "SE"`:                                                           `country = "SE"`,
		`country = "SE" or did purchase at least 4 times`:                          `country = "SE"`,
		`(country = "SE" and age > 40) or did purchase at least 4 times`:           "once more did purchase",
		`not country = "DK"`:                                                       `that this does not hold: country = "DK"`,
		`at least 3 of (country = "DK", age > 25, did purchase at least 4 times)`:  "age higher by 5; once more did purchase",
		`at least 2 of (country = "DK", age >= 25, did purchase at least 4 times)`: "age higher by 5",
		`at most 0 of (country = "DK", age > 25)`:                                  `at most 0 of (country = "DK", age > 25)`,
		"did not purchase":                                                         "did not purchase",
	} {
		why, err := w.Why(t.Context(), "a", expression, at("2025-06-01T00:00:00Z"))
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if got := strings.Join(why.Reason.Lacks, "; "); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	// The card says the same of segments.
	w.create(t, "Best", "did purchase at least 5 times and age > 18")
	w.create(t, "Danes", `country = "DK"`)
	card, err := w.Card(t.Context(), kreds.Person, "a", at("2025-06-01T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2 more times did purchase", "", "age higher by 20"} {
		if got := strings.Join(card.Segments[i].Lacks, "; "); got != want {
			t.Errorf("%s: %q, want %q", card.Segments[i].Segment.Name, got, want)
		}
	}
	if why, err := w.Why(t.Context(), "e", "age > 30", at("2025-06-01T00:00:00Z")); err != nil || why.Reason.Lacks[0] != "a known value of age" {
		t.Errorf("an unknown age: %v %v", why.Reason.Lacks, err)
	}
}
