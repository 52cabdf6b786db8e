package duckdb

import (
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold"
)

// layout is how the values of a column are stored.
type layout uint8

const (
	layoutI64 layout = iota
	layoutF64
	layoutI32
	layoutU8
)

func layoutOf(t kreds.Type, exact bool) layout {
	switch t {
	case kreds.Number:
		if exact {
			return layoutI64
		}
		return layoutF64
	case kreds.Date, kreds.Text, kreds.List:
		return layoutI32
	case kreds.Boolean:
		return layoutU8
	default:
		return layoutI64
	}
}

// sqlType is the layout's column type in the database.
func (l layout) sqlType() string {
	return [...]string{"BIGINT", "DOUBLE", "INTEGER", "UTINYINT"}[l]
}

// coded reports whether values are codes into a dictionary.
func coded(t kreds.Type) bool { return t == kreds.Text || t == kreds.List }

// resize gives s length n, keeping what it holds.
func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	grown := make([]T, n, n+n/2)
	copy(grown, s)
	return grown
}

// hasBit reports whether bit i is set; nil has all.
func hasBit(b []uint64, i int) bool { return b == nil || b[i>>6]>>(i&63)&1 != 0 }

// setBits sets bits from up to to.
func setBits(b []uint64, from, to int) {
	for from < to && from&63 != 0 {
		b[from>>6] |= 1 << (from & 63)
		from++
	}
	for ; from+64 <= to; from += 64 {
		b[from>>6] = ^uint64(0)
	}
	for ; from < to; from++ {
		b[from>>6] |= 1 << (from & 63)
	}
}

// copyBits copies n bits of src from bit `from` to bit `at` of dst, whose bits
// from there on are taken to be unset. A nil src has all bits set.
func copyBits(dst []uint64, at int, src []uint64, from, n int) {
	if src == nil {
		setBits(dst, at, at+n)
		return
	}
	for n > 0 {
		// As many bits as both words still have.
		m := min(n, 64-at&63, 64-from&63)
		w := src[from>>6] >> (from & 63)
		if m < 64 {
			w &= 1<<m - 1
		}
		dst[at>>6] |= w << (at & 63)
		at, from, n = at+m, from+m, n-m
	}
}

func words(n int) int { return (n + 63) / 64 }

// appendKnown appends n known-bits to a bitmap of rows; nil means all known.
func appendKnown(dst []uint64, rows int, src []uint64, from, n int) []uint64 {
	if dst == nil {
		if src == nil {
			return nil
		}
		dst = make([]uint64, words(rows+n), words(rows+n)*2)
		setBits(dst, 0, rows)
	} else {
		old := len(dst)
		dst = resize(dst, words(rows+n))
		if len(dst) > old {
			clear(dst[old:])
		}
	}
	copyBits(dst, rows, src, from, n)
	return dst
}

// appendVector appends n rows of src, from row `from`, to dst, which has rows.
func appendVector(dst *fold.Vector, rows int, src *fold.Vector, from, n int) {
	switch {
	case src.I64 != nil:
		dst.I64 = append(dst.I64, src.I64[from:from+n]...)
	case src.F64 != nil:
		dst.F64 = append(dst.F64, src.F64[from:from+n]...)
	case src.I32 != nil:
		dst.I32 = append(dst.I32, src.I32[from:from+n]...)
	default:
		dst.U8 = append(dst.U8, src.U8[from:from+n]...)
	}
	dst.Known = appendKnown(dst.Known, rows, src.Known, from, n)
}

// dropFront removes the first n of a vector's rows.
func dropFront(v *fold.Vector, rows, n int) {
	v.I64 = front(v.I64, n)
	v.F64 = front(v.F64, n)
	v.I32 = front(v.I32, n)
	v.U8 = front(v.U8, n)
	if v.Known == nil {
		return
	}
	left := rows - n
	if left == 0 {
		v.Known = nil
		return
	}
	kept := make([]uint64, words(left))
	copyBits(kept, 0, v.Known, n, left)
	v.Known = kept
}

