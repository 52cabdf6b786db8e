// Package oracle evaluates expressions naively: one profile at a time, one
// condition after the other, straight from the language's reference. It is what
// the engine is held to, shares nothing with it but the tree, and is as slow as it
// is plain. It covers persons with undated traits and events of several types.
package oracle

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/kreds/kreds/segment"
)

// Event is one line of something a person did; Props are numbers and texts, and
// a missing one is unknown. Equal Orders are one occasion; "" is one of its own.
type Event struct {
	Type  string
	Time  time.Time
	Order string
	Props map[string]any
}

// Person is a profile: traits that hold always, and events.
type Person struct {
	Key    string
	Traits map[string]any
	Events []Event
}

// Holds reports whether a checked condition holds for the person as of the
// instant. It panics on a form that it does not cover.
func Holds(n segment.Node, p *Person, asOf time.Time) bool {
	switch n := n.(type) {
	case *segment.And:
		for _, c := range n.Clauses {
			if !Holds(c, p, asOf) {
				return false
			}
		}
		return true
	case *segment.Or:
		for _, c := range n.Clauses {
			if Holds(c, p, asOf) {
				return true
			}
		}
		return false
	case *segment.Not:
		return !Holds(n.X, p, asOf)
	case *segment.SomeOf:
		count := 0
		for _, c := range n.Clauses {
			if Holds(c, p, asOf) {
				count++
			}
		}
		return n.Op.Holds(count, n.N, 0)
	case *segment.Everyone:
		return true
	case *segment.AsOf:
		at := end(extent(n.At, asOf))
		return !at.After(asOf) && Exists(p, at) && Holds(n.X, p, at)
	case *segment.Compare:
		a, ok := value(n.Term, p, asOf)
		b, known := literal(n.Value, p, asOf)
		return ok && known && compare(a, n.Op, b)
	case *segment.Between:
		a, ok := value(n.Term, p, asOf)
		if from, dated := n.Lo.(*segment.DateValue); dated {
			to := end(extent(n.Hi.(*segment.DateValue), asOf))
			return ok && within([2]time.Time{extent(from, asOf)[0], to}, a.(time.Time)) != n.Not
		}
		lo, k1 := literal(n.Lo, p, asOf)
		hi, k2 := literal(n.Hi, p, asOf)
		if !ok || !k1 || !k2 {
			return false
		}
		return (compare(a, segment.GreaterEqual, lo) && compare(a, segment.LessEqual, hi)) != n.Not
	case *segment.In:
		a, ok := value(n.Term, p, asOf)
		if !ok {
			return false
		}
		found := false
		for _, v := range n.Values {
			b, known := literal(v, p, asOf)
			found = found || known && compare(a, segment.Equal, b)
		}
		return found != n.Not
	case *segment.Known:
		_, ok := value(n.Term, p, asOf)
		return ok != n.Unknown
	case *segment.InWindow:
		v, ok := value(n.Term, p, asOf)
		if !ok {
			return false
		}
		return within(window(n.Window, asOf), v.(time.Time)) != n.Not
	case *segment.Did:
		return did(n, p, asOf) != n.Not
	case *segment.Resumed:
		return resumed(n, p, asOf)
	}
	panic("the oracle does not cover " + segment.PrintNode(n))
}

// Exists reports whether the person was seen before the instant: one without any
// event is undated and always was.
func Exists(p *Person, asOf time.Time) bool {
	if len(p.Events) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Events, func(e Event) bool { return e.Time.Before(asOf) })
}

// compare compares numbers or texts.
func compare(a any, op segment.CompareOp, b any) bool {
	c := 0
	switch x := a.(type) {
	case float64:
		y := b.(float64)
		if x < y {
			c = -1
		} else if x > y {
			c = 1
		}
	case string:
		if x != b.(string) {
			c = 1
		}
	}
	switch op {
	case segment.Equal:
		return c == 0
	case segment.NotEqual:
		return c != 0
	case segment.Less:
		return c < 0
	case segment.LessEqual:
		return c <= 0
	case segment.Greater:
		return c > 0
	}
	return c >= 0
}

