package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// NewSegment is a segment to be made: with its first version, or of a model with its
// members from an instant on.
type NewSegment struct {
	Segment kreds.Segment
	First   kreds.Version
	At      kreds.Instant
	Members *roaring.Bitmap
}

// CreateSegments saves several segments, all or none. If there is a model, they are its
// segments in order, and their source is the model; else it is a rule. The errors are
// those of CreateSegment.
func (s *Store) CreateSegments(ctx context.Context, segments []NewSegment, model []byte) ([]kreds.Segment, error) {
	for i, n := range segments {
		if err := checkName(n.Segment.Name); err != nil {
			return nil, err
		}
		for _, o := range segments[:i] {
			if strings.EqualFold(o.Segment.Name, n.Segment.Name) {
				return nil, kreds.Errorf(kreds.CodeInvalid, "two of the segments would be called %q", n.Segment.Name).WithHint("choose different names")
			}
		}
	}
	out := make([]kreds.Segment, len(segments))
	now := s.now()
	err := s.write(ctx, func(tx *sql.Tx) error {
		var id int64
		if model != nil {
			r, err := tx.ExecContext(ctx, "INSERT INTO model (document, created) VALUES (?, ?)", string(model), now)
			if err != nil {
				return err
			}
			if id, err = r.LastInsertId(); err != nil {
				return err
			}
		}
		for i, n := range segments {
			n.Segment.Source = kreds.SourceRule
			if model != nil {
				n.Segment.Source = kreds.SourceModel
			}
			seg, err := insertSegment(ctx, tx, n.Segment, n.First, now, now)
			if err != nil {
				return err
			}
			out[i] = seg
			if model == nil {
				continue
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO model_segment (segment, model, place) VALUES (?, ?, ?)", seg.ID, id, i); err != nil {
				return err
			}
			blob, err := encode(n.Members)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO record (segment, at, members) VALUES (?, ?, ?)", seg.ID, int64(n.At), blob); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Model is what assigns profiles to segments: the document that its maker wrote, and
// the segments by their place in it. Of places whose segment was deleted there is none.
type Model struct {
	ID       int64
	Document []byte
	Segments map[int]kreds.Segment
}

// Models returns the models that any segment is of.
func (s *Store) Models(ctx context.Context) ([]Model, error) {
	all, err := s.Segments(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[int64]kreds.Segment{}
	for _, seg := range all {
		byID[seg.ID] = seg
	}
	rows, err := s.db.QueryContext(ctx, "SELECT m.id, m.document, p.segment, p.place FROM model m JOIN model_segment p ON p.model = m.id ORDER BY m.id, p.place")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Model
	for rows.Next() {
		var id, seg int64
		var document string
		var place int
		if err := rows.Scan(&id, &document, &seg, &place); err != nil {
			return nil, explain(err)
		}
		if len(out) == 0 || out[len(out)-1].ID != id {
			out = append(out, Model{ID: id, Document: []byte(document), Segments: map[int]kreds.Segment{}})
		}
		if s, ok := byID[seg]; ok {
			out[len(out)-1].Segments[place] = s
		}
	}
	return out, explain(rows.Err())
}

// AddRecords sets the members of several list or model segments from an instant on, all
// or none. Of those whose members are the same already nothing is written.
func (s *Store) AddRecords(ctx context.Context, at kreds.Instant, members map[int64]*roaring.Bitmap) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for id, set := range members {
			var blob []byte
			err := tx.QueryRowContext(ctx, "SELECT members FROM record WHERE segment = ? AND at <= ? ORDER BY at DESC LIMIT 1", id, int64(at)).Scan(&blob)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil {
				last, err := decode(blob)
				if err != nil {
					return err
				}
				if last.Equals(set) {
					continue
				}
			}
			if blob, err = encode(set); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO record (segment, at, members) VALUES (?, ?, ?) ON CONFLICT (segment, at) DO UPDATE SET members = excluded.members", id, int64(at), blob); err != nil {
				return err
			}
		}
		return nil
	})
}

// RFMGroups returns the document of the workspace's own named groups, nil if it has
// none.
func (s *Store) RFMGroups(ctx context.Context) ([]byte, error) {
	var document string
	err := s.db.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = 'rfm_groups'").Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []byte(document), explain(err)
}

// SetRFMGroups keeps the document of named groups; nil removes it.
func (s *Store) SetRFMGroups(ctx context.Context, document []byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if document == nil {
			_, err := tx.ExecContext(ctx, "DELETE FROM setting WHERE name = 'rfm_groups'")
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES ('rfm_groups', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", string(document))
		return err
	})
}
