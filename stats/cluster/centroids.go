package cluster

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/kreds/kreds/stats"
)

// centroids is one run of the scheme of which k-means is one case (Leisch 2006,
// "A toolbox for K-centroids cluster analysis"): rows go to the nearest centre,
// centres move to where their rows want them, until nothing changes.
type centroids struct {
	x        *stats.Matrix
	o        *Options
	metric   metric
	centers  *stats.Matrix
	labels   []int32
	distance []float64 // of each row to its centre
	sizes    []float64
}

// metric is what one case of the scheme measures and how it moves its centres.
type metric struct {
	between func(row, center []float64) float64
	// slack is by how much another centre must be nearer, so that rounding moves
	// no rows.
	slack  float64
	update func(*centroids)
	// exchange, if any, moves single rows once nothing else changes and reports
	// whether it moved any.
	exchange func(*centroids) bool
}

// bestCentroids returns the best of o.Starts runs, which begin with rows drawn
// in proportion to the distance given; its segments are ordered by size unless
// o.Centers gives an order.
func bestCentroids(ctx context.Context, x *stats.Matrix, o *Options, apart func(a, b []float64) float64, m metric) (*Result, error) {
	runs, err := attempts(ctx, o.Starts, o.Workers, o.Seed, func(_ int, rng *rand.Rand) (*Result, error) {
		c := &centroids{x: x, o: o, metric: m}
		return c.run(ctx, o.begin(rng, x, apart))
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

func (c *centroids) run(ctx context.Context, centers *stats.Matrix) (*Result, error) {
	c.centers, c.sizes = centers, make([]float64, centers.Rows)
	c.labels, c.distance = make([]int32, c.x.Rows), make([]float64, c.x.Rows)
	for i := range c.labels {
		c.labels[i] = -1
	}
	r := &Result{Centers: centers, Labels: c.labels, Sizes: c.sizes}
	for r.Iterations = 1; ; r.Iterations++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.assign() == 0 {
			if r.Iterations > c.o.MaxIter || c.metric.exchange == nil || !c.metric.exchange(c) {
				r.Converged = true
				break
			}
		}
		if r.Iterations > c.o.MaxIter {
			break
		}
		c.fill()
		c.metric.update(c)
	}
	r.Iterations = min(r.Iterations, c.o.MaxIter)
	for i, d := range c.distance {
		r.WithinSS += weightOf(c.o.Weights, i) * d
	}
	return r, nil
}

// assign gives each row its nearest centre and returns how many rows of positive
// weight changed. Ties leave a row where it is, so that the sum falls with every
// change.
func (c *centroids) assign() (changed int) {
	clear(c.sizes)
	for i, was := range c.labels {
		row := c.x.Row(i)
		now, d := was, math.Inf(1)
		if was >= 0 {
			d = c.metric.between(row, c.centers.Row(int(was)))
		}
		for s := range c.centers.Rows {
			if e := c.metric.between(row, c.centers.Row(s)); e < d-c.metric.slack {
				now, d = int32(s), e
			}
		}
		w := weightOf(c.o.Weights, i)
		if now != was && w > 0 {
			changed++
		}
		c.labels[i], c.distance[i] = now, d
		c.sizes[now] += w
	}
	return changed
}

// fill gives a segment without rows the one that is farthest from its centre.
func (c *centroids) fill() {
	for s := range c.sizes {
		if c.sizes[s] > 0 {
			continue
		}
		i := loneliest(c.distance, c.labels, c.o.Weights, c.sizes)
		if i < 0 {
			return
		}
		w := weightOf(c.o.Weights, i)
		c.sizes[c.labels[i]] -= w
		c.sizes[s] += w
		c.labels[i], c.distance[i] = int32(s), 0
	}
}