func front[T any](s []T, n int) []T {
	if s == nil {
		return nil
	}
	return s[:copy(s, s[n:])]
}

// block is rows of one ordered table. Imports is read only when tables are
// written anew.
type block struct {
	profile []uint32
	time    []int64
	day     []uint8
	imports []int64
	cols    []fold.Vector
}

func (b *block) len() int { return len(b.profile) }

// reserve makes room for n rows.
func (b *block) reserve(p *projection, n int) {
	b.profile, b.time = make([]uint32, 0, n), make([]int64, 0, n)
	if p.day {
		b.day = make([]uint8, 0, n)
	}
	for i := range b.cols {
		v := &b.cols[i]
		switch layoutOf(v.Type, v.Exact) {
		case layoutI64:
			v.I64 = make([]int64, 0, n)
		case layoutF64:
			v.F64 = make([]float64, 0, n)
		case layoutI32:
			v.I32 = make([]int32, 0, n)
		default:
			v.U8 = make([]uint8, 0, n)
		}
	}
}

// add appends n rows of src from row `from`.
func (b *block) add(src *block, from, n int) {
	rows := len(b.profile)
	b.profile = append(b.profile, src.profile[from:from+n]...)
	b.time = append(b.time, src.time[from:from+n]...)
	if src.day != nil {
		b.day = append(b.day, src.day[from:from+n]...)
	}
	if src.imports != nil {
		b.imports = append(b.imports, src.imports[from:from+n]...)
	}
	for i := range b.cols {
		appendVector(&b.cols[i], rows, &src.cols[i], from, n)
	}
}

// choose appends the rows of src with the given numbers.
func (b *block) choose(src *block, rows []uint16) {
	at := len(b.profile)
	b.profile = appendChosen(b.profile, src.profile, rows)
	b.time = appendChosen(b.time, src.time, rows)
	b.day = appendChosen(b.day, src.day, rows)
	b.imports = appendChosen(b.imports, src.imports, rows)
	for i := range b.cols {
		d, v := &b.cols[i], &src.cols[i]
		d.I64 = appendChosen(d.I64, v.I64, rows)
		d.F64 = appendChosen(d.F64, v.F64, rows)
		d.I32 = appendChosen(d.I32, v.I32, rows)
		d.U8 = appendChosen(d.U8, v.U8, rows)
		if v.Known == nil {
			if d.Known != nil {
				d.Known = appendKnown(d.Known, at, nil, 0, len(rows))
			}
			continue
		}
		var known [vectorSize / 64]uint64
		for j, r := range rows {
			known[j>>6] |= v.Known[r>>6] >> (r & 63) & 1 << (j & 63)
		}
		d.Known = appendKnown(d.Known, at, known[:], 0, len(rows))
	}
}

// appendChosen appends the rows of src, which may be nil.
func appendChosen[T any](dst, src []T, rows []uint16) []T {
	if src == nil {
		return dst
	}
	at := len(dst)
	dst = slices.Grow(dst, len(rows))[:at+len(rows)]
	for i, r := range rows {
		dst[at+i] = src[r]
	}
	return dst
}

// drop removes the first n rows.
func (b *block) drop(n int) {
	rows := len(b.profile)
	b.profile = front(b.profile, n)
	b.time = front(b.time, n)
	b.day = front(b.day, n)
	b.imports = front(b.imports, n)
	for i := range b.cols {
		dropFront(&b.cols[i], rows, n)
	}
}

// window returns the first n rows as vectors.
func window(v *fold.Vector, n int) fold.Vector {
	w := fold.Vector{Type: v.Type, Exact: v.Exact}
	switch layoutOf(v.Type, v.Exact) {
	case layoutI64:
		w.I64 = v.I64[:n]
	case layoutF64:
		w.F64 = v.F64[:n]
	case layoutI32:
		w.I32 = v.I32[:n]
	default:
		w.U8 = v.U8[:n]
	}
	if v.Known != nil {
		w.Known = v.Known[:words(n)]
	}
	return w
}
