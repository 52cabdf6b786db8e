package cluster

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/stats"
)

// kinds is the number of kinds of values that anyMatrix makes.
const kinds = 7

// anyMatrix makes rows of a kind: plain, with ties, of all sizes, of any bits,
// huge, nearly equal, and tiny.
func anyMatrix(rng *rand.Rand, rows, cols, kind uint8) *stats.Matrix {
	x := stats.NewMatrix(int(rows), int(cols))
	for i := range x.Data {
		v := rng.NormFloat64()
		switch kind % kinds {
		case 1:
			v = math.Round(v)
		case 2:
			v = math.Ldexp(v, rng.IntN(480)-240)
		case 3:
			v = math.Float64frombits(rng.Uint64())
		case 4:
			v = 1e75 * math.Round(v) / 8
		case 5:
			v = 1 + math.Round(v)*1e-15
		case 6:
			v = math.Ldexp(math.Round(v), -900)
		}
		x.Data[i] = v
	}
	return x
}

// anyWeights makes weights of a kind: none, whole ones, and very different ones.
func anyWeights(rng *rand.Rand, rows, kind int) []float64 {
	if kind%3 == 0 {
		return nil
	}
	weights := make([]float64, rows)
	for i := range weights {
		if weights[i] = float64(rng.IntN(3)); kind%3 == 2 {
			weights[i] = math.Ldexp(rng.Float64(), rng.IntN(300)-150)
		}
	}
	return weights
}

func finite(values ...float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}

func FuzzCentred(f *testing.F) {
	for kind := range uint8(kinds) {
		f.Add(uint64(kind), uint8(30), uint8(3), uint8(3), kind)
		f.Add(uint64(kind+1), uint8(50), uint8(1), uint8(4), kind)
		f.Add(uint64(kind+2), uint8(12), uint8(2), uint8(5), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := anyMatrix(rng, rows%64, cols%5, kind)
		o := Options{
			K: int(k % 7), Starts: 2, Seed: seed, Init: Init(seed / 5 % 2), Choose: Choose(seed / 7 % 2),
			MaxIter: 1 + int(seed%20), Weights: anyWeights(rng, x.Rows, int(seed%4)),
		}
		if seed%11 == 0 {
			o.Centers = anyMatrix(rng, k%7, cols%5, kind/kinds)
		}
		for name, method := range centred {
			r, err := method(t, x, o)
			if err != nil {
				continue
			}
			if !finite(r.WithinSS) || r.WithinSS < 0 || !finite(r.Sizes...) || !finite(r.Centers.Data...) {
				t.Fatalf("%s: %+v, centres %v", name, r, r.Centers.Data)
			}
			for _, l := range r.Labels {
				if l < 0 || int(l) >= o.K {
					t.Fatalf("%s: labels %v", name, r.Labels)
				}
			}
			if len(Assign(x, r.Centers)) != x.Rows {
				t.Fatalf("%s: not all rows are assigned", name)
			}
			indices(t, x, r.Labels, o.Weights)
		}
	})
}

// indices holds what measures a partition to their ranges.
func indices(t *testing.T, x *stats.Matrix, labels []int32, weights []float64) {
	if moderate(x, weights) != nil {
		return
	}
	if v := AdjustedRand(labels, labels, weights); !finite(v) {
		t.Fatalf("adjusted Rand index %v", v)
	}
	if v := CalinskiHarabasz(x, labels, weights); !(v >= 0 && v <= math.MaxFloat64) {
		t.Fatalf("Calinski–Harabasz %v", v)
	}
	if v := DaviesBouldin(x, labels, weights); !(v >= 0 && v <= math.MaxFloat64) {
		t.Fatalf("Davies–Bouldin %v", v)
	}
	if s, err := Silhouettes(t.Context(), x, labels, weights); err == nil {
		for _, v := range append(s.Segment, s.Mean) {
			if !(math.Abs(v) <= 1+1e-9) {
				t.Fatalf("silhouettes %+v", s)
			}
		}
	}
}

