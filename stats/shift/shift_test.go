package shift

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/kreds/kreds/stats"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}

func TestPSI(t *testing.T) {
	// Worked out by hand: Σ (c − b) ln(c/b).
	i, err := PSI([]float64{.1, .2, .3, .4}, []float64{.15, .25, .25, .35})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "index", i.Value, .0472230804, 5e-11)
	if i.Verdict != Stable {
		t.Errorf("%s", i.Verdict)
	}
	near(t, "first bin", i.Bins[0], .05*math.Log(1.5), 1e-15)
	// Counts are the same as shares.
	j, err := PSI([]float64{10, 20, 30, 40}, []float64{150, 250, 250, 350})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "index of counts", j.Value, i.Value, 1e-15)
	// An empty bin counts half a row: 10.5/111 and .5/111 against 5.5/111 and so on.
	j, err = PSI([]float64{10, 100, 0, 0}, []float64{0, 100, 10, 0})
	if err != nil {
		t.Fatal(err)
	}
	a, b := 10.5/111.5, .5/111.5
	near(t, "index with empty bins", j.Value, 2*(a-b)*math.Log(a/b), 1e-12)
	if j.Verdict != Major {
		t.Errorf("%s", j.Verdict)
	}
	if v := verdict(.2); v != Moderate {
		t.Errorf("an index of .2 is %s", v)
	}
	for name, bins := range map[string][2][]float64{
		"no bins": {nil, nil}, "other numbers": {{1}, {1, 2}}, "negative": {{1, -1}, {1, 2}},
		"NaN": {{1, 1}, {1, math.NaN()}}, "infinite": {{1, math.Inf(1)}, {1, 1}}, "empty": {{0, 0}, {1, 1}},
	} {
		if i, err := PSI(bins[0], bins[1]); err == nil {
			t.Errorf("%s: %+v", name, i)
		}
	}
}

func TestPSIOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	before, same, later := make([]float64, 20_000), make([]float64, 20_000), make([]float64, 20_000)
	for i := range before {
		before[i], same[i] = rng.NormFloat64(), rng.NormFloat64()
		later[i] = rng.NormFloat64() + 1
	}
	i, err := PSIOf(before, same, 10)
	if err != nil || i.Verdict != Stable || i.Value > .005 || len(i.Bins) != 11 {
		t.Errorf("the same: %+v, %v", i, err)
	}
	// A shift by one standard deviation has a divergence of 1; ten bins lose a little.
	i, err = PSIOf(before, later, 10)
	if err != nil || i.Verdict != Major {
		t.Errorf("shifted: %+v, %v", i, err)
	}
	near(t, "index", i.Value, .95, .06)
	// Many equal values make fewer bins.
	i, err = PSIOf([]float64{0, 0, 0, 0, 0, 0, 0, 1}, []float64{0, 1, 1, math.NaN()}, 10)
	if err != nil || len(i.Bins) != 3 || i.Verdict != Major {
		t.Errorf("equal values: %+v, %v", i, err)
	}
	if _, err := PSIOf(before, nil, 10); err == nil {
		t.Error("no values now are not refused")
	}
	if _, err := PSIOf([]float64{math.Inf(1)}, before, 10); err == nil {
		t.Error("infinite values are not refused")
	}
	if _, err := PSIOf([]float64{math.NaN()}, before, 10); err == nil {
		t.Error("missing values alone are not refused")
	}
}

func TestQuantiles(t *testing.T) {
	edges, err := Quantiles([]float64{5, 1, 2, 3, 4, 6, 7, 8}, 4)
	if err != nil || !slices.Equal(edges, []float64{2, 4, 6}) {
		t.Errorf("%v, %v", edges, err)
	}
	if got := Histogram([]float64{1, 2, 2.5, 9, math.NaN(), math.Inf(1)}, edges); !slices.Equal(got, []float64{2, 1, 0, 2, 1}) {
		t.Errorf("%v", got)
	}
}

