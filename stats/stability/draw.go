package stability

import (
	"fmt"
	"math/rand/v2"
)

// draws makes bootstrap samples of rows that may occur several times.
type draws struct {
	rows []int32 // the row of each unit
	n    int     // distinct rows
}

func newDraws(weights []float64, n int) (*draws, error) {
	d := &draws{n: n}
	for i := range n {
		times := 1.0
		if weights != nil {
			times = weights[i]
		}
		if times < 0 || times != float64(int(times)) {
			return nil, fmt.Errorf("the weight of row %d is %v: a bootstrap needs whole numbers of rows", i+1, times)
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
