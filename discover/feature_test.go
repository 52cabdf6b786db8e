package discover_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// mixed are 600 persons with columns of every kind.
func mixed(t testing.TB, w *world) {
	t.Helper()
	const n = 600
	rng := rand.New(rand.NewPCG(3, 3))
	age, income, twice, id := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	constant, holes, nothing := make([]float64, n), make([]float64, n), make([]float64, n)
	city, name, religion, most := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i := range n {
		age[i] = 20 + 60*rng.Float64()
		income[i] = math.Exp(3 + 1.2*rng.NormFloat64())
		twice[i] = 2*age[i] + 1
		id[i] = float64(100_000 + i)
		constant[i] = 7
		holes[i], nothing[i] = math.NaN(), math.NaN()
		if i%3 > 0 {
			holes[i] = rng.NormFloat64()
		}
		city[i] = []string{"Aarhus", "Odense", "Aalborg"}[rng.IntN(3)]
		name[i] = fmt.Sprintf("Person %d", i)
		religion[i] = []string{"a", "b"}[i%2]
		most[i] = fmt.Sprintf("c%d", i%20)
	}
	w.load(t, []engine.Column{
		number("age", age), number("income", income), number("twice", twice), number("member_number", id), number("constant", constant),
		number("holes", holes), number("nothing", nothing), text("city", city), text("full_name", name), text("religion", religion), text("many", most),
	}, n, nil)
}

