package mixture

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/kreds/kreds/stats"
)

// answers reads columns of a file; "Yes" and "No" are 1 and 0, numbers count
// from 1.
func answers(t *testing.T, file string, items int) *Answers {
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
	a := &Answers{Items: items, Levels: make([]int, items)}
	for _, r := range rows[1:] {
		for j, s := range r[:items] {
			code := int16(0)
			switch s {
			case "Yes":
				code = 1
			case "No":
			default:
				v, err := strconv.Atoi(s)
				if err != nil {
					t.Fatal(err)
				}
				code = int16(v - 1)
			}
			a.Codes = append(a.Codes, code)
			a.Levels[j] = max(a.Levels[j], int(code)+1)
		}
	}
	return a
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tolerance)
	}
}

// TestPoLCA: log-likelihoods of R's poLCA on its own examples (manual pages) and
// on the McDonald's survey (run to 1e-10 from 30 starts: the maxima).
func TestPoLCA(t *testing.T) {
	for _, c := range []struct {
		file    string
		items   int
		classes int
		want    float64
	}{
		{"carcinoma.csv", 7, 2, -317.2568},
		{"carcinoma.csv", 7, 3, -293.705},
		{"carcinoma.csv", 7, 4, -289.2858},
		{"values.csv", 4, 1, -543.6498},
		{"values.csv", 4, 2, -504.4677},
		{"values.csv", 4, 3, -503.3011},
		{"mcdonalds.csv", 11, 1, -8346.2170},
		{"mcdonalds.csv", 11, 2, -7610.8361},
		{"mcdonalds.csv", 11, 3, -7311.4778},
		{"mcdonalds.csv", 11, 4, -7111.1081},
	} {
		m, err := Latent(t.Context(), answers(t, c.file, c.items), Options{Classes: c.classes, Starts: 12, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.file+", "+strconv.Itoa(c.classes), m.LogLikelihood, c.want, .01)
		switch {
		case c.file == "carcinoma.csv" && c.classes == 3:
			near(t, "AIC", m.AIC(), 633.41, .01)
			near(t, "BIC", m.BIC(), 697.1357, .01)
			for i, want := range []float64{.4447, .3736, .1817} {
				near(t, "share", m.Shares[i], want, 5e-4)
			}
		case c.file == "mcdonalds.csv" && c.classes == 4:
			near(t, "AIC", m.AIC(), 14316.22, .02)
			near(t, "BIC", m.BIC(), 14564.44, .02)
			for i, want := range []float64{.3828, .2661, .2097, .1414} {
				near(t, "share", m.Shares[i], want, 5e-4)
			}
			if e := m.Entropy(); e <= 0 || e >= 1 {
				t.Errorf("entropy %v", e)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	ok := &Answers{Items: 1, Levels: []int{2}, Codes: []int16{0, 1}}
	for name, c := range map[string]struct {
		a *Answers
		k int
	}{
		"no rows":        {&Answers{Items: 1, Levels: []int{2}}, 1},
		"too many":       {ok, 3},
		"none":           {ok, 0},
		"unknown answer": {&Answers{Items: 1, Levels: []int{2}, Codes: []int16{2}}, 1},
	} {
		if _, err := Latent(t.Context(), c.a, Options{Classes: c.k}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, l := range [][]int32{{0}, {0, 2}, {-1, 0}} {
		if _, err := Latent(t.Context(), ok, Options{Classes: 2, Labels: l}); err == nil {
			t.Errorf("labels %v: no error", l)
		}
	}
	all := &Answers{Items: 1, Levels: []int{1}, Codes: []int16{Missing, Missing}}
	m, err := Latent(t.Context(), all, Options{Classes: 1})
	if err != nil || m.LogLikelihood != 0 {
		t.Errorf("all missing: %v, %v", m, err)
	}
}

func FuzzLatent(f *testing.F) {
	f.Add(uint64(1), uint8(20), uint8(3), uint8(2))
	f.Add(uint64(2), uint8(40), uint8(1), uint8(3))
	f.Add(uint64(6), uint8(50), uint8(4), uint8(2))
	f.Add(uint64(10), uint8(50), uint8(3), uint8(3))
	f.Add(uint64(1), uint8(46), uint8(4), uint8(2))
	f.Add(uint64(95), uint8(40), uint8(19), uint8(1))
	f.Add(uint64(16), uint8(50), uint8(3), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, rows, items, k uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		a := &Answers{Items: int(items % 5)}
		for range a.Items {
			a.Levels = append(a.Levels, int(rng.Int32N(5)))
		}
		for i := range int(rows%64) * a.Items {
			a.Codes = append(a.Codes, int16(rng.IntN(a.Levels[i%a.Items]+2)-1))
		}
		if seed%3 > 0 { // only answers that there are
			for i, c := range a.Codes {
				a.Codes[i] = min(c, int16(a.Levels[i%a.Items]-1))
			}
		}
		o := Options{Classes: int(k % 6), Starts: 2, MaxIter: 30, Seed: seed}
		if seed%4 == 0 {
			for range a.Rows() {
				o.Labels = append(o.Labels, rng.Int32N(int32(o.Classes)+1))
			}
		}
		if seed%5 < 2 {
			o.Covariates = stats.NewMatrix(a.Rows()+int(seed%9/8), 1+int(seed/5%2))
			for i := range o.Covariates.Data {
				o.Covariates.Data[i] = math.Ldexp(math.Round(rng.NormFloat64()*2), int(seed%7)*40-120)
			}
		}
		m, err := Latent(t.Context(), a, o)
		if err != nil {
			return
		}
		if n := m.LogLikelihood + m.AIC() + m.BIC() + m.ICL() + m.Entropy(); n-n != 0 {
			t.Fatalf("log-likelihood %v, entropy %v", m.LogLikelihood, m.Entropy())
		}
		if m.Coefficients != nil && m.Coefficients.Check() != nil || m.Errors != nil && m.Errors.Check() != nil {
			t.Fatalf("coefficients %v, errors %v", m.Coefficients, m.Errors)
		}
		for _, p := range append(m.Posterior.Data, m.Shares...) {
			if !(p >= 0 && p <= 1+1e-9) {
				t.Fatalf("probability %v", p)
			}
		}
		if len(m.Labels()) != a.Rows() {
			t.Fatal("not all rows have a class")
		}
	})
}
