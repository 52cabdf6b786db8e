package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
)

// CompareRequest asks what marks the members of an expression.
type CompareRequest struct {
	Expression string `json:"expression" doc:"An expression, or the name of a segment" example:"did purchase at least 5 times within last 12 months"`
	AsOf       string `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
}

// Comparison says what marks the members of an expression among the population.
type Comparison struct {
	AsOf       string  `json:"as_of" doc:"RFC 3339"`
	Members    int64   `json:"members" doc:"Of the profiles that were looked at"`
	Population int64   `json:"population" doc:"Profiles that were looked at"`
	Share      float64 `json:"share" doc:"Part of all profiles that was looked at; below 1 it is a sample by key"`
	Marks      []Mark  `json:"marks" doc:"What differs for sure, the largest effect first"`
	Seconds    float64 `json:"seconds"`
}

// Mark is one figure that differs between the members and all.
type Mark struct {
	Term    string  `json:"term" doc:"A trait, or a measure of events"`
	Figure  string  `json:"figure" enum:"mean,share,days" doc:"What is compared: the mean, the share of profiles with the value, or the mean of the days since the date"`
	Value   Value   `json:"value,omitempty" doc:"Of a share: the value"`
	Known   int     `json:"known" doc:"Members of whom it is known"`
	Members float64 `json:"members" doc:"The figure among the members"`
	All     float64 `json:"all" doc:"The figure among all"`
	Effect  float64 `json:"effect" doc:"Cohen's d of a mean, h of a share, against the others"`
	P       float64 `json:"p" doc:"Corrected for false discoveries by Benjamini and Hochberg"`
	Marker  bool    `json:"marker" doc:"Off by at least .25, or by at least half"`
}

func (h *handler) compareRoutes() {
	type request struct{ Body CompareRequest }
	op := operation(kreds.Viewer, http.MethodPost, "/compare", "compare", "Evaluation", "What marks the members of an expression")
	op.Description = "Compares traits and what was done, and how lately, among the members with everybody."
	route(h, op, func(ctx context.Context, in *request) (*body[*Comparison], error) {
		return answerOf(h.compare(ctx, in.Body))
	})
}

func (h *handler) compare(ctx context.Context, r CompareRequest) (*Comparison, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	if err := h.mayAskSegment(ctx, r.Expression); err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	c, err := h.audience.Compare(ctx, r.Expression, asOf)
	if err != nil {
		return nil, err
	}
	out := &Comparison{AsOf: instant(asOf, cal), Members: c.Members, Population: c.Population, Share: c.Share, Marks: []Mark{}}
	for _, m := range c.Marks {
		if sees.touches(m.Term) {
			continue
		}
		mark := Mark{
			Term: m.Term, Figure: "mean", Value: sees.value(m.Term, valueOf(m.Value, cal)), Known: m.N,
			Members: m.Members, All: m.All, Effect: m.Effect, P: m.Adjusted, Marker: m.Marker,
		}
		switch {
		case m.Value.Type != kreds.Unknown:
			mark.Figure = "share"
		case m.Days:
			mark.Figure = "days"
		}
		out.Marks = append(out.Marks, mark)
	}
	out.Seconds = since(h.clock, began)
	h.metrics.evaluation.WithLabelValues("compare").Observe(out.Seconds)
	return out, nil
}
