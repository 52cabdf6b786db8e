package discover

import (
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats/typing"
)

// TypingRequest says which segments a typing tool is for, and what is observed of
// everybody. Empty fields have defaults.
type TypingRequest struct {
	K              int      // 0: the recommended solution
	On             []string // terms or conditions that are known of everybody
	Questions      int      // at most; default 10
	Seed           uint64
	AllowSensitive bool
}

// Typing is how to tell the segment of somebody who was not in the discovery.
type Typing struct {
	Discovery string
	K         int
	Segments  []string // their names
	Subject   kreds.Subject
	AsOf      kreds.Instant
	// Questions are the fewest of the discovery's own features that tell its segments.
	Questions *TypingTool
	// Observed tells the segments by what is known of everybody; nil where nothing is.
	// It assigned Others profiles that were not in the discovery.
	Observed *TypingTool
	Refused  []Refused
	Others   int64
	Assigned []TypedSegment
	Notes    []string

	// Observer is the model of Observed, nil where that is.
	Observer *Observer
	Seconds  float64

	others *Assignment
}

// Other is the probabilities of the others, nil where nobody was assigned.
func (t *Typing) Other() *Assignment { return t.others }

// TypingTool is a set of items with what they achieve, in the order in which they help.
// Accuracy, with its standard error, is that in profiles that had no part in choosing
// items and fitting; Baseline that of always naming the largest segment.
type TypingTool struct {
	Items     []TypingItem
	Accuracy  float64
	Error     float64
	Baseline  float64
	LogLoss   float64
	Rows      int
	Confusion [][]int // by true segment, then by assigned one
}

// TypingItem is a question, or something observed: Accuracy is what it achieves together
// with those before it.
type TypingItem struct {
	Name, Text string
	Accuracy   float64
	// Options are the answers of a category.
	Options []string
}

// TypedSegment is how many of the others were assigned to a segment: Members by the
// highest probability, Expected by the sum of probabilities; Certainty is the mean
// probability of those assigned to it.
type TypedSegment struct {
	Members             int64
	Expected, Certainty float64
}

// Typing makes a typing tool for a kept discovery, and keeps it with it: one for each
// number of segments. The errors have CodeInvalid or CodeNotFound.
func (d *Discoverer) Typing(ctx context.Context, name string, q TypingRequest, progress func(float64)) (*Typing, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	found, err := d.Discovery(ctx, name)
	if err != nil {
		return nil, err
	}
	began := d.clock()
	out, err := d.makeTyping(ctx, found, &q, progress)
	if err != nil {
		return nil, err
	}
	out.Seconds = d.clock().Sub(began).Seconds()
	return out, d.shelf().Change(ctx, name, func(now *Discovery) error {
		if now.Hash != found.Hash || now.Seed != found.Seed {
			return kreds.Errorf(kreds.CodeConflict, "the discovery %q was made anew meanwhile", found.Name).WithHint("make the typing tool again")
		}
		now.Tools = slices.DeleteFunc(now.Tools, func(t *Typing) bool { return t.K == out.K })
		now.Tools = append(now.Tools, out)
		slices.SortFunc(now.Tools, func(a, b *Typing) int { return a.K - b.K })
		return nil
	})
}

func (d *Discoverer) makeTyping(ctx context.Context, found *Discovery, q *TypingRequest, progress func(float64)) (*Typing, error) {
	s, err := found.solution(q.K)
	if err != nil {
		return nil, err
	}
	if s.filled() < 2 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "one segment needs no questions").WithHint("choose a solution of more segments with --k")
	}
	out := &Typing{Discovery: found.Name, K: s.K, Subject: found.Subject, AsOf: found.AsOf}
	for _, seg := range s.Segments {
		out.Segments = append(out.Segments, seg.Name)
	}
	m := modelOf(found, s)
	sets, err := d.members(ctx, m, found.AsOf)
	if err != nil {
		return nil, err
	}
	asked, err := d.items(ctx, found, d.questions(found), found.Among, q)
	if err != nil {
		return nil, err
	}
	if out.Questions, _, err = asked.tool(ctx, sets, q); err != nil {
		return nil, err
	}
	progress(.5)
	specs, err := d.observable(ctx, found, q)
	if err != nil {
		return nil, err
	}
	if len(specs) == 0 {
		out.Notes = append(out.Notes, kreds.Say("Nobody else can be assigned: nothing is known of everybody but the features of the discovery."))
		return out, nil
	}
	all, err := d.items(ctx, found, specs, everyone(found.Subject), q)
	if err != nil {
		return nil, err
	}
	out.Refused = all.refused
	var model *typing.Tool
	if len(all.items) > 0 {
		out.Observed, model, err = all.tool(ctx, sets, q)
		if err != nil && kreds.CodeOf(err) != kreds.CodeInvalid {
			return nil, err
		}
	}
	if model == nil {
		out.Notes = append(out.Notes, kreds.Say("Nobody else can be assigned: what is known of everybody does not tell the segments apart."))
		return out, nil
	}
	progress(.9)
	out.Observer = &Observer{Model: model.Model, Accuracy: out.Observed.Accuracy, Error: out.Observed.Error, Baseline: out.Observed.Baseline}
	for _, at := range model.Items {
		out.Observer.Features = append(out.Observer.Features, all.columns[at].Feature)
	}
	m.Typing = out.Observer
	if out.others, err = d.assign(ctx, m, sets, found.AsOf); err != nil {
		return nil, err
	}
	out.count()
	return out, nil
}

// questions are the features of a discovery.
func (d *Discoverer) questions(found *Discovery) []spec {
	var specs []spec
	for _, f := range found.Features {
		specs = append(specs, spec{name: f.Name, text: f.Text, of: f.Of})
	}
	return specs
}

