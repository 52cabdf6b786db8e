package duckdb

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

const (
	// batchRows is about how many rows of its largest table a batch holds.
	batchRows = 16 * vectorSize
	// rangesPerWorker is into how many ranges of buckets a worker's share is
	// cut, so that workers end at about the same time.
	rangesPerWorker = 2
	// smallRead is up to how many rows one worker reads alone.
	smallRead = 100_000
	// wholeRead is from how many buckets on a read counts as one of all rows.
	wholeRead = kreds.Buckets / 2
)

// scan reads tables together with several workers.
func (v *view) scan(ctx context.Context, plans []*plan, b engine.Buckets, workers int, each func(worker int, b *fold.Batch) error) error {
	b = engine.Buckets{From: max(b.From, 0), To: min(b.To, kreds.Buckets-1)}
	if b.Count() <= 0 {
		return nil
	}
	var rows int64
	for _, p := range plans {
		rows += p.rows
	}
	rows = rows * int64(b.Count()) / kreds.Buckets
	workers = max(workers, 1)
	ranges := min(workers*rangesPerWorker, b.Count())
	if workers == 1 || rows <= smallRead {
		workers, ranges = 1, 1
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if b.Count() >= wholeRead {
		if err := v.db.resident.prepare(ctx, v.db, plans); err != nil {
			return err
		}
	}
	var next atomic.Int64
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= ranges {
					return
				}
				part := engine.Buckets{From: b.From + b.Count()*i/ranges, To: b.From + b.Count()*(i+1)/ranges - 1}
				if err := v.scanRange(ctx, plans, part, w, each); err != nil {
					errs[w] = err
					cancel()
					return
				}
			}
		})
	}
	wg.Wait()
	return first(errs)
}

// first returns the error that is not the cancellation by another, if there is
// one.
func first(errs []error) error {
	var out error
	for _, err := range errs {
		if err != nil && (out == nil || kreds.CodeOf(out) == kreds.CodeCancelled || errors.Is(out, context.Canceled)) {
			out = err
		}
	}
	return out
}

// feed is one table of a scan: rows that are read but not yet handed on.
type feed struct {
	cur  *cursor
	rows block
	size int64
}

// last returns the key of the last row read, and whether there is one.
func (f *feed) last() (uint64, bool) {
	n := f.rows.len()
	if n == 0 {
		return 0, false
	}
	return f.cur.key(f.rows.profile[n-1]), true
}

// below returns how many of the rows have a key below the limit.
func (f *feed) below(limit uint64) int {
	lo, hi := 0, f.rows.len()
	for lo < hi {
		mid := (lo + hi) / 2
		if f.cur.key(f.rows.profile[mid]) < limit {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// scanRange reads one range of buckets. Each round, the largest table that is
// not at its end leads: as far as its rows are whole profiles, the others
// follow.
func (v *view) scanRange(ctx context.Context, plans []*plan, b engine.Buckets, worker int, each func(worker int, b *fold.Batch) error) error {
	feeds := make([]*feed, len(plans))
	for i, p := range plans {
		var k keep
		if p.keep != nil {
			k = func(r *fold.Rows, out []uint64) { p.keep(worker, r, out) }
		}
		feeds[i] = &feed{cur: newCursor(ctx, v.db, p.levels, &p.projection, b, v.profiles.bucket, k), rows: p.empty(), size: p.rows}
		if p.rows > smallRead {
			feeds[i].rows.reserve(&p.projection, batchRows+2*vectorSize)
		}
		defer feeds[i].cur.close()
	}
	batch := &fold.Batch{Tables: make([]fold.Rows, len(plans))}
	want := batchRows
	for {
		var lead *feed
		for _, f := range feeds {
			if !f.cur.done && (lead == nil || f.size > lead.size) {
				lead = f
			}
		}
		limit := uint64(math.MaxUint64)
		if lead != nil {
			if err := lead.cur.read(&lead.rows, want-lead.rows.len()); err != nil {
				return err
			}
			if !lead.cur.done {
				limit, _ = lead.last()
			}
		}
		if lead != nil && lead.cur.done && len(feeds) > 1 {
			continue // another leads, as far as its rows go
		}
		for _, f := range feeds {
			for last, ok := f.last(); !f.cur.done && (!ok || last < limit); last, ok = f.last() {
				if _, err := f.cur.step(&f.rows); err != nil {
					return err
				}
			}
		}
		emitted := 0
		for i, f := range feeds {
			n := f.below(limit)
			if limit == math.MaxUint64 {
				n = f.rows.len()
			}
			emitted += n
			rows(&batch.Tables[i], &f.rows, n)
		}
		if emitted > 0 {
			if err := ctx.Err(); err != nil {
				return cancelled(err)
			}
			if err := each(worker, batch); err != nil {
				return err
			}
			for i, f := range feeds {
				f.rows.drop(len(batch.Tables[i].Profile))
			}
		}
		if lead == nil || limit == math.MaxUint64 {
			return nil
		}
		want = batchRows
		if emitted == 0 {
			// One profile fills the batch: read on until it ends.
			want = lead.rows.len() * 2
		}
	}
}

// rows makes the first n rows of a block those of a batch.
func rows(out *fold.Rows, b *block, n int) {
	out.Profile, out.Time, out.DayOnly = b.profile[:n], b.time[:n], nil
	if b.day != nil {
		out.DayOnly = b.day[:n]
	}
	if out.Columns == nil {
		out.Columns = make([]fold.Vector, len(b.cols))
	}
	for i := range b.cols {
		out.Columns[i] = window(&b.cols[i], n)
	}
}
