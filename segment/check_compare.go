package segment

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
)

// compared checks the conditions that begin with a term.
func (c *checker) compared(n Node, s scope) error {
	term := termOf(n)
	if term == nil {
		return errorAt(n.Pos(), "this condition is not known")
	}
	if err := c.term(term, s); err != nil {
		return err
	}
	t := term.Type()
	switch n := n.(type) {
	case *BoolTerm:
		if t != kreds.Boolean {
			return errorAt(n.pos, "%s is a %s, not a condition", said(PrintTerm(term)), t).hint("%s", example(term))
		}
	case *Compare:
		if err := c.operator(n, t); err != nil {
			return err
		}
		return c.value(&n.Value, term, n.Op, s)
	case *Between:
		if !ordered(t) {
			return errorAt(n.pos, "\"between\" is for numbers and dates, %s is a %s", said(PrintTerm(term)), t).hint("%s", example(term))
		}
		if err := c.value(&n.Lo, term, GreaterEqual, s); err != nil {
			return err
		}
		return c.value(&n.Hi, term, LessEqual, s)
	case *In:
		if t == kreds.List || t == kreds.Location {
			return errorAt(n.pos, "\"in\" compares one value, %s is a %s", said(PrintTerm(term)), t).hint("%s", example(term))
		}
		for i := range n.Values {
			if err := c.value(&n.Values[i], term, Equal, s); err != nil {
				return err
			}
		}
	case *InList:
		if t != kreds.Text && t != kreds.Number {
			return errorAt(n.pos, "\"in list\" is for text and numbers, %s is a %s", said(PrintTerm(term)), t).hint("%s", example(term))
		}
		return c.list(n)
	case *Rank:
		return c.rank(n, s)
	case *TextMatch:
		return c.textMatch(n, t)
	case *Includes:
		if t != kreds.List {
			return errorAt(n.pos, "\"includes\" is for lists, %s is a %s", said(PrintTerm(term)), t).hint("%s", example(term))
		}
		for _, v := range n.Values {
			if _, ok := v.(*Text); !ok {
				return errorAt(v.Pos(), "a list holds texts").hint("write them in double quotes")
			}
		}
	case *InWindow:
		return c.dated(n.pos, term, n.Window, s)
	case *Anniversary:
		if err := byDays(n.Window, "an anniversary"); err != nil {
			return err
		}
		return c.dated(n.pos, term, n.Window, s)
	case *Near:
		return c.near(n, t)
	}
	return nil
}

// termOf is the term that a condition begins with; nil if it has none.
func termOf(n Node) Term {
	switch n := n.(type) {
	case *BoolTerm:
		return n.Term
	case *Compare:
		return n.Term
	case *Between:
		return n.Term
	case *In:
		return n.Term
	case *InList:
		return n.Term
	case *Rank:
		return n.Term
	case *TextMatch:
		return n.Term
	case *Includes:
		return n.Term
	case *Known:
		return n.Term
	case *InWindow:
		return n.Term
	case *Anniversary:
		return n.Term
	case *Near:
		return n.Term
	}
	return nil
}

// ordered reports whether values of the type can be less and more.
func ordered(t kreds.Type) bool {
	switch t {
	case kreds.Number, kreds.Date, kreds.Instants, kreds.Span:
		return true
	}
	return false
}

// example says how a term of its type is compared.
func example(t Term) string {
	name := PrintTerm(t)
	switch t.Type() {
	case kreds.Number:
		return kreds.Say("write for example: %s >= 3", name)
	case kreds.Text:
		return kreds.Say("write for example: %s = \"x\", or %s contains \"x\"", name, name)
	case kreds.Boolean:
		return kreds.Say("write: %s, or: not %s", name, name)
	case kreds.Date, kreds.Instants:
		if _, ok := t.(*Measure); ok {
			name += " is"
		}
		return kreds.Say("write for example: %s within last 30 days, or %s before 2025-01-01", name, name)
	case kreds.List:
		return kreds.Say("write for example: %s includes \"x\", or %s includes any of (\"x\", \"y\")", name, name)
	case kreds.Location:
		return kreds.Say("write for example: %s near (55.68, 12.57) within 10 km", name)
	case kreds.Span:
		return kreds.Say("write for example: %s < 30 days", name)
	}
	return kreds.Say("write: %s is known", name)
}

