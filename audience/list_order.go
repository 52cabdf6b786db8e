package audience

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// order asks for the values that are sorted by.
func (l *listing) order(ctx context.Context) error {
	q := l.q
	if q.Sort == "" {
		return nil
	}
	refused := kreds.Errorf(kreds.CodeInvalid, "profiles cannot be sorted by %s", q.Sort).WithHint("sort by a number, a date or a text")
	switch f := Figure(q.Sort); f {
	case FigureSegments, FigureCompany:
		return refused
	case FigureValue, FigurePurchases, FigureLastPurchase, FigureFirstSeen, FigurePersons:
		l.sort = func() *engine.Values { return l.together(f) }
		return l.figure(ctx, f)
	}
	name := strings.Trim(q.Sort, "`")
	t, err := l.p.trait(q.Subject, name)
	if err != nil {
		return err
	}
	if t.Type() == kreds.List || t.Type() == kreds.Location {
		return refused
	}
	asks, err := l.p.columns(q.Subject, q.AsOf, []string{name})
	if err != nil {
		return err
	}
	l.sort = func() *engine.Values { return l.r.answers[asks[0]].Values }
	return nil
}

// page are the profiles of the set from the offset on, in order.
func (l *listing) page(set *roaring.Bitmap) ([]engine.Key, error) {
	keys := l.p.a.engine.Keys
	from, to := l.q.Offset, l.q.Offset+l.q.Limit
	if l.sort == nil {
		return pageOf(keys(l.r.ctx, set, true), from, to)
	}
	v := l.sort()
	known := ranked(v, set)
	var out []engine.Key
	for _, part := range append(l.parts(v, known, to), roaring.AndNot(set, known)) {
		n := int(part.GetCardinality())
		if from < n && to > 0 {
			some, err := pageOf(keys(l.r.ctx, part, true), from, to)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
		}
		from, to = max(from-n, 0), max(to-n, 0)
	}
	return out, nil
}

// parts divides a set by value, in the order of the sort, as far as the first need
// profiles go; those behind are left out.
func (l *listing) parts(v *engine.Values, known *roaring.Bitmap, need int) []*roaring.Bitmap {
	entries := make([]entry, 0, known.GetCardinality())
	number := numbersIn(v)
	sign := 1.0
	if !l.q.Descending {
		sign = -1
	}
	for it := known.Iterator(); it.HasNext(); {
		i := it.Next()
		entries = append(entries, entry{sign * number(i), i})
	}
	if need < len(entries) {
		last := nth(entries, max(need, 1))
		entries = slices.DeleteFunc(entries, func(e entry) bool { return e.value < last })
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(b.value, a.value) })
	var parts []*roaring.Bitmap
	for i := 0; i < len(entries); {
		part := roaring.New()
		j := i
		for ; j < len(entries) && entries[j].value == entries[i].value; j++ {
			part.Add(entries[j].profile)
		}
		parts, i = append(parts, part), j
	}
	return parts
}

// numbersIn gives a number for each profile that orders as its value does; texts by
// their letters, without regard to case.
func numbersIn(v *engine.Values) func(i uint32) float64 {
	switch {
	case v.Code != nil:
		codes := make([]int32, len(v.Dict))
		folded := make([]string, len(v.Dict))
		for i, t := range v.Dict {
			codes[i], folded[i] = int32(i), strings.ToLower(t)
		}
		slices.SortFunc(codes, func(a, b int32) int { return strings.Compare(folded[a], folded[b]) })
		place := make([]float64, len(v.Dict))
		for at, c := range codes {
			place[c] = float64(at)
			if at > 0 && folded[codes[at-1]] == folded[c] {
				place[c] = place[codes[at-1]]
			}
		}
		return func(i uint32) float64 { return place[v.Code[i]] }
	case v.Num != nil:
		return func(i uint32) float64 {
			if math.IsNaN(v.Num[i]) {
				return math.Inf(-1)
			}
			return v.Num[i]
		}
	default:
		return func(i uint32) float64 { return float64(v.Int[i]) }
	}
}

func pageOf(all iter.Seq2[engine.Key, error], from, to int) ([]engine.Key, error) {
	var out []engine.Key
	at := 0
	for k, err := range all {
		if err != nil {
			return nil, err
		}
		if at == to {
			break
		}
		if at >= from {
			out = append(out, k)
		}
		at++
	}
	return out, nil
}
