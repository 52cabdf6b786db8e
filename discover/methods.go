package discover

import (
	"context"
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/density"
	"github.com/kreds/kreds/stats/mixture"
	"github.com/kreds/kreds/stats/rfm"
)

// centered divides by k-medians or spherical k-means.
func (f *fitter) centered(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	r := t.rows()
	find := cluster.KMedians
	if f.method == Spherical {
		find = cluster.SphericalKMeans
	}
	c, err := find(ctx, r.x, cluster.Options{K: k, Starts: f.starts, Seed: seed, Weights: r.weights, Workers: f.workers})
	if err != nil {
		return nil, err
	}
	p := &partition{k: k, labels: slices.Clone(r.spread(c.Labels))}
	now := ordered(p.labels, k)
	p.model.Anchors = make([][]float64, k)
	for s, at := range now {
		p.model.Anchors[at] = slices.Clone(c.Centers.Row(s))
	}
	return p, nil
}

// prototypes divides numbers and categories as they are.
func (f *fitter) prototypes(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	x, cats := t.mixed()
	o := cluster.PrototypeOptions{K: k, Starts: f.starts, Seed: seed, Workers: f.workers}
	var c *cluster.Prototypes
	var err error
	if x == nil {
		c, err = cluster.KModes(ctx, cats, o)
	} else {
		c, err = cluster.KPrototypes(ctx, x, cats, o)
	}
	if err != nil {
		return nil, err
	}
	p := &partition{k: k, labels: slices.Clone(c.Labels), model: Model{Gamma: c.Gamma, Modes: make([][]int32, k)}}
	now := ordered(p.labels, k)
	if c.Centers != nil {
		p.model.Anchors = make([][]float64, k)
	}
	for s, at := range now {
		p.model.Modes[at] = c.Modes[s]
		if c.Centers != nil {
			p.model.Anchors[at] = slices.Clone(c.Centers.Row(s))
		}
	}
	return p, nil
}

// mixed are the numbers, as used, and the categories of a table; nil where there are
// none.
func (t *table) mixed() (*stats.Matrix, *cluster.Categories) {
	var numbers []int
	cats := &cluster.Categories{}
	var categories []*column
	for j, i := range t.of {
		if t.level[j] < 0 {
			numbers = append(numbers, j)
		} else if t.level[j] == 0 {
			categories = append(categories, t.columns[i])
		}
	}
	cats.Cols = len(categories)
	cats.Codes = make([]int32, len(t.profiles)*cats.Cols)
	for j, c := range categories {
		for i, l := range c.level {
			// A text that the model does not know is a code of its own.
			if l < 0 {
				l = int32(len(c.Levels))
			}
			cats.Codes[i*cats.Cols+j] = l
		}
	}
	if len(numbers) == 0 {
		return nil, cats
	}
	x := stats.NewMatrix(len(t.profiles), len(numbers))
	for i := range t.profiles {
		row := t.x.Row(i)
		for a, j := range numbers {
			x.Row(i)[a] = row[j]
		}
	}
	return x, cats
}

// covariances are the shapes of mixtures that are tried, the freest first.
var covariances = []mixture.Covariance{mixture.Full, mixture.EqualShape, mixture.EqualVolumeShape, mixture.Tied, mixture.Diagonal, mixture.Spherical}

