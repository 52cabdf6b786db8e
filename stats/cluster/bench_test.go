package cluster

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds/stats"
)

// groups makes rows around k centres; a small spread separates them.
func groups(n, d, k int, spread float64) (x, start *stats.Matrix) {
	rng := rand.New(rand.NewPCG(11, uint64(n)))
	x, start = stats.NewMatrix(n, d), stats.NewMatrix(k, d)
	centers := stats.NewMatrix(k, d)
	for i := range centers.Data {
		centers.Data[i] = rng.Float64() * 10
	}
	for i := range n {
		c := centers.Row(rng.IntN(k))
		for j := range d {
			x.Row(i)[j] = c[j] + spread*rng.NormFloat64()
		}
	}
	for c := range k {
		copy(start.Row(c), x.Row(c*(n/k)))
	}
	return x, start
}

func BenchmarkKMeans(b *testing.B) {
	for name, spread := range map[string]float64{"separated": 1, "overlapping": 6} {
		x, start := groups(1_000_000, 10, 6, spread)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := KMeans(b.Context(), x, Options{K: 6, Centers: start, Tol: 1e-4})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Iterations), "iterations")
				b.ReportMetric(math.Round(r.WithinSS), "within_ss")
			}
		})
	}
}
