package duckdb

import (
	"cmp"
	"slices"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// buffer holds the rows of one table that a load has taken and not yet written
// to a run, in the order of arrival. Profiles and texts are local numbers of
// the load until they are resolved.
type buffer struct {
	table *table
	local []uint32
	time  []int64
	day   []uint8 // nil while no row has only a date
	cols  []*bufferColumn
	// room is how many rows to make room for once there are many: as many as are
	// held before they are written.
	room int
	// sorted is what order found: row numbers by (bucket, profile, time).
	sorted []uint32
}

// bufferColumn is one column of a buffer. A reference holds local numbers of
// profiles, a coded column those of texts.
type bufferColumn struct {
	column    *column
	values    fold.Vector
	reference bool
	dict      *dictionary
}

func (b *buffer) len() int { return len(b.local) }

// reset forgets the rows and keeps the memory.
func (b *buffer) reset() {
	b.local, b.time, b.day = b.local[:0], b.time[:0], nil
	for _, c := range b.cols {
		v := &c.values
		v.I64, v.F64, v.I32, v.U8, v.Known = v.I64[:0], v.F64[:0], v.I32[:0], v.U8[:0], nil
	}
}

// width is about how many bytes a row takes, the sorting included.
func (b *buffer) width() int {
	w := 4 + 8 + 4
	for _, c := range b.cols {
		switch layoutOf(c.values.Type, c.values.Exact) {
		case layoutI64, layoutF64:
			w += 8
		case layoutI32:
			w += 4
		default:
			w++
		}
	}
	return w
}

// manyRows is from how many on a buffer gets room for all that it may hold.
const manyRows = 1 << 20

// grow makes room for n values more, in few and large steps, and for room in all
// once they are many.
func grow[T any](s []T, n, room int) []T {
	if len(s)+n <= cap(s) {
		return s
	}
	to := max(cap(s)*2, len(s)+n, room)
	if cap(s) < manyRows {
		to = max(cap(s)*4, len(s)+n, 1<<12)
	}
	grown := make([]T, len(s), to)
	copy(grown, s)
	return grown
}

// pad appends unknown values until the column has n.
func (c *bufferColumn) pad(rows, n int) {
	if rows >= n {
		return
	}
	v := &c.values
	more := n - rows
	switch layoutOf(v.Type, v.Exact) {
	case layoutI64:
		v.I64 = append(v.I64, make([]int64, more)...)
	case layoutF64:
		v.F64 = append(v.F64, make([]float64, more)...)
	case layoutI32:
		v.I32 = append(v.I32, make([]int32, more)...)
	default:
		v.U8 = append(v.U8, make([]uint8, more)...)
	}
	v.Known = appendKnown(v.Known, rows, make([]uint64, words(more)), 0, more)
}

// rows returns how many values the column holds.
func (c *bufferColumn) rows() int {
	v := &c.values
	return max(len(v.I64), len(v.F64), len(v.I32), len(v.U8))
}

// inexact turns exact numbers into floats.
func (c *bufferColumn) inexact() {
	v := &c.values
	if !v.Exact {
		return
	}
	v.F64 = make([]float64, len(v.I64), cap(v.I64))
	for i, n := range v.I64 {
		v.F64[i] = float64(n) / kreds.DecimalScale
	}
	v.I64, v.Exact = nil, false
}

// take appends the n values of a batch's column, which is not coded. Room is that
// of the buffer.
func (c *bufferColumn) take(src *engine.Column, rows, n, room int) {
	v := &c.values
	switch layoutOf(v.Type, v.Exact) {
	case layoutI64:
		v.I64 = append(grow(v.I64, n, room), src.Int[:n]...)
	case layoutF64:
		v.F64 = grow(v.F64, n, room)
		if src.Exact {
			for _, x := range src.Int[:n] {
				v.F64 = append(v.F64, float64(x)/kreds.DecimalScale)
			}
		} else {
			v.F64 = append(v.F64, src.Num[:n]...)
		}
	case layoutI32:
		v.I32 = grow(v.I32, n, room)
		for _, x := range src.Int[:n] {
			v.I32 = append(v.I32, int32(x))
		}
	default:
		v.U8 = grow(v.U8, n, room)
		for _, x := range src.Int[:n] {
			v.U8 = append(v.U8, uint8(x&1))
		}
	}
	c.takeKnown(src.Known, rows, n)
}

// takeKnown appends the known bits of n rows, given as a byte per row.
func (c *bufferColumn) takeKnown(known []byte, rows, n int) {
	v := &c.values
	if known != nil && !slices.Contains(known[:n], 0) {
		known = nil
	}
	if known == nil {
		if v.Known != nil {
			v.Known = appendKnown(v.Known, rows, nil, 0, n)
		}
		return
	}
	packed := make([]uint64, words(n))
	for i, k := range known[:n] {
		if k != 0 {
			packed[i>>6] |= 1 << (i & 63)
		}
	}
	v.Known = appendKnown(v.Known, rows, packed, 0, n)
}

// occurrence is a local number that occurs, with the profile that it is.
type occurrence struct{ profile, local uint32 }

// order sorts the rows by (bucket, profile, time), equal ones in the order of
// arrival. number and bucket give the profile and bucket of each local number.
// It returns where in sorted each profile begins, and the end.
func (b *buffer) order(number []uint32, bucket []uint16, workers int) []uint32 {
	n := len(b.local)
	// Each worker counts a part of the rows in counters of its own, which pays only
	// where there are more rows than counters.
	counters := min(workers, 1+n/(len(number)+1))
	counts := make([][]uint32, counters)
	split(counters, counters, func(k, _ int) {
		count := make([]uint32, len(number))
		for _, l := range b.local[n*k/counters : n*(k+1)/counters] {
			count[l]++
		}
		counts[k] = count
	})
	places := placesOf(counts, number, bucket, workers)
	// counts become where the rows of each local number go.
	next := uint32(0)
	starts := make([]uint32, 0, len(places)+1)
	single := true // each profile has one local number
	for i, p := range places {
		if i == 0 || places[i-1].profile != p.profile {
			starts = append(starts, next)
		} else {
			single = false
		}
		for _, count := range counts {
			c := count[p.local]
			count[p.local] = next
			next += c
		}
	}
	starts = append(starts, uint32(n))
	if cap(b.sorted) < n {
		b.sorted = make([]uint32, n)
	}
	b.sorted = b.sorted[:n]
	split(counters, counters, func(k, _ int) {
		count := counts[k]
		for i := n * k / counters; i < n*(k+1)/counters; i++ {
			l := b.local[i]
			b.sorted[count[l]] = uint32(i)
			count[l]++
		}
	})
	if single && slices.IsSorted(b.time) {
		return starts // as they came, so is the time in each profile's
	}
	split(len(starts)-1, workers, func(from, to int) {
		for g := from; g < to; g++ {
			sortGroup(b.sorted[starts[g]:starts[g+1]], b.time)
		}
	})
	return starts
}

// placesOf returns the local numbers that occur, by (bucket, profile). Counts say
// how often each does, in parts of the rows.
func placesOf(counts [][]uint32, number []uint32, bucket []uint16, workers int) []occurrence {
	occurs := func(l int) bool {
		for _, count := range counts {
			if count[l] > 0 {
				return true
			}
		}
		return false
	}
	var ends [kreds.Buckets + 1]uint32
	for l := range number {
		if occurs(l) {
			ends[bucket[l]+1]++
		}
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	places := make([]occurrence, ends[kreds.Buckets])
	at := ends
	for l := range number {
		if occurs(l) {
			k := &at[bucket[l]]
			places[*k] = occurrence{number[l], uint32(l)}
			*k++
		}
	}
	split(kreds.Buckets, workers, func(from, to int) {
		for i := from; i < to; i++ {
			slices.SortFunc(places[ends[i]:ends[i+1]], func(x, y occurrence) int {
				return cmp.Or(cmp.Compare(x.profile, y.profile), cmp.Compare(x.local, y.local))
			})
		}
	})
	return places
}

// split calls f with parts of 0…n-1, as many at a time as there are workers.
func split(n, workers int, f func(from, to int)) {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { f(n*w/workers, n*(w+1)/workers) })
	}
	wg.Wait()
}

