package discover

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/mixture"
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

// partition is a division of the rows into segments, the largest first.
type partition struct {
	labels  []int32 // by row; −1 is in none
	model   Model
	within  float64
	fitness *Fitness
}

// Fitness is how well a model with a likelihood fits. Entropy is 1 if every profile
// clearly belongs to one segment.
type Fitness struct{ LogLikelihood, BIC, AIC, Entropy float64 }

// fitter finds segments by one method.
type fitter struct {
	method  Method
	table   *table
	starts  int
	workers int
}

// sampleForStarts is above how many rows the best start is looked for in a sample.
const sampleForStarts = 100_000

// fit divides rows into k segments. Weights are how often each row counts.
func (f *fitter) fit(ctx context.Context, r rows, k int, seed uint64) (*partition, error) {
	switch f.method {
	case LCA:
		return f.classes(ctx, r, k, seed)
	default:
		return f.kmeans(ctx, r, k, seed)
	}
}

func (f *fitter) kmeans(ctx context.Context, r rows, k int, seed uint64) (*partition, error) {
	o := cluster.Options{K: k, Starts: f.starts, Seed: seed, Weights: r.weights, Workers: f.workers}
	if r.x.Rows > sampleForStarts {
		s := sample(r.x, sampleForStarts/4, seed)
		best, err := cluster.KMeans(ctx, s, cluster.Options{K: k, Starts: f.starts, Seed: seed, Workers: f.workers})
		if err != nil {
			return nil, invalid(err)
		}
		o.Centers = best.Centers
	}
	c, err := cluster.KMeans(ctx, r.x, o)
	if err != nil {
		return nil, invalid(err)
	}
	c.Relabel()
	return &partition{labels: c.Labels, within: c.WithinSS, model: Model{Method: KMeans, Centers: centers(c.Centers)}}, nil
}

func centers(m *stats.Matrix) [][]float64 {
	out := make([][]float64, m.Rows)
	for i := range out {
		out[i] = slices.Clone(m.Row(i))
	}
	return out
}

// classes fits latent classes to flags and categories.
func (f *fitter) classes(ctx context.Context, r rows, k int, seed uint64) (*partition, error) {
	a, err := f.table.answers()
	if err != nil {
		return nil, err
	}
	c, err := mixture.Latent(ctx, a, mixture.Options{Classes: k, Starts: f.starts, Seed: seed, Workers: f.workers})
	if err != nil {
		return nil, invalid(err)
	}
	p := &partition{
		labels:  c.Labels(),
		fitness: &Fitness{LogLikelihood: c.LogLikelihood, BIC: c.BIC(), AIC: c.AIC(), Entropy: c.Entropy()},
		model:   Model{Method: LCA, Shares: c.Shares, Probabilities: c.Probabilities},
	}
	p.model.Centers = means(f.table.x, p.labels, k)
	p.within = withinSS(f.table.x, p.labels, p.model.Centers)
	return p, nil
}

// answers are the features as codes: flags are 0 and 1.
func (t *table) answers() (*mixture.Answers, error) {
	a := &mixture.Answers{Items: len(t.columns), Levels: make([]int, len(t.columns)), Codes: make([]int16, len(t.columns)*len(t.profiles))}
	for j, c := range t.columns {
		switch c.Kind {
		case Flag:
			a.Levels[j] = 2
			for i, v := range c.value {
				a.Codes[i*a.Items+j] = int16(v)
			}
		case Category:
			a.Levels[j] = len(c.Levels)
			for i, l := range c.level {
				a.Codes[i*a.Items+j] = int16(l)
			}
		default:
			return nil, kreds.Errorf(kreds.CodeInvalid, "latent classes are of answers: yes or no, or one of some texts; %s is a number", c.Name).
				WithHint("take --method mixture, or write conditions as features, like: %s > 10", c.Text)
		}
	}
	return a, nil
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

// sample draws n rows without replacement.
func sample(x *stats.Matrix, n int, seed uint64) *stats.Matrix {
	out := stats.NewMatrix(n, x.Cols)
	for i, r := range pick(x.Rows, n, seed) {
		copy(out.Row(i), x.Row(r))
	}
	return out
}

// pick draws n of the numbers below all, ascending; all of them if there are fewer.
func pick(all, n int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	out := make([]int, 0, n)
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
