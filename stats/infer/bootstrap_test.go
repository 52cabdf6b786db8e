package infer

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// Two skewed samples with the intervals of SciPy's bootstrap at 200,000 draws.
var (
	skewed = []float64{
		7.698, .078, 1.519, .567, .636, .806, .133, .793, .421, 27.743, 1.253, .703, .755, .513, .348, .677, 1.619, .788, 2.606, .819,
		1.025, 4.692, 1.725, .603, .833, 1.717, 6.925, .764, .784, 2.725, .412, .747, 2.417, 1.787, 1.096, 1.954, .059, 2.777, .383, .189,
		1.318, 2.015, .641, .341, 1.026, .949, 4.078, 2.112, 1.214, 3.039, .814, .396, 1.793, 1.791, .807, .457, 1.258, .083, 1.994, 1.635,
	}
	others = []float64{
		.189, 1.453, .424, 3.349, .118, .451, 3.163, 5.407, .101, .743, 2.001, .65, 9.104, .323, 2.066, .384, 7.295, 1.315, .864, .172,
		10.157, 3.331, 3.334, 5.288, 2.053, .627, .517, .517, 6.987, .234, .66, .918, 1.767, 2.692, .302, .169, 1.343, 5.791, 3.348, 1.749,
	}
)

func TestBootstrap(t *testing.T) {
	for _, c := range []struct {
		what            string
		run             func(Bootstrap) (*Estimate, error)
		percentile, bca Interval // SciPy
		err             float64
	}{
		{"mean", func(b Bootstrap) (*Estimate, error) { return b.Mean(t.Context(), skewed) }, Interval{1.16082, 2.93843}, Interval{1.29007, 3.69301}, .47105},
		{"difference", func(b Bootstrap) (*Estimate, error) { return b.Difference(t.Context(), skewed, others) }, Interval{-1.55895, .88139}, Interval{-1.42606, 1.09994}, .62058},
		{"ratio", func(b Bootstrap) (*Estimate, error) { return b.Ratio(t.Context(), skewed, others) }, Interval{.45464, 1.48342}, Interval{.49364, 1.68620}, .26834},
	} {
		plain, err := c.run(Bootstrap{Draws: 40_000, Seed: 1, Percentile: true})
		if err != nil {
			t.Fatal(err)
		}
		interval(t, c.what+" by percentiles", plain.Interval, c.percentile.Low, c.percentile.High, .03)
		near(t, c.what+" error", plain.Error, c.err, .01)
		b, err := c.run(Bootstrap{Draws: 40_000, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		// SciPy takes the jackknife, this the derivative: they differ a little where the
		// statistic bends. The high end of the ratio is the worst.
		interval(t, c.what, b.Interval, c.bca.Low, c.bca.High, .04)
	}
}

// Drawn once for all, the figures are those that are drawn alone.
func TestCompare(t *testing.T) {
	b := Bootstrap{Draws: 40_000, Seed: 1}
	c, err := b.Compare(t.Context(), skewed, others)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		what string
		got  *Estimate
		run  func() (*Estimate, error)
	}{
		{"mean", c.A, func() (*Estimate, error) { return b.Mean(t.Context(), skewed) }},
		{"difference", c.Difference, func() (*Estimate, error) { return b.Difference(t.Context(), skewed, others) }},
		{"ratio", c.Ratio, func() (*Estimate, error) { return b.Ratio(t.Context(), skewed, others) }},
	} {
		if want, err := x.run(); err != nil || *x.got != *want {
			t.Errorf("%s: %+v, alone %+v, %v", x.what, x.got, want, err)
		}
	}
	// The second group is drawn from a generator of its own.
	other, err := b.Mean(t.Context(), others)
	if err != nil {
		t.Fatal(err)
	}
	interval(t, "mean of others", c.Other.Interval, other.Interval.Low, other.Interval.High, .05)
	if c, err := b.Compare(t.Context(), skewed, []float64{1, -1}); err != nil || c.Ratio != nil {
		t.Errorf("compared with a mean of 0: %+v, %v", c, err)
	}
}

// Half of the values being 0 changes how is drawn, and nothing else.
func TestCommonValue(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	values := make([]float64, 400)
	for i := range 200 {
		values[i] = rng.ExpFloat64()
	}
	s, err := Summarise(values)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Bootstrap{Draws: 20_000, Seed: 2}.Mean(t.Context(), values)
	if err != nil {
		t.Fatal(err)
	}
	// The bootstrap's variance of a mean is (n−1)/n of s²/n.
	want := math.Sqrt(s.Variance / 400 * 399 / 400)
	near(t, "error", e.Error, want, .02*want)
}

func TestGroupedDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	values := make([]float64, groupedFrom+7)
	for i := range values {
		values[i] = rng.ExpFloat64()
	}
	e, err := Bootstrap{Draws: 4000, Seed: 3}.Mean(t.Context(), values)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := Summarise(values)
	want := math.Sqrt(s.Variance / float64(len(values)))
	if !e.Grouped || e.Value != s.Mean {
		t.Errorf("%+v of mean %v", e, s.Mean)
	}
	near(t, "error", e.Error, want, .04*want)
	near(t, "middle", (e.Interval.Low+e.Interval.High)/2, s.Mean, .1*want)
}

func TestBootstrapSameAgain(t *testing.T) {
	a, err := Bootstrap{Seed: 9, Workers: 1}.Ratio(t.Context(), skewed, others)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Bootstrap{Seed: 9, Workers: 7}.Ratio(t.Context(), skewed, others)
	if err != nil || *a != *b {
		t.Errorf("with one worker %+v, with seven %+v, %v", a, b, err)
	}
	c, err := Bootstrap{Seed: 10}.Ratio(t.Context(), skewed, others)
	if err != nil || c.Interval == a.Interval {
		t.Errorf("another seed gives the same: %+v, %v", c, err)
	}
}

