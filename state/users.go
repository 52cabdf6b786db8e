package state

import (
	"context"
	"database/sql"
	"errors"

	"github.com/kreds/kreds"
)

const userColumns = "user.id, user.name, user.role, user.password, user.inactive, user.created, user.signed_in"

// scanner is a row, or the present one of several.
type scanner interface{ Scan(into ...any) error }

func scanUser(row scanner, more ...any) (kreds.User, error) {
	var u kreds.User
	var role string
	var created, signedIn int64
	into := append([]any{&u.ID, &u.Name, &role, &u.Password, &u.Inactive, &created, &signedIn}, more...)
	if err := row.Scan(into...); err != nil {
		return u, err
	}
	u.Created, u.SignedIn = timeOf(created), when(signedIn)
	var err error
	u.Role, err = kreds.RoleOf(role)
	return u, err
}

// missing is an error with CodeNotFound where there is no row.
func missing(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return kreds.Errorf(kreds.CodeNotFound, "there is no such %s", what)
	}
	return explain(err)
}

// UserCount returns how many users there are.
func (s *Store) UserCount(ctx context.Context) (int, error) {
	var n int
	err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM user").Scan(&n)
	return n, explain(err)
}

// Users returns all users by name.
func (s *Store) Users(ctx context.Context) ([]kreds.User, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+userColumns+" FROM user ORDER BY folded")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.User
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, u)
	}
	return out, explain(rows.Err())
}

// UserNamed returns the user of a folded name; the error has CodeNotFound if
// there is none.
func (s *Store) UserNamed(ctx context.Context, folded string) (kreds.User, error) {
	u, err := scanUser(s.db.QueryRowContext(ctx, "SELECT "+userColumns+" FROM user WHERE folded = ?", folded))
	return u, missing(err, "user")
}

func userIn(ctx context.Context, tx *sql.Tx, id int64) (kreds.User, error) {
	u, err := scanUser(tx.QueryRowContext(ctx, "SELECT "+userColumns+" FROM user WHERE id = ?", id))
	return u, missing(err, "user")
}

func insertUser(ctx context.Context, tx *sql.Tx, u kreds.User, folded string) (int64, error) {
	var taken bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM user WHERE folded = ?)", folded).Scan(&taken); err != nil {
		return 0, err
	}
	if taken {
		return 0, kreds.Errorf(kreds.CodeConflict, "there is a user %q already", u.Name)
	}
	r, err := tx.ExecContext(ctx, "INSERT INTO user (name, folded, role, password, created) VALUES (?, ?, ?, ?, ?)",
		u.Name, folded, u.Role.String(), u.Password, u.Created.UnixMicro())
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// AddUser adds a user with the link of the invitation. The error has
// CodeConflict if the name is taken.
func (s *Store) AddUser(ctx context.Context, u kreds.User, folded string, l kreds.Link) (out kreds.User, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if l.User, err = insertUser(ctx, tx, u, folded); err != nil {
			return err
		}
		if err := insertLink(ctx, tx, l); err != nil {
			return err
		}
		out, err = userIn(ctx, tx, l.User)
		return err
	})
	return out, err
}

// ChangeUser changes a user's role and inactivity. Sessions and links of who
// becomes inactive end. The error has CodeRefused if no active admin with a
// password would be left.
func (s *Store) ChangeUser(ctx context.Context, id int64, role kreds.Role, inactive bool) (out kreds.User, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := userIn(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE user SET role = ?, inactive = ? WHERE id = ?", role.String(), inactive, id); err != nil {
			return err
		}
		var admins int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM user WHERE role = 'admin' AND NOT inactive AND password <> ''").Scan(&admins); err != nil {
			return err
		}
		if admins == 0 {
			return kreds.Errorf(kreds.CodeRefused, "this is the last admin: nobody could let anybody in any more").
				WithHint("make somebody else an admin first")
		}
		if inactive {
			for _, table := range []string{"session", "link"} {
				if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE user = ?", id); err != nil {
					return err
				}
			}
		}
		out, err = userIn(ctx, tx, id)
		return err
	})
	return out, err
}

