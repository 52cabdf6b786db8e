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

// runShape is what the rows of a run have.
type runShape struct {
	columns []*column
	exact   []bool         // whether each holds exact numbers
	day     bool           // whether there are times that are only dates
	fixed   kreds.ImportID // the import of all rows, 0 if there are several
}

// runWriter writes one run: a table of its own, in a transaction of its own.
// Until the catalogue names the run, nobody sees it and a reopening drops it.
type runWriter struct {
	runShape
	c       *conn
	a       *appender
	run     *run
	buckets []uint16 // by profile
}

func newRunWriter(ctx context.Context, c *conn, id int, shape runShape, buckets []uint16) (*runWriter, error) {
	w := &runWriter{runShape: shape, c: c, buckets: buckets}
	w.run = &run{
		id: id, lo: kreds.Buckets, hi: -1, first: math.MaxInt64, last: math.MinInt64,
		day: shape.day, mixed: shape.fixed == 0,
		exact: map[int]bool{}, imports: map[kreds.ImportID]int64{},
	}
	var ddl strings.Builder
	fmt.Fprintf(&ddl, "CREATE TABLE %s (b USMALLINT, p UINTEGER, t BIGINT", w.run.name())
	types := []api.Type{typeU16, typeU32, typeI64}
	if w.run.day {
		ddl.WriteString(", d UTINYINT")
		types = append(types, typeU8)
	}
	if w.run.mixed {
		ddl.WriteString(", i BIGINT")
		types = append(types, typeI64)
	}
	for i, col := range shape.columns {
		w.run.exact[col.id] = shape.exact[i]
		l := layoutOf(col.typ, shape.exact[i])
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
		next := 3
		if w.run.day {
			copy(fill[uint8](w.a, next, n), b.day[from:])
			next++
		}
		if w.run.mixed {
			imports := fill[int64](w.a, next, n)
			copy(imports, b.imports[from:])
			for _, id := range imports {
				w.run.imports[kreds.ImportID(id)]++
			}
			next++
		} else {
			w.run.imports[w.fixed] += int64(n)
		}
		for i := range w.columns {
			w.a.fillVector(next+i, &b.cols[i], from, n)
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
	exact        []bool         // whether each is wanted as an exact number
	from, before int64          // instants; MinInt64 and MaxInt64 for all
	known        *column        // only rows where this column is known; nil for all
	only         *uint32        // only rows of this profile; nil for all
	upTo         kreds.ImportID // no rows of later imports; 0 for all
}

// skips reports whether a run has nothing of the projection.
func (p *projection) skips(r *run) bool {
	if p.known != nil {
		if _, has := r.exact[p.known.id]; !has {
			return true
		}
	}
	if p.upTo != 0 && !r.mixed && r.only() > p.upTo {
		return true
	}
	return r.rows == 0 || p.from > r.last || p.before <= r.first
}

// query returns the statement that reads the projection of a run, with the
// bucket last if asked. Time is left
// to cull: the rows are in the order of profiles, so that the database would
// have to look at all of them too, and takes longer.
func (p *projection) query(r *run, b engine.Buckets, withBucket bool) string {
	var q strings.Builder
	q.WriteString("SELECT p, t")
	switch {
	case p.day && r.day:
		q.WriteString(", d")
	case p.day:
		q.WriteString(", 0::UTINYINT")
	}
	switch {
	case p.imports && r.mixed:
		q.WriteString(", i")
	case p.imports:
		fmt.Fprintf(&q, ", %d::BIGINT", r.only())
	}
	p.project(&q, r)
	if withBucket {
		q.WriteString(", b")
	}
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
	if p.known != nil {
		cond("%s IS NOT NULL", p.known.physical())
	}
	if p.upTo != 0 && r.mixed {
		cond("i <= %d", p.upTo)
	}
	if p.only != nil {
		cond("p = %d", *p.only)
	}
	return q.String()
}

// only returns the import of all rows of a run that is not mixed.
func (r *run) only() kreds.ImportID {
	for id := range r.imports {
		return id
	}
	return 0
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
