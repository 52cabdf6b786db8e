package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Writer writes random expressions about a world. What it compares with are mostly
// values that occur.
type Writer struct {
	w     *World
	rng   *rand.Rand
	pools map[string][]kreds.Value
	has   [2]bool // which kinds of profile there are
	// Depth is how deep conditions nest; 3 if 0.
	Depth int
	// Alone leaves out ranks, for which all other profiles matter.
	Alone bool
}

// Writer returns a writer of expressions.
func (w *World) Writer(rng *rand.Rand) *Writer {
	x := &Writer{w: w, rng: rng, pools: map[string][]kreds.Value{}}
	add := func(pool, name string, v kreds.Value) {
		if v.Type != kreds.Unknown && len(x.pools[pool+name]) < 200 {
			x.pools[pool+name] = append(x.pools[pool+name], v)
		}
	}
	each := func(pool string, columns []Column, of map[string]kreds.Value) {
		for _, c := range columns {
			add(pool, c.Name, of[c.Name])
		}
	}
	for _, i := range w.Imports {
		for _, p := range i.Profiles {
			x.has[p.Kind] = true
			each(traitPool(p.Kind), w.Traits[p.Kind], p.Traits)
			add(traitPool(p.Kind), "profile.key", kreds.Value{Type: kreds.Text, Text: p.Key})
		}
		for _, e := range i.Events {
			x.has[e.Kind] = true
			each("property ", w.EventType(e.Type).Properties, e.Properties)
			add(traitPool(e.Kind), "profile.key", kreds.Value{Type: kreds.Text, Text: e.Key})
		}
		for _, f := range i.Items {
			each("fact ", w.Facts, f.Facts)
		}
	}
	return x
}

func traitPool(k kreds.Kind) string { return "trait of a " + k.String() + " " }

// place is where a condition stands: about profiles of a kind, or, with types set,
// in where (…), about events of the types.
type place struct {
	kind  kreds.Kind // whose traits profile.T are
	depth int
	where *which
}

// name is something that has a value.
type name struct {
	text, pool string
	typ        kreds.Type
	trait      bool // it has a history
	measure    bool // date forms follow "is"
}

// Expression writes one, about any subject of which the world has profiles.
func (x *Writer) Expression() string {
	subject := kreds.Persons
	switch {
	case x.has[kreds.Company] && x.chance(4):
		subject = kreds.Companies
		if x.chance(6) {
			subject = kreds.ProspectCompanies
		}
	case x.has[kreds.Company] && x.chance(7):
		subject = kreds.Prospects
	}
	return x.About(subject)
}

// Leaf writes a condition about a kind of profile that is not made of others.
func (x *Writer) Leaf(k kreds.Kind) string {
	subject := kreds.Persons
	begin := ""
	if k == kreds.Company {
		subject = kreds.Companies
		begin = subject.String() + ": "
	}
	return begin + x.leaf(place{kind: subject.Kind()})
}

// Term writes something that has a value for profiles of a kind.
func (x *Writer) Term(k kreds.Kind) string {
	p := place{kind: k}
	if x.chance(2) {
		return x.measure(p).text
	}
	return x.pickName(p).text
}

// About writes an expression about a subject.
func (x *Writer) About(s kreds.Subject) string {
	begin := ""
	if s != kreds.Persons {
		begin = s.String() + ": "
	}
	depth := x.Depth
	if depth == 0 {
		depth = 3
	}
	return begin + x.condition(place{kind: s.Kind(), depth: depth})
}

// chance is true once in n times.
func (x *Writer) chance(n int) bool { return x.rng.IntN(n) == 0 }

func (x *Writer) pick(of ...string) string { return of[x.rng.IntN(len(of))] }

// maybe is the text half the time.
func (x *Writer) maybe(text func() string) string {
	if x.chance(2) {
		return ""
	}
	return text()
}

// n is a whole number from low to high.
func (x *Writer) n(low, high int) int { return low + x.rng.IntN(high-low+1) }

