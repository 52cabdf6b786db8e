package audience

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// The value that nth finds is that of the sorted entries, with and without ties.
func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, values := range []int{1, 2, 5, 1000} {
		for _, n := range []int{1, 2, 16, 17, 100, 1000} {
			entries := make([]entry, n)
			for i := range entries {
				entries[i] = entry{float64(r.IntN(values)), uint32(i)}
			}
			sorted := slices.Clone(entries)
			slices.SortFunc(sorted, func(a, b entry) int { return cmp.Compare(b.value, a.value) })
			for k := 1; k <= n; k += 1 + n/7 {
				if got, want := nth(slices.Clone(entries), k), sorted[k-1].value; got != want {
					t.Errorf("%d entries of %d values, place %d: got %v, want %v", n, values, k, got, want)
				}
			}
		}
	}
}