// smallGroup is up to how many rows insertion is the fastest sort.
const smallGroup = 24

// sortGroup sorts row numbers by time, equal times by row.
func sortGroup(rows []uint32, time []int64) {
	if len(rows) <= smallGroup {
		for i := 1; i < len(rows); i++ {
			r := rows[i]
			t := time[r]
			j := i
			for j > 0 && (time[rows[j-1]] > t || time[rows[j-1]] == t && rows[j-1] > r) {
				rows[j] = rows[j-1]
				j--
			}
			rows[j] = r
		}
		return
	}
	compare := func(x, y uint32) int {
		switch tx, ty := time[x], time[y]; {
		case tx < ty:
			return -1
		case tx > ty:
			return 1
		}
		return int(x) - int(y)
	}
	if !slices.IsSortedFunc(rows, compare) {
		slices.SortFunc(rows, compare)
	}
}

// gather appends n rows in their order, from the row at `from` on, to out,
// resolved. Groups are what order returned.
func (b *buffer) gather(out *block, from, n int, groups, number []uint32) {
	rows := b.sorted[from : from+n]
	// The rows of a group are of one profile.
	g, _ := slices.BinarySearch(groups, uint32(from)+1)
	for at := from; at < from+n; g++ {
		end := min(int(groups[g]), from+n)
		profile := number[b.local[b.sorted[at]]]
		for ; at < end; at++ {
			out.profile = append(out.profile, profile)
		}
	}
	out.time = valuesOf(out.time, b.time, rows)
	if b.day != nil {
		out.day = valuesOf(out.day, b.day, rows)
	}
	for i, c := range b.cols {
		c.gather(&out.cols[i], rows, number)
	}
}

