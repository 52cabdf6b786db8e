package duckdb

import (
	"math"
	"slices"
)

const (
	// fewFloats are sorted by comparing.
	fewFloats = 1 << 12
	// manyFloats are too: sorting by digits takes as much memory again.
	manyFloats = 1 << 25
)

// sortFloats sorts numbers, of which none is NaN, by their digits, the least first:
// of ten million in a quarter of the time that comparing takes.
func sortFloats(xs []float64) {
	if len(xs) < fewFloats || len(xs) > manyFloats {
		slices.Sort(xs)
		return
	}
	const digit, digits = 11, 6 // 66 bits
	var counts [digits][1 << digit]int
	for _, x := range xs {
		b := orderOf(x)
		for d := range digits {
			counts[d][b>>(d*digit)&(1<<digit-1)]++
		}
	}
	from, to := xs, make([]float64, len(xs))
	for d := range digits {
		at := 0
		for i, n := range counts[d] {
			counts[d][i], at = at, at+n
		}
		for _, x := range from {
			c := &counts[d][orderOf(x)>>(d*digit)&(1<<digit-1)]
			to[*c] = x
			*c++
		}
		from, to = to, from
	}
	// After an even number of digits everything is back in xs.
}

// orderOf is a number that has the place among all numbers that x has among floats:
// a negative one has all bits turned, another only the sign.
func orderOf(x float64) uint64 {
	b := math.Float64bits(x)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}
