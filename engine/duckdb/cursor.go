package duckdb

import (
	"context"
	"math"
	"math/bits"
	stdsort "sort"

	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// source reads the runs of one level, which follow each other in the buckets.
type source struct {
	ctx     context.Context
	db      *DB
	c       *conn
	p       *projection
	buckets engine.Buckets
	runs    []*run
	s       *stream
	merging bool  // whether there are other sources
	culling bool  // whether the current run has rows outside the time wanted
	keep    keep  // nil: all rows are wanted
	rows    block // the current chunk's
	at      int
	keys    []uint64 // of rows, if merging
	kept    []uint16 // scratch of cull
	wanted  []uint64 // likewise
	culled  block    // likewise
	seen    fold.Rows
	of      []uint16 // buckets by profile
	// Of a run that is kept decoded: its columns, and which rows are still to come.
	whole    *block
	next, to int
	known    [][]uint64 // scratch by column
}

// keep marks the rows that are wanted, a bit each.
type keep func(r *fold.Rows, out []uint64)

// load makes sure that there are rows to read, and reports whether there are.
func (s *source) load() (bool, error) {
	for s.at >= s.rows.len() {
		if s.whole != nil {
			s.at = 0
			if s.next == s.to {
				s.whole, s.rows.profile = nil, nil
				continue
			}
			s.window()
			if s.merging && (s.culling || s.keep != nil) {
				s.cull()
			}
			continue
		}
		if s.s == nil {
			for len(s.runs) > 0 && (s.runs[0].hi < s.buckets.From || s.runs[0].lo > s.buckets.To || s.p.skips(s.runs[0])) {
				s.runs = s.runs[1:]
			}
			if len(s.runs) == 0 {
				return false, nil
			}
			if err := s.begin(s.runs[0]); err != nil {
				return false, err
			}
			s.runs = s.runs[1:]
			if s.whole != nil {
				continue
			}
		}
		ch, err := s.s.next()
		if err != nil {
			return false, err
		}
		s.at = 0
		if ch == nil {
			s.s.close()
			s.s, s.rows.profile = nil, nil
			continue
		}
		s.take(ch)
		// The rows of a source that is alone are chosen as they are copied.
		if s.merging && (s.culling || s.keep != nil) {
			s.cull()
		}
	}
	return true, nil
}

func (s *source) begin(r *run) error {
	s.culling = s.p.from > r.first || s.p.before <= r.last
	if s.of != nil {
		if s.whole = s.db.resident.get(r, s.p); s.whole != nil {
			n := s.whole.len()
			s.next = stdsort.Search(n, func(i int) bool { return int(s.of[s.whole.profile[i]]) >= s.buckets.From })
			s.to = stdsort.Search(n, func(i int) bool { return int(s.of[s.whole.profile[i]]) > s.buckets.To })
			return nil
		}
	}
	if s.c == nil {
		c, err := s.db.take()
		if err != nil {
			return err
		}
		s.c = c
	}
	st, err := s.c.open(s.ctx, s.p.query(r, s.buckets, s.merging))
	if err != nil {
		return err
	}
	s.s = st
	return nil
}

// window makes the next rows of a run that is kept decoded the current ones.
func (s *source) window() {
	from, to := s.next, min(s.next+vectorSize, s.to)
	s.next = to
	s.rows.profile, s.rows.time = s.whole.profile[from:to], s.whole.time[from:to]
	if s.p.day {
		s.rows.day = s.whole.day[from:to]
	}
	for i := range s.rows.cols {
		v, out := &s.whole.cols[i], &s.rows.cols[i]
		*out = fold.Vector{Type: v.Type, Exact: v.Exact}
		switch layoutOf(v.Type, v.Exact) {
		case layoutI64:
			out.I64 = v.I64[from:to]
		case layoutF64:
			out.F64 = v.F64[from:to]
		case layoutI32:
			out.I32 = v.I32[from:to]
		default:
			out.U8 = v.U8[from:to]
		}
		if v.Known == nil {
			continue
		}
		for len(s.known) <= i {
			s.known = append(s.known, make([]uint64, words(vectorSize)))
		}
		clear(s.known[i])
		copyBits(s.known[i], 0, v.Known, from, to-from)
		out.Known = s.known[i]
	}
	if s.merging {
		s.keys = resize(s.keys, to-from)
		for i, p := range s.rows.profile {
			s.keys[i] = uint64(s.of[p])<<32 | uint64(p)
		}
	}
}

func (s *source) take(ch *chunk) {
	s.rows.profile = values[uint32](ch, 0)
	s.rows.time = values[int64](ch, 1)
	next := 2
	if s.p.day {
		s.rows.day = values[uint8](ch, next)
		next++
	}
	if s.p.imports {
		s.rows.imports = values[int64](ch, next)
		next++
	}
	for i, col := range s.p.columns {
		s.rows.cols[i] = ch.vector(next+i, fold.Vector{Type: col.typ, Exact: s.p.exact[i]})
	}
	if s.merging {
		s.keys = resize(s.keys, ch.n)
		for i, b := range values[uint16](ch, next+len(s.p.columns)) {
			s.keys[i] = uint64(b)<<32 | uint64(s.rows.profile[i])
		}
	}
}

// choose returns which rows of the chunk are wanted, and whether all are.
func (s *source) choose() (kept []uint16, all bool) {
	n := s.rows.len()
	s.wanted = resize(s.wanted, words(vectorSize))[:words(n)]
	w := s.wanted
	any := uint64(1)
	if s.culling {
		any = within(w, s.rows.time, s.p.from, s.p.before)
	} else {
		clear(w)
		setBits(w, 0, n)
	}
	if s.keep != nil && any != 0 {
		rows(&s.seen, &s.rows, n)
		s.keep(&s.seen, w)
	}
	s.kept = resize(s.kept, vectorSize)
	out := s.kept[:vectorSize]
	at := uint(0)
	for i, b := range w {
		base := uint16(i << 6)
		if b == math.MaxUint64 {
			for j := range uint16(64) {
				out[(at+uint(j))&(vectorSize-1)] = base + j
			}
			at += 64
			continue
		}
		for ; b != 0; b &= b - 1 {
			out[at&(vectorSize-1)] = base + uint16(bits.TrailingZeros64(b))
			at++
		}
	}
	return out[:at], int(at) == n
}

// within sets the bits of the times that are not before from but before the
// other instant, and returns all of them or-ed.
func within(out []uint64, times []int64, from, before int64) (any uint64) {
	// One comparison, and no branch: which rows stay is hard to foresee.
	width := uint64(before) - uint64(from)
	for i := range out {
		b := uint64(0)
		part := times[i<<6 : min(i<<6+64, len(times))]
		for j, t := range part {
			_, in := bits.Sub64(uint64(t)-uint64(from), width, 0)
			b |= in << (j & 63)
		}
		out[i] = b
		any |= b
	}
	return any
}

// cull leaves out the rows that are not wanted.
func (s *source) cull() {
	rows, all := s.choose()
	if all {
		return
	}
	if s.culled.cols == nil {
		s.culled = s.p.empty()
	}
	s.culled.empty()
	s.culled.choose(&s.rows, rows)
	for i, r := range rows { // in place: a row never moves up
		s.keys[i] = s.keys[r]
	}
	cols := s.rows.cols
	s.rows = s.culled
	s.rows.cols = cols
	copy(s.rows.cols, s.culled.cols)
}

func (s *source) close() {
	if s.s != nil {
		s.s.close()
		s.s = nil
	}
	if s.c != nil {
		s.db.give(s.c)
		s.c = nil
	}
}

// cursor reads the rows of one table for a range of buckets in their order,
// all levels merged.
type cursor struct {
	sources []*source // oldest first
	buckets []uint16  // by profile
	done    bool
	pieces  []piece
}

// piece is rows of a source that come next.
type piece struct{ source, from, n int }

func newCursor(ctx context.Context, db *DB, levels [][]*run, p *projection, b engine.Buckets, buckets []uint16, k keep) *cursor {
	c := &cursor{buckets: buckets}
	for _, runs := range levels {
		c.sources = append(c.sources, &source{ctx: ctx, db: db, p: p, buckets: b, runs: runs, merging: len(levels) > 1, keep: k, of: buckets, rows: p.empty()})
	}
	return c
}

func (c *cursor) close() {
	for _, s := range c.sources {
		s.close()
	}
}

// key orders profiles as the tables are.
func (c *cursor) key(profile uint32) uint64 {
	return uint64(c.buckets[profile])<<32 | uint64(profile)
}

// read appends about n rows to out, at most two chunks more; fewer come only at
// the end.
func (c *cursor) read(out *block, n int) error {
	for n > 0 && !c.done {
		got, err := c.step(out)
		if err != nil {
			return err
		}
		n -= got
	}
	return nil
}

// step appends the next rows: as far as the chunks that are loaded go.
func (c *cursor) step(out *block) (int, error) {
	live := c.sources[:0]
	for _, s := range c.sources {
		ok, err := s.load()
		if err != nil {
			return 0, err
		}
		if !ok {
			s.close()
			continue
		}
		live = append(live, s)
	}
	c.sources = live
	switch len(live) {
	case 0:
		c.done = true
		return 0, nil
	case 1:
		s := live[0]
		n := s.rows.len() - s.at
		if !s.merging && (s.culling || s.keep != nil) {
			if rows, all := s.choose(); !all {
				out.choose(&s.rows, rows)
				s.at = s.rows.len()
				return len(rows), nil
			}
		}
		out.add(&s.rows, s.at, n)
		s.at = s.rows.len()
		return n, nil
	}
	total := 0
	c.pieces = c.pieces[:0]
	for total < vectorSize {
		best, second := c.next()
		s := live[best]
		end := s.until(live[second], best < second)
		c.pieces = append(c.pieces, piece{best, s.at, end - s.at})
		total += end - s.at
		s.at = end
		if end == s.rows.len() {
			break
		}
	}
	c.join(out)
	return total, nil
}

// next returns the source with the first row, and that with the first row of
// the others. The older of two equal rows is first.
func (c *cursor) next() (best, second int) {
	best, second = 0, 1
	if c.sources[1].before(c.sources[1].at, c.sources[0]) {
		best, second = 1, 0
	}
	for i := 2; i < len(c.sources); i++ {
		s := c.sources[i]
		switch {
		case s.before(s.at, c.sources[best]):
			best, second = i, best
		case s.before(s.at, c.sources[second]):
			second = i
		}
	}
	return best, second
}

// before reports whether row i of s comes before the current row of o.
func (s *source) before(i int, o *source) bool {
	x, y := s.keys[i], o.keys[o.at]
	return x < y || x == y && s.rows.time[i] < o.rows.time[o.at]
}

// after is the reverse of before.
func (s *source) after(i int, o *source) bool {
	x, y := s.keys[i], o.keys[o.at]
	return x > y || x == y && s.rows.time[i] > o.rows.time[o.at]
}

// until returns up to which row the rows of s come before those of o; at least
// one does. The older one's rows come before equal rows of the other.
func (s *source) until(o *source, older bool) int {
	first := func(i int) bool {
		if older {
			return !s.after(i, o)
		}
		return s.before(i, o)
	}
	// Gallop, then halve.
	step, lo := 1, s.at
	n := s.rows.len()
	for lo+step < n && first(lo+step) {
		lo += step
		step *= 2
	}
	hi := min(lo+step, n)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if first(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1
}

// join appends the pieces to out, column by column.
func (c *cursor) join(out *block) {
	at := out.len()
	out.profile = joined(c, out.profile, func(b *block) []uint32 { return b.profile })
	out.time = joined(c, out.time, func(b *block) []int64 { return b.time })
	out.day = joined(c, out.day, func(b *block) []uint8 { return b.day })
	out.imports = joined(c, out.imports, func(b *block) []int64 { return b.imports })
	for i := range out.cols {
		v := &out.cols[i]
		v.I64 = joined(c, v.I64, func(b *block) []int64 { return b.cols[i].I64 })
		v.F64 = joined(c, v.F64, func(b *block) []float64 { return b.cols[i].F64 })
		v.I32 = joined(c, v.I32, func(b *block) []int32 { return b.cols[i].I32 })
		v.U8 = joined(c, v.U8, func(b *block) []uint8 { return b.cols[i].U8 })
		all := v.Known == nil
		for _, s := range c.sources {
			all = all && s.rows.cols[i].Known == nil
		}
		if all {
			continue
		}
		rows := at
		for _, p := range c.pieces {
			v.Known = appendKnown(v.Known, rows, c.sources[p.source].rows.cols[i].Known, p.from, p.n)
			rows += p.n
		}
	}
}

// joined appends the pieces of one column, if the sources have it.
func joined[T any](c *cursor, dst []T, column func(*block) []T) []T {
	var cols [8][]T
	from := cols[:0]
	for _, s := range c.sources {
		from = append(from, column(&s.rows))
	}
	if from[0] == nil {
		return dst
	}
	for _, p := range c.pieces {
		dst = append(dst, from[p.source][p.from:p.from+p.n]...)
	}
	return dst
}
