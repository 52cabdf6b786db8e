package enginetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/internal/oracle"
)

// keys: numbers and keys belong together, in the order of either, and buckets are
// those of the keys.
func keys(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(60, small), 60)
	all := roaring.New()
	used := map[kreds.Profile]bool{}
	var names []string
	for k := range h.numbers {
		for key, p := range h.numbers[k] {
			if used[p] {
				t.Errorf("%d is the number of two profiles", p)
			}
			used[p] = true
			all.Add(uint32(p))
			names = append(names, key)
		}
	}
	if within := must[*roaring.Bitmap](t)(h.Within(t.Context(), engine.AllBuckets)); !within.Equals(all) {
		t.Errorf("all buckets hold %v, want %v", within, all)
	}
	slices.Sort(names)
	for _, sorted := range []bool{true, false} {
		var got []string
		last := int64(-1)
		for k, err := range h.Keys(t.Context(), all, sorted) {
			if err != nil {
				t.Fatal(err)
			}
			if !sorted && int64(k.Profile) <= last {
				t.Errorf("number %d comes after %d", k.Profile, last)
			}
			last = int64(k.Profile)
			if h.numbers[kreds.Person][k.Key] != k.Profile && h.numbers[kreds.Company][k.Key] != k.Profile {
				t.Errorf("%d has the key %q", k.Profile, k.Key)
			}
			got = append(got, k.Key)
		}
		if !sorted {
			slices.Sort(got)
		}
		same(t, "the keys", names, got)
	}
	for _, err := range h.Keys(t.Context(), all, true) {
		if err != nil {
			t.Error(err)
		}
		break // whoever asks may stop
	}
	for k := range h.numbers {
		for key, p := range h.numbers[k] {
			b := engine.BucketOf(key)
			if !must[*roaring.Bitmap](t)(h.Within(t.Context(), engine.Buckets{From: b, To: b})).Contains(uint32(p)) {
				t.Errorf("%q is not in its bucket %d", key, b)
			}
		}
	}
	if _, err := h.Find(t.Context(), kreds.Person, "nobody"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("finding nobody: %v", err)
	}
}

// events: those of one profile, the newest first.
func events(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(70, small), 70)
	for k := range h.numbers {
		for key, p := range h.numbers[k] {
			for _, names := range [][]string{nil, {"purchase"}, {"view", "booking"}} {
				before := h.writer.Instant()
				want := map[kreds.Instant]int{}
				total := 0
				for _, in := range h.world.Imports {
					for _, e := range in.Events {
						if e.Kind == kreds.Kind(k) && e.Key == key && e.Time < before && (names == nil || slices.Contains(names, e.Type)) {
							want[e.Time]++
							total++
						}
					}
				}
				got := must[[]engine.Event](t)(h.Events(t.Context(), p, names, before, 1000))
				have := map[kreds.Instant]int{}
				for i, e := range got {
					have[e.Time]++
					if i > 0 && e.Time > got[i-1].Time {
						t.Errorf("an event of %d comes after one of %d", e.Time, got[i-1].Time)
					}
					if !h.stored(e, kreds.Kind(k), key) {
						t.Errorf("nobody brought %+v of %q", e, key)
					}
				}
				same(t, "the instants of the events of "+key, want, have)
				if total > 3 {
					few := must[[]engine.Event](t)(h.Events(t.Context(), p, names, before, 3))
					if len(few) != 3 || few[2].Time != got[2].Time {
						t.Errorf("the last three events of %q: %v", key, few)
					}
				}
			}
		}
	}
}

// observations: what each import said of the traits of one profile, in the order of time,
// where the last one known is the value as of the instant.
func observations(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(71, small), 71)
	for k := range h.numbers {
		for key, p := range h.numbers[k] {
			before := h.writer.Instant()
			want := map[string]int{}
			for i, in := range h.world.Imports {
				for _, r := range in.Profiles {
					if r.Kind != kreds.Kind(k) || r.Key != key || r.Observed >= before {
						continue
					}
					for name, v := range r.Traits {
						want[fmt.Sprint(name, oracle.Plain(v), r.Observed, i+1)]++
					}
				}
			}
			have := map[string]int{}
			last := kreds.MinInstant
			for _, o := range must[[]engine.Observation](t)(h.Observations(t.Context(), p, before)) {
				if o.Time < last {
					t.Errorf("%q: an observation of %d comes after one of %d", key, o.Time, last)
				}
				last = o.Time
				have[fmt.Sprint(o.Trait, oracle.Plain(o.Value), o.Time, o.Import)]++
			}
			same(t, "the observations of "+key, want, have)
		}
	}
	if _, err := h.Observations(t.Context(), 1<<30, kreds.MaxInstant); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("observations of nobody: %v", err)
	}
}

// stored reports whether the event is one of the world's.
func (h *held) stored(e engine.Event, k kreds.Kind, key string) bool {
	for _, in := range h.world.Imports {
		for _, x := range in.Events {
			if x.Type == e.Type && x.Kind == k && x.Key == key && x.Time == e.Time && x.DayOnly == e.DayOnly && len(x.Properties) == len(e.Properties) &&
				!slices.ContainsFunc(slices.Collect(maps.Keys(x.Properties)), func(n string) bool { return oracle.Plain(x.Properties[n]) != oracle.Plain(e.Properties[n]) }) {
				return true
			}
		}
	}
	return false
}

