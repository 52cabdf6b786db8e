package segment

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
)

// Limits of an expression beside MaxText.
const (
	MaxDepth      = 100  // of parentheses, where clauses and nots
	MaxConditions = 1000 // conditions of an expression, those in where included
	maxCount      = 1_000_000
)

// reserved words are no names unless they stand in back quotes.
var reserved = map[string]bool{}

func init() {
	for w := range strings.FieldsSeq(`and or not true false today yesterday tomorrow did then where same everyone bucket resumed joined left any all no at exactly is in between before after on within
		from this last next first more contains starts ends matches includes near has changed became went anniversary as`) {
		reserved[w] = true
	}
}

// Parse reads an expression of the segment language. Names are not looked up:
// that is Check's part. The error is an *Error with its place.
func Parse(text string) (*Expr, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{src: text, tokens: tokens}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	return e, nil
}

// ParseTerm reads a term alone: a trait or a measure, as "age" or "sum(amount) of
// purchase within last 12 months". Names and types are Check's, by way of a
// condition on the term.
func ParseTerm(text string) (Term, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{src: text, tokens: tokens}
	t, err := p.term()
	if err != nil {
		return nil, err
	}
	if p.peek(0).kind != tokEnd {
		return nil, p.expected("the end of the term")
	}
	return t, nil
}

// parser reads tokens from left to right, looking at most two ahead.
type parser struct {
	src        string
	tokens     []token
	at         int
	depth      int
	conditions int
	inList     bool
}

