package rows

import (
	"github.com/kreds/kreds"
)

// View is a table made of another's rows from an instant on: what many narrow
// windows ask for is brought together once.
type View struct {
	Table, Of int
	Cut       kreds.Instant
	Columns   []int // those that are read
}

// Derive makes the views of the batch at hand, whose tables must be set.
func (w *Worker) Derive() {
	for len(w.views) < len(w.Plan.Views) {
		w.views = append(w.views, view{})
	}
	for i := range w.Plan.Views {
		v := &w.Plan.Views[i]
		if of := w.Rows[v.Of]; len(of.Time) > 0 {
			w.Rows[v.Table] = w.views[i].fill(w, v, of)
		}
	}
}

// view is the rows of a view, and which rows of the other table they are.
type view struct {
	rows  Rows
	parts []part
}

// part is the rows from lo up to hi.
type part struct{ lo, hi int32 }

func (d *view) fill(w *Worker, v *View, of *Rows) *Rows {
	f := w.Frame(w.Plan.single(v.Of))
	d.parts = d.parts[:0]
	r := &d.rows
	r.Profile = r.Profile[:0]
	for g, p := range f.Profiles {
		hi := f.hi[0][g]
		lo := search(of.Time, f.lo[0][g], hi, int64(v.Cut))
		if lo == hi {
			continue
		}
		d.parts = append(d.parts, part{lo, hi})
		for range hi - lo {
			r.Profile = append(r.Profile, p)
		}
	}
	n := len(r.Profile)
	r.Time = gather(r.Time, of.Time, d.parts, n)
	r.DayOnly = gather(r.DayOnly, of.DayOnly, d.parts, n)
	if len(r.Columns) < len(of.Columns) {
		r.Columns = make([]Vector, len(of.Columns))
	}
	for _, c := range v.Columns {
		from, to := &of.Columns[c], &r.Columns[c]
		to.Type, to.Exact = from.Type, from.Exact
		to.I64 = gather(to.I64, from.I64, d.parts, n)
		to.F64 = gather(to.F64, from.F64, d.parts, n)
		to.I32 = gather(to.I32, from.I32, d.parts, n)
		to.U8 = gather(to.U8, from.U8, d.parts, n)
		to.Known = gatherBits(to.Known, from.Known, d.parts, n)
	}
	return r
}

// gather copies the parts of a slice; nil stays nil.
func gather[T any](to, from []T, parts []part, n int) []T {
	if from == nil {
		return nil
	}
	to = grow(to, n)
	at := 0
	for _, p := range parts {
		// Parts are short: a call to copy would cost more.
		for _, v := range from[p.lo:p.hi] {
			to[at] = v
			at++
		}
	}
	return to
}

// gatherBits does the same with a bit per row.
func gatherBits(to, from []uint64, parts []part, n int) []uint64 {
	if from == nil {
		return nil
	}
	to = grow(to, (n+63)/64)
	clear(to)
	at := 0
	for _, p := range parts {
		for i := p.lo; i < p.hi; i++ {
			to[at>>6] |= from[i>>6] >> (i & 63) & 1 << (at & 63)
			at++
		}
	}
	return to
}
