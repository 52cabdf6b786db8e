package audience

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats/describe"
)

// Comparison says what marks the members of an expression among the population.
type Comparison struct {
	Members, Population int64
	// Share is the part of the population that was looked at; the numbers of profiles
	// above are of that part.
	Share float64
	Marks []Mark // the largest effect first
}

// Mark is one figure that differs: the mean of a term, or the share of profiles with a
// value of it. Members, All and N are as in describe.Mark: the figure among the members,
// among all, and the number of members of whom it is known.
type Mark struct {
	Term         string // in canonical form; of a date, the days since it
	Days         bool
	Value        kreds.Value // the value whose share it is; unknown of a mean
	N            int
	Members, All float64
	Effect       float64 // Cohen's d or h
	Adjusted     float64 // p, corrected for false discoveries
	Marker       bool
}

const (
	// maxCompared is how many profiles a comparison looks at, about; more tell no more.
	maxCompared = 200_000
	// maxLevels is how many values of a text are compared, the most frequent ones.
	maxLevels = 20
	maxEvents = 8
	maxMarks  = 40
	// significance is the level at which a mark is shown.
	significance = .05
)

// Compare says what marks the members of an expression, or of the segment of that
// name: traits, and how much and how lately the members did what can be done.
// Of large populations it takes buckets of profiles as a sample. The error has
// CodeInvalid if the expression holds for nobody, or for everybody.
func (a *Audience) Compare(ctx context.Context, expression string, asOf kreds.Instant) (*Comparison, error) {
	e, err := a.Resolve(ctx, expression)
	if err != nil {
		return nil, err
	}
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	everyone, err := a.engine.Population(ctx, e.Subject, asOf)
	if err != nil {
		return nil, err
	}
	buckets := engine.AllBuckets
	if n := everyone.GetCardinality(); n > maxCompared {
		buckets.To = max(1, int(kreds.Buckets*maxCompared/n)) - 1
	}
	all := segment.Expr{Subject: e.Subject, Root: &segment.Everyone{}}
	columns := append(comparable(cat, e.Subject), segment.PrintNode(e.Root))
	f, err := a.Frame(ctx, FrameRequest{Among: all.String(), Columns: columns, AsOf: asOf, Buckets: buckets})
	if err != nil {
		return nil, err
	}
	in := f.Columns[len(columns)-1]
	f.Columns = f.Columns[:len(columns)-1]
	out := &Comparison{Population: int64(len(f.Profiles)), Share: float64(buckets.Count()) / kreds.Buckets}
	labels := make([]int32, len(f.Profiles))
	for i, p := range f.Profiles {
		if in.True(p) {
			out.Members++
		} else {
			labels[i] = 1
		}
	}
	if out.Members == 0 || out.Members == out.Population {
		// Nothing can be said from this part.
		return out, a.divided(ctx, expression, asOf, everyone.GetCardinality())
	}
	var features []describe.Feature
	var levels [][]string
	for i := range f.Columns {
		feature, names := featureOf(&f.Columns[i], f.Profiles, asOf)
		features, levels = append(features, feature), append(levels, names)
	}
	d, err := describe.Segments(features, labels, describe.Options{})
	if err != nil {
		return nil, err
	}
	for _, m := range d.Segments[0].Ranked(significance) {
		c := &f.Columns[m.Feature]
		mark := Mark{Term: c.Text, N: m.N, Members: m.Segment, All: m.All, Effect: m.Effect, Adjusted: m.Adjusted, Marker: m.Marker}
		mark.Days = c.Values.Type == kreds.Date || c.Values.Type == kreds.Instants
		switch {
		case c.Values.Type == kreds.Boolean:
			mark.Value = kreds.Value{Type: kreds.Boolean, Bool: true}
		case m.Level != describe.Overall:
			if m.Level == len(levels[m.Feature]) {
				continue // all the other values together
			}
			mark.Value = kreds.Value{Type: kreds.Text, Text: levels[m.Feature][m.Level]}
		}
		if out.Marks = append(out.Marks, mark); len(out.Marks) == maxMarks {
			break
		}
	}
	return out, nil
}

// divided refuses an expression that holds for nobody or for everybody.
func (a *Audience) divided(ctx context.Context, expression string, asOf kreds.Instant, everyone uint64) error {
	in, err := a.Members(ctx, expression, asOf)
	if err != nil {
		return err
	}
	if n := in.GetCardinality(); n == 0 || n == everyone {
		return kreds.Errorf(kreds.CodeInvalid, "there is nobody to compare with: %d of %d are members", n, everyone).
			WithHint("compare a group that some are in and others are not")
	}
	return nil
}

// comparable are the terms that members are compared by.
func comparable(cat *kreds.Catalogue, s kreds.Subject) []string {
	out := []string{"profile.first_seen"}
	for _, t := range cat.Traits {
		switch t.Type {
		case kreds.Number, kreds.Boolean, kreds.Text, kreds.Date, kreds.Instants:
			if t.Kind == s.Kind() {
				out = append(out, segment.PrintTerm(&segment.Path{Name: t.Name}))
			}
		}
	}
	if s.Kind() != kreds.Person {
		return out
	}
	for i, e := range cat.Events {
		if i == maxEvents {
			break
		}
		name := segment.PrintTerm(&segment.Path{Name: e.Name})
		out = append(out, "count of "+name, "last "+name)
		for _, p := range e.Properties {
			if p.Type == kreds.Number && slices.Contains(money, p.Name) {
				out = append(out, fmt.Sprintf("sum(%s) of %s", segment.PrintTerm(&segment.Path{Name: p.Name}), name))
			}
		}
	}
	return out
}

const microsecondsPerDay = 86_400e6

// featureOf is a column as describe takes it. Dates become days before the as-of
// instant. The values of a text beyond the most frequent ones become one.
func featureOf(c *FrameColumn, profiles []uint32, asOf kreds.Instant) (describe.Feature, []string) {
	v := c.Values
	if v.Type == kreds.Text {
		return levelsOf(v, profiles)
	}
	numbers := make([]float64, len(profiles))
	for i, p := range profiles {
		numbers[i] = math.NaN()
		if !v.Known.Has(p) {
			continue
		}
		switch v.Type {
		case kreds.Number, kreds.Span:
			if x := v.Num[p]; math.Abs(x) < 1e75 {
				numbers[i] = x
			}
		case kreds.Boolean:
			numbers[i] = float64(v.Int[p])
		case kreds.Date:
			numbers[i] = float64(asOf)/microsecondsPerDay - float64(v.Int[p])
		case kreds.Instants:
			numbers[i] = (float64(asOf) - float64(v.Int[p])) / microsecondsPerDay
		}
	}
	return describe.Feature{Numbers: numbers}, nil
}

func levelsOf(v *engine.Values, profiles []uint32) (describe.Feature, []string) {
	counts := map[int32]int{}
	for _, p := range profiles {
		if v.Known.Has(p) {
			counts[v.Code[p]]++
		}
	}
	var codes []int32
	for code := range counts {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b int32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(v.Dict[a], v.Dict[b]))
	})
	codes = codes[:min(len(codes), maxLevels)]
	level := map[int32]int32{}
	var names []string
	for i, code := range codes {
		level[code] = int32(i)
		names = append(names, v.Dict[code])
	}
	out := make([]int32, len(profiles))
	for i, p := range profiles {
		out[i] = -1
		if v.Known.Has(p) {
			l, ok := level[v.Code[p]]
			if !ok {
				l = int32(len(codes))
			}
			out[i] = l
		}
	}
	return describe.Feature{Codes: out}, names
}
