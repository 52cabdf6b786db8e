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
	"sync/atomic"

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

// groupedFrom is the number of different values from which groups are redrawn, and
// groupCount how many groups there are. The standard error is then itself sure to
// 1/√(2·groups), about 1 %.
const (
	groupedFrom = 50_000
	groupCount  = 5_000
)

// blockDraws are drawn from one generator, so that workers change nothing.
const blockDraws = 50

// Mean is the mean of the values with its interval: the bias-corrected and accelerated
// bootstrap of Efron (1987), or plain percentiles. Above 50,000 different values
// random groups of equal size are redrawn instead of single ones.
//
// It fails without values, if one is NaN, infinite or beyond 1e75, and if ctx ends.
func (b Bootstrap) Mean(ctx context.Context, values []float64) (*Estimate, error) {
	return b.run(ctx, [][]float64{values}, func(m []float64) (float64, bool) { return m[0], true }, func(m []float64) []float64 { return []float64{1} })
}

// Difference is mean(a) − mean(other) of two independent groups. It fails as Mean does.
func (b Bootstrap) Difference(ctx context.Context, a, other []float64) (*Estimate, error) {
	return b.run(ctx, [][]float64{a, other}, func(m []float64) (float64, bool) { return m[0] - m[1], true }, func(m []float64) []float64 { return []float64{1, -1} })
}

// Ratio is mean(a)/mean(other) of two independent groups, the lift. Draws whose second
// mean is 0
// or of the other sign than the whole are drawn again. It fails as Mean does, where the mean of other is 0,
// and where it is so unsure that half of the draws cannot be used.
func (b Bootstrap) Ratio(ctx context.Context, a, other []float64) (*Estimate, error) {
	positive := false
	if s, err := Summarise(other); err == nil {
		if s.Mean == 0 {
			return nil, fmt.Errorf("the mean of the group to compare with is 0: there is no ratio")
		}
		positive = s.Mean > 0
	}
	return b.run(ctx, [][]float64{a, other}, func(m []float64) (float64, bool) {
		if m[1] == 0 || (m[1] > 0) != positive {
			return 0, false
		}
		return m[0] / m[1], true
	}, func(m []float64) []float64 { return []float64{1 / m[1], -m[0] / m[1] / m[1]} })
}

// run draws the groups' means. The slope is the derivative of the statistic by each mean.
func (b Bootstrap) run(ctx context.Context, groups [][]float64, of func(means []float64) (float64, bool), slope func(means []float64) []float64) (*Estimate, error) {
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
	out := &Estimate{}
	means := make([]float64, len(groups))
	urns := make([]*urn, len(groups))
	for g, values := range groups {
		s, err := Summarise(values)
		if err != nil {
			return nil, err
		}
		means[g] = s.Mean
		urns[g] = newUrn(values, s.Mean, rand.New(rand.NewPCG(b.Seed, uint64(g)|1<<40)))
		out.Grouped = out.Grouped || urns[g].grouped
	}
	value, ok := of(means)
	if !ok || value-value != 0 {
		return nil, fmt.Errorf("the figure cannot be computed from means %v", means)
	}
	out.Value = value
	draws, err := b.draw(ctx, urns, means, of)
	if err != nil {
		return nil, err
	}
	// Sums in a fixed order, then sorted.
	spread, err := Summarise(draws)
	if err != nil {
		return nil, err
	}
	out.Error = math.Sqrt(spread.Variance)
	slices.Sort(draws)
	low, high := (1-b.Level)/2, (1+b.Level)/2
	if !b.Percentile {
		low, high = adjusted(draws, value, acceleration(urns, slope(means)), b.Level)
	}
	out.Interval = Interval{quantile(draws, low), quantile(draws, high)}
	return out, nil
}

// draw returns the statistic of every draw.
func (b Bootstrap) draw(ctx context.Context, urns []*urn, means []float64, of func(means []float64) (float64, bool)) ([]float64, error) {
	draws := make([]float64, b.Draws)
	blocks := (b.Draws + blockDraws - 1) / blockDraws
	unsure := fmt.Errorf("the mean of the group to compare with is too unsure for a ratio: it is not clearly apart from 0")
	errs := make([]error, b.Workers)
	var again atomic.Int64
	var wg sync.WaitGroup
	for w := range b.Workers {
		wg.Go(func() {
			at := make([]float64, len(urns))
			for block := w; block < blocks; block += b.Workers {
				if errs[w] = ctx.Err(); errs[w] != nil {
					return
				}
				rng := rand.New(rand.NewPCG(b.Seed, uint64(block)))
				for i := block * blockDraws; i < min(b.Draws, (block+1)*blockDraws); i++ {
					for {
						for g, u := range urns {
							at[g] = means[g] + u.draw(rng)
						}
						v, ok := of(at)
						if ok && math.Abs(v) <= largest {
							draws[i] = v
							break
						}
						if 20*again.Add(1) > int64(b.Draws) {
							errs[w] = unsure
							return
						}
					}
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return draws, nil
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
	sorted := slices.Sorted(slices.Values(values))
	different, most, common := 0, 0, 0.0
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		different++
		if j-i > most {
			most, common = j-i, sorted[i]
		}
		i = j
	}
	u := &urn{n: len(values)}
	if different > groupedFrom {
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
