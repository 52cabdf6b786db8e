package rows

import (
	"strconv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// MaskOp is how a mask comes about.
type MaskOp uint8

// The ways in which a mask comes about.
const (
	MaskAll      MaskOp = iota // of all kids
	MaskAny                    // of any kid
	MaskNot                    // not of the kid
	MaskSome                   // of some kids
	MaskTest                   // a test of one column
	MaskProfiles               // of what holds for the profile
	MaskCells                  // a leaf of several terms
)

// Mask is a condition on the rows of one table.
type Mask struct {
	Table int
	Op    MaskOp
	Kids  []int
	Some  *segment.SomeOf

	Test  *condition.Tester
	Terms []Term // what test or leaf read
	Leaf  *condition.Leaf
	Holds engine.Bits // by profile
}

// Term is a term in where (…): where its value is for a row.
type Term struct {
	Type    kreds.Type
	Column  int // -1 without
	Dict    []string
	Time    bool
	Profile *condition.Column // of the profile
	Items   []condition.Cell  // by code: a fact of the item
	Facts   map[string]kreds.Value
	Func    string // year, month, …
	ArgType kreds.Type
}

// at returns the value of the term for a row.
func (t *Term) at(w *Worker, r *Rows, row int) condition.Cell {
	switch {
	case t.Profile != nil:
		return t.Profile.At(int(r.owners()[row])) // fn is in it
	case t.Time:
		return w.called(t, condition.IntCell(r.Time[row]))
	case t.Column < 0:
		return condition.Cell{}
	}
	c := VectorColumn(&r.Columns[t.Column], t.Dict)
	switch {
	case t.Items != nil:
		if !c.Has(row) || uint(c.Code[row]) >= uint(len(t.Items)) {
			return condition.Cell{}
		}
		return t.Items[c.Code[row]]
	case t.Facts != nil:
		v := c.At(row)
		if !v.Known {
			return condition.Cell{}
		}
		return w.called(t, condition.CellOf(t.Facts[strconv.FormatFloat(v.Num, 'f', -1, 64)]))
	}
	return w.called(t, c.At(row))
}

func (w *Worker) called(t *Term, v condition.Cell) condition.Cell {
	if t.Func == "" {
		return v
	}
	return condition.Call(w.Plan.Calendar, t.Func, t.ArgType, v)
}

// maskOf returns which rows of the table match, a bit each; it is computed once
// per batch.
func (w *Worker) maskOf(id int) []uint64 {
	c := &w.masks[id]
	if c.epoch == w.epoch {
		return c.bits
	}
	m := w.Plan.Masks[id]
	r := w.Rows[m.Table]
	n := len(r.Profile)
	words := (n + 63) / 64
	if cap(c.bits) < words {
		c.bits = make([]uint64, words+words/4)
	}
	c.bits = c.bits[:words]
	c.epoch = w.epoch
	out := c.bits
	if n == 0 {
		return out
	}
	switch m.Op {
	case MaskTest:
		col := condition.Column{Type: kreds.Instants, Int: r.Time}
		if !m.Terms[0].Time {
			col = VectorColumn(&r.Columns[m.Terms[0].Column], nil)
		}
		m.Test.Fill(&col, n, 0, out)
	case MaskProfiles:
		w.fillProfiles(m.Holds, r.owners(), out)
	case MaskCells:
		w.fillCells(m, r, out)
	case MaskNot:
		kid := w.maskOf(m.Kids[0])
		for i := range out {
			out[i] = ^kid[i] & condition.Tail(n-i*64)
		}
	case MaskSome:
		w.fillSome(m, n, out)
	case MaskAny:
		clear(out)
		for _, k := range m.Kids {
			for i, b := range w.maskOf(k) {
				out[i] |= b
			}
		}
	default:
		for i := range out {
			out[i] = condition.Tail(n - i*64)
		}
		for _, k := range m.Kids {
			for i, b := range w.maskOf(k) {
				out[i] &= b
			}
		}
	}
	return out
}

// fillProfiles sets the rows of profiles that are in the set.
func (w *Worker) fillProfiles(set engine.Bits, profile []uint32, out []uint64) {
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

func (w *Worker) fillCells(m *Mask, r *Rows, out []uint64) {
	clear(out)
	v := make([]condition.Cell, len(m.Terms))
	for i := range r.Profile {
		for k := range m.Terms {
			v[k] = m.Terms[k].at(w, r, i)
		}
		if ok, _ := m.Leaf.Eval(v); ok {
			out[i>>6] |= 1 << (i & 63)
		}
	}
}

func (w *Worker) fillSome(m *Mask, n int, out []uint64) {
	kids := make([][]uint64, len(m.Kids))
	for i, k := range m.Kids {
		kids[i] = w.maskOf(k)
	}
	clear(out)
	for i := range n {
		got := 0
		for _, k := range kids {
			got += int(k[i>>6] >> (i & 63) & 1)
		}
		if m.Some.Op.Holds(got, m.Some.N, m.Some.N) {
			out[i>>6] |= 1 << (i & 63)
		}
	}
}

// VectorColumn wraps a column of rows.
func VectorColumn(v *Vector, dict []string) condition.Column {
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
