package discover_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// apart are persons in three groups of x and y, 60 of each, from p00000 on or later.
func apart(t testing.TB, w *world, from, n int, id kreds.ImportID) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(from), 1))
	var x, y []float64
	var keys engine.ByteColumn
	for i := range n {
		c := [][2]float64{{0, 0}, {20, 0}, {10, 20}}[i%3]
		x, y = append(x, c[0]+rng.NormFloat64()), append(y, c[1]+rng.NormFloat64())
		keys.Append([]byte(key(from + i)))
	}
	l, err := w.engine.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Profiles(t.Context(), &engine.ProfileBatch{Kind: kreds.Person, Keys: keys, Traits: []engine.Column{number("x", x), number("y", y)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// TestAccept: segments are made only when they are accepted, by rule or by model, and
// those by model get newcomers when they are refreshed.
func TestAccept(t *testing.T) {
	w := open(t)
	apart(t, w, 0, 180, 1)
	d, err := w.Discover(t.Context(), discover.Request{On: []string{"x, y"}, K: "2..4", AsOf: w.asOf(), Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Save(t.Context(), "groups", d); err != nil {
		t.Fatal(err)
	}
	if d.Recommended.K != 3 || d.Recommended.Verdict != discover.Natural {
		t.Fatalf("%+v", d.Recommended)
	}
	if all, err := w.state.Segments(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("%d segments before any was accepted, %v", len(all), err)
	}
	byModel, err := w.Accept(t.Context(), "groups", discover.Acceptance{By: discover.ByModel, Names: []string{"A", "B", "C"}})
	if err != nil {
		t.Fatal(err)
	}
	byRule, err := w.Accept(t.Context(), "groups", discover.Acceptance{By: discover.ByRule, Segments: []int{0, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if len(byModel) != 3 || byModel[0].Source != kreds.SourceModel || len(byRule) != 2 || byRule[0].Source != kreds.SourceRule || byRule[0].Expression == "" {
		t.Errorf("by model %+v, by rule %+v", byModel, byRule)
	}
	sizes := func() []int64 {
		t.Helper()
		broken, err := w.Reassign(t.Context(), w.asOf(), nil)
		if err != nil || len(broken) > 0 {
			t.Fatal(broken, err)
		}
		runs, err := w.audience.Refresh(t.Context(), []string{"A", "B", "C", byRule[0].Name, byRule[1].Name}, w.asOf(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var n []int64
		for _, r := range runs {
			if r.Error != "" {
				t.Fatal(r.Error)
			}
			n = append(n, r.Members)
		}
		return n
	}
	if got := fmt.Sprint(sizes()); got != "[60 60 60 60 60]" {
		t.Errorf("sizes %s", got)
	}
	apart(t, w, 1000, 30, 2)
	if got := fmt.Sprint(sizes()); got != "[70 70 70 70 70]" {
		t.Errorf("sizes after newcomers came %s", got)
	}

	for name, a := range map[string]discover.Acceptance{
		"by nothing": {}, "no such k": {K: 9, By: discover.ByRule}, "no such segment": {By: discover.ByRule, Segments: []int{5}},
		"taken name": {By: discover.ByRule, Names: []string{"A", "B", "C"}}, "same names": {By: discover.ByModel, Names: []string{"Z", "z"}},
	} {
		if _, err := w.Accept(t.Context(), "groups", a); kreds.CodeOf(err) != kreds.CodeInvalid && kreds.CodeOf(err) != kreds.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := w.state.Segments(t.Context()); err != nil || len(all) != 5 {
		t.Errorf("%d segments, %v", len(all), err)
	}
}

// TestDescriptions: a segment's profile, neighbour, typical members, place and name say
// where it lies.
func TestDescriptions(t *testing.T) {
	w := open(t)
	apart(t, w, 0, 180, 1)
	d, err := w.Discover(t.Context(), discover.Request{On: []string{"x, y"}, Method: discover.KMeans, K: "3", AsOf: w.asOf(), Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := d.Solutions[0]
	names := map[string]int{}
	for i, seg := range s.Segments {
		names[seg.Name] = i
		if len(seg.Typical) != 5 || len(seg.Profile) != 2 || seg.Nearest < 0 || seg.Nearest == i || len(seg.Hull) < 3 || len(seg.Outline) < len(seg.Hull)/2 {
			t.Errorf("segment %d: %+v", i+1, seg)
		}
		for _, k := range seg.Typical {
			n, err := strconv.Atoi(strings.TrimPrefix(k, "p"))
			if err != nil || s.Labels[n] != int32(i) {
				t.Errorf("%s is typical of segment %d, it is in %d, %v", k, i+1, s.Labels[n]+1, err)
			}
		}
		for _, m := range seg.Profile {
			if m.Q > 1e-9 && m.Mark || m.Mark != (m.Effect > .5 || m.Effect < -.5) {
				t.Errorf("%+v", m)
			}
			if want := (m.Mean + 2*m.Others) / 3; want-m.All > 1e-9 || m.All-want > 1e-9 {
				t.Errorf("%s: mean %v, others %v, all %v", m.Feature, m.Mean, m.Others, m.All)
			}
		}
		if seg.Rule == nil || seg.Rule.Precision != 1 || seg.Rule.Recall != 1 || seg.Rule.Joins != 0 || seg.Rule.Leaves != 0 {
			t.Errorf("rule %+v", seg.Rule)
		}
	}
	var got []string
	for n := range names {
		got = append(got, n)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"very high x, low y", "very high y", "very low x, low y"}, got); diff != "" {
		t.Error(diff)
	}
	if len(d.Picture.Points) != 180 || len(d.Picture.Labels[3]) != 180 || d.Picture.Shares[0]+d.Picture.Shares[1] < .999 {
		t.Errorf("%d points, shares %v", len(d.Picture.Points), d.Picture.Shares)
	}
	if !strings.Contains(strings.Join(d.Notes, " "), "Stability over time was not measured") || s.Stability.TimeShift != nil {
		t.Errorf("notes %v", d.Notes)
	}
}

// TestShapes: two moons and two round groups, of which hdbscan finds three: the figures
// are those of R's dbscan with minPts 5.
func TestShapes(t *testing.T) {
	w := open(t)
	var x, y []float64
	for _, row := range readCSV(t, "moons.csv") {
		for j, to := range []*[]float64{&x, &y} {
			v, err := strconv.ParseFloat(row[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			*to = append(*to, v)
		}
	}
	w.load(t, []engine.Column{number("x", x), number("y", y)}, len(x), nil)
	d, err := w.Discover(t.Context(), discover.Request{On: []string{"x, y"}, Method: discover.HDBSCAN, Scale: "none", AsOf: w.asOf()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Solutions[0]; len(d.Solutions) != 1 || fmt.Sprint(s.Sizes) != "[50 25 25]" || s.Outside != 0 {
		t.Errorf("sizes %v, outside %d", d.Solutions[0].Sizes, d.Solutions[0].Outside)
	}
}
