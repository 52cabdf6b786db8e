package duckdb

import (
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// maxBins is about how many bins a distribution has; up to so many distinct
// values have one each.
const maxBins = 24

// binsOf is the distribution of ordered values, given in order with how often
// each occurs. Bins are equally wide, on round numbers, between the first and the
// ninety-ninth percentile, so that a few far values do not press all others into
// one bin; the first and the last reach to the ends.
func binsOf(typ kreds.Type, distinct []float64, counts []int64) []engine.Bin {
	if len(distinct) == 0 {
		return nil
	}
	var bins []engine.Bin
	if len(distinct) <= maxBins {
		for i, x := range distinct {
			v := ordered(typ, x)
			bins = append(bins, engine.Bin{From: v, To: v, Count: counts[i]})
		}
		return bins
	}
	least, most := distinct[0], distinct[len(distinct)-1]
	low, high := percentile(distinct, counts, .01), percentile(distinct, counts, .99)
	step := roundUp((high - low) / maxBins)
	if typ != kreds.Number || whole(distinct) {
		step = max(1, math.Ceil(step))
	}
	from := math.Floor(low/step) * step
	if !(step > 0) || from+step == from || math.IsInf(from, 0) {
		// All but a few values are the same, or too far apart for steps.
		return []engine.Bin{{From: ordered(typ, least), To: ordered(typ, most), Count: sum(counts)}}
	}
	for i, at := 0, 0; i < len(distinct); at++ {
		to := from + float64(at+1)*step
		last := at == maxBins || to > high
		var n int64
		for ; i < len(distinct) && (last || distinct[i] < to); i++ {
			n += counts[i]
		}
		b := engine.Bin{From: ordered(typ, from+float64(at)*step), To: ordered(typ, to), Count: n}
		if at == 0 {
			b.From = ordered(typ, min(least, from))
		}
		if last {
			b.To = ordered(typ, max(most, to))
		}
		bins = append(bins, b)
	}
	return bins
}

// percentile is the least value that the share of all values does not pass.
func percentile(distinct []float64, counts []int64, share float64) float64 {
	upTo := make([]int64, len(counts))
	var n int64
	for i, c := range counts {
		n += c
		upTo[i] = n
	}
	want := int64(math.Ceil(share * float64(n)))
	i, _ := slices.BinarySearch(upTo, want)
	return distinct[min(i, len(distinct)-1)]
}

// roundUp is the least of 1, 2, 2.5 and 5 times a power of ten that is not below x.
func roundUp(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if m*power >= x {
			return m * power
		}
	}
	return 10 * power
}

func whole(xs []float64) bool {
	for _, x := range xs {
		if x != math.Trunc(x) {
			return false
		}
	}
	return true
}

func sum(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// number is where a value of an ordered type stands; the inverse of ordered.
func number(v kreds.Value) float64 {
	switch v.Type {
	case kreds.Date:
		return float64(v.Day)
	case kreds.Instants:
		return float64(v.Instant)
	default:
		return v.Num
	}
}

func ordered(typ kreds.Type, x float64) kreds.Value {
	if typ == kreds.Number {
		return kreds.Value{Type: typ, Num: x}
	}
	return intValue(typ, int64(x))
}
