package density

import (
	"context"
	"fmt"
	"math"

	"github.com/kreds/kreds/stats"
)

// Validity says how well the groups of a partition are set apart by areas of low
// density, whatever their shape, from −1 to 1 (density-based clustering validation:
// Moulavi, Jaskowiak, Campello, Zimek and Sander 2014). The core distance of a row, of p
// columns, among the n rows of its group is
//
//	(Σ over the others (1/distance)ᵖ / (n − 1))^(−1/p)
//
// and two rows are as far apart as the largest of their distance and their core
// distances. A group is as sparse as the longest step between inner rows of its minimum
// spanning tree, inner being those with more than one step, and as separate as the
// nearest inner row of another group. Its validity is (separation − sparseness) ÷ the
// larger of the two, and that of the partition the mean over all rows, noise counting
// 0. Equal rows leave each other out of their core distances.
//
// A single group, and groups of one row, have 0. Labels below 0 are noise. It fails on
// an empty or non-finite matrix, on values beyond 1e75, on more than 20,000 rows, if the
// labels do not fit, and if ctx ends.
func Validity(ctx context.Context, x *stats.Matrix, labels []int32) (float64, error) {
	if err := x.Check(); err != nil {
		return 0, err
	}
	if err := small(x); err != nil {
		return 0, err
	}
	if len(labels) != x.Rows {
		return 0, fmt.Errorf("there are %d labels for %d rows", len(labels), x.Rows)
	}
	var groups []*group
	at := map[int32]*group{}
	for i, l := range labels {
		if l < 0 {
			continue
		}
		if at[l] == nil {
			at[l] = &group{separation: math.Inf(1)}
			groups = append(groups, at[l])
		}
		at[l].rows = append(at[l].rows, i)
	}
	if len(groups) < 2 {
		return 0, nil
	}
	for _, g := range groups {
		if err := g.measure(ctx, x); err != nil {
			return 0, err
		}
	}
	var sum float64
	for i, g := range groups {
		for _, h := range groups[i+1:] {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			d := math.Sqrt(g.apart(h))
			g.separation, h.separation = min(g.separation, d), min(h.separation, d)
		}
		if larger := max(g.separation, g.sparseness); larger > 0 && len(g.rows) > 1 {
			sum += float64(len(g.rows)) * (g.separation - g.sparseness) / larger
		}
	}
	return sum / float64(x.Rows), nil
}

// small refuses what HDBSCAN refuses too.
func small(x *stats.Matrix) error {
	for i, v := range x.Data {
		if math.Abs(v) > 1e75 {
			return fmt.Errorf("row %d, column %d is %v: scale values to below 1e75", i/x.Cols+1, i%x.Cols+1, v)
		}
	}
	if x.Rows > maxRows {
		return fmt.Errorf("there are %d rows: groups are found in up to %d; take a sample", x.Rows, maxRows)
	}
	return nil
}

// group is the rows of one group, and of its inner ones values and squared core
// distances.
type group struct {
	rows       []int
	inner      *stats.Matrix
	core       []float64
	sparseness float64
	separation float64
}

// measure finds the inner rows of a group and how sparse it is.
func (g *group) measure(ctx context.Context, x *stats.Matrix) error {
	m := stats.NewMatrix(len(g.rows), x.Cols)
	for i, r := range g.rows {
		copy(m.Row(i), x.Row(r))
	}
	if m.Rows < 2 {
		g.inner, g.core = m, []float64{0}
		return nil
	}
	core := make([]float64, m.Rows)
	d := make([]float64, m.Rows)
	for i := range core {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for j := range d {
			d[j] = distance2(m.Row(i), m.Row(j))
		}
		core[i] = allCore2(d, x.Cols)
	}
	steps, err := spanning(ctx, m, core)
	if err != nil {
		return err
	}
	degree := make([]int, m.Rows)
	for _, s := range steps {
		degree[s.a]++
		degree[s.b]++
	}
	inner, longest := 0, 0.0
	for _, n := range degree {
		if n > 1 {
			inner++
		}
	}
	for _, s := range steps {
		if degree[s.a] > 1 && degree[s.b] > 1 {
			longest = max(longest, s.length)
		}
	}
	if longest == 0 { // no step lies between inner rows
		longest = steps[len(steps)-1].length
	}
	g.sparseness = longest
	if inner == 0 {
		g.inner, g.core = m, core
		return nil
	}
	g.inner = stats.NewMatrix(inner, x.Cols)
	to := 0
	for i, n := range degree {
		if n > 1 {
			copy(g.inner.Row(to), m.Row(i))
			g.core = append(g.core, core[i])
			to++
		}
	}
	return nil
}

// allCore2 is the squared core distance of a row from the squared distances to all rows
// of its group, its own 0 among them.
func allCore2(d []float64, columns int) float64 {
	nearest := math.Inf(1)
	for _, v := range d {
		if v > 0 {
			nearest = min(nearest, v)
		}
	}
	if math.IsInf(nearest, 1) {
		return 0
	}
	// Relative to the nearest row, so that no power is too large.
	var sum float64
	p := float64(columns)
	for _, v := range d {
		if v > 0 {
			sum += math.Pow(nearest/v, p/2)
		}
	}
	return nearest * math.Pow(sum/float64(len(d)-1), -2/p)
}

// apart is the smallest squared distance between inner rows of two groups, core
// distances being the least.
func (g *group) apart(h *group) float64 {
	least := math.Inf(1)
	for i := range g.inner.Rows {
		for j := range h.inner.Rows {
			floor := max(g.core[i], h.core[j])
			if floor >= least {
				continue
			}
			least = min(least, max(floor, distance2(g.inner.Row(i), h.inner.Row(j))))
		}
	}
	return least
}