// SetPassword keeps the hash of a new password and ends all sessions of the
// user but one, and the links that were open.
func (s *Store) SetPassword(ctx context.Context, user int64, hash string, keep int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := userIn(ctx, tx, user); err != nil {
			return err
		}
		return setPassword(ctx, tx, user, hash, keep)
	})
}

func setPassword(ctx context.Context, tx *sql.Tx, user int64, hash string, keep int64) error {
	if _, err := tx.ExecContext(ctx, "UPDATE user SET password = ? WHERE id = ?", hash, user); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM session WHERE user = ? AND id <> ?", user, keep); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM link WHERE user = ?", user)
	return err
}

// UpgradeHash replaces a hash by another of the same password; if the password
// changed meanwhile, nothing is done.
func (s *Store) UpgradeHash(ctx context.Context, user int64, from, to string) error {
	_, err := s.db.ExecContext(ctx, "UPDATE user SET password = ? WHERE id = ? AND password = ?", to, user, from)
	return explain(err)
}

func insertLink(ctx context.Context, tx *sql.Tx, l kreds.Link) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO link (hash, purpose, user, expires) VALUES (?, ?, ?, ?)",
		l.Hash, string(l.Purpose), sql.NullInt64{Int64: l.User, Valid: l.User != 0}, l.Expires.UnixMicro())
	return err
}

// ReplaceLink keeps a link in place of others of the same user. The error of a
// link to the first account has CodeRefused where there are users.
func (s *Store) ReplaceLink(ctx context.Context, l kreds.Link) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if l.User == 0 {
			if err := noUsers(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM link WHERE ifnull(user, 0) = ?", l.User); err != nil {
			return err
		}
		return insertLink(ctx, tx, l)
	})
}

func noUsers(ctx context.Context, tx *sql.Tx) error {
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM user").Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return kreds.Errorf(kreds.CodeRefused, "there are accounts already").WithHint("ask an admin for an invitation")
	}
	return nil
}

// Link returns the link of a hash; the error has CodeNotFound if there is none.
func (s *Store) Link(ctx context.Context, hash []byte) (kreds.Link, error) {
	l := kreds.Link{Hash: hash}
	var user sql.NullInt64
	var expires int64
	err := s.db.QueryRowContext(ctx, "SELECT purpose, user, expires FROM link WHERE hash = ?", hash).Scan(&l.Purpose, &user, &expires)
	l.User, l.Expires = user.Int64, timeOf(expires)
	return l, missing(err, "link")
}

// take removes a link, so that it works once.
func (s *Store) take(ctx context.Context, tx *sql.Tx, hash []byte, first bool) (user int64, err error) {
	var of sql.NullInt64
	err = tx.QueryRowContext(ctx, "DELETE FROM link WHERE hash = ? AND expires > ? AND (purpose = 'first') = ? RETURNING user", hash, s.now(), first).Scan(&of)
	return of.Int64, missing(err, "link")
}

// TakeFirst uses a link to make the first account. The error has CodeNotFound if
// there is no such link, or none any more.
func (s *Store) TakeFirst(ctx context.Context, hash []byte, u kreds.User, folded string) (out kreds.User, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := noUsers(ctx, tx); err != nil {
			return err
		}
		if _, err := s.take(ctx, tx, hash, true); err != nil {
			return err
		}
		id, err := insertUser(ctx, tx, u, folded)
		if err != nil {
			return err
		}
		out, err = userIn(ctx, tx, id)
		return err
	})
	return out, err
}

// TakeLink uses a link to set the password of its user, whose sessions end. The
// error has CodeNotFound if there is no such link, or none any more.
func (s *Store) TakeLink(ctx context.Context, hash []byte, password string) (out kreds.User, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		user, err := s.take(ctx, tx, hash, false)
		if err != nil {
			return err
		}
		if err := setPassword(ctx, tx, user, password, 0); err != nil {
			return err
		}
		out, err = userIn(ctx, tx, user)
		return err
	})
	return out, err
}
