package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/prove"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

// Settings are the settings of a workspace.
type Settings struct {
	TimeZone string `json:"time_zone" doc:"Where days begin and end, as Europe/Copenhagen" minLength:"1" maxLength:"100"`
	Currency string `json:"currency" doc:"What amounts are in, as DKK" pattern:"^[A-Z]{3}$"`

	Language  string `json:"language,omitempty" enum:"en,da" doc:"Of the web app and reports, where a browser does not say otherwise; absent in a request it stays"`
	SmallCell int    `json:"small_cell,omitempty" minimum:"1" maximum:"1000" doc:"Groups of fewer customers are not shown in breakdowns; 1 shows all; absent in a request it stays"`

	Value *string `json:"value,omitempty" maxLength:"2000" doc:"What counts as value: the sum of a number over an event, as sum(amount) of purchase, without a window; empty it is found by usual names; absent in a request it stays"`

	ContactDetails    []string `json:"contact_details,omitempty" maxItems:"1000" doc:"Names of fields that are contact details whatever their names suggest; absent in a request they stay"`
	NotContactDetails []string `json:"not_contact_details,omitempty" maxItems:"1000" doc:"Names of fields that are none whatever their names suggest; absent in a request they stay"`

	Thresholds *Thresholds `json:"thresholds,omitempty" doc:"What the scorecard of proofs asks for, where that is not the default; absent in a request they stay, what is left out in them has the default again"`
}

func settingsOf(s state.Settings) Settings {
	out := Settings{
		TimeZone: s.TimeZone, Currency: s.Currency, Language: s.Language, SmallCell: s.SmallCell, Value: s.Value,
		ContactDetails: s.ContactDetails, NotContactDetails: s.NotContactDetails,
	}
	if len(s.Thresholds) > 0 {
		t := Thresholds(prove.ThresholdsOf(s.Thresholds))
		out.Thresholds = &t
	}
	return out
}

func (h *handler) settingRoutes() {
	route(h, operation(kreds.Viewer, http.MethodGet, "/settings", "settings", "Settings", "The settings of the workspace"),
		func(ctx context.Context, _ *struct{}) (*body[Settings], error) {
			s, err := h.state.Settings(ctx)
			if err != nil {
				return nil, err
			}
			return answer(settingsOf(s)), nil
		})
	type put struct{ Body Settings }
	op := operation(kreds.Admin, http.MethodPut, "/settings", "set-settings", "Settings", "Change the settings of the workspace")
	op.Description = "The time zone can change only while there is no data: local times were read in it."
	route(h, op, func(ctx context.Context, in *put) (*body[Settings], error) {
		if err := h.set(ctx, in.Body); err != nil {
			return nil, err
		}
		s, err := h.state.Settings(ctx)
		if err != nil {
			return nil, err
		}
		return answer(settingsOf(s)), nil
	})
}

func (h *handler) set(ctx context.Context, to Settings) error {
	release, err := h.load(ctx)
	if err != nil {
		return err
	}
	defer release()
	now, err := h.state.Settings(ctx)
	if err != nil {
		return err
	}
	if _, err := time.LoadLocation(to.TimeZone); err != nil || to.TimeZone == "Local" {
		return kreds.Errorf(kreds.CodeInvalid, "unknown time zone %q", cut(to.TimeZone, 60)).
			WithHint("name one of the IANA database, as Europe/Copenhagen or UTC")
	}
	if to.TimeZone != now.TimeZone {
		imports, err := h.state.Imports(ctx)
		if err != nil {
			return err
		}
		for _, i := range imports {
			if i.State == kreds.ImportCommitted {
				return kreds.Errorf(kreds.CodeRefused, "the time zone cannot change while there is data: local times were read in %s", now.TimeZone).
					WithHint("undo the imports first, or begin a new data directory")
			}
		}
	}
	if to.Value != nil && *to.Value != "" {
		cat, err := h.audience.Catalogue(ctx)
		if err != nil {
			return err
		}
		bought, err := audience.ReadValue(cat, *to.Value)
		if err != nil {
			return fmt.Errorf("value: %w", err)
		}
		to.Value = &bought.Value
	}
	set := state.Settings{
		TimeZone: to.TimeZone, Currency: to.Currency, Language: to.Language, SmallCell: to.SmallCell, Value: to.Value,
		ContactDetails: to.ContactDetails, NotContactDetails: to.NotContactDetails,
	}
	if to.Thresholds != nil {
		set.Thresholds = prove.Thresholds(*to.Thresholds).Settings()
	}
	return h.state.SetSettings(ctx, set)
}

// endOfTime is where years get a fifth digit, which RFC 3339 has no room for.
var endOfTime = kreds.InstantOf(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))

// moment is the workspace's calendar and the as-of instant that the text names in
// it.
func (h *handler) moment(ctx context.Context, text string) (*segment.Calendar, kreds.Instant, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, 0, err
	}
	at, err := h.asOf(cal, text)
	return cal, at, err
}

// asOf reads an as-of instant; without one it is now.
func (h *handler) asOf(cal *segment.Calendar, text string) (kreds.Instant, error) {
	if text == "" {
		return kreds.InstantOf(h.clock()), nil
	}
	t, err := cal.ParseAsOf(text)
	if err == nil && t >= endOfTime {
		return 0, kreds.Errorf(kreds.CodeInvalid, "%q is too late to be written as a time", cut(text, 40)).WithHint("take a year before 9999")
	}
	return t, err
}
