package mixture

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/kreds/kreds/stats"
)

// RegressionOptions says how to fit. The zero value of each field but Components is a
// sound default.
type RegressionOptions struct {
	Components int
	Starts     int       // of which the best is kept; default 20
	Seed       uint64    // of the starts
	MaxIter    int       // of each start; default 2000
	Tol        float64   // stop when the log-likelihood gains less than this per unit of weight; default 1e-9
	Floor      float64   // the smallest variance of residuals, as a share of that of the response; default 1e-6
	Weights    []float64 // of rows, not negative; nil: ones
	Workers    int       // default: the number of processors
	// DegreesOfFreedom multiplies variances by n/(n − coefficients), with n the weight of
	// all rows, as R's flexmix does; the likelihood then ends a little below its maximum.
	DegreesOfFreedom bool
	// Labels, if set, are components of the rows, from 0, from which the one start begins:
	// nine parts of a row count in its own component for one in each other, as in R's
	// flexmix.
	Labels []int32
}

// Regressions is a fitted mixture of linear regressions, the largest component first. All
// values are in the units of the data.
type Regressions struct {
	Shares       []float64     // by component, adding up to 1
	Coefficients *stats.Matrix // components by 1 + columns: the intercept, and the slope of each column
	// Errors are the standard errors of the coefficients, from the observed information
	// (Louis 1982). Nil if it has no inverse, as where a variance is at the floor.
	Errors        *stats.Matrix
	Sigma         []float64     // by component: the standard deviation of residuals
	Posterior     *stats.Matrix // rows by components: the probability that the row is of it
	LogLikelihood float64       // weighted
	Parameters    int           // free ones
	Weight        float64       // of all rows: their number, without weights
	Iterations    int
	Converged     bool
	// Floored is the number of variances that the floor holds, and of components without
	// rows. If it is not 0 the log-likelihood says little: ask for fewer components.
	Floored int

	weights []float64
}

