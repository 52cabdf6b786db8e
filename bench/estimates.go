package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/bench/questions"
)

// The worlds in which it is counted how often estimates hold. An estimate looks
// at a fixed part of the customers, so in one world all estimates are off
// together or none are: it takes several.
const (
	estimateWorlds    = 10
	estimateCustomers = 20_000
)

// expressions returns all that is asked, the ten counts first.
func expressions() (all []string, counts int) {
	for _, q := range questions.Counts() {
		all = append(all, q.Expression)
	}
	counts = len(all)
	leaves := questions.Leaves(questions.LeafSeed)
	for i := range leaves {
		all = append(all, leaves[i].Expression())
	}
	return all, counts
}

// estimates measures how long estimates take, and how many of them hold the
// exact count in their stated range.
func (b *bench) estimates(ctx context.Context, s *setting) error {
	b.say("estimating")
	all, counts := expressions()
	r := &b.report.estimates
	for i, x := range all {
		runs := 1
		if i < counts {
			runs = b.runs
		}
		var times samples
		for range runs {
			err := times.timed(func() error {
				_, err := s.kreds.audience.Count(ctx, audience.CountRequest{Expression: x, AsOf: s.asOf, Estimate: true})
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", x, err)
			}
		}
		if i < counts {
			r.counts = append(r.counts, times.median())
		} else {
			r.leaves = append(r.leaves, times.median())
		}
	}
	worlds := estimateWorlds
	size := float64(estimateCustomers) / generate.FullSize
	if b.scale < size {
		worlds, size = 2, b.scale
	}
	for i := range worlds {
		b.say("comparing estimates: world %d of %d", i+1, worlds)
		if err := b.compareEstimates(ctx, generate.New(b.seed+1+uint64(i), size), s.asOf, all); err != nil {
			return err
		}
	}
	return nil
}

// compareEstimates compares estimates with exact counts in one world.
func (b *bench) compareEstimates(ctx context.Context, world *generate.World, asOf kreds.Instant, all []string) error {
	dir := filepath.Join(b.dir, "estimates")
	return scratch(dir, func() (err error) {
		w, err := openWorkspace(ctx, dir, b.options())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.close()) }()
		if err := w.fill(ctx, world); err != nil {
			return err
		}
		r := &b.report.estimates
		for _, x := range all {
			exact, err := w.audience.Count(ctx, audience.CountRequest{Expression: x, AsOf: asOf})
			if err != nil {
				return fmt.Errorf("%s: %w", x, err)
			}
			c, err := w.audience.Count(ctx, audience.CountRequest{Expression: x, AsOf: asOf, Estimate: true})
			if err != nil {
				return fmt.Errorf("%s: %w", x, err)
			}
			if c.Estimate.Share == 1 {
				continue // a rank needs everyone, and is exact
			}
			r.asked++
			r.share = c.Estimate.Share
			if c.Estimate.Low <= exact.Count && exact.Count <= c.Estimate.High {
				r.within++
			}
		}
		return nil
	})
}
