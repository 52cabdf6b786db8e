package tree

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds/stats"
)

// digits are thresholds with one, two and three significant digits.
func digits(c Condition) (out []float64) {
	if c.Threshold == 0 {
		return nil
	}
	for d := range 3 {
		unit := math.Pow(10, math.Floor(math.Log10(math.Abs(c.Threshold)))-float64(d))
		out = append(out, math.Round(c.Threshold/unit)*unit)
	}
	return out
}

func TestRound(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	x := stats.NewMatrix(4000, 2)
	inside := make([]bool, x.Rows)
	for i := range inside {
		x.Row(i)[0], x.Row(i)[1] = rng.Float64()*1000, rng.Float64()
		inside[i] = x.Row(i)[0] > 248.7 && x.Row(i)[1] <= .3141
	}
	r, err := Describe(x, inside, Options{})
	if err != nil {
		t.Fatal(err)
	}
	exact := *r
	if err := r.Round(x, inside, digits, .01); err != nil {
		t.Fatal(err)
	}
	if len(r.Rules) != 1 || len(r.Rules[0].Conditions) != 2 {
		t.Fatalf("%+v", r.Rules)
	}
	for _, c := range r.Rules[0].Conditions {
		// 200 and .3 would change the group by more than a hundredth.
		if want := []float64{250, .31}[c.Feature]; math.Abs(c.Threshold-want) > .006 {
			t.Errorf("feature %d is cut at %v, want %v", c.Feature, c.Threshold, want)
		}
	}
	if r.Precision < exact.Precision-.01 || r.Recall < exact.Recall-.01 {
		t.Errorf("%v and %v, before %v and %v", r.Precision, r.Recall, exact.Precision, exact.Recall)
	}
	rows, members := 0, 0
	for i := range inside {
		if r.Holds(x.Row(i)) {
			rows++
			if inside[i] {
				members++
			}
		}
	}
	if r.Rules[0].Rows != rows || r.Rules[0].Members != members || r.Precision != float64(members)/float64(rows) {
		t.Errorf("%+v, counted %d and %d", r, rows, members)
	}
	// Without a tolerance nothing may be lost.
	again, err := Describe(x, inside, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Round(x, inside, func(Condition) []float64 { return []float64{-1e9, 1e9} }, 0); err != nil {
		t.Fatal(err)
	}
	if again.Precision < exact.Precision || again.Recall < exact.Recall {
		t.Errorf("%+v, before %+v", again, exact)
	}
	if err := again.Round(x, inside[1:], digits, 0); err == nil {
		t.Error("memberships that do not fit were taken")
	}
}
