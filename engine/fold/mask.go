package fold

import (
	"fmt"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

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
	s.plan.masks = append(s.plan.masks, m)
	s.maskIndex[key] = len(s.plan.masks) - 1
	return len(s.plan.masks) - 1, nil
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
			t.items[i] = condition.Call(e.cal, t.fn, v.Type, t.items[i])
		}
	}
	return nil
}
