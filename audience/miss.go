package audience

import (
	"math"
	"strconv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// miss says in words how near a leaf that does not hold was to it: "2 of 3
// times", "690 short of 5000". It is empty where there is nothing to measure.
func miss(n segment.Node, x engine.Explanation) string {
	if x.Unknown {
		return kreds.Say("the value is not known")
	}
	switch n := n.(type) {
	case *segment.Did:
		return missedCount(n, x)
	case *segment.Compare:
		return missedValue(n.Op, x)
	}
	return ""
}

// missedCount is for one step with a count.
func missedCount(n *segment.Did, x engine.Explanation) string {
	if len(n.Steps) != 1 || n.Not || n.Steps[0].Periods != nil || x.Value.Type != kreds.Number {
		return ""
	}
	c := n.Steps[0].Count
	got := int(x.Value.Num)
	if c == nil {
		return kreds.Say("never")
	}
	switch {
	case (c.Op == segment.AtLeast || c.Op == segment.Exactly || c.Op == segment.FromTo) && got < c.N:
		return kreds.Say("%d of %d times", got, c.N)
	case c.Op == segment.FromTo:
		return kreds.Say("%d times, %d more than %d", got, got-c.M, c.M)
	case got > c.N:
		return kreds.Say("%d times, %d more than %d", got, got-c.N, c.N)
	}
	return ""
}

// missedValue is for comparisons of numbers, days and instants.
func missedValue(op segment.CompareOp, x engine.Explanation) string {
	if len(x.Against) == 0 {
		return ""
	}
	want := x.Against[0]
	if x.Value.Type != want.Type {
		return ""
	}
	days, gap := false, 0.0
	switch want.Type {
	case kreds.Number:
		gap = want.Num - x.Value.Num
	case kreds.Span:
		days, gap = true, (want.Num-x.Value.Num)/86400
	case kreds.Date:
		days, gap = true, float64(want.Day-x.Value.Day)
	case kreds.Instants:
		days, gap = true, float64(want.Instant-x.Value.Instant)/86400e6
	default:
		return ""
	}
	text := strconv.FormatFloat(math.Round(math.Abs(gap)*100)/100, 'f', -1, 64)
	if days {
		text = kreds.Say("%s days", text)
	}
	switch {
	case op == segment.NotEqual:
		return ""
	case gap > 0:
		return kreds.Say("%s short", text)
	case gap < 0:
		return kreds.Say("%s too many", text)
	}
	return kreds.Say("just at the border")
}
