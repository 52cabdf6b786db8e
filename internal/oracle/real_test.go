package oracle_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/demo"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
)

// retail reads the real data plainly, as a world.
func retail(t *testing.T) *generate.World {
	t.Helper()
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
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	col := func(t kreds.Type, label, name string) generate.Column {
		return generate.Column{Name: name, Label: label, Type: t, Exact: true}
	}
	w := &generate.World{
		Zone:    zone,
		From:    kreds.InstantOf(time.Date(2010, 12, 1, 0, 0, 0, 0, zone)),
		To:      kreds.InstantOf(time.Date(2011, 12, 10, 0, 0, 0, 0, zone)),
		Imports: make([]generate.Import, 1),
		Lists:   map[string][]string{"North": {"Denmark", "Norway"}, "cheap numbers": {"1", "2.5", "12"}, "shelf": {"22423", "85123A"}},
		Events: []generate.EventType{{Name: "purchase", Label: "purchase", Occasion: "invoice_no", Properties: []generate.Column{
			col(kreds.Text, "InvoiceNo", "invoice_no"), col(kreds.Text, "StockCode", "product"), col(kreds.Text, "Country", "country"),
			col(kreds.Number, "Quantity", "quantity"), col(kreds.Number, "UnitPrice", "unit_price"), col(kreds.Number, "amount", "amount"),
		}}},
	}
	number := func(s string) (kreds.Value, *big.Rat) {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		f, _ := r.Float64()
		return kreds.Value{Type: kreds.Number, Num: f}, r
	}
	texts := map[string]string{} // each kept once
	text := func(s string) kreds.Value {
		if texts[s] == "" {
			texts[strings.Clone(s)] = strings.Clone(s)
		}
		return kreds.Value{Type: kreds.Text, Text: texts[s]}
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return w
		}
		if err != nil {
			t.Fatal(err)
		}
		if row[at["CustomerID"]] == "" {
			continue
		}
		when, err := time.ParseInLocation("2006-01-02 15:04:05", row[at["InvoiceDate"]], zone)
		if err != nil {
			if when, err = time.ParseInLocation("2006-01-02 15:04", row[at["InvoiceDate"]], zone); err != nil {
				t.Fatal(err)
			}
		}
		quantity, q := number(row[at["Quantity"]])
		price, p := number(row[at["UnitPrice"]])
		amount, _ := q.Mul(q, p).Float64()
		w.Imports[0].Events = append(w.Imports[0].Events, generate.Event{
			Type: "purchase", Key: text(row[at["CustomerID"]]).Text, Time: kreds.InstantOf(when),
			Properties: map[string]kreds.Value{
				"invoice_no": text(row[at["InvoiceNo"]]), "product": text(row[at["StockCode"]]), "country": text(row[at["Country"]]),
				"quantity": quantity, "unit_price": price, "amount": {Type: kreds.Number, Num: amount},
			},
		})
	}
}

// only is the world of some customers.
func only(w *generate.World, keys map[string]bool) *generate.World {
	out := *w
	out.Imports = make([]generate.Import, 1)
	for _, e := range w.Imports[0].Events {
		if keys[e.Key] {
			out.Imports[0].Events = append(out.Imports[0].Events, e)
		}
	}
	return &out
}

// TestAgreementOnRealData: the engine, which has all of it by way of the importer,
// and the oracle say the same of some of the customers.
func TestAgreementOnRealData(t *testing.T) {
	w := retail(t)
	empty := *w
	empty.Imports = nil
	ws := open(t, &empty)
	name, contents := demo.OnlineRetail()
	b, err := io.ReadAll(contents)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	ws.imports(t, collect.Request{
		Files: []string{path}, As: "events:purchase", ID: "CustomerID", Time: "InvoiceDate", Order: "InvoiceNo",
		Map:     map[string]string{"StockCode": "product"},
		Compute: []collect.Computed{{Name: "amount", Formula: "quantity * unit_price"}},
	})
	ws.name(t)
	rng := rand.New(rand.NewPCG(1, 3))
	keys := slices.Sorted(maps.Values(ws.names[kreds.Person]))
	if len(keys) != 4372 {
		t.Fatalf("%d customers", len(keys))
	}
	some := map[string]bool{"12346": true, "14646": true}
	for len(some) < 40 {
		some[keys[rng.IntN(len(keys))]] = true
	}
	expressions := 56
	if soak() {
		expressions = 2000
	}
	agree(t, only(w, some), ws, rng, expressions, some)
}

// TestReferenceCounts: numbers of the real data that are known from elsewhere, in
// the oracle; the importer's own tests ask the engine for them.
func TestReferenceCounts(t *testing.T) {
	w := retail(t)
	o := oracle.New(w)
	asOf := w.To
	for text, want := range map[string]int{
		"everyone": 4372,
		"did purchase at least twice in 2011-11 and not did purchase after 2011-11-30": 427,
	} {
		if n := len(o.Members(parse(t, w, text), asOf)); n != want {
			t.Errorf("%s: %d, want %d", text, n, want)
		}
	}
}
