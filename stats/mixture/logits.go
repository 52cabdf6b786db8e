package mixture

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// logits are the shares of classes by covariates.
type logits struct {
	z     *stats.Matrix // rows by 1 and the scaled columns
	scale *scaling
	beta  *stats.Matrix // classes by columns of z; the first class's stay 0
}

// newLogits returns nil for no covariates.
func newLogits(x *stats.Matrix, rows, classes int) (*logits, error) {
	if x == nil {
		return nil, nil
	}
	if err := x.Check(); err != nil {
		return nil, fmt.Errorf("the covariates: %w", err)
	}
	if x.Rows != rows {
		return nil, fmt.Errorf("there are covariates of %d rows for answers of %d", x.Rows, rows)
	}
	if err := checkValues(x, nil); err != nil {
		return nil, fmt.Errorf("the covariates: %w", err)
	}
	scale, err := newScaling(x, nil, false)
	if err != nil {
		return nil, fmt.Errorf("the covariates: %w", err)
	}
	z := scale.of(x)
	if j := dependent(z, nil, x.Cols); j >= 0 {
		return nil, fmt.Errorf("the covariates: column %d follows from those before it: leave it out", j+1)
	}
	l := &logits{stats.NewMatrix(rows, x.Cols+1), scale, stats.NewMatrix(classes, x.Cols+1)}
	for i := range rows {
		row := l.z.Row(i)
		row[0] = 1
		copy(row[1:], z.Row(i))
	}
	return l, nil
}

// begin returns coefficients of 0 for a run of its own.
func (l *logits) begin() *logits {
	if l == nil {
		return nil
	}
	return &logits{l.z, l.scale, stats.NewMatrix(l.beta.Rows, l.beta.Cols)}
}

// priors puts the logarithms of the classes' shares for a row into to.
func (l *logits) priors(row int, to []float64) {
	most := math.Inf(-1)
	for c := range to {
		to[c] = 0
		for j, v := range l.z.Row(row) {
			to[c] += l.beta.Row(c)[j] * v
		}
		most = max(most, to[c])
	}
	var sum float64
	for _, v := range to {
		sum += math.Exp(v - most)
	}
	for c := range to {
		to[c] -= most + math.Log(sum)
	}
}

// longest bounds a step of a coefficient: where covariates tell classes exactly, none is
// long enough.
const longest = 5

// fit takes steps of Newton towards the coefficients that make the posterior, row by
// class, most likely, each halved until it is one forwards.
func (l *logits) fit(posterior []float64) {
	k, n := l.beta.Rows, l.beta.Cols
	size := (k - 1) * n
	if size == 0 {
		return
	}
	now := l.fitness(posterior)
	for range 5 {
		gradient, hessian := l.slopes(posterior)
		var factor mat.Cholesky
		step := mat.NewVecDense(size, nil)
		if !factor.Factorize(hessian) {
			return
		}
		// An imprecise step is one all the same, if it is forwards.
		_ = factor.SolveVecTo(step, gradient)
		far := mat.Norm(step, math.Inf(1))
		if far-far != 0 {
			return
		}
		by := min(1, longest/far)
		was := slices.Clone(l.beta.Data)
		for {
			for i := range size {
				l.beta.Data[n+i] = was[n+i] + by*step.AtVec(i)
			}
			if then := l.fitness(posterior); then >= now {
				now = then
				break
			}
			if by /= 2; by*far < 1e-12 {
				copy(l.beta.Data, was)
				return
			}
		}
		if by*far < 1e-9 {
			return
		}
	}
}

// fitness is the part of the expected log-likelihood that coefficients are in.
func (l *logits) fitness(posterior []float64) (sum float64) {
	prior := make([]float64, l.beta.Rows)
	for i := range l.z.Rows {
		l.priors(i, prior)
		for c, p := range posterior[i*len(prior) : (i+1)*len(prior)] {
			if p > 0 {
				sum += p * prior[c]
			}
		}
	}
	return sum
}

