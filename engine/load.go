package engine

import (
	"context"

	"github.com/kreds/kreds"
)

// Loader takes the rows of one import. A Loader is used by one goroutine. After
// an error only Rollback may be called.
type Loader interface {
	// Profiles adds rows of persons or companies: each is an observation of its
	// traits.
	Profiles(ctx context.Context, b *ProfileBatch) error
	// Events adds rows of one event type; unknown keys become profiles.
	Events(ctx context.Context, b *EventBatch) error
	// Items adds or replaces facts of items.
	Items(ctx context.Context, b *ItemBatch) error
	// Commit makes everything durable, then calls confirm, which commits the
	// ledger. If confirm fails the rows are not seen and Retain removes them.
	Commit(ctx context.Context, confirm func(LoadResult) error) (LoadResult, error)
	// Rollback gives the load up; after Commit it does nothing.
	Rollback() error
}

// LoadResult says what a load brought.
type LoadResult struct {
	Rows    int64
	Created int64 // profiles that were new
}

// Column is one column of a batch, by row. Known has a byte per row, 0 where
// the value is missing; nil means that all are known. Which slice holds the
// values follows Type and Exact: Int holds Number times 10⁴ if Exact, Date
// (days), Instants (microseconds), Boolean (0, 1) and Location (packed); Num
// holds a Number that is not exact; Bytes and Ends hold Text (NFC) and List (a
// JSON array of strings): row i is Bytes[Ends[i-1]:Ends[i]].
type Column struct {
	Name  string // canonical
	Label string
	Type  kreds.Type
	Exact bool
	Known []byte
	Int   []int64
	Num   []float64
	Bytes []byte
	Ends  []int
}

// ByteColumn is a column of texts that are all known (empty means missing).
type ByteColumn struct {
	Bytes []byte
	Ends  []int
}

// Len returns the number of rows.
func (c *ByteColumn) Len() int { return len(c.Ends) }

// At returns row i; the bytes are the column's.
func (c *ByteColumn) At(i int) []byte {
	from := 0
	if i > 0 {
		from = c.Ends[i-1]
	}
	return c.Bytes[from:c.Ends[i]]
}

// Append adds a row.
func (c *ByteColumn) Append(b []byte) {
	c.Bytes = append(c.Bytes, b...)
	c.Ends = append(c.Ends, len(c.Bytes))
}

// ProfileBatch is rows of one kind of profile.
type ProfileBatch struct {
	Kind     kreds.Kind
	Prospect bool // the profiles are prospects, until a row says otherwise
	Keys     ByteColumn
	// Observed is when the row's traits were observed, MinInstant where it has
	// no date; nil means that no row has one.
	Observed []kreds.Instant
	// Created is when the profile was created, MinInstant where unknown; nil
	// means that no row says.
	Created []kreds.Instant
	// Company is the key of the person's company, empty where unknown; nil
	// means that no row says. The company becomes a profile if it is none.
	Company *ByteColumn
	Traits  []Column
}

// EventBatch is rows of one event type.
type EventBatch struct {
	Event      string
	Label      string
	Kind       kreds.Kind // of the profiles
	Occasion   string     // name of the property that is the occasion key, or ""
	Keys       ByteColumn
	Time       []kreds.Instant
	DayOnly    []byte // 1 where the time is only a date; nil means nowhere
	Properties []Column
}

// ItemBatch is rows of items.
type ItemBatch struct {
	Keys  ByteColumn
	Facts []Column
}
