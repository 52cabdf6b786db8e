// Package typing makes typing tools: from answers to many questions and the segments
// that were found in them, the few questions that suffice to tell the segment of
// somebody else, and a model that gives the probability of each segment. What is
// observed of everybody can take the place of answers: then the tool assigns those who
// were never asked. It is pure: slices and a seed in, a model out.
package typing

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/kreds/kreds/stats"
)

// mostRows are used of the rows; a sample of them if there are more.
const mostRows = 20_000

// mostEmpty is how many more segments than rows there may be.
const mostEmpty = 1000

// Item is a question with everybody's answers, or something observed of everybody.
type Item struct {
	Values []float64 // by row; NaN is a missing answer
	// Nominal says that values are codes of categories without an order. The 20 most
	// frequent are kept apart, others count as one.
	Nominal bool
}

// Options says how to search. Zero fields have defaults.
type Options struct {
	Folds    int     // of cross-validation; default 10
	MaxItems int     // default 10
	Target   float64 // stop at this accuracy; 0: at the fewest items within a standard error of the best
	Seed     uint64  // of the folds
	Workers  int     // default: the number of processors; it changes no result
}

// Step is what a set of items achieves.
type Step struct {
	Added    int     // the item that was added to those of the steps before
	Accuracy float64 // share of rows assigned to their segment, cross-validated
	Error    float64 // its standard error
	LogLoss  float64 // mean −ln of the probability of the true segment, cross-validated
}

// Tool is a typing tool.
type Tool struct {
	Items []int  // the questions to ask, the most telling first
	Path  []Step // what more and more items achieve: selection by linear discriminants
	Model *Model
	Rows  int // that were used

	// Accuracy is that of the model in rows that had no part in choosing the
	// questions nor in fitting: both are repeated in every fold.
	Accuracy float64
	Error    float64 // its standard error
	Baseline float64 // the accuracy of always naming the largest segment
	LogLoss  float64
	// Confusion counts those same rows by true segment, then by assigned one.
	Confusion [][]int
}

// Build chooses questions by forward selection: at each step the item is added that
// raises the cross-validated accuracy of linear discriminants (Fisher 1936) most, of
// equals the one with the lower log loss. The tool is as short as can be by the rule
// of one standard error (Breiman et al. 1984). Its model is a multinomial logistic
// regression. Rows with a negative label have no segment and are left out, and of
// more than 20,000 rows a seeded sample is used. Missing answers count as average.
//
// It fails if items and labels do not fit, for infinite values and those beyond 1e75,
// for fewer than two segments with rows, if no item varies, and if ctx ends.
func Build(ctx context.Context, items []Item, labels []int32, o Options) (*Tool, error) {
	if o.Folds < 2 {
		o.Folds = 10
	}
	if o.MaxItems <= 0 {
		o.MaxItems = 10
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if err := check(items, labels); err != nil {
		return nil, err
	}
	rows, k := used(labels, o.Seed)
	if k > len(labels)+mostEmpty {
		return nil, fmt.Errorf("there is a label %d for %d rows: number segments from 0", k-1, len(labels))
	}
	sizes := make([]int, k)
	for _, r := range rows {
		sizes[labels[r]]++
	}
	if filled := k - count(sizes, 0); filled < 2 {
		return nil, fmt.Errorf("there are rows of %d segments: two are needed to tell them apart", filled)
	}
	s := &search{items: items, labels: labels, k: k, o: o}
	chosen, path, err := s.choose(ctx, rows, o.Seed)
	if err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no item varies: nothing tells the segments apart")
	}
	t := &Tool{Items: chosen, Path: path, Rows: len(rows), Baseline: float64(slices.Max(sizes)) / float64(len(rows))}
	if t.Model, err = s.fit(ctx, chosen, rows); err != nil {
		return nil, err
	}
	return t, s.judge(ctx, t, rows)
}

func count(values []int, of int) (n int) {
	for _, v := range values {
		if v == of {
			n++
		}
	}
	return n
}

