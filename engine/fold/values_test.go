package fold

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

func TestUnknown(t *testing.T) {
	m := shop()
	for _, c := range []struct{ text, want string }{
		{`country = "DK"`, "dan eve"},
		{`country != billing`, "cec dan eve"},
		{`age is known`, ""},
		{`did purchase`, ""},
		{`count of purchase >= 1`, ""},
		{`avg(amount) of purchase > 1`, "cec dan eve"},
		{`count of purchase within first 9 days after signup >= 1`, "dan eve"},
		{`sum(amount) of purchase > limit`, "cec dan eve"},
		{`last(product) of purchase = "p1"`, "dan eve"},
		{`plan changed`, "dan eve"},
		{`company.industry = "x"`, "cec eve"},
		{`reachable.email`, ""},
		{`bucket 0 to 1 of 2`, ""},
	} {
		_, node := m.leaf(t, c.text)
		a, err := Evaluate(context.Background(), m, m.request(engine.Ask{AsOf: endOfMay, Leaf: node, WantUnknown: true}), 2)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := m.names(a[0].Unknown); got != c.want {
			t.Errorf("%s: got %q unknown, want %q", c.text, got, c.want)
		}
	}
}

func TestValues(t *testing.T) {
	m := shop()
	for _, c := range []struct{ text, want, events string }{
		{`age = 1`, "ann=30 bob=45.5 dan=18", ""},
		{`company.industry = ""`, "ann=62.01 bob=62.01 dan=47.11", ""},
		{`profile.key = ""`, "ann=ann bob=bob cec=cec dan=dan eve=eve acme=acme bolt=bolt core=core", ""},
		{`vip`, "ann=true bob=false", ""},
		{`year(signup) = 1`, "ann=2024 bob=2025 cec=2025", ""},
		{`count of purchase = 1`, "ann=3 bob=1 cec=1 dan=0 eve=0 acme=0 bolt=0 core=0", "ann bob cec"},
		{`count of order = 1`, "ann=0 bob=0 cec=2 dan=1 eve=0 acme=0 bolt=0 core=0", "cec dan"},
		{`sum(amount) of purchase within last 30 days = 1`, "ann=400.5 bob=0 cec=0 dan=0 eve=0 acme=0 bolt=0 core=0", "ann"},
		{`max(amount) of purchase = 1`, "ann=250.5 bob=300", "ann bob cec"},
		{`last(product) of any of (purchase, view) = ""`, "ann=p2 bob=p2 cec=p1 dan=p3", "ann bob cec dan"},
		{`median gap of purchase = 1 days`, "ann=698400", "ann bob cec"},
		{`first purchase today`, "ann=2025-05-20T10:00 bob=2025-01-10T09:00 cec=2025-04-01T00:00", "ann bob cec"},
	} {
		_, node := m.leaf(t, c.text)
		a, err := Evaluate(context.Background(), m, m.request(engine.Ask{AsOf: endOfMay, Term: condition.TermOf(node)}), 2)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		v := a[0].Values
		col := condition.ColumnOf(v)
		got := ""
		for i, k := range m.keys {
			if x := col.At(i); x.Known {
				got += fmt.Sprintf(" %s=%s", k, short(x.Value(v.Type)))
			}
		}
		if diff := cmp.Diff(" "+c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
		events := ""
		if v.Events != nil {
			events = m.names(v.Events.Roaring())
		}
		if events != c.events {
			t.Errorf("%s: events of %q, want %q", c.text, events, c.events)
		}
	}
}

func TestOwner(t *testing.T) {
	m := shop()
	for _, c := range []struct{ asOf, want string }{
		{"2025-05-09", "ann:acme bob:acme dan:acme "}, {"2025-06-01", "ann:acme bob:acme dan:bolt "}, {"2024-01-01", "ann:acme "},
	} {
		a, err := Evaluate(context.Background(), m, m.request(engine.Ask{AsOf: at(c.asOf), Owner: true}), 1)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, k := range m.keys {
			if a[0].Values.Known.Has(uint32(i)) {
				got += k + ":" + m.keys[a[0].Values.Int[i]] + " "
			}
		}
		if got != c.want {
			t.Errorf("as of %s: got %q, want %q", c.asOf, got, c.want)
		}
	}
}

// TestAsOf asks the same at several instants in one request.
func TestAsOf(t *testing.T) {
	m := shop()
	_, node := m.leaf(t, `did purchase within last 30 days`)
	_, plan := m.leaf(t, `plan = "gold"`)
	var asks []engine.Ask
	days := []string{"2025-01-15", "2025-04-02", "2025-06-01", "2025-06-02"}
	for _, d := range days {
		asks = append(asks, engine.Ask{AsOf: at(d), Leaf: node}, engine.Ask{AsOf: at(d), Leaf: plan})
	}
	answers, err := Evaluate(context.Background(), m, m.request(asks...), 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range answers {
		got = append(got, m.names(a.Members))
	}
	want := []string{"bob", "bob", "cec", "bob", "ann", "ann bob", "ann", "ann bob"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestBuckets asks each bucket alone: together they give the whole.
func TestBuckets(t *testing.T) {
	m := shop()
	for _, text := range []string{`did purchase`, `did not purchase`, `country = "DK"`, `plan changed`, `companies: did person.purchase`} {
		kind, node := m.leaf(t, text)
		r := m.request(engine.Ask{Kind: kind, AsOf: endOfMay, Leaf: node})
		whole, err := Evaluate(context.Background(), m, r, 2)
		if err != nil {
			t.Fatal(err)
		}
		buckets := m.BucketOf()
		sum := uint64(0)
		for _, b := range buckets {
			r.Buckets = engine.Buckets{From: int(b), To: int(b)}
			part, err := Evaluate(context.Background(), m, r, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range part[0].Members.ToArray() {
				if buckets[p] != b || !whole[0].Members.Contains(p) {
					t.Errorf("%s: bucket %d has %s", text, b, m.keys[p])
				}
			}
			sum += part[0].Members.GetCardinality()
		}
		if sum != whole[0].Members.GetCardinality() {
			t.Errorf("%s: %d members by bucket, %d in all", text, sum, whole[0].Members.GetCardinality())
		}
	}
}

func TestCancel(t *testing.T) {
	m := shop()
	_, node := m.leaf(t, `did purchase`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Evaluate(ctx, m, m.request(engine.Ask{AsOf: endOfMay, Leaf: node}), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestErrors(t *testing.T) {
	m := shop()
	for _, n := range []segment.Node{
		&segment.And{}, &segment.Rank{},
		&segment.Did{Steps: []*segment.Step{{Events: &segment.Events{Names: []string{"nothing"}}}}},
		&segment.Bucket{},
	} {
		if _, err := Evaluate(context.Background(), m, m.request(engine.Ask{AsOf: endOfMay, Leaf: n}), 1); err == nil {
			t.Errorf("%T: no error", n)
		}
	}
}

// TestManyRows adds up more than an integer can hold on the way.
func TestManyRows(t *testing.T) {
	m := newMemory()
	const most = kreds.MaxDecimal / kreds.DecimalScale
	for range 1100 {
		m.event(person, "a", "e", "2025-01-01T00:00", "x", float64(most))
	}
	for range 1099 {
		m.event(person, "a", "e", "2025-01-02T00:00", "x", -float64(most))
	}
	_, node := m.leaf(t, fmt.Sprintf(`sum(x) of e between %d and %d`, int64(most)-1, int64(most)+1))
	a, err := Evaluate(context.Background(), m, m.request(engine.Ask{AsOf: endOfMay, Leaf: node}), 1)
	if err != nil {
		t.Fatal(err)
	}
	if m.names(a[0].Members) != "a" {
		t.Error("the sum is wrong")
	}
	if most*kreds.DecimalScale > math.MaxInt64/1000 {
		t.Error("the bound has changed")
	}
}
