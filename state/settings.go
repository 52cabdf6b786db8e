package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kreds/kreds"
)

// Settings are those of the workspace.
type Settings struct {
	TimeZone string // IANA name: days begin and end in it
	Currency string // ISO 4217: amounts are in it
	Language string // of the web app and reports: en or da

	// SmallCell is the size below which a group is too small to be shown in a
	// breakdown; 1 shows all.
	SmallCell int

	// Value is what counts as value, as "sum(amount) of purchase"; "" where it is
	// found by usual names. When settings are saved, nil leaves it as it is.
	Value *string

	// Names of fields that always, or never, count as contact details, whatever
	// their names suggest. Nil stays as it is when settings are saved.
	ContactDetails    []string
	NotContactDetails []string

	// Thresholds are what the scorecard of proofs asks for, by criterion, where that is
	// not the default. Nil stays as it is when settings are saved.
	Thresholds map[string]float64
}

// defaults are the settings of a new workspace.
var defaults = Settings{TimeZone: "Europe/Copenhagen", Currency: "DKK", Language: "en", SmallCell: 5}

// Languages are those that the web app and reports speak.
var Languages = []string{"en", "da"}

// maxSmallCell is far above any size that breakdowns are cut at.
const maxSmallCell = 1000

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
		case "language":
			out.Language = value
		case "small_cell":
			out.SmallCell, err = strconv.Atoi(value)
		case "value":
			out.Value = &value
		case "contact_details":
			err = json.Unmarshal([]byte(value), &out.ContactDetails)
		case "not_contact_details":
			err = json.Unmarshal([]byte(value), &out.NotContactDetails)
		case "thresholds":
			err = json.Unmarshal([]byte(value), &out.Thresholds)
		}
		if err != nil {
			return out, fmt.Errorf("the setting %s cannot be read: %w", name, err)
		}
	}
	return out, explain(rows.Err())
}

// SetSettings saves the workspace's settings. Empty fields stay as they are. The
// error has CodeInvalid for an unknown time zone or language, a currency that is
// not three capital letters, and a small-cell size out of range.
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
	if set.Language != "" && !slices.Contains(Languages, set.Language) {
		return kreds.Errorf(kreds.CodeInvalid, "there is no language %q", set.Language).WithHint("it is en or da")
	}
	if set.SmallCell < 0 || set.SmallCell > maxSmallCell {
		return kreds.Errorf(kreds.CodeInvalid, "the small-cell size is 1 to %d", maxSmallCell)
	}
	values := map[string]string{"time_zone": set.TimeZone, "currency": set.Currency, "language": set.Language}
	if set.Value != nil {
		values["value"] = *set.Value
	}
	if set.SmallCell != 0 {
		values["small_cell"] = strconv.Itoa(set.SmallCell)
	}
	for name, list := range map[string][]string{"contact_details": set.ContactDetails, "not_contact_details": set.NotContactDetails} {
		if list == nil {
			continue
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		values[name] = string(text)
	}
	if set.Thresholds != nil {
		text, err := json.Marshal(set.Thresholds)
		if err != nil {
			return err
		}
		values["thresholds"] = string(text)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if set.Value != nil && *set.Value == "" {
			if _, err := tx.ExecContext(ctx, "DELETE FROM setting WHERE name = 'value'"); err != nil {
				return err
			}
		}
		for name, value := range values {
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

// Secret returns the secret of a name that was kept, or keeps what fresh is.
func (s *Store) Secret(ctx context.Context, name string, fresh []byte) (secret []byte, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT value FROM secret WHERE name = ?", name).Scan(&secret)
	if !errors.Is(err, sql.ErrNoRows) {
		return secret, explain(err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, fresh); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT value FROM secret WHERE name = ?", name).Scan(&secret)
	})
	return secret, err
}
