package discover

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/density"
)

// How many reference data sets without structure are made of each kind, and how many
// rows they have at most.
const (
	references      = 10
	referenceRows   = 1000
	referenceStarts = 3
)

// structureless makes data like the table's but without groups: numbers are normal
// with the same covariance, or uniform in the box along the principal axes (Tibshirani
// et al. 2001); flags and categories are permuted each on its own.
type structureless struct {
	table *table
	rows  []int // those that the reference is made from
	num   []int // encoded columns that are numbers
	mean  []float64
	axes  *mat.Dense // principal axes as columns
	sd    []float64
	lo    []float64 // the box
	hi    []float64

	references int                 // how many data sets of each kind
	alter      func(*stats.Matrix) // what is done to rows before they are divided, nil: nothing
}

func newStructureless(t *table, rows []int) *structureless {
	s := &structureless{table: t, rows: rows, references: references}
	for j, i := range t.of {
		if k := t.columns[i].Kind; k != Flag && k != Category {
			s.num = append(s.num, j)
		}
	}
	p := len(s.num)
	if p == 0 {
		return s
	}
	n := float64(len(rows))
	s.mean = make([]float64, p)
	for _, r := range rows {
		for a, j := range s.num {
			s.mean[a] += t.x.Row(r)[j] / n
		}
	}
	cov := mat.NewSymDense(p, nil)
	for _, r := range rows {
		row := t.x.Row(r)
		for a := range p {
			for b := a; b < p; b++ {
				cov.SetSym(a, b, cov.At(a, b)+(row[s.num[a]]-s.mean[a])*(row[s.num[b]]-s.mean[b])/n)
			}
		}
	}
	var eigen mat.EigenSym
	s.axes = mat.NewDense(p, p, nil)
	values := make([]float64, p)
	if eigen.Factorize(cov, true) {
		eigen.VectorsTo(s.axes)
		eigen.Values(values)
	} else {
		for a := range p {
			s.axes.Set(a, a, 1)
			values[a] = cov.At(a, a)
		}
	}
	s.sd, s.lo, s.hi = make([]float64, p), make([]float64, p), make([]float64, p)
	for a := range p {
		s.sd[a] = math.Sqrt(max(values[a], 0))
		s.lo[a], s.hi[a] = math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			v := s.score(t.x.Row(r), a)
			s.lo[a], s.hi[a] = min(s.lo[a], v), max(s.hi[a], v)
		}
	}
	return s
}

// score is a row's place on a principal axis.
func (s *structureless) score(row []float64, axis int) float64 {
	var v float64
	for b, j := range s.num {
		v += (row[j] - s.mean[b]) * s.axes.At(b, axis)
	}
	return v
}

// kinds is how many kinds of reference there are: two if any feature is a number.
func (s *structureless) kinds() int {
	if len(s.num) > 0 {
		return 2
	}
	return 1
}

// make returns one reference data set.
func (s *structureless) make(kind int, rng *rand.Rand) *stats.Matrix {
	x := stats.NewMatrix(len(s.rows), s.table.x.Cols)
	p := len(s.num)
	score := make([]float64, p)
	for i := range x.Rows {
		for a := range p {
			if kind == 0 {
				score[a] = rng.NormFloat64() * s.sd[a]
			} else {
				score[a] = s.lo[a] + rng.Float64()*(s.hi[a]-s.lo[a])
			}
		}
		for b, j := range s.num {
			v := s.mean[b]
			for a := range p {
				v += score[a] * s.axes.At(b, a)
			}
			x.Row(i)[j] = v
		}
	}
	for c, col := range s.table.columns {
		if col.Kind != Flag && col.Kind != Category {
			continue
		}
		perm := rng.Perm(len(s.rows))
		for i := range x.Rows {
			from := s.table.x.Row(s.rows[perm[i]])
			for j, of := range s.table.of {
				if of == c {
					x.Row(i)[j] = from[j]
				}
			}
		}
	}
	return x
}

// altered is a reference data set as it is divided.
func (s *structureless) altered(kind int, rng *rand.Rand) *stats.Matrix {
	x := s.make(kind, rng)
	if s.alter != nil {
		s.alter(x)
	}
	return x
}

