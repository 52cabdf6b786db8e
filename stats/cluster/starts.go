package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/kreds/kreds/stats"
)

// largest bounds values and weights where distances are squared and summed: no
// sum below it overflows.
const largest = 1e75

// moderate returns an error if a value or a weight is too large to be squared
// and summed.
func moderate(x *stats.Matrix, weights []float64) error {
	for i, v := range x.Data {
		if math.Abs(v) > largest {
			return fmt.Errorf("row %d, column %d is %v: scale values to below %g", i/x.Cols+1, i%x.Cols+1, v, largest)
		}
	}
	for i, w := range weights {
		if w > largest {
			return fmt.Errorf("the weight of row %d is %v: scale weights to below %g", i+1, w, largest)
		}
	}
	return nil
}

// attempts calls run for every start, each with its own generator, on several
// workers, and returns what they return in the order of the starts.
func attempts[T any](ctx context.Context, starts, workers int, seed uint64, run func(start int, rng *rand.Rand) (T, error)) ([]T, error) {
	out := make([]T, starts)
	errs := make([]error, starts)
	workers = min(workers, starts)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for s := w; s < starts; s += workers {
				if errs[s] = ctx.Err(); errs[s] != nil {
					return
				}
				if out[s], errs[s] = run(s, rand.New(rand.NewPCG(seed, uint64(s)))); errs[s] != nil {
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
	return out, nil
}

// weightOf is the weight of a row; nil weights are ones.
func weightOf(weights []float64, i int) float64 {
	if weights == nil {
		return 1
	}
	return weights[i]
}

// drawRow returns a row with probability in proportion to weight times share;
// nil shares are ones. It is −1 if all of these are 0.
func drawRow(rng *rand.Rand, n int, weights, share []float64) int {
	value := func(i int) float64 {
		v := weightOf(weights, i)
		if share != nil {
			v *= share[i]
		}
		return v
	}
	var total float64
	for i := range n {
		total += value(i)
	}
	at := rng.Float64() * total
	last := -1
	for i := range n {
		v := value(i)
		if v <= 0 {
			continue
		}
		last = i
		if at -= v; at < 0 {
			break
		}
	}
	return last
}

// spreadRows returns k rows drawn as k-means++ does, in proportion to their
// distance from the nearest row drawn before, the best of 2+ln k candidates at
// each step.
func spreadRows(rng *rand.Rand, x *stats.Matrix, weights []float64, k int, distance func(a, b []float64) float64) []int {
	trials := 2 + int(math.Log(float64(k)))
	rows := make([]int, 1, k)
	rows[0] = drawRow(rng, x.Rows, weights, nil)
	near, try, best := make([]float64, x.Rows), make([]float64, x.Rows), make([]float64, x.Rows)
	for i := range near {
		near[i] = distance(x.Row(i), x.Row(rows[0]))
	}
	for len(rows) < k {
		least, chosen := math.Inf(1), -1
		for range trials {
			row := drawRow(rng, x.Rows, weights, near)
			if row < 0 {
				break
			}
			var sum float64
			for i, d := range near {
				try[i] = min(d, distance(x.Row(i), x.Row(row)))
				sum += weightOf(weights, i) * try[i]
			}
			if sum < least {
				least, chosen = sum, row
				best, try = try, best
			}
		}
		if chosen < 0 { // only rounding separates the rows that are left
			rows = append(rows, rows[0])
			continue
		}
		near, best = best, near
		rows = append(rows, chosen)
	}
	return rows
}

// distinctRows returns the first of each of the different rows of positive weight.
func distinctRows(x *stats.Matrix, weights []float64) (first []int32) {
	_, count, of := x.Distinct()
	seen := make([]bool, len(count))
	for i, d := range of {
		if weightOf(weights, i) > 0 && !seen[d] {
			seen[d] = true
			first = append(first, int32(i))
		}
	}
	return first
}

// randomRows returns k of the different rows, all as likely, again from the first if
// there are fewer.
func randomRows(rng *rand.Rand, distinct []int32, k int) []int {
	rows := make([]int, k)
	for i, at := range rng.Perm(len(distinct)) {
		if i < k {
			rows[i] = int(distinct[at])
		}
	}
	for i := len(distinct); i < k; i++ {
		rows[i] = rows[i-len(distinct)]
	}
	return rows
}

// begin places the centres of one start.
func (o *Options) begin(rng *rand.Rand, x *stats.Matrix, distance func(a, b []float64) float64) *stats.Matrix {
	centers := stats.NewMatrix(o.K, x.Cols)
	if o.Centers != nil {
		copy(centers.Data, o.Centers.Data)
		return centers
	}
	var rows []int
	if o.Init == RandomRows {
		rows = randomRows(rng, distinctRows(x, o.Weights), o.K)
	} else {
		rows = spreadRows(rng, x, o.Weights, o.K, distance)
	}
	for c, row := range rows {
		copy(centers.Row(c), x.Row(row))
	}
	return centers
}

// bestOf returns the result with the lowest criterion, the first of equals.
func bestOf(runs []*Result) *Result {
	best := runs[0]
	for _, r := range runs[1:] {
		if r.WithinSS < best.WithinSS {
			best = r
		}
	}
	return best
}

// loneliest returns the row of positive weight that is farthest from its own
// centre and is not alone with it, −1 if there is none.
func loneliest(distance []float64, labels []int32, weights, sizes []float64) int {
	best, most := -1, 0.0
	for i, d := range distance {
		if w := weightOf(weights, i); w > 0 && d > most && sizes[labels[i]] > w {
			best, most = i, d
		}
	}
	return best
}
