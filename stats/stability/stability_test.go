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
// occurs, and the reference partitions of them by name: those of best sums of squares,
// and those of the book's run as book_k2 to book_k8.
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
	for file, prefix := range map[string]string{"reference_partitions.csv": "", "book_partitions.csv": "book_"} {
		reference := read(t, file)
		for c, name := range reference[0] {
			labels := make([]int32, x.Rows)
			for i, r := range reference[1:] {
				v, err := strconv.Atoi(r[c])
				if err != nil {
					t.Fatal(err)
				}
				labels[of[i]] = int32(v - 1)
			}
			partitions[prefix+name] = labels
		}
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
// draw at random, hence the tolerances. The median of four segments lies between two
// peaks: another R run of 300 pairs gives .828 for it.
func TestMcDonalds(t *testing.T) {
	x, weights, _ := survey(t)
	studies, err := Bootstrap(t.Context(), x, weights, []int{2, 3, 4, 5, 6, 7, 8}, nil, flexclust)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.955, .856, .713, .710, .642, .614, .628} {
		near(t, "mean ARI of "+strconv.Itoa(i+2), Mean(studies[i].Global), want, .05)
	}
	for i, want := range []float64{.962, .909, .763, .660, .635, .622, .637} {
		near(t, "median ARI of "+strconv.Itoa(i+2), Median(studies[i].Global), want, .07)
	}
}

// flexclust is how R flexclust clusters: from random rows, and the best start is
// that of the lowest sum of distances.
var flexclust = Options{Pairs: 100, Starts: 10, Seed: 1, Init: cluster.RandomRows, Choose: cluster.FewestDistances}

// TestSegments: partitions into four, looked for by R in 100 pairs of samples: the best
// one with 10 starts, the book's with flexclust's slswFlexclust as the book does, which
// takes the best of 3 starts. Both draw at random, hence the tolerance.
func TestSegments(t *testing.T) {
	x, weights, partitions := survey(t)
	for _, c := range []struct {
		partition     string
		starts        int
		choose        cluster.Choose
		means, median []float64
	}{
		{"best_k4", 10, cluster.LeastSquares, []float64{.904, .896, .863, .877}, []float64{.936, .923, .907, .942}},
		{"book_k4", 3, cluster.FewestDistances, []float64{.514, .707, .770, .658}, []float64{.521, .699, .827, .655}},
	} {
		o := flexclust
		o.Starts, o.Choose = c.starts, c.choose
		studies, err := Bootstrap(t.Context(), x, weights, []int{4}, map[int][]int32{4: partitions[c.partition]}, o)
		if err != nil {
			t.Fatal(err)
		}
		for s, want := range c.means {
			name := c.partition + ", segment " + strconv.Itoa(s+1) + " found again"
			near(t, name, Mean(studies[0].Within[s]), want, .05)
			near(t, name+", median", Median(studies[0].Within[s]), c.median[s], .05)
		}
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
	// Entropies that R flexclust's slsaplot returns for the book's run.
	for k, want := range map[int][]float64{
		3: {.02067, .72432, .05652}, 4: {.69319, .25753, .22590, .01584}, 5: {.39522, .01968, .11578, .69329, .21229},
	} {
		got := Across(partitions["book_k"+strconv.Itoa(k-1)], partitions["book_k"+strconv.Itoa(k)], weights)
		for s := range want {
			near(t, "entropy of the book's segments, k "+strconv.Itoa(k), 1-got[s], want[s], 6e-6)
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
