package audience

import (
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// money are names of properties that hold what an event was worth, best first.
var money = []string{"amount", "total", "revenue", "value", "price", "sales", "spend", "beløb", "pris"}

// purchases are names of events that are purchases, best first.
var purchases = []string{"purchase", "purchases", "order", "orders", "transaction", "transactions", "sale", "invoice", "køb", "ordre"}

// Purchase returns the event type that purchases are, and the property of its worth
// ("" if there is none), by their usual names where none are given. The error has
// CodeInvalid if it cannot be told which event is one, CodeNotFound for a name that
// does not exist.
func Purchase(cat *kreds.Catalogue, event, value string) (kreds.EventType, string, error) {
	var names []string
	for _, e := range cat.Events {
		names = append(names, e.Name)
	}
	if event == "" {
		for _, n := range purchases {
			if event == "" && slices.Contains(names, n) {
				event = n
			}
		}
		if event == "" && len(names) == 1 {
			event = names[0]
		}
		if event == "" {
			e := kreds.Errorf(kreds.CodeInvalid, "which event is a purchase cannot be told")
			if len(names) == 0 {
				return kreds.EventType{}, "", kreds.Errorf(kreds.CodeInvalid, "there are no events").WithHint("import orders first: kreds import FILE --as events:purchase")
			}
			return kreds.EventType{}, "", e.WithHint("name it with --event: %s", strings.Join(names, ", "))
		}
	}
	i := slices.IndexFunc(cat.Events, func(e kreds.EventType) bool { return strings.EqualFold(e.Name, event) || e.Label == event })
	if i < 0 {
		e := kreds.Errorf(kreds.CodeNotFound, "there is no event %q", event)
		if near := segment.Nearest(event, names); near != "" {
			return kreds.EventType{}, "", e.WithHint("did you mean %q?", near)
		}
		return kreds.EventType{}, "", e.WithHint("there are: %s", strings.Join(names, ", "))
	}
	e := cat.Events[i]
	var numbers []string
	for _, p := range e.Properties {
		if p.Type == kreds.Number {
			numbers = append(numbers, p.Name)
		}
	}
	if value != "" {
		if !slices.Contains(numbers, strings.ToLower(value)) {
			return e, "", kreds.Errorf(kreds.CodeNotFound, "%s has no number %q", e.Name, value).WithHint("it has: %s", strings.Join(numbers, ", "))
		}
		return e, strings.ToLower(value), nil
	}
	for _, n := range money {
		if slices.Contains(numbers, n) {
			return e, n, nil
		}
	}
	return e, "", nil
}
