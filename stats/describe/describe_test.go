package describe

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/kreds/kreds/stats"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}

func read(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// visits are the survey's answers of how often, the rarest first.
var visits = []string{"Never", "Once a year", "Every three months", "Once a month", "Once a week", "More than once a week"}

// survey returns the survey of McDonald's: 11 items, liking, age, the level of
// visits from 1, gender; and the four segments of a reference partition: of the book, or
// the best.
func survey(t *testing.T, partition string) (features []Feature, items []string, labels []int32) {
	t.Helper()
	rows := read(t, "../testdata/mcdonalds.csv")
	columns := make([][]float64, 14)
	var gender []int32
	for _, row := range rows[1:] {
		for j := range 11 {
			v := 0.0
			if row[j] == "Yes" {
				v = 1
			}
			columns[j] = append(columns[j], v)
		}
		like := row[11]
		switch like { // the ends of the scale are written in words
		case "I love it!+5":
			like = "5"
		case "I hate it!-5":
			like = "-5"
		}
		for j, s := range []string{like, row[12]} {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[11+j] = append(columns[11+j], v)
		}
		level := slices.IndexFunc(visits, func(v string) bool { return v == row[13] })
		if level < 0 {
			t.Fatal(row[13])
		}
		columns[13] = append(columns[13], float64(level+1))
		female := int32(0)
		if row[14] == "Female" {
			female = 1
		}
		gender = append(gender, female)
	}
	for _, c := range columns {
		features = append(features, Feature{Numbers: c})
	}
	features = append(features, Feature{Codes: gender})
	parts := read(t, "../testdata/reference_partitions.csv")
	at := slices.Index(parts[0], partition)
	for _, row := range parts[1:] {
		l, err := strconv.Atoi(row[at])
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, int32(l-1))
	}
	return features, rows[0][:11], labels
}

