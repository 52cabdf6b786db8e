package segment

import "strings"

// events reads which events: a name, any event, any of (…), each also of persons, as
// person.E.
func (p *parser) events() (*Events, error) {
	e := &Events{at: at{p.peek(0).pos}}
	if p.is("person", ".") {
		p.at += 2
		e.OfPersons = true
	}
	switch {
	case p.take("any", "event"), p.take("any", "events"):
		e.Any = true
		return e, nil
	case p.take("any", "of"):
		e.AnyOf = true
		if err := p.expect("(", "and names of events"); err != nil {
			return nil, err
		}
		for {
			n, err := p.event()
			if err != nil {
				return nil, err
			}
			e.Names = append(e.Names, n)
			if !p.take(",") {
				return e, p.expect(")", "or \",\"")
			}
		}
	}
	n, err := p.event()
	e.Names = []string{n}
	return e, err
}

// event reads the name of an event.
func (p *parser) event() (string, error) {
	t := p.peek(0)
	if t.kind == tokWord && reserved[t.word] {
		return "", p.expected("the name of an event").hint("%q is a word of the language; a name that is spelled so stands in back quotes", t.word)
	}
	if t.kind != tokWord && t.kind != tokName {
		return "", p.expected("the name of an event")
	}
	path, err := p.path()
	if err != nil {
		return "", err
	}
	return path.Name, nil
}

// where reads "where (…)", if it comes next.
func (p *parser) where() (Node, error) {
	if !p.take("where") {
		return nil, nil
	}
	return p.group("after \"where\"")
}

// did reads the steps after "did".
func (p *parser) did(a at) (Node, error) {
	d := &Did{at: a, Not: p.take("not")}
	s, err := p.step(at{p.peek(0).pos})
	if err != nil {
		return nil, err
	}
	d.Steps = []*Step{s}
	for p.is("then") {
		begin := at{p.next().pos}
		if p.conditions++; p.conditions > MaxConditions {
			return nil, errorAt(begin.pos, "the expression has more than %d conditions and steps", MaxConditions)
		}
		not := p.take("not")
		if s, err = p.step(begin); err != nil {
			return nil, err
		}
		s.Not = not
		d.Steps = append(d.Steps, s)
	}
	return d, nil
}

// step reads an event and its clauses, which may come in any order, each once.
func (p *parser) step(a at) (*Step, error) {
	s := &Step{at: a}
	var err error
	if s.Events, err = p.events(); err != nil {
		return nil, err
	}
	for {
		t := p.peek(0)
		twice := func(have bool, what string) error {
			if have {
				return errorAt(t.pos, "a second %s for the same events", what).hint("write one, or another condition joined by \"and\"")
			}
			return nil
		}
		switch {
		case p.is("where"):
			if err = twice(s.Where != nil, "where (…)"); err == nil {
				s.Where, err = p.where()
			}
		case p.take("same"):
			if err = twice(s.Same != "", "same"); err == nil {
				var path *Path
				if path, err = p.path(); err == nil {
					s.Same = path.Name
				}
			}
		case p.is("at", "least"), p.is("at", "most"), p.is("exactly"), t.kind == tokNumber && p.peek(1).word == "to":
			if err = twice(s.Count != nil, "count"); err == nil {
				s.Count, err = p.count()
			}
		case t.word == "once", t.word == "twice", t.kind == tokNumber && p.peek(1).word == "times":
			n := map[string]string{"once": "once", "twice": "twice"}[t.word]
			if n == "" {
				n = cut(t.text) + " times"
			}
			return nil, errorAt(t.pos, "%q could mean three things", n).hint("write \"at least %s\", \"at most %s\" or \"exactly %s\"", n, n, n)
		case p.is("in", "each"), p.is("in", "at"), p.is("in", "exactly"):
			if err = twice(s.Periods != nil, "regularity"); err == nil {
				s.Periods, err = p.periods()
			}
		case p.is("within") && p.peek(1).kind == tokNumber:
			p.next()
			if err = twice(s.Within != nil, "within"); err == nil {
				s.Within, err = p.duration()
			}
		default:
			w, werr := p.window()
			if werr != nil || w == nil {
				return s, werr
			}
			if err = twice(s.Window != nil, "window"); err == nil {
				s.Window = w
			}
		}
		if err != nil {
			return nil, err
		}
	}
}

