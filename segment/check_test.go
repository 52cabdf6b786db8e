package segment

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
)

// shop is a catalogue with something of every kind.
func shop() *kreds.Catalogue {
	person := func(name string, t kreds.Type) kreds.Trait {
		return kreds.Trait{Kind: kreds.Person, Name: name, Type: t}
	}
	company := func(name string, t kreds.Type) kreds.Trait {
		return kreds.Trait{Kind: kreds.Company, Name: name, Type: t}
	}
	return &kreds.Catalogue{
		Traits: []kreds.Trait{
			person("age", kreds.Number), person("budget", kreds.Number), person("value.clv", kreds.Number),
			person("country", kreds.Text), person("billing_country", kreds.Text), person("job_title", kreds.Text),
			person("consent.email", kreds.Text), person("vip", kreds.Boolean), person("birthday", kreds.Date),
			person("signup", kreds.Instants), person("renewal", kreds.Date), person("interests", kreds.List),
			person("home", kreds.Location), person("first", kreds.Text), person("antal_køb", kreds.Number),
			{Kind: kreds.Person, Name: "excitement_a_challenge", Label: "Excitement, a challenge", Type: kreds.Number},
			company("employees", kreds.Number), company("industry", kreds.Text), company("founded", kreds.Date),
			company("active", kreds.Boolean), company("hq", kreds.Location),
		},
		Events: []kreds.EventType{
			{Name: "purchase", Occasion: "invoice", Properties: []kreds.Property{
				{Name: "amount", Type: kreds.Number},
				{Name: "product", Type: kreds.Text},
				{Name: "invoice", Type: kreds.Text},
				{Name: "gift", Type: kreds.Boolean},
				{Name: "delivered", Type: kreds.Date},
				{Name: "paid_at", Type: kreds.Instants},
				{Name: "tags", Type: kreds.List},
				{Name: "shop", Type: kreds.Location},
				{Name: "unit_price", Label: "UnitPrice", Type: kreds.Number},
			}},
			{Name: "return", Properties: []kreds.Property{{Name: "amount", Type: kreds.Number}, {Name: "product", Type: kreds.Text}, {Name: "code", Type: kreds.Number}}},
			{Name: "view", Properties: []kreds.Property{{Name: "product", Type: kreds.Text}, {Name: "code", Type: kreds.Text}}},
			{Name: "visit"},
		},
		Items: []kreds.Property{{Name: "category", Type: kreds.Text}, {Name: "price", Type: kreds.Number}, {Name: "released", Type: kreds.Date}},
		Lists: map[string][]string{"Big cities": {"Aarhus"}},
		Places: []kreds.Place{
			{Name: "Aarhus store", Point: kreds.PointOf(56.16, 10.2)},
		},
		Segments: []kreds.SegmentRef{{Name: "Churned"}, {Name: "big", Subject: kreds.Companies}, {Name: "leads", Subject: kreds.Prospects}},
	}
}

// TestCheck: what names and values become, and that checking again, reading the
// checked text and passing through JSON change nothing.
func TestCheck(t *testing.T) {
	golden(t, "testdata/check.txt", func(text string) []string {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return nil
		}
		if err := Check(e, shop()); err != nil {
			t.Errorf("%s: %v (%s)", text, err, kreds.HintOf(err))
			return nil
		}
		printed := e.String()
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(e, shop()); err != nil || e.String() != printed {
			t.Errorf("%s: checked again: %s %v", text, e, err)
		}
		again, err := Parse(printed)
		if err != nil {
			t.Errorf("%s: %s: %v", text, printed, err)
			return nil
		}
		if err := Check(again, shop()); err != nil {
			t.Errorf("%s: %s: %v", text, printed, err)
		}
		if d := cmp.Diff(e, again, checked); d != "" {
			t.Errorf("%s: %s is another tree: %s", text, printed, d)
		}
		var back Expr
		if err := json.Unmarshal(data, &back); err != nil {
			t.Errorf("%s: %s: %v", text, data, err)
			return nil
		}
		if err := Check(&back, shop()); err != nil {
			t.Errorf("%s: from JSON: %v", text, err)
		}
		if d := cmp.Diff(e, &back, checked); d != "" {
			t.Errorf("%s: from JSON: %s", text, d)
		}
		return []string{printed}
	})
}

