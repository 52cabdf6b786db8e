package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/kreds/kreds"
)

// BeginImport enters an import as pending and returns its number. Only As, Files,
// Digest and Started are read; a zero Started means now.
func (s *Store) BeginImport(ctx context.Context, i kreds.Import) (kreds.ImportID, error) {
	files, err := json.Marshal(i.Files)
	if err != nil {
		return 0, err
	}
	started := s.now()
	if !i.Started.IsZero() {
		started = i.Started.UnixMicro()
	}
	r, err := s.db.ExecContext(ctx, "INSERT INTO import (state, what, files, digest, started) VALUES ('pending', ?, ?, ?, ?)", i.As, string(files), i.Digest, started)
	if err != nil {
		return 0, explain(err)
	}
	id, err := r.LastInsertId()
	return kreds.ImportID(id), explain(err)
}

// CommitImport makes a pending import committed, with the numbers of rows that it
// brought: from now on it is seen, whatever happens. The error has CodeConflict if
// the import is not pending.
func (s *Store) CommitImport(ctx context.Context, i kreds.Import) error {
	ended := s.now()
	if !i.Ended.IsZero() {
		ended = i.Ended.UnixMicro()
	}
	return s.change(ctx, i.ID, "UPDATE import SET state = 'committed', rows = ?, rejected = ?, created = ?, ended = ? WHERE id = ? AND state = 'pending'",
		i.Rows, i.Rejected, i.Created, ended, int64(i.ID))
}

// AbandonImport forgets a pending import.
func (s *Store) AbandonImport(ctx context.Context, id kreds.ImportID) error {
	return s.change(ctx, id, "DELETE FROM import WHERE id = ? AND state = 'pending'", int64(id))
}

// AbandonImports forgets every pending import. It is for opening a directory, when
// what is pending was begun by a process that is gone; the rows must be out of the
// engine before.
func (s *Store) AbandonImports(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM import WHERE state = 'pending'")
	return explain(err)
}

// UndoImport marks a committed import as undone; its rows are then to be removed
// from the engine. The error has CodeConflict if it is not committed.
func (s *Store) UndoImport(ctx context.Context, id kreds.ImportID) error {
	return s.change(ctx, id, "UPDATE import SET state = 'undone' WHERE id = ? AND state = 'committed'", int64(id))
}

func (s *Store) change(ctx context.Context, id kreds.ImportID, query string, args ...any) error {
	r, err := s.db.ExecContext(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return explain(err)
	}
	i, err := s.Import(ctx, id)
	if err != nil {
		return err
	}
	return kreds.Errorf(kreds.CodeConflict, "import %d is %s already", id, i.State).WithHint("\"kreds import list\" shows where each import stands")
}

const importColumns = "SELECT id, state, what, files, digest, rows, rejected, created, started, ended FROM import"

func scanImport(row interface{ Scan(...any) error }) (i kreds.Import, err error) {
	var files string
	var started int64
	var ended sql.NullInt64
	if err := row.Scan(&i.ID, &i.State, &i.As, &files, &i.Digest, &i.Rows, &i.Rejected, &i.Created, &started, &ended); err != nil {
		return i, err
	}
	i.Started = timeOf(started)
	if ended.Valid {
		i.Ended = timeOf(ended.Int64)
	}
	return i, json.Unmarshal([]byte(files), &i.Files)
}

// Import returns one entry of the ledger, or an error of CodeNotFound.
func (s *Store) Import(ctx context.Context, id kreds.ImportID) (kreds.Import, error) {
	i, err := scanImport(s.db.QueryRowContext(ctx, importColumns+" WHERE id = ?", int64(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return i, kreds.Errorf(kreds.CodeNotFound, "there is no import %d", id).WithHint("\"kreds import list\" shows the imports")
	}
	return i, explain(err)
}

// Imports returns the ledger, oldest first.
func (s *Store) Imports(ctx context.Context) ([]kreds.Import, error) {
	rows, err := s.db.QueryContext(ctx, importColumns+" ORDER BY id")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Import
	for rows.Next() {
		i, err := scanImport(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, i)
	}
	return out, explain(rows.Err())
}

// ImportByDigest returns the committed import of the digest, if there is one.
func (s *Store) ImportByDigest(ctx context.Context, digest string) (kreds.Import, bool, error) {
	i, err := scanImport(s.db.QueryRowContext(ctx, importColumns+" WHERE digest = ? AND state = 'committed' ORDER BY id LIMIT 1", digest))
	if errors.Is(err, sql.ErrNoRows) {
		return i, false, nil
	}
	return i, err == nil, explain(err)
}

// Keep returns which imports the engine is to keep: those committed.
func (s *Store) Keep(ctx context.Context) (func(kreds.ImportID) bool, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM import WHERE state = 'committed'")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	keep := map[kreds.ImportID]bool{}
	for rows.Next() {
		var id kreds.ImportID
		if err := rows.Scan(&id); err != nil {
			return nil, explain(err)
		}
		keep[id] = true
	}
	return func(id kreds.ImportID) bool { return keep[id] }, explain(rows.Err())
}
