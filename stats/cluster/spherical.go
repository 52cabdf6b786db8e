package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/kreds/kreds/stats"
)

// SphericalKMeans returns the best of o.Starts runs of spherical k-means
// (Dhillon and Modha 2001, "Concept decompositions for large sparse text data
// using clustering"): rows count by their direction alone, and the partition
// makes Σ w cos(x, c) large, with c the centre of the row's segment: the sum of
// its unit rows, scaled to length 1. On up to 50,000 rows, and unless
// o.LloydOnly, single rows are then moved between segments while that gains (the
// first variation of Dhillon, Guan and Kogan 2002), which reaches better optima.
//
// Starts draw rows as k-means++ does, in proportion to 1 − cos. The result's
// centres have length 1, and its WithinSS is the weighted sum of squared
// distances between unit rows and centres, 2 Σ w (1 − cos(x, c)). Segments are
// ordered by size, largest first, unless o.Centers gives an order. o.Tol and
// o.Choose do not apply.
//
// It fails on an empty or non-finite matrix, on a row of zeros, which has no
// direction, on weights that do not fit or are beyond 1e75, on fewer different
// directions of positive weight than K, and if ctx ends.
func SphericalKMeans(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	if err := moderate(&stats.Matrix{}, o.Weights); err != nil {
		return nil, err
	}
	units, err := directions(x)
	if err != nil {
		return nil, err
	}
	if n := differentUpTo(units, o.Weights, o.K); n < o.K {
		return nil, fmt.Errorf("there are %d different directions: too few for %d segments", n, o.K)
	}
	if o.Centers != nil {
		o.Starts = 1
		if o.Centers, err = directions(o.Centers); err != nil {
			return nil, fmt.Errorf("the centres: %w", err)
		}
	}
	runs, err := attempts(ctx, o.Starts, o.Workers, o.Seed, func(_ int, rng *rand.Rand) (*Result, error) {
		s := &spherical{x: units, o: &o}
		return s.run(ctx, o.begin(rng, units, apart))
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

// directions returns the rows scaled to length 1.
func directions(x *stats.Matrix) (*stats.Matrix, error) {
	out := stats.NewMatrix(x.Rows, x.Cols)
	for i := range x.Rows {
		copy(out.Row(i), x.Row(i))
		if !unit(out.Row(i)) {
			return nil, fmt.Errorf("row %d is all zeros: it has no direction; leave such rows out", i+1)
		}
	}
	return out, nil
}

// unit scales a row to length 1 and returns false if it has no length.
func unit(row []float64) bool {
	var most, sum float64
	for _, v := range row {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return false
	}
	for j, v := range row {
		v /= most // first, lest squares overflow
		row[j] = v
		sum += v * v
	}
	sum = math.Sqrt(sum)
	for j := range row {
		row[j] /= sum
	}
	return true
}

// alike is the squared distance below which only rounding separates unit rows.
const alike = 1e-24

// apart is the squared distance of unit rows, 2 (1 − cos), 0 for those that only
// rounding separates.
func apart(a, b []float64) float64 {
	d := distance2(a, b)
	if d < alike {
		return 0
	}
	return d
}

// differentUpTo counts different unit rows of positive weight, up to the limit.
func differentUpTo(units *stats.Matrix, weights []float64, limit int) int {
	var found []int
rows:
	for i := 0; i < units.Rows && len(found) < limit; i++ {
		if weightOf(weights, i) == 0 {
			continue
		}
		for _, f := range found {
			if apart(units.Row(f), units.Row(i)) == 0 {
				continue rows
			}
		}
		found = append(found, i)
	}
	return len(found)
}

// spherical is one run of spherical k-means.
type spherical struct {
	x        *stats.Matrix // unit rows
	o        *Options
	centers  *stats.Matrix
	labels   []int32
	distance []float64 // of each row to its centre, squared
	sizes    []float64
}

func (s *spherical) run(ctx context.Context, centers *stats.Matrix) (*Result, error) {
	n := s.x.Rows
	s.centers, s.labels, s.distance = centers, make([]int32, n), make([]float64, n)
	s.sizes = make([]float64, centers.Rows)
	for i := range s.labels {
		s.labels[i] = -1
	}
	r := &Result{Centers: centers, Labels: s.labels, Sizes: s.sizes}
	exchange := n <= exchangeRows && !s.o.LloydOnly && s.o.Centers == nil
	for r.Iterations = 1; ; r.Iterations++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.assign() == 0 {
			if r.Converged = true; !exchange || r.Iterations > s.o.MaxIter || !s.exchange() {
				break
			}
			r.Converged = false
		}
		if r.Iterations > s.o.MaxIter {
			break
		}
		s.fill()
		s.update()
	}
	r.Iterations = min(r.Iterations, s.o.MaxIter)
	for i, d := range s.distance {
		r.WithinSS += weightOf(s.o.Weights, i) * d
	}
	return r, nil
}

// assign gives each row its nearest centre and returns how many rows of positive
// weight changed. Ties leave a row where it is.
func (s *spherical) assign() (changed int) {
	clear(s.sizes)
	for i, was := range s.labels {
		row := s.x.Row(i)
		now, d := was, math.Inf(1)
		if was >= 0 {
			d = distance2(row, s.centers.Row(int(was)))
		}
		for c := range s.centers.Rows {
			if e := distance2(row, s.centers.Row(c)); e < d-1e-15 {
				now, d = int32(c), e
			}
		}
		w := weightOf(s.o.Weights, i)
		if now != was && w > 0 {
			changed++
		}
		s.labels[i], s.distance[i] = now, d
		s.sizes[now] += w
	}
	return changed
}

// fill gives a segment without rows the one that is farthest from its centre.
func (s *spherical) fill() {
	for c := range s.sizes {
		if s.sizes[c] > 0 {
			continue
		}
		i := loneliest(s.distance, s.labels, s.o.Weights, s.sizes)
		if i < 0 {
			return
		}
		w := weightOf(s.o.Weights, i)
		s.sizes[s.labels[i]] -= w
		s.sizes[c] += w
		s.labels[i], s.distance[i] = int32(c), 0
	}
}

// sums returns the weighted sum of the unit rows of each segment.
func (s *spherical) sums() *stats.Matrix {
	sums := stats.NewMatrix(s.centers.Rows, s.centers.Cols)
	for i, c := range s.labels {
		w, to := weightOf(s.o.Weights, i), sums.Row(int(c))
		for j, v := range s.x.Row(i) {
			to[j] += w * v
		}
	}
	return sums
}

// update moves the centres to the directions of the sums. Where rows cancel each
// other out, every direction is as good: the centre stays.
func (s *spherical) update() {
	sums := s.sums()
	for c := range s.centers.Rows {
		row := sums.Row(c)
		if length(row) > 1e-14*s.sizes[c] && unit(row) {
			copy(s.centers.Row(c), row)
		}
	}
}

// length is the Euclidean norm.
func length(row []float64) float64 {
	var sum float64
	for _, v := range row {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// exchange moves single rows to the segment where they add most to Σ |sum of
// unit rows|, which is Σ w cos, and reports whether any moved.
func (s *spherical) exchange() (moved bool) {
	sums, norms := s.sums(), make([]float64, s.centers.Rows)
	var total float64
	for c := range norms {
		norms[c] = length(sums.Row(c))
		total += norms[c]
	}
	enough := 1e-12 * total
	with := func(c, i int, w float64) float64 { // the length of a sum with w times a row
		var sq float64
		for j, v := range s.x.Row(i) {
			v = sums.Row(c)[j] + w*v
			sq += v * v
		}
		return math.Sqrt(sq)
	}
	for i, c := range s.labels {
		was, w := int(c), weightOf(s.o.Weights, i)
		if w == 0 || s.sizes[was] <= w {
			continue
		}
		loss := norms[was] - with(was, i, -w)
		now, most := was, enough
		for c := range norms {
			if c == was {
				continue
			}
			if gain := with(c, i, w) - norms[c] - loss; gain > most {
				now, most = c, gain
			}
		}
		if now == was {
			continue
		}
		for j, v := range s.x.Row(i) {
			sums.Row(was)[j] -= w * v
			sums.Row(now)[j] += w * v
		}
		norms[was], norms[now] = length(sums.Row(was)), length(sums.Row(now))
		s.sizes[was] -= w
		s.sizes[now] += w
		s.labels[i] = int32(now)
		moved = true
	}
	return moved
}
