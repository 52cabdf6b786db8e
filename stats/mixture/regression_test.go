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

// liking reads the 11 items of the McDonald's survey and how much people like it.
func liking(t testing.TB) (x *stats.Matrix, y []float64) {
	t.Helper()
	f, err := os.Open("../testdata/mcdonalds.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x = stats.NewMatrix(len(rows)-1, 11)
	for i, r := range rows[1:] {
		for j := range 11 {
			if r[j] == "Yes" {
				x.Row(i)[j] = 1
			}
		}
		// The ends of the scale are written in words.
		v, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimPrefix(r[11], "I love it!"), "I hate it!"), 64)
		if err != nil {
			t.Fatal(err)
		}
		y = append(y, v)
	}
	return x, y
}

// TestBookRegressions: two regressions of liking on the items by R's flexmix (seed 1234,
// R 3.4's generator, nrep 10): from the random components of its best run the same steps
// lead to the same figures. Coefficients and standard errors are those of its refit,
// which maximises the likelihood.
func TestBookRegressions(t *testing.T) {
	x, y := liking(t)
	start := labels(t, "flexmix_starts.csv", "regression_k2")
	r, err := FitRegressions(t.Context(), x, y, RegressionOptions{Components: 2, Labels: start, DegreesOfFreedom: true, Tol: flexmix(-2875.499) / 1453})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood of flexmix", r.LogLikelihood, -2875.499389, 1e-6)
	near(t, "BIC of flexmix", r.BIC(), 5947.596, .0005)
	near(t, "parameters", float64(r.Parameters), 27, 0)
	near(t, "iterations of flexmix", float64(r.Iterations), 68, 0)
	sizes := make([]int, 2)
	for _, l := range r.Labels() {
		sizes[l]++
	}
	if slices.Sort(sizes); !slices.Equal(sizes, []int{630, 823}) {
		t.Errorf("sizes %v", sizes)
	}
	for name, o := range map[string]RegressionOptions{
		"flexmix's start": {Components: 2, Labels: start},
		"any starts":      {Components: 2, Starts: 10, Seed: 1},
	} {
		r, err := FitRegressions(t.Context(), x, y, o)
		if err != nil {
			t.Fatal(err)
		}
		// Where this ends without an outside source, but not below flexmix.
		near(t, name+", log-likelihood", r.LogLikelihood, -2875.4208, 1e-3)
		// flexmix's first component is the smaller one.
		for c, want := range [][][2]float64{
			{
				{-.90693731, .4192057},
				{2.1088424, .1873089},
				{1.4344291, .2957626},
				{-.3579251, .2374498},
				{-.3489916, .2193210},
				{-.4774767, .1501483},
				{.4210266, .2322304},
				{-.15675, .2069776},
				{-.2450840, .2342806},
				{-.1146040, .2131152},
				{.5280628, .1876135},
				{-2.0718689, .2101050},
			},
			{
				{-4.34785099, .25205834},
				{2.39947161, .20392117},
				{.07297362, .14806032},
				{-.07038765, .17520030},
				{-.54418445, .18393075},
				{.07975971, .11505168},
				{.36122001, .17034637},
				{.43788801, .15772143},
				{5.51149625, .21626451},
				{.22564248, .15097872},
				{.20815448, .14960657},
				{-.56294243, .14033693},
			},
		} {
			for j, v := range want {
				near(t, name+", coefficient "+strconv.Itoa(j), r.Coefficients.Row(c)[j], v[0], .002)
				near(t, name+", standard error "+strconv.Itoa(j), r.Errors.Row(c)[j], v[1], .001)
			}
		}
	}
}

