// Package stability says whether segments come back: when customers are drawn
// anew (globally and segment by segment), and across numbers of segments. The
// measures are those of Dolnicar and Leisch (2010, 2017). It is pure.
package stability

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
)

// Options says how much to draw. Zero fields have defaults.
type Options struct {
	Pairs   int    // pairs of bootstrap samples; default 50
	Starts  int    // starts of each clustering; default 10
	Seed    uint64 // of all draws
	Workers int    // default: the number of processors
	Init    cluster.Init
	Choose  cluster.Choose
	// Share of the rows that samples have, drawn without replacement; 0: bootstrap
	// samples. Of Resample alone.
	Share float64
}

// Study is the stability of one number of segments.
type Study struct {
	K int
	// Global is the adjusted Rand index of each pair of bootstrap samples.
	Global []float64
	// Within is, by segment of the partition given for K and then by pair, how
	// well the segment was found again: the mean over the two samples of its
	// highest Jaccard index. Nil if no partition was given.
	Within [][]float64
}

// Mean is the mean of the values, 0 of none.
func Mean(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Median is the median of the values, 0 of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Bootstrap clusters pairs of bootstrap samples by k-means for each k, assigns
// every row to the centres of both, and compares. Partitions hold, by k, the
// labels of the solution whose segments are looked for; it may be nil. Weights
// are how often each row occurs (nil: once) and must be whole numbers; a sample
// draws as many rows as there are in all.
//
// It fails where k-means does on the whole data, for partitions and weights that do
// not fit, and if ctx ends. A sample with fewer distinct rows than k is drawn again;
// where that goes on, it fails too.
func Bootstrap(ctx context.Context, x *stats.Matrix, weights []float64, ks []int, partitions map[int][]int32, o Options) ([]Study, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if o.Pairs <= 0 {
		o.Pairs = 50
	}
	if o.Starts <= 0 {
		o.Starts = 10
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	draws, err := newDraws(weights, x.Rows)
	if err != nil {
		return nil, err
	}
	studies := make([]Study, len(ks))
	for i, k := range ks {
		if err := cluster.Possible(x, weights, k); err != nil {
			return nil, err
		}
		if studies[i], err = newStudy(k, partitions[k], x.Rows, o.Pairs); err != nil {
			return nil, err
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, o.Workers)
	for w := range o.Workers {
		wg.Go(func() {
			for job := int(next.Add(1)) - 1; job < o.Pairs*len(ks); job = int(next.Add(1)) - 1 {
				// The largest k first: they take longest.
				s, pair := &studies[len(ks)-1-job/o.Pairs], job%o.Pairs
				if errs[w] = s.pair(ctx, x, weights, draws, partitions[s.K], pair, o); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return studies, nil
}

// newStudy makes room for the stability of k segments. It fails for a partition that
// has not one label, from 0 to below the number of rows, or negative for none, of each row.
func newStudy(k int, partition []int32, rows, pairs int) (Study, error) {
	s := Study{K: k, Global: make([]float64, pairs)}
	if partition == nil {
		return s, nil
	}
	if len(partition) != rows {
		return s, fmt.Errorf("the partition into %d has %d labels for %d rows", k, len(partition), rows)
	}
	most := slices.Max(partition)
	if int(most) >= rows {
		return s, fmt.Errorf("the partition into %d has a label %d: number segments from 0, below the number of rows", k, most)
	}
	s.Within = make([][]float64, max(0, most+1))
	for i := range s.Within {
		s.Within[i] = make([]float64, pairs)
	}
	return s, nil
}

// pair draws, clusters and compares one pair of samples.
func (s *Study) pair(ctx context.Context, x *stats.Matrix, weights []float64, d *draws, partition []int32, pair int, o Options) error {
	rng := rand.New(rand.NewPCG(o.Seed, uint64(pair)<<16|uint64(s.K)))
	var found [2][]int32
	for i := range found {
		sample, err := d.sampleFor(ctx, x, s.K, rng)
		if err != nil {
			return err
		}
		r, err := cluster.KMeans(ctx, x, cluster.Options{
			K: s.K, Starts: o.Starts, Seed: rng.Uint64(), Weights: sample, Workers: 1, LloydOnly: true, Init: o.Init, Choose: o.Choose,
		})
		if err != nil {
			return err
		}
		found[i] = r.Labels
	}
	s.Global[pair] = cluster.AdjustedRand(found[0], found[1], weights)
	for i := range s.Within {
		a, b := Recovered(partition, found[0], weights, int32(i)), Recovered(partition, found[1], weights, int32(i))
		s.Within[i][pair] = (a + b) / 2
	}
	return nil
}

// Recovered is the highest Jaccard index of a segment of one partition with any
// segment of another, 0 if the lengths differ.
func Recovered(partition, other []int32, weights []float64, segment int32) float64 {
	if len(partition) != len(other) || weights != nil && len(weights) != len(other) {
		return 0
	}
	shared := map[int32]float64{}
	size := map[int32]float64{}
	var own float64
	for i, l := range other {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		size[l] += w
		if partition[i] == segment {
			own += w
			shared[l] += w
		}
	}
	best := 0.0
	for l, n := range shared {
		if union := own + size[l] - n; union > 0 {
			best = max(best, n/union)
		}
	}
	return best
}

// Across is, for each segment of the later partition, how much it comes from
// one segment of the earlier one, usually that with one segment fewer: 1 − H/ln k,
// with H the entropy of where its members were and k the earlier number of
// segments. An empty segment, and an earlier partition of one segment, give 1. Rows
// with a negative label in either are left out. It is nil if the lengths differ, and for
// labels that are not below the number of rows.
func Across(earlier, later []int32, weights []float64) []float64 {
	n := len(earlier)
	if n == 0 || n != len(later) || weights != nil && len(weights) != n {
		return nil
	}
	was, is := int(slices.Max(earlier))+1, int(slices.Max(later))+1
	if was > n || is > n || is < 1 {
		return nil
	}
	cells, size := make([]float64, max(0, was)*is), make([]float64, is)
	for i, l := range later {
		if l < 0 || earlier[i] < 0 {
			continue
		}
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		cells[int(l)*was+int(earlier[i])] += w
		size[l] += w
	}
	out := make([]float64, is)
	for s := range out {
		out[s] = 1
		if was < 2 || size[s] == 0 {
			continue
		}
		var h float64
		for _, n := range cells[s*was : s*was+was] {
			if p := n / size[s]; p > 0 {
				h -= p * math.Log(p)
			}
		}
		out[s] = 1 - h/math.Log(float64(was))
	}
	return out
}
