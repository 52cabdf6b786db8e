package audience

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds/engine"
)

// run is one evaluation of a plan. Sets that it hands out are shared and are not
// to be changed.
type run struct {
	ctx       context.Context
	plan      *plan
	buckets   engine.Buckets
	answers   []engine.Answer
	universes map[scope]*roaring.Bitmap
	sets      map[*node]*roaring.Bitmap
	sample    *roaring.Bitmap // the profiles of the buckets; nil if all
}

// start asks the engine everything at once. Where other profiles than those of
// the buckets matter, all are looked at.
func (p *plan) start(ctx context.Context, b engine.Buckets) (*run, error) {
	if p.whole {
		b = engine.AllBuckets
	}
	r := &run{ctx: ctx, plan: p, buckets: b, universes: map[scope]*roaring.Bitmap{}, sets: map[*node]*roaring.Bitmap{}}
	if b != engine.AllBuckets {
		var err error
		if r.sample, err = p.a.engine.Within(ctx, b); err != nil {
			return nil, err
		}
	}
	if len(p.asks) == 0 {
		return r, nil
	}
	var err error
	r.answers, err = p.a.engine.Evaluate(ctx, p.request(b))
	return r, err
}

// request is what the engine is asked.
func (p *plan) request(b engine.Buckets) *engine.Request {
	r := &engine.Request{
		Kind: p.asks[0].Kind, Buckets: b, Calendar: p.cal,
		Lists: p.cat.Lists, Places: p.cat.Places, Asks: p.asks, Seen: p.seen,
	}
	if !p.whole {
		r.Among = p.among
	}
	return r
}

// universe is the profiles that a scope is about.
func (r *run) universe(s scope) (*roaring.Bitmap, error) {
	if u := r.universes[s]; u != nil {
		return u, nil
	}
	var u *roaring.Bitmap
	var err error
	if s.all {
		u, err = r.plan.a.engine.Everyone(r.ctx, s.subject.Kind(), s.asOf)
	} else {
		u, err = r.plan.a.engine.Population(r.ctx, s.subject, s.asOf)
	}
	if err != nil {
		return nil, err
	}
	if r.sample != nil {
		u = roaring.And(u, r.sample)
	}
	r.universes[s] = u
	return u, nil
}

// set is the profiles for which a node holds.
func (r *run) set(n *node) (*roaring.Bitmap, error) {
	if s := r.sets[n]; s != nil {
		return s, nil
	}
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	s, err := n.eval(r)
	if err != nil {
		return nil, err
	}
	r.sets[n] = s
	return s, nil
}

// within is a node's set among the universe of another scope.
func (r *run) within(s scope, n *node) (*roaring.Bitmap, error) {
	u, err := r.universe(s)
	if err != nil {
		return nil, err
	}
	set, err := r.set(n)
	if err != nil {
		return nil, err
	}
	return roaring.And(u, set), nil
}

// without is the universe without a node's set.
func (r *run) without(s scope, n *node) (*roaring.Bitmap, error) {
	u, err := r.universe(s)
	if err != nil {
		return nil, err
	}
	set, err := r.set(n)
	if err != nil {
		return nil, err
	}
	return roaring.AndNot(u, set), nil
}
