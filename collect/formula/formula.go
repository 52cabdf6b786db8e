// Package formula computes a field of a row from others: numbers and names with
// + - * / and parentheses, as in "quantity * unit_price". Results are exact as
// long as they have a finite number of decimals that fits; what cannot be exact
// goes on as float64.
package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
)

// Limits of a formula.
const (
	maxText  = 4096
	maxDepth = 100
)

// Formula is a formula that was read.
type Formula struct {
	text  string
	code  []step
	names []string
	depth int // of the stack
}

type op uint8

const (
	opNumber op = iota
	opName
	opAdd
	opSubtract
	opMultiply
	opDivide
	opNegate
)

type step struct {
	op    op
	name  int
	value Value
}

// Names returns the names that the formula speaks of, each once.
func (f *Formula) Names() []string { return f.names }

// String returns the formula as it was written.
func (f *Formula) String() string { return f.text }

// Parse reads a formula. A name is letters, digits, underscores and dots, or
// anything in back quotes. Errors are of CodeInvalid and say where.
func Parse(text string) (*Formula, error) {
	p := &parser{f: &Formula{text: text}, rest: text}
	if len(text) > maxText {
		return nil, kreds.Errorf(kreds.CodeInvalid, "a formula has at most %d bytes", maxText)
	}
	if !utf8.ValidString(text) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the formula is not valid UTF-8")
	}
	if err := p.sum(0); err != nil {
		return nil, err
	}
	if p.space(); p.rest != "" {
		return nil, p.wrong("expected + - * / or the end")
	}
	return p.f, nil
}

type parser struct {
	f     *Formula
	rest  string
	stack int
}

func (p *parser) space() { p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace) }

func (p *parser) wrong(what string) error {
	at := len(p.f.text) - len(p.rest)
	found := "the end"
	if p.rest != "" {
		r, _ := utf8.DecodeRuneInString(p.rest)
		found = "\"" + string(r) + "\""
	}
	return kreds.Errorf(kreds.CodeInvalid, "formula %q: %s at 1:%d, found %s", shorten(p.f.text), what, utf8.RuneCountInString(p.f.text[:at])+1, found).
		WithHint("a formula has columns, numbers, + - * / and parentheses, as in quantity * unit_price")
}

func shorten(s string) string {
	r := []rune(s)
	if len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

func (p *parser) emit(s step) {
	p.f.code = append(p.f.code, s)
	switch s.op {
	case opNumber, opName:
		p.stack++
		p.f.depth = max(p.f.depth, p.stack)
	case opNegate:
	default:
		p.stack--
	}
}

func (p *parser) sum(depth int) error {
	return p.chain(depth, p.product, map[byte]op{'+': opAdd, '-': opSubtract})
}

func (p *parser) product(depth int) error {
	return p.chain(depth, p.factor, map[byte]op{'*': opMultiply, '/': opDivide})
}

func (p *parser) chain(depth int, part func(int) error, ops map[byte]op) error {
	if err := part(depth); err != nil {
		return err
	}
	for {
		p.space()
		if p.rest == "" {
			return nil
		}
		o, ok := ops[p.rest[0]]
		if !ok {
			return nil
		}
		p.rest = p.rest[1:]
		if err := part(depth); err != nil {
			return err
		}
		p.emit(step{op: o})
	}
}

func (p *parser) factor(depth int) error {
	p.space()
	if depth > maxDepth {
		return p.wrong("parentheses stand too deep")
	}
	if p.rest == "" {
		return p.wrong("expected a column or a number")
	}
	switch c := p.rest[0]; {
	case c == '-':
		p.rest = p.rest[1:]
		if err := p.factor(depth + 1); err != nil {
			return err
		}
		p.emit(step{op: opNegate})
		return nil
	case c == '(':
		p.rest = p.rest[1:]
		if err := p.sum(depth + 1); err != nil {
			return err
		}
		if p.space(); p.rest == "" || p.rest[0] != ')' {
			return p.wrong("expected )")
		}
		p.rest = p.rest[1:]
		return nil
	case c == '`':
		end := strings.IndexByte(p.rest[1:], '`')
		if end <= 0 {
			return p.wrong("expected a name in back quotes")
		}
		p.name(p.rest[1 : end+1])
		p.rest = p.rest[end+2:]
		return nil
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if n < 0 {
		n = len(p.rest)
	}
	if n == 0 {
		return p.wrong("expected a column or a number")
	}
	p.name(p.rest[:n])
	p.rest = p.rest[n:]
	return nil
}

func (p *parser) name(name string) {
	for i, n := range p.f.names {
		if n == name {
			p.emit(step{op: opName, name: i})
			return
		}
	}
	p.f.names = append(p.f.names, name)
	p.emit(step{op: opName, name: len(p.f.names) - 1})
}

func (p *parser) number() error {
	n := strings.IndexFunc(p.rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if n < 0 {
		n = len(p.rest)
	}
	x, ok := form.ParseNumber([]byte(p.rest[:n]), false)
	if !ok {
		return p.wrong("expected a number")
	}
	v := Value{Float: x.Float}
	if x.Exact {
		v = Exact(x.Fixed)
	}
	p.emit(step{op: opNumber, value: v})
	p.rest = p.rest[n:]
	if p.rest != "" {
		if r, _ := utf8.DecodeRuneInString(p.rest); r == ',' || r == '_' || unicode.IsLetter(r) {
			return p.wrong("expected a number with a decimal point")
		}
	}
	return nil
}

// Evaluate computes the formula of the values of Names; ok is false where it
// divides by zero or leaves the range of numbers. Stack is scratch memory, which
// it returns.
func (f *Formula) Evaluate(values []Value, stack []Value) (result Value, ok bool, scratch []Value) {
	stack = stack[:0]
	for i := range f.code {
		s := &f.code[i]
		n := len(stack)
		switch s.op {
		case opNumber:
			stack = append(stack, s.value)
		case opName:
			stack = append(stack, values[s.name])
		case opNegate:
			stack[n-1] = negate(stack[n-1])
		default:
			x, y := stack[n-2], stack[n-1]
			stack = stack[:n-1]
			var v Value
			switch s.op {
			case opAdd:
				v = add(x, y)
			case opSubtract:
				v = add(x, negate(y))
			case opMultiply:
				v = multiply(x, y)
			default:
				if y.zero() {
					return Value{}, false, stack
				}
				v = divide(x, y)
			}
			stack[n-2] = v
		}
	}
	v := stack[0].settle()
	return v, v.finite(), stack
}
