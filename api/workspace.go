package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/prove"
	"github.com/kreds/kreds/state"
)

// OpenEngine opens the analytics engine of a data directory. Days begin and
// end in the time zone.
type OpenEngine func(ctx context.Context, dir string, zone *time.Location) (engine.Engine, error)

// Options say how to open a workspace.
type Options struct {
	Engine  OpenEngine
	Clock   kreds.Clock
	Random  io.Reader     // for secrets; nil for the system's
	Version string        // of the program, for the API's description
	Hashing access.Params // costs of hashing passwords; zero for the defaults
}

// Workspace is an open data directory: its state, its data, and what works on
// them. One process holds it at a time.
type Workspace struct {
	dir        string
	version    string
	clock      kreds.Clock
	state      *state.Store
	engine     engine.Engine
	audience   *audience.Audience
	importer   *collect.Importer
	discoverer *discover.Discoverer
	access     *access.Access
	handles    *access.Handles
	url        atomic.Pointer[string] // by which people reach a server, once there is one
	prover     *prove.Prover
	jobs       *jobs
	loading    chan struct{} // holds one token: imports and undos take turns
	warmth     *warmth
}

// Open opens the data directory, making it where it is missing, and removes
// what an interrupted import left. The error has CodeUnavailable where another
// process holds the directory or it cannot be written.
func Open(ctx context.Context, dir string, o Options) (_ *Workspace, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, kreds.Errorf(kreds.CodeUnavailable, "cannot make the data directory: %w", err).
			WithHint("name a directory that you may write with --data")
	}
	store, err := state.Open(dir, o.Clock)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	settings, err := store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(settings.TimeZone)
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the workspace's time zone %q is not known: %w", settings.TimeZone, err)
	}
	e, err := o.Engine(ctx, dir, zone)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	keep, err := store.Keep(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.Retain(ctx, keep); err != nil {
		return nil, err
	}
	// Only now: as long as rows of an import are stored, the ledger knows of it.
	if err := store.AbandonImports(ctx); err != nil {
		return nil, err
	}
	w := &Workspace{
		dir:      dir,
		version:  o.Version,
		clock:    o.Clock,
		state:    store,
		engine:   e,
		audience: audience.New(e, store, o.Clock),
		importer: collect.New(e, store, o.Clock, collect.Options{Rejects: filepath.Join(dir, "rejects")}),
		jobs:     newJobs(o.Clock),
		loading:  make(chan struct{}, 1),
		warmth:   newWarmth(),
	}
	w.importer.Tidy(ctx)
	w.discoverer = discover.New(w.audience, e, store, o.Clock)
	if err := w.openAccess(ctx, o); err != nil {
		return nil, err
	}
	w.prover = prove.New(w.audience, store, o.Clock)
	// Uploads live as long as the process that took them.
	if err := os.RemoveAll(w.uploads()); err != nil {
		return nil, kreds.Errorf(kreds.CodeUnavailable, "cannot clear the uploads: %w", err)
	}
	return w, nil
}

// openAccess makes what decides who may do what.
func (w *Workspace) openAccess(ctx context.Context, o Options) error {
	random, params := o.Random, o.Hashing
	if random == nil {
		random = rand.Reader
	}
	if params == (access.Params{}) {
		params = access.DefaultParams
	}
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return fmt.Errorf("reading randomness: %w", err)
	}
	secret, err := w.state.Secret(ctx, "handles", fresh)
	if err != nil {
		return err
	}
	if w.handles, err = access.NewHandles(secret); err != nil {
		return err
	}
	w.access, err = access.New(ctx, w.state, w.clock, random, params)
	return err
}

// base is the address by which people reach the server; empty without one.
func (w *Workspace) base() string {
	if url := w.url.Load(); url != nil {
		return *url
	}
	return ""
}

// Close releases the data directory.
func (w *Workspace) Close() error {
	w.jobs.close()
	return errors.Join(w.engine.Close(), w.state.Close())
}

func (w *Workspace) uploads() string { return filepath.Join(w.dir, "uploads") }

// load waits until no other import runs; the caller calls the function it
// returns.
func (w *Workspace) load(ctx context.Context) (func(), error) {
	select {
	case w.loading <- struct{}{}:
		w.warmth.giveWay()
		return func() {
			<-w.loading
			w.warmth.again()
		}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bytes is what the data directory takes on disk.
func (w *Workspace) bytes() int64 {
	var sum int64
	// A file that goes away meanwhile takes no space.
	_ = filepath.WalkDir(w.dir, func(_ string, d fs.DirEntry, _ error) error {
		if d == nil {
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
