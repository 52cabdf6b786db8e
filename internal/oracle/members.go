package oracle

import (
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// history evaluates a condition on what a trait was.
func (o *Oracle) history(n segment.Node, c context) bool {
	is := func(v kreds.Value, values ...segment.Value) bool {
		return slices.ContainsFunc(values, func(w segment.Value) bool {
			holds, known := o.compare(v, segment.Equal, w, c)
			return holds && known
		})
	}
	story := func(t *segment.Path) []observation {
		return slices.DeleteFunc(slices.Clone(c.p.traits[t.Ref.Name]), func(ob observation) bool { return ob.at >= c.asOf && ob.at != kreds.MinInstant })
	}
	// changed looks for a change in the window.
	changed := func(t *segment.Path, w *segment.Window, not bool, fits func(from, to kreds.Value) bool) bool {
		all := story(t)
		in := interval{kreds.MinInstant, kreds.MaxInstant}
		if w != nil {
			var ok bool
			if in, ok = o.window(w, c, false); !ok {
				return false
			}
		}
		if len(all) == 0 {
			return false
		}
		for i := 1; i < len(all); i++ {
			if a, b := all[i-1], all[i]; in.has(b.at) && Plain(a.value) != Plain(b.value) && fits(a.value, b.value) {
				return !not
			}
		}
		return not
	}
	switch n := n.(type) {
	case *segment.Changed:
		return changed(n.Term, n.Window, n.Not, func(_, _ kreds.Value) bool { return true })
	case *segment.Became:
		return changed(n.Term, n.Window, n.Not, func(_, to kreds.Value) bool { return is(to, n.To) })
	case *segment.WentFrom:
		return changed(n.Term, n.Window, n.Not, func(from, to kreds.Value) bool { return is(from, n.From) && is(to, n.To) })
	}
	h := n.(*segment.HasBeen)
	all := story(h.Term)
	if len(all) == 0 {
		return false
	}
	start := o.add(c.asOf, -h.For.N, h.For.Unit)
	was := -1 // the last observation at or before the start
	for i, ob := range all {
		if ob.at <= start {
			was = i
		}
	}
	holds := was >= 0
	for i := max(was, 0); i < len(all); i++ {
		holds = holds && is(all[i].value, h.Values...)
	}
	return holds != h.Not
}

type rankKey struct {
	n *segment.Rank
	s scope
}

// rank takes the first of those with a value.
func (o *Oracle) rank(n *segment.Rank, c context) bool {
	key := rankKey{n, c.scope}
	best, ok := o.ranks[key]
	if !ok {
		type entry struct {
			p *profile
			v kreds.Value
		}
		var field []entry
		for _, p := range o.profiles { // in the order of keys
			in := context{p: p, scope: c.scope}
			if !o.in(p, c.scope) || n.Among != nil && !o.holds(n.Among, in) || n.Segment != "" && !o.member(n.Segment, p, c.asOf) {
				continue
			}
			if v := o.ranked(n.Term, in); v.Type != kreds.Unknown {
				field = append(field, entry{p, v})
			}
		}
		slices.SortStableFunc(field, func(a, b entry) int {
			if n.Bottom {
				return order(a.v, b.v)
			}
			return order(b.v, a.v)
		})
		take := min(int(n.N), len(field))
		if n.Percent {
			take = min(share(n.N, len(field)), len(field))
		}
		best = map[*profile]bool{}
		for _, e := range field[:take] {
			best[e.p] = true
		}
		o.ranks[key] = best
	}
	return best[c.p] != n.Not && o.ranked(n.Term, c).Type != kreds.Unknown
}

// ranked is the value that a profile takes part in a rank with: of a measure only
// if there was such an event.
func (o *Oracle) ranked(t segment.Term, c context) kreds.Value {
	if m, ok := t.(*segment.Measure); ok {
		if in, _ := o.measured(m, c); len(in) == 0 {
			return kreds.Value{}
		}
	}
	return o.value(t, c)
}

// ofPersons counts the persons of a company.
func (o *Oracle) ofPersons(n *segment.OfPersons, c context) bool {
	s := scope{subject: kreds.Persons, all: true, asOf: c.asOf}
	all, has := 0, 0
	for _, p := range o.profiles {
		if !o.in(p, s) || o.employer(p, c.asOf) != c.p {
			continue
		}
		all++
		if o.holds(n.X, context{p: p, scope: s}) {
			has++
		}
	}
	switch n.Quant {
	case segment.QuantAny:
		return has > 0
	case segment.QuantNo:
		return has == 0
	case segment.QuantAll:
		return all > 0 && has == all
	}
	return n.Op.Holds(has, n.N, 0)
}

type memberKey struct {
	segment string
	at      kreds.Instant
}

// member reports whether the profile was in the segment at the instant: by the
// definition in force then, or by its record.
func (o *Oracle) member(name string, p *profile, at kreds.Instant) bool {
	key := memberKey{strings.ToLower(name), at}
	in, ok := o.members[key]
	if !ok {
		in = o.replay(key)
		o.members[key] = in
	}
	return in[p]
}

func (o *Oracle) replay(key memberKey) map[*profile]bool {
	seg := o.segments[key.segment]
	s := scope{subject: seg.Subject, asOf: key.at}
	out := map[*profile]bool{}
	if seg.Source != kreds.SourceRule {
		var keys []string
		for _, r := range seg.Records {
			if r.At <= key.at {
				keys = r.Keys
			}
		}
		for _, p := range o.profiles {
			out[p] = o.in(p, s) && slices.Contains(keys, p.key)
		}
		return out
	}
	text := seg.Versions[0].Expression
	for _, v := range seg.Versions {
		if v.Saved <= key.at {
			text = v.Expression
		}
	}
	e := o.parsed[text]
	if e == nil {
		var err error
		if e, err = segment.Parse(text); err == nil {
			err = segment.Check(e, o.cat)
		}
		if err != nil {
			panic(text + ": " + err.Error()) // the world is checked when it is made
		}
		o.parsed[text] = e
	}
	for _, p := range o.profiles {
		out[p] = o.in(p, s) && o.holds(e.Root, context{p: p, scope: s})
	}
	return out
}

func (o *Oracle) inSegment(n *segment.InSegment, c context) bool {
	at := c.asOf
	if n.AsOf != nil {
		if at = o.end(n.AsOf, c); at > c.asOf {
			return false
		}
	}
	if !o.member(n.Segment, c.p, at) {
		return false
	}
	if n.For == nil {
		return true
	}
	// The local midnights before.
	day := o.wholeDay(at - 1).from
	for range n.For.N {
		if !o.member(n.Segment, c.p, day) {
			return false
		}
		day = o.wholeDay(day - 1).from
	}
	return true
}

// moved: in at one end of the window and not at the other.
func (o *Oracle) moved(n *segment.Moved, c context) bool {
	iv := interval{kreds.MinInstant, c.asOf}
	if n.Window != nil {
		iv, _ = o.window(n.Window, c, false)
		iv.before = min(iv.before, c.asOf)
	}
	if iv.from >= iv.before {
		return false
	}
	at := o.member(n.Segment, c.p, iv.before)
	was := iv.from != kreds.MinInstant && o.member(n.Segment, c.p, iv.from)
	if n.Left {
		return was && !at
	}
	return at && !was
}
