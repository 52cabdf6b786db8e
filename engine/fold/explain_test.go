package fold

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// told is an explanation in short.
func told(x engine.Explanation) string {
	var s []string
	s = append(s, fmt.Sprintf("holds=%v unknown=%v value=%s", x.Holds, x.Unknown, short(x.Value)))
	for _, v := range x.Against {
		s = append(s, "against="+short(v))
	}
	for _, e := range x.Events {
		s = append(s, fmt.Sprintf("%s@%s", e.Type, short(kreds.Value{Type: kreds.Instants, Instant: e.Time})))
	}
	return strings.Join(append(s, fmt.Sprint("matched=", x.Matched)), " ")
}

func short(v kreds.Value) string {
	switch v.Type {
	case kreds.Number, kreds.Span:
		return fmt.Sprint(v.Num)
	case kreds.Text:
		return v.Text
	case kreds.Boolean:
		return fmt.Sprint(v.Bool)
	case kreds.Date:
		return v.Day.String()
	case kreds.Instants:
		return time.UnixMicro(int64(v.Instant)).In(copenhagen().Location()).Format("2006-01-02T15:04")
	case kreds.List:
		return strings.Join(v.List, "+")
	case kreds.Location:
		return fmt.Sprint(v.Point)
	}
	return "?"
}

func TestExplain(t *testing.T) {
	m := shop()
	for _, c := range []struct{ profile, text, want string }{
		{"ann", `country = "DK"`, `holds=true unknown=false value=DK against=DK matched=0`},
		{"dan", `country != "DK"`, `holds=false unknown=true value=? against=DK matched=0`},
		{"bob", `country != billing`, `holds=true unknown=false value=SE against=DK matched=0`},
		{
			"bob", `signup within last 7 days`,
			`holds=true unknown=false value=2025-05-25 against=2025-05-25T00:00 against=2025-06-01T00:00 matched=0`,
		},
		{
			"ann", `did purchase at least 2 times within last 12 days`,
			`holds=true unknown=false value=3 against=2 purchase@2025-05-20T10:00 purchase@2025-05-28T12:00 purchase@2025-05-28T12:00 matched=3`,
		},
		{
			"bob", `did purchase at least 2 times`,
			`holds=false unknown=false value=1 against=2 purchase@2025-01-10T09:00 matched=1`,
		},
		{"eve", `did purchase`, `holds=false unknown=false value=0 against=1 matched=0`},
		{
			"ann", `sum(amount) of purchase > limit`,
			`holds=true unknown=false value=400.5 against=400 purchase@2025-05-20T10:00 purchase@2025-05-28T12:00 purchase@2025-05-28T12:00 matched=3`,
		},
		{"cec", `avg(amount) of purchase > 3`, `holds=false unknown=true value=? against=3 matched=0`},
		{
			"ann", `last purchase within last 9 days`,
			`holds=true unknown=false value=2025-05-28T12:00 against=2025-05-23T00:00 against=2025-06-01T00:00 purchase@2025-05-28T12:00 matched=3`,
		},
		{
			"ann", `did view then purchase then not refund within 2 days`,
			`holds=true unknown=false value=? view@2025-05-19T10:00 purchase@2025-05-20T10:00 matched=2`,
		},
		{
			"dan", `resumed visit after pause of 10 days`,
			`holds=true unknown=false value=? visit@2025-05-01T00:00 visit@2025-05-15T00:00 matched=2`,
		},
		{
			"dan", `did visit in at least 2 of last 5 weeks`,
			`holds=true unknown=false value=2 against=1 visit@2025-05-01T00:00 visit@2025-05-15T00:00 matched=2`,
		},
		{
			"cec", `plan went from "gold" to "silver"`,
			`holds=true unknown=false value=silver against=gold against=silver matched=0`,
		},
		{
			"acme", `companies: did person.purchase where (amount > 200)`,
			`holds=true unknown=false value=2 against=1 purchase@2025-01-10T09:00 purchase@2025-05-28T12:00 matched=2`,
		},
		{"ann", `bucket 0 to 59 of 100 salt "x"`, `holds=false unknown=false value=60 against=0 against=59 matched=0`},
	} {
		kind, node := m.leaf(t, c.text)
		r := m.request(engine.Ask{Kind: kind, AsOf: endOfMay, Leaf: node})
		x, err := Explain(context.Background(), m, r, kreds.Profile(m.profile(kind, c.profile)))
		if err != nil {
			t.Errorf("%s, %s: %v", c.profile, c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, told(x[0])); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", c.profile, c.text, diff)
		}
	}
	var asks []engine.Ask
	for _, c := range cases {
		if kind, node := m.leaf(t, c.text); kind == person {
			asks = append(asks, engine.Ask{AsOf: endOfMay, Leaf: node})
		}
	}
	many, err := Explain(context.Background(), m, m.request(asks...), 0)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, c := range cases {
		if strings.HasPrefix(c.text, "companies:") {
			continue
		}
		if want := strings.Contains(" "+c.want+" ", " ann "); many[i].Holds != want {
			t.Errorf("%s: holds for ann is %v", c.text, many[i].Holds)
		}
		i++
	}
	if _, err := Explain(context.Background(), m, m.request(), 999); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("an unknown profile: %v", err)
	}
}

func TestExplainShowsProperties(t *testing.T) {
	m := shop()
	_, node := m.leaf(t, `did order where (sku = "b")`)
	x, err := Explain(context.Background(), m, m.request(engine.Ask{AsOf: endOfMay, Leaf: node}), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]kreds.Value{"invoice": val("i1"), "sku": val("b"), "price": val(20), "float_weight": val(20.0 / 3)}
	if diff := cmp.Diff(want, x[0].Events[0].Properties); diff != "" {
		t.Error(diff)
	}
}

// TestSequencesAgree holds the quick way through sequences to the thorough one,
// which finds the steps for an explanation.
func TestSequencesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := []string{
		`did a then b`, `did a then b within 2 days`, `did a then not b then c`, `did a then b then not c within 3 days`,
		`did a then b then c within 36 hours`, `did a then a then a within 1 weeks`, `did a where (x > 3) then b then not a`,
		`did any of (a, b) then c within 1 days`, `did a then b same x`, `did a then not b within 1 days then c`,
		`did a then not b same x within 1 days then c same x`, `did a within last 20 days then b within first 25 days`,
		`did a then not b then not c within 2 days`,
	}
	for round := range 60 {
		m := newMemory()
		for p := range 20 {
			key := fmt.Sprint("p", p)
			m.profile(person, key)
			for range r.IntN(12) {
				when := fmt.Sprintf("2025-05-%02dT%02d:00", 1+r.IntN(30), 6*r.IntN(4))
				if round%2 == 0 && r.IntN(4) == 0 {
					when = when[:10]
				}
				m.event(person, key, []string{"a", "b", "c"}[r.IntN(3)], when, "x", r.IntN(6))
			}
		}
		for _, e := range []string{"a", "b", "c"} {
			m.event(person, "p0", e, "2030-01-01", "x", 1)
		}
		if round%3 == 0 {
			m.eventType("b").Occasion = "x"
		}
		for _, text := range texts {
			_, node := m.leaf(t, text)
			req := m.request(engine.Ask{AsOf: endOfMay, Leaf: node})
			for p := range 20 {
				x, err := Explain(context.Background(), m, req, kreds.Profile(p))
				if err != nil {
					t.Fatal(err)
				}
				if x[0].Holds != (len(x[0].Events) > 0) {
					t.Fatalf("round %d, %s, p%d: holds %v with %d steps", round, text, p, x[0].Holds, len(x[0].Events))
				}
			}
		}
	}
}
