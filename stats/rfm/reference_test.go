package rfm

import (
	"compress/gzip"
	"encoding/csv"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted is a code of scores and how many customers have it.
type counted struct{ code, customers int }

// TestOrderScores: R package rfm 0.3.0 on its rfm_data_orders. Its scores follow from
// the whole file, so the counts are exact.
func TestOrderScores(t *testing.T) {
	customers := orders(t)
	r, err := Compute(customers, Options{Ties: PlusOne})
	if err != nil {
		t.Fatal(err)
	}
	var got [3][]int
	for i := range got {
		got[i] = make([]int, 5)
	}
	codes := map[int]int{}
	bought := 0.0
	for i, s := range r.Scores {
		got[0][s.Recency-1]++
		got[1][s.Frequency-1]++
		got[2][s.Monetary-1]++
		codes[s.Code()]++
		bought += customers[i].Frequency
	}
	want := [3][]int{{197, 200, 199, 199, 200}, {268, 187, 176, 244, 120}, {200, 200, 198, 202, 195}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("customers by score (-want +got):\n%s", d)
	}
	if len(r.Scores) != 995 || bought != 4906 || len(codes) != 92 {
		t.Errorf("%d customers, %v orders, %d codes", len(r.Scores), bought, len(codes))
	}
	var most []counted
	for code, n := range codes {
		most = append(most, counted{code, n})
	}
	slices.SortFunc(most, func(a, b counted) int { return b.customers - a.customers })
	if d := cmp.Diff([]counted{{111, 75}, {555, 35}, {455, 32}}, most[:3], cmp.AllowUnexported(counted{})); d != "" {
		t.Errorf("the most frequent codes (-want +got):\n%s", d)
	}
	// The customer of the package's README: 205 days, 6 orders, 472 in value.
	at := slices.Index(customers, Customer{205, 6, 472})
	if at < 0 || r.Scores[at] != (Score{3, 4, 3}) {
		t.Errorf("customer %d scores %+v", at, r.Scores[max(at, 0)])
	}
}

// second is the table of the package's tests/testthat/test-rfm-segment.R, of which the
// first rule that fits counts.
var second = []Rule{
	{"champions", Range{4, 5}, Range{4, 5}, Range{4, 5}},
	{"loyal customers", Range{2, 5}, Range{3, 5}, Range{3, 5}},
	{"potential loyalists", Range{3, 5}, Range{1, 3}, Range{1, 3}},
	{"new customers", Range{4, 5}, Range{1, 1}, Range{1, 1}},
	{"promising", Range{3, 4}, Range{1, 1}, Range{1, 1}},
	{"need attention", Range{2, 3}, Range{2, 3}, Range{2, 3}},
	{"about to sleep", Range{2, 3}, Range{1, 2}, Range{1, 2}},
	{"at risk", Range{1, 2}, Range{2, 5}, Range{2, 5}},
	{"cannot lose them", Range{1, 1}, Range{4, 5}, Range{4, 5}},
	{"hibernating", Range{1, 2}, Range{1, 2}, Range{1, 2}},
}

// TestSecondTable: customers, orders and revenue of the champions as that test states
// them, the other groups by the package; the rules that nobody can reach are named.
func TestSecondTable(t *testing.T) {
	customers := orders(t)
	r, err := Compute(customers, Options{Ties: PlusOne, Rules: second})
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]int{}
	var bought, revenue float64
	for i, g := range r.Groups {
		groups[g]++
		if g == "champions" {
			bought += customers[i].Frequency
			revenue += customers[i].Monetary
		}
	}
	want := map[string]int{
		"champions": 158, "loyal customers": 278, "potential loyalists": 229, "hibernating": 111, "at risk": 86,
		"about to sleep": 50, Others: 48, "need attention": 35,
	}
	if d := cmp.Diff(want, groups); d != "" {
		t.Errorf("groups (-want +got):\n%s", d)
	}
	if bought != 1234 || revenue != 120178 {
		t.Errorf("the champions have %v orders and a revenue of %v", bought, revenue)
	}
	if d := cmp.Diff([]string{"new customers", "promising", "cannot lose them"}, Unreachable(second, 5)); d != "" {
		t.Errorf("unreachable (-want +got):\n%s", d)
	}
	// The order matters: with the three first they have customers.
	first := slices.Concat(second[3:5], second[8:9], second[:3], second[5:8], second[9:])
	if got := Unreachable(first, 5); len(got) != 0 {
		t.Errorf("with the narrow rules first, unreachable: %v", got)
	}
	covered := 0
	for code := range 125 {
		if Group(Score{code/25 + 1, code/5%5 + 1, code%5 + 1}, second) != Others {
			covered++
		}
	}
	if got := Uncovered(second, 5); got != 125-covered || got == 0 {
		t.Errorf("%d scores are in no group, counted %d", got, 125-covered)
	}
}