// count reads "at least 3 times" or "1 to 2 times".
func (p *parser) count() (*Count, error) {
	c := &Count{at: at{p.peek(0).pos}}
	var err error
	if p.peek(0).kind != tokNumber {
		c.Op, c.N, err = p.quantity()
		if err == nil {
			_ = p.take("times") || p.take("time")
		}
		return c, err
	}
	c.Op = FromTo
	if c.N, err = p.integer("a number"); err != nil {
		return nil, err
	}
	p.next()
	if c.M, err = p.integer("a number"); err != nil {
		return nil, err
	}
	if c.M < c.N {
		return nil, errorAt(c.pos, "%d to %d times cannot be", c.N, c.M).hint("write the smaller number first")
	}
	return c, p.expect("times", "after the numbers")
}

// periods reads "in at least 3 of last 6 months" or "in each of last 4 weeks".
func (p *parser) periods() (*Periods, error) {
	r := &Periods{at: at{p.next().pos}}
	var err error
	if p.take("each") {
		r.Each = true
	} else if r.Op, r.N, err = p.quantity(); err != nil {
		return nil, err
	}
	if !p.take("of", "last") {
		return nil, p.expected("\"of last\" and a number of periods").hint("for example: in at least 3 of last 6 months")
	}
	if r.Of, err = p.integer("a number of periods"); err != nil {
		return nil, err
	}
	r.Whole = p.take("whole")
	r.Unit, err = p.unit()
	return r, err
}

// resumed reads what follows "resumed".
func (p *parser) resumed(a at) (Node, error) {
	n := &Resumed{at: a}
	var err error
	if n.Events, err = p.events(); err != nil {
		return nil, err
	}
	if n.Where, err = p.where(); err != nil {
		return nil, err
	}
	if p.is("after", "pause") && p.peek(2).kind == tokNumber {
		p.at += 2
		return nil, p.expected("\"of\" and how long the pause was").hint("for example: after pause of 90 days")
	}
	if !p.is("after", "pause", "of") {
		if n.Window, err = p.window(); err != nil {
			return nil, err
		}
	}
	if p.take("after", "pause", "of") {
		n.Pause, err = p.duration()
	}
	return n, err
}

// isWindowIn reports whether "in" and a stretch of the calendar comes next.
func (p *parser) isWindowIn() bool {
	t := p.peek(1)
	return p.is("in") && (t.kind == tokDate || t.kind == tokNumber || (t.word == "this" || t.word == "last" || t.word == "next") && p.isUnit(2))
}

