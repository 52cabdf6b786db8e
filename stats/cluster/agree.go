package cluster

import (
	"math"
)

// crossing counts the rows of two partitions by pairs of segments. Rows with a negative
// label, noise, are one more segment.
type crossing struct {
	cells, a, b []float64 // cells by segment of a, then of b
	n           float64
}

func cross(a, b []int32) *crossing {
	a, b = withNoise(a), withNoise(b)
	nb := segments(b)
	c := &crossing{make([]float64, segments(a)*nb), make([]float64, segments(a)), make([]float64, nb), float64(len(a))}
	for i, x := range a {
		c.cells[int(x)*nb+int(b[i])]++
		c.a[x]++
		c.b[b[i]]++
	}
	return c
}

// entropy of the sizes, in nats.
func (c *crossing) entropy(sizes []float64) (h float64) {
	for _, n := range sizes {
		if n > 0 {
			h -= n / c.n * math.Log(n/c.n)
		}
	}
	return h
}

// mutual is the information that the partitions share, in nats.
func (c *crossing) mutual() (sum float64) {
	for i, n := range c.cells {
		if n > 0 {
			sum += n / c.n * math.Log(n*c.n/(c.a[i/len(c.b)]*c.b[i%len(c.b)]))
		}
	}
	return max(0, sum)
}

// expected is the mutual information of partitions of these sizes by chance (Vinh, Epps
// and Bailey 2010).
func (c *crossing) expected() (sum float64) {
	factorial := func(n float64) float64 { l, _ := math.Lgamma(n + 1); return l }
	for _, a := range c.a {
		for _, b := range c.b {
			if a == 0 || b == 0 {
				continue
			}
			fixed := factorial(a) + factorial(b) + factorial(c.n-a) + factorial(c.n-b) - factorial(c.n)
			for n := max(1, a+b-c.n); n <= min(a, b); n++ {
				p := math.Exp(fixed - factorial(n) - factorial(a-n) - factorial(b-n) - factorial(c.n-a-b+n))
				sum += n / c.n * math.Log(c.n*n/(a*b)) * p
			}
		}
	}
	return sum
}

// NormalisedMutual is the mutual information of two partitions of the same rows per the
// mean of their entropies (Strehl and Ghosh 2002): 1 if they are the same. Many
// segments raise it by chance. It is 1 for two partitions of one segment each and 0 if the
// numbers of rows differ.
func NormalisedMutual(a, b []int32) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return 0
	}
	c := cross(a, b)
	h := (c.entropy(c.a) + c.entropy(c.b)) / 2
	if h == 0 {
		return 1
	}
	return min(1, c.mutual()/h)
}

// AdjustedMutual is the mutual information corrected for chance (Vinh, Epps and Bailey
// 2010), per the mean of the entropies: 1 if the partitions are the same, 0 on average by
// chance. Time grows with the number of rows times that of segments. It is 1 for two
// partitions of one segment each, or both of single rows only, and 0 if the numbers of rows differ.
func AdjustedMutual(a, b []int32) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return 0
	}
	c := cross(a, b)
	h, chance := (c.entropy(c.a)+c.entropy(c.b))/2, c.expected()
	if math.Abs(h-chance) < 1e-12 {
		return 1
	}
	return min(1, (c.mutual()-chance)/(h-chance))
}

// FowlkesMallows is the geometric mean of the shares of pairs of rows together in one
// partition that are so in the other (Fowlkes and Mallows 1983): 1 if the partitions are
// the same. It is 0 where no pair is together in either, and if the numbers of rows differ.
func FowlkesMallows(a, b []int32) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return 0
	}
	c := cross(a, b)
	together := math.Sqrt(pairs(c.a)) * math.Sqrt(pairs(c.b))
	if together == 0 {
		return 0
	}
	return min(1, pairs(c.cells)/together)
}
