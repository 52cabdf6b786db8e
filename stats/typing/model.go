package typing

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
)

const (
	// penalty keeps coefficients small where segments can be told apart without
	// error: half of it times the sum of their squares is added to the deviance.
	penalty = 1.0
	// mostSteps of Newton's method; it takes about eight.
	mostSteps = 50
)

// Model is a multinomial logistic regression (McFadden 1973) with a ridge penalty
// of 1 on columns of standard deviation 1: the probability of segment c is
// proportional to exp(offset_c + Σ coefficient_cj · column_j). It can be stored as
// it is.
type Model struct {
	Items        []Encoding  // in the order of the questions
	Offset       []float64   // by segment
	Coefficients [][]float64 // by segment, then by column of all items
	Shares       []float64   // of the segments in the rows of the fit
}

// fit fits a model of the items to the rows. Segments without rows have probability 0.
func (s *search) fit(ctx context.Context, items, rows []int) (*Model, error) {
	m := &Model{Shares: make([]float64, s.k)}
	d := 0
	for _, j := range items {
		e := encode(s.items[j], rows)
		m.Items = append(m.Items, e)
		d += len(e.SD)
	}
	for _, r := range rows {
		m.Shares[s.labels[r]] += 1 / float64(len(rows))
	}
	n := &newton{d: d + 1, rows: stats.NewMatrix(len(rows), d+1), of: make([]int, len(rows))}
	place := make([]int, s.k)
	var filled []int
	for c, share := range m.Shares {
		place[c] = len(filled)
		if share > 0 {
			filled = append(filled, c)
		}
	}
	n.k = len(filled)
	for i, r := range rows {
		n.of[i] = place[s.labels[r]]
		m.columns(s.items, items, r, n.rows.Row(i)[1:])
		n.rows.Row(i)[0] = 1
	}
	n.at = make([]float64, n.k*n.d)
	for c, segment := range filled {
		n.at[c*n.d] = math.Log(m.Shares[segment])
	}
	if err := n.run(ctx); err != nil {
		return nil, err
	}
	m.Offset, m.Coefficients = make([]float64, s.k), make([][]float64, s.k)
	for c := range s.k {
		m.Coefficients[c] = make([]float64, d)
	}
	for c, segment := range filled {
		m.Offset[segment] = n.at[c*n.d]
		copy(m.Coefficients[segment], n.at[c*n.d+1:(c+1)*n.d])
	}
	return m, nil
}

// columns writes the columns of a row's answers and says whether there is any answer.
func (m *Model) columns(items []Item, order []int, row int, out []float64) (any bool) {
	for e, j := range order {
		v := items[j].Values[row]
		any = any || !math.IsNaN(v)
		m.Items[e].put(v, out)
		out = out[len(m.Items[e].SD):]
	}
	return any
}

// row returns the segments' probabilities of a row.
func (m *Model) row(items []Item, order []int, row int) []float64 {
	x := make([]float64, len(m.Coefficients[0]))
	p := make([]float64, len(m.Shares))
	if !m.columns(items, order, row, x) {
		copy(p, m.Shares)
		return p
	}
	for c := range p {
		p[c] = math.Inf(-1)
		if m.Shares[c] > 0 {
			p[c] = m.Offset[c] + dot(m.Coefficients[c], x)
		}
	}
	sum := logSum(p)
	for c, v := range p {
		p[c] = math.Exp(v - sum)
	}
	return p
}

func dot(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// newton minimises the penalised deviance.
type newton struct {
	k, d int
	rows *stats.Matrix // the first column is 1
	of   []int
	at   []float64 // by segment: offset and coefficients
}

func (n *newton) run(ctx context.Context) error {
	gradient, hessian := make([]float64, len(n.at)), mat.NewSymDense(len(n.at), nil)
	loss := n.loss(n.at)
	for range mostSteps {
		if err := ctx.Err(); err != nil {
			return err
		}
		n.derive(gradient, hessian)
		var root mat.Cholesky
		if !root.Factorize(hessian) {
			return fmt.Errorf("the model cannot be fitted: its items say the same")
		}
		var step mat.VecDense
		_ = root.SolveVecTo(&step, mat.NewVecDense(len(gradient), gradient))
		better, size := false, 1.0
		next := make([]float64, len(n.at))
		for range 30 {
			for i, v := range n.at {
				next[i] = v - size*step.AtVec(i)
			}
			if l := n.loss(next); l < loss {
				better = loss-l > 1e-10*(1+loss)
				copy(n.at, next)
				loss = l
				break
			}
			size /= 2
		}
		if !better {
			return nil
		}
	}
	return nil
}

// weightOf is the penalty on a coefficient. Offsets are free but for what keeps them
// from moving all together.
func (n *newton) weightOf(i int) float64 {
	if i%n.d == 0 {
		return 1e-6
	}
	return penalty
}

// loss is the penalised deviance, halved.
func (n *newton) loss(at []float64) (loss float64) {
	scores := make([]float64, n.k)
	for i := range n.rows.Rows {
		for c := range scores {
			scores[c] = dot(at[c*n.d:(c+1)*n.d], n.rows.Row(i))
		}
		loss += logSum(scores) - scores[n.of[i]]
	}
	for i, v := range at {
		loss += n.weightOf(i) * v * v / 2
	}
	return loss
}

// derive computes gradient and Hessian.
func (n *newton) derive(gradient []float64, hessian *mat.SymDense) {
	for i, v := range n.at {
		gradient[i] = n.weightOf(i) * v
	}
	blocks := make([]float64, n.k*n.k*n.d*n.d)
	p := make([]float64, n.k)
	for i := range n.rows.Rows {
		x := n.rows.Row(i)
		for c := range p {
			p[c] = dot(n.at[c*n.d:(c+1)*n.d], x)
		}
		sum := logSum(p)
		for c, v := range p {
			p[c] = math.Exp(v - sum)
		}
		for a, pa := range p {
			e := pa
			if a == n.of[i] {
				e--
			}
			for j, v := range x {
				gradient[a*n.d+j] += e * v
			}
			for b := a; b < n.k; b++ {
				w := -pa * p[b]
				if a == b {
					w += pa
				}
				if math.Abs(w) < 1e-12 {
					continue
				}
				block := blocks[(a*n.k+b)*n.d*n.d:]
				for j, v := range x {
					if v *= w; v == 0 {
						continue
					}
					row := block[j*n.d : (j+1)*n.d]
					for l := range j + 1 {
						row[l] += v * x[l]
					}
				}
			}
		}
	}
	for a := range n.k {
		for b := a; b < n.k; b++ {
			block := blocks[(a*n.k+b)*n.d*n.d:]
			for j := range n.d {
				for l := range j + 1 {
					hessian.SetSym(a*n.d+j, b*n.d+l, block[j*n.d+l])
					hessian.SetSym(a*n.d+l, b*n.d+j, block[j*n.d+l])
				}
			}
		}
	}
	for i := range n.at {
		hessian.SetSym(i, i, hessian.At(i, i)+n.weightOf(i))
	}
}