// slopes returns the gradient of the fitness, and its second derivatives with the other
// sign.
func (l *logits) slopes(posterior []float64) (*mat.VecDense, *mat.SymDense) {
	k, n := l.beta.Rows, l.beta.Cols
	size := (k - 1) * n
	gradient, second := make([]float64, size), make([]float64, size*size)
	prior := make([]float64, k)
	for i := range l.z.Rows {
		row := l.z.Row(i)
		l.priors(i, prior)
		for c := range prior {
			prior[c] = math.Exp(prior[c])
		}
		for c := 1; c < k; c++ {
			off := posterior[i*k+c] - prior[c]
			for j, v := range row {
				at := (c-1)*n + j
				gradient[at] += off * v
				for o := c; o < k; o++ {
					p := -prior[c] * prior[o]
					if o == c {
						p += prior[c]
					}
					to := second[at*size+(o-1)*n:]
					for h, u := range row {
						to[h] += p * v * u
					}
				}
			}
		}
	}
	for j := range size {
		second[j*size+j] += ridge * float64(l.z.Rows)
	}
	return mat.NewVecDense(size, gradient), mat.NewSymDense(size, second)
}

// mostScored is the number of parameters up to which standard errors are computed.
const mostScored = 600

// model returns coefficients and standard errors in the covariates' units, with classes
// in an order, of which the first is what others are compared with.
func (l *logits) model(m *em, order []int) (coefficients, errors *stats.Matrix) {
	k, n := l.beta.Rows, l.beta.Cols
	// back has, for each coefficient, how it follows from the scaled ones.
	back := stats.NewMatrix(n, n)
	back.Row(0)[0] = 1
	for j := 1; j < n; j++ {
		slope := 1 / l.scale.unit(j-1)
		back.Row(j)[j] = slope
		back.Row(0)[j] = -slope * l.scale.back(j-1, 0)
	}
	coefficients = stats.NewMatrix(k, n)
	for now, was := range order {
		for j := range n {
			for h, f := range back.Row(j) {
				coefficients.Row(now)[j] += f * (l.beta.Row(was)[h] - l.beta.Row(order[0])[h])
			}
		}
	}
	if k == 1 {
		return coefficients, stats.NewMatrix(k, n)
	}
	covariance := m.scored(order)
	if covariance == nil || coefficients.Check() != nil {
		return coefficients, nil
	}
	errors = stats.NewMatrix(k, n)
	first := covariance.SymmetricDim() - (k-1)*n
	for c := 1; c < k; c++ {
		at := first + (c-1)*n
		for j := range n {
			var v float64
			for a, f := range back.Row(j) {
				for b, g := range back.Row(j) {
					v += f * g * covariance.At(at+a, at+b)
				}
			}
			errors.Row(c)[j] = math.Sqrt(max(0, v))
		}
	}
	if errors.Check() != nil {
		return coefficients, nil
	}
	return coefficients, errors
}

// scored returns the inverse of the sum over the rows of the outer products of the
// scores: of the logits of answers, by class, and last of the coefficients of all classes
// but the first in an order. What no row says anything of is left out of it. It is nil of
// too many parameters.
func (m *em) scored(order []int) *mat.SymDense {
	k, n := len(order), m.logits.z.Cols
	answers := 0 // free ones of a class
	for _, l := range m.data.Levels {
		answers += max(0, l-1)
	}
	size := k*answers + (k-1)*n
	if size > mostScored {
		return nil
	}
	sum, score, prior := mat.NewSymDense(size, nil), make([]float64, size), make([]float64, k)
	for i := range m.logits.z.Rows {
		clear(score)
		m.logits.priors(i, prior)
		at := 0
		for now, c := range order {
			p := m.posterior[i*k+c]
			for j, v := range m.data.Codes[i*m.data.Items : (i+1)*m.data.Items] {
				of := m.item(c, j)
				for level := 1; level < len(of); level++ {
					if v != Missing {
						score[at] = -p * of[level]
						if int(v) == level {
							score[at] += p
						}
					}
					at++
				}
			}
			if now > 0 {
				for j, v := range m.logits.z.Row(i) {
					score[k*answers+(now-1)*n+j] = (p - math.Exp(prior[c])) * v
				}
			}
		}
		sum.SymRankOne(sum, 1, mat.NewVecDense(size, score))
	}
	return pseudoInverse(sum)
}

// pseudoInverse returns that of a symmetric matrix without negative eigenvalues, nil if
// it cannot be found.
func pseudoInverse(s *mat.SymDense) *mat.SymDense {
	n := s.SymmetricDim()
	out := mat.NewSymDense(n, nil)
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	for j, v := range values {
		if v > 1e-8*values[n-1] {
			out.SymRankOne(out, 1/v, vectors.ColView(j))
		}
	}
	return out
}
