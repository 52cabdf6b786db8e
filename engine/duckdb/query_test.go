package duckdb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
	"github.com/kreds/kreds/segment"
)

func listColumn(name string, values ...string) engine.Column {
	c := textColumn(name, values...)
	c.Type = kreds.List
	return c
}

func intColumn(name string, typ kreds.Type, values ...int64) engine.Column {
	return engine.Column{Name: name, Type: typ, Int: values}
}

// small is a database with a little of everything.
func small(t *testing.T) *DB {
	t.Helper()
	db := open(t, "", Options{Workers: 2})
	bring(t, db, 1, func(l engine.Loader) error {
		err := l.Profiles(t.Context(), &engine.ProfileBatch{
			Keys: bytesOf("cy", "ann", "bo", "ann"), Observed: []kreds.Instant{kreds.MinInstant, 10, 20, 30},
			Traits: []engine.Column{
				listColumn("likes", `["tea","wine"]`, `["wine","wine"]`, "", `["tea"]`),
				intColumn("born", kreds.Date, 7, 5, -3, 5),
				intColumn("profiling.objection", kreds.Boolean, 0, 0, 1, 0),
				{Name: "home", Label: "Home address", Type: kreds.Location, Int: []int64{kreds.PointOf(1, 2).Pack(), 0, 0, 0}, Known: []byte{1, 0, 0, 0}},
			},
		})
		if err != nil {
			return err
		}
		err = l.Profiles(t.Context(), &engine.ProfileBatch{Kind: kreds.Company, Prospect: true, Keys: bytesOf("ann")})
		if err != nil {
			return err
		}
		b := &engine.EventBatch{
			Event: "purchase", Label: "Purchases", Occasion: "invoice",
			Keys: bytesOf("ann", "bo", "ann", "ann"), Time: []kreds.Instant{5, 100, 5, 50}, DayOnly: []byte{0, 0, 1, 0},
			Properties: []engine.Column{
				textColumn("invoice", "i1", "i1", "i1", ""),
				exactColumn("amount", 20_000, 15_000, 20_000, 5),
				intColumn("seen", kreds.Instants, 9, 8, 7, 6),
			},
		}
		if err := l.Events(t.Context(), b); err != nil {
			return err
		}
		return l.Items(t.Context(), &engine.ItemBatch{
			Keys: bytesOf("p1", "p2", "p1"),
			Facts: []engine.Column{
				floatColumn("weight", 0.5, 1.5, 2.5), listColumn("tags", `["a"]`, `["a","b"]`, ""), intColumn("organic", kreds.Boolean, 1, 0, 1),
			},
		})
	})
	return db
}

