package generate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// which is the events that a condition is about.
type which struct {
	text  string
	kind  kreds.Kind // of those who did them
	types []*EventType
	any   bool
}

// properties are those that all types have, or, of any event, any of them; where
// types agree.
func (e *which) properties() []Column {
	var out []Column
	for i, t := range e.types {
		for _, c := range t.Properties {
			has := 0
			agree := true
			for _, o := range e.types {
				if p := o.Property(c.Name); p != nil {
					has++
					agree = agree && p.Type == c.Type
				}
			}
			first := i == 0 || !slices.ContainsFunc(out, func(o Column) bool { return o.Name == c.Name })
			if agree && first && (e.any || has == len(e.types)) {
				out = append(out, c)
			}
		}
	}
	return out
}

// scalars are the properties of single values.
func (e *which) scalars() []Column {
	return slices.DeleteFunc(e.properties(), func(c Column) bool { return c.Type == kreds.List || c.Type == kreds.Location })
}

func (x *Writer) which(p place) *which {
	e := &which{kind: p.kind}
	all := x.w.Events
	one := func() *EventType { return &all[x.rng.IntN(len(all))] }
	if x.chance(2) { // the first type is the main one
		one = func() *EventType { return &all[0] }
	}
	switch x.rng.IntN(8) {
	case 0:
		e.text, e.any = "any event", true
		for i := range all {
			e.types = append(e.types, &all[i])
		}
	case 1:
		a, b := one(), &all[x.rng.IntN(len(all))]
		e.types = []*EventType{a, b}
		e.text = "any of (" + segment.Quote(a.Name) + ", " + segment.Quote(b.Name) + ")"
	default:
		e.types = []*EventType{one()}
		e.text = segment.Quote(e.types[0].Name)
	}
	if p.kind == kreds.Company && x.chance(3) {
		e.kind = kreds.Person
		e.text = "person." + e.text
	}
	return e
}

// where writes "where (…)".
func (x *Writer) where(e *which) string {
	return " where (" + x.condition(place{kind: e.kind, depth: x.rng.IntN(3), where: e}) + ")"
}

func (x *Writer) maybeWhere(e *which) string {
	return x.maybe(func() string { return x.where(e) })
}

func (x *Writer) maybeWindow(p place) string {
	return x.maybe(func() string { return " " + x.window(p, span{past: true}) })
}

func (x *Writer) times() string {
	if x.chance(4) {
		a := x.rng.IntN(3)
		return fmt.Sprintf(" %d to %d times", a, a+x.rng.IntN(3))
	}
	s := " " + x.quantity(4)
	if n := s[len(s)-1]; n >= '0' && n <= '9' {
		s += " times"
	}
	return s
}

func (x *Writer) did(p place) string {
	e := x.which(p)
	if x.chance(5) {
		return "did not " + e.text + x.maybeWhere(e) + x.maybeWindow(p)
	}
	clauses := []string{x.maybeWhere(e)}
	if s := e.scalars(); len(s) > 0 && x.chance(5) {
		clauses = append(clauses, " same "+segment.Quote(s[x.rng.IntN(len(s))].Name))
	}
	if x.chance(2) {
		clauses = append(clauses, x.times())
	}
	if x.chance(5) {
		of := x.n(1, 8)
		what := "each"
		if x.chance(2) {
			what = x.quantity(of)
		}
		clauses = append(clauses, fmt.Sprintf(" in %s of last %d %s%s", what, of, x.pick("", "", "whole "), x.pick("hours", "days", "weeks", "months", "quarters", "years")))
	}
	clauses = append(clauses, x.maybeWindow(p))
	x.rng.Shuffle(len(clauses), func(i, j int) { clauses[i], clauses[j] = clauses[j], clauses[i] })
	return "did " + e.text + strings.Join(clauses, "")
}

