package audience

import (
	"math"
	"slices"
	"strconv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// lacks says in words what would have to be otherwise for a condition to hold, by the
// least number of its leaves: all that fail of and, the nearest of or. It is nil where
// the condition holds.
func lacks(n segment.Node, r *Reason, x *engine.Explanation) []string {
	if r.Holds {
		return nil
	}
	fewest := func(k int) []string {
		var failing [][]string
		for _, c := range r.Clauses {
			if !c.Holds {
				failing = append(failing, c.Lacks)
			}
		}
		slices.SortStableFunc(failing, func(a, b []string) int { return len(a) - len(b) })
		var out []string
		for _, f := range failing[:min(max(k, 0), len(failing))] {
			out = append(out, f...)
		}
		return out
	}
	switch n := n.(type) {
	case *segment.And:
		return fewest(len(r.Clauses))
	case *segment.Or:
		return fewest(1)
	case *segment.SomeOf:
		held := 0
		for _, c := range r.Clauses {
			if c.Holds {
				held++
			}
		}
		if n.Op != segment.AtMost && held < n.N {
			return fewest(n.N - held)
		}
	case *segment.InSegment:
		if n.For == nil && n.AsOf == nil && len(r.Clauses) == 1 && len(r.Clauses[0].Lacks) > 0 {
			return r.Clauses[0].Lacks
		}
	case *segment.Not:
		return []string{kreds.Say("that this does not hold: %s", r.Clauses[0].Text)}
	}
	if x != nil {
		if text := lack(n, x); text != "" {
			return []string{text}
		}
	}
	return []string{r.Text}
}

// lack says what a leaf that fails lacks, "" where the leaf itself says it best.
func lack(n segment.Node, x *engine.Explanation) string {
	switch n := n.(type) {
	case *segment.Did:
		return lackOfCount(n, x)
	case *segment.Compare:
		term := segment.PrintTerm(n.Term)
		if x.Unknown {
			return kreds.Say("a known value of %s", term)
		}
		if n.Op == segment.NotEqual || len(x.Against) == 0 {
			return ""
		}
		return lackOfValue(term, x.Value, x.Against[0], x.Against[0])
	case *segment.Between:
		if n.Not || x.Unknown || len(x.Against) != 2 {
			return ""
		}
		return lackOfValue(segment.PrintTerm(n.Term), x.Value, x.Against[0], x.Against[1])
	case *segment.InWindow:
		if n.Not || x.Unknown || len(x.Against) != 2 {
			return ""
		}
		return lackOfValue(segment.PrintTerm(n.Term), x.Value, x.Against[0], x.Against[1])
	}
	return ""
}

// lackOfCount is for one step that happened too seldom or too often.
func lackOfCount(n *segment.Did, x *engine.Explanation) string {
	if len(n.Steps) != 1 || n.Not || n.Steps[0].Periods != nil || n.Steps[0].Count == nil || x.Value.Type != kreds.Number {
		return ""
	}
	c := n.Steps[0].Count
	bare := *n.Steps[0]
	bare.Count = nil
	one := *n
	one.Steps = []*segment.Step{&bare}
	what := segment.PrintNode(&one)
	got, most := int(x.Value.Num), c.N
	if c.Op == segment.FromTo {
		most = c.M
	}
	switch more, fewer := c.N-got, got-most; {
	case c.Op != segment.AtMost && more == 1:
		return kreds.Say("once more %s", what)
	case c.Op != segment.AtMost && more > 1:
		return kreds.Say("%d more times %s", more, what)
	case c.Op != segment.AtLeast && fewer == 1:
		return kreds.Say("once less %s", what)
	case c.Op != segment.AtLeast && fewer > 1:
		return kreds.Say("%d fewer times %s", fewer, what)
	}
	return ""
}

// lackOfValue is for a number, a day or an instant that lies beside a range, of which an
// end that is unknown is open.
func lackOfValue(term string, v, lo, hi kreds.Value) string {
	place := func(v kreds.Value) (float64, bool) {
		switch v.Type {
		case kreds.Number:
			return v.Num, true
		case kreds.Span:
			return v.Num / 86400, true
		case kreds.Date:
			return float64(v.Day), true
		case kreds.Instants:
			return float64(v.Instant) / 86400e6, true
		}
		return 0, false
	}
	dated := func(t kreds.Type) bool { return t == kreds.Date || t == kreds.Instants }
	for _, end := range []kreds.Value{lo, hi} {
		if end.Type != kreds.Unknown && end.Type != v.Type && (!dated(end.Type) || !dated(v.Type)) {
			return ""
		}
	}
	at, ok := place(v)
	if !ok {
		return ""
	}
	from, open := place(lo)
	if !open {
		from = math.Inf(-1)
	}
	to, open := place(hi)
	if !open {
		to = math.Inf(1)
	}
	gap := 0.0
	switch {
	case at < from:
		gap = from - at
	case at > to:
		gap = to - at
	default:
		return kreds.Say("%s past the border", term)
	}
	switch v.Type {
	case kreds.Number, kreds.Span:
		text := strconv.FormatFloat(math.Round(math.Abs(gap)*100)/100, 'f', -1, 64)
		if v.Type == kreds.Span {
			text = kreds.Say("%s days", text)
		}
		if gap > 0 {
			return kreds.Say("%s higher by %s", term, text)
		}
		return kreds.Say("%s lower by %s", term, text)
	}
	days := int(math.Ceil(math.Abs(gap) - .1)) // days of 23 and 25 hours are days
	days = max(days, 1)
	if gap > 0 {
		return kreds.Say("%s later by %d days", term, days)
	}
	return kreds.Say("%s earlier by %d days", term, days)
}
