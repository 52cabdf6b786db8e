// Package mixture fits mixture models: latent classes of categorical answers, and
// normal distributions of numbers. It is pure: data and a seed in, a fitted model
// out.
package mixture

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/kreds/kreds/stats"
)

// Missing marks an answer that was not given; the model leaves it out of the
// likelihood (missing at random).
const Missing = -1

// Answers are categorical observations: row i's answer to item j is
// Codes[i*Items+j], from 0 to Levels[j]−1, or Missing.
type Answers struct {
	Items  int
	Levels []int
	Codes  []int16
}

// Rows returns the number of rows.
func (a *Answers) Rows() int {
	if a.Items == 0 {
		return 0
	}
	return len(a.Codes) / a.Items
}

// check returns an error if shape or codes are wrong.
func (a *Answers) check() error {
	if a.Items < 1 || len(a.Levels) != a.Items || len(a.Codes) == 0 || len(a.Codes)%a.Items != 0 {
		return fmt.Errorf("the answers have no items or no rows, or are not a whole number of rows")
	}
	for i, c := range a.Codes {
		if c != Missing && (c < 0 || int(c) >= a.Levels[i%a.Items]) {
			return fmt.Errorf("row %d, item %d: answer %d is not among 0 to %d", i/a.Items+1, i%a.Items+1, c, a.Levels[i%a.Items]-1)
		}
	}
	return nil
}

// Options says how to fit. Zero fields have defaults.
type Options struct {
	Classes int
	Starts  int     // random starts, of which the best is kept; default 20
	Seed    uint64  // of the starts
	MaxIter int     // of each start; default 5000
	Tol     float64 // stop when the log-likelihood gains less; default 1e-8
	Workers int     // default: the number of processors
	// Labels, if set, are classes of the rows, from 0, from which the one start begins:
	// nine parts of a row count in its own class for one in each other, as in R's flexmix.
	Labels []int32
	// Covariates, if set, are what the classes of rows depend on: rows by columns.
	Covariates *stats.Matrix
}

// Classes is a fitted latent class model, the largest class first.
type Classes struct {
	Shares        []float64     // by class; with covariates, the mean over the rows
	Probabilities [][][]float64 // by class, item and level
	Posterior     *stats.Matrix // rows by classes
	LogLikelihood float64
	Parameters    int
	Rows          int
	// G2 and X2 say how far the counts of the rows that miss no answer are from those
	// that the model expects: the likelihood ratio 2 Σ n ln(n/e), and Pearson's
	// Σ (n − e)²/e over all patterns that could be (Goodman 1974). 0 of no such rows, and
	// with covariates.
	G2, X2 float64
	// Coefficients say how classes depend on covariates, classes by 1 + columns:
	// ln(P(class)/P(first class)) is the intercept and the columns times their slopes. The
	// row of the first class is 0. Errors are their standard errors, from the sum of the
	// outer products of all parameters' scores (as R's poLCA); nil of more than 600
	// parameters. Both are nil without covariates.
	Coefficients, Errors *stats.Matrix
	Iterations           int
	Converged            bool
}

// AIC is Akaike's criterion, lower is better.
func (c *Classes) AIC() float64 { return 2*float64(c.Parameters) - 2*c.LogLikelihood }

// BIC is Schwarz's criterion, lower is better.
func (c *Classes) BIC() float64 {
	return math.Log(float64(c.Rows))*float64(c.Parameters) - 2*c.LogLikelihood
}

// ICL is the integrated completed likelihood (Biernacki, Celeux and Govaert 2000):
// BIC − 2 Σ ln p, with p the posterior probability of the row's own class. It punishes
// classes that overlap; lower is better.
func (c *Classes) ICL() float64 { return completed(c.BIC(), c.Posterior, nil) }

// Entropy is the relative entropy of the posterior: 1 if every row clearly
// belongs to one class, 0 if nothing is known (Ramaswamy et al. 1993).
func (c *Classes) Entropy() float64 {
	if len(c.Shares) < 2 {
		return 1
	}
	var h float64
	for _, p := range c.Posterior.Data {
		if p > 0 {
			h -= p * math.Log(p)
		}
	}
	return 1 - h/(float64(c.Rows)*math.Log(float64(len(c.Shares))))
}

