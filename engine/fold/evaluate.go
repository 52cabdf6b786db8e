package fold

import (
	"context"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// Evaluate answers all asks of the request with as many workers. Each event
// table is read once. Members and Unknown hold profiles of the ask's kind in
// the request's buckets, whether or not they exist as of the instant.
func Evaluate(ctx context.Context, d Data, r *engine.Request, workers int) ([]engine.Answer, error) {
	if r.Seen != nil {
		d = &seen{Data: d, before: *r.Seen}
	}
	e, err := newEvaluation(ctx, d, r, workers)
	if err != nil {
		return nil, err
	}
	e.views = len(r.Asks) >= manyJobs
	e.thins = !e.views
	answers := make([]engine.Answer, len(r.Asks))
	var later []func() error // what needs the measures first
	for i := range r.Asks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		after, err := e.ask(&r.Asks[i], &answers[i])
		if err != nil {
			return nil, err
		}
		if after != nil {
			later = append(later, after)
		}
	}
	e.narrowTo(r.Among, answers)
	if err := e.sweepAll(); err != nil {
		return nil, err
	}
	for _, f := range later {
		if err := f(); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// evaluation is one call of Evaluate: its request and what asks share.
type evaluation struct {
	ctx     context.Context
	d       Data
	r       *engine.Request
	cal     *segment.Calendar
	set     *condition.Setting
	cat     *kreds.Catalogue
	n       int // profiles
	workers int

	columns  map[string]*condition.Column
	universe map[kreds.Kind]engine.Bits
	hashes   map[string][]uint64
	dicts    map[string][]string
	items    map[string]map[string]kreds.Value
	sweeps   map[string]*sweep
	planned  []*sweep
	// order has the profiles in the order of rows, places where each stands
	// there; nil where it isn't worth it.
	order, places []uint32
	views         bool          // narrow windows may have views
	thins         bool          // rows that no job wants are left out when they are read
	among         engine.Bits   // the only profiles that matter; nil for all
	earliest      kreds.Instant // of all events, 0 if not looked for yet
}

func newEvaluation(ctx context.Context, d Data, r *engine.Request, workers int) (*evaluation, error) {
	cat, err := d.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	e := &evaluation{
		ctx: ctx, d: d, r: r, cal: r.Calendar, cat: cat, n: d.Profiles(), workers: max(workers, 1),
		columns:  map[string]*condition.Column{},
		universe: map[kreds.Kind]engine.Bits{},
		hashes:   map[string][]uint64{},
		dicts:    map[string][]string{},
		items:    map[string]map[string]kreds.Value{},
		sweeps:   map[string]*sweep{},
	}
	e.set = &condition.Setting{Calendar: r.Calendar, Lists: r.Lists, Places: r.Places, Parallel: e.parallel}
	return e, nil
}

// parallel splits 0…n-1 among the workers, if it is worth it.
func (e *evaluation) parallel(n int, f func(worker, from, to int)) {
	if n < 4096 || e.workers == 1 {
		f(0, 0, n)
		return
	}
	var wg sync.WaitGroup
	for w := range e.workers {
		wg.Go(func() { f(w, n*w/e.workers, n*(w+1)/e.workers) })
	}
	wg.Wait()
}

// everyone returns the profiles of the kind in the request's buckets.
func (e *evaluation) everyone(k kreds.Kind) engine.Bits {
	if u, ok := e.universe[k]; ok {
		return u
	}
	u := engine.MakeBits(e.n)
	kinds, buckets := e.d.KindOf(), e.d.BucketOf()
	from, to := e.r.Buckets.From, e.r.Buckets.To
	e.parallel(len(u), func(_, first, last int) {
		for i := first * 64; i < min(last*64, e.n); i++ {
			if b := int(buckets[i]); kinds[i] == k && b >= from && b <= to {
				u[i>>6] |= 1 << (i & 63)
			}
		}
	})
	e.universe[k] = u
	return u
}

// leafAnswer fills an answer from sets of profiles, which it may change.
func (e *evaluation) leafAnswer(a *engine.Answer, k kreds.Kind, holds, unknown engine.Bits) {
	all := e.everyone(k)
	for i := range holds {
		holds[i] &= all[i]
	}
	a.Members = holds.Roaring()
	if unknown != nil {
		for i := range unknown {
			unknown[i] &= all[i]
		}
		a.Unknown = unknown.Roaring()
	}
}

// ask answers one ask, or returns what is to be done once the measures that it
// asked for are there.
func (e *evaluation) ask(q *engine.Ask, a *engine.Answer) (func() error, error) {
	switch {
	case q.Owner:
		v, err := e.d.Owner(e.ctx, q.AsOf)
		a.Values = v
		return nil, err
	case q.Term != nil:
		return e.askTerm(q, a)
	}
	switch n := q.Leaf.(type) {
	case *segment.Did, *segment.Resumed:
		return nil, e.askEvents(q, a)
	case *segment.Changed, *segment.Became, *segment.WentFrom, *segment.HasBeen:
		holds, unknown, err := e.history(q, n)
		if err == nil {
			e.leafAnswer(a, q.Kind, holds, unknown)
		}
		return nil, err
	case *segment.Bucket:
		holds, err := e.bucket(n)
		if err == nil {
			var unknown engine.Bits
			if q.WantUnknown {
				unknown = engine.MakeBits(e.n)
			}
			e.leafAnswer(a, q.Kind, holds, unknown)
		}
		return nil, err
	}
	l, err := e.set.Leaf(q.Leaf, q.AsOf)
	if err != nil {
		return nil, err
	}
	if l.Single() && isMeasure(l.Slots[0].Term) {
		return nil, e.askMeasure(q, a, l)
	}
	// Measures are read first where a leaf compares several terms.
	cols := make([]*condition.Column, len(l.Slots))
	var waits []func() error
	for i, s := range l.Slots {
		if isMeasure(s.Term) {
			var m engine.Answer
			after, err := e.askTerm(&engine.Ask{Kind: q.Kind, AsOf: q.AsOf, Term: s.Term}, &m)
			if err != nil {
				return nil, err
			}
			waits = append(waits, func() error {
				if after != nil {
					if err := after(); err != nil {
						return err
					}
				}
				cols[i] = condition.ColumnOf(m.Values)
				return nil
			})
			continue
		}
		if cols[i], err = e.column(s.Term, q.Kind, q.AsOf); err != nil {
			return nil, err
		}
	}
	finish := func() error {
		for _, w := range waits {
			if err := w(); err != nil {
				return err
			}
		}
		holds, unknown := e.overProfiles(l, cols, q.WantUnknown)
		e.leafAnswer(a, q.Kind, holds, unknown)
		return nil
	}
	if waits == nil {
		return nil, finish()
	}
	return finish, nil
}

// isMeasure reports whether the term is of events.
func isMeasure(t segment.Term) bool {
	switch t.(type) {
	case *segment.Measure, *segment.EventInstant:
		return true
	}
	return false
}