func (x *Writer) condition(p place) string {
	if p.depth <= 0 {
		return x.leaf(p)
	}
	in := p
	in.depth--
	part := func() string {
		s := x.condition(in)
		if strings.Contains(s, " and ") || strings.Contains(s, " or ") || strings.HasPrefix(s, "not ") || x.chance(6) {
			return "(" + s + ")"
		}
		return s
	}
	switch x.rng.IntN(12) {
	case 0, 1:
		return part() + " and " + part()
	case 2, 3:
		return part() + " or " + part()
	case 4:
		return "not " + part()
	case 5:
		clauses := []string{part(), part(), part()}
		return fmt.Sprintf("%s of (%s)", x.quantity(len(clauses)), strings.Join(clauses, ", "))
	case 6:
		if p.where == nil {
			return "(" + x.condition(in) + ") as of " + x.date(p, dates{})
		}
	case 7:
		if p.where == nil && x.has[kreds.Company] {
			return x.relation(in)
		}
	}
	return x.leaf(p)
}

func (x *Writer) quantity(most int) string {
	n := x.rng.IntN(most + 1)
	text := strconv.Itoa(n)
	if n == 1 && x.chance(2) {
		text = "once"
	}
	if n == 2 && x.chance(2) {
		text = "twice"
	}
	return x.pick("at least ", "at least ", "at most ", "exactly ") + text
}

func (x *Writer) relation(in place) string {
	if in.kind == kreds.Person {
		in.kind = kreds.Company
		return "company (" + x.condition(in) + ")"
	}
	in.kind = kreds.Person
	c := " (" + x.condition(in) + ")"
	if x.chance(3) {
		return x.quantity(3) + " persons" + c
	}
	return x.pick("any person", "no person", "all persons") + c
}

// leaf writes a condition that is not made of others.
func (x *Writer) leaf(p place) string {
	if p.where != nil {
		return x.test(p, x.pickName(p))
	}
	switch x.rng.IntN(20) {
	case 0, 1, 2, 3, 4:
		return x.test(p, x.pickName(p))
	case 5, 6, 7:
		return x.did(p)
	case 8, 9:
		return x.sequence(p)
	case 10:
		return x.resumed(p)
	case 11, 12, 13:
		return x.test(p, x.measure(p))
	case 14, 15:
		return x.history(p)
	case 16:
		if x.Alone {
			return x.did(p)
		}
		return x.rank(p)
	case 17, 18:
		if s := x.membership(p); s != "" {
			return s
		}
		return x.did(p)
	}
	switch x.rng.IntN(4) {
	case 0:
		return "everyone"
	case 1:
		of := x.n(1, 9)
		to := x.rng.IntN(of)
		return fmt.Sprintf("bucket %d to %d of %d", x.rng.IntN(to+1), to, of) + x.maybe(func() string { return ` salt "spring ` + x.pick("å", "campaign", `""`) + `"` })
	}
	return x.pick("reachable.email", "reachable.sms", "reachable.phone", "reachable.post = true", "reachable.email = false", "not reachable.post")
}

// names are all that have a value at the place.
func (x *Writer) names(p place) []name {
	var out []name
	traits := func(kind kreds.Kind, prefix string) {
		for _, c := range x.w.Traits[kind] {
			label := segment.Quote(c.Name)
			if prefix == "" && c.Label != c.Name && x.chance(2) {
				label = segment.Quote(c.Label)
			}
			out = append(out, name{text: prefix + label, pool: traitPool(kind) + c.Name, typ: c.Type, trait: prefix == ""})
		}
		own := prefix
		if own == "" {
			own = "profile."
		}
		out = append(out, name{text: own + "key", pool: traitPool(kind) + "profile.key", typ: kreds.Text}, name{text: own + "first_seen", typ: kreds.Instants})
	}
	if p.where == nil {
		traits(p.kind, "")
		if p.kind == kreds.Person && x.has[kreds.Company] {
			traits(kreds.Company, "company.")
		}
		return out
	}
	// Properties more often than the profile's traits.
	traits(p.where.kind, "profile.")
	out = slices.DeleteFunc(out, func(name) bool { return !x.chance(4) })
	for _, c := range p.where.properties() {
		out = append(out, name{text: segment.Quote(c.Name), pool: "property " + c.Name, typ: c.Type})
		if c.Type == kreds.Text && c.Name == "product" {
			for _, f := range x.w.Facts {
				out = append(out, name{text: segment.Quote(c.Name) + "." + segment.Quote(f.Name), pool: "fact " + f.Name, typ: f.Type})
			}
		}
	}
	return append(out, name{text: "time", typ: kreds.Instants})
}

