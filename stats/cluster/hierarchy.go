package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// Linkage is how far apart two segments are.
type Linkage uint8

const (
	// Ward merges the two segments whose merge adds least to the within sum of
	// squares (Ward 1963). The height is √(2 a b / (a+b)) times the distance of
	// the two means, with a and b the weights: the square root of twice what is
	// added, and the distance itself for two single rows. R calls it ward.D2.
	Ward Linkage = iota
	// Complete takes the largest distance of two rows.
	Complete
	// Average takes the weighted mean distance of two rows.
	Average
	// Single takes the smallest distance of two rows.
	Single
)

// The numbers of rows up to which hierarchies are built. Ward keeps means alone,
// other linkages all distances.
const (
	wardRows   = 20000
	matrixRows = 8000
)

// HierarchyOptions says how to merge.
type HierarchyOptions struct {
	Linkage Linkage
	// Weights of rows, positive; nil: ones. A row can stand for a segment found
	// before, with its size as the weight.
	Weights []float64
}

// Merge joins two segments: numbers below the number of rows are rows, number
// rows+i is what merge i made. A is less than B.
type Merge struct {
	A, B   int
	Height float64
	Size   float64 // weight of both
}

// Hierarchy is the order in which rows merge into one segment, lowest first.
type Hierarchy struct {
	Rows   int
	Merges []Merge // one fewer than rows; heights do not fall

	weights []float64
}

// Hierarchical merges the two nearest segments again and again until all rows are
// one. Euclidean distances between merged segments follow by the formula of Lance
// and Williams (1967); chains of nearest neighbours (Murtagh 1983) find the
// merges in time that grows with the square of the rows. Which of equal distances
// merges first follows from the order of the rows.
//
// It fails on an empty or non-finite matrix, on values or weights beyond 1e75, on
// weights that are not positive, on more than 20,000 rows (8,000 for linkages
// other than Ward), and if ctx ends.
func Hierarchical(ctx context.Context, x *stats.Matrix, o HierarchyOptions) (*Hierarchy, error) {
	if err := x.Check(); err != nil {
		return nil, err
	}
	if err := moderate(x, o.Weights); err != nil {
		return nil, err
	}
	if o.Weights != nil && len(o.Weights) != x.Rows {
		return nil, fmt.Errorf("there are %d weights for %d rows", len(o.Weights), x.Rows)
	}
	for i, w := range o.Weights {
		if !(w >= 1/largest) {
			return nil, fmt.Errorf("the weight of row %d is %v: a hierarchy needs positive weights", i+1, w)
		}
	}
	most := matrixRows
	if o.Linkage == Ward {
		most = wardRows
	}
	if o.Linkage > Single {
		return nil, fmt.Errorf("linkage %d is not known", o.Linkage)
	}
	if x.Rows > most {
		return nil, fmt.Errorf("there are %d rows: a hierarchy takes up to %d; merge the centres of many small segments, with their sizes as weights", x.Rows, most)
	}
	size := make([]float64, x.Rows)
	for i := range size {
		size[i] = weightOf(o.Weights, i)
	}
	h := &Hierarchy{Rows: x.Rows, weights: slices.Clone(size)}
	var apart distances
	if o.Linkage == Ward {
		apart = &means{stats.Matrix{Rows: x.Rows, Cols: x.Cols, Data: slices.Clone(x.Data)}, size}
	} else {
		var err error
		if apart, err = newPairwise(ctx, x, size, o.Linkage); err != nil {
			return nil, err
		}
	}
	merges, err := chains(ctx, apart, size)
	if err != nil {
		return nil, err
	}
	h.number(merges)
	return h, nil
}

// distances are those of segments, each at the place of one of its rows.
type distances interface {
	between(a, b int32) float64
	// merge puts the union of both at b; a is not asked for again.
	merge(a, b int32)
	height(distance float64) float64
}

// means are segments as Ward's linkage sees them; distances are squared heights.
type means struct {
	at   stats.Matrix
	size []float64
}

func (m *means) between(a, b int32) float64 {
	u, v := m.size[a], m.size[b]
	return 2 * (u * v / (u + v)) * distance2(m.at.Row(int(a)), m.at.Row(int(b)))
}

func (m *means) merge(a, b int32) {
	share := m.size[a] / (m.size[a] + m.size[b])
	to := m.at.Row(int(b))
	for j, v := range m.at.Row(int(a)) {
		to[j] += share * (v - to[j])
	}
}

func (m *means) height(d float64) float64 { return math.Sqrt(d) }

// pairwise are all distances, row by row below the diagonal.
type pairwise struct {
	n       int32
	size    []float64
	linkage Linkage
	d       []float64
}

func newPairwise(ctx context.Context, x *stats.Matrix, size []float64, linkage Linkage) (*pairwise, error) {
	p := &pairwise{int32(x.Rows), size, linkage, make([]float64, 0, x.Rows*(x.Rows-1)/2)}
	for i := range x.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for j := range i {
			p.d = append(p.d, math.Sqrt(distance2(x.Row(i), x.Row(j))))
		}
	}
	return p, nil
}