// statistics: as counted in the plain rows.
func statistics(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(80, small), 80)
	got := must[*engine.Statistics](t)(h.Statistics(t.Context()))
	profiles := map[kreds.Kind]int64{kreds.Person: int64(len(h.numbers[0])), kreds.Company: int64(len(h.numbers[1]))}
	if n := got.Profiles[kreds.Persons] + got.Profiles[kreds.Prospects]; n != profiles[kreds.Person] {
		t.Errorf("%d persons, want %d", n, profiles[kreds.Person])
	}
	if n := got.Profiles[kreds.Companies] + got.Profiles[kreds.ProspectCompanies]; n != profiles[kreds.Company] {
		t.Errorf("%d companies, want %d", n, profiles[kreds.Company])
	}
	if n := len(h.world.Traits[0]) + len(h.world.Traits[1]); len(got.Traits) != n {
		t.Errorf("%d traits, want %d", len(got.Traits), n)
	}
	for _, s := range got.Traits {
		e := h.parse(map[kreds.Kind]string{kreds.Company: "companies: "}[s.Kind] + "`" + s.Name + "` is known")
		term := termOf(e)
		var values []kreds.Value
		for key := range h.numbers[s.Kind] {
			if v := h.oracle.Value(term, s.Kind, key, kreds.MaxInstant); v.Type != kreds.Unknown {
				values = append(values, v)
			}
		}
		described(t, s, profiles[s.Kind], values)
	}
	if len(got.Events) != len(h.world.Events) {
		t.Errorf("%d types of events, want %d", len(got.Events), len(h.world.Events))
	}
	for _, s := range got.Events {
		typ := h.world.EventType(s.Name)
		want := engine.EventStatistics{Name: s.Name, First: kreds.MaxInstant, Last: kreds.MinInstant, Properties: s.Properties}
		type who struct {
			kind kreds.Kind
			key  string
		}
		of, occasions := map[who]bool{}, map[any]bool{}
		values := map[string][]kreds.Value{}
		for _, in := range h.world.Imports {
			for _, e := range in.Events {
				if e.Type != s.Name {
					continue
				}
				want.Rows++
				of[who{e.Kind, e.Key}] = true
				want.First, want.Last = min(want.First, e.Time), max(want.Last, e.Time)
				for name, v := range e.Properties {
					values[name] = append(values[name], v)
				}
				if typ.Occasion == "" {
					continue
				}
				if v, ok := e.Properties[typ.Occasion]; ok {
					occasions[[3]any{e.Kind, e.Key, oracle.Plain(v)}] = true
				} else {
					occasions[len(occasions)+1_000_000] = true
				}
			}
		}
		want.Profiles, want.Occasions = int64(len(of)), int64(len(occasions))
		same(t, "the events "+s.Name, want, s)
		for _, p := range s.Properties {
			described(t, p, want.Rows, values[p.Name])
		}
	}
}

// described checks the statistics of a column against its values.
func described(t *testing.T, s engine.ColumnStatistics, of int64, values []kreds.Value) {
	t.Helper()
	if s.Known != int64(len(values)) || s.Of != of {
		t.Errorf("%s: %d of %d are known, want %d of %d", s.Name, s.Known, s.Of, len(values), of)
	}
	counts := map[any]int64{}
	for _, v := range values {
		if v.Type != kreds.List {
			counts[oracle.Plain(v)]++
			continue
		}
		for _, x := range slices.Compact(slices.Sorted(slices.Values(v.List))) { // each text once a list
			counts[x]++
		}
	}
	if s.Distinct != int64(len(counts)) {
		t.Errorf("%s: %d values, want %d", s.Name, s.Distinct, len(counts))
	}
	if s.Type == kreds.Number || s.Type == kreds.Date || s.Type == kreds.Instants {
		sort.Slice(values, func(i, j int) bool { return before(values[i], values[j]) })
		if len(values) > 0 && (oracle.Plain(s.Min) != oracle.Plain(values[0]) || oracle.Plain(s.Max) != oracle.Plain(values[len(values)-1])) {
			t.Errorf("%s: from %+v to %+v, want %+v to %+v", s.Name, s.Min, s.Max, values[0], values[len(values)-1])
		}
	}
	most := slices.SortedFunc(maps.Values(counts), func(a, b int64) int { return cmp.Compare(b, a) })
	if len(s.Top) != min(5, len(most)) {
		t.Errorf("%s: %d top values of %d", s.Name, len(s.Top), len(most))
	}
	for i, top := range s.Top {
		if top.Count != most[i] || counts[oracle.Plain(top.Value)] != top.Count {
			t.Errorf("%s: top value %+v %d times, want %d", s.Name, top.Value, top.Count, most[i])
		}
	}
}

func before(a, b kreds.Value) bool {
	switch a.Type {
	case kreds.Number:
		return a.Num < b.Num
	case kreds.Date:
		return a.Day < b.Day
	}
	return a.Instant < b.Instant
}
