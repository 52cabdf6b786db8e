package tree

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds/stats"
)

// TestDescribe finds a box in noise again.
func TestDescribe(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := stats.NewMatrix(4000, 3)
	inside := make([]bool, x.Rows)
	for i := range inside {
		row := x.Row(i)
		for j := range row {
			row[j] = math.Floor(rng.Float64() * 100)
		}
		inside[i] = row[0] > 60 && row[2] <= 30
	}
	r, err := Describe(x, inside, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rules) != 1 || r.Precision != 1 || r.Recall != 1 {
		t.Fatalf("%+v", r)
	}
	for i, want := range inside {
		if r.Holds(x.Row(i)) != want {
			t.Fatalf("row %d: %v", i, x.Row(i))
		}
	}
	for _, c := range r.Rules[0].Conditions {
		if c.Feature == 0 && (!c.Above || c.Threshold != 60.5) || c.Feature == 2 && (c.Above || c.Threshold != 30.5) || c.Feature == 1 {
			t.Errorf("condition %+v", c)
		}
	}
}

// TestCounts: precision and recall are those of the rules applied to the rows.
func TestCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x := stats.NewMatrix(2000, 4)
	inside := make([]bool, x.Rows)
	for i := range inside {
		var sum float64
		for j := range 4 {
			x.Row(i)[j] = rng.NormFloat64()
			sum += x.Row(i)[j]
		}
		inside[i] = sum+rng.NormFloat64() > 2
	}
	r, err := Describe(x, inside, Options{Depth: 4, MinLeaf: 10})
	if err != nil {
		t.Fatal(err)
	}
	var held, members, group float64
	for i, in := range inside {
		if in {
			group++
		}
		if r.Holds(x.Row(i)) {
			held++
			if in {
				members++
			}
		}
	}
	if math.Abs(r.Precision-members/held) > 1e-12 || math.Abs(r.Recall-members/group) > 1e-12 {
		t.Errorf("precision %v, recall %v; counted %v, %v", r.Precision, r.Recall, members/held, members/group)
	}
}

func TestRefuses(t *testing.T) {
	x := stats.NewMatrix(4, 1)
	for name, inside := range map[string][]bool{"short": {true}, "nobody": make([]bool, 4), "everybody": {true, true, true, true}} {
		if _, err := Describe(x, inside, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// One value only: no comparison tells members apart, the root is returned.
	r, err := Describe(x, []bool{true, false, false, false}, Options{MinLeaf: 1})
	if err != nil || len(r.Rules) != 1 || len(r.Rules[0].Conditions) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestSimplify: what a rule hardly needs is left out.
func TestSimplify(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := stats.NewMatrix(3000, 2)
	inside := make([]bool, x.Rows)
	for i := range inside {
		row := x.Row(i)
		row[0], row[1] = rng.Float64(), rng.Float64()
		inside[i] = row[0] > .5 && rng.Float64() < .97
	}
	r, err := Describe(x, inside, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rules) != 1 || len(r.Rules[0].Conditions) != 1 || r.Rules[0].Conditions[0].Feature != 0 {
		t.Errorf("%+v", r)
	}
	if whole, err := Describe(x, inside, Options{Slack: -1}); err != nil || whole.Recall < r.Recall-.01 {
		t.Errorf("without slack: %+v, %v", whole, err)
	}
}