// TestOneRegression: least squares of iris, by R's lm; standard errors are those of the
// maximum likelihood, which divides by n where lm divides by n − 2.
func TestOneRegression(t *testing.T) {
	iris, _ := numbers(t, "iris.csv", 0, 4, 4)
	x, y := stats.NewMatrix(150, 1), make([]float64, 150)
	for i := range y {
		x.Data[i], y[i] = iris.Row(i)[2], iris.Row(i)[3]
	}
	r, err := FitRegressions(t.Context(), x, y, RegressionOptions{Components: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "intercept", r.Coefficients.Data[0], -.3630755, 1e-7)
	near(t, "slope", r.Coefficients.Data[1], .4157554, 1e-7)
	by := math.Sqrt(148. / 150)
	near(t, "error of the intercept", r.Errors.Data[0], .0397619895*by, 1e-7)
	near(t, "error of the slope", r.Errors.Data[1], .0095824357*by, 1e-7)
	near(t, "sigma", r.Sigma[0], .2064843*by, 1e-6)
	near(t, "log-likelihood", r.LogLikelihood, 24.7955458, 1e-6)
	near(t, "prediction", r.Predict([]float64{2})[0], -.3630755+2*.4157554, 1e-6)
	if r.Predict(nil) != nil || new(Regressions).Predict(nil) != nil {
		t.Error("a prediction from no columns")
	}
}

// crossing are two lines that cross, with noise.
func crossing(n int) (x *stats.Matrix, y []float64, of []int32) {
	rng := rand.New(rand.NewPCG(7, 7))
	x = stats.NewMatrix(n, 1)
	for i := range n {
		v := rng.Float64() * 10
		x.Data[i] = v
		of = append(of, int32(i%3/2))
		y = append(y, []float64{1 + 2*v, 20 - v}[of[i]]+rng.NormFloat64()*.5)
	}
	return x, y, of
}

// TestCrossingLines: two lines in the same cloud are told apart, in any units.
func TestCrossingLines(t *testing.T) {
	x, y, of := crossing(600)
	a, err := FitRegressions(t.Context(), x, y, RegressionOptions{Components: 2})
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range [][]float64{{1, 2}, {20, -1}} {
		for j, v := range want {
			near(t, "coefficient", a.Coefficients.Row(c)[j], v, 4*a.Errors.Row(c)[j])
		}
		near(t, "sigma", a.Sigma[c], .5, .05)
	}
	right := 0
	for i, l := range a.Labels() {
		if l == of[i] {
			right++
		}
	}
	if right < 560 || a.ICL() < a.BIC() {
		t.Errorf("%d of 600 rows are with their line; BIC %v, ICL %v", right, a.BIC(), a.ICL())
	}
	for i := range y {
		x.Data[i], y[i] = x.Data[i]*1e30+3e31, y[i]*1e-20-5e-20
	}
	b, err := FitRegressions(t.Context(), x, y, RegressionOptions{Components: 2})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", b.LogLikelihood, a.LogLikelihood+600*math.Log(1e20), 1e-3)
	near(t, "slope", b.Coefficients.Row(0)[1]*1e50, a.Coefficients.Row(0)[1], 1e-6)
	near(t, "error of a slope", b.Errors.Row(0)[1]*1e50, a.Errors.Row(0)[1], 1e-6)
}

// TestRegressionWeights: a weight is the same as repeated rows.
func TestRegressionWeights(t *testing.T) {
	x, y, _ := crossing(240)
	weights := make([]float64, len(y))
	repeated, again := &stats.Matrix{Cols: 1}, []float64(nil)
	for i, v := range y {
		weights[i] = float64(i % 3)
		for range i % 3 {
			repeated.Data = append(repeated.Data, x.Data[i])
			repeated.Rows++
			again = append(again, v)
		}
	}
	a, err := FitRegressions(t.Context(), x, y, RegressionOptions{Components: 2, Weights: weights, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitRegressions(t.Context(), repeated, again, RegressionOptions{Components: 2, Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", a.LogLikelihood, b.LogLikelihood, 1e-4)
	near(t, "BIC", a.BIC(), b.BIC(), 1e-3)
	near(t, "ICL", a.ICL(), b.ICL(), 1e-2)
	for i, v := range b.Errors.Data {
		near(t, "coefficient", a.Coefficients.Data[i], b.Coefficients.Data[i], 1e-4)
		near(t, "standard error", a.Errors.Data[i], v, 1e-5)
	}
}

func TestRegressionsRefuse(t *testing.T) {
	column := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	x, y := column(1, 2, 3, 5), []float64{1, 3, 2, 5}
	two := &stats.Matrix{Rows: 6, Cols: 2, Data: []float64{1, 3, 2, 5, 3, 7, 5, 11, 6, 13, 8, 17}}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		y    []float64
		o    RegressionOptions
		want string
	}{
		"nothing":             {nil, nil, RegressionOptions{Components: 1}, "no rows"},
		"no components":       {x, y, RegressionOptions{}, "at least one"},
		"responses short":     {x, y[:2], RegressionOptions{Components: 1}, "2 responses for 4 rows"},
		"response NaN":        {x, []float64{1, 2, math.NaN(), 3}, RegressionOptions{Components: 1}, "response of row 3"},
		"huge":                {column(1, 2, 1e80, 3), y, RegressionOptions{Components: 1}, "scale values"},
		"too few":             {x, y, RegressionOptions{Components: 2}, "4 rows: too few for the 7 parameters"},
		"constant":            {column(2, 2, 2, 2), y, RegressionOptions{Components: 1}, "column 1 does not vary"},
		"constant response":   {x, []float64{1, 1, 1, 1}, RegressionOptions{Components: 1}, "column 2 does not vary"},
		"follows from others": {two, []float64{1, 2, 4, 3, 7, 5}, RegressionOptions{Components: 1}, "column 2 follows"},
		"labels":              {x, y, RegressionOptions{Components: 1, Labels: []int32{0, 0, 1, 0}}, "label 1"},
		"weights":             {x, y, RegressionOptions{Components: 1, Weights: []float64{1, 1, -1, 1}}, "weight of row 3"},
		"out of reach":        {column(1e-300, 2e-300, 3e-300, 5e-300), []float64{1e70, 3e70, 2e70, 5e70}, RegressionOptions{Components: 1}, "too large for a number"},
		"floor":               {x, y, RegressionOptions{Components: 1, Floor: 2}, "floor is 2"},
	} {
		if _, err := FitRegressions(t.Context(), c.x, c.y, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FitRegressions(ended, x, y, RegressionOptions{Components: 1}); err == nil {
		t.Error("an ended context: no error")
	}
	// Rows on a line leave nothing: the floor holds.
	r, err := FitRegressions(t.Context(), x, []float64{3, 5, 7, 11}, RegressionOptions{Components: 1})
	if err != nil || r.Floored != 1 || r.Errors != nil || r.LogLikelihood-r.LogLikelihood != 0 {
		t.Errorf("rows on a line: %+v, %v", r, err)
	}
}

func FuzzRegressions(f *testing.F) {
	for kind := range uint8(6) {
		f.Add(uint64(kind), uint8(40), uint8(2), uint8(2), kind)
		f.Add(uint64(kind)+6, uint8(60), uint8(4), uint8(3), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		value := func() float64 {
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
			return v
		}
		x := stats.NewMatrix(int(rows%64), int(cols%5))
		y := make([]float64, x.Rows)
		for i := range x.Data {
			x.Data[i] = value()
		}
		for i := range y {
			y[i] = value()
		}
		o := RegressionOptions{Components: int(k % 5), Starts: 2, MaxIter: 40, Seed: seed}
		if seed%3 == 0 {
			for range x.Rows {
				o.Weights = append(o.Weights, math.Ldexp(rng.Float64(), rng.IntN(100)-50))
			}
		}
		r, err := FitRegressions(t.Context(), x, y, o)
		if err != nil {
			return
		}
		if n := r.LogLikelihood + r.AIC() + r.BIC() + r.ICL(); n-n != 0 {
			t.Fatalf("log-likelihood %v, BIC %v, ICL %v", r.LogLikelihood, r.BIC(), r.ICL())
		}
		if r.Coefficients.Check() != nil || r.Errors != nil && r.Errors.Check() != nil {
			t.Fatalf("coefficients %v, errors %v", r.Coefficients.Data, r.Errors)
		}
		for c, s := range r.Shares {
			if !(s >= 0 && s <= 1+1e-9) || !(r.Sigma[c] >= 0 && r.Sigma[c] <= math.MaxFloat64) {
				t.Fatalf("component %d: share %v, sigma %v", c, s, r.Sigma[c])
			}
		}
		for _, p := range r.Posterior.Data {
			if !(p >= 0 && p <= 1) {
				t.Fatalf("posterior %v", p)
			}
		}
	})
}
