package discover

import (
	"context"
	"math"
	"slices"

	"github.com/kreds/kreds"
)

// Preview is what a request would look at: its features, how each would be used and how
// its values are spread.
type Preview struct {
	Subject  kreds.Subject
	Among    string // in canonical form
	N        int    // profiles
	Features []Spread
	Refused  []Refused
}

// Spread is how a feature's values are spread. Counts are by level of a category, of a
// flag who has it not and who has it, else of equal bins from From to To. Used are those
// of the values as they would be used, where that differs. Skewness is that of the values
// as they are.
type Spread struct {
	Feature
	Skewness     float64
	From, To     float64
	Counts, Used []int64
}

// previewBins is how many bins a preview has.
const previewBins = 24

// Preview returns what a request would look at, without looking for segments. The errors
// are those of Discover.
func (d *Discoverer) Preview(ctx context.Context, q Request) (*Preview, error) {
	a, err := d.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	t := a.table
	out := &Preview{Subject: a.frame.Subject, Among: a.among, N: len(t.profiles), Refused: t.refused}
	raw, _ := t.described()
	for i, c := range t.columns {
		out.Features = append(out.Features, c.spread(raw[i].Numbers))
	}
	return out, nil
}

// spread counts a column's values; those that were filled in are NaN.
func (c *column) spread(values []float64) Spread {
	out := Spread{Feature: c.Feature}
	if c.Kind == Category {
		out.Counts = make([]int64, len(c.Levels))
		for _, l := range c.level {
			out.Counts[l]++
		}
		return out
	}
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if c.Kind == Flag {
		out.To, out.Counts = 1, make([]int64, 2)
		for _, v := range known {
			out.Counts[int(v)]++
		}
		return out
	}
	out.Skewness = skewness(known)
	out.From, out.To, out.Counts = binned(known)
	if c.Log || c.Low != -math.MaxFloat64 || c.High != math.MaxFloat64 {
		used := make([]float64, len(known))
		for i, v := range known {
			used[i] = c.use(v)
		}
		_, _, out.Used = binned(used)
	}
	return out
}

// binned counts values, of which there are some, in equal bins from the least to the
// greatest.
func binned(values []float64) (from, to float64, counts []int64) {
	from, to = slices.Min(values), slices.Max(values)
	counts = make([]int64, previewBins)
	width := to/previewBins - from/previewBins // first, lest the range overflow
	for _, v := range values {
		at := 0
		if width > 0 {
			at = min(int(v/width-from/width), previewBins-1)
		}
		counts[at]++
	}
	return from, to, counts
}
