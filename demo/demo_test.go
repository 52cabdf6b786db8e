package demo_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/demo"
)

// The numbers are those that the source states of the whole data set.
func TestOnlineRetailIsComplete(t *testing.T) {
	_, contents := demo.OnlineRetail()
	z, err := gzip.NewReader(contents)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	distinct := map[string]map[string]bool{}
	for h := range at {
		distinct[strings.Clone(h)] = map[string]bool{}
	}
	type facts struct{ Lines, Anonymous, Invoices, Cancelled, Customers, Products, Countries int }
	var got facts
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.Lines++
		if row[at["CustomerID"]] == "" {
			got.Anonymous++
		}
		for h, i := range at {
			if v := row[i]; v != "" && !distinct[h][v] {
				distinct[h][strings.Clone(v)] = true
			}
		}
	}
	for invoice := range distinct["InvoiceNo"] {
		got.Invoices++
		if strings.HasPrefix(invoice, "C") {
			got.Cancelled++
		}
	}
	got.Customers, got.Products, got.Countries = len(distinct["CustomerID"]), len(distinct["StockCode"]), len(distinct["Country"])
	want := facts{
		Lines: 541_909, Anonymous: 135_080, Invoices: 25_900, Cancelled: 3_836,
		Customers: 4_372, Products: 4_070, Countries: 38,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the data differs (-want +got):\n%s", diff)
	}
}
