package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// maxRuns bounds the runs of one segment that are looked at.
const maxRuns = 10000

func (h *handler) segmentRoutes() {
	type create struct{ Body SegmentRequest }
	op := operation(kreds.Editor, http.MethodPost, "/segments", "create-segment", "Segments", "Save a segment")
	op.DefaultStatus = http.StatusCreated
	route(h, op, func(ctx context.Context, in *create) (*body[*Segment], error) {
		name, err := h.createSegment(ctx, &in.Body)
		if err != nil {
			return nil, err
		}
		return h.segment(ctx, name)
	})

	type list struct {
		Tag      string `query:"tag" doc:"Only segments with this tag"`
		Archived bool   `query:"archived" doc:"Those that are archived, instead of the others"`
		Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor   string `query:"cursor" doc:"The next of the page before"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/segments", "segments", "Segments", "Segments by name"),
		func(ctx context.Context, in *list) (*body[*SegmentPage], error) {
			return answerOf(h.segments(ctx, in.Tag, in.Archived, in.Limit, in.Cursor))
		})

	type one struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/segments/{name}", "segment", "Segments", "One segment"),
		func(ctx context.Context, in *one) (*body[*Segment], error) { return h.segment(ctx, in.Name) })

	type change struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
		Body SegmentChange
	}
	op = operation(kreds.Editor, http.MethodPatch, "/segments/{name}", "change-segment", "Segments", "Change a segment")
	op.Description = "A new expression is saved as a new version; a new name changes every reference to the segment."
	route(h, op, func(ctx context.Context, in *change) (*body[*Segment], error) {
		name, err := h.changeSegment(ctx, in.Name, &in.Body)
		if err != nil {
			return nil, err
		}
		return h.segment(ctx, name)
	})

	op = operation(kreds.Editor, http.MethodDelete, "/segments/{name}", "delete-segment", "Segments", "Delete a segment with its versions and runs")
	op.Description = "Refused while another segment refers to it."
	route(h, op, func(ctx context.Context, in *one) (*struct{}, error) {
		return nil, h.audience.Delete(ctx, in.Name)
	})

	type versions struct {
		Versions []Version `json:"versions" doc:"Newest first"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/segments/{name}/versions", "segment-versions", "Segments", "The saved definitions of a segment"),
		func(ctx context.Context, in *one) (*body[versions], error) {
			hist, err := h.history(ctx, in.Name, 1)
			if err != nil {
				return nil, err
			}
			return answer(versions{hist.Versions}), nil
		})
	route(h, operation(kreds.Viewer, http.MethodGet, "/segments/{name}/history", "segment-history", "Segments", "The definitions of a segment and its refreshes"),
		func(ctx context.Context, in *one) (*body[*History], error) {
			return answerOf(h.history(ctx, in.Name, 100))
		})

	type preview struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
		Body PreviewRequest
	}
	route(h, operation(kreds.Viewer, http.MethodPost, "/segments/{name}/preview", "preview-segment", "Segments", "What a new definition would change"),
		func(ctx context.Context, in *preview) (*body[*Preview], error) {
			return answerOf(h.preview(ctx, in.Name, in.Body))
		})
}

func (h *handler) segment(ctx context.Context, name string) (*body[*Segment], error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	s, err := h.state.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	out, err := h.describe(ctx, s, cal)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	return answer(sees.segment(out)), nil
}

// describe adds the last refreshes to a segment.
func (h *handler) describe(ctx context.Context, s kreds.Segment, cal *segment.Calendar) (*Segment, error) {
	out := segmentOf(s, cal)
	runs, err := h.state.Runs(ctx, s.Name, 1)
	if err != nil || len(runs) == 0 {
		return &out, err
	}
	last := runOf(s.Name, runs[0], cal)
	if last.Error == "" {
		out.Run = &last
		return &out, nil
	}
	out.Failed = &last
	good, _, ok, err := h.state.LastRun(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	if ok {
		r := runOf(s.Name, good, cal)
		out.Run = &r
	}
	return &out, nil
}

func (h *handler) segments(ctx context.Context, tag string, archived bool, limit int, cursor string) (*SegmentPage, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b kreds.Segment) int { return byName(a.Name, b.Name) })
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	page := &SegmentPage{Segments: []Segment{}}
	for _, s := range all {
		if s.Archived.IsZero() == archived || cursor != "" && byName(s.Name, cursor) <= 0 {
			continue
		}
		if tag != "" && !slices.ContainsFunc(s.Tags, func(t string) bool { return strings.EqualFold(t, tag) }) {
			continue
		}
		if len(page.Segments) == limit {
			page.Next = page.Segments[limit-1].Name
			break
		}
		out, err := h.describe(ctx, s, cal)
		if err != nil {
			return nil, err
		}
		page.Segments = append(page.Segments, *sees.segment(out))
	}
	return page, nil
}

// byName orders names without regard to case.
func byName(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

func (h *handler) history(ctx context.Context, name string, runs int) (*History, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	s, err := h.state.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	versions, err := h.state.Versions(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	list, err := h.state.Runs(ctx, s.Name, runs)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	out := &History{Segment: s.Name, Versions: []Version{}, Runs: []Run{}}
	for _, v := range slices.Backward(versions) {
		v.Expression = sees.expression(v.Expression)
		out.Versions = append(out.Versions, versionOf(v, cal))
	}
	for _, r := range list {
		out.Runs = append(out.Runs, runOf(s.Name, r, cal))
	}
	return out, nil
}
