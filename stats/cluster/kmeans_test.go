package cluster

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/kreds/kreds/stats"
)

// iris reads the four measurements of R's iris and the species.
func iris(t testing.TB) (*stats.Matrix, []int32) {
	rows := read(t, "../testdata/iris.csv")
	m := stats.NewMatrix(len(rows), 4)
	species := map[string]int32{}
	labels := make([]int32, len(rows))
	for i, r := range rows {
		for j := range 4 {
			v, err := strconv.ParseFloat(r[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			m.Row(i)[j] = v
		}
		if _, ok := species[r[4]]; !ok {
			species[r[4]] = int32(len(species))
		}
		labels[i] = species[r[4]]
	}
	return m, labels
}

// mcdonalds reads the eleven yes/no images of the McDonald's survey.
func mcdonalds(t testing.TB) *stats.Matrix {
	rows := read(t, "../testdata/mcdonalds.csv")
	m := stats.NewMatrix(len(rows), 11)
	for i, r := range rows {
		for j := range 11 {
			if r[j] == "Yes" {
				m.Row(i)[j] = 1
			}
		}
	}
	return m
}

// partition reads a column of the reference partitions of the survey.
func partition(t testing.TB, column string) []int32 {
	return labelled(t, "reference_partitions.csv", column)
}

// labelled reads a column of labels, from 1 in the file and from 0 here.
func labelled(t testing.TB, file, column string) []int32 {
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for c, name := range rows[0] {
		if name == column {
			var labels []int32
			for _, r := range rows[1:] {
				v, err := strconv.Atoi(r[c])
				if err != nil {
					t.Fatal(err)
				}
				labels = append(labels, int32(v-1))
			}
			return labels
		}
	}
	t.Fatalf("no column %s", column)
	return nil
}

func read(t testing.TB, file string) [][]string {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tolerance)
	}
}

// TestKMeansIris: scikit-learn 1.2.1, KMeans(3, n_init=10).
func TestKMeansIris(t *testing.T) {
	x, species := iris(t)
	r, err := KMeans(t.Context(), x, Options{K: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "within SS", r.WithinSS, 78.851441426, 1e-8)
	for i, want := range []float64{62, 50, 38} {
		near(t, "size", r.Sizes[i], want, 0)
	}
	near(t, "adjusted Rand index", AdjustedRand(r.Labels, species, nil), 0.7302382723, 1e-9)
	near(t, "Calinski–Harabasz", CalinskiHarabasz(x, r.Labels, nil), 561.6277566, 1e-6)
	near(t, "Davies–Bouldin", DaviesBouldin(x, r.Labels, nil), 0.6619715465, 1e-9)
	s, err := Silhouettes(t.Context(), x, r.Labels, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "silhouette", s.Mean, 0.5528190124, 1e-9)
}

// TestKMeansMcDonalds: the best sums of squares of R's kmeans in 4,200 starts
// for each k; up to k = 4 they are reached in every batch of starts.
func TestKMeansMcDonalds(t *testing.T) {
	x := mcdonalds(t)
	rows, weights, of := x.Distinct()
	if rows.Rows != 264 {
		t.Fatalf("%d distinct rows, want 264", rows.Rows)
	}
	for k, want := range map[int]float64{2: 2145.503727, 3: 1818.700649, 4: 1602.899456, 5: 1434.601194} {
		r, err := KMeans(t.Context(), rows, Options{K: k, Starts: 300, Seed: 7, Weights: weights})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "within SS", r.WithinSS, want, 1e-5)
		if got := sizes(r); !slices.Equal(got, mcdonaldsSizes[k]) {
			t.Errorf("sizes %v, want %v", got, mcdonaldsSizes[k])
		}
		if k > 4 {
			continue
		}
		labels := make([]int32, x.Rows)
		for i, d := range of {
			labels[i] = r.Labels[d]
		}
		best := partition(t, "best_k"+strconv.Itoa(k))
		near(t, "agreement with the reference", AdjustedRand(labels, best, nil), 1, 1e-12)
	}
	near(t, "ARI of the book's and the best partition", AdjustedRand(partition(t, "book_k4"), partition(t, "best_k4"), nil), 0.6264326, 1e-7)
	best := partition(t, "best_k4")
	near(t, "Calinski–Harabasz", CalinskiHarabasz(x, best, nil), 354.4054, 1e-4)
	s, err := Silhouettes(t.Context(), x, best, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "silhouette", s.Mean, 0.2585132, 1e-7)
	for c, want := range []float64{.3013702, .2205925, .2469106, .2204157} {
		near(t, "silhouette of a segment", s.Segment[c], want, 1e-7)
	}
	weighted := make([]int32, rows.Rows)
	for i, d := range of {
		weighted[d] = best[i]
	}
	s, err = Silhouettes(t.Context(), rows, weighted, weights)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "silhouette of weighted rows", s.Mean, 0.2585132, 1e-7)
}

// mcdonaldsSizes are those of the best partitions that R found.
var mcdonaldsSizes = map[int][]int{2: {896, 557}, 3: {615, 499, 339}, 4: {580, 318, 315, 240}, 5: {391, 309, 264, 254, 235}, 6: {306, 261, 246, 241, 232, 167}}

