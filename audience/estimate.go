package audience

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// Estimate says how exact an estimated count is: with at least 95 % confidence it
// lies between Low and High. Error is half of that range divided by the count,
// Share the part of the profiles that was looked at.
type Estimate struct {
	Low, High    int64
	Error, Share float64
}

// estimateBuckets is how many of the buckets an estimate looks at.
const estimateBuckets = 32

// sampleOf returns the buckets that an estimate of the expression looks at. Each
// expression has its own, so that many estimates are not off together; asking
// again gives the same answer.
func sampleOf(expression string) engine.Buckets {
	sum := sha256.Sum256([]byte(expression))
	from := int(binary.BigEndian.Uint64(sum[:8]) % (kreds.Buckets - estimateBuckets + 1))
	return engine.Buckets{From: from, To: from + estimateBuckets - 1}
}

// extrapolate turns counts in a sample of the population into estimates. Buckets
// are filled by a hash of the key, so a range of them is a simple random sample
// without replacement.
func (c *Count) extrapolate(population int64) {
	n, x := c.Population, c.Count
	c.Population = population
	c.Estimate = &Estimate{High: population}
	if n == 0 || population == 0 {
		c.Count = 0
		return
	}
	c.Estimate.Share = float64(n) / float64(population)
	c.Count = int64(math.Round(float64(x) / float64(n) * float64(population)))
	c.Estimate.Low, c.Estimate.High = memberRange(x, n, population)
	if c.Count > 0 {
		c.Estimate.Error = float64(c.Estimate.High-c.Estimate.Low) / 2 / float64(c.Count)
	}
}

// tail is how likely a sample may be at each end to count as possible.
const tail = 0.025

// memberRange returns how many members a population may have of which a sample of
// n has x: those numbers for which to have so many, and to have so few, both has a
// chance of at least 2.5 %. It is the exact interval of Clopper and Pearson (1934)
// for the hypergeometric distribution, as by Buonaccorsi (1987): it holds the
// true number with a chance of at least 95 %, whatever that is.
func memberRange(x, n, population int64) (low, high int64) {
	// What is known for sure: the sample's members, and its others.
	first, last := x, population-(n-x)
	// The chance of x or more grows with the members, that of x or fewer falls.
	low = least(first, last, func(members int64) bool { return atLeast(x, n, members, population) > tail })
	high = least(first, last+1, func(members int64) bool { return atLeast(n-x, n, population-members, population) <= tail }) - 1
	// Rounding does not leave out the most likely one.
	return min(low, last), max(high, first)
}

// least returns the first number from lo up to hi that holds, hi if none below it
// does; from one that holds on all do.
func least(lo, hi int64, holds func(int64) bool) int64 {
	for lo < hi {
		if mid := lo + (hi-lo)/2; holds(mid) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// atLeast returns the chance that a sample of n has x or more of the members.
func atLeast(x, n, members, population int64) float64 {
	if x <= max(0, n-(population-members)) {
		return 1
	}
	if x > min(n, members) {
		return 0
	}
	// The smaller end is added up, from x outwards, until terms do not matter.
	if float64(x) <= float64(n)*float64(members)/float64(population) {
		return 1 - atLeast0(n-x+1, n, population-members, population)
	}
	return atLeast0(x, n, members, population)
}

// atLeast0 adds up the terms from x on, which is above the mean.
func atLeast0(x, n, members, population int64) float64 {
	if x > min(n, members) {
		return 0
	}
	term := math.Exp(logChoose(members, x) + logChoose(population-members, n-x) - logChoose(population, n))
	sum := 0.0
	for k := x; k <= min(n, members); k++ {
		sum += term
		if term < sum*1e-12 {
			break
		}
		term *= float64(members-k) / float64(k+1) * float64(n-k) / float64(population-members-n+k+1)
	}
	return min(sum, 1)
}

// logChoose is the logarithm of the binomial coefficient.
func logChoose(n, k int64) float64 {
	g := func(v int64) float64 { l, _ := math.Lgamma(float64(v) + 1); return l }
	return g(n) - g(k) - g(n-k)
}
