package discover

import (
	"cmp"
	"context"
	"fmt"
	"math"
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
	share := func(name, part, whole, family string) { specs = append(specs, spec{name, part, whole, family}) }
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
	add(kreds.Say("recency"), "last %s", name)
	add(kreds.Say("frequency"), "count of %s", name)
	monetary := ""
	if worth != "" {
		monetary = bought.Value
		add(kreds.Say("monetary"), "%s", monetary)
	}
	switch preset {
	case "rfm":
		if worth == "" {
			return nil, "", kreds.Errorf(kreds.CodeInvalid, "%s has no number that says what it was worth", e.Name).WithHint("name one with --value")
		}
	case "value":
		add(kreds.Say("tenure"), "first %s", name)
		if worth != "" {
			add(kreds.Say("average value"), "avg(%s) of %s", segment.Quote(worth), name)
			add(kreds.Say("highest value"), "max(%s) of %s", segment.Quote(worth), name)
			share(kreds.Say("recent share of value"), monetary+" within last 90 days", monetary, "")
		}
	case "behaviour":
		behaviour(&e, worth, cat, stats, add, share)
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

// A recipe takes the shares of the texts that get the most of what was bought, at most
// topShared, and none that gets less than leastShared.
const leastShared = .01

// discounts are parts of the names of properties that say how much was taken off, and
// coupons of those among them that a coupon took off.
var (
	discounts = []string{"discount", "disc", "rebate", "rabat", "coupon", "voucher", "kupon"}
	coupons   = []string{"coupon", "voucher", "kupon"}
)

// aYear is the stretch of data below which a season says when somebody began.
const aYear = 330 * 86_400e6

// behaviour adds the features of how somebody buys: since when, in which rhythm, how
// broadly, on which days and at which hours, of which categories and by which channels,
// at a discount or by coupon, what is taken back, and what else they did. Categories,
// brands and discounts are shares of the worth, where that is known, days, hours and
// channels shares of the purchases.
func behaviour(e *kreds.EventType, worth string, cat *kreds.Catalogue, stats *engine.Statistics, add func(name, format string, args ...any), share func(name, part, whole, family string)) {
	name := segment.Quote(e.Name)
	count := "count of " + name
	value := count
	if worth != "" {
		value = fmt.Sprintf("sum(%s) of %s", segment.Quote(worth), name)
	}
	add(kreds.Say("tenure"), "first %s", name)
	add(kreds.Say("gap between purchases"), "median gap of %s", name)
	of := func(whole, feature, family, format string, args ...any) {
		share(feature, fmt.Sprintf("%s where (%s)", whole, fmt.Sprintf(format, args...)), whole, family)
	}
	for _, p := range products {
		if x, ok := e.Property(p); ok && x.Type == kreds.Text {
			add(kreds.Say("breadth"), "count distinct(%s) of %s", segment.Quote(p), name)
			break
		}
	}
	of(count, kreds.Say("weekend share"), "", "weekday(time) >= 6")
	of(count, kreds.Say("morning share"), "", "hour(time) < 12")
	of(count, kreds.Say("evening share"), "", "hour(time) >= 17")
	own := statisticsOf(stats, e.Name)
	if own.Last-own.First >= aYear {
		of(count, kreds.Say("Christmas share"), "", "month(time) >= 11")
	}
	texts := func(columns []engine.ColumnStatistics, prefix string) {
		for _, col := range columns {
			if col.Type != kreds.Text || !shared(col.Name, col.Distinct) || prefix == "" && col.Name == e.Occasion {
				continue
			}
			whole := value
			if channel(col.Name) {
				whole = count
			}
			for _, top := range col.Top {
				of(whole, col.Name+": "+top.Value.Text, prefix+col.Name, "%s%s = %s", prefix, segment.Quote(col.Name), quoted(top.Value.Text))
			}
		}
	}
	texts(own.Properties, "")
	if _, ok := e.Property("product"); ok {
		texts(stats.ItemFacts, "product.")
	}
	var reduced, cut []string
	for _, p := range e.Properties {
		has := func(words []string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(p.Name, w) })
		}
		if p.Type != kreds.Number || p.Name == worth || !has(discounts) {
			continue
		}
		if has(coupons) {
			cut = append(cut, segment.Quote(p.Name)+" > 0")
		} else {
			reduced = append(reduced, segment.Quote(p.Name)+" > 0")
		}
	}
	if len(reduced) > 0 {
		of(value, kreds.Say("discount share"), "", "%s", strings.Join(reduced, " or "))
	}
	if len(cut) > 0 {
		of(value, kreds.Say("coupon share"), "", "%s", strings.Join(cut, " or "))
	}
	for _, col := range own.Properties {
		if col.Name == worth && worth != "" && col.Min.Num < 0 {
			of(count, kreds.Say("return share"), "", "%s < 0", segment.Quote(worth))
		}
	}
	for _, o := range cat.Events {
		if o.Name != e.Name {
			add(o.Name, "count of %s", segment.Quote(o.Name))
		}
	}
}

// channel reports whether a property says by which way something was bought, which is
// the same of all that was bought at once.
func channel(name string) bool {
	return slices.ContainsFunc([]string{"channel", "kanal", "device", "store"}, func(w string) bool { return strings.Contains(name, w) })
}

// narrow keeps, of each family of shares, those that get the most, as of an instant. Of
// two that make up the whole one says all: the smaller.
func (d *Discoverer) narrow(ctx context.Context, specs []spec, among string, asOf kreds.Instant) ([]spec, error) {
	var of []spec
	for _, s := range specs {
		if s.family != "" {
			of = append(of, s)
		}
	}
	if len(of) == 0 {
		return specs, nil
	}
	columns, _, _, err := d.evaluate(ctx, of, among, asOf)
	if err != nil {
		return nil, err
	}
	type member struct {
		name string
		mean float64
	}
	families := map[string][]member{}
	for i, c := range columns {
		var sum, n float64
		for _, v := range c.value {
			if !math.IsNaN(v) {
				sum, n = sum+v, n+1
			}
		}
		if mean := sum / max(n, 1); mean >= leastShared {
			families[of[i].family] = append(families[of[i].family], member{c.Name, mean})
		}
	}
	keep := map[string]bool{}
	for _, f := range families {
		slices.SortStableFunc(f, func(a, b member) int { return cmp.Compare(b.mean, a.mean) })
		if len(f) == 2 && f[0].mean+f[1].mean > .999 {
			f = f[1:]
		}
		for _, m := range f[:min(len(f), topShared)] {
			keep[m.name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(specs), func(s spec) bool { return s.family != "" && !keep[s.name] }), nil
}

func statisticsOf(s *engine.Statistics, event string) engine.EventStatistics {
	for _, e := range s.Events {
		if e.Name == event {
			return e
		}
	}
	return engine.EventStatistics{}
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
