package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/kreds/kreds/stats"
)

// MedoidOptions says how to find medoids. The zero value of each field but K is a sound
// default.
type MedoidOptions struct {
	K       int
	MaxIter int       // swaps at most; default 1000
	Weights []float64 // of rows, not negative; nil: ones
	Workers int       // default: the number of processors
}

// Medoids is a partition around rows, the largest segment first.
type Medoids struct {
	Rows  []int     // the medoid of each segment
	Sizes []float64 // weight by segment
	// Labels are the nearest medoid of each row.
	Labels []int32
	// Cost is the weighted mean dissimilarity of rows to their medoids, Build what it was
	// before the swaps.
	Cost, Build float64
	Swaps       int
	Converged   bool // no swap is left that lowers the cost
}

// Euclidean computes the distances of rows, in the order of Gower. It fails on an empty
// or non-finite matrix, on values beyond 1e75, and on more than 8,000 rows.
func Euclidean(x *stats.Matrix) ([]float64, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if err := moderate(x, nil); err != nil {
		return nil, err
	}
	if x.Rows > matrixRows {
		return nil, fmt.Errorf("there are %d rows: the distances of up to %d can be held; take a sample", x.Rows, matrixRows)
	}
	out := make([]float64, 0, x.Rows*(x.Rows-1)/2)
	for i := range x.Rows {
		for j := i + 1; j < x.Rows; j++ {
			out = append(out, math.Sqrt(distance2(x.Row(i), x.Row(j))))
		}
	}
	return out, nil
}

// KMedoids finds the rows around which the others are nearest: of any dissimilarities,
// such as those of Gower or Euclidean, in their order. The medoids are placed one after
// another where each lowers the cost most, and then the swap of a medoid with another
// row that lowers it most is made until none does (PAM: Kaufman and Rousseeuw 1990).
// All swaps of a row are weighed at once (FastPAM1: Schubert and Rousseeuw 2021), which
// gives the same swaps in time that grows with the square of the rows.
//
// It fails for dissimilarities whose number does not fit the rows or that are negative,
// not finite or beyond 1e75, on weights that do not fit, on fewer rows of positive
// weight with dissimilarities between them than K, on more than 8,000 rows, and if ctx
// ends.
func KMedoids(ctx context.Context, dissimilarities []float64, rows int, o MedoidOptions) (*Medoids, error) {
	p := &pam{d: dissimilarities, n: rows, o: &o}
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := p.build(ctx); err != nil {
		return nil, err
	}
	out := &Medoids{Build: p.cost(), Converged: o.K == 1}
	out.Cost = out.Build
	for !out.Converged && out.Swaps < p.o.MaxIter {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out.Converged = !p.swap(&out.Cost)
		if !out.Converged {
			out.Swaps++
		}
	}
	p.finish(out)
	return out, nil
}

// pam is a run: medoids, and for each row the nearest and the second nearest of them.
type pam struct {
	d       []float64
	n       int
	o       *MedoidOptions
	total   float64 // weight
	medoids []int
	near    []int32
	d1, d2  []float64
}

func (p *pam) check() error {
	if p.n < 1 {
		return fmt.Errorf("there are no rows")
	}
	if p.n > matrixRows {
		return fmt.Errorf("there are %d rows: medoids are found of up to %d; take a sample, and assign the others to the nearest medoid", p.n, matrixRows)
	}
	if len(p.d) != p.n*(p.n-1)/2 {
		return fmt.Errorf("there are %d dissimilarities where %d rows have %d", len(p.d), p.n, p.n*(p.n-1)/2)
	}
	for _, d := range p.d {
		if !(d >= 0 && d <= largest) {
			return fmt.Errorf("a dissimilarity is %v: they are not negative and at most %g", d, largest)
		}
	}
	if p.o.Weights != nil && len(p.o.Weights) != p.n {
		return fmt.Errorf("there are %d weights for %d rows", len(p.o.Weights), p.n)
	}
	for i, w := range p.o.Weights {
		if !(w >= 0 && w <= largest) {
			return fmt.Errorf("the weight of row %d is %v: weights are not negative and at most %g", i+1, w, largest)
		}
	}
	if p.o.K < 1 {
		return fmt.Errorf("k is %d: ask for at least one segment", p.o.K)
	}
	if p.o.MaxIter <= 0 {
		p.o.MaxIter = 1000
	}
	if p.o.Workers <= 0 {
		p.o.Workers = runtime.GOMAXPROCS(0)
	}
	var found []int
rows:
	for i := 0; i < p.n && len(found) < p.o.K; i++ {
		if p.weight(i) == 0 {
			continue
		}
		for _, f := range found {
			if p.between(f, i) == 0 {
				continue rows
			}
		}
		found = append(found, i)
	}
	if len(found) < p.o.K {
		return fmt.Errorf("there are %d different rows: too few for %d segments", len(found), p.o.K)
	}
	for i := range p.n {
		p.total += p.weight(i)
	}
	return nil
}

func (p *pam) weight(i int) float64 { return weightOf(p.o.Weights, i) }

// between is the dissimilarity of two rows.
func (p *pam) between(i, j int) float64 {
	if i == j {
		return 0
	}
	i, j = min(i, j), max(i, j)
	return p.d[i*p.n-i*(i+1)/2+j-i-1]
}

