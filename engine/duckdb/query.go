package duckdb

import (
	"context"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

var _ engine.Engine = (*DB)(nil)

// objection is the trait of persons and companies that object to profiling:
// its latest value counts at every instant.
const objection = "profiling.objection"

// Catalogue returns traits, event types and items.
func (db *DB) Catalogue(ctx context.Context) (*kreds.Catalogue, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.broken != nil {
		return nil, db.broken
	}
	return db.view.Catalogue(ctx)
}

// Catalogue returns traits, event types and items.
func (v *view) Catalogue(context.Context) (*kreds.Catalogue, error) {
	out := &kreds.Catalogue{}
	for _, t := range v.cat.tables {
		switch t.sort {
		case sortEvents:
			e := kreds.EventType{Name: t.name, Label: t.label, Occasion: t.occasion, Rows: t.total()}
			for _, c := range t.columns {
				e.Properties = append(e.Properties, kreds.Property{Name: c.name, Label: c.label, Type: c.typ})
			}
			out.Events = append(out.Events, e)
		case sortItems:
			for _, c := range t.columns {
				out.Items = append(out.Items, kreds.Property{Name: c.name, Label: c.label, Type: c.typ})
			}
		default:
			kind := kreds.Person
			if t.sort == sortCompanies {
				kind = kreds.Company
			}
			for _, c := range t.columns {
				if c.name == ownerName {
					continue
				}
				tr := kreds.Trait{Kind: kind, Name: c.name, Label: c.label, Type: c.typ}
				tr.Observed, tr.Dated = c.observed()
				out.Traits = append(out.Traits, tr)
			}
		}
	}
	// Sorted, so that the order of imports does not show.
	slices.SortFunc(out.Traits, func(a, b kreds.Trait) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		return strings.Compare(a.Name, b.Name)
	})
	slices.SortFunc(out.Events, func(a, b kreds.EventType) int { return strings.Compare(a.Name, b.Name) })
	byName := func(a, b kreds.Property) int { return strings.Compare(a.Name, b.Name) }
	for i := range out.Events {
		slices.SortFunc(out.Events[i].Properties, byName)
	}
	slices.SortFunc(out.Items, byName)
	return out, nil
}

// Evaluate answers all asks in one pass over each table that they touch.
func (db *DB) Evaluate(ctx context.Context, r *engine.Request) ([]engine.Answer, error) {
	var out []engine.Answer
	err := db.read(ctx, func(v *view) (err error) {
		out, err = fold.Evaluate(ctx, v, r, db.workers)
		return err
	})
	return out, err
}

// Explain answers asks about one profile with what decided them.
func (db *DB) Explain(ctx context.Context, r *engine.Request, p kreds.Profile) ([]engine.Explanation, error) {
	var out []engine.Explanation
	err := db.read(ctx, func(v *view) (err error) {
		out, err = fold.Explain(ctx, v, r, p)
		return err
	})
	return out, err
}

// exist returns the profiles of the kind that exist as of the instant.
func (p *profiles) exist(k kreds.Kind, asOf kreds.Instant) engine.Bits {
	out := slices.Clone(p.alive)
	for w := range out {
		if k == kreds.Company {
			out[w] &= p.company[w]
		} else {
			out[w] &^= p.company[w]
		}
	}
	for i, at := range p.firstSeen {
		if at >= asOf && at != kreds.MaxInstant {
			out[i>>6] &^= 1 << (i & 63)
		}
	}
	return out
}

// Population returns the profiles of the subject that exist as of the instant
// and do not object to profiling.
func (db *DB) Population(ctx context.Context, s kreds.Subject, asOf kreds.Instant) (*roaring.Bitmap, error) {
	var out *roaring.Bitmap
	err := db.read(ctx, func(v *view) (err error) {
		out, err = v.population(ctx, s, asOf)
		return err
	})
	return out, err
}

func (v *view) population(ctx context.Context, s kreds.Subject, asOf kreds.Instant) (*roaring.Bitmap, error) {
	// All instants after the last one seen first have the same.
	key := populationKey{s, min(asOf, v.profiles.latest+1)}
	v.mu.Lock()
	set := v.subjects[key]
	v.mu.Unlock()
	if set != nil {
		return set.Roaring(), nil
	}
	set, err := v.subject(ctx, s, asOf)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.subjects) >= keptPopulations {
		clear(v.subjects)
	}
	v.subjects[key] = set
	return set.Roaring(), nil
}

