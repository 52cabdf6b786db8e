package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// Profile is what is known of one person or company as of an instant.
type Profile struct {
	Key          string         `json:"key"`
	Kind         string         `json:"kind" enum:"person,company"`
	Subject      string         `json:"subject" enum:"persons,companies,prospects,prospect companies"`
	AsOf         string         `json:"as_of" doc:"RFC 3339"`
	FirstSeen    Value          `json:"first_seen" doc:"RFC 3339; null where no date is known"`
	InPopulation bool           `json:"in_population" doc:"False for a profile that is not seen yet at that time, or objects to profiling; it is a member of nothing"`
	Company      string         `json:"company,omitempty" doc:"Key of a person's company"`
	Bought       *ProfileBought `json:"bought,omitempty" doc:"Absent where it cannot be told what a purchase is"`
	Events       []ProfileDid   `json:"events" doc:"What the profile did until as_of, by event"`
	Traits       []ProfileTrait `json:"traits" doc:"Every trait of its kind, in the order of the catalogue"`
	Segments     []ProfileIn    `json:"segments" doc:"Every segment of its kind"`
}

// ProfileTrait is a trait with the value that a profile had.
type ProfileTrait struct {
	FieldRef
	Value   Value         `json:"value" doc:"null where unknown"`
	History []Observation `json:"history" doc:"What was said of it before as_of, oldest first, at most the last 20; of equal values one after the other the first. The last one is the value, since when, and from which import"`
}

// Observation is a value of a trait with when it was observed and by which import.
type Observation struct {
	Value  Value `json:"value"`
	Time   Value `json:"time,omitempty" doc:"RFC 3339; absent for a value that has no date, which holds always"`
	Import int64 `json:"import"`
}

// ProfileBought is what a profile bought until an instant; of a company what it and its
// persons did.
type ProfileBought struct {
	Of       string   `json:"of" doc:"What counts as a purchase" example:"purchase"`
	Event    string   `json:"event" doc:"The event that counts"`
	Property string   `json:"property,omitempty" doc:"The number that is summed; absent where it cannot be told"`
	Term     string   `json:"term,omitempty" doc:"What counts as value" example:"sum(amount) of purchase"`
	Count    float64  `json:"count"`
	Value    *float64 `json:"value,omitempty" doc:"In the workspace's currency"`
	First    Value    `json:"first,omitempty" doc:"RFC 3339"`
	Last     Value    `json:"last,omitempty" doc:"RFC 3339"`
}

// ProfileDid is how often a profile did an event, and when last.
type ProfileDid struct {
	Event string `json:"event"`
	Label string `json:"label"`
	Count int64  `json:"count" doc:"By occasion, where the event has an occasion key"`
	Last  Value  `json:"last" doc:"RFC 3339"`
}

// ProfileIn says whether a profile is a member of a segment.
type ProfileIn struct {
	Name    string   `json:"name"`
	Member  bool     `json:"member"`
	Lacks   []string `json:"lacks,omitempty" say:"text" doc:"Of a rule that does not hold, what would have to be otherwise, by the shortest way, for people"`
	Problem string   `json:"problem,omitempty" doc:"Why the definition cannot be evaluated"`
}

// TrendRequest asks how many profiles an expression held for at several dates.
type TrendRequest struct {
	Expression string `json:"expression" doc:"An expression, or the name of a segment: then each date sees the definition in force at it" example:"did purchase within last 90 days"`
	From       string `json:"from" doc:"The first instant: RFC 3339, or a date, which means the end of that day" example:"2011-01-31"`
	To         string `json:"to,omitempty" doc:"The last instant; the default is now" example:"2011-11-30"`
	Every      string `json:"every,omitempty" enum:"day,week,month,quarter,year" doc:"The default is month"`
}

// Trend is how many profiles an expression held for at several dates.
type Trend struct {
	Expression string       `json:"expression"`
	Points     []TrendPoint `json:"points" doc:"Oldest first"`
	Seconds    float64      `json:"seconds"`
}

// TrendPoint is one date of a trend.
type TrendPoint struct {
	AsOf       string `json:"as_of" doc:"RFC 3339"`
	Count      int64  `json:"count"`
	Population int64  `json:"population"`
}

// maxTrend bounds the dates of a trend: each is an evaluation.
const maxTrend = 200

