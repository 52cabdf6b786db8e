package state

import (
	"context"
	"database/sql"
	"time"

	"github.com/kreds/kreds"
)

// Settings are those of the workspace.
type Settings struct {
	TimeZone string // IANA name: days begin and end in it
	Currency string // ISO 4217: amounts are in it
}

// defaults are the settings of a new workspace.
var defaults = Settings{TimeZone: "Europe/Copenhagen", Currency: "DKK"}

// Settings returns the workspace's settings.
func (s *Store) Settings(ctx context.Context) (Settings, error) {
	out := defaults
	rows, err := s.db.QueryContext(ctx, "SELECT name, value FROM setting")
	if err != nil {
		return out, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return out, explain(err)
		}
		switch name {
		case "time_zone":
			out.TimeZone = value
		case "currency":
			out.Currency = value
		}
	}
	return out, explain(rows.Err())
}

// SetSettings saves the workspace's settings. Empty fields stay as they are. The
// error has CodeInvalid for an unknown time zone or a currency that is not three
// capital letters.
func (s *Store) SetSettings(ctx context.Context, set Settings) error {
	if set.TimeZone != "" {
		if _, err := time.LoadLocation(set.TimeZone); err != nil || set.TimeZone == "Local" {
			return kreds.Errorf(kreds.CodeInvalid, "the time zone %q is not known", set.TimeZone).WithHint("use a name such as Europe/Copenhagen or UTC")
		}
	}
	if c := set.Currency; c != "" {
		valid := len(c) == 3
		for _, r := range c {
			valid = valid && r >= 'A' && r <= 'Z'
		}
		if !valid {
			return kreds.Errorf(kreds.CodeInvalid, "%q is no currency", c).WithHint("use an ISO 4217 code such as DKK or EUR")
		}
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		for name, value := range map[string]string{"time_zone": set.TimeZone, "currency": set.Currency} {
			if value == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value); err != nil {
				return err
			}
		}
		return nil
	})
}
