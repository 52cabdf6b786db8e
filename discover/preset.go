package discover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Presets are the names of the recipes; survey takes a name: survey:panel.
var Presets = []string{"rfm", "value", "behaviour", "firmographic", "survey:NAME"}

// recipe returns the features of a preset and, in the language, whom they describe.
func recipe(preset string, cat *kreds.Catalogue, stats *engine.Statistics, event, value string) (specs []spec, among string, err error) {
	add := func(name, format string, args ...any) {
		specs = append(specs, spec{name: name, text: fmt.Sprintf(format, args...)})
	}
	share := func(name, part, whole string) { specs = append(specs, spec{name, part, whole}) }
	if survey, ok := strings.CutPrefix(preset, "survey:"); ok {
		prefix := "survey." + strings.ToLower(survey) + "."
		for _, t := range cat.Traits {
			if question, ok := strings.CutPrefix(t.Name, prefix); ok {
				add(question, "%s", segment.Quote(t.Name))
			}
		}
		if len(specs) == 0 {
			return nil, "", kreds.Errorf(kreds.CodeNotFound, "there are no answers of a survey %q", survey).
				WithHint("import them as traits with names that begin with %s", prefix)
		}
		return specs, specs[0].text + " is known", nil
	}
	if preset == "firmographic" {
		for _, t := range cat.Traits {
			if t.Kind == kreds.Company && slices.Contains([]kreds.Type{kreds.Number, kreds.Text, kreds.Boolean, kreds.Date}, t.Type) && !strings.Contains(t.Name, ".") {
				add(t.Name, "%s", segment.Quote(t.Name))
			}
		}
		if len(specs) == 0 {
			return nil, "", kreds.Errorf(kreds.CodeInvalid, "there are no companies with traits").WithHint("import them first: kreds import FILE --as companies")
		}
		return specs, "companies: everyone", nil
	}
	bought, err := audience.FindPurchase(cat, event, value)
	if err != nil {
		return nil, "", err
	}
	e, worth, name := bought.Event, bought.Property, bought.Of
	among = "did " + name
	add("recency", "last %s", name)
	add("frequency", "count of %s", name)
	monetary := ""
	if worth != "" {
		monetary = bought.Value
		add("monetary", "%s", monetary)
	}
	switch preset {
	case "rfm":
		if worth == "" {
			return nil, "", kreds.Errorf(kreds.CodeInvalid, "%s has no number that says what it was worth", e.Name).WithHint("name one with --value")
		}
	case "value":
		add("tenure", "first %s", name)
		if worth != "" {
			add("average value", "avg(%s) of %s", segment.Quote(worth), name)
			add("highest value", "max(%s) of %s", segment.Quote(worth), name)
			share("recent share of value", monetary+" within last 90 days", monetary)
		}
	case "behaviour":
		behaviour(&e, cat, stats, add, share)
	default:
		return nil, "", kreds.Errorf(kreds.CodeInvalid, "there is no preset %q", preset).WithHint("there are: %s", strings.Join(Presets, ", "))
	}
	return specs, among, nil
}

// products are names of properties that hold which product was bought, best first.
var products = []string{"product", "product_id", "sku", "stock_code", "item", "item_id", "article", "vare", "varenummer"}

// How many texts a property may have whose shares are features, more where its name says
// that it sorts purchases, and of how many of them.
const (
	mostShared = 30
	mostSorts  = 60
	topShared  = 4
)

// shared reports whether shares of a property's texts are features. Where somebody lives
// is no behaviour.
func shared(name string, distinct int64) bool {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	most := int64(mostShared)
	if has("category", "department", "group", "type", "brand", "channel", "kategori", "kanal") {
		most = mostSorts
	}
	return distinct >= 2 && distinct <= most && !has("country", "region", "city", "postcode", "zip", "land", "language")
}

// behaviour adds the features of how somebody buys: since when, in which rhythm, how
// broadly, on which days and at which hours, of which categories and channels, at a
// discount, and what else they did.
func behaviour(e *kreds.EventType, cat *kreds.Catalogue, stats *engine.Statistics, add func(name, format string, args ...any), share func(name, part, whole string)) {
	name := segment.Quote(e.Name)
	count := "count of " + name
	add("tenure", "first %s", name)
	add("gap between purchases", "median gap of %s", name)
	where := func(feature, format string, args ...any) {
		share(feature, fmt.Sprintf("%s where (%s)", count, fmt.Sprintf(format, args...)), count)
	}
	for _, p := range products {
		if x, ok := e.Property(p); ok && x.Type == kreds.Text {
			add("breadth", "count distinct(%s) of %s", segment.Quote(p), name)
			break
		}
	}
	where("weekend share", "weekday(time) >= 6")
	where("morning share", "hour(time) < 12")
	where("evening share", "hour(time) >= 17")
	where("Christmas share", "month(time) >= 11")
	for _, col := range statisticsOf(stats, e.Name) {
		if p, ok := e.Property(col.Name); !ok || p.Type != kreds.Text || !shared(col.Name, col.Distinct) || p.Name == e.Occasion {
			continue
		}
		for _, top := range col.Top[:min(len(col.Top), topShared)] {
			where(col.Name+": "+top.Value.Text, "%s = %s", segment.Quote(col.Name), quoted(top.Value.Text))
		}
	}
	if _, ok := e.Property("product"); ok {
		for _, col := range stats.ItemFacts {
			if col.Type != kreds.Text || !shared(col.Name, col.Distinct) {
				continue
			}
			for _, top := range col.Top[:min(len(col.Top), topShared)] {
				where(col.Name+": "+top.Value.Text, "product.%s = %s", segment.Quote(col.Name), quoted(top.Value.Text))
			}
		}
	}
	for _, p := range e.Properties {
		if p.Type == kreds.Number && slices.ContainsFunc([]string{"discount", "coupon", "rebate", "rabat"}, func(w string) bool { return strings.Contains(p.Name, w) }) {
			where("discount share", "%s > 0", segment.Quote(p.Name))
			break
		}
	}
	for _, o := range cat.Events {
		if o.Name != e.Name {
			add(o.Name, "count of %s", segment.Quote(o.Name))
		}
	}
}

func statisticsOf(s *engine.Statistics, event string) []engine.ColumnStatistics {
	for _, e := range s.Events {
		if e.Name == event {
			return e.Properties
		}
	}
	return nil
}

// quoted is a text literal of the language.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// split cuts a list of terms at its commas, but not within back quotes, quotes or
// parentheses.
func split(list string) []string {
	var out []string
	depth, begin := 0, 0
	var quote rune
	for i, r := range list {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '`' || r == '"':
			quote = r
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth <= 0:
			out = append(out, list[begin:i])
			begin = i + 1
		}
	}
	out = append(out, list[begin:])
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}
