package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
)

// TrendsRequest asks for the sizes of several segments at several dates.
type TrendsRequest struct {
	Segments []string `json:"segments" minItems:"1" maxItems:"50" doc:"Names"`
	From     string   `json:"from" doc:"The first instant: RFC 3339, or a date, which means the end of that day" example:"2011-01-31"`
	To       string   `json:"to,omitempty" doc:"The last instant; the default is now" example:"2011-11-30"`
	Every    string   `json:"every,omitempty" enum:"day,week,month,quarter,year" doc:"The default is month"`
}

// Trends is the sizes of several segments at several dates.
type Trends struct {
	Dates    []string       `json:"dates" doc:"RFC 3339, oldest first"`
	Segments []SegmentTrend `json:"segments" doc:"In the order asked for"`
	Seconds  float64        `json:"seconds"`
}

// SegmentTrend is the sizes of one segment, by the definition in force at each date.
type SegmentTrend struct {
	Segment    string  `json:"segment"`
	Members    []int64 `json:"members" doc:"By date"`
	Population []int64 `json:"population" doc:"By date; those who could have been members"`
}

// maxTrends bounds the segments times the dates of trends.
const maxTrends = 2000

func (h *handler) trendsRoutes() {
	type many struct{ Body TrendsRequest }
	op := operation(kreds.Viewer, http.MethodPost, "/trends", "trends", "Evaluation", "How many members segments had at several dates")
	op.Description = "All segments and dates are evaluated in one pass over the data."
	route(h, op, func(ctx context.Context, in *many) (*body[*Trends], error) { return answerOf(h.trends(ctx, in.Body)) })
}

func (h *handler) trends(ctx context.Context, r TrendsRequest) (*Trends, error) {
	began := h.clock()
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	dates, err := h.trendDates(cal, r.From, r.To, r.Every)
	if err != nil {
		return nil, err
	}
	if n := len(dates) * len(r.Segments); n > maxTrends {
		return nil, kreds.Errorf(kreds.CodeInvalid, "that is %d segments at %d dates", len(r.Segments), len(dates)).
			WithHint("take fewer segments or larger steps: together at most %d", maxTrends)
	}
	out := &Trends{Dates: []string{}, Segments: []SegmentTrend{}}
	for _, at := range dates {
		out.Dates = append(out.Dates, instant(at, cal))
	}
	var questions []audience.Question
	for _, name := range r.Segments {
		s, err := h.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, SegmentTrend{Segment: s.Name, Members: []int64{}, Population: []int64{}})
		for _, at := range dates {
			questions = append(questions, audience.Question{Segment: s.Name, AsOf: at})
		}
	}
	replies, err := h.audience.Ask(ctx, questions, audience.Asking{})
	if err != nil {
		return nil, err
	}
	for i, reply := range replies {
		s := &out.Segments[i/len(dates)]
		s.Members = append(s.Members, int64(reply.Members.GetCardinality()))
		s.Population = append(s.Population, int64(reply.Population.GetCardinality()))
	}
	out.Seconds = since(h.clock, began)
	h.metrics.evaluation.WithLabelValues("trends").Observe(out.Seconds)
	return out, nil
}