func (h *handler) profileRoutes() {
	type one struct {
		Key  string `path:"key" doc:"The profile's key"`
		Kind string `query:"kind" enum:"person,company" default:"person"`
		AsOf string `query:"as_of" doc:"RFC 3339, or a date, which means the end of that day; the default is now"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/profiles/{key}", "profile", "Profiles", "A profile: its traits, and the segments that it is in"),
		func(ctx context.Context, in *one) (*body[*Profile], error) {
			return answerOf(h.profile(ctx, in.Key, in.Kind, in.AsOf))
		})

	type trend struct{ Body TrendRequest }
	op := operation(kreds.Viewer, http.MethodPost, "/trend", "trend", "Evaluation", "How many an expression held for at several dates")
	op.Description = "All dates are evaluated in one pass over the data."
	route(h, op, func(ctx context.Context, in *trend) (*body[*Trend], error) {
		return answerOf(h.trend(ctx, in.Body))
	})
}

func (h *handler) profile(ctx context.Context, key, kind, asOf string) (*Profile, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, err
	}
	cal, at, err := h.moment(ctx, asOf)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	c, err := h.audience.Card(ctx, k, sees.actual(key), at)
	if err != nil {
		return nil, err
	}
	out := &Profile{
		Key: sees.key(c.Key), Kind: k.String(), Subject: c.Subject.String(), AsOf: instant(at, cal), FirstSeen: valueOf(c.FirstSeen, cal),
		InPopulation: c.InPopulation, Company: sees.key(c.Company), Traits: []ProfileTrait{}, Segments: []ProfileIn{}, Events: []ProfileDid{},
	}
	out.fill(c, cal)
	for _, t := range c.Traits {
		x := ProfileTrait{FieldRef{t.Trait.Name, t.Trait.Label, t.Trait.Type.String()}, sees.value(t.Trait.Name, valueOf(t.Value, cal)), []Observation{}}
		for _, o := range t.History[max(0, len(t.History)-maxHistory):] {
			at := valueOf(kreds.Value{Type: kreds.Instants, Instant: o.Time}, cal)
			x.History = append(x.History, Observation{sees.value(t.Trait.Name, valueOf(o.Value, cal)), at, int64(o.Import)})
		}
		out.Traits = append(out.Traits, x)
	}
	for _, s := range c.Segments {
		out.Segments = append(out.Segments, ProfileIn{s.Segment.Name, s.Member, sees.expressions(s.Lacks), s.Problem})
	}
	return out, nil
}

// maxHistory is how many values of a trait are shown.
const maxHistory = 20

// fill takes over what the profile bought and did.
func (p *Profile) fill(c *audience.Card, cal *segment.Calendar) {
	at := func(i kreds.Instant) Value { return valueOf(kreds.Value{Type: kreds.Instants, Instant: i}, cal) }
	if b := c.Bought; b != nil {
		p.Bought = &ProfileBought{
			Of: b.Purchase.Of, Event: b.Purchase.Event.Name, Property: b.Purchase.Property, Term: b.Purchase.Value,
			Count: b.Count, First: at(b.First), Last: at(b.Last),
		}
		if b.Purchase.Property != "" {
			p.Bought.Value = &b.Value
		}
	}
	for _, e := range c.Events {
		p.Events = append(p.Events, ProfileDid{e.Event.Name, e.Event.Label, e.Count, at(e.Last)})
	}
}

func (h *handler) trend(ctx context.Context, r TrendRequest) (*Trend, error) {
	began := h.clock()
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	dates, err := h.trendDates(cal, r.From, r.To, r.Every)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	q := audience.Question{}
	out := &Trend{Points: []TrendPoint{}}
	if s, err := h.state.Segment(ctx, r.Expression); err == nil {
		q.Segment, out.Expression = s.Name, sees.expression(s.Expression)
	} else if kreds.CodeOf(err) != kreds.CodeNotFound {
		return nil, err
	} else {
		if err := h.mayAsk(ctx, r.Expression); err != nil {
			return nil, err
		}
		if q.Expr, err = h.audience.Parse(ctx, r.Expression); err != nil {
			return nil, err
		}
		out.Expression = q.Expr.String()
	}
	questions := make([]audience.Question, len(dates))
	for i, at := range dates {
		questions[i] = q
		questions[i].AsOf = at
	}
	replies, err := h.audience.Ask(ctx, questions, audience.Asking{})
	if err != nil {
		return nil, err
	}
	for i, reply := range replies {
		out.Points = append(out.Points, TrendPoint{
			AsOf: instant(dates[i], cal), Count: int64(reply.Members.GetCardinality()), Population: int64(reply.Population.GetCardinality()),
		})
	}
	out.Seconds = since(h.clock, began)
	h.metrics.evaluation.WithLabelValues("trend").Observe(out.Seconds)
	return out, nil
}

// trendDates are the instants that a request for sizes over time asks about.
func (h *handler) trendDates(cal *segment.Calendar, from, to, every string) ([]kreds.Instant, error) {
	if from == "" {
		return nil, kreds.Errorf(kreds.CodeInvalid, "a trend needs a first date").WithHint("set from, as \"2025-01-31\"")
	}
	first, err := h.asOf(cal, from)
	if err != nil {
		return nil, err
	}
	last, err := h.asOf(cal, to)
	if err != nil {
		return nil, err
	}
	return datesOf(cal, first, last, every)
}

// datesOf counts back from the last instant, so that it is always one of them.
func datesOf(cal *segment.Calendar, from, to kreds.Instant, every string) ([]kreds.Instant, error) {
	units := map[string]segment.Unit{
		"": segment.Month, "day": segment.Day, "week": segment.Week, "month": segment.Month, "quarter": segment.Quarter, "year": segment.Year,
	}
	unit, ok := units[every]
	if !ok {
		return nil, kreds.Errorf(kreds.CodeInvalid, "there is no step %q", every).WithHint("day, week, month, quarter or year")
	}
	if from > to {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the first date is after the last one").WithHint("exchange from and to")
	}
	var out []kreds.Instant
	for i := 0; ; i++ {
		at := cal.Add(to, -i, unit)
		if at < from {
			break
		}
		if out = append(out, at); len(out) > maxTrend {
			return nil, kreds.Errorf(kreds.CodeInvalid, "that is more than %d dates", maxTrend).WithHint("take larger steps or a shorter time")
		}
	}
	slices.Reverse(out)
	return out, nil
}
