package discover_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/stats/rfm"
)

func readCSV(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "stats", "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// orders are the 4,906 orders of 995 customers that come with the R package rfm.
func orders(t testing.TB, w *world) {
	t.Helper()
	b := &engine.EventBatch{Event: "purchase", Label: "purchase"}
	amount := engine.Column{Name: "amount", Label: "amount", Type: kreds.Number, Exact: true}
	for _, r := range readCSV(t, "rfm_orders.csv") {
		at, err := time.Parse(time.DateOnly, r[1])
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		id, err := strconv.Atoi(r[0])
		if err != nil {
			t.Fatal(err)
		}
		b.Keys.Append([]byte(key(id - 1)))
		b.Time = append(b.Time, kreds.InstantOf(at))
		amount.Int = append(amount.Int, int64(math.Round(v*1e4)))
	}
	b.Properties = []engine.Column{amount}
	w.load(t, nil, 995, b)
}

// TestRFMMatchesTheReference holds scores and groups to those of the R package rfm 0.3.0
// on its rfm_data_orders, as of 2006-12-31.
func TestRFMMatchesTheReference(t *testing.T) {
	w := open(t)
	orders(t, w)
	asOf := kreds.InstantOf(time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC))
	r, err := w.ScoreRFM(t.Context(), discover.RFMRequest{Ties: "plus-one", AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]float64{{115, 181, 297.4, 482}, {4, 5, 6, 8}, {255.8, 382, 506.4, 666}} {
		for j, got := range [][]float64{r.Recency, r.Frequency, r.Monetary}[i] {
			if math.Abs(got-want[j]) > 1e-9 {
				t.Errorf("cut points %d: %v, want %v", i, got, want)
			}
		}
	}
	var out strings.Builder
	if err := w.WriteCSV(t.Context(), r, &out); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"key", "observed", "rfm.recency", "rfm.frequency", "rfm.monetary", "rfm.group"}; cmp.Diff(want, rows[0]) != "" {
		t.Error(rows[0])
	}
	scores := map[string]string{}
	for _, row := range rows[1:] {
		scores[row[0]] = row[2] + row[3] + row[4]
		if row[1] != "2006-12-30T23:59:59.999999Z" {
			t.Fatalf("observed at %s", row[1])
		}
	}
	for i, row := range readCSV(t, "rfm_reference.csv") {
		if got := scores[key(i)]; got != row[4] {
			t.Fatalf("customer %d scores %s, want %s", i+1, got, row[4])
		}
	}
	want := map[string]int64{
		"potential loyalists": 342, "loyal customers": 170, "hibernating": 148, "new customers": 104, "about to sleep": 102,
		"cannot lose them": 47, "champions": 35, "at risk": 28, "need attention": 10, "promising": 9, "others": 0,
	}
	got := map[string]int64{}
	var sum float64
	for _, g := range r.Groups {
		got[g.Name] = g.Members
		sum += g.Sum
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var cells int64
	for _, c := range r.Cells {
		cells += c.Members
	}
	if cells != 995 || math.Abs(sum-464158) > .005 {
		t.Errorf("%d in the grid, %v in value", cells, sum)
	}
}

// TestHiddenGroupsAreWarnedOf: of the table of the same package's test-rfm-segment.R,
// whose champions have 158 customers and a revenue of 120,178, three rules are hidden by
// those before them.
func TestHiddenGroupsAreWarnedOf(t *testing.T) {
	w := open(t)
	orders(t, w)
	table := &discover.RFMTable{Bins: 5}
	for _, r := range []struct {
		name    string
		r, f, m rfm.Range
	}{
		{"Champions", rfm.Range{From: 4, To: 5}, rfm.Range{From: 4, To: 5}, rfm.Range{From: 4, To: 5}},
		{"Loyal Customers", rfm.Range{From: 2, To: 5}, rfm.Range{From: 3, To: 5}, rfm.Range{From: 3, To: 5}},
		{"Potential Loyalist", rfm.Range{From: 3, To: 5}, rfm.Range{From: 1, To: 3}, rfm.Range{From: 1, To: 3}},
		{"New Customers", rfm.Range{From: 4, To: 5}, rfm.Range{From: 1, To: 1}, rfm.Range{From: 1, To: 1}},
		{"Promising", rfm.Range{From: 3, To: 4}, rfm.Range{From: 1, To: 1}, rfm.Range{From: 1, To: 1}},
		{"Need Attention", rfm.Range{From: 2, To: 3}, rfm.Range{From: 2, To: 3}, rfm.Range{From: 2, To: 3}},
		{"About To Sleep", rfm.Range{From: 2, To: 3}, rfm.Range{From: 1, To: 2}, rfm.Range{From: 1, To: 2}},
		{"At Risk", rfm.Range{From: 1, To: 2}, rfm.Range{From: 2, To: 5}, rfm.Range{From: 2, To: 5}},
		{"Can't Lose Them", rfm.Range{From: 1, To: 1}, rfm.Range{From: 4, To: 5}, rfm.Range{From: 4, To: 5}},
		{"Lost", rfm.Range{From: 1, To: 2}, rfm.Range{From: 1, To: 2}, rfm.Range{From: 1, To: 2}},
	} {
		table.Rules = append(table.Rules, rfm.Rule{Name: r.name, Recency: r.r, Frequency: r.f, Monetary: r.m})
	}
	if err := w.SetRFMTable(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	r, err := w.ScoreRFM(t.Context(), discover.RFMRequest{Ties: "plus-one", AsOf: kreds.InstantOf(time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC))})
	if err != nil {
		t.Fatal(err)
	}
	if g := r.Groups[0]; g.Name != "Champions" || g.Members != 158 || math.Abs(g.Sum-120178) > .005 {
		t.Errorf("%+v", g)
	}
	for _, said := range []string{strings.Join(r.Notes, "\n"), strings.Join(table.Warnings(), "\n")} {
		for _, want := range []string{`in the group "New Customers"`, `in the group "Promising"`, `in the group "Can't Lose Them"`, "are in no group"} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %q:\n%s", want, said)
			}
		}
	}
}

