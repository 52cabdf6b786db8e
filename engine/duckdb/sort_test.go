package duckdb

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSortFloats holds the order to that of slices.Sort, of all lengths and kinds.
func TestSortFloats(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	odd := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 1, -1}
	for _, n := range []int{0, 1, fewFloats - 1, fewFloats, 3 * fewFloats} {
		xs := make([]float64, n)
		for i := range xs {
			switch r.IntN(4) {
			case 0:
				xs[i] = odd[r.IntN(len(odd))]
			case 1:
				xs[i] = float64(r.IntN(50) - 25)
			default:
				xs[i] = r.NormFloat64() * math.Pow(10, float64(r.IntN(40)-20))
			}
		}
		want := slices.Clone(xs)
		slices.Sort(want)
		sortFloats(xs)
		if !slices.Equal(xs, want) { // −0 equals 0
			t.Errorf("%d numbers are not in order", n)
		}
	}
}

func BenchmarkSortFloats(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	xs := make([]float64, 1<<20)
	for b.Loop() {
		for i := range xs {
			xs[i] = r.ExpFloat64()
		}
		sortFloats(xs)
	}
}
