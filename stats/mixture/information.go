package mixture

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// errors returns the standard errors of coefficients, turned back to the units of the
// data, from the observed information (Louis 1982): of each row, what is expected of the
// information of its unknown component, less the variance of the score over the
// components that it may be of. Nil if the information has no inverse.
func (m *lines) errors(back *stats.Matrix) *stats.Matrix {
	k, n := len(m.shares), m.slopes.Cols
	// By component the coefficients and ln σ; then ln(share/first share) of the others.
	width := n + 1
	size := k*width + k - 1
	information := mat.NewSymDense(size, nil)
	scores, mean := make([][]float64, k), make([]float64, size)
	for c := range scores {
		scores[c] = make([]float64, size)
	}
	for i := range m.z.Rows {
		w := weightOf(m.o.Weights, i)
		if w == 0 {
			continue
		}
		row := m.z.Row(i)
		clear(mean)
		for c, p := range m.posterior.Row(i) {
			s, v := scores[c], m.variance[c]
			r := m.residual(c, row)
			at := c * width
			for j := range n {
				s[at+j] = design(row, j) * r / v
			}
			s[at+n] = r*r/v - 1
			for o := 1; o < k; o++ {
				s[k*width+o-1] = -m.shares[o]
			}
			if c > 0 {
				s[k*width+c-1]++
			}
			for j := range n {
				for l := j; l < n; l++ {
					information.SetSym(at+j, at+l, information.At(at+j, at+l)+w*p*design(row, j)*design(row, l)/v)
				}
				information.SetSym(at+j, at+n, information.At(at+j, at+n)+w*p*2*s[at+j])
			}
			information.SetSym(at+n, at+n, information.At(at+n, at+n)+w*p*2*r*r/v)
			for j, u := range s {
				mean[j] += p * u
			}
		}
		for c, p := range m.posterior.Row(i) {
			information.SymRankOne(information, -w*p, mat.NewVecDense(size, scores[c]))
		}
		information.SymRankOne(information, w, mat.NewVecDense(size, mean))
	}
	for a := 1; a < k; a++ {
		for b := a; b < k; b++ {
			v := -m.shares[a] * m.shares[b]
			if a == b {
				v += m.shares[a]
			}
			at, to := k*width+a-1, k*width+b-1
			information.SetSym(at, to, information.At(at, to)+m.total*v)
		}
	}
	covariance, ok := inverse(information)
	if !ok {
		return nil
	}
	out := stats.NewMatrix(k, n)
	for c := range k {
		for j := range n {
			var v float64
			for a, f := range back.Row(j) {
				for b, g := range back.Row(j) {
					v += f * g * covariance.At(c*width+a, c*width+b)
				}
			}
			if out.Row(c)[j] = math.Sqrt(max(0, v)); out.Check() != nil {
				return nil
			}
		}
	}
	return out
}

// inverse returns that of a positive definite matrix, or that there is none.
func inverse(s *mat.SymDense) (*mat.SymDense, bool) {
	for _, v := range s.RawSymmetric().Data {
		if v-v != 0 {
			return nil, false
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(s) || !(factor.Cond() < 1e14) {
		return nil, false
	}
	out := mat.NewSymDense(s.SymmetricDim(), nil)
	if factor.InverseTo(out) != nil {
		return nil, false
	}
	return out, true
}
