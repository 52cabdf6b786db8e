package rows

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Rhythm is what a single step asks of the occasions of a profile, or of those
// with one value of a property: a count, in periods or at all.
type Rhythm struct {
	count   *segment.Count // nil: at least once
	periods *segment.Periods
	of      []segment.Interval // oldest first
	asked   bool               // a count other than at least once
}

// NewRhythm makes a count and periods, which may be nil, ready.
func NewRhythm(c *segment.Count, p *segment.Periods, asOf kreds.Instant, cal *segment.Calendar) *Rhythm {
	r := &Rhythm{count: c, periods: p}
	r.asked = c != nil && (c.Op != segment.AtLeast || c.N != 1)
	if p != nil {
		for i := p.Of - 1; i >= 0; i-- {
			r.of = append(r.of, cal.Period(p, asOf, i))
		}
	}
	return r
}

// Begin returns where the earliest period begins, nil without periods.
func (r *Rhythm) Begin() *kreds.Instant {
	if len(r.of) == 0 {
		return nil
	}
	return &r.of[0].From
}

// enough reports whether a number of occasions satisfies the count.
func (r *Rhythm) enough(n int) bool {
	if r.count == nil {
		return n >= 1
	}
	return r.count.Holds(n)
}

// regular reports whether enough periods count.
func (r *Rhythm) regular(n int) bool {
	if r.periods.Each {
		return n == len(r.of)
	}
	return r.periods.Op.Holds(n, r.periods.N, r.periods.N)
}

// HoldsEmpty is the answer without occasions.
func (r *Rhythm) HoldsEmpty() bool {
	if r.periods == nil {
		return r.enough(0)
	}
	n := 0
	if r.enough(0) {
		n = len(r.of)
	}
	return r.regular(n)
}

// steady counts the periods with any row.
func (w *Worker) steady(sel *Selection, sp *spans, r *Rhythm, g int, counts []int) bool {
	clear(counts)
	n := 0
	for k := range sel.Sources {
		src := &sel.Sources[k]
		lo, hi := sp.lo[k][g], sp.hi[k][g]
		if lo == hi {
			continue
		}
		m, times := w.masked(src), w.Rows[src.Table].Time
		p := 0
		for i := next(m, lo, hi); i < hi; i = next(m, i+1, hi) {
			t := kreds.Instant(times[i])
			for p < len(r.of) && t >= r.of[p].Before {
				p++
			}
			if p == len(r.of) {
				break
			}
			if t >= r.of[p].From {
				n += 1 - counts[p]
				counts[p] = 1
			}
		}
	}
	return r.regular(n)
}

// often reports whether a value occurs in at least so many rows.
func (w *Worker) often(sel *Selection, sp *spans, by *Split, g int, atLeast int32) bool {
	rows := int32(0)
	for k := range sel.Sources {
		rows += sp.hi[k][g] - sp.lo[k][g]
	}
	if rows < atLeast {
		return false
	}
	w.tally.reset(int(rows))
	for k := range sel.Sources {
		src, hi := &sel.Sources[k], sp.hi[k][g]
		if sp.lo[k][g] == hi || by.Columns[k] < 0 {
			continue
		}
		m, v := w.masked(src), w.keysOf(src.Table, by.Columns[k], by.Remap[k])
		for i := next(m, sp.lo[k][g], hi); i < hi; i = next(m, i+1, hi) {
			if v.known(i) && w.tally.add(v.of(i)) >= atLeast {
				return true
			}
		}
	}
	return false
}

// line is a matching row on the way to counts by value and period.
type line struct {
	value, occasion int64
	period          int32
	src             uint8
	alone           bool // without an occasion: one of its own
}

