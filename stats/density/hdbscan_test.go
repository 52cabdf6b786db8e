package density

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds/stats"
)

// points reads the columns X and Y of a file.
func points(t testing.TB, file string) *stats.Matrix { return numbers(t, file, 2) }

// numbers reads the first columns of a file.
func numbers(t testing.TB, file string, columns int) *stats.Matrix {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := &stats.Matrix{Rows: len(rows) - 1, Cols: columns}
	for _, row := range rows[1:] {
		for _, s := range row[:columns] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			m.Data = append(m.Data, v)
		}
	}
	return m
}

// TestReferences: what R's dbscan finds in its own examples. moons is its data
// set; DS3 is the one of Karypis, Han and Kumar (1999), "Chameleon".
func TestReferences(t *testing.T) {
	for file, c := range map[string]struct {
		points, noise int
		sizes         []int
	}{
		"moons.csv":  {5, 0, []int{50, 25, 25}},
		"DS3.csv.gz": {25, 815, []int{1789, 1656, 1585, 924, 617, 614}},
	} {
		r, err := HDBSCAN(t.Context(), points(t, file), Options{MinPoints: c.points})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Sizes, c.sizes) || r.NoiseRows != c.noise {
			t.Errorf("%s: sizes %v, noise %d; want %v, %d", file, r.Sizes, r.NoiseRows, c.sizes, c.noise)
		}
	}
}

// part is a segment of the plain algorithm.
type part struct {
	rows      []int
	birth     float64
	stability float64
	parts     []*part
}

