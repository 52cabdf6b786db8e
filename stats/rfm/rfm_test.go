package rfm

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
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

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// orders sums up 4,906 orders of 995 customers as of 2006-12-31.
func orders(t *testing.T) []Customer {
	asOf := time.Date(2006, 12, 31, 0, 0, 0, 0, time.UTC)
	var customers []Customer
	for _, r := range read(t, "rfm_orders.csv") {
		id := int(number(t, r[0]))
		for len(customers) < id {
			customers = append(customers, Customer{Recency: math.Inf(1)})
		}
		at, err := time.Parse(time.DateOnly, r[1])
		if err != nil {
			t.Fatal(err)
		}
		c := &customers[id-1]
		c.Recency = min(c.Recency, asOf.Sub(at).Hours()/24)
		c.Frequency++
		c.Monetary += number(t, r[2])
	}
	return customers
}

// names are the R package's for ours.
var names = map[string]string{
	"champions": "Champions", "potential loyalists": "Potential Loyalist", "loyal customers": "Loyal Customers",
	"promising": "Promising", "new customers": "New Customers", "cannot lose them": "Can't Lose Them", "at risk": "At Risk",
	"need attention": "Need Attention", "about to sleep": "About To Sleep", "hibernating": "Lost",
}

// TestOrders: R package rfm 0.3.0 on its rfm_data_orders.
func TestOrders(t *testing.T) {
	customers := orders(t)
	r, err := Compute(customers, Options{Ties: PlusOne})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want []float64 }{
		"recency":   {r.Recency, []float64{115, 181, 297.4, 482}},
		"frequency": {r.Frequency, []float64{4, 5, 6, 8}},
		"monetary":  {r.Monetary, []float64{255.8, 382, 506.4, 666}},
	} {
		for i, want := range c.want {
			if math.Abs(c.got[i]-want) > 1e-9 {
				t.Errorf("%s: cut %d is %v, want %v", name, i, c.got[i], want)
			}
		}
	}
	groups := map[string]int{}
	for i, row := range read(t, "rfm_reference.csv") {
		if got, want := r.Scores[i].Code(), int(number(t, row[4])); got != want {
			t.Fatalf("customer %d scores %d, want %d", i+1, got, want)
		}
		if got := names[r.Groups[i]]; got != row[5] {
			t.Fatalf("customer %d (%d) is %q, want %q", i+1, r.Scores[i].Code(), got, row[5])
		}
		groups[r.Groups[i]]++
	}
	want := map[string]int{
		"potential loyalists": 342, "loyal customers": 170, "hibernating": 148, "new customers": 104, "about to sleep": 102,
		"cannot lose them": 47, "champions": 35, "at risk": 28, "need attention": 10, "promising": 9,
	}
	if d := cmp.Diff(want, groups); d != "" {
		t.Error(d)
	}
}

// TestTies: a value that most customers share is a low one.
func TestTies(t *testing.T) {
	var customers []Customer
	for i := range 10 {
		customers = append(customers, Customer{float64(i), 1, 1})
	}
	customers[9].Frequency = 7
	r, err := Compute(customers, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Scores[0].Frequency; got != 1 {
		t.Errorf("a frequency of 1 scores %d, want 1", got)
	}
	if got := r.Scores[9]; got.Frequency != 5 || got.Recency != 1 {
		t.Errorf("the frequent one scores %+v", got)
	}
}

func TestUnreachable(t *testing.T) {
	if got := Unreachable(Rules(5), 5); len(got) != 0 {
		t.Errorf("unreachable: %v", got)
	}
	hidden := append([]Rule{{"all", Range{1, 5}, Range{1, 5}, Range{1, 5}}}, Rules(5)[:1]...)
	if d := cmp.Diff([]string{"champions"}, Unreachable(hidden, 5)); d != "" {
		t.Error(d)
	}
}

func TestRefuses(t *testing.T) {
	some := []Customer{{1, 2, 3}}
	for name, c := range map[string]struct {
		customers []Customer
		o         Options
	}{
		"nobody":          {nil, Options{}},
		"one bin":         {some, Options{Bins: 1}},
		"not a number":    {[]Customer{{math.NaN(), 1, 1}}, Options{}},
		"infinite":        {[]Customer{{1, math.Inf(1), 1}}, Options{}},
		"too few cuts":    {some, Options{Recency: []float64{1}}},
		"descending cuts": {some, Options{Recency: []float64{4, 3, 2, 1}}},
	} {
		if _, err := Compute(c.customers, c.o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
