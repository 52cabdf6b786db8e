// Package duckdb is the analytics engine on DuckDB, embedded: it stores the
// data of a workspace in one file, in tables that are ordered by (bucket,
// profile, time), and reads them as columns for engine/fold to fold over. It
// speaks to DuckDB through its C interface, without database/sql.
package duckdb

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold"
)

// Options are the settings of a DB. The zero value is usable.
type Options struct {
	// Workers is how many goroutines read and write tables at a time; 0 means
	// as many as there are processors.
	Workers int
	// Memory is how many bytes DuckDB may use; 0 means its default, 80 % of
	// the machine's. What kreds itself holds comes on top.
	Memory int64
	// Cache is how many bytes of columns are kept decoded; 0 means an eighth of
	// what DuckDB may use, below 0 none.
	Cache int64
	// Location is the workspace's time zone; nil means UTC. Nothing stored
	// depends on it.
	Location *time.Location
}

// DB is one workspace's data. It implements engine.Engine.
type DB struct {
	raw     api.Database
	workers int
	// loading holds a token while a load or a removal is under way.
	loading chan struct{}
	// limits bound what a load keeps in memory.
	limits limits
	// resident has the columns of events that are in use.
	resident resident

	// mu is held for reading while something is evaluated, so that all of it
	// sees one state, and for writing only while a commit is made seen.
	mu     sync.RWMutex
	view   *view
	broken error // set if a load that failed to be confirmed could not be removed

	poolMu sync.Mutex
	idle   []*conn
	closed bool
}

// Open opens the data in the file, or in memory if path is "". It creates what
// is missing, drops what an interrupted load left, and refuses data that a
// newer version wrote. What was committed here but not in the ledger is still
// there until Retain is called.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if strings.ContainsRune(path, 0) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "a path cannot hold a zero byte")
	}
	db := &DB{workers: o.Workers, loading: make(chan struct{}, 1), limits: defaultLimits, resident: resident{budget: o.Cache, runs: map[*run]*decoded{}}}
	if db.workers <= 0 {
		db.workers = runtime.GOMAXPROCS(0)
	}
	var config api.Config
	if api.CreateConfig(&config) == api.StateError {
		return nil, errors.New("cannot configure the database")
	}
	defer api.DestroyConfig(&config)
	settings := map[string]string{
		// Readers and writers bring their own threads: two connections on two
		// goroutines read faster than one query on two threads.
		"threads":                      "1",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"enable_external_access":       "true",
		"allow_unsigned_extensions":    "false",
		"preserve_insertion_order":     "true",
		"wal_autocheckpoint":           "64MB",
	}
	if o.Memory > 0 {
		settings["memory_limit"] = strconv.FormatInt(o.Memory/1_000_000, 10) + "MB"
	}
	if path != "" {
		settings["temp_directory"] = path + ".tmp"
	}
	for name, v := range settings {
		if api.SetConfig(config, name, v) == api.StateError {
			return nil, errors.New("cannot set " + name)
		}
	}
	name, left := path, false
	if path == "" {
		name = ":memory:"
	} else {
		_, err := os.Stat(path + ".wal")
		left = err == nil
		if !left {
			clearUnfinished(path)
		}
	}
	var message string
	if api.OpenExt(name, &db.raw, config, &message) == api.StateError {
		return nil, failure(message)
	}
	if path != "" {
		// The file is this process's now; what one that was killed spilled is of
		// no use, and in the way of nothing if it cannot be removed.
		_ = os.RemoveAll(path + ".tmp")
	}
	if err := db.start(ctx, left); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// start reads the catalog; left says that a process which was killed left a log.
func (db *DB) start(ctx context.Context, left bool) error {
	c, err := db.take()
	if err != nil {
		return err
	}
	defer db.give(c)
	if err := migrate(ctx, c); err != nil {
		return err
	}
	if left {
		clearLog(ctx, c)
	}
	cat, err := readCatalog(ctx, c)
	if err != nil {
		return err
	}
	if err := dropOrphans(ctx, c, cat); err != nil {
		return err
	}
	if db.resident.budget == 0 {
		if db.resident.budget, err = cacheBudget(ctx, c); err != nil {
			return err
		}
	}
	db.show(cat)
	return nil
}

// clearUnfinished removes the file if making it was cut off, by a kill or a full
// disk: then it is shorter than its three headers, and nothing was ever in it.
// DuckDB would refuse it for good. If it cannot be removed, DuckDB says why.
func clearUnfinished(path string) {
	const headers = 3 * 4096
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() >= headers {
		return
	}
	b, err := os.ReadFile(path)
	// Another program's file stays.
	if err == nil && (len(b) == 0 || len(b) >= 12 && string(b[8:12]) == "DUCK") {
		_ = os.Remove(path)
	}
}

// show makes the catalogue the one that is read.
func (db *DB) show(cat *catalog) {
	db.view = newView(db, cat)
	db.resident.retain(cat)
}

// clearLog gets rid of the log that a killed process left, once what is whole in
// it has been replayed. DuckDB takes a log whose first entry is cut off for empty,
// and does not remove an empty one: so it is given an entry first. A failure costs
// only space.
func clearLog(ctx context.Context, c *conn) {
	err := inTransaction(ctx, c, func() error {
		if err := c.exec(ctx, "CREATE TABLE of_a_log (x INT)"); err != nil {
			return err
		}
		return c.exec(ctx, "DROP TABLE of_a_log")
	})
	if err == nil {
		_ = c.exec(ctx, "CHECKPOINT")
	}
}

// take returns a connection that is not in use.
func (db *DB) take() (*conn, error) {
	db.poolMu.Lock()
	defer db.poolMu.Unlock()
	if db.closed {
		return nil, kreds.Errorf(kreds.CodeUnavailable, "the data is closed")
	}
	if n := len(db.idle); n > 0 {
		c := db.idle[n-1]
		db.idle = db.idle[:n-1]
		return c, nil
	}
	return connect(db.raw)
}

// give takes a connection back.
func (db *DB) give(c *conn) {
	db.poolMu.Lock()
	defer db.poolMu.Unlock()
	if db.closed || len(db.idle) >= 64 {
		c.close()
		return
	}
	db.idle = append(db.idle, c)
}

// with calls f with a connection.
func (db *DB) with(f func(c *conn) error) error {
	c, err := db.take()
	if err != nil {
		return err
	}
	defer db.give(c)
	return f(c)
}

// read calls f with the current state of the data, which stays as it is until f
// returns. Calls must not nest.
func (db *DB) read(ctx context.Context, f func(v *view) error) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.broken != nil {
		return db.broken
	}
	if err := db.view.prepare(ctx); err != nil {
		return err
	}
	return f(db.view)
}

// Read calls f with the data as folding sees it, unchanged until f returns. f
// must not call methods of the DB.
func (db *DB) Read(ctx context.Context, f func(d fold.Data) error) error {
	return db.read(ctx, func(v *view) error { return f(v) })
}

// lockLoading waits until no load or removal is under way.
func (db *DB) lockLoading(ctx context.Context) error {
	select {
	case db.loading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return cancelled(ctx.Err())
	}
}

func (db *DB) unlockLoading() { <-db.loading }

// Close releases the data. Loads that are not committed are lost; it waits for
// evaluations that are under way.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.poolMu.Lock()
	defer db.poolMu.Unlock()
	if db.closed {
		return nil
	}
	db.closed = true
	for _, c := range db.idle {
		c.close()
	}
	db.idle = nil
	api.Close(&db.raw)
	return nil
}
