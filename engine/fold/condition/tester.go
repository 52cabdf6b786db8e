package condition

import (
	"github.com/kreds/kreds"
)

// Tester answers a leaf of one term for a whole column at once.
type Tester struct {
	leaf    *Leaf
	unknown bool     // whether the leaf holds where the value is unknown
	dec     *IntTest // leaf.nums of exact numbers
	codes   []uint8  // by code, whether the leaf holds
}

// Tester makes a leaf of one term ready for columns of the type; each text of
// the dictionary is tested once.
func (e *Setting) Tester(l *Leaf, typ kreds.Type, dict []string) *Tester {
	t := &Tester{leaf: l}
	t.unknown, _ = l.Eval([]Cell{{}})
	if l.Nums != nil {
		t.dec = l.Nums.OverInts(Decimal)
	}
	if typ == kreds.Text || typ == kreds.List {
		t.codes = make([]uint8, len(dict))
		e.Parallel(len(dict), func(_, from, to int) {
			v := make([]Cell, 1)
			for i := from; i < to; i++ {
				v[0] = TextCell(dict[i])
				if ok, _ := l.Eval(v); ok {
					t.codes[i] = 1
				}
			}
		})
	}
	return t
}

// Fill writes for each of the n values, from word first on, whether the leaf
// holds: a bit each, into words as many as out has.
func (t *Tester) Fill(c *Column, n, first int, out []uint64) {
	not := false
	switch {
	case t.codes != nil && c.Code != nil:
		fillCodes(c.Code, t.codes, first, out)
	case t.leaf.Nums != nil && c.Dec != nil:
		not = t.dec.Not
		fillInts(c.Dec, t.dec, first, out)
	case t.leaf.Nums != nil && c.Num != nil:
		not = t.leaf.Nums.Not
		fillNums(c.Num, t.leaf.Nums, first, out)
	case t.leaf.Ints != nil && c.Int != nil:
		not = t.leaf.Ints.Not
		fillInts(c.Int, t.leaf.Ints, first, out)
	case t.leaf.Ints != nil && c.Day != nil:
		not = t.leaf.Ints.Not
		fillInts(c.Day, t.leaf.Ints, first, out)
	case t.leaf.Ints != nil && c.Flag != nil:
		not = t.leaf.Ints.Not
		fillInts(c.Flag, t.leaf.Ints, first, out)
	default:
		t.fillCells(c, n, first, out)
	}
	for w := range out {
		known := ^uint64(0)
		if c.Known != nil {
			known = 0
			if first+w < len(c.Known) {
				known = c.Known[first+w]
			}
		}
		bits := out[w]
		if not {
			bits = ^bits
		}
		bits &= known
		if t.unknown {
			bits |= ^known
		}
		out[w] = bits & Tail(n-(first+w)*64)
	}
}

// Tail returns a word with the first n bits set.
func Tail(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	if n <= 0 {
		return 0
	}
	return 1<<n - 1
}

func (t *Tester) fillCells(c *Column, n, first int, out []uint64) {
	v := make([]Cell, 1)
	for w := range out {
		var bits uint64
		base := (first + w) * 64
		for k := range max(min(64, n-base), 0) {
			if v[0] = c.At(base + k); v[0].Known {
				if ok, _ := t.leaf.Eval(v); ok {
					bits |= 1 << k
				}
			}
		}
		out[w] = bits
	}
}

func fillCodes(codes []int32, holds []uint8, first int, out []uint64) {
	for w := range out {
		var bits uint64
		base := min((first+w)*64, len(codes))
		for k, c := range codes[base:min(base+64, len(codes))] {
			if uint(c) < uint(len(holds)) {
				bits |= uint64(holds[c]) << (k & 63)
			}
		}
		out[w] = bits
	}
}

// fillInts ignores test.Not, which the caller applies.
func fillInts[T uint8 | int32 | int64](vals []T, test *IntTest, first int, out []uint64) {
	var r IntRange
	switch len(test.Ranges) {
	case 0:
		clear(out)
		return
	case 1:
		r = test.Ranges[0]
	default:
		inner := IntTest{Ranges: test.Ranges}
		for w := range out {
			var bits uint64
			base := min((first+w)*64, len(vals))
			for k, v := range vals[base:min(base+64, len(vals))] {
				if inner.Holds(int64(v)) {
					bits |= 1 << k
				}
			}
			out[w] = bits
		}
		return
	}
	lo, span := uint64(r.Lo), uint64(r.Hi)-uint64(r.Lo)
	for w := range out {
		var bits uint64
		base := min((first+w)*64, len(vals))
		for k, v := range vals[base:min(base+64, len(vals))] {
			var b uint64
			if uint64(int64(v))-lo <= span {
				b = 1
			}
			bits |= b << (k & 63)
		}
		out[w] = bits
	}
}

// fillNums ignores test.Not, which the caller applies.
func fillNums(vals []float64, test *NumTest, first int, out []uint64) {
	inner := NumTest{Ranges: test.Ranges}
	for w := range out {
		var bits uint64
		base := min((first+w)*64, len(vals))
		for k, v := range vals[base:min(base+64, len(vals))] {
			if inner.Holds(v) {
				bits |= 1 << (k & 63)
			}
		}
		out[w] = bits
	}
}

// CellTester answers a leaf for codes that stand for the cells.
func (e *Setting) CellTester(l *Leaf, cells []Cell) *Tester {
	t := &Tester{leaf: l, codes: make([]uint8, len(cells))}
	t.unknown, _ = l.Eval([]Cell{{}})
	e.Parallel(len(cells), func(_, from, to int) {
		for i := from; i < to; i++ {
			if ok, _ := l.Eval(cells[i : i+1]); ok {
				t.codes[i] = 1
			}
		}
	})
	return t
}
