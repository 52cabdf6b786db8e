package demo_test

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/demo"
	"github.com/kreds/kreds/segment"
)

func TestSegmentsReadWell(t *testing.T) {
	for _, set := range demo.Sets {
		for _, s := range set.Segments {
			e, err := segment.Parse(s.Expression)
			if err != nil {
				t.Errorf("%s: %s: %v", set.Name, s.Name, err)
				continue
			}
			if got := e.String(); got != s.Expression {
				t.Errorf("%s: %s is printed as %s", set.Name, s.Name, got)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range []string{"complete-journey", "Complete_Journey"} {
		if s := demo.Find(name); s == nil || s.Title != "Complete Journey" {
			t.Errorf("%q finds %v", name, s)
		}
	}
	if s := demo.Find("nothing"); s != nil {
		t.Errorf("finds %s", s.Name)
	}
}

// read returns a file's columns by name.
func read(t *testing.T, s *demo.Set, file string) map[string][]string {
	t.Helper()
	contents, err := s.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(contents)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			out[name] = append(out[name], row[i])
		}
	}
	return out
}

func distinct(values []string) int {
	values = slices.Clone(values)
	slices.Sort(values)
	return len(slices.Compact(values))
}

// The numbers of rows are those that the R package completejourney states; the
// others were counted in its files.
func TestCompleteJourneyIsComplete(t *testing.T) {
	set := demo.Find("complete-journey")
	sales := read(t, set, "transactions_sample.csv.gz")
	mailings := read(t, set, "campaigns.csv.gz")
	got := map[string]int{
		"lines": len(sales["basket_id"]), "households": distinct(sales["household_id"]), "baskets": distinct(sales["basket_id"]),
		"products sold": distinct(sales["product_id"]), "stores": distinct(sales["store_id"]),
		"products":     len(read(t, set, "products.csv.gz")["product_id"]),
		"demographics": len(read(t, set, "demographics.csv.gz")["household_id"]),
		"mailings":     len(mailings["household_id"]), "campaigns": distinct(mailings["campaign_id"]), "types": distinct(mailings["campaign_type"]),
		"coupons": len(read(t, set, "coupon_redemptions.csv.gz")["coupon_upc"]),
	}
	want := map[string]int{
		"lines": 75_000, "households": 2_377, "baskets": 47_243, "products sold": 20_902, "stores": 293, "products": 92_331,
		"demographics": 801, "mailings": 6_589, "campaigns": 27, "types": 3, "coupons": 2_102,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the data differs (-want +got):\n%s", d)
	}
	for _, i := range set.Imports {
		if !set.Has(i.File) {
			t.Errorf("%s is not the set's", i.File)
		}
		columns := read(t, set, i.File)
		for _, name := range []string{i.ID, i.Time, i.Order} {
			if name != "" && columns[name] == nil {
				t.Errorf("%s has no column %q", i.File, name)
			}
		}
	}
}

// The figures of Online Retail were counted by plain loops in Python in the file that
// the UCI Machine Learning Repository has.
func TestOnlineRetailIsComplete(t *testing.T) {
	c := read(t, demo.Find("online-retail"), "online_retail.csv.gz")
	cancelled, unknown, total, nordic, nordicCustomers := map[string]bool{}, 0, 0.0, map[string]int{}, map[string]bool{}
	clean := 0
	for i, invoice := range c["InvoiceNo"] {
		quantity, err := strconv.ParseFloat(c["Quantity"][i], 64)
		if err != nil {
			t.Fatal(err)
		}
		price, err := strconv.ParseFloat(c["UnitPrice"][i], 64)
		if err != nil {
			t.Fatal(err)
		}
		total += quantity * price
		customer, country := c["CustomerID"][i], c["Country"][i]
		if strings.HasPrefix(invoice, "C") {
			cancelled[invoice] = true
		}
		switch {
		case customer == "":
			unknown++
		case !strings.HasPrefix(invoice, "C") && quantity > 0 && price > 0:
			clean++
			if slices.Contains([]string{"Denmark", "Finland", "Iceland", "Norway", "Sweden"}, country) {
				nordic[country]++
				nordicCustomers[customer] = true
			}
		}
	}
	got := map[string]int{
		"lines": len(c["InvoiceNo"]), "invoices": distinct(c["InvoiceNo"]), "cancelled": len(cancelled),
		"customers": distinct(c["CustomerID"]) - 1, "without a customer": unknown, "stock codes": distinct(c["StockCode"]),
		"countries": distinct(c["Country"]), "clean lines": clean, "Nordic customers": len(nordicCustomers),
	}
	want := map[string]int{
		"lines": 541_909, "invoices": 25_900, "cancelled": 3_836, "customers": 4_372, "without a customer": 135_080, "stock codes": 4_070,
		"countries": 38, "clean lines": 397_884, "Nordic customers": 40,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the data differs (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]int{"Norway": 1071, "Finland": 685, "Sweden": 451, "Denmark": 380, "Iceland": 182}, nordic); d != "" {
		t.Errorf("clean lines in the Nordics (-want +got):\n%s", d)
	}
	if math.Abs(total-9_747_747.93) > .01 {
		t.Errorf("all lines come to %.2f", total)
	}
	if first, last := slices.Min(c["InvoiceDate"]), slices.Max(c["InvoiceDate"]); first != "2010-12-01 08:26:00" || last != "2011-12-09 12:50:00" {
		t.Errorf("from %s to %s", first, last)
	}
}