// anyValue reports whether the rows of one value satisfy the rhythm; without a
// property all rows are of one.
func (w *Worker) anyValue(sel *Selection, sp *spans, r *Rhythm, splits []Split, g int) bool {
	lines := w.lines[:0]
	for k := range sel.Sources {
		src := &sel.Sources[k]
		lo, hi := sp.lo[k][g], sp.hi[k][g]
		if lo == hi {
			continue
		}
		m, times := w.masked(src), w.Rows[src.Table].Time
		var occasion keys
		if src.Occasion >= 0 {
			occasion = w.keysOf(src.Table, src.Occasion, nil)
		}
		for i := next(m, lo, hi); i < hi; i = next(m, i+1, hi) {
			l := line{src: uint8(k), alone: true}
			if len(splits) > 0 {
				if l.value = w.valueOf(src, &splits[0], k, i); l.value == unknownValue {
					continue
				}
			}
			if len(r.of) > 0 {
				if l.period = r.PeriodOf(kreds.Instant(times[i])); l.period < 0 && len(splits) == 0 {
					continue
				}
			}
			if src.Occasion >= 0 && occasion.known(i) {
				l.occasion, l.alone = occasion.of(i), false
			}
			lines = append(lines, l)
		}
	}
	w.lines = lines
	if len(lines) == 0 {
		return r.HoldsEmpty()
	}
	slices.SortFunc(lines, compareLines)
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && lines[to].value == lines[from].value {
			to++
		}
		if r.satisfied(lines[from:to]) {
			return true
		}
		from = to
	}
	return false
}

func compareLines(a, b line) int {
	alone := func(l line) int {
		if l.alone {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.period, b.period), cmp.Compare(alone(a), alone(b)),
		cmp.Compare(a.src, b.src), cmp.Compare(a.occasion, b.occasion))
}

// satisfied reports whether the sorted lines of one value satisfy the rhythm.
func (r *Rhythm) satisfied(lines []line) bool {
	full, in := 0, 0 // periods that count; of these, such as have lines
	for from := 0; from < len(lines); {
		to, n := from, 0
		for to < len(lines) && lines[to].period == lines[from].period {
			if to == from || lines[to].alone || lines[to].src != lines[to-1].src ||
				lines[to].occasion != lines[to-1].occasion || lines[to-1].alone {
				n++
			}
			to++
		}
		if r.periods == nil {
			return r.enough(n)
		}
		if lines[from].period >= 0 {
			in++
			if r.enough(n) {
				full++
			}
		}
		from = to
	}
	if r.enough(0) {
		full += len(r.of) - in
	}
	return r.regular(full)
}

// PeriodOf returns the number of the period of an instant, -1 for none.
func (r *Rhythm) PeriodOf(t kreds.Instant) int32 {
	i := sort.Search(len(r.of), func(i int) bool { return r.of[i].Before > t })
	if i < len(r.of) && r.of[i].Has(t) {
		return int32(i)
	}
	return -1
}

// Regular says 1 where the rows of a selection satisfy the rhythm; split by
// a property, where those of one value do.
func Regular(sel *Selection, r *Rhythm, splits []Split) Fold {
	// The commonest form has a quick way: at least so many rows of one value.
	often := int32(0)
	if splits != nil && r.periods == nil {
		switch {
		case r.count == nil:
			often = 1
		case r.count.Op == segment.AtLeast && r.count.N > 0:
			often = int32(min(r.count.N, math.MaxInt32))
		}
		for _, src := range sel.Sources {
			if src.Occasion >= 0 && often > 1 {
				often = 0
			}
		}
	}
	return func(w *Worker, f *Frame, out *Result) {
		out.begin(FormInt, len(f.Profiles))
		sp := w.span(sel)
		out.Known = sp.known
		counts := grow(w.counts, len(r.of))
		w.counts = counts
		for g := range f.Profiles {
			var ok bool
			switch {
			case splits == nil && !r.asked:
				ok = w.steady(sel, sp, r, g, counts)
			case often > 0:
				ok = w.often(sel, sp, &splits[0], g, often)
			default:
				ok = w.anyValue(sel, sp, r, splits, g)
			}
			if ok {
				out.Ints[g] = 1
			}
		}
	}
}
