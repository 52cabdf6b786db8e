package mixture

import (
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// numbers reads columns of a file and the values of another.
func numbers(t testing.TB, file string, from, to, class int) (*stats.Matrix, []string) {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x := &stats.Matrix{Rows: len(rows) - 1, Cols: to - from}
	var classes []string
	for _, r := range rows[1:] {
		for _, s := range r[from:to] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			x.Data = append(x.Data, v)
		}
		classes = append(classes, r[class])
	}
	return x, classes
}

// TestMclust: what R's mclust finds in the data of its own examples (faithful:
// Azzalini and Bowman 1990; diabetes: Reaven and Miller 1979), which stops a
// little short of the maxima, and the maxima that scikit-learn 1.2.1 finds with
// 60 starts of its own and a tolerance of 1e-9. Those of shapes that scikit-learn has not
// are what mclust 6.0.0 goes on to with a tolerance of 1e-12, of EEV with three
// components from the partition found here: its own start leads to a lower one.
func TestMclust(t *testing.T) {
	faithful, _ := numbers(t, "faithful.csv", 0, 2, 0)
	iris, species := numbers(t, "iris.csv", 0, 4, 4)
	diabetes, kinds := numbers(t, "diabetes.csv", 1, 4, 0)
	for _, c := range []struct {
		name       string
		x          *stats.Matrix
		k          int
		shape      Covariance
		ll, mclust float64 // 0: not known
		parameters int
		sizes      []int
		classes    []string
		ari        float64
	}{
		{"faithful VVV", faithful, 2, Full, -1130.2640, -1130.264, 11, []int{175, 97}, nil, 0},
		{"faithful EEE", faithful, 3, Tied, -1126.3159, -1126.326, 11, []int{134, 97, 41}, nil, 0},
		{"faithful VVI", faithful, 3, Diagonal, -1127.0075, 0, 14, []int{169, 86, 17}, nil, 0},
		{"faithful VII", faithful, 3, Spherical, -1637.4344, 0, 11, []int{101, 84, 87}, nil, 0},
		{"iris VVV", iris, 2, Full, -214.3547, -214.3547, 29, []int{100, 50}, species, .5681159420},
		{"iris VVV", iris, 3, Full, -180.1855, -180.196, 44, []int{55, 50, 45}, species, .9038742318},
		{"iris EEE", iris, 3, Tied, -256.3540, 0, 24, []int{51, 50, 49}, species, .9410123},
		{"iris VII", iris, 3, Spherical, -384.3141, 0, 17, []int{62, 50, 38}, species, .7302382723},
		{"iris VEV", iris, 2, EqualShape, -215.7260, -215.726, 26, []int{100, 50}, species, .5681159420},
		{"iris VEV", iris, 3, EqualShape, -186.0733, -186.0740, 38, []int{55, 50, 45}, species, .9038742318},
		{"iris EEV", iris, 2, EqualVolumeShape, -259.6669, -259.6669, 25, []int{100, 50}, species, .5681159420},
		{"iris EEV", iris, 3, EqualVolumeShape, -214.8504, -232.1991, 36, []int{53, 50, 47}, nil, 0},
		{"faithful VEV", faithful, 2, EqualShape, -1134.6792, -1134.6792, 10, []int{175, 97}, nil, 0},
		{"faithful EEV", faithful, 2, EqualVolumeShape, -1139.3316, -1139.3316, 9, []int{175, 97}, nil, 0},
		{"faithful VEV", faithful, 3, EqualShape, -1122.5494, -1122.7806, 15, nil, nil, 0},
		{"faithful EEV", faithful, 3, EqualVolumeShape, -1126.1633, -1126.2232, 13, nil, nil, 0},
		{"diabetes VEV", diabetes, 3, EqualShape, -2342.3266, -2342.3509, 25, nil, nil, 0},
		{"diabetes EEV", diabetes, 3, EqualVolumeShape, -2360.4338, -2373.3601, 23, []int{117, 16, 12}, nil, 0},
		{"diabetes VVV", diabetes, 3, Full, -2303.4918, -2303.496, 29, []int{81, 36, 28}, kinds, .6640181},
		{"diabetes VVI", diabetes, 3, Diagonal, -2364.1372, 0, 20, []int{79, 40, 26}, kinds, .6586292},
		{"diabetes EEE", diabetes, 3, Tied, -2417.3414, 0, 17, nil, nil, 0},
	} {
		g, err := FitGaussian(t.Context(), c.x, GaussianOptions{Components: c.k, Covariance: c.shape, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.name+", log-likelihood", g.LogLikelihood, c.ll, 2e-4)
		if c.mclust != 0 && g.LogLikelihood < c.mclust-5e-4 {
			t.Errorf("%s: log-likelihood %v is below mclust's %v", c.name, g.LogLikelihood, c.mclust)
		}
		if g.Parameters != c.parameters || !g.Converged || g.Floored != 0 {
			t.Errorf("%s: %d parameters, converged %v, floored %d", c.name, g.Parameters, g.Converged, g.Floored)
		}
		labels := g.Labels()
		sizes := make([]int, c.k)
		for _, l := range labels {
			sizes[l]++
		}
		if c.sizes != nil && !slices.Equal(sizes, c.sizes) {
			t.Errorf("%s: sizes %v, want %v", c.name, sizes, c.sizes)
		}
		if c.classes != nil {
			near(t, c.name+", adjusted Rand index", agreement(labels, c.classes), c.ari, 1e-7)
		}
	}
}

// agreement is the adjusted Rand index.
func agreement(labels []int32, classes []string) float64 {
	cells, rows, columns := map[[2]string]float64{}, map[string]float64{}, map[string]float64{}
	for i, l := range labels {
		r := strconv.Itoa(int(l))
		cells[[2]string{r, classes[i]}]++
		rows[r]++
		columns[classes[i]]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var both, ra, rb float64
	for _, n := range cells {
		both += pairs(n)
	}
	for _, n := range rows {
		ra += pairs(n)
	}
	for _, n := range columns {
		rb += pairs(n)
	}
	expected := ra * rb / pairs(float64(len(labels)))
	return (both - expected) / ((ra+rb)/2 - expected)
}

// TestCriteria: BIC and ICL of mclust (with the other sign) and of scikit-learn.
// Of ICL it is what mclust goes on to with a tolerance of 1e-12.
func TestCriteria(t *testing.T) {
	faithful, _ := numbers(t, "faithful.csv", 0, 2, 0)
	iris, _ := numbers(t, "iris.csv", 0, 4, 4)
	diabetes, _ := numbers(t, "diabetes.csv", 1, 4, 0)
	for _, c := range []struct {
		x        *stats.Matrix
		k        int
		shape    Covariance
		bic, icl float64
	}{
		{faithful, 3, Tied, 2314.2957, 2358.3888},
		{faithful, 2, Full, 2322.1917, 0},
		{iris, 2, Full, 574.0178, 0},
		{iris, 2, EqualShape, 561.7285, 0},
		{iris, 3, Full, 580.8389, 0},
		{diabetes, 3, Full, 4751.3090, 0},
	} {
		g, err := FitGaussian(t.Context(), c.x, GaussianOptions{Components: c.k, Covariance: c.shape})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "BIC", g.BIC(), c.bic, 3e-4)
		near(t, "AIC", g.AIC(), 2*float64(g.Parameters)-2*g.LogLikelihood, 1e-9)
		if c.icl != 0 {
			near(t, "ICL", g.ICL(), c.icl, .05)
		}
		if g.ICL() < g.BIC() {
			t.Errorf("ICL %v is below BIC %v", g.ICL(), g.BIC())
		}
	}
}

// TestOneComponent: mean, covariance and likelihood are known in closed form.
func TestOneComponent(t *testing.T) {
	x, _ := numbers(t, "faithful.csv", 0, 2, 0)
	g, err := FitGaussian(t.Context(), x, GaussianOptions{Components: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", g.LogLikelihood, -1289.7967, 1e-4)
	mean := x.Means(nil)
	var cov float64
	for i := range x.Rows {
		cov += (x.Row(i)[0] - mean[0]) * (x.Row(i)[1] - mean[1]) / float64(x.Rows)
	}
	near(t, "covariance", g.Covariances[0].Row(0)[1], cov, 1e-9)
	near(t, "covariance", g.Covariances[0].Row(1)[0], cov, 1e-9)
	for j, m := range mean {
		near(t, "mean", g.Means.Row(0)[j], m, 1e-9)
	}
}

// TestUnits: other units of the columns shift the log-likelihood by n ln of the
// factor and change nothing else.
func TestUnits(t *testing.T) {
	x, _ := numbers(t, "faithful.csv", 0, 2, 0)
	other := stats.NewMatrix(x.Rows, 2)
	for i := range x.Rows {
		other.Row(i)[0], other.Row(i)[1] = x.Row(i)[0]*1e40-3e42, x.Row(i)[1]*1e-60
	}
	for _, shape := range []Covariance{Full, Diagonal, Tied} {
		a, err := FitGaussian(t.Context(), x, GaussianOptions{Components: 2, Covariance: shape, Starts: 2})
		if err != nil {
			t.Fatal(err)
		}
		b, err := FitGaussian(t.Context(), other, GaussianOptions{Components: 2, Covariance: shape, Starts: 2})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "log-likelihood", b.LogLikelihood, a.LogLikelihood-272*math.Log(1e-20), 1e-3)
		if !slices.Equal(a.Labels(), b.Labels()) {
			t.Errorf("shape %d: other labels in other units", shape)
		}
	}
}

// TestGaussianWeights: a weight is the same as repeated rows; rows of weight 0
// are classified and change nothing.
func TestGaussianWeights(t *testing.T) {
	x, _ := numbers(t, "faithful.csv", 0, 2, 0)
	weights := make([]float64, x.Rows)
	repeated := &stats.Matrix{Cols: 2}
	for i := range weights {
		weights[i] = float64(i % 4)
		for range i % 4 {
			repeated.Data = append(repeated.Data, x.Row(i)...)
			repeated.Rows++
		}
	}
	for _, shape := range []Covariance{Full, Diagonal, Spherical, Tied, EqualShape, EqualVolumeShape} {
		a, err := FitGaussian(t.Context(), x, GaussianOptions{Components: 2, Covariance: shape, Weights: weights})
		if err != nil {
			t.Fatal(err)
		}
		b, err := FitGaussian(t.Context(), repeated, GaussianOptions{Components: 2, Covariance: shape})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "log-likelihood", a.LogLikelihood, b.LogLikelihood, 1e-3)
		near(t, "BIC", a.BIC(), b.BIC(), 2e-3)
		near(t, "ICL", a.ICL(), b.ICL(), 1e-2)
		post, err := b.Classify(x)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range a.Posterior.Data {
			near(t, "posterior", post.Data[i], p, 1e-3)
		}
	}
}

// TestSingular: components that shrink to a point, a line or a column that
// follows from others stay finite, and the result says so.
func TestSingular(t *testing.T) {
	line := stats.NewMatrix(60, 3)
	points := stats.NewMatrix(60, 2)
	for i := range 60 {
		v := float64(i%20) + 100*float64(i/20)
		copy(line.Row(i), []float64{v, 2 * v, 5 - v})
		copy(points.Row(i), []float64{float64(i % 3), float64(i % 3 * i % 3)})
	}
	for name, x := range map[string]*stats.Matrix{"line": line, "points": points} {
		for _, shape := range []Covariance{Full, Diagonal, Spherical, Tied, EqualShape, EqualVolumeShape} {
			g, err := FitGaussian(t.Context(), x, GaussianOptions{Components: 3, Covariance: shape})
			if err != nil {
				t.Fatal(err)
			}
			if g.LogLikelihood-g.LogLikelihood != 0 || g.BIC()-g.BIC() != 0 {
				t.Errorf("%s, shape %d: log-likelihood %v", name, shape, g.LogLikelihood)
			}
			if wide := name == "line" && (shape == Diagonal || shape == Spherical); (g.Floored == 0) != wide {
				t.Errorf("%s, shape %d: floored %d", name, shape, g.Floored)
			}
			for i := range x.Rows {
				if a, b := g.Labels()[i], g.Labels()[i/20*20]; name == "line" && shape != Tied && a != b {
					t.Errorf("%s, shape %d: row %d is in %d, not in %d", name, shape, i, a, b)
					break
				}
			}
		}
	}
}

func TestGaussianWorkers(t *testing.T) {
	x, _ := numbers(t, "iris.csv", 0, 4, 4)
	var first *Gaussian
	for _, workers := range []int{1, 2, 5} {
		g, err := FitGaussian(t.Context(), x, GaussianOptions{Components: 4, Seed: 3, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = g
		}
		if g.LogLikelihood != first.LogLikelihood || !slices.Equal(g.Posterior.Data, first.Posterior.Data) {
			t.Errorf("%d workers: log-likelihood %v, one: %v", workers, g.LogLikelihood, first.LogLikelihood)
		}
	}
}

func TestGaussianRefuses(t *testing.T) {
	column := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	one := GaussianOptions{Components: 1}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		o    GaussianOptions
		want string
	}{
		"nothing":           {nil, one, "no rows"},
		"not a number":      {column(1, math.NaN()), one, "row 2, column 1 is NaN"},
		"infinite":          {column(math.Inf(1)), one, "row 1, column 1 is +Inf"},
		"huge":              {column(1, 1e80), one, "scale values"},
		"no components":     {column(1, 2), GaussianOptions{}, "at least one"},
		"fewer rows":        {column(1, 2), GaussianOptions{Components: 3}, "2 different rows: too few for 3"},
		"one distinct row":  {column(2, 2, 2), one, "column 1 does not vary"},
		"distinct too few":  {column(2, 2, 2), GaussianOptions{Components: 2}, "1 different rows: too few for 2"},
		"none varies":       {column(2, 2), GaussianOptions{Components: 1, Covariance: Spherical}, "no column varies"},
		"unknown shape":     {column(1, 2), GaussianOptions{Components: 1, Covariance: 9}, "covariance 9"},
		"weights short":     {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{1}}, "1 weights for 2 rows"},
		"negative weight":   {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{1, -1}}, "weight of row 2 is -1"},
		"NaN weight":        {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{math.NaN(), 1}}, "weight of row 1 is NaN"},
		"no weight":         {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{0, 0}}, "0 different rows"},
		"one with a weight": {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{0, 1}}, "does not vary"},
		"next to none":      {column(1, 2), GaussianOptions{Components: 1, Weights: []float64{1e-40, 1}}, "next to no weight"},
		"labels":            {column(1, 2), GaussianOptions{Components: 1, Labels: []int32{0, 1}}, "row 2: label 1"},
		"floor":             {column(1, 2), GaussianOptions{Components: 1, Floor: -1}, "floor is -1"},
	} {
		if _, err := FitGaussian(t.Context(), c.x, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FitGaussian(ended, column(1, 2), one); err == nil {
		t.Error("an ended context: no error")
	}
	g, err := FitGaussian(t.Context(), column(1, 2), one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Classify(stats.NewMatrix(1, 2)); err == nil {
		t.Error("other columns: no error")
	}
	if _, err := g.Classify(column(math.NaN())); err == nil {
		t.Error("not a number: no error")
	}
	if _, err := new(Gaussian).Classify(column(1)); err == nil {
		t.Error("not fitted: no error")
	}
}

func FuzzGaussian(f *testing.F) {
	for kind := range uint8(6) {
		f.Add(uint64(kind), uint8(30), uint8(3), uint8(3), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(int(rows%48), int(cols%6))
		for i := range x.Data {
			v := rng.NormFloat64()
			switch kind % 6 {
			case 1:
				v = math.Round(v)
			case 2:
				v = math.Ldexp(v, rng.IntN(480)-240)
			case 3:
				v = math.Float64frombits(rng.Uint64())
			case 4:
				v = 1e75 * math.Round(v) / 8
			case 5:
				v = math.Ldexp(1+v*1e-15, int(kind)*4-500)
			}
			x.Data[i] = v
		}
		o := GaussianOptions{Components: int(k % 6), Covariance: Covariance(seed % 6), Starts: 2, MaxIter: 40, Seed: seed}
		if seed%3 == 0 {
			for range x.Rows {
				o.Weights = append(o.Weights, math.Ldexp(rng.Float64(), rng.IntN(100)-50))
			}
		}
		if seed%5 == 0 {
			for range x.Rows {
				o.Labels = append(o.Labels, rng.Int32N(int32(o.Components)+1))
			}
		}
		g, err := FitGaussian(t.Context(), x, o)
		if err != nil {
			return
		}
		if n := g.LogLikelihood + g.BIC() + g.AIC() + g.ICL(); n-n != 0 {
			t.Fatalf("log-likelihood %v, BIC %v, ICL %v", g.LogLikelihood, g.BIC(), g.ICL())
		}
		for c, s := range g.Shares {
			if !(s >= 0 && s <= 1+1e-9) || g.Means.Check() != nil || g.Covariances[c].Check() != nil {
				t.Fatalf("component %d: share %v, mean %v, covariance %v", c, s, g.Means.Row(c), g.Covariances[c].Data)
			}
		}
		again, err := g.Classify(x)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range g.Posterior.Data {
			if !(p >= 0 && p <= 1) || again.Data[i] != p {
				t.Fatalf("posterior %v, again %v", p, again.Data[i])
			}
		}
	})
}

// BenchmarkGaussian: ten times the rows take ten times as long, for the same
// number of iterations.
func BenchmarkGaussian(b *testing.B) {
	for _, rows := range []int{1000, 10_000, 100_000} {
		rng := rand.New(rand.NewPCG(1, 1))
		x := stats.NewMatrix(rows, 5)
		for i := range x.Data {
			x.Data[i] = rng.NormFloat64() + float64(i/5%4*3)
		}
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			for b.Loop() {
				if _, err := FitGaussian(b.Context(), x, GaussianOptions{Components: 4, Starts: 1, MaxIter: 20, Tol: 1e-300}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
