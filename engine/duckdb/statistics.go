package duckdb

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// topValues is how many of the most frequent values statistics name.
const topValues = 5

// Statistics describes every trait and property: coverage, distinct values,
// range and top values. Traits are described by their latest values. It reads
// all data once after each change of it; until the next it is at hand.
func (db *DB) Statistics(ctx context.Context) (*engine.Statistics, error) {
	var out *engine.Statistics
	err := db.read(ctx, func(v *view) (err error) {
		out, err = v.statistics(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("describing the data: %w", err)
	}
	return out, nil
}

// statistics are those of the view, which never change.
func (v *view) statistics(ctx context.Context) (*engine.Statistics, error) {
	select {
	case v.describing <- struct{}{}:
		defer func() { <-v.describing }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return nil, cancelled(err)
	}
	if v.described == nil {
		out, err := v.describe(ctx)
		if err != nil {
			return nil, err
		}
		v.described = out
	}
	return v.described, nil
}

func (v *view) describe(ctx context.Context) (*engine.Statistics, error) {
	out := &engine.Statistics{Profiles: map[kreds.Subject]int64{}}
	for i, k := range v.profiles.kind {
		if !v.profiles.alive.Has(uint32(i)) {
			continue
		}
		s := kreds.Persons
		switch prospect := v.profiles.prospect.Has(uint32(i)); {
		case k == kreds.Company && prospect:
			s = kreds.ProspectCompanies
		case k == kreds.Company:
			s = kreds.Companies
		case prospect:
			s = kreds.Prospects
		}
		out.Profiles[s]++
	}
	cat, err := v.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range cat.Traits {
		s, err := v.traitStatistics(ctx, t, out.Profiles)
		if err != nil {
			return nil, err
		}
		out.Traits = append(out.Traits, s)
	}
	for _, e := range cat.Events {
		s, err := v.eventStatistics(ctx, v.cat.find(sortEvents, e.Name), e)
		if err != nil {
			return nil, err
		}
		out.Events = append(out.Events, s)
	}
	return out, v.itemStatistics(ctx, cat, out)
}

// traitStatistics describes the latest values of a trait.
func (v *view) traitStatistics(ctx context.Context, t kreds.Trait, profiles map[kreds.Subject]int64) (engine.ColumnStatistics, error) {
	s := engine.ColumnStatistics{Kind: t.Kind, Name: t.Name, Label: t.Label, Type: t.Type}
	s.Of = profiles[kreds.Persons] + profiles[kreds.Prospects]
	if t.Kind == kreds.Company {
		s.Of = profiles[kreds.Companies] + profiles[kreds.ProspectCompanies]
	}
	vals, err := v.Trait(ctx, t.Kind, t.Name, kreds.MaxInstant)
	if err != nil {
		return s, err
	}
	each := func(f func(i int)) {
		for i := range v.Profiles() {
			if vals.Known.Has(uint32(i)) {
				f(i)
			}
		}
	}
	switch {
	case vals.Code != nil:
		counts := make([]int64, len(vals.Dict))
		each(func(i int) { counts[vals.Code[i]]++ })
		describeTexts(&s, vals.Dict, counts)
	case vals.Num != nil:
		var nums []float64
		each(func(i int) { nums = append(nums, vals.Num[i]) })
		describe(&s, nums, func(n float64) kreds.Value { return kreds.Value{Type: t.Type, Num: n} })
	default:
		var ints []int64
		each(func(i int) { ints = append(ints, vals.Int[i]) })
		describe(&s, ints, func(n int64) kreds.Value { return intValue(t.Type, n) })
	}
	return s, nil
}

// describe fills in the statistics of values, which it sorts.
func describe[T cmp.Ordered](s *engine.ColumnStatistics, vals []T, value func(T) kreds.Value) {
	if floats, ok := any(vals).([]float64); ok {
		sortFloats(floats)
	} else {
		slices.Sort(vals)
	}
	var distinct []T
	var counts []int64
	for i, x := range vals {
		if i == 0 || x != vals[i-1] {
			distinct = append(distinct, x)
			counts = append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	describeCounts(s, distinct, counts, value)
}

// describeCounts fills in the statistics of distinct values in order and how
// often each occurs.
func describeCounts[T cmp.Ordered](s *engine.ColumnStatistics, distinct []T, counts []int64, value func(T) kreds.Value) {
	s.Distinct = int64(len(distinct))
	for _, n := range counts {
		s.Known += n
	}
	if len(distinct) > 0 && (s.Type == kreds.Number || s.Type == kreds.Date || s.Type == kreds.Instants) {
		s.Min, s.Max = value(distinct[0]), value(distinct[len(distinct)-1])
		at := make([]float64, len(distinct))
		for i, x := range distinct {
			at[i] = number(value(x))
		}
		s.Bins = binsOf(s.Type, at, counts)
	}
	for _, i := range mostFrequent(counts) {
		s.Top = append(s.Top, engine.ValueCount{Value: value(distinct[i]), Count: counts[i]})
	}
}

// mostFrequent returns the places of the largest counts, the first of equals.
func mostFrequent(counts []int64) []int {
	var top []int
	for i, n := range counts {
		if n == 0 || len(top) == topValues && n <= counts[top[topValues-1]] {
			continue
		}
		at := len(top)
		for at > 0 && counts[top[at-1]] < n {
			at--
		}
		top = slices.Insert(top, at, i)
		top = top[:min(len(top), topValues)]
	}
	return top
}

// describeTexts fills in the statistics of texts or lists. The distinct and top
// values of lists are their elements.
func describeTexts(s *engine.ColumnStatistics, dict []string, counts []int64) {
	byText := map[string]int64{}
	var known int64
	for code, n := range counts {
		if n == 0 {
			continue
		}
		known += n
		if s.Type != kreds.List {
			byText[dict[code]] += n
			continue
		}
		var elements []string
		_ = json.Unmarshal([]byte(dict[code]), &elements)
		slices.Sort(elements)
		for _, e := range slices.Compact(elements) {
			byText[e] += n
		}
	}
	distinct := make([]string, 0, len(byText))
	for t := range byText {
		distinct = append(distinct, t)
	}
	slices.Sort(distinct)
	ordered := make([]int64, len(distinct))
	for i, t := range distinct {
		ordered[i] = byText[t]
	}
	describeCounts(s, distinct, ordered, func(t string) kreds.Value { return kreds.Value{Type: kreds.Text, Text: t} })
	s.Known = known
}

// from returns the runs of a table as one relation with the columns, as
// numbers that are exact where the column is.
func (t *table) from(columns ...*column) string {
	var parts []string
	for _, r := range t.runs {
		var q strings.Builder
		q.WriteString("SELECT p, t")
		p := projection{columns: columns}
		for _, c := range columns {
			p.exact = append(p.exact, c.exact)
		}
		p.project(&q, r)
		q.WriteString(" FROM " + r.name())
		parts = append(parts, q.String())
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, " UNION ALL ") + ")"
}

// eventStatistics describes one event type, its properties side by side.
func (v *view) eventStatistics(ctx context.Context, t *table, e kreds.EventType) (engine.EventStatistics, error) {
	s := engine.EventStatistics{Name: e.Name, Rows: e.Rows, Properties: make([]engine.ColumnStatistics, len(e.Properties))}
	s.First, s.Last = kreds.MaxInstant, kreds.MinInstant
	jobs := []func(c *conn) error{func(c *conn) error { return v.describeEvents(ctx, c, t, &s) }}
	for i, p := range e.Properties {
		jobs = append(jobs, func(c *conn) error {
			var err error
			s.Properties[i], err = v.propertyStatistics(ctx, c, t, t.column(p.Name), e.Rows)
			return err
		})
	}
	errs := make([]error, v.db.workers)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range v.db.workers {
		wg.Go(func() {
			errs[w] = v.db.with(func(c *conn) error {
				for {
					mu.Lock()
					if len(jobs) == 0 {
						mu.Unlock()
						return nil
					}
					job := jobs[0]
					jobs = jobs[1:]
					mu.Unlock()
					if err := job(c); err != nil {
						return err
					}
				}
			})
		})
	}
	wg.Wait()
	return s, first(errs)
}

// describeEvents counts profiles and occasions and finds the range of time.
func (v *view) describeEvents(ctx context.Context, c *conn, t *table, s *engine.EventStatistics) error {
	if len(t.runs) == 0 {
		return nil
	}
	seen := engine.MakeBits(v.Profiles())
	err := c.each(ctx, "SELECT p, t FROM "+t.from(), nil, func(ch *chunk) error {
		for _, p := range values[uint32](ch, 0) {
			seen.Set(p)
		}
		for _, at := range values[kreds.Instant](ch, 1) {
			s.First, s.Last = min(s.First, at), max(s.Last, at)
		}
		return nil
	})
	s.Profiles = int64(seen.Count())
	key := t.column(t.occasion)
	if err != nil || key == nil {
		return err
	}
	// A row without a key is an occasion of its own.
	q := "SELECT (SELECT count(*) FROM (SELECT DISTINCT p, k FROM s WHERE k IS NOT NULL)) + (SELECT count(*) FROM s WHERE k IS NULL)"
	q = fmt.Sprintf("WITH s AS (SELECT p, %s AS k FROM %s) ", key.physical(), t.from(key)) + q
	return c.each(ctx, q, nil, func(ch *chunk) error {
		s.Occasions = values[int64](ch, 0)[0]
		return nil
	})
}

// propertyStatistics describes one property.
func (v *view) propertyStatistics(ctx context.Context, c *conn, t *table, col *column, rows int64) (engine.ColumnStatistics, error) {
	s := engine.ColumnStatistics{Name: col.name, Label: col.label, Type: col.typ, Of: rows}
	from := t.from(col)
	if from == "" {
		return s, nil
	}
	q := fmt.Sprintf("SELECT %s AS v, count(*) FROM %s WHERE v IS NOT NULL GROUP BY v ORDER BY v", col.physical(), from)
	if coded(col.typ) {
		dict, err := v.dict(ctx, col)
		if err != nil {
			return s, err
		}
		counts := make([]int64, len(dict))
		err = c.each(ctx, q, nil, func(ch *chunk) error {
			n := values[int64](ch, 1)
			for i, code := range values[int32](ch, 0) {
				counts[code] = n[i]
			}
			return nil
		})
		describeTexts(&s, dict, counts)
		return s, err
	}
	switch layoutOf(col.typ, col.exact) {
	case layoutF64:
		// Most of them differ, so that sorting is several times faster than grouping.
		vals := make([]float64, 0, rows)
		err := c.each(ctx, fmt.Sprintf("SELECT %s AS v FROM %s WHERE v IS NOT NULL", col.physical(), from), nil, func(ch *chunk) error {
			vals = append(vals, values[float64](ch, 0)...)
			return nil
		})
		if err == nil {
			describe(&s, vals, func(x float64) kreds.Value { return kreds.Value{Type: col.typ, Num: x} })
		}
		return s, err
	case layoutI32:
		return s, groups(ctx, c, q, &s, func(x int32) kreds.Value { return intValue(col.typ, int64(x)) })
	case layoutU8:
		return s, groups(ctx, c, q, &s, func(x uint8) kreds.Value { return intValue(col.typ, int64(x)) })
	default:
		return s, groups(ctx, c, q, &s, func(x int64) kreds.Value { return intValue(col.typ, x) })
	}
}

// groups reads distinct values and their counts, in order.
func groups[T cmp.Ordered](ctx context.Context, c *conn, q string, s *engine.ColumnStatistics, value func(T) kreds.Value) error {
	var distinct []T
	var counts []int64
	err := c.each(ctx, q, nil, func(ch *chunk) error {
		distinct = append(distinct, values[T](ch, 0)...)
		counts = append(counts, values[int64](ch, 1)...)
		return nil
	})
	describeCounts(s, distinct, counts, value)
	return err
}

// itemStatistics describes items and their facts.
func (v *view) itemStatistics(ctx context.Context, cat *kreds.Catalogue, out *engine.Statistics) error {
	err := v.db.with(func(c *conn) error {
		return c.each(ctx, "SELECT count(DISTINCT key) FROM items", nil, func(ch *chunk) error {
			out.Items = values[int64](ch, 0)[0]
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, p := range cat.Items {
		facts, err := v.Item(ctx, p.Name)
		if err != nil {
			return err
		}
		s := engine.ColumnStatistics{Name: p.Name, Label: p.Label, Type: p.Type, Of: out.Items}
		switch p.Type {
		case kreds.Text, kreds.List:
			byText := map[string]int64{}
			for _, f := range facts {
				if p.Type == kreds.Text {
					byText[f.Text]++
				}
				for _, e := range f.List {
					byText[e]++
				}
			}
			var dict []string
			var counts []int64
			for t, n := range byText {
				dict, counts = append(dict, t), append(counts, n)
			}
			s.Type = kreds.Text
			describeTexts(&s, dict, counts)
			s.Type, s.Known = p.Type, int64(len(facts))
		case kreds.Number:
			var nums []float64
			for _, f := range facts {
				nums = append(nums, f.Num)
			}
			describe(&s, nums, func(n float64) kreds.Value { return kreds.Value{Type: p.Type, Num: n} })
		default:
			var ints []int64
			for _, f := range facts {
				ints = append(ints, intOf(f))
			}
			describe(&s, ints, func(n int64) kreds.Value { return intValue(p.Type, n) })
		}
		out.ItemFacts = append(out.ItemFacts, s)
	}
	return nil
}

// intOf is the inverse of intValue, numbers aside.
func intOf(v kreds.Value) int64 {
	switch v.Type {
	case kreds.Boolean:
		if v.Bool {
			return 1
		}
		return 0
	case kreds.Date:
		return int64(v.Day)
	case kreds.Instants:
		return int64(v.Instant)
	default:
		return v.Point.Pack()
	}
}