func TestBootstrapEdges(t *testing.T) {
	one, err := Bootstrap{}.Mean(t.Context(), []float64{3})
	if err != nil || one.Value != 3 || one.Interval != (Interval{3, 3}) || one.Error != 0 {
		t.Errorf("one value: %+v, %v", one, err)
	}
	if e, err := (Bootstrap{}).Ratio(t.Context(), skewed, []float64{1, -1}); err == nil {
		t.Errorf("a ratio to 0: %+v", e)
	}
	if e, err := (Bootstrap{}).Ratio(t.Context(), skewed, []float64{100, -99}); err == nil {
		t.Errorf("a ratio to what may as well be negative: %+v", e)
	}
	if e, err := (Bootstrap{}).Mean(t.Context(), []float64{1, math.NaN()}); err == nil {
		t.Errorf("a mean of NaN: %+v", e)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if e, err := (Bootstrap{}).Mean(ended, skewed); err == nil {
		t.Errorf("cancelled: %+v", e)
	}
}

// finite fails if a figure is NaN or infinite.
func finite(t *testing.T, what string, values ...float64) {
	t.Helper()
	for _, v := range values {
		if v-v != 0 {
			t.Fatalf("%s: %v", what, values)
		}
	}
}

func FuzzMeans(f *testing.F) {
	f.Add(uint8(3), 1.0, 2.0, uint8(4), -1.0, 0.0, .95, uint64(1))
	f.Add(uint8(2), 1e75, 1e150, uint8(200), -1e75, 1e-300, .999999, uint64(1))
	f.Add(uint8(9), 1e-300, 5e-324, uint8(2), 0.0, 5e-324, 1e-12, uint64(2))
	f.Fuzz(func(t *testing.T, na uint8, ma, va float64, nb uint8, mb, vb, level float64, seed uint64) {
		a, b := Sample{int(na), ma, va}, Sample{int(nb) << (seed % 40), mb, vb}
		if m, err := Welch(a, b, level); err == nil {
			finite(t, "Welch", m.Difference, m.Interval.Low, m.Interval.High, m.T, m.DF, m.P, m.D)
			if m.P < 0 || m.P > 1 || m.Interval.Low > m.Interval.High {
				t.Fatalf("%+v", m)
			}
		}
		if i, err := MeanInterval(a, level); err == nil {
			finite(t, "interval", i.Low, i.High)
		}
		if v, err := ANOVA([]Sample{a, b, {3, ma, vb}}); err == nil {
			finite(t, "ANOVA", v.F, v.DF1, v.DF2, v.P, v.Eta2, v.Omega2)
		}
		ca, cb := Count{int(nb), int(na)}, Count{int(na), int(nb) << (seed % 40)}
		if p, err := CompareProportions(ca, cb, level); err == nil {
			finite(t, "proportions", p.Difference, p.Interval.Low, p.Interval.High, p.Wald.Low, p.Wald.High, p.Z, p.P, p.H, p.Lift)
		}
		if i, err := Wilson(cb, level); err == nil {
			finite(t, "Wilson", i.Low, i.High)
			if !i.Holds(cb.Share()) {
				t.Fatalf("%v holds not %v", i, cb.Share())
			}
		}
		if i, err := Exact(cb, level); err == nil {
			finite(t, "exact", i.Low, i.High)
			if i.Low > i.High {
				t.Fatalf("%v", i)
			}
		}
		rng := rand.New(rand.NewPCG(seed, 1))
		values, other := make([]float64, na%20), make([]float64, nb%20)
		for i := range values {
			values[i] = ma * float64(rng.IntN(4))
		}
		for i := range other {
			other[i] = mb * rng.Float64()
		}
		o := Bootstrap{Draws: 60, Seed: seed, Level: level, Percentile: seed%2 == 0}
		for _, run := range []func() (*Estimate, error){
			func() (*Estimate, error) { return o.Mean(t.Context(), values) },
			func() (*Estimate, error) { return o.Difference(t.Context(), values, other) },
			func() (*Estimate, error) { return o.Ratio(t.Context(), values, other) },
		} {
			if e, err := run(); err == nil {
				finite(t, "bootstrap", e.Value, e.Error, e.Interval.Low, e.Interval.High)
			}
		}
	})
}

func FuzzTables(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, uint8(2), 0.0)
	f.Add([]byte{0, 0, 9, 0, 0, 0}, uint8(3), 1e75)
	f.Add([]byte{1, 0, 0, 1}, uint8(2), 5e-324)
	f.Fuzz(func(t *testing.T, cells []byte, cols uint8, odd float64) {
		var table [][]float64
		for at := 0; cols > 0 && at+int(cols) <= len(cells); at += int(cols) {
			row := make([]float64, cols)
			for j := range row {
				if row[j] = float64(cells[at+j]); cells[at+j] == 255 {
					row[j] = odd
				}
			}
			table = append(table, row)
		}
		a, err := ChiSquare(table)
		if err != nil {
			return
		}
		finite(t, "chi-square", a.ChiSquare, a.DF, a.P, a.V, a.VCorrected, a.N)
		for _, row := range a.Residuals {
			finite(t, "residuals", row...)
		}
		p := append([]float64{odd}, table[0]...)
		finite(t, "corrections", append(Holm(p), BenjaminiHochberg(p)...)...)
	})
}
