package shift

import (
	"fmt"
	"slices"
)

// Migration counts who was where and is where. The last row and column are of those
// in no segment, which a negative label says: they came or left.
type Migration struct {
	Counts [][]float64 // by segment then, and by segment now
	Shares [][]float64 // of those of each row; 0 in an empty one
	Stayed float64     // share, of all in a segment then, that is in that segment now
}

// mostCells bounds the table of segments by segments.
const mostCells = 10_000_000

// Migrate compares the segments of the same rows then and now; segment i then is taken
// for segment i now (Match says which is which otherwise). Nil weights are ones. It
// fails for other numbers of labels or weights, for weights that are negative or not
// finite, and for labels too large to count by.
func Migrate(before, after []int32, weights []float64) (*Migration, error) {
	if len(before) != len(after) || weights != nil && len(weights) != len(before) {
		return nil, fmt.Errorf("there are %d labels before, %d after, and %d weights", len(before), len(after), len(weights))
	}
	kb, ka := segments(before), segments(after)
	if kb*ka > mostCells {
		return nil, fmt.Errorf("there are labels up to %d before and %d after: number segments from 0", kb-1, ka-1)
	}
	m := &Migration{Counts: table(kb+1, ka+1), Shares: table(kb+1, ka+1)}
	for i := range before {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if !(w >= 0 && w <= largest) {
			return nil, fmt.Errorf("the weight of row %d is %v: weights are finite and not negative", i+1, w)
		}
		b, a := int(before[i]), int(after[i])
		if b < 0 {
			b = kb
		}
		if a < 0 {
			a = ka
		}
		m.Counts[b][a] += w
	}
	var in, stayed float64
	for b, row := range m.Counts {
		var sum float64
		for _, n := range row {
			sum += n
		}
		for a, n := range row {
			if sum > 0 {
				m.Shares[b][a] = n / sum
			}
		}
		if b < kb {
			in += sum
			if b < ka {
				stayed += row[b]
			}
		}
	}
	if in > 0 {
		m.Stayed = stayed / in
	}
	return m, nil
}

// segments is one more than the highest label.
func segments(labels []int32) int {
	k := int32(0)
	for _, l := range labels {
		k = max(k, l+1)
	}
	return int(k)
}

func table(rows, cols int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, cols)
	}
	return out
}

// relabel gives the segments of now the numbers of those that they match; the others
// come after them.
func relabel(labels []int32, of []int, k int) []int32 {
	to := make([]int32, len(of))
	next := int32(k)
	for now, then := range of {
		if to[now] = int32(then); then < 0 {
			to[now] = next
			next++
		}
	}
	out := slices.Clone(labels)
	for i, l := range out {
		if l >= 0 {
			out[i] = to[l]
		}
	}
	return out
}
