package condition

import (
	"math"
	"slices"
	"sort"

	"github.com/kreds/kreds"
)

// NumTest is a test of a known number: inside one of the closed ranges, or with
// not outside all of them. Ranges are sorted and do not overlap.
type NumTest struct {
	Not    bool
	Ranges []NumRange
}

// NumRange is the numbers from Lo to Hi, both in.
type NumRange struct{ Lo, Hi float64 }

// IntTest is the same of an integer.
type IntTest struct {
	Not    bool
	Ranges []IntRange
}

// IntRange is the integers from Lo to Hi, both in.
type IntRange struct{ Lo, Hi int64 }

// Holds reports whether the number passes.
func (t *NumTest) Holds(v float64) bool {
	if len(t.Ranges) <= 4 {
		for _, r := range t.Ranges {
			if v >= r.Lo && v <= r.Hi {
				return !t.Not
			}
		}
		return t.Not
	}
	i := sort.Search(len(t.Ranges), func(i int) bool { return t.Ranges[i].Hi >= v })
	return (i < len(t.Ranges) && v >= t.Ranges[i].Lo) != t.Not
}

// Holds reports whether the integer passes.
func (t *IntTest) Holds(v int64) bool {
	if len(t.Ranges) <= 4 {
		for _, r := range t.Ranges {
			if v >= r.Lo && v <= r.Hi {
				return !t.Not
			}
		}
		return t.Not
	}
	i := sort.Search(len(t.Ranges), func(i int) bool { return t.Ranges[i].Hi >= v })
	return (i < len(t.Ranges) && v >= t.Ranges[i].Lo) != t.Not
}

// NewNumTest sorts and joins the ranges; empty ones are left out.
func NewNumTest(not bool, rs []NumRange) *NumTest {
	slices.SortFunc(rs, func(a, b NumRange) int {
		switch {
		case a.Lo < b.Lo:
			return -1
		case a.Lo > b.Lo:
			return 1
		}
		return 0
	})
	t := &NumTest{Not: not}
	for _, r := range rs {
		if !(r.Lo <= r.Hi) {
			continue
		}
		if n := len(t.Ranges); n > 0 && r.Lo <= t.Ranges[n-1].Hi {
			t.Ranges[n-1].Hi = max(t.Ranges[n-1].Hi, r.Hi)
			continue
		}
		t.Ranges = append(t.Ranges, r)
	}
	return t
}

// NewIntTest is the same for integers.
func NewIntTest(not bool, rs []IntRange) *IntTest {
	slices.SortFunc(rs, func(a, b IntRange) int {
		switch {
		case a.Lo < b.Lo:
			return -1
		case a.Lo > b.Lo:
			return 1
		}
		return 0
	})
	t := &IntTest{Not: not}
	for _, r := range rs {
		if r.Lo > r.Hi {
			continue
		}
		if n := len(t.Ranges); n > 0 && r.Lo <= t.Ranges[n-1].Hi {
			t.Ranges[n-1].Hi = max(t.Ranges[n-1].Hi, r.Hi)
			continue
		}
		t.Ranges = append(t.Ranges, r)
	}
	return t
}

// compareRange returns the numbers that compare so with r, and whether to take
// those outside instead.
func compareRange(less, equal, greater bool, r float64) (NumRange, bool) {
	switch {
	case less && greater && !equal:
		return NumRange{r, r}, true
	case equal && !less && !greater:
		return NumRange{r, r}, false
	case less && equal:
		return NumRange{math.Inf(-1), r}, false
	case less:
		return NumRange{math.Inf(-1), math.Nextafter(r, math.Inf(-1))}, false
	case equal:
		return NumRange{r, math.Inf(1)}, false
	default:
		return NumRange{math.Nextafter(r, math.Inf(1)), math.Inf(1)}, false
	}
}

// OverInts carries a test of numbers to integers that stand for them by a
// function that never falls.
func (t *NumTest) OverInts(number func(int64) float64) *IntTest {
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
	var rs []IntRange
	for _, r := range t.Ranges {
		lo, ok := first(func(v int64) bool { return number(v) >= r.Lo })
		if !ok {
			continue
		}
		hi := int64(math.MaxInt64)
		if above, ok := first(func(v int64) bool { return number(v) > r.Hi }); ok {
			if above == math.MinInt64 {
				continue
			}
			hi = above - 1
		}
		rs = append(rs, IntRange{lo, hi})
	}
	return NewIntTest(t.Not, rs)
}

// Decimal is the number that an exact number's integer stands for.
func Decimal(v int64) float64 { return float64(v) / kreds.DecimalScale }

// Whole is the number that a count stands for.
func Whole(v int64) float64 { return float64(v) }