// TestCustomers: R package rfm 0.3.0 on its rfm_data_customer, where recency, number of
// orders and revenue stand for each of 39,999 customers.
func TestCustomers(t *testing.T) {
	f, err := os.Open("../testdata/rfm_customers.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var customers []Customer
	bought := 0.0
	for _, row := range rows[1:] {
		c := Customer{number(t, row[0]), number(t, row[1]), number(t, row[2])}
		bought += c.Frequency
		customers = append(customers, c)
	}
	if len(customers) != 39_999 || bought != 393_223 {
		t.Errorf("%d customers with %v orders", len(customers), bought)
	}
	r, err := Compute(customers, Options{Ties: PlusOne})
	if err != nil {
		t.Fatal(err)
	}
	got := [][]float64{r.Recency, r.Frequency, r.Monetary}
	want := [][]float64{{77, 126, 177, 266}, {8, 10, 11, 13}, {641, 827, 1003, 1226}}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); d != "" {
		t.Errorf("cut points (-want +got):\n%s", d)
	}
	// The reference lists the sizes alone, the largest first.
	groups := map[string]int{}
	for _, g := range r.Groups {
		groups[g]++
	}
	if groups[Others] != 68 {
		t.Errorf("%d customers have no group", groups[Others])
	}
	delete(groups, Others)
	sizes := slices.Sorted(maps.Values(groups))
	slices.Reverse(sizes)
	if d := cmp.Diff([]int{12762, 6965, 5535, 4475, 4095, 2081, 1571, 1471, 679, 297}, sizes); d != "" {
		t.Errorf("sizes of the groups (-want +got):\n%s", d)
	}
}

// cells are rules that name single scores, as pymc-marketing does.
func cells(named map[string]string) []Rule {
	var rules []Rule
	for name, codes := range named {
		for code := range strings.FieldsSeq(codes) {
			at := func(i int) Range { return Range{int(code[i] - '0'), int(code[i] - '0')} }
			rules = append(rules, Rule{name, at(0), at(1), at(2)})
		}
	}
	return rules
}

// TestQuartiles: pymc-marketing's rfm_segments on the six customers of its tests
// (tests/clv/test_utils.py), as of their last order: days since the last order, days
// with orders, and mean value of these days. Each score has a name of its own.
func TestQuartiles(t *testing.T) {
	customers := []Customer{{0, 2, 1.5}, {36, 1, 2}, {32, 3, 3}, {1, 3, 6}, {19, 3, 4}, {4, 1, 5}}
	for _, c := range []struct {
		named map[string]string
		want  []string
	}{
		{map[string]string{
			"premium":     "334 443 444 344 434 433 343 333",
			"repeat":      "244 234 232 332 143 233 243",
			"top spender": "424 414 144 314 324 124 224 423 413 133 323 313 134",
			"at risk":     "422 223 212 122 222 132 322 312 412 123 214",
			"inactive":    "411 111 113 114 112 211 311",
		}, []string{Others, "inactive", "at risk", "premium", "repeat", "top spender"}},
		{map[string]string{"mine": "111 222 333 444"}, []string{Others, "mine", Others, Others, Others, Others}},
	} {
		r, err := Compute(customers, Options{Bins: 4, Rules: cells(c.named)})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, r.Groups); d != "" {
			t.Errorf("groups (-want +got):\n%s", d)
		}
	}
}
