package infer

import (
	"fmt"
	"math"
)

// Sample is what tests need to know of a group's values.
type Sample struct {
	N        int
	Mean     float64
	Variance float64 // with N−1; 0 for fewer than two values
}

// Summarise returns number, mean and variance of the values, in two passes so that
// nothing cancels out. It fails without values, and names a value that is NaN,
// infinite or beyond 1e75.
func Summarise(values []float64) (Sample, error) {
	if err := checkValues(values); err != nil {
		return Sample{}, err
	}
	n := float64(len(values))
	var sum float64
	for _, v := range values {
		sum += v
	}
	s := Sample{N: len(values), Mean: sum / n}
	var rest float64
	for _, v := range values {
		d := v - s.Mean
		s.Variance += d * d
		rest += d
	}
	if s.N > 1 {
		s.Variance = max(0, s.Variance-rest*rest/n) / (n - 1)
	} else {
		s.Variance = 0
	}
	return s, nil
}

func checkValues(values []float64) error {
	if len(values) == 0 {
		return fmt.Errorf("there are no values")
	}
	for i, v := range values {
		if !(math.Abs(v) <= largest) {
			return fmt.Errorf("value %d is %v: leave out what is missing or infinite, and scale values to below %g", i+1, v, largest)
		}
	}
	return nil
}

// check returns an error for samples that cannot be, or have fewer values than needed.
func (s Sample) check(atLeast int) error {
	if s.N < atLeast {
		return fmt.Errorf("a group has %d values: at least %d are needed", s.N, atLeast)
	}
	if !(math.Abs(s.Mean) <= largest) || !(s.Variance >= 0 && s.Variance <= largest*largest*4) {
		return fmt.Errorf("a group has mean %v and variance %v: values must be finite and below %g", s.Mean, s.Variance, largest)
	}
	return nil
}

// MeanInterval is the interval of a mean by Student's t: mean ± t s/√n. It fails for
// fewer than two values and for a level outside 0 to 1.
func MeanInterval(s Sample, level float64) (Interval, error) {
	if err := s.check(2); err != nil {
		return Interval{}, err
	}
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	half := tQuantile(.5+level/2, float64(s.N-1)) * math.Sqrt(s.Variance/float64(s.N))
	return Interval{s.Mean - half, s.Mean + half}, nil
}

// Means compares two means.
type Means struct {
	Difference float64
	Interval   Interval // of the difference
	T, DF, P   float64  // Welch's t, its degrees of freedom, two-sided p
	D          float64  // effect size, Cohen's d
}

// Welch compares the means of two independent groups whose variances may differ
// (Welch 1947):
//
//	t  = (mA − mB) / √(vA/nA + vB/nB)
//	df = (vA/nA + vB/nB)² / ((vA/nA)²/(nA−1) + (vB/nB)²/(nB−1))
//
// Where neither group varies, df is nA+nB−2 and t is 0 if the means are equal, else
// ±1e9; t is never larger.
//
// It fails for fewer than two values in a group and for a level outside 0 to 1.
func Welch(a, b Sample, level float64) (*Means, error) {
	if err := a.check(2); err != nil {
		return nil, err
	}
	if err := b.check(2); err != nil {
		return nil, err
	}
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	va, vb := a.Variance/float64(a.N), b.Variance/float64(b.N)
	m := &Means{Difference: a.Mean - b.Mean, D: CohenD(a, b), DF: float64(a.N + b.N - 2)}
	// Dividing by the larger one first keeps tiny variances from vanishing when squared.
	if most := max(va, vb); most > 0 {
		ra, rb := va/most, vb/most
		m.DF = (ra + rb) * (ra + rb) / (ra*ra/float64(a.N-1) + rb*rb/float64(b.N-1))
	}
	se := math.Sqrt(va + vb)
	m.T = ratio(m.Difference, se)
	m.P = TP(m.T, m.DF)
	half := tQuantile(.5+level/2, m.DF) * se
	m.Interval = Interval{m.Difference - half, m.Difference + half}
	return m, nil
}

// ratio divides a difference by its error, within ±mostT; 0 of nothing.
func ratio(difference, by float64) float64 {
	if difference == 0 {
		return 0
	}
	return max(-mostT, min(mostT, difference/by))
}

// CohenD is the effect size of two means: their difference in pooled standard
// deviations (Cohen 1988). .2 is small, .5 medium, .8 large. Where nothing varies it
// is 0 for equal means, else ±1e9.
func CohenD(a, b Sample) float64 {
	df := float64(a.N + b.N - 2)
	if df <= 0 {
		return 0
	}
	pooled := (float64(a.N-1)*a.Variance + float64(b.N-1)*b.Variance) / df
	return ratio(a.Mean-b.Mean, math.Sqrt(pooled))
}

// Variances is a one-way analysis of variance.
type Variances struct {
	F, DF1, DF2, P float64
	Eta2           float64 // share of the variance that lies between the groups
	Omega2         float64 // the same, corrected for chance; not below 0
}

// ANOVA tests whether the means of groups differ (Fisher 1925): F is the mean square
// between the groups over that within them, eta² = SSbetween/SStotal, and
// omega² = (SSbetween − df1·MSwithin)/(SStotal + MSwithin). Groups without values are
// left out. Where nothing varies within groups, F is 0 if all means are equal, else
// 1e9; F is never larger.
//
// It fails for fewer than two groups and if there are no more values than groups.
func ANOVA(groups []Sample) (*Variances, error) {
	var n, k, mean float64
	for _, g := range groups {
		if g.N == 0 {
			continue
		}
		if err := g.check(1); err != nil {
			return nil, err
		}
		k++
		n += float64(g.N)
		mean += (g.Mean - mean) * float64(g.N) / n
	}
	if k < 2 || n <= k {
		return nil, fmt.Errorf("there are %v values in %v groups: two groups and more values than groups are needed", n, k)
	}
	var between, within float64
	for _, g := range groups {
		if g.N > 0 {
			between += float64(g.N) * (g.Mean - mean) * (g.Mean - mean)
			within += float64(g.N-1) * g.Variance
		}
	}
	v := &Variances{DF1: k - 1, DF2: n - k}
	v.F = ratio(between/v.DF1, within/v.DF2)
	v.P = FP(v.F, v.DF1, v.DF2)
	if total := between + within; total > 0 {
		v.Eta2 = share(between / total)
		v.Omega2 = share((between - v.DF1*within/v.DF2) / (total + within/v.DF2))
	}
	return v, nil
}