func (c *bufferColumn) gather(out *fold.Vector, rows []uint32, number []uint32) {
	v := &c.values
	if v.Known != nil {
		at := len(out.I64) + len(out.F64) + len(out.I32) + len(out.U8)
		known := make([]uint64, words(len(rows)))
		for i, r := range rows {
			known[i>>6] |= v.Known[r>>6] >> (r & 63) & 1 << (i & 63)
		}
		out.Known = appendKnown(out.Known, at, known, 0, len(rows))
	}
	switch {
	case c.reference:
		out.I64 = gatherWith(out.I64, rows, func(r uint32) int64 {
			if !hasBit(v.Known, int(r)) {
				return 0
			}
			return int64(number[v.I64[r]])
		})
	case c.dict != nil:
		codes := c.dict.code
		if v.Known == nil {
			at := len(out.I32)
			out.I32 = valuesOf(out.I32, v.I32, rows)
			for i, local := range out.I32[at:] {
				out.I32[at+i] = codes[local]
			}
			break
		}
		out.I32 = gatherWith(out.I32, rows, func(r uint32) int32 {
			if !hasBit(v.Known, int(r)) {
				return 0
			}
			return codes[v.I32[r]]
		})
	case v.I64 != nil:
		out.I64 = valuesOf(out.I64, v.I64, rows)
	case v.F64 != nil:
		out.F64 = valuesOf(out.F64, v.F64, rows)
	case v.I32 != nil:
		out.I32 = valuesOf(out.I32, v.I32, rows)
	default:
		out.U8 = valuesOf(out.U8, v.U8, rows)
	}
}

// valuesOf appends the values of the rows of one column.
func valuesOf[T any](out, values []T, rows []uint32) []T {
	at := len(out)
	out = slices.Grow(out, len(rows))[:at+len(rows)]
	to := out[at:]
	for i, r := range rows {
		to[i] = values[r]
	}
	return out
}

// gatherWith appends what f gives for the rows.
func gatherWith[T any](out []T, rows []uint32, f func(row uint32) T) []T {
	at := len(out)
	out = slices.Grow(out, len(rows))[:at+len(rows)]
	to := out[at:]
	for i, r := range rows {
		to[i] = f(r)
	}
	return out
}