// partitions are the segments of the survey of McDonald's by name.
func partitions(t *testing.T) map[string][]int32 {
	t.Helper()
	f, err := os.Open("../testdata/reference_partitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]int32{}
	for _, row := range rows[1:] {
		for j, name := range rows[0] {
			l, err := strconv.Atoi(row[j])
			if err != nil {
				t.Fatal(err)
			}
			out[name] = append(out[name], int32(l-1))
		}
	}
	return out
}

// The book's segments against the best ones: counts by NumPy, matches by SciPy's
// linear_sum_assignment.
func TestMcDonalds(t *testing.T) {
	p := partitions(t)
	for _, c := range []struct {
		after string
		of    []int
		total float64
		gone  []int
	}{
		{"best_k4", []int{3, 2, 0, 1}, 1230, nil},
		{"best_k5", []int{3, -1, 0, 2, 1}, 1085, nil},
		{"best_k3", []int{3, 0, 2}, 963, []int{1}},
	} {
		m, labels, err := MatchRows(p["book_k4"], p[c.after], nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Of, c.of) || m.Total != c.total || !slices.Equal(m.Gone, c.gone) {
			t.Errorf("%s: %+v", c.after, m)
		}
		same := 0.0
		for i, l := range labels {
			if l == p["book_k4"][i] {
				same++
			}
		}
		near(t, "rows in the same segment", same, c.total, 0)
	}
	m, err := Migrate(p["book_k4"], p["best_k4"], nil)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{157, 14, 294, 5, 0}, {0, 3, 19, 235, 0}, {23, 301, 0, 0, 0}, {400, 0, 2, 0, 0}, {0, 0, 0, 0, 0}}
	if !reflect.DeepEqual(m.Counts, want) {
		t.Errorf("%v", m.Counts)
	}
	near(t, "stayed", m.Stayed, (157.+3)/1453, 1e-15)
	near(t, "share", m.Shares[3][0], 400./402, 1e-15)
	_, labels, _ := MatchRows(p["book_k4"], p["best_k4"], nil)
	m, _ = Migrate(p["book_k4"], labels, nil)
	near(t, "stayed, matched", m.Stayed, 1230./1453, 1e-15)

	changes, err := Compare(p["book_k4"], p["best_k4"], nil)
	if err != nil {
		t.Fatal(err)
	}
	c := changes[1]
	if c.Then != 1 || c.Now != 3 || c.Joined != 5 || c.Left != 22 {
		t.Errorf("%+v", c)
	}
	near(t, "kept", c.Kept, 235./257, 1e-15)
	near(t, "Jaccard", c.Jaccard, 235./262, 1e-15)
	near(t, "share then", c.Before, 257./1453, 1e-15)
	near(t, "share now", c.After, 240./1453, 1e-15)
	changes, _ = Compare(p["book_k4"], p["best_k5"], nil)
	if last := changes[4]; len(changes) != 5 || last.Then != -1 || last.Now != 1 || last.Joined != 309 {
		t.Errorf("%+v", changes)
	}
	changes, _ = Compare(p["book_k4"], p["best_k3"], nil)
	if gone := changes[1]; len(changes) != 4 || gone.Now != -1 || gone.Left != 257 || gone.After != 0 {
		t.Errorf("%+v", changes)
	}
}

func TestCameAndLeft(t *testing.T) {
	m, err := Migrate([]int32{0, 0, -1, -1, 1}, []int32{0, -1, 0, -1, 1}, []float64{1, 2, 3, 4, 5})
	if err != nil {
		t.Fatal(err)
	}
	if want := [][]float64{{1, 0, 2}, {0, 5, 0}, {3, 0, 4}}; !reflect.DeepEqual(m.Counts, want) {
		t.Errorf("%v, want %v", m.Counts, want)
	}
	near(t, "stayed", m.Stayed, 6./8, 1e-15)
	if _, err := Migrate([]int32{0}, nil, nil); err == nil {
		t.Error("other numbers of rows are not refused")
	}
	if _, err := Migrate([]int32{0}, []int32{0}, []float64{-1}); err == nil {
		t.Error("a negative weight is not refused")
	}
	if _, err := Migrate([]int32{1 << 30}, []int32{1 << 30}, nil); err == nil {
		t.Error("a label of a billion is not refused")
	}
	if c, err := Compare(nil, nil, nil); err != nil || len(c) != 0 {
		t.Errorf("nothing: %v, %v", c, err)
	}
}

