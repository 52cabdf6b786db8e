package discover

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
)

// Method is a way to find segments.
type Method string

// The methods.
const (
	Auto        Method = "auto"
	KMeans      Method = "kmeans"
	KMedians    Method = "kmedians"
	Spherical   Method = "spherical"
	KPrototypes Method = "kprototypes"
	Mixture     Method = "mixture"
	LCA         Method = "lca"
	Ward        Method = "ward"
	HDBSCAN     Method = "hdbscan"
	RFM         Method = "rfm"
)

// Methods are all methods, in the order of the documentation.
var Methods = []Method{Auto, KMeans, KMedians, Spherical, KPrototypes, Mixture, LCA, Ward, HDBSCAN, RFM}

// counts reports whether a method is told how many segments to find.
func (m Method) counts() bool { return m != HDBSCAN && m != RFM }

// rows are the distinct rows of a table with how often each occurs, or the rows as
// they are where few are equal.
type rows struct {
	x       *stats.Matrix
	weights []float64 // nil: ones
	of      []int32   // the row of each profile; nil: its own
}

// condense takes equal rows together where that halves the work at least.
func condense(x *stats.Matrix) rows {
	x2, weights, of := x.Distinct()
	if x2.Rows*2 > x.Rows {
		return rows{x: x}
	}
	return rows{x2, weights, of}
}

// spread returns the labels of profiles from those of rows.
func (r *rows) spread(labels []int32) []int32 {
	if r.of == nil {
		return labels
	}
	out := make([]int32, len(r.of))
	for i, row := range r.of {
		out[i] = labels[row]
	}
	return out
}

// gather is the inverse of spread: equal rows are in the same segment.
func (r *rows) gather(labels []int32) []int32 {
	if r.of == nil {
		return labels
	}
	out := make([]int32, r.x.Rows)
	for i, row := range r.of {
		out[row] = labels[i]
	}
	return out
}

// partition is a division of a table's profiles into segments, the largest first.
type partition struct {
	k       int
	labels  []int32 // by profile; −1 is in none
	model   Model
	within  float64
	fitness *Fitness
	names   []string // of segments that the method names
}

// Fitness is how well a model with a likelihood fits. Entropy is 1 if every profile
// clearly belongs to one segment.
type Fitness struct{ LogLikelihood, BIC, AIC, Entropy float64 }

// fitter finds segments by one method.
type fitter struct {
	method  Method
	starts  int
	workers int
	seed    uint64 // of the whole discovery
	rough   bool   // one of many fits that are only compared

	// A hierarchy is the same for every number of segments.
	mu        sync.Mutex
	hierarchy map[*table]*merges
}

// Above how many rows some methods look at a sample.
const (
	sampleForStarts  = 100_000 // for the best start of k-means
	sampleForMixture = 20_000
	mostRows         = 20_000 // of methods whose time grows with the square
)

// fit divides a table into k segments.
func (f *fitter) fit(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	var p *partition
	var err error
	switch f.method {
	case KMedians, Spherical:
		p, err = f.centered(ctx, t, k, seed)
	case KPrototypes:
		p, err = f.prototypes(ctx, t, k, seed)
	case Mixture:
		p, err = f.normals(ctx, t, k, seed)
	case LCA:
		p, err = f.classes(ctx, t, k, seed)
	case Ward:
		p, err = f.ward(ctx, t, k, seed)
	case HDBSCAN:
		p, err = f.dense(ctx, t, seed)
	case RFM:
		p, err = t.rfm()
	default:
		p, err = f.kmeans(ctx, t, k, seed)
	}
	if err != nil {
		return nil, invalid(err)
	}
	if f.method != KMeans {
		p.model.Centers = means(t.x, p.labels, p.k)
		p.within = withinSS(t.x, p.labels, p.model.Centers)
	}
	p.model.Method = f.method
	return p, nil
}

func (f *fitter) kmeans(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	r := t.rows()
	o := cluster.Options{K: k, Starts: f.starts, Seed: seed, Weights: r.weights, Workers: f.workers}
	if r.x.Rows > sampleForStarts {
		s := sample(r.x, sampleForStarts/4, seed)
		best, err := cluster.KMeans(ctx, s, cluster.Options{K: k, Starts: f.starts, Seed: seed, Workers: f.workers})
		if err != nil {
			return nil, err
		}
		o.Centers = best.Centers
	}
	c, err := cluster.KMeans(ctx, r.x, o)
	if err != nil {
		return nil, err
	}
	c.Relabel()
	return &partition{k: k, labels: r.spread(c.Labels), within: c.WithinSS, model: Model{Centers: centers(c.Centers)}}, nil
}

func centers(m *stats.Matrix) [][]float64 {
	out := make([][]float64, m.Rows)
	for i := range out {
		out[i] = slices.Clone(m.Row(i))
	}
	return out
}

// means are the centres of segments; an empty one is at the origin.
func means(x *stats.Matrix, labels []int32, k int) [][]float64 {
	out := make([][]float64, k)
	n := make([]float64, k)
	for s := range out {
		out[s] = make([]float64, x.Cols)
	}
	for i, l := range labels {
		if l < 0 {
			continue
		}
		n[l]++
		for j, v := range x.Row(i) {
			out[l][j] += v
		}
	}
	for s := range out {
		for j := range out[s] {
			if n[s] > 0 {
				out[s][j] /= n[s]
			}
		}
	}
	return out
}

func withinSS(x *stats.Matrix, labels []int32, centers [][]float64) float64 {
	var ss float64
	for i, l := range labels {
		if l < 0 {
			continue
		}
		for j, v := range x.Row(i) {
			d := v - centers[l][j]
			ss += d * d
		}
	}
	return ss
}

// ordered renumbers labels so that the largest segment is the first, and returns the
// new number of each; −1 stays.
func ordered(labels []int32, k int) []int32 {
	sizes := make([]int, k)
	for _, l := range labels {
		if l >= 0 {
			sizes[l]++
		}
	}
	by := make([]int32, k)
	for i := range by {
		by[i] = int32(i)
	}
	slices.SortStableFunc(by, func(a, b int32) int { return sizes[b] - sizes[a] })
	now := make([]int32, k)
	for i, s := range by {
		now[s] = int32(i)
	}
	for i, l := range labels {
		if l >= 0 {
			labels[i] = now[l]
		}
	}
	return now
}

// sample draws n rows without replacement.
func sample(x *stats.Matrix, n int, seed uint64) *stats.Matrix {
	out := stats.NewMatrix(min(n, x.Rows), x.Cols)
	for i, r := range pick(x.Rows, n, seed) {
		copy(out.Row(i), x.Row(r))
	}
	return out
}

// pick draws n of the numbers below all, ascending; all of them if there are fewer.
func pick(all, n int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	out := make([]int, 0, min(n, all))
	for i := 0; i < all && len(out) < n; i++ {
		// Each is taken with the chance that fills what is left (Knuth's algorithm S).
		if rng.IntN(all-i) < n-len(out) {
			out = append(out, i)
		}
	}
	return out
}

// invalid says that the data, not kreds, is at fault.
func invalid(err error) error {
	if kreds.CodeOf(err) != kreds.CodeInternal {
		return err
	}
	return kreds.Errorf(kreds.CodeInvalid, "%w", err).WithHint("take fewer segments, or other features")
}
