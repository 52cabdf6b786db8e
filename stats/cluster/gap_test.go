package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestGapsIris: gaps and errors computed independently with NumPy and
// scikit-learn 1.2.1 from 100 reference sets; both sides are random.
func TestGapsIris(t *testing.T) {
	x, _ := iris(t)
	gaps, err := Gaps(t.Context(), x, GapOptions{MaxK: 6, References: 100, Starts: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	within := []float64{681.3706, 152.347951760, 78.851441426}
	for i, want := range []float64{.0699, .5918, .8807, 1.0090, 1.0517, 1.0744} {
		near(t, "gap", gaps[i].Gap, want, .03)
		near(t, "expected", gaps[i].Expected-gaps[i].LogWithin, gaps[i].Gap, 1e-9)
		if i < len(within) {
			near(t, "within sum of squares", math.Exp(gaps[i].LogWithin), within[i], 1e-6)
		}
	}
	for i, want := range []float64{.0626, .0416, .0409, .0417, .0437, .0407} {
		near(t, "error", gaps[i].Error, want, .02)
	}
}

// TestBestGap: three groups are found, in any direction, and none in uniform rows.
func TestBestGap(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	three, flat := stats.NewMatrix(150, 3), stats.NewMatrix(200, 3)
	for i := range 150 {
		for j := range 3 {
			three.Row(i)[j] = rng.NormFloat64() + 1e6
		}
		three.Row(i)[i%3] += 9
	}
	for i := range flat.Data {
		flat.Data[i] = rng.Float64()
	}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		want int
	}{"three groups": {three, 3}, "uniform rows": {flat, 1}} {
		var first []Gap
		for _, workers := range []int{1, 3} {
			gaps, err := Gaps(t.Context(), c.x, GapOptions{MaxK: 5, References: 20, Starts: 3, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if k := BestGap(gaps); k != c.want {
				t.Errorf("%s: %d segments, want %d; %+v", name, k, c.want, gaps)
			}
			if first == nil {
				first = gaps
			}
			for i := range gaps {
				if gaps[i] != first[i] {
					t.Errorf("%s: %d workers: %+v, one: %+v", name, workers, gaps[i], first[i])
				}
			}
		}
	}
	if BestGap(nil) != 0 || BestGap([]Gap{{K: 1, Gap: 1}, {K: 2, Gap: 3, Error: 1}}) != 2 {
		t.Error("the rule")
	}
}

func TestGapsRefuse(t *testing.T) {
	column := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		o    GapOptions
		want string
	}{
		"nothing":          {nil, GapOptions{}, "no rows"},
		"not a number":     {column(math.NaN()), GapOptions{}, "row 1, column 1"},
		"huge":             {column(1, 1e80), GapOptions{MaxK: 1}, "scale values"},
		"as many as rows":  {column(1, 2, 2), GapOptions{MaxK: 2}, "2 different rows"},
		"one distinct row": {column(1, 1, 1), GapOptions{MaxK: 1}, "1 different rows"},
		"one reference":    {column(1, 2, 3), GapOptions{MaxK: 1, References: 1}, "at least 2"},
		"k below zero":     {column(1, 2, 3), GapOptions{MaxK: -1}, "at least one"},
	} {
		if _, err := Gaps(t.Context(), c.x, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Gaps(ended, column(1, 2, 3), GapOptions{MaxK: 1}); err == nil {
		t.Error("an ended context: no error")
	}
}