// checked compares checked trees, with what names mean and the types.
var checked = cmp.Options{
	ignorePlaces[0],
	cmp.AllowUnexported(Measure{}),
}

// TestCheckErrors: what is refused, where, and what the remedy is.
func TestCheckErrors(t *testing.T) {
	golden(t, "testdata/check_errors.txt", func(text string) []string {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return nil
		}
		fault := &Error{}
		ok := errors.As(Check(e, shop()), &fault)
		if !ok {
			t.Errorf("%s: no error", text)
			return nil
		}
		if fault.Hint == "" {
			t.Errorf("%s: %v: no remedy", text, fault)
		}
		if fault.Pos == (Pos{}) {
			t.Errorf("%s: %v: no place", text, fault)
		}
		return []string{fault.Error(), fault.Hint}
	})
}

func TestCheckAgainstNothing(t *testing.T) {
	for _, text := range []string{"a = 1", "did a", "in segment \"x\"", "a in list \"x\"", "home near place \"x\" within 1 km", "did any event where (amount > 1)"} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(e, &kreds.Catalogue{}); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := Check(&Expr{}, &kreds.Catalogue{}); err == nil {
		t.Error("an empty tree passes")
	}
}

func TestReferencesAndRename(t *testing.T) {
	e, err := Parse(`in segment "b" and not (joined segment "a" within last 3 days or age in top 5% among segment "B")
		and (left segment "c") as of 2025 and age in top 3 among (in segment "d") and company (in segment "e") and did x where (y = "f")`)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"B", "a", "b", "c", "d", "e"}, References(e)); d != "" {
		t.Error(d)
	}
	if !Rename(e, "b", "new \"b\"") || Rename(e, "f", "g") {
		t.Error("Rename does not tell what it did")
	}
	if s := e.String(); strings.Count(s, `segment "new ""b"""`) != 2 {
		t.Errorf("renamed: %s", s)
	}
	if d := cmp.Diff([]string{"a", "c", "d", "e", `new "b"`}, References(e)); d != "" {
		t.Error(d)
	}
}

func TestNameOf(t *testing.T) {
	for label, want := range map[string]string{
		"MntWines": "mnt_wines", "customerID": "customer_id", "cons.price.idx": "cons_price_idx", "Antal køb": "antal_køb",
		"ID": "id", "HTTPServer": "http_server", "Q3Sales": "q3_sales", "  a  b ": "a_b", "UnitPrice (DKK)": "unit_price_dkk",
		"2024 sales": "_2024_sales", "年齢": "年齢", "Größe": "größe", "Cafe\u0301": "café", "already_snake": "already_snake",
		"": "column", "!!!": "column", "É": "é", "Zip-Code": "zip_code", "x__y": "x_y",
	} {
		got := NameOf(label)
		if got != want {
			t.Errorf("NameOf(%q) = %q, want %q", label, got, want)
		}
		if again := NameOf(got); again != got {
			t.Errorf("NameOf(%q) = %q, but of that %q", label, got, again)
		}
	}
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"age": "age", "value.clv": "value.clv", "Age": "Age", "first": "`first`", "score.first": "score.first",
		"excitement, a challenge": "`excitement, a challenge`", "a.b c": "a.`b c`", "a`b": "`a``b`", "2024": "`2024`",
		"a.": "`a.`", ".": "`.`", "antal_køb": "antal_køb",
	} {
		if got := Quote(name); got != want {
			t.Errorf("Quote(%q) = %s, want %s", name, got, want)
		}
		e, err := Parse(Quote(name))
		if err != nil {
			t.Errorf("%s: %v", Quote(name), err)
			continue
		}
		if got := e.Root.(*BoolTerm).Term.(*Path).Name; got != name {
			t.Errorf("%s reads as %q", Quote(name), got)
		}
	}
}

func TestBuiltinLists(t *testing.T) {
	for name, has := range map[string]string{"EU": "DK", "eea": "NO", "nordics": "Iceland"} {
		values, ok := IsBuiltinList(name)
		if !ok || !strings.Contains(strings.Join(values, ","), has) {
			t.Errorf("%s: %v", name, values)
		}
	}
	if eu, _ := IsBuiltinList("EU"); len(eu) < 54 {
		t.Errorf("EU has %d values, want the codes and names of 27 countries", len(eu))
	}
	if _, ok := IsBuiltinList("Asia"); ok {
		t.Error("Asia is a list")
	}
}
