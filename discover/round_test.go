package discover

import (
	"math"
	"testing"
)

func TestSignificant(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   float64
	}{
		{247.3, 1, 200}, {247.3, 2, 250}, {247.3, 3, 247}, {.03141, 2, .031}, {-1234, 2, -1200}, {9.99, 2, 10}, {0, 2, 0}, {7, 3, 7}, {1e300, 1, 1e300},
	} {
		if got := significant(c.v, c.digits); math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("%v to %d digits is %v, want %v", c.v, c.digits, got, c.want)
		}
	}
	if v := significant(math.Inf(1), 1); !math.IsInf(v, 1) {
		t.Errorf("infinity is %v", v)
	}
}

// The roundest threshold reads as a person would say it, and the condition holds for the
// same as its words do.
func TestRounder(t *testing.T) {
	col := func(kind FeatureKind, text string, whole bool) rawColumn {
		return rawColumn{&column{Feature: Feature{Kind: kind, Text: text, Of: "count of purchase"}}, -1, whole}
	}
	for _, c := range []struct {
		col       rawColumn
		above     bool
		threshold float64
		want      []string
	}{
		{col(Amount, "spent", false), true, 247.31, []string{"spent > 200", "spent > 250", "spent > 247"}},
		{col(Amount, "spent", true), true, 1246.5, []string{"spent >= 1000", "spent >= 1200", "spent >= 1250"}},
		{col(Amount, "spent", true), false, 6.5, []string{"spent <= 6", "spent <= 6", "spent <= 6"}},
		{col(Amount, "spent", false), false, -.0273, []string{"spent <= -0.03", "spent <= -0.027", "spent <= -0.0273"}},
		{col(Amount, "spent", false), true, 0, nil},
		{col(Days, "last purchase", false), false, 143.5, []string{"last purchase within last 100 days", "last purchase within last 140 days"}},
		{col(Days, "last purchase", false), true, 29.5, []string{"last purchase more than 30 days ago", "last purchase more than 29 days ago"}},
		{col(Days, "last purchase", false), false, .5, nil},
		{col(Share, "count of returns", false), true, .3349, []string{"count of returns > 30% of count of purchase", "count of returns > 33% of count of purchase", "count of returns > 33.5% of count of purchase"}},
		{col(Amount, "median gap of purchase", false), true, 13.4, []string{"median gap of purchase > 10 days", "median gap of purchase > 13 days"}},
		{col(Amount, "median gap of purchase", false), false, 1.9, []string{"median gap of purchase <= 47 hours", "median gap of purchase <= 46 hours"}},
		{col(Flag, "vip", false), true, .5, nil},
	} {
		var got []string
		for _, threshold := range c.col.rounder(c.above, c.threshold) {
			got = append(got, c.col.condition(c.above, threshold))
		}
		if len(got) != len(c.want) {
			t.Errorf("%s at %v: %q, want %q", c.col.column.Text, c.threshold, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s at %v: %q, want %q", c.col.column.Text, c.threshold, got, c.want)
				break
			}
		}
	}
}