// FitRegressions fits a finite mixture of linear regressions by expectation
// maximisation (DeSarbo and Cron 1988; Leisch 2004): each row follows one of several
// regressions of y on the columns of x, and which one is not known. The density of y is
//
//	Σ share · (2πσ²)^(−½) exp(−(y − b₀ − xb)² / 2σ²)
//
// Starts draw the component of each row at random; the one with the highest
// log-likelihood is kept, of those that the floor touches least.
//
// The variance of residuals is bounded below by o.Floor, because the likelihood of a
// component that fits a few rows exactly has no bound.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75, on
// responses, weights or labels that do not fit, on columns or a response that do not
// vary, on a column that follows from those before it, on fewer rows of positive weight
// than parameters, and if ctx ends.
func FitRegressions(ctx context.Context, x *stats.Matrix, y []float64, o RegressionOptions) (*Regressions, error) {
	z, scale, err := o.complete(x, y)
	if err != nil {
		return nil, err
	}
	runs := make([]*lines, o.Starts)
	errs := make([]error, o.Workers)
	var wg sync.WaitGroup
	for w := range o.Workers {
		wg.Go(func() {
			for s := w; s < o.Starts; s += o.Workers {
				labels := o.Labels
				if labels == nil {
					labels = make([]int32, z.Rows)
					rng := rand.New(rand.NewPCG(o.Seed, uint64(s)))
					for i := range labels {
						labels[i] = rng.Int32N(int32(o.Components))
					}
				}
				m := newLines(z, &o)
				if errs[w] = m.run(ctx, labels); errs[w] != nil {
					return
				}
				runs[s] = m
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
	out := best.model(scale)
	for _, v := range append(slices.Clone(out.Coefficients.Data), out.Sigma...) {
		if v-v != 0 {
			return nil, fmt.Errorf("a coefficient is too large for a number: scale the columns and the response")
		}
	}
	return out, nil
}

// complete checks the options against the data, fills in defaults and returns the columns
// and the response, which is the last one, scaled.
func (o *RegressionOptions) complete(x *stats.Matrix, y []float64) (*stats.Matrix, *scaling, error) {
	if err := x.Check(); err != nil {
		return nil, nil, err
	}
	if len(y) != x.Rows {
		return nil, nil, fmt.Errorf("there are %d responses for %d rows", len(y), x.Rows)
	}
	for i, v := range y {
		if !(math.Abs(v) <= largest) {
			return nil, nil, fmt.Errorf("the response of row %d is %v: leave such rows out, and scale values to below %g", i+1, v, largest)
		}
	}
	if o.Components < 1 {
		return nil, nil, fmt.Errorf("%d components: ask for at least one", o.Components)
	}
	if err := checkValues(x, o.Weights); err != nil {
		return nil, nil, err
	}
	if err := checkLabels(o.Labels, x.Rows, o.Components); err != nil {
		return nil, nil, err
	}
	if o.Floor == 0 {
		o.Floor = 1e-6
	}
	if err := checkFloor(o.Floor); err != nil {
		return nil, nil, err
	}
	search(o.Labels != nil, &o.Starts, &o.MaxIter, 2000, &o.Tol, 1e-9, &o.Workers)
	heavy := 0
	for i := range x.Rows {
		if weightOf(o.Weights, i) > 0 {
			heavy++
		}
	}
	if need := parametersOf(o.Components, x.Cols); heavy < need {
		return nil, nil, fmt.Errorf("there are %d rows: too few for the %d parameters of %d components", heavy, need, o.Components)
	}
	both := stats.NewMatrix(x.Rows, x.Cols+1)
	for i, v := range y {
		row := both.Row(i)
		copy(row, x.Row(i))
		row[x.Cols] = v
	}
	scale, err := newScaling(both, o.Weights, false)
	if err != nil {
		return nil, nil, fmt.Errorf("of the columns, the response being the last: %w", err)
	}
	z := scale.of(both)
	if j := dependent(z, o.Weights, x.Cols); j >= 0 {
		return nil, nil, fmt.Errorf("column %d follows from those before it: leave it out", j+1)
	}
	return z, scale, nil
}

// parametersOf a mixture of regressions: coefficients, variances and shares.
func parametersOf(components, columns int) int { return components*(columns+3) - 1 }

// checkValues returns an error for values or weights that are too large, and weights that
// are negative or do not fit.
func checkValues(x *stats.Matrix, weights []float64) error {
	for i, v := range x.Data {
		if math.Abs(v) > largest {
			return fmt.Errorf("row %d, column %d is %v: scale values to below %g", i/x.Cols+1, i%x.Cols+1, v, largest)
		}
	}
	if weights != nil && len(weights) != x.Rows {
		return fmt.Errorf("there are %d weights for %d rows", len(weights), x.Rows)
	}
	for i, w := range weights {
		if !(w >= 0 && w <= largest) {
			return fmt.Errorf("the weight of row %d is %v: weights are not negative and at most %g", i+1, w, largest)
		}
	}
	return nil
}

// AIC is Akaike's criterion, lower is better.
func (r *Regressions) AIC() float64 { return 2*float64(r.Parameters) - 2*r.LogLikelihood }

// BIC is Schwarz's criterion, p ln n − 2 ln L, with n the weight of all rows; lower is
// better.
func (r *Regressions) BIC() float64 {
	return math.Log(r.Weight)*float64(r.Parameters) - 2*r.LogLikelihood
}

// ICL is the integrated completed likelihood (Biernacki, Celeux and Govaert 2000):
// BIC − 2 Σ w ln p, with p the posterior probability of the row's own component.
func (r *Regressions) ICL() float64 { return completed(r.BIC(), r.Posterior, r.weights) }

// Labels returns the most probable component of each row; ties go to the first.
func (r *Regressions) Labels() []int32 { return mostProbable(r.Posterior) }

// Predict returns the response that each component expects for the columns of a row, nil
// for another number of columns than those of the fit.
func (r *Regressions) Predict(row []float64) []float64 {
	if r.Coefficients == nil || len(row)+1 != r.Coefficients.Cols {
		return nil
	}
	out := make([]float64, r.Coefficients.Rows)
	for c := range out {
		b := r.Coefficients.Row(c)
		out[c] = b[0]
		for j, v := range row {
			out[c] += b[j+1] * v
		}
	}
	return out
}

// completed is BIC − 2 Σ w ln p, with p the posterior of each row's most probable class.
func completed(bic float64, posterior *stats.Matrix, weights []float64) float64 {
	for i, c := range mostProbable(posterior) {
		bic -= 2 * weightOf(weights, i) * math.Log(posterior.Row(i)[c])
	}
	return bic
}
