package infer

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Count is how many of N have what is counted.
type Count struct{ Hits, N int }

// Share is the hits per N, 0 of none.
func (c Count) Share() float64 {
	if c.N == 0 {
		return 0
	}
	return float64(c.Hits) / float64(c.N)
}

// check returns an error for counts that cannot be.
func (c Count) check() error {
	if c.N < 1 || c.Hits < 0 || c.Hits > c.N {
		return fmt.Errorf("%d of %d is not a share: at least one row is needed, and no more hits than rows", c.Hits, c.N)
	}
	return nil
}

// Wilson is the score interval of a share (Wilson 1927), which never leaves 0 to 1
// and holds for small counts:
//
//	(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// It fails without rows, for more hits than rows, and for a level outside 0 to 1.
func Wilson(c Count, level float64) (Interval, error) {
	if err := c.check(); err != nil {
		return Interval{}, err
	}
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	return wilson(c, normalQuantile(.5+level/2)), nil
}

func wilson(c Count, z float64) Interval {
	n, p := float64(c.N), c.Share()
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	by := 1 + z*z/n
	i := Interval{share((middle - half) / by), share((middle + half) / by)}
	// At the ends the formula gives the share itself but for rounding.
	if c.Hits == 0 {
		i.Low = 0
	}
	if c.Hits == c.N {
		i.High = 1
	}
	return i
}

// Exact is the interval of a share from the binomial distribution (Clopper and
// Pearson 1934). It covers at least the level and is wider than Wilson's. It fails
// as Wilson does.
func Exact(c Count, level float64) (Interval, error) {
	if err := c.check(); err != nil {
		return Interval{}, err
	}
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	x, n, tail := float64(c.Hits), float64(c.N), (1-level)/2
	i := Interval{0, 1}
	if c.Hits > 0 {
		i.Low = min(c.Share(), share(mathext.InvRegIncBeta(x, n-x+1, tail)))
	}
	if c.Hits < c.N {
		i.High = max(c.Share(), share(mathext.InvRegIncBeta(x+1, n-x, 1-tail)))
	}
	return i, nil
}

// Proportions compares two shares.
type Proportions struct {
	A, B       float64  // the shares
	Difference float64  // A − B
	Interval   Interval // of the difference, by Newcombe's method
	Wald       Interval // of the difference, ± z √(A(1−A)/nA + B(1−B)/nB)
	Z          float64  // of the test that they are the same, with the pooled share
	P          float64  // two-sided
	H          float64  // effect size, Cohen's h
	Lift       float64  // A/B, 0 where B is 0
}

// CompareProportions compares the shares of two independent groups: the interval of
// their difference by the hybrid score method (Newcombe 1998, method 10) and, for
// large groups, by Wald's; the two-proportion z test; Cohen's h. Where all rows of
// both groups have the same, z is 0 and p is 1.
//
// It fails without rows in a group, for more hits than rows, and for a level outside
// 0 to 1.
func CompareProportions(a, b Count, level float64) (*Proportions, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	z := normalQuantile(.5 + level/2)
	pa, pb, na, nb := a.Share(), b.Share(), float64(a.N), float64(b.N)
	out := &Proportions{A: pa, B: pb, Difference: pa - pb, P: 1, H: CohenH(pa, pb)}
	ia, ib := wilson(a, z), wilson(b, z)
	out.Interval = Interval{
		max(-1, pa-pb-math.Hypot(pa-ia.Low, ib.High-pb)),
		min(1, pa-pb+math.Hypot(ia.High-pa, pb-ib.Low)),
	}
	half := z * math.Sqrt(pa*(1-pa)/na+pb*(1-pb)/nb)
	out.Wald = Interval{pa - pb - half, pa - pb + half}
	pooled := (float64(a.Hits) + float64(b.Hits)) / (na + nb)
	if se := math.Sqrt(pooled * (1 - pooled) * (1/na + 1/nb)); se > 0 {
		out.Z = (pa - pb) / se
		out.P = NormalP(out.Z)
	}
	if pb > 0 {
		out.Lift = pa / pb
	}
	return out, nil
}

// CohenH is the effect size of two shares (Cohen 1988): 2 arcsin √a − 2 arcsin √b.
// .2 is small, .5 medium, .8 large.
func CohenH(a, b float64) float64 {
	return 2*math.Asin(math.Sqrt(share(a))) - 2*math.Asin(math.Sqrt(share(b)))
}
