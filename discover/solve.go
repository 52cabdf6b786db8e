package discover

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/density"
	"github.com/kreds/kreds/stats/stability"
)

// Solution is one division into segments, the largest first.
type Solution struct {
	K        int
	Sizes    []int64
	Outside  int64 // profiles that are in no segment
	WithinSS float64

	Silhouette float64
	// SilhouetteBySegment, by segment. SilhouetteExact: from all pairs of rows, else
	// from distances to centres. Chance is the highest silhouette that k segments of
	// data without structure had.
	SilhouetteBySegment []float64
	SilhouetteExact     bool
	Chance              float64
	CalinskiHarabasz    float64
	DaviesBouldin       float64
	Gap, GapError       float64
	Density             *Density // of groups of any shape
	Fitness             *Fitness // of methods with a likelihood
	Stability           Stability

	Segments   []Segment
	Separators []Separator // by feature
	// From counts, by segment of the solution before and then by segment, who is in both;
	// nil of the first.
	From  [][]int64 `json:",omitempty"`
	Grid  []Cell    `json:",omitempty"` // of recency, frequency and monetary value
	Model Model
	// Labels are the segments of the profiles looked at, −1 for none; they are not
	// stored.
	Labels []int32 `json:"-"`

	names []string // of segments that the method names
}

// Density is the density-based validity of groups of any shape, which silhouettes cannot
// judge, and the highest one that groups by density of data without structure had.
type Density struct{ Validity, Chance float64 }

// Stability says whether a solution comes back. Global is the mean adjusted Rand index
// of pairs of bootstrap samples, Median their median and Spread their five numbers, as
// spread gives them; SplitHalf that of two halves of
// the profiles; TimeShift that of the same recipe a quarter earlier, nil where the
// features do not change with time.
type Stability struct {
	Global, Median float64
	Spread         []float64 `json:",omitempty"`
	SplitHalf      float64
	TimeShift      *float64
	Segments       []SegmentStability
	Pairs, Rows    int // how many pairs of samples, of how many rows
}

// SegmentStability says whether one segment comes back: Within, the mean of the highest
// Jaccard index with a segment of other samples, and Spread its five numbers; Across, how much of it came from one
// segment of the solution with one fewer (1 − entropy); TimeShift, its highest Jaccard
// index with a segment of the same recipe a quarter earlier.
type SegmentStability struct {
	Within, Across float64
	Spread         []float64 `json:",omitempty"`
	TimeShift      *float64
}

// Sizes of what indices and stability are computed on where there is more.
const (
	stabilityRows  = 5000
	stabilityPairs = 50
	halves         = 5
	// mostOfThem is the share of profiles that samples have where nobody may be drawn
	// twice.
	mostOfThem = .8
	// Of methods that take longer than k-means.
	slowRows  = 1500
	slowPairs = 20
)

// work is one discovery under way.
type work struct {
	*fitter
	table    *table
	ks       []int
	progress func(float64)
}

// solve finds and measures a solution for each k.
func (w *work) solve(ctx context.Context) ([]*Solution, error) {
	var out []*Solution
	for i, k := range w.ks {
		p, err := w.fit(ctx, w.table, k, w.seed)
		if err != nil {
			return nil, err
		}
		out = append(out, solution(p))
		w.progress(.3 * float64(i+1) / float64(len(w.ks)))
	}
	if err := w.measure(ctx, out); err != nil {
		return nil, err
	}
	w.progress(.4)
	if err := w.stable(ctx, out); err != nil {
		return nil, err
	}
	w.progress(.8)
	if err := w.against(ctx, out); err != nil {
		return nil, err
	}
	w.progress(.95)
	return out, nil
}

func solution(p *partition) *Solution {
	s := &Solution{K: p.k, WithinSS: p.within, Fitness: p.fitness, Model: p.model, Labels: p.labels, Sizes: make([]int64, p.k), names: p.names}
	for _, l := range s.Labels {
		if l < 0 {
			s.Outside++
		} else {
			s.Sizes[l]++
		}
	}
	return s
}

// measure computes the indices of the solutions, of the profiles that are in a segment.
func (w *work) measure(ctx context.Context, sols []*Solution) error {
	// Solutions that leave nobody out share their distances.
	var together []*Solution
	var labels [][]int32
	r := w.table.rows()
	for _, s := range sols {
		x, l, weights := r.x, []int32(nil), r.weights
		switch {
		case s.filled() < 2:
			continue
		case s.Outside == 0:
			l = r.gather(s.Labels)
			together, labels = append(together, s), append(labels, l)
		default:
			var in []int
			for i, label := range s.Labels {
				if label >= 0 {
					in, l = append(in, i), append(l, label)
				}
			}
			x, weights = w.table.take(in).x, nil
			sil, err := cluster.Silhouettes(ctx, x, l, nil)
			if err != nil {
				return invalid(err)
			}
			s.separated(sil)
		}
		s.CalinskiHarabasz = cluster.CalinskiHarabasz(x, l, weights)
		s.DaviesBouldin = cluster.DaviesBouldin(x, l, weights)
	}
	if len(together) == 0 {
		return nil
	}
	all, err := cluster.SilhouettesOf(ctx, r.x, labels, r.weights)
	if err != nil {
		return invalid(err)
	}
	for i, s := range together {
		s.separated(all[i])
	}
	return nil
}

