package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
)

// RunPage is some refreshes, newest first.
type RunPage struct {
	Runs []Run `json:"runs"`
	Next int64 `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}

func (h *handler) refreshRoutes() {
	type request struct{ Body RefreshRequest }
	op := operation(kreds.Editor, http.MethodPost, "/refresh", "refresh", "Evaluation", "Evaluate segments again")
	op.Description = "All that are named together, or all there are. Where one fails, its run says why and its last good members stay. " +
		"Segments by typing also keep the probability of each as traits, by one import, where it changed."
	route(h, op, func(ctx context.Context, in *request) (*body[*Refresh], error) {
		return answerOf(h.refresh(ctx, in.Body))
	})

	type list struct {
		Segment string `query:"segment" doc:"Only runs of this segment"`
		Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor  int64  `query:"cursor" minimum:"1" doc:"The next of the page before"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/runs", "runs", "Evaluation", "Refreshes of segments, newest first"),
		func(ctx context.Context, in *list) (*body[*RunPage], error) {
			return answerOf(h.runs(ctx, in.Segment, in.Limit, in.Cursor))
		})
}

func (h *handler) refresh(ctx context.Context, r RefreshRequest) (*Refresh, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	broken, err := h.discoverer.Reassign(ctx, asOf, func(ctx context.Context, a *discover.Assignment) error {
		_, err := h.keepAssignment(ctx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	runs, err := h.audience.Refresh(ctx, r.Segments, asOf, broken)
	if err != nil {
		return nil, err
	}
	names, err := h.names(ctx)
	if err != nil {
		return nil, err
	}
	out := &Refresh{AsOf: instant(asOf, cal), Runs: []Run{}}
	for _, x := range runs {
		out.Runs = append(out.Runs, runOf(names[x.Segment], x, cal))
	}
	slices.SortFunc(out.Runs, func(a, b Run) int { return byName(a.Segment, b.Segment) })
	out.Seconds = since(h.clock, began)
	h.metrics.evaluation.WithLabelValues("refresh").Observe(out.Seconds)
	return out, nil
}

// names are the names of segments by their numbers.
func (h *handler) names(ctx context.Context) (map[int64]string, error) {
	all, err := h.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]string, len(all))
	for _, s := range all {
		names[s.ID] = s.Name
	}
	return names, nil
}

func (h *handler) runs(ctx context.Context, name string, limit int, cursor int64) (*RunPage, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	var of []kreds.Segment
	if name != "" {
		s, err := h.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		of = append(of, s)
	} else if of, err = h.state.Segments(ctx); err != nil {
		return nil, err
	}
	var all []Run
	for _, s := range of {
		runs, err := h.state.Runs(ctx, s.Name, maxRuns)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if cursor == 0 || r.ID < cursor {
				all = append(all, runOf(s.Name, r, cal))
			}
		}
	}
	slices.SortFunc(all, func(a, b Run) int { return int(b.ID - a.ID) })
	page := &RunPage{Runs: some(all)}
	if len(all) > limit {
		page.Runs, page.Next = all[:limit], all[limit-1].ID
	}
	return page, nil
}