// observable are features that are known of everybody: those asked for, or all traits that
// are no answers of surveys, and what was bought.
func (d *Discoverer) observable(ctx context.Context, found *Discovery, q *TypingRequest) ([]spec, error) {
	if len(q.On) > 0 {
		return specsOf(q.On), nil
	}
	cat, err := d.audience.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	own := func(text string) bool {
		return slices.ContainsFunc(found.Features, func(f Feature) bool { return f.Text == text })
	}
	var out []spec
	for _, t := range cat.Traits {
		text := segment.Quote(t.Name)
		switch {
		case t.Kind != found.Subject.Kind() || own(text) || strings.HasPrefix(t.Name, "survey.") || strings.HasPrefix(t.Name, "typing."):
		case slices.Contains([]kreds.Type{kreds.Number, kreds.Text, kreds.Boolean, kreds.Date}, t.Type):
			out = append(out, spec{name: t.Name, text: text})
		}
	}
	if found.Subject.Kind() != kreds.Person {
		return out, nil
	}
	// Where purchases cannot be told, traits have to do.
	if bought, _, err := recipe("value", cat, nil, found.Event, found.Value); err == nil {
		for _, s := range bought {
			if !own(s.text) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// typed are profiles with the items that a tool may use.
type typed struct {
	profiles []uint32
	columns  []*column
	items    []typing.Item
	refused  []Refused
}

// items evaluates specs among an expression.
func (d *Discoverer) items(ctx context.Context, found *Discovery, specs []spec, among string, q *TypingRequest) (*typed, error) {
	columns, refused, f, err := d.evaluate(ctx, specs, among, found.AsOf)
	if err != nil {
		return nil, err
	}
	out := &typed{profiles: f.Profiles, refused: refused}
	for _, c := range columns {
		if why := c.unfit(q.AllowSensitive); why != "" {
			out.refused = append(out.refused, Refused{c.Name, why})
			continue
		}
		out.columns, out.items = append(out.columns, c), append(out.items, c.item())
	}
	return out, nil
}

// item is a column as a tool uses it, and decides how that is.
func (c *column) item() typing.Item {
	if c.Kind != Category {
		filled := *c
		filled.value = slices.Clone(c.value)
		filled.fill("")
		filled.transform("auto")
		c.Feature = filled.Feature
	}
	return c.answers(c.Feature)
}

// tool builds a typing tool for the profiles that are in one of the sets.
func (t *typed) tool(ctx context.Context, sets []*roaring.Bitmap, q *TypingRequest) (*TypingTool, *typing.Tool, error) {
	labels := make([]int32, len(t.profiles))
	for i, p := range t.profiles {
		labels[i] = -1
		for s, set := range sets {
			if set.Contains(p) {
				labels[i] = int32(s)
				break
			}
		}
	}
	tool, err := typing.Build(ctx, t.items, labels, typing.Options{MaxItems: q.Questions, Seed: q.Seed})
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, kreds.Errorf(kreds.CodeInvalid, "%w", err)
	}
	out := &TypingTool{
		Accuracy: finite(tool.Accuracy), Error: finite(tool.Error), Baseline: finite(tool.Baseline), LogLoss: finite(tool.LogLoss),
		Rows: tool.Rows, Confusion: tool.Confusion,
	}
	for i, at := range tool.Items {
		c := t.columns[at]
		item := TypingItem{Name: c.Name, Text: c.Text, Options: c.Levels}
		if c.Of != "" {
			item.Text += " / " + c.Of
		}
		if i < len(tool.Path) {
			item.Accuracy = finite(tool.Path[i].Accuracy)
		}
		out.Items = append(out.Items, item)
	}
	return out, tool, nil
}

// count says how many of the others were assigned to which segment.
func (t *Typing) count() {
	t.Others, t.Assigned = int64(len(t.others.profiles)), make([]TypedSegment, t.K)
	if t.Others == 0 {
		t.Notes = append(t.Notes, kreds.Say("Everybody was in the discovery: there is nobody else to assign."))
		return
	}
	p := t.others.probabilities
	for i, s := range typing.Assign(p) {
		t.Assigned[s].Members++
		t.Assigned[s].Certainty += p.Row(i)[s]
		for c := range t.Assigned {
			t.Assigned[c].Expected += p.Row(i)[c]
		}
	}
	for i := range t.Assigned {
		if a := &t.Assigned[i]; a.Members > 0 {
			a.Certainty = finite(a.Certainty / float64(a.Members))
		}
	}
	if t.Observed.Accuracy < t.Observed.Baseline+2*t.Observed.Error {
		t.Notes = append(t.Notes, kreds.Say("What is known of everybody tells the segments hardly better than always naming the largest one: do not rely on the assignment."))
	}
}

// tool returns the kept typing tool of a solution, nil if there is none.
func (d *Discovery) tool(k int) *Typing {
	for _, t := range d.Tools {
		if t.K == k {
			return t
		}
	}
	return nil
}

// observedBy is the observer that assigns those who were not in a discovery.
func (d *Discovery) observedBy(s *Solution) (*Observer, error) {
	t := d.tool(s.K)
	if t == nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "no typing tool of %d segments is kept with the discovery %q", s.K, d.Name).
			WithHint("make it first: kreds discover typing %q --k %d", d.Name, s.K)
	}
	if t.Observer == nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the typing tool of %d segments cannot assign those who were not in the discovery: %s", s.K, strings.Join(t.Notes, " ")).
			WithHint("name what is known of everybody: kreds discover typing %q --k %d --on …, or accept by model", d.Name, s.K)
	}
	return t.Observer, nil
}
