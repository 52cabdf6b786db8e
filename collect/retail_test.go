package collect_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/demo"
)

func retail(t *testing.T, w *workspace) string {
	t.Helper()
	name, contents := demo.OnlineRetail()
	b, err := io.ReadAll(contents)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.files, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOnlineRetail(t *testing.T) {
	w := newWorkspace(t)
	r := collect.Request{
		Files: []string{retail(t, w)}, As: "events:purchase", ID: "CustomerID", Time: "InvoiceDate", Order: "InvoiceNo",
		Compute: []collect.Computed{{Name: "amount", Formula: "quantity * unit_price"}},
	}
	got := w.imports(r)
	if got.Import.Rows != 541_909-135_080 || got.Import.Rejected != 135_080 || got.Import.Created != 4_372 {
		t.Errorf("rows %d, rejected %d, created %d", got.Import.Rows, got.Import.Rejected, got.Import.Created)
	}
	const question = "did purchase at least twice in 2011-11 and not did purchase after 2011-11-30"
	if n := w.count(question, "2011-12-09"); n != 427 {
		t.Errorf("%d customers, want 427", n)
	}
	if n := w.count(`did purchase where (not invoice_no starts with "C") at least twice in 2011-11 and not did purchase where (not invoice_no starts with "C") after 2011-11-30`, "2011-12-09"); n != 344 {
		t.Errorf("%d customers without cancellations, want 344", n)
	}
	// Sales are the lines that were not cancelled, with a quantity and a price: the
	// usual cleaning of these data, after which its counts are known from elsewhere.
	const sale = `where (not invoice_no starts with "C" and quantity > 0 and unit_price > 0)`
	for question, want := range map[string]int64{
		"everyone":             4372,
		"did purchase " + sale: 4338,
		`did purchase where (country = "United Kingdom" and not invoice_no starts with "C" and quantity > 0 and unit_price > 0)`: 3920,
		`did purchase where (country in list "Nordics")`: 40,
		"did purchase " + sale + " at least twice":       2845, // 65.58 % bought again
		"count of purchase " + sale + " >= 209":          1,    // the most invoices
		"count of purchase " + sale + " > 209":           0,
		`profile.key = "12346" and sum(amount) of purchase ` + sale + " = 77183.60 and count of purchase " + sale + " = 1":   1,
		`profile.key = "12347" and sum(amount) of purchase ` + sale + " = 4310 and count of purchase " + sale + " = 7":       1,
		`profile.key = "14646" and sum(amount) of purchase ` + sale + " = 280206.02 and count of purchase " + sale + " = 73": 1,
		// Days since the last purchase are counted to 10 December.
		`profile.key = "12346" and last purchase ` + sale + " on 2011-01-18": 1,
		// Half of the 4,338 spent more than 674.485, which is between two of them.
		"sum(amount) of purchase " + sale + " > 674.485 and did purchase " + sale: 2169,
		"sum(amount) of purchase " + sale + " in top 20%":                         868,
	} {
		if n := w.count(question, "2011-12-09"); n != want {
			t.Errorf("%s: %d, want %d", question, n, want)
		}
	}
	again := w.imports(r)
	if !again.Already || again.Import.ID != got.Import.ID {
		t.Errorf("again: %+v", again)
	}
	if err := w.importer.Undo(context.Background(), got.Import.ID); err != nil {
		t.Fatal(err)
	}
	cat, err := w.engine.Catalogue(context.Background())
	if err != nil || len(cat.Events) != 0 {
		t.Errorf("after undo: %v, %v", cat, err)
	}
}