// operator checks that the operator fits the type.
func (c *checker) operator(n *Compare, t kreds.Type) error {
	if t == kreds.List || t == kreds.Location || (t == kreds.Text || t == kreds.Boolean) && n.Op > NotEqual {
		return errorAt(n.pos, "%s does not compare a %s", quoteText(n.Op.String()), t).hint("%s", example(n.Term))
	}
	return nil
}

// value checks what a term is compared with, and makes a date of a year or a
// number where a date is meant.
func (c *checker) value(v *Value, term Term, op CompareOp, s scope) error {
	t := term.Type()
	wrong := func(what string) error {
		return errorAt((*v).Pos(), "%s is a %s and cannot be compared with %s", said(PrintTerm(term)), t, what).hint("%s", example(term))
	}
	isDate := t == kreds.Date || t == kreds.Instants
	switch x := (*v).(type) {
	case *Number:
		if isDate {
			if d, ok := parseDate(x.Text); ok && d.Kind == DateYear {
				d.at = x.at
				*v = d
				return nil
			}
		}
		if t == kreds.Text {
			return errorAt(x.pos, "%s is a text and cannot be compared with a number", said(PrintTerm(term))).hint("text stands in double quotes: \"%s\"", x.Text)
		}
		if t == kreds.Span {
			return errorAt(x.pos, "%s is a length of time and cannot be compared with a number", said(PrintTerm(term))).hint("write the unit: %s days", x.Text)
		}
		if t != kreds.Number {
			return wrong(kreds.Say("a number"))
		}
	case *Text:
		if isDate {
			d, ok := parseDate(x.V)
			if !ok {
				return errorAt(x.pos, "%s is no date", quoteText(cut(x.V))).hint("write 2025-03-01, 2025-03, 2025 or 2025-03-01T10:00")
			}
			d.at = x.at
			*v = d
			return nil
		}
		if t == kreds.Number {
			e := errorAt(x.pos, "%s is a number and cannot be compared with a text", said(PrintTerm(term)))
			if _, err := strconv.ParseFloat(x.V, 64); err == nil {
				return e.hint("numbers stand without quotes: %s", cut(x.V))
			}
			return e.hint("%s", example(term))
		}
		if t != kreds.Text {
			return wrong(kreds.Say("a text"))
		}
	case *Bool:
		if t != kreds.Boolean {
			return wrong(kreds.Say("true or false"))
		}
	case *Duration:
		if t != kreds.Span {
			if isDate {
				return errorAt(x.pos, "a date cannot be compared with a length of time").hint("write for example: %s more than %s ago", PrintTerm(term), printDuration(x))
			}
			return wrong(kreds.Say("a length of time"))
		}
		if x.Unit > Week {
			return errorAt(x.pos, "a %s is not always equally long", x.Unit).hint("write days: a month is about 30, a year 365")
		}
	case *DateValue:
		if !isDate {
			return wrong(kreds.Say("a date"))
		}
		if x.Kind == DateTrait {
			return c.date(x.Path, s)
		}
		if t == kreds.Date && x.Unit == Hour && (x.Kind == DateAgo || x.Kind == DateAhead) {
			return errorAt(x.pos, "%s is a date, which goes by whole days, not hours", said(PrintTerm(term))).hint("write days")
		}
	case *TermValue:
		if err := c.term(x.Term, s); err != nil {
			if p, ok := x.Term.(*Path); ok && t == kreds.Text && !strings.Contains(p.Name, ".") {
				e := &Error{}
				if errors.As(err, &e) && p.Ref.Kind == RefNone {
					return errorAt(e.Pos, "%s", e.Message).hint("text stands in double quotes: %s", quoteText(p.Name))
				}
			}
			return err
		}
		other := x.Term.Type()
		if other != t && (!isDate || other != kreds.Date && other != kreds.Instants) {
			return wrong(kreds.Say("the %s %s", other, said(PrintTerm(x.Term))))
		}
		if x.Percent != nil && t != kreds.Number && t != kreds.Span {
			return errorAt(x.pos, "a percentage of a %s has no meaning", t).hint("percentages are of numbers, as in: 50%% of budget")
		}
	}
	return nil
}

