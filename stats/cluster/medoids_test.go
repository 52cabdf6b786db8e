package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestMedoidsIris: R's pam (cluster 2.1.4): medoids, counted from 1, and the mean
// dissimilarity.
func TestMedoidsIris(t *testing.T) {
	x, species := iris(t)
	d, err := Euclidean(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		medoids     []int
		build, cost float64
	}{
		{[]int{8, 127}, .9901187023, .8622025905},
		{[]int{8, 79, 113}, .6709390884, .6542076992},
		{[]int{8, 100, 121, 127}, .6071418739, .5710860680},
		{[]int{8, 64, 70, 106, 113}, .5520958803, .5272835141},
		{[]int{8, 59, 70, 106, 113, 139}, .5068776245, .4982785093},
	} {
		k := len(c.medoids)
		m, err := KMedoids(t.Context(), d, x.Rows, MedoidOptions{K: k})
		if err != nil {
			t.Fatal(err)
		}
		if got := numbered(m); !slices.Equal(got, c.medoids) || !m.Converged {
			t.Errorf("k = %d: medoids %v, want %v", k, got, c.medoids)
		}
		near(t, "mean dissimilarity", m.Cost, c.cost, 1e-9)
		near(t, "mean dissimilarity before swaps", m.Build, c.build, 1e-9)
		if k == 3 {
			if !slices.Equal(m.Sizes, []float64{62, 50, 38}) {
				t.Errorf("sizes %v", m.Sizes)
			}
			near(t, "silhouette", silhouette(t, x, m.Labels), .5528190124, 1e-9)
			near(t, "agreement with the species", AdjustedRand(m.Labels, species, nil), .7302382723, 1e-9)
		}
	}
}

// numbered are the medoids in the order of the rows, counted from 1.
func numbered(m *Medoids) (rows []int) {
	for _, r := range m.Rows {
		rows = append(rows, r+1)
	}
	slices.Sort(rows)
	return rows
}

// TestMedoidsFlower: R's pam of the dissimilarities of R's daisy.
func TestMedoidsFlower(t *testing.T) {
	d := flowers(t)
	for _, c := range []struct {
		medoids []int
		cost    float64
		of      []int // the medoid of each row, by its place
	}{
		{[]int{14, 17}, .3435690943, []int{1, 2, 1, 1, 1, 1, 1, 2, 1, 2, 1, 1, 1, 1, 2, 2, 2, 1}},
		{[]int{9, 14, 17}, .2872198880, nil},
		{[]int{8, 9, 14, 17}, .2396883754, nil},
	} {
		m, err := KMedoids(t.Context(), d, 18, MedoidOptions{K: len(c.medoids)})
		if err != nil {
			t.Fatal(err)
		}
		if got := numbered(m); !slices.Equal(got, c.medoids) {
			t.Errorf("medoids %v, want %v", got, c.medoids)
		}
		near(t, "mean dissimilarity", m.Cost, c.cost, 1e-9)
		for i, of := range c.of {
			if m.Rows[m.Labels[i]]+1 != c.medoids[of-1] {
				t.Errorf("row %d is with %d, want %d", i+1, m.Rows[m.Labels[i]]+1, c.medoids[of-1])
			}
		}
	}
}

// TestMedoidsPlain holds the algorithm to one that weighs every swap by itself, with
// weights.
func TestMedoidsPlain(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := anyMatrix(rng, 10+uint8(rng.IntN(40)), 2, uint8(seed%2))
		weights := anyWeights(rng, x.Rows, 1+int(seed%2))
		d, err := Euclidean(x)
		if err != nil {
			t.Fatal(err)
		}
		o := MedoidOptions{K: 1 + rng.IntN(5), Weights: weights, Workers: 1 + int(seed%3)}
		m, err := KMedoids(t.Context(), d, x.Rows, o)
		if err != nil {
			continue
		}
		cost := func(medoids []int) (sum float64) {
			var total float64
			for i := range x.Rows {
				least := math.Inf(1)
				for _, r := range medoids {
					least = min(least, math.Sqrt(distance2(x.Row(i), x.Row(r))))
				}
				sum += weights[i] * least
				total += weights[i]
			}
			return sum / total
		}
		near(t, "cost", m.Cost, cost(m.Rows), 1e-9*(1+m.Cost))
		for c := range m.Rows {
			for r := range x.Rows {
				other := slices.Clone(m.Rows)
				other[c] = r
				if weights[r] > 0 && cost(other) < m.Cost*(1-1e-9) {
					t.Fatalf("seed %d: row %d instead of %d costs less", seed, r, m.Rows[c])
				}
			}
		}
	}
}

func TestMedoidsRefuse(t *testing.T) {
	three := []float64{1, 2, 0}
	for name, c := range map[string]struct {
		d    []float64
		rows int
		o    MedoidOptions
	}{
		"no rows":         {nil, 0, MedoidOptions{K: 1}},
		"too many rows":   {nil, 9000, MedoidOptions{K: 1}},
		"wrong number":    {three, 4, MedoidOptions{K: 1}},
		"negative":        {[]float64{-1}, 2, MedoidOptions{K: 1}},
		"not a number":    {[]float64{math.NaN()}, 2, MedoidOptions{K: 1}},
		"infinite":        {[]float64{math.Inf(1)}, 2, MedoidOptions{K: 1}},
		"no k":            {three, 3, MedoidOptions{}},
		"equal rows":      {three, 3, MedoidOptions{K: 3}},
		"weights short":   {three, 3, MedoidOptions{K: 1, Weights: []float64{1}}},
		"negative weight": {three, 3, MedoidOptions{K: 1, Weights: []float64{1, 1, -1}}},
		"no weight":       {three, 3, MedoidOptions{K: 1, Weights: []float64{0, 0, 0}}},
	} {
		if _, err := KMedoids(t.Context(), c.d, c.rows, c.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if m, err := KMedoids(t.Context(), nil, 1, MedoidOptions{K: 1}); err != nil || m.Cost != 0 || !slices.Equal(m.Rows, []int{0}) {
		t.Errorf("one row: %+v, %v", m, err)
	}
	if _, err := Euclidean(&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.Inf(1)}}); err == nil {
		t.Error("distances of what is infinite: no error")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := KMedoids(ended, three, 3, MedoidOptions{K: 2}); err == nil {
		t.Error("an ended context: no error")
	}
}

func FuzzMedoids(f *testing.F) {
	for kind := range uint8(kinds) {
		f.Add(uint64(kind), uint8(30), uint8(3), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		n := int(rows % 48)
		// Any dissimilarities: they need not be distances.
		d := anyMatrix(rng, 1, 1, kind).Data[:0]
		for range n * (n - 1) / 2 {
			v := anyMatrix(rng, 1, 1, kind).Data[0]
			if seed%8 > 0 {
				v = math.Abs(v)
			}
			d = append(d, v)
		}
		o := MedoidOptions{K: int(k % 8), MaxIter: 1 + int(seed%30), Weights: anyWeights(rng, n, int(seed%3))}
		m, err := KMedoids(t.Context(), d, n, o)
		if err != nil {
			return
		}
		if !finite(m.Cost, m.Build) || m.Cost < 0 || m.Cost > m.Build*(1+1e-9) || len(m.Rows) != o.K || !finite(m.Sizes...) {
			t.Fatalf("%+v", m)
		}
		for i, l := range m.Labels {
			if l < 0 || int(l) >= o.K || m.Rows[l] >= n {
				t.Fatalf("row %d: %+v", i, m)
			}
		}
	})
}
