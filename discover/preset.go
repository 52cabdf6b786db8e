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
	e, worth, err := audience.Purchase(cat, event, value)
	if err != nil {
		return nil, "", err
	}
	name := segment.Quote(e.Name)
	among = "did " + name
	add("recency", "last %s", name)
	add("frequency", "count of %s", name)
	monetary := ""
	if worth != "" {
		monetary = fmt.Sprintf("sum(%s) of %s", segment.Quote(worth), name)
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
		add("tenure", "first %s", name)
		add("gap between purchases", "median gap of %s", name)
		if _, ok := e.Property("product"); ok {
			add("breadth", "count distinct(product) of %s", name)
		}
		count := "count of " + name
		share("weekend share", fmt.Sprintf("count of %s where (weekday(time) >= 6)", name), count)
		share("evening share", fmt.Sprintf("count of %s where (hour(time) >= 17)", name), count)
		for _, col := range statisticsOf(stats, e.Name) {
			if p, ok := e.Property(col.Name); !ok || p.Type != kreds.Text || col.Distinct < 2 || col.Distinct > 30 || p.Name == e.Occasion {
				continue
			}
			for _, top := range col.Top[:min(len(col.Top), 4)] {
				share(fmt.Sprintf("%s %s", col.Name, top.Value.Text),
					fmt.Sprintf("count of %s where (%s = %s)", name, segment.Quote(col.Name), quoted(top.Value.Text)), count)
			}
		}
		for _, p := range e.Properties {
			if p.Type == kreds.Number && strings.Contains(p.Name, "discount") {
				share("discount share", fmt.Sprintf("count of %s where (%s > 0)", name, segment.Quote(p.Name)), count)
			}
		}
		for _, o := range cat.Events {
			if o.Name != e.Name {
				add(o.Name, "count of %s", segment.Quote(o.Name))
			}
		}
	default:
		return nil, "", kreds.Errorf(kreds.CodeInvalid, "there is no preset %q", preset).WithHint("there are: %s", strings.Join(Presets, ", "))
	}
	return specs, among, nil
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
