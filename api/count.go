package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
)

func (h *handler) countRoutes() {
	type request struct{ Body CountRequest }
	op := operation(kreds.Viewer, http.MethodPost, "/count", "count", "Evaluation", "Count who matches an expression")
	op.Description = "Work stops when the client goes away."
	route(h, op, func(ctx context.Context, in *request) (*body[*Count], error) {
		return answerOf(h.count(ctx, in.Body))
	})
}

func (h *handler) count(ctx context.Context, r CountRequest) (*Count, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	if err := h.mayAsk(ctx, r.Expression); err != nil {
		return nil, err
	}
	text, e, err := h.plain(ctx, r.Expression)
	if err != nil {
		return nil, err
	}
	c, err := h.audience.Count(ctx, audience.CountRequest{Expression: text, AsOf: asOf, ByClause: r.ByClause, Estimate: r.Estimate})
	if err != nil {
		return nil, err
	}
	out := &Count{
		Count: c.Count, Population: c.Population, AsOf: instant(c.AsOf, cal),
		Expression: e.String(), Subject: e.Subject.String(), Clauses: clausesOf(c.Clauses),
	}
	if c.Population > 0 {
		out.Share = float64(c.Count) / float64(c.Population)
	}
	if x := c.Estimate; x != nil {
		out.Estimate = &Estimate{Low: x.Low, High: x.High, Error: x.Error, Share: x.Share}
	}
	out.Seconds = since(h.clock, began)
	what := "count"
	if r.Estimate {
		what = "estimate"
	}
	h.metrics.evaluation.WithLabelValues(what).Observe(out.Seconds)
	return out, nil
}

func clausesOf(cs []audience.Clause) []Clause {
	var out []Clause
	for _, c := range cs {
		out = append(out, Clause{Text: c.Text, Keeps: c.Keeps, Drops: c.Drops, Unknown: c.Unknown, Clauses: clausesOf(c.Clauses)})
	}
	return out
}
