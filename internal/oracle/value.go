package oracle

import (
	"math/big"
	"slices"
	"sort"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// value is the value of a term; Unknown if there is none.
func (o *Oracle) value(t segment.Term, c context) kreds.Value {
	switch t := t.(type) {
	case *segment.Path:
		return o.path(t.Ref, c)
	case *segment.Func:
		v := o.path(t.Arg.Ref, c)
		if v.Type == kreds.Unknown {
			return v
		}
		return number(float64(o.function(t.Name, v)))
	case *segment.EventInstant:
		in := occasions(o.lines(t.Events, t.Where, c))
		if len(in) == 0 {
			return kreds.Value{}
		}
		at := in[0].at
		if t.Last {
			at = in[len(in)-1].at
		}
		return kreds.Value{Type: kreds.Instants, Instant: at}
	case *segment.Measure:
		in, ok := o.measured(t, c)
		if !ok {
			return kreds.Value{}
		}
		return o.measure(t, in)
	}
	panic("the oracle does not cover " + segment.PrintTerm(t))
}

func number(f float64) kreds.Value { return kreds.Value{Type: kreds.Number, Num: f} }

func text(s string) kreds.Value { return kreds.Value{Type: kreds.Text, Text: s} }

func (o *Oracle) path(r segment.Ref, c context) kreds.Value {
	switch r.Kind {
	case segment.RefTrait:
		return latest(c.p.traits[r.Name], c.asOf)
	case segment.RefKey:
		return text(c.p.key)
	case segment.RefFirstSeen:
		if !c.p.dated || c.p.seen >= c.asOf {
			return kreds.Value{}
		}
		return kreds.Value{Type: kreds.Instants, Instant: c.p.seen}
	case segment.RefReachable:
		return kreds.Value{Type: kreds.Boolean, Bool: reachable(c.p, r.Name, c.asOf)}
	case segment.RefCompany:
		company := o.employer(c.p, c.asOf)
		if company == nil {
			return kreds.Value{}
		}
		return o.path(segment.Ref{Kind: r.Of, Name: r.Name}, context{p: company, scope: c.scope})
	case segment.RefProperty:
		return c.line.props[r.Name]
	case segment.RefTime:
		return kreds.Value{Type: kreds.Instants, Instant: c.line.at}
	case segment.RefItem:
		if key, ok := c.line.props[r.Name]; ok {
			return o.items[key.Text][r.Fact]
		}
		return kreds.Value{}
	}
	panic("the oracle does not cover this name")
}

// reachable: an address, consent and no suppression.
func reachable(p *profile, channel string, asOf kreds.Instant) bool {
	is := func(name string) kreds.Value { return latest(p.traits[name], asOf) }
	address := map[string]string{"email": "email", "sms": "phone", "phone": "phone", "post": "address"}[channel]
	return is(address).Type != kreds.Unknown && is("consent."+channel).Text == "given" && !is("suppressed").Bool && !is("suppressed."+channel).Bool
}

func (o *Oracle) function(name string, v kreds.Value) int {
	if name == "size" {
		return len(v.List)
	}
	t := v.Instant.Time().In(o.zone)
	if v.Type == kreds.Date {
		t = v.Day.Time()
	}
	switch name {
	case "year":
		return t.Year()
	case "month":
		return int(t.Month())
	case "weekday":
		return (int(t.Weekday())+6)%7 + 1
	}
	return t.Hour()
}

// measured are the lines that a measure reads, and whether its window is known. Of
// any event it reads those of the types that have its property.
func (o *Oracle) measured(m *segment.Measure, c context) ([]*event, bool) {
	in := o.lines(m.Events, m.Where, c)
	if m.Prop != "" {
		in = slices.DeleteFunc(in, func(e *event) bool {
			_, has := o.exact[column{e.typ, m.Prop}]
			return !has
		})
	}
	if m.Window == nil {
		return in, true
	}
	iv, ok := o.window(m.Window, c, false)
	return clip(in, iv), ok
}

func (o *Oracle) measure(m *segment.Measure, in []*event) kreds.Value {
	switch m.Agg {
	case segment.AggCount:
		return number(float64(len(occasions(in))))
	case segment.AggMedianGap:
		return medianGap(occasions(in))
	}
	var lines []*event // those with the property
	exact := true
	different := map[any]int{}
	for _, e := range in {
		v, ok := e.props[m.Prop]
		if !ok {
			continue
		}
		lines = append(lines, e)
		different[Plain(v)]++
		exact = exact && o.exact[column{e.typ, m.Prop}]
	}
	values := make([]kreds.Value, len(lines))
	for i, e := range lines {
		values[i] = e.props[m.Prop]
	}
	switch m.Agg {
	case segment.AggCountDistinct:
		return number(float64(len(different)))
	case segment.AggSum:
		return number(total(values, exact, 1))
	}
	if len(lines) == 0 {
		return kreds.Value{}
	}
	sorted := slices.Clone(values)
	sort.SliceStable(sorted, func(i, j int) bool { return order(sorted[i], sorted[j]) < 0 })
	switch m.Agg {
	case segment.AggAvg:
		return number(total(values, exact, len(values)))
	case segment.AggMin:
		return sorted[0]
	case segment.AggMax:
		return sorted[len(sorted)-1]
	case segment.AggMedian:
		n := len(sorted)
		return number(total([]kreds.Value{sorted[(n-1)/2], sorted[n/2]}, exact, 2))
	case segment.AggMostFrequent:
		best := sorted[0]
		for _, v := range sorted {
			if different[Plain(v)] > different[Plain(best)] {
				best = v
			}
		}
		return best
	}
	// Of those at the first instant the smallest, at the last the largest.
	at := lines[0].at
	if m.Agg == segment.AggLast {
		at = lines[len(lines)-1].at
	}
	var found []kreds.Value
	for i, e := range lines {
		if e.at == at {
			found = append(found, values[i])
		}
	}
	best := found[0]
	for _, v := range found {
		if d := order(v, best); m.Agg == segment.AggFirst && d < 0 || m.Agg == segment.AggLast && d > 0 {
			best = v
		}
	}
	return best
}

// total is a sum divided by n. Numbers with at most four decimals are exact, and
// the result is the number nearest to the true one; others are added from the
// smallest to the largest.
func total(values []kreds.Value, exact bool, n int) float64 {
	if !exact {
		fs := make([]float64, len(values))
		for i, v := range values {
			fs[i] = v.Num
		}
		sort.Float64s(fs)
		sum := 0.0
		for _, f := range fs {
			sum += f
		}
		return sum / float64(n)
	}
	sum := new(big.Rat)
	for _, v := range values {
		f := new(big.Rat).SetFloat64(v.Num)
		// The decimal that the number stands for.
		d, _ := new(big.Rat).SetString(f.FloatString(4))
		sum.Add(sum, d)
	}
	f, _ := sum.Quo(sum, big.NewRat(int64(n), 1)).Float64()
	return f
}

func medianGap(in []*event) kreds.Value {
	var gaps []float64
	for i := 1; i < len(in); i++ {
		if d := in[i].at - in[i-1].at; d > 0 {
			gaps = append(gaps, float64(d)/1e6)
		}
	}
	if len(gaps) == 0 {
		return kreds.Value{}
	}
	sort.Float64s(gaps)
	n := len(gaps)
	return kreds.Value{Type: kreds.Span, Num: (gaps[(n-1)/2] + gaps[n/2]) / 2}
}

// returns reports whether the day and month come again in a later year within the
// interval.
func (o *Oracle) returns(v kreds.Value, iv interval) bool {
	d := v.Day.Time()
	if v.Type == kreds.Instants {
		d = v.Instant.Time().In(o.zone)
	}
	year, month, day := d.Date()
	from, to := year+1, 2200
	if iv.from != kreds.MinInstant {
		from = max(from, iv.from.Time().Year()-1)
	}
	if iv.before != kreds.MaxInstant {
		to = iv.before.Time().Year() + 1
	}
	for y := from; y <= to; y++ {
		on := day
		leap := y%4 == 0 && (y%100 != 0 || y%400 == 0)
		if month == time.February && day == 29 && !leap {
			on = 28
		}
		if iv.has(o.midnight(y, month, on)) {
			return true
		}
	}
	return false
}
