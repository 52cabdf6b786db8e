package cluster

import (
	"math"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestSphericalIris: the best of 3,000 starts of the plain algorithm, computed
// independently with NumPy.
func TestSphericalIris(t *testing.T) {
	x, species := iris(t)
	for k, want := range map[int]float64{1: 6.751297199768, 2: 0.554961047473, 3: 0.322857440953, 4: 0.269428502026, 5: 0.230888710061} {
		r, err := SphericalKMeans(t.Context(), x, Options{K: k, Starts: 30, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "within SS", r.WithinSS, want, 1e-11)
		for c := range k {
			near(t, "length of a centre", length(r.Centers.Row(c)), 1, 1e-12)
		}
		if k == 3 {
			for i, want := range []float64{55, 50, 45} {
				near(t, "size", r.Sizes[i], want, 0)
			}
			near(t, "adjusted Rand index", AdjustedRand(r.Labels, species, nil), 0.9038742318, 1e-9)
		}
	}
}

// TestSphericalMcDonalds: the best of 500 starts with NumPy on the survey without
// its four rows of zeros, for which no exchange was made: at most that.
func TestSphericalMcDonalds(t *testing.T) {
	x := mcdonalds(t)
	some := &stats.Matrix{Cols: x.Cols}
	for i := range x.Rows {
		if length(x.Row(i)) > 0 {
			some.Data = append(some.Data, x.Row(i)...)
			some.Rows++
		}
	}
	rows, weights, _ := some.Distinct()
	for k, want := range map[int]float64{2: 396.728209308, 3: 331.070263740, 4: 284.613800034} {
		r, err := SphericalKMeans(t.Context(), rows, Options{K: k, Starts: 30, Seed: 1, Weights: weights})
		if err != nil {
			t.Fatal(err)
		}
		if r.WithinSS > want+1e-8 {
			t.Errorf("k = %d: %v, want at most %v", k, r.WithinSS, want)
		}
		plain, err := SphericalKMeans(t.Context(), some, Options{K: k, Centers: r.Centers})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "over repeated rows", plain.WithinSS, r.WithinSS, 1e-9)
	}
	if _, err := SphericalKMeans(t.Context(), x, Options{K: 2}); err == nil || !strings.Contains(err.Error(), "all zeros") {
		t.Errorf("rows of zeros: error %v", err)
	}
}

// TestSphericalDirections: length is of no matter, opposite rows are far apart,
// and rows that cancel each other out leave no NaN.
func TestSphericalDirections(t *testing.T) {
	x := &stats.Matrix{Rows: 6, Cols: 2, Data: []float64{1, 0, 1e300, 0, 1e-300, 1e-302, -1, 0, -5, .1, -1e200, 0}}
	r, err := SphericalKMeans(t.Context(), x, Options{K: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range r.Labels {
		if (l == r.Labels[0]) != (i < 3) {
			t.Errorf("labels %v", r.Labels)
			break
		}
	}
	opposite := &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{1, 2, -1, -2}}
	if r, err = SphericalKMeans(t.Context(), opposite, Options{K: 1}); err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(r.WithinSS) || math.IsNaN(r.Centers.Data[0]) {
		t.Errorf("opposite rows: %+v", r)
	}
	near(t, "within SS of opposite rows", r.WithinSS, 4, 1e-12)
	same := &stats.Matrix{Rows: 3, Cols: 2, Data: []float64{1, 3, 2, 6, .1, .3}}
	if _, err = SphericalKMeans(t.Context(), same, Options{K: 2}); err == nil || !strings.Contains(err.Error(), "1 different directions") {
		t.Errorf("one direction: error %v", err)
	}
	zeros := stats.NewMatrix(3, 2)
	if _, err = SphericalKMeans(t.Context(), zeros, Options{K: 1}); err == nil || !strings.Contains(err.Error(), "row 1 is all zeros") {
		t.Errorf("zeros: error %v", err)
	}
}
