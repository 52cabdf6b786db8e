package discover

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds"
)

// FuzzSearch looks for segments in small tables of every kind: it must end with segments
// whose figures are finite, as JSON asks, or with an error that blames the data.
func FuzzSearch(f *testing.F) {
	for m := range uint8(len(Methods)) {
		f.Add(uint64(m), m, uint8(12), uint8(m), uint8(3))
		f.Add(uint64(100+m), m, uint8(4), uint8(7+m), uint8(2))
	}
	f.Fuzz(func(t *testing.T, seed uint64, method, rows, kinds, k uint8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		n := int(rows)%40 + 1
		var columns []*column
		for j := range 1 + int(kinds)%4 {
			c := &column{Feature: Feature{Name: fmt.Sprint("f", j), Text: fmt.Sprint("f", j), Low: -math.MaxFloat64, High: math.MaxFloat64, Scale: 1}}
			kind := (int(kinds)>>2 + j) % 5
			c.Kind = []FeatureKind{Amount, Flag, Category, Share, Days}[kind]
			for range n {
				v := []float64{rng.NormFloat64(), math.Exp(9 * rng.NormFloat64()), 0, 1, math.NaN()}[rng.IntN(5)]
				switch c.Kind {
				case Category:
					c.dict = []string{"a", "b", "c"}
					c.level = append(c.level, int32(rng.IntN(4))-1)
					continue
				case Flag, Share:
					v = math.Min(math.Abs(math.Round(v)), 1)
				}
				c.value = append(c.value, v)
			}
			if c.group() == nil {
				columns = append(columns, c)
			}
		}
		profiles := make([]uint32, n)
		for i := range profiles {
			profiles[i] = uint32(i)
		}
		q := &Request{Method: Methods[int(method)%len(Methods)], K: fmt.Sprintf("%d..%d", 1+int(k)%5, 2+int(k)%5), Starts: 2, Workers: 1, Seed: seed}
		if err := q.check(); err != nil {
			t.Fatal(err)
		}
		fails := func(err error) {
			if c := kreds.CodeOf(err); c != kreds.CodeInvalid {
				t.Fatalf("%s: %v (%v)", q.Method, err, c)
			}
		}
		table, err := prepare(profiles, columns, nil, q)
		if err != nil {
			fails(err)
			return
		}
		ks, err := parseK(q.K)
		if err != nil {
			t.Fatal(err)
		}
		out := &Discovery{}
		if ks, err = feasible(ks, table.rows(), out); err != nil {
			fails(err)
			return
		}
		if out.Method, out.Why, out.Tried, err = choose(context.Background(), q, table, ks); err != nil {
			fails(err)
			return
		}
		if !out.Method.counts() {
			ks = []int{0}
		}
		w := &work{fitter: &fitter{method: out.Method, starts: 2, workers: 1, seed: seed}, table: table, ks: ks, progress: func(float64) {}}
		if out.Solutions, err = w.solve(context.Background()); err != nil {
			fails(err)
			return
		}
		w.remarks(out)
		raw, used := table.described()
		for _, s := range out.Solutions {
			s.Segments = make([]Segment, s.K)
			if err := s.profile(table, raw, used); err != nil {
				fails(invalid(err))
				return
			}
			for i, name := range s.name(table) {
				if name == "" {
					t.Errorf("segment %d has no name", i+1)
				}
			}
			var in int64
			for _, size := range s.Sizes {
				in += size
			}
			if in+s.Outside != int64(n) {
				t.Errorf("%d of %d profiles are somewhere", in+s.Outside, n)
			}
			if _, err := s.Model.assign(table); err != nil {
				fails(err)
			}
		}
		if err := out.picture(table); err != nil {
			fails(invalid(err))
		}
		out.Recommended = recommend(out.Solutions)
		if _, err := json.Marshal(out); err != nil {
			t.Error(err)
		}
	})
}

// FuzzLists reads lists of features as people type them.
func FuzzLists(f *testing.F) {
	for _, s := range []string{"a, b", "`a, b`, c", `count of x where (y = "a,b"), z / w`, "((", "`", "1..", "..2", "x=log"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		specsOf([]string{s})
		_, _ = parseK(s)
		Sensitive(s)
		q := Request{Use: []string{s}}
		if q.check() == nil {
			_, _ = q.transforms([]*column{{Feature: Feature{Name: "x"}}})
		}
	})
}