// The book's four segments (Dolnicar, Grün and Leisch 2018), its script run with R 3.4's generator:
// centres and descriptors. Tests against the rest and markers: SciPy and the rule.
func TestMcDonalds(t *testing.T) {
	features, items, labels := survey(t, "book_k4")
	d, err := Segments(features, labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mark := func(segment, feature, level int) Mark {
		for _, m := range d.Segments[segment].Marks {
			if m.Feature == feature && m.Level == level {
				return m
			}
		}
		t.Fatalf("no mark of feature %d, level %d", feature, level)
		return Mark{}
	}
	item := func(name string) int { return slices.Index(items, name) }
	all := map[string]float64{
		"yummy": .55, "convenient": .91, "spicy": .09, "fattening": .87, "greasy": .53, "fast": .90, "cheap": .60, "tasty": .64,
		"expensive": .36, "healthy": .20, "disgusting": .24,
	}
	for name, want := range all {
		near(t, name, mark(0, item(name), Overall).All, want, .005)
	}
	for s, centers := range []map[string]float64{
		{"cheap": .949, "greasy": .819, "yummy": .355},
		{"yummy": .016, "expensive": .848, "disgusting": .665},
		{"yummy": .901, "tasty": .944, "expensive": .873},
		{"yummy": .846, "cheap": .940, "tasty": .970, "healthy": .448},
	} {
		for name, want := range centers {
			near(t, name, mark(s, item(name), Overall).Segment, want, .0005)
		}
	}
	marked := [][]string{
		{"greasy", "cheap", "expensive", "healthy"},
		{"yummy", "cheap", "tasty", "expensive", "healthy", "disgusting"},
		{"yummy", "cheap", "tasty", "expensive", "disgusting"},
		{"yummy", "greasy", "cheap", "tasty", "expensive", "healthy", "disgusting"},
	}
	for s, profile := range d.Segments {
		near(t, "rows", float64(profile.Rows), []float64{470, 257, 324, 402}[s], 0)
		near(t, "mean liking", mark(s, 11, Overall).Segment, []float64{-.132, -2.490, 2.287, 2.711}[s], .0005)
		near(t, "mean visits", mark(s, 13, Overall).Segment, []float64{3.040, 2.482, 3.892, 3.950}[s], .0005)
		near(t, "share of women", mark(s, 14, 1).Segment, []float64{.585, .432, .478, .614}[s], .0005)
		near(t, "mean age", mark(s, 12, Overall).Segment, []float64{44.0, 48.3, 39.8, 46.8}[s], .05)
		var got []string
		for _, m := range profile.Marks {
			if m.Feature < 11 && m.Marker {
				got = append(got, items[m.Feature])
			}
		}
		if !slices.Equal(got, marked[s]) {
			t.Errorf("segment %d is marked by %v, want %v", s+1, got, marked[s])
		}
	}
	near(t, "d of liking", mark(1, 11, Overall).Effect, -1.456776322660143, 1e-9)
	near(t, "p of liking", mark(0, 11, Overall).P, 1.1093599695333595e-14, 1e-23)
	near(t, "p of age", mark(1, 12, Overall).P, 6.644378894929918e-07, 1e-16)
	near(t, "rest of age", mark(1, 12, Overall).Rest, 43.820234113712374, 1e-10)
	near(t, "h of expensive", mark(2, 8, Overall).Effect, 1.4623325336985773, 1e-9)
	near(t, "p of spicy", mark(2, 2, Overall).P, .01153796008541647, 1e-12)
	near(t, "eta² of liking", d.Features[11].Effect, .3810411717340717, 1e-10)
	near(t, "V² of yummy", d.Features[0].Effect, .46307129836164607, 1e-10)
	near(t, "p of gender", d.Features[14].P, 1.488e-06, 5e-10)

	// Corrected over the 44 marks of the items alone.
	d, err = Segments(features[:11], labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "corrected", mark(2, 2, Overall).Adjusted, .0141019512, 1e-9)
	near(t, "corrected", mark(3, 2, Overall).Adjusted, .940133025, 1e-8)
	ranked := d.Segments[1].Ranked(.05)
	if items[ranked[0].Feature] != "yummy" || len(ranked) == 11 {
		t.Errorf("the second segment is marked most by %s, and by %d items", items[ranked[0].Feature], len(ranked))
	}
}

// Everybody in the survey, and the best known partition into four, by R.
func TestMcDonaldsBest(t *testing.T) {
	features, _, labels := survey(t, "best_k4")
	var likes, visited []int32
	for i, like := range features[11].Numbers {
		likes = append(likes, int32(like)+5)
		visited = append(visited, int32(features[13].Numbers[i])-1)
	}
	features = append(features, Feature{Codes: likes}, Feature{Codes: visited})
	d, err := Segments(features, labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	segments := [][]float64{11: {2.666, 2.154, -1.460, -2.675}, 14: {.602, .478, .590, .421}}
	counts := [][]float64{
		14: {665, 788}, 15: {152, 71, 73, 59, 58, 169, 152, 187, 229, 160, 143}, 16: {131, 252, 342, 439, 235, 54},
	}
	for s, profile := range d.Segments {
		for _, m := range profile.Marks {
			switch {
			case m.Feature == 11 || m.Feature == 14 && m.Level == 1:
				near(t, "liking, women", m.Segment, segments[m.Feature][s], .0005)
			case m.Feature == 12:
				near(t, "mean age", m.All, 44.60, .005)
			}
			if m.Feature >= 14 {
				near(t, "people", m.All*1453, counts[m.Feature][m.Level], 1e-9)
			}
		}
	}
	near(t, "youngest", slices.Min(features[12].Numbers), 18, 0)
	near(t, "oldest", slices.Max(features[12].Numbers), 71, 0)
}

// The rule counts with what is exactly on the line.
func TestIsMarker(t *testing.T) {
	for _, c := range []struct {
		x, m float64
		want bool
	}{{.35, .1, true}, {.5, .36, false}, {.61, .36, true}, {.18, .36, true}, {.19, .36, false}, {0, 0, false}, {.2, 0, false}, {.85, .6, true}} {
		if got := IsMarker(c.x, c.m, .25, .5); got != c.want {
			t.Errorf("%v of %v: %v", c.x, c.m, got)
		}
	}
}

func TestMissing(t *testing.T) {
	nan := math.NaN()
	labels := []int32{0, 0, 0, 1, 1, 1, -1}
	d, err := Segments([]Feature{
		{Numbers: []float64{1, 2, nan, 5, 6, nan, 1000}},
		{Numbers: []float64{nan, nan, nan, 5, 6, 7, 8}},
		{Codes: []int32{3, 3, -1, 9, 9, 3, 4}},
		{Numbers: []float64{nan, nan, nan, nan, nan, nan, nan}},
		{Codes: []int32{-1, -1, -1, -1, -1, -1, -1}},
	}, labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := d.Segments[0].Marks
	near(t, "mean", first[0].Segment, 1.5, 0)
	near(t, "mean of all", first[0].All, 3.5, 0)
	near(t, "mean of the rest", first[0].Rest, 5.5, 1e-12)
	if first[0].N != 2 || first[1].N != 0 || first[1].P != 1 || first[1].Marker {
		t.Errorf("%+v", first)
	}
	// Levels 3 and 9 occur in segments; 4 does not.
	if levels := []int{first[2].Level, first[3].Level, first[4].Feature}; !slices.Equal(levels, []int{3, 9, 3}) {
		t.Errorf("levels %v", levels)
	}
	near(t, "share", first[2].Segment, 1, 0)
	near(t, "share of all", first[2].All, .6, 1e-12)
}

func TestRefuses(t *testing.T) {
	labels := []int32{0, 1}
	for name, f := range map[string]Feature{
		"nothing":        {},
		"both":           {[]float64{1, 2}, []int32{1, 2}},
		"too few":        {Numbers: []float64{1}},
		"infinite":       {Numbers: []float64{1, math.Inf(1)}},
		"too large":      {Numbers: []float64{1, 1e76}},
		"too many codes": {Codes: []int32{1, 2, 3}},
	} {
		if _, err := Segments([]Feature{f}, labels, Options{}); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	if d, err := Segments(nil, nil, Options{}); err != nil || len(d.Segments) != 0 {
		t.Errorf("nothing of nobody: %+v, %v", d, err)
	}
}

func TestNearest(t *testing.T) {
	centers := &stats.Matrix{Rows: 4, Cols: 2, Data: []float64{0, 0, 3, 4, 3, 5, -9, 0}}
	got, err := Nearest(centers)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Neighbour{{1, 5}, {2, 1}, {1, 1}, {0, 9}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, err = Nearest(&stats.Matrix{Rows: 1, Cols: 1, Data: []float64{3}}); err != nil || got[0] != (Neighbour{Segment: -1}) {
		t.Errorf("one segment: %v, %v", got, err)
	}
}

func TestTypical(t *testing.T) {
	x := &stats.Matrix{Rows: 6, Cols: 1, Data: []float64{5, 1, 1, 9, 20, 0}}
	centers := &stats.Matrix{Rows: 2, Cols: 1, Data: []float64{0, 10}}
	got, err := Typical(x, centers, []int32{0, 0, 0, 1, -1, 0}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got[0], []int{5, 1, 2}) || !slices.Equal(got[1], []int{3}) {
		t.Errorf("%v", got)
	}
	if _, err := Typical(x, centers, []int32{0, 0, 0, 2, 0, 0}, 3); err == nil {
		t.Error("a segment without a centre is not refused")
	}
	if _, err := Typical(x, centers, []int32{0}, 3); err == nil {
		t.Error("too few labels are not refused")
	}
}

// Ten thousand categories are described, and every row differs from every other.
func TestManyCategories(t *testing.T) {
	codes, labels := make([]int32, 10_000), make([]int32, 10_000)
	for i := range codes {
		codes[i], labels[i] = int32(i), int32(i%2)
	}
	d, err := Segments([]Feature{{Codes: codes}}, labels, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Segments[0].Marks) != 10_000 || len(d.Segments[0].Ranked(.05)) != 0 {
		t.Errorf("%d marks, %d of them significant", len(d.Segments[0].Marks), len(d.Segments[0].Ranked(.05)))
	}
}

func FuzzSegments(f *testing.F) {
	f.Add(uint64(1), uint8(20), uint8(3), 1.0)
	f.Add(uint64(2), uint8(2), uint8(1), 1e75)
	f.Add(uint64(3), uint8(9), uint8(9), 5e-324)
	f.Fuzz(func(t *testing.T, seed uint64, rows, k uint8, size float64) {
		rng := rand.New(rand.NewPCG(seed, 0))
		numbers, codes, labels := make([]float64, rows), make([]int32, rows), make([]int32, rows)
		x := stats.NewMatrix(int(rows), 1)
		for i := range labels {
			numbers[i] = size * float64(rng.IntN(5)-int(seed%3))
			if rng.IntN(6) == 0 {
				numbers[i] = math.NaN()
			}
			codes[i] = rng.Int32N(6) - 1
			labels[i] = rng.Int32N(int32(k)+2) - 1
			x.Data[i] = size * rng.NormFloat64()
		}
		d, err := Segments([]Feature{{Numbers: numbers}, {Codes: codes}}, labels, Options{})
		if err == nil {
			for _, s := range d.Segments {
				for _, m := range s.Marks {
					for _, v := range []float64{m.Segment, m.All, m.Rest, m.Effect, m.P, m.Adjusted, s.Share} {
						if v-v != 0 {
							t.Fatalf("%+v", m)
						}
					}
				}
			}
			for _, s := range d.Features {
				if s.Effect-s.Effect != 0 || !(s.P >= 0 && s.P <= 1) || !(s.Adjusted >= 0 && s.Adjusted <= 1) {
					t.Fatalf("%+v", s)
				}
			}
		}
		centers := &stats.Matrix{Rows: min(int(k)+1, int(rows)), Cols: 1}
		centers.Data = x.Data[:centers.Rows]
		if n, err := Nearest(centers); err == nil {
			for _, n := range n {
				if n.Distance-n.Distance != 0 {
					t.Fatalf("%+v", n)
				}
			}
		}
		_, _ = Typical(x, centers, labels, int(seed%5))
	})
}
