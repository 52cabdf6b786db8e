package audience

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The ends are those numbers of members beyond which the sample has a chance of no
// more than 2.5 %, added up here over all possible samples.
func TestMemberRange(t *testing.T) {
	chance := func(k, n, members, population int64) float64 {
		choose := func(n, k int64) float64 {
			if k < 0 || k > n {
				return 0
			}
			out := 1.0
			for i := range k {
				out *= float64(n-i) / float64(i+1)
			}
			return out
		}
		return choose(members, k) * choose(population-members, n-k) / choose(population, n)
	}
	for _, c := range []struct{ n, population int64 }{{1, 1}, {1, 10}, {10, 10}, {9, 10}, {5, 40}, {20, 60}, {31, 100}} {
		for x := range c.n + 1 {
			low, high := memberRange(x, c.n, c.population)
			for members := range c.population + 1 {
				more, fewer := 0.0, 0.0
				for k := range c.n + 1 {
					if k >= x {
						more += chance(k, c.n, members, c.population)
					}
					if k <= x {
						fewer += chance(k, c.n, members, c.population)
					}
				}
				if math.Abs(more-tail) < 1e-9 || math.Abs(fewer-tail) < 1e-9 {
					continue // as good on either side
				}
				if want := more > tail && fewer > tail; want != (low <= members && members <= high) {
					t.Errorf("%d of a sample of %d of %d: %d to %d, but %d members are possible: %v", x, c.n, c.population, low, high, members, want)
				}
			}
		}
	}
}

// Of samples of a large population, at least 95 % have the members in their range,
// for common members and rare ones. Seed 1; the bound allows for three standard
// deviations of 2000 draws.
func TestMemberRangeHolds(t *testing.T) {
	const population, n, draws = 100_000, 3_000, 2_000
	r := rand.New(rand.NewPCG(1, 1))
	for _, members := range []int64{0, 1, 20, 500, 10_000, 50_000, 99_990} {
		held := 0
		for range draws {
			x, left := int64(0), members
			for i := range int64(n) {
				if r.Int64N(population-i) < left {
					x, left = x+1, left-1
				}
			}
			if low, high := memberRange(x, n, population); low <= members && members <= high {
				held++
			}
		}
		if share := float64(held) / draws; share < 0.95-3*math.Sqrt(0.95*0.05/draws) {
			t.Errorf("%d members: %.3f of the ranges hold them", members, share)
		}
	}
}

// Samples of similar expressions begin all over the buckets.
func TestSampleOf(t *testing.T) {
	seen := map[int]bool{}
	for i := range 1000 {
		b := sampleOf(fmt.Sprintf("sum(amount) of purchase within last %d days >= %d", i%30, i/30))
		if b.Count() != estimateBuckets || b.From < 0 || b.To > 1023 {
			t.Fatalf("buckets %v", b)
		}
		seen[b.From/32] = true
	}
	if len(seen) != 32-1 && len(seen) != 32 {
		t.Errorf("%d of 32 parts have begins", len(seen))
	}
}
