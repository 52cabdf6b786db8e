package condition

import (
	"math"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Slot is one term that a leaf reads; no term means the instant of the
// profile's first event.
type Slot struct {
	Term segment.Term
	Type kreds.Type
}

// Leaf is a condition made ready: a function of the values of its terms, the
// first of which is what the condition is about.
type Leaf struct {
	Slots []Slot
	// Eval reports whether the leaf holds, and whether all that it compares is
	// known; it is false where not.
	Eval func(v []Cell) (holds, known bool)
	// Nums or ints, if not nil, say the same of one known number, or of one
	// known date, instant or boolean.
	Nums *NumTest
	Ints *IntTest
}

// Single reports whether the leaf reads one term only.
func (l *Leaf) Single() bool { return len(l.Slots) == 1 }

// Builder makes one leaf.
type Builder struct {
	set   *Setting
	asOf  kreds.Instant
	Slots []Slot
	index map[string]int
}

// NewBuilder returns a builder of values as of an instant.
func NewBuilder(set *Setting, asOf kreds.Instant) *Builder {
	return &Builder{set: set, asOf: asOf, index: map[string]int{}}
}

// AsOf returns the instant that the builder resolves dates as of.
func (b *Builder) AsOf() kreds.Instant { return b.asOf }

// SlotOf returns the number of the term's slot.
func (b *Builder) SlotOf(t segment.Term) int {
	key, s := "", Slot{Type: kreds.Instants}
	if t != nil {
		key, s = segment.PrintTerm(t), Slot{t, t.Type()}
	}
	if i, ok := b.index[key]; ok {
		return i
	}
	i := len(b.Slots)
	b.Slots = append(b.Slots, s)
	b.index[key] = i
	return i
}

// lookup gives calendars the values of paths from the cells of slots. The
// paths must have slots already.
func (b *Builder) lookup(v []Cell) segment.Lookup {
	return func(p *segment.Path) (kreds.Value, bool) {
		key := ""
		if p != nil {
			key = segment.PrintTerm(p)
		}
		i, ok := b.index[key]
		if !ok || !v[i].Known {
			return kreds.Value{}, false
		}
		return v[i].Value(b.Slots[i].Type), true
	}
}

// Leaf makes a condition of the values of terms ready.
func (e *Setting) Leaf(n segment.Node, asOf kreds.Instant) (*Leaf, error) {
	b := NewBuilder(e, asOf)
	l := &Leaf{}
	term := TermOf(n)
	if term == nil {
		return nil, kreds.Errorf(kreds.CodeInternal, "folding does not answer %T", n)
	}
	b.SlotOf(term)
	if err := b.build(l, n, term.Type()); err != nil {
		return nil, err
	}
	l.Slots = b.Slots
	if len(l.Slots) > 1 {
		l.Nums, l.Ints = nil, nil
	}
	return l, nil
}

// TermOf returns what the condition is about, nil if it is no test of a term.
func TermOf(n segment.Node) segment.Term {
	switch n := n.(type) {
	case *segment.BoolTerm:
		return n.Term
	case *segment.Compare:
		return n.Term
	case *segment.Between:
		return n.Term
	case *segment.In:
		return n.Term
	case *segment.InList:
		return n.Term
	case *segment.TextMatch:
		return n.Term
	case *segment.Includes:
		return n.Term
	case *segment.Known:
		return n.Term
	case *segment.InWindow:
		return n.Term
	case *segment.Anniversary:
		return n.Term
	case *segment.Near:
		return n.Term
	}
	return nil
}

func (b *Builder) build(l *Leaf, n segment.Node, typ kreds.Type) error {
	switch n := n.(type) {
	case *segment.BoolTerm:
		return b.equalInt(l, 1, false)
	case *segment.Known:
		l.Eval = func(v []Cell) (bool, bool) { return v[0].Known != n.Unknown, true }
		return nil
	case *segment.Compare:
		switch typ {
		case kreds.Number, kreds.Span:
			return b.compareNumber(l, n)
		case kreds.Date, kreds.Instants:
			return b.compareDate(l, n, typ)
		}
		return b.compareEqual(l, n)
	case *segment.Between:
		if typ == kreds.Date || typ == kreds.Instants {
			return b.betweenDates(l, n, typ)
		}
		return b.between(l, n)
	case *segment.In:
		return b.in(l, n, typ)
	case *segment.InList:
		return b.inList(l, n, typ)
	case *segment.TextMatch:
		return b.textMatch(l, n)
	case *segment.Includes:
		return b.includes(l, n)
	case *segment.InWindow:
		return b.inWindow(l, n, typ)
	case *segment.Anniversary:
		return b.anniversary(l, n, typ)
	case *segment.Near:
		return b.near(l, n)
	}
	return kreds.Errorf(kreds.CodeInternal, "folding does not answer %T", n)
}

func (b *Builder) equalInt(l *Leaf, to int64, not bool) error {
	l.Ints = NewIntTest(not, []IntRange{{to, to}})
	l.Eval = func(v []Cell) (bool, bool) { return v[0].Known && (v[0].Int == to) != not, v[0].Known }
	return nil
}

// Operand is a value that a term is compared with.
type Operand struct {
	constant bool
	cell     Cell
	get      func(v []Cell) Cell
}

// Of returns the operand's value.
func (o *Operand) Of(v []Cell) Cell {
	if o.constant {
		return o.cell
	}
	return o.get(v)
}

// Operand makes a value ready that is no date.
func (b *Builder) Operand(v segment.Value) (Operand, error) {
	switch v := v.(type) {
	case *segment.Number:
		return Operand{constant: true, cell: NumberCell(v.V)}, nil
	case *segment.Text:
		return Operand{constant: true, cell: TextCell(v.V)}, nil
	case *segment.Bool:
		return Operand{constant: true, cell: CellOf(kreds.Value{Type: kreds.Boolean, Bool: v.V})}, nil
	case *segment.Duration:
		s, ok := seconds(v)
		if !ok {
			return Operand{}, kreds.Errorf(kreds.CodeInvalid, "a duration of %ss has no fixed length", v.Unit).WithHint("say it in days")
		}
		return Operand{constant: true, cell: NumberCell(s)}, nil
	case *segment.TermValue:
		i := b.SlotOf(v.Term)
		if v.Percent == nil {
			return Operand{get: func(v []Cell) Cell { return v[i] }}, nil
		}
		share := v.Percent.V / 100
		return Operand{get: func(v []Cell) Cell {
			c := v[i]
			c.Num *= share
			return c
		}}, nil
	case *segment.DateValue:
		if v.Kind == segment.DateTrait {
			i := b.SlotOf(v.Path)
			return Operand{get: func(v []Cell) Cell { return v[i] }}, nil
		}
	}
	return Operand{}, kreds.Errorf(kreds.CodeInternal, "folding cannot compare with %T", v)
}

// seconds is the length of a duration as a value.
func seconds(d *segment.Duration) (float64, bool) {
	switch d.Unit {
	case segment.Hour:
		return float64(d.N) * 3600, true
	case segment.Day:
		return float64(d.N) * 86400, true
	case segment.Week:
		return float64(d.N) * 7 * 86400, true
	}
	return 0, false
}

// parts splits a comparison into what it allows.
func parts(op segment.CompareOp) (less, equal, greater bool) {
	less = op == segment.Less || op == segment.LessEqual || op == segment.NotEqual
	equal = op == segment.Equal || op == segment.LessEqual || op == segment.GreaterEqual
	greater = op == segment.Greater || op == segment.GreaterEqual || op == segment.NotEqual
	return
}

func (b *Builder) compareNumber(l *Leaf, n *segment.Compare) error {
	right, err := b.Operand(n.Value)
	if err != nil {
		return err
	}
	less, equal, greater := parts(n.Op)
	if right.constant {
		r, not := compareRange(less, equal, greater, right.cell.Num)
		l.Nums = NewNumTest(not, []NumRange{r})
	}
	l.Eval = func(v []Cell) (bool, bool) {
		r := right.Of(v)
		if !v[0].Known || !r.Known {
			return false, false
		}
		a, b := v[0].Num, r.Num
		return a < b && less || a == b && equal || a > b && greater, true
	}
	return nil
}

// compareEqual is = and != of texts, booleans and other values.
func (b *Builder) compareEqual(l *Leaf, n *segment.Compare) error {
	right, err := b.Operand(n.Value)
	if err != nil {
		return err
	}
	not := n.Op == segment.NotEqual
	if !not && n.Op != segment.Equal {
		return kreds.Errorf(kreds.CodeInvalid, "%s does not apply to values of type %s", n.Op, n.Term.Type())
	}
	if right.constant && n.Term.Type() == kreds.Boolean {
		return b.equalInt(l, right.cell.Int, not)
	}
	l.Eval = func(v []Cell) (bool, bool) {
		r := right.Of(v)
		if !v[0].Known || !r.Known {
			return false, false
		}
		return (v[0].Text == r.Text && v[0].Int == r.Int) != not, true
	}
	return nil
}

func (b *Builder) between(l *Leaf, n *segment.Between) error {
	lo, err := b.Operand(n.Lo)
	if err != nil {
		return err
	}
	hi, err := b.Operand(n.Hi)
	if err != nil {
		return err
	}
	if lo.constant && hi.constant {
		l.Nums = NewNumTest(n.Not, []NumRange{{lo.cell.Num, hi.cell.Num}})
	}
	l.Eval = func(v []Cell) (bool, bool) {
		x, y := lo.Of(v), hi.Of(v)
		if !v[0].Known || !x.Known || !y.Known {
			return false, false
		}
		return (v[0].Num >= x.Num && v[0].Num <= y.Num) != n.Not, true
	}
	return nil
}

// in is any of the values, each compared as by =.
func (b *Builder) in(l *Leaf, n *segment.In, typ kreds.Type) error {
	if typ == kreds.Date || typ == kreds.Instants {
		return b.inDates(l, n, typ)
	}
	var rights []Operand
	var ranges []NumRange
	texts := map[string]bool{}
	constant := true
	for _, v := range n.Values {
		o, err := b.Operand(v)
		if err != nil {
			return err
		}
		rights = append(rights, o)
		constant = constant && o.constant
		if o.constant {
			ranges = append(ranges, NumRange{o.cell.Num, o.cell.Num})
			texts[o.cell.Text] = true
		}
	}
	switch {
	case constant && typ == kreds.Text:
		b.oneOf(l, texts, n.Not)
		return nil
	case constant && (typ == kreds.Number || typ == kreds.Span):
		l.Nums = NewNumTest(n.Not, ranges)
	}
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		all := true
		for i := range rights {
			r := rights[i].Of(v)
			if all = all && r.Known; r.Known && r.Num == v[0].Num && r.Text == v[0].Text && r.Int == v[0].Int {
				return !n.Not, true
			}
		}
		return all && n.Not, all
	}
	return nil
}

