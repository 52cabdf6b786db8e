package mixture

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// lines is one run of expectation maximisation for regressions over scaled columns, the
// last of which is the response.
type lines struct {
	z          *stats.Matrix
	o          *RegressionOptions
	total      float64
	shares     []float64
	slopes     *stats.Matrix // component by 1 + columns
	variance   []float64
	posterior  *stats.Matrix
	likelihood float64
	floored    int
	iterations int
	converged  bool
}

func newLines(z *stats.Matrix, o *RegressionOptions) *lines {
	k := o.Components
	m := &lines{
		z: z, o: o, shares: make([]float64, k), variance: make([]float64, k),
		slopes: stats.NewMatrix(k, z.Cols), posterior: stats.NewMatrix(z.Rows, k),
	}
	for c := range m.variance {
		m.variance[c] = 1
	}
	for i := range z.Rows {
		m.total += weightOf(o.Weights, i)
	}
	return m
}

// ridge keeps the coefficients of columns finite that do not vary within a component.
const ridge = 1e-10

func (m *lines) run(ctx context.Context, labels []int32) error {
	k := len(m.shares)
	for i, l := range labels {
		for c := range k {
			m.posterior.Row(i)[c] = begun(c == int(l), k)
		}
	}
	last := math.Inf(-1)
	for m.iterations = 1; ; m.iterations++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.maximise()
		m.expect()
		if m.likelihood-last < m.o.Tol*m.total {
			m.converged = true
			return nil
		}
		if m.iterations == m.o.MaxIter {
			return nil
		}
		last = m.likelihood
	}
}

// residual is what a component's line leaves of a row.
func (m *lines) residual(c int, row []float64) float64 {
	b, p := m.slopes.Row(c), len(row)-1
	r := row[p] - b[0]
	for j, v := range row[:p] {
		r -= b[j+1] * v
	}
	return r
}

func (m *lines) expect() {
	k := len(m.shares)
	m.likelihood = 0
	base := make([]float64, k)
	for c := range base {
		base[c] = math.Log(m.shares[c]) - math.Log(2*math.Pi*m.variance[c])/2
	}
	for i := range m.z.Rows {
		row, p := m.z.Row(i), m.posterior.Row(i)
		most := math.Inf(-1)
		for c := range p {
			r := m.residual(c, row)
			p[c] = base[c] - r*r/(2*m.variance[c])
			most = max(most, p[c])
		}
		log := posterior(p, most)
		if w := weightOf(m.o.Weights, i); w > 0 {
			m.likelihood += w * log
		}
	}
}

// maximise computes shares, coefficients and variances from the posterior.
func (m *lines) maximise() {
	m.floored = 0
	n := m.z.Cols // coefficients
	for c := range m.shares {
		var size float64
		for i := range m.z.Rows {
			size += weightOf(m.o.Weights, i) * m.posterior.Row(i)[c]
		}
		m.shares[c] = max(size/m.total, tiny)
		if size <= 1e-12*m.total {
			m.floored++
			continue
		}
		products, right := make([]float64, n*n), make([]float64, n)
		for i := range m.z.Rows {
			w := weightOf(m.o.Weights, i) * m.posterior.Row(i)[c] / size
			if w == 0 {
				continue
			}
			row := m.z.Row(i)
			for j := range n {
				v := w * design(row, j)
				right[j] += v * row[n-1]
				for l := range j + 1 {
					products[l*n+j] += v * design(row, l)
				}
			}
		}
		for j := range n {
			products[j*n+j] += ridge
		}
		var factor mat.Cholesky
		if b := mat.NewVecDense(n, m.slopes.Row(c)); factor.Factorize(mat.NewSymDense(n, products)) {
			// An imprecise solution is one all the same.
			_ = factor.SolveVecTo(b, mat.NewVecDense(n, right))
		}
		var variance float64
		for i := range m.z.Rows {
			if w := weightOf(m.o.Weights, i) * m.posterior.Row(i)[c] / size; w > 0 {
				r := m.residual(c, m.z.Row(i))
				variance += w * r * r
			}
		}
		if free := m.total - float64(n); m.o.DegreesOfFreedom && free > 0 {
			variance *= min(m.total/free, 1/m.o.Floor)
		}
		if variance < m.o.Floor {
			variance = m.o.Floor
			m.floored++
		}
		m.variance[c] = variance
	}
}

// design is the value of a coefficient's column in a row: 1 for the intercept.
func design(row []float64, j int) float64 {
	if j == 0 {
		return 1
	}
	return row[j-1]
}

// dependent returns the first of the columns that follows from those before it, −1 if
// none does.
func dependent(z *stats.Matrix, weights []float64, columns int) int {
	var total float64
	for i := range z.Rows {
		total += weightOf(weights, i)
	}
	// Cholesky factors of the correlations: a pivot is what a column adds.
	products := make([]float64, columns*columns)
	for i := range z.Rows {
		w := weightOf(weights, i) / total
		if w == 0 {
			continue
		}
		row := z.Row(i)[:columns]
		for j, v := range row {
			for l, u := range row[:j+1] {
				products[j*columns+l] += w * v * u
			}
		}
	}
	for j := range columns {
		for l := range j + 1 {
			v := products[j*columns+l]
			for i := range l {
				v -= products[j*columns+i] * products[l*columns+i]
			}
			if l < j {
				products[j*columns+l] = v / products[l*columns+l]
				continue
			}
			if !(v > 1e-8) {
				return j
			}
			products[j*columns+j] = math.Sqrt(v)
		}
	}
	return -1
}

// order puts the largest component first.
func (m *lines) order() {
	order := make([]int, len(m.shares))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.shares[b], m.shares[a]) })
	shares, variance := slices.Clone(m.shares), slices.Clone(m.variance)
	slopes, posterior := slices.Clone(m.slopes.Data), slices.Clone(m.posterior.Data)
	k, n := len(order), m.slopes.Cols
	for now, was := range order {
		m.shares[now], m.variance[now] = shares[was], variance[was]
		copy(m.slopes.Row(now), slopes[was*n:was*n+n])
		for i := range m.z.Rows {
			m.posterior.Row(i)[now] = posterior[i*k+was]
		}
	}
}

// model returns the mixture in the units of the data.
func (m *lines) model(scale *scaling) *Regressions {
	k, n := len(m.shares), m.slopes.Cols
	r := &Regressions{
		Shares: m.shares, Posterior: m.posterior, LogLikelihood: m.likelihood - m.total*scale.logarithm(n-1),
		Coefficients: stats.NewMatrix(k, n), Parameters: parametersOf(k, n-1), Weight: m.total,
		Iterations: m.iterations, Converged: m.converged, Floored: m.floored, weights: slices.Clone(m.o.Weights),
	}
	// back has, for each coefficient, how it follows from the scaled ones.
	back := stats.NewMatrix(n, n)
	back.Row(0)[0] = scale.unit(n - 1)
	for j := 1; j < n; j++ {
		slope := scale.unit(n-1) / scale.unit(j-1)
		back.Row(j)[j] = slope
		back.Row(0)[j] = -slope * scale.back(j-1, 0)
	}
	for c := range k {
		b := r.Coefficients.Row(c)
		for j := range b {
			for l, v := range m.slopes.Row(c) {
				b[j] += back.Row(j)[l] * v
			}
		}
		b[0] += scale.back(n-1, 0)
		r.Sigma = append(r.Sigma, math.Sqrt(m.variance[c])*scale.unit(n-1))
	}
	if r.Floored == 0 {
		r.Errors = m.errors(back)
	}
	return r
}
