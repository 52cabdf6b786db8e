package discover

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats"
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

	profiles      []uint32 // of the others
	probabilities *stats.Matrix
}

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

// Typing makes a typing tool for a kept discovery. The errors have CodeInvalid or
// CodeNotFound.
func (d *Discoverer) Typing(ctx context.Context, name string, q TypingRequest, progress func(float64)) (*Typing, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	found, err := d.Discovery(ctx, name)
	if err != nil {
		return nil, err
	}
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
	sets, err := d.members(ctx, modelOf(found, s), found.AsOf)
	if err != nil {
		return nil, err
	}
	asked, err := d.items(ctx, found, d.questions(found), "", &q)
	if err != nil {
		return nil, err
	}
	if out.Questions, _, err = asked.tool(ctx, sets, &q); err != nil {
		return nil, err
	}
	progress(.5)
	specs, err := d.observed(ctx, found, &q)
	if err != nil {
		return nil, err
	}
	if len(specs) == 0 {
		out.Notes = append(out.Notes, "Nobody else can be assigned: nothing is known of everybody but the features of the discovery.")
		return out, nil
	}
	all, err := d.items(ctx, found, specs, "everyone", &q)
	if err != nil {
		return nil, err
	}
	out.Refused = all.refused
	var model *typing.Tool
	if len(all.items) > 0 {
		out.Observed, model, err = all.tool(ctx, sets, &q)
		if err != nil && kreds.CodeOf(err) != kreds.CodeInvalid {
			return nil, err
		}
	}
	if model == nil {
		out.Notes = append(out.Notes, "Nobody else can be assigned: what is known of everybody does not tell the segments apart.")
		return out, nil
	}
	progress(.9)
	return out, out.assign(all, model, sets)
}

// questions are the features of a discovery.
func (d *Discoverer) questions(found *Discovery) []spec {
	var specs []spec
	for _, f := range found.Features {
		specs = append(specs, spec{f.Name, f.Text, f.Of})
	}
	return specs
}

// observed are features that are known of everybody: those asked for, or all traits that
// are no answers of surveys, and what was bought.
func (d *Discoverer) observed(ctx context.Context, found *Discovery, q *TypingRequest) ([]spec, error) {
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

// items evaluates specs for those in a discovery, or for everyone of its subject.
func (d *Discoverer) items(ctx context.Context, found *Discovery, specs []spec, among string, q *TypingRequest) (*typed, error) {
	switch {
	case among == "":
		among = found.Among
	case found.Subject != kreds.Persons:
		among = (&segment.Expr{Subject: found.Subject, Root: &segment.Everyone{}}).String()
	}
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	fq := audience.FrameRequest{Among: among, AsOf: found.AsOf, Buckets: engine.AllBuckets}
	for _, s := range specs {
		fq.Columns = append(fq.Columns, s.text)
	}
	whole := map[int]int{}
	for i, s := range specs {
		if s.of != "" {
			whole[i] = len(fq.Columns)
			fq.Columns = append(fq.Columns, s.of)
		}
	}
	f, err := d.audience.Frame(ctx, fq)
	if err != nil {
		return nil, err
	}
	out := &typed{profiles: f.Profiles}
	for i, s := range specs {
		var of *audience.FrameColumn
		if j, ok := whole[i]; ok {
			of = &f.Columns[j]
		}
		if why := legible(&f.Columns[i]); why != "" {
			out.refused = append(out.refused, Refused{s.name, why})
			continue
		}
		c := read(s, f, &f.Columns[i], of, cal, found.AsOf)
		if no := c.group(); no != nil {
			out.refused = append(out.refused, *no)
			continue
		}
		if why := c.unfit(q.AllowSensitive); why != "" {
			out.refused = append(out.refused, Refused{s.name, why})
			continue
		}
		out.columns, out.items = append(out.columns, c), append(out.items, c.item())
	}
	return out, nil
}

// item is a column as a tool uses it: skewed numbers without their tails.
func (c *column) item() typing.Item {
	if c.Kind == Category {
		item := typing.Item{Values: make([]float64, len(c.level)), Nominal: true}
		for r, l := range c.level {
			item.Values[r] = float64(l)
		}
		return item
	}
	filled := *c
	filled.value = slices.Clone(c.value)
	filled.fill("")
	filled.transform("auto")
	item := typing.Item{Values: filled.value}
	for i, v := range c.value {
		item.Values[i] = v // missing answers stay missing
		if !math.IsNaN(v) {
			item.Values[i] = filled.use(v)
		}
	}
	return item
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

// assign gives the probabilities of the profiles that are in no set.
func (t *Typing) assign(all *typed, tool *typing.Tool, sets []*roaring.Bitmap) error {
	in := roaring.FastOr(sets...)
	var rows []int
	for i, p := range all.profiles {
		if !in.Contains(p) {
			rows = append(rows, i)
			t.profiles = append(t.profiles, p)
		}
	}
	t.Others = int64(len(rows))
	t.Assigned = make([]TypedSegment, t.K)
	if len(rows) == 0 {
		t.Notes = append(t.Notes, "Everybody was in the discovery: there is nobody else to assign.")
		return nil
	}
	items := make([]typing.Item, len(tool.Items))
	for i, at := range tool.Items {
		values := make([]float64, len(rows))
		for r, row := range rows {
			values[r] = all.items[at].Values[row]
		}
		items[i] = typing.Item{Values: values, Nominal: all.items[at].Nominal}
	}
	p, err := tool.Model.Probabilities(items)
	if err != nil {
		return invalid(err)
	}
	t.probabilities = p
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
		t.Notes = append(t.Notes, "What is known of everybody tells the segments hardly better than always naming the largest one: do not rely on the assignment.")
	}
	return nil
}

// Traits are the names of the traits that WriteTyping writes: the most probable segment,
// its probability, and the probability of each segment.
func (t *Typing) Traits() []string {
	prefix := "typing." + segment.NameOf(t.Discovery) + "."
	out := []string{prefix + "segment", prefix + "probability"}
	for i := range t.Segments {
		out = append(out, prefix+"p"+strconv.Itoa(i+1))
	}
	return out
}

// WriteTyping writes the probabilities of the others as a file of profiles, each observed
// just before the as-of time.
func (d *Discoverer) WriteTyping(ctx context.Context, t *Typing, w io.Writer) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write(append([]string{"key", "observed"}, t.Traits()...)); err != nil {
		return err
	}
	at := observed(t.AsOf)
	i := 0
	for k, err := range d.engine.Keys(ctx, roaring.BitmapOf(t.profiles...), false) {
		if err != nil {
			return err
		}
		p := t.probabilities.Row(i)
		best := 0
		for c, v := range p {
			if v > p[best] {
				best = c
			}
		}
		row := []string{k.Key, at, t.Segments[best], probability(p[best])}
		for _, v := range p {
			row = append(row, probability(v))
		}
		if err := out.Write(row); err != nil {
			return err
		}
		i++
	}
	if i != len(t.profiles) {
		return fmt.Errorf("%d keys are missing", len(t.profiles)-i)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// probability has four decimals, so that it is stored exactly.
func probability(v float64) string {
	return strconv.FormatFloat(finite(math.Round(v*1e4)/1e4), 'f', 4, 64)
}
