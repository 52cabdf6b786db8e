// Package tree grows shallow decision trees that say in a few comparisons which
// rows belong to a group (Breiman et al. 1984), and reads rules off them. It is
// pure.
package tree

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kreds/kreds/stats"
)

// Options says how far to grow. Zero fields have defaults.
type Options struct {
	Depth   int // most comparisons on the way to a leaf; default 3
	MinLeaf int // rows of a leaf at least; default 20
	Values  int // cut points tried of each feature at most; default 256
	// Slack is how much F1 a condition must be worth to stay; default .005, negative
	// for 0.
	Slack float64
}

// Condition is one comparison: the feature is at most the threshold, or above it.
type Condition struct {
	Feature   int
	Above     bool
	Threshold float64
}

// Rule is a group of rows that share conditions.
type Rule struct {
	Conditions []Condition
	Rows       int // that it holds for
	Members    int // of these, rows of the group
}

// Rules is what describes a group: a row is in if any rule holds.
type Rules struct {
	Rules     []Rule
	Precision float64 // share of the rows it holds for that are in the group
	Recall    float64 // share of the group that it holds for
}

// Describe grows a tree for membership of a group and returns the leaves where
// members are the majority, as rules. Thresholds lie halfway between neighbouring
// values. If no leaf has a majority, the leaf with the largest share of members is
// taken. Conditions and rules that the result does without are then left out, as long
// as its F1 score, the harmonic mean of precision and recall, falls by at most Slack
// for each.
//
// It fails on malformed data, if inside does not fit, and for a group that is
// empty or everything.
func Describe(x *stats.Matrix, inside []bool, o Options) (*Rules, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if len(inside) != x.Rows {
		return nil, fmt.Errorf("there are %d memberships for %d rows", len(inside), x.Rows)
	}
	if o.Depth <= 0 {
		o.Depth = 3
	}
	if o.MinLeaf <= 0 {
		o.MinLeaf = 20
	}
	if o.Values <= 0 {
		o.Values = 256
	}
	if o.Slack == 0 {
		o.Slack = .005
	}
	g := &grower{x: x, inside: inside, o: o}
	rows := make([]int32, x.Rows)
	group := 0
	for i := range rows {
		rows[i] = int32(i)
		if inside[i] {
			group++
		}
	}
	if group == 0 || group == x.Rows {
		return nil, fmt.Errorf("the group holds %d of %d rows: there is nothing to tell apart", group, x.Rows)
	}
	g.grow(rows, nil)
	return g.rules(group), nil
}

type grower struct {
	x      *stats.Matrix
	inside []bool
	o      Options
	leaves []Rule
}

// impurity is the Gini impurity of a node times its rows.
func impurity(rows, members int) float64 {
	if rows == 0 {
		return 0
	}
	p := float64(members) / float64(rows)
	return 2 * p * (1 - p) * float64(rows)
}

func (g *grower) grow(rows []int32, path []Condition) {
	members := 0
	for _, r := range rows {
		if g.inside[r] {
			members++
		}
	}
	leaf := Rule{slices.Clone(path), len(rows), members}
	if len(path) >= g.o.Depth || members == 0 || members == len(rows) || len(rows) < 2*g.o.MinLeaf {
		g.leaves = append(g.leaves, leaf)
		return
	}
	feature, threshold, gain := -1, 0.0, 1e-9*float64(len(rows))
	before := impurity(len(rows), members)
	for f := range g.x.Cols {
		if t, after := g.split(rows, members, f); before-after > gain {
			feature, threshold, gain = f, t, before-after
		}
	}
	if feature < 0 {
		g.leaves = append(g.leaves, leaf)
		return
	}
	var low, high []int32
	for _, r := range rows {
		if g.x.Row(int(r))[feature] <= threshold {
			low = append(low, r)
		} else {
			high = append(high, r)
		}
	}
	g.grow(low, append(slices.Clone(path), Condition{feature, false, threshold}))
	g.grow(high, append(slices.Clone(path), Condition{feature, true, threshold}))
}

// cell counts the rows that share a value.
type cell struct {
	value         float64
	rows, members int
}

// split returns the best threshold of a feature and the impurity after it.
func (g *grower) split(rows []int32, members, feature int) (threshold, after float64) {
	cells := make([]cell, len(rows))
	for i, r := range rows {
		cells[i] = cell{g.x.Row(int(r))[feature], 1, 0}
		if g.inside[r] {
			cells[i].members = 1
		}
	}
	slices.SortFunc(cells, func(a, b cell) int { return cmp.Compare(a.value, b.value) })
	n := 0
	for _, c := range cells[1:] {
		if c.value == cells[n].value {
			cells[n].rows++
			cells[n].members += c.members
		} else {
			n++
			cells[n] = c
		}
	}
	cells = cells[:n+1]
	step := max(1, len(cells)/g.o.Values)
	after = impurity(len(rows), members)
	low, lowMembers := 0, 0
	for i := range len(cells) - 1 {
		low += cells[i].rows
		lowMembers += cells[i].members
		if (i+1)%step != 0 || low < g.o.MinLeaf || len(rows)-low < g.o.MinLeaf {
			continue
		}
		if a := impurity(low, lowMembers) + impurity(len(rows)-low, members-lowMembers); a < after {
			after = a
			threshold = cells[i].value + (cells[i+1].value-cells[i].value)/2
		}
	}
	return threshold, after
}

// rules picks the leaves that describe the group of the size.
func (g *grower) rules(group int) *Rules {
	out := &Rules{}
	var best Rule
	for _, l := range g.leaves {
		if 2*l.Members > l.Rows {
			out.Rules = append(out.Rules, l)
		}
		if best.Rows == 0 || l.Members*best.Rows > best.Members*l.Rows {
			best = l
		}
	}
	if out.Rules == nil {
		out.Rules = []Rule{best}
	}
	for i := range out.Rules {
		out.Rules[i].Conditions = tighten(out.Rules[i].Conditions)
	}
	g.simplify(out, group)
	slices.SortStableFunc(out.Rules, func(a, b Rule) int { return cmp.Compare(b.Members, a.Members) })
	return out
}

// tighten keeps, of the conditions on one side of a feature, the narrowest.
func tighten(conditions []Condition) []Condition {
	var out []Condition
	for _, c := range conditions {
		i := slices.IndexFunc(out, func(o Condition) bool { return o.Feature == c.Feature && o.Above == c.Above })
		switch {
		case i < 0:
			out = append(out, c)
		case c.Above:
			out[i].Threshold = max(out[i].Threshold, c.Threshold)
		default:
			out[i].Threshold = min(out[i].Threshold, c.Threshold)
		}
	}
	return out
}

// Holds reports whether a row satisfies any of the rules.
func (r *Rules) Holds(row []float64) bool {
	return slices.ContainsFunc(r.Rules, func(rule Rule) bool {
		for _, c := range rule.Conditions {
			if c.Above != (row[c.Feature] > c.Threshold) {
				return false
			}
		}
		return true
	})
}
