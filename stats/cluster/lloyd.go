package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/kreds/kreds/stats"
)

// chunk is how many rows are worked on at a time. Sums are added up chunk by
// chunk in order, so that the result does not depend on the number of workers.
const chunk = 8192

// refresh is after how many iterations the sums are computed anew, so that
// rounding does not build up in them.
const refresh = 16

// lloyd is one run of Lloyd's algorithm with Hamerly's bounds; its memory is
// used again by the next run.
type lloyd struct {
	x       *stats.Matrix
	weights []float64
	workers int
	maxIter int
	tol     float64
	choose  Choose

	centers *stats.Matrix
	direct  *direct // set where all centres are compared every time,
	kernel  *kernel // else bounds decide and this does the rest
	labels  []int32
	upper   []float64 // at least the distance to the row's centre
	lower   []float64 // at most the distance to any other centre
	half    []float64 // by centre: half the distance to the nearest other one
	moved   []float64 // by centre: how far it moved last
	most    int       // the centre that moved most,
	second  float64   // and how far the next one did
	sums    []float64
	size    []float64
	parts   []part
	empty   float64 // sums of weights up to it are rounding
	iter    int
	done    bool
}

// part is what a chunk adds to the sums.
type part struct {
	sums    []float64
	size    []float64
	changed int
	touched bool
	open    []int32   // rows that the bounds do not decide, or the labels of a batch
	scores  []float64 // of open rows, by centre
}

func newLloyd(x *stats.Matrix, o *Options, workers int) *lloyd {
	l := &lloyd{
		x: x, weights: o.Weights, workers: workers, maxIter: o.MaxIter, choose: o.Choose,
		centers: stats.NewMatrix(o.K, x.Cols),
		labels:  make([]int32, x.Rows),
		half:    make([]float64, o.K),
		moved:   make([]float64, o.K),
		sums:    make([]float64, o.K*x.Cols),
		size:    make([]float64, o.K),
		parts:   make([]part, (x.Rows+chunk-1)/chunk),
	}
	if o.K*x.Cols <= cheap() {
		l.direct = newDirect(o.K, x.Cols)
	} else {
		l.kernel = newKernel(o.K, x.Cols)
	}
	if l.direct == nil || o.Centers == nil { // starts need them too
		l.upper, l.lower = make([]float64, x.Rows), make([]float64, x.Rows)
	}
	for i := range l.parts {
		l.parts[i] = part{sums: make([]float64, o.K*x.Cols), size: make([]float64, o.K), open: make([]int32, batch)}
		if l.kernel != nil {
			l.parts[i].scores = make([]float64, batch*len(l.kernel.norms))
		}
	}
	if o.Tol > 0 {
		l.tol = o.Tol * l.meanVariance()
	}
	for i := range x.Rows {
		l.empty += l.weight(i) * weightless
	}
	return l
}

