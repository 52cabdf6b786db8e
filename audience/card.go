package audience

import (
	"context"
	"math"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Bought is what a profile bought until an instant; of a company, what it and its
// persons did. The instants are MinInstant where there was no purchase.
type Bought struct {
	Purchase    Purchase
	Count       float64
	Value       float64 // 0 where Purchase has no property
	First, Last kreds.Instant
}

// DidEvents is how often a profile did an event until an instant, counted by
// occasion, and when last.
type DidEvents struct {
	Event kreds.EventType
	Count int64
	Last  kreds.Instant
}

// lacks says of each segment that the profile is not in what is missing.
func (c *Card) lacks(r *run, nodes []*node) error {
	p := r.plan
	var explained []engine.Explanation
	for i, n := range nodes {
		in := &c.Segments[i]
		if n == nil || in.Member || in.Segment.Source != kreds.SourceRule {
			continue
		}
		if explained == nil && len(p.asks) > 0 {
			var err error
			if explained, err = p.a.engine.Explain(r.ctx, p.request(r.buckets), c.Profile); err != nil {
				return err
			}
		}
		s, err := p.replayed(r.ctx, in.Segment.Name)
		if err != nil {
			return err
		}
		e, err := parse(s.inForce(n.scope.asOf).Expression, p.cat)
		if err != nil {
			return err
		}
		reason, err := r.reason(e.Root, n, uint32(c.Profile), explained)
		if err != nil {
			return err
		}
		in.Lacks = reason.Lacks
	}
	return nil
}

// history adds to traits what was said of them.
func (c *Card) history(ctx context.Context, e engine.Engine, asOf kreds.Instant) error {
	seen, err := e.Observations(ctx, c.Profile, asOf)
	if err != nil {
		return err
	}
	byName := map[string]*TraitValue{}
	for i := range c.Traits {
		byName[c.Traits[i].Trait.Name] = &c.Traits[i]
	}
	for _, o := range seen {
		t := byName[o.Trait]
		if t == nil {
			continue
		}
		if n := len(t.History); n == 0 || !equal(t.History[n-1].Value, o.Value) {
			t.History = append(t.History, o)
		}
	}
	return nil
}

// equal reports whether two values of a trait are the same.
func equal(a, b kreds.Value) bool {
	if len(a.List) != len(b.List) {
		return false
	}
	for i := range a.List {
		if a.List[i] != b.List[i] {
			return false
		}
	}
	return a.Type == b.Type && (a.Num == b.Num || math.IsNaN(a.Num) && math.IsNaN(b.Num)) && a.Text == b.Text &&
		a.Bool == b.Bool && a.Day == b.Day && a.Instant == b.Instant && a.Point == b.Point
}

// figures adds what the profile bought and did. A company's persons lie in all buckets.
func (c *Card) figures(ctx context.Context, a *Audience, kind kreds.Kind, asOf kreds.Instant) error {
	p, err := a.plan(ctx)
	if err != nil {
		return err
	}
	subject := kreds.Persons
	if kind == kreds.Company {
		subject, p.whole = kreds.Companies, true
	}
	ask := func(begin string, of Purchase) ([]int, error) {
		terms, err := p.purchaseTerms(subject, of, begin)
		if err != nil {
			return nil, err
		}
		var asks []int
		for _, t := range terms {
			asks = append(asks, p.ask("term "+segment.PrintTerm(t), engine.Ask{Kind: kind, AsOf: asOf, Term: t}))
		}
		return asks, nil
	}
	bought, err := FindPurchase(p.cat, "", "")
	switch kreds.CodeOf(err) {
	case "":
		c.Bought = &Bought{Purchase: bought, First: kreds.MinInstant, Last: kreds.MinInstant}
	case kreds.CodeInvalid:
	default:
		return err
	}
	begins := []string{"count of ", "first ", "last "}
	if bought.Property != "" {
		begins = append(begins, "sum("+segment.Quote(bought.Property)+") of ")
	}
	var of [][]int
	if c.Bought != nil {
		for _, begin := range begins {
			asks, err := ask(begin, bought)
			if err != nil {
				return err
			}
			of = append(of, asks)
		}
	}
	var did [][2]int
	for _, e := range p.cat.Events {
		var both [2]int
		for i, begin := range []string{"count of ", "last "} {
			t, _, err := p.column(subject, begin+segment.Quote(e.Name))
			if err != nil {
				return err
			}
			both[i] = p.ask("term "+segment.PrintTerm(t), engine.Ask{Kind: kind, AsOf: asOf, Term: t})
		}
		did = append(did, both)
	}
	bucket := engine.BucketOf(c.Key)
	r, err := p.start(ctx, engine.Buckets{From: bucket, To: bucket})
	if err != nil {
		return err
	}
	for i, asks := range of {
		for _, ask := range asks {
			v := r.value(ask, c.Profile)
			switch b := c.Bought; {
			case i == 0:
				b.Count += v.Num
			case i == 3:
				b.Value += v.Num
			case v.Type == kreds.Unknown:
			case i == 1 && (b.First == kreds.MinInstant || v.Instant < b.First):
				b.First = v.Instant
			case i == 2:
				b.Last = max(b.Last, v.Instant)
			}
		}
	}
	for i, both := range did {
		if n := r.value(both[0], c.Profile); n.Num > 0 {
			c.Events = append(c.Events, DidEvents{p.cat.Events[i], int64(n.Num), r.value(both[1], c.Profile).Instant})
		}
	}
	return nil
}

// purchaseTerms are the terms of purchases that begin with a text: of a company one for
// its own and one for those of its persons.
func (p *plan) purchaseTerms(s kreds.Subject, bought Purchase, begin string) ([]segment.Term, error) {
	of := []string{bought.Of}
	if s.Kind() == kreds.Company {
		of = append(of, "person."+bought.Of)
	}
	var out []segment.Term
	for _, e := range of {
		t, _, err := p.column(s, begin+e)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}
