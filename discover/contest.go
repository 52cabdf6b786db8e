package discover

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/density"
	"github.com/kreds/kreds/stats/stability"
)

// Trial is how a method did that was considered: for the number of segments of which it
// did best, whether they come back in other samples, and how much more they are apart
// than those of data without structure. That is the silhouette above chance; where
// there are groups by density, the density-based validity above chance, which is
// below 0 for segments whose borders run through dense places. Left says why a method was
// not tried or has no figures.
type Trial struct {
	Method                Method
	K                     int
	Stability, Separation float64
	Verdict               Verdict
	Chosen                bool
	Left                  string
}

// How much is tried to choose a method. Work is counted in operations, not in time, so
// that the choice is the same on any machine.
const (
	tryRows       = 600
	tryPairs      = 8
	tryStarts     = 3
	tryKs         = 8 // numbers of segments at most; stability is measured of three
	tryReferences = 4 // data sets without structure, of each kind
	tryWork       = 2e10
)

// contest compares methods on one sample, with the same pairs of samples of it.
type contest struct {
	q       *Request
	sample  *table
	ks      []int
	entries []entry
	shapes  bool // there are groups by density, so that all is measured by it
	chance  map[int]reference
	bumps   float64 // the density-based validity that data without structure gives
}

// entry is a method in a contest; labels are by number of segments.
type entry struct {
	Trial
	labels map[int][]int32
}

func newContest(q *Request, t *table, ks []int, methods []Method) *contest {
	c := &contest{q: q, sample: t.take(pick(len(t.profiles), tryRows, q.Seed)), ks: spaced(ks, tryKs)}
	for _, m := range methods {
		e := entry{Trial: Trial{Method: m, Verdict: Constructive}, labels: map[int][]int32{}}
		e.Left = c.unsuited(m)
		c.entries = append(c.entries, e)
	}
	return c
}

// spaced are at most n of the numbers, from the first to the last.
func spaced(ks []int, n int) []int {
	if len(ks) <= n {
		return ks
	}
	out := make([]int, n)
	for i := range out {
		out[i] = ks[i*(len(ks)-1)/(n-1)]
	}
	return out
}

// unsuited returns why a method is not tried, "" if it is.
func (c *contest) unsuited(m Method) string {
	if m == HDBSCAN || m == Mixture {
		for _, col := range c.sample.columns {
			if why := col.layered(); why != "" {
				return why
			}
		}
	}
	if c.work(m) > tryWork {
		return kreds.Say("it would take too long for %d columns", c.sample.x.Cols)
	}
	return ""
}

// layered returns why a column looks like groups of equal values, "" if it does not.
func (c *column) layered() string {
	if c.Kind == Flag {
		return c.Name + " has two values, which it would take for groups"
	}
	times := map[float64]int{}
	most := 0
	for _, v := range c.value {
		v = c.use(v)
		times[v]++
		most = max(most, times[v])
	}
	if 5*most > len(c.value) || len(times) < 10 {
		return kreds.Say("many profiles have the same %s, which it would take for groups", c.Name)
	}
	return ""
}

// work is about how many operations trying a method takes.
func (c *contest) work(m Method) float64 {
	n, p, k := float64(len(c.sample.profiles)), float64(c.sample.x.Cols), float64(c.ks[len(c.ks)-1])
	fit := 60 * n * p * k
	switch m {
	case Mixture:
		fit = 200 * n * p * p * k
	case LCA:
		fit = 600 * n * p * k
	case Ward, HDBSCAN:
		fit = 2 * n * n * p
	}
	return fit * float64(len(c.ks)+3*2*tryPairs)
}

// run tries the methods. A method that the data is at fault for is left out; the error is
// that of a discovery that was cancelled or of kreds itself.
func (c *contest) run(ctx context.Context) error {
	s := newStructureless(c.sample, pick(len(c.sample.profiles), tryRows, c.q.Seed))
	s.references = tryReferences
	var err error
	if c.chance, err = s.compare(ctx, c.ks, c.q.Seed, c.q.Workers); err != nil {
		return invalid(err)
	}
	// Whether there are groups by density decides how the others are measured.
	order := make([]int, len(c.entries))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	for _, i := range order {
		e := &c.entries[i]
		if e.Left != "" {
			continue
		}
		if e.Method == HDBSCAN {
			if c.bumps, err = s.bumps(ctx, mostOfThem, c.q.Seed, c.q.Workers); err != nil {
				return invalid(err)
			}
		}
		if err := c.try(ctx, e); err != nil {
			if ctx.Err() != nil || kreds.CodeOf(err) != kreds.CodeInvalid {
				return err
			}
			e.Left = kreds.Say("it failed: %s", err)
		}
		if e.Method == HDBSCAN {
			c.shapes = e.Left == "" && e.Verdict != Constructive
		}
	}
	return nil
}

