package discover

import (
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/rfm"
)

// Model assigns profiles to segments as its method does: to the nearest centre, or the
// most probable class or component. It is stored with a discovery.
type Model struct {
	Method  Method
	Centers [][]float64 // means of the segments, in features as used
	// Anchors are the centres of methods whose centres are not the means: medians,
	// directions, the numbers of prototypes, the means of components.
	Anchors       [][]float64   `json:",omitempty"`
	Modes         [][]int32     `json:",omitempty"` // of prototypes, by category
	Gamma         float64       `json:",omitempty"` // what a mismatch of categories counts
	Shares        []float64     `json:",omitempty"`
	Covariances   [][]float64   `json:",omitempty"`
	Probabilities [][][]float64 `json:",omitempty"`
	Cuts          [][]float64   `json:",omitempty"` // of recency, frequency and monetary value
	Names         []string      `json:",omitempty"`
	// Points are profiles, and PointOf their segments, −1 for none, of a method whose
	// groups have any shape.
	Points  [][]float64 `json:",omitempty"`
	PointOf []int32     `json:",omitempty"`
}

// renumber follows a new order of the segments.
func (m *Model) renumber(now []int32) {
	for i, s := range m.PointOf {
		if s >= 0 {
			m.PointOf[i] = now[s]
		}
	}
}

// nearestPoint is the segment of the nearest profile that the model keeps.
func (m *Model) nearestPoint(x *stats.Matrix) []int32 {
	out := make([]int32, x.Rows)
	for i := range out {
		out[i] = m.PointOf[nearest(x.Row(i), m.Points, func(a, b float64) float64 { return (a - b) * (a - b) })]
	}
	return out
}

// model is what an accepted model needs to be applied later: whom it divides, by which
// features, used as they were when it was made.
type model struct {
	Among    string
	Features []Feature
	Model    Model
	Exclude  bool  // whoever has no value of a feature is in no segment
	Places   []int // the segments that were accepted
	// Typing, if not nil, assigns those who are in no segment of the model. Names are
	// those of all segments, and Discovery of what they were found in.
	Typing    *Observer `json:",omitempty"`
	Discovery string    `json:",omitempty"`
	Names     []string  `json:",omitempty"`
}

func modelOf(d *Discovery, s *Solution) *model {
	m := &model{Among: d.Among, Features: d.Features, Model: s.Model, Exclude: d.Missing == "exclude", Discovery: d.Name}
	for _, seg := range s.Segments {
		m.Names = append(m.Names, seg.Name)
	}
	return m
}

// assigned are the members of each segment of a model as of an instant: those that it
// assigns itself and, where it has a typing tool, everybody else, with what that says of
// them.
func (d *Discoverer) assigned(ctx context.Context, m *model, asOf kreds.Instant) ([]*roaring.Bitmap, *Assignment, error) {
	sets, err := d.members(ctx, m, asOf)
	if err != nil || m.Typing == nil {
		return sets, nil, err
	}
	others, err := d.assign(ctx, m, sets, asOf)
	return sets, others, err
}

// members are the profiles of each segment of a model as of an instant.
func (d *Discoverer) members(ctx context.Context, m *model, asOf kreds.Instant) ([]*roaring.Bitmap, error) {
	frame, cal, err := d.observed(ctx, m.Among, m.Features, asOf)
	if err != nil {
		return nil, err
	}
	t, err := encoded(frame, m.Features, cal, asOf)
	if err != nil {
		return nil, err
	}
	sets := make([]*roaring.Bitmap, len(m.Model.Centers))
	for i := range sets {
		sets[i] = roaring.New()
	}
	labels, err := m.Model.assign(t)
	if err != nil {
		return nil, err
	}
	for i, s := range labels {
		if s >= 0 && (!m.Exclude || !t.gaps[i]) {
			sets[s].Add(t.profiles[i])
		}
	}
	return sets, nil
}

// encoded is the table of a frame with columns for features, which are used as they were
// before.
func encoded(frame *audience.Frame, features []Feature, cal *segment.Calendar, asOf kreds.Instant) (*table, error) {
	t := &table{profiles: frame.Profiles, gaps: make([]bool, len(frame.Profiles))}
	for _, f := range features {
		c, err := again(f, frame, cal, asOf)
		if err != nil {
			return nil, err
		}
		for i := range t.gaps {
			t.gaps[i] = t.gaps[i] || c.value != nil && math.IsNaN(c.value[i]) || c.level != nil && c.level[i] < 0
		}
		c.as(f)
		t.columns = append(t.columns, c)
	}
	t.encode()
	return t, nil
}

