package audience_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
)

// TestList: worked out by hand from the rows in open.
func TestList(t *testing.T) {
	w := open(t)
	w.create(t, "Danes", `country = "DK"`)
	w.create(t, "Keen", "did purchase at least twice within last 30 days")
	june := at("2025-06-01T00:00:00Z")
	list := func(q audience.ListRequest) string {
		t.Helper()
		q.AsOf = june
		if q.Limit == 0 {
			q.Limit = 100
		}
		l, err := w.List(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		out := []string{fmt.Sprint(l.Total)}
		for _, r := range l.Rows {
			text := r.Key
			for _, v := range r.Values {
				text += " " + v.Text
			}
			for _, f := range q.Figures {
				if f == audience.FigureSegments {
					continue
				}
				switch v := r.Figures[f]; v.Type {
				case kreds.Number:
					text += fmt.Sprintf(" %g", v.Num)
				case kreds.Text:
					text += " " + v.Text
				case kreds.Instants:
					text += " " + v.Instant.Time().Format("0102")
				default:
					text += " –"
				}
			}
			out = append(out, text+strings.Join(append([]string{""}, r.Segments...), " in "))
		}
		return strings.Join(out, ", ")
	}
	if _, err := w.List(t.Context(), audience.ListRequest{AsOf: june, Segment: "Danes"}); kreds.CodeOf(err) != kreds.CodeNotFound || kreds.HintOf(err) == "" {
		t.Errorf("the members of a segment before its first refresh: %v", err)
	}
	if _, err := w.Refresh(t.Context(), nil, june, nil); err != nil {
		t.Fatal(err)
	}
	bought := []audience.Figure{audience.FigureValue, audience.FigurePurchases, audience.FigureLastPurchase}
	for _, c := range []struct {
		name string
		q    audience.ListRequest
		want string
	}{
		{"all", audience.ListRequest{}, "6, a, b, c, d, e, f"},
		{"a page", audience.ListRequest{Offset: 2, Limit: 2}, "6, c, d"},
		{"a page beyond the end", audience.ListRequest{Offset: 9, Limit: 2}, "6"},
		{"text in a trait", audience.ListRequest{Text: "dk"}, "3, a, b, f"},
		{"text in a key", audience.ListRequest{Text: "A"}, "1, a"},
		{"text in both", audience.ListRequest{Text: "e"}, "2, c, e"},
		{"no such text", audience.ListRequest{Text: `"`}, "0"},
		{"no trait is seen", audience.ListRequest{Text: "dk", Trait: func(kreds.Trait) bool { return false }}, "0"},
		{"no key is seen", audience.ListRequest{Text: "e", ShowsKey: func(string) bool { return false }}, "1, c"},
		{"a key in the place of the text", audience.ListRequest{Text: "hidden", Key: "b", ShowsKey: func(k string) bool { return k == "b" }}, "1, b"},
		{"of a company", audience.ListRequest{Company: "x"}, "2, a, b"},
		{"of a segment", audience.ListRequest{Segment: "danes"}, "3, a, b, f"},
		{"of a segment and found", audience.ListRequest{Segment: "Danes", Text: "b"}, "1, b"},
		{"traits", audience.ListRequest{Traits: []string{"country"}, Limit: 2}, "6, a DK, b DK"},
		{"by age", audience.ListRequest{Sort: "age"}, "6, a, b, c, f, d, e"},
		{"by age, the oldest first", audience.ListRequest{Sort: "age", Descending: true}, "6, d, b, c, f, a, e"},
		{"a page among equals", audience.ListRequest{Sort: "age", Descending: true, Offset: 2, Limit: 2}, "6, c, f"},
		{"the last page is of who is not known", audience.ListRequest{Sort: "age", Offset: 4, Limit: 4}, "6, d, e"},
		{"by a trait in back quotes", audience.ListRequest{Sort: "`age`", Limit: 1}, "6, a"},
		{"by a text", audience.ListRequest{Sort: "country", Descending: true}, "6, c, e, a, b, f, d"},
		{"what they bought", audience.ListRequest{Figures: bought, Sort: "value", Descending: true}, "6, c 900 2 0531, a 600 3 0530, b 50 1 0501, d 0 0 –, e 0 0 –, f 0 0 –"},
		{"by the last purchase", audience.ListRequest{Sort: "last_purchase"}, "6, b, a, c, d, e, f"},
		{"companies and segments", audience.ListRequest{Figures: []audience.Figure{audience.FigureCompany, audience.FigureSegments}}, "6, a x in Danes, b x in Danes, c y, d –, e –, f – in Danes"},
		{"of companies", audience.ListRequest{Subject: kreds.Companies, Figures: append(bought, audience.FigurePersons), Sort: "value"}, "3, x 650 4 0530 2, y 900 2 0531 1, z 0 0 – –"},
		{"companies by persons", audience.ListRequest{Subject: kreds.Companies, Sort: "persons", Descending: true}, "3, x, y, z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := list(c.q); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	for _, q := range []audience.ListRequest{
		{Sort: "shoe_size"}, {Sort: "segments"}, {Figures: []audience.Figure{"shoes"}}, {Traits: []string{"shoe_size"}},
	} {
		if _, err := w.List(t.Context(), q); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := w.List(t.Context(), audience.ListRequest{Company: "nobody", AsOf: june}); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("persons of a company that there is not: %v", err)
	}
}
