package cluster

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// table reads a file without a header.
func table(t testing.TB, file string) [][]string {
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// coded numbers the values of columns in the order in which they occur.
func coded(rows [][]string, columns ...int) *Categories {
	c := &Categories{Cols: len(columns)}
	seen := make([]map[string]int32, len(columns))
	for _, r := range rows {
		for i, j := range columns {
			if seen[i] == nil {
				seen[i] = map[string]int32{}
			}
			code, ok := seen[i][r[j]]
			if !ok {
				code = int32(len(seen[i]))
				seen[i][r[j]] = code
			}
			c.Codes = append(c.Codes, code)
		}
	}
	return c
}

// soybean reads the small soybean disease data (Michalski; UCI), as it lies among
// the examples of Python's kmodes (MIT): 35 attributes and the disease.
func soybean(t testing.TB) (*Categories, []int32) {
	rows := table(t, "soybean.csv")
	c := &Categories{Cols: 35}
	var disease []int32
	for _, r := range rows {
		for _, s := range r[:35] {
			v, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			c.Codes = append(c.Codes, int32(v))
		}
		disease = append(disease, int32(r[35][1]-'1'))
	}
	return c, disease
}

// TestKModesSoybean: the costs of each epoch in the tests of Python's kmodes.
func TestKModesSoybean(t *testing.T) {
	c, disease := soybean(t)
	r, err := KModes(t.Context(), c, PrototypeOptions{K: 4, Init: Cao})
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{206, 204, 199, 199}; !slices.Equal(r.costs, want) {
		t.Errorf("costs %v, want %v", r.costs, want)
	}
	if want := []float64{17, 10, 10, 10}; !slices.Equal(r.Sizes, want) {
		t.Errorf("sizes %v, want %v", r.Sizes, want)
	}
	near(t, "cost", r.Cost, 199, 0)
	near(t, "agreement with the diseases", AdjustedRand(r.Labels, disease, nil), 1, 1e-12)
	if !r.Converged || r.Centers != nil || r.Gamma != 1 {
		t.Errorf("converged %v, centres %v, gamma %v", r.Converged, r.Centers, r.Gamma)
	}
}

// TestHuangStarts: 100 single starts of the R reference cost 224.61 on average,
// 199 to 281; the mean of others lies within four standard errors. Of the optima of
// that cost, one has every disease apart and another one row astray.
func TestHuangStarts(t *testing.T) {
	c, disease := soybean(t)
	var sum, most float64
	least := math.Inf(1)
	optima := map[int]int{} // by their errors
	const starts = 200
	for seed := range uint64(starts) {
		r, err := KModes(t.Context(), c, PrototypeOptions{K: 4, Init: Huang, Starts: 1, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		sum += r.Cost
		least, most = min(least, r.Cost), max(most, r.Cost)
		if r.Cost == 199 {
			optima[strays(r.Labels, disease)]++
		}
	}
	near(t, "highest cost", most, 281, 20)
	if optima[0] == 0 || optima[1] == 0 {
		t.Errorf("optima by errors: %v", optima)
	}
	near(t, "lowest cost", least, 199, 0)
	near(t, "mean cost", sum/starts, 224.61, 10)
}

// strays counts the rows that are of another class than most in their segment.
func strays(labels, classes []int32) int {
	counts := map[[2]int32]int{}
	most := map[int32]int{}
	for i, l := range labels {
		counts[[2]int32{l, classes[i]}]++
		most[l] = max(most[l], counts[[2]int32{l, classes[i]}])
	}
	right := 0
	for _, n := range most {
		right += n
	}
	return len(labels) - right
}

// TestKPrototypesStocks: cost and gamma of Python's kmodes on its own example
// (MIT): a number and two categories of twelve companies.
func TestKPrototypesStocks(t *testing.T) {
	rows := table(t, "stocks.csv")
	x := stats.NewMatrix(len(rows), 1)
	for i, r := range rows {
		v, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		x.Data[i] = v
	}
	c := coded(rows, 2, 3)
	r, err := KPrototypes(t.Context(), x, c, PrototypeOptions{K: 4, Init: Cao})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "gamma", r.Gamma, 69.9033, 5e-5)
	near(t, "cost", r.Cost, 1664.4709, 5e-5)
	best, err := KPrototypes(t.Context(), x, c, PrototypeOptions{K: 4})
	if err != nil {
		t.Fatal(err)
	}
	if best.Cost > r.Cost {
		t.Errorf("ten starts cost %v, Cao's alone %v", best.Cost, r.Cost)
	}
}

// TestPrototypesOfNumbers: without categories k-prototypes is k-means.
func TestPrototypesOfNumbers(t *testing.T) {
	x, _ := iris(t)
	r, err := KPrototypes(t.Context(), x, nil, PrototypeOptions{K: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "cost", r.Cost, 78.851441426, .01) // rows move one by one: other optima nearby
	near(t, "largest", r.Sizes[0], 62, 1)
}

// TestPrototypesWeights: a weight is the same as repeated rows, for which costs
// are compared at the same prototypes.
func TestPrototypesWeights(t *testing.T) {
	c, _ := soybean(t)
	weights := make([]float64, 47)
	twice := &Categories{Cols: c.Cols}
	for i := range weights {
		weights[i] = float64(i % 3)
		for range i % 3 {
			twice.Codes = append(twice.Codes, c.Row(i)...)
		}
	}
	a, err := KModes(t.Context(), c, PrototypeOptions{K: 3, Weights: weights, Starts: 50})
	if err != nil {
		t.Fatal(err)
	}
	b, err := KModes(t.Context(), twice, PrototypeOptions{K: 3, Starts: 50})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "cost", a.Cost, b.Cost, 0)
}

func TestPrototypesWorkers(t *testing.T) {
	c, _ := soybean(t)
	var first *Prototypes
	for _, workers := range []int{1, 2, 5} {
		r, err := KModes(t.Context(), c, PrototypeOptions{K: 6, Seed: 4, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r
		}
		if r.Cost != first.Cost || !slices.Equal(r.Labels, first.Labels) {
			t.Errorf("%d workers: cost %v, one: %v", workers, r.Cost, first.Cost)
		}
	}
}

func TestPrototypesRefuse(t *testing.T) {
	numbers := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	codes := func(values ...int32) *Categories { return &Categories{Cols: 1, Codes: values} }
	for name, c := range map[string]struct {
		x    *stats.Matrix
		c    *Categories
		o    PrototypeOptions
		want string
	}{
		"nothing":          {nil, nil, PrototypeOptions{K: 1}, "no rows"},
		"no codes":         {nil, &Categories{Cols: 2}, PrototypeOptions{K: 1}, "0 codes"},
		"half a row":       {nil, &Categories{Cols: 2, Codes: []int32{1}}, PrototypeOptions{K: 1}, "1 codes"},
		"columns below 0":  {nil, &Categories{Cols: -1, Codes: []int32{1}}, PrototypeOptions{K: 1}, "no rows"},
		"negative code":    {nil, codes(0, -1), PrototypeOptions{K: 1}, "row 2, category 1 is -1"},
		"not a number":     {numbers(math.NaN()), codes(0), PrototypeOptions{K: 1}, "row 1, column 1 is NaN"},
		"infinite":         {numbers(math.Inf(1)), nil, PrototypeOptions{K: 1}, "row 1, column 1 is +Inf"},
		"huge":             {numbers(1e99), nil, PrototypeOptions{K: 1}, "scale values"},
		"rows differ":      {numbers(1, 2), codes(0), PrototypeOptions{K: 1}, "2 rows of numbers and 1 of categories"},
		"k of zero":        {nil, codes(0, 1), PrototypeOptions{}, "at least one segment"},
		"fewer rows":       {nil, codes(0, 1), PrototypeOptions{K: 3}, "2 different rows: too few for 3"},
		"one distinct row": {numbers(1, 1), codes(3, 3), PrototypeOptions{K: 2}, "1 different rows"},
		"negative gamma":   {nil, codes(0), PrototypeOptions{K: 1, Gamma: -1}, "gamma is -1"},
		"NaN gamma":        {numbers(1), codes(0), PrototypeOptions{K: 1, Gamma: math.NaN()}, "gamma is NaN"},
		"weights short":    {nil, codes(0, 1), PrototypeOptions{K: 1, Weights: []float64{1}}, "1 weights for 2 rows"},
		"unknown start":    {nil, codes(0, 1), PrototypeOptions{K: 1, Init: 9}, "start 9"},
	} {
		if _, err := KPrototypes(t.Context(), c.x, c.c, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := KModes(ended, codes(0, 1), PrototypeOptions{K: 1}); err == nil {
		t.Error("an ended context: no error")
	}
}

// TestConstantNumbers: where numbers do not vary, categories alone decide.
func TestConstantNumbers(t *testing.T) {
	x := &stats.Matrix{Rows: 4, Cols: 1, Data: []float64{7, 7, 7, 7}}
	c := &Categories{Cols: 1, Codes: []int32{5, 5, 9, 9}}
	r, err := KPrototypes(t.Context(), x, c, PrototypeOptions{K: 2})
	if err != nil {
		t.Fatal(err)
	}
	if r.Cost != 0 || r.Labels[0] != r.Labels[1] || r.Labels[2] != r.Labels[3] || r.Labels[0] == r.Labels[2] || r.Gamma != 1 {
		t.Errorf("%+v", r)
	}
	if r.Modes[r.Labels[0]][0] != 5 || r.Modes[r.Labels[2]][0] != 9 {
		t.Errorf("modes %v", r.Modes)
	}
}
