// Package engine is the port to the analytics engine that holds profiles,
// trait observations, events and items. engine/duckdb implements it;
// engine/enginetest is what every implementation is held to.
package engine

import (
	"context"
	"iter"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Engine stores the data of one workspace and answers leaf conditions. Its
// methods may be called from several goroutines; loads are made one at a time.
type Engine interface {
	// Catalogue returns traits, event types and items. Lists, places and
	// segments are not the engine's and stay empty.
	Catalogue(ctx context.Context) (*kreds.Catalogue, error)

	// Load begins the load of one import. Nothing of it is seen before Commit.
	Load(ctx context.Context, id kreds.ImportID) (Loader, error)
	// Retain removes every row of imports for which keep is false: what an
	// interrupted process left, or an import that is undone. It is idempotent.
	Retain(ctx context.Context, keep func(kreds.ImportID) bool) error

	// Evaluate answers all asks in one pass over each table that they touch.
	Evaluate(ctx context.Context, r *Request) ([]Answer, error)
	// Explain answers asks about one profile with what decided them.
	Explain(ctx context.Context, r *Request, p kreds.Profile) ([]Explanation, error)

	// Population returns the profiles of the subject that exist as of the
	// instant: first seen before it or never dated, and without objection to
	// profiling.
	Population(ctx context.Context, s kreds.Subject, asOf kreds.Instant) (*roaring.Bitmap, error)
	// Everyone returns all profiles of the kind that exist as of the instant and
	// do not object to profiling, customers and prospects alike: what relations
	// look at.
	Everyone(ctx context.Context, k kreds.Kind, asOf kreds.Instant) (*roaring.Bitmap, error)
	// Within returns the profiles whose bucket is in the range.
	Within(ctx context.Context, b Buckets) (*roaring.Bitmap, error)
	// Find returns the profile of the key, or an error of CodeNotFound.
	Find(ctx context.Context, k kreds.Kind, key string) (kreds.Profile, error)
	// Keys yields the profiles of the set with their keys, in the order of
	// keys if sorted, else in that of numbers.
	Keys(ctx context.Context, set *roaring.Bitmap, sorted bool) iter.Seq2[Key, error]
	// Events returns the events of one profile before the instant, newest
	// first, at most limit; no names means all types.
	Events(ctx context.Context, p kreds.Profile, names []string, before kreds.Instant, limit int) ([]Event, error)

	// Observations returns what imports said of the traits of one profile before the
	// instant, oldest first; what has no date comes before what has one.
	Observations(ctx context.Context, p kreds.Profile, before kreds.Instant) ([]Observation, error)

	// UpTo returns the engine as the imports up to the number left it: what later
	// ones brought is neither evaluated nor in the population.
	UpTo(id kreds.ImportID) Engine

	// Statistics describes every trait and property: coverage, distinct values,
	// range and top values.
	// It is shared with others who ask: read only.
	Statistics(ctx context.Context) (*Statistics, error)
	// Close releases the data. Loads that are not committed are lost.
	Close() error
}

// Buckets is a range of buckets, both ends in; AllBuckets is everything.
type Buckets struct{ From, To int }

// AllBuckets is the range of all buckets.
var AllBuckets = Buckets{0, kreds.Buckets - 1}

// Count returns the number of buckets in the range.
func (b Buckets) Count() int { return b.To - b.From + 1 }

// Key is a profile with its external key.
type Key struct {
	Profile kreds.Profile
	Key     string
}

// Event is one event with its known properties by name.
type Event struct {
	Type       string
	Time       kreds.Instant
	DayOnly    bool // the time is a date without time of day
	Properties map[string]kreds.Value
}

// Observation is what an import said of a trait of one profile.
type Observation struct {
	Trait  string
	Value  kreds.Value
	Time   kreds.Instant // MinInstant where it has no date
	Import kreds.ImportID
}

// Request is a set of asks over the same profiles.
type Request struct {
	Kind     kreds.Kind // whose traits and events
	Buckets  Buckets    // which profiles are looked at; answers hold no others
	Calendar *segment.Calendar
	Lists    map[string][]string
	Places   []kreds.Place
	Asks     []Ask
	// Seen, if not nil, hides what happened at or after it, also from asks as of a
	// later instant: windows look back from there over what was there by then.
	Seen *kreds.Instant
	// Among names asks for leaves, by number. If there are any, only profiles
	// for which all of them hold matter in the answers to the others: these may
	// say anything of the rest. An engine need not make use of it.
	Among []int
}

// Ask is one question as of an instant: a leaf condition, or the values of a
// term. Exactly one of Leaf, Term and Owner is set. The leaf is checked and
// is a comparison, a date form, a text or list or place condition, a trait's
// history, a Did or a Resumed: what holds or not by the data of one profile.
type Ask struct {
	Kind kreds.Kind // of the profiles asked about
	AsOf kreds.Instant
	Leaf segment.Node
	Term segment.Term
	// Owner asks for the number of the person's company, if that exists; a person
	// or a company that objects to profiling has no part in it.
	Owner bool
	// WantUnknown asks for Answer.Unknown beside the members of a leaf.
	WantUnknown bool
}

// Answer answers an Ask. The sets are the caller's to change. They may hold
// profiles outside the population, which the caller takes out.
type Answer struct {
	Members *roaring.Bitmap // of a leaf: where it holds
	Unknown *roaring.Bitmap // where a value that the leaf compares is unknown
	Values  *Values         // of a term
}

// Values are the values of a term, by profile number. Known tells where there
// is one; a measure that is 0 without events is known there, and Events, if not
// nil, tells where it had any event. Which slice is set follows Type: Num for
// Number and Span (seconds), Int for Date (days), Instants (microseconds),
// Boolean (0, 1), Location (packed) and the company numbers, Code into Dict for
// Text and List (a JSON array of strings).
type Values struct {
	Type   kreds.Type
	Known  Bits
	Events Bits
	Num    []float64
	Int    []int64
	Code   []int32
	Dict   []string
}

// Explanation says what decided an ask for one profile.
type Explanation struct {
	Holds   bool
	Unknown bool
	// Value is what the leaf compares: the trait's value, the measure, or for a
	// Did the count.
	Value kreds.Value
	// Against are the values compared with, resolved (a date form gives the
	// ends of its interval).
	Against []kreds.Value
	// Events are the rows that matched every clause, oldest first, at most 20;
	// Matched counts them all. For a sequence they are the steps chosen.
	Events  []Event
	Matched int
}

// Statistics describes what is stored.
type Statistics struct {
	Profiles  map[kreds.Subject]int64
	Traits    []ColumnStatistics
	Events    []EventStatistics
	Items     int64
	ItemFacts []ColumnStatistics
}

// EventStatistics describes one event type.
type EventStatistics struct {
	Name        string
	Rows        int64
	Profiles    int64
	Occasions   int64 // 0 without an occasion key
	First, Last kreds.Instant
	Properties  []ColumnStatistics
}

// ColumnStatistics describes one trait or property.
type ColumnStatistics struct {
	Kind     kreds.Kind
	Name     string
	Label    string
	Type     kreds.Type
	Known    int64
	Of       int64 // rows or profiles in all
	Distinct int64
	Min, Max kreds.Value // of ordered types
	Top      []ValueCount
	Bins     []Bin // the distribution of ordered types, ascending; nil for others
}

// Bin is how many values lie between two, with the first and, but for the last
// bin or where both are the same, without the second.
type Bin struct {
	From, To kreds.Value
	Count    int64
}

// ValueCount is how often a value occurs.
type ValueCount struct {
	Value kreds.Value
	Count int64
}
