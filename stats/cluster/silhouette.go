package cluster

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/kreds/kreds/stats"
)

// Silhouette says how well rows lie within their segments: from −1 to 1.
type Silhouette struct {
	Mean    float64
	Segment []float64 // mean by segment, 0 for an empty one
	Exact   bool      // from all pairs of rows; otherwise from distances to centres
}

// exactRows is the number of rows up to which silhouettes are exact.
const exactRows = 20000

// Silhouettes is the mean silhouette width (Rousseeuw 1987): from all pairs of
// rows where there are at most 20,000, else the simplified one from distances to
// the centres (Hruschka et al. 2004). A row alone in its segment counts as 0. Rows
// with a negative label, noise, are left out. It fails for fewer than two
// segments, for labels or weights that are not those of the rows, and if ctx ends.
func Silhouettes(ctx context.Context, x *stats.Matrix, labels []int32, weights []float64) (*Silhouette, error) {
	all, err := SilhouettesOf(ctx, x, [][]int32{labels}, weights)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// SilhouettesOf is Silhouettes of several partitions of the same rows, for which the
// distances are computed once.
func SilhouettesOf(ctx context.Context, x *stats.Matrix, partitions [][]int32, weights []float64) ([]*Silhouette, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if weights != nil && len(weights) != x.Rows {
		return nil, fmt.Errorf("there are %d weights for %d rows", len(weights), x.Rows)
	}
	all := make([]*widths, len(partitions))
	for i, labels := range partitions {
		if len(labels) != x.Rows {
			return nil, fmt.Errorf("there are %d labels for %d rows", len(labels), x.Rows)
		}
		p := &widths{labels: withNoise(labels), segments: segments(labels), width: make([]float64, x.Rows)}
		p.centers, p.size, _ = spreads(x, p.labels, weights)
		clear(p.size[p.segments:]) // noise is near nothing and nothing is near it
		filled := 0
		for _, s := range p.size {
			if s > 0 {
				filled++
			}
		}
		if filled < 2 {
			return nil, fmt.Errorf("a silhouette needs two segments, there is %d", filled)
		}
		all[i] = p
	}
	exact := x.Rows <= exactRows
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var distances []float64
			if exact {
				distances = make([]float64, x.Rows)
			}
			var sums []float64
			for i := w; i < x.Rows; i += workers {
				if i%1024 < workers && ctx.Err() != nil {
					return
				}
				if !exact {
					for _, p := range all {
						p.width[i] = p.simple(x.Row(i), p.labels[i])
					}
					continue
				}
				row := x.Row(i)
				for o := range distances {
					distances[o] = math.Sqrt(distance2(row, x.Data[o*x.Cols:(o+1)*x.Cols]))
				}
				for o, n := range weights {
					distances[o] *= n
				}
				for _, p := range all {
					sums = p.exact(distances, sums, i)
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]*Silhouette, len(all))
	for i, p := range all {
		out[i] = p.mean(weights)
		out[i].Exact = exact
	}
	return out, nil
}

// widths are the silhouette widths of one partition.
type widths struct {
	labels   []int32
	segments int // without noise, whose label is the next one
	centers  *stats.Matrix
	size     []float64
	width    []float64
}

func (p *widths) mean(weights []float64) *Silhouette {
	s := &Silhouette{Segment: make([]float64, p.segments)}
	var total float64
	for i, c := range p.labels {
		if p.size[c] == 0 {
			continue
		}
		v, n := p.width[i], 1.0
		if weights != nil {
			n = weights[i]
		}
		s.Segment[c] += n * v
		s.Mean += n * v
		total += n
	}
	s.Mean /= total
	for c, n := range p.size {
		if n > 0 {
			s.Segment[c] /= n
		}
	}
	return s
}

// exact sets the width of row i from its distances, times the weights, to all rows. It
// returns sums for the next row.
func (p *widths) exact(distances, sums []float64, i int) []float64 {
	if cap(sums) < len(p.size) {
		sums = make([]float64, len(p.size))
	}
	sums = sums[:len(p.size)]
	clear(sums)
	for o, l := range p.labels {
		sums[l] += distances[o]
	}
	own := p.labels[i]
	if p.size[own] <= 1 {
		return sums
	}
	a, b := sums[own]/(p.size[own]-1), math.Inf(1)
	for c, s := range sums {
		if c != int(own) && p.size[c] > 0 {
			b = min(b, s/p.size[c])
		}
	}
	p.width[i] = ratio(a, b)
	return sums
}

func (p *widths) simple(row []float64, own int32) float64 {
	if p.size[own] <= 1 {
		return 0
	}
	a, b := math.Sqrt(distance2(row, p.centers.Row(int(own)))), math.Inf(1)
	for c := range p.centers.Rows {
		if c != int(own) && p.size[c] > 0 {
			b = min(b, distance2(row, p.centers.Row(c)))
		}
	}
	return ratio(a, math.Sqrt(b))
}

func ratio(a, b float64) float64 {
	if m := max(a, b); m > 0 {
		return (b - a) / m
	}
	return 0
}
