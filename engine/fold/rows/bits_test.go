package rows

import (
	"math/rand/v2"
	"testing"
)

// TestBits compares counting and stepping through masks with doing it slowly.
func TestBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		m := make([]uint64, 5)
		for i := range m {
			m[i] = r.Uint64() & r.Uint64() & -uint64(r.IntN(2))
		}
		lo := r.Int32N(300)
		hi := lo + r.Int32N(320-lo)
		n, first := 0, hi
		for i := lo; i < hi; i++ {
			if m[i>>6]>>(i&63)&1 != 0 {
				n++
				first = min(first, i)
			}
		}
		if got := ones(m, lo, hi); got != n {
			t.Fatalf("%d to %d: counted %d of %d", lo, hi, got, n)
		}
		if lo < hi && next(m, lo, hi) != first {
			t.Fatalf("%d to %d: the first is %d, not %d", lo, hi, first, next(m, lo, hi))
		}
	}
}

func TestSearch(t *testing.T) {
	times := []int64{0, 1, 2, 2, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30}
	for lo := range int32(len(times)) {
		for hi := lo; hi <= int32(len(times)); hi++ {
			for cut := int64(-1); cut < 32; cut++ {
				want := lo
				for want < hi && times[want] < cut {
					want++
				}
				if got := search(times, lo, hi, cut); got != want {
					t.Fatalf("%d in %d to %d: got %d, want %d", cut, lo, hi, got, want)
				}
			}
		}
	}
}

func TestSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var s seen
	var c tally
	for range 200 {
		n := 1 + r.IntN(300)
		s.reset(n)
		c.reset(n)
		have := map[int64]int32{}
		for range n {
			k := r.Int64N(100) << (8 * r.IntN(6))
			have[k]++
			if got := s.add(k); got != (have[k] == 1) {
				t.Fatalf("%d is new: %v", k, got)
			}
			if got := c.add(k); got != have[k] {
				t.Fatalf("%d came %d times, not %d", k, have[k], got)
			}
		}
	}
}
