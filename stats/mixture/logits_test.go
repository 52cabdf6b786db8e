package mixture

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

// covered reads categorical columns and one of numbers, without rows that miss any.
func covered(t *testing.T, file string, items int, covariate string) (*Answers, *stats.Matrix) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Skipf("needs %s", file)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], covariate)
	a, x := &Answers{Items: items, Levels: make([]int, items)}, &stats.Matrix{Cols: 1}
	for _, r := range rows[1:] {
		if slices.Contains(r[:items], "") || r[at] == "" {
			continue
		}
		v, err := strconv.ParseFloat(r[at], 64)
		if err != nil {
			t.Fatal(err)
		}
		x.Data = append(x.Data, v)
		x.Rows++
		for j, s := range r[:items] { // answers begin with their number
			v, err := strconv.Atoi(s[:1])
			if err != nil {
				t.Fatal(err)
			}
			a.Codes = append(a.Codes, int16(v-1))
			a.Levels[j] = max(a.Levels[j], v)
		}
	}
	return a, x
}

// TestClassRegression: log-likelihoods and coefficients of R's poLCA on the data of its
// manual pages, coefficients and standard errors with more digits by running it to 1e-12.
// It compares classes with the first that it happened to find, which turns signs.
func TestClassRegression(t *testing.T) {
	a, x := covered(t, "../testdata/cheating.csv", 4, "GPA")
	m, err := Latent(t.Context(), a, Options{Classes: 2, Starts: 8, Seed: 1, Tol: 1e-11, Covariates: x})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rows", float64(m.Rows), 315, 0)
	near(t, "log-likelihood", m.LogLikelihood, -429.6384, 5e-5)
	near(t, "intercept", m.Coefficients.Row(1)[0], .1134288, 2e-5)
	near(t, "slope", m.Coefficients.Row(1)[1], -.8424836, 5e-6)
	near(t, "error of the intercept", m.Errors.Row(1)[0], .5099165, 1e-5)
	near(t, "error of the slope", m.Errors.Row(1)[1], .2813147, 1e-5)
	near(t, "parameters", float64(m.Parameters), 10, 0)
	near(t, "BIC", m.BIC(), 916.8025, 1e-3)
	for c, want := range []float64{.8218941621, .1781058379} {
		near(t, "share", m.Shares[c], want, 1e-5)
	}
	for j, want := range []float64{.009742605, .03534067, .03451727, .1743475} {
		near(t, "probability", m.Probabilities[0][j][1], want, 1e-5)
	}
	if m.Coefficients.Row(0)[0] != 0 || m.Errors.Row(0)[1] != 0 {
		t.Error("the first class has coefficients")
	}
}

// TestElectionRegression: the same of the larger example, which is not bundled.
func TestElectionRegression(t *testing.T) {
	a, x := covered(t, filepath.Join(os.Getenv("KREDS_REFERENCE_DATA"), "polca", "election.csv"), 12, "PARTY")
	m, err := Latent(t.Context(), a, Options{Classes: 3, Starts: 3, Seed: 1, Covariates: x})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "rows", float64(m.Rows), 1300, 0)
	near(t, "log-likelihood", m.LogLikelihood, -16222.32, .005)
	near(t, "parameters", float64(m.Parameters), 112, 0)
	// Of poLCA's classes, .2736, .3859 and .3405 with coefficients 0, (−1.16154, .57436) and
	// (−4.97967, 1.36762), the second is the largest.
	for c, want := range [][2]float64{{0, 0}, {-4.979670041 + 1.161542162, 1.367624089 - .5743582451}, {1.161542162, -.5743582451}} {
		for j, v := range want {
			near(t, "coefficient", m.Coefficients.Row(c)[j], v, 2e-4)
		}
		near(t, "share", m.Shares[c], []float64{.3858833, .3405150, .2736016}[c], 1e-4)
	}
	near(t, "error of a slope", m.Errors.Row(2)[1], .06400667477, 1e-4)
}

// TestClassesOfGroups: with a covariate that says nothing, and without one, the classes
// are the same; the units of covariates change nothing.
func TestClassesOfGroups(t *testing.T) {
	a := answers(t, "values.csv", 4)
	plain, err := Latent(t.Context(), a, Options{Classes: 2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	x, other := stats.NewMatrix(a.Rows(), 1), stats.NewMatrix(a.Rows(), 1)
	for i := range x.Data {
		x.Data[i] = rng.NormFloat64()
		other.Data[i] = 1e30*x.Data[i] - 7e31
	}
	var first *Classes
	for _, covariates := range []*stats.Matrix{x, other} {
		m, err := Latent(t.Context(), a, Options{Classes: 2, Seed: 1, Covariates: covariates})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "parameters", float64(m.Parameters), float64(plain.Parameters+1), 0)
		// Twice the gain is a chi-square with one degree of freedom.
		if gain := m.LogLikelihood - plain.LogLikelihood; gain < -1e-6 || gain > 5 {
			t.Errorf("a random covariate gains %v", gain)
		}
		if z := m.Coefficients.Row(1)[1] / m.Errors.Row(1)[1]; math.Abs(z) > 3.3 {
			t.Errorf("a random covariate has %v standard errors", z)
		}
		if first == nil {
			first = m
		}
		near(t, "log-likelihood", m.LogLikelihood, first.LogLikelihood, 1e-6)
	}
}

func TestCovariatesRefuse(t *testing.T) {
	a := &Answers{Items: 1, Levels: []int{2}, Codes: []int16{0, 1, 0, 1}}
	column := func(values ...float64) *stats.Matrix {
		return &stats.Matrix{Rows: len(values), Cols: 1, Data: values}
	}
	for name, x := range map[string]*stats.Matrix{
		"short": column(1, 2), "missing": column(1, 2, math.NaN(), 3), "constant": column(1, 1, 1, 1), "huge": column(1, 2, 3, 1e90),
		"the same": {Rows: 4, Cols: 2, Data: []float64{1, 2, 2, 4, 3, 6, 5, 10}}, "empty": {},
	} {
		if _, err := Latent(t.Context(), a, Options{Classes: 2, Covariates: x}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// A covariate that tells the classes exactly has no best coefficient.
	m, err := Latent(t.Context(), a, Options{Classes: 2, Covariates: column(-1, 1, -1, 1), MaxIter: 200})
	if err != nil {
		t.Fatal(err)
	}
	if m.Coefficients.Check() != nil || m.LogLikelihood-m.LogLikelihood != 0 {
		t.Errorf("%+v", m)
	}
}
