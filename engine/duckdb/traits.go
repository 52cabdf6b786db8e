package duckdb

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// traitCacheBytes bounds the vectors of traits that a view keeps.
const traitCacheBytes = 512 << 20

// traitKey is a trait as of an instant.
type traitKey struct {
	column int
	asOf   kreds.Instant
}

// traitCache keeps vectors of traits; the one unused for longest goes first.
type traitCache struct {
	held  map[traitKey]*engine.Values
	order []traitKey // the latest used last
	size  int
}

func (c *traitCache) get(k traitKey) *engine.Values {
	v := c.held[k]
	if v != nil {
		i := slices.Index(c.order, k)
		c.order = append(append(c.order[:i:i], c.order[i+1:]...), k)
	}
	return v
}

func (c *traitCache) put(k traitKey, v *engine.Values) {
	if c.held == nil {
		c.held = map[traitKey]*engine.Values{}
	}
	if c.held[k] != nil {
		return
	}
	c.held[k] = v
	c.order = append(c.order, k)
	c.size += sizeOf(v)
	for c.size > traitCacheBytes && len(c.order) > 1 {
		old := c.order[0]
		c.size -= sizeOf(c.held[old])
		delete(c.held, old)
		c.order = c.order[1:]
	}
}

// sizeOf is about how many bytes values take, the dictionary aside, which is
// shared.
func sizeOf(v *engine.Values) int {
	return len(v.Known)*8 + len(v.Num)*8 + len(v.Int)*8 + len(v.Code)*4
}

// trait returns the column of a trait.
func (v *view) trait(k kreds.Kind, name string) (*table, *column, error) {
	t := v.cat.find(logOf(k), "")
	c := t.column(name)
	if c == nil {
		return nil, nil, fmt.Errorf("no trait %q of a %s", name, k)
	}
	return t, c, nil
}

// observed returns the latest dated observation of a column, and whether there
// is any.
func (c *column) observed() (kreds.Instant, bool) {
	latest, dated := kreds.MinInstant, false
	for _, s := range c.seen {
		if s.dated {
			dated = true
			latest = max(latest, s.latest)
		}
	}
	return latest, dated
}

// Trait returns what a trait was as of the instant.
func (v *view) Trait(ctx context.Context, k kreds.Kind, name string, asOf kreds.Instant) (*engine.Values, error) {
	t, c, err := v.trait(k, name)
	if err != nil {
		return nil, err
	}
	return v.asOf(ctx, t, c, asOf)
}

// Owner returns the company number of each person as of the instant; of a person
// who objects to profiling there is none, and a company that objects or does not
// exist yet is nobody's.
func (v *view) Owner(ctx context.Context, asOf kreds.Instant) (*engine.Values, error) {
	t := v.cat.find(sortPersons, "")
	c := t.column(ownerName)
	if c == nil {
		n := v.Profiles()
		return &engine.Values{Known: engine.MakeBits(n), Int: make([]int64, n)}, nil
	}
	said, err := v.asOf(ctx, t, c, asOf)
	if err != nil {
		return nil, err
	}
	persons, err := v.objects(ctx, kreds.Person)
	if err != nil {
		return nil, err
	}
	gone, err := v.objects(ctx, kreds.Company)
	if err != nil {
		return nil, err
	}
	gone = slices.Clone(gone)
	for i, at := range v.profiles.firstSeen {
		if at >= asOf && at != kreds.MaxInstant && v.profiles.company.Has(uint32(i)) {
			if gone == nil {
				gone = engine.MakeBits(v.Profiles())
			}
			gone.Set(uint32(i))
		}
	}
	if persons == nil && gone == nil {
		return said, nil
	}
	out := *said // what is kept is shared
	out.Known = slices.Clone(said.Known)
	for w := range persons {
		out.Known[w] &^= persons[w]
	}
	if gone != nil {
		for i, c := range out.Int {
			if out.Known.Has(uint32(i)) && gone.Has(uint32(c)) {
				out.Known[i>>6] &^= 1 << (i & 63)
			}
		}
	}
	return &out, nil
}

func (v *view) asOf(ctx context.Context, t *table, c *column, asOf kreds.Instant) (*engine.Values, error) {
	// All instants after the last dated observation see the same.
	if latest, dated := c.observed(); !dated || asOf > latest {
		asOf = kreds.MaxInstant
	}
	key := traitKey{c.id, asOf}
	v.mu.Lock()
	held := v.traits.get(key)
	v.mu.Unlock()
	if held != nil {
		return held, nil
	}
	out, err := v.readTrait(ctx, t, c, asOf)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", c.name, err)
	}
	v.mu.Lock()
	v.traits.put(key, out)
	v.mu.Unlock()
	return out, nil
}

