package duckdb

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds"
)

// Rows are ordered by (bucket, profile, time) and then as they arrived, whatever
// the number of workers, the order of the times and how many local numbers a
// profile has.
func TestBufferOrder(t *testing.T) {
	const rows = 20_000
	for _, workers := range []int{1, 2, 5} {
		for _, locals := range []int{1, 700, 30_000} {
			for _, times := range []string{"ascending", "mixed", "equal"} {
				for _, double := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d workers, %d numbers, %s times, double %v", workers, locals, times, double), func(t *testing.T) {
						r := rand.New(rand.NewPCG(5, uint64(locals)))
						number, bucket := make([]uint32, locals), make([]uint16, locals)
						profiles := r.Perm(locals)
						for l := range number {
							number[l] = uint32(profiles[l])
							if double {
								number[l] /= 2
							}
							bucket[l] = uint16(number[l] * 7919 % kreds.Buckets)
						}
						var b buffer
						for i := range rows {
							b.local = append(b.local, uint32(r.IntN(locals)))
							switch times {
							case "ascending":
								b.time = append(b.time, int64(i/3))
							case "mixed":
								b.time = append(b.time, int64(r.IntN(rows/4)))
							default:
								b.time = append(b.time, 0)
							}
						}
						want := make([]uint32, rows)
						for i := range want {
							want[i] = uint32(i)
						}
						slices.SortStableFunc(want, func(x, y uint32) int {
							p, q := b.local[x], b.local[y]
							return cmp.Or(cmp.Compare(bucket[p], bucket[q]), cmp.Compare(number[p], number[q]), cmp.Compare(b.time[x], b.time[y]))
						})
						starts := b.order(number, bucket, workers)
						if !slices.Equal(b.sorted, want) {
							t.Fatal("the rows are in another order")
						}
						var begins []uint32
						for i, row := range want {
							if i == 0 || number[b.local[row]] != number[b.local[want[i-1]]] {
								begins = append(begins, uint32(i))
							}
						}
						if begins = append(begins, rows); !slices.Equal(starts, begins) {
							t.Fatal("the profiles begin at other rows")
						}
					})
				}
			}
		}
	}
}
