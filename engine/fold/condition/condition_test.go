package condition

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds"
)

func TestFoldCase(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Ærø", "æRØ", true},
		{"å", "aa", false},
		{"K", "\u212a", true},
		{"s", "ſ", true},
		{"ß", "ss", false},
		{"Σ", "ς", true},
		{"σ", "ς", true},
		{"123-x", "123-X", true},
		{"", "", true},
		{"ı", "i", false},
	} {
		if got := foldCase(c.a) == foldCase(c.b); got != c.same {
			t.Errorf("%q and %q: same is %v", c.a, c.b, got)
		}
	}
}

func FuzzFoldCase(f *testing.F) {
	f.Add("Ærø \xff K")
	f.Fuzz(func(t *testing.T, s string) {
		if once := foldCase(s); foldCase(once) != once {
			t.Errorf("%q is folded twice", s)
		}
	})
}

// TestOverInts compares tests of stored integers with those of the numbers.
func TestOverInts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	edges := []float64{0, 0.1, -0.1, 100, 0.00005, 1e18, -1e300, math.Inf(1), math.Inf(-1), 900719925474.0993}
	for range 2000 {
		lo, hi := edges[r.IntN(len(edges))], edges[r.IntN(len(edges))]
		num := NewNumTest(r.IntN(2) == 0, []NumRange{{lo, hi}, {5, 7}, {6, 9}})
		ints := num.OverInts(Decimal)
		for _, v := range []int64{0, 1, -1, 1000, 999, 1001, 60000, 95000, kreds.MaxDecimal, math.MaxInt64, math.MinInt64, r.Int64()} {
			if num.Holds(Decimal(v)) != ints.Holds(v) {
				t.Fatalf("[%v, %v]: %d differs", lo, hi, v)
			}
		}
	}
}

func TestManyRanges(t *testing.T) {
	var nums []NumRange
	var ints []IntRange
	for i := range 100 {
		nums, ints = append(nums, NumRange{float64(3 * i), float64(3*i + 1)}), append(ints, IntRange{int64(3 * i), int64(3*i + 1)})
	}
	n, k := NewNumTest(true, nums), NewIntTest(true, ints)
	for i := range int64(300) {
		want := i%3 == 2
		if n.Holds(float64(i)) != want || k.Holds(i) != want {
			t.Errorf("%d: want %v", i, want)
		}
	}
	if n.Holds(1.5) != true || k.Holds(-1) != true || k.Holds(1000) != true {
		t.Error("what lies outside must hold")
	}
}

func TestDistance(t *testing.T) {
	// One degree of latitude is π·R/180 = 111.19508 km; London to Paris is
	// 343.5 km on the sphere.
	if d := distance(kreds.PointOf(10, 20), kreds.PointOf(11, 20)); math.Abs(d-111.19508) > 1e-4 {
		t.Errorf("a degree is %v km", d)
	}
	if d := distance(kreds.PointOf(51.5074, -0.1278), kreds.PointOf(48.8566, 2.3522)); math.Abs(d-343.5) > 0.2 {
		t.Errorf("London to Paris is %v km", d)
	}
	if d := distance(kreds.PointOf(0, 179.9), kreds.PointOf(0, -179.9)); math.Abs(d-22.239) > 1e-3 {
		t.Errorf("across the date line it is %v km", d)
	}
}

func TestReturns(t *testing.T) {
	day := func(y, m, d int) int64 { return int64(kreds.DayOf(y, 1, 1).Time().AddDate(0, m-1, d-1).Unix() / 86400) }
	for _, c := range []struct {
		born, from, to int64
		want           bool
	}{
		{day(1992, 2, 29), day(2025, 2, 28), day(2025, 2, 28), true},
		{day(1992, 2, 29), day(2025, 3, 1), day(2025, 3, 1), false},
		{day(1992, 2, 29), day(2024, 2, 29), day(2024, 2, 29), true},
		{day(1992, 2, 29), day(2024, 2, 28), day(2024, 2, 28), false},
		{day(2025, 5, 1), day(2025, 5, 1), day(2025, 5, 1), false}, // not in its own year
		{day(2025, 5, 1), day(2025, 4, 1), day(2026, 5, 1), true},
		{day(1980, 1, 2), day(2024, 12, 30), day(2025, 1, 3), true},
		{day(1980, 1, 2), math.MinInt32, day(1980, 12, 31), false},
		{day(1980, 1, 2), math.MinInt32, day(1981, 1, 2), true},
		{day(1980, 1, 2), day(2025, 1, 3), math.MaxInt32, true},
		{day(1980, 1, 2), 1, 0, false},
	} {
		if got := returns(c.born, IntRange{c.from, c.to}); got != c.want {
			t.Errorf("%v in %v to %v: got %v", kreds.Day(c.born), kreds.Day(c.from), kreds.Day(c.to), got)
		}
	}
}
