package discover_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/state"
)

// world is a workspace with real stores.
type world struct {
	*discover.Discoverer
	audience *audience.Audience
	engine   engine.Engine
	state    *state.Store
	now      time.Time
}

func (w *world) asOf() kreds.Instant { return kreds.InstantOf(w.now) }

// open makes an empty workspace.
func open(t testing.TB) *world {
	t.Helper()
	w := &world{now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	s, err := state.Open(t.TempDir(), clock)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(t.Context(), "", duckdb.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.SetSettings(t.Context(), state.Settings{TimeZone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	w.engine, w.state = e, s
	w.audience = audience.New(e, s, clock)
	w.Discoverer = discover.New(w.audience, e, s, clock)
	return w
}

// load brings persons with traits, and what they bought.
func (w *world) load(t testing.TB, traits []engine.Column, rows int, bought *engine.EventBatch) {
	t.Helper()
	ctx := t.Context()
	l, err := w.engine.Load(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	var keys engine.ByteColumn
	for i := range rows {
		keys.Append([]byte(key(i)))
	}
	if err := l.Profiles(ctx, &engine.ProfileBatch{Kind: kreds.Person, Keys: keys, Traits: traits}); err != nil {
		t.Fatal(err)
	}
	if bought != nil {
		if err := l.Events(ctx, bought); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(ctx, func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func key(i int) string { return fmt.Sprintf("p%05d", i) }

// number is a column of numbers, NaN being unknown; text one of texts, "" being
// unknown; flag one of booleans.
func number(name string, values []float64) engine.Column {
	c := engine.Column{Name: name, Label: name, Type: kreds.Number}
	for _, v := range values {
		known := byte(1)
		if math.IsNaN(v) {
			known, v = 0, 0
		}
		c.Num, c.Known = append(c.Num, v), append(c.Known, known)
	}
	return c
}

func flag(name string, values []bool) engine.Column {
	c := engine.Column{Name: name, Label: name, Type: kreds.Boolean}
	for _, v := range values {
		n := int64(0)
		if v {
			n = 1
		}
		c.Int, c.Known = append(c.Int, n), append(c.Known, 1)
	}
	return c
}

// mcdonalds are the answers of 1,453 respondents about a fast food chain, as the
// traits survey.food.*: the data of Dolnicar, Grün and Leisch (2018).
func mcdonalds(t testing.TB, w *world) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "stats", "testdata", "mcdonalds.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var traits []engine.Column
	for j, name := range rows[0][:11] {
		var yes []bool
		for _, row := range rows[1:] {
			yes = append(yes, row[j] == "Yes")
		}
		traits = append(traits, flag("survey.food."+strings.ToLower(name), yes))
	}
	w.load(t, traits, len(rows)-1, nil)
}

// The figures are those of R's kmeans with 4,200 starts for each k, and of its
// silhouette and Calinski–Harabasz index; the stability is that of bootFlexclust.
func TestSurveySegmentsMatchTheReference(t *testing.T) {
	w := open(t)
	mcdonalds(t, w)
	d, err := w.Discover(t.Context(), discover.Request{Preset: "survey:food", K: "2..5", AsOf: w.asOf(), Seed: 1234}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.N != 1453 || d.Distinct != 264 || len(d.Features) != 11 || d.Method != discover.KMeans || d.Scale != "none" {
		t.Errorf("n %d, distinct %d, %d features, %s, scale %s", d.N, d.Distinct, len(d.Features), d.Method, d.Scale)
	}
	for i, want := range []float64{2145.503727, 1818.700649, 1602.899456, 1434.601194} {
		if got := d.Solutions[i].WithinSS; math.Abs(got-want) > 1e-4 {
			t.Errorf("k = %d: within SS %.6f, want %.6f", i+2, got, want)
		}
	}
	s := d.Solutions[2]
	if fmt.Sprint(s.Sizes) != "[580 318 315 240]" {
		t.Errorf("sizes %v", s.Sizes)
	}
	for i, want := range []float64{.3013702, .2205925, .2469106, .2204157} {
		if got := s.SilhouetteBySegment[i]; math.Abs(got-want) > 1e-6 {
			t.Errorf("silhouette of segment %d: %.7f, want %.7f", i+1, got, want)
		}
	}
	if math.Abs(s.Silhouette-.2585132) > 1e-6 || !s.SilhouetteExact || math.Abs(s.CalinskiHarabasz-354.4054) > 1e-3 {
		t.Errorf("silhouette %.7f, Calinski–Harabasz %.4f", s.Silhouette, s.CalinskiHarabasz)
	}
	for i, want := range []float64{.955, .856, .713, .710} {
		if got := d.Solutions[i].Stability.Global; math.Abs(got-want) > .06 {
			t.Errorf("k = %d: stability %.3f, want %.3f", i+2, got, want)
		}
	}
	for i, want := range []float64{.9884, .9385, .5928, .7575} {
		if got := s.Stability.Segments[i].Across; math.Abs(got-want) > 1e-4 {
			t.Errorf("stability across solutions of segment %d: %.4f, want %.4f", i+1, got, want)
		}
	}
	for i, seg := range s.Segments {
		if seg.Rule == nil || seg.Rule.Holds == 0 || seg.Rule.Precision < .5 {
			t.Errorf("the rule of segment %d is %+v", i+1, seg.Rule)
		}
	}
	t.Log(d.Recommended.K, d.Recommended.Verdict, d.Recommended.Reason)
}

// Data without groups must be told from data with groups.
func TestVerdicts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	draw := func(n, cols int, f func(row, col int) float64) (out [][]float64) {
		out = make([][]float64, cols)
		for i := range n {
			for j := range out {
				out[j] = append(out[j], f(i, j))
			}
		}
		return out
	}
	common := make([]float64, 1500)
	for i := range common {
		common[i] = rng.NormFloat64()
	}
	tests := []struct {
		name    string
		data    [][]float64
		k       int // 0: any
		verdict discover.Verdict
	}{
		{"uniform", draw(1000, 3, func(int, int) float64 { return rng.Float64() }), 0, discover.Constructive},
		{"one normal group", draw(1000, 4, func(int, int) float64 { return rng.NormFloat64() }), 0, discover.Constructive},
		{"one long normal group", draw(1000, 3, func(i, _ int) float64 { return 3*common[i] + rng.NormFloat64() }), 0, discover.Constructive},
		{"three groups apart", draw(900, 2, func(i, j int) float64 {
			return [][]float64{{0, 0}, {8, 0}, {4, 7}}[i%3][j] + rng.NormFloat64()
		}), 3, discover.Natural},
		{"five groups apart", draw(1000, 3, func(i, j int) float64 {
			return [][]float64{{0, 0, 0}, {9, 0, 0}, {0, 9, 0}, {0, 0, 9}, {9, 9, 9}}[i%5][j] + rng.NormFloat64()
		}), 5, discover.Natural},
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
			d, err := w.Discover(t.Context(), discover.Request{On: on, K: "2..6", AsOf: w.asOf(), Seed: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := d.Recommended
			if r.Verdict == discover.Constructive && !strings.Contains(r.Reason, "There is no cluster structure here: these are constructive segments.") {
				t.Errorf("the reason is %q", r.Reason)
			}
			if r.Verdict != test.verdict || test.k != 0 && r.K != test.k {
				t.Errorf("%d segments, %s: %s", r.K, r.Verdict, r.Reason)
				for _, s := range d.Solutions {
					t.Logf("k %d: stability %.3f silhouette %.3f, chance %.3f, gap %.3f ± %.3f", s.K, s.Stability.Global, s.Silhouette, s.Chance, s.Gap, s.GapError)
				}
			}
		})
	}
}
