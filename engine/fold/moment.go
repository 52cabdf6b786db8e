package fold

import (
	"cmp"
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// moment is one occasion of a step: its first matching line, or the first with
// its values of the properties that the sequence compares.
type moment struct {
	t    int64
	only bool // the time is only a date
	src  uint8
	row  int32
	vals []int64 // of the compared properties; unknownValue where unknown
}

// unknownValue stands for a missing value among moment.vals. No packed number,
// day, code or instant of data is this.
const unknownValue = math.MinInt64

// split is a property whose values tell moments of one occasion apart.
type split struct {
	cols  []int     // by source, -1 where the table has none
	remap [][]int32 // by source
}

// moments returns the occasions of a selection for a group, in the order of
// time. They are valid until the worker's next call for the same slot.
func (w *worker) moments(slot int, sel *selection, splits []split, g int) []moment {
	for len(w.found) <= slot {
		w.found = append(w.found, nil)
	}
	out := w.found[slot][:0]
	sp := w.span(sel)
	for k := range sel.src {
		src := &sel.src[k]
		lo, hi := sp.lo[k][g], sp.hi[k][g]
		if lo == hi {
			continue
		}
		m, r := w.masked(src), w.rows[src.table]
		first := next(m, lo, hi)
		if first == hi {
			continue
		}
		var occasion keys
		distinct := src.occasion >= 0 && hi-lo > 1
		if distinct {
			occasion = w.keysOf(src.table, src.occasion, nil)
			if len(splits) == 0 {
				w.seen.reset(int(hi - lo))
			} else {
				clear(w.keys)
			}
		}
		for i := first; i < hi; i = next(m, i+1, hi) {
			at := moment{t: r.Time[i], only: r.DayOnly != nil && r.DayOnly[i] != 0, src: uint8(k), row: i}
			if len(splits) > 0 {
				from := len(w.ids)
				for _, s := range splits {
					w.ids = append(w.ids, w.valueOf(src, &s, k, i))
				}
				at.vals = w.ids[from:len(w.ids):len(w.ids)]
			}
			if distinct && occasion.known(i) && !w.firstOf(occasion.of(i), at.vals) {
				continue
			}
			out = append(out, at)
		}
	}
	if len(sel.src) > 1 {
		slices.SortStableFunc(out, func(a, b moment) int { return cmp.Compare(a.t, b.t) })
	}
	w.found[slot] = out
	return out
}

// firstOf reports whether the occasion did not yet occur with these values.
func (w *worker) firstOf(occasion int64, vals []int64) bool {
	if len(vals) == 0 {
		return w.seen.add(occasion)
	}
	key := [9]int64{occasion}
	copy(key[1:], vals)
	if w.keys[key] {
		return false
	}
	w.keys[key] = true
	return true
}

// valueOf returns the value of a compared property as an integer.
func (w *worker) valueOf(src *source, s *split, k int, row int32) int64 {
	if s.cols[k] < 0 {
		return unknownValue
	}
	v := w.keysOf(src.table, s.cols[k], s.remap[k])
	if !v.known(row) {
		return unknownValue
	}
	return v.of(row)
}

// instantFold takes the instant of the first or last occasion.
func instantFold(sel *selection, last bool) fold {
	return func(w *worker, f *frame, out *result) {
		n := len(f.profiles)
		out.begin(formInt, n)
		out.known = make([]uint64, (n+63)/64)
		sp := w.span(sel)
		for g := range n {
			best, has := int64(0), false
			if last && slices.ContainsFunc(sel.src, func(s source) bool { return s.occasion >= 0 }) {
				if m := w.moments(0, sel, nil, g); len(m) > 0 {
					best, has = m[len(m)-1].t, true
				}
			} else {
				for k := range sel.src {
					t, ok := w.edge(sel, sp, k, g, last)
					if ok && (!has || (t > best) == last) {
						best, has = t, true
					}
				}
			}
			if has {
				out.ints[g] = best
				out.known[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// edge returns the time of the first or last matching row of a source.
func (w *worker) edge(sel *selection, sp *spans, k, g int, last bool) (int64, bool) {
	src := &sel.src[k]
	lo, hi := sp.lo[k][g], sp.hi[k][g]
	m, times := w.masked(src), w.rows[src.table].Time
	if !last {
		if i := next(m, lo, hi); i < hi {
			return times[i], true
		}
		return 0, false
	}
	for i := hi - 1; i >= lo; i-- {
		if m == nil || m[i>>6]>>(i&63)&1 != 0 {
			return times[i], true
		}
	}
	return 0, false
}

// gapFold takes the median of the gaps between distinct instants, in seconds.
func gapFold(sel *selection) fold {
	return func(w *worker, f *frame, out *result) {
		n := len(f.profiles)
		out.begin(formFloat, n)
		out.known = make([]uint64, (n+63)/64)
		for g := range n {
			m := w.moments(0, sel, nil, g)
			gaps := w.floats[:0]
			for i := 1; i < len(m); i++ {
				if d := m[i].t - m[i-1].t; d > 0 {
					gaps = append(gaps, float64(d)/1e6)
				}
			}
			w.floats = gaps
			if len(gaps) > 0 {
				slices.Sort(gaps)
				out.floats[g] = middle(gaps)
				out.known[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// resumption is a Resumed made ready: an event in the window, an earlier one,
// and none in the pause before it.
type resumption struct {
	all    *selection
	window *selection // only its window
	pause  segment.Duration
}

// resumes returns the first moment in the window that follows a pause, and the
// one before the pause; -1 if there is none.
func (w *worker) resumes(r *resumption, m []moment, profile uint32) (before, at int) {
	in, ok := w.windowOf(r.window, int(profile))
	if !ok {
		return -1, -1
	}
	before = -1 // the last moment with an earlier time
	for i := range m {
		if i > 0 && m[i-1].t < m[i].t {
			before = i - 1
		}
		if before >= 0 && in.Has(kreds.Instant(m[i].t)) && m[before].t < w.add(m[i].t, -r.pause.N, r.pause.Unit) {
			return before, i
		}
	}
	return -1, -1
}

// resumedFold says 1 where an event follows a pause.
func resumedFold(r *resumption) fold {
	return func(w *worker, f *frame, out *result) {
		out.begin(formInt, len(f.profiles))
		for g, p := range f.profiles {
			if _, at := w.resumes(r, w.moments(0, r.all, nil, g), p); at >= 0 {
				out.ints[g] = 1
			}
		}
	}
}
