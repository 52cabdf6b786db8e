package audience

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// OverlapRequest asks how segments overlap, with each other and with an expression
// where there is one.
type OverlapRequest struct {
	Segments   []string
	Expression string
	AsOf       kreds.Instant
}

// Overlap is how segments overlap.
type Overlap struct {
	Sizes         []int64 // of the segments, in the order asked
	Expression    int64   // the size of the expression, if one was asked about
	Intersections []Intersection
}

// Intersection is the profiles that are in exactly the named segments, and in the
// expression or not, and in none of the others asked for.
type Intersection struct {
	Segments   []string
	Expression bool
	Members    int64
}

// maxOverlap is how many sets can be intersected: each doubles the regions.
const maxOverlap = 10

// Overlap returns the sizes and every intersection that is not empty, largest first.
// The segments and the expression are about the same kind of profile.
func (a *Audience) Overlap(ctx context.Context, q OverlapRequest) (*Overlap, error) {
	n := len(q.Segments)
	if q.Expression != "" {
		n++
	}
	if len(q.Segments) == 0 || n > maxOverlap {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%d segments cannot be intersected", len(q.Segments)).WithHint("name 1 to %d", maxOverlap-n+len(q.Segments))
	}
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	nodes := make([]*node, 0, n)
	names := make([]string, len(q.Segments))
	for i, name := range q.Segments {
		seg, err := a.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		names[i] = seg.Name
		e, err := p.definition(seg)
		if err != nil {
			return nil, err
		}
		at, err := p.add(ctx, e, q.AsOf)
		if err != nil {
			return nil, err
		}
		if nodes = append(nodes, at); at.scope.subject.Kind() != nodes[0].scope.subject.Kind() {
			return nil, kreds.Errorf(kreds.CodeInvalid, "%q is about another kind of profile than %q", names[i], names[0])
		}
	}
	if q.Expression != "" {
		e, err := p.resolve(ctx, q.Expression)
		if err != nil {
			return nil, err
		}
		at, err := p.add(ctx, e, q.AsOf)
		if err != nil {
			return nil, err
		}
		if nodes = append(nodes, at); at.scope.subject.Kind() != nodes[0].scope.subject.Kind() {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the expression is about another kind of profile than %q", names[0])
		}
	}
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	sets := make([]*roaring.Bitmap, len(nodes))
	for i, at := range nodes {
		if sets[i], err = r.set(at); err != nil {
			return nil, err
		}
	}
	out := &Overlap{Intersections: intersections(names, sets)}
	for i, s := range sets {
		if size := int64(s.GetCardinality()); i < len(names) {
			out.Sizes = append(out.Sizes, size)
		} else {
			out.Expression = size
		}
	}
	return out, nil
}

// intersections are the regions that sets divide their union into. A set without a
// name, behind the others, is the expression.
func intersections(names []string, sets []*roaring.Bitmap) []Intersection {
	type region struct {
		in  Intersection
		set *roaring.Bitmap
	}
	with := func(x Intersection, i int) Intersection {
		if i == len(names) {
			return Intersection{Segments: x.Segments, Expression: true}
		}
		return Intersection{Segments: append(slices.Clone(x.Segments), names[i])}
	}
	regions := []region{}
	for i, s := range sets {
		left := s.Clone()
		var next []region
		for _, r := range regions {
			left.AndNot(r.set)
			both := roaring.And(r.set, s)
			if rest := roaring.AndNot(r.set, both); !rest.IsEmpty() {
				next = append(next, region{r.in, rest})
			}
			if !both.IsEmpty() {
				next = append(next, region{with(r.in, i), both})
			}
		}
		if !left.IsEmpty() {
			next = append(next, region{with(Intersection{Segments: []string{}}, i), left})
		}
		regions = next
	}
	out := []Intersection{}
	for _, r := range regions {
		r.in.Members = int64(r.set.GetCardinality())
		out = append(out, r.in)
	}
	slices.SortStableFunc(out, func(a, b Intersection) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), slices.Compare(a.Segments, b.Segments))
	})
	return out
}
