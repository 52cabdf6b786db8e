package oracle

import (
	"time"

	"github.com/kreds/kreds/segment"
)

// did evaluates a single step by counting, and a sequence by trying every choice
// of events.
func did(n *segment.Did, p *Person, asOf time.Time) bool {
	if len(n.Steps) > 1 {
		return sequence(n.Steps, p, asOf)
	}
	s := n.Steps[0]
	in := stepLines(s, p, asOf)
	if s.Same == "" {
		return counted(s, in, asOf)
	}
	byValue := map[any][]Event{}
	for _, e := range in {
		if v := e.Props[s.Same]; v != nil {
			byValue[v] = append(byValue[v], e)
		}
	}
	if len(byValue) == 0 {
		return counted(s, nil, asOf)
	}
	for _, of := range byValue {
		if counted(s, of, asOf) {
			return true
		}
	}
	return false
}

func stepLines(s *segment.Step, p *Person, asOf time.Time) []Event {
	in := lines(s.Events, s.Where, p, asOf)
	if s.Window != nil {
		in = clip(in, window(s.Window, asOf))
	}
	return in
}

// counted applies count and regularity to lines.
func counted(s *segment.Step, in []Event, asOf time.Time) bool {
	holds := func(in []Event) bool {
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
	from := asOf
	if r.Whole {
		from = floor(asOf, r.Unit)
	}
	good := 0
	for i := range r.Of {
		if holds(clip(in, [2]time.Time{add(from, -(i + 1), r.Unit), add(from, -i, r.Unit)})) {
			good++
		}
	}
	if r.Each {
		return good == r.Of
	}
	return r.Op.Holds(good, r.N, 0)
}

// sequence tries every assignment of the positive steps.
func sequence(steps []*segment.Step, p *Person, asOf time.Time) bool {
	candidates := make([][]Event, len(steps))
	for i, s := range steps {
		in := stepLines(s, p, asOf)
		if s.Not || s.Same != "" || next(steps, i) {
			candidates[i] = firstByValue(steps, i, in)
		} else {
			candidates[i] = occasions(in)
		}
	}
	var try func(i int, chosen []Event) bool
	try = func(i int, chosen []Event) bool {
		if i == len(steps) {
			return nothingForbidden(steps, candidates, chosen, asOf)
		}
		if steps[i].Not {
			return try(i+1, append(chosen, Event{}))
		}
		for _, e := range candidates[i] {
			if prev := before(steps, i); prev >= 0 {
				b := chosen[prev]
				if !e.Time.After(b.Time) {
					continue
				}
				if w := steps[i].Within; w != nil && e.Time.After(add(b.Time, w.N, w.Unit)) {
					continue
				}
				if q := steps[i].Same; q != "" && (e.Props[q] == nil || e.Props[q] != b.Props[q]) {
					continue
				}
			}
			if try(i+1, append(chosen[:i:i], e)) {
				return true
			}
		}
		return false
	}
	return try(0, nil)
}

// next reports whether the step after this one compares a property with it.
func next(steps []*segment.Step, i int) bool {
	for _, s := range steps[i+1:] {
		if s.Same != "" {
			return true
		}
		if !s.Not {
			return false
		}
	}
	return false
}

// firstByValue are the first lines of each occasion and value of the properties
// that a step is compared by.
func firstByValue(steps []*segment.Step, i int, in []Event) []Event {
	var props []string
	if steps[i].Same != "" {
		props = append(props, steps[i].Same)
	}
	for _, s := range steps[i+1:] {
		if s.Same != "" {
			props = append(props, s.Same)
		}
		if !s.Not {
			break
		}
	}
	var out []Event
	for _, e := range in {
		known := false
		for _, o := range out {
			same := o.Order != "" && o.Order == e.Order && o.Type == e.Type
			for _, q := range props {
				same = same && o.Props[q] == e.Props[q]
			}
			known = known || same
		}
		if !known {
			out = append(out, e)
		}
	}
	return out
}

// before is the positive step before one, -1 for the first.
func before(steps []*segment.Step, i int) int {
	for j := i - 1; j >= 0; j-- {
		if !steps[j].Not {
			return j
		}
	}
	return -1
}

// nothingForbidden checks the negative steps against the events chosen.
func nothingForbidden(steps []*segment.Step, candidates [][]Event, chosen []Event, asOf time.Time) bool {
	for i, s := range steps {
		if !s.Not {
			continue
		}
		prev := chosen[before(steps, i)]
		var after *Event
		for j := i + 1; j < len(steps); j++ {
			if !steps[j].Not {
				after = &chosen[j]
				break
			}
		}
		if after == nil && s.Within != nil && add(prev.Time, s.Within.N, s.Within.Unit).After(asOf) {
			return false
		}
		for _, c := range candidates[i] {
			switch {
			case !c.Time.After(prev.Time):
			case after != nil && !after.Time.After(c.Time):
			case s.Within != nil && c.Time.After(add(prev.Time, s.Within.N, s.Within.Unit)):
			case s.Same != "" && (c.Props[s.Same] == nil || c.Props[s.Same] != prev.Props[s.Same]):
			default:
				return false
			}
		}
	}
	return true
}

// resumed looks for an occasion in the window with none in the pause before it
// and an earlier one.
func resumed(n *segment.Resumed, p *Person, asOf time.Time) bool {
	all := occasions(lines(n.Events, n.Where, p, asOf))
	pause, unit := 90, segment.Day
	if n.Pause != nil {
		pause, unit = n.Pause.N, n.Pause.Unit
	}
	for _, e := range all {
		if n.Window != nil && !within(window(n.Window, asOf), e.Time) {
			continue
		}
		begin := add(e.Time, -pause, unit)
		earlier, between := false, false
		for _, o := range all {
			earlier = earlier || o.Time.Before(begin)
			between = between || !o.Time.Before(begin) && o.Time.Before(e.Time)
		}
		if earlier && !between {
			return true
		}
	}
	return false
}
