package mixture

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// normals are the components of a mixture over scaled columns.
type normals struct {
	shape      Covariance
	shares     []float64
	means      *stats.Matrix
	covariance [][]float64 // by component: columns by columns
	root       [][]float64 // by component: the inverse of the covariance's lower Cholesky factor
	volume     []float64   // by component: ½ ln |S|
	likelihood float64
	floored    int
	iterations int
	converged  bool
}

// expect puts the posterior of each row into post and returns the weighted
// log-likelihood. It works with logarithms, so that rows far out do not underflow.
func (m *normals) expect(x *stats.Matrix, weights []float64, post *stats.Matrix) (likelihood float64) {
	d := x.Cols
	diagonal := m.shape == Diagonal || m.shape == Spherical
	base := make([]float64, len(m.shares))
	for c, s := range m.shares {
		base[c] = math.Log(s) - m.volume[c] - float64(d)/2*math.Log(2*math.Pi)
	}
	e := make([]float64, d)
	for i := range x.Rows {
		row, p := x.Row(i), post.Row(i)
		most := math.Inf(-1)
		for c := range p {
			for j, v := range m.means.Row(c) {
				e[j] = row[j] - v
			}
			var q float64
			for j := range e {
				var v float64
				if diagonal {
					v = m.root[c][j*d+j] * e[j]
				} else {
					for l, r := range m.root[c][j*d : j*d+j+1] {
						v += r * e[l]
					}
				}
				q += v * v
			}
			p[c] = base[c] - q/2
			most = max(most, p[c])
		}
		log := posterior(p, most)
		if w := weightOf(weights, i); w > 0 {
			likelihood += w * log
		}
	}
	return likelihood
}

// gaussianEM is the memory of runs of expectation maximisation.
type gaussianEM struct {
	x       *stats.Matrix // scaled
	sphered *stats.Matrix
	o       *GaussianOptions
	total   float64
	post    *stats.Matrix
}

func newGaussianEM(x, sphered *stats.Matrix, o *GaussianOptions) *gaussianEM {
	e := &gaussianEM{x: x, sphered: sphered, o: o, post: stats.NewMatrix(x.Rows, o.Components)}
	for i := range x.Rows {
		e.total += weightOf(o.Weights, i)
	}
	return e
}

func (e *gaussianEM) run(ctx context.Context, start int, rng *rand.Rand) (*normals, error) {
	k, d := e.o.Components, e.x.Cols
	m := &normals{shape: e.o.Covariance, shares: make([]float64, k), means: stats.NewMatrix(k, d), volume: make([]float64, k)}
	for range k { // what a component without rows is
		m.covariance = append(m.covariance, identity(d))
		m.root = append(m.root, identity(d))
	}
	clear(e.post.Data)
	// k-means alone would begin every start at the same place where its optimum is
	// easy to find, though that of the mixture is elsewhere.
	labels := e.o.Labels
	switch {
	case labels != nil:
	case start%2 == 0:
		labels = partition(rng, e.x, e.o.Weights, k, 30)
	default:
		labels = partition(rng, e.sphered, e.o.Weights, k, 1)
	}
	for i, c := range labels {
		e.post.Row(i)[c] = 1
	}
	last := math.Inf(-1)
	for m.iterations = 1; ; m.iterations++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e.maximise(m)
		m.likelihood = m.expect(e.x, e.o.Weights, e.post)
		if m.likelihood-last < e.o.Tol*e.total {
			m.converged = true
			return m, nil
		}
		if m.iterations == e.o.MaxIter {
			return m, nil
		}
		last = m.likelihood
	}
}

func identity(d int) []float64 {
	m := make([]float64, d*d)
	for j := range d {
		m[j*d+j] = 1
	}
	return m
}

