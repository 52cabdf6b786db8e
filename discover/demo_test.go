package discover_test

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/demo"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// demonstrate imports bundled data as kreds demo does.
func demonstrate(t testing.TB, w *world, name string) {
	t.Helper()
	set := demo.Find(name)
	importer := collect.New(w.engine, w.state, func() time.Time { return w.now }, collect.Options{Rejects: t.TempDir(), Workers: 2})
	dir := t.TempDir()
	for _, i := range set.Imports {
		contents, err := set.Open(i.File)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(contents)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, i.File)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		q := collect.Request{Files: []string{path}, As: i.As, ID: i.ID, Time: i.Time, Order: i.Order, Map: i.Map}
		for _, c := range i.Compute {
			q.Compute = append(q.Compute, collect.Computed{Name: c[0], Formula: c[1]})
		}
		if _, err := importer.Import(t.Context(), q, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// frame evaluates columns for everybody in an expression.
func (w *world) frame(t testing.TB, among string, asOf time.Time, columns ...string) *audience.Frame {
	t.Helper()
	f, err := w.audience.Frame(t.Context(), audience.FrameRequest{Among: among, Columns: columns, AsOf: kreds.InstantOf(asOf), Buckets: engine.AllBuckets})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func close4(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

// TestOnlineRetailFigures: the web shop's customers at 2011-12-10 without cancellations
// and rows without a quantity or a price, counted by plain loops in Python; k-means on
// logarithms, scaled with n, by scikit-learn 1.9.1 with tol=0 and 300 starts. All of it
// goes the whole way, from the file to the answer.
func TestOnlineRetailFigures(t *testing.T) {
	w := open(t)
	demonstrate(t, w, "online-retail")
	end := time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC)
	clean := `purchase where (not invoice_no starts with "C" and quantity > 0 and unit_price > 0)`
	spent := "sum(amount) of " + clean
	f := w.frame(t, "did "+clean, end, "last "+clean, "count of "+clean, spent, spent+" in top 20%", spent+" in top 10%",
		strings.Replace("did "+clean, "unit_price > 0", `unit_price > 0 and country = "United Kingdom"`, 1))
	nordic := w.frame(t, `did purchase where (country in ("Denmark", "Finland", "Iceland", "Norway", "Sweden"))`, end)
	if len(f.Profiles) != 4338 || len(nordic.Profiles) != 40 || f.Columns[5].Holds.GetCardinality() != 3920 {
		t.Errorf("%d customers, %d in the Nordics, %d in the United Kingdom", len(f.Profiles), len(nordic.Profiles), f.Columns[5].Holds.GetCardinality())
	}
	var days, times, money []float64
	var sums [3]float64
	again := 0
	customers := map[string][3]float64{}
	i := 0
	for k, err := range w.engine.Keys(t.Context(), roaring.BitmapOf(f.Profiles...), false) {
		if err != nil {
			t.Fatal(err)
		}
		p := uint32(k.Profile)
		last := time.UnixMicro(f.Columns[0].Values.Int[p]).UTC()
		at := [3]float64{end.Sub(last.Truncate(24*time.Hour)).Hours() / 24, f.Columns[1].Values.Num[p], f.Columns[2].Values.Num[p]}
		customers[k.Key] = at
		days, times, money = append(days, at[0]), append(times, at[1]), append(money, at[2])
		for j, v := range at {
			sums[j] += v
		}
		if at[1] > 1 {
			again++
		}
		i++
	}
	top := func(column int) float64 {
		var sum float64
		for _, p := range f.Columns[column].Holds.ToArray() {
			sum += f.Columns[2].Values.Num[p]
		}
		return sum / sums[2]
	}
	n := float64(i)
	middle := func(v []float64) float64 {
		slices.Sort(v)
		return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	}
	for what, c := range map[string][2]float64{
		"mean days": {sums[0] / n, 93.059}, "median days": {middle(days), 51}, "invoices": {sums[1], 18532},
		"mean invoices": {sums[1] / n, 4.272}, "most invoices": {slices.Max(times), 209},
		"revenue": {sums[2] / 100, 89114.0790}, "mean revenue": {sums[2] / n, 2054.266}, "median revenue": {middle(money), 674.485},
		"bought again": {float64(again) / n, .6558}, "share of the top fifth": {top(3), .7459}, "share of the top tenth": {top(4), .6133},
	} {
		if math.Abs(c[0]-c[1]) > .0006 {
			t.Errorf("%s: %v, want %v", what, c[0], c[1])
		}
	}
	for key, want := range map[string][3]float64{"12346": {326, 1, 77183.60}, "12347": {3, 7, 4310}, "14646": {2, 73, 280206.02}} {
		if got := customers[key]; got[0] != want[0] || got[1] != want[1] || math.Abs(got[2]-want[2]) > .005 {
			t.Errorf("customer %s: %v, want %v", key, got, want)
		}
	}
	d, err := w.Discover(t.Context(), discover.Request{
		On: []string{"last " + clean, "count of " + clean, spent}, Among: "did " + clean, Method: discover.KMeans,
		Transform: "log", Scale: "z", K: "2..6", Starts: 40, Seed: 1, AsOf: kreds.InstantOf(end),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{6380.0198657, 4838.5114432, 3930.3970178, 3349.5717802, 2883.1925800} {
		if got := d.Solutions[i].WithinSS; math.Abs(got-want) > 1e-4*want {
			t.Errorf("within SS of %d: %.4f, want %.4f", i+2, got, want)
		}
	}
	s := d.Solutions[2]
	for i, want := range []int64{1504, 1239, 833, 762} {
		// Several optima are within a millionth of each other.
		if s.Sizes[i] < want-6 || s.Sizes[i] > want+6 {
			t.Errorf("sizes %v", s.Sizes)
		}
	}
	if math.Abs(s.Silhouette-.33172) > 2e-4 || math.Abs(s.DaviesBouldin-1.02484) > 2e-3 || math.Abs(s.CalinskiHarabasz-3338.792) > .01 {
		t.Errorf("within SS %.6f, %v, silhouette %.5f, Davies–Bouldin %.5f, Calinski–Harabasz %.3f", s.WithinSS, s.Sizes, s.Silhouette, s.DaviesBouldin, s.CalinskiHarabasz)
	}
	for i, want := range []float64{.43157, .33488} {
		if got := d.Solutions[i].Silhouette; !close4(got, want) {
			t.Errorf("silhouette of %d: %.5f, want %.5f", i+2, got, want)
		}
	}
}

// TestCompleteJourneyFigures: who handed in a coupon of a campaign they were sent, by
// income, and what the best fifth of the households buys; counted by plain loops in R
// and Python.
func TestCompleteJourneyFigures(t *testing.T) {
	w := open(t)
	demonstrate(t, w, "complete-journey")
	end := time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC)
	columns := []string{"income"}
	for c := 1; c <= 27; c++ {
		sent := fmt.Sprintf(`did mailing where (campaign = "%d")`, c)
		columns = append(columns, sent, sent+fmt.Sprintf(` and did redemption where (campaign = "%d")`, c))
	}
	f := w.frame(t, "everyone", end, columns...)
	type rate struct{ redeemed, sent int }
	all, of18, incomes := rate{}, rate{}, map[string]rate{}
	income := f.Columns[0].Values
	for c := range 27 {
		sent, redeemed := f.Columns[1+2*c].Holds, f.Columns[2+2*c].Holds
		for _, p := range sent.ToArray() {
			r := rate{0, 1}
			if redeemed.Contains(p) {
				r.redeemed = 1
			}
			all.redeemed, all.sent = all.redeemed+r.redeemed, all.sent+1
			if c == 17 {
				of18.redeemed, of18.sent = of18.redeemed+r.redeemed, of18.sent+1
			}
			if income.Known.Has(p) {
				name := income.Dict[income.Code[p]]
				incomes[name] = rate{incomes[name].redeemed + r.redeemed, incomes[name].sent + 1}
			}
		}
	}
	if all != (rate{792, 6589}) || of18 != (rate{214, 1133}) {
		t.Errorf("%+v of all, %+v of campaign 18", all, of18)
	}
	for name, want := range map[string]float64{"150-174K": .2222, "50-74K": .2108, "15-24K": .0918, "250K+": .0411} {
		if got := float64(incomes[name].redeemed) / float64(incomes[name].sent); !close4(got, want) {
			t.Errorf("of %s, %.4f, want %.4f", name, got, want)
		}
	}
	if got := incomes["250K+"].sent; got != 73 {
		t.Errorf("%d mailings to the richest, want 73", got)
	}
	spent := w.frame(t, "did purchase", end, "sum(sales_value) of purchase", "sum(sales_value) of purchase in top 20%", "age is known")
	var sum, best float64
	for _, p := range spent.Profiles {
		v := spent.Columns[0].Values.Num[p]
		sum += v
		if spent.Columns[1].Holds.Contains(p) {
			best += v
		}
	}
	if len(spent.Profiles) != 2377 || math.Abs(sum-233935.24) > .005 || math.Abs(best/sum-.54) > .001 || spent.Columns[2].Holds.GetCardinality() != 801 {
		t.Errorf("%d households buy for %.2f, the best fifth %.4f of it; %d have an age", len(spent.Profiles), sum, best/sum, spent.Columns[2].Holds.GetCardinality())
	}
}
