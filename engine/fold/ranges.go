package fold

import (
	"math"
	"slices"
	"sort"

	"github.com/kreds/kreds"
)

// numTest is a test of a known number: inside one of the closed ranges, or with
// not outside all of them. Ranges are sorted and do not overlap.
type numTest struct {
	not    bool
	ranges []numRange
}

type numRange struct{ lo, hi float64 }

// intTest is the same of an integer.
type intTest struct {
	not    bool
	ranges []intRange
}

type intRange struct{ lo, hi int64 }

func (t *numTest) holds(v float64) bool {
	if len(t.ranges) <= 4 {
		for _, r := range t.ranges {
			if v >= r.lo && v <= r.hi {
				return !t.not
			}
		}
		return t.not
	}
	i := sort.Search(len(t.ranges), func(i int) bool { return t.ranges[i].hi >= v })
	return (i < len(t.ranges) && v >= t.ranges[i].lo) != t.not
}

func (t *intTest) holds(v int64) bool {
	if len(t.ranges) <= 4 {
		for _, r := range t.ranges {
			if v >= r.lo && v <= r.hi {
				return !t.not
			}
		}
		return t.not
	}
	i := sort.Search(len(t.ranges), func(i int) bool { return t.ranges[i].hi >= v })
	return (i < len(t.ranges) && v >= t.ranges[i].lo) != t.not
}

// newNumTest sorts and joins the ranges; empty ones are left out.
func newNumTest(not bool, rs []numRange) *numTest {
	slices.SortFunc(rs, func(a, b numRange) int {
		switch {
		case a.lo < b.lo:
			return -1
		case a.lo > b.lo:
			return 1
		}
		return 0
	})
	t := &numTest{not: not}
	for _, r := range rs {
		if !(r.lo <= r.hi) {
			continue
		}
		if n := len(t.ranges); n > 0 && r.lo <= t.ranges[n-1].hi {
			t.ranges[n-1].hi = max(t.ranges[n-1].hi, r.hi)
			continue
		}
		t.ranges = append(t.ranges, r)
	}
	return t
}

// newIntTest is the same for integers.
func newIntTest(not bool, rs []intRange) *intTest {
	slices.SortFunc(rs, func(a, b intRange) int {
		switch {
		case a.lo < b.lo:
			return -1
		case a.lo > b.lo:
			return 1
		}
		return 0
	})
	t := &intTest{not: not}
	for _, r := range rs {
		if r.lo > r.hi {
			continue
		}
		if n := len(t.ranges); n > 0 && r.lo <= t.ranges[n-1].hi {
			t.ranges[n-1].hi = max(t.ranges[n-1].hi, r.hi)
			continue
		}
		t.ranges = append(t.ranges, r)
	}
	return t
}

// compareRange returns the numbers that compare so with r, and whether to take
// those outside instead.
func compareRange(less, equal, greater bool, r float64) (numRange, bool) {
	switch {
	case less && greater && !equal:
		return numRange{r, r}, true
	case equal && !less && !greater:
		return numRange{r, r}, false
	case less && equal:
		return numRange{math.Inf(-1), r}, false
	case less:
		return numRange{math.Inf(-1), math.Nextafter(r, math.Inf(-1))}, false
	case equal:
		return numRange{r, math.Inf(1)}, false
	default:
		return numRange{math.Nextafter(r, math.Inf(1)), math.Inf(1)}, false
	}
}

// overInts carries a test of numbers to integers that stand for them by a
// function that never falls.
func (t *numTest) overInts(number func(int64) float64) *intTest {
	// first returns the least integer for which ok holds, which once true
	// stays so, and whether there is one.
	first := func(ok func(int64) bool) (int64, bool) {
		lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
		if !ok(hi) {
			return 0, false
		}
		for lo < hi {
			mid := (lo & hi) + ((lo ^ hi) >> 1)
			if ok(mid) {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		return lo, true
	}
	var rs []intRange
	for _, r := range t.ranges {
		lo, ok := first(func(v int64) bool { return number(v) >= r.lo })
		if !ok {
			continue
		}
		hi := int64(math.MaxInt64)
		if above, ok := first(func(v int64) bool { return number(v) > r.hi }); ok {
			if above == math.MinInt64 {
				continue
			}
			hi = above - 1
		}
		rs = append(rs, intRange{lo, hi})
	}
	return newIntTest(t.not, rs)
}

// decimal is the number that an exact number's integer stands for.
func decimal(v int64) float64 { return float64(v) / kreds.DecimalScale }

// whole is the number that a count stands for.
func whole(v int64) float64 { return float64(v) }