// maximise computes shares, means and covariances from the posterior.
func (e *gaussianEM) maximise(m *normals) {
	k, d := len(m.shares), e.x.Cols
	m.floored = 0
	size := make([]float64, k)
	for i := range e.x.Rows {
		w := weightOf(e.o.Weights, i)
		for c, p := range e.post.Row(i) {
			size[c] += w * p
		}
	}
	held := func(c int) bool { return size[c] > 1e-12*e.total }
	for c := range k {
		m.shares[c] = max(size[c]/e.total, tiny)
		if held(c) {
			clear(m.means.Row(c))
		} else {
			m.floored++
		}
	}
	for i := range e.x.Rows {
		w := weightOf(e.o.Weights, i)
		for c, p := range e.post.Row(i) {
			if p *= w; p > 0 && held(c) {
				to := m.means.Row(c)
				for j, v := range e.x.Row(i) {
					to[j] += p / size[c] * v
				}
			}
		}
	}
	if m.shape == Tied {
		pooled := make([]float64, d*d)
		for c := range k {
			if held(c) {
				e.scatter(m, c, e.total, pooled)
			}
		}
		root, volume, raised := e.o.invert(pooled, d)
		if raised {
			m.floored++
		}
		for c := range k {
			m.covariance[c], m.root[c], m.volume[c] = pooled, root, volume
		}
		return
	}
	for c := range k {
		if !held(c) {
			continue
		}
		m.covariance[c] = make([]float64, d*d)
		e.scatter(m, c, size[c], m.covariance[c])
		if m.shape.turned() {
			continue
		}
		var raised bool
		if m.root[c], m.volume[c], raised = e.o.invert(m.covariance[c], d); raised {
			m.floored++
		}
	}
	if m.shape.turned() {
		for c := range k {
			if !held(c) {
				size[c] = 0
			}
		}
		e.equalise(m, size)
	}
}

// scatter adds the weighted products of what separates rows from the mean of a
// component, divided by a weight.
func (e *gaussianEM) scatter(m *normals, c int, by float64, to []float64) {
	d := e.x.Cols
	apart, mean := make([]float64, d), m.means.Row(c)
	for i := range e.x.Rows {
		p := e.post.Row(i)[c] * weightOf(e.o.Weights, i) / by
		if p == 0 {
			continue
		}
		for j, v := range e.x.Row(i) {
			apart[j] = v - mean[j]
		}
		switch m.shape {
		case Diagonal, Spherical:
			for j, v := range apart {
				to[j*d+j] += p * v * v
			}
		default:
			for j, v := range apart {
				v *= p
				row := to[j*d : j*d+j+1]
				for l := range row {
					row[l] += v * apart[l]
				}
			}
		}
	}
	if m.shape == Spherical {
		var mean float64
		for j := range d {
			mean += to[j*d+j] / float64(d)
		}
		for j := range d {
			to[j*d+j] = mean
		}
	}
	for j := range d {
		for l := range j {
			to[l*d+j] = to[j*d+l]
		}
	}
}