// TestFeatures: how columns are used by default, which are refused and why, and how
// that is changed.
func TestFeatures(t *testing.T) {
	w := open(t)
	mixed(t, w)
	find := func(t *testing.T, q discover.Request) *discover.Discovery {
		t.Helper()
		q.K, q.AsOf, q.Starts = "3", w.asOf(), 2
		d, err := w.Discover(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	feature := func(d *discover.Discovery, name string) discover.Feature {
		i := slices.IndexFunc(d.Features, func(f discover.Feature) bool { return f.Name == name })
		if i < 0 {
			return discover.Feature{}
		}
		return d.Features[i]
	}
	all := []string{"age, income, twice, member_number, constant, holes, nothing, city, full_name, religion, many"}
	d := find(t, discover.Request{On: all, Method: discover.KMeans})
	var names []string
	for _, f := range d.Features {
		names = append(names, f.Name)
	}
	if got := fmt.Sprint(names); got != "[age income holes city many]" {
		t.Errorf("features %s", got)
	}
	for _, want := range []struct{ name, why string }{
		{"twice", "the same as age"},
		{"member_number", "identifies profiles"},
		{"constant", "all values are the same"},
		{"nothing", "missing"},
		{"full_name", "identifies"},
		{"religion", "--allow-sensitive"},
	} {
		i := slices.IndexFunc(d.Refused, func(r discover.Refused) bool { return r.Name == want.name })
		if i < 0 || !strings.Contains(d.Refused[i].Reason, want.why) {
			t.Errorf("%s is refused with %v", want.name, d.Refused)
		}
	}
	if f := feature(d, "income"); !f.Log {
		t.Errorf("skewed income is used as %+v", f)
	}
	if f := feature(d, "age"); f.Log || f.Scale == 1 || math.Abs(f.Center-50) > 3 {
		t.Errorf("age is used as %+v", f)
	}
	if f := feature(d, "holes"); math.Abs(f.Missing-1./3) > .01 || f.Fill == 0 {
		t.Errorf("holes is used as %+v", f)
	}
	if f := feature(d, "many"); len(f.Levels) != 13 || f.Levels[12] != "(other)" {
		t.Errorf("many has levels %v", f.Levels)
	}

	d = find(t, discover.Request{On: []string{"age, income, religion"}, AllowSensitive: true, Use: []string{"income=winsorise"}, Scale: "robust", Method: discover.KMeans})
	if f := feature(d, "income"); f.Log || f.High == math.MaxFloat64 || feature(d, "religion").Name == "" || d.Scale != "robust" {
		t.Errorf("income is used as %+v, scale %s", f, d.Scale)
	}
	d = find(t, discover.Request{On: []string{"age, holes"}, Missing: "exclude", Method: discover.KMeans})
	if d.N != 400 || feature(d, "holes").Missing != 0 {
		t.Errorf("%d profiles without holes, %+v", d.N, feature(d, "holes"))
	}
	d = find(t, discover.Request{On: []string{"age, holes"}, Missing: "zero", Method: discover.KMeans})
	if d.N != 600 || feature(d, "holes").Fill != 0 {
		t.Errorf("%d profiles, %+v", d.N, feature(d, "holes"))
	}
	if d = find(t, discover.Request{On: []string{"age, city"}, Categories: "native"}); d.Method != discover.KPrototypes || !strings.Contains(d.Why, "as they are") {
		t.Errorf("native: %s, %s", d.Method, d.Why)
	}
	if d = find(t, discover.Request{On: []string{"age, city"}, Categories: "onehot"}); d.Method != discover.KMeans {
		t.Errorf("onehot: %s, %s", d.Method, d.Why)
	}
	// A condition on a sensitive trait is sensitive too, whatever it is called.
	if d = find(t, discover.Request{On: []string{`age, religion = "a"`}, Method: discover.KMeans}); len(d.Refused) != 1 {
		t.Errorf("refused %v", d.Refused)
	}
}

func TestSensitive(t *testing.T) {
	for name, want := range map[string]bool{
		"religion": true, "survey.panel.political_party": true, "mother tongue": true, "mother_tongue": true, "Fagforening": true, "health-score": true,
		"age": false, "total": false, "wealth": false, "country": false, "third_party_cookies": true,
	} {
		if got := discover.Sensitive(name) != ""; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestBadInput: what cannot be divided is refused with a reason, or divided with a note.
func TestBadInput(t *testing.T) {
	columns := func(n int, f func(i int) float64) engine.Column {
		v := make([]float64, n)
		for i := range v {
			v[i] = f(i)
		}
		return number("x", v)
	}
	categories := make([]string, 25_000)
	for i := range categories {
		categories[i] = "c" + strconv.Itoa(i%10_000)
	}
	tests := []struct {
		name string
		n    int
		c    engine.Column
		q    discover.Request
		want string // of the error, "" if a note is expected
		note string
	}{
		{"fewer profiles than segments", 3, columns(3, func(i int) float64 { return float64(i) * 1.5 }), discover.Request{K: "5"}, "fewer segments", ""},
		{"fewer for some k", 4, columns(4, func(i int) float64 { return float64(i*i) * 1.5 }), discover.Request{K: "2..8"}, "", "More than 4 segments are not possible"},
		{"one distinct point", 50, columns(50, func(int) float64 { return 3 }), discover.Request{K: "2"}, "all values are the same", ""},
		{"two distinct points", 50, columns(50, func(i int) float64 { return float64(i % 2) }), discover.Request{K: "3..4"}, "fewer segments", ""},
		{"all missing", 50, columns(50, func(int) float64 { return math.NaN() }), discover.Request{K: "2"}, "missing", ""},
		{"huge values", 50, columns(50, func(i int) float64 { return 1e300 * float64(i+1) }), discover.Request{K: "2"}, "too large to compare", ""},
		{"10,000 categories", 25_000, text("x", categories), discover.Request{K: "2"}, "different texts", ""},
		{"k of nothing", 50, columns(50, func(i int) float64 { return float64(i) }), discover.Request{K: "0"}, "no number of segments", ""},
		{"k backwards", 50, columns(50, func(i int) float64 { return float64(i) }), discover.Request{K: "5..2"}, "no number of segments", ""},
		{"nobody", 50, columns(50, func(i int) float64 { return float64(i) }), discover.Request{K: "2", Among: "x > 1000"}, "nobody", ""},
		{"unknown feature", 50, columns(50, func(i int) float64 { return float64(i) }), discover.Request{K: "2", On: []string{"y"}}, "unknown trait", ""},
		{"unknown method", 50, columns(50, func(i int) float64 { return float64(i) }), discover.Request{K: "2", Method: "magic"}, "no method", ""},
		{"one segment", 50, columns(50, func(i int) float64 { return math.Sqrt(float64(i)) }), discover.Request{K: "1"}, "", ""},
		{"feature used in no way", 50, columns(50, func(i int) float64 { return math.Sqrt(float64(i)) }), discover.Request{K: "2", Use: []string{"y=log"}}, "no feature", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := open(t)
			w.load(t, []engine.Column{test.c}, test.n, nil)
			q := test.q
			if q.On == nil {
				q.On = []string{"x"}
			}
			q.AsOf, q.Starts = w.asOf(), 2
			for _, m := range []discover.Method{discover.KMeans, discover.Mixture, discover.Ward, discover.KMedians, discover.KPrototypes, discover.HDBSCAN, discover.Auto} {
				if q.Method = test.q.Method; q.Method == "" {
					q.Method = m
				}
				d, err := w.Discover(t.Context(), q, nil)
				if test.want != "" {
					if err == nil || !strings.Contains(err.Error()+kreds.HintOf(err), test.want) {
						t.Errorf("%s: got %v, want it to say %q", m, err, test.want)
					}
					if c := kreds.CodeOf(err); c != kreds.CodeInvalid && c != kreds.CodeNotFound {
						t.Errorf("%s: the code is %v", m, c)
					}
					continue
				}
				if err != nil {
					// Other methods may be stricter, but must say so.
					if m == discover.KMeans || kreds.CodeOf(err) != kreds.CodeInvalid {
						t.Errorf("%s: %v", m, err)
					}
					continue
				}
				if test.note != "" && !strings.Contains(strings.Join(d.Notes, " "), test.note) {
					t.Errorf("notes %v", d.Notes)
				}
				// JSON refuses what is not finite.
				if err := w.Save(t.Context(), "it", d); err != nil {
					t.Errorf("%s: %v", m, err)
				}
			}
		})
	}
}
