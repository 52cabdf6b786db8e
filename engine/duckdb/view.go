package duckdb

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// view is one state of the data, from a commit to the next. It implements
// fold.Data and keeps what it has read.
type view struct {
	db  *DB
	cat *catalog
	// upTo, if not 0, leaves out what later imports brought.
	upTo kreds.ImportID

	mu       sync.Mutex
	profiles *profiles // set by prepare
	keys     []string
	dicts    map[int][]string
	items    map[int]map[string]kreds.Value
	traits   traitCache
	subjects map[populationKey]engine.Bits

	// describing holds a token while somebody works out described, which all
	// who ask meanwhile wait for.
	describing chan struct{}
	described  *engine.Statistics
}

// populationKey is a population as of an instant.
type populationKey struct {
	subject kreds.Subject
	asOf    kreds.Instant
}

// keptPopulations bounds the populations that a view keeps.
const keptPopulations = 16

var _ fold.Data = (*view)(nil)

func newView(db *DB, cat *catalog) *view {
	return &view{
		db: db, cat: cat, dicts: map[int][]string{}, items: map[int]map[string]kreds.Value{}, subjects: map[populationKey]engine.Bits{},
		describing: make(chan struct{}, 1),
	}
}

// profiles are vectors by profile number. Numbers of profiles that were removed
// are not alive.
type profiles struct {
	kind       []kreds.Kind
	bucket     []uint16
	firstSeen  []kreds.Instant // MaxInstant if never dated
	firstEvent []kreds.Instant
	alive      engine.Bits
	prospect   engine.Bits
	company    engine.Bits
	latest     kreds.Instant // of firstSeen, of those that are dated
}