// as makes a column use its values as a feature of before did. Texts that it did not
// know count as rare ones.
func (c *column) as(f Feature) {
	c.relevel(f)
	for i, v := range c.value {
		if math.IsNaN(v) {
			c.value[i] = f.Fill
		}
	}
	c.Feature = f
}

// relevel gives texts the levels of a feature of before, unless they have them already.
func (c *column) relevel(f Feature) {
	if f.Kind != Category || slices.Equal(c.Levels, f.Levels) {
		return
	}
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
	c.Levels = f.Levels
}

// assign returns the segment of each row of a table that is encoded as the model's
// own was; −1 is none.
func (m *Model) assign(t *table) ([]int32, error) {
	out := make([]int32, len(t.profiles))
	switch m.Method {
	case RFM:
		result, err := rfm.Compute(t.customers(), rfm.Options{Bins: len(m.Cuts[0]) + 1, Recency: m.Cuts[0], Frequency: m.Cuts[1], Monetary: m.Cuts[2]})
		if err != nil {
			return nil, err
		}
		for i, g := range result.Groups {
			out[i] = int32(slices.Index(m.Names, g))
		}
	case LCA:
		logs := make([]float64, len(m.Shares))
		for i := range out {
			for s := range logs {
				logs[s] = m.classLog(t, i, s)
			}
			out[i] = largestOf(logs)
		}
	case Mixture:
		components, err := m.normals(t.x.Cols)
		if err != nil {
			return nil, err
		}
		logs := make([]float64, len(components))
		for i := range out {
			m.normalLogs(components, t.x.Row(i), logs)
			out[i] = largestOf(logs)
		}
	case KPrototypes:
		x, cats := t.mixed()
		for i := range out {
			var row []float64
			if x != nil {
				row = x.Row(i)
			}
			out[i] = m.prototype(row, cats.Codes[i*cats.Cols:(i+1)*cats.Cols])
		}
	case KMedians:
		for i := range out {
			out[i] = nearest(t.x.Row(i), m.Anchors, func(a, b float64) float64 { return math.Abs(a - b) })
		}
	case Spherical:
		for i := range out {
			// Directions have length 1, so the largest product is the smallest angle.
			out[i] = nearest(t.x.Row(i), m.Anchors, func(a, b float64) float64 { return -a * b })
		}
	case HDBSCAN:
		if len(m.Points) > 0 {
			return m.nearestPoint(t.x), nil
		}
		fallthrough // a model that was made when centres were all that was kept
	default:
		for i := range out {
			out[i] = nearest(t.x.Row(i), m.Centers, func(a, b float64) float64 { return (a - b) * (a - b) })
		}
	}
	return out, nil
}

// nearest is the centre with the smallest sum of distances over the columns.
func nearest(row []float64, centers [][]float64, distance func(a, b float64) float64) int32 {
	best, at := math.Inf(1), int32(0)
	for s, c := range centers {
		var d float64
		for j, v := range row {
			d += distance(v, c[j])
		}
		if d < best {
			best, at = d, int32(s)
		}
	}
	return at
}

// prototype is the nearest prototype of a row of numbers and codes.
func (m *Model) prototype(row []float64, codes []int32) int32 {
	best, at := math.Inf(1), int32(0)
	for s, modes := range m.Modes {
		var d float64
		for j, v := range row {
			d += (v - m.Anchors[s][j]) * (v - m.Anchors[s][j])
		}
		for j, c := range codes {
			if modes[j] != c {
				d += m.Gamma
			}
		}
		if d < best {
			best, at = d, int32(s)
		}
	}
	return at
}

// normals are the components of a mixture.
func (m *Model) normals(cols int) ([]*distmv.Normal, error) {
	out := make([]*distmv.Normal, len(m.Shares))
	for s := range out {
		n, ok := distmv.NewNormal(m.Anchors[s], mat.NewSymDense(cols, slices.Clone(m.Covariances[s])), nil)
		if !ok {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the model's covariance is singular").WithHint("find segments anew, by fewer features")
		}
		out[s] = n
	}
	return out, nil
}

// classLog is the logarithm of a latent class's share times the probability that it
// gives a row. Levels that the model has not seen say nothing.
func (m *Model) classLog(t *table, i, s int) float64 {
	l := math.Log(max(m.Shares[s], 1e-300))
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
	return l
}

// largestOf is the place of the first of the largest values.
func largestOf(values []float64) int32 {
	best, at := math.Inf(-1), 0
	for i, v := range values {
		if v > best {
			best, at = v, i
		}
	}
	return int32(at)
}
