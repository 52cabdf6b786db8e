package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// Change is why a segment's size changed between two instants. Everybody who joined or
// left has one cause, so that the causes add up: After = Before + Joined − Left.
type Change struct {
	Segment       string
	From, To      kreds.Instant
	Before, After int64
	Joined, Left  int64
	Newcomers     int64 // of those who joined: not in the population at From
	Causes        []Cause
	Stopped       []Stopped
	Rules         [2]kreds.Version // in force at From and at To
	Notes         []string
}

// Cause is one reason and how many joined and left by it.
type Cause struct {
	Name         CauseName
	Joined, Left int64
	Text         string
}

// CauseName names a cause.
type CauseName string

// The causes, in the order in which they are told apart. Recorded is that of segments
// whose members are on record.
const (
	Late      CauseName = "late"      // data about the time before From, imported after it
	Windows   CauseName = "windows"   // time went on: windows ran out, dates came
	Source    CauseName = "source"    // the same, for events of a source that stopped
	Behaviour CauseName = "behaviour" // what people did, or what became known of them
	Rule      CauseName = "rule"      // another definition
	Recorded  CauseName = "recorded"
)

// Stopped is an event type that had a steady rate until Last, and nothing from then on:
// each of the four stretches before, of the length of the silence, had at least Before
// occurrences.
type Stopped struct {
	Event  string
	Last   kreds.Instant
	Before int64
}

// steady is how many occurrences each of the four stretches before a silence needs, and
// shortest the silence that counts, in microseconds.
const (
	steady   = 10
	shortest = 2 * 86400e6
)

// Change explains the change of a segment's size. It replays the segment five times,
// changing one thing at a time: what was known and the rule at From; what came to be
// known of that time by To; the clock at To with nothing new having happened; the same
// for sources that stopped; what happened until To; and the rule at To. Whoever is in at
// the end and was not at the beginning joined by the last step that took them in, and
// whoever is out left by the last step that took them out.
//
// The error has CodeInvalid if To is not after From, CodeNotFound if there is no such
// segment.
func (p *Prover) Change(ctx context.Context, name string, from, to kreds.Instant) (*Change, error) {
	if to == 0 {
		to = kreds.InstantOf(p.clock())
	}
	if from >= to {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the second date is not after the first").WithHint("give an earlier --from, or a later --to")
	}
	seg, err := p.state.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	c := &changing{Prover: p, from: from, to: to, segment: seg, out: &Change{Segment: seg.Name, From: from, To: to}}
	if seg.Source != kreds.SourceRule {
		return c.out, c.recorded(ctx)
	}
	return c.out, c.explain(ctx)
}

type changing struct {
	*Prover
	from, to kreds.Instant
	segment  kreds.Segment
	out      *Change
	known    [2]*kreds.ImportID // at from and at to; nil: everything
}

// recorded is the change of a segment whose members are on record.
func (c *changing) recorded(ctx context.Context) error {
	replies, err := c.audience.Ask(ctx, []audience.Question{{AsOf: c.from, Segment: c.segment.Name}, {AsOf: c.to, Segment: c.segment.Name}}, audience.Asking{})
	if err != nil {
		return err
	}
	text := "other members were put on the list"
	if c.segment.Source == kreds.SourceModel {
		text = "the model assigned them anew"
	}
	c.attribute([]*roaring.Bitmap{replies[0].Members, replies[1].Members}, []Cause{{Name: Recorded, Text: text}})
	return nil
}

