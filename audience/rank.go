package audience

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// rank holds for the profiles with the highest or lowest known values.
func (p *plan) rank(ctx context.Context, out *node, n *segment.Rank) error {
	p.whole = true
	kind := out.scope.subject.Kind()
	out.ask = p.ask(fmt.Sprintf("term %d %d %s", kind, out.scope.asOf, segment.PrintTerm(n.Term)),
		engine.Ask{Kind: kind, AsOf: out.scope.asOf, Term: n.Term})
	var among *node
	var err error
	switch {
	case n.Among != nil:
		among, err = p.compile(ctx, out.scope, n.Among)
	case n.Segment != "":
		among, err = p.membership(ctx, out.scope, n.Segment, out.scope.asOf)
	}
	if err != nil {
		return err
	}
	if among != nil {
		out.children = []*node{among}
	}
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		u, err := r.universe(out.scope)
		if err != nil {
			return nil, err
		}
		field := u
		if among != nil {
			if field, err = r.within(out.scope, among); err != nil {
				return nil, err
			}
		}
		v := r.answers[out.ask].Values
		top, err := r.best(v, field, n)
		if err != nil || !n.Not {
			return top, err
		}
		return roaring.AndNot(ranked(v, u), top), nil
	}
	return nil
}

// ranked are the profiles of a set that take part in a rank: those whose value is
// known, of a measure those with such an event.
func ranked(v *engine.Values, set *roaring.Bitmap) *roaring.Bitmap {
	out := engine.MakeBits(int(maximum(set)) + 1)
	for it := set.Iterator(); it.HasNext(); {
		if i := it.Next(); v.Known.Has(i) && (v.Events == nil || v.Events.Has(i)) {
			out.Set(i)
		}
	}
	return out.Roaring()
}

// entry is a profile's value as a number that orders as the value does.
type entry struct {
	value   float64
	profile uint32
}

// best are the first of the field by value, ties by key.
func (r *run) best(v *engine.Values, field *roaring.Bitmap, n *segment.Rank) (*roaring.Bitmap, error) {
	in := ranked(v, field)
	entries := make([]entry, 0, in.GetCardinality())
	for it := in.Iterator(); it.HasNext(); {
		i := it.Next()
		e := entry{profile: i}
		if v.Num != nil {
			e.value = v.Num[i]
		} else {
			e.value = float64(v.Int[i])
		}
		if n.Bottom {
			e.value = -e.value
		}
		entries = append(entries, e)
	}
	take := int(min(n.N, float64(len(entries))))
	if n.Percent {
		// The subtraction takes back what rounding added to a whole number.
		take = int(min(math.Ceil(n.N*float64(len(entries))/100-1e-9), float64(len(entries))))
	}
	if take <= 0 {
		return roaring.New(), nil
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(b.value, a.value) })
	last := entries[take-1].value
	set := roaring.New()
	ties := roaring.New()
	above := 0
	for _, e := range entries {
		switch {
		case e.value > last:
			set.Add(e.profile)
			above++
		case e.value == last:
			ties.Add(e.profile)
		}
	}
	if int(ties.GetCardinality()) == take-above {
		set.Or(ties)
		return set, nil
	}
	left := take - above
	for k, err := range r.plan.a.engine.Keys(r.ctx, ties, true) {
		if err != nil {
			return nil, err
		}
		if left == 0 {
			break
		}
		set.Add(uint32(k.Profile))
		left--
	}
	return set, nil
}
