package stability

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
)

// draws makes bootstrap samples of rows that may occur several times.
type draws struct {
	rows []int32 // the row of each unit
	n    int     // distinct rows
}

// mostUnits bounds the rows that a sample draws, repeated ones included.
const mostUnits = 1 << 26

func newDraws(weights []float64, n int) (*draws, error) {
	if weights != nil && len(weights) != n {
		return nil, fmt.Errorf("there are %d weights for %d rows", len(weights), n)
	}
	d := &draws{n: n}
	for i := range n {
		times := 1.0
		if weights != nil {
			times = weights[i]
		}
		if !(times >= 0) || times != math.Trunc(times) {
			return nil, fmt.Errorf("the weight of row %d is %v: a bootstrap needs whole numbers of rows", i+1, times)
		}
		if times > float64(mostUnits-len(d.rows)) {
			return nil, fmt.Errorf("the weights stand for more than %d rows: draw from a sample of them", mostUnits)
		}
		for range int(times) {
			d.rows = append(d.rows, int32(i))
		}
	}
	return d, nil
}

// sample draws as many units as there are and returns how often each row came.
func (d *draws) sample(rng *rand.Rand) []float64 {
	counts := make([]float64, d.n)
	for range d.rows {
		counts[d.rows[rng.IntN(len(d.rows))]]++
	}
	return counts
}

// sampleFor draws until a sample holds k different rows.
func (d *draws) sampleFor(ctx context.Context, x *stats.Matrix, k int, rng *rand.Rand) ([]float64, error) {
	for range mostDraws {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if sample := d.sample(rng); cluster.Possible(x, sample, k) == nil {
			return sample, nil
		}
	}
	return nil, fmt.Errorf("none of %d samples holds %d different rows: ask for fewer segments", mostDraws, k)
}

// mostDraws is how often a sample that holds too few different rows is drawn again.
const mostDraws = 1000
