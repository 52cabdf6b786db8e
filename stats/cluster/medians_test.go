package cluster

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestKMediansIris: the lowest sums of distances in 3,000 starts of the plain
// algorithm, computed independently with NumPy.
func TestKMediansIris(t *testing.T) {
	x, species := iris(t)
	for k, want := range map[int]float64{1: 472.3, 2: 216.7, 3: 159.2, 4: 136.5, 5: 124.6} {
		r, err := KMedians(t.Context(), x, Options{K: k, Starts: 100, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "sum of distances", r.WithinSS, want, 1e-9)
		if k != 3 {
			continue
		}
		for i, want := range []float64{63, 50, 37} {
			near(t, "size", r.Sizes[i], want, 0)
		}
		near(t, "adjusted Rand index", AdjustedRand(r.Labels, species, nil), 0.7172759168, 1e-9)
		for i, want := range []float64{5, 3.4, 1.5, .2} { // the setosas
			near(t, "median", r.Centers.Row(1)[i], want, 1e-12)
		}
	}
}

// TestKMediansWeights: weights are the same as repeated rows.
func TestKMediansWeights(t *testing.T) {
	x := mcdonalds(t)
	rows, weights, _ := x.Distinct()
	for k, want := range map[int]float64{2: 2937, 3: 2440, 4: 2038} { // NumPy, 300 starts
		r, err := KMedians(t.Context(), rows, Options{K: k, Starts: 60, Seed: 3, Weights: weights})
		if err != nil {
			t.Fatal(err)
		}
		if r.WithinSS > want {
			t.Errorf("k = %d: %v, want at most %v", k, r.WithinSS, want)
		}
		again, err := KMedians(t.Context(), x, Options{K: k, Centers: r.Centers})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "the sum over repeated rows", again.WithinSS, r.WithinSS, 0)
	}
}

// TestMedian holds single centres to medians known by hand.
func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values, weights []float64
		want            float64
	}{
		{[]float64{3, 1, 2}, nil, 2},
		{[]float64{4, 1, 2, 3}, nil, 2.5},
		{[]float64{1, 2, 100}, []float64{1, 1, 2}, 51},
		{[]float64{1, 2, 100}, []float64{.1, .2, .3}, 51},
		{[]float64{1, 2, 100}, []float64{1, 0, 1}, 50.5},
		{[]float64{5}, []float64{1e-30}, 5},
	} {
		x := &stats.Matrix{Rows: len(c.values), Cols: 1, Data: c.values}
		r, err := KMedians(t.Context(), x, Options{K: 1, Weights: c.weights})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "median", r.Centers.Data[0], c.want, 1e-12)
	}
}

// TestMedians holds medians to those of sorted values.
func TestMedians(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for range 3000 {
		values := make([]weighted, 1+rng.IntN(60))
		var repeated []float64
		for i := range values {
			values[i] = weighted{float64(rng.IntN(40)), float64(1 + rng.IntN(3))}
			for range int(values[i].weight) {
				repeated = append(repeated, values[i].value)
			}
			values[i].weight *= .1
		}
		slices.Sort(repeated)
		n := len(repeated)
		near(t, "median", median(values), (repeated[(n-1)/2]+repeated[n/2])/2, 0)
	}
}

// centred are the methods with centres.
var centred = map[string]func(t *testing.T, x *stats.Matrix, o Options) (*Result, error){
	"k-means":   func(t *testing.T, x *stats.Matrix, o Options) (*Result, error) { return KMeans(t.Context(), x, o) },
	"k-medians": func(t *testing.T, x *stats.Matrix, o Options) (*Result, error) { return KMedians(t.Context(), x, o) },
	"spherical k-means": func(t *testing.T, x *stats.Matrix, o Options) (*Result, error) {
		return SphericalKMeans(t.Context(), x, o)
	},
}

func TestWorkersChangeNothing(t *testing.T) {
	x, _ := iris(t)
	for name, method := range centred {
		var first *Result
		for _, workers := range []int{1, 2, 7} {
			r, err := method(t, x, Options{K: 5, Seed: 9, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = r
				continue
			}
			if r.WithinSS != first.WithinSS || !equal(r.Centers.Data, first.Centers.Data) {
				t.Errorf("%s: %d workers found %v, one found %v", name, workers, r.WithinSS, first.WithinSS)
			}
			for i, l := range r.Labels {
				if l != first.Labels[i] {
					t.Errorf("%s: row %d is elsewhere with %d workers", name, i, workers)
					break
				}
			}
		}
	}
}

func TestCentredRefuse(t *testing.T) {
	column := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		o    Options
		want string
	}{
		"no rows":          {stats.NewMatrix(0, 2), Options{K: 1}, "no rows"},
		"nothing":          {nil, Options{K: 1}, "no rows"},
		"not a number":     {column(1, math.NaN()), Options{K: 1}, "row 2, column 1 is NaN"},
		"infinite":         {column(math.Inf(1)), Options{K: 1}, "row 1, column 1 is +Inf"},
		"k of zero":        {column(1, 2), Options{}, "at least one segment"},
		"fewer rows":       {column(1, 2), Options{K: 3}, "2 different rows: too few for 3"},
		"fewer distinct":   {column(1, 1, 2), Options{K: 3}, "2 different rows: too few for 3"},
		"one distinct row": {column(4, 4, 4), Options{K: 2}, "1 different rows: too few for 2"},
		"no weight":        {column(1, 2), Options{K: 1, Weights: []float64{0, 0}}, "0 different rows"},
		"infinite weight":  {column(1, 2), Options{K: 1, Weights: []float64{1, math.Inf(1)}}, "weight of row 2"},
		"centres":          {column(1, 2), Options{K: 1, Centers: column(math.NaN())}, "the centres: row 1"},
	} {
		for method, run := range centred {
			_, err := run(t, c.x, c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: error %v, want one that says %q", method, name, err, c.want)
			}
		}
	}
	huge := column(1, 1e300)
	if _, err := KMedians(t.Context(), huge, Options{K: 1}); err == nil || !strings.Contains(err.Error(), "scale values") {
		t.Errorf("huge values: %v", err)
	}
	if _, err := KMedians(t.Context(), column(1, 2), Options{K: 1, Centers: column(1e300)}); err == nil {
		t.Error("huge centres: no error")
	}
}

// TestOneDistinctRow: with one segment equal rows are its centre.
func TestOneDistinctRow(t *testing.T) {
	x := &stats.Matrix{Rows: 3, Cols: 2, Data: []float64{3, 4, 3, 4, 3, 4}}
	for name, run := range centred {
		r, err := run(t, x, Options{K: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.WithinSS > 1e-30 || r.Sizes[0] != 3 || !r.Converged {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