func (c *changing) explain(ctx context.Context) error {
	versions, err := c.state.Versions(ctx, c.segment.Name)
	if err != nil {
		return err
	}
	rules := [2]*segment.Expr{}
	for i, at := range []kreds.Instant{c.from, c.to} {
		c.out.Rules[i] = inForce(versions, at)
		if rules[i], err = c.audience.Parse(ctx, c.out.Rules[i].Expression); err != nil {
			return fmt.Errorf("version %d of %q: %w", c.out.Rules[i].Number, c.segment.Name, err)
		}
	}
	if err := c.imports(ctx); err != nil {
		return err
	}
	if err := c.stopped(ctx, rules[0], versions); err != nil {
		return err
	}
	one := func(e *segment.Expr, clock kreds.Instant, how audience.Asking) (*roaring.Bitmap, error) {
		replies, err := c.audience.Ask(ctx, []audience.Question{{AsOf: clock, Expr: e}}, how)
		if err != nil {
			return nil, err
		}
		return replies[0].Members, nil
	}
	then := audience.Asking{Known: c.known[0], Rules: &c.from}
	now := audience.Asking{Known: c.known[1], Rules: &c.from}
	still, held, edited := now, now, now
	still.Seen, held.Seen, edited.Rules = &c.from, &c.from, &c.to
	held.Held = c.held
	population, err := c.population(ctx, now)
	if err != nil {
		return err
	}
	steps := []struct {
		rule  *segment.Expr
		clock kreds.Instant
		how   audience.Asking
	}{{rules[0], c.from, then}, {rules[0], c.from, now}, {rules[0], c.to, held}, {rules[0], c.to, still}, {rules[0], c.to, now}, {rules[1], c.to, edited}}
	var sets []*roaring.Bitmap
	for i, s := range steps {
		set, err := one(s.rule, s.clock, s.how)
		if err != nil {
			return err
		}
		if i == 2 || i == 3 { // nobody new has come yet
			set = roaring.And(set, population)
		}
		sets = append(sets, set)
	}
	c.attribute(sets, []Cause{
		{Name: Late, Text: kreds.Say("data about the time before, which was imported after it")},
		{Name: Windows, Text: kreds.Say("time went on: windows ran out and dates came, without anything new having happened")},
		{Name: Source, Text: c.sourceText()},
		{Name: Behaviour, Text: kreds.Say("what people did, and what became known of them")},
		{Name: Rule, Text: c.ruleText()},
	})
	c.out.Newcomers = int64(roaring.AndNot(roaring.AndNot(sets[5], sets[0]), population).GetCardinality())
	return nil
}

// attribute gives everybody who joined or left one cause: the last step that took them
// in, or out.
func (c *changing) attribute(sets []*roaring.Bitmap, causes []Cause) {
	first, last := sets[0], sets[len(sets)-1]
	joined, left := roaring.AndNot(last, first), roaring.AndNot(first, last)
	c.out.Before, c.out.After = int64(first.GetCardinality()), int64(last.GetCardinality())
	c.out.Joined, c.out.Left = int64(joined.GetCardinality()), int64(left.GetCardinality())
	// From the end: who was on the other side before a step crossed by it.
	for i := len(causes) - 1; i >= 0; i-- {
		in := roaring.AndNot(joined, sets[i])
		out := roaring.And(left, sets[i])
		joined.AndNot(in)
		left.AndNot(out)
		causes[i].Joined, causes[i].Left = int64(in.GetCardinality()), int64(out.GetCardinality())
	}
	c.out.Causes = causes
}

// imports finds what was known at the two instants. Where everything was imported
// later, what came late cannot be told.
func (c *changing) imports(ctx context.Context) error {
	all, err := c.state.Imports(ctx)
	if err != nil {
		return err
	}
	var ids [2]kreds.ImportID
	undone := 0
	for _, i := range all {
		ended := kreds.InstantOf(i.Ended)
		switch {
		case i.State == kreds.ImportUndone && ended > c.from && ended <= c.to:
			undone++
		case i.State == kreds.ImportCommitted:
			for k, at := range []kreds.Instant{c.from, c.to} {
				if ended <= at {
					ids[k] = max(ids[k], i.ID)
				}
			}
		}
	}
	if undone > 0 {
		c.out.Notes = append(c.out.Notes, kreds.Say("An import of this time was undone since: what it brought is not seen."))
	}
	if ids[1] != 0 {
		c.known[1] = &ids[1]
	}
	c.known[0] = c.known[1]
	if ids[0] != 0 {
		c.known[0] = &ids[0]
	} else {
		c.out.Notes = append(c.out.Notes, kreds.Say("All data was imported after the first date: what arrived late cannot be told."))
	}
	return nil
}

// population is everybody at the first instant.
func (c *changing) population(ctx context.Context, how audience.Asking) (*roaring.Bitmap, error) {
	e := &segment.Expr{Subject: c.segment.Subject, Root: &segment.Everyone{}}
	replies, err := c.audience.Ask(ctx, []audience.Question{{AsOf: c.from, Expr: e}}, how)
	if err != nil {
		return nil, err
	}
	return replies[0].Members, nil
}

