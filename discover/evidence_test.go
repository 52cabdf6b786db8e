package discover_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// Medians of the pairs are those of R's bootFlexclust, .909 and .763; how k = 3 becomes
// k = 4, and the adjusted Rand index of the two, .7625, are those of R's best partitions.
func TestEvidenceBehindTheFigures(t *testing.T) {
	w := open(t)
	mcdonalds(t, w)
	d, err := w.Discover(t.Context(), discover.Request{Preset: "survey:food", Method: discover.KMeans, K: "3..4", AsOf: w.asOf(), Seed: 1234}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Save(t.Context(), "food", d); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{.909, .763} {
		s := d.Solutions[i]
		if five := s.Stability.Spread; len(five) != 5 || !slices.IsSorted(five) || five[2] != s.Stability.Median || math.Abs(five[2]-want) > .08 {
			t.Errorf("k = %d: the five numbers are %.3f, median %.3f, want %.3f", s.K, five, s.Stability.Median, want)
		}
		for j, seg := range s.Stability.Segments {
			if len(seg.Spread) != 5 || !slices.IsSorted(seg.Spread) || seg.Within < seg.Spread[0] || seg.Within > seg.Spread[4] {
				t.Errorf("k = %d, segment %d: within %.3f, %.3f", s.K, j+1, seg.Within, seg.Spread)
			}
			var sum float64
			for _, share := range s.Segments[j].Similarity {
				sum += share
			}
			if math.Abs(sum-1) > .01 {
				t.Errorf("k = %d, segment %d: shares by similarity add up to %.3f", s.K, j+1, sum)
			}
		}
	}
	four := d.Solutions[1]
	want := "[[579 0 36 0] [0 4 273 222] [1 314 6 18]]"
	if got := fmt.Sprint(four.From); got != want || d.Solutions[0].From != nil {
		t.Errorf("segments of three in four: %s, want %s; before three: %v", got, want, d.Solutions[0].From)
	}
	c, err := w.Contrast(t.Context(), "food", 3, "FOOD", 4)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(c.Counts) != want || c.Both != 1453 || c.OnlyFirst+c.OnlySecond != 0 || math.Abs(c.Rand-.7625048) > 1e-6 || c.FirstSizes[0] != 615 || c.SecondSizes[3] != 240 {
		t.Errorf("three against four: %+v", c)
	}
	if c, err = w.Contrast(t.Context(), "food", 4, "food", 4); err != nil || c.Rand != 1 {
		t.Errorf("four against itself: %v, %v", c, err)
	}
	if _, err = w.Contrast(t.Context(), "food", 4, "drink", 0); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("with one that there is not: %v", err)
	}
}

// Between groups that are apart nobody is half similar: there is a gorge. In one group
// that is cut in two, many are.
func TestGorge(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, test := range []struct {
		method discover.Method
		apart  float64
		gorge  bool
	}{{discover.KMeans, 20, true}, {discover.KMeans, 0, false}, {discover.Mixture, 20, true}} {
		w := open(t)
		var x, y []float64
		for i := range 400 {
			x, y = append(x, rng.NormFloat64()+test.apart*float64(i%2)), append(y, rng.NormFloat64())
		}
		w.load(t, []engine.Column{number("x", x), number("y", y)}, len(x), nil)
		d, err := w.Discover(t.Context(), discover.Request{On: []string{"x", "y"}, Method: test.method, Scale: "none", K: "2", AsOf: w.asOf(), Seed: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var middle float64
		for _, share := range d.Solutions[0].Segments[0].Similarity[7:13] {
			middle += share
		}
		if (middle == 0) != test.gorge {
			t.Errorf("%s, %.0f apart: %.3f are half similar", test.method, test.apart, middle)
		}
	}
}

// A preview says how each feature is spread, how it would be used and what is refused.
func TestPreview(t *testing.T) {
	w := open(t)
	var spend, age, same []float64
	var member []bool
	for i := range 100 {
		spend = append(spend, math.Exp(float64(i)/12)) // skewed
		age = append(age, float64(20+i%50))
		if i < 10 {
			age[i] = math.NaN()
		}
		member, same = append(member, i%4 == 0), append(same, 7)
	}
	w.load(t, []engine.Column{number("spend", spend), number("age", age), number("fixed", same), flag("member", member)}, len(spend), nil)
	p, err := w.Preview(t.Context(), discover.Request{On: []string{"spend", "age", "member", "fixed"}, AsOf: w.asOf()})
	if err != nil {
		t.Fatal(err)
	}
	if p.N != 100 || len(p.Features) != 3 || len(p.Refused) != 1 || p.Refused[0].Name != "fixed" {
		t.Fatalf("%+v", p)
	}
	sum := func(counts []int64) (n int64) {
		for _, c := range counts {
			n += c
		}
		return n
	}
	if f := p.Features[0]; !f.Log || f.Skewness < 1.5 || f.From != 1 || sum(f.Counts) != 100 || sum(f.Used) != 100 || f.Counts[0] < 3*f.Used[0] {
		t.Errorf("spend: %+v", f)
	}
	if f := p.Features[1]; f.Log || f.Missing != .1 || sum(f.Counts) != 90 || f.Used != nil || f.From != 20 || f.To != 69 {
		t.Errorf("age: %+v", f)
	}
	if f := p.Features[2]; fmt.Sprint(f.Counts) != "[75 25]" {
		t.Errorf("member: %+v", f)
	}
	if p, err = w.Preview(t.Context(), discover.Request{On: []string{"spend"}, Use: []string{"spend=none"}, AsOf: w.asOf()}); err != nil || p.Features[0].Log || p.Features[0].Used != nil {
		t.Errorf("as it is: %+v, %v", p, err)
	}
}
