// Package cluster finds groups of similar rows and measures how well separated
// they are. It is pure: data and a seed in, a result out, the same for any
// number of workers.
package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/kreds/kreds/stats"
)

// Options says how to cluster. The zero value of each field but K is a sound
// default.
type Options struct {
	K       int
	Starts  int       // independent starts, of which the best is returned; default 10
	Seed    uint64    // of the starts
	MaxIter int       // of each start; default 300
	Tol     float64   // stop when the centres move less than this share of the mean variance, squared; 0: until no row changes
	Workers int       // default: the number of processors
	Weights []float64 // of rows, not negative; nil: ones
	Init    Init
	Choose  Choose
	// Centers, if set, is the one start of Lloyd's algorithm alone: K rows.
	Centers *stats.Matrix
	// LloydOnly leaves out the exchange of single rows that follows on up to
	// 50,000 rows.
	LloydOnly bool
}

// Init is how a start chooses its centres.
type Init uint8

const (
	// PlusPlus is k-means++ with several candidates at each step.
	PlusPlus Init = iota
	// RandomRows takes different rows at random, each as likely as any other however
	// often it occurs, as R's programs do, and of equally near centres any; it stops at
	// worse optima more often.
	RandomRows
)

// Choose says which of several starts is the best.
type Choose uint8

const (
	// LeastSquares takes the lowest within sum of squares.
	LeastSquares Choose = iota
	// FewestDistances takes the lowest sum of plain distances, as R flexclust's
	// stepFlexclust does.
	FewestDistances
)

// Result is a partition around centres.
type Result struct {
	Centers    *stats.Matrix
	Labels     []int32   // the centre of each row
	Sizes      []float64 // weight by centre
	WithinSS   float64   // weighted sum of squared distances to the centres
	Iterations int
	Converged  bool
	distances  float64 // weighted sum of distances to the centres
}

