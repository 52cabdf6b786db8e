package fold

import (
	"fmt"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// mask returns the number of the mask of a condition on rows of a table.
func (s *sweep) mask(table int, n segment.Node, k kreds.Kind, asOf kreds.Instant) (int, error) {
	key := fmt.Sprint(table, " ", k, " ", asOf, " ", segment.PrintNode(n))
	if i, ok := s.maskIndex[key]; ok {
		return i, nil
	}
	m := &rows.Mask{Table: table}
	var kids []segment.Node
	switch n := n.(type) {
	case *segment.And:
		kids = n.Clauses
	case *segment.Or:
		m.Op, kids = rows.MaskAny, n.Clauses
	case *segment.Not:
		m.Op, kids = rows.MaskNot, []segment.Node{n.X}
	case *segment.SomeOf:
		m.Op, m.Some, kids = rows.MaskSome, n, n.Clauses
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
		m.Kids = append(m.Kids, i)
	}
	s.plan.Masks = append(s.plan.Masks, m)
	s.maskIndex[key] = len(s.plan.Masks) - 1
	return len(s.plan.Masks) - 1, nil
}

// maskLeaf makes a test of rows ready.
func (s *sweep) maskLeaf(m *rows.Mask, n segment.Node, k kreds.Kind, asOf kreds.Instant) error {
	l, err := s.e.set.Leaf(n, asOf)
	if err != nil {
		return err
	}
	m.Op, m.Leaf = rows.MaskCells, l
	profiles := true
	for _, slot := range l.Slots {
		t, err := s.rowTerm(m.Table, slot, k, asOf)
		if err != nil {
			return err
		}
		profiles = profiles && t.Profile != nil
		m.Terms = append(m.Terms, t)
	}
	if profiles {
		m.Op = rows.MaskProfiles
		cols := make([]*condition.Column, len(m.Terms))
		for i := range cols {
			cols[i] = m.Terms[i].Profile
		}
		m.Holds, _ = s.e.overProfiles(l, cols, false)
		return nil
	}
	if !l.Single() {
		return nil
	}
	t := &m.Terms[0]
	switch {
	case t.Items != nil:
		m.Op, m.Test = rows.MaskTest, s.e.set.CellTester(l, t.Items)
	case t.Func == "size" && t.Column >= 0:
		m.Op, m.Test = rows.MaskTest, s.e.set.CellTester(l, s.e.sizes(t.Dict))
	case t.Func == "" && t.Facts == nil && (t.Column >= 0 || t.Time):
		m.Op, m.Test = rows.MaskTest, s.e.set.Tester(l, t.Type, t.Dict)
	}
	return nil
}

// rowTerm finds where the value of a term in where (…) is.
func (s *sweep) rowTerm(table int, slot condition.Slot, k kreds.Kind, asOf kreds.Instant) (rows.Term, error) {
	t := rows.Term{Type: slot.Type, Column: -1}
	path, _ := slot.Term.(*segment.Path)
	if f, ok := slot.Term.(*segment.Func); ok {
		path, t.Func, t.ArgType = f.Arg, f.Name, f.Arg.Type()
	}
	plan := s.tables[table]
	if path == nil {
		if isMeasure(slot.Term) {
			return t, kreds.Errorf(kreds.CodeInvalid, "where (…) cannot hold %s", segment.PrintTerm(slot.Term))
		}
		c, err := s.e.column(nil, k, asOf)
		t.Profile = c
		return t, err
	}
	switch path.Ref.Kind {
	case segment.RefTime:
		t.Time = true
		return t, nil
	case segment.RefProperty, segment.RefItem:
		t.Column = plan.column(path.Ref.Name)
		p, ok := plan.event.Property(path.Ref.Name)
		if !ok {
			return t, nil // unknown in this table
		}
		var err error
		if p.Type == kreds.Text || p.Type == kreds.List {
			if t.Dict, err = s.e.dict(plan.event.Name, p.Name); err != nil {
				return t, err
			}
		}
		if path.Ref.Kind == segment.RefItem {
			return t, s.e.itemTerm(&t, p.Type, path.Ref.Fact)
		}
		return t, nil
	}
	c, err := s.e.column(slot.Term, k, asOf)
	t.Profile = c
	return t, err
}

// itemTerm makes the facts of the items that a property holds ready.
func (e *evaluation) itemTerm(t *rows.Term, of kreds.Type, fact string) error {
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
		t.Facts = facts
		return nil
	}
	t.Items = make([]condition.Cell, len(t.Dict))
	for i, key := range t.Dict {
		v, ok := facts[key]
		if !ok {
			continue
		}
		t.Items[i] = condition.CellOf(v)
		if t.Func != "" {
			t.Items[i] = condition.Call(e.cal, t.Func, v.Type, t.Items[i])
		}
	}
	return nil
}
