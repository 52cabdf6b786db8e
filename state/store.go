// Package state keeps what people decide and what kreds has done: settings, the
// ledger of imports, segments with their versions, records and runs, lists and
// places. It is one SQLite database in the data directory, and its ledger is the
// only commit point of imports. The data itself is the engine's.
package state

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	sqlite "modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/kreds/kreds"
)

// Store is the state of one data directory, which it holds until Close. Its
// methods may be called from several goroutines.
type Store struct {
	db    *database
	lock  *os.File
	clock kreds.Clock
}

// database counts what may have changed it: all statements that are no queries,
// and all transactions.
type database struct {
	*sql.DB
	changes atomic.Uint64
}

// ExecContext runs a statement that returns no rows.
func (d *database) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	defer d.changes.Add(1)
	return d.DB.ExecContext(ctx, query, args...)
}

// Changes counts the writes so far. Between two calls that return the same, no
// write has ended: what was read after the first still holds.
func (s *Store) Changes() uint64 { return s.db.changes.Load() }

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the state of a data directory, making the directory and the state
// where they are missing. The error has CodeUnavailable if another process holds
// the directory or it cannot be written, and if its state is newer than this
// program.
func Open(dir string, clock kreds.Clock) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unavailable(dir, err)
	}
	lock, err := hold(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock, clock: clock}
	if err := s.open(dir); err != nil {
		return nil, errors.Join(unavailable(dir, err), s.Close())
	}
	return s, nil
}

// hold takes the directory's lock, which ends with the process.
func hold(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unavailable(dir, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close() // the lock that failed is the error
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, kreds.Errorf(kreds.CodeUnavailable, "the data directory %s is in use by another kreds", dir).
				WithHint("wait for the other command to end, or start \"kreds serve\" on the directory: commands then go through it")
		}
		return nil, unavailable(dir, err)
	}
	return f, nil
}

func (s *Store) open(dir string) error {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}, "_txlock": {"immediate"}}
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.Join(dir, "state.db")}).EscapedPath(), RawQuery: q.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	s.db = &database{DB: db}
	return s.migrate(context.Background())
}

// migrate applies the migrations that the database lacks, each in a transaction.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(files)
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(files) {
		return kreds.Errorf(kreds.CodeUnavailable, "the data directory was written by a newer kreds (state %d, this one knows %d)", version, len(files)).
			WithHint("use that version of kreds")
	}
	for n := version; n < len(files); n++ {
		text, err := migrations.ReadFile(files[n])
		if err != nil {
			return err
		}
		err = s.write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", n+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", files[n], err)
		}
	}
	return nil
}

// Close ends the use of the directory.
func (s *Store) Close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	return errors.Join(err, s.lock.Close())
}

// write runs do in a transaction.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error is the one to report
		}
		s.db.changes.Add(1)
	}()
	if err := do(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

func (s *Store) now() int64 { return s.clock().UnixMicro() }

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// explain says in plain words what SQLite means by the errors that a person can
// do something about.
func explain(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() & 0xff {
	case sqlitelib.SQLITE_FULL:
		return kreds.Errorf(kreds.CodeUnavailable, "the disk is full: %w", err).WithHint("free some space and try again; what was saved before is safe")
	case sqlitelib.SQLITE_READONLY, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_PERM:
		return kreds.Errorf(kreds.CodeUnavailable, "the state in the data directory cannot be written: %w", err).WithHint("give yourself write access to it, or name another directory with --data")
	case sqlitelib.SQLITE_IOERR:
		return kreds.Errorf(kreds.CodeUnavailable, "the state in the data directory cannot be read or written: %w", err).WithHint("look at the disk: it may be full or failing")
	case sqlitelib.SQLITE_CORRUPT, sqlitelib.SQLITE_NOTADB:
		return kreds.Errorf(kreds.CodeUnavailable, "state.db in the data directory is damaged: %w", err).WithHint("bring the directory back from a backup")
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED:
		return kreds.Errorf(kreds.CodeUnavailable, "another program holds state.db in the data directory: %w", err).WithHint("close it and try again")
	}
	return err
}

// unavailable is an error about the directory itself.
func unavailable(dir string, err error) error {
	if coded, ok := errors.AsType[*kreds.Error](explain(err)); ok {
		return coded
	}
	e := kreds.Errorf(kreds.CodeUnavailable, "cannot use the data directory %s: %w", dir, err)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return e.WithHint("free some space and try again")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return e.WithHint("give yourself write access to it, or name another directory with --data")
	case errors.Is(err, syscall.ENOTDIR), strings.Contains(err.Error(), "not a directory"):
		return e.WithHint("name a directory with --data")
	}
	return e
}