// Labels returns the most probable class of each row; ties go to the first.
func (c *Classes) Labels() []int32 { return mostProbable(c.Posterior) }

// Latent fits a latent class model by expectation maximisation (Goodman 1974;
// Dempster, Laird and Rubin 1977): within a class the items are independent and
// multinomial. Equal rows are worked on once.
//
// With covariates the classes' shares are those of a multinomial logistic regression on
// them (Dayton and Macready 1988; Bandeen-Roche et al. 1997): given the class, answers do
// not depend on covariates. Each step raises the logistic regression's part of the
// likelihood by some of Newton's.
//
// It fails on malformed answers, on fewer distinct rows than classes, on labels that
// do not fit, on covariates that do not fit, are not finite or beyond 1e75, do not vary or
// follow from each other, and if ctx ends.
func Latent(ctx context.Context, a *Answers, o Options) (*Classes, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if o.Classes < 1 {
		return nil, fmt.Errorf("%d classes: ask for at least one", o.Classes)
	}
	if err := checkLabels(o.Labels, a.Rows(), o.Classes); err != nil {
		return nil, err
	}
	search(o.Labels != nil, &o.Starts, &o.MaxIter, 5000, &o.Tol, 1e-8, &o.Workers)
	patterns, counts, of := distinct(a)
	if len(counts) < o.Classes {
		return nil, fmt.Errorf("there are %d different rows: too few for %d classes", len(counts), o.Classes)
	}
	logits, err := newLogits(o.Covariates, a.Rows(), o.Classes)
	if err != nil {
		return nil, err
	}
	if logits != nil { // rows differ in what is not among the answers
		patterns, counts, of = apart(a)
	}
	runs := make([]*em, o.Starts)
	errs := make([]error, o.Workers)
	var wg sync.WaitGroup
	for w := range o.Workers {
		wg.Go(func() {
			for s := w; s < o.Starts; s += o.Workers {
				m := newEM(patterns, counts, o)
				m.logits = logits.begin()
				if o.Labels != nil {
					m.assign(o.Labels, of)
				} else {
					m.start(rand.New(rand.NewPCG(o.Seed, uint64(s))))
				}
				if errs[w] = m.run(ctx, o.MaxIter, o.Tol); errs[w] != nil {
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
		if r.likelihood > best.likelihood {
			best = r
		}
	}
	return best.model(of), nil
}

// apart returns every row as a pattern of its own.
func apart(a *Answers) (patterns *Answers, counts []float64, of []int32) {
	counts, of = make([]float64, a.Rows()), make([]int32, a.Rows())
	for i := range of {
		counts[i], of[i] = 1, int32(i)
	}
	return a, counts, of
}

// distinct returns the different rows, how often each occurs, and which of them
// each row is.
func distinct(a *Answers) (patterns *Answers, counts []float64, of []int32) {
	patterns = &Answers{Items: a.Items, Levels: a.Levels}
	seen := map[string]int32{}
	key := make([]byte, 2*a.Items)
	of = make([]int32, a.Rows())
	for i := range of {
		row := a.Codes[i*a.Items : (i+1)*a.Items]
		for j, c := range row {
			key[2*j], key[2*j+1] = byte(c), byte(c>>8)
		}
		p, ok := seen[string(key)]
		if !ok {
			p = int32(len(counts))
			seen[string(key)] = p
			patterns.Codes = append(patterns.Codes, row...)
			counts = append(counts, 0)
		}
		counts[p]++
		of[i] = p
	}
	return patterns, counts, of
}

// checkLabels returns an error if labels, where there are any, are not a class of each row.
func checkLabels(labels []int32, rows, classes int) error {
	if labels == nil {
		return nil
	}
	if len(labels) != rows {
		return fmt.Errorf("there are %d labels for %d rows", len(labels), rows)
	}
	for i, l := range labels {
		if l < 0 || int(l) >= classes {
			return fmt.Errorf("row %d: label %d is not among 0 to %d", i+1, l, classes-1)
		}
	}
	return nil
}
