package api

import (
	"context"
	"net/http"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// Worth is what customers are worth: what counts as value, summed over periods.
type Worth struct {
	AsOf       string `json:"as_of" doc:"RFC 3339; the end of the last period"`
	DataEnds   string `json:"data_ends,omitempty" doc:"RFC 3339; the end of the last day with an event that counts"`
	Expression string `json:"expression" doc:"What counts as value, as sum(amount) of purchase; empty where it cannot be told"`
	Event      string `json:"event" doc:"The event that counts; empty where it cannot be told"`
	Property   string `json:"property" doc:"The number that is summed; empty where it cannot be told"`
	Chosen     bool   `json:"chosen" doc:"It is a setting of the workspace, not found by usual names"`
	Problem    string `json:"problem,omitempty" doc:"Why the setting cannot be used, so that value is found by usual names"`

	Period   string         `json:"period" enum:"month,quarter,year" doc:"30 days, 90 days or 12 months"`
	Total    float64        `json:"total" doc:"Of all customers in the last period, in the workspace's currency"`
	Before   *float64       `json:"before,omitempty" doc:"Of all customers in the period before; absent where the data does not cover it"`
	Buyers   int64          `json:"buyers" doc:"Customers with an event that counts in the last period"`
	Periods  []PeriodWorth  `json:"periods" doc:"Ascending; of viewers those in which at least as many customers as the small-cell size had an event, or none"`
	Segments []SegmentWorth `json:"segments" doc:"By name; those of persons and companies that were refreshed; of viewers without those in hidden"`
	Choices  []WorthChoice  `json:"choices" doc:"What could count as value, the likeliest first"`

	Few    bool     `json:"few,omitempty" doc:"So few customers had an event that counts in the last period that you do not see what they are worth: total and buyers are 0"`
	Hidden []string `json:"hidden,omitempty" doc:"Segments whose worth you do not see: it would tell that of fewer customers than the small-cell size, alone or beside what else is shown"`
}

// PeriodWorth is what all customers were worth in a period.
type PeriodWorth struct {
	From   string  `json:"from" doc:"RFC 3339"`
	To     string  `json:"to" doc:"RFC 3339; without this instant"`
	Value  float64 `json:"value"`
	Buyers int64   `json:"buyers"`
	Whole  bool    `json:"whole" doc:"The data begins before the period"`
}

// SegmentWorth is what the members of one segment are worth.
type SegmentWorth struct {
	Segment string   `json:"segment"`
	Members int64    `json:"members" doc:"At the last refresh"`
	Value   float64  `json:"value" doc:"In the last period"`
	Share   float64  `json:"share" doc:"Of the total; 0 if that is not positive. Segments overlap, so shares need not add up"`
	Before  *float64 `json:"before,omitempty" doc:"Of the same members in the period before"`
}

// WorthChoice is something that could count as value.
type WorthChoice struct {
	Expression string `json:"expression"`
	Event      string `json:"event"`
	Property   string `json:"property"`
}

// worthPeriods are the periods of worth, and how many of them are shown.
var worthPeriods = map[string]struct {
	n    int
	unit segment.Unit
	show int
}{"month": {30, segment.Day, 12}, "quarter": {90, segment.Day, 8}, "year": {12, segment.Month, 5}}

func (h *handler) worthRoutes() {
	type when struct {
		AsOf   string `query:"as_of" doc:"RFC 3339, or a date, which means the end of that day; the default is the latest refresh's, or now, but not after the end of the data"`
		Period string `query:"period" enum:"month,quarter,year" default:"year" doc:"30 days, 90 days or 12 months"`
	}
	op := operation(kreds.Viewer, http.MethodGet, "/worth", "worth", "Evaluation", "What customers and the members of segments are worth")
	op.Description = "Sums what counts as value, which is a setting of the workspace or found by usual names, over periods of which the last ends at as_of. Of segments it is that of the members of the last refresh."
	route(h, op, func(ctx context.Context, in *when) (*body[*Worth], error) {
		return answerOf(h.worth(ctx, in.AsOf, in.Period))
	})
}

func (h *handler) worth(ctx context.Context, when, period string) (*Worth, error) {
	began := h.clock()
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	sight, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	out := &Worth{Period: period, Periods: []PeriodWorth{}, Segments: []SegmentWorth{}, Choices: []WorthChoice{}}
	sets, latest, err := h.worthSets(ctx, out)
	if err != nil {
		return nil, err
	}
	p := worthPeriods[period]
	q := audience.WorthRequest{Sets: sets, Until: latest, N: p.n, Unit: p.unit, Periods: p.show}
	if latest == kreds.MinInstant {
		q.Until = kreds.InstantOf(h.clock())
	}
	if when != "" {
		if sight != nil {
			// Two days beside each other would tell what happened in between.
			return nil, kreds.Errorf(kreds.CodeForbidden, "viewers see what customers are worth as of the latest refresh").WithHint("leave as_of out, or ask an editor")
		}
		if q.AsOf, err = h.asOf(cal, when); err != nil {
			return nil, err
		}
	}
	w, err := h.audience.Worth(ctx, q)
	if err != nil {
		return nil, err
	}
	out.fill(w, cal)
	sight.worth(out, w, sets)
	if err := h.worthChoices(ctx, out); err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("worth").Observe(since(h.clock, began))
	return out, nil
}

// worthSets are the members of segments, and the latest instant that any is as of;
// MinInstant if none was refreshed.
func (h *handler) worthSets(ctx context.Context, out *Worth) (sets []*roaring.Bitmap, latest kreds.Instant, err error) {
	latest = kreds.MinInstant
	all, err := h.state.Segments(ctx)
	if err != nil {
		return nil, latest, err
	}
	for _, s := range all {
		run, members, ok, err := h.state.LastRun(ctx, s.Name)
		if err != nil {
			return nil, latest, err
		}
		if !ok || !s.Archived.IsZero() || s.Subject == kreds.Prospects || s.Subject == kreds.ProspectCompanies {
			continue
		}
		latest = max(latest, run.AsOf)
		sets = append(sets, members)
		out.Segments = append(out.Segments, SegmentWorth{Segment: s.Name, Members: run.Members})
	}
	return sets, latest, nil
}

// fill takes over what was summed.
func (out *Worth) fill(w *audience.Worth, cal *segment.Calendar) {
	out.AsOf = instant(w.AsOf, cal)
	out.Expression, out.Event, out.Property = w.Purchase.Value, w.Purchase.Event.Name, w.Purchase.Property
	if w.Ends != kreds.MinInstant {
		out.DataEnds = instant(w.Ends, cal)
	}
	n := len(w.Periods)
	if n == 0 {
		return
	}
	for _, p := range w.Periods {
		if p.To <= w.First {
			continue
		}
		out.Periods = append(out.Periods, PeriodWorth{instant(p.From, cal), instant(p.To, cal), p.Value, p.Buyers, p.From >= w.First})
	}
	last := w.Periods[n-1]
	out.Total, out.Buyers = last.Value, last.Buyers
	whole := w.Periods[n-2].From >= w.First
	if whole {
		out.Before = &w.Periods[n-2].Value
	}
	for i := range out.Segments {
		s := &out.Segments[i]
		s.Value = w.Of[i]
		if whole {
			s.Before = &w.Before[i]
		}
		if out.Total > 0 {
			s.Share = s.Value / out.Total
		}
	}
}

// worthChoices says whether what counts as value was chosen, and from what.
func (h *handler) worthChoices(ctx context.Context, out *Worth) error {
	cat, err := h.audience.Catalogue(ctx)
	if err != nil {
		return err
	}
	for _, c := range audience.Values(cat) {
		out.Choices = append(out.Choices, WorthChoice{c.Value, c.Event.Name, c.Property})
	}
	if cat.Value != "" {
		if _, err := audience.ReadValue(cat, cat.Value); err != nil {
			out.Problem = err.Error()
		} else {
			out.Chosen = true
		}
	}
	return nil
}
