package stability

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kreds/kreds/stats/cluster"
)

// Method finds k segments in the rows of a draw, which holds a row as often as it was
// drawn, and returns the segment, from 0, of every row that there is. It is called by
// several goroutines.
type Method func(ctx context.Context, draw []int, k int, seed uint64) ([]int32, error)

// Resample is Bootstrap for any method and unweighted rows: pairs of bootstrap samples
// are divided, each dividing all rows, and the divisions compared. With a Share, samples
// have that share of the rows, each once (Ben-Hur, Elisseeff and Guyon 2002), for
// methods that take a row that was drawn twice for a dense place. Init, Choose and Starts
// of the options do not apply.
//
// It fails where the method does, and if ctx ends.
func Resample(ctx context.Context, rows int, ks []int, partitions map[int][]int32, find Method, o Options) ([]Study, error) {
	if o.Pairs <= 0 {
		o.Pairs = 50
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Share < 0 || o.Share > 1 {
		return nil, fmt.Errorf("a share of %v of the rows cannot be drawn", o.Share)
	}
	if rows < 1 {
		return nil, fmt.Errorf("there are no rows to draw from")
	}
	studies := make([]Study, len(ks))
	for i, k := range ks {
		var err error
		if studies[i], err = newStudy(k, partitions[k], rows, o.Pairs); err != nil {
			return nil, err
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, o.Workers)
	for w := range o.Workers {
		wg.Go(func() {
			for job := int(next.Add(1)) - 1; job < o.Pairs*len(ks); job = int(next.Add(1)) - 1 {
				s, pair := &studies[len(ks)-1-job/o.Pairs], job%o.Pairs
				if errs[w] = s.resample(ctx, rows, partitions[s.K], pair, find, o); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return studies, nil
}

// resample draws, divides and compares one pair of samples.
func (s *Study) resample(ctx context.Context, rows int, partition []int32, pair int, find Method, o Options) error {
	rng := rand.New(rand.NewPCG(o.Seed, uint64(pair)<<16|uint64(s.K)))
	var found [2][]int32
	for i := range found {
		var draw []int
		if o.Share > 0 {
			draw = rng.Perm(rows)[:max(1, int(o.Share*float64(rows)))]
		} else {
			draw = make([]int, rows)
			for j := range draw {
				draw[j] = rng.IntN(rows)
			}
		}
		slices.Sort(draw)
		var err error
		if found[i], err = find(ctx, draw, s.K, rng.Uint64()); err != nil {
			return err
		}
		if len(found[i]) != rows {
			return fmt.Errorf("a division has %d labels for %d rows", len(found[i]), rows)
		}
	}
	s.Global[pair] = cluster.AdjustedRand(found[0], found[1], nil)
	for i := range s.Within {
		s.Within[i][pair] = (Recovered(partition, found[0], nil, int32(i)) + Recovered(partition, found[1], nil, int32(i))) / 2
	}
	return nil
}
