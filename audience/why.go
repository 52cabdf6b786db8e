package audience

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Why says whether a profile is a member of an expression, and why.
type Why struct {
	Expression *segment.Expr
	Member     bool
	// InPopulation is false for a profile that the expression is not about: not
	// seen yet as of the instant, a prospect, or one that objects to profiling.
	InPopulation bool
	Reason       *Reason
}

// Reason is one condition of an expression for one profile. Value, Against,
// Events and Matched are set for leaves, as in engine.Explanation; Miss says in
// words how near a leaf was to hold, Lacks what is missing by the shortest way.
type Reason struct {
	Text    string
	Holds   bool
	Unknown bool
	Value   kreds.Value
	Against []kreds.Value
	Miss    string
	Lacks   []string // what would have to be otherwise for it to hold; nil if it does
	Events  []engine.Event
	Matched int
	Clauses []*Reason
}

// Why evaluates an expression, or the segment of that name, for the profile of
// the key, through the plan that finds its members. The error has CodeNotFound if
// there is no such profile.
func (a *Audience) Why(ctx context.Context, key, expression string, asOf kreds.Instant) (*Why, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	p.unknown = true
	e, err := p.resolve(ctx, expression)
	if err != nil {
		return nil, err
	}
	profile, err := a.engine.Find(ctx, e.Subject.Kind(), key)
	if err != nil {
		return nil, err
	}
	root, err := p.add(ctx, e, asOf)
	if err != nil {
		return nil, err
	}
	bucket := engine.BucketOf(key)
	r, err := p.start(ctx, engine.Buckets{From: bucket, To: bucket})
	if err != nil {
		return nil, err
	}
	var explained []engine.Explanation
	if len(p.asks) > 0 {
		if explained, err = a.engine.Explain(ctx, p.request(r.buckets), profile); err != nil {
			return nil, err
		}
	}
	u, err := r.universe(root.scope)
	if err != nil {
		return nil, err
	}
	w := &Why{Expression: e, InPopulation: u.Contains(uint32(profile))}
	w.Reason, err = r.reason(e.Root, root, uint32(profile), explained)
	if err != nil {
		return nil, err
	}
	w.Member = w.Reason.Holds && w.InPopulation
	return w, nil
}

// reason is why a node holds for the profile or not.
func (r *run) reason(n segment.Node, at *node, profile uint32, explained []engine.Explanation) (*Reason, error) {
	set, err := r.set(at)
	if err != nil {
		return nil, err
	}
	out := &Reason{Text: at.text, Holds: set.Contains(profile)}
	if parts := Clauses(n); parts != nil {
		for i, part := range parts {
			c, err := r.reason(part, at.children[i], profile, explained)
			if err != nil {
				return nil, err
			}
			out.Clauses = append(out.Clauses, c)
		}
		out.Lacks = lacks(n, out, nil)
		return out, nil
	}
	if at.ask < 0 {
		// An earlier time, a segment: the reasons lie in what it was made of, as
		// far as that is about the same profile.
		for _, c := range at.children {
			if c.scope.subject.Kind() != at.scope.subject.Kind() {
				continue
			}
			in := &Reason{}
			if c.of != nil {
				in, err = r.reason(c.of, c, profile, explained)
			} else {
				var members *roaring.Bitmap
				if members, err = r.set(c); err == nil {
					in = &Reason{Text: c.text, Holds: members.Contains(profile)}
					in.Lacks = lacks(nil, in, nil)
				}
			}
			if err != nil {
				return nil, err
			}
			in.Text += asOfText(r.plan.cal, c, at)
			out.Clauses = append(out.Clauses, in)
		}
		out.Lacks = lacks(n, out, nil)
		return out, nil
	}
	x := explained[at.ask]
	out.Value, out.Against, out.Events, out.Matched = x.Value, x.Against, x.Events, x.Matched
	out.Unknown = x.Unknown && !out.Holds
	if !out.Holds {
		out.Miss = miss(n, x)
		out.Lacks = lacks(n, out, &x)
	}
	return out, nil
}

// asOfText names the time of a node where it is not that of the node above.
func asOfText(cal *segment.Calendar, n, above *node) string {
	if n.scope.asOf == above.scope.asOf {
		return ""
	}
	return kreds.Say(" as of %s", n.scope.asOf.Time().In(cal.Location()).Format("2006-01-02 15:04"))
}
