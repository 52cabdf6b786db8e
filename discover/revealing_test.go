package discover

import "testing"

func TestRevealed(t *testing.T) {
	for _, c := range []struct {
		levels []string
		want   string
	}{
		{[]string{"Muslim", "Christian", "None", "Other"}, "religion"},
		{[]string{"Kristen", "Jøde", "ukendt"}, "religion"},
		{[]string{"Venstre", "Socialdemokratiet", "SF"}, "political opinion"},
		{[]string{"Dansk Metal", "3F", "ingen"}, "trade union membership"},
		{[]string{"Diabetes", "asthma", "-"}, "health"},
		{[]string{"heteroseksuel", "homoseksuel"}, "sexual orientation"},
		{[]string{"Venstre", "Højre", "Midt"}, ""}, // left, right, middle
		{[]string{"green", "blue"}, ""},
		{[]string{"Muslim"}, ""}, // one alone may mean anything
		{nil, ""},
	} {
		if got := revealed(c.levels); got != c.want {
			t.Errorf("%v: %q, want %q", c.levels, got, c.want)
		}
	}
	c := column{Feature: Feature{Name: "answer_7", Text: "answer_7", Kind: Category, Levels: []string{"muslim", "hindu", "none"}}}
	if why := c.unfit(false); why == "" {
		t.Error("a column of religions is taken without a yes")
	}
	if why := c.unfit(true); why != "" {
		t.Errorf("with a yes: %s", why)
	}
}
