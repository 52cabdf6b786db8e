// Package shift compares segments with what they were: how figures are distributed,
// who moved between segments, where centres went, and which segment of now is which
// of then. It is pure: slices in, structs out.
package shift

import (
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// largest bounds values, lest sums of their squares overflow.
const largest = 1e75

// Verdict says how much a distribution moved.
type Verdict string

// The usual reading of the stability index (Siddiqi 2006).
const (
	Stable   Verdict = "stable"   // below .1
	Moderate Verdict = "moderate" // from .1 to .25
	Major    Verdict = "major"    // above .25
)

// Index is a population stability index.
type Index struct {
	Value   float64
	Bins    []float64 // what each bin adds to it
	Verdict Verdict
}

// smoothing is what every bin is counted more if one of them is empty.
const smoothing = .5

// PSI is the population stability index of counts, or shares, in the same bins then
// and now: Σ (c − b) ln(c/b) of the shares b and c. If a bin is empty in one of the
// two and not in the other, half a row is added to every bin of both; shares that add
// up to 1 are taken for those of 1,000 rows then. Bins empty in both add nothing.
//
// It fails for other numbers of bins, for counts that are negative or not finite, and
// if all are 0.
func PSI(before, after []float64) (*Index, error) {
	if len(before) != len(after) || len(before) == 0 {
		return nil, fmt.Errorf("there are %d bins before and %d after", len(before), len(after))
	}
	b, err := counts(before)
	if err != nil {
		return nil, err
	}
	c, err := counts(after)
	if err != nil {
		return nil, err
	}
	return index(b, c), nil
}

// index changes what it is given.
func index(b, c []float64) *Index {
	for i := range b {
		if (b[i] == 0) != (c[i] == 0) {
			smooth(b, c)
			break
		}
	}
	scale(b)
	scale(c)
	out := &Index{Bins: make([]float64, len(b))}
	for i := range b {
		if b[i] > 0 && c[i] > 0 {
			out.Bins[i] = (c[i] - b[i]) * (math.Log(c[i]) - math.Log(b[i]))
			out.Value += out.Bins[i]
		}
	}
	out.Verdict = verdict(out.Value)
	return out
}

func verdict(index float64) Verdict {
	switch {
	case index < .1:
		return Stable
	case index <= .25:
		return Moderate
	}
	return Major
}

// counts returns a copy, in rows.
func counts(values []float64) ([]float64, error) {
	out := slices.Clone(values)
	var sum float64
	for i, v := range out {
		if !(v >= 0 && v <= largest) {
			return nil, fmt.Errorf("bin %d holds %v: counts are finite and not negative", i+1, v)
		}
		sum += v
	}
	if sum == 0 {
		return nil, fmt.Errorf("all bins are empty")
	}
	if sum < 1+1e-9 {
		for i := range out {
			out[i] = out[i] / sum * 1000
		}
	}
	return out, nil
}

// smooth adds to the bins that are not empty in both.
func smooth(b, c []float64) {
	for i := range b {
		if b[i] > 0 || c[i] > 0 {
			b[i] += smoothing
			c[i] += smoothing
		}
	}
}

// scale makes the values add up to 1.
func scale(values []float64) {
	var sum float64
	for _, v := range values {
		sum += v
	}
	for i := range values {
		values[i] /= sum
	}
}

// Quantiles are the edges of bins that hold about the same number of the values:
// value v is in bin i if edges[i−1] < v ≤ edges[i], and the last bin is open. Equal
// edges are one, so there can be fewer bins than asked for. NaN is left out. It fails
// without values, for infinite ones, and for fewer than two bins.
func Quantiles(values []float64, bins int) ([]float64, error) {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(sorted) == 0 || bins < 2 {
		return nil, fmt.Errorf("%d values in %d bins: at least one value and two bins are needed", len(sorted), bins)
	}
	slices.Sort(sorted)
	if math.IsInf(sorted[0], 0) || math.IsInf(sorted[len(sorted)-1], 0) {
		return nil, fmt.Errorf("a value is infinite: leave such rows out")
	}
	var edges []float64
	for b := 1; b < bins; b++ {
		edges = append(edges, sorted[(len(sorted)*b-1)/bins])
	}
	edges = slices.Compact(edges)
	// An edge at the highest value would leave the last bin empty.
	if edges[len(edges)-1] == sorted[len(sorted)-1] && len(edges) > 1 {
		edges = edges[:len(edges)-1]
	}
	return edges, nil
}

// Histogram counts values by the bins of the edges, which ascend; the last count is
// of NaN, the values that are missing.
func Histogram(values, edges []float64) []float64 {
	out := make([]float64, len(edges)+2)
	for _, v := range values {
		at := len(edges) + 1
		if !math.IsNaN(v) {
			at, _ = slices.BinarySearch(edges, v)
		}
		out[at]++
	}
	return out
}

// PSIOf is the index of values then and now, in bins that hold about equally many of
// then, usually 10, and one for missing values. It fails without values then or now.
func PSIOf(before, after []float64, bins int) (*Index, error) {
	edges, err := Quantiles(before, bins)
	if err != nil {
		return nil, err
	}
	if len(after) == 0 {
		return nil, fmt.Errorf("there are no values now")
	}
	return index(Histogram(before, edges), Histogram(after, edges)), nil
}

// Drift is how far a centre moved.
type Drift struct {
	By       []float64 // by column, in units of Scale
	Distance float64   // Euclidean, of By
}

// Drifts compares centres then and now, row by row, in units of scale by column, say
// the standard deviations of then; nil is 1 each. A column with a scale of 0 does not
// count. It fails for other shapes, and for what is not finite or beyond 1e75.
func Drifts(before, after *stats.Matrix, scale []float64) ([]Drift, error) {
	if err := comparable(before, after, scale); err != nil {
		return nil, err
	}
	if before.Rows != after.Rows {
		return nil, fmt.Errorf("there are %d centres before and %d after", before.Rows, after.Rows)
	}
	out := make([]Drift, before.Rows)
	for c := range out {
		d := Drift{By: make([]float64, before.Cols)}
		for j := range d.By {
			d.By[j] = over(after.Row(c)[j]-before.Row(c)[j], scale, j)
			d.Distance = math.Hypot(d.Distance, d.By[j])
		}
		d.Distance = min(d.Distance, math.MaxFloat64)
		out[c] = d
	}
	return out, nil
}

// over divides by a column's scale.
func over(v float64, scale []float64, j int) float64 {
	switch {
	case scale == nil:
		return v
	case scale[j] == 0:
		return 0
	}
	return max(-math.MaxFloat64, min(math.MaxFloat64, v/scale[j]))
}

func comparable(before, after *stats.Matrix, scale []float64) error {
	for _, m := range []*stats.Matrix{before, after} {
		if err := m.Check(); err != nil {
			return fmt.Errorf("the centres: %w", err)
		}
		for _, v := range m.Data {
			if math.Abs(v) > largest {
				return fmt.Errorf("a centre is at %v: scale values to below %g", v, largest)
			}
		}
	}
	if before.Cols != after.Cols || scale != nil && len(scale) != before.Cols {
		return fmt.Errorf("the centres have %d columns before, %d after, and %d scales", before.Cols, after.Cols, len(scale))
	}
	for j, v := range scale {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("the scale of column %d is %v: scales are finite and not negative", j+1, v)
		}
	}
	return nil
}
