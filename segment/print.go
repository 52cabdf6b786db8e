package segment

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/kreds/kreds"
)

// String returns the expression in its canonical form, which parses back to the
// same tree.
func (e *Expr) String() string {
	text := PrintNode(e.Root)
	if e.Subject == kreds.Persons {
		return text
	}
	return e.Subject.String() + ": " + text
}

// Quote returns a name as it is written in an expression: in back quotes where it
// holds other characters than letters, digits, underscores and the dots of
// namespaces, or is a word of the language.
func Quote(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if part == "" {
			return "`" + strings.ReplaceAll(name, "`", "``") + "`"
		}
		if !plain(part) || i == 0 && reserved[strings.ToLower(part)] {
			parts[i] = "`" + strings.ReplaceAll(part, "`", "``") + "`"
		}
	}
	return strings.Join(parts, ".")
}

// plain reports whether a part of a name needs no quotes.
func plain(part string) bool {
	for i, r := range part {
		if i == 0 && !isNameStart(r) || !isNamePart(r) || unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

func quoteText(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// PrintNode returns a condition in canonical form.
func PrintNode(n Node) string {
	var b printer
	b.node(n)
	return b.String()
}

// PrintTerm returns a term in canonical form.
func PrintTerm(t Term) string {
	var b printer
	b.term(t)
	return b.String()
}

// PrintEvents returns which events are meant in canonical form.
func PrintEvents(e *Events) string {
	var b printer
	b.events(e)
	return b.String()
}

// PrintWindow returns a window in canonical form.
func PrintWindow(w *Window) string {
	var b printer
	b.window(w)
	return strings.TrimPrefix(b.String(), " ")
}

func printDuration(d *Duration) string {
	var b printer
	b.duration(d)
	return b.String()
}

func printDate(d *DateValue) string {
	var b printer
	b.date(d)
	return b.String()
}

type printer struct{ strings.Builder }

func (b *printer) add(parts ...string) {
	for _, s := range parts {
		b.WriteString(s)
	}
}

// list writes items with a separator between them.
func list[T any](b *printer, items []T, sep string, write func(T)) {
	for i, item := range items {
		if i > 0 {
			b.add(sep)
		}
		write(item)
	}
}

// operand writes a condition, in parentheses if it is an and or an or.
func (b *printer) operand(n Node) {
	switch n.(type) {
	case *And, *Or:
		b.group(n)
	default:
		b.node(n)
	}
}

func (b *printer) group(n Node) {
	b.add("(")
	b.node(n)
	b.add(")")
}

func negated(not bool) string {
	if not {
		return " not"
	}
	return ""
}

func (b *printer) node(n Node) {
	switch n := n.(type) {
	case *And:
		list(b, n.Clauses, " and ", b.operand)
	case *Or:
		list(b, n.Clauses, " or ", b.operand)
	case *Not:
		b.add("not ")
		b.operand(n.X)
	case *SomeOf:
		b.quantity(n.Op, n.N)
		b.add(" of (")
		list(b, n.Clauses, ", ", b.node)
		b.add(")")
	case *AsOf:
		b.group(n.X)
		b.asOf(n.At)
	case *Everyone:
		b.add("everyone")
	case *Did, *Resumed:
		b.happened(n)
	case *InSegment:
		b.add("in segment ", quoteText(n.Segment))
		if n.For != nil {
			b.add(" for ")
			b.duration(n.For)
		}
		if n.AsOf != nil {
			b.asOf(n.AsOf)
		}
	case *Moved:
		b.add(map[bool]string{false: "joined", true: "left"}[n.Left], " segment ", quoteText(n.Segment))
		b.window(n.Window)
	case *OfCompany:
		b.add("company ")
		b.group(n.X)
	case *OfPersons:
		switch n.Quant {
		case QuantAny:
			b.add("any person ")
		case QuantNo:
			b.add("no person ")
		case QuantAll:
			b.add("all persons ")
		default:
			b.quantity(n.Op, n.N)
			b.add(" persons ")
		}
		b.group(n.X)
	case *Bucket:
		fmt.Fprintf(b, "bucket %d to %d of %d", n.From, n.To, n.Of)
		if n.Salt != "" {
			b.add(" salt ", quoteText(n.Salt))
		}
	default:
		b.compared(n)
	}
}

func (b *printer) asOf(d *DateValue) {
	b.add(" as of ")
	b.date(d)
}

func (b *printer) quantity(op CountOp, n int) {
	switch op {
	case AtMost:
		b.add("at most ")
	case Exactly:
		b.add("exactly ")
	default:
		b.add("at least ")
	}
	b.add(strconv.Itoa(n))
}

// compared writes the conditions that begin with a term.
func (b *printer) compared(n Node) {
	switch n := n.(type) {
	case *BoolTerm:
		b.term(n.Term)
	case *Compare:
		b.term(n.Term)
		b.add(" ", n.Op.String(), " ")
		b.value(n.Value)
	case *Between:
		b.term(n.Term)
		b.add(negated(n.Not), " between ")
		b.value(n.Lo)
		b.add(" and ")
		b.value(n.Hi)
	case *In:
		b.term(n.Term)
		b.add(negated(n.Not), " in ")
		b.values(n.Values)
	case *InList:
		b.term(n.Term)
		b.add(negated(n.Not), " in list ", quoteText(n.List))
	case *Rank:
		b.rank(n)
	case *TextMatch:
		b.term(n.Term)
		b.add(negated(n.Not), " ", [...]string{"contains", "starts with", "ends with", "matches"}[(n.Op-1)&3], " ")
		if n.AnyOf {
			b.add("any of (")
			list(b, n.Texts, ", ", func(s string) { b.add(quoteText(s)) })
			b.add(")")
		} else if len(n.Texts) > 0 {
			b.add(quoteText(n.Texts[0]))
		}
	case *Includes:
		b.term(n.Term)
		b.add(negated(n.Not), " includes ")
		switch n.Mode {
		case IncludesAny:
			b.add("any of ")
			b.values(n.Values)
		case IncludesAll:
			b.add("all of ")
			b.values(n.Values)
		default:
			list(b, n.Values, ", ", b.value)
		}
	case *Known:
		b.term(n.Term)
		b.add(map[bool]string{false: " is known", true: " is unknown"}[n.Unknown])
	case *InWindow:
		b.term(n.Term)
		if _, ok := n.Term.(*Measure); ok {
			b.add(" is")
		}
		b.add(negated(n.Not))
		b.window(n.Window)
	case *Anniversary:
		b.term(n.Term)
		b.add(negated(n.Not), " anniversary")
		b.window(n.Window)
	case *Near:
		b.near(n)
	default:
		b.history(n)
	}
}

func (b *printer) rank(n *Rank) {
	b.term(n.Term)
	b.add(negated(n.Not), map[bool]string{false: " in top ", true: " in bottom "}[n.Bottom], number(n.N))
	if n.Percent {
		b.add("%")
	}
	switch {
	case n.Segment != "":
		b.add(" among segment ", quoteText(n.Segment))
	case n.Among != nil:
		b.add(" among ")
		b.group(n.Among)
	}
}

func (b *printer) near(n *Near) {
	b.term(n.Term)
	b.add(negated(n.Not), " near ")
	switch {
	case n.Any:
		b.add("any place")
	case n.Name != "":
		b.add("place ", quoteText(n.Name))
	default:
		b.add("(", number(n.Lat), ", ", number(n.Lon), ")")
	}
	b.add(" within ", number(n.Km), " km")
}

func (b *printer) history(n Node) {
	switch n := n.(type) {
	case *Changed:
		b.term(n.Term)
		b.add(negated(n.Not), " changed")
		b.window(n.Window)
	case *Became:
		b.term(n.Term)
		b.add(negated(n.Not), " became ")
		b.value(n.To)
		b.window(n.Window)
	case *WentFrom:
		b.term(n.Term)
		b.add(negated(n.Not), " went from ")
		b.value(n.From)
		b.add(" to ")
		b.value(n.To)
		b.window(n.Window)
	case *HasBeen:
		b.term(n.Term)
		b.add(negated(n.Not), " has been ")
		if n.List {
			b.values(n.Values)
		} else {
			list(b, n.Values, ", ", b.value)
		}
		b.add(" for ")
		b.duration(n.For)
	}
}
