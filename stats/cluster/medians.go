package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kreds/kreds/stats"
)

// KMedians returns the best of o.Starts runs of k-medians: the partition that
// makes Σ w Σⱼ |xⱼ − mⱼ| small, with m the row's centre, which is the weighted
// median of each column of its segment (Bradley, Mangasarian and Street 1997,
// "Clustering via concave minimization"). Where half of the weight lies on
// either side of two values the median is their mean. Single extreme values
// move such centres less than they move means.
//
// Starts draw rows as k-means++ does, in proportion to the Manhattan distance.
// The result's WithinSS is the sum above, of plain Manhattan distances and not
// of squares. Segments are ordered by size, largest first, unless o.Centers
// gives an order. o.Tol, o.Choose and o.LloydOnly do not apply.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75,
// on weights that do not fit, on fewer distinct rows of positive weight than K,
// and if ctx ends.
func KMedians(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	if err := moderate(x, o.Weights); err != nil {
		return nil, err
	}
	if o.Centers != nil {
		if err := moderate(o.Centers, nil); err != nil {
			return nil, fmt.Errorf("the centres: %w", err)
		}
		o.Starts = 1
	}
	sorted := columnOrders(x)
	runs, err := attempts(ctx, o.Starts, o.Workers, o.Seed, func(_ int, rng *rand.Rand) (*Result, error) {
		m := &medians{x: x, o: &o, sorted: sorted}
		return m.run(ctx, o.begin(rng, x, manhattan))
	})
	if err != nil {
		return nil, err
	}
	best := bestOf(runs)
	if o.Centers == nil {
		best.Relabel()
	}
	return best, nil
}

// manhattan is the sum of absolute differences.
func manhattan(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, v := range a {
		sum += math.Abs(v - b[i])
	}
	return sum
}

// columnOrders returns, for each column, the rows in ascending order of it.
func columnOrders(x *stats.Matrix) [][]int32 {
	orders := make([][]int32, x.Cols)
	for j := range orders {
		order := make([]int32, x.Rows)
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(a, b int32) int {
			return cmp.Or(cmp.Compare(x.Row(int(a))[j], x.Row(int(b))[j]), cmp.Compare(a, b))
		})
		orders[j] = order
	}
	return orders
}

// medians is one run of k-medians.
type medians struct {
	x        *stats.Matrix
	o        *Options
	sorted   [][]int32
	centers  *stats.Matrix
	labels   []int32
	distance []float64 // of each row to its centre
	sizes    []float64
}

func (m *medians) run(ctx context.Context, centers *stats.Matrix) (*Result, error) {
	n := m.x.Rows
	m.centers, m.labels, m.distance = centers, make([]int32, n), make([]float64, n)
	m.sizes = make([]float64, centers.Rows)
	for i := range m.labels {
		m.labels[i] = -1
	}
	r := &Result{Centers: centers, Labels: m.labels, Sizes: m.sizes}
	for r.Iterations = 1; ; r.Iterations++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if m.assign() == 0 {
			r.Converged = true
			break
		}
		if r.Iterations > m.o.MaxIter {
			break
		}
		m.fill()
		m.update()
	}
	r.Iterations = min(r.Iterations, m.o.MaxIter)
	for i, d := range m.distance {
		r.WithinSS += weightOf(m.o.Weights, i) * d
	}
	return r, nil
}

// assign gives each row its nearest centre and returns how many rows of positive
// weight changed. Ties leave a row where it is, so that the sum falls with every
// change.
func (m *medians) assign() (changed int) {
	clear(m.sizes)
	for i, was := range m.labels {
		row := m.x.Row(i)
		now, d := was, math.Inf(1)
		if was >= 0 {
			d = manhattan(row, m.centers.Row(int(was)))
		}
		for c := range m.centers.Rows {
			if e := manhattan(row, m.centers.Row(c)); e < d {
				now, d = int32(c), e
			}
		}
		w := weightOf(m.o.Weights, i)
		if now != was && w > 0 {
			changed++
		}
		m.labels[i], m.distance[i] = now, d
		m.sizes[now] += w
	}
	return changed
}

// fill gives a segment without rows the one that is farthest from its centre.
func (m *medians) fill() {
	for c := range m.sizes {
		if m.sizes[c] > 0 {
			continue
		}
		i := loneliest(m.distance, m.labels, m.o.Weights, m.sizes)
		if i < 0 {
			return
		}
		w := weightOf(m.o.Weights, i)
		m.sizes[m.labels[i]] -= w
		m.sizes[c] += w
		m.labels[i], m.distance[i] = int32(c), 0
	}
}

// update moves the centres to the weighted medians.
func (m *medians) update() {
	k := m.centers.Rows
	below, low, state := make([]float64, k), make([]float64, k), make([]uint8, k)
	const (
		searching = iota
		halfway   // exactly half of the weight is at or below low
		found
	)
	for j, order := range m.sorted {
		clear(below)
		clear(state)
		for _, i := range order {
			c, w := m.labels[i], weightOf(m.o.Weights, int(i))
			if w == 0 || state[c] == found {
				continue
			}
			v := m.x.Row(int(i))[j]
			if state[c] == halfway {
				m.centers.Row(int(c))[j] = low[c] + (v-low[c])/2
				state[c] = found
				continue
			}
			below[c] += w
			// Rounding in sums of weights must not hide that half is reached.
			switch half := m.sizes[c] / 2; {
			case math.Abs(below[c]-half) <= 1e-12*half:
				low[c], state[c] = v, halfway
				m.centers.Row(int(c))[j] = v
			case below[c] > half:
				m.centers.Row(int(c))[j] = v
				state[c] = found
			}
		}
	}
}