// subject returns the population of a subject.
func (v *view) subject(ctx context.Context, s kreds.Subject, asOf kreds.Instant) (engine.Bits, error) {
	set := v.profiles.exist(s.Kind(), asOf)
	for w := range set {
		if s.Prospects() {
			set[w] &= v.profiles.prospect[w]
		} else {
			set[w] &^= v.profiles.prospect[w]
		}
	}
	objects, err := v.objects(ctx, s.Kind())
	if err != nil {
		return nil, err
	}
	for w := range objects {
		set[w] &^= objects[w]
	}
	return set, nil
}

// objects returns the profiles of the kind that object to profiling; nil if there
// are none.
func (v *view) objects(ctx context.Context, k kreds.Kind) (engine.Bits, error) {
	if c := v.cat.find(logOf(k), "").column(objection); c == nil || c.typ != kreds.Boolean {
		return nil, nil
	}
	said, err := v.Trait(ctx, k, objection, kreds.MaxInstant)
	if err != nil {
		return nil, err
	}
	var out engine.Bits
	for i, yes := range said.Int {
		if yes != 0 && said.Known.Has(uint32(i)) {
			if out == nil {
				out = engine.MakeBits(v.Profiles())
			}
			out.Set(uint32(i))
		}
	}
	return out, nil
}

// Everyone returns all profiles of the kind that exist as of the instant and do
// not object to profiling.
func (db *DB) Everyone(ctx context.Context, k kreds.Kind, asOf kreds.Instant) (*roaring.Bitmap, error) {
	var out *roaring.Bitmap
	err := db.read(ctx, func(v *view) (err error) {
		out, err = v.everyone(ctx, k, asOf)
		return err
	})
	return out, err
}

func (v *view) everyone(ctx context.Context, k kreds.Kind, asOf kreds.Instant) (*roaring.Bitmap, error) {
	set := v.profiles.exist(k, asOf)
	objects, err := v.objects(ctx, k)
	for w := range objects {
		set[w] &^= objects[w]
	}
	return set.Roaring(), err
}

// Within returns the profiles whose bucket is in the range.
func (db *DB) Within(ctx context.Context, b engine.Buckets) (*roaring.Bitmap, error) {
	var out *roaring.Bitmap
	err := db.read(ctx, func(v *view) error {
		set := slices.Clone(v.profiles.alive)
		for i, bucket := range v.profiles.bucket {
			if int(bucket) < b.From || int(bucket) > b.To {
				set[i>>6] &^= 1 << (i & 63)
			}
		}
		out = set.Roaring()
		return nil
	})
	return out, err
}

// Find returns the profile of the key.
func (db *DB) Find(ctx context.Context, k kreds.Kind, key string) (kreds.Profile, error) {
	found := int64(-1)
	err := db.read(ctx, func(v *view) error {
		return db.with(func(c *conn) error {
			return c.each(ctx, "SELECT n FROM profiles WHERE kind = ? AND key = ?", []any{int(k), key}, func(ch *chunk) error {
				found = int64(values[uint32](ch, 0)[0])
				return nil
			})
		})
	})
	if err != nil {
		return 0, err
	}
	if found < 0 {
		return 0, kreds.Errorf(kreds.CodeNotFound, "there is no %s with the key %q", k, key)
	}
	return kreds.Profile(found), nil
}

// Keys yields the profiles of the set with their keys; those that do not exist
// are left out.
func (db *DB) Keys(ctx context.Context, set *roaring.Bitmap, sorted bool) iter.Seq2[engine.Key, error] {
	return func(yield func(engine.Key, error) bool) {
		var keys []string
		var alive engine.Bits
		err := db.read(ctx, func(v *view) (err error) {
			alive = v.profiles.alive
			keys, err = v.Key(ctx)
			return err
		})
		if err != nil {
			yield(engine.Key{}, err)
			return
		}
		var members []uint32
		for it := set.Iterator(); it.HasNext(); {
			if p := it.Next(); alive.Has(p) {
				members = append(members, p)
			}
		}
		if sorted {
			slices.SortFunc(members, func(a, b uint32) int {
				if c := strings.Compare(keys[a], keys[b]); c != 0 {
					return c
				}
				return int(a) - int(b)
			})
		}
		for i, p := range members {
			if i%vectorSize == 0 && ctx.Err() != nil {
				yield(engine.Key{}, cancelled(ctx.Err()))
				return
			}
			if !yield(engine.Key{Profile: kreds.Profile(p), Key: keys[p]}, nil) {
				return
			}
		}
	}
}