// invert raises what lies below the floor in a covariance matrix and returns the
// inverse of its lower Cholesky factor, half the logarithm of its determinant, and
// whether anything was raised.
func (o *GaussianOptions) invert(s []float64, d int) (root []float64, volume float64, raised bool) {
	if o.Covariance == Diagonal || o.Covariance == Spherical {
		root = make([]float64, d*d)
		for j := range d {
			if s[j*d+j] < o.Floor {
				s[j*d+j], raised = o.Floor, true
			}
			root[j*d+j] = 1 / math.Sqrt(s[j*d+j])
			volume += math.Log(s[j*d+j]) / 2
		}
		return root, volume, raised
	}
	// The trace of the inverse is at least 1 / the smallest eigenvalue, so that
	// most matrices need no eigenvalues.
	root, volume, trace := cholesky(s, d, o.Floor)
	if trace <= 1/o.Floor {
		return root, volume, false
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(d, s), true) {
		root, volume = o.independent(s, d)
		return root, volume, true
	}
	values := e.Values(nil)
	if values[0] >= o.Floor { // they ascend
		return root, volume, false
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	clear(s)
	for v, value := range values {
		value = max(value, o.Floor)
		for j := range d {
			for l := range d {
				s[j*d+l] += value * (vectors.At(j, v) * vectors.At(l, v))
			}
		}
	}
	root, volume, _ = cholesky(s, d, o.Floor)
	for _, v := range root {
		if v-v != 0 {
			root, volume = o.independent(s, d)
			break
		}
	}
	return root, volume, true
}

// independent is what invert does with a matrix that is too uneven for its
// precision: it leaves the correlations out.
func (o *GaussianOptions) independent(s []float64, d int) (root []float64, volume float64) {
	for j := range d {
		for l := range d {
			if j != l {
				s[j*d+l] = 0
			}
		}
		s[j*d+j] = max(s[j*d+j], o.Floor)
	}
	root, volume, _ = cholesky(s, d, o.Floor)
	return root, volume
}

// cholesky returns the inverse of the lower factor of a matrix, half the
// logarithm of its determinant, and the trace of its inverse. Rounding could make
// a pivot smaller than the smallest eigenvalue: it is kept at the least.
func cholesky(s []float64, d int, least float64) (inverse []float64, volume, trace float64) {
	lower := make([]float64, d*d)
	inverse = make([]float64, d*d)
	for j := range d {
		for l := range j + 1 {
			v := s[j*d+l]
			for i := range l {
				v -= lower[j*d+i] * lower[l*d+i]
			}
			if l < j {
				lower[j*d+l] = v / lower[l*d+l]
				continue
			}
			if v < least {
				v, trace = least, math.Inf(1)
			}
			lower[j*d+j] = math.Sqrt(v)
			volume += math.Log(v) / 2
		}
	}
	for l := range d {
		inverse[l*d+l] = 1 / lower[l*d+l]
		for j := l + 1; j < d; j++ {
			var v float64
			for i := l; i < j; i++ {
				v -= lower[j*d+i] * inverse[i*d+l]
			}
			inverse[j*d+l] = v / lower[j*d+j]
		}
	}
	for _, v := range inverse {
		trace += v * v
	}
	return inverse, volume, trace
}

// order puts the largest component first.
func (m *normals) order() {
	k := len(m.shares)
	order := make([]int, k)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.shares[b], m.shares[a]) })
	was := *m
	m.shares, m.means, m.volume = make([]float64, k), stats.NewMatrix(k, was.means.Cols), make([]float64, k)
	m.covariance, m.root = make([][]float64, k), make([][]float64, k)
	for now, c := range order {
		m.shares[now], m.volume[now] = was.shares[c], was.volume[c]
		m.covariance[now], m.root[now] = was.covariance[c], was.root[c]
		copy(m.means.Row(now), was.means.Row(c))
	}
}

// model returns the mixture in the units of the data.
func (m *normals) model(z *stats.Matrix, scale *scaling, o *GaussianOptions) *Gaussian {
	k, d := len(m.shares), z.Cols
	g := &Gaussian{
		Shares: slices.Clone(m.shares), Means: stats.NewMatrix(k, d), Posterior: stats.NewMatrix(z.Rows, k),
		Iterations: m.iterations, Converged: m.converged, Floored: m.floored,
		weights: slices.Clone(o.Weights), scale: scale, normals: m,
	}
	g.LogLikelihood = m.expect(z, o.Weights, g.Posterior)
	for i := range z.Rows {
		g.Weight += weightOf(o.Weights, i)
	}
	for j := range d {
		g.LogLikelihood -= g.Weight * scale.logarithm(j)
	}
	for c := range k {
		s := stats.NewMatrix(d, d)
		for j := range d {
			g.Means.Row(c)[j] = scale.back(j, m.means.Row(c)[j])
			for l := range d {
				s.Row(j)[l] = m.covariance[c][j*d+l] * scale.unit(j) * scale.unit(l)
			}
		}
		g.Covariances = append(g.Covariances, s)
	}
	g.Parameters = k - 1 + k*d
	switch m.shape {
	case Full:
		g.Parameters += k * d * (d + 1) / 2
	case Diagonal:
		g.Parameters += k * d
	case Spherical:
		g.Parameters += k
	case Tied:
		g.Parameters += d * (d + 1) / 2
	case EqualShape:
		g.Parameters += k + d - 1 + k*d*(d-1)/2
	case EqualVolumeShape:
		g.Parameters += d + k*d*(d-1)/2
	}
	return g
}
