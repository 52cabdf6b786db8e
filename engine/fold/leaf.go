package fold

import (
	"math"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// slot is one term that a leaf reads; no term means the instant of the
// profile's first event.
type slot struct {
	term segment.Term
	typ  kreds.Type
}

// leaf is a condition made ready: a function of the values of its terms, the
// first of which is what the condition is about.
type leaf struct {
	slots []slot
	// eval reports whether the leaf holds, and whether all that it compares is
	// known; it is false where not.
	eval func(v []cell) (holds, known bool)
	// nums or ints, if not nil, say the same of one known number, or of one
	// known date, instant or boolean.
	nums *numTest
	ints *intTest
}

// single reports whether the leaf reads one term only.
func (l *leaf) single() bool { return len(l.slots) == 1 }

// builder makes one leaf.
type builder struct {
	set   *setting
	asOf  kreds.Instant
	slots []slot
	index map[string]int
}

// slotOf returns the number of the term's slot.
func (b *builder) slotOf(t segment.Term) int {
	key, s := "", slot{typ: kreds.Instants}
	if t != nil {
		key, s = printTerm(t), slot{t, t.Type()}
	}
	if i, ok := b.index[key]; ok {
		return i
	}
	i := len(b.slots)
	b.slots = append(b.slots, s)
	b.index[key] = i
	return i
}

// lookup gives calendars the values of paths from the cells of slots. The
// paths must have slots already.
func (b *builder) lookup(v []cell) segment.Lookup {
	return func(p *segment.Path) (kreds.Value, bool) {
		key := ""
		if p != nil {
			key = printTerm(p)
		}
		i, ok := b.index[key]
		if !ok || !v[i].known {
			return kreds.Value{}, false
		}
		return v[i].value(b.slots[i].typ), true
	}
}

// leafOf makes a condition of the values of terms ready.
func (e *setting) leafOf(n segment.Node, asOf kreds.Instant) (*leaf, error) {
	b := &builder{set: e, asOf: asOf, index: map[string]int{}}
	l := &leaf{}
	term := termOf(n)
	if term == nil {
		return nil, kreds.Errorf(kreds.CodeInternal, "folding does not answer %T", n)
	}
	b.slotOf(term)
	if err := b.build(l, n, term.Type()); err != nil {
		return nil, err
	}
	l.slots = b.slots
	if len(l.slots) > 1 {
		l.nums, l.ints = nil, nil
	}
	return l, nil
}

// termOf returns what the condition is about, nil if it is no test of a term.
func termOf(n segment.Node) segment.Term {
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

func (b *builder) build(l *leaf, n segment.Node, typ kreds.Type) error {
	switch n := n.(type) {
	case *segment.BoolTerm:
		return b.equalInt(l, 1, false)
	case *segment.Known:
		l.eval = func(v []cell) (bool, bool) { return v[0].known != n.Unknown, true }
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

func (b *builder) equalInt(l *leaf, to int64, not bool) error {
	l.ints = newIntTest(not, []intRange{{to, to}})
	l.eval = func(v []cell) (bool, bool) { return v[0].known && (v[0].int == to) != not, v[0].known }
	return nil
}

// operand is a value that a term is compared with.
type operand struct {
	constant bool
	cell     cell
	get      func(v []cell) cell
}

// of returns the operand's value.
func (o *operand) of(v []cell) cell {
	if o.constant {
		return o.cell
	}
	return o.get(v)
}

// operand makes a value ready that is no date.
func (b *builder) operand(v segment.Value) (operand, error) {
	switch v := v.(type) {
	case *segment.Number:
		return operand{constant: true, cell: numberCell(v.V)}, nil
	case *segment.Text:
		return operand{constant: true, cell: textCell(v.V)}, nil
	case *segment.Bool:
		return operand{constant: true, cell: cellOf(kreds.Value{Type: kreds.Boolean, Bool: v.V})}, nil
	case *segment.Duration:
		s, ok := seconds(v)
		if !ok {
			return operand{}, kreds.Errorf(kreds.CodeInvalid, "a duration of %ss has no fixed length", v.Unit).WithHint("say it in days")
		}
		return operand{constant: true, cell: numberCell(s)}, nil
	case *segment.TermValue:
		i := b.slotOf(v.Term)
		if v.Percent == nil {
			return operand{get: func(v []cell) cell { return v[i] }}, nil
		}
		share := v.Percent.V / 100
		return operand{get: func(v []cell) cell {
			c := v[i]
			c.num *= share
			return c
		}}, nil
	case *segment.DateValue:
		if v.Kind == segment.DateTrait {
			i := b.slotOf(v.Path)
			return operand{get: func(v []cell) cell { return v[i] }}, nil
		}
	}
	return operand{}, kreds.Errorf(kreds.CodeInternal, "folding cannot compare with %T", v)
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

func (b *builder) compareNumber(l *leaf, n *segment.Compare) error {
	right, err := b.operand(n.Value)
	if err != nil {
		return err
	}
	less, equal, greater := parts(n.Op)
	if right.constant {
		r, not := compareRange(less, equal, greater, right.cell.num)
		l.nums = newNumTest(not, []numRange{r})
	}
	l.eval = func(v []cell) (bool, bool) {
		r := right.of(v)
		if !v[0].known || !r.known {
			return false, false
		}
		a, b := v[0].num, r.num
		return a < b && less || a == b && equal || a > b && greater, true
	}
	return nil
}

// compareEqual is = and != of texts, booleans and other values.
func (b *builder) compareEqual(l *leaf, n *segment.Compare) error {
	right, err := b.operand(n.Value)
	if err != nil {
		return err
	}
	not := n.Op == segment.NotEqual
	if !not && n.Op != segment.Equal {
		return kreds.Errorf(kreds.CodeInvalid, "%s does not apply to values of type %s", n.Op, n.Term.Type())
	}
	if right.constant && n.Term.Type() == kreds.Boolean {
		return b.equalInt(l, right.cell.int, not)
	}
	l.eval = func(v []cell) (bool, bool) {
		r := right.of(v)
		if !v[0].known || !r.known {
			return false, false
		}
		return (v[0].text == r.text && v[0].int == r.int) != not, true
	}
	return nil
}

func (b *builder) between(l *leaf, n *segment.Between) error {
	lo, err := b.operand(n.Lo)
	if err != nil {
		return err
	}
	hi, err := b.operand(n.Hi)
	if err != nil {
		return err
	}
	if lo.constant && hi.constant {
		l.nums = newNumTest(n.Not, []numRange{{lo.cell.num, hi.cell.num}})
	}
	l.eval = func(v []cell) (bool, bool) {
		x, y := lo.of(v), hi.of(v)
		if !v[0].known || !x.known || !y.known {
			return false, false
		}
		return (v[0].num >= x.num && v[0].num <= y.num) != n.Not, true
	}
	return nil
}

// in is any of the values, each compared as by =.
func (b *builder) in(l *leaf, n *segment.In, typ kreds.Type) error {
	if typ == kreds.Date || typ == kreds.Instants {
		return b.inDates(l, n, typ)
	}
	var rights []operand
	var ranges []numRange
	texts := map[string]bool{}
	constant := true
	for _, v := range n.Values {
		o, err := b.operand(v)
		if err != nil {
			return err
		}
		rights = append(rights, o)
		constant = constant && o.constant
		if o.constant {
			ranges = append(ranges, numRange{o.cell.num, o.cell.num})
			texts[o.cell.text] = true
		}
	}
	switch {
	case constant && typ == kreds.Text:
		b.oneOf(l, texts, n.Not)
		return nil
	case constant && (typ == kreds.Number || typ == kreds.Span):
		l.nums = newNumTest(n.Not, ranges)
	}
	l.eval = func(v []cell) (bool, bool) {
		if !v[0].known {
			return false, false
		}
		all := true
		for i := range rights {
			r := rights[i].of(v)
			if all = all && r.known; r.known && r.num == v[0].num && r.text == v[0].text && r.int == v[0].int {
				return !n.Not, true
			}
		}
		return all && n.Not, all
	}
	return nil
}

func (b *builder) oneOf(l *leaf, texts map[string]bool, not bool) {
	l.eval = func(v []cell) (bool, bool) { return v[0].known && texts[v[0].text] != not, v[0].known }
}

// inList is in of a stored or built-in list.
func (b *builder) inList(l *leaf, n *segment.InList, typ kreds.Type) error {
	values, err := b.set.list(n.List)
	if err != nil {
		return err
	}
	texts := map[string]bool{}
	var nums []numRange
	var days []intRange
	for _, s := range values {
		texts[s] = true
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			nums = append(nums, numRange{f, f})
		}
		if d, ok := parseDay(s); ok {
			from, to := d, d
			if typ == kreds.Instants {
				iv := b.set.wholeDay(kreds.Day(d))
				from, to = int64(iv.From), int64(iv.Before)-1
			}
			days = append(days, intRange{from, to})
		}
	}
	switch typ {
	case kreds.Number:
		l.nums = newNumTest(n.Not, nums)
		l.eval = func(v []cell) (bool, bool) { return v[0].known && l.nums.holds(v[0].num), v[0].known }
	case kreds.Date, kreds.Instants:
		l.ints = newIntTest(n.Not, days)
		l.eval = func(v []cell) (bool, bool) { return v[0].known && l.ints.holds(v[0].int), v[0].known }
	default:
		b.oneOf(l, texts, n.Not)
	}
	return nil
}

// includes looks into a list of texts.
func (b *builder) includes(l *leaf, n *segment.Includes) error {
	var want []string
	for _, v := range n.Values {
		o, err := b.operand(v)
		if err != nil {
			return err
		}
		if !o.constant {
			return kreds.Errorf(kreds.CodeInvalid, "includes takes texts")
		}
		want = append(want, o.cell.text)
	}
	l.eval = func(v []cell) (bool, bool) {
		if !v[0].known {
			return false, false
		}
		have := map[string]bool{}
		for _, s := range listOf(v[0].text) {
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
