package api

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats/rfm"
)

// RFMRequest says how to score customers. What is left out has defaults.
type RFMRequest struct {
	Among     string    `json:"among,omitempty" doc:"Whom to score: an expression or the name of a segment; the default is who did the event"`
	Event     string    `json:"event,omitempty" maxLength:"200" doc:"The event that a purchase is" example:"purchase"`
	Value     string    `json:"value,omitempty" maxLength:"200" doc:"The property that says what a purchase was worth" example:"amount"`
	Bins      int       `json:"bins,omitempty" minimum:"0" maximum:"9" doc:"How many scores there are of each; the default is 5"`
	Ties      string    `json:"ties,omitempty" enum:"lower,plus-one" doc:"To which bin a value belongs that equals a cut point: lower, the one below it; plus-one as in the R package rfm"`
	Recency   []float64 `json:"recency,omitempty" maxItems:"8" doc:"Cut points in days; the default are quantiles"`
	Frequency []float64 `json:"frequency,omitempty" maxItems:"8" doc:"Cut points in purchases"`
	Monetary  []float64 `json:"monetary,omitempty" maxItems:"8" doc:"Cut points in value"`
	AsOf      string    `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-09-09"`
	DryRun    bool      `json:"dry_run,omitempty" doc:"Only look: no traits are kept"`
}

// RFM is customers scored by recency, frequency and monetary value.
type RFM struct {
	AsOf      string     `json:"as_of" doc:"RFC 3339"`
	Among     string     `json:"among"`
	Subject   string     `json:"subject"`
	Event     string     `json:"event"`
	Value     string     `json:"value"`
	Bins      int        `json:"bins"`
	N         int64      `json:"n" doc:"Profiles scored"`
	Recency   []float64  `json:"recency" doc:"Cut points in days"`
	Frequency []float64  `json:"frequency" doc:"Cut points in purchases"`
	Monetary  []float64  `json:"monetary" doc:"Cut points in value"`
	Groups    []RFMGroup `json:"groups" doc:"In the order of their rules"`
	Cells     []RFMCell  `json:"cells" doc:"The grid of recency by frequency"`
	Notes     []string   `json:"notes" say:"text"`
	Import    *Import    `json:"import,omitempty" doc:"What keeps the traits rfm.recency, rfm.frequency, rfm.monetary and rfm.group; undo it to take them back"`
	Already   bool       `json:"already,omitempty" doc:"The same scores were kept before"`
	Seconds   float64    `json:"seconds"`
}

// RFMGroup is the customers of one named group.
type RFMGroup struct {
	Name       string  `json:"name"`
	Members    int64   `json:"members"`
	Share      float64 `json:"share"`
	ValueShare float64 `json:"value_share" doc:"Of the value of all"`
	Recency    float64 `json:"recency" doc:"Mean days since the last purchase"`
	Frequency  float64 `json:"frequency" doc:"Mean purchases"`
	Monetary   float64 `json:"monetary" doc:"Mean value"`
}

// RFMCell is one cell of the grid of recency by frequency.
type RFMCell struct {
	Recency   int     `json:"recency" doc:"Score"`
	Frequency int     `json:"frequency" doc:"Score"`
	Members   int64   `json:"members"`
	Monetary  float64 `json:"monetary" doc:"Mean value"`
}

// RFMTable is the rules that give groups their names; the first that fits counts.
type RFMTable struct {
	Bins     int       `json:"bins" minimum:"2" maximum:"9"`
	Groups   []RFMRule `json:"groups"`
	Usual    bool      `json:"usual,omitempty" doc:"The table that comes with kreds"`
	Warnings []string  `json:"warnings,omitempty" say:"text" doc:"Groups that nobody can be in, that share scores, and scores without a group"`
}

// RFMRule names the customers whose scores lie in its ranges, both ends in.
type RFMRule struct {
	Name      string `json:"name" maxLength:"150"`
	Recency   [2]int `json:"recency"`
	Frequency [2]int `json:"frequency"`
	Monetary  [2]int `json:"monetary"`
}

func (h *handler) rfmRoutes() {
	type request struct{ Body RFMRequest }
	op := begun(operation(kreds.Editor, http.MethodPost, "/rfm", "rfm", "RFM", "Score customers by recency, frequency and monetary value"))
	op.Description = "Keeps the scores as traits, by one import that can be undone. As of earlier times they are unknown." + op.Description
	route(h, op, func(ctx context.Context, in *request) (*accepted, error) { return h.rfm(ctx, in.Body) })

	route(h, operation(kreds.Viewer, http.MethodGet, "/rfm/groups", "rfm-groups", "RFM", "The rules that name groups"),
		func(ctx context.Context, _ *struct{}) (*body[*RFMTable], error) { return h.rfmTable(ctx) })

	type table struct{ Body RFMTable }
	op = operation(kreds.Editor, http.MethodPut, "/rfm/groups", "set-rfm-groups", "RFM", "Replace the rules that name groups")
	op.Description = "They are used from the next time on that customers are scored."
	route(h, op, func(ctx context.Context, in *table) (*body[*RFMTable], error) {
		t := &discover.RFMTable{Bins: in.Body.Bins}
		for _, g := range in.Body.Groups {
			t.Rules = append(t.Rules, rfm.Rule{
				Name: g.Name, Recency: rfm.Range{From: g.Recency[0], To: g.Recency[1]},
				Frequency: rfm.Range{From: g.Frequency[0], To: g.Frequency[1]}, Monetary: rfm.Range{From: g.Monetary[0], To: g.Monetary[1]},
			})
		}
		if err := h.discoverer.SetRFMTable(ctx, t); err != nil {
			return nil, err
		}
		return h.rfmTable(ctx)
	})

	route(h, operation(kreds.Editor, http.MethodDelete, "/rfm/groups", "reset-rfm-groups", "RFM", "Bring the usual rules back"),
		func(ctx context.Context, _ *struct{}) (*body[*RFMTable], error) {
			if err := h.discoverer.SetRFMTable(ctx, nil); err != nil {
				return nil, err
			}
			return h.rfmTable(ctx)
		})
}

