package oracle

import (
	"slices"
	"sort"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// lines are the events that a condition reads, oldest first: of the types, seen
// as of the instant, satisfying where.
func (o *Oracle) lines(e *segment.Events, where segment.Node, c context) []*event {
	of := []*profile{c.p}
	if e.OfPersons {
		of = of[:0:0]
		for _, p := range o.profiles {
			if p.kind == kreds.Person && o.employer(p, c.asOf) == c.p {
				of = append(of, p)
			}
		}
	}
	var out []*event
	for _, p := range of {
		for _, ev := range p.events {
			if ev.at >= c.asOf || !meant(e, ev.typ) {
				continue
			}
			in := c
			in.p, in.line = p, ev
			if where == nil || o.holds(where, in) {
				out = append(out, ev)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out
}

func meant(e *segment.Events, typ string) bool {
	return e.Any || slices.Contains(e.Names, typ)
}

// occasions are the first lines of each occasion.
func occasions(in []*event) []*event {
	type key struct {
		typ      string
		occasion any
	}
	seen := map[key]bool{}
	var out []*event
	for _, e := range in {
		if k := (key{e.typ, e.occasion}); e.occasion != nil {
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		out = append(out, e)
	}
	return out
}

func clip(in []*event, iv interval) []*event {
	var out []*event
	for _, e := range in {
		if iv.has(e.at) {
			out = append(out, e)
		}
	}
	return out
}

// stepLines are the lines of a step in its window, and whether that is known.
func (o *Oracle) stepLines(s *segment.Step, c context) ([]*event, bool) {
	in := o.lines(s.Events, s.Where, c)
	if s.Window == nil {
		return in, true
	}
	iv, ok := o.window(s.Window, c, false)
	return clip(in, iv), ok
}

// did evaluates a single step by counting, and a sequence by trying every choice
// of events.
func (o *Oracle) did(n *segment.Did, c context) bool {
	if len(n.Steps) > 1 {
		return o.sequence(n.Steps, c)
	}
	s := n.Steps[0]
	in, ok := o.stepLines(s, c)
	if !ok {
		return false
	}
	if s.Same == "" {
		return o.counted(s, in, c)
	}
	byValue := map[any][]*event{}
	for _, e := range in {
		if v, ok := e.props[s.Same]; ok {
			byValue[Plain(v)] = append(byValue[Plain(v)], e)
		}
	}
	if len(byValue) == 0 {
		return o.counted(s, nil, c)
	}
	for _, of := range byValue {
		if o.counted(s, of, c) {
			return true
		}
	}
	return false
}

// counted applies count and regularity to lines.
func (o *Oracle) counted(s *segment.Step, in []*event, c context) bool {
	holds := func(in []*event) bool {
		n := len(occasions(in))
		if s.Count == nil {
			return n >= 1
		}
		return s.Count.Holds(n)
	}
	r := s.Periods
	if r == nil {
		return holds(in)
	}
	good := 0
	for i := range r.Of {
		iv := interval{o.add(c.asOf, -(i + 1), r.Unit), o.add(c.asOf, -i, r.Unit)}
		if r.Whole {
			iv = o.units(c.asOf, -(i + 1), 1, r.Unit)
		}
		if holds(clip(in, iv)) {
			good++
		}
	}
	if r.Each {
		return good == r.Of
	}
	return r.Op.Holds(good, r.N, 0)
}

// later reports whether b is later than a: where either has only a date, on a
// later day.
func (o *Oracle) later(a, b *event) bool {
	if a.dayOnly || b.dayOnly {
		return o.wholeDay(b.at).from > o.wholeDay(a.at).from
	}
	return b.at > a.at
}

// inTime reports whether b is at most so long after a; in days where either has
// only a date.
func (o *Oracle) inTime(a, b *event, within *segment.Duration) bool {
	switch {
	case within == nil:
		return true
	case a.dayOnly || b.dayOnly:
		return o.wholeDay(b.at).from <= o.lastDay(a, within).from
	}
	return b.at <= o.add(a.at, within.N, within.Unit)
}

// lastDay is the day that a time after the event's day ends on; hours do not leave
// the day.
func (o *Oracle) lastDay(a *event, within *segment.Duration) interval {
	y, m, d := o.date(a.at)
	y, m, d = addDate(y, m, d, within.N, within.Unit)
	return interval{o.midnight(y, m, d), o.midnight(y, m, d+1)}
}

// over reports whether so long after the event has passed.
func (o *Oracle) over(a *event, within *segment.Duration, asOf kreds.Instant) bool {
	if a.dayOnly {
		return o.lastDay(a, within).before <= asOf
	}
	return o.add(a.at, within.N, within.Unit) <= asOf
}

// sequence tries every assignment of the positive steps.
func (o *Oracle) sequence(steps []*segment.Step, c context) bool {
	candidates := make([][]*event, len(steps))
	for i, s := range steps {
		// A line of an occasion is told from another by the properties that the
		// step is compared by.
		own, following := s.Same, nextSame(steps, i)
		var ok bool
		if candidates[i], ok = o.stepLines(s, c); !ok {
			return false
		}
		if len(following) > 0 || own != "" {
			candidates[i] = unique(candidates[i], append(following, own))
		} else {
			candidates[i] = occasions(candidates[i])
		}
	}
	equal := func(s *segment.Step, a, b *event) bool {
		if s.Same == "" {
			return true
		}
		v, ok := b.props[s.Same]
		w, also := a.props[s.Same]
		return ok && also && Plain(v) == Plain(w)
	}
	// Nothing forbidden happened between two events that follow each other, or
	// after the last one.
	forbidden := func(i int, prev, next *event) bool {
		for j := i + 1; j < len(steps) && steps[j].Not; j++ {
			s := steps[j]
			if next == nil && s.Within != nil && !o.over(prev, s.Within, c.asOf) {
				return true
			}
			for _, e := range candidates[j] {
				if o.later(prev, e) && (next == nil || o.later(e, next)) && o.inTime(prev, e, s.Within) && equal(s, prev, e) {
					return true
				}
			}
		}
		return false
	}
	var try func(i int, prev *event, at int) bool
	try = func(i int, prev *event, at int) bool {
		for i < len(steps) && steps[i].Not {
			i++
		}
		if i == len(steps) {
			return !forbidden(at, prev, nil)
		}
		for _, e := range candidates[i] {
			if prev != nil && (!o.later(prev, e) || !o.inTime(prev, e, steps[i].Within) || !equal(steps[i], prev, e) || forbidden(at, prev, e)) {
				continue
			}
			if try(i+1, e, i) {
				return true
			}
		}
		return false
	}
	return try(0, nil, -1)
}

// nextSame are the properties by which later steps are compared with this one, if
// it is positive.
func nextSame(steps []*segment.Step, i int) []string {
	var out []string
	if steps[i].Not {
		return nil
	}
	for _, s := range steps[i+1:] {
		if s.Same != "" {
			out = append(out, s.Same)
		}
		if !s.Not {
			break
		}
	}
	return out
}

// unique are the first lines of each occasion and values of the properties.
func unique(in []*event, props []string) []*event {
	var out []*event
	for _, e := range in {
		known := false
		for _, f := range out {
			same := e.occasion != nil && f.occasion == e.occasion && f.typ == e.typ
			for _, p := range props {
				same = same && Plain(f.props[p]) == Plain(e.props[p])
			}
			known = known || same
		}
		if !known {
			out = append(out, e)
		}
	}
	return out
}

// resumed looks for an occasion in the window with none in the pause before it
// and an earlier one.
func (o *Oracle) resumed(n *segment.Resumed, c context) bool {
	all := occasions(o.lines(n.Events, n.Where, c))
	in := interval{kreds.MinInstant, kreds.MaxInstant}
	if n.Window != nil {
		var ok bool
		if in, ok = o.window(n.Window, c, false); !ok {
			return false
		}
	}
	pause := &segment.Duration{N: 90, Unit: segment.Day}
	if n.Pause != nil {
		pause = n.Pause
	}
	for _, e := range all {
		if !in.has(e.at) {
			continue
		}
		begin := o.add(e.at, -pause.N, pause.Unit)
		earlier, between := false, false
		for _, f := range all {
			earlier = earlier || f.at < begin
			between = between || f.at >= begin && f.at < e.at
		}
		if earlier && !between {
			return true
		}
	}
	return false
}
