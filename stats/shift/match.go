package shift

import (
	"fmt"
	"math"

	"github.com/kreds/kreds/stats"
)

// Matching says which segment of now is which of then.
type Matching struct {
	Of    []int // by segment now: the one then, −1 if it is new
	Gone  []int // segments then that none is matched with
	Total float64
}

// MatchRows matches the segments of two partitions of the same rows one to one such
// that as many rows as can be are in matched ones, by the Hungarian method (Kuhn 1955);
// rows with a negative label are in none. Total is those rows' weight. Nil weights
// are ones. Segments that share no row are not matched.
//
// It also returns the labels of now with the numbers of then; new segments have
// numbers after those. It fails as Migrate does.
func MatchRows(before, after []int32, weights []float64) (*Matching, []int32, error) {
	m, err := Migrate(before, after, weights)
	if err != nil {
		return nil, nil, err
	}
	kb, ka := segments(before), segments(after)
	most := 0.0
	for _, row := range m.Counts[:kb] {
		for _, n := range row[:ka] {
			most = max(most, n)
		}
	}
	cost := table(ka, kb)
	for a := range cost {
		for b := range cost[a] {
			cost[a][b] = most - m.Counts[b][a]
		}
	}
	out := &Matching{Of: assign(cost, kb)}
	for a, b := range out.Of {
		if b < 0 {
			continue
		}
		if m.Counts[b][a] == 0 {
			out.Of[a] = -1
			continue
		}
		out.Total += m.Counts[b][a]
	}
	out.gone(kb)
	return out, relabel(after, out.Of, kb), nil
}

// MatchCenters matches centres one to one such that the sum of their Euclidean
// distances, in units of scale, is the lowest, by the Hungarian method (Kuhn 1955).
// Total is that sum. Where there are more centres now than then, some are new. It
// fails as Drifts does, but for the numbers of centres.
func MatchCenters(before, after *stats.Matrix, scale []float64) (*Matching, error) {
	if err := comparable(before, after, scale); err != nil {
		return nil, err
	}
	cost := table(after.Rows, before.Rows)
	most := 0.0
	for a := range cost {
		for b := range cost[a] {
			var d float64
			for j := range before.Cols {
				d = math.Hypot(d, over(after.Row(a)[j]-before.Row(b)[j], scale, j))
			}
			if d > largest*largest {
				return nil, fmt.Errorf("centres are %g scales apart: choose scales that fit the values", d)
			}
			cost[a][b] = d
			most = max(most, d)
		}
	}
	out := &Matching{Of: assign(cost, before.Rows)}
	for a, b := range out.Of {
		if b >= 0 {
			out.Total += cost[a][b]
		}
	}
	out.gone(before.Rows)
	return out, nil
}

// gone lists the segments then that nothing is matched with.
func (m *Matching) gone(k int) {
	seen := make([]bool, k)
	for _, b := range m.Of {
		if b >= 0 {
			seen[b] = true
		}
	}
	for b, s := range seen {
		if !s {
			m.Gone = append(m.Gone, b)
		}
	}
}

// Compared is what became of one segment.
type Compared struct {
	Then, Now    int     // −1: it is new, or gone
	Before       float64 // its share then,
	After        float64 // and now
	Kept         float64 // share of its rows then that are still in it
	Jaccard      float64 // rows in both per rows in either
	Joined, Left float64 // weight of rows
}

// Compare matches two partitions of the same rows and says of each segment how it
// changed: those of then in order, new ones after them. It fails as Migrate does.
func Compare(before, after []int32, weights []float64) ([]Compared, error) {
	match, _, err := MatchRows(before, after, weights)
	if err != nil {
		return nil, err
	}
	m, err := Migrate(before, after, weights)
	if err != nil {
		return nil, err
	}
	kb, ka := len(m.Counts)-1, len(m.Counts[0])-1
	was, is := make([]float64, kb), make([]float64, ka)
	var then, now float64
	for b, row := range m.Counts {
		for a, n := range row {
			if b < kb {
				was[b] += n
				then += n
			}
			if a < ka {
				is[a] += n
				now += n
			}
		}
	}
	found := make([]int, kb)
	for b := range found {
		found[b] = -1
	}
	var fresh []int
	for a, b := range match.Of {
		if b >= 0 {
			found[b] = a
		} else {
			fresh = append(fresh, a)
		}
	}
	var out []Compared
	for b, a := range found {
		c := Compared{Then: b, Now: a, Before: was[b] / max(then, tiny), Left: was[b]}
		if a >= 0 {
			both := m.Counts[b][a]
			c.After = is[a] / max(now, tiny)
			c.Joined, c.Left = max(0, is[a]-both), max(0, was[b]-both)
			c.Kept = both / was[b]
			c.Jaccard = both / (was[b] + is[a] - both)
		}
		out = append(out, c)
	}
	for _, a := range fresh {
		out = append(out, Compared{Then: -1, Now: a, After: is[a] / max(now, tiny), Joined: is[a]})
	}
	return out, nil
}

// tiny keeps a share of nothing at 0.
const tiny = 1e-300

// assign solves the assignment problem of rows by columns: it returns, for each row,
// its column, −1 if there are more rows than columns, with the lowest sum of costs.
// It adds one row at a time along the shortest augmenting path.
func assign(cost [][]float64, cols int) []int {
	rows := len(cost)
	if rows > cols {
		turned := table(cols, rows)
		for i, row := range cost {
			for j, v := range row {
				turned[j][i] = v
			}
		}
		out := make([]int, rows)
		for i := range out {
			out[i] = -1
		}
		for j, i := range assign(turned, rows) {
			out[i] = j
		}
		return out
	}
	u, v := make([]float64, rows), make([]float64, cols) // prices of rows and columns
	owner := make([]int, cols)
	for j := range owner {
		owner[j] = -1
	}
	for start := range rows {
		least, from := make([]float64, cols), make([]int, cols)
		done := make([]bool, cols)
		for j := range least {
			least[j], from[j] = math.Inf(1), -1
		}
		i, at := start, -1
		for {
			// The cheapest column that is still open.
			best := -1
			for j := range cols {
				if done[j] {
					continue
				}
				if c := cost[i][j] - u[i] - v[j]; c < least[j] {
					least[j], from[j] = c, at
				}
				if best < 0 || least[j] < least[best] {
					best = j
				}
			}
			delta := least[best]
			u[start] += delta
			for j := range cols {
				if done[j] {
					u[owner[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			done[best] = true
			at = best
			if owner[best] < 0 {
				break
			}
			i = owner[best]
		}
		for at >= 0 {
			before := from[at]
			if before < 0 {
				owner[at] = start
			} else {
				owner[at] = owner[before]
			}
			at = before
		}
	}
	out := make([]int, rows)
	for j, i := range owner {
		if i >= 0 {
			out[i] = j
		}
	}
	return out
}