// FuzzIndices gives measures labels that are not of a fit, negative ones and
// wrong numbers of them among them.
func FuzzIndices(f *testing.F) {
	f.Add(uint64(1), uint8(20), uint8(2), uint8(3), int8(-1), uint8(0))
	f.Add(uint64(2), uint8(20), uint8(2), uint8(1), int8(0), uint8(3))
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k uint8, low int8, other uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := anyMatrix(rng, rows%64, cols%5, other)
		labels := make([]int32, len(x.Data)/max(1, x.Cols)+int(other%3))
		for i := range labels {
			labels[i] = int32(low) + rng.Int32N(1+int32(k%6))
		}
		indices(t, x, labels, anyWeights(rng, x.Rows+int(other%2), int(seed%3)))
		if v := AdjustedRand(labels, labels[:len(labels)/2], nil); !finite(v) {
			t.Fatalf("adjusted Rand index %v", v)
		}
	})
}

func FuzzHierarchical(f *testing.F) {
	for kind := range uint8(kinds) {
		f.Add(uint64(kind), uint8(30), uint8(3), uint8(kind%4), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, linkage, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := anyMatrix(rng, rows%64, cols%5, kind)
		h, err := Hierarchical(t.Context(), x, HierarchyOptions{Linkage: Linkage(linkage % 5), Weights: anyWeights(rng, x.Rows, int(seed%3))})
		if err != nil {
			return
		}
		last := 0.0
		for _, m := range h.Merges {
			if !finite(m.Height, m.Size) || m.Height < last || m.A >= m.B {
				t.Fatalf("merges %+v", h.Merges)
			}
			last = m.Height
		}
		leaves := h.Leaves()
		slices.Sort(leaves)
		if len(slices.Compact(leaves)) != x.Rows {
			t.Fatalf("leaves %v of %d rows", leaves, x.Rows)
		}
		for k := range x.Rows + 2 {
			labels, err := h.Cut(k)
			if (err == nil) != (k >= 1 && k <= x.Rows) {
				t.Fatalf("cut into %d: error %v", k, err)
			}
			if err == nil && segments(labels) != k {
				t.Fatalf("cut into %d: labels %v", k, labels)
			}
		}
	})
}

func FuzzPrototypes(f *testing.F) {
	for kind := range uint8(kinds) {
		f.Add(uint64(kind), uint8(30), uint8(2), uint8(2), uint8(3), kind)
		f.Add(uint64(kind), uint8(30), uint8(0), uint8(3), uint8(4), kind)
		f.Add(uint64(kind), uint8(30), uint8(2), uint8(0), uint8(4), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, categories, k, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := anyMatrix(rng, rows%64, cols%4, kind)
		c := &Categories{Cols: int(categories % 4)}
		for range x.Rows * c.Cols {
			c.Codes = append(c.Codes, rng.Int32N(4)*rng.Int32N(1<<30))
		}
		o := PrototypeOptions{
			K: int(k % 7), Init: ModeInit(seed % 4), Starts: 2, Seed: seed, MaxIter: 1 + int(seed%9),
			Gamma: []float64{0, 0, 1, 1e70, 1e-90}[seed%5], Weights: anyWeights(rng, x.Rows, int(seed/5%3)),
		}
		r, err := KPrototypes(t.Context(), x, c, o)
		if err != nil {
			return
		}
		if !finite(r.Cost, r.Gamma) || r.Cost < 0 || !finite(r.Sizes...) || len(r.Modes) != o.K {
			t.Fatalf("%+v", r)
		}
		if r.Centers != nil && !finite(r.Centers.Data...) {
			t.Fatalf("centres %v", r.Centers.Data)
		}
		for _, l := range r.Labels {
			if l < 0 || int(l) >= o.K {
				t.Fatalf("labels %v", r.Labels)
			}
		}
	})
}

func FuzzGaps(f *testing.F) {
	for kind := range uint8(kinds) {
		f.Add(uint64(kind), uint8(20), uint8(3), uint8(3), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, k, kind uint8) {
		x := anyMatrix(rand.New(rand.NewPCG(seed, 0)), rows%32, cols%5, kind)
		gaps, err := Gaps(t.Context(), x, GapOptions{MaxK: int(k % 6), References: 1 + int(seed%3), Starts: 1, Seed: seed})
		if err != nil {
			return
		}
		for _, g := range gaps {
			if !finite(g.LogWithin, g.Expected, g.Gap, g.Error) || g.Error < 0 {
				t.Fatalf("%+v", g)
			}
		}
		if best := BestGap(gaps); best < 1 || best > len(gaps) {
			t.Fatalf("%d segments are best of %+v", best, gaps)
		}
	})
}