// peek returns the token n after the next one.
func (p *parser) peek(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.peek(0)
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// is reports whether the next tokens are these words or signs.
func (p *parser) is(words ...string) bool {
	for i, w := range words {
		t := p.peek(i)
		if t.kind == tokWord && t.word == w || t.kind == tokSign && t.text == w {
			continue
		}
		return false
	}
	return true
}

// take consumes the words or signs if they come next.
func (p *parser) take(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.at += len(words)
	return true
}

// expect consumes a word or sign or fails.
func (p *parser) expect(word, where string) error {
	if p.take(word) {
		return nil
	}
	return p.expected(kreds.Say("%s %s", quoteText(word), where))
}

// expected is the error that something else was expected here.
func (p *parser) expected(what string) *Error {
	t := p.peek(0)
	e := errorAt(t.pos, "expected %s, found %s", what, t)
	if t.kind == tokSign && t.text == "," && p.at > 0 && p.tokens[p.at-1].kind == tokNumber && p.peek(1).kind == tokNumber && p.tokens[p.at-1].end == t.at {
		return e.hint("numbers have a decimal point: %s.%s", p.tokens[p.at-1].text, p.peek(1).text)
	}
	return e
}

// enter counts a level of depth; the caller leaves it again.
func (p *parser) enter() error {
	if p.depth++; p.depth > MaxDepth {
		return errorAt(p.peek(0).pos, "the expression is nested more than %d deep", MaxDepth).hint("save parts of it as segments and write: in segment \"name\"")
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) expression() (*Expr, error) {
	e := &Expr{}
	switch {
	case p.take("persons", ":"), p.take("customers", ":"):
	case p.take("companies", ":"):
		e.Subject = kreds.Companies
	case p.take("prospects", ":"):
		e.Subject = kreds.Prospects
	case p.take("prospect", "companies", ":"):
		e.Subject = kreds.ProspectCompanies
	}
	if p.peek(0).kind == tokEnd {
		return nil, p.expected("a condition").hint("for example: country = \"DK\", or did purchase at least 3 times within last 90 days; everyone holds for all")
	}
	var err error
	if e.Root, err = p.or(); err != nil {
		return nil, err
	}
	if p.peek(0).kind != tokEnd {
		return nil, p.expected("\"and\", \"or\" or the end")
	}
	return e, nil
}

func (p *parser) or() (Node, error) {
	return p.chain("or", p.and, func(a at, c []Node) Node { return &Or{a, c} })
}

func (p *parser) and() (Node, error) {
	return p.chain("and", p.not, func(a at, c []Node) Node { return &And{a, c} })
}

// chain reads operands joined by a word.
func (p *parser) chain(word string, operand func() (Node, error), join func(at, []Node) Node) (Node, error) {
	begin := at{p.peek(0).pos}
	var clauses []Node
	for {
		x, err := operand()
		if err != nil {
			return nil, err
		}
		clauses = append(clauses, x)
		if !p.take(word) {
			break
		}
	}
	if len(clauses) == 1 {
		return clauses[0], nil
	}
	return join(begin, clauses), nil
}

func (p *parser) not() (Node, error) {
	t := p.peek(0)
	if !p.take("not") {
		return p.condition()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.not()
	if err != nil {
		return nil, err
	}
	return &Not{at{t.pos}, x}, nil
}

// group reads "(" or ")".
func (p *parser) group(where string) (Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if err := p.expect("(", where); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, p.expected("\"and\", \"or\" or \")\"")
	}
	return x, nil
}

func (p *parser) condition() (Node, error) {
	if p.conditions++; p.conditions > MaxConditions {
		return nil, errorAt(p.peek(0).pos, "the expression has more than %d conditions", MaxConditions).
			hint("store long lists of values and write: in list \"name\"")
	}
	a := at{p.peek(0).pos}
	switch {
	case p.is("("):
		p.conditions--
		x, err := p.group("")
		if err != nil || !p.is("as", "of") {
			return x, err
		}
		d, err := p.asOf()
		return &AsOf{a, x, d}, err
	case p.take("everyone"):
		return &Everyone{a}, nil
	case p.take("did"):
		return p.did(a)
	case p.take("resumed"):
		return p.resumed(a)
	case p.take("in", "segment"):
		return p.inSegment(a)
	case p.take("joined"), p.is("left", "segment") && p.take("left"):
		return p.moved(a, p.tokens[p.at-1].word == "left")
	case p.is("at", "least"), p.is("at", "most"), p.is("exactly"):
		return p.quantified(a)
	case p.isQuantifier():
		return p.ofPersons(a)
	case p.is("company", "("):
		p.next()
		x, err := p.group("after \"company\"")
		return &OfCompany{a, x}, err
	case p.take("bucket"):
		return p.bucket(a)
	}
	t, err := p.term()
	if err != nil {
		return nil, err
	}
	return p.test(a, t)
}

func (p *parser) asOf() (*DateValue, error) {
	p.at += 2
	return p.date("after \"as of\"")
}

func (p *parser) inSegment(a at) (Node, error) {
	n := &InSegment{at: a}
	var err error
	if n.Segment, err = p.called("with the segment's name"); err != nil {
		return nil, err
	}
	if p.take("for") {
		if n.For, err = p.duration(); err != nil {
			return nil, err
		}
	}
	if p.is("as", "of") {
		n.AsOf, err = p.asOf()
	}
	return n, err
}

func (p *parser) moved(a at, left bool) (Node, error) {
	n := &Moved{at: a, Left: left}
	err := p.expect("segment", "here")
	if err != nil {
		return nil, err
	}
	if n.Segment, err = p.called("with the segment's name"); err != nil {
		return nil, err
	}
	n.Window, err = p.window()
	return n, err
}

// isQuantifier reports whether "any persons (" or the like comes next.
func (p *parser) isQuantifier() bool {
	return (p.is("any") || p.is("no") || p.is("all")) && p.isPersons(1)
}

// isPersons reports whether the n-th token is "person" or "persons" before "(".
func (p *parser) isPersons(n int) bool {
	t, open := p.peek(n), p.peek(n+1)
	return t.kind == tokWord && (t.word == "person" || t.word == "persons") && open.kind == tokSign && open.text == "("
}

func (p *parser) ofPersons(a at) (Node, error) {
	n := &OfPersons{at: a, Quant: map[string]Quantifier{"any": QuantAny, "no": QuantNo, "all": QuantAll}[p.next().word]}
	p.next()
	var err error
	n.X, err = p.group("after \"persons\"")
	return n, err
}

// quantified reads "at least 3 persons (…)" or "at least 2 of (…, …)".
func (p *parser) quantified(a at) (Node, error) {
	op, n, err := p.quantity()
	if err != nil {
		return nil, err
	}
	if p.isPersons(0) {
		p.next()
		x, err := p.group("after \"persons\"")
		return &OfPersons{at: a, Quant: QuantCount, Op: op, N: n, X: x}, err
	}
	if !p.take("of", "(") {
		return nil, p.expected("\"of (\" or \"persons (\"").hint("for example: at least 2 of (plan = \"gold\", did visit)")
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	s := &SomeOf{at: a, Op: op, N: n}
	for {
		x, err := p.or()
		if err != nil {
			return nil, err
		}
		s.Clauses = append(s.Clauses, x)
		if !p.take(",") {
			break
		}
	}
	return s, p.expect(")", "or \",\"")
}

// quantity reads "at least 3", "at most twice", "exactly once".
func (p *parser) quantity() (CountOp, int, error) {
	op := Exactly
	switch {
	case p.take("at", "least"):
		op = AtLeast
	case p.take("at", "most"):
		op = AtMost
	case p.take("exactly"):
	default:
		return 0, 0, p.expected("\"at least\", \"at most\" or \"exactly\"")
	}
	switch {
	case p.take("once"):
		return op, 1, nil
	case p.take("twice"):
		return op, 2, nil
	}
	n, err := p.integer("a number")
	return op, n, err
}

// integer reads a whole number that is not negative.
func (p *parser) integer(what string) (int, error) {
	t := p.peek(0)
	if t.kind != tokNumber || strings.ContainsAny(t.text, ".-") {
		return 0, p.expected(what)
	}
	p.next()
	n, err := strconv.Atoi(t.text)
	if err != nil || n > maxCount {
		return 0, errorAt(t.pos, "%s is too large: at most %d is taken", cut(t.text), maxCount)
	}
	return n, nil
}

func (p *parser) text(what string) (string, error) {
	if t := p.peek(0); t.kind == tokText {
		p.next()
		return t.text, nil
	}
	return "", p.expected(kreds.Say("a text in double quotes %s", what))
}

// called reads the name of a segment, a list or a place.
func (p *parser) called(what string) (string, error) {
	t := p.peek(0)
	if t.kind == tokText && t.text == "" {
		return "", errorAt(t.pos, "the name is empty").hint("write a name in double quotes")
	}
	return p.text(what)
}

func (p *parser) bucket(a at) (Node, error) {
	b := &Bucket{at: a}
	var err error
	if b.From, err = p.integer("the first bucket's number"); err != nil {
		return nil, err
	}
	if err = p.expect("to", "and the last bucket's number"); err != nil {
		return nil, err
	}
	if b.To, err = p.integer("the last bucket's number"); err != nil {
		return nil, err
	}
	if err = p.expect("of", "and how many buckets there are"); err != nil {
		return nil, err
	}
	if b.Of, err = p.integer("how many buckets there are"); err != nil {
		return nil, err
	}
	if p.take("salt") {
		b.Salt, err = p.text("after \"salt\"")
	}
	if err == nil && (b.From > b.To || b.To >= b.Of) {
		return nil, errorAt(a.pos, "bucket %d to %d of %d does not exist", b.From, b.To, b.Of).hint("buckets count from 0 to %d", max(b.Of-1, 0))
	}
	return b, err
}

// path reads a name with its namespaces.
func (p *parser) path() (*Path, error) {
	t := p.peek(0)
	if t.kind == tokWord && reserved[t.word] {
		return nil, p.expected("a name").hint("%q is a word of the language; a name that is spelled so stands in back quotes: `%s`", t.word, t.word)
	}
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	out := &Path{at: at{t.pos}, Name: name}
	for p.is(".") {
		p.next()
		part, err := p.name()
		if err != nil {
			return nil, err
		}
		out.Name += "." + part
	}
	return out, nil
}

func (p *parser) name() (string, error) {
	t := p.peek(0)
	if t.kind != tokWord && t.kind != tokName {
		return "", p.expected("a name")
	}
	p.next()
	return t.text, nil
}

// units by their words.
var units = map[string]Unit{
	"hour": Hour, "hours": Hour, "day": Day, "days": Day, "week": Week, "weeks": Week,
	"month": Month, "months": Month, "quarter": Quarter, "quarters": Quarter, "year": Year, "years": Year,
}

func (p *parser) isUnit(n int) bool {
	t := p.peek(n)
	return t.kind == tokWord && units[t.word] != 0
}

func (p *parser) unit() (Unit, error) {
	if p.isUnit(0) {
		return units[p.next().word], nil
	}
	e := p.expected("hours, days, weeks, months, quarters or years")
	if w := p.peek(0).word; strings.HasPrefix(w, "minute") || strings.HasPrefix(w, "second") {
		return 0, e.hint("the shortest unit is the hour")
	}
	return 0, e
}

func (p *parser) duration() (*Duration, error) {
	d := &Duration{at: at{p.peek(0).pos}}
	var err error
	if d.N, err = p.integer("a number of days or the like"); err != nil {
		return nil, err
	}
	d.Unit, err = p.unit()
	return d, err
}

// anyOf reads "any of ("a", "b")" of texts.
func (p *parser) textList() ([]string, error) {
	if err := p.expect("(", "and texts"); err != nil {
		return nil, err
	}
	var out []string
	for {
		s, err := p.text("here")
		if err != nil {
			return nil, err
		}
		out = append(out, s)
		if !p.take(",") {
			return slices.Clip(out), p.expect(")", "or \",\"")
		}
	}
}
