package rows

import (
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// Some marks the groups that have any row of the selection.
func (w *Worker) Some(sel *Selection, f *Frame, out *Result) {
	sp := w.span(sel)
	out.Some = make([]uint64, (len(f.Profiles)+63)/64)
	for k := range sel.Sources {
		m := w.masked(&sel.Sources[k])
		lo, hi := sp.lo[k], sp.hi[k]
		for g := range f.Profiles {
			if next(m, lo[g], hi[g]) < hi[g] {
				out.Some[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// Count counts occasions, or rows where there are none.
func Count(sel *Selection) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		out.begin(FormInt, n)
		sp := w.span(sel)
		out.Known = sp.known
		for k := range sel.Sources {
			src := &sel.Sources[k]
			m := w.masked(src)
			lo, hi, ints := sp.lo[k][:n], sp.hi[k][:n], out.Ints[:n]
			switch {
			case src.Occasion >= 0:
				w.countOccasions(src, m, lo, hi, ints)
			case m == nil:
				for g := range ints {
					ints[g] += int64(hi[g] - lo[g])
				}
			default:
				for g := range ints {
					if lo[g] < hi[g] {
						ints[g] += int64(ones(m, lo[g], hi[g]))
					}
				}
			}
		}
	}
}

// countOccasions adds the number of distinct occasions of each group.
func (w *Worker) countOccasions(src *Source, m []uint64, lo, hi []int32, ints []int64) {
	key := w.keysOf(src.Table, src.Occasion, nil)
	for g := range ints {
		from, to := lo[g], hi[g]
		if to-from > 1 {
			w.seen.reset(int(to - from))
		}
		for i := next(m, from, to); i < to; i = next(m, i+1, to) {
			if to-from == 1 || !key.known(i) || w.seen.add(key.of(i)) {
				ints[g]++
			}
		}
	}
}

// keys reads the values of a column as integers that are equal where the
// values are.
type keys struct {
	codes []int32
	remap []int32
	ints  []int64
	days  []int32
	flags []uint8
	nums  []float64
	exact bool
	has   []uint64
}

func (w *Worker) keysOf(table, col int, remap []int32) keys {
	v := w.column(table, col)
	k := keys{has: v.Known, remap: remap}
	switch {
	case v.Type == kreds.Text || v.Type == kreds.List:
		k.codes = v.I32
	case v.Type == kreds.Date:
		k.days = v.I32
	case v.Type == kreds.Boolean:
		k.flags = v.U8
	case v.Type == kreds.Number && !v.Exact:
		k.nums = v.F64
	default:
		k.ints, k.exact = v.I64, v.Type == kreds.Number
	}
	return k
}

func (k *keys) known(i int32) bool { return k.has == nil || k.has[i>>6]>>(i&63)&1 != 0 }

// code returns the code of a text.
func (k *keys) code(i int32) int32 {
	c := k.codes[i]
	if k.remap != nil {
		c = k.remap[c]
	}
	return c
}

func (k *keys) of(i int32) int64 {
	switch {
	case k.codes != nil:
		c := k.codes[i]
		if k.remap != nil && uint(c) < uint(len(k.remap)) {
			c = k.remap[c]
		}
		return int64(c)
	case k.ints != nil:
		if k.exact {
			return floatKey(condition.Decimal(k.ints[i]))
		}
		return k.ints[i]
	case k.days != nil:
		return int64(k.days[i])
	case k.flags != nil:
		return int64(k.flags[i])
	case k.nums != nil:
		return floatKey(k.nums[i])
	}
	return 0
}

// floatKey makes equal integers of equal numbers, whether exact or not.
func floatKey(v float64) int64 {
	if v == 0 {
		return 0 // and -0
	}
	return int64(math.Float64bits(v))
}

// Distinct counts the distinct known values of the rows. Codes are below size,
// which is 0 where values have none.
func Distinct(sel *Selection, remap [][]int32, size int) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		out.begin(FormInt, len(f.Profiles))
		sp := w.span(sel)
		out.Known = sp.known
		masks, vals := make([][]uint64, len(sel.Sources)), make([]keys, len(sel.Sources))
		for k := range sel.Sources {
			src := &sel.Sources[k]
			masks[k], vals[k] = w.matched(src, k), w.keysOf(src.Table, src.Property, remap[k])
		}
		few := size > 0 && size <= fewCodes
		if few && len(w.stamps) < size {
			w.stamps, w.stamp = make([]uint32, size), 0
		}
		for g := range f.Profiles {
			rows := int32(0)
			for k := range sel.Sources {
				rows += sp.hi[k][g] - sp.lo[k][g]
			}
			if rows == 0 {
				continue
			}
			if few {
				w.nextStamp()
			} else {
				w.seen.reset(int(rows))
			}
			n := int64(0)
			for k := range sel.Sources {
				m, v, to := masks[k], &vals[k], sp.hi[k][g]
				for i := next(m, sp.lo[k][g], to); i < to; i = next(m, i+1, to) {
					if few {
						if s := &w.stamps[v.code(i)]; *s != w.stamp {
							*s = w.stamp
							n++
						}
					} else if w.seen.add(v.of(i)) {
						n++
					}
				}
			}
			out.Ints[g] = n
		}
	}
}

// fewCodes is how many codes can each have a stamp, so that all of them stay
// close to the processor.
const fewCodes = 1 << 16

// nextStamp makes all stamps old.
func (w *Worker) nextStamp() {
	if w.stamp++; w.stamp == 0 {
		clear(w.stamps)
		w.stamp = 1
	}
}

// exact reports whether the property is an exact number in all rows.
func (w *Worker) exact(sel *Selection) bool {
	for _, src := range sel.Sources {
		if len(w.Rows[src.Table].Time) > 0 && !w.column(src.Table, src.Property).Exact {
			return false
		}
	}
	return true
}

// Sum adds up the known values of the rows, or takes their mean.
func Sum(sel *Selection, mean bool) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		sp := w.span(sel)
		switch {
		case w.exact(sel):
			out.begin(FormDecimal, n)
			w.sumExact(sel, sp, n, out)
		default:
			out.begin(FormFloat, n)
			w.sumFloats(sel, sp, n, out)
		}
		out.Known = sp.known
		if !mean {
			return
		}
		counts := grow(w.ids, n)
		w.ids = counts
		clear(counts)
		for k := range sel.Sources {
			m, lo, hi := w.matched(&sel.Sources[k], k), sp.lo[k], sp.hi[k]
			for g := range n {
				if m == nil {
					counts[g] += int64(hi[g] - lo[g])
				} else {
					counts[g] += int64(ones(m, lo[g], hi[g]))
				}
			}
		}
		floats, has := grow(out.Floats, n), make([]uint64, (n+63)/64)
		for g := range n {
			if counts[g] == 0 {
				continue
			}
			v := out.Floats
			if out.Form == FormDecimal {
				floats[g] = condition.Decimal(out.Ints[g]) / float64(counts[g])
			} else {
				floats[g] = v[g] / float64(counts[g])
			}
			has[g>>6] |= 1 << (g & 63)
		}
		out.Form, out.Floats, out.Known, out.Some = FormFloat, floats, has, nil
	}
}

