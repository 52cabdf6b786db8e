package api

import (
	"context"
	"net/http"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Worth is what the members of segments bought for.
type Worth struct {
	AsOf     string         `json:"as_of" doc:"RFC 3339; the end of the twelve months"`
	Event    string         `json:"event" doc:"The event that a purchase is; empty where it cannot be told"`
	Property string         `json:"property" doc:"The property that says what a purchase was worth; empty where it cannot be told"`
	Total    float64        `json:"total" doc:"Of all customers, in the workspace's currency"`
	Segments []SegmentWorth `json:"segments" doc:"By name; those of persons and companies that were refreshed; of viewers those that have at least the small-cell size"`
}

// SegmentWorth is what the members of one segment bought for.
type SegmentWorth struct {
	Segment string  `json:"segment"`
	Members int64   `json:"members" doc:"At the last refresh"`
	Value   float64 `json:"value"`
	Share   float64 `json:"share" doc:"Of the total; 0 if that is not positive. Segments overlap, so shares need not add up"`
}

func (h *handler) worthRoutes() {
	type when struct {
		AsOf string `query:"as_of" doc:"RFC 3339, or a date, which means the end of that day; the default is the latest refresh's"`
	}
	op := operation(kreds.Viewer, http.MethodGet, "/worth", "worth", "Evaluation", "What the members of segments bought for in twelve months")
	op.Description = "Sums the worth of purchases of the members of each segment's last refresh in the twelve months before as_of. Events and properties are told by their usual names."
	route(h, op, func(ctx context.Context, in *when) (*body[*Worth], error) {
		out, err := h.worth(ctx, in.AsOf)
		if err != nil {
			return nil, err
		}
		return answer(out), nil
	})
}

func (h *handler) worth(ctx context.Context, when string) (*Worth, error) {
	began := h.clock()
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	out := &Worth{Segments: []SegmentWorth{}}
	sight, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	var sets []*roaring.Bitmap
	latest := kreds.MinInstant
	for _, s := range all {
		run, members, ok, err := h.state.LastRun(ctx, s.Name)
		if err != nil {
			return nil, err
		}
		if !ok || s.Subject == kreds.Prospects || s.Subject == kreds.ProspectCompanies {
			continue
		}
		if sight != nil && run.Members < int64(sight.smallCell) {
			continue
		}
		latest = max(latest, run.AsOf)
		sets = append(sets, members)
		out.Segments = append(out.Segments, SegmentWorth{Segment: s.Name, Members: run.Members})
	}
	asOf := latest
	if when != "" || latest == kreds.MinInstant {
		if asOf, err = h.asOf(cal, when); err != nil {
			return nil, err
		}
	}
	w, err := h.audience.Worth(ctx, sets, asOf)
	if err != nil {
		return nil, err
	}
	out.AsOf, out.Event, out.Property, out.Total = instant(asOf, cal), w.Event, w.Property, w.Total
	for i := range out.Segments {
		out.Segments[i].Value = w.Of[i]
		if w.Total > 0 {
			out.Segments[i].Share = w.Of[i] / w.Total
		}
	}
	h.metrics.evaluation.WithLabelValues("worth").Observe(since(h.clock, began))
	return out, nil
}
