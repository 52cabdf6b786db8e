package state

import (
	"context"

	"github.com/kreds/kreds"
)

// AddFeedback keeps what somebody says of a segment and fills in its number and time.
func (s *Store) AddFeedback(ctx context.Context, segment string, f kreds.Feedback) (kreds.Feedback, error) {
	seg, err := s.Segment(ctx, segment)
	if err != nil {
		return f, err
	}
	now := s.now()
	r, err := s.db.ExecContext(ctx, "INSERT INTO feedback (segment, criterion, verdict, note, author, given) VALUES (?, ?, ?, ?, ?, ?)",
		seg.ID, f.Criterion, string(f.Verdict), f.Note, f.Author, now)
	if err != nil {
		return f, explain(err)
	}
	f.ID, err = r.LastInsertId()
	f.Given = timeOf(now)
	return f, explain(err)
}

// Feedback returns what was said of a segment, newest first.
func (s *Store) Feedback(ctx context.Context, segment string) ([]kreds.Feedback, error) {
	seg, err := s.Segment(ctx, segment)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT id, criterion, verdict, note, author, given FROM feedback WHERE segment = ? ORDER BY id DESC", seg.ID)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Feedback
	for rows.Next() {
		var f kreds.Feedback
		var given int64
		if err := rows.Scan(&f.ID, &f.Criterion, &f.Verdict, &f.Note, &f.Author, &given); err != nil {
			return nil, explain(err)
		}
		f.Given = timeOf(given)
		out = append(out, f)
	}
	return out, explain(rows.Err())
}

// DeleteFeedback takes back what was said of a segment. The error has CodeNotFound if
// nothing of the number was.
func (s *Store) DeleteFeedback(ctx context.Context, segment string, id int64) error {
	seg, err := s.Segment(ctx, segment)
	if err != nil {
		return err
	}
	r, err := s.db.ExecContext(ctx, "DELETE FROM feedback WHERE segment = ? AND id = ?", seg.ID, id)
	if err != nil {
		return explain(err)
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return explain(err)
	}
	return kreds.Errorf(kreds.CodeNotFound, "there is no feedback %d on %q", id, seg.Name).WithHint("\"kreds segment feedback %s\" lists it", seg.Name)
}

// TraitName is a trait of a kind of profile.
type TraitName struct {
	Kind kreds.Kind
	Name string
}

// Timeless returns the traits that are declared not to change with time.
func (s *Store) Timeless(ctx context.Context) ([]TraitName, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT kind, name FROM timeless ORDER BY kind DESC, name")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []TraitName
	for rows.Next() {
		var kind string
		var t TraitName
		if err := rows.Scan(&kind, &t.Name); err != nil {
			return nil, explain(err)
		}
		if kind == kreds.Company.String() {
			t.Kind = kreds.Company
		}
		out = append(out, t)
	}
	return out, explain(rows.Err())
}

// SetTimeless declares that a trait does not change with time, or takes that back.
func (s *Store) SetTimeless(ctx context.Context, t TraitName, timeless bool) error {
	query := "INSERT INTO timeless (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING"
	if !timeless {
		query = "DELETE FROM timeless WHERE kind = ? AND name = ?"
	}
	_, err := s.db.ExecContext(ctx, query, t.Kind.String(), t.Name)
	return explain(err)
}
