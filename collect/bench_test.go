package collect

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// purchases writes rows of purchases: a key, a time, a word and two numbers.
func purchases(tb testing.TB, rows int) string {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	text := []byte("customer_id,time,category,amount,minutes\n")
	at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	categories := []string{"wine", "bread", "cheese", "books", "garden", "toys"}
	for range rows {
		at = at.Add(7 * time.Second)
		text = fmt.Appendf(text, "c%07d,%s,%s,%.2f,%.6f\n", r.IntN(1_000_000), at.Format(time.DateTime), categories[r.IntN(6)], r.Float64()*500, r.Float64()*60)
	}
	path := filepath.Join(tb.TempDir(), "purchases.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// BenchmarkRead reads a file into batches, without an engine.
func BenchmarkRead(b *testing.B) {
	const rows = 1_000_000
	r := &Request{Files: []string{purchases(b, rows)}, As: "events:purchase", ID: "customer_id", Time: "time"}
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		b.Fatal(err)
	}
	cal := segment.NewCalendar(loc)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			im := &Importer{o: Options{Workers: workers}}
			l, err := im.layoutOf(context.Background(), r, &kreds.Catalogue{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(l.sources[0].Size)
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := im.stream(context.Background(), l, cal, (*worker).convert, func(batch *batch) error {
					n += batch.rows
					if batch.misfit != nil || len(batch.rejects) > 0 {
						b.Fatal(batch.misfit, batch.rejects)
					}
					return nil
				})
				if err != nil || n != rows {
					b.Fatal(n, err)
				}
			}
		})
	}
	b.Run("scan", func(b *testing.B) {
		im := &Importer{o: Options{Workers: 2}}
		l, err := im.layoutOf(context.Background(), r, &kreds.Catalogue{})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(l.sources[0].Size)
		for b.Loop() {
			err := im.stream(context.Background(), l, cal, func(_ *worker, x *batch) { x.tally(l) }, func(*batch) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("digest", func(b *testing.B) {
		im := &Importer{o: Options{Workers: 2}}
		l, err := im.layoutOf(context.Background(), r, &kreds.Catalogue{})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(l.sources[0].Size)
		for b.Loop() {
			if _, err := im.hash(context.Background(), l.sources[0], func(int64) {}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
