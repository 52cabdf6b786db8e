package describe

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// Neighbour is the segment whose centre is nearest.
type Neighbour struct {
	Segment  int // −1 if there is no other
	Distance float64
}

// Nearest returns the nearest other segment of each, by Euclidean distance of the
// centres; ties go to the first. It fails for centres that are not finite.
func Nearest(centers *stats.Matrix) ([]Neighbour, error) {
	if err := centers.Check(); err != nil {
		return nil, fmt.Errorf("the centres: %w", err)
	}
	out := make([]Neighbour, centers.Rows)
	for a := range out {
		out[a].Segment = -1
		for b := range centers.Rows {
			if a == b {
				continue
			}
			if d := distance(centers.Row(a), centers.Row(b)); out[a].Segment < 0 || d < out[a].Distance {
				out[a] = Neighbour{b, d}
			}
		}
	}
	return out, nil
}

// distance is the Euclidean distance, at most the largest number.
func distance(a, b []float64) float64 {
	var d float64
	for j, v := range a {
		d = math.Hypot(d, v-b[j])
	}
	return min(d, math.MaxFloat64)
}

// Typical returns the n rows of each segment that are closest to its centre, the
// closest first, fewer where a segment has fewer; of equal distances the first row.
// Rows with a negative label are in no segment.
//
// It fails for data or centres that are not finite, and for labels that do not fit.
func Typical(x, centers *stats.Matrix, labels []int32, n int) ([][]int, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if err := centers.Check(); err != nil {
		return nil, fmt.Errorf("the centres: %w", err)
	}
	if len(labels) != x.Rows || centers.Cols != x.Cols {
		return nil, fmt.Errorf("there are %d labels and centres of %d columns for %d rows of %d columns", len(labels), centers.Cols, x.Rows, x.Cols)
	}
	type near struct {
		row      int
		distance float64
	}
	found := make([][]near, centers.Rows)
	closer := func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.row, b.row))
	}
	for i, l := range labels {
		if int(l) >= centers.Rows {
			return nil, fmt.Errorf("row %d is in segment %d of %d", i+1, l+1, centers.Rows)
		}
		if l < 0 || n <= 0 {
			continue
		}
		own := near{i, distance(x.Row(i), centers.Row(int(l)))}
		if best := found[l]; len(best) < n || closer(own, best[len(best)-1]) < 0 {
			at, _ := slices.BinarySearchFunc(best, own, closer)
			best = slices.Insert(best, at, own)
			found[l] = best[:min(n, len(best))]
		}
	}
	out := make([][]int, centers.Rows)
	for s, best := range found {
		out[s] = make([]int, len(best))
		for i, b := range best {
			out[s][i] = b.row
		}
	}
	return out, nil
}
