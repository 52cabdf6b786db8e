package fold

import (
	"context"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

const (
	person  = kreds.Person
	company = kreds.Company
)

// shop is a small shop with five persons and three companies; tests look at it
// as of the end of May 2025.
func shop() *memory {
	m := newMemory()
	for _, k := range []string{"ann", "bob", "cec", "dan", "eve"} {
		m.profile(person, k)
	}
	for _, k := range []string{"acme", "bolt", "core"} {
		m.profile(company, k)
	}
	undated := func(key string, pairs ...any) {
		for i := 0; i < len(pairs); i += 2 {
			m.trait(person, key, pairs[i].(string), "", pairs[i+1])
		}
	}
	undated("ann", "country", "DK", "billing", "DK", "age", 30, "signup", "2024-06-10", "vip", true,
		"tags", []string{"red", "blue"}, "home", [2]float64{56.16, 10.20}, "born", "1992-02-29",
		"email", "ann@example.dk", "consent.email", "given", "limit", 400)
	undated("bob", "country", "SE", "billing", "DK", "age", 45.5, "signup", "2025-05-25", "vip", false,
		"tags", []string{"red"}, "home", [2]float64{55.40, 10.40}, "born", "1980-06-05",
		"email", "bob@example.dk", "consent.email", "given", "suppressed.email", true, "limit", 200)
	undated("cec", "country", "Færøerne", "signup", "2025-06-03", "renewed", "2025-05-30T23:30",
		"email", "cec@example.dk", "consent.email", "withdrawn")
	undated("dan", "age", 18, "renewed", "2025-05-31T10:00")
	m.trait(person, "ann", "plan", "", "silver")
	m.trait(person, "ann", "plan", "2025-05-10", "gold")
	m.trait(person, "bob", "plan", "2025-01-01", "gold")
	m.trait(person, "bob", "plan", "2025-03-01", "gold")
	m.trait(person, "cec", "plan", "2025-05-20", "gold")
	m.trait(person, "cec", "plan", "2025-05-21", "silver")
	m.trait(person, "dan", "plan", "2025-07-01", "gold") // not yet seen

	buy := func(key, when, product string, amount any) {
		m.event(person, key, "purchase", when, "product", product, "amount", amount)
	}
	buy("ann", "2025-05-20T10:00", "p1", 100)
	buy("ann", "2025-05-28T12:00", "p2", 250.5)
	buy("ann", "2025-05-28T12:00", "p1", 50)
	buy("ann", "2025-06-01T00:00", "p1", 1000) // at the as-of: not seen
	buy("bob", "2025-01-10T09:00", "p2", 300)
	m.event(person, "cec", "purchase", "2025-04-01T00:00", "product", "p1")
	view := func(key, when, product string) { m.event(person, key, "view", when, "product", product) }
	view("ann", "2025-05-19T10:00", "p1")
	view("bob", "2025-01-01T09:00", "p1")
	view("bob", "2025-01-09T09:00", "p2")
	view("dan", "2025-05-30T08:00", "p3")
	m.event(person, "ann", "refund", "2025-05-29T00:00", "product", "p1")
	m.event(person, "dan", "visit", "2025-05-01")
	m.event(person, "dan", "visit", "2025-05-15")
	m.event(person, "ann", "visit", "2025-05-20")
	order := func(key, when, invoice, sku string, price float64) {
		m.event(person, key, "order", when, "invoice", invoice, "sku", sku, "price", price, "float_weight", price/3)
	}
	order("cec", "2025-05-01T10:00", "i1", "a", 10)
	order("cec", "2025-05-01T11:00", "i1", "b", 20)
	order("cec", "2025-05-10T10:00", "i2", "a", 5)
	order("dan", "2025-05-02T10:00", "i3", "a", 1)
	m.eventType("order").Occasion = "invoice"
	m.event(company, "core", "contract", "2025-05-05T10:00", "worth", 9000)

	m.item("p1", "category", "wine")
	m.item("p2", "category", "cheese")
	m.item("p1", "cost", 60)
	m.item("p2", "cost", 260)

	m.trait(company, "acme", "industry", "", "62.01")
	m.trait(company, "bolt", "industry", "", "47.11")
	m.owners = []observation{
		{0, kreds.MinInstant, kreds.Value{Text: "acme"}},
		{1, at("2025-01-01"), kreds.Value{Text: "acme"}},
		{3, at("2025-01-01"), kreds.Value{Text: "acme"}},
		{3, at("2025-05-10"), kreds.Value{Text: "bolt"}},
	}
	m.created[4] = at("2025-05-01")
	return m
}

var cases = []struct{ text, want string }{
	// Traits.
	{`country = "DK"`, "ann"},
	{`country != "DK"`, "bob cec"},
	{`country != billing`, "bob"},
	{`age >= 30`, "ann bob"},
	{`age between 18 and 30`, "ann dan"},
	{`age not between 18 and 30`, "bob"},
	{`age in (18, 45.5)`, "bob dan"},
	{`age not in (18)`, "ann bob"},
	{`country in ("SE", "DK")`, "ann bob"},
	{`country not in ("SE")`, "ann cec"},
	{`country in list "Nordics"`, "ann bob"},
	{`country in list "north"`, "ann bob"},
	{`country not in list "North"`, "cec"},
	{`age in list "cheap"`, ""},
	{`vip`, "ann"},
	{`vip = false`, "bob"},
	{`vip != true`, "bob"},
	{`country contains "FÆRØ"`, "cec"},
	{`country not contains "d"`, "bob cec"},
	{`country starts with any of ("d", "s")`, "ann bob"},
	{`country ends with "k"`, "ann"},
	{`country matches "^[DS]"`, "ann bob"},
	{`country matches "^d"`, ""},
	{`tags includes "blue"`, "ann"},
	{`tags includes any of ("blue", "red")`, "ann bob"},
	{`tags includes all of ("blue", "red")`, "ann"},
	{`tags not includes "blue"`, "bob"},
	{`size(tags) >= 2`, "ann"},
	{`age is known`, "ann bob dan"},
	{`age is unknown`, "cec eve"},
	{`profile.key = "eve"`, "eve"},
	{`profile.first_seen within last 31 days`, "ann dan eve"},
	{`reachable.email`, "ann"},
	{`year(signup) = 2024`, "ann"},
	{`month(signup) in (5, 6)`, "ann bob cec"},
	{`weekday(signup) = 7`, "bob"},
	{`hour(renewed) = 23`, "cec"},
	// Dates.
	{`signup before 2025-05-25`, "ann"},
	{`signup after 2025-05-25`, "cec"},
	{`signup on 2025-05-25`, "bob"},
	{`signup = 2025-05-25`, "bob"},
	{`signup != 2025-05-25`, "ann cec"},
	{`signup <= 2025-05-25`, "ann bob"},
	{`signup between 2025-05 and 2025-06-02`, "bob"},
	{`signup within last 7 days`, "bob"},
	{`signup within next 3 days`, "cec"},
	{`signup more than 6 days ago`, "ann bob"},
	{`signup in 2025`, "bob cec"},
	{`signup this month`, "bob"},
	{`signup next month`, "cec"},
	{`renewed today`, "dan"},
	{`renewed yesterday`, "cec"},
	{`signup in (2025-05-25, 2024-06)`, "ann bob"},
	{`signup not in (2025-05-25)`, "ann cec"},
	{`born anniversary within next 7 days`, "bob"},
	{`born anniversary in 2025-02`, "ann"},
	{`born anniversary on 2025-02-28`, "ann"},
	{`renewed > signup`, ""},
	{`first purchase before signup`, "bob cec"},
	// History.
	{`plan changed`, "ann cec"},
	{`plan changed within last 15 days`, "cec"},
	{`plan not changed`, "bob"},
	{`plan became "gold" within last 30 days`, "ann"},
	{`plan went from "gold" to "silver"`, "cec"},
	{`plan has been "gold" for 90 days`, "bob"},
	{`plan has been ("gold", "silver") for 30 days`, "ann bob"},
	{`plan not has been "gold" for 90 days`, "ann cec"},
	// Places.
	{`home near (56.16, 10.20) within 1 km`, "ann"},
	{`home near place "odense store" within 2 km`, "bob"},
	{`home near any place within 5 km`, "ann bob"},
	{`home not near any place within 0.5 km`, "ann"},
	// Companies of persons.
	{`company.industry starts with "62"`, "ann bob"},
	{`company.industry = "47.11"`, "dan"},
	// Events.
	{`did purchase`, "ann bob cec"},
	{`did not purchase`, "dan eve"},
	{`did purchase at least 3 times`, "ann"},
	{`did purchase at most 1 times`, "bob cec dan eve"},
	{`did purchase 1 to 2 times`, "bob cec"},
	{`did purchase exactly 0 times`, "dan eve"},
	{`did purchase within last 5 days`, "ann"},
	{`did purchase where (amount > 200) in 2025`, "ann bob"},
	{`did purchase where (amount > 200 and product = "p2") within last 30 days`, "ann"},
	{`did purchase where (amount is unknown)`, "cec"},
	{`did purchase where (not amount > 200)`, "ann cec"},
	{`did purchase where (at least 2 of (amount > 90, product = "p1", hour(time) = 10))`, "ann"},
	{`did purchase where (product.category = "wine") at least 2 times`, "ann"},
	{`did purchase where (product.cost > amount)`, "ann"},
	{`did purchase where (amount > 50% of product.cost and product = "p1")`, "ann"},
	{`did purchase where (profile.vip)`, "ann"},
	{`did purchase where (amount >= profile.limit)`, "bob"},
	{`did purchase where (time after 2025-05-20)`, "ann"},
	{`did purchase where (time within first 400 days after profile.signup)`, "ann"},
	{`did purchase same product at least 2 times`, "ann"},
	{`did purchase same product at least 3 times`, ""},
	{`did purchase same product exactly 1 times`, "ann bob cec"},
	{`did any event within last 3 days`, "ann dan"},
	{`did any of (view, refund) at least 2 times`, "ann bob"},
	{`did view within first 9 days`, "ann bob"},
	{`did purchase within first 3 days`, "ann cec"},
	{`did purchase within first 9 days after signup`, ""},
	{`did not purchase within first 365 days after signup`, "bob cec dan eve"},
	{`did order at least 3 times`, ""},
	{`did order at least 2 times`, "cec"},
	{`did order where (sku = "b")`, "cec"},
	{`did order same sku at least 2 times`, "cec"},
	// Measures.
	{`sum(amount) of purchase >= 400.5`, "ann"},
	{`sum(amount) of purchase = 0`, "cec dan eve"},
	{`count of purchase = 0`, "dan eve"},
	{`count of order = 2`, "cec"},
	{`count distinct(product) of purchase = 2`, "ann"},
	{`count distinct(product) of any of (purchase, view) = 2`, "ann bob"},
	{`avg(amount) of purchase between 133 and 134`, "ann"},
	{`min(amount) of purchase < 300`, "ann"},
	{`max(amount) of purchase >= 250.5`, "ann bob"},
	{`median(amount) of purchase = 100`, "ann"},
	{`median(price) of order = 10`, "cec"},
	{`sum(float_weight) of order > 11`, "cec"},
	{`first(amount) of purchase = 100`, "ann"},
	{`last(amount) of purchase = 250.5`, "ann"},
	{`last(product) of purchase = "p2"`, "ann bob"},
	{`first(product) of purchase is known`, "ann bob cec"},
	{`first(product) of purchase is unknown`, "dan eve"},
	{`most frequent(product) of purchase = "p1"`, "ann cec"},
	{`most frequent(product) of view = "p1"`, "ann bob"},
	{`median gap of purchase between 8 days and 9 days`, "ann"},
	{`median gap of order >= 9 days`, "cec"},
	{`first purchase within last 12 days`, "ann"},
	{`last purchase more than 60 days ago`, "bob cec"},
	{`last order where (sku = "a") on 2025-05-10`, "cec"},
	{`sum(amount) of purchase >= 200% of limit`, ""},
	{`sum(amount) of purchase > limit`, "ann bob"},
	{`count of view < count of purchase`, "ann cec"},
	// Regularity.
	{`did visit in at least 2 of last 5 weeks`, "dan"},
	{`did visit in each of last 2 weeks`, ""},
	{`did purchase in at least 2 of last 6 months`, ""},
	{`did purchase in at most 0 of last 2 months`, "bob dan eve"},
	{`did purchase at least 2 times in at least 1 of last 2 weeks`, "ann"},
	{`did order at least 2 times in at least 1 of last 1 whole months`, "cec"},
	{`did order at least 2 times in at least 1 of last 1 months`, "cec"},
	{`did purchase same product in at least 2 of last 2 weeks`, "ann"},
	// Sequences.
	{`did view then purchase`, "ann bob"},
	{`did view then purchase within 1 days`, "ann bob"},
	{`did view then purchase same product within 1 days`, "ann bob"},
	{`did view where (product = "p1") then purchase within 2 days`, "ann"},
	{`did view then purchase then not refund within 7 days`, "ann bob"},
	{`did purchase then not refund within 3 days`, "ann bob cec"},
	{`did purchase then not refund`, "bob cec"},
	{`did view then not purchase after renewed`, "dan"}, // the others have no such date
	{`did not purchase after renewed`, "ann bob cec dan eve"},
	{`did purchase then not refund same product within 3 days`, "ann bob cec"},
	{`did view then not purchase within 1 days`, "bob dan"},
	{`did view then not purchase then refund`, ""},
	{`did purchase then purchase`, "ann"},
	{`did purchase then purchase within 8 days`, ""},
	{`did purchase then purchase within 9 days`, "ann"},
	{`did order then order`, "cec"},
	{`did order where (sku = "a") then order where (sku = "b")`, "cec"},
	{`did visit then visit within 14 days`, "dan"},
	{`did visit then purchase`, "ann"},
	{`did visit then purchase within 1 days`, ""},
	{`did view then visit within 1 days`, "ann"},
	// Lifecycle.
	{`resumed visit`, ""},
	{`resumed visit after pause of 10 days`, "dan"},
	{`resumed visit within last 10 days after pause of 10 days`, ""},
	{`resumed any of (purchase, view) within last 30 days after pause of 7 days`, "ann"},
	// Of companies.
	{`companies: industry = "62.01"`, "acme"},
	{`companies: did contract`, "core"},
	{`companies: did not contract`, "acme bolt"},
	{`companies: did person.purchase at least 4 times`, "acme"},
	{`companies: did person.visit`, "acme bolt"},
	{`companies: sum(amount) of person.purchase = 700.5`, "acme"},
	{`companies: did person.view then person.purchase`, "acme"},
	{`companies: did not person.purchase`, "bolt core"},
	{`companies: did person.purchase where (profile.vip) at least 3 times`, "acme"},
	{`companies: did person.purchase where (amount < profile.limit) at least 4 times`, ""},
	{`companies: did person.purchase where (amount >= profile.limit)`, "acme"},
	// Chance.
	{`bucket 0 to 99 of 100`, "ann bob cec dan eve"},
	{`bucket 0 to 49 of 100 salt "x"`, "cec dan eve"},
}

var endOfMay = at("2025-06-01")

// TestEvaluate asks each case alone, then all of a kind at once.
func TestEvaluate(t *testing.T) {
	m := shop()
	byKind := map[kreds.Kind][]engine.Ask{}
	wants := map[kreds.Kind][]int{}
	for i, c := range cases {
		kind, node := m.leaf(t, c.text)
		ask := engine.Ask{Kind: kind, AsOf: endOfMay, Leaf: node}
		byKind[kind], wants[kind] = append(byKind[kind], ask), append(wants[kind], i)
		for workers := 1; workers <= 3; workers += 2 {
			a, err := Evaluate(context.Background(), m, m.request(ask), workers)
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
				continue
			}
			if got := m.names(a[0].Members); got != c.want {
				t.Errorf("%s: got %q, want %q", c.text, got, c.want)
			}
		}
	}
	for kind, asks := range byKind {
		r := m.request(asks...)
		r.Kind = kind
		answers, err := Evaluate(context.Background(), m, r, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range answers {
			c := cases[wants[kind][i]]
			if got := m.names(a.Members); got != c.want {
				t.Errorf("among others, %s: got %q, want %q", c.text, got, c.want)
			}
		}
	}
}

// TestAmong asks for pairs of which only profiles count for which the first
// holds.
func TestAmong(t *testing.T) {
	m := shop()
	for _, c := range []struct{ first, second, want string }{
		{`vip`, `did purchase`, "ann"},
		{`country = "SE"`, `did purchase at least twice`, ""},
		{`country is known`, `did not purchase within last 30 days`, "bob cec"},
		{`age < 20`, `did not purchase`, "dan"},
		{`plan = "gold"`, `last purchase within last 30 days`, "ann"},
		{`did view`, `did purchase`, "ann bob"}, // needs events itself: nobody is left out
		{`vip`, `sum(amount) of purchase where (product = "p1") >= 150`, "ann"},
	} {
		var asks []engine.Ask
		for _, text := range []string{c.first, c.second} {
			_, node := m.leaf(t, text)
			asks = append(asks, engine.Ask{AsOf: endOfMay, Leaf: node})
		}
		r := m.request(asks...)
		r.Among = []int{0}
		a, err := Evaluate(context.Background(), m, r, 2)
		if err != nil {
			t.Errorf("%s: %v", c.second, err)
			continue
		}
		a[0].Members.And(a[1].Members)
		if got := m.names(a[0].Members); got != c.want {
			t.Errorf("%s among %s: got %q, want %q", c.second, c.first, got, c.want)
		}
	}
}
