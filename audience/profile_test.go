package audience_test

import (
	"strings"
	"testing"

	"github.com/kreds/kreds"
)

// TestCard: worked out by hand from the rows in open.
func TestCard(t *testing.T) {
	w := open(t)
	w.create(t, "Danes", `country = "DK"`)
	w.create(t, "Keen", "did purchase at least twice within last 30 days")
	w.create(t, "Best", "sum(amount) of purchase in top 1")
	w.create(t, "Large", "companies: employees >= 50")
	june := at("2025-06-01T00:00:00Z")
	card := func(kind kreds.Kind, key string, asOf kreds.Instant) string {
		t.Helper()
		c, err := w.Card(t.Context(), kind, key, asOf)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{c.Subject.String()}
		if !c.InPopulation {
			out = append(out, "not in the population")
		}
		if c.Company != "" {
			out = append(out, "of "+c.Company)
		}
		for _, v := range c.Traits {
			if v.Value.Type == kreds.Text {
				out = append(out, v.Trait.Name+" "+v.Value.Text)
			}
		}
		for _, s := range c.Segments {
			if s.Problem != "" {
				out = append(out, s.Segment.Name+": "+s.Problem)
			}
			if s.Member {
				out = append(out, "in "+s.Segment.Name)
			}
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		kind kreds.Kind
		key  string
		want string
	}{
		{kreds.Person, "a", "persons, of x, country DK, in Danes"},
		{kreds.Person, "c", "persons, of y, country SE, in Best"},
		{kreds.Person, "g", "prospects, country DK"},
		{kreds.Company, "x", "companies, in Large"},
	} {
		if got := card(c.kind, c.key, june); got != c.want {
			t.Errorf("%s: %s, want %s", c.key, got, c.want)
		}
	}
	if got, want := card(kreds.Person, "b", at("2025-05-02T00:00:00Z")), "persons, of x, country DK, in Danes"; got != want {
		t.Errorf("b in May: %s, want %s", got, want)
	}
	if _, err := w.Card(t.Context(), kreds.Person, "nobody", june); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("a card of nobody: %v", err)
	}
}
