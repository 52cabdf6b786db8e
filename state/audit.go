package state

import (
	"context"
	"database/sql"

	"github.com/kreds/kreds"
)

// BeginAudit writes an act into the audit log before it is done, and returns
// the number of the entry. One that never gets a result was cut off.
func (s *Store) BeginAudit(ctx context.Context, e kreds.AuditEntry) (id int64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "INSERT INTO audit (at, actor, via, token, address, action, subject, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			e.At.UnixMicro(), e.Actor, e.Via, e.Token, e.Address, e.Action, e.Subject, e.Result)
		if err != nil {
			return err
		}
		id, err = r.LastInsertId()
		return err
	})
	return id, err
}

// EndAudit writes the result of an act, and what it was done to, which may be
// known only now. An entry that has a result stays as it is.
func (s *Store) EndAudit(ctx context.Context, id int64, subject, result string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE audit SET subject = ?, result = ? WHERE id = ?", subject, result, id)
		return err
	})
}

// Audit returns entries of the audit log, newest first.
func (s *Store) Audit(ctx context.Context, f kreds.AuditFilter) ([]kreds.AuditEntry, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, at, actor, via, token, address, action, subject, result FROM audit
		WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR actor = ?2) AND (?3 = '' OR action = ?3) ORDER BY id DESC LIMIT ?4`,
		f.Before, f.Actor, f.Action, f.Limit)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.AuditEntry
	for rows.Next() {
		var e kreds.AuditEntry
		var at int64
		if err := rows.Scan(&e.ID, &at, &e.Actor, &e.Via, &e.Token, &e.Address, &e.Action, &e.Subject, &e.Result); err != nil {
			return nil, explain(err)
		}
		e.At = timeOf(at)
		out = append(out, e)
	}
	return out, explain(rows.Err())
}
