package discover

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/tree"
)

// Rule describes a segment as an expression of the language. Precision is the share of
// those it holds for that are in the segment, Recall the share of the segment that it
// holds for; Joins and Leaves are how many profiles would move if the rule took the
// segment's place.
type Rule struct {
	Expression        string
	Holds             int64
	Precision, Recall float64
	Joins, Leaves     int64
}

// ruleRows is how many profiles rules are grown on where there are more.
const ruleRows = 40_000

// rules finds a rule for every segment of the solutions and counts whom each holds for
// in one evaluation.
func (d *Discoverer) rules(ctx context.Context, out *Discovery, t *table) error {
	type at struct{ solution, segment int }
	var texts []string
	var of []at
	raw, features := t.raw(pick(len(t.profiles), ruleRows, out.Seed))
	chosen := pick(len(t.profiles), ruleRows, out.Seed)
	for i, s := range out.Solutions {
		for seg := range s.Segments {
			inside := make([]bool, len(chosen))
			n := 0
			for r, row := range chosen {
				if inside[r] = s.Labels[row] == int32(seg); inside[r] {
					n++
				}
			}
			if n == 0 || n == len(chosen) {
				continue
			}
			rules, err := tree.Describe(raw, inside, tree.Options{MinLeaf: max(2, min(20, len(chosen)/50))})
			if err != nil {
				return invalid(err)
			}
			round := func(c tree.Condition) []float64 { return features[c.Feature].rounder(c.Above, c.Threshold) }
			if err := rules.Round(raw, inside, round, roundTolerance); err != nil {
				return invalid(err)
			}
			texts = append(texts, t.expression(rules, features))
			of = append(of, at{i, seg})
		}
	}
	if len(texts) == 0 {
		return nil
	}
	f, err := d.audience.Frame(ctx, audience.FrameRequest{Among: out.Among, Columns: texts, AsOf: out.AsOf, Buckets: engine.AllBuckets})
	if err != nil {
		return err
	}
	for i, c := range f.Columns {
		s := out.Solutions[of[i].solution]
		seg := of[i].segment
		var holds, both int64
		for r, p := range t.profiles {
			if c.Holds.Contains(p) {
				holds++
				if s.Labels[r] == int32(seg) {
					both++
				}
			}
		}
		rule := Rule{Holds: holds, Joins: holds - both, Leaves: s.Sizes[seg] - both}
		if holds > 0 {
			rule.Precision = float64(both) / float64(holds)
		}
		if s.Sizes[seg] > 0 {
			rule.Recall = float64(both) / float64(s.Sizes[seg])
		}
		if rule.Expression, err = within(out.Among, c.Node); err != nil {
			return err
		}
		s.Segments[seg].Rule = &rule
	}
	return nil
}

// within is a condition among the members of an expression.
func within(among string, rule segment.Node) (string, error) {
	e, err := segment.Parse(among)
	if err != nil {
		return "", err
	}
	if _, all := e.Root.(*segment.Everyone); all {
		e.Root = rule
		return e.String(), nil
	}
	clauses := []segment.Node{e.Root}
	if a, ok := e.Root.(*segment.And); ok {
		clauses = slices.Clone(a.Clauses)
	}
	if a, ok := rule.(*segment.And); ok {
		clauses = append(clauses, a.Clauses...)
	} else {
		clauses = append(clauses, rule)
	}
	e.Root = &segment.And{Clauses: clauses}
	return e.String(), nil
}

// rawColumn is one column that rules are made of: a number, whole being true of those
// that count, or a level of a category.
type rawColumn struct {
	column *column
	level  int
	whole  bool
}

// raw are the values of chosen rows as they were read.
func (t *table) raw(rows []int) (*stats.Matrix, []rawColumn) {
	var cols []rawColumn
	for _, c := range t.columns {
		if c.Kind != Category {
			cols = append(cols, rawColumn{c, -1, c.Kind == Amount && !isSpan(c) && c.whole()})
			continue
		}
		for l := range c.Levels {
			cols = append(cols, rawColumn{c, l, false})
		}
	}
	x := stats.NewMatrix(len(rows), len(cols))
	for i, r := range rows {
		for j, c := range cols {
			switch {
			case c.level < 0:
				x.Row(i)[j] = c.column.value[r]
			case int(c.column.level[r]) == c.level:
				x.Row(i)[j] = 1
			}
		}
	}
	return x, cols
}

// expression writes rules in the language.
func (t *table) expression(r *tree.Rules, cols []rawColumn) string {
	var or []string
	for _, rule := range r.Rules {
		var and []string
		for _, c := range rule.Conditions {
			and = append(and, cols[c.Feature].condition(c.Above, c.Threshold))
		}
		if len(and) == 0 {
			return "everyone"
		}
		or = append(or, strings.Join(and, " and "))
	}
	if len(or) == 0 {
		return "everyone"
	}
	if len(or) == 1 {
		return or[0]
	}
	return "(" + strings.Join(or, ") or (") + ")"
}

// condition writes one comparison in the language.
func (c rawColumn) condition(above bool, threshold float64) string {
	text := c.column.Text
	not := func(cond string) string {
		if above {
			return cond
		}
		return "not " + cond
	}
	switch c.column.Kind {
	case Flag:
		if isTrait(text) {
			return not(text)
		}
		return not("(" + text + ")")
	case Category:
		switch l := c.column.Levels[c.level]; l {
		case unknownLevel:
			if above {
				return text + " is unknown"
			}
			return text + " is known"
		case otherLevel:
			var named []string
			for _, l := range c.column.Levels {
				if l != otherLevel && l != unknownLevel {
					named = append(named, quoted(l))
				}
			}
			if above {
				return text + " not in (" + strings.Join(named, ", ") + ")"
			}
			return "not " + text + " not in (" + strings.Join(named, ", ") + ")"
		default:
			return not(text + " = " + quoted(l))
		}
	case Days:
		n := int(math.Floor(threshold))
		switch {
		case n >= 0 && above:
			return text + " more than " + days(n) + " ago"
		case n >= 1:
			return text + " within last " + days(n)
		case n == 0:
			return text + " within last 1 day"
		case above:
			return "not " + text + " more than " + days(-n) + " ahead"
		default:
			return text + " more than " + days(-n) + " ahead"
		}
	case Share:
		op := " <= "
		if above {
			op = " > "
		}
		return text + op + number(100*threshold) + "% of " + c.column.Of
	default:
		op := " <= "
		if above {
			op = " > "
		}
		switch {
		case isSpan(c.column) && threshold >= 2:
			return text + op + days(int(math.Round(threshold)))
		case isSpan(c.column):
			return text + op + strconv.Itoa(int(math.Round(threshold*24))) + " hours"
		case c.whole && above:
			return text + " >= " + strconv.FormatFloat(math.Floor(threshold)+1, 'f', -1, 64)
		case c.whole:
			return text + " <= " + strconv.FormatFloat(math.Floor(threshold), 'f', -1, 64)
		}
		return text + op + number(threshold)
	}
}

// whole reports whether all values are whole numbers, as counts are.
func (c *column) whole() bool {
	return !slices.ContainsFunc(c.value, func(v float64) bool { return v != math.Trunc(v) || math.Abs(v) > 1e6 })
}

func isSpan(c *column) bool { return strings.HasPrefix(c.Text, "median gap") }

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// number writes a threshold with four digits that count.
func number(v float64) string {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		r = v
	}
	return strconv.FormatFloat(r, 'f', -1, 64)
}
