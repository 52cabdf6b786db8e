package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// CreateSegment saves a new segment with its first version, which is empty unless
// the segment's source is a rule. It fills in ID, Version, Expression, Created and
// Updated. The error has CodeConflict if the name is taken and CodeInvalid if it
// cannot be one.
func (s *Store) CreateSegment(ctx context.Context, seg kreds.Segment, first kreds.Version) (kreds.Segment, error) {
	if err := checkName(seg.Name); err != nil {
		return seg, err
	}
	if seg.Source == "" {
		seg.Source = kreds.SourceRule
	}
	now := s.now()
	saved := now
	if !first.Saved.IsZero() {
		saved = first.Saved.UnixMicro()
	}
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		seg, err = insertSegment(ctx, tx, seg, first, now, saved)
		return err
	})
	return seg, err
}

// insertSegment saves a new segment with its first version.
func insertSegment(ctx context.Context, tx *sql.Tx, seg kreds.Segment, first kreds.Version, now, saved int64) (kreds.Segment, error) {
	if err := free(ctx, tx, seg.Name, 0); err != nil {
		return seg, err
	}
	tags, err := json.Marshal(seg.Tags)
	if err != nil {
		return seg, err
	}
	r, err := tx.ExecContext(ctx, "INSERT INTO segment (name, description, owner, tags, subject, source, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		seg.Name, seg.Description, seg.Owner, string(tags), seg.Subject.String(), string(seg.Source), now, now)
	if err != nil {
		return seg, err
	}
	if seg.ID, err = r.LastInsertId(); err != nil {
		return seg, err
	}
	seg.Version, seg.Expression = 1, first.Expression
	seg.Created, seg.Updated, seg.Defined = timeOf(now), timeOf(now), timeOf(saved)
	return seg, addVersion(ctx, tx, seg.ID, 1, first, saved)
}

// checkName refuses names that could not be shown or typed.
func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || name != strings.TrimSpace(name):
		return kreds.Errorf(kreds.CodeInvalid, "a segment's name is not empty and does not begin or end with a space")
	case len([]rune(name)) > 200:
		return kreds.Errorf(kreds.CodeInvalid, "the segment's name has %d characters", len([]rune(name))).WithHint("use at most 200")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return kreds.Errorf(kreds.CodeInvalid, "the segment's name holds a line break or another control character")
	}
	return nil
}

// free refuses a name that another segment has, without regard to case in any
// alphabet, which SQLite's own comparison minds beyond ASCII.
func free(ctx context.Context, tx *sql.Tx, name string, except int64) error {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM segment WHERE id <> ?", except)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var taken string
		if err := rows.Scan(&taken); err != nil {
			return err
		}
		if strings.EqualFold(taken, name) {
			return kreds.Errorf(kreds.CodeConflict, "there is a segment %q already", taken).WithHint("choose another name, or edit that one")
		}
	}
	return rows.Err()
}

func addVersion(ctx context.Context, tx *sql.Tx, id int64, number int, v kreds.Version, saved int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO version (segment, number, expression, author, note, saved) VALUES (?, ?, ?, ?, ?, ?)",
		id, number, v.Expression, v.Author, v.Note, saved)
	return err
}

// UpdateSegment changes description, owner, tags and archived of a segment.
func (s *Store) UpdateSegment(ctx context.Context, name string, change func(*kreds.Segment)) (kreds.Segment, error) {
	var seg kreds.Segment
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		if seg, err = findSegment(ctx, tx, name); err != nil {
			return err
		}
		change(&seg)
		tags, err := json.Marshal(seg.Tags)
		if err != nil {
			return err
		}
		now := s.now()
		seg.Updated = timeOf(now)
		_, err = tx.ExecContext(ctx, "UPDATE segment SET description = ?, owner = ?, tags = ?, archived = ?, updated = ? WHERE id = ?",
			seg.Description, seg.Owner, string(tags),
			sql.NullInt64{Int64: seg.Archived.UnixMicro(), Valid: !seg.Archived.IsZero()}, now, seg.ID)
		return err
	})
	return seg, err
}

// EditSegment saves a new version of a segment. Base, if not 0, is the version
// that the edit was made from: the error has CodeConflict if there is a newer one.
func (s *Store) EditSegment(ctx context.Context, name string, v kreds.Version, base int) (kreds.Segment, error) {
	var seg kreds.Segment
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		if seg, err = findSegment(ctx, tx, name); err != nil {
			return err
		}
		if seg.Source != kreds.SourceRule {
			return kreds.Errorf(kreds.CodeInvalid, "the members of %q are a %s: it has no expression to edit", seg.Name, seg.Source)
		}
		if base != 0 && base != seg.Version {
			return kreds.Errorf(kreds.CodeConflict, "%q has version %d, the edit was made from version %d", seg.Name, seg.Version, base).
				WithHint("look at what changed and edit again")
		}
		now := s.now()
		seg.Version++
		seg.Expression, seg.Updated, seg.Defined = v.Expression, timeOf(now), timeOf(now)
		if err := addVersion(ctx, tx, seg.ID, seg.Version, v, now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE segment SET updated = ? WHERE id = ?", now, seg.ID)
		return err
	})
	return seg, err
}

// RenameSegment gives a segment a new name and changes every reference to it: in all
// versions of all segments, and in kept discoveries, models and proofs.
func (s *Store) RenameSegment(ctx context.Context, from, to string) error {
	if err := checkName(to); err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		seg, err := findSegment(ctx, tx, from)
		if err != nil {
			return err
		}
		if err := free(ctx, tx, to, seg.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE segment SET name = ?, updated = ? WHERE id = ?", to, s.now(), seg.ID)
		if err != nil {
			return err
		}
		err = eachVersion(ctx, tx, func(owner string, id int64, number int, e *segment.Expr) error {
			if !segment.Rename(e, seg.Name, to) {
				return nil
			}
			_, err := tx.ExecContext(ctx, "UPDATE version SET expression = ? WHERE segment = ? AND number = ?", e.String(), id, number)
			return err
		})
		if err != nil {
			return err
		}
		return renameInDocuments(ctx, tx, seg.Name, to)
	})
}