func (s *Solution) separated(sil *cluster.Silhouette) {
	s.Silhouette, s.SilhouetteBySegment, s.SilhouetteExact = sil.Mean, sil.Segment, sil.Exact
}

// filled is how many segments have members.
func (s *Solution) filled() int {
	n := 0
	for _, size := range s.Sizes {
		if size > 0 {
			n++
		}
	}
	return n
}

// stable fills in the stability of all solutions.
func (w *work) stable(ctx context.Context, sols []*Solution) error {
	pairs, most := stabilityPairs, stabilityRows
	r := w.table.rows()
	chosen := pick(r.x.Rows, most, w.seed)
	if w.method != KMeans {
		pairs, most = slowPairs, slowRows
		chosen = pick(len(w.table.profiles), most, w.seed)
	}
	var studies []stability.Study
	var err error
	if w.method == KMeans {
		studies, err = w.bootstrap(ctx, sols, chosen, pairs)
	} else {
		studies, err = w.resample(ctx, sols, chosen, pairs)
	}
	if err != nil {
		return invalid(err)
	}
	byK := map[int]*stability.Study{}
	for i := range studies {
		byK[studies[i].K] = &studies[i]
	}
	var before *Solution
	for _, s := range sols {
		s.Stability.Segments = make([]SegmentStability, s.K)
		s.Stability.Rows, s.Stability.Pairs = len(chosen), pairs
		if study := byK[s.K]; study != nil {
			s.Stability.Global, s.Stability.Median = finite(stability.Mean(study.Global)), finite(stability.Median(study.Global))
			s.Stability.Spread = spread(study.Global)
			for i, v := range study.Within {
				if i < s.K {
					s.Stability.Segments[i].Within, s.Stability.Segments[i].Spread = stability.Mean(v), spread(v)
				}
			}
		}
		for i := range s.Stability.Segments {
			s.Stability.Segments[i].Across = 1
		}
		if before != nil && before.Outside == 0 && s.Outside == 0 {
			for i, v := range stability.Across(before.Labels, s.Labels, nil) {
				s.Stability.Segments[i].Across = v
			}
		}
		if before != nil {
			s.From = flows(before, s)
		}
		before = s
		if s.Stability.SplitHalf, err = w.splitHalf(ctx, s.K, chosen); err != nil {
			return err
		}
	}
	return nil
}

// bootstrap is for k-means, which works on distinct rows with weights.
func (w *work) bootstrap(ctx context.Context, sols []*Solution, chosen []int, pairs int) ([]stability.Study, error) {
	x, weights := w.table.rows().some(chosen)
	labels := map[int][]int32{}
	var ks []int
	for _, s := range sols {
		if cluster.Possible(x, weights, s.K) != nil {
			continue
		}
		ks = append(ks, s.K)
		all := w.table.rows().gather(s.Labels)
		for _, r := range chosen {
			labels[s.K] = append(labels[s.K], all[r])
		}
	}
	return stability.Bootstrap(ctx, x, weights, ks, labels, stability.Options{
		Pairs: pairs, Starts: min(w.starts, 5), Seed: w.seed, Workers: w.workers,
	})
}

// some are chosen distinct rows with their weights.
func (r *rows) some(chosen []int) (*stats.Matrix, []float64) {
	x := stats.NewMatrix(len(chosen), r.x.Cols)
	var weights []float64
	for i, row := range chosen {
		copy(x.Row(i), r.x.Row(row))
		if r.weights != nil {
			weights = append(weights, r.weights[row])
		}
	}
	return x, weights
}

// resample is for all other methods.
func (w *work) resample(ctx context.Context, sols []*Solution, chosen []int, pairs int) ([]stability.Study, error) {
	t := w.table.take(chosen)
	labels := map[int][]int32{}
	var ks []int
	for _, s := range sols {
		ks = append(ks, s.K)
		for _, r := range chosen {
			labels[s.K] = append(labels[s.K], outside(s.Labels[r], s.K))
		}
	}
	find := func(ctx context.Context, draw []int, k int, seed uint64) ([]int32, error) {
		return w.divide(ctx, t, draw, k, seed)
	}
	o := stability.Options{Pairs: pairs, Seed: w.seed, Workers: w.workers}
	if w.method == HDBSCAN {
		o.Share = mostOfThem
	}
	return stability.Resample(ctx, len(chosen), ks, labels, find, o)
}

