// Package density finds groups of rows that lie close together, of any shape and
// number, and leaves the rows between them out as noise. Neighbour to
// stats/cluster, which puts every row around one of k centres.
package density

import (
	"context"
	"fmt"
	"runtime"

	"github.com/kreds/kreds/stats"
)

// maxRows is the number of rows up to which groups are found: time grows with
// its square.
const maxRows = 20000

// Noise is the label of rows in no group.
const Noise = -1

// Options says what a group is.
type Options struct {
	// MinPoints is the number of rows, the row itself among them, that must lie
	// near a row for it to be dense; at least 2.
	MinPoints int
	// MinSize is the number of rows of the smallest group, at least 2; default
	// MinPoints.
	MinSize int
	Workers int // default: the number of processors
}

// Result is a partition into groups and noise.
type Result struct {
	Labels        []int32   // group of each row, largest group first, or Noise
	Probabilities []float64 // how firmly each row belongs to its group: 0 for noise, up to 1
	Sizes         []int     // rows by group
	Stabilities   []float64 // by group
	NoiseRows     int
}

// HDBSCAN finds groups by hierarchical density (Campello, Moulavi and Sander 2013;
// Campello, Moulavi, Zimek and Sander 2015). The core distance of a row is the
// distance to its MinPoints-th nearest row, itself counted; two rows are as far
// apart as the largest of their Euclidean distance and their core distances. Rows
// that are connected by steps up to ε form the segments at the level λ = 1/ε.
// Going up in λ, a segment goes on while it loses fewer than MinSize rows at a
// time, ends when nothing is left, and splits where two or more parts of MinSize
// rows remain. Its stability is
//
//	Σ over its rows (λ at which the row leaves − λ at which the segment began)
//
// and the groups are the segments, none within another, whose stabilities have
// the largest sum. All rows together are no group. The probability of a row is
// the λ at which it leaves, as a share of that at which the group ends, at most 1.
// Steps of equal length are taken at once, so the order of rows is of no matter.
//
// Where at least MinPoints rows are equal, λ is infinite; it counts as 10¹² times
// the smallest λ, so such rows form a group whenever MinSize allows it.
//
// It fails on an empty or non-finite matrix, on values beyond 1e75, on a
// MinPoints or MinSize that is below 2 or above the number of rows, on more than
// 20,000 rows, and if ctx ends.
func HDBSCAN(ctx context.Context, x *stats.Matrix, o Options) (*Result, error) {
	if err := o.complete(x); err != nil {
		return nil, err
	}
	core, err := cores(ctx, x, o.MinPoints, o.Workers)
	if err != nil {
		return nil, err
	}
	steps, err := spanning(ctx, x, core)
	if err != nil {
		return nil, err
	}
	t := newTree(x.Rows, steps)
	segments, left := t.condense(o.MinSize)
	return choose(segments, left), nil
}

// complete checks the options against the data and fills in defaults.
func (o *Options) complete(x *stats.Matrix) error {
	if err := x.Check(); err != nil {
		return err
	}
	if err := small(x); err != nil {
		return err
	}
	if x.Rows < 2 {
		return fmt.Errorf("there is one row: groups need at least two rows")
	}
	if o.MinSize == 0 {
		o.MinSize = o.MinPoints
	}
	if o.MinPoints < 2 || o.MinPoints > x.Rows {
		return fmt.Errorf("%d points make a row dense: ask for 2 to %d, the number of rows", o.MinPoints, x.Rows)
	}
	if o.MinSize < 2 || o.MinSize > x.Rows {
		return fmt.Errorf("the smallest group has %d rows: ask for 2 to %d, the number of rows", o.MinSize, x.Rows)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return nil
}
