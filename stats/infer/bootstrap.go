package infer

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Bootstrap says how to draw. Zero fields have defaults.
type Bootstrap struct {
	Level      float64 // default .95
	Draws      int     // default 2000
	Seed       uint64
	Percentile bool // plain percentiles instead of BCa
	Workers    int  // default: the number of processors; it changes no result
}

// Estimate is a figure with its bootstrap interval and standard error.
type Estimate struct {
	Value    float64
	Interval Interval
	Error    float64 // standard deviation of the draws
	// Grouped says that the values were too many to redraw one by one: random groups
	// of them were redrawn.
	Grouped bool
}

// groupedFrom is the number of values to redraw from which groups are redrawn, and
// groupCount how many groups there are. The standard error is then itself sure to
// 1/√(2·groups), about 1 %.
const (
	groupedFrom = 20_000
	groupCount  = 5_000
)

// blockDraws are drawn from one generator, so that workers change nothing.
const blockDraws = 50

// unusable is the share of draws, one in so many, that a ratio may have to do without.
const unusable = 20

// Mean is the mean of the values with its interval: the bias-corrected and accelerated
// bootstrap of Efron (1987), or plain percentiles. Where more than 20,000 values besides
// the most common one would be redrawn, random groups of equal size are instead.
//
// It fails without values, if one is NaN, infinite or beyond 1e75, and if ctx ends.
func (b Bootstrap) Mean(ctx context.Context, values []float64) (*Estimate, error) {
	s, err := b.sample(ctx, values)
	if err != nil {
		return nil, err
	}
	return s.first()
}

// Difference is mean(a) − mean(other) of two independent groups. It fails as Mean does.
func (b Bootstrap) Difference(ctx context.Context, a, other []float64) (*Estimate, error) {
	s, err := b.sample(ctx, a, other)
	if err != nil {
		return nil, err
	}
	return s.difference()
}

// Ratio is mean(a)/mean(other) of two independent groups, the lift. Draws whose second
// mean is 0 or of the other sign than the whole do not count. It fails as Mean does,
// where the mean of other is 0, and where it is so unsure that more than one in 20 draws
// cannot be used.
func (b Bootstrap) Ratio(ctx context.Context, a, other []float64) (*Estimate, error) {
	s, err := b.sample(ctx, a, other)
	if err != nil {
		return nil, err
	}
	return s.ratio()
}

// Contrast compares two groups by the same draws.
type Contrast struct {
	A, Other   *Estimate // the means
	Difference *Estimate // mean(a) − mean(other)
	Ratio      *Estimate // mean(a)/mean(other); nil where Ratio would fail
}

// Compare is Mean of each of two independent groups, their Difference and their Ratio,
// drawn once for all. It fails as Mean does.
func (b Bootstrap) Compare(ctx context.Context, a, other []float64) (*Contrast, error) {
	s, err := b.sample(ctx, a, other)
	if err != nil {
		return nil, err
	}
	out := &Contrast{}
	if out.A, err = s.first(); err != nil {
		return nil, err
	}
	if out.Other, err = s.second(); err != nil {
		return nil, err
	}
	if out.Difference, err = s.difference(); err != nil {
		return nil, err
	}
	if r, err := s.ratio(); err == nil {
		out.Ratio = r
	}
	return out, nil
}

// sampled are the means of groups, of the values and of every draw.
type sampled struct {
	Bootstrap
	means []float64
	urns  []*urn
	draws [][]float64 // by group
}

func (s *sampled) first() (*Estimate, error) {
	return s.estimate(s.means[0], slices.Clone(s.draws[0]), 1, 0)
}

func (s *sampled) second() (*Estimate, error) {
	return s.estimate(s.means[1], slices.Clone(s.draws[1]), 0, 1)
}

func (s *sampled) difference() (*Estimate, error) {
	draws := make([]float64, len(s.draws[0]))
	for i, v := range s.draws[0] {
		draws[i] = v - s.draws[1][i]
	}
	return s.estimate(s.means[0]-s.means[1], draws, 1, -1)
}

func (s *sampled) ratio() (*Estimate, error) {
	a, other := s.means[0], s.means[1]
	if other == 0 {
		return nil, fmt.Errorf("the mean of the group to compare with is 0: there is no ratio")
	}
	draws := make([]float64, 0, len(s.draws[0]))
	for i, v := range s.draws[1] {
		if v == 0 || (v > 0) != (other > 0) {
			continue
		}
		if r := s.draws[0][i] / v; math.Abs(r) <= largest {
			draws = append(draws, r)
		}
	}
	if unusable*(len(s.draws[0])-len(draws)) > len(s.draws[0]) {
		return nil, fmt.Errorf("the mean of the group to compare with is too unsure for a ratio: it is not clearly apart from 0")
	}
	return s.estimate(a/other, draws, 1/other, -a/other/other)
}

// estimate is a statistic with its draws. The slopes are its derivatives by each mean.
func (s *sampled) estimate(value float64, draws []float64, slopes ...float64) (*Estimate, error) {
	if value-value != 0 {
		return nil, fmt.Errorf("the figure cannot be computed from means %v", s.means)
	}
	out := &Estimate{Value: value}
	for g, u := range s.urns {
		out.Grouped = out.Grouped || u.grouped && slopes[g] != 0
	}
	// Sums in a fixed order, then sorted.
	spread, err := Summarise(draws)
	if err != nil {
		return nil, err
	}
	out.Error = math.Sqrt(spread.Variance)
	slices.Sort(draws)
	low, high := (1-s.Level)/2, (1+s.Level)/2
	if !s.Percentile {
		low, high = adjusted(draws, value, acceleration(s.urns, slopes), s.Level)
	}
	out.Interval = Interval{quantile(draws, low), quantile(draws, high)}
	return out, nil
}

