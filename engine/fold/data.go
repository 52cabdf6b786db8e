// Package fold answers leaf conditions by folding over columns: one evaluator,
// written once in Go, for one leaf or three hundred. It sees data only through
// Data, which an engine that reads columns implements.
package fold

import (
	"context"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/rows"
)

// Data is what folding reads: vectors by profile number and event rows in
// order. Slices it returns are shared and must not be changed.
type Data interface {
	// Catalogue returns traits, event types (with their occasion keys and the
	// types of properties) and items, as Engine.Catalogue does. Only traits and
	// properties that it has are asked for.
	Catalogue(ctx context.Context) (*kreds.Catalogue, error)
	// Profiles is one more than the highest profile number.
	Profiles() int
	// BucketOf returns the bucket of each profile number.
	BucketOf() []uint16
	// KindOf returns the kind of each profile number.
	KindOf() []kreds.Kind
	// Key returns the external key of each profile number.
	Key(ctx context.Context) ([]string, error)
	// FirstSeen returns when each profile was first seen, MaxInstant if never
	// dated; FirstEvent when its first event of any type was, likewise.
	FirstSeen() []kreds.Instant
	FirstEvent() []kreds.Instant

	// Trait returns what a trait was as of the instant.
	Trait(ctx context.Context, k kreds.Kind, name string, asOf kreds.Instant) (*engine.Values, error)
	// Owner returns the company number of each person as of the instant, in
	// Values.Int.
	Owner(ctx context.Context, asOf kreds.Instant) (*engine.Values, error)
	// History calls each with the observations of a trait before the instant,
	// whole profiles at a time and in the order of time, then of arrival.
	History(ctx context.Context, k kreds.Kind, name string, b engine.Buckets, before kreds.Instant, each func(*Observations) error) error

	// Rows reads event tables together: each batch holds, for every table, all
	// rows of the same profiles. Batches of one worker, 0 to Workers-1, come in
	// turn; workers run at the same time.
	Rows(ctx context.Context, q *RowsQuery, each func(worker int, b *Batch) error) error
	// Dict returns the texts of a Text or List property by code. For a Text or
	// List trait the dictionary is in its Values.
	Dict(ctx context.Context, event, property string) ([]string, error)
	// Item returns a fact of items by the item's key.
	Item(ctx context.Context, fact string) (map[string]kreds.Value, error)
}

// Observations are values of one trait: profile by profile, each in the order
// of time. An undated observation has MinInstant. The value slice follows
// Values.Type; Values.Known and Events are not set.
type Observations struct {
	Profile []uint32
	Time    []kreds.Instant
	Values  engine.Values
}

// What an event table gives, in columns.
type (
	// Batch is what is read of event tables at a time.
	Batch = rows.Batch
	// Rows are rows of one table.
	Rows = rows.Rows
	// Vector is one column of them.
	Vector = rows.Vector
)

// RowsQuery says which rows and columns to read.
type RowsQuery struct {
	Tables  []Table
	Buckets engine.Buckets
	Workers int
}

// Table is one event type to read: the named properties, and DayOnly if asked.
// Rows outside [From, Before) may be left out, and rows at or after Before
// never come. Keep, if not nil, takes from the bits of rows, in the order of
// profiles and of one worker, those that are of no use: they may be left out.
type Table struct {
	Event        string
	Columns      []string
	DayOnly      bool
	From, Before kreds.Instant
	Keep         func(worker int, r *Rows, bits []uint64)
}
