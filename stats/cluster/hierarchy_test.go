package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestHierarchyIris: adjusted Rand indices of R's hclust and scikit-learn 1.2.1,
// heights of SciPy's linkage.
func TestHierarchyIris(t *testing.T) {
	x, species := iris(t)
	for linkage, c := range map[Linkage]struct {
		ari     float64
		sizes   []int
		highest []float64 // the last four heights
		sum     float64
	}{
		Ward:     {.7311985568, []int{64, 50, 36}, []float64{4.8477085, 6.3994068, 12.3003961, 32.447607}, 138.16224196},
		Average:  {.7591987071, []int{64, 50, 36}, []float64{1.3809937, 1.7855665, 1.9636141, 4.0626827}, math.NaN()},
		Complete: {.6422512518, []int{72, 50, 28}, []float64{2.4289916, 3.2109189, 4.0249224, 7.0851958}, math.NaN()},
		Single:   {.5637510205, []int{98, 50, 2}, []float64{.6480741, .7348469, .8185353, 1.6401219}, 43.52377964},
	} {
		h, err := Hierarchical(t.Context(), x, HierarchyOptions{Linkage: linkage})
		if err != nil {
			t.Fatal(err)
		}
		labels, err := h.Cut(3)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "adjusted Rand index", AdjustedRand(labels, species, nil), c.ari, 1e-9)
		sizes := make([]int, 3)
		for _, l := range labels {
			sizes[l]++
		}
		if !slices.Equal(sizes, c.sizes) {
			t.Errorf("linkage %d: sizes %v, want %v", linkage, sizes, c.sizes)
		}
		var sum float64
		for _, m := range h.Merges {
			sum += m.Height
		}
		if !math.IsNaN(c.sum) { // the others' depends on the order of equal distances
			near(t, "sum of heights", sum, c.sum, 1e-6)
		}
		for i, want := range c.highest {
			near(t, "height", h.Merges[len(h.Merges)-4+i].Height, want, 1e-6)
		}
	}
}

// TestHierarchyOfItems: R's hclust(dist(t(x))), complete linkage, of the
// McDonald's survey: heights and the order of the leaves.
func TestHierarchyOfItems(t *testing.T) {
	x := mcdonalds(t)
	items := stats.NewMatrix(x.Cols, x.Rows)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			items.Row(j)[i] = v
		}
	}
	h, err := Hierarchical(t.Context(), items, HierarchyOptions{Linkage: Complete})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{13.82, 15.13, 16.91, 18.30, 22.38, 25.18, 25.20, 26.70, 29.53, 35.50} {
		near(t, "height", h.Merges[i].Height, want, .006)
	}
	names := strings.Fields("yummy convenient spicy fattening greasy fast cheap tasty expensive healthy disgusting")
	want := strings.Fields("yummy tasty cheap fattening convenient fast spicy healthy greasy expensive disgusting")
	var leaves []string
	for _, i := range h.Leaves() {
		leaves = append(leaves, names[i])
	}
	if !slices.Equal(leaves, want) {
		t.Errorf("leaves %v, want %v", leaves, want)
	}
}

// TestWardHeights: half the squared height is what a merge adds to the within sum
// of squares, at every cut.
func TestWardHeights(t *testing.T) {
	x, _ := iris(t)
	rows, weights, of := x.Distinct()
	h, err := Hierarchical(t.Context(), x, HierarchyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	weighted, err := Hierarchical(t.Context(), rows, HierarchyOptions{Weights: weights})
	if err != nil {
		t.Fatal(err)
	}
	var added float64
	for k := x.Rows; k >= 1; k-- {
		labels, err := h.Cut(k)
		if err != nil {
			t.Fatal(err)
		}
		if k < x.Rows {
			added += h.Merges[x.Rows-k-1].Height * h.Merges[x.Rows-k-1].Height / 2
		}
		_, size, ss := spreads(x, labels, nil)
		var within float64
		for _, v := range ss {
			within += v
		}
		if len(size) != k || !slices.IsSortedFunc(size, func(a, b float64) int { return int(b - a) }) {
			t.Fatalf("cut into %d: sizes %v", k, size)
		}
		near(t, "within sum of squares", within, added, 1e-9)
		if k > 20 {
			continue
		}
		fewer, err := weighted.Cut(k)
		if err != nil {
			t.Fatal(err)
		}
		repeated := make([]int32, x.Rows)
		for i, d := range of {
			repeated[i] = fewer[d]
		}
		near(t, "agreement of repeated and weighted rows", AdjustedRand(labels, repeated, nil), 1, 0)
	}
}

// TestTies: a grid is all ties; the hierarchy is whole whatever merges first.
func TestTies(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for trial := range 60 {
		n := 1 + rng.IntN(120)
		x := stats.NewMatrix(n, 2)
		for i := range x.Data {
			x.Data[i] = float64(rng.IntN(7)) / 3
		}
		linkage := Linkage(trial % 4)
		h, err := Hierarchical(t.Context(), x, HierarchyOptions{Linkage: linkage})
		if err != nil {
			t.Fatal(err)
		}
		used := make([]bool, 2*n)
		last := 0.0
		for i, m := range h.Merges {
			if m.A >= m.B || m.B >= n+i || used[m.A] || used[m.B] || m.Height < last {
				t.Fatalf("linkage %d, merge %d of %d rows: %+v after height %v", linkage, i, n, m, last)
			}
			used[m.A], used[m.B], last = true, true, m.Height
		}
		if len(h.Merges) != n-1 || n > 1 && h.Merges[n-2].Size != float64(n) {
			t.Fatalf("%d merges of %d rows", len(h.Merges), n)
		}
		leaves := h.Leaves()
		slices.Sort(leaves)
		if len(slices.Compact(leaves)) != n {
			t.Fatalf("%d leaves of %d rows", len(leaves), n)
		}
	}
}

func TestHierarchyRefuses(t *testing.T) {
	two := &stats.Matrix{Rows: 2, Cols: 1, Data: []float64{1, 2}}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		o    HierarchyOptions
		want string
	}{
		"nothing":         {nil, HierarchyOptions{}, "no rows"},
		"not a number":    {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.NaN()}}, HierarchyOptions{}, "row 1, column 1"},
		"infinite":        {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.Inf(-1)}}, HierarchyOptions{}, "row 1, column 1"},
		"huge":            {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{1e80}}, HierarchyOptions{}, "scale values"},
		"zero weight":     {two, HierarchyOptions{Weights: []float64{1, 0}}, "positive weights"},
		"NaN weight":      {two, HierarchyOptions{Weights: []float64{1, math.NaN()}}, "positive weights"},
		"huge weight":     {two, HierarchyOptions{Weights: []float64{1, math.Inf(1)}}, "scale weights"},
		"weights short":   {two, HierarchyOptions{Weights: []float64{1}}, "1 weights for 2 rows"},
		"unknown linkage": {two, HierarchyOptions{Linkage: 9}, "linkage 9"},
		"many rows":       {stats.NewMatrix(20001, 1), HierarchyOptions{}, "up to 20000"},
		"many for others": {stats.NewMatrix(8001, 1), HierarchyOptions{Linkage: Average}, "up to 8000"},
	} {
		if _, err := Hierarchical(t.Context(), c.x, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	h, err := Hierarchical(t.Context(), two, HierarchyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{-1, 0, 3} {
		if _, err := h.Cut(k); err == nil {
			t.Errorf("cut into %d: no error", k)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Hierarchical(ended, two, HierarchyOptions{}); err == nil {
		t.Error("an ended context: no error")
	}
}