// TestBookSegments: the partition of the script of Dolnicar, Grün and Leisch 2018 (seed
// 1234, R 3.4's generator) is an optimum of Lloyd's algorithm, and a local one.
func TestBookSegments(t *testing.T) {
	x := mcdonalds(t)
	book := partition(t, "book_k4")
	if !slices.Equal(book, labelled(t, "book_partitions.csv", "k4")) {
		t.Error("the book's partition is not that of its run")
	}
	centers, size := stats.NewMatrix(4, x.Cols), make([]float64, 4)
	for i, c := range book {
		size[c]++
		for j, v := range x.Row(i) {
			centers.Row(int(c))[j] += v
		}
	}
	for c, n := range size {
		for j := range x.Cols {
			centers.Row(c)[j] /= n
		}
	}
	r, err := KMeans(t.Context(), x, Options{K: 4, Centers: centers})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "within SS", r.WithinSS, 1656.429, .0005)
	if got := sizes(r); !slices.Equal(got, []int{470, 257, 324, 402}) || !slices.Equal(r.Labels, book) {
		t.Errorf("sizes %v", got)
	}
}

// TestBoundsChangeNothing holds the bounded algorithm to the plain one.
func TestBoundsChangeNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for trial := range 30 {
		n, d, k := 200+rng.IntN(30000), 1+rng.IntN(8), 1+rng.IntN(9)
		if trial%3 == 0 { // beyond what is compared directly
			d, k = 30, 20
		}
		x := stats.NewMatrix(n, d)
		for i := range x.Data {
			x.Data[i] = rng.NormFloat64() + float64(rng.IntN(3))
		}
		start := stats.NewMatrix(k, d)
		for c := range k {
			copy(start.Row(c), x.Row(c*(n/k)))
		}
		got, err := KMeans(t.Context(), x, Options{K: k, Centers: start, MaxIter: 40, Workers: 1 + trial%3})
		if err != nil {
			t.Fatal(err)
		}
		want := plain(x, start, 40)
		near(t, "within SS", got.WithinSS, want, 1e-9*want)
	}
}

// plain is Lloyd's algorithm without any bounds.
func plain(x, start *stats.Matrix, iterations int) (ss float64) {
	centers := stats.NewMatrix(start.Rows, start.Cols)
	copy(centers.Data, start.Data)
	for range iterations {
		labels := Assign(x, centers)
		sums, size := stats.NewMatrix(start.Rows, start.Cols), make([]float64, start.Rows)
		for i, c := range labels {
			size[c]++
			for j, v := range x.Row(i) {
				sums.Row(int(c))[j] += v
			}
		}
		for c := range size {
			for j := range start.Cols {
				centers.Row(c)[j] = sums.Row(c)[j] / size[c]
			}
		}
	}
	for i, c := range Assign(x, centers) {
		ss += distance2(x.Row(i), centers.Row(int(c)))
	}
	return ss
}

func TestKMeansRefuses(t *testing.T) {
	two := &stats.Matrix{Rows: 3, Cols: 1, Data: []float64{1, 1, 2}}
	for name, c := range map[string]struct {
		x *stats.Matrix
		o Options
	}{
		"no rows":           {stats.NewMatrix(0, 2), Options{K: 1}},
		"not a number":      {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.NaN()}}, Options{K: 1}},
		"infinite":          {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.Inf(1)}}, Options{K: 1}},
		"k of zero":         {two, Options{}},
		"too few rows":      {two, Options{K: 3}},
		"weights too short": {two, Options{K: 1, Weights: []float64{1}}},
		"negative weight":   {two, Options{K: 1, Weights: []float64{1, -1, 1}}},
		"centres' shape":    {two, Options{K: 2, Centers: stats.NewMatrix(1, 1)}},
	} {
		if _, err := KMeans(t.Context(), c.x, c.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestNoise: rows with negative labels are left out of what measures segments,
// and are a segment of their own where partitions are compared.
func TestNoise(t *testing.T) {
	x, species := iris(t)
	noisy := slices.Clone(species)
	some := &stats.Matrix{Cols: 4}
	var labels []int32
	for i := range noisy {
		if i%5 == 0 {
			noisy[i] = -1
			continue
		}
		some.Data = append(some.Data, x.Row(i)...)
		some.Rows++
		labels = append(labels, species[i])
	}
	near(t, "Calinski–Harabasz", CalinskiHarabasz(x, noisy, nil), CalinskiHarabasz(some, labels, nil), 1e-9)
	near(t, "Davies–Bouldin", DaviesBouldin(x, noisy, nil), DaviesBouldin(some, labels, nil), 1e-12)
	got, err := Silhouettes(t.Context(), x, noisy, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Silhouettes(t.Context(), some, labels, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "silhouette", got.Mean, want.Mean, 1e-12)
	for c := range want.Segment {
		near(t, "silhouette of a segment", got.Segment[c], want.Segment[c], 1e-12)
	}
	near(t, "adjusted Rand index of noise", AdjustedRand([]int32{0, 0, -1, -1}, []int32{1, 1, 0, 0}, nil), 1, 0)
}

// TestWeightsScale: only the ratios of weights count, however small they are.
func TestWeightsScale(t *testing.T) {
	x, _ := iris(t)
	for _, scale := range []float64{1e-40, 1e40} {
		weights := make([]float64, x.Rows)
		for i := range weights {
			weights[i] = scale
		}
		r, err := KMeans(t.Context(), x, Options{K: 3, Weights: weights})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "within SS", r.WithinSS/scale, 78.851441426, 1e-8)
	}
}
