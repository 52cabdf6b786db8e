package audience

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
)

// shop is a catalogue of events with numbers, written as "order: amount, quantity".
func shop(events ...string) *kreds.Catalogue {
	cat := &kreds.Catalogue{}
	for _, text := range events {
		name, numbers, _ := strings.Cut(text, ": ")
		e := kreds.EventType{Name: name, Label: name}
		for n := range strings.FieldsFuncSeq(numbers, func(r rune) bool { return r == ',' || r == ' ' }) {
			e.Properties = append(e.Properties, kreds.Property{Name: n, Label: n, Type: kreds.Number})
		}
		cat.Events = append(cat.Events, e)
	}
	return cat
}

func TestFindPurchase(t *testing.T) {
	for name, c := range map[string]struct {
		cat                *kreds.Catalogue
		set, event, number string
		value, of          string
		code               kreds.Code
	}{
		"nothing":                   {cat: shop(), code: kreds.CodeInvalid},
		"the usual name":            {cat: shop("visit: pages", "purchase: amount"), value: "sum(amount) of purchase", of: "purchase"},
		"a name that ends in one":   {cat: shop("purchase: quantity, coupon_disc, sales_value"), value: "sum(sales_value) of purchase", of: "purchase"},
		"the whole, not a part":     {cat: shop("order: unit_price, shipping_amount, tax_total, order_total"), value: "sum(order_total) of `order`", of: "`order`"},
		"only parts":                {cat: shop("order: unit_price, quantity"), of: "`order`"},
		"a name that holds one":     {cat: shop("visit: pages", "webshop_order: amount"), value: "sum(amount) of webshop_order", of: "webshop_order"},
		"in Danish":                 {cat: shop("besøg: sider", "køb: antal, stykpris, beløb"), value: "sum(beløb) of køb", of: "køb"},
		"the only event":            {cat: shop("stay: nights, revenue"), value: "sum(revenue) of stay", of: "stay"},
		"several that may be":       {cat: shop("stay: revenue", "visit: pages"), code: kreds.CodeInvalid},
		"chosen":                    {cat: shop("purchase: amount, margin"), set: "sum(margin) of purchase", value: "sum(margin) of purchase", of: "purchase"},
		"chosen with a condition":   {cat: shop("purchase: amount, paid"), set: "sum(amount) of purchase where (paid > 0)", value: "sum(amount) of purchase where (paid > 0)", of: "purchase where (paid > 0)"},
		"chosen, and gone":          {cat: shop("purchase: amount"), set: "sum(margin) of purchase", value: "sum(amount) of purchase", of: "purchase"},
		"another event is named":    {cat: shop("purchase: amount", "stay: revenue"), set: "sum(amount) of purchase", event: "stay", value: "sum(revenue) of stay", of: "stay"},
		"another number is named":   {cat: shop("purchase: amount, margin"), set: "sum(amount) of purchase", number: "margin", value: "sum(margin) of purchase", of: "purchase"},
		"an event that is none":     {cat: shop("purchase: amount"), event: "purchse", code: kreds.CodeNotFound},
		"a number that is none":     {cat: shop("purchase: amount"), number: "margin", code: kreds.CodeNotFound},
		"likelier words come first": {cat: shop("purchase: price, value, total"), value: "sum(total) of purchase", of: "purchase"},
	} {
		t.Run(name, func(t *testing.T) {
			c.cat.Value = c.set
			got, err := FindPurchase(c.cat, c.event, c.number)
			if c.code != "" || err != nil {
				if kreds.CodeOf(err) != c.code || err == nil {
					t.Errorf("the error is %v, want the code %v", err, c.code)
				}
				return
			}
			if diff := cmp.Diff([]string{strings.ReplaceAll(c.value, "`", ""), strings.ReplaceAll(c.of, "`", "")}, []string{got.Value, strings.ReplaceAll(got.Of, "`", "")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadValue(t *testing.T) {
	cat := shop("purchase: amount, discount", "refund: amount")
	for text, want := range map[string]string{
		"sum( AMOUNT ) of Purchase":                    "",
		"sum(amount) of purchase where (discount = 0)": "",
		"avg(amount) of purchase":                      "is a sum",
		"age":                                          "is a sum",
		"sum(amount) of any of (purchase, refund)":     "one event",
		"sum(amount) of any event":                     "one event",
		"sum(amount) of purchase within last 30 days":  "no window",
		"sum(margin) of purchase":                      "margin",
		"sum(amount) of visit":                         "visit",
		"sum(amount) of":                               "",
		"":                                             "",
	} {
		_, err := ReadValue(cat, text)
		ok := strings.HasPrefix(text, "sum( AM") || strings.Contains(text, "discount = 0")
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", text, err)
		}
		if err != nil && kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%q has the code %v", text, kreds.CodeOf(err))
		}
	}
}

func TestValues(t *testing.T) {
	cat := shop("refund: amount", "purchase: quantity, sales_value, total, unit_price", "visit: pages")
	var got []string
	for _, v := range Values(cat) {
		got = append(got, v.Value)
	}
	if diff := cmp.Diff([]string{"sum(total) of purchase", "sum(sales_value) of purchase", "sum(amount) of refund"}, got); diff != "" {
		t.Error(diff)
	}
}
