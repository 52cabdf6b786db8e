package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/kreds/kreds"
)

// Proof is a kept proof, as the document that its maker wrote.
type Proof struct {
	Name     string
	Document []byte // JSON
	Created  time.Time
}

// SaveProof keeps a proof; one of the same name, without regard to case, is replaced.
// The error has CodeInvalid if the name cannot be one.
func (s *Store) SaveProof(ctx context.Context, name string, document []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "INSERT INTO proof (name, document, created) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET name = excluded.name, document = excluded.document, created = excluded.created",
		name, string(document), s.now())
	return explain(err)
}

func scanProof(row interface{ Scan(...any) error }) (p Proof, err error) {
	var document string
	var created int64
	err = row.Scan(&p.Name, &document, &created)
	p.Document, p.Created = []byte(document), timeOf(created)
	return p, err
}

const noProof = "\"kreds prove list\" shows the proofs; \"kreds prove SEGMENT\" makes one"

// Proof returns the proof of the name, or an error of CodeNotFound.
func (s *Store) Proof(ctx context.Context, name string) (Proof, error) {
	p, err := scanProof(s.db.QueryRowContext(ctx, "SELECT name, document, created FROM proof WHERE name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		return p, kreds.Errorf(kreds.CodeNotFound, "there is no proof %q", name).WithHint(noProof)
	}
	return p, explain(err)
}

// Proofs returns all proofs by name.
func (s *Store) Proofs(ctx context.Context) ([]Proof, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT name, document, created FROM proof ORDER BY name")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Proof
	for rows.Next() {
		p, err := scanProof(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, p)
	}
	return out, explain(rows.Err())
}

// DeleteProof removes a proof. The error has CodeNotFound if there is none of the name.
func (s *Store) DeleteProof(ctx context.Context, name string) error {
	r, err := s.db.ExecContext(ctx, "DELETE FROM proof WHERE name = ?", name)
	if err != nil {
		return explain(err)
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return explain(err)
	}
	return kreds.Errorf(kreds.CodeNotFound, "there is no proof %q", name).WithHint(noProof)
}

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
