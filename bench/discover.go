package main

import (
	"context"
	"errors"
	"time"

	"github.com/kreds/kreds/discover"
)

// discover measures a whole search for segments: features from events, a solution for
// each number of segments, all measures of stability, descriptions and rules.
func (b *bench) discover(ctx context.Context) (err error) {
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
	d := discover.New(w.audience, w.db, w.store, time.Now)
	r := &b.report.discover
	for round := range b.runs {
		b.say("discovering: round %d of %d", round+1, b.runs)
		err := r.times.timed(func() error {
			found, err := d.Discover(ctx, discover.Request{Preset: "rfm", Event: "purchase", Value: "amount", K: "2..8", AsOf: at, Seed: 1, Workers: b.workers}, nil)
			if err == nil {
				r.customers = int64(found.N)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
