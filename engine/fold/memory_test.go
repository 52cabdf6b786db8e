package fold

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// memory is Data of a few profiles, held as rows.
type memory struct {
	cat     kreds.Catalogue
	keys    []string
	kinds   []kreds.Kind
	created map[uint32]kreds.Instant
	traits  map[string][]observation // by kind and name
	owners  []observation            // of persons; the value holds the company's key
	events  map[string][]happening
	items   map[string]map[string]kreds.Value
}

type observation struct {
	profile uint32
	at      kreds.Instant
	value   kreds.Value
}

type happening struct {
	profile  uint32
	at       kreds.Instant
	dateOnly bool
	values   map[string]kreds.Value
}

// copenhagen is the calendar of tests.
var copenhagen = sync.OnceValue(func() *segment.Calendar {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return segment.NewCalendar(loc)
})

// at reads a local time; a bare date is its midnight, "" undated.
func at(s string) kreds.Instant {
	if s == "" {
		return kreds.MinInstant
	}
	layout := "2006-01-02T15:04"
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.ParseInLocation(layout, s, copenhagen().Location())
	if err != nil {
		panic(err)
	}
	return kreds.InstantOf(t)
}

// val makes a value: 2025-01-01 is a date, a time an instant, a slice a list,
// a pair of numbers a place.
func val(v any) kreds.Value {
	switch v := v.(type) {
	case int:
		return kreds.Value{Type: kreds.Number, Num: float64(v)}
	case float64:
		return kreds.Value{Type: kreds.Number, Num: v}
	case bool:
		return kreds.Value{Type: kreds.Boolean, Bool: v}
	case []string:
		return kreds.Value{Type: kreds.List, List: v}
	case [2]float64:
		return kreds.Value{Type: kreds.Location, Point: kreds.PointOf(v[0], v[1])}
	case string:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return kreds.Value{Type: kreds.Date, Day: kreds.DayOf(t.Date())}
		}
		if len(v) == len("2006-01-02T15:04") && v[4] == '-' && v[10] == 'T' {
			return kreds.Value{Type: kreds.Instants, Instant: at(v)}
		}
		return kreds.Value{Type: kreds.Text, Text: v}
	}
	panic(fmt.Sprint("no value: ", v))
}

func newMemory() *memory {
	return &memory{
		created: map[uint32]kreds.Instant{}, traits: map[string][]observation{},
		events: map[string][]happening{}, items: map[string]map[string]kreds.Value{},
	}
}

func (m *memory) profile(k kreds.Kind, key string) uint32 {
	if i := slices.Index(m.keys, key); i >= 0 {
		return uint32(i)
	}
	m.keys, m.kinds = append(m.keys, key), append(m.kinds, k)
	return uint32(len(m.keys) - 1)
}

// trait adds an observation; an undated one has no time.
func (m *memory) trait(k kreds.Kind, key, name, when string, v any) {
	value := val(v)
	if !slices.ContainsFunc(m.cat.Traits, func(t kreds.Trait) bool { return t.Kind == k && t.Name == name }) {
		m.cat.Traits = append(m.cat.Traits, kreds.Trait{Kind: k, Name: name, Type: value.Type, Dated: true})
	}
	id := k.String() + " " + name
	m.traits[id] = append(m.traits[id], observation{m.profile(k, key), at(when), value})
	slices.SortStableFunc(m.traits[id], func(a, b observation) int {
		if a.profile != b.profile {
			return int(a.profile) - int(b.profile)
		}
		return compareInstants(a.at, b.at)
	})
}

func compareInstants(a, b kreds.Instant) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// event adds an event of the properties, named and valued in turn.
func (m *memory) event(k kreds.Kind, key, name, when string, props ...any) {
	h := happening{profile: m.profile(k, key), at: at(when), values: map[string]kreds.Value{}}
	h.dateOnly = len(when) == len(time.DateOnly)
	t := m.eventType(name)
	for i := 0; i < len(props); i += 2 {
		n, v := props[i].(string), val(props[i+1])
		if _, ok := t.Property(n); !ok {
			t.Properties = append(t.Properties, kreds.Property{Name: n, Type: v.Type})
		}
		h.values[n] = v
	}
	m.events[name] = append(m.events[name], h)
}

func (m *memory) eventType(name string) *kreds.EventType {
	i := slices.IndexFunc(m.cat.Events, func(t kreds.EventType) bool { return t.Name == name })
	if i < 0 {
		m.cat.Events = append(m.cat.Events, kreds.EventType{Name: name})
		i = len(m.cat.Events) - 1
	}
	return &m.cat.Events[i]
}

