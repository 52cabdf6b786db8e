package state

import (
	"context"
	"encoding/json"

	"github.com/kreds/kreds"
)

// Lists returns the stored lists of values by name.
func (s *Store) Lists(ctx context.Context) (map[string][]string, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT name, vals FROM list")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, explain(err)
		}
		var values []string
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			return nil, err
		}
		out[name] = values
	}
	return out, explain(rows.Err())
}

// PutList stores a list of values, in place of one of the same name; no values
// remove it.
func (s *Store) PutList(ctx context.Context, name string, values []string) error {
	if len(values) == 0 {
		_, err := s.db.ExecContext(ctx, "DELETE FROM list WHERE name = ?", name)
		return explain(err)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "INSERT INTO list (name, vals) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET vals = excluded.vals", name, string(text))
	return explain(err)
}

// Places returns the named places, by name.
func (s *Store) Places(ctx context.Context) ([]kreds.Place, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT name, lat, lon FROM place ORDER BY name")
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []kreds.Place
	for rows.Next() {
		var p kreds.Place
		if err := rows.Scan(&p.Name, &p.Point.Lat, &p.Point.Lon); err != nil {
			return nil, explain(err)
		}
		out = append(out, p)
	}
	return out, explain(rows.Err())
}

// PutPlace stores a place, in place of one of the same name.
func (s *Store) PutPlace(ctx context.Context, p kreds.Place) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO place (name, lat, lon) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET lat = excluded.lat, lon = excluded.lon", p.Name, p.Point.Lat, p.Point.Lon)
	return explain(err)
}
