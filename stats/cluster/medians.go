package cluster

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// KMedians returns the best of o.Starts runs of k-medians: the partition that
// makes Σ w Σⱼ |xⱼ − mⱼ| small, with m the row's centre, which is the weighted
// median of each column of its segment (Bradley, Mangasarian and Street 1997,
// "Clustering via concave minimization"). Where half of the weight lies on
// either side of two values the median is their mean. Single extreme values
// move such centres less than they move means.
//
// Starts draw rows as k-means++ does, in proportion to the Manhattan distance.
// The result's WithinSS is the sum above, of plain Manhattan distances and not
// of squares. Segments are ordered by size, largest first, unless o.Centers
// gives an order. o.Tol, o.Choose and o.LloydOnly do not apply.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75,
// on weights that do not fit, on fewer distinct rows of positive weight than K,
// and if ctx ends.
func KMedians(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	if err := moderate(x, o.Weights); err != nil {
		return nil, err
	}
	if o.Centers != nil {
		if err := moderate(o.Centers, nil); err != nil {
			return nil, fmt.Errorf("the centres: %w", err)
		}
		o.Starts = 1
	}
	return bestCentroids(ctx, x, &o, manhattan, metric{between: manhattan, update: toMedians})
}

// manhattan is the sum of absolute differences.
func manhattan(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, v := range a {
		sum += math.Abs(v - b[i])
	}
	return sum
}

// toMedians moves the centres to the weighted medians.
func toMedians(m *centroids) {
	k := m.centers.Rows
	// Rows by segment, so that a segment's values lie together.
	from := make([]int, k+1)
	for i, c := range m.labels {
		if weightOf(m.o.Weights, i) > 0 {
			from[c+1]++
		}
	}
	for c := range k {
		from[c+1] += from[c]
	}
	rows, next := make([]int32, from[k]), slices.Clone(from)
	for i, c := range m.labels {
		if weightOf(m.o.Weights, i) > 0 {
			rows[next[c]] = int32(i)
			next[c]++
		}
	}
	values := make([]weighted, 0, from[k])
	for c := range k {
		for j := range m.x.Cols {
			values = values[:0]
			for _, i := range rows[from[c]:from[c+1]] {
				values = append(values, weighted{m.x.Data[int(i)*m.x.Cols+j], weightOf(m.o.Weights, int(i))})
			}
			if len(values) > 0 {
				m.centers.Row(c)[j] = median(values)
			}
		}
	}
}

// weighted is a value of positive weight.
type weighted struct{ value, weight float64 }

// median is the weighted median; it changes the order of the values.
func median(values []weighted) float64 {
	var half float64
	for _, v := range values {
		half += v.weight
	}
	half /= 2
	// Rounding in sums of weights must not hide that half is reached.
	slack := 1e-12 * half
	var below float64     // weight of what lies below the values that are left
	above := math.Inf(1)  // the lowest value above them
	for len(values) > 1 { // take values apart around one of them until that is it
		a, b, c := values[0].value, values[len(values)/2].value, values[len(values)-1].value
		pivot := max(min(a, b), min(max(a, b), c))
		low, same := 0, 0 // values below the pivot, then those equal to it
		var less, equal float64
		for i, v := range values {
			switch {
			case v.value < pivot:
				values[i] = values[low+same]
				values[low+same] = values[low]
				values[low] = v
				low++
				less += v.weight
			case v.value == pivot:
				values[i] = values[low+same]
				values[low+same] = v
				same++
				equal += v.weight
			}
		}
		if low > 0 && below+less >= half-slack {
			values, above = values[:low], pivot
			continue
		}
		if to := below + less + equal; to < half-slack {
			values, below = values[low+same:], to
			if len(values) == 0 { // sums in another order differ by rounding
				return pivot
			}
			continue
		} else if to > half+slack {
			return pivot
		}
		// Exactly half of the weight is at or below the pivot.
		for _, v := range values[low+same:] {
			above = min(above, v.value)
		}
		return between(pivot, above)
	}
	if below+values[0].weight > half+slack {
		return values[0].value
	}
	return between(values[0].value, above)
}

// between is the middle of two values, the first if there is no second.
func between(a, b float64) float64 {
	if math.IsInf(b, 1) {
		return a
	}
	return a + (b-a)/2
}
