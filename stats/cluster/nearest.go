package cluster

import (
	"math"

	"github.com/kreds/kreds/stats"
)

// direct compares rows with all centres by the squares of differences, which loses
// no digits however far the data is from 0. Centres are interleaved by fours.
type direct struct {
	d       int
	lanes   []float64 // by block of four centres, then column
	numbers []float64 // 0, 1, 2, … as the lanes hold them
}

func newDirect(k, d int) *direct {
	n := (k + 3) / 4 * 4
	di := &direct{d: d, lanes: make([]float64, n*d), numbers: make([]float64, n)}
	for c := range di.numbers {
		di.numbers[c] = float64(c)
	}
	return di
}

// set takes over the centres. Lanes without a centre are infinitely far.
func (di *direct) set(centers *stats.Matrix) {
	for c := range di.numbers {
		for j := range di.d {
			v := math.Inf(1)
			if c < centers.Rows {
				v = centers.Row(c)[j]
			}
			di.lanes[(c/4*di.d+j)*4+c%4] = v
		}
	}
}

// plainNearest is nearest in Go alone.
func (di *direct) plainNearest(x []float64, labels []int32) {
	for i := range labels {
		row := x[i*di.d : (i+1)*di.d]
		best, least := 0, math.Inf(1)
		lanes := di.lanes
		for c := 0; c < len(di.numbers); c += 4 {
			var s0, s1, s2, s3 float64
			for _, v := range row {
				q := (*[4]float64)(lanes)
				a, b, e, f := v-q[0], v-q[1], v-q[2], v-q[3]
				s0 += a * a
				s1 += b * b
				s2 += e * e
				s3 += f * f
				lanes = lanes[4:]
			}
			for l, s := range [4]float64{s0, s1, s2, s3} {
				if s < least {
					best, least = c+l, s
				}
			}
		}
		labels[i] = int32(best)
	}
}
