package main

import (
	"context"
	"fmt"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/bench/questions"
)

const asOf = generate.AsOf

// leafName is the name of a leaf's segment.
func leafName(i int) string { return fmt.Sprintf("leaf %03d", i) }

// refresh measures the refresh of a segment for each leaf: all of them, and all
// but the sequences, which SQL cannot put into a FILTER column.
func (b *bench) refresh(ctx context.Context, s *setting) error {
	leaves := questions.Leaves(questions.LeafSeed)
	if err := s.saveLeaves(ctx, leaves); err != nil {
		return err
	}
	var plain []string
	for i := range leaves {
		if !leaves[i].Sequence() {
			plain = append(plain, leafName(i))
		}
	}
	var all []string
	for i := range leaves {
		all = append(all, leafName(i))
	}
	statements := questions.Statements(leaves)
	r := &b.report.refresh
	r.leaves, r.plain = len(all), len(plain)
	for round := range b.runs + 1 {
		b.say("refreshing: round %d of %d", round, b.runs)
		kept := r
		if round == 0 { // checks and warms up
			kept = &refreshRow{}
		}
		var runs []kreds.Run
		err := kept.kreds.timed(func() (err error) {
			runs, err = s.kreds.audience.Refresh(ctx, all, s.asOf, nil)
			return err
		})
		if err != nil {
			return err
		}
		err = kept.kredsPlain.timed(func() error {
			_, err := s.kreds.audience.Refresh(ctx, plain, s.asOf, nil)
			return err
		})
		if err != nil {
			return err
		}
		if round == b.runs {
			break // SQL needs no warming up: the counts have done it
		}
		if !b.duckdb {
			continue
		}
		if err := b.refreshSQL(ctx, s, leaves, statements, runs); err != nil {
			return err
		}
	}
	return nil
}

// refreshSQL answers the leaves in DuckDB once, and compares.
func (b *bench) refreshSQL(ctx context.Context, s *setting, leaves []questions.Leaf, statements []questions.Statement, runs []kreds.Run) error {
	var filters, sequences samples
	for _, st := range statements {
		times := &filters
		if leaves[st.Leaves[0]].Sequence() {
			times = &sequences
		}
		var got []int64
		err := times.timed(func() (err error) {
			got, err = s.duck.Row(ctx, st.SQL)
			return err
		})
		if err != nil {
			return err
		}
		for j, i := range st.Leaves {
			switch {
			case runs[i].Error != "":
				return fmt.Errorf("%s: %s", leaves[i].Expression(), runs[i].Error)
			case runs[i].Members != got[j]:
				return fmt.Errorf("%s: kreds has %d members, DuckDB %d", leaves[i].Expression(), runs[i].Members, got[j])
			}
		}
	}
	r := &b.report.refresh
	r.duckdb = append(r.duckdb, filters.sum()+sequences.sum())
	r.duckdbPlain = append(r.duckdbPlain, filters.sum())
	return nil
}

// saveLeaves makes a segment for each leaf where there is none.
func (s *setting) saveLeaves(ctx context.Context, leaves []questions.Leaf) error {
	for i := range leaves {
		seg := kreds.Segment{Name: leafName(i), Subject: kreds.Persons, Source: kreds.SourceRule}
		_, err := s.kreds.audience.Create(ctx, seg, kreds.Version{Expression: leaves[i].Expression()})
		if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			return fmt.Errorf("%s: %w", leaves[i].Expression(), err)
		}
	}
	return nil
}
