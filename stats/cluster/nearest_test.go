package cluster

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/stats"
)

// The kernel finds what distances computed one by one find, and of equal ones the
// first, for all shapes.
func TestNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for k := 1; k <= 19; k++ {
		for d := 1; d <= 13; d++ {
			x, centers := stats.NewMatrix(100, d), stats.NewMatrix(k, d)
			for i := range x.Data {
				// Whole numbers far from 0: ties are exact, and nothing cancels out.
				x.Data[i] = 1e9 + float64(rng.IntN(4))
			}
			for i := range centers.Data {
				centers.Data[i] = 1e9 + float64(rng.IntN(4))
			}
			di := newDirect(k, d)
			di.set(centers)
			got, plain := make([]int32, x.Rows), make([]int32, x.Rows)
			di.nearest(x.Data, got)
			di.plainNearest(x.Data, plain)
			if want := Assign(x, centers); !slices.Equal(got, want) || !slices.Equal(plain, want) {
				t.Fatalf("%d centres of %d columns: %v, in Go %v, want %v", k, d, got, plain, want)
			}
		}
	}
}

// Rows far from 0 are assigned as those near it.
func TestFarFromZero(t *testing.T) {
	x, start := groups(5000, 4, 5, 3)
	for i := range x.Data {
		x.Data[i] = float64(int(x.Data[i] * 1024))
	}
	for c := range 5 {
		copy(start.Row(c), x.Row(c*1000))
	}
	moved := func(shift float64) *Result {
		y, s := stats.NewMatrix(x.Rows, 4), stats.NewMatrix(5, 4)
		for i, v := range x.Data {
			y.Data[i] = v + shift
		}
		for i, v := range start.Data {
			s.Data[i] = v + shift
		}
		r, err := KMeans(t.Context(), y, Options{K: 5, Centers: s})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a, b := moved(0), moved(1<<40)
	if agreement := AdjustedRand(a.Labels, b.Labels, nil); agreement < .999 {
		t.Errorf("agreement %v", agreement)
	}
}
