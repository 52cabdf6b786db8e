package duckdb

import (
	"context"
	"fmt"
	"math"
	"sync"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

const (
	// gatherRows is how many rows are brought into order at a time.
	gatherRows = 8 * vectorSize
	// smallRun is up to how many rows one goroutine writes a run.
	smallRun = 200_000
	// tailShare is the share of a table that its tail may have.
	tailShare = 10
)

// flush resolves what is held and writes it to runs.
func (l *load) flush(ctx context.Context) error {
	born, err := l.who.resolve(ctx, l.db, l.c, l.born, l.fresh)
	if err != nil {
		return fmt.Errorf("matching keys: %w", err)
	}
	l.fresh += int64(len(born) - len(l.born))
	l.born, l.cat.nextProfile = born, int64(len(born))
	for _, d := range l.dicts {
		if err := d.resolve(ctx, l.c); err != nil {
			return fmt.Errorf("matching texts of %q: %w", d.column.name, err)
		}
	}
	for _, p := range l.parts {
		if p.buffer.len() == 0 {
			continue
		}
		runs, err := l.write(ctx, &p.buffer)
		if err != nil {
			return fmt.Errorf("writing rows: %w", err)
		}
		p.runs = append(p.runs, runs)
		p.buffer.reset()
	}
	if n, size := l.who.held(); n > l.db.limits.keys/2 || size > l.db.limits.rows/2 {
		l.who.forget()
	}
	for _, d := range l.dicts {
		if n, size := d.texts.held(); n > l.db.limits.texts/2 || size > l.db.limits.rows/2 {
			d.texts.forget()
		}
	}
	return nil
}

// write brings a buffer into order and writes it as runs of one level.
func (l *load) write(ctx context.Context, b *buffer) ([]*run, error) {
	groups := b.order(l.who.number, l.who.bucket, l.db.workers)
	if b.table.sort == sortEvents {
		for _, g := range groups[:len(groups)-1] {
			r := b.sorted[g]
			local := b.local[r]
			l.who.event[local] = min(l.who.event[local], b.time[r])
		}
	}
	columns := make([]*column, len(b.cols))
	exact := make([]bool, len(b.cols))
	for i, c := range b.cols {
		columns[i], exact[i] = c.column, c.values.Exact
	}
	cuts := cut(len(b.sorted), l.db.workers, func(i int) uint16 { return l.who.bucket[b.local[b.sorted[i]]] })
	return l.db.parallel(len(cuts)-1, l.cat, func(i, id int) (*run, error) {
		shape := runShape{columns: columns, exact: exact, day: b.day != nil, fixed: l.id}
		return writeRun(ctx, l.db, id, shape, l.born, func(w *runWriter) error {
			out := blockOf(columns, exact)
			for from := cuts[i]; from < cuts[i+1]; from += gatherRows {
				if err := ctx.Err(); err != nil {
					return cancelled(err)
				}
				b.gather(&out, from, min(gatherRows, cuts[i+1]-from), groups, l.who.number)
				if err := w.add(&out); err != nil {
					return err
				}
				out.empty()
			}
			return nil
		})
	})
}

// cut divides n rows into at most `by` parts at changes of the bucket.
func cut(n, by int, bucket func(i int) uint16) []int {
	cuts := []int{0}
	if n > smallRun {
		for k := 1; k < by; k++ {
			at := max(n/by*k, cuts[len(cuts)-1]+1)
			for at < n && bucket(at) == bucket(at-1) {
				at++
			}
			if at < n {
				cuts = append(cuts, at)
			}
		}
	}
	return append(cuts, n)
}

// blockOf returns an empty block with the columns.
func blockOf(columns []*column, exact []bool) block {
	b := block{cols: make([]fold.Vector, len(columns))}
	for i, c := range columns {
		b.cols[i] = fold.Vector{Type: c.typ, Exact: exact[i]}
	}
	return b
}

// empty forgets the rows and keeps the memory.
func (b *block) empty() {
	b.profile, b.time, b.day, b.imports = b.profile[:0], b.time[:0], b.day[:0], b.imports[:0]
	for i := range b.cols {
		v := &b.cols[i]
		v.I64, v.F64, v.I32, v.U8, v.Known = v.I64[:0], v.F64[:0], v.I32[:0], v.U8[:0], nil
	}
}

// parallel makes n runs at the same time, with numbers of the catalogue.
func (db *DB) parallel(n int, cat *catalog, make1 func(i, id int) (*run, error)) ([]*run, error) {
	runs := make([]*run, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		id := cat.newID()
		wg.Go(func() { runs[i], errs[i] = make1(i, id) })
	}
	wg.Wait()
	return runs, first(errs)
}

// writeRun writes one run with the rows that each adds.
func writeRun(ctx context.Context, db *DB, id int, shape runShape, buckets []uint16, each func(w *runWriter) error) (*run, error) {
	var out *run
	err := db.with(func(c *conn) error {
		w, err := newRunWriter(ctx, c, id, shape, buckets)
		if err != nil {
			return err
		}
		if err := each(w); err != nil {
			w.abort(ctx)
			return err
		}
		out, err = w.finish(ctx)
		return err
	})
	return out, err
}

// merge writes the rows of several levels as new runs.
func (l *load) merge(ctx context.Context, t *table, levels [][]*run) ([]*run, error) {
	p := &projection{from: math.MinInt64, before: math.MaxInt64}
	var rows int64
	has := map[int]bool{}
	imports := map[kreds.ImportID]bool{}
	for _, runs := range levels {
		for _, r := range runs {
			rows += r.rows
			p.day = p.day || r.day
			for id := range r.imports {
				imports[id] = true
			}
			for id := range r.exact {
				has[id] = true
			}
		}
	}
	for _, c := range t.columns {
		if has[c.id] {
			p.columns = append(p.columns, c)
			p.exact = append(p.exact, c.exact)
		}
	}
	shape := runShape{columns: p.columns, exact: p.exact, day: p.day}
	if p.imports = len(imports) > 1; !p.imports {
		for id := range imports {
			shape.fixed = id
		}
	}
	parts := 1
	if rows > smallRun {
		parts = l.db.workers
	}
	return l.db.parallel(parts, l.cat, func(i, id int) (*run, error) {
		b := engine.Buckets{From: kreds.Buckets * i / parts, To: kreds.Buckets*(i+1)/parts - 1}
		return writeRun(ctx, l.db, id, shape, l.born, func(w *runWriter) error {
			cur := newCursor(ctx, l.db, levels, p, b, l.born, nil)
			defer cur.close()
			out := p.empty()
			for !cur.done {
				if err := cur.read(&out, gatherRows); err != nil {
					return err
				}
				if err := w.add(&out); err != nil {
					return err
				}
				out.empty()
			}
			return nil
		})
	})
}

// settle decides how a table's new runs join the stored ones, and writes anew
// what has to be. It returns the table's runs from now on.
func (l *load) settle(ctx context.Context, t *table, added [][]*run) error {
	var main, tail int64
	for _, r := range t.runs {
		if r.level == 0 {
			main += r.rows
		} else {
			tail += r.rows
		}
	}
	for _, runs := range added {
		for _, r := range runs {
			tail += r.rows
		}
	}
	old := t.levels()
	level, levels, kept := 0, added, [][]*run(nil)
	switch {
	case tail*tailShare > main:
		levels = append(old, added...)
	case len(old) > 0:
		level, kept, levels = 1, old[:1], append(old[1:], added...)
	}
	runs := levels[0]
	if len(levels) > 1 {
		var err error
		if runs, err = l.merge(ctx, t, levels); err != nil {
			return err
		}
	}
	t.runs = nil
	for _, k := range kept {
		t.runs = append(t.runs, k...)
	}
	for _, r := range runs {
		if r.rows > 0 {
			n := *r
			n.level = level
			t.runs = append(t.runs, &n)
		}
	}
	return nil
}

// Commit makes the load durable and seen; see engine.Loader.
func (l *load) Commit(ctx context.Context, confirm func(engine.LoadResult) error) (engine.LoadResult, error) {
	if l.over {
		return engine.LoadResult{}, kreds.Errorf(kreds.CodeInternal, "the load has ended already")
	}
	if err := l.flush(ctx); err != nil {
		return engine.LoadResult{}, err
	}
	for _, t := range l.cat.tables {
		p := l.parts[t.id]
		if p == nil {
			continue
		}
		t.rows[l.id] += p.rows
		if len(p.runs) > 0 {
			if err := l.settle(ctx, t, p.runs); err != nil {
				return engine.LoadResult{}, fmt.Errorf("merging rows: %w", err)
			}
		}
	}
	l.cat.imports[l.id] = true
	if err := l.c.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return engine.LoadResult{}, err
	}
	if err := l.store(ctx); err != nil {
		_ = l.c.exec(context.WithoutCancel(ctx), "ROLLBACK")
		return engine.LoadResult{}, err
	}
	res := engine.LoadResult{Rows: l.rows, Created: l.fresh}
	if err := l.publish(ctx, res, confirm); err != nil {
		return engine.LoadResult{}, err
	}
	// A failure here costs only time later: what was committed is in the log.
	_ = l.c.exec(ctx, "CHECKPOINT")
	l.end()
	return res, nil
}

