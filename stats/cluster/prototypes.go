package cluster

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"github.com/kreds/kreds/stats"
)

// Categories are categorical columns: row i's value in column j is
// Codes[i*Cols+j], any number from 0 up. Something missing is a code of its own.
type Categories struct {
	Cols  int
	Codes []int32
}

// Row returns row i, which shares the memory.
func (c *Categories) Row(i int) []int32 { return c.Codes[i*c.Cols : (i+1)*c.Cols : (i+1)*c.Cols] }

// ModeInit is how a start of k-modes or k-prototypes chooses its prototypes.
type ModeInit uint8

const (
	// CaoThenHuang begins one start by Cao and all others by Huang.
	CaoThenHuang ModeInit = iota
	// Cao takes rows that are dense and far apart (Cao, Liang and Bai 2009): the
	// density of a row is the mean share of its codes, and the next row is the
	// one whose least density × dissimilarity to those taken is largest. There is
	// no chance in it, so there is one start.
	Cao
	// Huang draws codes by their frequency and takes the nearest different rows
	// (Huang 1998); numeric values are drawn from rows.
	Huang
)

// PrototypeOptions says how to cluster. The zero value of each field but K is a
// sound default.
type PrototypeOptions struct {
	K       int
	Init    ModeInit
	Starts  int     // of which the best is returned; default 10
	Seed    uint64  // of the starts
	MaxIter int     // of each start; default 100
	Workers int     // default: the number of processors
	Gamma   float64 // weight of a mismatch; 0: half the mean standard deviation of the numeric columns, or 1 if that is 0
	Weights []float64
}

// Prototypes is a partition of mixed data around prototypes.
type Prototypes struct {
	Centers    *stats.Matrix // means of the numeric columns, nil if there are none
	Modes      [][]int32     // most frequent codes, by segment and column; ties: the lowest code
	Labels     []int32       // the nearest prototype of each row
	Sizes      []float64     // weight by segment
	Cost       float64       // weighted sum of dissimilarities to the prototypes
	Gamma      float64
	Iterations int
	Converged  bool
	costs      []float64 // after each iteration
}

// KModes returns the best of several runs of k-modes (Huang 1998, "Extensions to
// the k-means algorithm for clustering large data sets with categorical values"):
// k-means with the number of codes that differ as the dissimilarity and the most
// frequent code of each column as the centre. It is KPrototypes without numeric
// columns and with a gamma of 1.
func KModes(ctx context.Context, c *Categories, o PrototypeOptions) (*Prototypes, error) {
	o.Gamma = 1
	return KPrototypes(ctx, nil, c, o)
}

// KPrototypes returns the best of several runs of k-prototypes (Huang 1998): the
// dissimilarity of a row and a prototype is
//
//	Σ (x − mean)² over numeric columns + γ · number of codes that differ from the modes.
//
// γ is by default half the mean population standard deviation of the numeric
// columns, as in Python's kmodes; scale numeric columns first if their units
// differ. Prototypes follow every row that moves, and a run ends when no row
// moves or the cost no longer falls. Segments are ordered by size, largest first.
//
// It fails if there are neither numeric columns nor categories, on rows that do
// not fit each other, on negative codes, on non-finite values, on values or
// weights beyond 1e75, on fewer distinct rows of positive weight than K, and if
// ctx ends.
func KPrototypes(ctx context.Context, x *stats.Matrix, c *Categories, o PrototypeOptions) (*Prototypes, error) {
	m, err := newMixed(x, c, &o)
	if err != nil {
		return nil, err
	}
	if o.Init == Cao {
		o.Starts = 1
	}
	runs, err := attempts(ctx, o.Starts, o.Workers, o.Seed, func(s int, rng *rand.Rand) (*prototypes, error) {
		p := &prototypes{mixed: m, rng: rng}
		var rows []int
		if o.Init == Cao || o.Init == CaoThenHuang && s == 0 {
			rows = m.cao(o.K)
		} else {
			rows = m.huang(rng, o.K)
		}
		return p, p.run(ctx, rows, o.MaxIter)
	})
	if err != nil {
		return nil, err
	}
	best := runs[0]
	for _, r := range runs[1:] {
		if e, f := r.empty(), best.empty(); e < f || e == f && r.cost < best.cost {
			best = r
		}
	}
	return best.result(), nil
}

