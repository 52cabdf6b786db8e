package oracle_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
	"github.com/kreds/kreds/segment"
)

// table is a file to come: how it is imported, its header and its rows.
type table struct {
	request collect.Request
	header  []string
	rows    [][]string
}

// write writes a value as people do.
func write(w *generate.World, v kreds.Value) string {
	switch v.Type {
	case kreds.Number:
		return strconv.FormatFloat(v.Num, 'f', -1, 64)
	case kreds.Text:
		return v.Text
	case kreds.Boolean:
		return strconv.FormatBool(v.Bool)
	case kreds.Date:
		return v.Day.String()
	case kreds.Instants:
		return moment(w, v.Instant)
	case kreds.List:
		text, err := json.Marshal(v.List)
		if err != nil {
			panic(err) // texts can always be written
		}
		return string(text)
	case kreds.Location:
		lat, lon := v.Point.Degrees()
		return fmt.Sprintf("%.7f, %.7f", lat, lon)
	}
	return ""
}

func moment(w *generate.World, t kreds.Instant) string {
	if t == kreds.MinInstant {
		return ""
	}
	return t.Time().In(w.Zone).Format("2006-01-02T15:04:05.000000Z07:00")
}

// tables are the rows of a world as files: one of each kind of profile, of each
// type of event of each kind, and of items.
func tables(w *generate.World) []*table {
	begin := func(as string, columns []generate.Column, fixed ...string) *table {
		out := &table{header: fixed, request: collect.Request{
			As: as, ID: "key", Map: map[string]string{}, Types: map[string]string{},
		}}
		for _, c := range columns {
			label := c.Label
			out.header = append(out.header, label)
			out.request.Map[label], out.request.Types[label] = c.Name, c.Type.String()
		}
		return out
	}
	row := func(columns []generate.Column, of map[string]kreds.Value, fixed ...string) []string {
		for _, c := range columns {
			fixed = append(fixed, write(w, of[c.Name]))
		}
		return fixed
	}
	var out []*table
	for kind, as := range []string{"customers", "companies"} {
		columns := w.Traits[kind]
		profiles := begin(as, columns, "key", "seen", "created", "employer")
		profiles.request.Time = "seen"
		profiles.request.Map["created"] = "profile.first_seen"
		profiles.request.Map["employer"] = "company"
		if kreds.Kind(kind) == kreds.Company {
			profiles.request.Map["employer"] = "-"
		}
		out = append(out, profiles)
		events := map[string]*table{}
		for _, t := range w.Events {
			e := begin("events:"+t.Name, t.Properties, "key", "when")
			e.request.Time, e.request.For = "when", as
			if t.Occasion != "" {
				e.request.Order = t.Occasion
			}
			events[t.Name] = e
			out = append(out, e)
		}
		for _, i := range w.Imports {
			for _, p := range i.Profiles {
				if p.Kind == kreds.Kind(kind) {
					profiles.rows = append(profiles.rows, row(columns, p.Traits, p.Key, moment(w, p.Observed), moment(w, p.Created), p.Company))
				}
			}
			for _, e := range i.Events {
				if e.Kind == kreds.Kind(kind) {
					when := moment(w, e.Time)
					if e.DayOnly {
						when = e.Time.Time().In(w.Zone).Format(time.DateOnly)
					}
					events[e.Type].rows = append(events[e.Type].rows, row(w.EventType(e.Type).Properties, e.Properties, e.Key, when))
				}
			}
		}
	}
	items := begin("items", w.Facts, "key")
	for _, i := range w.Imports {
		for _, x := range i.Items {
			items.rows = append(items.rows, row(w.Facts, x.Facts, x.Key))
		}
	}
	return append(out, items)
}

// writable takes out of a world what files cannot say: empty texts, which stand
// for missing ones, and prospects.
func writable(w *generate.World) *generate.World {
	clean := func(values map[string]kreds.Value) {
		for name, v := range values {
			if v.Type == kreds.Text && v.Text == "" {
				delete(values, name)
			}
		}
	}
	for _, i := range w.Imports {
		for k := range i.Profiles {
			i.Profiles[k].Prospect = false
			clean(i.Profiles[k].Traits)
		}
		for _, e := range i.Events {
			clean(e.Properties)
		}
		for _, x := range i.Items {
			clean(x.Facts)
		}
	}
	return w
}

// bring imports tables, each in as many files as parts says, in a random order.
func bring(t *testing.T, w *generate.World, all []*table, rng *rand.Rand, parts int) *workspace {
	t.Helper()
	empty := *w
	empty.Imports, empty.Segments = nil, nil
	ws := open(t, &empty)
	dir := t.TempDir()
	var requests []collect.Request
	for k, table := range all {
		if len(table.rows) == 0 {
			continue
		}
		rows := slices.Clone(table.rows)
		if parts > 1 {
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		n := min(parts, len(rows))
		for part := range n {
			path := filepath.Join(dir, fmt.Sprintf("%d-%d.csv", k, part))
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			c := csv.NewWriter(f)
			if err := c.WriteAll(append([][]string{table.header}, rows[part*len(rows)/n:(part+1)*len(rows)/n]...)); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			r := table.request
			r.Files = []string{path}
			requests = append(requests, r)
		}
	}
	if parts > 1 {
		rng.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	}
	for _, r := range requests {
		if rejected := ws.imports(t, r); rejected != 0 {
			t.Fatalf("%s: %d rows are rejected", r.As, rejected)
		}
	}
	ws.name(t)
	return ws
}

// TestOrderOfArrival: the same rows in one file of each kind, and shuffled in more
// than 50, have the same members, by way of the importer; and those that the oracle
// says.
func TestOrderOfArrival(t *testing.T) {
	worlds := 1
	if soak() {
		worlds = 40
	}
	for seed := range worlds {
		w := writable(generate.New(uint64(seed)+900, generate.Options{Persons: 22, Companies: 7, Untied: true}))
		w.Segments = nil
		rng := rand.New(rand.NewPCG(uint64(seed), 6))
		all := tables(w)
		one, many := bring(t, w, all, rng, 1), bring(t, w, all, rng, 5)
		o, x := oracle.New(w), w.Writer(rng)
		for _, s := range []kreds.Subject{kreds.Persons, kreds.Companies} {
			instants := []kreds.Instant{x.Instant(), x.Instant(), x.Instant(), generate.End}
			parsed := map[string]*segment.Expr{}
			var texts []string
			for range 60 {
				text := x.About(s)
				e, err := one.Parse(t.Context(), text)
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				texts, parsed[text] = append(texts, text), e
			}
			a, b := one.members(t, s, texts, parsed, instants), many.members(t, s, texts, parsed, instants)
			for i := range a {
				text, asOf := texts[i/len(instants)], instants[i%len(instants)]
				in, out := one.keys(a[i], s.Kind()), many.keys(b[i], s.Kind())
				if !slices.Equal(in, out) {
					t.Errorf("%s as of %d: %q from one file, %q from many", text, asOf, in, out)
				}
				if want := o.Members(parsed[text], asOf); !slices.Equal(in, want) {
					small, in, want := one.smallest(t, o, func(k []string) []string { return k }, parsed[text], asOf, in, want)
					t.Errorf("%s as of %d: %q from one file, the oracle says %q", small, asOf, in, want)
				}
			}
		}
	}
}
