package fold

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// columnar is data of many profiles, made once, to measure kernels with.
type columnar struct {
	n          int
	cat        kreds.Catalogue
	buckets    []uint16
	kinds      []kreds.Kind
	firstEvent []kreds.Instant
	age        *engine.Values
	country    *engine.Values
	tables     map[string]*Rows
	dicts      map[string][]string
	starts     map[string][]int // of batches
}

const batchRows = 16384

func newColumnar(n, count int, tables ...string) *columnar {
	r := rand.New(rand.NewPCG(1, 2))
	c := &columnar{n: n, tables: map[string]*Rows{}, dicts: map[string][]string{}, starts: map[string][]int{}}
	c.buckets, c.kinds, c.firstEvent = make([]uint16, n), make([]kreds.Kind, n), make([]kreds.Instant, n)
	for i := range c.buckets {
		c.buckets[i] = uint16(r.IntN(kreds.Buckets))
		c.firstEvent[i] = kreds.MaxInstant
	}
	order := make([]uint32, n)
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return int(c.buckets[a]) - int(c.buckets[b]) })
	for i := range 100 {
		c.dicts["category"] = append(c.dicts["category"], fmt.Sprintf("category %d", i))
	}
	for i := range 50 {
		c.dicts["country"] = append(c.dicts["country"], fmt.Sprintf("C%d", i))
	}
	c.age = &engine.Values{Type: kreds.Number, Known: engine.MakeBits(n), Num: make([]float64, n)}
	c.country = &engine.Values{Type: kreds.Text, Known: engine.MakeBits(n), Code: make([]int32, n), Dict: c.dicts["country"]}
	for i := range n {
		c.age.Num[i] = float64(18 + r.IntN(70))
		c.country.Code[i] = int32(r.IntN(50))
		c.age.Known.Set(uint32(i))
		c.country.Known.Set(uint32(i))
	}
	c.cat.Traits = []kreds.Trait{{Name: "age", Type: kreds.Number}, {Name: "country", Type: kreds.Text}}
	end := benchAsOf.Time().UnixMicro()
	for _, name := range tables {
		c.cat.Events = append(c.cat.Events, kreds.EventType{Name: name, Properties: []kreds.Property{
			{Name: "amount", Type: kreds.Number}, {Name: "minutes", Type: kreds.Number}, {Name: "category", Type: kreds.Text},
		}})
		counts := make([]int, n)
		for range count {
			f := r.Float64()
			counts[int(f*f*float64(n))]++
		}
		t := &Rows{Columns: []Vector{{Type: kreds.Number, Exact: true}, {Type: kreds.Number, Exact: true}, {Type: kreds.Text}}}
		starts := []int{0}
		for _, p := range order {
			from := len(t.Time)
			for range counts[p] {
				t.Profile = append(t.Profile, p)
				t.Time = append(t.Time, end-int64(r.Float64()*2*365*86400e6))
				t.Columns[0].I64 = append(t.Columns[0].I64, int64(r.IntN(5_000_000)))
				t.Columns[1].I64 = append(t.Columns[1].I64, int64(1+r.IntN(9))*10000)
				t.Columns[2].I32 = append(t.Columns[2].I32, int32(r.IntN(100)))
			}
			slices.Sort(t.Time[from:])
			if from < len(t.Time) {
				c.firstEvent[p] = min(c.firstEvent[p], kreds.Instant(t.Time[from]))
			}
			if len(t.Time)-starts[len(starts)-1] >= batchRows {
				starts = append(starts, len(t.Time))
			}
		}
		c.tables[name], c.starts[name] = t, append(starts, len(t.Time))
	}
	return c
}

var benchAsOf = kreds.InstantOf(time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))

func (c *columnar) Catalogue(context.Context) (*kreds.Catalogue, error) { return &c.cat, nil }
func (c *columnar) Profiles() int                                       { return c.n }
func (c *columnar) BucketOf() []uint16                                  { return c.buckets }
func (c *columnar) KindOf() []kreds.Kind                                { return c.kinds }
func (c *columnar) Key(context.Context) ([]string, error)               { return make([]string, c.n), nil }

func (c *columnar) FirstSeen() []kreds.Instant { return c.firstEvent }

func (c *columnar) FirstEvent() []kreds.Instant                                  { return c.firstEvent }
func (c *columnar) Item(context.Context, string) (map[string]kreds.Value, error) { return nil, nil }
func (c *columnar) Owner(context.Context, kreds.Instant) (*engine.Values, error) { return nil, nil }

func (c *columnar) Trait(_ context.Context, _ kreds.Kind, name string, _ kreds.Instant) (*engine.Values, error) {
	if name == "age" {
		return c.age, nil
	}
	return c.country, nil
}

func (c *columnar) Dict(_ context.Context, _, prop string) ([]string, error) {
	return c.dicts[prop], nil
}

func (c *columnar) History(context.Context, kreds.Kind, string, engine.Buckets, kreds.Instant, func(*Observations) error) error {
	return nil
}