// plain follows the definition: it takes segments apart level by level.
func plain(x *stats.Matrix, points, size int) []*part {
	n := x.Rows
	d := make([][]float64, n)
	core := make([]float64, n)
	for i := range d {
		for j := range n {
			d[i] = append(d[i], math.Sqrt(distance2(x.Row(i), x.Row(j))))
		}
		core[i] = slices.Sorted(slices.Values(d[i]))[points-1]
	}
	for i := range d {
		for j := range n {
			d[i][j] = max(d[i][j], core[i], core[j])
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	root := &part{rows: all}
	root.grow(d, size)
	var taken []*part
	for _, p := range root.parts {
		_, best := p.best()
		taken = append(taken, best...)
	}
	return taken
}

// grow finds stability and parts.
func (p *part) grow(d [][]float64, size int) {
	rows := p.rows
	for len(rows) > 0 {
		level := broken(rows, d)
		var large [][]int
		var left int
		for _, c := range components(rows, d, level) {
			if len(c) >= size {
				large = append(large, c)
			} else {
				left += len(c)
			}
		}
		p.stability += float64(left) * (1/level - p.birth)
		if len(large) == 1 {
			rows = large[0]
			continue
		}
		for _, c := range large {
			p.stability += float64(len(c)) * (1/level - p.birth)
			child := &part{rows: c, birth: 1 / level}
			child.grow(d, size)
			p.parts = append(p.parts, child)
		}
		return
	}
}

func (p *part) best() (float64, []*part) {
	var sum float64
	var all []*part
	for _, c := range p.parts {
		s, taken := c.best()
		sum += s
		all = append(all, taken...)
	}
	if p.stability >= sum {
		return p.stability, []*part{p}
	}
	return sum, all
}

// broken is the greatest ε without which rows are not connected.
func broken(rows []int, d [][]float64) float64 {
	var lengths []float64
	for _, i := range rows {
		for _, j := range rows {
			lengths = append(lengths, d[i][j])
		}
	}
	slices.Sort(lengths)
	lengths = slices.Compact(lengths)
	at, _ := slices.BinarySearchFunc(lengths, true, func(l float64, _ bool) int {
		if len(components(rows, d, math.Nextafter(l, math.Inf(1)))) == 1 {
			return 1
		}
		return -1
	})
	return lengths[at]
}

// components are the rows connected by steps shorter than a level.
func components(rows []int, d [][]float64, level float64) (out [][]int) {
	seen := map[int]bool{}
	for _, from := range rows {
		if seen[from] {
			continue
		}
		seen[from] = true
		c := []int{from}
		for at := 0; at < len(c); at++ {
			for _, j := range rows {
				if !seen[j] && d[c[at]][j] < level {
					seen[j] = true
					c = append(c, j)
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// TestDefinition holds the algorithm to the definition, on points with and
// without ties.
func TestDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for trial := range 60 {
		n := 10 + rng.IntN(40)
		x := stats.NewMatrix(n, 2)
		for i := range x.Data {
			x.Data[i] = rng.NormFloat64() + float64(6*(i/2%3))
			if trial%3 == 0 { // a grid, on which no points are equal
				x.Data[i] = float64([]int{i / 2 % 6, i / 2 / 6}[i%2] + rng.IntN(2)*7)
			}
		}
		if trial%3 == 0 {
			x, _, _ = x.Distinct()
		}
		points, size := 2+rng.IntN(4), 2+rng.IntN(5)
		r, err := HDBSCAN(t.Context(), x, Options{MinPoints: points, MinSize: size, Workers: 1 + trial%3})
		if err != nil {
			t.Fatal(err)
		}
		want := plain(x, points, size)
		if len(want) != len(r.Sizes) {
			t.Fatalf("trial %d: %d groups, want %d", trial, len(r.Sizes), len(want))
		}
		noise := x.Rows
		for _, p := range want {
			noise -= len(p.rows)
			label := r.Labels[p.rows[0]]
			if label == Noise || r.Sizes[label] != len(p.rows) {
				t.Fatalf("trial %d: a group of %d is %d", trial, len(p.rows), label)
			}
			for _, i := range p.rows {
				if r.Labels[i] != label {
					t.Fatalf("trial %d: row %d is in %d, want %d", trial, i, r.Labels[i], label)
				}
			}
		}
		if noise != r.NoiseRows {
			t.Fatalf("trial %d: %d rows of noise, want %d", trial, r.NoiseRows, noise)
		}
		for i, p := range r.Probabilities {
			if !(p >= 0 && p <= 1) || (p == 0) != (r.Labels[i] == Noise) {
				t.Fatalf("trial %d: row %d of group %d has probability %v", trial, i, r.Labels[i], p)
			}
		}
	}
}

// TestOrderAndWorkers: neither the order of the rows nor the number of workers
// changes the groups.
func TestOrderAndWorkers(t *testing.T) {
	x := points(t, "moons.csv")
	first, err := HDBSCAN(t.Context(), x, Options{MinPoints: 5, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(x.Rows)
	shuffled := stats.NewMatrix(x.Rows, 2)
	for i, from := range order {
		copy(shuffled.Row(i), x.Row(from))
	}
	r, err := HDBSCAN(t.Context(), shuffled, Options{MinPoints: 5, Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	as := map[int32]int32{}
	for i, from := range order {
		was, ok := as[first.Labels[from]]
		if !ok {
			as[first.Labels[from]], was = r.Labels[i], r.Labels[i]
		}
		if r.Labels[i] != was || r.Probabilities[i] != first.Probabilities[from] {
			t.Fatalf("row %d: %d, %v; in another order %d, %v", from, first.Labels[from], first.Probabilities[from], r.Labels[i], r.Probabilities[i])
		}
	}
}

// TestEqualRows: rows that are equal form groups, and all of them together none.
func TestEqualRows(t *testing.T) {
	x := &stats.Matrix{Rows: 9, Cols: 1, Data: []float64{1, 1, 1, 5, 5, 5, 5, 9, 20}}
	r, err := HDBSCAN(t.Context(), x, Options{MinPoints: 3})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Labels, []int32{1, 1, 1, 0, 0, 0, 0, Noise, Noise}) {
		t.Errorf("labels %v", r.Labels)
	}
	for _, s := range r.Stabilities {
		if s-s != 0 || s <= 0 {
			t.Errorf("stabilities %v", r.Stabilities)
		}
	}
	same := &stats.Matrix{Rows: 4, Cols: 2, Data: []float64{3, 3, 3, 3, 3, 3, 3, 3}}
	if r, err = HDBSCAN(t.Context(), same, Options{MinPoints: 2}); err != nil {
		t.Fatal(err)
	}
	if r.NoiseRows != 4 || len(r.Sizes) != 0 {
		t.Errorf("one distinct point: %+v", r)
	}
}

func TestRefuses(t *testing.T) {
	two := &stats.Matrix{Rows: 2, Cols: 1, Data: []float64{1, 2}}
	for name, c := range map[string]struct {
		x    *stats.Matrix
		o    Options
		want string
	}{
		"nothing":      {nil, Options{MinPoints: 2}, "no rows"},
		"not a number": {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.NaN()}}, Options{MinPoints: 2}, "row 1, column 1"},
		"infinite":     {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{math.Inf(1)}}, Options{MinPoints: 2}, "row 1, column 1"},
		"huge":         {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{-1e80}}, Options{MinPoints: 2}, "scale values"},
		"one row":      {&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{1}}, Options{MinPoints: 2}, "two rows"},
		"no points":    {two, Options{}, "0 points make"},
		"too many":     {two, Options{MinPoints: 3}, "3 points make"},
		"small size":   {two, Options{MinPoints: 2, MinSize: 1}, "1 rows"},
		"large size":   {two, Options{MinPoints: 2, MinSize: 3}, "3 rows"},
		"many rows":    {stats.NewMatrix(20001, 1), Options{MinPoints: 2}, "up to 20000"},
	} {
		if _, err := HDBSCAN(t.Context(), c.x, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, err, c.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := HDBSCAN(ended, two, Options{MinPoints: 2}); err == nil {
		t.Error("an ended context: no error")
	}
}

func FuzzHDBSCAN(f *testing.F) {
	f.Add(uint64(1), uint8(30), uint8(2), uint8(4), uint8(0))
	f.Add(uint64(2), uint8(9), uint8(1), uint8(2), uint8(3))
	f.Add(uint64(3), uint8(50), uint8(3), uint8(5), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, points, kind uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		x := stats.NewMatrix(int(rows%64), int(cols%5))
		for i := range x.Data {
			v := rng.NormFloat64()
			switch kind % 5 {
			case 1:
				v = math.Round(v) // many ties
			case 2:
				v = math.Ldexp(v, rng.IntN(480)-240)
			case 3:
				v = math.Float64frombits(rng.Uint64())
			case 4:
				v = 1e75 * math.Round(v) / 8
			}
			x.Data[i] = v
		}
		r, err := HDBSCAN(t.Context(), x, Options{MinPoints: int(points % 10), MinSize: int(points / 32)})
		if err != nil {
			return
		}
		for i, p := range r.Probabilities {
			if !(p >= 0 && p <= 1) || int(r.Labels[i]) >= len(r.Sizes) || r.Labels[i] < Noise {
				t.Fatalf("row %d: group %d, probability %v", i, r.Labels[i], p)
			}
		}
		for g, s := range r.Stabilities {
			if !(s >= 0) || math.IsInf(s, 0) || r.Sizes[g] < 2 {
				t.Fatalf("group %d: %d rows, stability %v", g, r.Sizes[g], s)
			}
		}
	})
}

// BenchmarkHDBSCAN: time grows with the square of the rows.
func BenchmarkHDBSCAN(b *testing.B) {
	for _, rows := range []int{1000, 2000, 4000, 8000} {
		rng := rand.New(rand.NewPCG(1, 1))
		x := stats.NewMatrix(rows, 5)
		for i := range x.Data {
			x.Data[i] = rng.NormFloat64() + float64(i/5%4*5)
		}
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			for b.Loop() {
				if _, err := HDBSCAN(b.Context(), x, Options{MinPoints: 15}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
