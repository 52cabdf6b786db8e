// Package project lays rows and segments on a plane, so that their separation can be
// seen: principal components, positions, and the hulls of segments. It is pure: data
// in, positions out, and all of them finite.
package project

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// largest bounds values, lest their squares overflow.
const largest = 1e75

// Components are the principal components of a matrix (Pearson 1901).
type Components struct {
	Mean  []float64 // by column
	Scale []float64 // by column: what values are divided by; ones unless standardised
	// Axes holds a component in each row, of length 1; the entry that is largest in
	// size is positive.
	Axes       *stats.Matrix
	SD         []float64 // by component, with n−1
	Share      []float64 // of the variance, 0 if nothing varies
	Cumulative []float64
}

// Options says how to project. The zero value is sound.
type Options struct {
	Weights []float64 // how often each row occurs; nil: once
	// Standardise gives all columns a standard deviation of 1; constant ones stay 0.
	Standardise bool
}

// Principal computes all components from the covariances with n−1: those of R's
// prcomp. Columns that do not vary are allowed: they have no part in any component
// that varies.
//
// It fails for data that is empty, not finite or beyond 1e75, and for weights that do not
// fit or sum up to 0.
func Principal(x *stats.Matrix, o Options) (*Components, error) {
	n, err := check(x, o.Weights)
	if err != nil {
		return nil, err
	}
	d := x.Cols
	c := &Components{
		Mean: means(x, o.Weights, n), Scale: make([]float64, d), Axes: stats.NewMatrix(d, d),
		SD: make([]float64, d), Share: make([]float64, d), Cumulative: make([]float64, d),
	}
	// In units of the widest column, products neither overflow nor vanish.
	widest := 0.0
	unit := deviations(x, c.Mean, o.Weights, n)
	for j, v := range unit {
		widest = max(widest, v)
		if c.Scale[j] = 1; o.Standardise && v > 0 {
			c.Scale[j] = v
		}
	}
	if o.Standardise {
		widest = 1
	} else {
		for j, v := range unit {
			if v > 0 {
				unit[j] = widest
			}
		}
	}
	products := make([]float64, d*d)
	row := make([]float64, d)
	for i := range x.Rows {
		w := weight(o.Weights, i)
		if w == 0 {
			continue
		}
		for j, v := range x.Row(i) {
			if row[j] = 0; unit[j] > 0 {
				row[j] = (v - c.Mean[j]) / unit[j]
			}
		}
		for j, v := range row {
			if v == 0 {
				continue
			}
			v *= w
			for l, u := range row[j:] {
				products[j*d+j+l] += v * u
			}
		}
	}
	for i := range products {
		products[i] /= max(1, n-1)
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(d, products), true) {
		return nil, fmt.Errorf("the principal components could not be found: their computation did not end")
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	c.fill(e.Values(nil), &vectors, widest)
	return c, nil
}

// fill takes over the eigenvalues, which ascend.
func (c *Components) fill(values []float64, vectors *mat.Dense, unit float64) {
	d := len(values)
	var total float64
	for j := range d {
		value := max(0, values[d-1-j])
		// What rounding leaves of nothing is nothing.
		if value < 1e-15*values[d-1] {
			value = 0
		}
		total += value
		c.SD[j] = math.Sqrt(value) * unit
		c.Share[j] = value
		axis, sign, most := c.Axes.Row(j), 1.0, 0.0
		for l := range d {
			axis[l] = vectors.At(l, d-1-j)
			if m := math.Abs(axis[l]); m > most+1e-9 {
				most, sign = m, math.Copysign(1, axis[l])
			}
		}
		for l := range axis {
			axis[l] *= sign
		}
	}
	sum := 0.0
	for j := range d {
		if total > 0 {
			c.Share[j] /= total
		}
		sum += c.Share[j]
		c.Cumulative[j] = min(1, sum)
	}
}

// means are those of the columns. They are summed up from the first row, so that a
// column that does not vary has its value for a mean.
func means(x *stats.Matrix, weights []float64, n float64) []float64 {
	mean := make([]float64, x.Cols)
	for i := range x.Rows {
		w := weight(weights, i) / n
		for j, v := range x.Row(i) {
			mean[j] += w * (v - x.Data[j])
		}
	}
	for j := range mean {
		mean[j] += x.Data[j]
	}
	return mean
}

// deviations are the standard deviations with n−1; 0 where rounding alone varies.
func deviations(x *stats.Matrix, mean, weights []float64, n float64) []float64 {
	out := make([]float64, x.Cols)
	for j := range out {
		var widest, sum float64
		for i := range x.Rows {
			if weight(weights, i) > 0 {
				widest = max(widest, math.Abs(x.Row(i)[j]-mean[j]))
			}
		}
		if widest <= 1e-14*math.Abs(mean[j]) {
			continue
		}
		for i := range x.Rows {
			v := (x.Row(i)[j] - mean[j]) / widest
			sum += weight(weights, i) * v * v
		}
		out[j] = widest * math.Sqrt(sum/max(1, n-1))
	}
	return out
}

func weight(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// check returns the sum of the weights.
func check(x *stats.Matrix, weights []float64) (n float64, err error) {
	if err := x.Check(); err != nil {
		return 0, err
	}
	for i, v := range x.Data {
		if math.Abs(v) > largest {
			return 0, fmt.Errorf("row %d, column %d is %v: scale values to below %g", i/x.Cols+1, i%x.Cols+1, v, largest)
		}
	}
	if weights != nil && len(weights) != x.Rows {
		return 0, fmt.Errorf("there are %d weights for %d rows", len(weights), x.Rows)
	}
	for i := range x.Rows {
		w := weight(weights, i)
		if !(w >= 0 && w <= largest) {
			return 0, fmt.Errorf("the weight of row %d is %v: weights are finite and not negative", i+1, w)
		}
		n += w
	}
	if n == 0 {
		return 0, fmt.Errorf("no row has any weight")
	}
	return n, nil
}

// Project returns the positions of rows on the first components, which can be more
// than there are: the rest is 0. It fails for data that Principal would refuse and for
// another number of columns.
func (c *Components) Project(x *stats.Matrix, components int) (*stats.Matrix, error) {
	if _, err := check(x, nil); err != nil {
		return nil, err
	}
	if x.Cols != len(c.Mean) || components < 1 {
		return nil, fmt.Errorf("%d columns on %d components, where the components have %d columns", x.Cols, components, len(c.Mean))
	}
	out := stats.NewMatrix(x.Rows, components)
	for i := range x.Rows {
		row := x.Row(i)
		for a := range min(components, c.Axes.Rows) {
			var sum float64
			for j, v := range c.Axes.Row(a) {
				sum += v * ((row[j] - c.Mean[j]) / c.Scale[j])
			}
			out.Row(i)[a] = max(-math.MaxFloat64, min(math.MaxFloat64, sum))
		}
	}
	return out, nil
}