// sample draws the means of groups.
func (b Bootstrap) sample(ctx context.Context, groups ...[]float64) (*sampled, error) {
	if b.Level == 0 {
		b.Level = .95
	}
	if err := checkLevel(b.Level); err != nil {
		return nil, err
	}
	if b.Draws <= 0 {
		b.Draws = 2000
	}
	if b.Workers <= 0 {
		b.Workers = runtime.GOMAXPROCS(0)
	}
	s := &sampled{Bootstrap: b}
	for g, values := range groups {
		sum, err := Summarise(values)
		if err != nil {
			return nil, err
		}
		s.means = append(s.means, sum.Mean)
		s.urns = append(s.urns, newUrn(values, sum.Mean, rand.New(rand.NewPCG(b.Seed, uint64(g)|1<<40))))
		s.draws = append(s.draws, make([]float64, b.Draws))
	}
	blocks := (b.Draws + blockDraws - 1) / blockDraws
	var wg sync.WaitGroup
	for w := range b.Workers {
		wg.Go(func() {
			for block := w; block < blocks && ctx.Err() == nil; block += b.Workers {
				for g, u := range s.urns {
					rng := rand.New(rand.NewPCG(b.Seed, uint64(block)|uint64(g)<<32))
					for i := block * blockDraws; i < min(b.Draws, (block+1)*blockDraws); i++ {
						s.draws[g][i] = s.means[g] + u.draw(rng)
					}
				}
			}
		})
	}
	wg.Wait()
	return s, ctx.Err()
}

// urn holds values to draw from, less their mean.
type urn struct {
	values  []float64 // those that are not the most common one
	common  float64
	n       int     // to draw
	share   float64 // of the most common one
	cubes   float64 // Σ (v/n)³ and Σ (v/n)² of all, for the acceleration
	squares float64
	grouped bool
}

// newUrn sets aside the most common value, often 0: how many draws fall on it is one
// draw of a binomial.
func newUrn(values []float64, mean float64, rng *rand.Rand) *urn {
	common, most := commonest(values)
	u := &urn{n: len(values)}
	if len(values)-most > groupedFrom {
		u.grouped = true
		u.n = groupCount
		sums, sizes := make([]float64, groupCount), make([]float64, groupCount)
		for i, at := range rng.Perm(len(values)) {
			sums[i%groupCount] += values[at] - mean
			sizes[i%groupCount]++
		}
		// Sums per average size, so that their mean is that of the values.
		size := float64(len(values)) / groupCount
		for g := range sums {
			sums[g] /= size
		}
		u.values = sums
	} else {
		u.share = float64(most) / float64(len(values))
		u.common = common - mean
		for _, v := range values {
			if v != common {
				u.values = append(u.values, v-mean)
			}
		}
	}
	add := func(v, times float64) {
		v /= float64(u.n)
		u.squares += times * v * v
		u.cubes += times * v * v * v
	}
	for _, v := range u.values {
		add(v, 1)
	}
	if !u.grouped {
		add(u.common, float64(most))
	}
	return u
}

// commonest is the most common value and how often it is there, the least of several.
func commonest(values []float64) (value float64, times int) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		if j-i > times {
			value, times = sorted[i], j-i
		}
		i = j
	}
	return value, times
}

// draw returns how far the mean of a draw is from that of the values.
func (u *urn) draw(rng *rand.Rand) float64 {
	rest := u.n
	var sum float64
	if len(u.values) == 0 {
		return 0
	}
	if u.share > 0 {
		on := int(distuv.Binomial{N: float64(u.n), P: u.share, Src: rng}.Rand())
		sum = u.common * float64(on)
		rest -= on
	}
	for range rest {
		sum += u.values[rng.IntN(len(u.values))]
	}
	return sum / float64(u.n)
}

// acceleration is Efron's a for a statistic with the slopes by the groups' means:
// Σ U³ / (6 (Σ U²)^1.5) with U the influence of each value.
func acceleration(urns []*urn, slopes []float64) float64 {
	var squares, cubes, most float64
	for g, u := range urns {
		most = max(most, math.Abs(slopes[g])*math.Sqrt(u.squares))
	}
	if most == 0 {
		return 0
	}
	for g, u := range urns {
		by := slopes[g] / most
		squares += by * by * u.squares
		cubes += by * by * by * u.cubes
	}
	a := cubes / (6 * math.Pow(squares, 1.5))
	if a-a != 0 {
		return 0
	}
	return a
}

// adjusted returns the shares of the sorted draws at which the interval ends.
func adjusted(draws []float64, value, a, level float64) (low, high float64) {
	below, _ := slices.BinarySearchFunc(draws, value, cmp.Compare[float64])
	equal := 0
	for below+equal < len(draws) && draws[below+equal] == value {
		equal++
	}
	// Draws equal to the value count half; the share stays off 0 and 1.
	n := float64(len(draws))
	z0 := normalQuantile(max(.5, min(n-.5, float64(below)+float64(equal)/2)) / n)
	end := func(z float64) float64 {
		by := 1 - a*(z0+z)
		if by <= 0 {
			if z > 0 {
				return 1
			}
			return 0
		}
		return .5 * math.Erfc(-(z0+(z0+z)/by)/math.Sqrt2)
	}
	z := normalQuantile(.5 + level/2)
	return end(-z), end(z)
}

// quantile interpolates in sorted values (type 7 of Hyndman and Fan 1996).
func quantile(sorted []float64, p float64) float64 {
	at := share(p) * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
