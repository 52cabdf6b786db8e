package generate_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/bench/generate"
)

func TestAWorldFollowsFromItsSeed(t *testing.T) {
	a, b, other := generate.New(1, 0.001), generate.New(1, 0.001), generate.New(2, 0.001)
	same := 0
	for i := range a.Customers {
		if diff := cmp.Diff(a.Customer(i), b.Customer(i)); diff != "" {
			t.Fatalf("customer %d differs: %s", i, diff)
		}
		x := a.Events(generate.Purchase, i, nil)
		if !slices.Equal(x, b.Events(generate.Purchase, i, nil)) {
			t.Fatalf("purchases of customer %d differ", i)
		}
		if slices.Equal(x, other.Events(generate.Purchase, i, nil)) {
			same++
		}
	}
	if same > a.Customers/2 {
		t.Errorf("%d of %d customers are the same with another seed", same, a.Customers)
	}
}

func TestEventsAreSkewedAndInSeason(t *testing.T) {
	w := generate.New(1, 0.01)
	total, most, december := 0, 0, 0
	for i := range w.Customers {
		n := 0
		for _, k := range generate.Kinds {
			events := w.Events(k, i, nil)
			n += len(events)
			for j, e := range events {
				if e.Time < generate.Start.UnixMicro() || e.Time >= generate.End.UnixMicro() {
					t.Fatalf("event at %d is outside the three years", e.Time)
				}
				if j > 0 && e.Time < events[j-1].Time {
					t.Fatal("events are not in the order of time")
				}
				if e.Time >= generate.End.AddDate(0, -1, 0).UnixMicro() {
					december++
				}
			}
		}
		total += n
		most = max(most, n)
	}
	mean := float64(total) / float64(w.Customers)
	if mean < 47 || mean > 53 {
		t.Errorf("%.1f events per customer, want about 50", mean)
	}
	if float64(most) < 20*mean {
		t.Errorf("the busiest customer has %d events, which is no skew", most)
	}
	if share := float64(december) / float64(total); share < 1.2/36 {
		t.Errorf("the last December has %.1f %% of the events, which is no season", 100*share)
	}
}

func TestOrderedIsByBucket(t *testing.T) {
	w := generate.New(1, 0.001)
	order := w.Ordered()
	if !slices.IsSortedFunc(order, func(a, b int) int { return w.Bucket(a) - w.Bucket(b) }) {
		t.Error("customers are not in the order of buckets")
	}
	n, err := w.Number(w.Key(77))
	if err != nil || n != 77 {
		t.Errorf("Number(Key(77)) = %d, %v", n, err)
	}
}

func TestWrittenFiles(t *testing.T) {
	w := generate.New(1, 0.0001)
	var customers, purchases bytes.Buffer
	if err := w.WriteCustomers(&customers); err != nil {
		t.Fatal(err)
	}
	if err := w.WritePurchases(&purchases, 500); err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(customers.Bytes(), []byte("\n")); got != 101 {
		t.Errorf("%d lines of customers, want 101", got)
	}
	if got := bytes.Count(purchases.Bytes(), []byte("\n")); got != 501 {
		t.Errorf("%d lines of purchases, want 501", got)
	}
}
