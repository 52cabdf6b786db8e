package tree

import "slices"

// simplify leaves out conditions and rules that are hardly worth their place, the
// least worthy first, and counts what is left.
func (g *grower) simplify(r *Rules, group int) {
	now := g.f1(r.Rules, group)
	for {
		var best []Rule
		at := 0.0
		for _, fewer := range shorter(r.Rules) {
			if f := g.f1(fewer, group); best == nil || f > at {
				best, at = fewer, f
			}
		}
		if best == nil || at < now-max(g.o.Slack, 0) {
			break
		}
		r.Rules, now = best, at
	}
	g.measure(r, group)
}

// measure counts the rows and members of rules, and how well they describe a group.
func (g *grower) measure(r *Rules, group int) {
	for i := range r.Rules {
		r.Rules[i].Rows, r.Rules[i].Members = g.count(r.Rules[i : i+1])
	}
	rows, members := g.count(r.Rules)
	r.Precision, r.Recall = 0, 0
	if rows > 0 {
		r.Precision = float64(members) / float64(rows)
	}
	if group > 0 {
		r.Recall = float64(members) / float64(group)
	}
}

// shorter are the ways to leave out one condition, or one of several rules.
func shorter(rules []Rule) [][]Rule {
	var out [][]Rule
	for i, rule := range rules {
		if len(rules) > 1 {
			out = append(out, slices.Delete(slices.Clone(rules), i, i+1))
		}
		if len(rule.Conditions) < 2 {
			continue
		}
		for c := range rule.Conditions {
			fewer := slices.Clone(rules)
			fewer[i].Conditions = slices.Delete(slices.Clone(rule.Conditions), c, c+1)
			out = append(out, fewer)
		}
	}
	return out
}

// count returns the rows that any rule holds for, and how many of them are members.
func (g *grower) count(rules []Rule) (rows, members int) {
	r := Rules{Rules: rules}
	for i := range g.x.Rows {
		if r.Holds(g.x.Row(i)) {
			rows++
			if g.inside[i] {
				members++
			}
		}
	}
	return rows, members
}

// f1 is 2·precision·recall/(precision + recall).
func (g *grower) f1(rules []Rule, group int) float64 {
	rows, members := g.count(rules)
	return 2 * float64(members) / float64(rows+group)
}
