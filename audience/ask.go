package audience

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Question is one thing to know as of an instant: who an expression holds for, who
// is in a segment by the definition in force then, or the values of a term. Exactly
// one of Expr, Segment and Term is set; Subject is read with Term.
type Question struct {
	AsOf    kreds.Instant
	Expr    *segment.Expr // checked
	Segment string
	Term    segment.Term // checked
	Subject kreds.Subject
}

// Reply answers a question. Of an expression and a segment it has the members, the
// population that they are of and, where asked, the profiles for which a value that
// the definition compares is unknown; of a term the values by profile number and the
// population. What it holds is shared and is not to be changed.
type Reply struct {
	Members    *roaring.Bitmap
	Population *roaring.Bitmap
	Unknown    *roaring.Bitmap
	Values     *engine.Values
}

// Asking says how questions are asked.
type Asking struct {
	Unknown bool // whether replies say for whom values are unknown
	// Seen, if not nil, hides what happened at or after it, whatever the clock of a
	// question says: what would be, had nothing happened since.
	Seen *kreds.Instant
	// Known, if not nil, hides what later imports than this brought.
	Known *kreds.ImportID
	// Held, if not nil, may give an event condition an earlier instant to be answered
	// as of: what would be, had time stood still for it.
	Held func(leaf segment.Node, asOf kreds.Instant) kreds.Instant
	// Rules, if not nil, is the instant whose definitions of segments that are referred
	// to are taken, instead of those in force at the time in question.
	Rules *kreds.Instant
}

// Ask answers questions in one pass over the data, in their order.
func (a *Audience) Ask(ctx context.Context, questions []Question, how Asking) ([]Reply, error) {
	if how.Known != nil {
		past := &Audience{engine: a.engine.UpTo(*how.Known), state: a.state, clock: a.clock}
		past.known.Store(a.known.Load())
		a = past
	}
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	p.unknown, p.seen, p.held, p.rules = how.Unknown, how.Seen, how.Held, how.Rules
	nodes := make([]*node, len(questions))
	asks := make([]int, len(questions))
	for i, q := range questions {
		switch {
		case q.Term != nil:
			kind := q.Subject.Kind()
			asks[i] = p.ask(fmt.Sprintf("term %d %d %s", kind, q.AsOf, segment.PrintTerm(q.Term)), engine.Ask{Kind: kind, AsOf: q.AsOf, Term: q.Term})
		case q.Expr != nil:
			nodes[i], err = p.add(ctx, q.Expr, q.AsOf)
		default:
			nodes[i], err = p.membership(ctx, scope{}, q.Segment, q.AsOf)
		}
		if err != nil {
			return nil, err
		}
	}
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	out := make([]Reply, len(questions))
	for i, q := range questions {
		n := nodes[i]
		if n == nil {
			out[i].Values = r.answers[asks[i]].Values
			if out[i].Population, err = r.universe(scope{subject: q.Subject, asOf: q.AsOf}); err != nil {
				return nil, err
			}
			continue
		}
		if out[i].Population, err = r.universe(n.scope); err != nil {
			return nil, err
		}
		if out[i].Members, err = r.set(n); err != nil {
			return nil, err
		}
		if how.Unknown {
			unknown := roaring.New()
			r.unknowns(n, unknown)
			unknown.And(out[i].Population)
			out[i].Unknown = unknown
		}
	}
	return out, nil
}

// unknowns adds the profiles for which a value that a leaf below the node compares is
// unknown, those of other kinds of profile and other times left out.
func (r *run) unknowns(n *node, into *roaring.Bitmap) {
	if n.ask >= 0 {
		if set := r.answers[n.ask].Unknown; set != nil {
			into.Or(set)
		}
	}
	for _, c := range n.children {
		if c.scope == n.scope {
			r.unknowns(c, into)
		}
	}
}

// Definition returns the checked expression of a segment's current version; of a
// segment whose members are recorded it is membership of it.
func (a *Audience) Definition(ctx context.Context, seg kreds.Segment) (*segment.Expr, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	return p.definition(seg)
}