// manyRows is how many exact numbers can be added without leaving int64.
const manyRows = math.MaxInt64 / kreds.MaxDecimal

func (w *Worker) sumExact(sel *Selection, sp *spans, n int, out *Result) {
	for k := range sel.Sources {
		src := &sel.Sources[k]
		m, vals := w.matched(src, k), w.column(src.Table, src.Property).I64
		lo, hi, ints := sp.lo[k][:n], sp.hi[k][:n], out.Ints[:n]
		for g := range ints {
			from, to := lo[g], hi[g]
			if from >= to {
				continue
			}
			s := ints[g]
			if m == nil {
				for _, v := range vals[from:to] {
					s += v
				}
				ints[g] = s
				continue
			}
			for word := from >> 6; word <= (to-1)>>6; word++ {
				b := within(m, word, from, to)
				if 2*bits.OnesCount64(b) < int(to-from) {
					for ; b != 0; b &= b - 1 {
						s += vals[int(word)<<6+bits.TrailingZeros64(b)]
					}
					continue
				}
				// Where most rows match, going through all needs no foresight.
				first := max(from, word<<6)
				b >>= first & 63
				for _, v := range vals[first:min(to, word<<6+64)] {
					s += v & -int64(b&1)
					b >>= 1
				}
			}
			ints[g] = s
		}
	}
	for g := range n {
		rows := 0
		for k := range sel.Sources {
			rows += int(sp.hi[k][g] - sp.lo[k][g])
		}
		if rows >= manyRows {
			w.sumBig(sel, sp, g, out)
		}
	}
}

// sumBig adds up so many numbers that an integer may not hold the sum on the
// way; a sum that it cannot hold at the end becomes the nearest it can.
func (w *Worker) sumBig(sel *Selection, sp *spans, g int, out *Result) {
	sum, v := new(big.Int), new(big.Int)
	for k := range sel.Sources {
		m, vals := w.matched(&sel.Sources[k], k), w.column(sel.Sources[k].Table, sel.Sources[k].Property).I64
		for i, to := next(m, sp.lo[k][g], sp.hi[k][g]), sp.hi[k][g]; i < to; i = next(m, i+1, to) {
			sum.Add(sum, v.SetInt64(vals[i]))
		}
	}
	switch {
	case sum.IsInt64():
		out.Ints[g] = sum.Int64()
	case sum.Sign() < 0:
		out.Ints[g] = math.MinInt64
	default:
		out.Ints[g] = math.MaxInt64
	}
}

