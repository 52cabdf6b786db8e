package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/bench/questions"
	"github.com/kreds/kreds/bench/reference"
)

// setting is what questions are put to.
type setting struct {
	kreds    *workspace
	duck     *reference.Duck
	postgres *reference.Postgres // nil without
	asOf     kreds.Instant
}

// ask measures counts, estimates and the refresh.
func (b *bench) ask(ctx context.Context, chosen []string) (err error) {
	s := &setting{}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := b.prepare(ctx, s, slices.Contains(chosen, "counts")); err != nil {
		return err
	}
	if slices.Contains(chosen, "counts") {
		if err := b.counts(ctx, s); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "refresh") {
		if err := b.refresh(ctx, s); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "estimates") {
		return b.estimates(ctx, s)
	}
	return nil
}

// open makes the data directory of kreds if it is not there yet, and opens it.
func (b *bench) open(ctx context.Context) (*workspace, error) {
	began := time.Now()
	dir := filepath.Join(b.dir, "kreds")
	err := prepared(dir, func() error {
		b.say("loading %d customers and their events into kreds", b.world.Customers)
		w, err := openWorkspace(ctx, dir, b.options())
		if err != nil {
			return err
		}
		return errors.Join(w.fill(ctx, b.world), w.close())
	})
	if err != nil {
		return nil, err
	}
	b.say("kreds is ready after %.1f s", time.Since(began).Seconds())
	return openWorkspace(ctx, dir, b.options())
}

// prepare makes what is not there yet, and opens it.
func (b *bench) prepare(ctx context.Context, s *setting, postgres bool) error {
	var err error
	if s.kreds, err = b.open(ctx); err != nil {
		return err
	}
	calendar, err := s.kreds.audience.Calendar(ctx)
	if err != nil {
		return err
	}
	if s.asOf, err = calendar.ParseAsOf(asOf); err != nil {
		return err
	}

	began := time.Now()
	dir := filepath.Join(b.dir, "duckdb")
	file := filepath.Join(dir, "reference.duckdb")
	err = prepared(dir, func() error {
		b.say("the same into DuckDB")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		d, err := reference.OpenDuck(file, b.workers)
		if err != nil {
			return err
		}
		return errors.Join(d.Fill(ctx, b.world), d.Close())
	})
	if err != nil {
		return err
	}
	if s.duck, err = reference.OpenDuck(file, b.workers); err != nil {
		return err
	}
	b.say("DuckDB is ready after %.1f s", time.Since(began).Seconds())
	return b.preparePostgres(ctx, s, postgres)
}

func (b *bench) preparePostgres(ctx context.Context, s *setting, wanted bool) error {
	if !wanted || !b.postgres {
		return nil
	}
	began := time.Now()
	b.say("the same into PostgreSQL")
	p, err := reference.StartPostgres(ctx, filepath.Join(b.dir, "postgres"), b.world)
	if errors.Is(err, reference.ErrNoPostgres) {
		b.say("PostgreSQL is left out: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	s.postgres = p
	b.report.postgres = p.Settings()
	b.say("PostgreSQL is ready after %.1f s", time.Since(began).Seconds())
	return nil
}

func (s *setting) close() error {
	var errs []error
	if s.postgres != nil {
		errs = append(errs, s.postgres.Close())
	}
	if s.duck != nil {
		errs = append(errs, s.duck.Close())
	}
	if s.kreds != nil {
		errs = append(errs, s.kreds.close())
	}
	return errors.Join(errs...)
}

// counts measures the ten counts after checking that all answers agree.
func (b *bench) counts(ctx context.Context, s *setting) error {
	for _, q := range questions.Counts() {
		if !b.match.MatchString(q.Name) {
			continue
		}
		b.say("counting: %s", q.Name)
		row := countRow{name: q.Name, duckdb: make([]samples, len(q.DuckDB)), postgres: make([]samples, len(q.Postgres))}
		duck, postgres := slices.Clone(q.DuckDB), slices.Clone(q.Postgres)
		want, err := s.members(ctx, b, q.Expression)
		if err != nil {
			return fmt.Errorf("%s: %w", q.Name, err)
		}
		row.members = want[0]
		// The first round checks and warms up; it is not counted.
		for round := range b.runs + 1 {
			kreds := &row.kreds
			if round == 0 {
				kreds = &samples{}
			}
			err := kreds.timed(func() error {
				_, err := s.kreds.audience.Count(ctx, audience.CountRequest{Expression: q.Expression, AsOf: s.asOf})
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", q.Name, err)
			}
			if b.duckdb {
				if err := rounds(ctx, round, duck, row.duckdb, want, s.duck.Row); err != nil {
					return fmt.Errorf("%s in DuckDB: %w", q.Name, err)
				}
			}
			if s.postgres != nil {
				if err := rounds(ctx, round, postgres, row.postgres, want, s.postgres.Row); err != nil {
					return fmt.Errorf("%s in PostgreSQL: %w", q.Name, err)
				}
			}
		}
		b.report.counts = append(b.report.counts, row)
	}
	return nil
}

// slow is how many times slower than the fastest a statement may be in the first
// round to be run again.
const slow = 2

// rounds runs each statement once, and compares its answer. The first round only
// warms up; it empties the statements that cannot become the fastest.
func rounds(ctx context.Context, round int, statements []string, times []samples, want []int64, ask func(context.Context, string) ([]int64, error)) error {
	first := make(samples, len(statements))
	for i, sql := range statements {
		if sql == "" {
			continue
		}
		var t samples
		var got []int64
		err := t.timed(func() (err error) {
			got, err = ask(ctx, sql)
			return err
		})
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("the members differ: kreds has %d with sum %d, statement %d %v", want[0], want[1], i+1, got)
		}
		if round > 0 {
			times[i] = append(times[i], t...)
		}
		first[i] = t[0]
	}
	if round == 0 {
		fastest := slices.Min(first)
		for i, t := range first {
			if t > slow*fastest {
				statements[i] = ""
			}
		}
	}
	return nil
}

// members returns the number of members and the sum of their customer numbers,
// which tells sets of the same size apart.
func (s *setting) members(ctx context.Context, b *bench, expression string) ([]int64, error) {
	set, err := s.kreds.audience.Members(ctx, expression, s.asOf)
	if err != nil {
		return nil, err
	}
	out := make([]int64, 2)
	for k, err := range s.kreds.db.Keys(ctx, set, false) {
		if err != nil {
			return nil, err
		}
		n, err := b.world.Number(k.Key)
		if err != nil {
			return nil, err
		}
		out[0]++
		out[1] += int64(n)
	}
	return out, nil
}
