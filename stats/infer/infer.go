// Package infer says how sure a figure is: confidence intervals of shares, means,
// differences and ratios, tests of whether groups differ, the size of an effect, and
// p values corrected for many questions. It is pure: numbers in, numbers out.
//
// No result is NaN or infinite. Where a formula would divide by zero, the comment of
// the function says what stands there instead.
package infer

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Interval is a confidence interval.
type Interval struct{ Low, High float64 }

// Holds reports whether the value lies in the interval.
func (i Interval) Holds(v float64) bool { return i.Low <= v && v <= i.High }

// largest bounds values, lest sums of their squares overflow.
const largest = 1e75

// mostT is the size of a t, z or F statistic where the groups differ and nothing
// varies within them.
const mostT = 1e9

// manyDF are degrees of freedom at which Student's t is normal to all digits.
const manyDF = 1e9

// checkLevel returns an error unless the level is a share between 0 and 1.
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("the confidence level is %v: it lies between 0 and 1, say .95", level)
	}
	return nil
}

// normalQuantile is the z with a share of p below it.
func normalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

// NormalP is the two-sided p value of a standard normal z.
func NormalP(z float64) float64 {
	if math.IsNaN(z) {
		return 1
	}
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// TP is the two-sided p value of Student's t with df degrees of freedom; 1 if there
// are none.
func TP(t, df float64) float64 {
	if !(df > 0) || math.IsNaN(t) {
		return 1
	}
	if df > manyDF {
		return NormalP(t)
	}
	t = min(math.Abs(t), mostT)
	return share(mathext.RegIncBeta(df/2, .5, df/(df+t*t)))
}

// FP is the upper p value of Fisher's F; 1 without degrees of freedom.
func FP(f, df1, df2 float64) float64 {
	if !(df1 > 0 && df2 > 0 && f > 0) {
		return 1
	}
	df1, df2, f = min(df1, manyDF), min(df2, manyDF), min(f, mostT*mostT)
	return share(mathext.RegIncBeta(df2/2, df1/2, df2/(df2+df1*f)))
}

// ChiSquareP is the upper p value of chi-square; 1 without degrees of freedom.
func ChiSquareP(x, df float64) float64 {
	if !(df > 0 && x > 0) {
		return 1
	}
	return share(mathext.GammaIncRegComp(df/2, min(x, math.MaxFloat64)/2))
}

// tQuantile is the t with a share of p below it.
func tQuantile(p, df float64) float64 {
	if p < .5 {
		return -tQuantile(1-p, df)
	}
	if df > manyDF {
		return normalQuantile(p)
	}
	x := mathext.InvRegIncBeta(df/2, .5, 2*(1-p))
	if !(x > 0) {
		return mostT
	}
	return min(mostT, math.Sqrt(df*(1-x)/x))
}

// share keeps a probability in its range, against rounding.
func share(p float64) float64 {
	if math.IsNaN(p) {
		return 1
	}
	return max(0, min(1, p))
}
