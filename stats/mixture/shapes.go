package mixture

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// equalise makes the covariances of components, which are their scatters of rows yet, of
// an equal shape, by the formulas of Celeux and Govaert (1995) for [λkDkADk'] and
// [λDkADk']: directions are those of a component's own scatter; the lengths of axes are
// the mean of all components' squared ones, each divided by its volume for EqualShape,
// which is found by turns with the shape. Components of size 0 stay as they are.
func (e *gaussianEM) equalise(m *normals, size []float64) {
	d := e.x.Cols
	axes, lengths := make([]*mat.Dense, len(size)), make([][]float64, len(size))
	for c, n := range size {
		if n > 0 {
			axes[c], lengths[c] = principal(m.covariance[c], d)
		}
	}
	if m.shape == EqualShape {
		for _, l := range lengths {
			for j, v := range l {
				if v < e.o.Floor {
					l[j] = e.o.Floor
					m.floored++
				}
			}
		}
	}
	shape, volume := e.shape(m.shape, size, lengths)
	for c, n := range size {
		if n == 0 {
			continue
		}
		s := m.covariance[c]
		clear(s)
		for v, a := range shape {
			a *= volume[c]
			if a < e.o.Floor {
				a = e.o.Floor
				m.floored++
			}
			for j := range d {
				for l := range d {
					s[j*d+l] += a * (axes[c].At(j, v) * axes[c].At(l, v))
				}
			}
		}
		m.root[c], m.volume[c], _ = cholesky(s, d, e.o.Floor)
		for _, v := range m.root[c] {
			if v-v != 0 {
				m.root[c], m.volume[c] = e.o.independent(s, d)
				break
			}
		}
	}
}

// principal returns the directions and squared lengths of the axes of a scatter, the
// shortest first; the columns' own if rounding has the better of it.
func principal(s []float64, d int) (axes *mat.Dense, lengths []float64) {
	var eigen mat.EigenSym
	axes = mat.NewDense(d, d, identity(d))
	if !eigen.Factorize(mat.NewSymDense(d, s), true) {
		for j := range d {
			lengths = append(lengths, max(0, s[j*d+j]))
		}
		return axes, lengths
	}
	axes.Reset()
	eigen.VectorsTo(axes)
	lengths = eigen.Values(nil)
	for j, v := range lengths {
		lengths[j] = max(0, v)
	}
	return axes, lengths
}

// shape returns the squared lengths of axes that components share, and each one's
// volume, by which they are multiplied.
func (e *gaussianEM) shape(kind Covariance, size []float64, lengths [][]float64) (shape, volume []float64) {
	d := e.x.Cols
	shape, volume = make([]float64, d), make([]float64, len(size))
	var total float64
	for c, n := range size {
		volume[c] = 1
		total += n
		for j, v := range lengths[c] {
			shape[j] += n * v
		}
	}
	if total == 0 {
		for j := range shape {
			shape[j] = 1
		}
		return shape, volume
	}
	for j := range shape {
		shape[j] /= total
	}
	if kind == EqualVolumeShape {
		return shape, volume
	}
	normalise(shape)
	for range 100 {
		var moved float64
		for c, n := range size {
			if n == 0 {
				continue
			}
			var v float64
			for j, l := range lengths[c] {
				v += l / shape[j] / float64(d)
			}
			moved = max(moved, math.Abs(v/volume[c]-1))
			volume[c] = v
		}
		if moved < 1e-12 {
			break
		}
		clear(shape)
		for c, n := range size {
			for j, l := range lengths[c] {
				shape[j] += n / total * l / volume[c]
			}
		}
		normalise(shape)
	}
	return shape, volume
}

// normalise gives positive values a product of 1.
func normalise(values []float64) {
	var mean float64
	for _, v := range values {
		mean += math.Log(v) / float64(len(values))
	}
	for j := range values {
		values[j] /= math.Exp(mean)
	}
}
