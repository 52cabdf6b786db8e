package duckdb

import (
	"context"
	"fmt"
	"math"
	"strings"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// runWriter writes one run: a table of its own, in a transaction of its own.
// Until the catalogue names the run, nobody sees it and a reopening drops it.
type runWriter struct {
	c       *conn
	a       *appender
	run     *run
	columns []*column
	buckets []uint16 // by profile
	fixed   kreds.ImportID
}

// newRunWriter begins a run of the columns. With fixed not 0, all rows are of
// that import.
func newRunWriter(ctx context.Context, c *conn, id int, columns []*column, exact []bool, buckets []uint16, fixed kreds.ImportID) (*runWriter, error) {
	w := &runWriter{c: c, columns: columns, buckets: buckets, fixed: fixed}
	w.run = &run{
		id: id, lo: kreds.Buckets, hi: -1, first: math.MaxInt64, last: math.MinInt64,
		exact: map[int]bool{}, imports: map[kreds.ImportID]int64{},
	}
	var ddl strings.Builder
	fmt.Fprintf(&ddl, "CREATE TABLE %s (b USMALLINT, p UINTEGER, t BIGINT, d UTINYINT, i BIGINT", w.run.name())
	types := []api.Type{typeU16, typeU32, typeI64, typeU8, typeI64}
	for i, col := range columns {
		w.run.exact[col.id] = exact[i]
		l := layoutOf(col.typ, exact[i])
		fmt.Fprintf(&ddl, ", %s %s", col.physical(), l.sqlType())
		types = append(types, [...]api.Type{typeI64, typeF64, typeI32, typeU8}[l])
	}
	ddl.WriteString(")")
	if err := c.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return nil, err
	}
	err := c.exec(ctx, ddl.String())
	if err == nil {
		w.a, err = newAppender(c, mainTable, w.run.name(), types)
	}
	if err != nil {
		w.abort(ctx)
		return nil, err
	}
	return w, nil
}

// add appends a block, which must follow the rows before in the order.
func (w *runWriter) add(b *block) error {
	for from := 0; from < b.len(); from += vectorSize {
		n := min(vectorSize, b.len()-from)
		bucket := fill[uint16](w.a, 0, n)
		for i, p := range b.profile[from : from+n] {
			bucket[i] = w.buckets[p]
		}
		w.run.lo = min(w.run.lo, int(bucket[0]))
		w.run.hi = max(w.run.hi, int(bucket[n-1]))
		copy(fill[uint32](w.a, 1, n), b.profile[from:])
		copy(fill[int64](w.a, 2, n), b.time[from:])
		for _, t := range b.time[from : from+n] {
			w.run.first = min(w.run.first, t)
			w.run.last = max(w.run.last, t)
		}
		if b.day != nil {
			copy(fill[uint8](w.a, 3, n), b.day[from:])
		} else {
			clear(fill[uint8](w.a, 3, n))
		}
		imports := fill[int64](w.a, 4, n)
		if w.fixed != 0 {
			for i := range imports {
				imports[i] = int64(w.fixed)
			}
			w.run.imports[w.fixed] += int64(n)
		} else {
			copy(imports, b.imports[from:])
			for _, id := range imports {
				w.run.imports[kreds.ImportID(id)]++
			}
		}
		for i := range w.columns {
			w.a.fillVector(5+i, &b.cols[i], from, n)
		}
		w.run.rows += int64(n)
		if err := w.a.push(n); err != nil {
			return err
		}
	}
	return nil
}

// finish commits the run's table.
func (w *runWriter) finish(ctx context.Context) (*run, error) {
	err := w.a.finish()
	w.a.close()
	w.a = nil
	if err == nil {
		err = w.c.exec(ctx, "COMMIT")
	}
	if err != nil {
		w.abort(ctx)
		return nil, err
	}
	return w.run, nil
}

func (w *runWriter) abort(ctx context.Context) {
	if w.a != nil {
		w.a.close()
		w.a = nil
	}
	_ = w.c.exec(context.WithoutCancel(ctx), "ROLLBACK")
}

// projection is which columns of an ordered table to read, and which rows.
type projection struct {
	day, imports bool
	columns      []*column
	exact        []bool  // whether each is wanted as an exact number
	from, before int64   // instants; MinInt64 and MaxInt64 for all
	known        *column // only rows where this column is known; nil for all
	only         *uint32 // only rows of this profile; nil for all
}

// skips reports whether a run has nothing of the projection.
func (p *projection) skips(r *run) bool {
	if p.known != nil {
		if _, has := r.exact[p.known.id]; !has {
			return true
		}
	}
	return r.rows == 0 || p.from > r.last || p.before <= r.first
}