// number returns a value of a column of numbers.
func (v *Vector) number(i int32) float64 {
	if v.Exact {
		return condition.Decimal(v.I64[i])
	}
	return v.F64[i]
}

// gatherNumbers returns the known values of a group's rows, smallest first.
func (w *Worker) gatherNumbers(sel *Selection, sp *spans, g int) []float64 {
	w.floats = w.floats[:0]
	for k := range sel.Sources {
		src := &sel.Sources[k]
		to := sp.hi[k][g]
		if sp.lo[k][g] == to {
			continue
		}
		m, col := w.masked(src), w.column(src.Table, src.Property)
		for i := next(m, sp.lo[k][g], to); i < to; i = next(m, i+1, to) {
			if col.Known == nil || col.Known[i>>6]>>(i&63)&1 != 0 {
				w.floats = append(w.floats, col.number(i))
			}
		}
	}
	slices.Sort(w.floats)
	return w.floats
}

func (w *Worker) sumFloats(sel *Selection, sp *spans, n int, out *Result) {
	for g := range n {
		s := 0.0
		for _, v := range w.gatherNumbers(sel, sp, g) {
			s += v
		}
		out.Floats[g] = s
	}
}

// Median takes the mean of the two middle values.
func Median(sel *Selection) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		out.begin(FormFloat, n)
		out.Known = make([]uint64, (n+63)/64)
		sp := w.span(sel)
		for g := range n {
			if v := w.gatherNumbers(sel, sp, g); len(v) > 0 {
				out.Floats[g] = middle(v)
				out.Known[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// middle returns the median of sorted values.
func middle(v []float64) float64 {
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

// item is one row's value on the way to a choice.
type item struct {
	t   int64
	num float64
	int int64 // of anything but numbers
}

// Choose takes one of the known values: min, max, first, last or most
// frequent.
func Choose(sel *Selection, agg segment.Agg, typ kreds.Type, dict []string, remap [][]int32) Fold {
	compare := func(a, b item) int {
		if dict != nil {
			if a.int == b.int {
				return 0
			}
			if dict[a.int] < dict[b.int] {
				return -1
			}
			return 1
		}
		switch {
		case a.num < b.num || a.num == b.num && a.int < b.int:
			return -1
		case a.num == b.num && a.int == b.int:
			return 0
		}
		return 1
	}
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		form := FormInt
		switch {
		case dict != nil:
			form = FormCode
		case typ == kreds.Number:
			form = FormFloat
		}
		out.begin(form, n)
		out.Known = make([]uint64, (n+63)/64)
		sp := w.span(sel)
		for g := range n {
			items := w.gatherItems(sel, sp, g, form, remap)
			if len(items) == 0 {
				continue
			}
			var c item
			if agg == segment.AggMostFrequent {
				c = w.mostFrequent(items, compare)
			} else {
				c = choose(items, agg, compare)
			}
			if form == FormFloat {
				out.Floats[g] = c.num
			} else {
				out.Ints[g] = c.int
			}
			out.Known[g>>6] |= 1 << (g & 63)
		}
	}
}

// gatherItems returns the known values of a group's rows with their times.
func (w *Worker) gatherItems(sel *Selection, sp *spans, g int, form Form, remap [][]int32) []item {
	w.items = w.items[:0]
	for k := range sel.Sources {
		src := &sel.Sources[k]
		to := sp.hi[k][g]
		if sp.lo[k][g] == to {
			continue
		}
		m, r := w.masked(src), w.Rows[src.Table]
		col, keys := &r.Columns[src.Property], w.keysOf(src.Table, src.Property, remap[k])
		for i := next(m, sp.lo[k][g], to); i < to; i = next(m, i+1, to) {
			if !keys.known(i) {
				continue
			}
			it := item{t: r.Time[i]}
			if form == FormFloat {
				it.num = col.number(i)
			} else {
				it.int = keys.of(i)
			}
			w.items = append(w.items, it)
		}
	}
	return w.items
}

// mostFrequent returns the value that occurs most often, the smallest of those.
func (w *Worker) mostFrequent(items []item, compare func(a, b item) int) item {
	w.tally.reset(len(items))
	best, most := items[0], int32(0)
	for _, it := range items {
		key := it.int
		if it.num != 0 {
			key = floatKey(it.num)
		}
		if n := w.tally.add(key); n > most || n == most && compare(it, best) < 0 {
			best, most = it, n
		}
	}
	return best
}

func choose(items []item, agg segment.Agg, compare func(a, b item) int) item {
	best := items[0]
	for _, it := range items[1:] {
		c := compare(it, best)
		var better bool
		switch agg {
		case segment.AggMin:
			better = c < 0
		case segment.AggMax:
			better = c > 0
		case segment.AggFirst:
			better = it.t < best.t || it.t == best.t && c < 0
		default: // last
			better = it.t > best.t || it.t == best.t && c > 0
		}
		if better {
			best = it
		}
	}
	return best
}
