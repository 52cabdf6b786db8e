package stability

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
)

func read(t testing.TB, file string) [][]string {
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

// survey is the distinct answers of the McDonald's survey, how often each
// occurs, and the reference partitions of them by name.
func survey(t testing.TB) (x *stats.Matrix, weights []float64, partitions map[string][]int32) {
	rows := read(t, "mcdonalds.csv")[1:]
	all := stats.NewMatrix(len(rows), 11)
	for i, r := range rows {
		for j := range 11 {
			if r[j] == "Yes" {
				all.Row(i)[j] = 1
			}
		}
	}
	x, weights, of := all.Distinct()
	partitions = map[string][]int32{}
	reference := read(t, "reference_partitions.csv")
	for c, name := range reference[0] {
		labels := make([]int32, x.Rows)
		for i, r := range reference[1:] {
			v, err := strconv.Atoi(r[c])
			if err != nil {
				t.Fatal(err)
			}
			labels[of[i]] = int32(v - 1)
		}
		partitions[name] = labels
	}
	return x, weights, partitions
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.4f, want %.4f ± %v", what, got, want, tolerance)
	}
}

// TestMcDonalds: R flexclust's bootFlexclust, 100 pairs with 10 starts each; both
// draw at random, hence the tolerance.
func TestMcDonalds(t *testing.T) {
	x, weights, _ := survey(t)
	studies, err := Bootstrap(t.Context(), x, weights, []int{2, 3, 4, 5, 6, 7, 8}, nil, flexclust)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.955, .856, .713, .710, .642, .614, .628} {
		near(t, "mean ARI of "+strconv.Itoa(i+2), Mean(studies[i].Global), want, .05)
	}
}

// flexclust is how R flexclust clusters: from random rows, and the best start is
// that of the lowest sum of distances.
var flexclust = Options{Pairs: 100, Starts: 10, Seed: 1, Init: cluster.RandomRows, Choose: cluster.FewestDistances}

// TestSegments: the best partition into four, looked for in R in 100 pairs of
// samples with 10 starts each.
func TestSegments(t *testing.T) {
	x, weights, partitions := survey(t)
	studies, err := Bootstrap(t.Context(), x, weights, []int{4}, map[int][]int32{4: partitions["best_k4"]},
		Options{Pairs: 100, Starts: 10, Seed: 1, Init: cluster.RandomRows})
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range []float64{.904, .896, .863, .877} {
		near(t, "segment "+strconv.Itoa(s+1)+" found again", Mean(studies[0].Within[s]), want, .05)
	}
}

// TestAcross: computed in R from the best partitions.
func TestAcross(t *testing.T) {
	_, weights, partitions := survey(t)
	for k, want := range map[int][]float64{
		3: {.9684, 1, .3534}, 4: {.9884, .9385, .5928, .7575}, 5: {.9769, .3294, .9020, 1, .9448}, 6: {1, 1, .9672, .9702, 1, .7179},
	} {
		got := Across(partitions["best_k"+strconv.Itoa(k-1)], partitions["best_k"+strconv.Itoa(k)], weights)
		for s := range want {
			near(t, "across, k "+strconv.Itoa(k), got[s], want[s], 1e-4)
		}
	}
}

func TestSameForAnyWorkers(t *testing.T) {
	x, weights, _ := survey(t)
	var first []float64
	for _, workers := range []int{1, 3} {
		s, err := Bootstrap(t.Context(), x, weights, []int{3}, nil, Options{Pairs: 4, Starts: 2, Seed: 5, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = s[0].Global
			continue
		}
		for i, v := range s[0].Global {
			near(t, "ARI", v, first[i], 0)
		}
	}
}

func TestRefuses(t *testing.T) {
	x := &stats.Matrix{Rows: 3, Cols: 1, Data: []float64{1, 1, 2}}
	if _, err := Bootstrap(t.Context(), x, nil, []int{3}, nil, Options{}); err == nil {
		t.Error("three segments of two points: no error")
	}
	if _, err := Bootstrap(t.Context(), x, []float64{1, .5, 1}, []int{2}, nil, Options{}); err == nil {
		t.Error("half a row: no error")
	}
	if _, err := Bootstrap(t.Context(), x, nil, []int{2}, map[int][]int32{2: {0}}, Options{}); err == nil {
		t.Error("a partition that is too short: no error")
	}
}

func BenchmarkMcDonalds(b *testing.B) {
	x, weights, _ := survey(b)
	for b.Loop() {
		if _, err := Bootstrap(b.Context(), x, weights, []int{2, 3, 4, 5, 6, 7, 8}, nil, flexclust); err != nil {
			b.Fatal(err)
		}
	}
}
