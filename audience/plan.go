package audience

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

// maxNodes bounds a plan: references to segments and membership over many days
// multiply.
const maxNodes = 20000

// scope is for whom and when a condition is evaluated. Within relations all
// profiles of a kind are looked at, customers and prospects alike.
type scope struct {
	subject kreds.Subject
	all     bool
	asOf    kreds.Instant
}

// node is one condition of a plan in a scope. Its set is a subset of the scope's
// universe.
type node struct {
	scope    scope
	text     string
	of       segment.Node // what it was compiled from; nil for members by record
	children []*node
	ask      int // of a leaf, else -1
	eval     func(*run) (*roaring.Bitmap, error)
}

// plan is expressions made ready: each condition once per scope, and all
// questions for the engine.
type plan struct {
	a        *Audience
	cat      *kreds.Catalogue
	cal      *segment.Calendar
	nodes    map[scopedText]*node
	asks     []engine.Ask
	asked    map[string]int
	segments map[string]*replay
	stack    []string
	// whole says that other profiles than those asked about matter.
	whole   bool
	unknown bool // whether leaves are asked for unknown values
	seen    *kreds.Instant
	held    func(leaf segment.Node, asOf kreds.Instant) kreds.Instant
	rules   *kreds.Instant
	// among are asks that must hold for a profile to matter at all.
	among []int
}

type scopedText struct {
	scope scope
	text  string
}

// replay is what a plan knows of a segment that it refers to.
type replay struct {
	segment  kreds.Segment
	versions []kreds.Version
	records  []state.Record
}

func (a *Audience) plan(ctx context.Context) (*plan, error) {
	k, err := a.workspace(ctx)
	if err != nil {
		return nil, err
	}
	cat, err := a.catalogue(ctx, k)
	if err != nil {
		return nil, err
	}
	return &plan{
		a: a, cat: cat, cal: k.calendar,
		nodes: map[scopedText]*node{}, asked: map[string]int{}, segments: map[string]*replay{},
	}, nil
}

// add compiles a checked expression as of the instant.
func (p *plan) add(ctx context.Context, e *segment.Expr, asOf kreds.Instant) (*node, error) {
	return p.compile(ctx, scope{subject: e.Subject, asOf: asOf}, e.Root)
}

// only says that the members of the expression, whose node is root, are all that
// will be asked of the plan.
func (p *plan) only(e *segment.Expr, root *node) {
	and, ok := e.Root.(*segment.And)
	if !ok {
		return
	}
	for i := range and.Clauses {
		if c := root.children[i]; c.ask >= 0 {
			p.among = append(p.among, c.ask)
		}
	}
}

// compile returns the node of a condition.
func (p *plan) compile(ctx context.Context, s scope, n segment.Node) (*node, error) {
	text := segment.PrintNode(n)
	key := scopedText{s, text}
	if done := p.nodes[key]; done != nil {
		return done, nil
	}
	if len(p.nodes) >= maxNodes {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the expression comes to more than %d conditions with the segments that it refers to", maxNodes).
			WithHint("shorten \"for N days\" or refer to fewer segments")
	}
	out := &node{scope: s, text: text, of: n, ask: -1}
	if err := p.build(ctx, out, n); err != nil {
		return nil, err
	}
	p.nodes[key] = out
	return out, nil
}

// build fills in the node of a condition.
func (p *plan) build(ctx context.Context, out *node, n segment.Node) error {
	switch n := n.(type) {
	case *segment.And:
		return p.combine(ctx, out, n.Clauses, func(r *run, sets []*roaring.Bitmap) *roaring.Bitmap {
			return roaring.FastAnd(sets...)
		})
	case *segment.Or:
		return p.combine(ctx, out, n.Clauses, func(r *run, sets []*roaring.Bitmap) *roaring.Bitmap {
			return roaring.FastOr(sets...)
		})
	case *segment.Not:
		x, err := p.compile(ctx, out.scope, n.X)
		if err != nil {
			return err
		}
		out.children = []*node{x}
		out.eval = func(r *run) (*roaring.Bitmap, error) { return r.without(out.scope, x) }
	case *segment.SomeOf:
		return p.combine(ctx, out, n.Clauses, func(r *run, sets []*roaring.Bitmap) *roaring.Bitmap {
			return someOf(n, sets, r.universes[out.scope])
		})
	case *segment.Everyone:
		out.eval = func(r *run) (*roaring.Bitmap, error) { return r.universe(out.scope) }
	case *segment.AsOf:
		at, ok := p.instant(n.At, out.scope.asOf)
		if !ok {
			return out.nobody()
		}
		return p.earlier(ctx, out, n.X, at)
	case *segment.Rank:
		return p.rank(ctx, out, n)
	case *segment.InSegment:
		return p.inSegment(ctx, out, n)
	case *segment.Moved:
		return p.moved(ctx, out, n)
	case *segment.OfCompany:
		return p.ofCompany(ctx, out, n)
	case *segment.OfPersons:
		return p.ofPersons(ctx, out, n)
	default:
		p.leaf(out, n)
	}
	return nil
}