func literal(v segment.Value, p *Person, asOf time.Time) (any, bool) {
	switch v := v.(type) {
	case *segment.Number:
		return v.V, true
	case *segment.Text:
		return v.V, true
	case *segment.TermValue:
		x, ok := value(v.Term, p, asOf)
		if ok && v.Percent != nil {
			return v.Percent.V / 100 * x.(float64), true
		}
		return x, ok
	}
	panic(fmt.Sprintf("the oracle does not cover the value %T", v))
}

// lines are the events that a condition reads, oldest first: of the types, before
// the instant, satisfying where.
func lines(e *segment.Events, where segment.Node, p *Person, asOf time.Time) []Event {
	var out []Event
	for _, ev := range p.Events {
		if !ev.Time.Before(asOf) || !e.Any && !slices.Contains(e.Names, ev.Type) {
			continue
		}
		if where == nil || matches(where, ev, asOf) {
			out = append(out, ev)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Time.Before(out[j].Time) })
	return out
}

// matches evaluates where for one line by taking it for a person whose traits are
// its properties.
func matches(where segment.Node, e Event, asOf time.Time) bool {
	return Holds(where, &Person{Traits: e.Props}, asOf)
}

// occasions are the first lines of each occasion.
func occasions(in []Event) []Event {
	seen := map[string]bool{}
	var out []Event
	for _, e := range in {
		if e.Order != "" {
			if key := e.Type + "\x00" + e.Order; seen[key] {
				continue
			} else {
				seen[key] = true
			}
		}
		out = append(out, e)
	}
	return out
}

func clip(in []Event, iv [2]time.Time) []Event {
	var out []Event
	for _, e := range in {
		if within(iv, e.Time) {
			out = append(out, e)
		}
	}
	return out
}

func value(t segment.Term, p *Person, asOf time.Time) (any, bool) {
	switch t := t.(type) {
	case *segment.Path:
		v, ok := p.Traits[t.Ref.Name]
		return v, ok && v != nil
	case *segment.EventInstant:
		in := lines(t.Events, t.Where, p, asOf)
		if len(in) == 0 {
			return nil, false
		}
		if t.Last {
			of := occasions(in)
			return of[len(of)-1].Time, true
		}
		return in[0].Time, true
	case *segment.Measure:
		in := lines(t.Events, t.Where, p, asOf)
		if t.Window != nil {
			in = clip(in, window(t.Window, asOf))
		}
		return measure(t, in)
	}
	panic("the oracle does not cover " + segment.PrintTerm(t))
}

func measure(m *segment.Measure, in []Event) (any, bool) {
	if m.Agg == segment.AggCount {
		return float64(len(occasions(in))), true
	}
	var nums []float64
	different := map[any]bool{}
	var all []any
	for _, e := range in {
		v := e.Props[m.Prop]
		if v == nil {
			continue
		}
		different[v] = true
		all = append(all, v)
		if f, ok := v.(float64); ok {
			nums = append(nums, f)
		}
	}
	sum := 0.0 // of whole numbers, so exact
	for _, f := range nums {
		sum += f
	}
	switch m.Agg {
	case segment.AggCountDistinct:
		return float64(len(different)), true
	case segment.AggSum:
		return sum, true
	}
	if len(all) == 0 {
		return nil, false
	}
	sort.Float64s(nums)
	switch m.Agg {
	case segment.AggAvg:
		return sum / float64(len(nums)), true
	case segment.AggMin:
		return nums[0], true
	case segment.AggMax:
		return nums[len(nums)-1], true
	case segment.AggMedian:
		return (nums[(len(nums)-1)/2] + nums[len(nums)/2]) / 2, true
	}
	panic("the oracle does not cover " + m.Agg.String())
}
