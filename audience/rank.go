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
	kind, asOf := out.scope.subject.Kind(), out.scope.asOf
	if p.held != nil {
		asOf = p.held(n, asOf)
	}
	out.ask = p.ask(fmt.Sprintf("term %d %d %s", kind, asOf, segment.PrintTerm(n.Term)), engine.Ask{Kind: kind, AsOf: asOf, Term: n.Term})
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
	in := slices.Clone(v.Known)
	if v.Events != nil {
		for i := range in {
			in[i] &= v.Events[i]
		}
	}
	out := in.Roaring()
	out.And(set)
	return out
}

// entry is a profile's value as a number that orders as the value does.
type entry struct {
	value   float64
	profile uint32
}

// nth returns the value of the entry that would be the k-th, counting from 1, if
// the entries were sorted with the highest value first. It changes their order.
// The algorithm is Hoare's (1961), with the middle of three as the pivot.
func nth(entries []entry, k int) float64 {
	for lo, hi := 0, len(entries); ; {
		if hi-lo <= 16 {
			part := entries[lo:hi]
			slices.SortFunc(part, func(a, b entry) int { return cmp.Compare(b.value, a.value) })
			return entries[k-1].value
		}
		a, b, c := entries[lo].value, entries[(lo+hi)/2].value, entries[hi-1].value
		pivot := max(min(a, b), min(max(a, b), c))
		// Higher ones to the front, lower ones to the end.
		i, j, at := lo, hi, lo
		for at < j {
			switch v := entries[at].value; {
			case v > pivot:
				entries[at], entries[i] = entries[i], entries[at]
				i, at = i+1, at+1
			case v < pivot:
				j--
				entries[at], entries[j] = entries[j], entries[at]
			default:
				at++
			}
		}
		switch {
		case k <= i:
			hi = i
		case k > j:
			lo = j
		default:
			return pivot
		}
	}
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
	last := nth(entries, take)
	top, tied := engine.MakeBits(len(v.Known)*64), engine.MakeBits(len(v.Known)*64)
	above := 0
	for _, e := range entries {
		switch {
		case e.value > last:
			top.Set(e.profile)
			above++
		case e.value == last:
			tied.Set(e.profile)
		}
	}
	set, ties := top.Roaring(), tied.Roaring()
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
