package project

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
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

func read(t testing.TB, file string) [][]string {
	t.Helper()
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

func survey(t testing.TB) (x *stats.Matrix, labels []int32) {
	t.Helper()
	rows := read(t, "../testdata/mcdonalds.csv")
	x = stats.NewMatrix(len(rows), 11)
	for i, row := range rows {
		for j := range 11 {
			if row[j] == "Yes" {
				x.Row(i)[j] = 1
			}
		}
	}
	for _, row := range read(t, "../testdata/reference_partitions.csv") {
		l, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, int32(l-1))
	}
	return x, labels
}

// R's prcomp of the survey of McDonald's, without scaling.
func TestMcDonalds(t *testing.T) {
	x, _ := survey(t)
	c, err := Principal(x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.7570, .6075, .5046, .3988, .33741, .3103, .28970, .27512, .26525, .24884, .23690} {
		near(t, "sd", c.SD[i], want, .00005)
	}
	for i, want := range []float64{29.94, 49.22, 62.53, 70.84, 76.79} {
		near(t, "cumulative share", 100*c.Cumulative[i], want, .005)
	}
	near(t, "all components", c.Cumulative[10], 1, 1e-12)
	// Positions have the components' spread and no correlation.
	at, err := c.Project(x, 2)
	if err != nil {
		t.Fatal(err)
	}
	var xx, xy float64
	for i := range at.Rows {
		xx += at.Row(i)[0] * at.Row(i)[0]
		xy += at.Row(i)[0] * at.Row(i)[1]
	}
	near(t, "spread", math.Sqrt(xx/1452), c.SD[0], 1e-12)
	near(t, "correlation", xy/1452, 0, 1e-12)

	// The 264 different rows with weights give the same.
	distinct, count, _ := x.Distinct()
	w, err := Principal(distinct, Options{Weights: count})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 11 {
		near(t, "sd by weights", w.SD[i], c.SD[i], 1e-12)
	}
}