func (p *pairwise) at(a, b int32) *float64 {
	if a < b {
		a, b = b, a
	}
	return &p.d[int(a)*(int(a)-1)/2+int(b)]
}

func (p *pairwise) between(a, b int32) float64 { return *p.at(a, b) }

func (p *pairwise) merge(a, b int32) {
	share := p.size[a] / (p.size[a] + p.size[b])
	for c := range p.n {
		if c == a || c == b || p.size[c] == 0 {
			continue
		}
		from, to := *p.at(a, c), p.at(b, c)
		switch p.linkage {
		case Complete:
			*to = max(*to, from)
		case Single:
			*to = min(*to, from)
		default:
			*to += share * (from - *to)
		}
	}
}

func (p *pairwise) height(d float64) float64 { return d }

// joint is a merge by the places of the two segments.
type joint struct {
	a, b   int32
	height float64
}

// chains follows nearest neighbours until two segments are each other's. Sizes
// become 0 at places that are no longer used.
func chains(ctx context.Context, apart distances, size []float64) ([]joint, error) {
	n := len(size)
	active := make([]int32, n)
	for i := range active {
		active[i] = int32(i)
	}
	made := make([]float64, n) // the height at which the segment was made
	merges := make([]joint, 0, n-1)
	var chain []int32
	// Rounding in merges could make a segment of the chain the nearest again and
	// send the chain in circles: those are not looked at.
	linked := make([]bool, n)
	for len(active) > 1 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(chain) == 0 {
			chain = append(chain, active[0])
			linked[active[0]] = true
		}
		top := chain[len(chain)-1]
		best, least := int32(-1), math.Inf(1)
		if len(chain) > 1 { // at ties back along the chain, lest it go in circles
			best = chain[len(chain)-2]
			least = apart.between(top, best)
		}
		before := best
		for _, c := range active {
			if linked[c] {
				continue
			}
			if d := apart.between(top, c); d < least {
				best, least = c, d
			}
		}
		if best != before {
			chain = append(chain, best)
			linked[best] = true
			continue
		}
		chain = chain[:len(chain)-2]
		linked[top], linked[best] = false, false
		a, b := max(top, best), min(top, best)
		apart.merge(a, b)
		// Rounding must not put a segment below what it is made of.
		made[b] = max(apart.height(least), made[a], made[b])
		merges = append(merges, joint{a, b, made[b]})
		size[b] += size[a]
		size[a] = 0
		at, _ := slices.BinarySearch(active, a)
		active = slices.Delete(active, at, at+1)
	}
	return merges, nil
}

// number sorts the merges by height and gives segments their numbers.
func (h *Hierarchy) number(merges []joint) {
	slices.SortStableFunc(merges, func(a, b joint) int { return cmp.Compare(a.height, b.height) })
	now, size := make([]int, h.Rows), slices.Clone(h.weights) // by place
	for i := range now {
		now[i] = i
	}
	for i, m := range merges {
		size[m.b] += size[m.a]
		h.Merges = append(h.Merges, Merge{min(now[m.a], now[m.b]), max(now[m.a], now[m.b]), m.height, size[m.b]})
		now[m.b] = h.Rows + i
	}
}

// Cut returns the segment of each row after all merges but the last k−1: k
// segments, the one with the largest weight first, equal ones in the order of
// their first rows. It fails unless k is from 1 to the number of rows.
func (h *Hierarchy) Cut(k int) ([]int32, error) {
	if k < 1 || k > h.Rows {
		return nil, fmt.Errorf("k is %d: the hierarchy of %d rows can be cut into 1 to %d segments", k, h.Rows, h.Rows)
	}
	top := make([]int32, h.Rows+len(h.Merges)) // of each number the segment that holds it
	for i := range top {
		top[i] = int32(i)
	}
	for i := h.Rows - k - 1; i >= 0; i-- {
		m := h.Merges[i]
		top[m.A], top[m.B] = top[h.Rows+i], top[h.Rows+i]
	}
	size := map[int32]float64{}
	var order []int32 // by first row
	for i, w := range h.weights {
		if _, ok := size[top[i]]; !ok {
			order = append(order, top[i])
		}
		size[top[i]] += w
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(size[b], size[a]) })
	label := map[int32]int32{}
	for l, t := range order {
		label[t] = int32(l)
	}
	out := make([]int32, h.Rows)
	for i := range out {
		out[i] = label[top[i]]
	}
	return out, nil
}

// Leaves returns the rows in an order in which a dendrogram has no crossings: of
// two segments the one that was made lower comes first, as in R's hclust.
func (h *Hierarchy) Leaves() []int {
	if h.Rows == 0 {
		return nil
	}
	leaves, open := make([]int, 0, h.Rows), []int{h.Rows + len(h.Merges) - 1}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if at < h.Rows {
			leaves = append(leaves, at)
			continue
		}
		m := h.Merges[at-h.Rows]
		open = append(open, m.B, m.A)
	}
	return leaves
}