func (x *Writer) pickName(p place, types ...kreds.Type) name {
	all := slices.DeleteFunc(x.names(p), func(n name) bool { return len(types) > 0 && !slices.Contains(types, n.typ) })
	if len(all) == 0 {
		return name{}
	}
	return all[x.rng.IntN(len(all))]
}

// text writes a literal of text.
func text(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// observed is a value that the name has somewhere.
func (x *Writer) observed(n name) kreds.Value {
	pool := x.pools[n.pool]
	if len(pool) == 0 {
		return kreds.Value{}
	}
	return pool[x.rng.IntN(len(pool))]
}

// number writes a number that the name has somewhere, or one near it.
func (x *Writer) number(n name) string {
	v := x.observed(n)
	if v.Type != kreds.Number || x.chance(6) {
		return number(float64(x.rng.IntN(20)))
	}
	if x.chance(5) {
		v.Num++
	}
	return number(v.Num)
}

func (x *Writer) text(n name) string {
	v := x.observed(n)
	if v.Type != kreds.Text || x.chance(12) {
		return text(x.pick("DK", "", "nothing"))
	}
	return text(v.Text)
}

// rank writes a rank of any ordered name or measure.
func (x *Writer) rank(p place) string {
	ordered := []kreds.Type{kreds.Number, kreds.Number, kreds.Date, kreds.Instants, kreds.Span}
	n := x.pickName(p, ordered...)
	for range 4 {
		if m := x.measure(p); n.text == "" || x.chance(3) && slices.Contains(ordered, m.typ) {
			n = m
		}
	}
	if !slices.Contains(ordered, n.typ) {
		return x.did(p)
	}
	s := n.text + x.pick(" in ", " in ", " not in ") + x.pick("top ", "bottom ")
	if x.chance(2) {
		s += number(float64(x.n(1, 999))/10) + "%"
	} else {
		s += strconv.Itoa(x.n(1, 12))
	}
	if x.chance(3) {
		in := p
		in.depth = 0
		s += " among (" + x.leaf(in) + ")"
	} else if seg := x.segment(p.kind); seg != "" && x.chance(4) {
		s += " among segment " + text(seg)
	}
	return s
}

// segment is the name of a segment of the kind, "" if there is none.
func (x *Writer) segment(k kreds.Kind) string {
	var names []string
	for _, s := range x.w.Segments {
		if s.Subject.Kind() == k {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return x.pick(names...)
}

func (x *Writer) membership(p place) string {
	seg := x.segment(p.kind)
	if seg == "" {
		return ""
	}
	if x.chance(4) {
		seg = strings.ToUpper(seg)
	}
	seg = text(seg)
	switch x.rng.IntN(6) {
	case 0:
		return fmt.Sprintf("in segment %s for %d days", seg, x.n(1, 5))
	case 1:
		return "in segment " + seg + " as of " + x.date(p, dates{})
	case 2, 3:
		return x.pick("joined", "left") + " segment " + seg + x.maybe(func() string { return " " + x.window(p, span{past: true, fixed: true}) })
	}
	return x.pick("in segment ", "in segment ", "not in segment ") + seg
}

// history writes a form about what a trait was.
func (x *Writer) history(p place) string {
	var n name
	for range 20 {
		if n = x.pickName(p); n.trait {
			break
		}
	}
	if !n.trait {
		return x.test(p, n)
	}
	value := func() string {
		v := x.value(p, n, false)
		if v == "" {
			return ""
		}
		return v
	}
	window := func() string { return x.maybe(func() string { return " " + x.window(p, span{past: true}) }) }
	s := n.text + x.pick(" ", " ", " not ")
	v := value()
	if v == "" || x.chance(4) {
		return s + "changed" + window()
	}
	switch x.rng.IntN(3) {
	case 0:
		return s + "became " + v + window()
	case 1:
		return s + "went from " + v + " to " + value() + window()
	}
	if x.chance(2) {
		v = "(" + v + ", " + value() + ")"
	}
	return s + "has been " + v + " for " + strconv.Itoa(x.n(1, 200)) + " " + x.pick("hours", "days", "days", "weeks", "months")
}
