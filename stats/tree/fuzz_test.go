package tree

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds/stats"
)

// FuzzDescribe: the counts of any rules are those of the rows they hold for.
func FuzzDescribe(f *testing.F) {
	for kind := range uint8(5) {
		f.Add(uint64(kind), uint8(60), uint8(3), uint8(2), kind)
		f.Add(uint64(kind)+7, uint8(9), uint8(1), uint8(5), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, depth, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(int(rows), int(cols%5))
		for i := range x.Data {
			v := rng.NormFloat64()
			switch kind % 5 {
			case 1:
				v = math.Round(v)
			case 2:
				v = math.Float64frombits(rng.Uint64())
			case 3:
				v = math.MaxFloat64 * math.Round(v) / 8
			case 4:
				v = 1 + math.Round(v)*0x1p-52
			}
			x.Data[i] = v
		}
		inside := make([]bool, x.Rows+int(seed%9/8))
		for i := range inside {
			inside[i] = rng.IntN(3) == 0
		}
		o := Options{Depth: int(depth%7) - 1, MinLeaf: int(seed%5) * 3, Values: int(seed%3) * 4, Slack: []float64{0, -1, .1}[seed%3]}
		r, err := Describe(x, inside, o)
		if err != nil {
			return
		}
		var holds, members, group int
		for i := range x.Rows {
			if inside[i] {
				group++
			}
			if r.Holds(x.Row(i)) {
				holds++
				if inside[i] {
					members++
				}
			}
		}
		if len(r.Rules) == 0 || holds == 0 {
			t.Fatalf("%+v holds for nobody", r)
		}
		for _, rule := range r.Rules {
			for _, c := range rule.Conditions {
				if c.Threshold-c.Threshold != 0 || c.Feature < 0 || c.Feature >= x.Cols {
					t.Fatalf("condition %+v", c)
				}
			}
		}
		if p := float64(members) / float64(holds); math.Abs(p-r.Precision) > 1e-12 {
			t.Fatalf("precision %v, counted %v", r.Precision, p)
		}
		if q := float64(members) / float64(group); math.Abs(q-r.Recall) > 1e-12 {
			t.Fatalf("recall %v, counted %v", r.Recall, q)
		}
	})
}
