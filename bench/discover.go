package main

import (
	"context"
	"errors"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/prove"
)

// discover measures a whole search for segments: features from events, a solution for
// each number of segments, all measures of stability, descriptions and rules.
func (b *bench) discover(ctx context.Context) error {
	return b.opened(ctx, func(w *workspace, at kreds.Instant) error {
		d := discover.New(w.audience, w.db, w.store, time.Now)
		return b.rounds(&b.report.discover, "discovering", func() (int64, error) {
			found, err := d.Discover(ctx, discover.Request{Preset: "rfm", Event: "purchase", Value: "amount", K: "2..8", AsOf: at, Seed: 1, Workers: b.workers}, nil)
			if err != nil {
				return 0, err
			}
			return int64(found.N), nil
		})
	})
}

// proved are the segments whose proof is measured.
var proved = []string{
	"did purchase at least 5 times within last 12 months",
	"sum(amount) of purchase within last 12 months in top 10%",
	"last purchase more than 180 days ago",
}

// prove measures a whole proof: the segments replayed monthly over a year, the outcome
// of each date with its intervals, and what simpler sets explain.
func (b *bench) prove(ctx context.Context) error {
	return b.opened(ctx, func(w *workspace, at kreds.Instant) error {
		p := prove.New(w.audience, w.store, time.Now)
		return b.rounds(&b.report.prove, "proving", func() (int64, error) {
			proof, err := p.Prove(ctx, prove.Request{Segments: proved, Outcome: "sum(amount) of purchase", AsOf: at, Seed: 1}, nil)
			if err != nil {
				return 0, err
			}
			points := proof.Segments[0].Points
			return points[len(points)-1].Population, nil
		})
	})
}

// opened calls do with the workspace of the world and the instant as of which it is
// looked at.
func (b *bench) opened(ctx context.Context, do func(w *workspace, at kreds.Instant) error) (err error) {
	w, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	calendar, err := w.audience.Calendar(ctx)
	if err != nil {
		return err
	}
	at, err := calendar.ParseAsOf(asOf)
	if err != nil {
		return err
	}
	return do(w, at)
}

// rounds times work, which says of how many customers it is.
func (b *bench) rounds(r *analysisRow, what string, do func() (int64, error)) error {
	for round := range b.runs {
		b.say("%s: round %d of %d", what, round+1, b.runs)
		err := r.times.timed(func() (err error) {
			r.customers, err = do()
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