// Rows gives batches of one table as slices; several tables come whole.
func (c *columnar) Rows(_ context.Context, q *RowsQuery, each func(int, *Batch) error) error {
	names := []string{"amount", "minutes", "category"}
	cut := func(t Table, from, to int) Rows {
		all := c.tables[t.Event]
		r := Rows{Profile: all.Profile[from:to], Time: all.Time[from:to]}
		for _, n := range t.Columns {
			v := all.Columns[slices.Index(names, n)]
			if v.I64 != nil {
				v.I64 = v.I64[from:to]
			} else {
				v.I32 = v.I32[from:to]
			}
			r.Columns = append(r.Columns, v)
		}
		return r
	}
	// Cut where buckets begin, so that tables have the same profiles.
	parts := 512
	var wg sync.WaitGroup
	for w := range q.Workers {
		wg.Go(func() {
			for p := parts * w / q.Workers; p < parts*(w+1)/q.Workers; p++ {
				b := &Batch{}
				for _, t := range q.Tables {
					prof := c.tables[t.Event].Profile
					at := func(part int) int {
						bucket := uint16(part * kreds.Buckets / parts)
						i, _ := slices.BinarySearchFunc(prof, bucket, func(p uint32, b uint16) int {
							return int(c.buckets[p]) - int(b)
						})
						if part == parts {
							return len(prof)
						}
						return i
					}
					b.Tables = append(b.Tables, cut(t, at(p), at(p+1)))
				}
				_ = each(w, b)
			}
		})
	}
	wg.Wait()
	return nil
}

var benchData = sync.OnceValue(func() *columnar { return newColumnar(1_000_000, 10_000_000, "purchase", "visit") })

func purchases(where segment.Node, w *segment.Window, c *segment.Count) *segment.Did {
	return &segment.Did{Steps: []*segment.Step{{Events: on("purchase"), Where: where, Window: w, Count: c}}}
}

func on(name string) *segment.Events { return &segment.Events{Names: []string{name}} }

func prop(name string, t kreds.Type) *segment.Path {
	return &segment.Path{Name: name, Ref: segment.Ref{Kind: segment.RefProperty, Name: name, Type: t}}
}

func months(n int) *segment.Window {
	return &segment.Window{Kind: segment.WindowLast, N: n, Unit: segment.Month}
}

func TestSpeedReport(t *testing.T) {
	if *speed == "" {
		return
	}
	benchCases(func(name string, asks []engine.Ask) {
		if !strings.Contains(name, *speed) && *speed != "all" {
			return
		}
		benchData()
		for i := range 5 {
			at, used := time.Now(), processorTime()
			run(t, asks)
			if i > 2 {
				t.Logf("%-30s %8v  %8v of processors", name, time.Since(at).Round(time.Millisecond), (processorTime() - used).Round(time.Millisecond))
			}
		}
	})
}

// processorTime is what the process used so far; it tells more than the time
// on the wall where others work too.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func run(t testing.TB, asks []engine.Ask) []engine.Answer {
	cet, _ := time.LoadLocation("Europe/Copenhagen")
	r := &engine.Request{Buckets: engine.AllBuckets, Calendar: segment.NewCalendar(cet), Asks: asks}
	a, err := Evaluate(context.Background(), benchData(), r, 2)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func benchCases(f func(name string, asks []engine.Ask)) {
	ask := func(ns ...segment.Node) []engine.Ask {
		var out []engine.Ask
		for _, n := range ns {
			out = append(out, engine.Ask{AsOf: benchAsOf, Leaf: n})
		}
		return out
	}
	big := &segment.Compare{Term: prop("amount", kreds.Number), Op: segment.Greater, Value: &segment.Number{V: 200}}
	wine := &segment.Compare{Term: prop("category", kreds.Text), Op: segment.Equal, Value: &segment.Text{V: "category 7"}}
	twice := &segment.Count{Op: segment.AtLeast, N: 2}
	f("did", ask(purchases(nil, nil, nil)))
	f("did month", ask(purchases(nil, months(1), nil)))
	f("twice where amount, 12 months", ask(purchases(big, months(12), twice)))
	f("where text", ask(purchases(wine, months(12), nil)))
	f("sequence", ask(&segment.Did{Steps: []*segment.Step{
		{Events: on("visit")}, {Events: on("purchase"), Within: &segment.Duration{N: 7, Unit: segment.Day}},
	}}))
	f("same", ask(&segment.Did{Steps: []*segment.Step{{Events: on("purchase"), Same: "category", Count: twice}}}))
	f("regular", ask(&segment.Did{Steps: []*segment.Step{{Events: on("purchase"), Periods: &segment.Periods{
		Op: segment.AtLeast, N: 3, Of: 6, Unit: segment.Month,
	}}}}))
	term := func(a segment.Agg, prop string, w *segment.Window) []engine.Ask {
		m := &segment.Measure{Agg: a, Prop: prop, Events: on("purchase"), Window: w}
		return []engine.Ask{{AsOf: benchAsOf, Term: m}}
	}
	f("sum", term(segment.AggSum, "amount", months(12)))
	f("count", term(segment.AggCount, "", months(12)))
	f("distinct", term(segment.AggCountDistinct, "category", months(12)))
	f("median", term(segment.AggMedian, "amount", months(12)))
	f("most frequent", term(segment.AggMostFrequent, "category", months(12)))
	f("gap", term(segment.AggMedianGap, "", months(12)))
	f("last instant", []engine.Ask{{AsOf: benchAsOf, Term: &segment.EventInstant{Last: true, Events: on("purchase")}}})
	var many []segment.Node
	for i := range 60 {
		var where segment.Node
		switch i % 3 {
		case 0:
			where = &segment.Compare{Term: prop("amount", kreds.Number), Op: segment.Greater, Value: &segment.Number{V: float64(i * 5)}}
		case 1:
			where = &segment.Compare{Term: prop("category", kreds.Text), Op: segment.Equal, Value: &segment.Text{V: fmt.Sprintf("category %d", i)}}
		}
		many = append(many, purchases(where, months(1+i%24), &segment.Count{Op: segment.AtLeast, N: 1 + i%4}))
	}
	f("60 counts", ask(many...))
}