func TestCatalogue(t *testing.T) {
	db := small(t)
	got, err := db.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dated := func(name, label string, typ kreds.Type, at kreds.Instant) kreds.Trait {
		return kreds.Trait{Name: name, Label: label, Type: typ, Dated: at != kreds.MinInstant, Observed: at}
	}
	want := &kreds.Catalogue{
		Traits: []kreds.Trait{
			dated("born", "born", kreds.Date, 30), dated("home", "Home address", kreds.Location, kreds.MinInstant),
			dated("likes", "likes", kreds.List, 30), dated("profiling.objection", "profiling.objection", kreds.Boolean, 30),
		},
		Events: []kreds.EventType{{
			Name: "purchase", Label: "Purchases", Occasion: "invoice", Rows: 4,
			Properties: []kreds.Property{{Name: "amount", Label: "amount", Type: kreds.Number}, {Name: "invoice", Label: "invoice", Type: kreds.Text}, {Name: "seen", Label: "seen", Type: kreds.Instants}},
		}},
		Items: []kreds.Property{{Name: "organic", Label: "organic", Type: kreds.Boolean}, {Name: "tags", Label: "tags", Type: kreds.List}, {Name: "weight", Label: "weight", Type: kreds.Number}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestStatistics(t *testing.T) {
	db := small(t)
	got, err := db.Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string, n int64) engine.ValueCount {
		return engine.ValueCount{Value: kreds.Value{Type: kreds.Text, Text: s}, Count: n}
	}
	of := func(typ kreds.Type, x, n int64) engine.ValueCount {
		return engine.ValueCount{Value: intValue(typ, x), Count: n}
	}
	day := func(d int64) kreds.Value { return intValue(kreds.Date, d) }
	num := func(x float64) kreds.Value { return kreds.Value{Type: kreds.Number, Num: x} }
	at := func(x int64) kreds.Value { return intValue(kreds.Instants, x) }
	bin := func(v kreds.Value, n int64) engine.Bin { return engine.Bin{From: v, To: v, Count: n} }
	want := &engine.Statistics{
		Profiles: map[kreds.Subject]int64{kreds.Persons: 3, kreds.ProspectCompanies: 1},
		Traits: []engine.ColumnStatistics{
			{Name: "born", Label: "born", Type: kreds.Date, Known: 3, Of: 3, Distinct: 3, Min: day(-3), Max: day(7), Top: []engine.ValueCount{of(kreds.Date, -3, 1), of(kreds.Date, 5, 1), of(kreds.Date, 7, 1)}, Bins: []engine.Bin{bin(day(-3), 1), bin(day(5), 1), bin(day(7), 1)}},
			{Name: "home", Label: "Home address", Type: kreds.Location, Known: 1, Of: 3, Distinct: 1, Top: []engine.ValueCount{{Value: kreds.Value{Type: kreds.Location, Point: kreds.PointOf(1, 2)}, Count: 1}}},
			{Name: "likes", Label: "likes", Type: kreds.List, Known: 2, Of: 3, Distinct: 2, Top: []engine.ValueCount{text("tea", 2), text("wine", 1)}},
			{Name: "profiling.objection", Label: "profiling.objection", Type: kreds.Boolean, Known: 3, Of: 3, Distinct: 2, Top: []engine.ValueCount{of(kreds.Boolean, 0, 2), of(kreds.Boolean, 1, 1)}},
		},
		Events: []engine.EventStatistics{{
			Name: "purchase", Rows: 4, Profiles: 2, Occasions: 3, First: 5, Last: 100,
			Properties: []engine.ColumnStatistics{
				{Name: "amount", Label: "amount", Type: kreds.Number, Known: 4, Of: 4, Distinct: 3, Min: num(0.0005), Max: num(2), Top: []engine.ValueCount{{Value: num(2), Count: 2}, {Value: num(0.0005), Count: 1}, {Value: num(1.5), Count: 1}}, Bins: []engine.Bin{bin(num(0.0005), 1), bin(num(1.5), 1), bin(num(2), 2)}},
				{Name: "invoice", Label: "invoice", Type: kreds.Text, Known: 3, Of: 4, Distinct: 1, Top: []engine.ValueCount{text("i1", 3)}},
				{Name: "seen", Label: "seen", Type: kreds.Instants, Known: 4, Of: 4, Distinct: 4, Min: at(6), Max: at(9), Top: []engine.ValueCount{of(kreds.Instants, 6, 1), of(kreds.Instants, 7, 1), of(kreds.Instants, 8, 1), of(kreds.Instants, 9, 1)}, Bins: []engine.Bin{bin(at(6), 1), bin(at(7), 1), bin(at(8), 1), bin(at(9), 1)}},
			},
		}},
		Items: 2,
		ItemFacts: []engine.ColumnStatistics{
			{Name: "organic", Label: "organic", Type: kreds.Boolean, Known: 2, Of: 2, Distinct: 2, Top: []engine.ValueCount{of(kreds.Boolean, 0, 1), of(kreds.Boolean, 1, 1)}},
			{Name: "tags", Label: "tags", Type: kreds.List, Known: 2, Of: 2, Distinct: 2, Top: []engine.ValueCount{text("a", 2), text("b", 1)}},
			{Name: "weight", Label: "weight", Type: kreds.Number, Known: 2, Of: 2, Distinct: 2, Min: num(1.5), Max: num(2.5), Top: []engine.ValueCount{{Value: num(1.5), Count: 1}, {Value: num(2.5), Count: 1}}, Bins: []engine.Bin{bin(num(1.5), 1), bin(num(2.5), 1)}},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestSets(t *testing.T) {
	db := small(t) // cy 0, ann 1, bo 2, the company ann 3
	set := func(b *roaring.Bitmap, err error) []uint32 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b.ToArray()
	}
	tests := []struct {
		name string
		got  []uint32
		want []uint32
	}{
		{"persons at the first instant", set(db.Population(t.Context(), kreds.Persons, 0)), []uint32{0}},
		{"persons at a later one", set(db.Population(t.Context(), kreds.Persons, 6)), []uint32{0, 1}},
		{"who objects is in no population", set(db.Population(t.Context(), kreds.Persons, kreds.MaxInstant)), []uint32{0, 1}},
		{"and in no relation", set(db.Everyone(t.Context(), kreds.Person, kreds.MaxInstant)), []uint32{0, 1}},
		{"prospects", set(db.Population(t.Context(), kreds.Prospects, kreds.MaxInstant)), nil},
		{"prospect companies", set(db.Population(t.Context(), kreds.ProspectCompanies, 0)), []uint32{3}},
		{"companies", set(db.Population(t.Context(), kreds.Companies, 0)), nil},
		{"all companies", set(db.Everyone(t.Context(), kreds.Company, 0)), []uint32{3}},
		{"all buckets", set(db.Within(t.Context(), engine.AllBuckets)), []uint32{0, 1, 2, 3}},
		{"the bucket of ann", set(db.Within(t.Context(), engine.Buckets{From: int(bucketOf([]byte("ann"))), To: int(bucketOf([]byte("ann")))})), []uint32{1, 3}},
	}
	for _, tt := range tests {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	var keys []string
	for k, err := range db.Keys(t.Context(), roaring.BitmapOf(0, 2, 1, 99), true) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k.Key)
	}
	if want := []string{"ann", "bo", "cy"}; !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	for k, err := range db.Keys(t.Context(), roaring.BitmapOf(0, 1), false) {
		if err != nil || k.Key != "cy" || k.Profile != 0 {
			t.Errorf("first key %v %v", k, err)
		}
		break
	}
	for _, tt := range []struct {
		kind kreds.Kind
		key  string
		want kreds.Profile
	}{{kreds.Person, "ann", 1}, {kreds.Company, "ann", 3}} {
		if p, err := db.Find(t.Context(), tt.kind, tt.key); err != nil || p != tt.want {
			t.Errorf("%s %s: %d %v", tt.kind, tt.key, p, err)
		}
	}
}

func TestEventsOfOne(t *testing.T) {
	db := small(t)
	got, err := db.Events(t.Context(), 1, []string{"PURCHASE"}, 60, 2)
	if err != nil {
		t.Fatal(err)
	}
	num := func(x float64) kreds.Value { return kreds.Value{Type: kreds.Number, Num: x} }
	want := []engine.Event{
		{Type: "purchase", Time: 50, Properties: map[string]kreds.Value{"amount": num(0.0005), "seen": intValue(kreds.Instants, 6)}},
		{Type: "purchase", Time: 5, Properties: map[string]kreds.Value{"amount": num(2), "seen": intValue(kreds.Instants, 9), "invoice": {Type: kreds.Text, Text: "i1"}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestHistory(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	// Later instants arrive first; of equal ones the later import counts.
	for id, o := range [][]kreds.Instant{{30, 10}, {10, kreds.MinInstant}, {20, 30}} {
		bring(t, db, kreds.ImportID(id+1), func(l engine.Loader) error {
			return l.Profiles(t.Context(), &engine.ProfileBatch{
				Keys: bytesOf("ann", "ann"), Observed: o,
				Traits: []engine.Column{textColumn("plan", fmt.Sprint(id, "a"), fmt.Sprint(id, "b"))},
			})
		})
	}
	err := db.Read(t.Context(), func(d fold.Data) error {
		var got []string
		err := d.History(t.Context(), kreds.Person, "plan", engine.AllBuckets, kreds.MaxInstant, func(o *fold.Observations) error {
			for i := range o.Profile {
				got = append(got, fmt.Sprintf("%d %s", o.Time[i], o.Values.Dict[o.Values.Code[i]]))
			}
			return nil
		})
		if err != nil {
			return err
		}
		want := []string{fmt.Sprintf("%d 1b", kreds.MinInstant), "10 0b", "10 1a", "20 2a", "30 0a", "30 2b"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("-want +got\n%s", d)
		}
		v, err := d.Trait(t.Context(), kreds.Person, "plan", 30)
		if err != nil {
			return err
		}
		if got := v.Dict[v.Code[0]]; got != "2a" {
			t.Errorf("as of 30: %s", got)
		}
		if v, err = d.Trait(t.Context(), kreds.Person, "plan", 31); err != nil {
			return err
		}
		if got := v.Dict[v.Code[0]]; got != "2b" {
			t.Errorf("as of 31: %s", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTablesTogether(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	r := rand.New(rand.NewPCG(9, 9))
	want := make([][]row, 3)
	sizes := []int{150_000, 3000, 40_000}
	for id := range 2 {
		bring(t, db, kreds.ImportID(id+1), func(l engine.Loader) error {
			for i, n := range sizes {
				b := random(r, n/(1+id*15), 2000)
				if i == 1 { // one profile has more than a batch holds
					b.Keys = engine.ByteColumn{}
					for range b.Time {
						b.Keys.Append([]byte("customer-000007"))
					}
				}
				b.Event = fmt.Sprint("event ", i)
				want[i] = append(want[i], rowsOf(b)...)
				if err := l.Events(t.Context(), b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	q := fold.RowsQuery{Buckets: engine.AllBuckets, Workers: 2}
	for i := range sizes {
		q.Tables = append(q.Tables, all(fmt.Sprint("event ", i), "amount", "product"))
		sortRows(want[i])
	}
	got := dump(t, db, q)
	for i := range sizes {
		if d := differ(want[i], got[i]); d != "" {
			t.Errorf("table %d: -want +got\n%s", i, d)
		}
	}
}

// TestReadersSeeWholeImports reads while imports are committed.
func TestReadersSeeWholeImports(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	const rows = 3000
	r := rand.New(rand.NewPCG(4, 4))
	bring(t, db, 1, func(l engine.Loader) error { return l.Events(t.Context(), random(r, rows, 100)) })
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := db.Read(t.Context(), func(d fold.Data) error {
					var counts [2]int
					for i := range counts {
						q := &fold.RowsQuery{Tables: []fold.Table{all("purchase", "product")}, Buckets: engine.AllBuckets, Workers: 1}
						err := d.Rows(t.Context(), q, func(_ int, b *fold.Batch) error {
							counts[i] += len(b.Tables[0].Profile)
							return nil
						})
						if err != nil {
							return err
						}
					}
					if counts[0]%rows != 0 || counts[0] != counts[1] {
						return fmt.Errorf("saw %d rows, then %d", counts[0], counts[1])
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for id := kreds.ImportID(2); id < 12; id++ {
		bring(t, db, id, func(l engine.Loader) error { return l.Events(t.Context(), random(r, rows, 100)) })
		if id%3 == 0 {
			if err := db.Retain(t.Context(), func(k kreds.ImportID) bool { return k != id }); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	wg.Wait()
}

// TestEvaluate asks for what needs no expression; enginetest has the rest.
func TestEvaluate(t *testing.T) {
	db := small(t)
	whole := &segment.Bucket{From: 0, To: 0, Of: 1}
	answers, err := db.Evaluate(t.Context(), &engine.Request{
		Buckets:  engine.AllBuckets,
		Calendar: segment.NewCalendar(time.UTC),
		Asks:     []engine.Ask{{AsOf: 1000, Leaf: whole}, {AsOf: 1000, Owner: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	persons, err := db.Everyone(t.Context(), kreds.Person, kreds.MaxInstant)
	if err != nil {
		t.Fatal(err)
	}
	if got := roaring.And(answers[0].Members, persons); !got.Equals(persons) {
		t.Errorf("members %v, want %v", got, persons)
	}
	if answers[1].Values == nil || answers[1].Values.Known.Count() != 0 {
		t.Errorf("owners %v", answers[1].Values)
	}
}
