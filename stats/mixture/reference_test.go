package mixture

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// coded reads categorical columns, whatever their texts; empty is missing, and rows
// that miss any are left out if complete is asked for.
func coded(t *testing.T, file string, items int, complete bool) *Answers {
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
	a := &Answers{Items: items, Levels: make([]int, items)}
	codes := make([]map[string]int16, items)
	for _, r := range rows[1:] {
		if complete && slices.Contains(r[:items], "") {
			continue
		}
		for j, s := range r[:items] {
			if s == "" {
				a.Codes = append(a.Codes, Missing)
				continue
			}
			if codes[j] == nil {
				codes[j] = map[string]int16{}
			}
			c, ok := codes[j][s]
			if !ok {
				c = int16(len(codes[j]))
				codes[j][s] = c
				a.Levels[j]++
			}
			a.Codes = append(a.Codes, c)
		}
	}
	return a
}

// R's poLCA on the data of its manual pages: log-likelihood, G² and X².
func TestPoLCAMore(t *testing.T) {
	election := filepath.Join(os.Getenv("KREDS_REFERENCE_DATA"), "polca", "election.csv")
	for _, c := range []struct {
		file           string
		items, classes int
		ll, g2, x2     float64 // 0: not known
		shares         []float64
		aic, bic       float64
	}{
		{"../testdata/carcinoma.csv", 7, 3, -293.705, 15.26171, 20.50335, []float64{.4447, .3736, .1817}, 633.41, 697.1357},
		{"../testdata/values.csv", 4, 2, -504.4677, 2.719922, 0, []float64{.7208, .2792}, 1026.935, 1057.313},
		{"../testdata/gss82.csv", 4, 2, -2783.268, 0, 0, nil, 0, 0},
		{"../testdata/gss82.csv", 4, 3, -2754.545, 0, 0, []float64{.6208, .2070, .1723}, 0, 5650.926},
		{"../testdata/gss82.csv", 4, 4, -2746.621, 0, 0, nil, 0, 0},
		{"../testdata/cheating.csv", 4, 2, -440.0271, 7.764242, 0, []float64{.8394, .1606}, 0, 0},
		{election, 12, 1, -18647.31, 0, 0, nil, 0, 0},
		{election, 12, 2, -17344.92, 0, 0, nil, 0, 0},
		{election, 12, 3, -16714.66, 0, 0, []float64{.4194, .3198, .2608}, 0, 0},
		{"../testdata/mcdonalds.csv", 11, 5, -7011.1675, 0, 0, nil, 0, 0},
		{"../testdata/mcdonalds.csv", 11, 6, -6956.0192, 0, 0, nil, 0, 0},
	} {
		t.Run(filepath.Base(c.file)+" "+strconv.Itoa(c.classes), func(t *testing.T) {
			m, err := Latent(t.Context(), coded(t, c.file, c.items, c.file == election), Options{Classes: c.classes, Starts: 8, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if m.LogLikelihood < c.ll-.01 {
				t.Errorf("log-likelihood %v is below %v", m.LogLikelihood, c.ll)
			}
			near(t, "log-likelihood", m.LogLikelihood, c.ll, .02)
			if c.g2 > 0 {
				near(t, "G²", m.G2, c.g2, .001)
			}
			if c.x2 > 0 {
				near(t, "X²", m.X2, c.x2, .02)
			}
			if c.aic > 0 {
				near(t, "AIC", m.AIC(), c.aic, .005)
			}
			if c.bic > 0 {
				near(t, "BIC", m.BIC(), c.bic, .005)
			}
			for i, want := range c.shares {
				near(t, "share", m.Shares[i], want, 5e-4)
			}
		})
	}
}

// wholesale reads the logarithms of wholesale spending (UCI), scaled with n−1; nil if the
// file is not there.
func wholesale(t *testing.T) *stats.Matrix {
	f, err := os.Open(filepath.Join(os.Getenv("KREDS_REFERENCE_DATA"), "wholesale", "wholesale_customers.csv"))
	if err != nil {
		return nil
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x := stats.NewMatrix(len(rows)-1, 6)
	for i, r := range rows[1:] {
		for j := range 6 {
			v, err := strconv.ParseFloat(r[2+j], 64)
			if err != nil {
				t.Fatal(err)
			}
			x.Row(i)[j] = math.Log(v)
		}
	}
	mean := x.Means(nil)
	for j, m := range mean {
		var ss float64
		for i := range x.Rows {
			x.Row(i)[j] -= m
			ss += x.Row(i)[j] * x.Row(i)[j] / float64(x.Rows-1)
		}
		for i := range x.Rows {
			x.Row(i)[j] /= math.Sqrt(ss)
		}
	}
	return x
}

// TestMclustSteps: from the partitions that R's mclust begins with (its hierarchies, in a
// file) the same steps, until one changes the log-likelihood by less than 1e-5 of it, lead
// to what mclust says of its own examples and of wholesale spending.
func TestMclustSteps(t *testing.T) {
	faithful, _ := numbers(t, "faithful.csv", 0, 2, 0)
	iris, _ := numbers(t, "iris.csv", 0, 4, 4)
	diabetes, _ := numbers(t, "diabetes.csv", 1, 4, 0)
	starts := map[string][]int32{}
	file, err := os.ReadFile("../testdata/mclust_starts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		words := strings.Fields(line)
		for _, digit := range words[3] {
			name := strings.Join(words[:3], " ")
			starts[name] = append(starts[name], digit-'1')
		}
	}
	for _, c := range []struct {
		name       string
		x          *stats.Matrix
		shape      Covariance
		iterations int
		ll         float64
		bic, icl   float64 // with the other sign; 0: not known
		sizes      []int
	}{
		{"faithful EEE 3", faithful, Tied, 18, -1126.326, -2314.316, -2357.824, []int{135, 97, 40}},
		{"faithful VVV 2", faithful, Full, 3, -1130.264, -2322.192, 0, []int{175, 97}},
		{"diabetes VVV 3", diabetes, Full, 26, -2303.496, -4751.316, 0, []int{81, 36, 28}},
		{"iris VVV 3", iris, Full, 32, -180.1858, -580.8396, -584.0522, []int{55, 50, 45}},
		{"wholesale VVV 2", wholesale(t), Full, 27, -3004.1657, -6343.104, 0, []int{339, 101}},
		{"wholesale VVV 3", wholesale(t), Full, 26, -2872.3398, -6249.882, 0, []int{220, 156, 64}},
	} {
		if c.x == nil {
			continue // a file that may not be bundled
		}
		labels := starts[c.name]
		g, err := FitGaussian(t.Context(), c.x, GaussianOptions{
			Components: len(c.sizes), Covariance: c.shape, Labels: labels, Tol: 1e-5 * (1 - c.ll) / float64(c.x.Rows),
		})
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.name+", iterations", float64(g.Iterations), float64(c.iterations), 0)
		near(t, c.name+", log-likelihood", g.LogLikelihood, c.ll, .0006)
		near(t, c.name+", BIC", -g.BIC(), c.bic, .0006)
		if c.icl != 0 {
			near(t, c.name+", ICL", -g.ICL(), c.icl, .0006)
		}
		sizes := make([]int, len(c.sizes))
		for _, l := range g.Labels() {
			sizes[l]++
		}
		if !slices.Equal(sizes, c.sizes) {
			t.Errorf("%s: sizes %v, want %v", c.name, sizes, c.sizes)
		}
	}

	// scikit-learn begins with k-means (62, 50 and 38 rows) and, when a step gains less than
	// .001 for each row, here the 17th, takes one more.
	var start []int32
	for seed := uint64(0); start == nil; seed++ {
		sizes := make([]int, 3)
		found := partition(rand.New(rand.NewPCG(seed, 0)), iris, nil, 3, 50)
		for _, l := range found {
			sizes[l]++
		}
		if slices.Sort(sizes); slices.Equal(sizes, []int{38, 50, 62}) {
			start = found
		}
	}
	g, err := FitGaussian(t.Context(), iris, GaussianOptions{Components: 3, Labels: start, MaxIter: 18})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood of scikit-learn", g.LogLikelihood, -180.196, .0006)
	near(t, "BIC of scikit-learn", g.BIC(), 580.8594, 2e-4)
}

// What R's mclust says of wholesale spending: BIC, whose sign is the other one there,
// chooses three components of the fullest shape. mclust stops a little short of the maxima.
func TestWholesale(t *testing.T) {
	x := wholesale(t)
	if x == nil {
		t.Skip("needs wholesale/wholesale_customers.csv in $KREDS_REFERENCE_DATA")
	}
	fit := func(k int, shape Covariance, starts int) *Gaussian {
		g, err := FitGaussian(t.Context(), x, GaussianOptions{Components: k, Covariance: shape, Starts: starts, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	three := fit(3, Full, 20)
	near(t, "BIC of VVV, 3", three.BIC(), 6249.882, .12)
	near(t, "BIC of VVV, 2", fit(2, Full, 20).BIC(), 6343.104, .12)
	sizes := make([]int, 3)
	for _, l := range three.Labels() {
		sizes[l]++
	}
	if !slices.Equal(sizes, []int{220, 156, 64}) {
		t.Errorf("sizes %v", sizes)
	}
	for shape := Full; shape <= EqualVolumeShape; shape++ {
		for k := 1; k <= 3; k++ {
			if other := fit(k, shape, 2).BIC(); other < three.BIC()-1e-3 {
				t.Errorf("BIC chooses shape %d with %d: %v", shape, k, other)
			}
		}
	}
}