// mixed is the data as the algorithm sees it: codes are numbered by column.
type mixed struct {
	n       int
	x       *stats.Matrix // nil without numeric columns
	codes   *Categories
	values  [][]int32 // by column: the codes that occur, ascending
	offset  []int     // by column: where its counts begin
	width   int
	gamma   float64
	weights []float64
}

// newMixed checks data and options and fills in defaults.
func newMixed(x *stats.Matrix, c *Categories, o *PrototypeOptions) (*mixed, error) {
	m := &mixed{gamma: o.Gamma, weights: o.Weights, codes: &Categories{}}
	if x != nil && x.Cols > 0 {
		if err := x.Check(); err != nil {
			return nil, err
		}
		m.x, m.n = x, x.Rows
	}
	if c != nil && c.Cols > 0 {
		if len(c.Codes) == 0 || len(c.Codes)%c.Cols != 0 {
			return nil, fmt.Errorf("%d codes are not rows of %d columns", len(c.Codes), c.Cols)
		}
		if rows := len(c.Codes) / c.Cols; m.x != nil && rows != m.n {
			return nil, fmt.Errorf("there are %d rows of numbers and %d of categories", m.n, rows)
		}
		m.n = len(c.Codes) / c.Cols
		if err := m.number(c); err != nil {
			return nil, err
		}
	}
	if m.n == 0 {
		return nil, fmt.Errorf("the data has no rows or no columns")
	}
	check := Options{K: o.K, Starts: o.Starts, MaxIter: o.MaxIter, Workers: o.Workers, Weights: o.Weights}
	all := m.joined()
	if err := check.complete(all); err != nil {
		return nil, err
	}
	if err := moderate(all, o.Weights); err != nil {
		return nil, err
	}
	o.Starts = check.Starts
	if o.MaxIter <= 0 {
		o.MaxIter = 100
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Init > Huang {
		return nil, fmt.Errorf("start %d is not known", o.Init)
	}
	switch {
	case o.Gamma < 0 || !(o.Gamma <= largest):
		return nil, fmt.Errorf("gamma is %v: the weight of a mismatch is finite and not negative", o.Gamma)
	case o.Gamma == 0 && m.x == nil:
		m.gamma = 1
	case o.Gamma == 0:
		m.gamma = m.meanDeviation() / 2
		if m.gamma == 0 { // nothing but the categories varies
			m.gamma = 1
		}
	}
	return m, nil
}

// number replaces codes by their ranks among those that occur.
func (m *mixed) number(c *Categories) error {
	m.codes = &Categories{Cols: c.Cols, Codes: make([]int32, len(c.Codes))}
	for j := range c.Cols {
		var values []int32
		for i := j; i < len(c.Codes); i += c.Cols {
			if c.Codes[i] < 0 {
				return fmt.Errorf("row %d, category %d is %d: codes are not negative", i/c.Cols+1, j+1, c.Codes[i])
			}
			values = append(values, c.Codes[i])
		}
		slices.Sort(values)
		values = slices.Compact(values)
		for i := j; i < len(c.Codes); i += c.Cols {
			rank, _ := slices.BinarySearch(values, c.Codes[i])
			m.codes.Codes[i] = int32(rank)
		}
		m.values = append(m.values, values)
		m.offset = append(m.offset, m.width)
		m.width += len(values)
	}
	return nil
}

// joined puts numbers and codes side by side.
func (m *mixed) joined() *stats.Matrix {
	numeric := 0
	if m.x != nil {
		numeric = m.x.Cols
	}
	out := stats.NewMatrix(m.n, numeric+m.codes.Cols)
	for i := range m.n {
		row := out.Row(i)
		if m.x != nil {
			copy(row, m.x.Row(i))
		}
		for j, v := range m.codes.Row(i) {
			row[numeric+j] = float64(v)
		}
	}
	return out
}

// meanDeviation is the mean standard deviation of the numeric columns.
func (m *mixed) meanDeviation() (mean float64) {
	center := m.x.Means(m.weights)
	ss := make([]float64, m.x.Cols)
	var total float64
	for i := range m.n {
		w := weightOf(m.weights, i)
		total += w
		for j, v := range m.x.Row(i) {
			ss[j] += w * (v - center[j]) * (v - center[j])
		}
	}
	for _, s := range ss {
		mean += math.Sqrt(s / total)
	}
	return mean / float64(len(ss))
}

// between is the dissimilarity of two rows.
func (m *mixed) between(a, b int) (d float64) {
	if m.x != nil {
		d = distance2(m.x.Row(a), m.x.Row(b))
	}
	return d + m.gamma*float64(mismatches(m.codes.Row(a), m.codes.Row(b)))
}

func mismatches(a, b []int32) (n int) {
	b = b[:len(a)]
	for j, v := range a {
		if v != b[j] {
			n++
		}
	}
	return n
}

// shares returns the weight of each code, and that of all rows.
func (m *mixed) shares() (counts []float64, total float64) {
	counts = make([]float64, m.width)
	for i := range m.n {
		w := weightOf(m.weights, i)
		total += w
		for j, v := range m.codes.Row(i) {
			counts[m.offset[j]+int(v)] += w
		}
	}
	return counts, total
}

// cao returns the rows that Cao's method takes. Without categories all rows are
// equally dense. Rows of weight 0 are not taken.
func (m *mixed) cao(k int) []int {
	counts, total := m.shares()
	density := make([]float64, m.n)
	for i := range density {
		if weightOf(m.weights, i) == 0 {
			continue
		}
		if m.codes.Cols == 0 {
			density[i] = 1
		}
		for j, v := range m.codes.Row(i) {
			density[i] += counts[m.offset[j]+int(v)] / total / float64(m.codes.Cols)
		}
	}
	highest := func(of []float64) (at int) {
		for i, v := range of {
			if v > of[at] {
				at = i
			}
		}
		return at
	}
	rows := []int{highest(density)}
	least := make([]float64, m.n)
	for i := range least {
		least[i] = math.Inf(1)
	}
	for len(rows) < k {
		for i := range least {
			least[i] = min(least[i], density[i]*m.between(i, rows[len(rows)-1]))
		}
		rows = append(rows, highest(least))
	}
	return rows
}

// huang draws prototypes and returns the nearest rows of positive weight, which
// are different from each other as long as there are such.
func (m *mixed) huang(rng *rand.Rand, k int) []int {
	counts, _ := m.shares()
	drawn := make([]int32, m.codes.Cols)
	var rows []int
	for range k {
		for j := range drawn {
			drawn[j] = int32(max(0, drawRow(rng, len(m.values[j]), nil, counts[m.offset[j]:])))
		}
		like := drawRow(rng, m.n, m.weights, nil)
		best, least := like, math.Inf(1)
	row:
		for i := range m.n {
			if weightOf(m.weights, i) == 0 {
				continue
			}
			d := m.gamma * float64(mismatches(m.codes.Row(i), drawn))
			if m.x != nil {
				d += distance2(m.x.Row(i), m.x.Row(like))
			}
			if d >= least {
				continue
			}
			for _, r := range rows {
				if m.between(i, r) == 0 {
					continue row
				}
			}
			best, least = i, d
		}
		rows = append(rows, best)
	}
	return rows
}
