package segment

// comparisons by their signs.
var comparisons = map[string]CompareOp{
	"=": Equal, "!=": NotEqual, "<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual,
}

// test reads what is asked of a term; without a test a boolean one stands alone.
func (p *parser) test(a at, t Term) (Node, error) {
	if op := comparisons[p.peek(0).text]; op != 0 && p.peek(0).kind == tokSign {
		p.next()
		v, err := p.value()
		return &Compare{a, t, op, v}, err
	}
	if p.take("is") {
		return p.stated(a, t)
	}
	not := p.take("not")
	if not && comparisons[p.peek(0).text] != 0 && p.peek(0).kind == tokSign {
		return nil, p.expected("an operator in words").hint("write != for unequal, or \"not\" before the whole condition")
	}
	if n, err := p.comparison(a, t, not); n != nil || err != nil {
		return n, err
	}
	if path, ok := t.(*Path); ok {
		if n, err := p.history(a, path, not); n != nil || err != nil {
			return n, err
		}
	}
	if not {
		return nil, p.expected("an operator after \"not\"").hint("for example: not in (…), not contains \"x\"")
	}
	if _, ok := t.(*Path); !ok {
		return nil, p.expected("a comparison").hint("for example: > 100; the date forms follow \"is\"")
	}
	if p.is("at", "least") || p.is("at", "most") || p.is("exactly") || p.is("where") {
		return nil, p.expected("an operator").hint("for an event write: did %s …", PrintTerm(t))
	}
	if t := p.peek(0); t.kind == tokWord && !reserved[t.word] || t.kind == tokText || t.kind == tokNumber {
		return nil, p.expected("an operator").hint("for example: = \"DK\", > 100, in (…), contains \"x\", is known; a name with spaces stands in back quotes")
	}
	return &BoolTerm{a, t}, nil
}

// stated reads what follows "is".
func (p *parser) stated(a at, t Term) (Node, error) {
	switch {
	case p.take("known"):
		return &Known{a, t, false}, nil
	case p.take("unknown"):
		return &Known{a, t, true}, nil
	}
	not := p.take("not")
	if not && p.take("known") {
		return &Known{a, t, true}, nil
	}
	if _, path := t.(*Path); path && p.is("between") {
		return p.comparison(a, t, not) // as without "is"
	}
	w, err := p.window()
	if err != nil {
		return nil, err
	}
	if w == nil {
		return nil, p.expected("known, unknown or a date form").hint("to compare write =, as in: country = \"DK\"")
	}
	return &InWindow{a, t, not, w}, nil
}

// comparison reads the operators in words; nil if none comes next.
func (p *parser) comparison(a at, t Term, not bool) (Node, error) {
	switch {
	case p.is("between"):
		p.next()
		lo, err := p.value()
		if err != nil {
			return nil, err
		}
		if err := p.expect("and", "and the upper end"); err != nil {
			return nil, err
		}
		hi, err := p.value()
		return &Between{a, t, not, lo, hi}, err
	case p.is("in", "("):
		p.next()
		v, err := p.values()
		return &In{a, t, not, v}, err
	case p.take("in", "list"):
		name, err := p.called("with the list's name")
		return &InList{a, t, not, name}, err
	case p.is("in", "top"), p.is("in", "bottom"):
		p.next()
		return p.rank(a, t, not)
	case p.take("contains"):
		return p.textMatch(a, t, not, Contains)
	case p.take("starts", "with"):
		return p.textMatch(a, t, not, StartsWith)
	case p.take("ends", "with"):
		return p.textMatch(a, t, not, EndsWith)
	case p.take("matches"):
		return p.textMatch(a, t, not, Matches)
	case p.take("includes"):
		return p.includes(a, t, not)
	case p.take("anniversary"):
		w, err := p.window()
		if err == nil && w == nil {
			err = p.expected("a window after \"anniversary\"").hint("for example: birthday anniversary within next 7 days")
		}
		return &Anniversary{a, t, not, w}, err
	case p.take("near"):
		return p.near(a, t, not)
	}
	if _, ok := t.(*Measure); ok {
		return nil, nil // its date forms follow "is"
	}
	w, err := p.window()
	if w == nil || err != nil {
		return nil, err
	}
	return &InWindow{a, t, not, w}, nil
}

