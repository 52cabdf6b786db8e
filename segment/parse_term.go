package segment

import (
	"strconv"
	"strings"

	"github.com/kreds/kreds"
)

// functions of a path.
var functions = map[string]bool{"year": true, "month": true, "weekday": true, "hour": true, "size": true}

// aggregates that take a property in parentheses.
var aggregates = map[string]Agg{
	"sum": AggSum, "avg": AggAvg, "min": AggMin, "max": AggMax, "median": AggMedian, "first": AggFirst, "last": AggLast,
}

// term reads what has a value.
func (p *parser) term() (Term, error) {
	t := p.peek(0)
	a := at{t.pos}
	if t.kind == tokWord {
		switch {
		case p.is("count", "of"):
			p.next()
			return p.measure(a, AggCount, "")
		case p.is("count", "distinct", "("):
			p.at += 2
			return p.aggregate(a, AggCountDistinct)
		case p.is("median", "gap") && p.peek(2).word == "of":
			p.at += 2
			return p.measure(a, AggMedianGap, "")
		case p.is("most", "frequent", "("):
			p.at += 2
			return p.aggregate(a, AggMostFrequent)
		case aggregates[t.word] != 0 && p.is(t.word, "("):
			p.next()
			return p.aggregate(a, aggregates[t.word])
		case functions[t.word] && p.is(t.word, "("):
			p.at += 2
			arg, err := p.path()
			if err != nil {
				return nil, err
			}
			return &Func{a, t.word, arg}, p.expect(")", "after the name")
		case p.is("first"), p.is("last"):
			p.next()
			e, err := p.events()
			if err != nil {
				return nil, err
			}
			w, err := p.where()
			return &EventInstant{a, t.word == "last", e, w}, err
		}
	}
	if t.kind != tokWord && t.kind != tokName {
		return nil, p.expected("a condition")
	}
	return p.path()
}

// aggregate reads "(p) of E [where] [W]".
func (p *parser) aggregate(a at, agg Agg) (Term, error) {
	p.next()
	prop, err := p.path()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")", "after the property"); err != nil {
		return nil, err
	}
	return p.measure(a, agg, prop.Name)
}

// measure reads "of E [where] [W]".
func (p *parser) measure(a at, agg Agg, prop string) (Term, error) {
	m := &Measure{at: a, Agg: agg, Prop: prop}
	err := p.expect("of", "and an event")
	if err != nil {
		return nil, err
	}
	if m.Events, err = p.events(); err != nil {
		return nil, err
	}
	if m.Where, err = p.where(); err != nil {
		return nil, err
	}
	if p.is("in") && !p.isWindowIn() || p.is("between") && !p.isDate(1) {
		return m, nil // a comparison of the measure
	}
	m.Window, err = p.window()
	return m, err
}

// value reads a literal, a date, a duration or another term.
func (p *parser) value() (Value, error) {
	t := p.peek(0)
	a := at{t.pos}
	switch {
	case t.kind == tokText:
		p.next()
		return &Text{a, t.text}, nil
	case p.take("true"):
		return &Bool{a, true}, nil
	case p.take("false"):
		return &Bool{a, false}, nil
	case t.kind == tokDate, p.is("today"):
		return p.date("")
	case t.kind == tokNumber && p.isUnit(1):
		if p.isAgo(2) {
			return p.date("")
		}
		return p.duration()
	case t.kind == tokNumber:
		n, err := p.number()
		if err != nil || !p.take("%") {
			return n, err
		}
		if err := p.expect("of", "and a trait or measure"); err != nil {
			return nil, err
		}
		x, err := p.term()
		return &TermValue{a, n, x}, err
	case t.kind == tokWord && reserved[t.word] && !p.is("first") && !p.is("last"):
		return nil, p.expected("a value").hint("text stands in double quotes")
	case t.kind == tokWord || t.kind == tokName:
		x, err := p.term()
		return &TermValue{a, nil, x}, err
	}
	return nil, p.expected("a value")
}

func (p *parser) number() (*Number, error) {
	t := p.next()
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		return nil, errorAt(t.pos, "the number %s is too large", cut(t.text))
	}
	if c, rest := p.peek(0), p.peek(1); !p.inList && c.kind == tokSign && c.text == "," && c.at == t.end && rest.kind == tokNumber && rest.at == c.end {
		e := errorAt(t.pos, "\"%s,%s\" is no number", cut(t.text), cut(rest.text))
		if strings.Contains(rest.text, ".") {
			return nil, e.hint("numbers have no marks between thousands: %s%s", cut(t.text), cut(rest.text))
		}
		return nil, e.hint("numbers have a decimal point: %s.%s", cut(t.text), cut(rest.text))
	}
	return &Number{at{t.pos}, v, canonicalDigits(t.text)}, nil
}

// canonicalDigits takes leading zeros away.
func canonicalDigits(s string) string {
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for len(s) > 1 && s[0] == '0' && s[1] != '.' {
		s = s[1:]
	}
	return sign + s
}

// values reads "(v, v, …)".
func (p *parser) values() ([]Value, error) {
	if err := p.expect("(", "and values"); err != nil {
		return nil, err
	}
	was := p.inList
	p.inList = true
	defer func() { p.inList = was }()
	var out []Value
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if !p.take(",") {
			return out, p.expect(")", "or \",\"")
		}
	}
}

// isAgo reports whether the n-th token is "ago" or "ahead".
func (p *parser) isAgo(n int) bool {
	w := p.peek(n).word
	return w == "ago" || w == "ahead"
}

// isDate reports whether the n-th token begins a date: a literal, a year, today,
// "30 days ago". A name may be a date too, which only Check can tell.
func (p *parser) isDate(n int) bool {
	t := p.peek(n)
	switch {
	case t.kind == tokDate, t.word == "today":
		return true
	case t.kind == tokNumber:
		return p.isUnit(n+1) && p.isAgo(n+2)
	}
	return false
}

// date reads a D.
func (p *parser) date(where string) (*DateValue, error) {
	t := p.peek(0)
	a := at{t.pos}
	switch {
	case t.kind == tokDate, t.kind == tokNumber && len(t.text) == 4 && !p.isUnit(1):
		d, ok := parseDate(t.text)
		if !ok {
			return nil, errorAt(t.pos, "%q is no date", cut(t.text)).hint("write 2025-03-01, 2025-03, 2025 or 2025-03-01T10:00")
		}
		p.next()
		d.at = a
		return d, nil
	case p.take("today"):
		return &DateValue{at: a, Kind: DateToday}, nil
	case t.kind == tokText:
		d, ok := parseDate(t.text)
		if !ok {
			return nil, errorAt(t.pos, "%s is no date", t).hint("write 2025-03-01, 2025-03, 2025 or 2025-03-01T10:00")
		}
		p.next()
		d.at = a
		return d, nil
	case t.kind == tokNumber:
		span, err := p.duration()
		if err != nil {
			return nil, err
		}
		d := &DateValue{at: a, Kind: DateAgo, N: span.N, Unit: span.Unit}
		switch {
		case p.take("ago"):
		case p.take("ahead"):
			d.Kind = DateAhead
		default:
			return nil, p.expected("\"ago\" or \"ahead\"")
		}
		return d, nil
	case t.kind == tokName, t.kind == tokWord && !reserved[t.word]:
		path, err := p.path()
		return &DateValue{at: a, Kind: DateTrait, Path: path}, err
	}
	return nil, p.expected(kreds.Say("a date %s", where)).hint("write 2025-03-01, 2025-03, 2025, today, 30 days ago or the name of a date")
}
