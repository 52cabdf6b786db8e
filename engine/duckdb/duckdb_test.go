package duckdb

import (
	compare "cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// open opens a database in a temporary directory.
func open(t testing.TB, path string, o Options) *DB {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "data.duckdb")
	}
	db, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// bytesOf makes a column of texts.
func bytesOf(values ...string) engine.ByteColumn {
	var c engine.ByteColumn
	for _, v := range values {
		c.Append([]byte(v))
	}
	return c
}

func textColumn(name string, values ...string) engine.Column {
	c := bytesOf(values...)
	out := engine.Column{Name: name, Type: kreds.Text, Bytes: c.Bytes, Ends: c.Ends}
	for _, v := range values {
		known := byte(1)
		if v == "" {
			known = 0
		}
		out.Known = append(out.Known, known)
	}
	return out
}

func exactColumn(name string, values ...int64) engine.Column {
	return engine.Column{Name: name, Type: kreds.Number, Exact: true, Int: values}
}

func floatColumn(name string, values ...float64) engine.Column {
	return engine.Column{Name: name, Type: kreds.Number, Num: values}
}

// bring makes one import of what f gives to the loader.
func bring(t testing.TB, db *DB, id kreds.ImportID, f func(l engine.Loader) error) engine.LoadResult {
	t.Helper()
	l, err := db.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Rollback()
	if err := f(l); err != nil {
		t.Fatal(err)
	}
	r, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// row is one event as tests see it.
type row struct {
	Key    string
	Time   int64
	Day    uint8
	Amount string
	Text   string
}

// dump reads all rows of an event type with a number and a text property and
// checks what Rows promises: the order, and whole profiles.
func dump(t testing.TB, db *DB, q fold.RowsQuery) [][]row {
	t.Helper()
	out := make([][]row, len(q.Tables))
	err := db.Read(t.Context(), func(d fold.Data) error {
		keys, err := d.Key(t.Context())
		if err != nil {
			return err
		}
		buckets := d.BucketOf()
		seen := map[uint32]bool{}
		var mu sync.Mutex
		return d.Rows(t.Context(), &q, func(_ int, b *fold.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			here := map[uint32]bool{}
			for ti, r := range b.Tables {
				var dict []string
				for i, name := range q.Tables[ti].Columns {
					if r.Columns[i].Type == kreds.Text {
						if dict, err = d.Dict(t.Context(), q.Tables[ti].Event, name); err != nil {
							return err
						}
					}
				}
				for i, p := range r.Profile {
					if i > 0 {
						q := r.Profile[i-1]
						x, y := uint64(buckets[q])<<32|uint64(q), uint64(buckets[p])<<32|uint64(p)
						if x > y || x == y && r.Time[i-1] > r.Time[i] {
							return fmt.Errorf("table %d: row %d is out of order", ti, i)
						}
					}
					if seen[p] {
						return fmt.Errorf("profile %d is in two batches", p)
					}
					here[p] = true
					o := row{Key: keys[p], Time: r.Time[i]}
					if r.DayOnly != nil {
						o.Day = r.DayOnly[i]
					}
					for c := range r.Columns {
						if v, ok := valueAt(&r.Columns[c], i, dict); !ok {
							continue
						} else if v.Type == kreds.Text {
							o.Text = v.Text
						} else {
							o.Amount = fmt.Sprint(v.Num)
						}
					}
					out[ti] = append(out[ti], o)
				}
			}
			for p := range here {
				seen[p] = true
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range out {
		sortRows(rows)
	}
	return out
}

func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int {
		return compare.Or(compare.Compare(a.Key, b.Key), compare.Compare(a.Time, b.Time), compare.Compare(a.Day, b.Day),
			compare.Compare(a.Amount, b.Amount), compare.Compare(a.Text, b.Text))
	})
}

// differ tells where two lists of rows differ first.
func differ(want, got []row) string {
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			return cmp.Diff(want[i], got[i])
		}
	}
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	return ""
}

func all(event string, columns ...string) fold.Table {
	return fold.Table{Event: event, Columns: columns, DayOnly: true, From: kreds.MinInstant, Before: kreds.MaxInstant}
}

// random makes a batch of n purchases of the keys below profiles.
func random(r *rand.Rand, n, profiles int) *engine.EventBatch {
	b := &engine.EventBatch{Event: "purchase"}
	amount := engine.Column{Name: "amount", Type: kreds.Number, Exact: true}
	product := engine.Column{Name: "product", Type: kreds.Text}
	for range n {
		b.Keys.Append(fmt.Appendf(nil, "customer-%06d", r.IntN(profiles)))
		b.Time = append(b.Time, kreds.Instant(r.IntN(1_000_000)))
		b.DayOnly = append(b.DayOnly, byte(r.IntN(2)))
		amount.Int = append(amount.Int, int64(r.IntN(1_000_000)))
		amount.Known = append(amount.Known, byte(min(r.IntN(10), 1)))
		known := byte(min(r.IntN(10), 1))
		product.Known = append(product.Known, known)
		if known == 1 {
			product.Bytes = fmt.Appendf(product.Bytes, "a product with the number %d", r.IntN(500))
		}
		product.Ends = append(product.Ends, len(product.Bytes))
	}
	b.Properties = []engine.Column{amount, product}
	return b
}

func rowsOf(b *engine.EventBatch) []row {
	var out []row
	amount, product := &b.Properties[0], &b.Properties[1]
	words := engine.ByteColumn{Bytes: product.Bytes, Ends: product.Ends}
	for i := range b.Time {
		o := row{Key: string(b.Keys.At(i)), Time: int64(b.Time[i]), Day: b.DayOnly[i]}
		if amount.Known[i] != 0 {
			o.Amount = fmt.Sprint(float64(amount.Int[i]) / kreds.DecimalScale)
		}
		if product.Known[i] != 0 {
			o.Text = string(words.At(i))
		}
		out = append(out, o)
	}
	return out
}

func TestEvents(t *testing.T) {
	tests := []struct {
		name    string
		sizes   []int // rows of each import
		batch   int
		limits  limits
		workers int
	}{
		{"one small import", []int{100}, 100, defaultLimits, 2},
		{"one larger import", []int{300_000}, 65536, defaultLimits, 2},
		{"a tail", []int{50_000, 1000, 500}, 7000, defaultLimits, 2},
		{"equal imports", []int{5000, 5000, 5000, 5000}, 1000, defaultLimits, 3},
		{"little memory", []int{50_000, 40_000}, 1000, limits{rows: 200_000, keys: 500, texts: 50}, 2},
		{"one worker", []int{250_000, 1}, 100_000, defaultLimits, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data.duckdb")
			db, err := Open(t.Context(), path, Options{Workers: tt.workers})
			if err != nil {
				t.Fatal(err)
			}
			db.limits = tt.limits
			r := rand.New(rand.NewPCG(1, 2))
			var want []row
			for i, n := range tt.sizes {
				bring(t, db, kreds.ImportID(i+1), func(l engine.Loader) error {
					for n > 0 {
						b := random(r, min(n, tt.batch), 3000)
						want = append(want, rowsOf(b)...)
						if err := l.Events(t.Context(), b); err != nil {
							return err
						}
						n -= b.Keys.Len()
					}
					return nil
				})
			}
			sortRows(want)
			q := fold.RowsQuery{Tables: []fold.Table{all("Purchase", "amount", "product")}, Buckets: engine.AllBuckets, Workers: tt.workers}
			if d := differ(want, dump(t, db, q)[0]); d != "" {
				t.Fatalf("before reopening: -want +got\n%s", d)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = open(t, path, Options{Workers: tt.workers})
			if d := differ(want, dump(t, db, q)[0]); d != "" {
				t.Fatalf("after reopening: -want +got\n%s", d)
			}
			// A window, a range of buckets and fewer columns.
			q.Tables[0].From, q.Tables[0].Before = 300_000, 700_000
			q.Tables[0].Columns = []string{"product"}
			q.Buckets = engine.Buckets{From: 100, To: 299}
			want = slices.DeleteFunc(want, func(o row) bool {
				b := bucketOf([]byte(o.Key))
				return o.Time < 300_000 || o.Time >= 700_000 || b < 100 || b > 299
			})
			for i := range want {
				want[i].Amount = ""
			}
			sortRows(want)
			if d := differ(want, dump(t, db, q)[0]); d != "" {
				t.Fatalf("cut: -want +got\n%s", d)
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	db := open(t, "", Options{})
	ctx := context.Background()
	bring(t, db, 1, func(l engine.Loader) error {
		company := bytesOf("acme", "", "")
		return l.Profiles(ctx, &engine.ProfileBatch{
			Keys: bytesOf("ann", "bo", "ann"), Observed: []kreds.Instant{100, 200, 300}, Company: &company,
			Traits: []engine.Column{textColumn("country", "DK", "SE", "NO"), exactColumn("age", 300000, 400000, 310000)},
		})
	})
	bring(t, db, 2, func(l engine.Loader) error {
		return l.Profiles(ctx, &engine.ProfileBatch{
			Keys: bytesOf("ann", "cy"), Created: []kreds.Instant{50, kreds.MinInstant}, Prospect: true,
			Traits: []engine.Column{textColumn("Country", "", "DK"), floatColumn("score", 0.5, 1e20)},
		})
	})
	err := db.Read(ctx, func(d fold.Data) error {
		keys, err := d.Key(ctx)
		if err != nil {
			return err
		}
		if want := []string{"ann", "bo", "acme", "cy"}; !cmp.Equal(keys, want) {
			t.Errorf("keys %q, want %q", keys, want)
		}
		if want := []kreds.Instant{50, 200, 100, kreds.MaxInstant}; !cmp.Equal(d.FirstSeen(), want) {
			t.Errorf("first seen %v, want %v", d.FirstSeen(), want)
		}
		at := func(name string, asOf kreds.Instant) string {
			v, err := d.Trait(ctx, kreds.Person, name, asOf)
			if err != nil {
				t.Fatal(err)
			}
			out := ""
			for i := range keys {
				switch {
				case !v.Known.Has(uint32(i)):
					out += "-"
				case v.Code != nil:
					out += v.Dict[v.Code[i]]
				default:
					out += fmt.Sprint(v.Num[i])
				}
				out += " "
			}
			return out
		}
		for _, tt := range []struct {
			name string
			asOf kreds.Instant
			want string
		}{
			{"country", 100, "- - - DK "},
			{"country", 101, "DK - - DK "},
			{"country", 300, "DK SE - DK "},
			{"country", 301, "NO SE - DK "},
			{"country", kreds.MaxInstant, "NO SE - DK "},
			{"age", 250, "30 40 - - "},
			{"score", 0, "0.5 - - 1e+20 "},
		} {
			if got := at(tt.name, tt.asOf); got != tt.want {
				t.Errorf("%s as of %d: %q, want %q", tt.name, tt.asOf, got, tt.want)
			}
		}
		o, err := d.Owner(ctx, 150)
		if err != nil {
			return err
		}
		if !o.Known.Has(0) || o.Int[0] != 2 || o.Known.Has(1) {
			t.Errorf("owner %v %v", o.Known, o.Int)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		s    kreds.Subject
		asOf kreds.Instant
		want []uint32
	}{
		{kreds.Persons, 51, []uint32{0}},
		{kreds.Persons, 201, []uint32{0, 1}},
		{kreds.Prospects, 0, []uint32{3}},
		{kreds.Companies, 100, nil},
		{kreds.Companies, 101, []uint32{2}},
	} {
		got, err := db.Population(ctx, tt.s, tt.asOf)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.ToArray(), tt.want) {
			t.Errorf("%s as of %d: %v, want %v", tt.s, tt.asOf, got.ToArray(), tt.want)
		}
	}
}