func (m *memory) item(key, fact string, v any) {
	if m.items[fact] == nil {
		m.items[fact] = map[string]kreds.Value{}
		m.cat.Items = append(m.cat.Items, kreds.Property{Name: fact, Type: val(v).Type})
	}
	m.items[fact][key] = val(v)
}

func (m *memory) Catalogue(context.Context) (*kreds.Catalogue, error) { return &m.cat, nil }
func (m *memory) Profiles() int                                       { return len(m.keys) }
func (m *memory) KindOf() []kreds.Kind                                { return m.kinds }
func (m *memory) Key(context.Context) ([]string, error)               { return m.keys, nil }
func (m *memory) Item(_ context.Context, f string) (map[string]kreds.Value, error) {
	return m.items[f], nil
}

func (m *memory) BucketOf() []uint16 {
	out := make([]uint16, len(m.keys))
	for i, k := range m.keys {
		sum := sha256.Sum256([]byte(k))
		out[i] = uint16(binary.BigEndian.Uint64(sum[:]) % kreds.Buckets)
	}
	return out
}

func (m *memory) FirstEvent() []kreds.Instant {
	out := make([]kreds.Instant, len(m.keys))
	for i := range out {
		out[i] = kreds.MaxInstant
	}
	for _, hs := range m.events {
		for _, h := range hs {
			out[h.profile] = min(out[h.profile], h.at)
		}
	}
	return out
}

func (m *memory) FirstSeen() []kreds.Instant {
	out := m.FirstEvent()
	for p, t := range m.created {
		out[p] = min(out[p], t)
	}
	return out
}

func (m *memory) Trait(_ context.Context, k kreds.Kind, name string, asOf kreds.Instant) (*engine.Values, error) {
	obs := m.traits[k.String()+" "+name]
	byProfile := make([]kreds.Value, len(m.keys))
	for _, o := range obs {
		if o.at < asOf {
			byProfile[o.profile] = o.value
		}
	}
	return valuesOf(byProfile), nil
}

// valuesOf packs values as engines do.
func valuesOf(vals []kreds.Value) *engine.Values {
	n := len(vals)
	out := &engine.Values{Known: engine.MakeBits(n)}
	for _, v := range vals {
		if v.Type != kreds.Unknown {
			out.Type = v.Type
		}
	}
	codes := map[string]int32{}
	for i, v := range vals {
		c := condition.CellOf(v)
		if c.Known {
			out.Known.Set(uint32(i))
		}
		switch out.Type {
		case kreds.Number:
			out.Num = append(out.Num, c.Num)
		case kreds.Text, kreds.List:
			k, ok := codes[c.Text]
			if !ok && c.Known {
				k = int32(len(out.Dict))
				codes[c.Text] = k
				out.Dict = append(out.Dict, c.Text)
			}
			out.Code = append(out.Code, k)
		default:
			out.Int = append(out.Int, c.Int)
		}
	}
	return out
}

func (m *memory) Owner(_ context.Context, asOf kreds.Instant) (*engine.Values, error) {
	out := &engine.Values{Known: engine.MakeBits(len(m.keys)), Int: make([]int64, len(m.keys))}
	for _, o := range m.owners {
		if o.at < asOf {
			out.Known.Set(o.profile)
			out.Int[o.profile] = int64(slices.Index(m.keys, o.value.Text))
		}
	}
	return out, nil
}

func (m *memory) History(_ context.Context, k kreds.Kind, name string, b engine.Buckets, before kreds.Instant, each func(*Observations) error) error {
	buckets := m.BucketOf()
	var o Observations
	var vals []kreds.Value
	for _, x := range m.traits[k.String()+" "+name] {
		if c := int(buckets[x.profile]); x.at < before && c >= b.From && c <= b.To {
			o.Profile, o.Time, vals = append(o.Profile, x.profile), append(o.Time, x.at), append(vals, x.value)
		}
	}
	if len(vals) == 0 {
		return nil
	}
	o.Values = *valuesOf(vals)
	o.Values.Known = nil
	return each(&o)
}

