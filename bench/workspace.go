package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/state"
)

// workspace is a data directory of kreds.
type workspace struct {
	store    *state.Store
	db       *duckdb.DB
	audience *audience.Audience
}

// openWorkspace opens a data directory whose days are those of UTC, as the
// generated ones are.
func openWorkspace(ctx context.Context, dir string, o duckdb.Options) (_ *workspace, err error) {
	w := &workspace{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.store, err = state.Open(dir, time.Now); err != nil {
		return nil, err
	}
	settings, err := w.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	if settings.TimeZone != "UTC" {
		settings.TimeZone = "UTC"
		if err := w.store.SetSettings(ctx, settings); err != nil {
			return nil, err
		}
	}
	if w.db, err = duckdb.Open(ctx, filepath.Join(dir, "data.duckdb"), o); err != nil {
		return nil, err
	}
	keep, err := w.store.Keep(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.db.Retain(ctx, keep); err != nil {
		return nil, err
	}
	w.audience = audience.New(w.db, w.store, time.Now)
	return w, nil
}

func (w *workspace) close() error {
	var errs []error
	if w.db != nil {
		errs = append(errs, w.db.Close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	return errors.Join(errs...)
}

// load makes one import of what put hands to the loader.
func (w *workspace) load(ctx context.Context, as string, put func(engine.Loader) error) error {
	entry := kreds.Import{As: as, Files: []string{"generated"}, Digest: as}
	id, err := w.store.BeginImport(ctx, entry)
	if err != nil {
		return err
	}
	entry.ID = id
	l, err := w.db.Load(ctx, id)
	if err != nil {
		return err
	}
	if err := put(l); err != nil {
		return errors.Join(err, l.Rollback())
	}
	_, err = l.Commit(ctx, func(r engine.LoadResult) error {
		entry.Rows, entry.Created = r.Rows, r.Created
		return w.store.CommitImport(ctx, entry)
	})
	return err
}

// fill loads the world: customers, then the events of each kind.
func (w *workspace) fill(ctx context.Context, world *generate.World) error {
	err := w.load(ctx, "customers", func(l engine.Loader) error { return putCustomers(ctx, l, world) })
	if err != nil {
		return err
	}
	for _, k := range generate.Kinds {
		err := w.load(ctx, "events:"+k.String(), func(l engine.Loader) error { return putEvents(ctx, l, world, k) })
		if err != nil {
			return err
		}
	}
	return nil
}

// batchCustomers is how many customers a batch has rows of.
const batchCustomers = 8192

func putCustomers(ctx context.Context, l engine.Loader, world *generate.World) error {
	for from := 0; from < world.Customers; from += batchCustomers {
		b := &engine.ProfileBatch{}
		country, city, plan := textColumn("country"), textColumn("city"), textColumn("plan")
		age := engine.Column{Name: "age", Type: kreds.Number, Exact: true}
		newsletter := engine.Column{Name: "newsletter", Type: kreds.Boolean}
		for i := from; i < min(from+batchCustomers, world.Customers); i++ {
			c := world.Customer(i)
			b.Keys.Append([]byte(world.Key(i)))
			b.Created = append(b.Created, kreds.InstantOf(c.Signup))
			addText(&country, c.Country)
			addText(&city, c.City)
			addText(&plan, c.Plan)
			age.Int = append(age.Int, int64(c.Age)*kreds.DecimalScale)
			n := int64(0)
			if c.Newsletter {
				n = 1
			}
			newsletter.Int = append(newsletter.Int, n)
		}
		b.Traits = []engine.Column{country, city, plan, age, newsletter}
		if err := l.Profiles(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func textColumn(name string) engine.Column { return engine.Column{Name: name, Type: kreds.Text} }

func addText(c *engine.Column, s string) {
	c.Bytes = append(c.Bytes, s...)
	c.Ends = append(c.Ends, len(c.Bytes))
}

// putEvents makes batches on one goroutine while another loads them.
func putEvents(ctx context.Context, l engine.Loader, world *generate.World, k generate.Kind) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan *engine.EventBatch, 2)
	group.Go(func() error {
		defer close(batches)
		for from := 0; from < world.Customers; from += batchCustomers {
			select {
			case batches <- eventBatch(world, k, from, min(from+batchCustomers, world.Customers)):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		for b := range batches {
			if b.Keys.Len() == 0 {
				continue
			}
			if err := l.Events(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

func eventBatch(world *generate.World, k generate.Kind, from, to int) *engine.EventBatch {
	b := &engine.EventBatch{Event: k.String()}
	category := textColumn("category")
	amount := engine.Column{Name: "amount", Type: kreds.Number, Exact: true}
	minutes := engine.Column{Name: "minutes", Type: kreds.Number}
	var events []generate.Event
	for i := from; i < to; i++ {
		key := []byte(world.Key(i))
		events = world.Events(k, i, events[:0])
		for _, e := range events {
			b.Keys.Append(key)
			b.Time = append(b.Time, kreds.Instant(e.Time))
			addText(&category, generate.Categories[e.Category])
			amount.Int = append(amount.Int, e.Amount*(kreds.DecimalScale/100))
			minutes.Num = append(minutes.Num, e.Minutes)
		}
	}
	b.Properties = []engine.Column{category, amount, minutes}
	return b
}

// prepared runs make unless it was finished before; what an interrupted one left
// in the directory is removed first.
func prepared(dir string, make func() error) error {
	done := dir + ".done"
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := make(); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o600)
}

// scratch calls f with an empty directory to fill, and removes it.
func scratch(dir string, f func() error) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return errors.Join(f(), os.RemoveAll(dir))
}