// bumps is the highest density-based validity of the groups by density that references
// have, at least 0; of those that have a share of the rows in groups, as what they are
// compared with.
func (s *structureless) bumps(ctx context.Context, share float64, seed uint64, workers int) (float64, error) {
	top := 0.0
	for kind := range s.kinds() {
		for n := range s.references {
			x := s.make(kind, rand.New(rand.NewPCG(seed, uint64(kind)<<32|uint64(n))))
			r, err := byDensity(ctx, x, workers)
			if err != nil {
				return 0, err
			}
			if inside(r.Labels) < share {
				continue
			}
			v, err := density.Validity(ctx, x, r.Labels)
			if err != nil {
				return 0, err
			}
			top = max(top, v)
		}
	}
	return top, nil
}

// reference is what k-means finds in data without structure: the highest silhouette,
// and the mean logarithm of the within sum of squares with its deviation.
type reference struct {
	silhouette float64
	real       float64 // silhouette of the real rows, found in the same way
	logWithin  float64
	deviation  float64
	realWithin float64 // logarithm, of the real rows
}

// compare finds segments in the real rows and in references.
func (s *structureless) compare(ctx context.Context, ks []int, seed uint64, workers int) (map[int]reference, error) {
	out := map[int]reference{}
	real := stats.NewMatrix(len(s.rows), s.table.x.Cols)
	for i, r := range s.rows {
		copy(real.Row(i), s.table.x.Row(r))
	}
	if s.alter != nil {
		s.alter(real)
	}
	found, err := divide(ctx, real, ks, seed, workers)
	if err != nil {
		return nil, err
	}
	for k, d := range found {
		out[k] = reference{real: d.silhouette, realWithin: d.logWithin, silhouette: -1}
	}
	for kind := range s.kinds() {
		logs := map[int][]float64{}
		for n := range s.references {
			x := s.altered(kind, rand.New(rand.NewPCG(seed, uint64(kind)<<32|uint64(n))))
			found, err := divide(ctx, x, ks, seed, workers)
			if err != nil {
				return nil, err
			}
			for k, d := range found {
				if r, ok := out[k]; ok {
					r.silhouette = max(r.silhouette, d.silhouette)
					out[k] = r
					logs[k] = append(logs[k], d.logWithin)
				}
			}
		}
		// The gap is that over uniform data, or over permuted data where no
		// feature is a number.
		if kind != s.kinds()-1 {
			continue
		}
		for k, l := range logs {
			r := out[k]
			var ss float64
			for _, v := range l {
				r.logWithin += v / float64(len(l))
			}
			for _, v := range l {
				ss += (v - r.logWithin) * (v - r.logWithin)
			}
			r.deviation = math.Sqrt(ss / float64(len(l)) * (1 + 1/float64(len(l))))
			out[k] = r
		}
	}
	return out, nil
}

// divided is what one division of a data set comes to.
type divided struct{ silhouette, logWithin float64 }

// divide finds k segments for each k that there are enough distinct rows for.
func divide(ctx context.Context, x *stats.Matrix, ks []int, seed uint64, workers int) (map[int]divided, error) {
	r := condense(x)
	out := map[int]divided{}
	var several []int
	var labels [][]int32
	for _, k := range ks {
		if cluster.Possible(r.x, r.weights, k) != nil {
			continue
		}
		c, err := cluster.KMeans(ctx, r.x, cluster.Options{K: k, Starts: referenceStarts, Seed: seed, Weights: r.weights, Workers: workers, LloydOnly: true})
		if err != nil {
			return nil, err
		}
		out[k] = divided{logWithin: math.Log(max(c.WithinSS, 1e-300))}
		if k > 1 {
			several, labels = append(several, k), append(labels, c.Labels)
		}
	}
	if len(several) == 0 {
		return out, nil
	}
	sil, err := cluster.SilhouettesOf(ctx, r.x, labels, r.weights)
	if err != nil {
		return nil, err
	}
	for i, k := range several {
		out[k] = divided{sil[i].Mean, out[k].logWithin}
	}
	return out, nil
}
