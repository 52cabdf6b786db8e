package api

import (
	"context"
	"net/http"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Settings are the settings of a workspace.
type Settings struct {
	TimeZone string `json:"time_zone" doc:"Where days begin and end, as Europe/Copenhagen" minLength:"1" maxLength:"100"`
	Currency string `json:"currency" doc:"What amounts are in, as DKK" pattern:"^[A-Z]{3}$"`
}

func (h *handler) settingRoutes() {
	route(h, operation(kreds.Viewer, http.MethodGet, "/settings", "settings", "Settings", "The settings of the workspace"),
		func(ctx context.Context, _ *struct{}) (*body[Settings], error) {
			s, err := h.state.Settings(ctx)
			if err != nil {
				return nil, err
			}
			return answer(Settings{s.TimeZone, s.Currency}), nil
		})
	type put struct{ Body Settings }
	op := operation(kreds.Admin, http.MethodPut, "/settings", "set-settings", "Settings", "Change the settings of the workspace")
	op.Description = "The time zone can change only while there is no data: local times were read in it."
	route(h, op, func(ctx context.Context, in *put) (*body[Settings], error) {
		if err := h.set(ctx, in.Body); err != nil {
			return nil, err
		}
		return answer(in.Body), nil
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
	now.TimeZone, now.Currency = to.TimeZone, to.Currency
	return h.state.SetSettings(ctx, now)
}

// endOfTime is where years get a fifth digit, which RFC 3339 has no room for.
var endOfTime = kreds.InstantOf(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))

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