// normals fits mixtures of normal distributions of each shape and keeps the one with
// the lowest BIC.
func (f *fitter) normals(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	x := t.x
	if x.Rows > sampleForMixture {
		x = sample(x, sampleForMixture, seed)
	}
	var best *mixture.Gaussian
	var last error
	o := mixture.GaussianOptions{Components: k, Starts: min(f.starts, 3), Seed: seed, Workers: f.workers, Tol: 1e-6}
	shapes := covariances
	if f.rough {
		// The freest shape and the simplest one stand for the others.
		o.Starts, o.MaxIter, o.Tol, shapes = 1, 100, 1e-4, []mixture.Covariance{mixture.Full, mixture.Spherical}
	}
	for _, shape := range shapes {
		o.Covariance = shape
		g, err := mixture.FitGaussian(ctx, x, o)
		if err != nil {
			last = err
			continue
		}
		if best == nil || g.Floored < best.Floored || g.Floored == best.Floored && g.BIC() < best.BIC() {
			best = g
		}
	}
	if best == nil {
		return nil, last
	}
	post, err := best.Classify(t.x)
	if err != nil {
		return nil, err
	}
	p := &partition{k: k, labels: make([]int32, t.x.Rows)}
	for i := range p.labels {
		p.labels[i] = top(post.Row(i))
	}
	p.fitness = &Fitness{LogLikelihood: best.LogLikelihood, BIC: best.BIC(), AIC: best.AIC(), Entropy: entropy(post)}
	now := ordered(p.labels, k)
	p.model.Shares, p.model.Anchors, p.model.Covariances = make([]float64, k), make([][]float64, k), make([][]float64, k)
	for s, at := range now {
		p.model.Shares[at] = best.Shares[s]
		p.model.Anchors[at] = slices.Clone(best.Means.Row(s))
		p.model.Covariances[at] = slices.Clone(best.Covariances[s].Data)
	}
	return p, nil
}

func top(row []float64) int32 {
	best := 0
	for i, v := range row {
		if v > row[best] {
			best = i
		}
	}
	return int32(best)
}

// entropy is the relative entropy of posterior probabilities (Ramaswamy et al. 1993).
func entropy(post *stats.Matrix) float64 {
	if post.Cols < 2 {
		return 1
	}
	var h float64
	for _, p := range post.Data {
		if p > 0 {
			h -= p * math.Log(p)
		}
	}
	return 1 - h/(float64(post.Rows)*math.Log(float64(post.Cols)))
}

