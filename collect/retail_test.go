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
