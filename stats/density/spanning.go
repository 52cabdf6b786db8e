package density

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/kreds/kreds/stats"
)

// distance2 is the squared Euclidean distance.
func distance2(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for i, v := range a {
		d := v - b[i]
		sum += d * d
	}
	return sum
}

// cores returns the squared core distance of each row.
func cores(ctx context.Context, x *stats.Matrix, points, workers int) ([]float64, error) {
	core := make([]float64, x.Rows)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			d := make([]float64, x.Rows)
			for i := w; i < x.Rows && ctx.Err() == nil; i += workers {
				for j := range d {
					d[j] = distance2(x.Row(i), x.Row(j))
				}
				core[i] = nth(d, points-1)
			}
		})
	}
	wg.Wait()
	return core, ctx.Err()
}

// nth returns the value that would be at place n if the values were sorted; it
// changes their order.
func nth(v []float64, n int) float64 {
	for len(v) > 32 {
		a, b, c := v[0], v[len(v)/2], v[len(v)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		low, equal := 0, 0 // values below the pivot, then those equal to it
		for i, x := range v {
			switch {
			case x < pivot:
				v[i] = v[low+equal]
				v[low+equal] = v[low]
				v[low] = x
				low++
			case x == pivot:
				v[i] = v[low+equal]
				v[low+equal] = x
				equal++
			}
		}
		switch {
		case n < low:
			v = v[:low]
		case n < low+equal:
			return pivot
		default:
			v, n = v[low+equal:], n-low-equal
		}
	}
	slices.Sort(v)
	return v[n]
}

// step connects two rows.
type step struct {
	a, b   int32
	length float64
}

// spanning returns a minimum spanning tree of the mutual reachability distances,
// shortest step first (Prim 1957).
func spanning(ctx context.Context, x *stats.Matrix, core []float64) ([]step, error) {
	n := x.Rows
	near, from := make([]float64, n), make([]int32, n)
	open := make([]int32, n-1)
	for i := range open {
		open[i] = int32(i + 1)
	}
	for i := range near {
		near[i] = math.Inf(1)
	}
	steps := make([]step, 0, n-1)
	for at := int32(0); len(open) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, own := x.Row(int(at)), core[at]
		next := 0
		for o, i := range open {
			d := near[i]
			// Core distances are lower bounds, so many distances need no look.
			if floor := max(own, core[i]); floor < d {
				if e := max(floor, distance2(row, x.Row(int(i)))); e < d {
					d, near[i], from[i] = e, e, at
				}
			}
			if d < near[open[next]] {
				next = o
			}
		}
		at = open[next]
		steps = append(steps, step{from[at], at, math.Sqrt(near[at])})
		open = slices.Delete(open, next, next+1)
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		switch {
		case a.length < b.length:
			return -1
		case a.length > b.length:
			return 1
		}
		return 0
	})
	return steps, nil
}