// held makes time stand still for conditions about events that stopped.
func (c *changing) held(leaf segment.Node, asOf kreds.Instant) kreds.Instant {
	v := segment.Visitor{Events: func(e *segment.Events, _ **segment.Window) {
		for _, s := range c.out.Stopped {
			if e.Any || contains(e.Names, s.Event) {
				asOf = min(asOf, max(s.Last, c.from))
			}
		}
	}}
	v.Visit(&segment.Expr{Subject: c.segment.Subject, Root: leaf})
	return asOf
}

// stopped finds event types that the rule reads, and those that it refers to, and that
// have stopped.
func (c *changing) stopped(ctx context.Context, rule *segment.Expr, versions []kreds.Version) error {
	cat, err := c.audience.Catalogue(ctx)
	if err != nil {
		return err
	}
	names, err := c.events(ctx, rule, cat, map[string]bool{})
	if err != nil {
		return err
	}
	how := audience.Asking{Known: c.known[1]}
	for _, name := range names {
		events := &segment.Events{Names: []string{name}}
		last, err := c.audience.Ask(ctx, []audience.Question{{AsOf: c.to, Subject: c.segment.Subject, Term: &segment.EventInstant{Last: true, Events: events}}}, how)
		if err != nil {
			return err
		}
		ended := kreds.MinInstant
		for it := last[0].Population.Iterator(); it.HasNext(); {
			if i := it.Next(); last[0].Values.Known.Has(i) {
				ended = max(ended, kreds.Instant(last[0].Values.Int[i]))
			}
		}
		silence := c.to - ended
		if ended == kreds.MinInstant || silence < shortest {
			continue
		}
		var questions []audience.Question
		for i := range kreds.Instant(4) {
			before := ended + 1 - i*silence
			questions = append(questions, audience.Question{AsOf: before, Subject: c.segment.Subject, Term: &segment.Measure{Agg: segment.AggCount, Events: events, Window: between(before-silence, before)}})
		}
		counts, err := c.audience.Ask(ctx, questions, how)
		if err != nil {
			return err
		}
		least := int64(1 << 62)
		for _, r := range counts {
			var sum int64
			for it := r.Population.Iterator(); it.HasNext(); {
				sum += int64(r.Values.Num[it.Next()])
			}
			least = min(least, sum)
		}
		if least >= steady {
			c.out.Stopped = append(c.out.Stopped, Stopped{name, ended + 1, least})
		}
	}
	return nil
}

// events are the names of the event types that an expression reads, also through the
// segments that it refers to.
func (c *changing) events(ctx context.Context, e *segment.Expr, cat *kreds.Catalogue, seen map[string]bool) ([]string, error) {
	var out []string
	v := segment.Visitor{Events: func(ev *segment.Events, _ **segment.Window) {
		if ev.OfPersons {
			return // events of a company's persons are not told apart
		}
		names := ev.Names
		if ev.Any {
			for _, t := range cat.Events {
				names = append(names, t.Name)
			}
		}
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}}
	v.Visit(e)
	for _, ref := range segment.References(e) {
		if seen[strings.ToLower(ref)] {
			continue
		}
		seen[strings.ToLower(ref)] = true
		versions, err := c.state.Versions(ctx, ref)
		if err != nil {
			return nil, err
		}
		text := inForce(versions, c.from).Expression
		if text == "" {
			continue
		}
		next, err := c.audience.Parse(ctx, text)
		if err != nil {
			return nil, fmt.Errorf("segment %q: %w", ref, err)
		}
		more, err := c.events(ctx, next, cat, seen)
		if err != nil {
			return nil, err
		}
		for _, n := range more {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// inForce is the version of a definition at an instant: the last saved until then, or
// the first.
func inForce(versions []kreds.Version, at kreds.Instant) kreds.Version {
	v := versions[0]
	for _, later := range versions[1:] {
		if kreds.InstantOf(later.Saved) <= at {
			v = later
		}
	}
	return v
}

func (c *changing) sourceText() string {
	if len(c.out.Stopped) == 0 {
		return kreds.Say("no source stopped")
	}
	var names []string
	for _, s := range c.out.Stopped {
		names = append(names, s.Event)
	}
	return kreds.Say("nothing came of %s any more", strings.Join(names, " and "))
}

func (c *changing) ruleText() string {
	if a, b := c.out.Rules[0].Number, c.out.Rules[1].Number; a != b {
		return kreds.Say("the definition was edited: version %d became version %d", a, b)
	}
	return kreds.Say("the definition, or one that it refers to, was edited")
}
