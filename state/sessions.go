package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/kreds/kreds"
)

// when is timeOf where 0 means never.
func when(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return timeOf(micros)
}

// AddSession adds a session and notes that its user signed in.
func (s *Store) AddSession(ctx context.Context, n kreds.Session) (kreds.Session, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "INSERT INTO session (user, hash, created, seen, address, agent) VALUES (?, ?, ?, ?, ?, ?)",
			n.User, n.Hash, n.Created.UnixMicro(), n.Seen.UnixMicro(), n.Address, n.Agent)
		if err != nil {
			return err
		}
		if n.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE user SET signed_in = ? WHERE id = ?", n.Created.UnixMicro(), n.User)
		return err
	})
	return n, err
}

const sessionColumns = "session.id, session.user, session.hash, session.created, session.seen, session.address, session.agent"

// sessionRow reads a session; times finishes it after the scan.
func sessionRow(n *kreds.Session) (into []any, times func()) {
	var created, seen int64
	return []any{&n.ID, &n.User, &n.Hash, &created, &seen, &n.Address, &n.Agent},
		func() { n.Created, n.Seen = timeOf(created), timeOf(seen) }
}

// Session returns the session of a hash with its user; the error has
// CodeNotFound if there is none.
func (s *Store) Session(ctx context.Context, hash []byte) (kreds.Session, kreds.User, error) {
	var n kreds.Session
	into, times := sessionRow(&n)
	u, err := scanUser(s.db.QueryRowContext(ctx, "SELECT "+userColumns+", "+sessionColumns+" FROM session JOIN user ON user.id = session.user WHERE session.hash = ?", hash), into...)
	times()
	return n, u, missing(err, "session")
}

// Sessions returns all sessions, the one seen last first.
func (s *Store) Sessions(ctx context.Context) ([]kreds.Session, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+sessionColumns+" FROM session ORDER BY seen DESC, id DESC")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Session
	for rows.Next() {
		var n kreds.Session
		into, times := sessionRow(&n)
		if err := rows.Scan(into...); err != nil {
			return nil, explain(err)
		}
		times()
		out = append(out, n)
	}
	return out, explain(rows.Err())
}

// SeeSession notes that a session was seen now.
func (s *Store) SeeSession(ctx context.Context, id int64) error {
	_, err := s.db.ExecContext(ctx, "UPDATE session SET seen = ? WHERE id = ?", s.now(), id)
	return explain(err)
}

// EndSession ends a session; the error has CodeNotFound if there is none.
func (s *Store) EndSession(ctx context.Context, id int64) error {
	return s.end(ctx, "session", id)
}

func (s *Store) end(ctx context.Context, table string, id int64) error {
	r, err := s.db.ExecContext(ctx, "DELETE FROM "+table+" WHERE id = ?", id)
	if err != nil {
		return explain(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return missing(sql.ErrNoRows, table)
	}
	return nil
}

// EndSessions ends the sessions that were made, or seen for the last time,
// before the instants.
func (s *Store) EndSessions(ctx context.Context, made, seen time.Time) error {
	_, err := s.db.ExecContext(ctx, "DELETE FROM session WHERE created <= ? OR seen <= ?", made.UnixMicro(), seen.UnixMicro())
	return explain(err)
}

// AddToken adds a token.
func (s *Store) AddToken(ctx context.Context, t kreds.Token) (kreds.Token, error) {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return t, err
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "INSERT INTO token (user, name, hash, start, role, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			sql.NullInt64{Int64: t.User, Valid: t.User != 0}, t.Name, t.Hash, t.Start, t.Role.String(), string(scopes), t.Created.UnixMicro(), t.Expires.UnixMicro())
		if err != nil {
			return err
		}
		t.ID, err = r.LastInsertId()
		return err
	})
	return t, err
}

// Tokens returns all tokens, newest first.
func (s *Store) Tokens(ctx context.Context) ([]kreds.Token, error) { return s.tokens(ctx, nil) }

// Token returns the token of a hash with its user, who is zero for a token of
// the owner of the directory; the error has CodeNotFound if there is none.
func (s *Store) Token(ctx context.Context, hash []byte) (kreds.Token, kreds.User, error) {
	found, err := s.tokens(ctx, hash)
	if err != nil {
		return kreds.Token{}, kreds.User{}, err
	}
	if len(found) == 0 {
		return kreds.Token{}, kreds.User{}, missing(sql.ErrNoRows, "token")
	}
	t := found[0]
	if t.User == 0 {
		return t, kreds.User{}, nil
	}
	u, err := scanUser(s.db.QueryRowContext(ctx, "SELECT "+userColumns+" FROM user WHERE id = ?", t.User))
	return t, u, missing(err, "token")
}

// tokens returns the token of a hash, or all for nil.
func (s *Store) tokens(ctx context.Context, hash []byte) ([]kreds.Token, error) {
	query, args := "SELECT id, ifnull(user, 0), name, hash, start, role, scopes, created, expires, used FROM token", []any{}
	if hash != nil {
		query, args = query+" WHERE hash = ?", []any{hash}
	}
	rows, err := s.db.QueryContext(ctx, query+" ORDER BY id DESC", args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Token
	for rows.Next() {
		var t kreds.Token
		var role, scopes string
		var created, expires, used int64
		if err := rows.Scan(&t.ID, &t.User, &t.Name, &t.Hash, &t.Start, &role, &scopes, &created, &expires, &used); err != nil {
			return nil, explain(err)
		}
		if t.Role, err = kreds.RoleOf(role); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(scopes), &t.Scopes); err != nil {
			return nil, err
		}
		t.Created, t.Expires, t.Used = timeOf(created), timeOf(expires), when(used)
		out = append(out, t)
	}
	return out, explain(rows.Err())
}

// UseToken notes that a token was used now.
func (s *Store) UseToken(ctx context.Context, id int64) error {
	_, err := s.db.ExecContext(ctx, "UPDATE token SET used = ? WHERE id = ?", s.now(), id)
	return explain(err)
}

// EndToken revokes a token; the error has CodeNotFound if there is none.
func (s *Store) EndToken(ctx context.Context, id int64) error { return s.end(ctx, "token", id) }