// each calls work for every chunk, on all workers.
func (l *lloyd) each(work func(p int)) {
	if len(l.parts) == 1 || l.workers == 1 {
		for p := range l.parts {
			work(p)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range l.workers {
		wg.Go(func() {
			for p := int(next.Add(1)) - 1; p < len(l.parts); p = int(next.Add(1)) - 1 {
				work(p)
			}
		})
	}
	wg.Wait()
}

// rows are the first row of a chunk and the one after its last.
func (l *lloyd) rows(p int) (from, to int) { return p * chunk, min((p+1)*chunk, l.x.Rows) }

// meanVariance is the mean over columns of the population variance.
func (l *lloyd) meanVariance() float64 {
	d := l.x.Cols
	l.each(func(p int) {
		part := &l.parts[p]
		part.touched = true
		for from, to := l.rows(p); from < to; from++ {
			w := l.weight(from)
			part.size[0] += w
			for j, v := range l.x.Row(from) {
				part.sums[j] += w * v
			}
		}
	})
	mean := make([]float64, d)
	var total float64
	for p := range l.parts {
		total += l.parts[p].size[0]
		for j := range mean {
			mean[j] += l.parts[p].sums[j]
		}
	}
	for j := range mean {
		mean[j] /= total
	}
	ss := l.sum(func(i int) float64 { return distance2(l.x.Row(i), mean) })
	return ss / total / float64(d)
}

// sum adds up a weighted value of the rows, chunk by chunk.
func (l *lloyd) sum(value func(i int) float64) (sum float64) {
	sums := make([]float64, len(l.parts))
	l.each(func(p int) {
		var s float64
		for from, to := l.rows(p); from < to; from++ {
			s += l.weight(from) * value(from)
		}
		sums[p] = s
	})
	for _, s := range sums {
		sum += s
	}
	return sum
}

func (l *lloyd) weight(i int) float64 {
	if l.weights == nil {
		return 1
	}
	return l.weights[i]
}

// seed places the centres by k-means++.
func (l *lloyd) seed(rng *rand.Rand) {
	x, k := l.x, l.centers.Rows
	trials := 2 + int(math.Log(float64(k)))
	near := l.upper // squared distance to the nearest centre so far
	try, best := l.lower, []float64(nil)
	var total float64
	for i := range x.Rows {
		total += l.weight(i)
	}
	first := l.draw(rng, total, nil)
	copy(l.centers.Row(0), x.Row(first))
	for i := range x.Rows {
		near[i] = distance2(x.Row(i), x.Row(first))
	}
	for c := 1; c < k; c++ {
		var sum float64
		for i, d := range near {
			sum += l.weight(i) * d
		}
		bestSum, bestRow := math.Inf(1), -1
		for range trials {
			row := l.draw(rng, sum, near)
			var s float64
			for i, d := range near {
				if e := distance2(x.Row(i), x.Row(row)); e < d {
					d = e
				}
				try[i] = d
				s += l.weight(i) * d
			}
			if s < bestSum {
				bestSum, bestRow = s, row
				best = append(best[:0], try...)
			}
		}
		copy(near, best)
		copy(l.centers.Row(c), x.Row(bestRow))
	}
}

// random places the centres on different rows and moves them to the means of what is
// nearest. Rows of few values, as answers, are often equally near to several: these
// share them, as if it were drawn who gets which.
func (l *lloyd) random(rng *rand.Rand, distinct []int32) {
	k := l.centers.Rows
	for c, row := range randomRows(rng, distinct, k) {
		copy(l.centers.Row(c), l.x.Row(row))
	}
	apart := make([]float64, k)
	clear(l.size)
	clear(l.sums)
	for i := range l.x.Rows {
		w, row := l.weight(i), l.x.Row(i)
		if w == 0 {
			continue
		}
		least, ties := math.Inf(1), 0.0
		for c := range apart {
			switch apart[c] = distance2(row, l.centers.Row(c)); {
			case apart[c] < least:
				least, ties = apart[c], 1
			case apart[c] == least:
				ties++
			}
		}
		for c, d := range apart {
			if d == least {
				l.size[c] += w / ties
				for j, v := range row {
					l.sums[c*l.x.Cols+j] += w / ties * v
				}
			}
		}
	}
	for c, n := range l.size {
		if n > 0 {
			for j := range l.x.Cols {
				l.centers.Row(c)[j] = l.sums[c*l.x.Cols+j] / n
			}
		}
	}
}

// draw returns a row with probability in proportion to weight times share; nil
// shares are ones.
func (l *lloyd) draw(rng *rand.Rand, total float64, share []float64) int {
	at := rng.Float64() * total
	last := 0
	for i := range l.x.Rows {
		w := l.weight(i)
		if share != nil {
			w *= share[i]
		}
		if w <= 0 {
			continue
		}
		last = i
		if at -= w; at < 0 {
			break
		}
	}
	return last
}

// run moves the centres until no row changes, they move less than the
// tolerance, or the iterations are used up.
func (l *lloyd) run(ctx context.Context) error {
	l.done = false
	clear(l.moved)
	for i := range l.labels {
		l.labels[i] = -1
	}
	for l.iter = 1; ; l.iter++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.spread()
		changed := l.pass()
		if changed == 0 {
			l.done = true
			return nil
		}
		shift := l.update()
		if l.tol > 0 && shift <= l.tol || l.iter >= l.maxIter {
			l.done = l.iter < l.maxIter
			// The labels must belong to the centres that are returned.
			l.spread()
			l.pass()
			return nil
		}
	}
}

// spread computes half the distance from each centre to the nearest other one.
func (l *lloyd) spread() {
	k := l.centers.Rows
	for a := range k {
		l.half[a] = math.Inf(1)
	}
	for a := range k {
		for b := a + 1; b < k; b++ {
			d := math.Sqrt(distance2(l.centers.Row(a), l.centers.Row(b))) / 2
			l.half[a], l.half[b] = min(l.half[a], d), min(l.half[b], d)
		}
	}
}

// pass assigns all rows and returns how many changed.
func (l *lloyd) pass() int {
	full := l.iter == 1 || l.iter%refresh == 0
	if l.direct != nil {
		l.direct.set(l.centers)
		l.each(func(p int) { l.compare(p, full) })
	} else {
		l.kernel.set(l.centers)
		l.each(func(p int) { l.assign(p, full) })
	}
	if full {
		clear(l.sums)
		clear(l.size)
	}
	changed := 0
	for p := range l.parts {
		part := &l.parts[p]
		changed += part.changed
		if !part.touched {
			continue
		}
		for i, v := range part.sums {
			l.sums[i] += v
		}
		for i, v := range part.size {
			l.size[i] += v
		}
	}
	return changed
}

// batch is how many undecided rows are compared with all centres at a time.
const batch = 256

// begin clears what a chunk added last time.
func (part *part) begin(full bool) {
	if part.touched {
		clear(part.sums)
		clear(part.size)
	}
	part.changed, part.touched = 0, full
}

// compare works on one chunk, comparing all rows with all centres.
func (l *lloyd) compare(p int, full bool) {
	part := &l.parts[p]
	part.begin(full)
	d := l.x.Cols
	for from, to := l.rows(p); from < to; from += batch {
		was := l.labels[from:min(from+batch, to)]
		now := part.open[:len(was)]
		l.direct.nearest(l.x.Data[from*d:], now)
		for i, c := range now {
			if b := was[i]; c != b || full {
				was[i] = c
				l.add(part, from+i, b, c, full)
			}
		}
	}
}

// assign works on one chunk, comparing only rows that the bounds do not decide. A full
// pass sums all rows, others only what moved.
func (l *lloyd) assign(p int, full bool) {
	part := &l.parts[p]
	part.begin(full)
	part.open = part.open[:0]
	from, to := l.rows(p)
	for i := from; i < to; i++ {
		was := l.labels[i]
		if was >= 0 {
			far := l.moved[l.most]
			if int(was) == l.most {
				far = l.second
			}
			up, low := l.upper[i]+l.moved[was], l.lower[i]-far
			l.upper[i], l.lower[i] = up, low
			if up <= max(low, l.half[was]) {
				if full {
					l.add(part, i, was, was, full)
				}
				continue
			}
		}
		if part.open = append(part.open, int32(i)); len(part.open) == batch {
			l.decide(part, full)
		}
	}
	l.decide(part, full)
}

// decide compares the open rows with all centres.
func (l *lloyd) decide(part *part, full bool) {
	width := len(l.kernel.norms)
	l.kernel.scores(l.x.Data, part.open, part.scores)
	for n, r := range part.open {
		i := int(r)
		was := l.labels[i]
		now, up, low := l.kernel.bounds(l.x.Row(i), part.scores[n*width:(n+1)*width])
		l.upper[i], l.lower[i] = up, low
		if now != was || full {
			l.labels[i] = now
			l.add(part, i, was, now, full)
		}
	}
	part.open = part.open[:0]
}

// add enters a row in the sums of its segment and, unless all rows are summed,
// takes it from the one where it was.
func (l *lloyd) add(part *part, i int, was, now int32, full bool) {
	w, d := l.weight(i), l.x.Cols
	if now != was && w > 0 { // a row without weight decides nothing
		part.changed++
	}
	part.touched = true
	row := l.x.Row(i)
	to := part.sums[int(now)*d : int(now)*d+d]
	part.size[now] += w
	if full || was < 0 {
		for j, v := range row {
			to[j] += w * v
		}
		return
	}
	from := part.sums[int(was)*d : int(was)*d+d]
	part.size[was] -= w
	for j, v := range row {
		v *= w
		to[j] += v
		from[j] -= v
	}
}

// update moves the centres to the means and returns the sum of their squared
// moves. A centre without rows goes to the row farthest from its own centre.
func (l *lloyd) update() (shift float64) {
	d := l.x.Cols
	next := make([]float64, d)
	taken := map[int]bool{}
	l.most, l.second = 0, 0
	for c := range l.centers.Rows {
		if l.size[c] > l.empty {
			for j := range next {
				next[j] = l.sums[c*d+j] / l.size[c]
			}
		} else {
			copy(next, l.x.Row(l.farthest(taken)))
		}
		m := distance2(next, l.centers.Row(c))
		shift += m
		l.moved[c] = math.Sqrt(m)
		copy(l.centers.Row(c), next)
	}
	for c, m := range l.moved {
		if m > l.moved[l.most] {
			l.most = c
		}
	}
	for c, m := range l.moved {
		if c != l.most && m > l.second {
			l.second = m
		}
	}
	return shift
}

// weightless is the share of all weight below which a sum of weights is rounding.
const weightless = 1e-13

// farthest returns the row of positive weight that is farthest from its centre,
// except those taken.
func (l *lloyd) farthest(taken map[int]bool) int {
	best, most := 0, -1.0
	for i := range l.x.Rows {
		if l.weight(i) == 0 || taken[i] {
			continue
		}
		if m := distance2(l.x.Row(i), l.centers.Row(int(l.labels[i]))); m > most {
			best, most = i, m
		}
	}
	taken[best] = true
	return best
}

// result copies the run's outcome.
func (l *lloyd) result() *Result {
	k := l.centers.Rows
	r := &Result{
		Centers:    stats.NewMatrix(k, l.x.Cols),
		Labels:     append([]int32(nil), l.labels...),
		Sizes:      make([]float64, k),
		Iterations: l.iter,
		Converged:  l.done,
	}
	copy(r.Centers.Data, l.centers.Data)
	for i, c := range r.Labels {
		r.Sizes[c] += l.weight(i)
	}
	own := func(i int) float64 { return distance2(l.x.Row(i), r.Centers.Row(int(r.Labels[i]))) }
	r.WithinSS = l.sum(own)
	if l.choose == FewestDistances {
		r.distances = l.sum(func(i int) float64 { return math.Sqrt(own(i)) })
	}
	return r
}
