package prove_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds/prove"
	"github.com/kreds/kreds/stats/infer"
)

// TestExplainedIsVariance holds the share of variance that a set explains to an analysis
// of variance of what plain loops over the file give, and movement between two dates to
// sets of names.
func TestExplainedIsVariance(t *testing.T) {
	w := retail(t)
	w.create(t, "Loyal", loyal)
	p, err := w.Prove(t.Context(), prove.Request{
		Segments: []string{"Loyal", "last purchase more than 180 days ago"}, From: w.day(t, "2011-08-09"), To: w.day(t, "2011-09-09"), Every: "1 month", Horizon: "3 months",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := lines()
	if err != nil {
		t.Fatal(err)
	}
	type person struct {
		invoices map[string]bool
		last     time.Time
		next     float64
	}
	at := func(date time.Time) map[string]*person {
		people := map[string]*person{}
		for _, l := range all {
			if !l.at.Before(date) {
				continue
			}
			if people[l.customer] == nil {
				people[l.customer] = &person{invoices: map[string]bool{}}
			}
			x := people[l.customer]
			if l.at.After(x.last) {
				x.last = l.at
			}
			if !strings.HasPrefix(l.invoice, "C") && !l.at.Before(date.AddDate(-1, 0, 0)) {
				x.invoices[l.invoice] = true
			}
		}
		for _, l := range all {
			if x := people[l.customer]; x != nil && !l.at.Before(date) && l.at.Before(date.AddDate(0, 3, 0)) {
				x.next += l.amount
			}
		}
		return people
	}
	// A share of the squares of both dates: the squares are added before they are divided.
	var within, total float64
	var loyals []map[string]bool
	for _, date := range []time.Time{time.Date(2011, 8, 10, 0, 0, 0, 0, time.UTC), time.Date(2011, 9, 10, 0, 0, 0, 0, time.UTC)} {
		groups := make([][]float64, 4)
		var everybody []float64
		set := map[string]bool{}
		for name, x := range at(date) {
			g := 0
			if len(x.invoices) >= 5 {
				g, set[name] = 1, true
			}
			if x.last.Before(date.AddDate(0, 0, -180)) {
				g += 2
			}
			groups[g] = append(groups[g], x.next)
			everybody = append(everybody, x.next)
		}
		loyals = append(loyals, set)
		whole, err := infer.Summarise(everybody)
		if err != nil {
			t.Fatal(err)
		}
		total += whole.Variance * float64(whole.N-1)
		for _, g := range groups {
			if s, err := infer.Summarise(g); err == nil {
				within += s.Variance * float64(s.N-1)
			}
		}
	}
	if want := 1 - within/total; !near(p.Set.Explained.Fitted, want, 1e-9) {
		t.Errorf("explained %v, by analysis of variance %v", p.Set.Explained.Fitted, want)
	}
	if e := p.Set.Explained; e.Out >= e.Fitted || e.Out <= 0 || e.Next != nil {
		t.Errorf("out of sample %+v", e)
	}
	joined, left := int64(0), int64(0)
	for name := range loyals[1] {
		if !loyals[0][name] {
			joined++
		}
	}
	for name := range loyals[0] {
		if !loyals[1][name] {
			left++
		}
	}
	pt := p.Segments[0].Points[1]
	if *pt.Joined != joined || *pt.Left != left || !near(*pt.Stayed, 1-float64(left)/float64(len(loyals[0])), 1e-12) {
		t.Errorf("%d joined, %d left, %v stayed; counted %d and %d of %d", *pt.Joined, *pt.Left, *pt.Stayed, joined, left, len(loyals[0]))
	}
}
