package rfm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// FuzzCompute: any customers and cut points give bins, or an error.
func FuzzCompute(f *testing.F) {
	for kind := range uint8(4) {
		f.Add(uint64(kind), uint8(30), uint8(5), kind)
		f.Add(uint64(kind)+9, uint8(3), uint8(2), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, bins, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		value := func() float64 {
			switch kind % 4 {
			case 1:
				return math.Round(rng.NormFloat64())
			case 2:
				return math.Float64frombits(rng.Uint64())
			case 3:
				return math.MaxFloat64 * float64(rng.IntN(3)-1)
			}
			return rng.NormFloat64()
		}
		customers := make([]Customer, rows)
		for i := range customers {
			customers[i] = Customer{value(), value(), value()}
		}
		o := Options{Bins: int(bins % 11), Ties: Ties(seed % 2)}
		if seed%3 == 0 {
			for range int(bins%11) - 1 {
				o.Monetary = append(o.Monetary, value())
			}
			slices.Sort(o.Monetary)
		}
		for range seed % 4 {
			part := func() Range { return Range{rng.IntN(12) - 1, rng.IntN(12) - 1} }
			o.Rules = append(o.Rules, Rule{"a", part(), part(), part()})
		}
		if n := Uncovered(o.Rules, o.Bins); n < 0 || n > o.Bins*o.Bins*o.Bins {
			t.Fatalf("%d scores are not covered", n)
		}
		for _, p := range Overlaps(o.Rules, o.Bins) {
			if p.Scores < 1 {
				t.Fatalf("%+v", p)
			}
		}
		if len(Unreachable(o.Rules, o.Bins)) > len(o.Rules) {
			t.Fatal("more rules than there are cannot be reached")
		}
		r, err := Compute(customers, o)
		if err != nil {
			return
		}
		if o.Bins == 0 {
			o.Bins = 5
		}
		for i, s := range r.Scores {
			for _, b := range []int{s.Recency, s.Frequency, s.Monetary} {
				if b < 1 || b > o.Bins {
					t.Fatalf("customer %+v: score %+v", customers[i], s)
				}
			}
			if r.Groups[i] == "" {
				t.Fatalf("customer %+v has no group", customers[i])
			}
		}
		for _, cuts := range [][]float64{r.Recency, r.Frequency, r.Monetary} {
			if len(cuts) != o.Bins-1 || slices.ContainsFunc(cuts, math.IsNaN) || !slices.IsSorted(cuts) {
				t.Fatalf("cut points %v", cuts)
			}
		}
		if Quantiles(nil, o.Bins) != nil || Quantiles([]float64{1}, int(bins%2)) != nil {
			t.Fatal("quantiles of nothing")
		}
	})
}
