package duckdb

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// everything reads all rows of an event as text, in the order that they come.
func everything(t *testing.T, db *DB, q fold.Table, b engine.Buckets) []string {
	t.Helper()
	var out []string
	err := db.Read(t.Context(), func(d fold.Data) error {
		return d.Rows(t.Context(), &fold.RowsQuery{Tables: []fold.Table{q}, Buckets: b, Workers: 1}, func(_ int, batch *fold.Batch) error {
			r := &batch.Tables[0]
			for i, p := range r.Profile {
				line := fmt.Sprint(p, " ", r.Time[i])
				if r.DayOnly != nil {
					line += fmt.Sprint(" ", r.DayOnly[i])
				}
				for _, c := range r.Columns {
					switch {
					case !hasBit(c.Known, i):
						line += " ?"
					case c.I32 != nil:
						line += fmt.Sprint(" ", c.I32[i])
					case c.I64 != nil:
						line += fmt.Sprint(" ", c.I64[i])
					default:
						line += fmt.Sprint(" ", c.F64[i])
					}
				}
				out = append(out, line)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is kept decoded reads as what is stored does: whole and in part, with a
// tail and without, after an import and after one is taken back.
func TestResident(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	plain := open(t, "", Options{Workers: 2, Cache: -1})
	load := func(id kreds.ImportID, rows int) {
		for _, db := range []*DB{db, plain} {
			bring(t, db, id, func(l engine.Loader) error {
				b := &engine.EventBatch{Event: "purchase"}
				amount := engine.Column{Name: "amount", Type: kreds.Number, Exact: true}
				minutes := engine.Column{Name: "minutes", Type: kreds.Number}
				product := engine.Column{Name: "product", Type: kreds.Text}
				for i := range rows {
					n := i * int(id+6)
					b.Keys.Append(fmt.Append(nil, "c", n%997))
					b.Time = append(b.Time, kreds.Instant(n*7919%100_000))
					b.DayOnly = append(b.DayOnly, byte(n%5/4))
					amount.Int, amount.Known = append(amount.Int, int64(n)), append(amount.Known, byte(n%3&1))
					minutes.Num = append(minutes.Num, float64(n)/7)
					product.Bytes = fmt.Append(product.Bytes, n%11)
					product.Ends, product.Known = append(product.Ends, len(product.Bytes)), append(product.Known, byte(n>>3&1))
				}
				b.Properties = []engine.Column{amount, minutes, product}
				return l.Events(t.Context(), b)
			})
		}
	}
	whole := fold.Table{Event: "purchase", Columns: []string{"amount", "minutes", "product"}, DayOnly: true, From: math.MinInt64, Before: math.MaxInt64}
	part := whole
	part.From, part.Before = 20_000, 90_000
	few := whole
	few.Columns, few.DayOnly = []string{"minutes"}, false
	thin := part
	thin.Keep = func(_ int, r *fold.Rows, bits []uint64) {
		for i, p := range r.Profile {
			if p%3 == 0 {
				bits[i>>6] &^= 1 << (i & 63)
			}
		}
	}
	compare := func(when string) {
		t.Helper()
		for i, q := range []fold.Table{whole, whole, whole, part, few, thin, thin} {
			for _, b := range []engine.Buckets{engine.AllBuckets, {From: 100, To: 130}, {From: 1010, To: 1023}} {
				if diff := cmp.Diff(everything(t, plain, q, b), everything(t, db, q, b)); diff != "" {
					t.Fatalf("%s, query %d, buckets %v: (-stored +kept)\n%s", when, i, b, diff)
				}
			}
		}
	}
	load(1, 20_000)
	compare("one import")
	if db.resident.size == 0 || plain.resident.size != 0 {
		t.Errorf("%d bytes are kept, and without a cache %d", db.resident.size, plain.resident.size)
	}
	load(2, 1500)
	compare("a tail")
	kept := len(db.resident.runs)
	load(3, 45_000)
	compare("written anew")
	if len(db.resident.runs) > kept {
		t.Errorf("%d runs are kept, of which some are gone", len(db.resident.runs))
	}
	for _, db := range []*DB{db, plain} {
		if err := db.Retain(t.Context(), func(id kreds.ImportID) bool { return id != 3 }); err != nil {
			t.Fatal(err)
		}
	}
	compare("one taken back")

	// Where there is room for some columns only, the others stay stored.
	for r := range db.resident.runs {
		db.resident.drop(r)
	}
	db.resident.budget = 21_500 * 21
	compare("little room")
	compare("little room, again")
	if db.resident.size == 0 || db.resident.size > db.resident.budget {
		t.Errorf("%d bytes are kept, of %d", db.resident.size, db.resident.budget)
	}
}