// nobody makes the node false for everyone.
func (n *node) nobody() error {
	n.eval = func(*run) (*roaring.Bitmap, error) { return roaring.New(), nil }
	return nil
}

// instant is the as-of instant that a date means, and whether it is not later
// than the present one.
func (p *plan) instant(d *segment.DateValue, asOf kreds.Instant) (kreds.Instant, bool) {
	iv, ok := p.cal.Extent(d, asOf, nil)
	if !ok {
		return 0, false
	}
	at := iv.Before
	if d.Kind == segment.DateInstant || iv.Before == iv.From+1 {
		at = iv.From
	}
	return at, at <= asOf
}

// earlier is a condition as it was at another instant.
func (p *plan) earlier(ctx context.Context, out *node, n segment.Node, at kreds.Instant) error {
	then := out.scope
	then.asOf = at
	x, err := p.compile(ctx, then, n)
	if err != nil {
		return err
	}
	out.children = []*node{x}
	out.eval = func(r *run) (*roaring.Bitmap, error) { return r.within(out.scope, x) }
	return nil
}

// combine is a condition of several in the same scope.
func (p *plan) combine(ctx context.Context, out *node, clauses []segment.Node, do func(*run, []*roaring.Bitmap) *roaring.Bitmap) error {
	for _, c := range clauses {
		x, err := p.compile(ctx, out.scope, c)
		if err != nil {
			return err
		}
		out.children = append(out.children, x)
	}
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		if _, err := r.universe(out.scope); err != nil {
			return nil, err
		}
		sets := make([]*roaring.Bitmap, len(out.children))
		for i, c := range out.children {
			var err error
			if sets[i], err = r.set(c); err != nil {
				return nil, err
			}
		}
		return do(r, sets), nil
	}
	return nil
}

// someOf is the profiles in as many of the sets as asked for.
func someOf(n *segment.SomeOf, sets []*roaring.Bitmap, universe *roaring.Bitmap) *roaring.Bitmap {
	atLeast := func(k int) *roaring.Bitmap {
		if k <= 0 {
			return universe.Clone()
		}
		if k > len(sets) {
			return roaring.New()
		}
		levels := make([]*roaring.Bitmap, k+1)
		levels[0] = universe
		for j := 1; j <= k; j++ {
			levels[j] = roaring.New()
		}
		for _, s := range sets {
			for j := k; j >= 1; j-- {
				levels[j].Or(roaring.And(levels[j-1], s))
			}
		}
		return levels[k]
	}
	switch n.Op {
	case segment.AtMost:
		return roaring.AndNot(universe, atLeast(n.N+1))
	case segment.Exactly:
		return roaring.AndNot(atLeast(n.N), atLeast(n.N+1))
	default:
		return atLeast(n.N)
	}
}

// leaf is a condition that the engine answers.
func (p *plan) leaf(out *node, n segment.Node) {
	if readsOthers(n) {
		p.whole = true
	}
	kind, asOf := out.scope.subject.Kind(), out.scope.asOf
	if p.held != nil {
		asOf = p.held(n, asOf)
	}
	out.ask = p.ask(fmt.Sprintf("leaf %d %d %s", kind, asOf, out.text),
		engine.Ask{Kind: kind, AsOf: asOf, Leaf: n, WantUnknown: p.unknown})
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		u, err := r.universe(out.scope)
		if err != nil {
			return nil, err
		}
		return roaring.And(r.answers[out.ask].Members, u), nil
	}
}

// readsOthers reports whether a leaf reads events of a company's persons.
func readsOthers(n segment.Node) bool {
	switch n := n.(type) {
	case *segment.Did:
		for _, s := range n.Steps {
			if s.Events.OfPersons {
				return true
			}
		}
	case *segment.Resumed:
		return n.Events.OfPersons
	}
	return false
}

// ask enters a question for the engine, once.
func (p *plan) ask(key string, a engine.Ask) int {
	if i, ok := p.asked[key]; ok {
		return i
	}
	p.asks = append(p.asks, a)
	p.asked[key] = len(p.asks) - 1
	return len(p.asks) - 1
}