// classes fits latent classes to flags and categories.
func (f *fitter) classes(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	a, err := t.answers()
	if err != nil {
		return nil, err
	}
	o := mixture.Options{Classes: k, Starts: f.starts, Seed: seed, Workers: f.workers}
	if f.rough {
		o.MaxIter, o.Tol = 200, 1e-3
	}
	c, err := mixture.Latent(ctx, a, o)
	if err != nil {
		return nil, err
	}
	p := &partition{
		k: k, labels: c.Labels(),
		fitness: &Fitness{LogLikelihood: c.LogLikelihood, BIC: c.BIC(), AIC: c.AIC(), Entropy: c.Entropy()},
		model:   Model{Shares: make([]float64, k), Probabilities: make([][][]float64, k)},
	}
	now := ordered(p.labels, k)
	for s, at := range now {
		p.model.Shares[at], p.model.Probabilities[at] = c.Shares[s], c.Probabilities[s]
	}
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

// merges are a hierarchy of a table's rows, or of small groups of them.
type merges struct {
	h  *cluster.Hierarchy
	of []int32 // the leaf of each profile
}

// groups is how many small groups a hierarchy is built on where there are more rows.
const groups = 2000

// ward cuts the hierarchy that merges the segments whose union varies least more.
func (f *fitter) ward(ctx context.Context, t *table, k int, seed uint64) (*partition, error) {
	h, err := f.merged(ctx, t, seed)
	if err != nil {
		return nil, err
	}
	leaf, err := h.h.Cut(k)
	if err != nil {
		return nil, err
	}
	p := &partition{k: k, labels: make([]int32, len(t.profiles))}
	for i := range p.labels {
		at := int32(i)
		if h.of != nil {
			at = h.of[i]
		}
		p.labels[i] = leaf[at]
	}
	ordered(p.labels, k)
	return p, nil
}

func (f *fitter) merged(ctx context.Context, t *table, seed uint64) (*merges, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h := f.hierarchy[t]; h != nil {
		return h, nil
	}
	r := t.rows()
	x, weights, of := r.x, r.weights, r.of
	if x.Rows > mostRows/2 {
		c, err := cluster.KMeans(ctx, x, cluster.Options{K: groups, Starts: 1, Seed: seed, Weights: weights, Workers: f.workers, LloydOnly: true, MaxIter: 10})
		if err != nil {
			return nil, err
		}
		x, weights, of = c.Centers, c.Sizes, r.spread(c.Labels)
	}
	h, err := cluster.Hierarchical(ctx, x, cluster.HierarchyOptions{Linkage: cluster.Ward, Weights: weights})
	if err != nil {
		return nil, err
	}
	f.hierarchy = map[*table]*merges{t: {h, of}}
	return f.hierarchy[t], nil
}

// smallest is how many of the profiles looked at a group by density has at least: a
// fiftieth, of few profiles a tenth up to 15, since a handful lies close together anywhere.
func smallest(n int) int { return max(n/50, min(n/10, 15), min(5, n), 2) }

// byDensity finds groups by density, a group being about a fiftieth of the rows at least.
func byDensity(ctx context.Context, x *stats.Matrix, workers int) (*density.Result, error) {
	size := smallest(x.Rows)
	return density.HDBSCAN(ctx, x, density.Options{MinPoints: min(max(5, size/4), x.Rows), MinSize: size, Workers: workers})
}

// keptPoints is how many profiles a model of groups of any shape keeps at most.
const keptPoints = 1000

// dense finds as many groups of any shape as there are, in a sample where there are many
// profiles. Its model keeps profiles, since a centre says nothing of a shape.
func (f *fitter) dense(ctx context.Context, t *table, seed uint64) (*partition, error) {
	n := len(t.profiles)
	if n > mostRows {
		p, err := f.dense(ctx, t.take(pick(n, mostRows/2, seed)), seed)
		if err != nil {
			return nil, err
		}
		p.labels = p.model.nearestPoint(t.x)
		p.model.renumber(ordered(p.labels, p.k))
		return p, nil
	}
	r, err := byDensity(ctx, t.x, f.workers)
	if err != nil {
		return nil, err
	}
	p := &partition{k: len(r.Sizes), labels: r.Labels}
	if p.k == 0 { // no group stands out
		p.k, p.labels = 1, make([]int32, n)
	}
	ordered(p.labels, p.k)
	for _, i := range pick(n, keptPoints, seed) {
		p.model.Points = append(p.model.Points, slices.Clone(t.x.Row(i)))
		p.model.PointOf = append(p.model.PointOf, p.labels[i])
	}
	return p, nil
}

// rfm scores customers in a grid and names its cells. The first three features are
// recency, frequency and monetary value.
func (t *table) rfm() (*partition, error) {
	if len(t.columns) != 3 || t.columns[0].Kind != Days || t.columns[1].Kind == Category || t.columns[2].Kind == Category {
		return nil, kreds.Errorf(kreds.CodeInvalid, "rfm needs three features: the days since the last purchase, the number of purchases and their value").
			WithHint("take --preset rfm, or name them with --on in this order")
	}
	m := Model{}
	result, err := rfm.Compute(t.customers(), rfm.Options{})
	if err != nil {
		return nil, err
	}
	m.Cuts = [][]float64{result.Recency, result.Frequency, result.Monetary}
	p := &partition{model: m, labels: make([]int32, len(t.profiles))}
	for i, g := range result.Groups {
		at := slices.Index(p.names, g)
		if at < 0 {
			at = len(p.names)
			p.names = append(p.names, g)
		}
		p.labels[i] = int32(at)
	}
	p.k = len(p.names)
	names := make([]string, p.k)
	for s, at := range ordered(p.labels, p.k) {
		names[at] = p.names[s]
	}
	p.names, p.model.Names = names, names
	return p, nil
}

func (t *table) customers() []rfm.Customer {
	out := make([]rfm.Customer, len(t.profiles))
	for i := range out {
		out[i] = rfm.Customer{Recency: t.columns[0].value[i], Frequency: t.columns[1].value[i], Monetary: t.columns[2].value[i]}
	}
	return out
}
