package mixture

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/kreds/kreds/stats"
)

// Covariance is the shape that the components of a Gaussian mixture may have.
type Covariance uint8

const (
	// Full gives each component a covariance matrix of its own (VVV in R's mclust).
	Full Covariance = iota
	// Diagonal gives each component a variance for each column (VVI).
	Diagonal
	// Spherical gives each component one variance for all columns (VII).
	Spherical
	// Tied gives all components one covariance matrix (EEE).
	Tied
	// EqualShape gives components the same proportions of axes, each its own volume and
	// directions (VEV).
	EqualShape
	// EqualVolumeShape gives components axes of the same lengths, each its own directions
	// (EEV).
	EqualVolumeShape
)

// turned says whether components differ in the directions of axes whose lengths or
// proportions they share.
func (c Covariance) turned() bool { return c == EqualShape || c == EqualVolumeShape }

// GaussianOptions says how to fit. The zero value of each field but Components is
// a sound default.
type GaussianOptions struct {
	Components int
	Covariance Covariance
	Starts     int     // of which the best is kept; default 20
	Seed       uint64  // of the starts
	MaxIter    int     // of each start; default 1000
	Tol        float64 // stop when the log-likelihood gains less than this per unit of weight; default 1e-8
	// Floor is the smallest variance in any direction, in columns scaled to a
	// variance of 1; default 1e-6.
	Floor   float64
	Weights []float64 // of rows, not negative; nil: ones
	Workers int       // default: the number of processors
	// Labels, if set, are components of the rows, from 0, from which the one start begins.
	Labels []int32
}

// Gaussian is a fitted mixture, the largest component first. All values are in the
// units of the data.
type Gaussian struct {
	Shares        []float64       // by component, adding up to 1
	Means         *stats.Matrix   // components by columns
	Covariances   []*stats.Matrix // by component: columns by columns
	Posterior     *stats.Matrix   // rows by components: the probability that the row is of it
	LogLikelihood float64         // weighted
	Parameters    int             // free ones
	Weight        float64         // of all rows: their number, without weights
	Iterations    int
	Converged     bool
	// Floored is the number of covariance matrices that the floor keeps from
	// being singular, and of components without rows. If it is not 0 the
	// log-likelihood and what follows from it say little: ask for fewer components
	// or a simpler covariance.
	Floored int

	weights []float64
	scale   *scaling
	normals *normals
}

