package fold

import (
	"fmt"
	"strconv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// maskOp is how a mask comes about.
type maskOp uint8

const (
	maskAll      maskOp = iota // of all kids
	maskAny                    // of any kid
	maskNot                    // not of the kid
	maskSome                   // of some kids
	maskTest                   // a test of one column
	maskProfiles               // of what holds for the profile
	maskCells                  // a leaf of several terms
)

// maskNode is a condition on the rows of one table.
type maskNode struct {
	table int
	op    maskOp
	kids  []int
	some  *segment.SomeOf

	test  *condition.Tester
	terms []rowTerm // what test or leaf read
	leaf  *condition.Leaf
	holds engine.Bits // by profile
}

// rowTerm is a term in where (…): where its value is for a row.
type rowTerm struct {
	typ     kreds.Type
	column  int // -1 without
	dict    []string
	time    bool
	profile *condition.Column // of the profile
	items   []condition.Cell  // by code: a fact of the item
	facts   map[string]kreds.Value
	fn      string // year, month, …
	argType kreds.Type
}

// mask returns the number of the mask of a condition on rows of a table.
func (s *sweep) mask(table int, n segment.Node, k kreds.Kind, asOf kreds.Instant) (int, error) {
	key := fmt.Sprint(table, " ", k, " ", asOf, " ", printNode(n))
	if i, ok := s.maskIndex[key]; ok {
		return i, nil
	}
	m := &maskNode{table: table}
	var kids []segment.Node
	switch n := n.(type) {
	case *segment.And:
		kids = n.Clauses
	case *segment.Or:
		m.op, kids = maskAny, n.Clauses
	case *segment.Not:
		m.op, kids = maskNot, []segment.Node{n.X}
	case *segment.SomeOf:
		m.op, m.some, kids = maskSome, n, n.Clauses
	case *segment.Everyone:
	default:
		if err := s.maskLeaf(m, n, k, asOf); err != nil {
			return 0, err
		}
	}
	for _, kid := range kids {
		i, err := s.mask(table, kid, k, asOf)
		if err != nil {
			return 0, err
		}
		m.kids = append(m.kids, i)
	}
	s.masks = append(s.masks, m)
	s.maskIndex[key] = len(s.masks) - 1
	return len(s.masks) - 1, nil
}

// maskLeaf makes a test of rows ready.
func (s *sweep) maskLeaf(m *maskNode, n segment.Node, k kreds.Kind, asOf kreds.Instant) error {
	l, err := s.e.set.Leaf(n, asOf)
	if err != nil {
		return err
	}
	m.op, m.leaf = maskCells, l
	profiles := true
	for _, slot := range l.Slots {
		t, err := s.rowTerm(m.table, slot, k, asOf)
		if err != nil {
			return err
		}
		profiles = profiles && t.profile != nil
		m.terms = append(m.terms, t)
	}
	if profiles {
		m.op = maskProfiles
		cols := make([]*condition.Column, len(m.terms))
		for i := range cols {
			cols[i] = m.terms[i].profile
		}
		m.holds, _ = s.e.overProfiles(l, cols, false)
		return nil
	}
	if !l.Single() {
		return nil
	}
	t := &m.terms[0]
	switch {
	case t.items != nil:
		m.op, m.test = maskTest, s.e.set.CellTester(l, t.items)
	case t.fn == "size" && t.column >= 0:
		m.op, m.test = maskTest, s.e.set.CellTester(l, s.e.sizes(t.dict))
	case t.fn == "" && t.facts == nil && (t.column >= 0 || t.time):
		m.op, m.test = maskTest, s.e.set.Tester(l, t.typ, t.dict)
	}
	return nil
}

// rowTerm finds where the value of a term in where (…) is.
func (s *sweep) rowTerm(table int, slot condition.Slot, k kreds.Kind, asOf kreds.Instant) (rowTerm, error) {
	t := rowTerm{typ: slot.Type, column: -1}
	path, _ := slot.Term.(*segment.Path)
	if f, ok := slot.Term.(*segment.Func); ok {
		path, t.fn, t.argType = f.Arg, f.Name, f.Arg.Type()
	}
	plan := s.tables[table]
	if path == nil {
		if isMeasure(slot.Term) {
			return t, kreds.Errorf(kreds.CodeInvalid, "where (…) cannot hold %s", printTerm(slot.Term))
		}
		c, err := s.e.column(nil, k, asOf)
		t.profile = c
		return t, err
	}
	switch path.Ref.Kind {
	case segment.RefTime:
		t.time = true
		return t, nil
	case segment.RefProperty, segment.RefItem:
		t.column = plan.column(path.Ref.Name)
		p, ok := plan.event.Property(path.Ref.Name)
		if !ok {
			return t, nil // unknown in this table
		}
		var err error
		if p.Type == kreds.Text || p.Type == kreds.List {
			if t.dict, err = s.e.dict(plan.event.Name, p.Name); err != nil {
				return t, err
			}
		}
		if path.Ref.Kind == segment.RefItem {
			return t, s.e.itemTerm(&t, p.Type, path.Ref.Fact)
		}
		return t, nil
	}
	c, err := s.e.column(slot.Term, k, asOf)
	t.profile = c
	return t, err
}

// itemTerm makes the facts of the items that a property holds ready.
func (e *evaluation) itemTerm(t *rowTerm, of kreds.Type, fact string) error {
	facts, ok := e.items[fact]
	if !ok {
		var err error
		if facts, err = e.d.Item(e.ctx, fact); err != nil {
			return err
		}
		if facts == nil {
			facts = map[string]kreds.Value{}
		}
		e.items[fact] = facts
	}
	if of != kreds.Text {
		t.facts = facts
		return nil
	}
	t.items = make([]condition.Cell, len(t.dict))
	for i, key := range t.dict {
		v, ok := facts[key]
		if !ok {
			continue
		}
		t.items[i] = condition.CellOf(v)
		if t.fn != "" {
			t.items[i] = call(e.cal, t.fn, v.Type, t.items[i])
		}
	}
	return nil
}

// at returns the value of the term for a row.
func (t *rowTerm) at(w *worker, r *Rows, row int) condition.Cell {
	switch {
	case t.profile != nil:
		return t.profile.At(int(r.Profile[row])) // fn is in it
	case t.time:
		return w.called(t, condition.IntCell(r.Time[row]))
	case t.column < 0:
		return condition.Cell{}
	}
	c := vectorColumn(&r.Columns[t.column], t.dict)
	switch {
	case t.items != nil:
		if !c.Has(row) || uint(c.Code[row]) >= uint(len(t.items)) {
			return condition.Cell{}
		}
		return t.items[c.Code[row]]
	case t.facts != nil:
		v := c.At(row)
		if !v.Known {
			return condition.Cell{}
		}
		return w.called(t, condition.CellOf(t.facts[strconv.FormatFloat(v.Num, 'f', -1, 64)]))
	}
	return w.called(t, c.At(row))
}

func (w *worker) called(t *rowTerm, v condition.Cell) condition.Cell {
	if t.fn == "" {
		return v
	}
	return call(w.s.e.cal, t.fn, t.argType, v)
}

// maskOf returns which rows of the table match, a bit each; it is computed once
// per batch.
func (w *worker) maskOf(id int) []uint64 {
	c := &w.masks[id]
	if c.epoch == w.epoch {
		return c.bits
	}
	m := w.s.masks[id]
	r := w.rows[m.table]
	n := len(r.Profile)
	words := (n + 63) / 64
	if cap(c.bits) < words {
		c.bits = make([]uint64, words+words/4)
	}
	c.bits = c.bits[:words]
	c.epoch = w.epoch
	out := c.bits
	switch m.op {
	case maskTest:
		col := condition.Column{Type: kreds.Instants, Int: r.Time}
		if !m.terms[0].time {
			col = vectorColumn(&r.Columns[m.terms[0].column], nil)
		}
		m.test.Fill(&col, n, 0, out)
	case maskProfiles:
		w.fillProfiles(m.holds, r.Profile, out)
	case maskCells:
		w.fillCells(m, r, out)
	case maskNot:
		kid := w.maskOf(m.kids[0])
		for i := range out {
			out[i] = ^kid[i] & condition.Tail(n-i*64)
		}
	case maskSome:
		w.fillSome(m, n, out)
	case maskAny:
		clear(out)
		for _, k := range m.kids {
			for i, b := range w.maskOf(k) {
				out[i] |= b
			}
		}
	default:
		for i := range out {
			out[i] = condition.Tail(n - i*64)
		}
		for _, k := range m.kids {
			for i, b := range w.maskOf(k) {
				out[i] &= b
			}
		}
	}
	return out
}

// fillProfiles sets the rows of profiles that are in the set.
func (w *worker) fillProfiles(set engine.Bits, profile []uint32, out []uint64) {
	clear(out)
	last, has := ^uint32(0), uint64(0)
	for i, p := range profile {
		if p != last {
			last, has = p, 0
			if set.Has(p) {
				has = 1
			}
		}
		out[i>>6] |= has << (i & 63)
	}
}

func (w *worker) fillCells(m *maskNode, r *Rows, out []uint64) {
	clear(out)
	v := make([]condition.Cell, len(m.terms))
	for i := range r.Profile {
		for k := range m.terms {
			v[k] = m.terms[k].at(w, r, i)
		}
		if ok, _ := m.leaf.Eval(v); ok {
			out[i>>6] |= 1 << (i & 63)
		}
	}
}

func (w *worker) fillSome(m *maskNode, n int, out []uint64) {
	kids := make([][]uint64, len(m.kids))
	for i, k := range m.kids {
		kids[i] = w.maskOf(k)
	}
	clear(out)
	for i := range n {
		got := 0
		for _, k := range kids {
			got += int(k[i>>6] >> (i & 63) & 1)
		}
		if m.some.Op.Holds(got, m.some.N, m.some.N) {
			out[i>>6] |= 1 << (i & 63)
		}
	}
}
