package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

func (h *handler) whyRoutes() {
	type request struct{ Body WhyRequest }
	route(h, operation(kreds.Viewer, http.MethodPost, "/why", "why", "Evaluation", "Why a profile is a member or not"),
		func(ctx context.Context, in *request) (*body[*Why], error) {
			return answerOf(h.why(ctx, in.Body))
		})

	type overlap struct{ Body OverlapRequest }
	route(h, operation(kreds.Viewer, http.MethodPost, "/overlap", "overlap", "Evaluation", "How segments overlap"),
		func(ctx context.Context, in *overlap) (*body[*Overlap], error) {
			return answerOf(h.overlap(ctx, in.Body))
		})
}

func (h *handler) why(ctx context.Context, r WhyRequest) (*Why, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	text, e, err := h.question(ctx, r.Segment, r.Expression)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	w, err := h.audience.Why(ctx, sees.actual(r.Profile), text, asOf)
	if err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("why").Observe(since(h.clock, began))
	return &Why{
		Profile: r.Profile, AsOf: instant(asOf, cal), Expression: sees.expression(e.String()), Member: w.Member,
		InPopulation: w.InPopulation, Reason: sees.reason(reasonOf(w.Reason, cal)),
	}, nil
}

func reasonOf(r *audience.Reason, cal *segment.Calendar) *Reason {
	out := &Reason{Text: r.Text, Holds: r.Holds, Unknown: r.Unknown, Value: valueOf(r.Value, cal), Miss: r.Miss, Lacks: r.Lacks, Matched: r.Matched}
	if len(r.Against) > 0 {
		out.Against = valuesOf(r.Against, cal)
	}
	for _, e := range r.Events {
		out.Events = append(out.Events, eventOf(e, cal))
	}
	for _, c := range r.Clauses {
		out.Clauses = append(out.Clauses, reasonOf(c, cal))
	}
	return out
}

func (h *handler) overlap(ctx context.Context, r OverlapRequest) (*Overlap, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	q := audience.OverlapRequest{Segments: r.Segments, AsOf: asOf}
	out := &Overlap{AsOf: instant(asOf, cal), Segments: []Size{}, Intersections: []Intersection{}}
	if r.Expression != "" {
		text, e, err := h.question(ctx, "", r.Expression)
		if err != nil {
			return nil, err
		}
		q.Expression, out.Expression = text, &OverlapExpression{Text: e.String()}
	}
	found, err := h.audience.Overlap(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, name := range r.Segments {
		s, err := h.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, Size{Name: s.Name, Members: found.Sizes[i]})
	}
	if out.Expression != nil {
		out.Expression.Members = found.Expression
	}
	for _, x := range found.Intersections {
		out.Intersections = append(out.Intersections, Intersection(x))
	}
	h.metrics.evaluation.WithLabelValues("overlap").Observe(since(h.clock, began))
	return out, nil
}