func (b *Builder) oneOf(l *Leaf, texts map[string]bool, not bool) {
	l.Eval = func(v []Cell) (bool, bool) { return v[0].Known && texts[v[0].Text] != not, v[0].Known }
}

// inList is in of a stored or built-in list.
func (b *Builder) inList(l *Leaf, n *segment.InList, typ kreds.Type) error {
	values, err := b.set.List(n.List)
	if err != nil {
		return err
	}
	texts := map[string]bool{}
	var nums []NumRange
	for _, s := range values {
		texts[s] = true
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			nums = append(nums, NumRange{f, f})
		}
	}
	if typ != kreds.Number {
		b.oneOf(l, texts, n.Not)
		return nil
	}
	test := NewNumTest(n.Not, nums)
	l.Nums = test
	l.Eval = func(v []Cell) (bool, bool) { return v[0].Known && test.Holds(v[0].Num), v[0].Known }
	return nil
}

// includes looks into a list of texts.
func (b *Builder) includes(l *Leaf, n *segment.Includes) error {
	var want []string
	for _, v := range n.Values {
		o, err := b.Operand(v)
		if err != nil {
			return err
		}
		if !o.constant {
			return kreds.Errorf(kreds.CodeInvalid, "includes takes texts")
		}
		want = append(want, o.cell.Text)
	}
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		have := map[string]bool{}
		for _, s := range ListOf(v[0].Text) {
			have[s] = true
		}
		found := 0
		for _, w := range want {
			if have[w] {
				found++
			}
		}
		if n.Mode == segment.IncludesAll {
			return (found == len(want)) != n.Not, true
		}
		return (found > 0) != n.Not, true
	}
	return nil
}
