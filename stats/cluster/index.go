package cluster

import (
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// AdjustedRand is the adjusted Rand index of two partitions of the same rows
// (Hubert and Arabie 1985): 1 if they are the same, 0 on average by chance. Nil
// weights are ones. Rows with a negative label, noise, are one more segment. Two
// partitions that both hold one segment, or both only single rows, agree wholly:
// 1. It is 0 if the numbers of rows differ.
func AdjustedRand(a, b []int32, weights []float64) float64 {
	if len(a) != len(b) || weights != nil && len(weights) != len(a) {
		return 0
	}
	a, b = withNoise(a), withNoise(b)
	na, nb := segments(a), segments(b)
	cells := make([]float64, na*nb)
	rows, cols := make([]float64, na), make([]float64, nb)
	var n float64
	for i, x := range a {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		cells[int(x)*nb+int(b[i])] += w
		rows[x] += w
		cols[b[i]] += w
		n += w
	}
	both, ra, rb := pairs(cells), pairs(rows), pairs(cols)
	if n < 2 {
		return 1
	}
	expected := ra * rb / (n * (n - 1) / 2)
	most := (ra + rb) / 2
	if most == expected {
		return 1
	}
	return (both - expected) / (most - expected)
}

// pairs is the number of pairs within the cells.
func pairs(cells []float64) (sum float64) {
	for _, c := range cells {
		sum += c * (c - 1) / 2
	}
	return sum
}

// segments is one more than the highest label.
func segments(labels []int32) int {
	n := int32(0)
	for _, l := range labels {
		n = max(n, l+1)
	}
	return int(n)
}

// withNoise gives rows with negative labels a segment of their own.
func withNoise(labels []int32) []int32 {
	if len(labels) == 0 || slices.Min(labels) >= 0 {
		return labels
	}
	out, noise := slices.Clone(labels), int32(segments(labels))
	for i, l := range out {
		if l < 0 {
			out[i] = noise
		}
	}
	return out
}

// withoutNoise gives rows with negative labels no weight.
func withoutNoise(labels []int32, weights []float64) ([]int32, []float64) {
	if len(labels) == 0 || slices.Min(labels) >= 0 {
		return labels, weights
	}
	of, w := slices.Clone(labels), make([]float64, len(labels))
	for i, l := range labels {
		if l < 0 {
			of[i] = 0
		} else {
			w[i] = weightOf(weights, i)
		}
	}
	return of, w
}

// matches says whether there are as many labels and weights as rows.
func matches(x *stats.Matrix, labels []int32, weights []float64) bool {
	return len(labels) == x.Rows && (weights == nil || len(weights) == x.Rows)
}

// spreads returns the centre, the weight and the within sum of squares of each
// segment.
func spreads(x *stats.Matrix, labels []int32, weights []float64) (centers *stats.Matrix, size, ss []float64) {
	k := segments(labels)
	centers, size, ss = stats.NewMatrix(k, x.Cols), make([]float64, k), make([]float64, k)
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i]
	}
	for i, c := range labels {
		size[c] += weight(i)
		for j, v := range x.Row(i) {
			centers.Row(int(c))[j] += weight(i) * v
		}
	}
	for c := range k {
		if size[c] > 0 {
			for j := range x.Cols {
				centers.Row(c)[j] /= size[c]
			}
		}
	}
	for i, c := range labels {
		ss[c] += weight(i) * distance2(x.Row(i), centers.Row(int(c)))
	}
	return centers, size, ss
}

// CalinskiHarabasz is the ratio of the variance between segments to that within
// them (Calinski and Harabasz 1974); higher is better. It is 0 for fewer than two
// segments and for labels that are not those of the rows, and +Inf never: where
// nothing varies within segments it is math.MaxFloat64. Rows with a negative
// label, noise, are left out.
func CalinskiHarabasz(x *stats.Matrix, labels []int32, weights []float64) float64 {
	if !matches(x, labels, weights) {
		return 0
	}
	labels, weights = withoutNoise(labels, weights)
	centers, size, ss := spreads(x, labels, weights)
	mean := x.Means(weights)
	var n, within, between, k float64
	for c := range size {
		if size[c] == 0 {
			continue
		}
		k++
		n += size[c]
		within += ss[c]
		between += size[c] * distance2(centers.Row(c), mean)
	}
	if k < 2 || n <= k {
		return 0
	}
	if within == 0 {
		return math.MaxFloat64
	}
	return min(math.MaxFloat64, between/(k-1)/(within/(n-k)))
}

// DaviesBouldin is the mean over segments of the worst ratio of the two
// segments' mean distances to their centres to the distance between these
// (Davies and Bouldin 1979); lower is better. It is 0 for fewer than two segments
// and for labels that are not those of the rows; a pair with the same centre
// counts as math.MaxFloat64. Rows with a negative label, noise, are left out.
func DaviesBouldin(x *stats.Matrix, labels []int32, weights []float64) float64 {
	if !matches(x, labels, weights) {
		return 0
	}
	labels, weights = withoutNoise(labels, weights)
	centers, size, _ := spreads(x, labels, weights)
	mean := make([]float64, len(size))
	for i, c := range labels {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		mean[c] += w * math.Sqrt(distance2(x.Row(i), centers.Row(int(c))))
	}
	var sum, k float64
	for a := range size {
		if size[a] == 0 {
			continue
		}
		k++
		worst := 0.0
		for b := range size {
			if b == a || size[b] == 0 {
				continue
			}
			d := math.Sqrt(distance2(centers.Row(a), centers.Row(b)))
			s := mean[a]/size[a] + mean[b]/size[b]
			switch {
			case d > 0:
				worst = max(worst, s/d)
			case s > 0:
				return math.MaxFloat64
			}
		}
		sum += worst
	}
	if k < 2 {
		return 0
	}
	return sum / k
}

// Dunn is the smallest distance between rows of different segments per the largest
// within one (Dunn 1974); higher is better, and one odd row can decide it. Rows with a
// negative label, noise, are left out. It is 0 for fewer than two segments, for labels
// that are not those of the rows, and for more than 20,000 rows, whose pairs are too
// many; where no two rows of a segment differ it is the largest number.
func Dunn(x *stats.Matrix, labels []int32) float64 {
	if x.Check() != nil || len(labels) != x.Rows || x.Rows > exactRows {
		return 0
	}
	apart, wide := math.Inf(1), 0.0
	for i, a := range labels {
		for j := range i {
			b := labels[j]
			if a < 0 || b < 0 {
				continue
			}
			if d := distance2(x.Row(i), x.Row(j)); a == b {
				wide = max(wide, d)
			} else {
				apart = min(apart, d)
			}
		}
	}
	switch {
	case math.IsInf(apart, 1):
		return 0
	case wide == 0:
		return math.MaxFloat64
	case math.IsInf(wide, 1):
		return 0
	}
	return min(math.MaxFloat64, math.Sqrt(apart/wide))
}