func (h *handler) rfmTable(ctx context.Context) (*body[*RFMTable], error) {
	t, err := h.discoverer.RFMTable(ctx)
	if err != nil {
		return nil, err
	}
	usual := t == nil
	if usual {
		t = &discover.RFMTable{Bins: 5, Rules: rfm.Rules(5)}
	}
	out := &RFMTable{Bins: t.Bins, Groups: []RFMRule{}, Usual: usual, Warnings: t.Warnings()}
	for _, r := range t.Rules {
		out.Groups = append(out.Groups, RFMRule{
			r.Name, [2]int{r.Recency.From, r.Recency.To}, [2]int{r.Frequency.From, r.Frequency.To}, [2]int{r.Monetary.From, r.Monetary.To},
		})
	}
	return answer(out), nil
}

func (h *handler) rfm(ctx context.Context, r RFMRequest) (*accepted, error) {
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	q := discover.RFMRequest{
		Among: r.Among, Event: r.Event, Value: r.Value, Bins: r.Bins, Ties: r.Ties,
		Recency: r.Recency, Frequency: r.Frequency, Monetary: r.Monetary, AsOf: asOf,
	}
	return h.begin(ctx, "rfm", "rfm", func(ctx context.Context, progress func(float64)) (any, error) {
		began := h.clock()
		scores, err := h.discoverer.ScoreRFM(ctx, q)
		if err != nil {
			return nil, err
		}
		progress(.3)
		out := rfmOf(scores, cal)
		if !r.DryRun {
			if err := h.keepRFM(ctx, scores, out, cal); err != nil {
				return nil, err
			}
		}
		out.Seconds = since(h.clock, began)
		h.metrics.evaluation.WithLabelValues("rfm").Observe(out.Seconds)
		return out, nil
	})
}

// keepRFM imports the scores as traits.
func (h *handler) keepRFM(ctx context.Context, scores *discover.RFMScores, out *RFM, cal *segment.Calendar) error {
	traits := map[string]string{"rfm.recency": "number", "rfm.frequency": "number", "rfm.monetary": "number", "rfm.group": "text"}
	result, err := h.keepTraits(ctx, "rfm.csv", scores.Subject, traits, func(w io.Writer) error { return h.discoverer.WriteCSV(ctx, scores, w) })
	if err != nil {
		return err
	}
	kept := h.importOf(result.Import, cal)
	out.Import, out.Already = &kept, result.Already
	return nil
}

// keepTraits imports what write writes: a file of profiles with the columns key and
// observed, and traits of the given types.
func (h *handler) keepTraits(ctx context.Context, name string, of kreds.Subject, traits map[string]string, write func(io.Writer) error) (*collect.Result, error) {
	as := of.String()
	if of == kreds.Persons {
		as = "customers"
	}
	if err := os.MkdirAll(h.uploads(), 0o700); err != nil {
		return nil, full(err)
	}
	dir, err := os.MkdirTemp(h.uploads(), "t")
	if err != nil {
		return nil, full(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays goes when the workspace is opened again
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, full(err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	release, err := h.load(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	header := true
	r := collect.Request{
		Files: []string{path}, As: as, ID: "key", Time: "observed", Delimiter: "comma", Decimal: "point", Header: &header,
		Map: map[string]string{}, Types: map[string]string{"key": "text"},
	}
	for trait, typ := range traits {
		r.Map[trait], r.Types[trait] = trait, typ
	}
	return h.importer.Import(ctx, r, nil)
}

func rfmOf(s *discover.RFMScores, cal *segment.Calendar) *RFM {
	out := &RFM{
		AsOf: instant(s.AsOf, cal), Among: s.Among, Subject: s.Subject.String(), Event: s.Event, Value: s.Value, Bins: s.Bins, N: int64(len(s.Profiles)),
		Recency: s.Recency, Frequency: s.Frequency, Monetary: s.Monetary, Groups: []RFMGroup{}, Cells: []RFMCell{}, Notes: some(s.Notes),
	}
	var sum float64
	for _, g := range s.Groups {
		sum += g.Sum
	}
	for _, g := range s.Groups {
		x := RFMGroup{Name: g.Name, Members: g.Members, Share: float64(g.Members) / float64(out.N), Recency: g.Recency, Frequency: g.Frequency, Monetary: g.Monetary}
		if sum > 0 {
			x.ValueShare = g.Sum / sum
		}
		out.Groups = append(out.Groups, x)
	}
	for _, c := range s.Cells {
		out.Cells = append(out.Cells, RFMCell(c))
	}
	return out
}
