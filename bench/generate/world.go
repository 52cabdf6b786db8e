// Package generate makes the customers and events that the benchmark asks
// about. A world follows from its seed and size alone: each customer has a
// generator of its own, so rows can be made in any order and by many workers.
//
// Counts per customer are log-normal: a few have thousands of events and many
// have none. Days follow the seasons of a shop, with a peak before Christmas,
// and weekdays and hours have their own weights.
package generate

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Kind is an event type.
type Kind int

// The event types.
const (
	Visit Kind = iota
	View
	Cart
	Purchase
	Return
)

// Kinds are all event types.
var Kinds = []Kind{Visit, View, Cart, Purchase, Return}

// perCustomer is the mean number of events by kind: 50 in all.
var perCustomer = [...]float64{20, 15, 7, 6, 2}

// String returns the name of the event type.
func (k Kind) String() string {
	return [...]string{"visit", "view", "cart", "purchase", "return"}[k]
}

// Start and End bound the three years of events.
var (
	Start = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	End   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// AsOf is the bare date whose end is End.
const AsOf = "2025-12-31"

// FullSize is the number of customers at scale 1; there are about 50 events for
// each.
const FullSize = 1_000_000

// World is a set of customers with their events.
type World struct {
	Customers int
	seed      uint64
	days      []float64 // share of events before the end of each day
	hours     []float64
	category  []float64
}

// Customer is what is known of one customer.
type Customer struct {
	Country    string
	City       string
	Plan       string
	Age        int
	Newsletter bool
	Signup     time.Time // midnight of a day, some before Start
}

// Event is one event of a customer.
type Event struct {
	Time     int64 // microseconds since 1970, whole seconds
	Category int   // into Categories
	Amount   int64 // hundredths
	Minutes  float64
}

// New returns the world of a seed at a scale: 1 has a million customers.
func New(seed uint64, scale float64) *World {
	w := &World{Customers: max(1, int(math.Round(FullSize*scale))), seed: seed}
	months := [...]float64{0.8, 0.75, 0.9, 0.9, 1, 0.95, 0.8, 0.85, 1, 1.1, 1.6, 1.9}
	weekdays := [...]float64{1.15, 0.95, 0.9, 0.9, 1, 1.1, 1.2}
	var byDay []float64
	for d := Start; d.Before(End); d = d.AddDate(0, 0, 1) {
		byDay = append(byDay, months[d.Month()-1]*weekdays[d.Weekday()])
	}
	w.days = cumulate(byDay)
	w.hours = cumulate([]float64{2, 1, 1, 1, 1, 2, 5, 9, 12, 14, 15, 16, 18, 16, 15, 15, 16, 18, 22, 27, 30, 26, 14, 6})
	byRank := make([]float64, len(Categories))
	for i := range byRank {
		byRank[i] = 1 / math.Pow(float64(i+1), 0.8)
	}
	w.category = cumulate(byRank)
	return w
}

// cumulate returns the running sum of weights, scaled to end at 1.
func cumulate(weights []float64) []float64 {
	out := make([]float64, len(weights))
	sum := 0.0
	for i, v := range weights {
		sum += v
		out[i] = sum
	}
	for i := range out {
		out[i] /= sum
	}
	out[len(out)-1] = 1
	return out
}

// pick returns the first index whose cumulated share is above u.
func pick(cumulated []float64, u float64) int {
	i, found := slices.BinarySearch(cumulated, u)
	if found {
		i++
	}
	return min(i, len(cumulated)-1)
}

// Key returns the external key of a customer. Keys have one length, so that
// they sort as the numbers do.
func (w *World) Key(i int) string { return strconv.Itoa(10_000_000 + i) }

// Number is the inverse of Key.
func (w *World) Number(key string) (int, error) {
	n, err := strconv.Atoi(key)
	return n - 10_000_000, err
}

// Bucket returns the bucket of a customer, of 1024.
func (w *World) Bucket(i int) int {
	sum := sha256.Sum256([]byte(w.Key(i)))
	return int(binary.BigEndian.Uint64(sum[:8]) % 1024)
}

// Ordered returns all customers by bucket, then by number.
func (w *World) Ordered() []int {
	bucket := make([]int, w.Customers)
	out := make([]int, w.Customers)
	for i := range out {
		out[i], bucket[i] = i, w.Bucket(i)
	}
	slices.SortFunc(out, func(a, b int) int {
		if c := cmp.Compare(bucket[a], bucket[b]); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	return out
}

// random returns a generator of one use of one customer.
func (w *World) random(customer, use int) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, uint64(customer)<<4|uint64(use)))
}

// Uses of random beside the kinds of events.
const (
	useTraits = 8 + iota
	useWeight
)

// Customer returns the traits of a customer.
func (w *World) Customer(i int) Customer {
	r := w.random(i, useTraits)
	c := Customer{Signup: Start.AddDate(0, 0, -1-r.IntN(700))}
	if r.Float64() > 0.35 {
		c.Signup = Start.AddDate(0, 0, r.IntN(len(w.days)))
	}
	c.Country = countries[pick(countryShares, r.Float64())]
	c.City = "City " + strconv.Itoa(1+int(500*r.Float64()*r.Float64()))
	c.Plan = [...]string{"basic", "silver", "gold"}[pick(planShares, r.Float64())]
	c.Age = 18 + int(min(72, max(0, 25+14*r.NormFloat64())))
	c.Newsletter = r.Float64() < 0.4
	return c
}

// Events appends the events of one kind of a customer to dst, in the order of
// time.
func (w *World) Events(k Kind, i int, dst []Event) []Event {
	signup := w.Customer(i).Signup
	first := 0.0
	day := int(signup.Sub(Start).Hours() / 24)
	left := 1.0
	if day > 0 {
		first = w.days[day-1]
		left = 1 - float64(day)/float64(len(w.days))
	}
	weights := w.random(i, useWeight)
	// Log-normal with mean 1; 0.675 is the mean of left.
	activity := math.Exp(1.2*weights.NormFloat64() - 0.72)
	favourite := pick(w.category, weights.Float64())
	r := w.random(i, int(k))
	n := int(perCustomer[k]*activity*left/0.675*(0.4+1.2*r.Float64()) + r.Float64())

	from := len(dst)
	for range n {
		d := pick(w.days, first+(1-first)*r.Float64())
		second := pick(w.hours, r.Float64())*3600 + r.IntN(3600)
		at := Start.Unix() + int64(d)*86400 + int64(second)
		dst = append(dst, Event{Time: at * 1e6})
	}
	slices.SortFunc(dst[from:], func(a, b Event) int { return cmp.Compare(a.Time, b.Time) })
	for j := range dst[from:] {
		w.fill(&dst[from+j], r, favourite)
	}
	return dst
}

// fill sets the properties of an event.
func (w *World) fill(e *Event, r *rand.Rand, favourite int) {
	e.Category = favourite
	if r.Float64() > 0.3 {
		e.Category = pick(w.category, r.Float64())
	}
	e.Amount = 100 + int64(math.Exp(3.3+0.9*r.NormFloat64())*100)
	e.Minutes = 4 * r.ExpFloat64()
}
