package audience

import (
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// money are words of names of properties that hold what an event was worth, best first.
var money = []string{"amount", "total", "revenue", "value", "price", "sales", "spend", "beløb", "omsætning", "pris"}

// parts are words of names of properties that hold only a part of what an event was
// worth, or none of it.
var parts = []string{
	"unit", "each", "list", "discount", "disc", "rebate", "tax", "vat", "cost", "shipping", "freight", "fee", "quantity",
	"stk", "stykpris", "rabat", "moms", "fragt", "gebyr", "antal",
}

// purchases are names of events that are purchases, best first.
var purchases = []string{"purchase", "purchases", "order", "orders", "transaction", "transactions", "sale", "invoice", "køb", "ordre"}

// Purchase is what a purchase is, and what it is worth.
type Purchase struct {
	Event    kreds.EventType
	Property string // of the worth; "" if there is none
	// Value is the sum that customers are worth, in canonical form and without a
	// window: sum(amount) of purchase. It is "" if Property is.
	Value string
	// Of is the events that count, as they stand after "of" or "did": purchase, or
	// purchase where (…).
	Of string
}

func purchaseOf(e kreds.EventType, property string) Purchase {
	p := Purchase{Event: e, Property: property, Of: segment.Quote(e.Name)}
	if property != "" {
		p.Value = "sum(" + segment.Quote(property) + ") of " + p.Of
	}
	return p
}

// FindPurchase returns what a purchase is: by the names that are given, else by what the
// workspace says that counts as value, else by usual names. The error has CodeInvalid
// if it cannot be told which event is one, CodeNotFound for a name that does not exist.
func FindPurchase(cat *kreds.Catalogue, event, value string) (Purchase, error) {
	if cat.Value != "" && value == "" {
		set, err := ReadValue(cat, cat.Value)
		// What is chosen may be gone, as when its import was undone.
		if err == nil && (event == "" || strings.EqualFold(event, set.Event.Name) || event == set.Event.Label) {
			return set, nil
		}
	}
	if event == "" {
		found, ok := usualEvent(cat)
		if !ok {
			if len(cat.Events) == 0 {
				return Purchase{}, kreds.Errorf(kreds.CodeInvalid, "there are no events").WithHint("import orders first: kreds import FILE --as events:purchase")
			}
			return Purchase{}, kreds.Errorf(kreds.CodeInvalid, "which event is a purchase cannot be told").WithHint("name it with --event: %s", strings.Join(eventNames(cat), ", "))
		}
		event = found
	}
	e, err := eventOf(cat, event)
	if err != nil {
		return Purchase{}, err
	}
	if value == "" {
		return purchaseOf(e, usualWorth(&e)), nil
	}
	numbers := numbersOf(&e)
	if !slices.Contains(numbers, strings.ToLower(value)) {
		return Purchase{}, kreds.Errorf(kreds.CodeNotFound, "%s has no number %q", e.Name, value).WithHint("it has: %s", strings.Join(numbers, ", "))
	}
	return purchaseOf(e, strings.ToLower(value)), nil
}

// ReadValue reads what counts as value: the sum of a number over events of one type,
// which may have a condition, without a window. Other texts give an error of
// CodeInvalid.
func ReadValue(cat *kreds.Catalogue, text string) (Purchase, error) {
	t, err := segment.ParseTerm(text)
	if err != nil {
		return Purchase{}, err
	}
	m, ok := t.(*segment.Measure)
	switch {
	case !ok || m.Agg != segment.AggSum:
		return Purchase{}, kreds.Errorf(kreds.CodeInvalid, "value is a sum, which %s is not", segment.PrintTerm(t)).WithHint("write the sum of a number over an event, as sum(amount) of purchase")
	case m.Events.Any || m.Events.AnyOf || m.Events.OfPersons:
		return Purchase{}, kreds.Errorf(kreds.CodeInvalid, "value is summed over one event").WithHint("write the sum of a number over an event, as sum(amount) of purchase")
	case m.Window != nil:
		return Purchase{}, kreds.Errorf(kreds.CodeInvalid, "value has no window of its own").WithHint("leave the window out: each question of value has its own period")
	}
	x := &segment.Expr{Subject: kreds.Persons, Root: &segment.Known{Term: m}}
	if err := segment.Check(x, cat); err != nil {
		return Purchase{}, err
	}
	e, err := eventOf(cat, m.Events.Names[0])
	if err != nil {
		return Purchase{}, err
	}
	p := purchaseOf(e, m.Prop)
	p.Value = segment.PrintTerm(m)
	if m.Where != nil {
		p.Of += " where (" + segment.PrintNode(m.Where) + ")"
	}
	return p, nil
}

// Values returns what could count as value: for each event its numbers that look like
// money, the likeliest first.
func Values(cat *kreds.Catalogue) []Purchase {
	var out []Purchase
	usual, _ := usualEvent(cat)
	for _, likely := range []bool{true, false} {
		for _, e := range cat.Events {
			if (e.Name == usual) != likely {
				continue
			}
			best := usualWorth(&e)
			if best == "" {
				continue
			}
			out = append(out, purchaseOf(e, best))
			for _, n := range numbersOf(&e) {
				if n != best && worthRank(n) < len(money)*3 {
					out = append(out, purchaseOf(e, n))
				}
			}
		}
	}
	return out
}

func eventNames(cat *kreds.Catalogue) []string {
	var names []string
	for _, e := range cat.Events {
		names = append(names, e.Name)
	}
	return names
}

func eventOf(cat *kreds.Catalogue, event string) (kreds.EventType, error) {
	i := slices.IndexFunc(cat.Events, func(e kreds.EventType) bool { return strings.EqualFold(e.Name, event) || e.Label == event })
	if i >= 0 {
		return cat.Events[i], nil
	}
	names := eventNames(cat)
	e := kreds.Errorf(kreds.CodeNotFound, "there is no event %q", event)
	if near := segment.Nearest(event, names); near != "" {
		return kreds.EventType{}, e.WithHint("did you mean %q?", near)
	}
	return kreds.EventType{}, e.WithHint("there are: %s", strings.Join(names, ", "))
}

// usualEvent is the event that is a purchase: the one whose name is or holds the
// likeliest word, or else the only one.
func usualEvent(cat *kreds.Catalogue) (string, bool) {
	names := eventNames(cat)
	for _, n := range purchases {
		if slices.Contains(names, n) {
			return n, true
		}
	}
	for _, word := range purchases {
		for i, n := range names {
			if slices.Contains(strings.FieldsFunc(n, notWord), word) && usualWorth(&cat.Events[i]) != "" {
				return n, true
			}
		}
	}
	if len(names) == 1 {
		return names[0], true
	}
	return "", false
}

func notWord(r rune) bool { return r == '_' || r == '.' || r == ' ' }

func numbersOf(e *kreds.EventType) []string {
	var numbers []string
	for _, p := range e.Properties {
		if p.Type == kreds.Number {
			numbers = append(numbers, p.Name)
		}
	}
	return numbers
}

// usualWorth is the number that says what an event was worth; "" if none looks like it.
func usualWorth(e *kreds.EventType) string {
	best, least := "", len(money)*3
	for _, n := range numbersOf(e) {
		if r := worthRank(n); r < least {
			best, least = n, r
		}
	}
	return best
}

// worthRank says how likely a number of the name is what an event was worth, from 0:
// a name that is such a word comes before one that ends in one, and that before one that
// only holds one. It is 3·len(money) for names that do not look like money.
func worthRank(name string) int {
	words := strings.FieldsFunc(name, notWord)
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(parts, w) }) {
		return len(money) * 3
	}
	for how, is := range []func(word string) bool{
		func(word string) bool { return name == word },
		func(word string) bool { return len(words) > 1 && words[len(words)-1] == word },
		func(word string) bool { return slices.Contains(words, word) },
	} {
		if i := slices.IndexFunc(money, is); i >= 0 {
			return how*len(money) + i
		}
	}
	return len(money) * 3
}
