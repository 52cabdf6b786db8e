package density

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestValidity: validity_index of the Python package hdbscan 0.8. Core distances make many
// steps equally long, and which of them a minimum spanning tree takes decides which rows
// are inner ones; hence the tolerance. Where few are equal the figures are the same.
func TestValidity(t *testing.T) {
	moons := points(t, "moons.csv")
	iris := numbers(t, "iris.csv", 4)
	faithful := numbers(t, "faithful.csv", 2)
	found, err := HDBSCAN(t.Context(), moons, Options{MinPoints: 5})
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Sorted(func(yield func(float64) bool) {
		for i := range moons.Rows {
			if !yield(moons.Row(i)[0]) {
				return
			}
		}
	})
	middle := (column[49] + column[50]) / 2
	by := func(n int, of func(i int) int32) []int32 {
		labels := make([]int32, n)
		for i := range labels {
			labels[i] = of(i)
		}
		return labels
	}
	yes := func(b bool) int32 {
		if b {
			return 1
		}
		return 0
	}
	for _, c := range []struct {
		name   string
		x      *stats.Matrix
		labels []int32
		want   float64
		within float64
	}{
		{"moons by density", moons, found.Labels, .36911192357785355, .09},
		{"moons cut at the median of X", moons, by(100, func(i int) int32 { return yes(moons.Row(i)[0] > middle) }), -.05535426447001072, 1e-12},
		{"iris by species", iris, by(150, func(i int) int32 { return int32(i / 50) }), -.009362824610027187, .09},
		{"iris, setosa or not", iris, by(150, func(i int) int32 { return yes(i >= 50) }), .6204492461686135, .09},
		{"a tenth noise", iris, by(150, func(i int) int32 {
			if i%10 == 0 {
				return Noise
			}
			return yes(i >= 50)
		}), .5881750730553178, .01},
		{"faithful, eruptions over 3", faithful, by(272, func(i int) int32 { return yes(faithful.Row(i)[0] > 3) }), -.4706141926493925, .09},
	} {
		got, err := Validity(t.Context(), c.x, c.labels)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-c.want) > c.within {
			t.Errorf("%s: %v, want %v ± %v", c.name, got, c.want, c.within)
		}
	}
}

// TestValidityByHand: of the places 0, 1, 2 the middle one is the only inner row; the
// longest step is the core distance 4/3 of the outer ones. Of 0, 1, 2, 3 the inner rows
// are 1 and 2, and the step between them is as long as their core distance 1.2.
func TestValidityByHand(t *testing.T) {
	for _, c := range []struct {
		places []float64
		labels []int32
		want   float64
	}{
		{[]float64{0, 1, 2, 10, 11, 12}, []int32{4, 4, 4, 7, 7, 7}, (10 - 4./3) / 10},
		{[]float64{0, 1, 2, 3, 13, 14, 15, 16}, []int32{0, 0, 0, 0, 1, 1, 1, 1}, (12 - 1.2) / 12},
		{[]float64{0, 1, 2, 3, 13, 14, 15, 16, 99, 98}, []int32{0, 0, 0, 0, 1, 1, 1, 1, -1, -1}, .8 * (12 - 1.2) / 12},
	} {
		got, err := Validity(t.Context(), &stats.Matrix{Rows: len(c.places), Cols: 1, Data: c.places}, c.labels)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: %v, %v, want %v", c.places, got, err, c.want)
		}
	}
}

// TestValidityEdges: what has no figure has 0, and what makes no sense is refused.
func TestValidityEdges(t *testing.T) {
	x := &stats.Matrix{Rows: 4, Cols: 1, Data: []float64{1, 1, 5, 5}}
	for name, c := range map[string]struct {
		labels []int32
		want   float64
	}{
		"one group":         {[]int32{0, 0, 0, 0}, 0},
		"noise alone":       {[]int32{-1, -1, -1, -1}, 0},
		"groups of one row": {[]int32{0, 1, 2, 3}, 0},
		// Two points of equal rows are as far apart as can be.
		"two points": {[]int32{0, 0, 1, 1}, 1},
	} {
		got, err := Validity(t.Context(), x, c.labels)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		x      *stats.Matrix
		labels []int32
	}{
		"too few labels": {x, []int32{0}},
		"not a number":   {&stats.Matrix{Rows: 2, Cols: 1, Data: []float64{1, math.NaN()}}, []int32{0, 1}},
		"huge":           {&stats.Matrix{Rows: 2, Cols: 1, Data: []float64{1, 1e80}}, []int32{0, 1}},
		"empty":          {&stats.Matrix{}, nil},
	} {
		if got, err := Validity(t.Context(), c.x, c.labels); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// FuzzValidity: always from −1 to 1.
func FuzzValidity(f *testing.F) {
	f.Add(uint64(1), 12, 2, 3)
	f.Add(uint64(2), 40, 30, 2)
	f.Add(uint64(3), 2, 1, 2)
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, groups int) {
		if rows < 1 || rows > 60 || cols < 1 || cols > 300 || groups < 1 || groups > 60 {
			return
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(rows, cols)
		for i := range x.Data {
			x.Data[i] = math.Round(rng.NormFloat64()*3) * math.Pow(10, float64(rng.IntN(60)-30))
		}
		labels := make([]int32, rows)
		for i := range labels {
			labels[i] = int32(rng.IntN(groups+1)) - 1
		}
		if v, err := Validity(t.Context(), x, labels); err != nil || !(v >= -1 && v <= 1) {
			t.Fatalf("%v, %v", v, err)
		}
	})
}
