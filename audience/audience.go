// Package audience is the main path: it turns an expression of the segment
// language into members. An expression becomes a plan of set operations over leaf
// conditions; the engine answers all leaves at once, and everything else (and, or,
// not, ranks, relations, earlier times, other segments) is set algebra in memory.
// Saved segments, their refresh, their history and the reasons for membership
// stand on the same plan.
package audience

import (
	"context"
	"maps"
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

	// known is kept because it is asked for by every evaluation.
	known atomic.Pointer[known]
}

// known is what the state says of the workspace, as of a number of changes. It
// is never changed.
type known struct {
	changes  uint64
	lists    map[string][]string
	places   []kreds.Place
	segments []kreds.SegmentRef
	timeless []state.TraitName
	calendar *segment.Calendar
	value    string // the setting
}

// workspace returns what the state says now.
func (a *Audience) workspace(ctx context.Context) (*known, error) {
	last := a.known.Load()
	// Counted before reading: a write meanwhile makes what is read old.
	k := &known{changes: a.state.Changes()}
	if last != nil && last.changes == k.changes {
		return last, nil
	}
	var err error
	if k.lists, err = a.state.Lists(ctx); err != nil {
		return nil, err
	}
	if k.places, err = a.state.Places(ctx); err != nil {
		return nil, err
	}
	segments, err := a.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range segments {
		k.segments = append(k.segments, kreds.SegmentRef{Name: s.Name, Subject: s.Subject})
	}
	if k.timeless, err = a.state.Timeless(ctx); err != nil {
		return nil, err
	}
	set, err := a.state.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if set.Value != nil {
		k.value = *set.Value
	}
	// Making a calendar looks up two hundred years of zones.
	if last != nil && last.calendar.Location().String() == set.TimeZone {
		k.calendar = last.calendar
	} else {
		zone, err := time.LoadLocation(set.TimeZone)
		if err != nil {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the time zone %q of the workspace is not known: %w", set.TimeZone, err)
		}
		k.calendar = segment.NewCalendar(zone)
	}
	a.known.Store(k)
	return k, nil
}

// New returns the audience of an engine and a state.
func New(e engine.Engine, s *state.Store, clock kreds.Clock) *Audience {
	return &Audience{engine: e, state: s, clock: clock}
}

// Catalogue returns everything that an expression can refer to.
func (a *Audience) Catalogue(ctx context.Context) (*kreds.Catalogue, error) {
	k, err := a.workspace(ctx)
	if err != nil {
		return nil, err
	}
	return a.catalogue(ctx, k)
}

func (a *Audience) catalogue(ctx context.Context, k *known) (*kreds.Catalogue, error) {
	cat, err := a.engine.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	c := *cat
	c.Value = k.value
	if len(k.timeless) > 0 {
		c.Traits = slices.Clone(c.Traits)
		for i := range c.Traits {
			t := &c.Traits[i]
			t.Timeless = slices.ContainsFunc(k.timeless, func(n state.TraitName) bool {
				return n.Kind == t.Kind && strings.EqualFold(n.Name, t.Name)
			})
		}
	}
	c.Lists, c.Places, c.Segments = maps.Clone(k.lists), slices.Clone(k.places), slices.Clone(k.segments)
	return &c, nil
}

// Calendar returns the calendar of the workspace's time zone.
func (a *Audience) Calendar(ctx context.Context) (*segment.Calendar, error) {
	k, err := a.workspace(ctx)
	if err != nil {
		return nil, err
	}
	return k.calendar, nil
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
	name := strings.TrimSpace(text)
	if !slices.ContainsFunc(p.cat.Segments, func(r kreds.SegmentRef) bool { return strings.EqualFold(r.Name, name) }) {
		return parse(text, p.cat)
	}
	seg, err := p.a.state.Segment(ctx, name)
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
