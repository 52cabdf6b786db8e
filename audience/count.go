package audience

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// CountRequest asks how many profiles an expression, or the segment of that name,
// holds for as of the instant.
type CountRequest struct {
	Expression string
	AsOf       kreds.Instant
	ByClause   bool
	Estimate   bool
}

// Count is how many profiles an expression holds for. For an estimate, Count and
// Population are the most likely ones.
type Count struct {
	Count      int64
	Population int64
	AsOf       kreds.Instant
	Clauses    []Clause
	Estimate   *Estimate
}

// Clause is what one condition alone does to the population. Unknown is how many
// it drops because a value that it compares is unknown.
type Clause struct {
	Text                  string
	Keeps, Drops, Unknown int64
	Clauses               []Clause
}

// Count counts the members of an expression.
func (a *Audience) Count(ctx context.Context, q CountRequest) (*Count, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	p.unknown = q.ByClause
	e, err := p.resolve(ctx, q.Expression)
	if err != nil {
		return nil, err
	}
	root, err := p.add(ctx, e, q.AsOf)
	if err != nil {
		return nil, err
	}
	if !q.ByClause {
		p.only(e, root)
	}
	b := engine.AllBuckets
	if q.Estimate {
		b = sampleOf(e.String())
	}
	r, err := p.start(ctx, b)
	if err != nil {
		return nil, err
	}
	u, err := r.universe(root.scope)
	if err != nil {
		return nil, err
	}
	set, err := r.set(root)
	if err != nil {
		return nil, err
	}
	c := &Count{Count: int64(set.GetCardinality()), Population: int64(u.GetCardinality()), AsOf: q.AsOf}
	if q.ByClause {
		if c.Clauses, err = r.clauses(e.Root, root, u); err != nil {
			return nil, err
		}
	}
	if !q.Estimate {
		return c, nil
	}
	if p.whole { // everyone was looked at
		c.Estimate = &Estimate{Low: c.Count, High: c.Count, Share: 1}
		return c, nil
	}
	everyone, err := a.engine.Population(ctx, e.Subject, q.AsOf)
	if err != nil {
		return nil, err
	}
	c.extrapolate(int64(everyone.GetCardinality()))
	return c, nil
}

// clauses is what the clauses of a condition do: those of its and, or, not and
// "at least N of", or itself.
func (r *run) clauses(n segment.Node, at *node, u *roaring.Bitmap) ([]Clause, error) {
	parts := Clauses(n)
	if parts == nil {
		c, err := r.clause(n, at, u)
		return []Clause{c}, err
	}
	var out []Clause
	for i, part := range parts {
		c, err := r.clause(part, at.children[i], u)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Clauses are the conditions that an and, an or, a not or "at least N of" is made of;
// nil of any other condition.
func Clauses(n segment.Node) []segment.Node {
	switch n := n.(type) {
	case *segment.And:
		return n.Clauses
	case *segment.Or:
		return n.Clauses
	case *segment.SomeOf:
		return n.Clauses
	case *segment.Not:
		return []segment.Node{n.X}
	}
	return nil
}

func (r *run) clause(n segment.Node, at *node, u *roaring.Bitmap) (Clause, error) {
	set, err := r.set(at)
	if err != nil {
		return Clause{}, err
	}
	keeps := roaring.And(set, u).GetCardinality()
	c := Clause{Text: at.text, Keeps: int64(keeps), Drops: int64(u.GetCardinality() - keeps)}
	if unknown := r.unknown(n, at, u); unknown != nil {
		c.Unknown = int64(roaring.AndNot(unknown, set).GetCardinality())
	}
	if Clauses(n) != nil {
		c.Clauses, err = r.clauses(n, at, u)
	}
	return c, err
}

// unknown are the profiles of the set for which a value that a leaf compares is
// unknown; nil for other conditions.
func (r *run) unknown(n segment.Node, at *node, u *roaring.Bitmap) *roaring.Bitmap {
	if at.ask < 0 {
		return nil
	}
	if _, ok := n.(*segment.Rank); ok {
		return roaring.AndNot(u, ranked(r.answers[at.ask].Values, u))
	}
	if set := r.answers[at.ask].Unknown; set != nil {
		return roaring.And(set, u)
	}
	return nil
}