func (c *checker) list(n *InList) error {
	names := []string{"EU", "EEA", "Nordics"}
	for name := range c.cat.Lists {
		if strings.EqualFold(name, n.List) {
			n.List = name
			return nil
		}
		names = append(names, name)
	}
	for _, name := range names[:3] {
		if strings.EqualFold(name, n.List) {
			n.List = name
			return nil
		}
	}
	return unknownName(n.pos, kreds.Say("list"), n.List, names)
}

func (c *checker) rank(n *Rank, s scope) error {
	if !ordered(n.Term.Type()) {
		return errorAt(n.pos, "a %s has no top and bottom", n.Term.Type()).hint("rank numbers and dates")
	}
	if n.N <= 0 || n.Percent && n.N > 100 {
		return errorAt(n.pos, "%s is no share", number(n.N)).hint("a percentage lies above 0 and up to 100, a number of profiles is at least 1")
	}
	if n.Among != nil {
		return c.node(n.Among, s)
	}
	if n.Segment != "" {
		return c.segment(n.pos, &n.Segment, s)
	}
	return nil
}

func (c *checker) textMatch(n *TextMatch, t kreds.Type) error {
	if t != kreds.Text {
		return errorAt(n.pos, "%s is a %s, and this operator is for text", said(PrintTerm(n.Term)), t).hint("%s", example(n.Term))
	}
	if n.Op == Matches {
		for _, s := range n.Texts {
			if _, err := regexp.Compile(s); err != nil {
				return errorAt(n.pos, "%s is no pattern: %s", quoteText(cut(s)), strings.TrimPrefix(err.Error(), "error parsing regexp: ")).
					hint("patterns are written in RE2's syntax; \"contains\" looks for the text itself")
			}
		}
	}
	return nil
}

// dated checks a date form.
func (c *checker) dated(pos Pos, term Term, w *Window, s scope) error {
	t := term.Type()
	if t != kreds.Date && t != kreds.Instants {
		return errorAt(pos, "%s is a %s, not a date", said(PrintTerm(term)), t).hint("%s", example(term))
	}
	if t == kreds.Date {
		if err := byDays(w, said(PrintTerm(term))+" is a date, which"); err != nil {
			return err
		}
	}
	return c.window(w, s)
}

func (c *checker) near(n *Near, t kreds.Type) error {
	if t != kreds.Location {
		return errorAt(n.pos, "%s is a %s, not a location", said(PrintTerm(n.Term)), t).hint("%s", example(n.Term))
	}
	if n.Point && (n.Lat < -90 || n.Lat > 90 || n.Lon < -180 || n.Lon > 180) {
		return errorAt(n.pos, "(%s, %s) is no place", number(n.Lat), number(n.Lon)).hint("latitude comes first, from -90 to 90, then longitude, from -180 to 180")
	}
	if n.Point || n.Any {
		return nil
	}
	var names []string
	for _, p := range c.cat.Places {
		if strings.EqualFold(p.Name, n.Name) {
			n.Name = p.Name
			return nil
		}
		names = append(names, p.Name)
	}
	return unknownName(n.pos, kreds.Say("place"), n.Name, names)
}
