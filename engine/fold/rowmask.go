package fold

import (
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
	return condition.Call(w.plan.cal, t.fn, t.argType, v)
}

// maskOf returns which rows of the table match, a bit each; it is computed once
// per batch.
func (w *worker) maskOf(id int) []uint64 {
	c := &w.masks[id]
	if c.epoch == w.epoch {
		return c.bits
	}
	m := w.plan.masks[id]
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

// vectorColumn wraps a column of rows.
func vectorColumn(v *Vector, dict []string) condition.Column {
	c := condition.Column{Type: v.Type, Known: v.Known, Num: v.F64, Flag: v.U8, Dict: dict}
	switch v.Type {
	case kreds.Number:
		c.Dec = v.I64
	case kreds.Date:
		c.Day = v.I32
	case kreds.Text, kreds.List:
		c.Code = v.I32
	default:
		c.Int = v.I64
	}
	return c
}