// Events returns the events of one profile before the instant, newest first, at
// most limit; no names means all types, a limit of 0 no limit.
func (db *DB) Events(ctx context.Context, p kreds.Profile, names []string, before kreds.Instant, limit int) ([]engine.Event, error) {
	var out []engine.Event
	err := db.read(ctx, func(v *view) error {
		if int(p) >= v.Profiles() || !v.profiles.alive.Has(uint32(p)) {
			return kreds.Errorf(kreds.CodeNotFound, "there is no profile %d", p)
		}
		for _, t := range v.cat.tables {
			if t.sort != sortEvents || len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return foldName(n) == foldName(t.name) }) {
				continue
			}
			events, err := v.eventsOf(ctx, t, p, before)
			if err != nil {
				return err
			}
			out = append(out, events...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b engine.Event) int {
		switch {
		case a.Time > b.Time:
			return -1
		case a.Time < b.Time:
			return 1
		}
		return strings.Compare(a.Type, b.Type)
	})
	if limit > 0 && len(out) > limit {
		out = out[:limit:limit]
	}
	return out, nil
}

// rowsOf returns the rows of a table about one profile before the instant, with all
// columns and the dictionaries of those that have one.
func (v *view) rowsOf(ctx context.Context, t *table, p kreds.Profile, before kreds.Instant) (*block, [][]string, error) {
	only := uint32(p)
	pl := &plan{projection: projection{day: true, imports: true, from: math.MinInt64, before: int64(before), only: &only}}
	pl.of(t, v.upTo)
	dicts := make([][]string, len(t.columns))
	for i, c := range t.columns {
		pl.want(c)
		if coded(c.typ) {
			var err error
			if dicts[i], err = v.dict(ctx, c); err != nil {
				return nil, nil, err
			}
		}
	}
	b := int(v.profiles.bucket[p])
	cur := newCursor(ctx, v.db, pl.levels, &pl.projection, engine.Buckets{From: b, To: b}, v.profiles.bucket, nil)
	defer cur.close()
	rows := pl.empty()
	for !cur.done {
		if err := cur.read(&rows, vectorSize); err != nil {
			return nil, nil, err
		}
	}
	return &rows, dicts, nil
}

// eventsOf returns the events of one type of one profile.
func (v *view) eventsOf(ctx context.Context, t *table, p kreds.Profile, before kreds.Instant) ([]engine.Event, error) {
	rows, dicts, err := v.rowsOf(ctx, t, p, before)
	if err != nil {
		return nil, err
	}
	out := make([]engine.Event, rows.len())
	for i := range out {
		e := engine.Event{
			Type: t.name, Time: kreds.Instant(rows.time[i]), DayOnly: rows.day[i] != 0,
			Properties: map[string]kreds.Value{},
		}
		for j, c := range t.columns {
			if x, ok := valueAt(&rows.cols[j], i, dicts[j]); ok {
				e.Properties[c.name] = x
			}
		}
		out[i] = e
	}
	return out, nil
}

// Observations returns what imports said of the traits of one profile before the
// instant, oldest first; what has no date comes before what has one.
func (db *DB) Observations(ctx context.Context, p kreds.Profile, before kreds.Instant) ([]engine.Observation, error) {
	var out []engine.Observation
	err := db.read(ctx, func(v *view) error {
		if int(p) >= v.Profiles() || !v.profiles.alive.Has(uint32(p)) {
			return kreds.Errorf(kreds.CodeNotFound, "there is no profile %d", p)
		}
		t := v.cat.find(logOf(v.profiles.kind[p]), "")
		if t == nil {
			return nil
		}
		rows, dicts, err := v.rowsOf(ctx, t, p, before)
		if err != nil {
			return err
		}
		for i := range rows.len() {
			for j, c := range t.columns {
				if x, ok := valueAt(&rows.cols[j], i, dicts[j]); ok && c.name != ownerName {
					out = append(out, engine.Observation{Trait: c.name, Value: x, Time: kreds.Instant(rows.time[i]), Import: kreds.ImportID(rows.imports[i])})
				}
			}
		}
		return nil
	})
	return out, err
}

// valueAt returns one value of a vector, and whether it is known.
func valueAt(v *fold.Vector, i int, dict []string) (kreds.Value, bool) {
	if !hasBit(v.Known, i) {
		return kreds.Value{}, false
	}
	switch {
	case coded(v.Type):
		return textValue(v.Type, dict[v.I32[i]]), true
	case v.F64 != nil:
		return kreds.Value{Type: v.Type, Num: v.F64[i]}, true
	case v.I32 != nil:
		return intValue(v.Type, int64(v.I32[i])), true
	case v.U8 != nil:
		return intValue(v.Type, int64(v.U8[i])), true
	default:
		return intValue(v.Type, v.I64[i]), true
	}
}
