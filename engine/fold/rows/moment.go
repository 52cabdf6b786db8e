package rows

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Moment is one occasion of a step: its first matching line, or the first with
// its values of the properties that the sequence compares.
type Moment struct {
	Time   int64
	only   bool // the time is only a date
	Source uint8
	Row    int32
	vals   []int64 // of the compared properties; unknownValue where unknown
}

// unknownValue stands for a missing value among moment.vals. No packed number,
// day, code or instant of data is this.
const unknownValue = math.MinInt64

// Split is a property whose values tell moments of one occasion apart.
type Split struct {
	Columns []int     // by source, -1 where the table has none
	Remap   [][]int32 // by source
}

// Moments returns the occasions of a selection for a group, in the order of
// time. They are valid until the worker's next call for the same slot.
func (w *Worker) Moments(slot int, sel *Selection, splits []Split, g int) []Moment {
	for len(w.found) <= slot {
		w.found = append(w.found, nil)
	}
	out := w.found[slot][:0]
	sp := w.span(sel)
	for k := range sel.Sources {
		src := &sel.Sources[k]
		lo, hi := sp.lo[k][g], sp.hi[k][g]
		if lo == hi {
			continue
		}
		m, r := w.masked(src), w.Rows[src.Table]
		first := next(m, lo, hi)
		if first == hi {
			continue
		}
		var occasion keys
		distinct := src.Occasion >= 0 && hi-lo > 1
		if distinct {
			occasion = w.keysOf(src.Table, src.Occasion, nil)
			if len(splits) == 0 {
				w.seen.reset(int(hi - lo))
			} else {
				clear(w.keys)
			}
		}
		for i := first; i < hi; i = next(m, i+1, hi) {
			at := Moment{Time: r.Time[i], only: r.DayOnly != nil && r.DayOnly[i] != 0, Source: uint8(k), Row: i}
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
	if len(sel.Sources) > 1 {
		slices.SortStableFunc(out, func(a, b Moment) int { return cmp.Compare(a.Time, b.Time) })
	}
	w.found[slot] = out
	return out
}

// firstOf reports whether the occasion did not yet occur with these values.
func (w *Worker) firstOf(occasion int64, vals []int64) bool {
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
func (w *Worker) valueOf(src *Source, s *Split, k int, row int32) int64 {
	if s.Columns[k] < 0 {
		return unknownValue
	}
	v := w.keysOf(src.Table, s.Columns[k], s.Remap[k])
	if !v.known(row) {
		return unknownValue
	}
	return v.of(row)
}

// Instant takes the instant of the first or last occasion.
func Instant(sel *Selection, last bool) Fold {
	occasions := last && slices.ContainsFunc(sel.Sources, func(s Source) bool { return s.Occasion >= 0 })
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		out.begin(FormInt, n)
		out.Known = make([]uint64, (n+63)/64)
		sp := w.span(sel)
		if len(sel.Sources) == 1 && !occasions && w.masked(&sel.Sources[0]) == nil {
			times := w.Rows[sel.Sources[0].Table].Time
			for g, lo := range sp.lo[0][:n] {
				hi := sp.hi[0][g]
				if lo >= hi {
					continue
				}
				if last {
					lo = hi - 1
				}
				out.Ints[g] = times[lo]
				out.Known[g>>6] |= 1 << (g & 63)
			}
			return
		}
		for g := range n {
			best, has := int64(0), false
			if occasions {
				if m := w.Moments(0, sel, nil, g); len(m) > 0 {
					best, has = m[len(m)-1].Time, true
				}
			} else {
				for k := range sel.Sources {
					t, ok := w.edge(sel, sp, k, g, last)
					if ok && (!has || (t > best) == last) {
						best, has = t, true
					}
				}
			}
			if has {
				out.Ints[g] = best
				out.Known[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// edge returns the time of the first or last matching row of a source.
func (w *Worker) edge(sel *Selection, sp *spans, k, g int, last bool) (int64, bool) {
	src := &sel.Sources[k]
	lo, hi := sp.lo[k][g], sp.hi[k][g]
	m, times := w.masked(src), w.Rows[src.Table].Time
	if !last {
		if i := next(m, lo, hi); i < hi {
			return times[i], true
		}
		return 0, false
	}
	if lo >= hi {
		return 0, false
	}
	if m == nil {
		return times[hi-1], true
	}
	for word := (hi - 1) >> 6; word >= lo>>6; word-- {
		if b := within(m, word, lo, hi); b != 0 {
			return times[int(word)<<6+bits.Len64(b)-1], true
		}
	}
	return 0, false
}

// MedianGap takes the median of the gaps between distinct instants, in seconds.
func MedianGap(sel *Selection) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		out.begin(FormFloat, n)
		out.Known = make([]uint64, (n+63)/64)
		for g := range n {
			m := w.Moments(0, sel, nil, g)
			gaps := w.floats[:0]
			for i := 1; i < len(m); i++ {
				if d := m[i].Time - m[i-1].Time; d > 0 {
					gaps = append(gaps, float64(d)/1e6)
				}
			}
			w.floats = gaps
			if len(gaps) > 0 {
				slices.Sort(gaps)
				out.Floats[g] = middle(gaps)
				out.Known[g>>6] |= 1 << (g & 63)
			}
		}
	}
}

// Resumption is a Resumed made ready: an event in the window, an earlier one,
// and none in the pause before it.
type Resumption struct {
	All    *Selection
	Window *Selection // only its window
	Pause  segment.Duration
}

// Resumes returns the first moment in the window that follows a pause, and the
// one before the pause; -1 if there is none.
func (w *Worker) Resumes(r *Resumption, m []Moment, profile uint32) (before, at int) {
	in, ok := w.windowOf(r.Window, int(profile))
	if !ok {
		return -1, -1
	}
	before = -1 // the last moment with an earlier time
	for i := range m {
		if i > 0 && m[i-1].Time < m[i].Time {
			before = i - 1
		}
		if before >= 0 && in.Has(kreds.Instant(m[i].Time)) && m[before].Time < w.add(m[i].Time, -r.Pause.N, r.Pause.Unit) {
			return before, i
		}
	}
	return -1, -1
}

// Resumed says 1 where an event follows a pause.
func Resumed(r *Resumption) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		out.begin(FormInt, len(f.Profiles))
		for g, p := range f.Profiles {
			if _, at := w.Resumes(r, w.Moments(0, r.All, nil, g), p); at >= 0 {
				out.Ints[g] = 1
			}
		}
	}
}