func (x *Writer) sequence(p place) string {
	before := x.which(p)
	var s strings.Builder
	s.WriteString("did " + before.text + x.maybeWhere(before) + x.maybeWindow(p))
	for range x.n(1, 3) {
		not := x.pick("", "", "", "not ")
		e := x.which(p)
		s.WriteString(" then " + not + e.text + x.maybeWhere(e))
		if x.chance(4) {
			for _, c := range e.scalars() {
				if slices.ContainsFunc(before.scalars(), func(b Column) bool { return b.Name == c.Name && b.Type == c.Type }) {
					s.WriteString(" same " + segment.Quote(c.Name))
					break
				}
			}
		}
		if x.chance(4) {
			s.WriteString(" " + x.window(p, span{past: true}))
		}
		if x.chance(2) {
			fmt.Fprintf(&s, " within %d %s", x.n(1, 60), x.pick("hours", "days", "weeks", "months"))
		}
		if not == "" {
			before = e
		}
	}
	return s.String()
}

func (x *Writer) resumed(p place) string {
	e := x.which(p)
	s := "resumed " + e.text + x.maybeWhere(e) + x.maybeWindow(p)
	if x.chance(2) {
		s += fmt.Sprintf(" after pause of %d %s", x.n(1, 60), x.pick("hours", "days", "days", "weeks"))
	}
	return s
}

// measure writes a measure of events, or the instant of the first or last.
func (x *Writer) measure(p place) name {
	e := x.which(p)
	if x.chance(6) {
		return name{text: x.pick("first ", "last ") + e.text + x.maybeWhere(e), typ: kreds.Instants}
	}
	of := func(agg string, t kreds.Type, pool string) name {
		s := agg + " of " + e.text + x.maybeWhere(e)
		if x.chance(2) {
			s += " " + x.window(p, span{past: true, after: true})
		}
		return name{text: s, typ: t, measure: true, pool: pool}
	}
	props := e.scalars()
	if len(props) == 0 || x.chance(6) {
		return of("count", kreds.Number, "")
	}
	if x.chance(7) {
		return of("median gap", kreds.Span, "")
	}
	c := props[x.rng.IntN(len(props))]
	prop := "(" + segment.Quote(c.Name) + ")"
	pool := "property " + c.Name
	aggs := []string{"first", "last", "most frequent"}
	if c.Type == kreds.Number {
		aggs = append(aggs, "sum", "sum", "avg", "median", "min", "max")
	}
	if c.Type == kreds.Date || c.Type == kreds.Instants {
		aggs = append(aggs, "min", "max")
	}
	if x.chance(5) {
		return of("count distinct"+prop, kreds.Number, "")
	}
	return of(x.pick(aggs...)+prop, c.Type, pool)
}

// segments makes segments that refer only to earlier ones, some of them edited,
// and lists and models with records.
func (b *builder) segments() {
	x := b.Writer(b.rng)
	x.Depth = 1
	later := func() kreds.Instant { return moment(b.rng, b.World, 60, days-60) }
	for i, s := range []kreds.Subject{kreds.Persons, kreds.Persons, kreds.Companies, kreds.Prospects, kreds.Persons, kreds.Companies} {
		seg := Segment{Name: "rule " + strconv.Itoa(i), Subject: s, Source: kreds.SourceRule}
		if i == 1 {
			seg.Name = `Gode "kunder" Å`
		}
		at := later()
		for range 1 + b.rng.IntN(3) {
			seg.Versions = append(seg.Versions, Version{Saved: at, Expression: x.About(s)})
			at += kreds.Instant(1+b.rng.IntN(90)) * 24 * 3600e6
		}
		b.Segments = append(b.Segments, seg)
		if i%2 == 1 {
			continue
		}
		seg = Segment{Name: "list " + strconv.Itoa(i), Subject: s, Source: kreds.SourceList}
		if i == 2 {
			seg.Source = kreds.SourceModel
		}
		at = later()
		keys := b.Keys(s.Kind())
		for range 1 + b.rng.IntN(3) {
			r := Record{At: at}
			for _, k := range keys {
				if b.rng.IntN(3) == 0 {
					r.Keys = append(r.Keys, k)
				}
			}
			seg.Records = append(seg.Records, r)
			at += kreds.Instant(1+b.rng.IntN(90)) * 24 * 3600e6
		}
		b.Segments = append(b.Segments, seg)
	}
}
