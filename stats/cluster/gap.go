package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// GapOptions says how to compute gap statistics. Zero fields have defaults.
type GapOptions struct {
	MaxK       int    // numbers of segments from 1 to this; default 10
	References int    // sets of reference data, at least 2; default 50
	Starts     int    // of each k-means; default 10
	Seed       uint64 // of starts and reference data
	Workers    int    // default: the number of processors
}

// Gap is the gap statistic of one number of segments.
type Gap struct {
	K         int
	LogWithin float64 // natural logarithm of the within sum of squares
	Expected  float64 // mean of LogWithin over the reference data
	Gap       float64 // Expected − LogWithin
	Error     float64 // standard error of Gap: √(1+1/B) times the standard deviation over B reference sets
}

// Gaps returns the gap statistic (Tibshirani, Walther and Hastie 2001) of k-means
// for every number of segments from 1 to o.MaxK: how far the logarithm of the
// within sum of squares lies below what rows without segments would give. These
// are uniform on the box along the principal components of the data that holds
// all rows, as many as there are rows. BestGap chooses.
//
// It fails on an empty or non-finite matrix, on values beyond 1e75, unless there
// are more distinct rows than o.MaxK, on a single reference set, and if ctx ends.
func Gaps(ctx context.Context, x *stats.Matrix, o GapOptions) ([]Gap, error) {
	if o.MaxK == 0 {
		o.MaxK = 10
	}
	if o.References <= 0 {
		o.References = 50
	}
	if o.References == 1 {
		return nil, fmt.Errorf("one set of reference data has no standard error: ask for at least 2")
	}
	check := Options{K: o.MaxK, Workers: o.Workers}
	if err := check.complete(x); err != nil {
		return nil, err
	}
	if err := moderate(x, nil); err != nil {
		return nil, err
	}
	if n := distinctUpTo(x, nil, o.MaxK+1); n <= o.MaxK {
		return nil, fmt.Errorf("there are %d different rows: gaps of up to %d segments need at least one more than that", n, o.MaxK)
	}
	turned, unit, err := principal(x)
	if err != nil {
		return nil, err
	}
	found, err := o.withins(ctx, turned, o.Seed, check.Workers)
	if err != nil {
		return nil, err
	}
	low, high := box(turned)
	// The stream of number s of a seed is that of start s: one more seed keeps
	// reference data apart from starts.
	references, err := attempts(ctx, o.References, check.Workers, o.Seed+1, func(_ int, rng *rand.Rand) ([]float64, error) {
		z := stats.NewMatrix(x.Rows, x.Cols)
		for i := range z.Rows {
			for j := range z.Cols {
				z.Row(i)[j] = low[j] + rng.Float64()*(high[j]-low[j])
			}
		}
		return o.withins(ctx, z, rng.Uint64(), 1)
	})
	if err != nil {
		return nil, err
	}
	gaps := make([]Gap, o.MaxK)
	for i := range gaps {
		var mean, ss float64
		for _, r := range references {
			mean += r[i] / float64(len(references))
		}
		for _, r := range references {
			ss += (r[i] - mean) * (r[i] - mean)
		}
		b := float64(len(references))
		gaps[i] = Gap{
			K: i + 1, LogWithin: found[i] + 2*math.Log(unit), Expected: mean + 2*math.Log(unit),
			Gap: mean - found[i], Error: math.Sqrt(ss/b) * math.Sqrt(1+1/b),
		}
	}
	return gaps, nil
}

// BestGap is the smallest number of segments k with Gap(k) ≥ Gap(k+1) −
// Error(k+1), the rule of Tibshirani, Walther and Hastie. It is 1 for data without
// segments, the last k if none meets the rule, and 0 for no gaps.
func BestGap(gaps []Gap) int {
	for i, g := range gaps {
		if i+1 == len(gaps) || g.Gap >= gaps[i+1].Gap-gaps[i+1].Error {
			return g.K
		}
	}
	return 0
}

// withins returns the logarithms of the within sums of squares by number of
// segments.
func (o *GapOptions) withins(ctx context.Context, x *stats.Matrix, seed uint64, workers int) ([]float64, error) {
	logs := make([]float64, o.MaxK)
	for i := range logs {
		r, err := KMeans(ctx, x, Options{K: i + 1, Starts: o.Starts, Seed: seed, Workers: workers})
		if err != nil {
			return nil, err
		}
		logs[i] = math.Log(max(r.WithinSS, 1e-300)) // rows that rounding alone separates may add up to 0
	}
	return logs, nil
}

// principal returns the rows in the coordinates of their principal components,
// between which distances are the same, in a unit of which no value is far above
// one, and that unit.
func principal(x *stats.Matrix) (turned *stats.Matrix, unit float64, err error) {
	d := x.Cols
	mean := make([]float64, d)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			mean[j] += v / float64(x.Rows)
		}
	}
	for i, v := range x.Data {
		unit = max(unit, math.Abs(v-mean[i%d]))
	}
	if unit == 0 {
		return nil, 0, fmt.Errorf("the rows do not vary")
	}
	apart := stats.NewMatrix(x.Rows, d)
	for i, v := range x.Data {
		apart.Data[i] = (v - mean[i%d]) / unit
	}
	products := make([]float64, d*d)
	for i := range x.Rows {
		row := apart.Row(i)
		for j, v := range row {
			for l, u := range row[j:] {
				products[j*d+j+l] += v * u
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(d, products), true) { // it reads the upper triangle
		return nil, 0, fmt.Errorf("the principal components could not be found")
	}
	var axes, out mat.Dense
	e.VectorsTo(&axes)
	turned = stats.NewMatrix(x.Rows, d)
	out.Mul(mat.NewDense(x.Rows, d, apart.Data), &axes)
	for i := range x.Rows {
		copy(turned.Row(i), out.RawRowView(i))
	}
	return turned, unit, nil
}

// box returns the lowest and the highest value of each column.
func box(x *stats.Matrix) (low, high []float64) {
	low, high = make([]float64, x.Cols), make([]float64, x.Cols)
	copy(low, x.Row(0))
	copy(high, x.Row(0))
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			low[j], high[j] = min(low[j], v), max(high[j], v)
		}
	}
	return low, high
}
