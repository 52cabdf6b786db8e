package duckdb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// resident keeps columns of runs decoded that were asked for more than once:
// decoding them takes longer than most folds. A run never changes, so what is
// kept of it stays true; it goes with the run, or when there is no more room.
type resident struct {
	budget int64 // bytes

	mu   sync.Mutex
	size int64
	uses int64
	runs map[*run]*decoded
}

// cacheShare is the share of the memory that DuckDB may use, which it itself sets
// to 80 % of the machine's, that the columns kept decoded may take.
const cacheShare = 8

func cacheBudget(ctx context.Context, c *conn) (bytes int64, err error) {
	err = c.each(ctx, "SELECT current_setting('memory_limit')", nil, func(ch *chunk) error {
		var n float64
		var unit string
		text := str(ch, 0, 0)
		if _, err := fmt.Sscan(text, &n, &unit); err != nil {
			return fmt.Errorf("the memory limit %q: %w", text, err)
		}
		scale := map[string]float64{"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}[unit]
		bytes = max(int64(n*scale)/cacheShare, 1)
		return nil
	})
	return bytes, err
}

// decoded is what is kept of a run. Its slices are never changed.
type decoded struct {
	reading sync.Mutex // held while columns are added
	profile []uint32   // nil until any column is kept
	time    []int64
	cols    map[decodedColumn]*fold.Vector
	asked   map[decodedColumn]int
	used    int64 // when, counted in uses
	size    int64
}

// decodedColumn is a column as wanted; dayColumn says which times are only dates.
type decodedColumn struct {
	id    int
	exact bool
}

// The columns of every run, beside those of the catalogue.
var (
	dayColumn  = decodedColumn{id: -1}
	timeColumn = decodedColumn{id: -2} // with the profiles
)

// wants returns what the projection needs of a run.
func (p *projection) wants() []decodedColumn {
	out := []decodedColumn{timeColumn}
	if p.day {
		out = append(out, dayColumn)
	}
	for i, c := range p.columns {
		out = append(out, decodedColumn{c.id, p.exact[i]})
	}
	return out
}

// plain reports whether the projection has all rows of a run.
func (p *projection) plain() bool {
	return p.known == nil && p.only == nil && p.upTo == 0 && !p.imports
}

// get returns the columns of the projection, nil if they are not all there.
func (h *resident) get(r *run, p *projection) *block {
	if h.budget <= 0 || !p.plain() {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.runs[r]
	if d == nil || d.profile == nil {
		return nil
	}
	h.uses++
	d.used = h.uses
	b := &block{profile: d.profile, time: d.time, cols: make([]fold.Vector, len(p.columns))}
	if p.day {
		v := d.cols[dayColumn]
		if v == nil {
			return nil
		}
		b.day = v.U8
	}
	for i, c := range p.columns {
		v := d.cols[decodedColumn{c.id, p.exact[i]}]
		if v == nil {
			return nil
		}
		b.cols[i] = *v
	}
	return b
}

// prepare notes that all rows of the plans are about to be read, and decodes what
// was asked for before, if there is room.
func (h *resident) prepare(ctx context.Context, db *DB, plans []*plan) error {
	if h.budget <= 0 {
		return nil
	}
	total := int64(0)
	for _, p := range plans {
		for _, r := range slices.Concat(p.levels...) {
			total += costOf(r, &p.projection, p.wants())
		}
	}
	if total > h.budget {
		return nil // it would push itself out
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(db.workers, 1))
	for _, p := range plans {
		if !p.plain() {
			continue
		}
		for _, r := range slices.Concat(p.levels...) {
			if p.skips(r) {
				continue
			}
			if d, missing := h.ask(r, &p.projection); d != nil {
				group.Go(func() error { return h.add(ctx, db, r, d, &p.projection, missing) })
			}
		}
	}
	return group.Wait()
}

// ask counts that the projection's columns of a run are asked for, and returns
// those that are to be decoded now.
func (h *resident) ask(r *run, p *projection) (*decoded, []decodedColumn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.runs[r]
	if d == nil {
		d = &decoded{cols: map[decodedColumn]*fold.Vector{}, asked: map[decodedColumn]int{}}
		h.runs[r] = d
	}
	var missing []decodedColumn
	for _, c := range p.wants() {
		if d.asked[c]++; d.asked[c] > 1 && d.cols[c] == nil {
			missing = append(missing, c)
		}
	}
	if missing == nil || d.size+costOf(r, p, missing) > h.budget {
		return nil, nil
	}
	return d, missing
}

// costOf is how many bytes columns of a run take.
func costOf(r *run, p *projection, columns []decodedColumn) int64 {
	width := int64(0)
	for _, c := range columns {
		switch c {
		case timeColumn:
			width += 12
		case dayColumn:
			width++
		default:
			width += [...]int64{8, 8, 4, 1}[layoutOf(p.column(c).typ, c.exact)]
		}
	}
	return r.rows * width
}

// column returns the column of the projection.
func (p *projection) column(c decodedColumn) *column {
	i := slices.IndexFunc(p.columns, func(have *column) bool { return have.id == c.id })
	return p.columns[i]
}

// add decodes columns of a run and keeps them.
func (h *resident) add(ctx context.Context, db *DB, r *run, d *decoded, p *projection, missing []decodedColumn) error {
	d.reading.Lock()
	defer d.reading.Unlock()
	h.mu.Lock()
	missing = slices.DeleteFunc(missing, func(c decodedColumn) bool { return d.cols[c] != nil }) // another was faster
	h.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	all := projection{from: math.MinInt64, before: math.MaxInt64, day: slices.Contains(missing, dayColumn)}
	var columns []decodedColumn
	for _, c := range missing {
		if c != timeColumn && c != dayColumn {
			columns = append(columns, c)
			all.columns, all.exact = append(all.columns, p.column(c)), append(all.exact, c.exact)
		}
	}
	rows := all.empty()
	rows.reserve(&all, int(r.rows))
	cur := newCursor(ctx, db, [][]*run{{r}}, &all, engine.AllBuckets, nil, nil)
	defer cur.close()
	for !cur.done {
		if err := cur.read(&rows, math.MaxInt); err != nil {
			return err
		}
	}
	if int64(rows.len()) != r.rows {
		return nil // it is not what the catalogue says: leave it to the database
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.runs[r] != d {
		return nil // the run is gone
	}
	if d.profile == nil {
		d.profile, d.time = rows.profile, rows.time
	}
	for _, c := range missing {
		d.cols[c] = &fold.Vector{} // of times: they are there
	}
	if all.day {
		d.cols[dayColumn] = &fold.Vector{U8: rows.day}
	}
	for i, c := range columns {
		d.cols[c] = &rows.cols[i]
	}
	cost := costOf(r, p, missing)
	d.size, h.size = d.size+cost, h.size+cost
	h.uses++
	d.used = h.uses
	h.shrink(r)
	return nil
}

// shrink forgets the runs unused for longest until there is room; one stays.
func (h *resident) shrink(stays *run) {
	for h.size > h.budget {
		var oldest *run
		for r, d := range h.runs {
			if r != stays && d.size > 0 && (oldest == nil || d.used < h.runs[oldest].used) {
				oldest = r
			}
		}
		if oldest == nil {
			return
		}
		h.drop(oldest)
	}
}

func (h *resident) drop(r *run) {
	h.size -= h.runs[r].size
	delete(h.runs, r)
}

// retain forgets the runs that the catalogue does not have.
func (h *resident) retain(cat *catalog) {
	live := map[*run]bool{}
	for _, t := range cat.tables {
		for _, r := range t.runs {
			live[r] = true
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for r := range h.runs {
		if !live[r] {
			h.drop(r)
		}
	}
}