func TestCenters(t *testing.T) {
	before := &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{0, 0, 10, 5}}
	after := &stats.Matrix{Rows: 3, Cols: 2, Data: []float64{10, 7, 50, 50, 3, 4}}
	m, err := MatchCenters(before, after, nil)
	if err != nil || !slices.Equal(m.Of, []int{1, -1, 0}) {
		t.Fatalf("%+v, %v", m, err)
	}
	near(t, "distance", m.Total, 2+5, 1e-12)
	back, err := MatchCenters(after, before, nil)
	if err != nil || !slices.Equal(back.Of, []int{2, 0}) || !slices.Equal(back.Gone, []int{1}) {
		t.Fatalf("%+v, %v", back, err)
	}
	d, err := Drifts(before, &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{3, 4, 10, 7}}, []float64{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "drift", d[0].Distance, math.Sqrt(9+4), 1e-12)
	near(t, "drift by column", d[1].By[1], 1, 0)
	d, err = Drifts(before, &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{3, 4, 10, 7}}, []float64{0, 1})
	if err != nil || d[0].Distance != 4 {
		t.Errorf("a column without scale: %+v, %v", d, err)
	}
	for name, run := range map[string]func() error{
		"rows":    func() error { _, err := Drifts(before, after, nil); return err },
		"columns": func() error { _, err := MatchCenters(before, stats.NewMatrix(1, 1), nil); return err },
		"scale":   func() error { _, err := MatchCenters(before, after, []float64{1, -1}); return err },
		"nothing": func() error { _, err := MatchCenters(nil, after, nil); return err },
		"NaN": func() error {
			_, err := Drifts(before, &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{1, 2, 3, math.NaN()}}, nil)
			return err
		},
		"size": func() error {
			_, err := Drifts(before, &stats.Matrix{Rows: 2, Cols: 2, Data: []float64{1, 2, 3, 1e80}}, nil)
			return err
		},
	} {
		if run() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// The Hungarian method finds what trying all orders finds.
func TestAssign(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for trial := range 400 {
		rows, cols := 1+rng.IntN(6), 1+rng.IntN(6)
		cost := table(rows, cols)
		for i := range cost {
			for j := range cost[i] {
				if cost[i][j] = rng.Float64(); trial%2 == 0 {
					cost[i][j] = float64(rng.IntN(4))
				}
			}
		}
		got, sum, n := assign(cost, cols), 0.0, 0
		seen := map[int]bool{}
		for i, j := range got {
			if j < 0 {
				continue
			}
			if seen[j] {
				t.Fatalf("%v for %v", got, cost)
			}
			seen[j] = true
			sum += cost[i][j]
			n++
		}
		if n != min(rows, cols) {
			t.Fatalf("%v for %v", got, cost)
		}
		if best := cheapest(cost, 0, make([]bool, cols), max(0, rows-cols)); sum > best+1e-12 {
			t.Fatalf("%v costs %v for %v, the best is %v", got, sum, cost, best)
		}
	}
}

// cheapest tries all ways to give the rows from i on a column; skips of them go without.
func cheapest(cost [][]float64, i int, taken []bool, skips int) float64 {
	if i == len(cost) {
		return 0
	}
	best := math.Inf(1)
	if skips > 0 {
		best = cheapest(cost, i+1, taken, skips-1)
	}
	for j := range taken {
		if !taken[j] {
			taken[j] = true
			best = min(best, cost[i][j]+cheapest(cost, i+1, taken, skips))
			taken[j] = false
		}
	}
	return best
}

func FuzzShift(f *testing.F) {
	f.Add(uint64(1), uint8(20), uint8(3), 1.0)
	f.Add(uint64(2), uint8(2), uint8(1), 1e75)
	f.Add(uint64(3), uint8(9), uint8(9), 5e-324)
	f.Fuzz(func(t *testing.T, seed uint64, rows, k uint8, size float64) {
		rng := rand.New(rand.NewPCG(seed, 0))
		k %= 12
		before, after, weights := make([]int32, rows), make([]int32, rows), make([]float64, rows)
		values, later := make([]float64, rows), make([]float64, k)
		for i := range before {
			before[i], after[i] = rng.Int32N(int32(k)+1)-1, rng.Int32N(int32(k)+2)-1
			weights[i] = size * float64(rng.IntN(3))
			values[i] = size * float64(rng.IntN(9)-2)
		}
		for i := range later {
			later[i] = size * rng.NormFloat64()
		}
		var found []float64
		if c, err := Compare(before, after, weights); err == nil {
			for _, c := range c {
				found = append(found, c.Before, c.After, c.Kept, c.Jaccard, c.Joined, c.Left)
			}
		}
		if i, err := PSIOf(values, later, int(seed%12)); err == nil {
			found = append(found, append(i.Bins, i.Value)...)
		}
		if i, err := PSI(weights, values); err == nil {
			found = append(found, append(i.Bins, i.Value)...)
		}
		a := &stats.Matrix{Rows: len(later), Cols: 1, Data: later}
		b := &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
		scale := []float64{size * float64(seed%3)}
		if m, err := MatchCenters(a, b, scale); err == nil {
			found = append(found, m.Total)
		}
		if d, err := Drifts(a, a, scale); err == nil {
			for _, d := range d {
				found = append(found, append(d.By, d.Distance)...)
			}
		}
		for _, v := range found {
			if v-v != 0 {
				t.Fatalf("%v", found)
			}
		}
	})
}