func (m *memory) Dict(_ context.Context, event, prop string) ([]string, error) {
	var out []string
	for _, h := range m.events[event] {
		if v, ok := h.values[prop]; ok {
			if s := condition.CellOf(v).Text; !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// Rows gives each profile a batch of its own, to the workers in turn.
func (m *memory) Rows(ctx context.Context, q *RowsQuery, each func(int, *rows.Batch) error) error {
	buckets := m.BucketOf()
	order := make([]uint32, len(m.keys))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return int(buckets[a]) - int(buckets[b]) })
	var wg sync.WaitGroup
	errs := make([]error, q.Workers)
	for w := range q.Workers {
		wg.Go(func() {
			// Two profiles a batch, so that groups meet in one.
			for i := 2 * w; i < len(order) && errs[w] == nil; i += 2 * q.Workers {
				b := &rows.Batch{}
				for _, t := range q.Tables {
					var r rows.Rows
					for _, p := range order[i:min(i+2, len(order))] {
						if c := int(buckets[p]); c >= q.Buckets.From && c <= q.Buckets.To {
							m.rows(ctx, t, p, &r)
						}
					}
					b.Tables = append(b.Tables, *thinned(&r, t, w))
				}
				errs[w] = each(w, b)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// thinned leaves out the rows that nobody wants.
func thinned(r *rows.Rows, t Table, worker int) *rows.Rows {
	if t.Keep == nil || len(r.Profile) == 0 {
		return r
	}
	wanted := make([]uint64, (len(r.Profile)+63)/64)
	for i := range r.Profile {
		wanted[i>>6] |= 1 << (i & 63)
	}
	t.Keep(worker, r, wanted)
	var out pile
	for i, p := range r.Profile {
		if wanted[i>>6]>>(i&63)&1 != 0 {
			out.add(r, i, p, p)
		}
	}
	kept := out.withKnown()
	kept.Persons = nil
	return kept
}

func (m *memory) rows(ctx context.Context, t Table, p uint32, r *rows.Rows) {
	var hs []happening
	for _, h := range m.events[t.Event] {
		if h.profile == p && h.at >= t.From && h.at < t.Before {
			hs = append(hs, h)
		}
	}
	slices.SortStableFunc(hs, func(a, b happening) int { return compareInstants(a.at, b.at) })
	if r.Columns == nil && len(hs) > 0 {
		r.Columns = make([]rows.Vector, len(t.Columns))
	}
	for _, h := range hs {
		row := len(r.Profile)
		r.Profile, r.Time = append(r.Profile, p), append(r.Time, int64(h.at))
		if t.DayOnly {
			r.DayOnly = append(r.DayOnly, 0)
			if h.dateOnly {
				r.DayOnly[row] = 1
			}
		}
		for i, name := range t.Columns {
			m.put(ctx, t.Event, name, row, h.values[name], &r.Columns[i])
		}
	}
}

func (m *memory) put(ctx context.Context, event, name string, row int, v kreds.Value, c *rows.Vector) {
	prop, _ := m.eventType(event).Property(name)
	c.Type, c.Exact = prop.Type, prop.Type == kreds.Number && !strings.HasPrefix(name, "float")
	if row%64 == 0 {
		c.Known = append(c.Known, 0)
	}
	x := condition.CellOf(v)
	if x.Known {
		c.Known[row>>6] |= 1 << (row & 63)
	}
	switch {
	case c.Exact:
		c.I64 = append(c.I64, int64(x.Num*kreds.DecimalScale))
	case prop.Type == kreds.Number:
		c.F64 = append(c.F64, x.Num)
	case prop.Type == kreds.Text || prop.Type == kreds.List:
		dict, _ := m.Dict(ctx, event, name)
		c.I32 = append(c.I32, int32(slices.Index(dict, x.Text)))
	case prop.Type == kreds.Date:
		c.I32 = append(c.I32, int32(x.Int))
	case prop.Type == kreds.Boolean:
		c.U8 = append(c.U8, uint8(x.Int))
	default:
		c.I64 = append(c.I64, x.Int)
	}
}

// leaf reads an expression of one leaf.
func (m *memory) leaf(t *testing.T, text string) (kreds.Kind, segment.Node) {
	t.Helper()
	e, err := segment.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	cat := m.cat
	cat.Lists = map[string][]string{"cheap": {"1", "2.5"}, "North": {"DK", "SE"}}
	cat.Places = places
	if err := segment.Check(e, &cat); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e.Subject.Kind(), e.Root
}

var places = []kreds.Place{
	{Name: "Aarhus store", Point: kreds.PointOf(56.1572, 10.2107)},
	{Name: "Odense store", Point: kreds.PointOf(55.4038, 10.4024)},
}

func (m *memory) request(asks ...engine.Ask) *engine.Request {
	return &engine.Request{
		Buckets: engine.AllBuckets, Calendar: copenhagen(), Asks: asks, Places: places,
		Lists: map[string][]string{"cheap": {"1", "2.5"}, "North": {"DK", "SE"}},
	}
}

// names lists keys of a set.
func (m *memory) names(set interface{ ToArray() []uint32 }) string {
	var out []string
	for _, p := range set.ToArray() {
		out = append(out, m.keys[p])
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