func check(items []Item, labels []int32) error {
	if len(items) == 0 {
		return fmt.Errorf("there are no items")
	}
	for j, item := range items {
		if len(item.Values) != len(labels) {
			return fmt.Errorf("item %d has %d values for %d rows", j+1, len(item.Values), len(labels))
		}
		for i, v := range item.Values {
			if math.Abs(v) > largest {
				return fmt.Errorf("item %d, row %d is %v: leave infinite values out, and scale numbers to below %g", j+1, i+1, v, largest)
			}
		}
	}
	return nil
}

// used returns the rows that have a segment, or a sample of them, in order, and how
// many segments there are.
func used(labels []int32, seed uint64) (rows []int, k int) {
	for i, l := range labels {
		if l >= 0 {
			rows = append(rows, i)
			k = max(k, int(l)+1)
		}
	}
	if len(rows) > mostRows {
		rng := rand.New(rand.NewPCG(seed, 1))
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:mostRows]
		slices.Sort(rows)
	}
	return rows, k
}

// judge measures the whole procedure in rows that had no part in it.
func (s *search) judge(ctx context.Context, t *Tool, rows []int) error {
	t.Confusion = make([][]int, s.k)
	for c := range t.Confusion {
		t.Confusion[c] = make([]int, s.k)
	}
	fold := s.folds(rows, s.o.Seed+1)
	hits := 0
	for f := range s.o.Folds {
		var in, out []int
		for i, r := range rows {
			if fold[i] == f {
				out = append(out, r)
			} else {
				in = append(in, r)
			}
		}
		if len(out) == 0 || len(in) == 0 {
			continue
		}
		chosen, _, err := s.choose(ctx, in, s.o.Seed+2+uint64(f))
		if err != nil {
			return err
		}
		m, err := s.fit(ctx, chosen, in)
		if err != nil {
			return err
		}
		for _, r := range out {
			p := m.row(s.items, chosen, r)
			best := most(p)
			t.Confusion[s.labels[r]][best]++
			if best == int(s.labels[r]) {
				hits++
			}
			t.LogLoss -= math.Log(max(p[s.labels[r]], 1e-12)) / float64(len(rows))
		}
	}
	t.Accuracy, t.Error = accuracy(hits, len(rows))
	return nil
}

// accuracy is hits per rows with its standard error.
func accuracy(hits, rows int) (share, err float64) {
	share = float64(hits) / float64(rows)
	return share, math.Sqrt(share * (1 - share) / float64(rows))
}

// most is the index of the largest value, the first of equals.
func most(values []float64) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

// folds gives each row a fold such that every segment is spread evenly over them.
func (s *search) folds(rows []int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 2))
	of := make([]int, len(rows))
	next := 0
	by := make([][]int, s.k)
	for i, r := range rows {
		by[s.labels[r]] = append(by[s.labels[r]], i)
	}
	for _, members := range by {
		rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		for _, i := range members {
			of[i] = next % s.o.Folds
			next++
		}
	}
	return of
}

// each calls work for 0 to n−1 on the workers.
func (s *search) each(ctx context.Context, n int, work func(i int)) error {
	var wg sync.WaitGroup
	for w := range min(s.o.Workers, n) {
		wg.Go(func() {
			for i := w; i < n && ctx.Err() == nil; i += s.o.Workers {
				work(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// Probabilities returns, for every row, the probability of each segment. The items
// are those of the model, in its order; a row that answered none has the segments'
// shares. It fails if there are others or as many rows in each do not exist.
func (m *Model) Probabilities(items []Item) (*stats.Matrix, error) {
	if len(items) != len(m.Items) || len(items) == 0 {
		return nil, fmt.Errorf("there are answers to %d items where the model asks %d", len(items), len(m.Items))
	}
	n, order := len(items[0].Values), make([]int, len(items))
	for j, item := range items {
		if len(item.Values) != n {
			return nil, fmt.Errorf("item %d has %d values, the first has %d", j+1, len(item.Values), n)
		}
		order[j] = j
	}
	out := stats.NewMatrix(n, len(m.Shares))
	for i := range n {
		copy(out.Row(i), m.row(items, order, i))
	}
	return out, nil
}

// Assign returns the most probable segment of each row of probabilities, the first of
// equals.
func Assign(probabilities *stats.Matrix) []int32 {
	out := make([]int32, probabilities.Rows)
	for i := range out {
		out[i] = int32(most(probabilities.Row(i)))
	}
	return out
}
