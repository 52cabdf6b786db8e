package audience

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// Card is what is known of one profile as of an instant.
type Card struct {
	Profile kreds.Profile
	Key     string
	Subject kreds.Subject // what the profile is at that instant
	// InPopulation is false for a profile that is not seen yet at that instant, or
	// that objects to profiling: it is a member of nothing.
	InPopulation bool
	Traits       []TraitValue // in the order of the catalogue, unknown ones too
	FirstSeen    kreds.Value
	Company      string // the key of a person's company, "" if there is none
	Segments     []InSegment
	Bought       *Bought     // nil where it cannot be told what a purchase is
	Events       []DidEvents // what the profile itself did, by event
}

// TraitValue is a trait of the catalogue with its value, unknown if Type is Unknown.
type TraitValue struct {
	Trait kreds.Trait
	Value kreds.Value
	// History is what was said of it before the instant, oldest first; of equal values one
	// after the other it holds the first.
	History []engine.Observation
}

// InSegment says whether a profile is a member of a segment. Problem is why a
// definition could not be evaluated, "" if it could. Lacks is as in Reason.
type InSegment struct {
	Segment kreds.Segment
	Member  bool
	Problem string
	Lacks   []string
}

// Card returns what is known of the profile of the key: its traits as they were as of
// the instant, and for every segment of its kind whether it is a member by the
// definition in force then. The error has CodeNotFound if there is no such profile.
func (a *Audience) Card(ctx context.Context, kind kreds.Kind, key string, asOf kreds.Instant) (*Card, error) {
	profile, err := a.engine.Find(ctx, kind, key)
	if err != nil {
		return nil, err
	}
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	c := &Card{Profile: profile, Key: key}
	customers, prospects := kreds.Persons, kreds.Prospects
	if kind == kreds.Company {
		customers, prospects = kreds.Companies, kreds.ProspectCompanies
	}
	term := func(name string) (int, error) {
		t, err := p.trait(customers, name)
		if err != nil {
			return 0, err
		}
		return p.ask("value "+name, engine.Ask{Kind: kind, AsOf: asOf, Term: t}), nil
	}
	first, err := term("profile.first_seen")
	if err != nil {
		return nil, err
	}
	var asks []int
	for _, t := range p.cat.Traits {
		if t.Kind != kind {
			continue
		}
		ask, err := term(t.Name)
		if err != nil {
			return nil, fmt.Errorf("trait %s: %w", t.Name, err)
		}
		asks = append(asks, ask)
		c.Traits = append(c.Traits, TraitValue{Trait: t})
	}
	employer := -1
	if kind == kreds.Person {
		employer = p.ask("owner", engine.Ask{Kind: kind, AsOf: asOf, Owner: true})
	}
	nodes, err := c.plan(ctx, p, kind, asOf)
	if err != nil {
		return nil, err
	}
	bucket := engine.BucketOf(key)
	r, err := p.start(ctx, engine.Buckets{From: bucket, To: bucket})
	if err != nil {
		return nil, err
	}
	c.FirstSeen = r.value(first, profile)
	for i, ask := range asks {
		c.Traits[i].Value = r.value(ask, profile)
	}
	if employer >= 0 {
		if v := r.answers[employer].Values; v != nil && v.Known.Has(uint32(profile)) {
			for k, err := range a.engine.Keys(ctx, roaring.BitmapOf(uint32(v.Int[profile])), false) {
				if err != nil {
					return nil, err
				}
				c.Company = k.Key
			}
		}
	}
	for _, s := range []kreds.Subject{prospects, customers} {
		u, err := r.universe(scope{subject: s, asOf: asOf})
		if err != nil {
			return nil, err
		}
		if c.Subject = s; u.Contains(uint32(profile)) {
			c.InPopulation = true
			break
		}
	}
	for i, n := range nodes {
		if n == nil {
			continue
		}
		set, err := r.set(n)
		if err != nil {
			return nil, err
		}
		c.Segments[i].Member = set.Contains(uint32(profile))
	}
	if err := c.lacks(r, nodes); err != nil {
		return nil, err
	}
	if err := c.history(ctx, a.engine, asOf); err != nil {
		return nil, err
	}
	return c, c.figures(ctx, a, kind, asOf)
}

// plan compiles the segments of the kind; one that cannot be evaluated has no node
// and says why.
func (c *Card) plan(ctx context.Context, p *plan, kind kreds.Kind, asOf kreds.Instant) ([]*node, error) {
	all, err := p.a.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	var nodes []*node
	for _, s := range all {
		if s.Subject.Kind() != kind || !s.Archived.IsZero() {
			continue
		}
		in := InSegment{Segment: s}
		n, err := p.membership(ctx, scope{}, s.Name, asOf)
		switch kreds.CodeOf(err) {
		case "":
		case kreds.CodeInvalid, kreds.CodeNotFound:
			in.Problem = err.Error()
		default:
			return nil, err
		}
		nodes, c.Segments = append(nodes, n), append(c.Segments, in)
	}
	return nodes, nil
}

// value is an answer's value for a profile.
func (r *run) value(ask int, profile kreds.Profile) kreds.Value {
	return valueAt(r.answers[ask].Values, uint32(profile))
}
