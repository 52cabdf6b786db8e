package mixture

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// farthest bounds scaled values. Only rows without weight in the fit lie beyond it.
const farthest = 1e100

// scaling brings columns to a mean of 0 and a variance of 1. Values are first
// brought to the range from 0 to 1, lest their squares overflow or vanish.
type scaling struct {
	low, span   []float64 // by column: lowest value, and the range
	mean, width []float64 // by column: of values in that range
}

// newScaling fails if a column does not vary, or with a common scale for all
// columns, if none does.
func newScaling(x *stats.Matrix, weights []float64, common bool) (*scaling, error) {
	d := x.Cols
	s := &scaling{make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)}
	var widest float64
	for j := range d {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range x.Rows {
			if weightOf(weights, i) > 0 {
				low, high = min(low, x.Row(i)[j]), max(high, x.Row(i)[j])
			}
		}
		s.low[j], s.span[j] = low, high-low
		widest = max(widest, high-low)
		if high == low && !common {
			return nil, fmt.Errorf("column %d does not vary: leave it out", j+1)
		}
	}
	if widest == 0 {
		return nil, fmt.Errorf("no column varies: there is nothing to fit")
	}
	var total, all float64
	for i := range x.Rows {
		total += weightOf(weights, i)
	}
	for j := range d {
		if common {
			s.span[j] = widest
		}
		unit := func(i int) float64 { return (x.Row(i)[j] - s.low[j]) / s.span[j] }
		for i := range x.Rows {
			if w := weightOf(weights, i); w > 0 {
				s.mean[j] += w / total * unit(i)
			}
		}
		var variance float64
		for i := range x.Rows {
			if w := weightOf(weights, i); w > 0 {
				e := unit(i) - s.mean[j]
				variance += w / total * e * e
			}
		}
		s.width[j] = math.Sqrt(variance)
		all += variance / float64(d)
	}
	for j := range d {
		if common {
			s.width[j] = math.Sqrt(all)
		}
		// Weights can be so unequal that next to nothing varies.
		if s.width[j] < 1e-6 {
			return nil, fmt.Errorf("column %d does not vary but in rows of next to no weight: leave it out", j+1)
		}
	}
	return s, nil
}

// of returns the scaled rows.
func (s *scaling) of(x *stats.Matrix) *stats.Matrix {
	z := stats.NewMatrix(x.Rows, x.Cols)
	for i := range x.Rows {
		row := z.Row(i)
		for j, v := range x.Row(i) {
			// Halves keep the difference of two large numbers finite.
			v = ((v/2-s.low[j]/2)/s.span[j]*2 - s.mean[j]) / s.width[j]
			row[j] = max(-farthest, min(farthest, v))
		}
	}
	return z
}

// unit is how much a column is when its scaled value is 1.
func (s *scaling) unit(j int) float64 { return s.span[j] * s.width[j] }

// logarithm is that of unit, also where unit is too small for a number.
func (s *scaling) logarithm(j int) float64 { return math.Log(s.span[j]) + math.Log(s.width[j]) }

// back is a column's value from the scaled one.
func (s *scaling) back(j int, v float64) float64 {
	return s.low[j] + s.span[j]*(s.mean[j]+s.width[j]*v)
}

// distance2 is the squared Euclidean distance.
func distance2(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, v := range a {
		d := v - b[i]
		sum += d * d
	}
	return sum
}

// sphered returns the rows turned and scaled so that all columns together have no
// correlations and variances of 1. Directions in which next to nothing varies are
// left at 0.
func sphered(x *stats.Matrix, weights []float64) *stats.Matrix {
	d := x.Cols
	products := make([]float64, d*d)
	var total float64
	for i := range x.Rows {
		total += weightOf(weights, i)
	}
	for i := range x.Rows {
		w := weightOf(weights, i) / total
		if w == 0 {
			continue
		}
		row := x.Row(i)
		for j, v := range row {
			for l, u := range row[j:] {
				products[j*d+j+l] += w * v * u
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(d, products), true) {
		return x
	}
	var axes, out mat.Dense
	e.VectorsTo(&axes)
	for j, value := range e.Values(nil) {
		by := 0.0
		if value > 1e-8 {
			by = 1 / math.Sqrt(value)
		}
		for l := range d {
			axes.Set(l, j, axes.At(l, j)*by)
		}
	}
	out.Mul(mat.NewDense(x.Rows, d, x.Data), &axes)
	z := stats.NewMatrix(x.Rows, d)
	for i := range x.Rows {
		copy(z.Row(i), out.RawRowView(i))
	}
	return z
}

// partition is a short k-means: k-means++ (Arthur and Vassilvitskii 2007) and some
// iterations. The fit goes on from there, so it need not be at an optimum.
func partition(rng *rand.Rand, x *stats.Matrix, weights []float64, k, iterations int) []int32 {
	centers := stats.NewMatrix(k, x.Cols)
	near := make([]float64, x.Rows)
	for i := range near {
		near[i] = 1
	}
	for c := range k {
		row := draw(rng, weights, near)
		copy(centers.Row(c), x.Row(row))
		for i := range near {
			d := distance2(x.Row(i), centers.Row(c))
			if c == 0 || d < near[i] {
				near[i] = d
			}
		}
	}
	labels, size := make([]int32, x.Rows), make([]float64, k)
	for iteration := range iterations {
		changed := iteration == 0
		for i := range labels {
			best, least := int32(0), math.Inf(1)
			for c := range k {
				if d := distance2(x.Row(i), centers.Row(c)); d < least {
					best, least = int32(c), d
				}
			}
			changed = changed || best != labels[i]
			labels[i] = best
		}
		if !changed {
			break
		}
		clear(size)
		for i, c := range labels {
			size[c] += weightOf(weights, i)
		}
		for c := range k {
			if size[c] > 0 {
				clear(centers.Row(c))
			}
		}
		for i, c := range labels {
			if w := weightOf(weights, i); w > 0 {
				for j, v := range x.Row(i) {
					centers.Row(int(c))[j] += w / size[c] * v
				}
			}
		}
	}
	return labels
}

// draw returns a row with probability in proportion to its weight and share, the
// last row of positive weight if there is none left.
func draw(rng *rand.Rand, weights, share []float64) int {
	var total float64
	for i, s := range share {
		total += weightOf(weights, i) * s
	}
	at, last := rng.Float64()*total, 0
	for i, s := range share {
		w := weightOf(weights, i)
		if w == 0 || s == 0 && total > 0 {
			continue
		}
		last = i
		if at -= w * s; at < 0 {
			break
		}
	}
	return last
}