// outside makes those in no segment a segment of their own.
func outside(label int32, k int) int32 {
	if label < 0 {
		return int32(k)
	}
	return label
}

// divide finds segments in drawn rows of a table and assigns all its rows. A draw that
// cannot be divided is one segment.
func (w *work) divide(ctx context.Context, t *table, draw []int, k int, seed uint64) ([]int32, error) {
	f := fitter{method: w.method, starts: min(w.starts, 3), workers: 1, seed: seed, rough: true}
	p, err := f.fit(ctx, t.take(draw), k, seed)
	if err != nil {
		if ctx.Err() != nil || kreds.CodeOf(err) != kreds.CodeInvalid {
			return nil, err
		}
		return make([]int32, len(t.profiles)), nil
	}
	labels, err := p.model.assign(t)
	if err != nil {
		return nil, err
	}
	for i := range labels {
		labels[i] = outside(labels[i], p.k)
	}
	return labels, nil
}

// splitHalf finds segments in each of two random halves and compares how they divide
// all rows; the mean of several splits.
func (w *work) splitHalf(ctx context.Context, k int, chosen []int) (float64, error) {
	var sum, n float64
	for split := range halves {
		rng := rand.New(rand.NewPCG(w.seed, uint64(split)<<8|uint64(k)))
		var found [2][]int32
		var weights []float64
		var err error
		if w.method == KMeans {
			found, weights, err = w.weighedHalves(ctx, k, chosen, rng)
		} else {
			found, err = w.drawnHalves(ctx, k, chosen, rng)
		}
		if err != nil {
			return 0, err
		}
		if found[0] != nil && found[1] != nil {
			sum += cluster.AdjustedRand(found[0], found[1], weights)
			n++
		}
	}
	if n == 0 {
		return 0, nil
	}
	return finite(sum / n), nil
}

func (w *work) weighedHalves(ctx context.Context, k int, chosen []int, rng *rand.Rand) (found [2][]int32, weights []float64, err error) {
	x, weights := w.table.rows().some(chosen)
	half := [2][]float64{make([]float64, x.Rows), make([]float64, x.Rows)}
	for i := range x.Rows {
		times := 1
		if weights != nil {
			times = int(weights[i])
		}
		for range times {
			half[rng.IntN(2)][i]++
		}
	}
	for h := range half {
		if cluster.Possible(x, half[h], k) != nil {
			continue
		}
		c, err := cluster.KMeans(ctx, x, cluster.Options{K: k, Starts: min(w.starts, 5), Seed: rng.Uint64(), Weights: half[h], Workers: w.workers, LloydOnly: true})
		if err != nil {
			return found, nil, err
		}
		found[h] = c.Labels
	}
	return found, weights, nil
}

func (w *work) drawnHalves(ctx context.Context, k int, chosen []int, rng *rand.Rand) (found [2][]int32, err error) {
	t := w.table.take(chosen)
	var half [2][]int
	for i := range chosen {
		h := rng.IntN(2)
		half[h] = append(half[h], i)
	}
	for h := range half {
		if len(half[h]) < 2 {
			return found, nil
		}
		if found[h], err = w.divide(ctx, t, half[h], k, rng.Uint64()); err != nil {
			return found, err
		}
	}
	return found, nil
}

// against compares the solutions with segments of data without structure.
func (w *work) against(ctx context.Context, sols []*Solution) error {
	s := newStructureless(w.table, pick(len(w.table.profiles), referenceRows, w.seed))
	var ks []int
	for _, sol := range sols {
		ks = append(ks, sol.K)
	}
	found, err := s.compare(ctx, ks, w.seed, w.workers)
	if err != nil {
		return err
	}
	if w.method == HDBSCAN {
		if err := w.dense(ctx, s, sols[0]); err != nil {
			return invalid(err)
		}
	}
	for _, sol := range sols {
		r, ok := found[sol.K]
		if !ok {
			continue
		}
		sol.Gap, sol.GapError = r.logWithin-r.realWithin, r.deviation
		// The sample's own silhouette is what compares with the references'.
		sol.Chance = r.silhouette + sol.Silhouette - r.real
		if sol.K < 2 {
			sol.Chance = 0
		}
	}
	return nil
}

// dense measures groups of any shape on the rows that references are made from.
func (w *work) dense(ctx context.Context, s *structureless, sol *Solution) error {
	sample := w.table.take(s.rows)
	labels := make([]int32, len(s.rows))
	for i, r := range s.rows {
		labels[i] = sol.Labels[r]
	}
	v, err := density.Validity(ctx, sample.x, labels)
	if err != nil {
		return err
	}
	chance, err := s.bumps(ctx, min(mostOfThem, inside(labels)-.1), w.seed, w.workers)
	if err != nil {
		return err
	}
	sol.Density = &Density{v, chance}
	return nil
}

// finite keeps numbers that cannot be had out of what is stored and shown.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
