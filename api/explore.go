package api

import (
	"context"
	"net/http"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/segment"
)

// FeaturePreview is what a request for a discovery would look at.
type FeaturePreview struct {
	Among    string          `json:"among" doc:"Whom would be divided, as an expression"`
	Subject  string          `json:"subject"`
	N        int             `json:"n" doc:"Profiles"`
	Features []FeatureSpread `json:"features"`
	Refused  []Refused       `json:"refused" doc:"What would not be taken as a feature, and why"`
}

// FeatureSpread is one feature, how it would be used and how its values are spread.
type FeatureSpread struct {
	Feature
	Skewness float64 `json:"skewness" doc:"Of the values as they are; 0 of flags and categories"`
	From     float64 `json:"from" doc:"Least value"`
	To       float64 `json:"to" doc:"Greatest value"`
	Counts   []int64 `json:"counts" doc:"Profiles: by level of a category; of a flag those without and those with it; else in equal bins from the least value to the greatest"`
	Used     []int64 `json:"used" doc:"Profiles in equal bins of the values as used; empty where these are the same"`
}

// FoundWorth is what the segments of a solution are worth.
type FoundWorth struct {
	Expression string    `json:"expression" doc:"What counts as value; empty where it cannot be told"`
	From       string    `json:"from,omitempty" doc:"RFC 3339"`
	AsOf       string    `json:"as_of" doc:"RFC 3339"`
	K          int       `json:"k"`
	Total      float64   `json:"total" doc:"Of all customers in the 12 months before as_of"`
	Values     []float64 `json:"values" doc:"By segment; −1 of viewers where it would tell the money of fewer customers than the small-cell size, alone or beside what else is shown"`
	Members    []int64   `json:"members" doc:"By segment"`
}

// Contrast is how two solutions divide the same customers.
type Contrast struct {
	AsOf       string         `json:"as_of" doc:"RFC 3339; the later of the two"`
	First      []ContrastPart `json:"first" doc:"Segments of the first solution"`
	Second     []ContrastPart `json:"second" doc:"Segments of the other"`
	Counts     [][]int64      `json:"counts" doc:"By segment of the first and then of the other: profiles in both"`
	Both       int64          `json:"both" doc:"Profiles that are in a segment of each"`
	OnlyFirst  int64          `json:"only_first"`
	OnlySecond int64          `json:"only_second"`
	Rand       float64        `json:"rand" doc:"Adjusted Rand index of those in both: 1 if the segments are the same, 0 on average by chance"`
}

// ContrastPart is one segment of a solution that is compared.
type ContrastPart struct {
	Name string `json:"name" say:"name"`
	Size int64  `json:"size"`
}

// exploreRoutes are what is asked about discoveries, before and after they are made.
func (h *handler) exploreRoutes() {
	type request struct{ Body DiscoverRequest }
	op := question(operation(kreds.Editor, http.MethodPost, "/features", "preview-features", "Discovery", "See what a discovery would look at"))
	op.Description = "Takes what a discovery takes, and says of each feature how its values are spread and how they would be used. Nothing is looked for and nothing kept."
	route(h, op, func(ctx context.Context, in *request) (*body[*FeaturePreview], error) {
		return answerOf(h.features(ctx, &in.Body))
	})

	type worth struct {
		Name string `path:"name" doc:"Of the discovery, without regard to case"`
		K    int    `query:"k" minimum:"0" doc:"Of which solution; the default is the recommended one"`
	}
	op = operation(kreds.Viewer, http.MethodGet, "/discoveries/{name}/worth", "discovery-worth", "Discovery", "What the segments of a discovery are worth")
	op.Description = "Sums what counts as value over the 12 months before the time that the discovery was made as of, or before the data ends."
	route(h, op, func(ctx context.Context, in *worth) (*body[*FoundWorth], error) {
		return answerOf(h.foundWorth(ctx, in.Name, in.K))
	})

	type contrast struct {
		Name  string `path:"name" doc:"Of the discovery, without regard to case"`
		K     int    `query:"k" minimum:"0" doc:"Of which solution; the default is the recommended one"`
		With  string `query:"with" required:"true" minLength:"1" maxLength:"150" doc:"The name of the other discovery, or the same"`
		WithK int    `query:"with_k" minimum:"0" doc:"Of which solution of the other; the default is the recommended one"`
	}
	op = operation(kreds.Viewer, http.MethodGet, "/discoveries/{name}/contrast", "contrast-discoveries", "Discovery", "Compare how two discoveries divide the same customers")
	route(h, op, func(ctx context.Context, in *contrast) (*body[*Contrast], error) {
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		c, err := h.discoverer.Contrast(ctx, in.Name, in.K, in.With, in.WithK)
		if err != nil {
			return nil, err
		}
		return answer(contrastOf(c, cal)), nil
	})
}

func (h *handler) features(ctx context.Context, r *DiscoverRequest) (*FeaturePreview, error) {
	q, _, err := h.looked(ctx, r)
	if err != nil {
		return nil, err
	}
	p, err := h.discoverer.Preview(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &FeaturePreview{Among: p.Among, Subject: p.Subject.String(), N: p.N, Features: []FeatureSpread{}, Refused: []Refused{}}
	for _, f := range p.Features {
		out.Features = append(out.Features, FeatureSpread{featureOf(f.Feature), f.Skewness, f.From, f.To, f.Counts, some(f.Used)})
	}
	for _, x := range p.Refused {
		out.Refused = append(out.Refused, Refused(x))
	}
	return out, nil
}

func (h *handler) foundWorth(ctx context.Context, name string, k int) (*FoundWorth, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	sight, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	d, err := h.discoverer.Replay(ctx, name, k)
	if err != nil {
		return nil, err
	}
	sets, err := d.Members(ctx, d.Found)
	if err != nil {
		return nil, err
	}
	w, err := h.audience.Worth(ctx, audience.WorthRequest{Sets: sets, Until: d.Found, N: 12, Unit: segment.Month})
	if err != nil {
		return nil, err
	}
	out := &FoundWorth{AsOf: instant(w.AsOf, cal), K: len(sets), Values: []float64{}, Members: []int64{}}
	n := len(w.Periods)
	hidden := make([]bool, len(sets))
	if sight != nil {
		hidden = sight.untold(w.Bought, sets)
	}
	if n > 0 && (sight == nil || !sight.few(w.Bought.GetCardinality())) {
		last := w.Periods[n-1]
		out.Expression, out.From, out.Total = w.Purchase.Value, instant(last.From, cal), last.Value
	}
	for i, set := range sets {
		members := int64(set.GetCardinality())
		out.Members = append(out.Members, members)
		if n == 0 {
			continue
		}
		value := w.Of[i]
		if hidden[i] || sight != nil && members < int64(sight.smallCell) {
			value = -1
		}
		out.Values = append(out.Values, value)
	}
	return out, nil
}

func contrastOf(c *discover.Contrast, cal *segment.Calendar) *Contrast {
	out := &Contrast{AsOf: instant(c.AsOf, cal), First: []ContrastPart{}, Second: []ContrastPart{}, Counts: some(c.Counts), Both: c.Both, OnlyFirst: c.OnlyFirst, OnlySecond: c.OnlySecond, Rand: c.Rand}
	for i, name := range c.First {
		out.First = append(out.First, ContrastPart{name, c.FirstSizes[i]})
	}
	for i, name := range c.Second {
		out.Second = append(out.Second, ContrastPart{name, c.SecondSizes[i]})
	}
	return out
}