// KMeans returns the best of o.Starts runs of Lloyd's algorithm, each begun by
// k-means++ (Arthur and Vassilvitskii 2007, with the best of 2+ln k candidates
// at each step). Where centres times columns are many, distances that the bounds of
// Hamerly (2010) decide are not computed; the result is that of the plain algorithm. On up to 50,000 rows
// single rows are then exchanged between segments as by Hartigan and Wong (1979),
// which reaches better optima. Segments are ordered by
// size, largest first, unless o.Centers gives an order.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75, on
// weights that do not fit, on fewer distinct rows of positive weight than K, and
// if ctx ends.
func KMeans(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
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
		l := newLloyd(x, &o, o.Workers)
		copy(l.centers.Data, o.Centers.Data)
		if err := l.run(ctx); err != nil {
			return nil, err
		}
		return l.result(), nil
	}
	runs := make([]*Result, o.Starts)
	// Few rows: one start per worker. Many rows: all workers on one start.
	inner, outer := o.Workers, 1
	if x.Rows < 4*chunk {
		inner, outer = 1, min(o.Workers, o.Starts)
	}
	var distinct []int32
	if o.Init == RandomRows {
		distinct = distinctRows(x, o.Weights)
	}
	errs := make([]error, outer)
	var wg sync.WaitGroup
	for w := range outer {
		wg.Go(func() {
			l := newLloyd(x, &o, inner)
			for s := w; s < o.Starts; s += outer {
				rng := rand.New(rand.NewPCG(o.Seed, uint64(s)))
				if o.Init == RandomRows {
					l.random(rng, distinct)
				} else {
					l.seed(rng)
				}
				if errs[w] = l.run(ctx); errs[w] != nil {
					return
				}
				if x.Rows <= exchangeRows && !o.LloydOnly {
					l.exchange()
				}
				runs[s] = l.result()
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	best := runs[0]
	for _, r := range runs[1:] {
		if o.Choose == FewestDistances {
			if r.distances < best.distances {
				best = r
			}
		} else if r.WithinSS < best.WithinSS {
			best = r
		}
	}
	best.Relabel()
	return best, nil
}

// complete checks the options against the data and fills in defaults.
func (o *Options) complete(x *stats.Matrix) error {
	if err := x.Check(); err != nil {
		return err
	}
	if o.K < 1 {
		return fmt.Errorf("k is %d: ask for at least one segment", o.K)
	}
	if o.Starts <= 0 {
		o.Starts = 10
	}
	if o.MaxIter <= 0 {
		o.MaxIter = 300
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Weights != nil && len(o.Weights) != x.Rows {
		return fmt.Errorf("there are %d weights for %d rows", len(o.Weights), x.Rows)
	}
	for i, w := range o.Weights {
		if w < 0 || w-w != 0 {
			return fmt.Errorf("the weight of row %d is %v: weights are finite and not negative", i+1, w)
		}
	}
	if o.Centers != nil {
		if err := o.Centers.Check(); err != nil {
			return fmt.Errorf("the centres: %w", err)
		}
		if o.Centers.Rows != o.K || o.Centers.Cols != x.Cols {
			return fmt.Errorf("the centres are %d × %d where %d × %d are needed", o.Centers.Rows, o.Centers.Cols, o.K, x.Cols)
		}
	}
	return Possible(x, o.Weights, o.K)
}

// distinctUpTo counts distinct rows of positive weight, up to the limit.
func distinctUpTo(x *stats.Matrix, weights []float64, limit int) int {
	var found []int
rows:
	for i := 0; i < x.Rows && len(found) < limit; i++ {
		if weights != nil && weights[i] == 0 {
			continue
		}
		for _, f := range found {
			if equal(x.Row(f), x.Row(i)) {
				continue rows
			}
		}
		found = append(found, i)
	}
	return len(found)
}

func equal(a, b []float64) bool {
	for i, v := range a {
		if v != b[i] {
			return false
		}
	}
	return true
}

// Relabel orders the segments by size, largest first; equal sizes by their
// centres.
func (r *Result) Relabel() {
	k := r.Centers.Rows
	order := make([]int, k)
	for i := range order {
		order[i] = i
	}
	sortOrder(order, func(a, b int) bool {
		if r.Sizes[a] != r.Sizes[b] {
			return r.Sizes[a] > r.Sizes[b]
		}
		for j, v := range r.Centers.Row(a) {
			if u := r.Centers.Row(b)[j]; v != u {
				return v > u
			}
		}
		return a < b
	})
	to := make([]int32, k)
	centers := stats.NewMatrix(k, r.Centers.Cols)
	sizes := make([]float64, k)
	for now, was := range order {
		to[was] = int32(now)
		copy(centers.Row(now), r.Centers.Row(was))
		sizes[now] = r.Sizes[was]
	}
	for i, l := range r.Labels {
		r.Labels[i] = to[l]
	}
	r.Centers, r.Sizes = centers, sizes
}

// Assign returns the nearest centre of each row; ties go to the first.
func Assign(x, centers *stats.Matrix) []int32 {
	labels := make([]int32, x.Rows)
	for i := range x.Rows {
		labels[i], _, _ = nearest(x.Row(i), centers)
	}
	return labels
}

// nearest returns the nearest centre and the squared distances to it and to the
// second nearest.
func nearest(row []float64, centers *stats.Matrix) (best int32, d1, d2 float64) {
	d1, d2 = math.Inf(1), math.Inf(1)
	for c := range centers.Rows {
		d := distance2(row, centers.Row(c))
		if d < d1 {
			best, d1, d2 = int32(c), d, d1
		} else if d < d2 {
			d2 = d
		}
	}
	return best, d1, d2
}

// distance2 is the squared Euclidean distance.
func distance2(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1 float64
	i := 0
	for ; i+1 < len(a); i += 2 {
		x, y := a[i]-b[i], a[i+1]-b[i+1]
		s0 += x * x
		s1 += y * y
	}
	if i < len(a) {
		x := a[i] - b[i]
		s0 += x * x
	}
	return s0 + s1
}

// Possible returns an error if there are fewer distinct rows of positive weight
// than k.
func Possible(x *stats.Matrix, weights []float64, k int) error {
	if n := distinctUpTo(x, weights, k); n < k {
		return fmt.Errorf("there are %d different rows: too few for %d segments", n, k)
	}
	return nil
}
