package tree

import (
	"fmt"

	"github.com/kreds/kreds/stats"
)

// Round puts rounder thresholds in the place of those of the rules. Candidates are the
// thresholds that a condition might have, the one that reads best first; of each
// condition in turn the first is taken with which neither precision nor recall is lower
// than before all of it by more than the tolerance, and every rule holds for somebody.
// Figures are counted anew.
//
// It fails on malformed data and if inside does not fit.
func (r *Rules) Round(x *stats.Matrix, inside []bool, candidates func(Condition) []float64, tolerance float64) error {
	if err := x.Check(); err != nil {
		return err
	}
	if len(inside) != x.Rows {
		return fmt.Errorf("there are %d memberships for %d rows", len(inside), x.Rows)
	}
	g := &grower{x: x, inside: inside}
	group := 0
	for _, in := range inside {
		if in {
			group++
		}
	}
	g.measure(r, group)
	precision, recall := r.Precision-tolerance, r.Recall-tolerance
	for i := range r.Rules {
		for j := range r.Rules[i].Conditions {
			c := &r.Rules[i].Conditions[j]
			exact := c.Threshold
			for _, threshold := range candidates(*c) {
				c.Threshold = threshold
				g.measure(r, group)
				if r.Rules[i].Rows > 0 && r.Precision >= precision && r.Recall >= recall {
					break
				}
				c.Threshold = exact
			}
		}
	}
	g.measure(r, group)
	return nil
}
