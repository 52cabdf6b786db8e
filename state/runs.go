package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Record is the members of a list or model segment from an instant on.
type Record struct {
	At      kreds.Instant
	Members *roaring.Bitmap
}

// AddRecord sets the members of a list or model segment from the instant on.
func (s *Store) AddRecord(ctx context.Context, name string, at kreds.Instant, members *roaring.Bitmap) error {
	seg, err := s.Segment(ctx, name)
	if err != nil {
		return err
	}
	if seg.Source == kreds.SourceRule {
		return kreds.Errorf(kreds.CodeInvalid, "the members of %q follow from its expression", seg.Name).WithHint("edit the expression")
	}
	blob, err := encode(members)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO record (segment, at, members) VALUES (?, ?, ?) ON CONFLICT (segment, at) DO UPDATE SET members = excluded.members", seg.ID, int64(at), blob)
	return explain(err)
}

// Records returns the records of a segment, oldest first.
func (s *Store) Records(ctx context.Context, name string) ([]Record, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT r.at, r.members FROM record r JOIN segment s ON s.id = r.segment WHERE s.name = ? ORDER BY r.at", name)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		var at int64
		var blob []byte
		if err := rows.Scan(&at, &blob); err != nil {
			return nil, explain(err)
		}
		members, err := decode(blob)
		if err != nil {
			return nil, err
		}
		out = append(out, Record{kreds.Instant(at), members})
	}
	return out, explain(rows.Err())
}

// RunMembers is a run with the members it found; a failed run has none.
type RunMembers struct {
	Run     kreds.Run
	Members *roaring.Bitmap
}

// SaveRuns saves the runs of one refresh together and fills in their numbers. Of
// each segment only the members of the last ten good runs are kept.
func (s *Store) SaveRuns(ctx context.Context, runs []RunMembers) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for i := range runs {
			r := &runs[i].Run
			var blob []byte
			if r.Error == "" {
				var err error
				if blob, err = encode(runs[i].Members); err != nil {
					return err
				}
			}
			res, err := tx.ExecContext(ctx, "INSERT INTO run (segment, version, as_of, started, seconds, members, joined, left_, error, set_) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				r.Segment, r.Version, int64(r.AsOf), r.Started.UnixMicro(), r.Seconds, r.Members, r.Joined, r.Left, r.Error, blob)
			if err != nil {
				return err
			}
			if r.ID, err = res.LastInsertId(); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `UPDATE run SET set_ = NULL WHERE segment = ? AND set_ IS NOT NULL AND id NOT IN
				(SELECT id FROM run WHERE segment = ? AND set_ IS NOT NULL ORDER BY id DESC LIMIT 10)`, r.Segment, r.Segment)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const runColumns = "SELECT r.id, r.segment, r.version, r.as_of, r.started, r.seconds, r.members, r.joined, r.left_, r.error"

func scanRun(row interface{ Scan(...any) error }, more ...any) (r kreds.Run, err error) {
	var asOf, started int64
	err = row.Scan(append([]any{&r.ID, &r.Segment, &r.Version, &asOf, &started, &r.Seconds, &r.Members, &r.Joined, &r.Left, &r.Error}, more...)...)
	r.AsOf, r.Started = kreds.Instant(asOf), timeOf(started)
	return r, err
}

// Runs returns the last runs of a segment, newest first, at most limit.
func (s *Store) Runs(ctx context.Context, name string, limit int) ([]kreds.Run, error) {
	rows, err := s.db.QueryContext(ctx, runColumns+" FROM run r JOIN segment s ON s.id = r.segment WHERE s.name = ? ORDER BY r.id DESC LIMIT ?", name, limit)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, r)
	}
	return out, explain(rows.Err())
}

// LastRun returns the last good run of a segment with its members, and whether
// there is one.
func (s *Store) LastRun(ctx context.Context, name string) (kreds.Run, *roaring.Bitmap, bool, error) {
	row := s.db.QueryRowContext(ctx, runColumns+", r.set_ FROM run r JOIN segment s ON s.id = r.segment WHERE s.name = ? AND r.error = '' ORDER BY r.id DESC LIMIT 1", name)
	return runWithMembers(row)
}

// RunSince returns what to compare the last good run of a segment with, and whether there
// is something: that run itself if it was started by the instant, else the last good one
// before it that was started by then; if the members of that are not kept any more, or
// the segment was first refreshed later, the oldest whose members are kept. With the zero
// time it is the good run before the last one.
func (s *Store) RunSince(ctx context.Context, last kreds.Run, since time.Time) (kreds.Run, *roaring.Bitmap, bool, error) {
	upTo := last.ID
	if since.IsZero() {
		upTo, since = last.ID-1, last.Started
	}
	row := s.db.QueryRowContext(ctx, runColumns+`, r.set_ FROM run r
		WHERE r.segment = ?1 AND r.error = '' AND r.set_ IS NOT NULL AND r.id <= ?2
		ORDER BY r.started > ?3, CASE WHEN r.started > ?3 THEN r.id ELSE -r.id END LIMIT 1`, last.Segment, upTo, since.UnixMicro())
	return runWithMembers(row)
}

// runWithMembers reads a run with its members, and whether there is one.
func runWithMembers(row *sql.Row) (kreds.Run, *roaring.Bitmap, bool, error) {
	var blob []byte
	r, err := scanRun(row, &blob)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil, false, nil
	}
	if err != nil {
		return r, nil, false, explain(err)
	}
	members, err := decode(blob)
	return r, members, err == nil, err
}

func encode(set *roaring.Bitmap) ([]byte, error) {
	if set == nil {
		set = roaring.New()
	}
	set.RunOptimize()
	return set.ToBytes()
}

func decode(blob []byte) (*roaring.Bitmap, error) {
	set := roaring.New()
	if err := set.UnmarshalBinary(blob); err != nil {
		return nil, fmt.Errorf("a stored set of members cannot be read: %w", err)
	}
	return set, nil
}
