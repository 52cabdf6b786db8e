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

// Observer tells the segment of profiles by what is known of everybody. It is stored
// with the discovery, and with segments that were accepted by typing.
type Observer struct {
	Features []Feature // in the order of the model's items, used as they were when it was made
	Model    *typing.Model
	// What was learned from decides how far to trust it: see TypingTool.
	Accuracy, Error, Baseline float64
}

// Assignment is the probability of each segment for profiles that are in none.
type Assignment struct {
	Discovery string
	Subject   kreds.Subject
	Segments  []string // their names
	AsOf      kreds.Instant

	profiles      []uint32 // ascending
	probabilities *stats.Matrix
}

// assign puts everybody who is in none of the sets into that of the most probable
// segment.
func (d *Discoverer) assign(ctx context.Context, m *model, sets []*roaring.Bitmap, asOf kreds.Instant) (*Assignment, error) {
	e, err := d.audience.Resolve(ctx, m.Among)
	if err != nil {
		return nil, err
	}
	f, cal, err := d.observed(ctx, everyone(e.Subject), m.Typing.Features, asOf)
	if err != nil {
		return nil, err
	}
	in := roaring.FastOr(sets...)
	out := &Assignment{Discovery: m.Discovery, Subject: e.Subject, Segments: slices.Clone(m.Names), AsOf: asOf}
	var rows []int
	for i, p := range f.Profiles {
		if !in.Contains(p) {
			rows, out.profiles = append(rows, i), append(out.profiles, p)
		}
	}
	if len(rows) == 0 {
		out.probabilities = stats.NewMatrix(0, len(sets))
		return out, nil
	}
	var items []typing.Item
	for _, feature := range m.Typing.Features {
		c, err := again(feature, f, cal, asOf)
		if err != nil {
			return nil, err
		}
		items = append(items, pickItem(c.answers(feature), rows))
	}
	if out.probabilities, err = m.Typing.Model.Probabilities(items); err != nil {
		return nil, invalid(err)
	}
	for i, s := range typing.Assign(out.probabilities) {
		sets[s].Add(out.profiles[i])
	}
	return out, nil
}

// observed is the frame of features among an expression.
func (d *Discoverer) observed(ctx context.Context, among string, features []Feature, asOf kreds.Instant) (*audience.Frame, *segment.Calendar, error) {
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return nil, nil, err
	}
	q := audience.FrameRequest{Among: among, AsOf: asOf, Buckets: engine.AllBuckets}
	for _, f := range features {
		q.Columns = append(q.Columns, f.Text)
	}
	for _, f := range features {
		if f.Of != "" {
			q.Columns = append(q.Columns, f.Of)
		}
	}
	f, err := d.audience.Frame(ctx, q)
	return f, cal, err
}

// again reads a feature of before out of a frame. The error has CodeInvalid if its
// values are of another kind now.
func again(f Feature, frame *audience.Frame, cal *segment.Calendar, asOf kreds.Instant) (*column, error) {
	find := func(text string) *audience.FrameColumn {
		i := slices.IndexFunc(frame.Columns, func(c audience.FrameColumn) bool { return c.Text == text })
		if i < 0 {
			return nil
		}
		return &frame.Columns[i]
	}
	at := find(f.Text)
	if at == nil || legible(at) != "" {
		return nil, changed(f)
	}
	c := read(spec{name: f.Name}, frame, at, find(f.Of), cal, asOf)
	if (c.Kind == Category) != (f.Kind == Category) || (c.Kind == Share) != (f.Kind == Share) {
		return nil, changed(f)
	}
	return c, nil
}

func changed(f Feature) error {
	return kreds.Errorf(kreds.CodeInvalid, "the values of %s are of another kind than when the segments were found", f.Name).WithHint("find segments anew")
}

// answers are a column's values as items of a typing tool that knows a feature of it:
// skewed numbers without their tails, texts as the levels of then, and what is missing
// missing.
func (c *column) answers(f Feature) typing.Item {
	if f.Kind == Category {
		c.relevel(f)
		item := typing.Item{Values: make([]float64, len(c.level)), Nominal: true}
		for r, l := range c.level {
			if item.Values[r] = float64(l); l < 0 {
				item.Values[r] = math.NaN()
			}
		}
		return item
	}
	item := typing.Item{Values: slices.Clone(c.value)}
	for i, v := range item.Values {
		if !math.IsNaN(v) {
			item.Values[i] = f.use(v)
		}
	}
	return item
}

