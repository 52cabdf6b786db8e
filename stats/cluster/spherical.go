package cluster

import (
	"context"
	"fmt"
	"math"

	"github.com/kreds/kreds/stats"
)

// SphericalKMeans returns the best of o.Starts runs of spherical k-means
// (Dhillon and Modha 2001, "Concept decompositions for large sparse text data
// using clustering"): rows count by their direction alone, and the partition
// makes Σ w cos(x, c) large, with c the centre of the row's segment: the sum of
// its unit rows, scaled to length 1. On up to 50,000 rows, and unless
// o.LloydOnly, single rows are then moved between segments while that gains (the
// first variation of Dhillon, Guan and Kogan 2002), which reaches better optima.
//
// Starts draw rows as k-means++ does, in proportion to 1 − cos. The result's
// centres have length 1, and its WithinSS is the weighted sum of squared
// distances between unit rows and centres, 2 Σ w (1 − cos(x, c)). Segments are
// ordered by size, largest first, unless o.Centers gives an order. o.Tol and
// o.Choose do not apply.
//
// It fails on an empty or non-finite matrix, on a row of zeros, which has no
// direction, on weights that do not fit or are beyond 1e75, on fewer different
// directions of positive weight than K, and if ctx ends.
func SphericalKMeans(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	if err := moderate(&stats.Matrix{}, o.Weights); err != nil {
		return nil, err
	}
	units, err := directions(x)
	if err != nil {
		return nil, err
	}
	if n := differentUpTo(units, o.Weights, o.K); n < o.K {
		return nil, fmt.Errorf("there are %d different directions: too few for %d segments", n, o.K)
	}
	if o.Centers != nil {
		o.Starts = 1
		if o.Centers, err = directions(o.Centers); err != nil {
			return nil, fmt.Errorf("the centres: %w", err)
		}
	}
	m := metric{between: distance2, slack: 1e-15, update: toDirections}
	if x.Rows <= exchangeRows && !o.LloydOnly && o.Centers == nil {
		m.exchange = exchangeUnits
	}
	return bestCentroids(ctx, units, &o, apart, m)
}

// directions returns the rows scaled to length 1.
func directions(x *stats.Matrix) (*stats.Matrix, error) {
	out := stats.NewMatrix(x.Rows, x.Cols)
	for i := range x.Rows {
		copy(out.Row(i), x.Row(i))
		if !unit(out.Row(i)) {
			return nil, fmt.Errorf("row %d is all zeros: it has no direction; leave such rows out", i+1)
		}
	}
	return out, nil
}

// unit scales a row to length 1 and returns false if it has no length.
func unit(row []float64) bool {
	var most, sum float64
	for _, v := range row {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return false
	}
	for j, v := range row {
		v /= most // first, lest squares overflow
		row[j] = v
		sum += v * v
	}
	sum = math.Sqrt(sum)
	for j := range row {
		row[j] /= sum
	}
	return true
}

// alike is the squared distance below which only rounding separates unit rows.
const alike = 1e-24

// apart is the squared distance of unit rows, 2 (1 − cos), 0 for those that only
// rounding separates.
func apart(a, b []float64) float64 {
	d := distance2(a, b)
	if d < alike {
		return 0
	}
	return d
}

// differentUpTo counts different unit rows of positive weight, up to the limit.
func differentUpTo(units *stats.Matrix, weights []float64, limit int) int {
	var found []int
rows:
	for i := 0; i < units.Rows && len(found) < limit; i++ {
		if weightOf(weights, i) == 0 {
			continue
		}
		for _, f := range found {
			if apart(units.Row(f), units.Row(i)) == 0 {
				continue rows
			}
		}
		found = append(found, i)
	}
	return len(found)
}

// unitSums returns the weighted sum of the unit rows of each segment.
func unitSums(s *centroids) *stats.Matrix {
	sums := stats.NewMatrix(s.centers.Rows, s.centers.Cols)
	for i, c := range s.labels {
		w, to := weightOf(s.o.Weights, i), sums.Row(int(c))
		for j, v := range s.x.Row(i) {
			to[j] += w * v
		}
	}
	return sums
}

// toDirections moves the centres to the directions of the sums. Where rows cancel each
// other out, every direction is as good: the centre stays.
func toDirections(s *centroids) {
	sums := unitSums(s)
	for c := range s.centers.Rows {
		row := sums.Row(c)
		if length(row) > 1e-14*s.sizes[c] && unit(row) {
			copy(s.centers.Row(c), row)
		}
	}
}

// length is the Euclidean norm.
func length(row []float64) float64 {
	var sum float64
	for _, v := range row {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// exchangeUnits moves single rows to the segment where they add most to Σ |sum of
// unit rows|, which is Σ w cos, and reports whether any moved.
func exchangeUnits(s *centroids) (moved bool) {
	sums, norms := unitSums(s), make([]float64, s.centers.Rows)
	var total float64
	for c := range norms {
		norms[c] = length(sums.Row(c))
		total += norms[c]
	}
	enough := 1e-12 * total
	with := func(c, i int, w float64) float64 { // the length of a sum with w times a row
		var sq float64
		for j, v := range s.x.Row(i) {
			v = sums.Row(c)[j] + w*v
			sq += v * v
		}
		return math.Sqrt(sq)
	}
	for i, c := range s.labels {
		was, w := int(c), weightOf(s.o.Weights, i)
		if w == 0 || s.sizes[was] <= w {
			continue
		}
		loss := norms[was] - with(was, i, -w)
		now, most := was, enough
		for c := range norms {
			if c == was {
				continue
			}
			if gain := with(c, i, w) - norms[c] - loss; gain > most {
				now, most = c, gain
			}
		}
		if now == was {
			continue
		}
		for j, v := range s.x.Row(i) {
			sums.Row(was)[j] -= w * v
			sums.Row(now)[j] += w * v
		}
		norms[was], norms[now] = length(sums.Row(was)), length(sums.Row(now))
		s.sizes[was] -= w
		s.sizes[now] += w
		s.labels[i] = int32(now)
		moved = true
	}
	return moved
}