// window reads a W; nil if none comes next.
func (p *parser) window() (*Window, error) {
	t := p.peek(0)
	w := &Window{at: at{t.pos}}
	var err error
	switch {
	case p.is("within", "last"), p.is("within", "next"), p.is("within", "first"):
		p.next()
		return p.within(w)
	case p.is("between"):
		w.Kind = WindowBetween
		p.next()
		if w.D, err = p.date("after \"between\""); err != nil {
			return nil, err
		}
		if err = p.expect("and", "and a second date"); err != nil {
			return nil, err
		}
		w.E, err = p.date("after \"and\"")
	case p.is("before"), p.is("after"), p.is("on"):
		w.Kind = map[string]WindowKind{"before": WindowBefore, "after": WindowAfter, "on": WindowOn}[t.word]
		p.next()
		w.D, err = p.date("after \"" + t.word + "\"")
	case p.is("today"), p.is("yesterday"), p.is("tomorrow"):
		w.Kind = map[string]WindowKind{"today": WindowToday, "yesterday": WindowYesterday, "tomorrow": WindowTomorrow}[t.word]
		w.Unit = Day
		p.next()
	case (p.is("this") || p.is("last") || p.is("next")) && p.isUnit(1):
		p.calendarWord(w)
	case p.isWindowIn():
		p.next()
		if p.peek(0).kind == tokWord {
			p.calendarWord(w)
			break
		}
		w.Kind = WindowIn
		w.D, err = p.date("after \"in\"")
		if err == nil && w.D.Kind != DateYear && w.D.Kind != DateMonth && w.D.Kind != DateQuarter {
			err = errorAt(w.D.pos, "\"in\" takes a year, a quarter or a month").hint("for a day write: on %s", strings.TrimSpace(printDate(w.D)))
		}
	case p.is("from") && p.peek(1).kind == tokNumber:
		p.next()
		return p.fromTo(w)
	case p.is("more", "than"):
		p.at += 2
		w.Kind = WindowMoreThan
		if w.N, err = p.integer("a number"); err != nil {
			return nil, err
		}
		if p.is("times") || p.is("time") || p.is("persons") || p.is("person") {
			return nil, errorAt(w.pos, "\"more than %d\" is no count", w.N).hint("write: at least %d %s", w.N+1, p.peek(0).word)
		}
		if w.Unit, err = p.unit(); err == nil {
			w.Ahead, err = p.ahead()
		}
	case (p.is("last") || p.is("next")) && p.peek(1).kind == tokNumber, (p.is("in", "last") || p.is("in", "next")) && p.peek(2).kind == tokNumber:
		if p.is("in") {
			p.next()
		}
		n := p.peek(1).text
		return nil, errorAt(t.pos, "\"%s %s\" stands after \"within\"", p.peek(0).word, cut(n)).hint("write: within %s %s %s", p.peek(0).word, cut(n), unitWord(p.peek(2)))
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return w, nil
}

// unitWord is the unit that a token names, or days.
func unitWord(t token) string {
	if units[t.word] != 0 {
		return t.word
	}
	return "days"
}

func (p *parser) calendarWord(w *Window) {
	w.Kind = map[string]WindowKind{"this": WindowThis, "last": WindowPrevious, "next": WindowFollowing}[p.next().word]
	w.Unit = units[p.next().word]
}

// ahead reads "ago" or "ahead".
func (p *parser) ahead() (bool, error) {
	if p.take("ago") {
		return false, nil
	}
	return true, p.expect("ahead", "or \"ago\"")
}

// within reads "last 3 whole months", "next 2 weeks", "first 30 days after T".
func (p *parser) within(w *Window) (*Window, error) {
	word := p.next().word
	w.Kind = map[string]WindowKind{"last": WindowLast, "next": WindowNext, "first": WindowFirst}[word]
	var err error
	if w.N, err = p.integer("a number"); err != nil {
		return nil, err
	}
	w.Whole = word != "first" && p.take("whole")
	if w.Unit, err = p.unit(); err != nil {
		return nil, err
	}
	if w.N < 1 {
		return nil, errorAt(w.pos, "\"within %s %d\" is no time", word, w.N).hint("write at least 1, or \"today\"")
	}
	if word == "first" && p.is("after") && !p.is("after", "pause", "of") {
		p.next()
		w.After, err = p.path()
	}
	return w, err
}

// fromTo reads "90 to 30 days ago".
func (p *parser) fromTo(w *Window) (*Window, error) {
	w.Kind = WindowFromTo
	var err error
	if w.N, err = p.integer("a number"); err != nil {
		return nil, err
	}
	if err = p.expect("to", "and a second number"); err != nil {
		return nil, err
	}
	if w.To, err = p.integer("a number"); err != nil {
		return nil, err
	}
	if w.Unit, err = p.unit(); err != nil {
		return nil, err
	}
	if w.Ahead, err = p.ahead(); err != nil {
		return nil, err
	}
	// Either order is understood; the farther end is kept first.
	switch {
	case w.N == w.To:
		return nil, errorAt(w.pos, "\"from %d to %d\" is no time", w.N, w.To).hint("write two numbers that differ, as in: from 90 to 30 days ago")
	case w.N < w.To:
		w.N, w.To = w.To, w.N
	}
	return w, nil
}
