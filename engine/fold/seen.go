package fold

import (
	"context"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// seen is data without what happened at or after an instant.
type seen struct {
	Data
	before kreds.Instant
}

// FirstSeen returns when each profile was first seen, MaxInstant if not yet.
func (s *seen) FirstSeen() []kreds.Instant { return s.cut(s.Data.FirstSeen()) }

// FirstEvent returns when each profile's first event was, MaxInstant if not yet.
func (s *seen) FirstEvent() []kreds.Instant { return s.cut(s.Data.FirstEvent()) }

func (s *seen) cut(at []kreds.Instant) []kreds.Instant {
	out := make([]kreds.Instant, len(at))
	for i, t := range at {
		if t >= s.before {
			t = kreds.MaxInstant
		}
		out[i] = t
	}
	return out
}

// Trait returns what a trait was as of the instant.
func (s *seen) Trait(ctx context.Context, k kreds.Kind, name string, asOf kreds.Instant) (*engine.Values, error) {
	return s.Data.Trait(ctx, k, name, min(asOf, s.before))
}

// Owner returns the company number of each person as of the instant.
func (s *seen) Owner(ctx context.Context, asOf kreds.Instant) (*engine.Values, error) {
	return s.Data.Owner(ctx, min(asOf, s.before))
}

// History calls each with the observations of a trait before the instant.
func (s *seen) History(ctx context.Context, k kreds.Kind, name string, b engine.Buckets, before kreds.Instant, each func(*Observations) error) error {
	return s.Data.History(ctx, k, name, b, min(before, s.before), each)
}

// Rows reads event tables together.
func (s *seen) Rows(ctx context.Context, q *RowsQuery, each func(worker int, b *Batch) error) error {
	cut := *q
	cut.Tables = make([]Table, len(q.Tables))
	for i, t := range q.Tables {
		t.Before = min(t.Before, s.before)
		t.From = min(t.From, t.Before)
		cut.Tables[i] = t
	}
	return s.Data.Rows(ctx, &cut, each)
}
