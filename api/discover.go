package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/segment"
)

func (h *handler) discoverRoutes() {
	type request struct{ Body DiscoverRequest }
	h.exploreRoutes()
	op := begun(operation(kreds.Editor, http.MethodPost, "/discoveries", "discover", "Discovery", "Look for segments"))
	op.Description = "Finds segments for each number of them, measures how real they are, and keeps what was found under the name. Nothing becomes a segment until it is accepted." + op.Description
	route(h, op, func(ctx context.Context, in *request) (*accepted, error) { return h.discover(ctx, in.Body) })

	route(h, operation(kreds.Viewer, http.MethodGet, "/discoveries", "discoveries", "Discovery", "Discoveries by name"),
		func(ctx context.Context, _ *struct{}) (*body[*DiscoveryList], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			all, err := h.discoverer.Discoveries(ctx)
			if err != nil {
				return nil, err
			}
			out := &DiscoveryList{Discoveries: []DiscoverySummary{}}
			for _, d := range all {
				out.Discoveries = append(out.Discoveries, DiscoverySummary{
					Name: d.Name, Created: stamp(d.Created, cal), AsOf: instant(d.AsOf, cal), Method: string(d.Method),
					Features: featureNames(d), N: d.N, Recommended: recommendationOf(d),
				})
			}
			return answer(out), nil
		})

	type one struct {
		Name string `path:"name" doc:"Of the discovery, without regard to case"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/discoveries/{name}", "discovery", "Discovery", "One discovery"),
		func(ctx context.Context, in *one) (*body[*Discovery], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			d, err := h.discoverer.Discovery(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			sees, err := h.sees(ctx)
			if err != nil {
				return nil, err
			}
			return answer(sees.discovery(discoveryOf(d, cal))), nil
		})

	op = operation(kreds.Editor, http.MethodDelete, "/discoveries/{name}", "delete-discovery", "Discovery", "Delete a discovery")
	op.Description = "Segments that were made of it stay."
	route(h, op, func(ctx context.Context, in *one) (*struct{}, error) {
		return nil, h.discoverer.Delete(ctx, in.Name)
	})

	type accept struct {
		Name string `path:"name" doc:"Of the discovery, without regard to case"`
		Body AcceptRequest
	}
	op = operation(kreds.Editor, http.MethodPost, "/discoveries/{name}/accept", "accept-discovery", "Discovery", "Make segments of a discovery")
	op.Description = "All that are asked for, or none."
	op.DefaultStatus = http.StatusCreated
	route(h, op, func(ctx context.Context, in *accept) (*body[*Accepted], error) {
		return answerOf(h.accept(ctx, in.Name, &in.Body))
	})
}

// discover begins a job. What can be seen to be wrong at once is said at once.
func (h *handler) discover(ctx context.Context, r DiscoverRequest) (*accepted, error) {
	about(ctx, r.Name)
	q, cal, err := h.looked(ctx, &r)
	if err != nil {
		return nil, err
	}
	if err := h.discoverer.Check(ctx, q); err != nil {
		return nil, err
	}
	return h.begin(ctx, "discover", r.Name, func(ctx context.Context, progress func(float64)) (any, error) {
		found, err := h.discovered(ctx, r.Name, q, progress)
		if err != nil {
			return nil, err
		}
		return discoveryOf(found, cal), nil
	})
}

// looked is a request as the discoverer takes it.
func (h *handler) looked(ctx context.Context, r *DiscoverRequest) (discover.Request, *segment.Calendar, error) {
	cal, asOf, err := h.moment(ctx, r.AsOf)
	return discover.Request{
		Among: r.Among, On: r.On, Without: r.Without, Preset: r.Preset, Event: r.Event, Value: r.Value, Method: discover.Method(r.Method), K: r.K,
		Scale: r.Scale, Transform: r.Transform, Use: r.Use, Missing: r.Missing, Categories: r.Categories, Starts: r.Starts, Seed: r.Seed, AsOf: asOf, AllowSensitive: r.AllowSensitive,
	}, cal, err
}

// discovered looks for segments, and keeps what there is.
func (h *handler) discovered(ctx context.Context, name string, q discover.Request, progress func(float64)) (*discover.Discovery, error) {
	out, err := h.discoverer.Discover(ctx, q, progress)
	if err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("discover").Observe(out.Seconds)
	return out, h.discoverer.Save(ctx, name, out)
}

func (h *handler) accept(ctx context.Context, name string, r *AcceptRequest) (*Accepted, error) {
	a := discover.Acceptance{K: r.K, By: discover.By(r.By), Names: r.Names, Owner: r.Owner, Author: authorOf(ctx, r.Author)}
	for _, s := range r.Segments {
		a.Segments = append(a.Segments, s-1)
	}
	made, err := h.discoverer.Accept(ctx, name, a)
	if err != nil {
		return nil, err
	}
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	out := &Accepted{Segments: []Segment{}}
	for _, s := range made {
		out.Segments = append(out.Segments, segmentOf(s, cal))
	}
	return out, nil
}