// R's prcomp of the logarithms of wholesale spending (UCI), standardised.
func TestWholesale(t *testing.T) {
	file := filepath.Join(os.Getenv("KREDS_REFERENCE_DATA"), "wholesale", "wholesale_customers.csv")
	if _, err := os.Stat(file); err != nil {
		t.Skip("needs wholesale/wholesale_customers.csv in $KREDS_REFERENCE_DATA")
	}
	rows := read(t, file)
	x := stats.NewMatrix(len(rows), 6)
	for i, row := range rows {
		for j := range 6 {
			v, err := strconv.ParseFloat(row[2+j], 64)
			if err != nil {
				t.Fatal(err)
			}
			x.Row(i)[j] = math.Log(v)
		}
	}
	c, err := Principal(x, Options{Standardise: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.439909, .271277, .107568} {
		near(t, "share", c.Share[i], want, 5e-7)
	}
}

// Columns that do not vary change nothing.
func TestConstantColumns(t *testing.T) {
	x, _ := survey(t)
	wide := stats.NewMatrix(x.Rows, 13)
	for i := range x.Rows {
		row := wide.Row(i)
		row[0], row[12] = .1, 1e9+.1
		copy(row[1:12], x.Row(i))
	}
	for _, standardise := range []bool{false, true} {
		a, err := Principal(x, Options{Standardise: standardise})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Principal(wide, Options{Standardise: standardise})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 11 {
			near(t, "sd", b.SD[i], a.SD[i], 1e-12)
		}
		near(t, "sd of nothing", b.SD[11]+b.SD[12], 0, 0)
	}
	same := &stats.Matrix{Rows: 3, Cols: 2, Data: []float64{.1, .7, .1, .7, .1, .7}}
	p, err := Picture(same, []int32{0, 0, 1}, Options{Standardise: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Components.SD, []float64{0, 0}) || !slices.Equal(p.Components.Share, []float64{0, 0}) || len(p.Segments[0].Outer) != 1 {
		t.Errorf("rows that are all the same: %+v, %+v", p.Components, p.Segments)
	}
}

func TestPicture(t *testing.T) {
	x, labels := survey(t)
	p, err := Picture(x, labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for s, area := range p.Segments {
		var inside, half, n int
		var sum Point
		for i, l := range labels {
			if int(l) != s {
				continue
			}
			n++
			sum.X += p.Rows[i].X
			sum.Y += p.Rows[i].Y
			if holds(area.Outer, p.Rows[i]) {
				inside++
			}
			if holds(area.Inner, p.Rows[i]) {
				half++
			}
		}
		if n != area.Rows || inside != n || half < n/2 {
			t.Errorf("segment %d of %d rows: %d inside the outer hull, %d inside the inner one", s+1, n, inside, half)
		}
		near(t, "centre", area.Center.X, sum.X/float64(n), 1e-9)
		near(t, "centre", area.Center.Y, sum.Y/float64(n), 1e-9)
		for _, corner := range area.Inner {
			if !holds(area.Outer, corner) {
				t.Errorf("the inner hull of segment %d leaves the outer one", s+1)
			}
		}
	}
}

// holds says whether a point is inside a hull or on its edge, but for rounding.
func holds(hull []Point, p Point) bool {
	for i, a := range hull {
		b := hull[(i+1)%len(hull)]
		if (b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X) < -1e-9 {
			return false
		}
	}
	return true
}

func TestHull(t *testing.T) {
	for name, c := range map[string]struct{ points, want []Point }{
		"none":       {nil, nil},
		"one":        {[]Point{{1, 2}, {1, 2}}, []Point{{1, 2}}},
		"a line":     {[]Point{{2, 2}, {0, 0}, {1, 1}, {3, 3}}, []Point{{0, 0}, {3, 3}}},
		"a square":   {[]Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {.5, .5}, {.5, 0}}, []Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}}},
		"not finite": {[]Point{{math.NaN(), 0}, {1, math.Inf(1)}, {2, 3}}, []Point{{2, 3}}},
		"huge":       {[]Point{{-1e300, 0}, {1e300, 0}, {0, 1e300}, {0, 1}}, []Point{{-1e300, 0}, {1e300, 0}, {0, 1e300}}},
		"tiny":       {[]Point{{0, 0}, {1e-300, 0}, {0, 1e-300}}, []Point{{0, 0}, {1e-300, 0}, {0, 1e-300}}},
	} {
		if got := Hull(c.points); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	x := &stats.Matrix{Rows: 2, Cols: 1, Data: []float64{1, 2}}
	for name, run := range map[string]func() error{
		"nil": func() error { _, err := Principal(nil, Options{}); return err },
		"NaN": func() error {
			_, err := Principal(&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.NaN()}}, Options{})
			return err
		},
		"too large": func() error {
			_, err := Principal(&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{1e80}}, Options{})
			return err
		},
		"weights":      func() error { _, err := Principal(x, Options{Weights: []float64{1}}); return err },
		"no weight":    func() error { _, err := Principal(x, Options{Weights: []float64{0, 0}}); return err },
		"bad weight":   func() error { _, err := Principal(x, Options{Weights: []float64{1, -1}}); return err },
		"labels":       func() error { _, err := Picture(x, []int32{0}, Options{}); return err },
		"a nil matrix": func() error { _, err := Picture(nil, nil, Options{}); return err },
		"other columns": func() error {
			c, err := Principal(x, Options{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Project(stats.NewMatrix(2, 2), 2)
			return err
		},
	} {
		if run() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(uint64(1), uint8(20), uint8(3), 1.0)
	f.Add(uint64(2), uint8(2), uint8(1), 1e75)
	f.Add(uint64(3), uint8(9), uint8(9), 5e-324)
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols uint8, size float64) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(int(rows), int(cols%8))
		labels := make([]int32, rows)
		var weights []float64
		if seed%3 == 0 {
			weights = make([]float64, rows)
		}
		for i := range labels {
			labels[i] = rng.Int32N(5) - 1
			for j := range x.Cols {
				x.Row(i)[j] = math.Ldexp(size*float64(rng.IntN(3)), -int(seed>>8%60)*j)
			}
			if weights != nil {
				weights[i] = rng.Float64() * size
			}
		}
		p, err := Picture(x, labels, Options{Weights: weights, Standardise: seed%2 == 0})
		if err != nil {
			return
		}
		values := slices.Concat(p.Components.SD, p.Components.Share, p.Components.Cumulative, p.Components.Axes.Data)
		for _, r := range p.Rows {
			values = append(values, r.X, r.Y)
		}
		for _, s := range p.Segments {
			values = append(values, s.Center.X, s.Center.Y)
			if s.Rows > 0 && (len(s.Inner) == 0 || len(s.Outer) == 0) {
				t.Fatalf("%+v", s)
			}
		}
		for _, v := range values {
			if v-v != 0 {
				t.Fatalf("%+v", p.Components)
			}
		}
	})
}