// readTrait folds the log: of each profile the last known value counts.
func (v *view) readTrait(ctx context.Context, t *table, c *column, asOf kreds.Instant) (*engine.Values, error) {
	n := v.Profiles()
	out := &engine.Values{Type: c.typ}
	if c.name == ownerName {
		out.Type = kreds.Unknown
	}
	switch {
	case coded(c.typ):
		out.Code = make([]int32, n)
		dict, err := v.dict(ctx, c)
		if err != nil {
			return nil, err
		}
		out.Dict = dict
	case c.typ == kreds.Number:
		out.Num = make([]float64, n)
	default:
		out.Int = make([]int64, n)
	}
	known := make([]engine.Bits, v.db.workers)
	for i := range known {
		known[i] = engine.MakeBits(n)
	}
	err := v.scanLog(ctx, t, c, engine.AllBuckets, asOf, func(worker int, r *fold.Rows) error {
		pick(out, known[worker], r.Profile, &r.Columns[0])
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.Known = known[0]
	for _, k := range known[1:] {
		out.Known.Or(k)
	}
	return out, nil
}

// scanLog reads the observations of one column before the instant.
func (v *view) scanLog(ctx context.Context, t *table, c *column, b engine.Buckets, before kreds.Instant, each func(worker int, r *fold.Rows) error) error {
	p := &plan{projection: projection{from: always, before: int64(before), known: c}}
	p.of(t, v.upTo)
	p.want(c)
	return v.scan(ctx, []*plan{p}, b, v.db.workers, func(worker int, b *fold.Batch) error {
		return each(worker, &b.Tables[0])
	})
}

// pick stores the values of rows by profile; later rows replace earlier ones.
func pick(out *engine.Values, known engine.Bits, profile []uint32, v *fold.Vector) {
	switch {
	case out.Code != nil:
		place(out.Code, known, profile, v.Known, v.I32, func(x int32) int32 { return x })
	case v.F64 != nil:
		place(out.Num, known, profile, v.Known, v.F64, func(x float64) float64 { return x })
	case out.Num != nil:
		place(out.Num, known, profile, v.Known, v.I64, func(x int64) float64 { return float64(x) / kreds.DecimalScale })
	case v.I32 != nil:
		place(out.Int, known, profile, v.Known, v.I32, func(x int32) int64 { return int64(x) })
	case v.U8 != nil:
		place(out.Int, known, profile, v.Known, v.U8, func(x uint8) int64 { return int64(x) })
	default:
		place(out.Int, known, profile, v.Known, v.I64, func(x int64) int64 { return x })
	}
}

func place[T, S any](out []T, known engine.Bits, profile []uint32, has []uint64, vals []S, as func(S) T) {
	for i, p := range profile {
		// Only the last known row of a profile counts.
		if i+1 < len(profile) && profile[i+1] == p && hasBit(has, i+1) || !hasBit(has, i) {
			continue
		}
		known.Set(p)
		out[p] = as(vals[i])
	}
}

// History calls each with the observations of a trait; see fold.Data. Calls
// come one at a time.
func (v *view) History(ctx context.Context, k kreds.Kind, name string, b engine.Buckets, before kreds.Instant, each func(*fold.Observations) error) error {
	t, c, err := v.trait(k, name)
	if err != nil {
		return err
	}
	var dict []string
	if coded(c.typ) {
		if dict, err = v.dict(ctx, c); err != nil {
			return err
		}
	}
	var one sync.Mutex
	return v.scanLog(ctx, t, c, b, before, func(_ int, r *fold.Rows) error {
		o := observations(r, dict)
		one.Lock()
		defer one.Unlock()
		if len(o.Profile) == 0 {
			return nil
		}
		return each(o)
	})
}

// observations returns the rows whose value is known.
func observations(r *fold.Rows, dict []string) *fold.Observations {
	v := &r.Columns[0]
	o := &fold.Observations{Values: engine.Values{Type: v.Type, Dict: dict}}
	for i, p := range r.Profile {
		if !hasBit(v.Known, i) {
			continue
		}
		o.Profile = append(o.Profile, p)
		o.Time = append(o.Time, kreds.Instant(r.Time[i]))
		switch {
		case coded(v.Type):
			o.Values.Code = append(o.Values.Code, v.I32[i])
		case v.I32 != nil:
			o.Values.Int = append(o.Values.Int, int64(v.I32[i]))
		case v.F64 != nil:
			o.Values.Num = append(o.Values.Num, v.F64[i])
		case v.U8 != nil:
			o.Values.Int = append(o.Values.Int, int64(v.U8[i]))
		case v.Type == kreds.Number:
			o.Values.Num = append(o.Values.Num, float64(v.I64[i])/kreds.DecimalScale)
		default:
			o.Values.Int = append(o.Values.Int, v.I64[i])
		}
	}
	return o
}
