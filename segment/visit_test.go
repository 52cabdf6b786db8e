package segment_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

func TestVisit(t *testing.T) {
	cat := &kreds.Catalogue{
		Traits: []kreds.Trait{
			{Kind: kreds.Person, Name: "age", Type: kreds.Number},
			{Kind: kreds.Person, Name: "limit", Type: kreds.Number},
			{Kind: kreds.Person, Name: "born", Type: kreds.Date},
			{Kind: kreds.Person, Name: "plan", Type: kreds.Text},
			{Kind: kreds.Company, Name: "industry", Type: kreds.Text},
			{Kind: kreds.Company, Name: "since", Type: kreds.Date},
		},
		Events: []kreds.EventType{
			{Name: "purchase", Properties: []kreds.Property{{Name: "amount", Type: kreds.Number}}},
			{Name: "view", Properties: []kreds.Property{{Name: "page", Type: kreds.Text}}},
		},
	}
	for _, c := range []struct {
		text   string
		paths  []string
		events []string
	}{
		{`age >= 18`, []string{"person age"}, nil},
		{`age < limit and not (plan = "gold" or plan in ("a", "b"))`, []string{"person age", "person limit", "person plan", "person plan"}, nil},
		{`born within last 3 years and plan became "gold" after born`, []string{"person born", "person plan", "person born"}, nil},
		{`company (industry = "it" and since before 2020)`, []string{"company industry", "company since"}, nil},
		{`company.industry = "it"`, []string{"person company.industry"}, nil},
		{`companies: any person (age > 40 and did view)`, []string{"person age"}, []string{"[view] without"}},
		{`did purchase where (amount > 5 and profile.age > 3) within last 30 days`, []string{"person amount", "person profile.age"}, []string{"[purchase] with"}},
		{`companies: did person.view where (page = "x")`, []string{"person page"}, []string{"[view] without"}},
		{`sum(amount) of purchase >= limit and last view before 2020`, []string{"person limit"}, []string{"[purchase] without", "[view] none"}},
		{`sum(amount) of purchase in top 10% among (age > 3)`, []string{"person age"}, []string{"[purchase] without"}},
		{`did view then purchase within 3 days`, nil, []string{"[view] without", "[purchase] without"}},
		{`(resumed purchase within last 3 days) as of 2020`, nil, []string{"[purchase] with"}},
		{`at least 1 of (year(born) = 1980, plan is known, everyone)`, []string{"person born", "person plan"}, nil},
	} {
		e, err := segment.Parse(c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if err := segment.Check(e, cat); err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		var paths, events []string
		v := segment.Visitor{
			Path: func(p *segment.Path, of kreds.Kind) { paths = append(paths, fmt.Sprint(of, " ", p.Name)) },
			Events: func(ev *segment.Events, w **segment.Window) {
				how := "none"
				switch {
				case w != nil && *w != nil:
					how = "with"
				case w != nil:
					how = "without"
				}
				events = append(events, fmt.Sprint(ev.Names, " ", how))
			},
		}
		v.Visit(e)
		for _, l := range [][]string{paths, c.paths, events, c.events} {
			slices.Sort(l)
		}
		if d := cmp.Diff(c.paths, paths); d != "" {
			t.Errorf("%s: names (-want +got):\n%s", c.text, d)
		}
		if d := cmp.Diff(c.events, events); d != "" {
			t.Errorf("%s: events (-want +got):\n%s", c.text, d)
		}
	}
}
