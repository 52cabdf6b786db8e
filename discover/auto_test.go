package discover_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// columns draws rows of numbers.
func columns(n, p int, seed uint64, draw func(rng *rand.Rand, row int) []float64) [][]float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	out := make([][]float64, p)
	for i := range n {
		for j, v := range draw(rng, i) {
			out[j] = append(out[j], v)
		}
	}
	return out
}

// halfMoons are two half circles around each other.
func halfMoons(rng *rand.Rand, row int) []float64 {
	angle := math.Pi * rng.Float64()
	x, y := math.Cos(angle), math.Sin(angle)
	if row%2 == 1 {
		x, y = 1-x, .5-y
	}
	return []float64{x + .06*rng.NormFloat64(), y + .06*rng.NormFloat64()}
}

// TestAutoChooses: the method is the one that the data was made for, and the simplest of
// those that find the same.
func TestAutoChooses(t *testing.T) {
	moons := [][]float64{nil, nil}
	for _, row := range readCSV(t, "moons.csv") {
		for j := range moons {
			v, err := strconv.ParseFloat(row[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			moons[j] = append(moons[j], v)
		}
	}
	round := func(distance float64) func(rng *rand.Rand, row int) []float64 {
		return func(rng *rand.Rand, row int) []float64 {
			at := [][]float64{{0, 0}, {distance, 0}, {distance / 2, distance * .87}}[row%3]
			return []float64{at[0] + rng.NormFloat64(), at[1] + rng.NormFloat64()}
		}
	}
	tests := []struct {
		name    string
		data    [][]float64
		method  discover.Method
		k       int // 0: any
		verdict discover.Verdict
	}{
		// Data of dbscan in R: two round groups of 25, and two moons of as many that HDBSCAN
		// takes for one group, so that four segments are better apart.
		{"moons of R", moons, discover.KMeans, 4, discover.Natural},
		{"two moons", columns(600, 2, 1, halfMoons), discover.HDBSCAN, 2, discover.Natural},
		{"rings", columns(800, 2, 2, func(rng *rand.Rand, row int) []float64 {
			angle, r := 2*math.Pi*rng.Float64(), float64(1+2*(row%2))+.1*rng.NormFloat64()
			return []float64{r * math.Cos(angle), r * math.Sin(angle)}
		}), discover.HDBSCAN, 2, discover.Natural},
		{"round groups far apart", columns(600, 2, 3, round(9)), discover.KMeans, 3, discover.Natural},
		{"round groups that touch", columns(600, 2, 4, round(5)), discover.KMeans, 3, discover.Natural},
		{"uniform in two", columns(700, 2, 5, func(rng *rand.Rand, _ int) []float64 { return []float64{rng.Float64(), rng.Float64()} }), discover.KMeans, 0, discover.Constructive},
		{"uniform in four", columns(700, 4, 6, func(rng *rand.Rand, _ int) []float64 {
			return []float64{rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64()}
		}), discover.KMeans, 0, discover.Constructive},
		{"one normal group", columns(700, 3, 7, func(rng *rand.Rand, _ int) []float64 {
			return []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		}), discover.KMeans, 0, discover.Constructive},
		{"counts", columns(700, 2, 8, func(rng *rand.Rand, _ int) []float64 {
			return []float64{math.Floor(-2 * math.Log(rng.Float64())), rng.Float64()}
		}), discover.KMeans, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := open(t)
			var traits []engine.Column
			var on []string
			for j, c := range test.data {
				on = append(on, fmt.Sprintf("x%d", j))
				traits = append(traits, number(on[j], c))
			}
			w.load(t, traits, len(test.data[0]), nil)
			d, err := w.Discover(t.Context(), discover.Request{On: on, AsOf: w.asOf(), Seed: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := d.Recommended
			t.Logf("%s %d %s\n%s\n%s\n%+v", d.Method, r.K, r.Verdict, r.Reason, d.Why, d.Tried)
			if test.method != "" && d.Method != test.method || test.k != 0 && r.K != test.k || test.verdict != "" && r.Verdict != test.verdict {
				t.Errorf("%s finds %d segments, %s", d.Method, r.K, r.Verdict)
			}
			chosen := 0
			for _, e := range d.Tried {
				if e.Chosen {
					chosen++
					if e.Method != d.Method || e.Left != "" {
						t.Errorf("%+v was chosen, %s was taken", e, d.Method)
					}
				}
				if e.Left == "" && (e.K < 2 || e.Stability < 0 || e.Stability > 1 || e.Separation < -1 || e.Separation > 1) {
					t.Errorf("%+v", e)
				}
			}
			if chosen != 1 {
				t.Errorf("%d methods were chosen", chosen)
			}
		})
	}
}

// TestAutoOfShares: where all features are shares, directions are looked at too, and
// mixed features and answers are tried as they are.
func TestAutoOfShares(t *testing.T) {
	w := open(t)
	rng := rand.New(rand.NewPCG(11, 1))
	n := 400
	whole, parts := make([]float64, n), make([][]float64, 3)
	plan, place, member := make([]string, n), make([]string, n), make([]bool, n)
	for i := range n {
		whole[i] = 50 + 100*rng.Float64()
		left := 1.0
		for j := range parts {
			share := left * rng.Float64()
			parts[j], left = append(parts[j], share*whole[i]), left-share
		}
		plan[i], place[i], member[i] = []string{"a", "b", "c"}[i%3], []string{"x", "y"}[rng.IntN(2)], rng.IntN(2) == 1
	}
	w.load(t, []engine.Column{
		number("spent", whole), number("food", parts[0]), number("books", parts[1]), number("games", parts[2]),
		text("plan", plan), text("place", place), flag("member", member),
	}, n, nil)
	for _, test := range []struct {
		name    string
		on      []string
		methods string
	}{
		{"shares", []string{"food / spent, books / spent, games / spent"}, "[kmeans spherical mixture ward hdbscan]"},
		{"numbers and texts", []string{"food, plan"}, "[kmeans kprototypes ward]"},
		{"answers", []string{"plan, place, member"}, "[lca kmeans ward]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := w.Discover(t.Context(), discover.Request{On: test.on, K: "2..4", AsOf: w.asOf(), Seed: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var tried []discover.Method
			for _, e := range d.Tried {
				tried = append(tried, e.Method)
				if e.Left == "" && e.K < 2 {
					t.Errorf("%+v", e)
				}
			}
			if fmt.Sprint(tried) != test.methods {
				t.Errorf("tried %v, want %s", tried, test.methods)
			}
			t.Logf("%s\n%+v", d.Why, d.Tried)
		})
	}
}