// pickItem is an item's answers of some rows.
func pickItem(item typing.Item, rows []int) typing.Item {
	out := typing.Item{Values: make([]float64, len(rows)), Nominal: item.Nominal}
	for i, r := range rows {
		out.Values[i] = item.Values[r]
	}
	return out
}

// everyone is the expression of all profiles of a subject.
func everyone(s kreds.Subject) string {
	return (&segment.Expr{Subject: s, Root: &segment.Everyone{}}).String()
}

// Traits are the names of the traits that WriteTyping writes: the most probable segment,
// its probability, and the probability of each segment.
func (a *Assignment) Traits() []string {
	prefix := "typing." + segment.NameOf(a.Discovery) + "."
	out := []string{prefix + "segment", prefix + "probability"}
	for i := range a.Segments {
		out = append(out, prefix+"p"+strconv.Itoa(i+1))
	}
	return out
}

// moving is by how much a probability has to change for it to be kept anew.
const moving = .01

// moved are those of an assignment of whom another segment is the most probable, or a
// probability differs by a hundredth at least, than what is kept as traits.
func (d *Discoverer) moved(ctx context.Context, a *Assignment) (*Assignment, error) {
	cat, err := d.audience.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	q := audience.FrameRequest{Among: everyone(a.Subject), AsOf: a.AsOf, Buckets: engine.AllBuckets}
	for _, name := range a.Traits() {
		if !slices.ContainsFunc(cat.Traits, func(t kreds.Trait) bool {
			return t.Kind == a.Subject.Kind() && t.Name == name && (t.Type == kreds.Text) == strings.HasSuffix(name, ".segment")
		}) {
			return a, nil // nothing is kept yet
		}
		q.Columns = append(q.Columns, segment.Quote(name))
	}
	f, err := d.audience.Frame(ctx, q)
	if err != nil {
		return nil, err
	}
	same := func(i int, p uint32) bool {
		at, text := f.Columns[0].Values, a.Segments[most(a.probabilities.Row(i))]
		if !at.Known.Has(p) || at.Dict[at.Code[p]] != text {
			return false
		}
		for s, v := range a.probabilities.Row(i) {
			was := f.Columns[2+s].Values
			if !was.Known.Has(p) || math.Abs(was.Num[p]-v) >= moving {
				return false
			}
		}
		return true
	}
	out := *a
	out.profiles, out.probabilities = nil, &stats.Matrix{Cols: a.probabilities.Cols}
	for i, p := range a.profiles {
		if same(i, p) {
			continue
		}
		out.profiles = append(out.profiles, p)
		out.probabilities.Data = append(out.probabilities.Data, a.probabilities.Row(i)...)
		out.probabilities.Rows++
	}
	return &out, nil
}

// WriteTyping writes the probabilities as a file of profiles, each observed just before
// the as-of time.
func (d *Discoverer) WriteTyping(ctx context.Context, a *Assignment, w io.Writer) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write(append([]string{"key", "observed"}, a.Traits()...)); err != nil {
		return err
	}
	at := justBefore(a.AsOf)
	i := 0
	for k, err := range d.engine.Keys(ctx, roaring.BitmapOf(a.profiles...), false) {
		if err != nil {
			return err
		}
		p := a.probabilities.Row(i)
		best := most(p)
		row := []string{k.Key, at, a.Segments[best], probability(p[best])}
		for _, v := range p {
			row = append(row, probability(v))
		}
		if err := out.Write(row); err != nil {
			return err
		}
		i++
	}
	if i != len(a.profiles) {
		return fmt.Errorf("%d keys are missing", len(a.profiles)-i)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

func most(row []float64) int { return int(top(row)) }

// probability has four decimals, so that it is stored exactly.
func probability(v float64) string {
	return strconv.FormatFloat(finite(math.Round(v*1e4)/1e4), 'f', 4, 64)
}
