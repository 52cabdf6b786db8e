// Package audience is the main path: it turns an expression of the segment
// language into members. An expression becomes a plan of set operations over leaf
// conditions; the engine answers all leaves at once, and everything else (and, or,
// not, ranks, relations, earlier times, other segments) is set algebra in memory.
// Saved segments, their refresh, their history and the reasons for membership
// stand on the same plan.
package audience

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

// Audience evaluates expressions and segments of one workspace. Its methods may
// be called from several goroutines.
type Audience struct {
	engine engine.Engine
	state  *state.Store
	clock  kreds.Clock

	// calendar is kept because making one looks up two hundred years of zones.
	calendar atomic.Pointer[segment.Calendar]
}

// New returns the audience of an engine and a state.
func New(e engine.Engine, s *state.Store, clock kreds.Clock) *Audience {
	return &Audience{engine: e, state: s, clock: clock}
}

// Catalogue returns everything that an expression can refer to.
func (a *Audience) Catalogue(ctx context.Context) (*kreds.Catalogue, error) {
	cat, err := a.engine.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	c := *cat
	if c.Lists, err = a.state.Lists(ctx); err != nil {
		return nil, err
	}
	if c.Places, err = a.state.Places(ctx); err != nil {
		return nil, err
	}
	segments, err := a.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	timeless, err := a.state.Timeless(ctx)
	if err != nil {
		return nil, err
	}
	if len(timeless) > 0 {
		c.Traits = slices.Clone(c.Traits)
		for i := range c.Traits {
			t := &c.Traits[i]
			t.Timeless = slices.ContainsFunc(timeless, func(n state.TraitName) bool {
				return n.Kind == t.Kind && strings.EqualFold(n.Name, t.Name)
			})
		}
	}
	c.Segments = nil
	for _, s := range segments {
		c.Segments = append(c.Segments, kreds.SegmentRef{Name: s.Name, Subject: s.Subject})
	}
	return &c, nil
}

// Calendar returns the calendar of the workspace's time zone.
func (a *Audience) Calendar(ctx context.Context) (*segment.Calendar, error) {
	set, err := a.state.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if c := a.calendar.Load(); c != nil && c.Location().String() == set.TimeZone {
		return c, nil
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the time zone %q of the workspace is not known: %w", set.TimeZone, err)
	}
	c := segment.NewCalendar(zone)
	a.calendar.Store(c)
	return c, nil
}

// Parse reads an expression and checks it against the catalogue.
func (a *Audience) Parse(ctx context.Context, text string) (*segment.Expr, error) {
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return parse(text, cat)
}

func parse(text string, cat *kreds.Catalogue) (*segment.Expr, error) {
	e, err := segment.Parse(text)
	if err != nil {
		return nil, err
	}
	return e, segment.Check(e, cat)
}

// Resolve reads an expression, or the name of a segment, which means its current
// definition, and checks it.
func (a *Audience) Resolve(ctx context.Context, text string) (*segment.Expr, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	return p.resolve(ctx, text)
}

// resolve reads an expression; the name of a segment alone means its current
// definition, or, for one whose members are recorded, membership of it.
func (p *plan) resolve(ctx context.Context, text string) (*segment.Expr, error) {
	seg, err := p.a.state.Segment(ctx, strings.TrimSpace(text))
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		return parse(text, p.cat)
	}
	if err != nil {
		return nil, err
	}
	return p.definition(seg)
}

// definition is the expression of a segment's current version; of one whose
// members are recorded it is membership of it.
func (p *plan) definition(seg kreds.Segment) (*segment.Expr, error) {
	if seg.Source == kreds.SourceRule {
		return parse(seg.Expression, p.cat)
	}
	e := &segment.Expr{Subject: seg.Subject, Root: &segment.InSegment{Segment: seg.Name}}
	return e, segment.Check(e, p.cat)
}