func TestRFMRefusals(t *testing.T) {
	w := open(t)
	orders(t, w)
	tests := []struct {
		name string
		q    discover.RFMRequest
		want string
	}{
		{"bins", discover.RFMRequest{Bins: 12}, "out of range"},
		{"one cut too many", discover.RFMRequest{Bins: 3, Recency: []float64{1, 2, 3}}, "do not make 3 bins"},
		{"descending", discover.RFMRequest{Monetary: []float64{4, 3, 2, 1}}, "not ascending"},
		{"not a number", discover.RFMRequest{Bins: 2, Frequency: []float64{math.NaN()}}, "not ascending"},
		{"ties", discover.RFMRequest{Ties: "up"}, "ties"},
		{"nobody", discover.RFMRequest{AsOf: kreds.InstantOf(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC))}, "nobody"},
		{"event", discover.RFMRequest{Event: "purchse"}, "no event"},
		{"value", discover.RFMRequest{Value: "weight"}, "no number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.q.AsOf == 0 {
				test.q.AsOf = w.asOf()
			}
			_, err := w.ScoreRFM(t.Context(), test.q)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want it to say %q", err, test.want)
			}
			if c := kreds.CodeOf(err); c != kreds.CodeInvalid && c != kreds.CodeNotFound {
				t.Errorf("the code is %v", c)
			}
		})
	}
}

// TestRFMGroupsCanBeChanged: a table of one's own names groups, is checked, and goes.
func TestRFMGroupsCanBeChanged(t *testing.T) {
	w := open(t)
	orders(t, w)
	all := rfm.Range{From: 1, To: 3}
	own := &discover.RFMTable{Bins: 3, Rules: []rfm.Rule{
		{Name: "best", Recency: rfm.Range{From: 3, To: 3}, Frequency: rfm.Range{From: 3, To: 3}, Monetary: all},
		{Name: "recent", Recency: rfm.Range{From: 3, To: 3}, Frequency: all, Monetary: all},
		{Name: "never", Recency: rfm.Range{From: 3, To: 3}, Frequency: rfm.Range{From: 1, To: 2}, Monetary: all},
	}}
	if err := w.SetRFMTable(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	warnings := strings.Join(own.Warnings(), "\n")
	for _, want := range []string{`Nobody can be in the group "never"`, `"recent" and "never" share 6 of 27`, "18 of 27 scores are in no group"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("the warnings do not say %q:\n%s", want, warnings)
		}
	}
	r, err := w.ScoreRFM(t.Context(), discover.RFMRequest{Bins: 3, AsOf: w.asOf()})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	if fmt.Sprint(names) != "[best recent never others]" || r.Groups[0].Members == 0 || r.Groups[2].Members != 0 {
		t.Errorf("groups %+v", r.Groups)
	}
	if _, err := w.ScoreRFM(t.Context(), discover.RFMRequest{AsOf: w.asOf()}); err == nil || !strings.Contains(err.Error(), "written for 3 bins") {
		t.Errorf("five bins: %v", err)
	}
	for name, bad := range map[string]*discover.RFMTable{
		"no groups": {Bins: 5},
		"bins":      {Bins: 1, Rules: own.Rules},
		"range":     {Bins: 5, Rules: []rfm.Rule{{Name: "x", Recency: rfm.Range{From: 4, To: 6}, Frequency: all, Monetary: all}}},
		"twice":     {Bins: 3, Rules: []rfm.Rule{own.Rules[0], own.Rules[0]}},
		"others":    {Bins: 3, Rules: []rfm.Rule{{Name: "Others", Recency: all, Frequency: all, Monetary: all}}},
	} {
		if err := w.SetRFMTable(t.Context(), bad); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.SetRFMTable(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if table, err := w.RFMTable(t.Context()); err != nil || table != nil {
		t.Errorf("%v, %v", table, err)
	}
}
