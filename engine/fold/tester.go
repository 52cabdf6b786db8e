package fold

import (
	"github.com/kreds/kreds"
)

// tester answers a leaf of one term for a whole column at once.
type tester struct {
	leaf    *leaf
	unknown bool     // whether the leaf holds where the value is unknown
	dec     *intTest // leaf.nums of exact numbers
	codes   []uint8  // by code, whether the leaf holds
}

// tester makes a leaf of one term ready for columns of the type; each text of
// the dictionary is tested once.
func (e *setting) tester(l *leaf, typ kreds.Type, dict []string) *tester {
	t := &tester{leaf: l}
	t.unknown, _ = l.eval([]cell{{}})
	if l.nums != nil {
		t.dec = l.nums.overInts(decimal)
	}
	if typ == kreds.Text || typ == kreds.List {
		t.codes = make([]uint8, len(dict))
		e.parallel(len(dict), func(_, from, to int) {
			v := make([]cell, 1)
			for i := from; i < to; i++ {
				v[0] = textCell(dict[i])
				if ok, _ := l.eval(v); ok {
					t.codes[i] = 1
				}
			}
		})
	}
	return t
}

// fill writes for each of the n values, from word first on, whether the leaf
// holds: a bit each, into words as many as out has.
func (t *tester) fill(c *column, n, first int, out []uint64) {
	not := false
	switch {
	case t.codes != nil && c.code != nil:
		fillCodes(c.code, t.codes, first, out)
	case t.leaf.nums != nil && c.dec != nil:
		not = t.dec.not
		fillInts(c.dec, t.dec, first, out)
	case t.leaf.nums != nil && c.num != nil:
		not = t.leaf.nums.not
		fillNums(c.num, t.leaf.nums, first, out)
	case t.leaf.ints != nil && c.int != nil:
		not = t.leaf.ints.not
		fillInts(c.int, t.leaf.ints, first, out)
	case t.leaf.ints != nil && c.day != nil:
		not = t.leaf.ints.not
		fillInts(c.day, t.leaf.ints, first, out)
	case t.leaf.ints != nil && c.flag != nil:
		not = t.leaf.ints.not
		fillInts(c.flag, t.leaf.ints, first, out)
	default:
		t.fillCells(c, n, first, out)
	}
	for w := range out {
		known := ^uint64(0)
		if c.known != nil {
			known = 0
			if first+w < len(c.known) {
				known = c.known[first+w]
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
		out[w] = bits & tail(n-(first+w)*64)
	}
}

// tail returns a word with the first n bits set.
func tail(n int) uint64 {
	if n >= 64 {
		return ^uint64(0)
	}
	if n <= 0 {
		return 0
	}
	return 1<<n - 1
}

func (t *tester) fillCells(c *column, n, first int, out []uint64) {
	v := make([]cell, 1)
	for w := range out {
		var bits uint64
		base := (first + w) * 64
		for k := range max(min(64, n-base), 0) {
			if v[0] = c.at(base + k); v[0].known {
				if ok, _ := t.leaf.eval(v); ok {
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

// fillInts ignores test.not, which the caller applies.
func fillInts[T uint8 | int32 | int64](vals []T, test *intTest, first int, out []uint64) {
	var r intRange
	switch len(test.ranges) {
	case 0:
		clear(out)
		return
	case 1:
		r = test.ranges[0]
	default:
		inner := intTest{ranges: test.ranges}
		for w := range out {
			var bits uint64
			base := min((first+w)*64, len(vals))
			for k, v := range vals[base:min(base+64, len(vals))] {
				if inner.holds(int64(v)) {
					bits |= 1 << k
				}
			}
			out[w] = bits
		}
		return
	}
	lo, span := uint64(r.lo), uint64(r.hi)-uint64(r.lo)
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

// fillNums ignores test.not, which the caller applies.
func fillNums(vals []float64, test *numTest, first int, out []uint64) {
	inner := numTest{ranges: test.ranges}
	for w := range out {
		var bits uint64
		base := min((first+w)*64, len(vals))
		for k, v := range vals[base:min(base+64, len(vals))] {
			if inner.holds(v) {
				bits |= 1 << (k & 63)
			}
		}
		out[w] = bits
	}
}

// cellTester answers a leaf for codes that stand for the cells.
func (e *setting) cellTester(l *leaf, cells []cell) *tester {
	t := &tester{leaf: l, codes: make([]uint8, len(cells))}
	t.unknown, _ = l.eval([]cell{{}})
	e.parallel(len(cells), func(_, from, to int) {
		for i := from; i < to; i++ {
			if ok, _ := l.eval(cells[i : i+1]); ok {
				t.codes[i] = 1
			}
		}
	})
	return t
}