// FitGaussian fits a mixture of multivariate normal distributions by expectation
// maximisation (Dempster, Laird and Rubin 1977; McLachlan and Peel 2000, "Finite
// mixture models", chapter 3). The density of a row is
//
//	Σ share · (2π)^(−d/2) |S|^(−1/2) exp(−½ (x−m)ᵀ S⁻¹ (x−m))
//
// Every other start is the partition of a short k-means, which k-means++ begins;
// the others assign rows to the nearest of the rows that k-means++ draws, where
// columns are turned and scaled to have no correlations. Of several starts the one
// with the highest log-likelihood is kept, of those that the floor touches least.
//
// The likelihood of a mixture has no upper bound: a component that shrinks to one
// point makes it infinite. Variances are therefore bounded below by o.Floor: in
// columns scaled to a variance of 1, eigenvalues of covariance matrices below it
// are raised to it, which is the maximum under that bound (Ingrassia and Rocci
// 2007), so that the likelihood still grows with every iteration. Spherical
// mixtures and those of an equal shape scale all columns by one number, because they
// depend on the columns' units, others each by its own. Covariances of an equal shape are
// those of Celeux and Govaert 1995, their section 3.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75, on
// weights or labels that do not fit, on fewer distinct rows of positive weight than
// components, on a column that does not vary (where all are scaled by one number: if none
// varies), and if ctx ends.
func FitGaussian(ctx context.Context, x *stats.Matrix, o GaussianOptions) (*Gaussian, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	scale, err := newScaling(x, o.Weights, o.Covariance == Spherical || o.Covariance.turned())
	if err != nil {
		return nil, err
	}
	z := scale.of(x)
	var free *stats.Matrix // of correlations
	if o.Starts > 1 {
		free = sphered(z, o.Weights)
	}
	runs := make([]*normals, o.Starts)
	errs := make([]error, o.Workers)
	var wg sync.WaitGroup
	for w := range o.Workers {
		wg.Go(func() {
			var e *gaussianEM
			for s := w; s < o.Starts; s += o.Workers {
				if e == nil {
					e = newGaussianEM(z, free, &o)
				}
				rng := rand.New(rand.NewPCG(o.Seed, uint64(s)))
				if runs[s], errs[w] = e.run(ctx, s, rng); errs[w] != nil {
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
	best := runs[0]
	for _, r := range runs[1:] {
		if r.floored < best.floored || r.floored == best.floored && r.likelihood > best.likelihood {
			best = r
		}
	}
	best.order()
	return best.model(z, scale, &o), nil
}

// complete checks the options against the data and fills in defaults.
func (o *GaussianOptions) complete(x *stats.Matrix) error {
	if err := x.Check(); err != nil {
		return err
	}
	if o.Components < 1 {
		return fmt.Errorf("%d components: ask for at least one", o.Components)
	}
	if o.Covariance > EqualVolumeShape {
		return fmt.Errorf("covariance %d is not known", o.Covariance)
	}
	if err := checkValues(x, o.Weights); err != nil {
		return err
	}
	if err := checkLabels(o.Labels, x.Rows, o.Components); err != nil {
		return err
	}
	if o.Floor == 0 {
		o.Floor = 1e-6
	}
	if err := checkFloor(o.Floor); err != nil {
		return err
	}
	search(o.Labels != nil, &o.Starts, &o.MaxIter, 1000, &o.Tol, 1e-8, &o.Workers)
	if n := different(x, o.Weights, o.Components); n < o.Components {
		return fmt.Errorf("there are %d different rows: too few for %d components", n, o.Components)
	}
	return nil
}

// largest bounds values and weights: no sum of squares below it overflows.
const largest = 1e75

// different counts distinct rows of positive weight, up to the limit.
func different(x *stats.Matrix, weights []float64, limit int) int {
	var found []int
rows:
	for i := 0; i < x.Rows && len(found) < limit; i++ {
		if weightOf(weights, i) == 0 {
			continue
		}
		for _, f := range found {
			if distance2(x.Row(f), x.Row(i)) == 0 {
				continue rows
			}
		}
		found = append(found, i)
	}
	return len(found)
}

// weightOf is the weight of a row; nil weights are ones.
func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// AIC is Akaike's criterion, lower is better.
func (g *Gaussian) AIC() float64 { return 2*float64(g.Parameters) - 2*g.LogLikelihood }

// BIC is Schwarz's criterion, p ln n − 2 ln L, with n the weight of all rows; lower
// is better. R's mclust gives it the other sign.
func (g *Gaussian) BIC() float64 {
	return math.Log(g.Weight)*float64(g.Parameters) - 2*g.LogLikelihood
}

// ICL is the integrated completed likelihood (Biernacki, Celeux and Govaert 2000):
// BIC − 2 Σ w ln p, with p the posterior probability of the row's own component.
// It punishes components that overlap; lower is better.
func (g *Gaussian) ICL() float64 { return completed(g.BIC(), g.Posterior, g.weights) }

// Labels returns the most probable component of each row; ties go to the first.
func (g *Gaussian) Labels() []int32 { return mostProbable(g.Posterior) }

// Classify returns the posterior probabilities of rows that need not be those of
// the fit: rows by components. It fails on a non-finite matrix, on other columns
// than those of the fit, and on a model that was not fitted here.
func (g *Gaussian) Classify(x *stats.Matrix) (*stats.Matrix, error) {
	if g.normals == nil {
		return nil, fmt.Errorf("the mixture has not been fitted")
	}
	if err := x.Check(); err != nil {
		return nil, err
	}
	if x.Cols != g.Means.Cols {
		return nil, fmt.Errorf("there are %d columns where the mixture has %d", x.Cols, g.Means.Cols)
	}
	post := stats.NewMatrix(x.Rows, len(g.Shares))
	g.normals.expect(g.scale.of(x), nil, post)
	return post, nil
}

// mostProbable is the column with the highest value in each row, the first of
// equals.
func mostProbable(posterior *stats.Matrix) []int32 {
	labels := make([]int32, posterior.Rows)
	for i := range labels {
		row := posterior.Row(i)
		for j, p := range row {
			if p > row[labels[i]] {
				labels[i] = int32(j)
			}
		}
	}
	return labels
}
