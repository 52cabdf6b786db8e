package stability

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds/stats"
)

func share(t *testing.T, what string, values ...float64) {
	t.Helper()
	for _, v := range values {
		if !(v >= -1e-9 && v <= 1+1e-9) {
			t.Fatalf("%s is %v", what, v)
		}
	}
}

// FuzzStability: any rows, weights and partitions, fitting or not, give shares and
// indices, or an error.
func FuzzStability(f *testing.F) {
	for kind := range uint8(8) {
		f.Add(uint64(kind), uint8(20), uint8(2), uint8(3), kind)
		f.Add(uint64(kind)+90, uint8(7), uint8(1), uint8(7), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(int(rows%40), int(cols%4))
		for i := range x.Data {
			v := rng.NormFloat64()
			switch kind % 4 {
			case 1:
				v = math.Round(v)
			case 2:
				v = math.Ldexp(v, rng.IntN(480)-240)
			case 3:
				v = math.Float64frombits(rng.Uint64())
			}
			x.Data[i] = v
		}
		var weights []float64
		if kind/4%2 == 1 {
			for range x.Rows + int(seed%5/4) {
				weights = append(weights, []float64{0, 1, 1, 2, 3, .5, 1e12}[rng.IntN(5+int(seed%9/4))])
			}
		}
		label := func() int32 { return rng.Int32N(int32(k%8)+2) - int32(seed%2) }
		one, other := make([]int32, x.Rows+int(seed%7/6)), make([]int32, x.Rows)
		for i := range one {
			one[i] = label()
		}
		for i := range other {
			other[i] = label()
		}
		number := int(k % 8)
		o := Options{Pairs: 2, Starts: 1, Seed: seed, Workers: 1}
		partitions := map[int][]int32{number: one}
		check := func(studies []Study, err error) {
			if err != nil {
				return
			}
			for _, s := range studies {
				for _, g := range append(s.Global, Mean(s.Global), Median(s.Global)) {
					if !(g >= -1-1e-9 && g <= 1+1e-9) {
						t.Fatalf("adjusted Rand index %v", g)
					}
				}
				for _, w := range s.Within {
					share(t, "Jaccard index", w...)
				}
			}
		}
		check(Bootstrap(t.Context(), x, weights, []int{number}, partitions, o))
		check(Resample(t.Context(), x.Rows, []int{number}, partitions, func(context.Context, []int, int, uint64) ([]int32, error) {
			return other, nil
		}, o))
		share(t, "across", Across(one, other, weights)...)
		share(t, "found again", Recovered(one, other, weights, label()))
	})
}
