package rows

import (
	"math/bits"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// Worker is what one worker of a sweep keeps: the batch at hand and what was
// computed of it, and scratch space.
type Worker struct {
	Plan   *Plan
	ID     int
	epoch  int // of the batch
	Rows   []*Rows
	frames []Frame
	bounds []bound
	masks  []maskBits
	spans  []spans
	Out    Result

	seen   seen
	tally  tally
	keys   map[[9]int64]bool
	joined [][]uint64
	any    []uint64
	views  []view
	stamps []uint32
	stamp  uint32
	items  []item
	floats []float64
	found  [][]Moment
	ids    []int64
	lines  []line
	cells  []condition.Cell
	counts []int
	// Of sequences: instants by step, those that can be reached, and of what
	// must not happen.
	instants, fits, nots [][]int64
	dated                bool
	datedEpoch           int
}

type maskBits struct {
	epoch int
	bits  []uint64
}

// bound is the first row of each group at or after an instant.
type bound struct {
	epoch int
	at    []int32
}

// Frame is the groups of a batch: for each profile the rows of each table.
type Frame struct {
	epoch    int
	Profiles []uint32
	// Places are where the profiles stand in the order of rows, if the plan
	// has that; else they are the profiles.
	Places []uint32
	lo, hi [][]int32 // by table, then by group
	places []uint32  // backs Places
}

// spans are the rows of a selection: for each source and group those from lo up
// to hi, before the mask. known is nil where every group's window is known.
type spans struct {
	epoch  int
	lo, hi [][]int32
	known  []uint64
	own    [][]int32 // backs lo and hi of windows by profile
}

// NewWorker returns a worker of the plan, which must be complete, for so many
// tables.
func NewWorker(p *Plan, id, tables int) *Worker {
	return &Worker{
		Plan: p, ID: id,
		Rows:   make([]*Rows, tables),
		frames: make([]Frame, len(p.Frames)),
		bounds: make([]bound, len(p.Bounds)),
		masks:  make([]maskBits, len(p.Masks)),
		spans:  make([]spans, p.Selections),
		keys:   map[[9]int64]bool{},
	}
}

// column returns a column of a table; a table without rows may lack it.
func (w *Worker) column(table, col int) *Vector {
	if r := w.Rows[table]; col < len(r.Columns) {
		return &r.Columns[col]
	}
	return &noColumn
}

var noColumn Vector

// noRows stands for tables that the batch does not have.
var noRows Rows

// Begin forgets the batch at hand; the tables of the next one are set after it.
func (w *Worker) Begin() {
	w.epoch++
	for i := range w.Rows {
		w.Rows[i] = &noRows
	}
}

// Frame returns the groups of the batch at hand.
func (w *Worker) Frame(id int) *Frame {
	f := &w.frames[id]
	if f.epoch == w.epoch {
		return f
	}
	f.epoch = w.epoch
	w.group(f, id)
	if f.Places = f.Profiles; w.Plan.Places != nil {
		f.places = f.places[:0]
		for _, p := range f.Profiles {
			f.places = append(f.places, w.Plan.Places[p])
		}
		f.Places = f.places
	}
	return f
}

// group finds the groups of a frame.
func (w *Worker) group(f *Frame, id int) {
	tables := w.Plan.Frames[id]
	if f.lo == nil {
		f.lo, f.hi = make([][]int32, len(tables)), make([][]int32, len(tables))
	}
	f.Profiles = f.Profiles[:0]
	if len(tables) == 1 {
		p := w.Rows[tables[0]].Profile
		starts := grow(f.lo[0], len(p)+1)
		profiles := grow(f.Profiles, len(p)+1)
		// Each row is written as if it began a group; what is none is written
		// over. Where groups begin is hard to foresee, so this takes no branch.
		n, last := 0, uint32(0)
		if len(p) > 0 {
			last = ^p[0]
		}
		for i, x := range p {
			starts[n], profiles[n] = int32(i), x
			_, same := bits.Sub32(last^x, 1, 0)
			n += 1 - int(same)
			last = x
		}
		starts[n] = int32(len(p))
		f.Profiles = profiles[:n]
		f.lo[0], f.hi[0] = starts[:n+1], starts[1:n+1]
		return
	}
	w.merge(f, tables)
}

// merge puts the groups of single tables side by side.
func (w *Worker) merge(f *Frame, tables []int) {
	ones, at := make([]*Frame, len(tables)), make([]int, len(tables))
	for k, t := range tables {
		ones[k] = w.Frame(w.Plan.single(t))
		f.lo[k], f.hi[k] = f.lo[k][:0], f.hi[k][:0]
	}
	for {
		profile, ok := w.least(ones, at)
		if !ok {
			return
		}
		f.Profiles = append(f.Profiles, profile)
		for k, one := range ones {
			g := at[k]
			lo := one.lo[0][g] // past the last group it is the number of rows
			hi := lo
			if g < len(one.Profiles) && one.Profiles[g] == profile {
				hi = one.hi[0][g]
				at[k]++
			}
			f.lo[k], f.hi[k] = append(f.lo[k], lo), append(f.hi[k], hi)
		}
	}
}

// least returns the first of the profiles that the frames are at, in the order
// of buckets; false at the end of all.
func (w *Worker) least(frames []*Frame, at []int) (uint32, bool) {
	least, place, found := uint32(0), uint32(0), false
	for k, f := range frames {
		if at[k] == len(f.Profiles) {
			continue
		}
		// Mostly all are at the same profile, and buckets need not be looked up.
		switch c := f.Profiles[at[k]]; {
		case !found:
			least, place, found = c, f.Places[at[k]], true
		case c == least:
		case w.Plan.Places != nil:
			if p := f.Places[at[k]]; p < place {
				least, place = c, p
			}
		default:
			x, y := w.Plan.Buckets[c], w.Plan.Buckets[least]
			if x < y || x == y && c < least {
				least = c
			}
		}
	}
	return least, found
}

// bound returns for each group the first row at or after the bound's instant.
func (w *Worker) bound(id int) []int32 {
	p := w.Plan.Bounds[id]
	f := w.Frame(p.Frame)
	n := len(f.Profiles)
	if p.Cut == kreds.MinInstant {
		return f.lo[p.At][:n]
	}
	t := w.Plan.Frames[p.Frame][p.At]
	if p.Cut >= w.Plan.Before[t] {
		return f.hi[p.At][:n] // rows from there on never come
	}
	b := &w.bounds[id]
	if b.epoch == w.epoch {
		return b.at
	}
	b.epoch = w.epoch
	b.at = grow(b.at, n)
	times, lo, hi, cut := w.Rows[t].Time, f.lo[p.At][:n], f.hi[p.At][:n], int64(p.Cut)
	for g := range b.at {
		b.at[g] = search(times, lo[g], hi[g], cut)
	}
	return b.at
}

// grow returns a slice of length n, reusing s.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// search returns the first of the rows lo up to hi at or after the instant, hi
// if there is none.
func search(times []int64, lo, hi int32, cut int64) int32 {
	if lo == hi || times[lo] >= cut {
		return lo
	}
	if times[hi-1] < cut {
		return hi
	}
	for hi-lo > 24 {
		mid := int32(uint32(lo+hi) / 2)
		if times[mid] < cut {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	// Counting what is earlier goes without branches that can't be foreseen.
	// Times are far from the ends of integers, so the difference is in range.
	n := uint64(0)
	for _, t := range times[lo:hi] {
		n += uint64(t-cut) >> 63
	}
	return lo + int32(n)
}

// span returns the rows of a selection in the batch at hand.
func (w *Worker) span(sel *Selection) *spans {
	s := &w.spans[sel.ID]
	if s.epoch == w.epoch {
		return s
	}
	s.epoch = w.epoch
	if s.lo == nil {
		s.lo, s.hi = make([][]int32, len(sel.Sources)), make([][]int32, len(sel.Sources))
	}
	if sel.Window.Constant {
		for k := range sel.Sources {
			s.lo[k], s.hi[k] = w.bound(sel.Sources[k].Lo), w.bound(sel.Sources[k].Hi)
		}
		return s
	}
	f := w.Frame(sel.Frame)
	n := len(f.Profiles)
	if s.own == nil {
		s.own = make([][]int32, 2*len(sel.Sources))
	}
	for k := range sel.Sources {
		s.own[2*k], s.own[2*k+1] = grow(s.own[2*k], n), grow(s.own[2*k+1], n)
		s.lo[k], s.hi[k] = s.own[2*k], s.own[2*k+1]
	}
	s.known = grow(s.known, (n+63)/64)
	clear(s.known)
	for g := range n {
		iv, ok := w.windowOf(sel, int(f.Profiles[g]))
		if ok {
			s.known[g>>6] |= 1 << (g & 63)
		}
		for k, src := range sel.Sources {
			lo, hi := f.lo[src.At][g], f.hi[src.At][g]
			if !ok {
				s.lo[k][g], s.hi[k][g] = lo, lo
				continue
			}
			times := w.Rows[src.Table].Time
			s.lo[k][g] = search(times, lo, hi, int64(iv.From))
			s.hi[k][g] = search(times, s.lo[k][g], hi, int64(iv.Before))
		}
	}
	return s
}

// windowOf returns the window of a selection for one profile.
func (w *Worker) windowOf(sel *Selection, profile int) (segment.Interval, bool) {
	if sel.Window.Constant {
		return sel.Window.Span, sel.Window.Known
	}
	v := w.cells[:0]
	for _, c := range sel.Columns {
		v = append(v, c.At(profile))
	}
	w.cells = v
	return sel.Window.Get(v)
}

// matched returns which rows of a source match and have its property; nil means
// all. It is valid until the next call for the same place k.
func (w *Worker) matched(src *Source, k int) []uint64 {
	m, known := w.masked(src), w.column(src.Table, src.Property).Known
	if m == nil || known == nil {
		if m == nil {
			m = known
		}
		return m
	}
	for len(w.joined) <= k {
		w.joined = append(w.joined, nil)
	}
	w.joined[k] = grow(w.joined[k], len(m))
	for i := range m {
		w.joined[k][i] = m[i] & known[i]
	}
	return w.joined[k]
}

// masked returns the mask of a source, nil without.
func (w *Worker) masked(src *Source) []uint64 {
	if src.Mask < 0 {
		return nil
	}
	return w.maskOf(src.Mask)
}

// ones counts the bits from lo up to hi.
func ones(m []uint64, lo, hi int32) int {
	if lo >= hi {
		return 0
	}
	first, last := lo>>6, (hi-1)>>6
	head := ^uint64(0) << (lo & 63)
	end := ^uint64(0) >> (63 - (hi-1)&63)
	if first == last {
		return bits.OnesCount64(m[first] & head & end)
	}
	n := bits.OnesCount64(m[first] & head)
	for _, b := range m[first+1 : last] {
		n += bits.OnesCount64(b)
	}
	return n + bits.OnesCount64(m[last]&end)
}

// within returns those bits of a word of a mask that stand for rows from lo up
// to hi.
func within(m []uint64, word, lo, hi int32) uint64 {
	b := m[word]
	if word == lo>>6 {
		b &= ^uint64(0) << (lo & 63)
	}
	if word == (hi-1)>>6 {
		b &= ^uint64(0) >> (63 - (hi-1)&63)
	}
	return b
}

// next returns the first row from i up to hi that the mask has, hi if none.
func next(m []uint64, i, hi int32) int32 {
	if m == nil || i >= hi {
		return i
	}
	w := i >> 6
	if b := m[w] >> (i & 63); b != 0 {
		return min(i+int32(bits.TrailingZeros64(b)), hi)
	}
	for w++; w<<6 < hi; w++ {
		if m[w] != 0 {
			return min(w<<6+int32(bits.TrailingZeros64(m[w])), hi)
		}
	}
	return hi
}
