package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/segment"
)

// TypingRequest says which segments a typing tool is for. What is left out has
// defaults.
type TypingRequest struct {
	K              int      `json:"k,omitempty" minimum:"0" doc:"Of which solution; the default is the recommended one"`
	On             []string `json:"on,omitempty" maxItems:"1000" doc:"What is known of everybody, as terms or conditions; the default is all traits that are no answers, and what was bought"`
	Questions      int      `json:"questions,omitempty" minimum:"0" maximum:"100" doc:"At most; the default is 10"`
	Seed           uint64   `json:"seed,omitempty"`
	AllowSensitive bool     `json:"allow_sensitive,omitempty" doc:"Take features that may tell of health, religion, origin and the like"`
	Keep           bool     `json:"keep,omitempty" doc:"Keep the probabilities of those who are assigned as traits typing.NAME.*, by one import that can be undone"`
}

// Typing is how to tell the segment of somebody who was not in the discovery.
type Typing struct {
	Discovery string         `json:"discovery"`
	K         int            `json:"k"`
	Segments  []string       `json:"segments" doc:"Their names"`
	AsOf      string         `json:"as_of" doc:"RFC 3339"`
	Questions *TypingTool    `json:"questions" doc:"The fewest of the discovery's own features that tell its segments"`
	Observed  *TypingTool    `json:"observed,omitempty" doc:"Tells the segments by what is known of everybody; absent where nothing is"`
	Refused   []Refused      `json:"refused" doc:"What was not taken as known of everybody, and why"`
	Others    int64          `json:"others" doc:"Profiles that were not in the discovery"`
	Assigned  []TypedSegment `json:"assigned" doc:"What they were assigned to, by segment"`
	Notes     []string       `json:"notes" say:"text"`
	Traits    []string       `json:"traits,omitempty" doc:"What was kept"`
	Import    *Import        `json:"import,omitempty" doc:"What keeps the traits"`
	Seconds   float64        `json:"seconds" doc:"That it took"`
}

// TypingTool is a set of items with what they achieve.
type TypingTool struct {
	Items     []TypingItem `json:"items" doc:"In the order in which they help"`
	Accuracy  float64      `json:"accuracy" doc:"Share assigned to their segment, of profiles that had no part in making the tool (cross-validation)"`
	Error     float64      `json:"error" doc:"Its standard error"`
	Baseline  float64      `json:"baseline" doc:"Accuracy of always naming the largest segment"`
	LogLoss   float64      `json:"log_loss" doc:"Mean of minus the logarithm of the probability of the true segment"`
	Rows      int          `json:"rows" doc:"Profiles that the tool was made from"`
	Confusion [][]int      `json:"confusion" doc:"Profiles by true segment, then by assigned one"`
}

// TypingItem is a question, or something observed.
type TypingItem struct {
	Name     string   `json:"name"`
	Text     string   `json:"text" doc:"The term or condition"`
	Accuracy float64  `json:"accuracy" doc:"Together with those before it"`
	Options  []string `json:"options,omitempty" doc:"The answers of a category"`
}

// TypedSegment is how many of the others were assigned to a segment.
type TypedSegment struct {
	Members   int64   `json:"members" doc:"To whom it is the most probable"`
	Expected  float64 `json:"expected" doc:"The sum of its probabilities"`
	Certainty float64 `json:"certainty" doc:"Mean probability of those assigned to it"`
}

func (h *handler) typingRoutes() {
	type request struct {
		Name string `path:"name" doc:"Of the discovery, without regard to case"`
		Body TypingRequest
	}
	op := begun(operation(kreds.Editor, http.MethodPost, "/discoveries/{name}/typing", "typing", "Discovery", "Make a typing tool for segments"))
	op.Description = "Finds the fewest questions that tell the segments, and assigns those who were not in the discovery by what is known of everybody. " +
		"The tool is kept with the discovery; accepting that by typing assigns everybody at each refresh." + op.Description
	route(h, op, func(ctx context.Context, in *request) (*accepted, error) { return h.typing(ctx, in.Name, in.Body) })
}

func (h *handler) typing(ctx context.Context, name string, r TypingRequest) (*accepted, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := h.discoverer.Discovery(ctx, name); err != nil {
		return nil, err
	}
	q := discover.TypingRequest{K: r.K, On: r.On, Questions: r.Questions, Seed: r.Seed, AllowSensitive: r.AllowSensitive}
	return h.begin(ctx, "typing", name, func(ctx context.Context, progress func(float64)) (any, error) {
		t, err := h.discoverer.Typing(ctx, name, q, progress)
		if err != nil {
			return nil, err
		}
		out := typingOf(t, cal)
		if a := t.Other(); r.Keep && a != nil && t.Others > 0 {
			result, err := h.keepAssignment(ctx, a)
			if err != nil {
				return nil, err
			}
			kept := h.importOf(result.Import, cal)
			out.Import, out.Traits = &kept, a.Traits()
		}
		return out, nil
	})
}

// keepAssignment imports probabilities as traits.
func (h *handler) keepAssignment(ctx context.Context, a *discover.Assignment) (*collect.Result, error) {
	traits := map[string]string{}
	for _, name := range a.Traits() {
		traits[name] = "number"
		if strings.HasSuffix(name, ".segment") {
			traits[name] = "text"
		}
	}
	return h.keepTraits(ctx, "typing.csv", a.Subject, traits, func(w io.Writer) error { return h.discoverer.WriteTyping(ctx, a, w) })
}

func typingOf(t *discover.Typing, cal *segment.Calendar) *Typing {
	out := &Typing{
		Discovery: t.Discovery, K: t.K, Segments: t.Segments, AsOf: instant(t.AsOf, cal), Questions: toolOf(t.Questions), Observed: toolOf(t.Observed),
		Refused: []Refused{}, Others: t.Others, Assigned: []TypedSegment{}, Notes: some(t.Notes), Seconds: t.Seconds,
	}
	for _, r := range t.Refused {
		out.Refused = append(out.Refused, Refused(r))
	}
	for _, a := range t.Assigned {
		out.Assigned = append(out.Assigned, TypedSegment(a))
	}
	return out
}

func toolOf(t *discover.TypingTool) *TypingTool {
	if t == nil {
		return nil
	}
	out := &TypingTool{
		Items: []TypingItem{}, Accuracy: t.Accuracy, Error: t.Error, Baseline: t.Baseline, LogLoss: t.LogLoss, Rows: t.Rows, Confusion: t.Confusion,
	}
	for _, i := range t.Items {
		out.Items = append(out.Items, TypingItem(i))
	}
	return out
}