// query returns the statement that reads the projection of a run.
func (p *projection) query(r *run, b engine.Buckets) string {
	var q strings.Builder
	q.WriteString("SELECT p, t")
	if p.day {
		q.WriteString(", d")
	}
	if p.imports {
		q.WriteString(", i")
	}
	p.project(&q, r)
	q.WriteString(" FROM " + r.name())
	and := " WHERE "
	cond := func(format string, args ...any) {
		q.WriteString(and)
		fmt.Fprintf(&q, format, args...)
		and = " AND "
	}
	if b.From > r.lo {
		cond("b >= %d", b.From)
	}
	if b.To < r.hi {
		cond("b <= %d", b.To)
	}
	if p.from > r.first {
		cond("t >= %d", p.from)
	}
	if p.before <= r.last {
		cond("t < %d", p.before)
	}
	if p.known != nil {
		cond("%s IS NOT NULL", p.known.physical())
	}
	if p.only != nil {
		cond("p = %d", *p.only)
	}
	return q.String()
}

// project writes the columns as the run has them.
func (p *projection) project(q *strings.Builder, r *run) {
	for i, col := range p.columns {
		exact, has := r.exact[col.id]
		switch {
		case !has:
			fmt.Fprintf(q, ", NULL::%s AS %s", layoutOf(col.typ, p.exact[i]).sqlType(), col.physical())
		case exact && !p.exact[i]:
			fmt.Fprintf(q, ", %s::DOUBLE / %d AS %s", col.physical(), kreds.DecimalScale, col.physical())
		default:
			q.WriteString(", " + col.physical())
		}
	}
}

// empty returns a block for the projection's rows.
func (p *projection) empty() block { return blockOf(p.columns, p.exact) }

// source reads the runs of one level, which follow each other in the buckets.
type source struct {
	ctx     context.Context
	db      *DB
	c       *conn
	p       *projection
	buckets engine.Buckets
	runs    []*run
	s       *stream
	rows    block // the current chunk
	at      int
}

// load makes sure that there are rows to read, and reports whether there are.
func (s *source) load() (bool, error) {
	for s.at >= s.rows.len() {
		if s.s == nil {
			for len(s.runs) > 0 && (s.runs[0].hi < s.buckets.From || s.runs[0].lo > s.buckets.To || s.p.skips(s.runs[0])) {
				s.runs = s.runs[1:]
			}
			if len(s.runs) == 0 {
				return false, nil
			}
			if s.c == nil {
				c, err := s.db.take()
				if err != nil {
					return false, err
				}
				s.c = c
			}
			st, err := s.c.open(s.ctx, s.p.query(s.runs[0], s.buckets))
			if err != nil {
				return false, err
			}
			s.s, s.runs = st, s.runs[1:]
		}
		ch, err := s.s.next()
		if err != nil {
			return false, err
		}
		if ch == nil {
			s.s.close()
			s.s = nil
			s.rows.profile, s.at = nil, 0
			continue
		}
		s.take(ch)
	}
	return true, nil
}

func (s *source) take(ch *chunk) {
	s.at = 0
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
	for i := range s.rows.cols {
		s.rows.cols[i] = ch.vector(next+i, s.rows.cols[i])
	}
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
	sources []*source
	buckets []uint16 // by profile
	done    bool
}

func newCursor(ctx context.Context, db *DB, levels [][]*run, p *projection, b engine.Buckets, buckets []uint16) *cursor {
	c := &cursor{buckets: buckets}
	for _, runs := range levels {
		c.sources = append(c.sources, &source{ctx: ctx, db: db, p: p, buckets: b, runs: runs, rows: p.empty()})
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

// read appends up to about n rows to out; fewer come only at the end.
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

// step appends the next rows: as many as one source has that come before those
// of all others.
func (c *cursor) step(out *block) (int, error) {
	var best, second *source
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
		switch {
		case best == nil || c.before(s, s.at, best):
			best, second = s, best
		case second == nil || c.before(s, s.at, second):
			second = s
		}
	}
	c.sources = live
	if best == nil {
		c.done = true
		return 0, nil
	}
	end := best.rows.len()
	if second != nil {
		end = c.until(best, second)
	}
	n := end - best.at
	out.add(&best.rows, best.at, n)
	best.at = end
	return n, nil
}

// before reports whether row i of s comes before the current row of o. The
// order of sources decides between equals: older levels come first.
func (c *cursor) before(s *source, i int, o *source) bool {
	p, q := s.rows.profile[i], o.rows.profile[o.at]
	if p != q {
		return c.key(p) < c.key(q)
	}
	return s.rows.time[i] < o.rows.time[o.at]
}

// until returns up to which row the rows of best come before those of second;
// at least one does.
func (c *cursor) until(best, second *source) int {
	older := c.index(best) < c.index(second)
	first := func(i int) bool { // whether row i of best still comes first
		if older {
			return !c.after(best, i, second)
		}
		return c.before(best, i, second)
	}
	// Gallop, then halve.
	step, lo := 1, best.at
	n := best.rows.len()
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

func (c *cursor) after(s *source, i int, o *source) bool {
	p, q := s.rows.profile[i], o.rows.profile[o.at]
	if p != q {
		return c.key(p) > c.key(q)
	}
	return s.rows.time[i] > o.rows.time[o.at]
}

func (c *cursor) index(s *source) int {
	for i, o := range c.sources {
		if o == s {
			return i
		}
	}
	return -1
}