func (p *parser) rank(a at, t Term, not bool) (Node, error) {
	r := &Rank{at: a, Term: t, Not: not, Bottom: p.next().word == "bottom"}
	if p.peek(0).kind != tokNumber {
		return nil, p.expected("a number")
	}
	pos := p.peek(0).pos
	n, err := p.number()
	if err != nil {
		return nil, err
	}
	r.N = n.V
	r.Percent = p.take("%")
	switch {
	case r.N <= 0 || r.Percent && r.N > 100:
		return nil, errorAt(pos, "%s is no share", n.Text).hint("a percentage lies above 0 and up to 100, a number of profiles is at least 1")
	case !r.Percent && (r.N != float64(int(r.N)) || r.N > 1e9):
		return nil, errorAt(pos, "%s is no number of profiles", n.Text).hint("for a share write %s%%", n.Text)
	}
	if p.take("among") {
		if p.take("segment") {
			r.Segment, err = p.called("with the segment's name")
		} else {
			r.Among, err = p.group("or \"segment\" after \"among\"")
		}
	}
	return r, err
}

func (p *parser) textMatch(a at, t Term, not bool, op TextOp) (Node, error) {
	m := &TextMatch{at: a, Term: t, Not: not, Op: op}
	var err error
	if p.take("any", "of") {
		m.AnyOf = true
		m.Texts, err = p.textList()
		return m, err
	}
	s, err := p.text("or \"any of (…)\"")
	m.Texts = []string{s}
	return m, err
}

func (p *parser) includes(a at, t Term, not bool) (Node, error) {
	n := &Includes{at: a, Term: t, Not: not, Mode: IncludesOne}
	var err error
	switch {
	case p.take("any", "of"):
		n.Mode = IncludesAny
		n.Values, err = p.values()
	case p.take("all", "of"):
		n.Mode = IncludesAll
		n.Values, err = p.values()
	default:
		var v Value
		v, err = p.value()
		n.Values = []Value{v}
	}
	return n, err
}

func (p *parser) near(a at, t Term, not bool) (Node, error) {
	n := &Near{at: a, Term: t, Not: not}
	var err error
	switch {
	case p.take("any", "place"):
		n.Any = true
	case p.take("place"):
		if n.Name, err = p.called("with the place's name"); err != nil {
			return nil, err
		}
	case p.take("("):
		n.Point = true
		was := p.inList
		p.inList = true
		if n.Lat, err = p.degrees(90); err == nil {
			if err = p.expect(",", "and the longitude"); err == nil {
				n.Lon, err = p.degrees(180)
			}
		}
		p.inList = was
		if err == nil {
			err = p.expect(")", "after the longitude")
		}
		if err != nil {
			return nil, err
		}
	default:
		return nil, p.expected("(lat, lon), place \"name\" or any place")
	}
	if err = p.expect("within", "and a distance"); err != nil {
		return nil, err
	}
	km := p.peek(0)
	if km.kind != tokNumber {
		return nil, p.expected("a number of kilometres")
	}
	num, err := p.number()
	if err != nil {
		return nil, err
	}
	if n.Km = num.V; n.Km < 0 {
		return nil, errorAt(km.pos, "a distance is not negative")
	}
	return n, p.expect("km", "after the distance")
}

func (p *parser) degrees(most float64) (float64, error) {
	t := p.peek(0)
	if t.kind != tokNumber {
		return 0, p.expected("degrees")
	}
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	if n.V < -most || n.V > most {
		return 0, errorAt(t.pos, "%s degrees do not exist", cut(n.Text)).hint("latitude comes first, from -90 to 90, then longitude, from -180 to 180")
	}
	return n.V, nil
}

// history reads the forms about what a trait was; nil if none comes next.
func (p *parser) history(a at, t *Path, not bool) (Node, error) {
	switch {
	case p.take("changed"):
		w, err := p.window()
		return &Changed{a, t, not, w}, err
	case p.take("became"):
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		w, err := p.window()
		return &Became{a, t, not, v, w}, err
	case p.take("went", "from"):
		from, err := p.value()
		if err != nil {
			return nil, err
		}
		if err := p.expect("to", "and the later value"); err != nil {
			return nil, err
		}
		to, err := p.value()
		if err != nil {
			return nil, err
		}
		w, err := p.window()
		return &WentFrom{a, t, not, from, to, w}, err
	case p.take("has", "been"):
		n := &HasBeen{at: a, Term: t, Not: not}
		var err error
		if p.is("(") {
			n.List = true
			n.Values, err = p.values()
		} else {
			var v Value
			v, err = p.value()
			n.Values = []Value{v}
		}
		if err != nil {
			return nil, err
		}
		if err := p.expect("for", "and how long"); err != nil {
			return nil, err
		}
		n.For, err = p.duration()
		return n, err
	}
	return nil, nil
}
