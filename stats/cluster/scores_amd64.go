package cluster

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// scoresAVX2 is scores for processors with AVX2 and FMA.
//
//go:noescape
func scoresAVX2(x *float64, rows *int32, n, d int, fours, norms *float64, blocks int, out *float64)

// scores writes, for each of the rows, |c|² − 2x·c of all centres, a multiple of
// four of them, to out.
func (kn *kernel) scores(x []float64, rows []int32, out []float64) {
	if !hasAVX2 {
		kn.plainScores(x, rows, out)
		return
	}
	if len(rows) > 0 {
		scoresAVX2(&x[0], &rows[0], len(rows), kn.d, &kn.fours[0], &kn.norms[0], len(kn.norms)/4, &out[0])
	}
}