// prepare reads the profiles.
func (v *view) prepare(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.profiles != nil {
		return nil
	}
	n := int(v.cat.nextProfile)
	p := &profiles{
		kind: make([]kreds.Kind, n), bucket: make([]uint16, n),
		firstSeen: make([]kreds.Instant, n), firstEvent: make([]kreds.Instant, n),
		alive: engine.MakeBits(n), prospect: engine.MakeBits(n), company: engine.MakeBits(n),
	}
	for i := range n {
		p.firstSeen[i], p.firstEvent[i] = kreds.MaxInstant, kreds.MaxInstant
	}
	status := make([]uint8, n)
	err := v.db.with(func(c *conn) error {
		err := c.each(ctx, "SELECT n, kind, bucket FROM profiles", nil, func(ch *chunk) error {
			kinds, buckets := values[uint8](ch, 1), values[uint16](ch, 2)
			for i, id := range values[uint32](ch, 0) {
				p.kind[id], p.bucket[id] = kreds.Kind(kinds[i]), buckets[i]
				if v.upTo == 0 {
					p.alive.Set(id)
				}
				if p.kind[id] == kreds.Company {
					p.company.Set(id)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		query, args := "SELECT n, status, created, observed, event FROM presence", []any(nil)
		if v.upTo != 0 {
			query, args = query+" WHERE import <= ?", []any{int64(v.upTo)}
		}
		return c.each(ctx, query, args, func(ch *chunk) error {
			states := values[uint8](ch, 1)
			created, observed, event := values[kreds.Instant](ch, 2), values[kreds.Instant](ch, 3), values[kreds.Instant](ch, 4)
			for i, id := range values[uint32](ch, 0) {
				if v.upTo != 0 {
					p.alive.Set(id)
				}
				status[id] = max(status[id], states[i])
				p.firstEvent[id] = min(p.firstEvent[id], event[i])
				p.firstSeen[id] = min(p.firstSeen[id], created[i], observed[i], event[i])
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("reading profiles: %w", err)
	}
	for id, s := range status {
		if s == statusProspect {
			p.prospect.Set(uint32(id))
		}
	}
	p.latest = kreds.MinInstant
	for _, at := range p.firstSeen {
		if at != kreds.MaxInstant {
			p.latest = max(p.latest, at)
		}
	}
	v.profiles = p
	return nil
}

// Profiles is one more than the highest profile number.
func (v *view) Profiles() int { return len(v.profiles.kind) }

// BucketOf returns the bucket of each profile number.
func (v *view) BucketOf() []uint16 { return v.profiles.bucket }

// KindOf returns the kind of each profile number.
func (v *view) KindOf() []kreds.Kind { return v.profiles.kind }

// FirstSeen returns when each profile was first seen.
func (v *view) FirstSeen() []kreds.Instant { return v.profiles.firstSeen }

// FirstEvent returns when each profile's first event was.
func (v *view) FirstEvent() []kreds.Instant { return v.profiles.firstEvent }

// hasColumn reports whether the column is stored.
func (v *view) hasColumn(id int) bool {
	for _, t := range v.cat.tables {
		for _, c := range t.columns {
			if c.id == id {
				return true
			}
		}
	}
	return false
}

// Key returns the external key of each profile number.
func (v *view) Key(ctx context.Context) ([]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys != nil {
		return v.keys, nil
	}
	keys := make([]string, v.cat.nextProfile)
	err := v.db.with(func(c *conn) error {
		return c.each(ctx, "SELECT n, key FROM profiles", nil, func(ch *chunk) error {
			words := texts(ch, 1)
			for i, id := range values[uint32](ch, 0) {
				keys[id] = words[i]
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	v.keys = keys
	return keys, nil
}

// texts returns the texts of a chunk's column, which share one allocation.
func texts(ch *chunk, col int) []string {
	src := values[text](ch, col)
	known := ch.known(col)
	size := 0
	for i := range src {
		if hasBit(known, i) {
			size += int(src[i].length)
		}
	}
	all := make([]byte, 0, size)
	for i := range src {
		if hasBit(known, i) {
			all = append(all, src[i].bytes()...)
		}
	}
	whole := string(all)
	out := make([]string, len(src))
	for i := range src {
		if hasBit(known, i) {
			n := int(src[i].length)
			out[i], whole = whole[:n], whole[n:]
		}
	}
	return out
}

// Dict returns the texts of a Text or List property by code.
func (v *view) Dict(ctx context.Context, event, property string) ([]string, error) {
	col := v.cat.find(sortEvents, event).column(property)
	if col == nil || !coded(col.typ) {
		return nil, fmt.Errorf("no text property %q of %q", property, event)
	}
	return v.dict(ctx, col)
}

func (v *view) dict(ctx context.Context, col *column) ([]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d, ok := v.dicts[col.id]; ok {
		return d, nil
	}
	var out []string
	err := v.db.with(func(c *conn) error {
		return c.each(ctx, "SELECT code, text FROM "+col.dictTable(), nil, func(ch *chunk) error {
			words := texts(ch, 1)
			for i, code := range values[int32](ch, 0) {
				out = resize(out, max(len(out), int(code)+1))
				out[code] = words[i]
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the texts of %q: %w", col.name, err)
	}
	v.dicts[col.id] = out
	return out, nil
}

// Rows reads event tables together; see fold.Data.
func (v *view) Rows(ctx context.Context, q *fold.RowsQuery, each func(worker int, b *fold.Batch) error) error {
	plans := make([]*plan, len(q.Tables))
	for i := range q.Tables {
		p, err := v.plan(&q.Tables[i])
		if err != nil {
			return err
		}
		plans[i] = p
	}
	return v.scan(ctx, plans, q.Buckets, q.Workers, each)
}

// plan is what to read of one table.
type plan struct {
	projection
	keep   func(worker int, r *fold.Rows, out []uint64)
	table  *table
	levels [][]*run
	rows   int64
}

func (v *view) plan(t *fold.Table) (*plan, error) {
	tab := v.cat.find(sortEvents, t.Event)
	if tab == nil {
		return nil, fmt.Errorf("no event type %q", t.Event)
	}
	p := &plan{projection: projection{day: t.DayOnly, from: int64(min(t.From, t.Before)), before: int64(t.Before)}, keep: t.Keep}
	p.of(tab, v.upTo)
	for _, name := range t.Columns {
		col := tab.column(name)
		if col == nil {
			return nil, fmt.Errorf("no property %q of %q", name, t.Event)
		}
		p.want(col)
	}
	return p, nil
}

func (p *plan) of(t *table, upTo kreds.ImportID) {
	p.table, p.levels, p.upTo = t, t.levels(), upTo
	for _, r := range t.runs {
		p.rows += r.rows
	}
}

func (p *plan) want(c *column) {
	p.columns = append(p.columns, c)
	p.exact = append(p.exact, c.exact)
}

// always is where a plan's time begins if all of it is wanted.
const always = int64(math.MinInt64)
