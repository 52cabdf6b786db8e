package duckdb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

const (
	benchRows     = 10_000_000
	benchProfiles = 1_000_000
	benchBatch    = 64 << 10
)

// purchases makes batches of benchRows purchases in the order of time, skewed
// over benchProfiles keys: an exact amount and a text of 50 values.
func purchases() []*engine.EventBatch {
	r := rand.New(rand.NewPCG(7, 8))
	var out []*engine.EventBatch
	for at := 0; at < benchRows; at += benchBatch {
		n := min(benchBatch, benchRows-at)
		b := &engine.EventBatch{Event: "purchase", Time: make([]kreds.Instant, n)}
		amount := engine.Column{Name: "amount", Type: kreds.Number, Exact: true, Int: make([]int64, n)}
		product := engine.Column{Name: "product", Type: kreds.Text}
		for i := range n {
			u := r.Float64()
			b.Keys.Append(fmt.Appendf(nil, "c%08d", int(u*u*benchProfiles)))
			b.Time[i] = kreds.Instant(1_700_000_000_000_000 + int64(at+i)*6_000_000)
			amount.Int[i] = int64(r.IntN(100_000)) * 100
			product.Bytes = fmt.Appendf(product.Bytes, "product-%02d", r.IntN(50))
			product.Ends = append(product.Ends, len(product.Bytes))
		}
		b.Properties = []engine.Column{amount, product}
		out = append(out, b)
	}
	return out
}

// BenchmarkLoad measures taking 10 M rows that are parsed already: of profiles
// that are new, and of such as are known.
func BenchmarkLoad(b *testing.B) {
	batches := purchases()
	for _, known := range []bool{false, true} {
		b.Run(fmt.Sprintf("known=%v", known), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				db := open(b, "", Options{Workers: 2})
				if known {
					bring(b, db, 1, func(l engine.Loader) error {
						pb := &engine.ProfileBatch{}
						for i := range benchProfiles {
							pb.Keys.Append(fmt.Appendf(nil, "c%08d", i))
						}
						return l.Profiles(b.Context(), pb)
					})
				}
				b.StartTimer()
				bring(b, db, 2, func(l engine.Loader) error {
					for _, batch := range batches {
						if err := l.Events(b.Context(), batch); err != nil {
							return err
						}
					}
					return nil
				})
			}
			b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

// BenchmarkRows measures reading 10 M rows.
func BenchmarkRows(b *testing.B) {
	db := open(b, "", Options{Workers: 2})
	bring(b, db, 1, func(l engine.Loader) error {
		for _, batch := range purchases() {
			if err := l.Events(b.Context(), batch); err != nil {
				return err
			}
		}
		return nil
	})
	read := func(b *testing.B, t fold.Table, buckets engine.Buckets) {
		for b.Loop() {
			rows := make([]int, 2*64)
			err := db.Read(b.Context(), func(d fold.Data) error {
				q := &fold.RowsQuery{Tables: []fold.Table{t}, Buckets: buckets, Workers: 2}
				return d.Rows(b.Context(), q, func(w int, batch *fold.Batch) error {
					rows[w*64] += len(batch.Tables[0].Profile)
					return nil
				})
			})
			if err != nil {
				b.Fatal(err)
			}
			if rows[0]+rows[64] == 0 {
				b.Fatal("no rows")
			}
		}
	}
	whole := fold.Table{Event: "purchase", From: math.MinInt64, Before: math.MaxInt64}
	b.Run("two columns", func(b *testing.B) { read(b, whole, engine.AllBuckets) })
	whole.Columns = []string{"amount", "product"}
	b.Run("four columns", func(b *testing.B) { read(b, whole, engine.AllBuckets) })
	b.Run("a fiftieth", func(b *testing.B) { read(b, whole, engine.Buckets{From: 0, To: 20}) })
	year := whole
	year.From = 1_700_000_000_000_000 + benchRows/2*6_000_000
	b.Run("half the time", func(b *testing.B) { read(b, year, engine.AllBuckets) })
	year.From = 1_700_000_000_000_000 + benchRows/20*19*6_000_000
	b.Run("a twentieth of the time", func(b *testing.B) { read(b, year, engine.AllBuckets) })
	bring(b, db, 2, func(l engine.Loader) error {
		for _, batch := range purchases()[:14] {
			if err := l.Events(b.Context(), batch); err != nil {
				return err
			}
		}
		return nil
	})
	b.Run("four columns and a tail", func(b *testing.B) { read(b, whole, engine.AllBuckets) })
}

// BenchmarkView measures what a fresh process reads before it can answer: the
// vectors of 1 M profiles, a trait, the keys.
func BenchmarkView(b *testing.B) {
	db := open(b, "", Options{Workers: 2})
	countries := []string{"DK", "SE", "NO", "DE", ""}
	for id := range 4 {
		bring(b, db, kreds.ImportID(id+1), func(l engine.Loader) error {
			for at := 0; at < benchProfiles; at += benchBatch {
				pb := &engine.ProfileBatch{}
				var age engine.Column
				var country []string
				for i := at; i < min(at+benchBatch, benchProfiles); i++ {
					pb.Keys.Append(fmt.Appendf(nil, "c%08d", i))
					pb.Observed = append(pb.Observed, kreds.Instant(id*1000+i%10))
					age.Int = append(age.Int, int64(i%80)*kreds.DecimalScale)
					country = append(country, countries[i%5])
				}
				age.Name, age.Type, age.Exact = "age", kreds.Number, true
				pb.Traits = []engine.Column{age, textColumn("country", country...)}
				if err := l.Profiles(b.Context(), pb); err != nil {
					return err
				}
			}
			return nil
		})
	}
	fresh := func(b *testing.B, f func(v *view) error) {
		for b.Loop() {
			v := newView(db, db.view.cat)
			if err := v.prepare(b.Context()); err != nil {
				b.Fatal(err)
			}
			if err := f(v); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("profiles", func(b *testing.B) { fresh(b, func(*view) error { return nil }) })
	b.Run("and a trait", func(b *testing.B) {
		fresh(b, func(v *view) error {
			_, err := v.Trait(b.Context(), kreds.Person, "country", kreds.MaxInstant)
			return err
		})
	})
	b.Run("and a trait as of an instant", func(b *testing.B) {
		fresh(b, func(v *view) error {
			_, err := v.Trait(b.Context(), kreds.Person, "age", 1500)
			return err
		})
	})
	b.Run("and the keys", func(b *testing.B) {
		fresh(b, func(v *view) error {
			_, err := v.Key(b.Context())
			return err
		})
	})
}
