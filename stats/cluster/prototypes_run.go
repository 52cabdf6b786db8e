package cluster

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/kreds/kreds/stats"
)

// prototypes is one run of k-prototypes.
type prototypes struct {
	*mixed
	rng     *rand.Rand
	means   *stats.Matrix // nil without numeric columns
	sums    *stats.Matrix
	modes   [][]int32
	counts  [][]float64 // by segment: the weight of each code
	size    []float64
	members []int // rows of positive weight
	labels  []int32
	cost    float64
	costs   []float64
	done    bool
}

func (p *prototypes) run(ctx context.Context, rows []int, maxIter int) error {
	k := len(rows)
	p.labels, p.size, p.members = make([]int32, p.n), make([]float64, k), make([]int, k)
	if p.x != nil {
		p.means, p.sums = stats.NewMatrix(k, p.x.Cols), stats.NewMatrix(k, p.x.Cols)
	}
	for c, r := range rows {
		p.modes = append(p.modes, slices.Clone(p.codes.Row(r)))
		p.counts = append(p.counts, make([]float64, p.width))
		if p.x != nil {
			copy(p.means.Row(c), p.x.Row(r))
		}
	}
	for i := range p.n {
		p.labels[i], _ = p.nearest(i)
	}
	p.tally()
	for c := range k {
		for j := range p.modes[c] {
			p.mode(c, j)
		}
	}
	p.cost = p.price()
	p.costs = []float64{p.cost}
	for range maxIter {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.tally()
		moves := p.pass()
		cost := p.price()
		p.done = moves == 0 || cost >= p.cost
		p.costs = append(p.costs, cost)
		p.cost = cost
		if p.done {
			break
		}
	}
	p.settle()
	return nil
}

// nearest returns the nearest prototype of a row, the first of equals.
func (p *prototypes) nearest(i int) (best int32, least float64) {
	for c := range p.modes {
		d := p.gamma * float64(mismatches(p.codes.Row(i), p.modes[c]))
		if p.x != nil {
			d += distance2(p.x.Row(i), p.means.Row(c))
		}
		if c == 0 || d < least {
			best, least = int32(c), d
		}
	}
	return best, least
}

// price is the cost if every row goes to its nearest prototype.
func (p *prototypes) price() (cost float64) {
	for i := range p.n {
		_, d := p.nearest(i)
		cost += weightOf(p.weights, i) * d
	}
	return cost
}

// pass moves rows to their nearest prototypes, which follow at once, and returns
// how many moved.
func (p *prototypes) pass() (moves int) {
	for i, was := range p.labels {
		if weightOf(p.weights, i) == 0 {
			continue
		}
		now, _ := p.nearest(i)
		if now == was {
			continue
		}
		moves++
		p.move(i, int(was), int(now))
		if p.members[was] > 0 {
			continue
		}
		// An empty segment takes a row of the one that has most.
		from := 0
		for c, n := range p.members {
			if n > p.members[from] {
				from = c
			}
		}
		nth := p.rng.IntN(p.members[from])
		for r, c := range p.labels {
			if int(c) == from && weightOf(p.weights, r) > 0 {
				if nth == 0 {
					p.move(r, from, int(was))
					break
				}
				nth--
			}
		}
	}
	return moves
}

// move takes a row from one segment to another.
func (p *prototypes) move(i, from, to int) {
	p.enter(i, from, -1)
	p.enter(i, to, 1)
	p.labels[i] = int32(to)
	p.center(from)
	p.center(to)
	for j, v := range p.codes.Row(i) {
		if count := p.counts[to][p.offset[j]:]; count[v] > count[p.modes[to][j]] {
			p.modes[to][j] = v
		}
		if p.modes[from][j] == v {
			p.mode(from, j)
		}
	}
}

// tally computes sums, counts and means anew from the labels, so that rounding
// does not build up in them.
func (p *prototypes) tally() {
	clear(p.size)
	clear(p.members)
	for c := range p.counts {
		clear(p.counts[c])
	}
	if p.x != nil {
		clear(p.sums.Data)
	}
	for i, c := range p.labels {
		p.enter(i, int(c), 1)
	}
	for c := range p.counts {
		p.center(c)
	}
}

// enter adds a row to the sums of a segment, or with a sign of −1 takes it away.
func (p *prototypes) enter(i, c int, sign float64) {
	w := sign * weightOf(p.weights, i)
	if w == 0 {
		return
	}
	p.size[c] += w
	p.members[c] += int(sign)
	if p.members[c] == 0 {
		p.size[c] = 0 // free of rounding
	}
	if p.x != nil {
		sums := p.sums.Row(c)
		for j, v := range p.x.Row(i) {
			sums[j] += w * v
		}
		if p.members[c] == 0 {
			clear(sums)
		}
	}
	for j, v := range p.codes.Row(i) {
		p.counts[c][p.offset[j]+int(v)] += w
	}
	if p.members[c] == 0 {
		clear(p.counts[c])
	}
}

// center moves the means of a segment; those of an empty one stay.
func (p *prototypes) center(c int) {
	if p.x == nil || p.size[c] <= 0 {
		return
	}
	for j, s := range p.sums.Row(c) {
		p.means.Row(c)[j] = s / p.size[c]
	}
}

// mode takes the most frequent code of a column in a segment, the lowest of
// equals; that of an empty segment stays.
func (p *prototypes) mode(c, j int) {
	if p.members[c] == 0 {
		return
	}
	best := 0
	counts := p.counts[c][p.offset[j] : p.offset[j]+len(p.values[j])]
	for v, n := range counts {
		if n > counts[best] {
			best = v
		}
	}
	p.modes[c][j] = int32(best)
}

// settle gives all rows their nearest prototypes.
func (p *prototypes) settle() {
	clear(p.size)
	for i := range p.labels {
		p.labels[i], _ = p.nearest(i)
		p.size[p.labels[i]] += weightOf(p.weights, i)
	}
}

// empty is the number of segments without rows.
func (p *prototypes) empty() (n int) {
	for _, s := range p.size {
		if s == 0 {
			n++
		}
	}
	return n
}

// result returns the run's outcome, the largest segment first.
func (p *prototypes) result() *Prototypes {
	order := make([]int, len(p.size))
	for c := range order {
		order[c] = c
	}
	sortOrder(order, func(a, b int) bool {
		if p.size[a] != p.size[b] {
			return p.size[a] > p.size[b]
		}
		return a < b
	})
	out := &Prototypes{
		Labels: make([]int32, p.n), Cost: p.cost, Gamma: p.gamma,
		Iterations: len(p.costs) - 1, Converged: p.done, costs: p.costs,
	}
	if p.x != nil {
		out.Centers = stats.NewMatrix(len(order), p.x.Cols)
	}
	to := make([]int32, len(order))
	for now, was := range order {
		to[was] = int32(now)
		out.Sizes = append(out.Sizes, p.size[was])
		if p.x != nil {
			copy(out.Centers.Row(now), p.means.Row(was))
		}
		modes := make([]int32, len(p.modes[was]))
		for j, v := range p.modes[was] {
			modes[j] = p.values[j][v]
		}
		out.Modes = append(out.Modes, modes)
	}
	for i, l := range p.labels {
		out.Labels[i] = to[l]
	}
	return out
}
