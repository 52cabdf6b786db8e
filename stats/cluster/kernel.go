package cluster

import (
	"math"

	"github.com/kreds/kreds/stats"
)

// kernel compares a row with all centres by |c|² − 2x·c, which orders centres as
// distances do. Centres are interleaved by fours, so that their sums do not wait
// for each other.
type kernel struct {
	d, k   int
	fours  []float64 // by block of four centres, then column: −2c
	norms  []float64 // |c|² by centre, +Inf for those that fill the last block
	widest float64   // the largest |c|²
}

func newKernel(k, d int) *kernel {
	blocks := (k + 3) / 4
	return &kernel{d: d, k: k, fours: make([]float64, blocks*4*d), norms: make([]float64, blocks*4)}
}

// set takes over the centres.
func (kn *kernel) set(centers *stats.Matrix) {
	kn.widest = 0
	for c := range kn.norms {
		kn.norms[c] = math.Inf(1)
		if c >= kn.k {
			continue
		}
		var n float64
		for j, v := range centers.Row(c) {
			n += v * v
			kn.fours[(c/4*kn.d+j)*4+c%4] = -2 * v
		}
		kn.norms[c] = n
		kn.widest = max(kn.widest, n)
	}
}

// plainScores is scores in Go alone.
func (kn *kernel) plainScores(x []float64, rows []int32, out []float64) {
	for _, r := range rows {
		row := x[int(r)*kn.d : int(r+1)*kn.d]
		four := kn.fours
		for c := 0; c < len(kn.norms); c += 4 {
			n := (*[4]float64)(kn.norms[c:])
			a0, a1, a2, a3 := n[0], n[1], n[2], n[3]
			for _, v := range row {
				q := (*[4]float64)(four)
				a0 += v * q[0]
				a1 += v * q[1]
				a2 += v * q[2]
				a3 += v * q[3]
				four = four[4:]
			}
			o := (*[4]float64)(out[c:])
			o[0], o[1], o[2], o[3] = a0, a1, a2, a3
		}
		out = out[len(kn.norms):]
	}
}

// bounds returns, from a row's scores, the nearest centre, at least the distance
// to it, and at most that to the second nearest: rounding is allowed for.
func (kn *kernel) bounds(row, scores []float64) (best int32, up, low float64) {
	s1, s2 := math.Inf(1), math.Inf(1)
	for c, s := range scores[:kn.k] {
		if s < s1 {
			best, s1, s2 = int32(c), s, s1
		} else {
			s2 = min(s2, s)
		}
	}
	var xx float64
	for _, x := range row {
		xx += x * x
	}
	slack := 4e-16 * float64(kn.d+4) * (xx + kn.widest)
	return best, math.Sqrt(max(0, xx+s1+slack)), math.Sqrt(max(0, xx+s2-slack))
}