// try fills in how a method does.
func (c *contest) try(ctx context.Context, e *entry) error {
	w := &work{fitter: &fitter{method: e.Method, starts: tryStarts, workers: c.q.Workers, seed: c.q.Seed, rough: true}, table: c.sample}
	ks := c.ks
	if !e.Method.counts() {
		ks = []int{0}
	}
	var labels [][]int32
	var found []int
	for _, k := range ks {
		if k > 0 && cluster.Possible(c.sample.rows().x, c.sample.rows().weights, k) != nil {
			continue
		}
		p, err := w.fit(ctx, c.sample, k, c.q.Seed)
		if err != nil {
			return err
		}
		if p.k > 1 {
			labels, found = append(labels, p.labels), append(found, p.k)
			e.labels[p.k] = p.labels
		}
	}
	switch {
	case len(found) == 0:
		e.Left = kreds.Say("no groups stand out")
		return nil
	case !e.Method.counts() && (found[0] < c.ks[0] || found[0] > c.ks[len(c.ks)-1]):
		e.Left = kreds.Say("it finds %d groups, which is not asked for", found[0])
		return nil
	case !e.Method.counts() && inside(labels[0]) < mostOfThem:
		e.Left = kreds.Say("it leaves %.0f %% of the profiles in no group", 100*(1-inside(labels[0])))
		return nil
	}
	apart, round, err := c.separations(ctx, e.Method, found, labels)
	if err != nil {
		return err
	}
	// The best separated ones are worth a look at whether they come back.
	by := make([]int, len(found))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(a, b int) int { return cmp.Compare(apart[b], apart[a]) })
	by = by[:min(3, len(by))]
	var few []int
	for _, i := range by {
		few = append(few, found[i])
	}
	find := func(ctx context.Context, draw []int, k int, seed uint64) ([]int32, error) {
		return w.divide(ctx, c.sample, draw, k, seed)
	}
	studies, err := stability.Resample(ctx, len(c.sample.profiles), few, nil, find, stability.Options{Pairs: tryPairs, Seed: c.q.Seed, Workers: c.q.Workers, Share: mostOfThem})
	if err != nil {
		return invalid(err)
	}
	for i, at := range by {
		t := Trial{Method: e.Method, K: found[at], Stability: max(0, finite(stability.Mean(studies[i].Global))), Separation: apart[at], Verdict: Constructive}
		switch {
		case t.Separation <= barelyAboveChance:
		case t.Stability >= naturalStability && (t.Separation >= clearlyAboveChance || round[at] >= reasonable):
			t.Verdict = Natural
		case t.Stability >= reproducibleStability:
			t.Verdict = Reproducible
		}
		if i == 0 || t.score() > e.score() {
			e.Trial = t
		}
	}
	return nil
}

// inside is the share of labels that are of a group.
func inside(labels []int32) float64 {
	n := 0
	for _, l := range labels {
		if l >= 0 {
			n++
		}
	}
	return float64(n) / float64(max(len(labels), 1))
}

// separations are how much more apart the segments of divisions are than by chance, from
// −1 to 1, and their silhouettes, −1 where these say nothing.
func (c *contest) separations(ctx context.Context, m Method, ks []int, labels [][]int32) (apart, round []float64, err error) {
	apart, round = make([]float64, len(ks)), make([]float64, len(ks))
	if m == HDBSCAN || c.shapes {
		for i := range ks {
			v, err := density.Validity(ctx, c.sample.x, labels[i])
			if err != nil {
				return nil, nil, invalid(err)
			}
			apart[i], round[i] = max(v-c.bumps, -1), -1
		}
		return apart, round, nil
	}
	x, chance := c.sample.x, c.chance
	if m == Spherical { // only directions count
		x = &stats.Matrix{Rows: x.Rows, Cols: x.Cols, Data: slices.Clone(x.Data)}
		directions(x)
		s := newStructureless(c.sample, pick(len(c.sample.profiles), tryRows, c.q.Seed))
		s.references, s.alter = tryReferences, directions
		if chance, err = s.compare(ctx, ks, c.q.Seed, c.q.Workers); err != nil {
			return nil, nil, invalid(err)
		}
	}
	sil, err := cluster.SilhouettesOf(ctx, x, labels, nil)
	if err != nil {
		return nil, nil, invalid(err)
	}
	for i, k := range ks {
		round[i] = sil[i].Mean
		apart[i] = max(0, sil[i].Mean-max(0, chance[k].silhouette))
	}
	return apart, round, nil
}

// directions brings rows to length 1.
func directions(x *stats.Matrix) {
	for i := range x.Rows {
		row := x.Row(i)
		var ss float64
		for _, v := range row {
			ss += v * v
		}
		if ss == 0 {
			continue
		}
		by := math.Sqrt(ss)
		for j := range row {
			row[j] /= by
		}
	}
}