// publish commits and lets the ledger confirm, with no reader under way.
func (l *load) publish(ctx context.Context, res engine.LoadResult, confirm func(engine.LoadResult) error) error {
	db := l.db
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := l.c.exec(ctx, "COMMIT"); err != nil {
		_ = l.c.exec(context.WithoutCancel(ctx), "ROLLBACK")
		return err
	}
	db.show(l.cat)
	err := confirm(res)
	if err == nil {
		return nil
	}
	gone := func(id kreds.ImportID) bool { return id != l.id }
	if failed := db.removeLocked(context.WithoutCancel(ctx), gone); failed != nil {
		db.broken = kreds.Errorf(kreds.CodeUnavailable, "an import that was not confirmed could not be removed: %w", failed).
			WithHint("open the data again")
	}
	l.end()
	return err
}

// store writes everything but the runs, within the transaction.
func (l *load) store(ctx context.Context) error {
	if err := l.c.exec(ctx, "INSERT INTO profiles SELECT * FROM new_profiles"); err != nil {
		return err
	}
	w := l.who
	types := []api.Type{typeI64, typeU32, typeU8, typeI64, typeI64, typeI64}
	err := appendRows(ctx, l.c, mainTable, "presence", types, len(w.number), func(a *appender, at, n int) {
		id := fill[int64](a, 0, n)
		for i := range id {
			id[i] = int64(l.id)
		}
		copy(fill[uint32](a, 1, n), w.number[at:])
		copy(fill[uint8](a, 2, n), w.status[at:])
		copy(fill[int64](a, 3, n), w.created[at:])
		copy(fill[int64](a, 4, n), w.observed[at:])
		copy(fill[int64](a, 5, n), w.event[at:])
	})
	if err != nil {
		return fmt.Errorf("writing profiles: %w", err)
	}
	for _, d := range l.dicts {
		if !d.exists {
			if err := l.c.exec(ctx, "CREATE TABLE "+d.column.dictTable()+" (code INTEGER, text VARCHAR)"); err != nil {
				return err
			}
		}
		if d.pending {
			if err := l.c.exec(ctx, "INSERT INTO "+d.column.dictTable()+" SELECT * FROM "+d.pendingTable()); err != nil {
				return err
			}
		}
	}
	if l.items > 0 {
		if err := l.c.exec(ctx, "INSERT INTO items SELECT * FROM new_items"); err != nil {
			return err
		}
	}
	// Every text column has its dictionary, also if all of it is unknown.
	for _, t := range l.cat.tables {
		for _, c := range t.columns {
			if t.sort != sortItems && coded(c.typ) && !l.view.hasColumn(c.id) && l.dicts[c.id] == nil {
				if err := l.c.exec(ctx, "CREATE TABLE "+c.dictTable()+" (code INTEGER, text VARCHAR)"); err != nil {
					return err
				}
			}
		}
	}
	if err := l.dropReplaced(ctx); err != nil {
		return err
	}
	return writeCatalog(ctx, l.c, l.cat)
}

// dropReplaced drops the runs that merging has replaced.
func (l *load) dropReplaced(ctx context.Context) error {
	live := map[int]bool{}
	for _, t := range l.cat.tables {
		for _, r := range t.runs {
			live[r.id] = true
		}
	}
	var old []*run
	for _, t := range l.view.cat.tables {
		old = append(old, t.runs...)
	}
	for _, p := range l.parts {
		for _, runs := range p.runs {
			old = append(old, runs...)
		}
	}
	for _, r := range old {
		if !live[r.id] {
			if err := l.c.exec(ctx, "DROP TABLE "+r.name()); err != nil {
				return err
			}
		}
	}
	return nil
}
