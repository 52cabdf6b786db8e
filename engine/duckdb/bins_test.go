package duckdb

import (
	"math"
	"testing"

	"github.com/kreds/kreds"
)

// Whatever the values, every one is in exactly one bin, the bins join, and they
// reach from the least to the greatest.
func TestBins(t *testing.T) {
	line := func(n int, f func(i int) float64) (xs []float64) {
		for i := range n {
			xs = append(xs, f(i))
		}
		return xs
	}
	for name, c := range map[string]struct {
		typ      kreds.Type
		distinct []float64
		least    int // bins
	}{
		"whole numbers":   {kreds.Number, line(101, func(i int) float64 { return float64(i) }), 20},
		"fractions":       {kreds.Number, line(1000, func(i int) float64 { return float64(i) / 7 }), 15},
		"negative":        {kreds.Number, line(1000, func(i int) float64 { return float64(i)/3 - 200 }), 15},
		"one far away":    {kreds.Number, append(line(1000, func(i int) float64 { return float64(i) }), 1e12), 15},
		"huge":            {kreds.Number, line(100, func(i int) float64 { return 1e300 * float64(i+1) }), 1},
		"very close":      {kreds.Number, line(100, func(i int) float64 { return 1e15 + float64(i)/8 }), 1},
		"infinitely wide": {kreds.Number, line(100, func(i int) float64 { return (float64(i) - 50) / 50 * math.MaxFloat64 }), 1},
		"days":            {kreds.Date, line(400, func(i int) float64 { return float64(14000 + i) }), 15},
		"instants":        {kreds.Instants, line(400, func(i int) float64 { return 1.3e15 + 1e9*float64(i) }), 15},
		"few":             {kreds.Number, []float64{1, 2, 5}, 3},
		"none":            {kreds.Number, nil, 0},
	} {
		counts := make([]int64, len(c.distinct))
		var want int64
		for i := range counts {
			counts[i] = int64(i%3 + 1)
			want += counts[i]
		}
		bins := binsOf(c.typ, c.distinct, counts)
		if len(bins) < c.least || len(bins) > maxBins+1 {
			t.Errorf("%s: %d bins", name, len(bins))
		}
		var got int64
		for i, b := range bins {
			got += b.Count
			from, to := number(b.From), number(b.To)
			if from > to || len(c.distinct) > maxBins && i > 0 && from != number(bins[i-1].To) {
				t.Errorf("%s: bin %d from %v to %v does not join", name, i, from, to)
			}
			var n int64
			for j, x := range c.distinct {
				if x >= from && (x < to || from == to && x == to || i == len(bins)-1) {
					n += counts[j]
				}
			}
			if n != b.Count {
				t.Errorf("%s: bin %d from %v to %v has %d values, says %d", name, i, from, to, n, b.Count)
			}
		}
		if got != want {
			t.Errorf("%s: %d values in bins, there are %d", name, got, want)
		}
		if len(bins) > 0 && (number(bins[0].From) > c.distinct[0] || number(bins[len(bins)-1].To) < c.distinct[len(c.distinct)-1]) {
			t.Errorf("%s: bins do not reach the ends", name)
		}
	}
}
