package discover

import (
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Model assigns profiles to segments: to the nearest centre, or of latent classes to
// the most probable one. It is stored with a discovery.
type Model struct {
	Method        Method
	Centers       [][]float64
	Shares        []float64     `json:",omitempty"`
	Probabilities [][][]float64 `json:",omitempty"`
}

// model is what an accepted model needs to be applied later: whom it divides, by which
// features, used as they were when it was made.
type model struct {
	Among    string
	Features []Feature
	Model    Model
	Places   []int // the segments that were accepted
}

func modelOf(d *Discovery, s *Solution) *model {
	return &model{Among: d.Among, Features: d.Features, Model: s.Model}
}

// members are the profiles of each segment of a model as of an instant.
func (d *Discoverer) members(ctx context.Context, m *model, asOf kreds.Instant) ([]*roaring.Bitmap, error) {
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	q := audience.FrameRequest{Among: m.Among, AsOf: asOf, Buckets: engine.AllBuckets}
	for _, f := range m.Features {
		q.Columns = append(q.Columns, f.Text)
	}
	for _, f := range m.Features {
		if f.Of != "" {
			q.Columns = append(q.Columns, f.Of)
		}
	}
	frame, err := d.audience.Frame(ctx, q)
	if err != nil {
		return nil, err
	}
	t := encoded(frame, m.Features, cal, asOf)
	sets := make([]*roaring.Bitmap, len(m.Model.Centers))
	for i := range sets {
		sets[i] = roaring.New()
	}
	for i, s := range m.Model.assign(t) {
		sets[s].Add(t.profiles[i])
	}
	return sets, nil
}

// encoded is the table of a frame with columns for features, which are used as they were
// before.
func encoded(frame *audience.Frame, features []Feature, cal *segment.Calendar, asOf kreds.Instant) *table {
	t := &table{profiles: frame.Profiles}
	find := func(text string) *audience.FrameColumn {
		i := slices.IndexFunc(frame.Columns, func(c audience.FrameColumn) bool { return c.Text == text })
		if i < 0 {
			return nil
		}
		return &frame.Columns[i]
	}
	for _, f := range features {
		c := read(spec{name: f.Name}, frame, find(f.Text), find(f.Of), cal, asOf)
		c.as(f)
		t.columns = append(t.columns, c)
	}
	t.encode()
	return t
}

// as makes a column use its values as a feature of before did. Texts that it did not
// know count as rare ones.
func (c *column) as(f Feature) {
	if f.Kind == Category && c.Kind == Category {
		rare := slices.Index(f.Levels, otherLevel)
		unknown := slices.Index(f.Levels, unknownLevel)
		level := make([]int32, len(c.dict))
		for i, text := range c.dict {
			if at := slices.Index(f.Levels, text); at >= 0 {
				level[i] = int32(at)
			} else {
				level[i] = int32(rare)
			}
		}
		for i, l := range c.level {
			if l < 0 {
				c.level[i] = int32(unknown)
			} else {
				c.level[i] = level[l]
			}
		}
	}
	for i, v := range c.value {
		if math.IsNaN(v) {
			c.value[i] = f.Fill
		}
	}
	c.Feature = f
}

// assign returns the segment of each row of a table that is encoded as the model's
// own was.
func (m *Model) assign(t *table) []int32 {
	out := make([]int32, len(t.profiles))
	for i := range out {
		if m.Probabilities != nil {
			out[i] = m.class(t, i)
		} else {
			out[i] = nearest(t.x.Row(i), m.Centers)
		}
	}
	return out
}

func nearest(row []float64, centers [][]float64) int32 {
	best, at := math.Inf(1), int32(0)
	for s, c := range centers {
		var d float64
		for j, v := range row {
			d += (v - c[j]) * (v - c[j])
		}
		if d < best {
			best, at = d, int32(s)
		}
	}
	return at
}

// class is the most probable latent class of a row. Levels that the model has not
// seen say nothing.
func (m *Model) class(t *table, i int) int32 {
	best, at := math.Inf(-1), int32(0)
	for s, share := range m.Shares {
		l := math.Log(max(share, 1e-300))
		for j, c := range t.columns {
			level := 0
			if c.Kind == Category {
				level = int(c.level[i])
			} else {
				level = int(c.value[i])
			}
			if p := m.Probabilities[s][j]; level >= 0 && level < len(p) {
				l += math.Log(max(p[level], 1e-12))
			}
		}
		if l > best {
			best, at = l, int32(s)
		}
	}
	return at
}
