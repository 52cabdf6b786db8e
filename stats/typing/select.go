package typing

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

// ridge is added to the variances of discriminants, which are near 1, so that items
// that say the same can be together.
const ridge = 1e-3

// search chooses items.
type search struct {
	items  []Item
	labels []int32
	k      int
	o      Options
}

// half is one fold: what is fitted to the rows outside it.
type half struct {
	prior  []float64     // ln of the segments' shares, −Inf of an empty one
	center *stats.Matrix // mean of each segment, by column
	within *stats.Matrix // covariances within segments
	rows   []int32       // in the fold
}

// choose returns the shortest sufficient set of items, none if no item varies, and
// the whole path.
func (s *search) choose(ctx context.Context, rows []int, seed uint64) (chosen []int, path []Step, err error) {
	codes := make([]Encoding, len(s.items))
	from := make([]int, len(s.items)+1)
	for j, item := range s.items {
		codes[j] = encode(item, rows)
		from[j+1] = from[j] + len(codes[j].SD)
	}
	x := stats.NewMatrix(len(rows), from[len(s.items)])
	for i, r := range rows {
		for j := range codes {
			codes[j].put(s.items[j].Values[r], x.Row(i)[from[j]:from[j+1]])
		}
	}
	of := make([]int32, len(rows))
	for i, r := range rows {
		of[i] = s.labels[r]
	}
	halves, err := s.halves(ctx, x, of, s.folds(rows, seed))
	if err != nil {
		return nil, nil, err
	}
	var open, columns []int
	for j := range codes {
		if codes[j].varies() {
			open = append(open, j)
		}
	}
	var order []int
	for len(open) > 0 && len(order) < s.o.MaxItems {
		steps := make([]Step, len(open))
		err := s.each(ctx, len(open), func(c int) {
			j := open[c]
			with := slices.Clone(columns)
			for at := from[j]; at < from[j+1]; at++ {
				with = append(with, at)
			}
			steps[c] = s.try(x, of, halves, with)
			steps[c].Added = j
		})
		if err != nil {
			return nil, nil, err
		}
		best := 0
		for c, step := range steps {
			if step.Accuracy > steps[best].Accuracy || step.Accuracy == steps[best].Accuracy && step.LogLoss < steps[best].LogLoss {
				best = c
			}
		}
		path = append(path, steps[best])
		order = append(order, open[best])
		for at := from[open[best]]; at < from[open[best]+1]; at++ {
			columns = append(columns, at)
		}
		open = slices.Delete(open, best, best+1)
		if s.o.Target > 0 && path[len(path)-1].Accuracy >= s.o.Target {
			break
		}
	}
	return order[:s.enough(path)], path, nil
}

// enough is how many steps of the path suffice.
func (s *search) enough(path []Step) int {
	best := -1
	for i, step := range path {
		if s.o.Target > 0 && step.Accuracy >= s.o.Target {
			return i + 1
		}
		if best < 0 || step.Accuracy > path[best].Accuracy {
			best = i
		}
	}
	for i, step := range path {
		if step.Accuracy >= path[best].Accuracy-path[best].Error {
			return i + 1
		}
	}
	return 0
}

// halves computes what each fold's discriminants need.
func (s *search) halves(ctx context.Context, x *stats.Matrix, of []int32, fold []int) ([]half, error) {
	halves := make([]half, s.o.Folds)
	err := s.each(ctx, s.o.Folds, func(f int) {
		h := half{prior: make([]float64, s.k), center: stats.NewMatrix(s.k, x.Cols), within: stats.NewMatrix(x.Cols, x.Cols)}
		size, n := make([]float64, s.k), 0.0
		for i, c := range of {
			if fold[i] == f {
				h.rows = append(h.rows, int32(i))
				continue
			}
			n++
			size[c]++
			for j, v := range x.Row(i) {
				h.center.Row(int(c))[j] += v
			}
		}
		for c, m := range size {
			h.prior[c] = math.Log(m / max(1, n))
			for j := range x.Cols {
				h.center.Row(c)[j] /= max(1, m)
			}
		}
		e := make([]float64, x.Cols)
		for i, c := range of {
			if fold[i] == f {
				continue
			}
			for j, v := range x.Row(i) {
				e[j] = v - h.center.Row(int(c))[j]
			}
			for j, v := range e {
				if v == 0 {
					continue
				}
				row := h.within.Row(j)
				for l := j; l < len(e); l++ {
					row[l] += v * e[l]
				}
			}
		}
		for j := range x.Cols {
			for l := j; l < x.Cols; l++ {
				h.within.Row(j)[l] /= max(1, n)
				h.within.Row(l)[j] = h.within.Row(j)[l]
			}
		}
		halves[f] = h
	})
	return halves, err
}

// try measures a set of columns in every fold.
func (s *search) try(x *stats.Matrix, of []int32, halves []half, columns []int) (out Step) {
	hits := 0
	scores := make([]float64, s.k)
	for _, h := range halves {
		axes, offset, ok := h.discriminants(columns)
		if !ok {
			return Step{LogLoss: math.MaxFloat64}
		}
		for _, i := range h.rows {
			row := x.Row(int(i))
			for c := range scores {
				score, axis := offset[c], axes[c*len(columns):(c+1)*len(columns)]
				for a, j := range columns {
					score += axis[a] * row[j]
				}
				scores[c] = score
			}
			best := most(scores)
			if best == int(of[i]) {
				hits++
			}
			out.LogLoss += min(-math.Log(1e-12), logSum(scores)-scores[of[i]])
		}
	}
	out.Accuracy, out.Error = accuracy(hits, len(of))
	out.LogLoss /= float64(len(of))
	return out
}

// discriminants returns, by segment, the linear function whose largest value names
// the segment.
func (h *half) discriminants(columns []int) (axes, offset []float64, ok bool) {
	d, k := len(columns), len(h.prior)
	cov := mat.NewSymDense(d, nil)
	for a, j := range columns {
		for b, l := range columns[:a+1] {
			cov.SetSym(a, b, h.within.Row(j)[l])
		}
		cov.SetSym(a, a, cov.At(a, a)+ridge)
	}
	var root mat.Cholesky
	if !root.Factorize(cov) {
		return nil, nil, false
	}
	axes, offset = make([]float64, k*d), make([]float64, k)
	for c := range k {
		center := make([]float64, d)
		for a, j := range columns {
			center[a] = h.center.Row(c)[j]
		}
		axis := mat.NewVecDense(d, axes[c*d:(c+1)*d])
		// A bad condition is what the ridge allows for.
		_ = root.SolveVecTo(axis, mat.NewVecDense(d, center))
		offset[c] = h.prior[c]
		for a, v := range center {
			offset[c] -= v * axis.AtVec(a) / 2
		}
	}
	return axes, offset, true
}

// logSum is ln Σ exp.
func logSum(scores []float64) float64 {
	top := scores[most(scores)]
	var sum float64
	for _, s := range scores {
		sum += math.Exp(s - top)
	}
	return top + math.Log(sum)
}
