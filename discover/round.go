package discover

import "math"

// roundTolerance is by how much precision and recall of a rule may fall, each, where its
// thresholds are put to numbers that people say.
const roundTolerance = .005

// rounder returns thresholds near one of a condition, the one that reads best first:
// those of which the number that condition writes has few digits.
func (c rawColumn) rounder(above bool, threshold float64) (out []float64) {
	add := func(shown float64, digits int, threshold func(shown float64) float64) {
		for d := 1; d <= digits; d++ {
			if r := significant(shown, d); r != 0 {
				out = append(out, threshold(r))
			}
		}
	}
	same := func(shown float64) float64 { return shown }
	after := func(shown float64) float64 { return shown + .5 }
	before := func(shown float64) float64 { return shown - .5 }
	switch {
	case c.column.Kind == Flag || c.column.Kind == Category:
	case c.column.Kind == Days:
		if n := math.Floor(threshold); n >= 1 {
			add(n, 2, after)
		}
	case c.column.Kind == Share:
		add(100*threshold, 3, func(shown float64) float64 { return shown / 100 })
	case isSpan(c.column) && threshold >= 2:
		add(math.Round(threshold), 2, same)
	case isSpan(c.column):
		add(math.Round(24*threshold), 2, func(shown float64) float64 { return min(shown, 47) / 24 })
	case c.whole && above:
		add(math.Floor(threshold)+1, 3, before)
	case c.whole:
		add(math.Floor(threshold), 3, after)
	default:
		add(threshold, 3, same)
	}
	return out
}

// significant rounds to so many digits that count.
func significant(v float64, digits int) float64 {
	if v == 0 || v-v != 0 {
		return v
	}
	unit := math.Floor(math.Log10(math.Abs(v))) - float64(digits-1)
	// A power of ten below 1 has no exact value, its inverse has.
	if unit < 0 {
		by := math.Pow(10, -unit)
		return math.Round(v*by) / by
	}
	by := math.Pow(10, unit)
	return math.Round(v/by) * by
}
