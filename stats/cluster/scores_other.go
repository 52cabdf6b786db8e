//go:build !amd64

package cluster

// scores writes, for each of the rows, |c|² − 2x·c of all centres, a multiple of
// four of them, to out.
func (kn *kernel) scores(x []float64, rows []int32, out []float64) { kn.plainScores(x, rows, out) }