// eachVersion calls do with every version that has an expression.
func eachVersion(ctx context.Context, tx *sql.Tx, do func(owner string, id int64, number int, e *segment.Expr) error) error {
	type version struct {
		owner  string
		id     int64
		number int
		text   string
	}
	rows, err := tx.QueryContext(ctx, "SELECT s.name, v.segment, v.number, v.expression FROM version v JOIN segment s ON s.id = v.segment WHERE v.expression <> '' ORDER BY 2, 3")
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []version
	for rows.Next() {
		var v version
		if err := rows.Scan(&v.owner, &v.id, &v.number, &v.text); err != nil {
			return err
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, v := range all {
		e, err := segment.Parse(v.text)
		if err != nil {
			return fmt.Errorf("version %d of segment %q: %w", v.number, v.owner, err)
		}
		if err := do(v.owner, v.id, v.number, e); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSegment removes a segment with its versions, records and runs. The error
// has CodeConflict if a version of another segment refers to it, or another segment's
// model does, naming that segment.
func (s *Store) DeleteSegment(ctx context.Context, name string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		seg, err := findSegment(ctx, tx, name)
		if err != nil {
			return err
		}
		users := map[string]bool{}
		err = eachVersion(ctx, tx, func(owner string, id int64, _ int, e *segment.Expr) error {
			if id == seg.ID {
				return nil
			}
			for _, r := range segment.References(e) {
				if strings.EqualFold(r, seg.Name) {
					users[owner] = true
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for user := range users {
			return kreds.Errorf(kreds.CodeConflict, "segment %q refers to %q", user, seg.Name).
				WithHint("change or delete %q first; its earlier versions count too, because they can be replayed", user)
		}
		user, err := modelAmong(ctx, tx, seg)
		if err != nil {
			return err
		}
		if user != "" {
			return kreds.Errorf(kreds.CodeConflict, "the model of segment %q assigns the members of %q", user, seg.Name).
				WithHint("delete %q and the other segments of its model first", user)
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM segment WHERE id = ?", seg.ID)
		return err
	})
}

const segmentColumns = `SELECT s.id, s.name, s.description, s.owner, s.tags, s.subject, s.source, s.created, s.updated, s.archived, v.number, v.expression, v.saved
	FROM segment s JOIN version v ON v.segment = s.id AND v.number = (SELECT max(number) FROM version WHERE segment = s.id)`

func scanSegment(row interface{ Scan(...any) error }) (seg kreds.Segment, err error) {
	var tags, subject string
	var created, updated, saved int64
	var archived sql.NullInt64
	if err := row.Scan(&seg.ID, &seg.Name, &seg.Description, &seg.Owner, &tags, &subject, &seg.Source, &created, &updated, &archived, &seg.Version, &seg.Expression, &saved); err != nil {
		return seg, err
	}
	for sub := kreds.Persons; sub <= kreds.ProspectCompanies; sub++ {
		if sub.String() == subject {
			seg.Subject = sub
		}
	}
	seg.Created, seg.Updated, seg.Defined = timeOf(created), timeOf(updated), timeOf(saved)
	if archived.Valid {
		seg.Archived = timeOf(archived.Int64)
	}
	return seg, json.Unmarshal([]byte(tags), &seg.Tags)
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findSegment(ctx context.Context, q queryer, name string) (kreds.Segment, error) {
	seg, err := scanSegment(q.QueryRowContext(ctx, segmentColumns+" WHERE s.name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		return seg, noSegment(ctx, q, name)
	}
	return seg, explain(err)
}

// noSegment is the error that there is none of a name, with the nearest one.
func noSegment(ctx context.Context, q queryer, name string) error {
	e := kreds.Errorf(kreds.CodeNotFound, "there is no segment %q", name)
	var list string
	if err := q.QueryRowContext(ctx, "SELECT json_group_array(name) FROM segment").Scan(&list); err != nil {
		return explain(err)
	}
	var names []string
	if err := json.Unmarshal([]byte(list), &names); err != nil {
		return err
	}
	if near := segment.Nearest(name, names); near != "" {
		return e.WithHint("did you mean %q?", near)
	}
	return e.WithHint("\"kreds segment list\" shows the segments")
}

// Segment returns the segment of the name, without regard to case, or an error
// of CodeNotFound.
func (s *Store) Segment(ctx context.Context, name string) (kreds.Segment, error) {
	return findSegment(ctx, s.db, name)
}

// Segments returns all segments by name, archived ones too.
func (s *Store) Segments(ctx context.Context) ([]kreds.Segment, error) {
	rows, err := s.db.QueryContext(ctx, segmentColumns+" ORDER BY s.name")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Segment
	for rows.Next() {
		seg, err := scanSegment(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, seg)
	}
	return out, explain(rows.Err())
}

// Versions returns the versions of a segment, oldest first.
func (s *Store) Versions(ctx context.Context, name string) ([]kreds.Version, error) {
	seg, err := s.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT number, expression, author, note, saved FROM version WHERE segment = ? ORDER BY number", seg.ID)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Version
	for rows.Next() {
		var v kreds.Version
		var saved int64
		if err := rows.Scan(&v.Number, &v.Expression, &v.Author, &v.Note, &saved); err != nil {
			return nil, explain(err)
		}
		v.Saved = timeOf(saved)
		out = append(out, v)
	}
	return out, explain(rows.Err())
}
