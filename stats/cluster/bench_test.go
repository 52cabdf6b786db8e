package cluster

import (
	"math"
	"math/rand/v2"
	"strconv"
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

// BenchmarkRows: ten times the rows are to take at most eleven times as long, for
// the same number of iterations.
func BenchmarkRows(b *testing.B) {
	once := Options{K: 6, Starts: 1, MaxIter: 10, Workers: 1, LloydOnly: true}
	methods := []struct {
		name string
		run  func(b *testing.B, x *stats.Matrix) error
	}{
		{"kmeans", func(b *testing.B, x *stats.Matrix) error { _, err := KMeans(b.Context(), x, once); return err }},
		{"kmedians", func(b *testing.B, x *stats.Matrix) error { _, err := KMedians(b.Context(), x, once); return err }},
		{"spherical", func(b *testing.B, x *stats.Matrix) error { _, err := SphericalKMeans(b.Context(), x, once); return err }},
		{"kprototypes", func(b *testing.B, x *stats.Matrix) error {
			c := &Categories{Cols: 4}
			for i := range x.Rows {
				for j := range c.Cols {
					c.Codes = append(c.Codes, int32(max(0, x.Row(i)[j])))
				}
			}
			_, err := KPrototypes(b.Context(), x, c, PrototypeOptions{K: 6, Starts: 1, Init: Huang, MaxIter: 10})
			return err
		}},
		{"gaps", func(b *testing.B, x *stats.Matrix) error {
			_, err := Gaps(b.Context(), x, GapOptions{MaxK: 3, References: 2, Starts: 1})
			return err
		}},
	}
	for _, m := range methods {
		for _, rows := range []int{1000, 10_000, 100_000} {
			x, _ := groups(rows, 6, 6, 6)
			b.Run(m.name+"/"+strconv.Itoa(rows), func(b *testing.B) {
				for b.Loop() {
					if err := m.run(b, x); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkHierarchical: time grows with the square of the rows.
func BenchmarkHierarchical(b *testing.B) {
	for name, linkage := range map[string]Linkage{"ward": Ward, "average": Average} {
		for _, rows := range []int{1000, 2000, 4000} {
			x, _ := groups(rows, 6, 6, 6)
			b.Run(name+"/"+strconv.Itoa(rows), func(b *testing.B) {
				for b.Loop() {
					if _, err := Hierarchical(b.Context(), x, HierarchyOptions{Linkage: linkage}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkMedoids: time grows with the square of the rows, and with the swaps.
func BenchmarkMedoids(b *testing.B) {
	for _, rows := range []int{1000, 2000, 4000} {
		x, _ := groups(rows, 6, 6, 6)
		d, err := Euclidean(x)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			for b.Loop() {
				m, err := KMedoids(b.Context(), d, rows, MedoidOptions{K: 6})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(m.Swaps), "swaps")
			}
		})
	}
}