// of puts the dissimilarities of a row to all into to.
func (p *pam) of(row int, to []float64) {
	at := row - 1
	for i := range row {
		to[i] = p.d[at]
		at += p.n - i - 2
	}
	to[row] = 0
	from := row*p.n - row*(row+1)/2
	copy(to[row+1:], p.d[from:from+p.n-row-1])
}

// candidates calls weigh for every row that may become a medoid, on all workers, each
// with its dissimilarities.
func (p *pam) candidates(weigh func(row int, apart []float64)) {
	taken := make([]bool, p.n)
	for _, m := range p.medoids {
		taken[m] = true
	}
	var wg sync.WaitGroup
	workers := min(p.o.Workers, p.n)
	for w := range workers {
		wg.Go(func() {
			apart := make([]float64, p.n)
			for c := w; c < p.n; c += workers {
				if !taken[c] && p.weight(c) > 0 {
					p.of(c, apart)
					weigh(c, apart)
				}
			}
		})
	}
	wg.Wait()
}

// build places medoids where each lowers the cost most.
func (p *pam) build(ctx context.Context) error {
	p.near, p.d1, p.d2 = make([]int32, p.n), make([]float64, p.n), make([]float64, p.n)
	gains := make([]float64, p.n)
	for len(p.medoids) < p.o.K {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range gains {
			gains[i] = math.Inf(-1)
		}
		p.candidates(func(c int, apart []float64) {
			var gain float64
			for i, d := range apart {
				if len(p.medoids) == 0 {
					gain -= p.weight(i) * d
				} else if d < p.d1[i] {
					gain += p.weight(i) * (p.d1[i] - d)
				}
			}
			gains[c] = gain
		})
		best := -1
		for c, g := range gains {
			if !math.IsInf(g, -1) && (best < 0 || g > gains[best]) {
				best = c
			}
		}
		p.medoids = append(p.medoids, best)
		p.assign()
	}
	return nil
}

// assign finds the two nearest medoids of each row, the first of equals.
func (p *pam) assign() {
	for i := range p.n {
		p.d1[i], p.d2[i] = math.Inf(1), math.Inf(1)
		for m, row := range p.medoids {
			switch d := p.between(i, row); {
			case d < p.d1[i]:
				p.near[i], p.d1[i], p.d2[i] = int32(m), d, p.d1[i]
			case d < p.d2[i]:
				p.d2[i] = d
			}
		}
	}
}

// cost is the weighted mean dissimilarity to the medoids.
func (p *pam) cost() (sum float64) {
	for i, d := range p.d1 {
		sum += p.weight(i) / p.total * d
	}
	return sum
}

// exchange puts a row in the place of a medoid, which changes the sum of dissimilarities.
type exchange struct {
	row, medoid int
	change      float64
}

// swap makes the best swap and sets the cost, or says that none lowers it. Where weights
// are very unequal, what swaps change is known to a rounding of the largest alone.
func (p *pam) swap(cost *float64) bool {
	s := p.bestSwap()
	if s.row < 0 || s.change >= 0 {
		return false
	}
	was := p.medoids[s.medoid]
	p.medoids[s.medoid] = s.row
	p.assign()
	if now := p.cost(); now < *cost*(1-1e-15) {
		*cost = now
		return true
	}
	p.medoids[s.medoid] = was
	p.assign()
	return false
}

// bestSwap returns the swap that lowers the cost most, the first of equals; its row is
// −1 if there is none.
func (p *pam) bestSwap() exchange {
	k := len(p.medoids)
	// What it costs to do without each medoid.
	without := make([]float64, k)
	for i, m := range p.near {
		without[m] += p.weight(i) * (p.d2[i] - p.d1[i])
	}
	swaps := make([]exchange, p.n)
	for i := range swaps {
		swaps[i].row = -1
	}
	p.candidates(func(c int, apart []float64) {
		var gain float64 // whichever medoid it replaces
		change := slices.Clone(without)
		for i, d := range apart {
			switch w := p.weight(i); {
			case d < p.d1[i]:
				gain += w * (d - p.d1[i])
				change[p.near[i]] += w * (p.d1[i] - p.d2[i])
			case d < p.d2[i]:
				change[p.near[i]] += w * (d - p.d2[i])
			}
		}
		m := 0
		for i, v := range change {
			if v < change[m] {
				m = i
			}
		}
		swaps[c] = exchange{c, m, gain + change[m]}
	})
	best := exchange{row: -1}
	for _, s := range swaps {
		if s.row >= 0 && (best.row < 0 || s.change < best.change) {
			best = s
		}
	}
	return best
}

// finish orders the segments by size, equal ones by their medoids.
func (p *pam) finish(out *Medoids) {
	size := make([]float64, len(p.medoids))
	for i, m := range p.near {
		size[m] += p.weight(i)
	}
	order := make([]int, len(p.medoids))
	for m := range order {
		order[m] = m
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(p.medoids[a], p.medoids[b]))
	})
	to := make([]int32, len(order))
	for now, was := range order {
		to[was] = int32(now)
		out.Rows = append(out.Rows, p.medoids[was])
		out.Sizes = append(out.Sizes, size[was])
	}
	out.Labels = make([]int32, p.n)
	for i, m := range p.near {
		out.Labels[i] = to[m]
	}
}
