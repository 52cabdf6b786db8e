package state

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Kept is a document under a name, without regard to case.
type Kept[T any] struct {
	Name     string
	Created  time.Time
	Document *T
}

// Shelf keeps documents of one kind, which are T written as JSON.
type Shelf[T any] struct {
	store                 *Store
	table, one, none, all string
}

// Discoveries are what searches for segments found, as T.
func Discoveries[T any](s *Store) Shelf[T] {
	return Shelf[T]{
		s, "discovery", "discovery", kreds.Say("\"kreds discover list\" shows the discoveries; \"kreds discover NAME\" makes one"),
		kreds.Say("\"kreds discover list\" shows the discoveries"),
	}
}

// Proofs are what was found out of segments on past data, as T.
func Proofs[T any](s *Store) Shelf[T] {
	return Shelf[T]{
		s, "proof", "proof", kreds.Say("\"kreds prove list\" shows the proofs; \"kreds prove SEGMENT\" makes one"),
		kreds.Say("\"kreds prove list\" shows the proofs"),
	}
}

// Save keeps a document; one of the same name is replaced. The error has CodeInvalid if
// the name cannot be one.
func (k Shelf[T]) Save(ctx context.Context, name string, document *T) error {
	if err := checkName(name); err != nil {
		return err
	}
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("keeping the %s: %w", k.one, err)
	}
	return k.store.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO "+k.table+" (name, document, created) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET name = excluded.name, document = excluded.document, created = excluded.created",
			name, string(text), k.store.now())
		return err
	})
}

// Change changes a kept document, whose name and time stay. The error has CodeNotFound
// if there is none of the name.
func (k Shelf[T]) Change(ctx context.Context, name string, change func(*T) error) error {
	return k.store.write(ctx, func(tx *sql.Tx) error {
		kept, err := k.scan(name, tx.QueryRowContext(ctx, "SELECT name, document, created FROM "+k.table+" WHERE name = ?", name))
		if err != nil {
			return err
		}
		if err := change(kept.Document); err != nil {
			return err
		}
		text, err := json.Marshal(kept.Document)
		if err != nil {
			return fmt.Errorf("keeping the %s: %w", k.one, err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE "+k.table+" SET document = ? WHERE name = ?", string(text), name)
		return err
	})
}

// Get returns the document of the name, or an error of CodeNotFound.
func (k Shelf[T]) Get(ctx context.Context, name string) (Kept[T], error) {
	return k.scan(name, k.store.db.QueryRowContext(ctx, "SELECT name, document, created FROM "+k.table+" WHERE name = ?", name))
}

// All returns all documents by name.
func (k Shelf[T]) All(ctx context.Context) ([]Kept[T], error) {
	rows, err := k.store.db.QueryContext(ctx, "SELECT name, document, created FROM "+k.table+" ORDER BY name")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Kept[T]
	for rows.Next() {
		kept, err := k.scan("", rows)
		if err != nil {
			return nil, err
		}
		out = append(out, kept)
	}
	return out, explain(rows.Err())
}

// Delete removes a document. The error has CodeNotFound if there is none of the name.
func (k Shelf[T]) Delete(ctx context.Context, name string) error {
	return k.store.write(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, "DELETE FROM "+k.table+" WHERE name = ?", name)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return kreds.Errorf(kreds.CodeNotFound, "there is no %s %q", k.one, name).WithHint("%s", k.all)
	})
}

func (k Shelf[T]) scan(name string, row interface{ Scan(...any) error }) (Kept[T], error) {
	kept := Kept[T]{Document: new(T)}
	var document string
	var created int64
	err := row.Scan(&kept.Name, &document, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return kept, kreds.Errorf(kreds.CodeNotFound, "there is no %s %q", k.one, name).WithHint("%s", k.none)
	}
	if err != nil {
		return kept, explain(err)
	}
	kept.Created = timeOf(created)
	if err := json.Unmarshal([]byte(document), kept.Document); err != nil {
		return kept, fmt.Errorf("reading the %s %q: %w", k.one, kept.Name, err)
	}
	return kept, nil
}

// referring are the tables whose documents hold expressions.
var referring = []string{"discovery", "proof", "model"}

// renameInDocuments makes the expressions in documents refer to a segment by its new
// name.
func renameInDocuments(ctx context.Context, tx *sql.Tx, from, to string) error {
	for _, table := range referring {
		err := eachDocument(ctx, tx, table, from, func(row int64, document any) error {
			changed := false
			document = expressions(document, func(e *segment.Expr) bool {
				if !segment.Rename(e, from, to) {
					return false
				}
				changed = true
				return true
			})
			if !changed {
				return nil
			}
			text, err := json.Marshal(document)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE "+table+" SET document = ? WHERE rowid = ?", string(text), row)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// modelAmong returns the name of a segment that a model in use assigns among the members of
// the named one, "" if there is none; the segment itself does not count.
func modelAmong(ctx context.Context, tx *sql.Tx, named kreds.Segment) (string, error) {
	user := ""
	err := eachDocument(ctx, tx, "model", named.Name, func(row int64, document any) error {
		refers := false
		expressions(document, func(e *segment.Expr) bool {
			for _, r := range segment.References(e) {
				refers = refers || strings.EqualFold(r, named.Name)
			}
			return false
		})
		if !refers || user != "" {
			return nil
		}
		err := tx.QueryRowContext(ctx, "SELECT s.name FROM model_segment p JOIN segment s ON s.id = p.segment WHERE p.model = ? AND s.id <> ? ORDER BY p.place LIMIT 1", row, named.ID).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return user, err
}

// eachDocument calls do with the documents of a table that may speak of a name.
func eachDocument(ctx context.Context, tx *sql.Tx, table, name string, do func(row int64, document any) error) error {
	rows, err := tx.QueryContext(ctx, "SELECT rowid, document FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	texts := map[int64]string{}
	var order []int64
	for rows.Next() {
		var row int64
		var text string
		if err := rows.Scan(&row, &text); err != nil {
			return err
		}
		if strings.Contains(text, "segment") {
			texts[row] = text
			order = append(order, row)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, row := range order {
		var document any
		numbers := json.NewDecoder(bytes.NewReader([]byte(texts[row])))
		numbers.UseNumber() // as they are written, to the last digit
		if err := numbers.Decode(&document); err != nil {
			return fmt.Errorf("reading what refers to segment %q: %w", name, err)
		}
		if err := do(row, document); err != nil {
			return err
		}
	}
	return nil
}

// expressions calls change with every text of a document that is an expression about
// segments, and puts what it changed in its place.
func expressions(document any, change func(*segment.Expr) bool) any {
	switch v := document.(type) {
	case string:
		if !strings.Contains(v, "segment ") {
			return v
		}
		e, err := segment.Parse(v)
		if err != nil || len(segment.References(e)) == 0 || !change(e) {
			return v
		}
		return e.String()
	case []any:
		for i := range v {
			v[i] = expressions(v[i], change)
		}
	case map[string]any:
		for key := range v {
			v[key] = expressions(v[key], change)
		}
	}
	return document
}
