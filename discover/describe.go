package discover

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/describe"
	"github.com/kreds/kreds/stats/project"
)

// Segment is one segment of a solution, described.
type Segment struct {
	Name    string    // of what marks it, as "recent, frequent"
	Profile []Measure // feature by feature, the strongest marks first
	Nearest int       // the segment whose centre is nearest, −1 if there is no other
	Typical []string  // keys of members nearest to the centre
	Rule    *Rule     // nil where no rule tells it from the others
	// Hull is the outline of the middle half of its members in the picture, Outline
	// that of all of them, and Center where its centre lies.
	Hull, Outline [][2]float64
	Center        [2]float64
	// Similarity is the shares of all profiles, or of a sample, by how similar they are to
	// this segment as against all, from 0 to 1 in equal bins.
	Similarity []float64 `json:",omitempty"`
}

// Measure compares a segment's members with everybody else in one feature: their means,
// or shares of those who have it. Level is the text of a category that it is about.
type Measure struct {
	Feature string
	Level   string
	Kind    FeatureKind
	Mean    float64 // of the members
	All     float64 // of all profiles
	Others  float64 // of all but the members
	// Effect is Cohen's d of means, of values as used, and h of shares; Q the chance
	// that such a difference is none, adjusted for the number of comparisons
	// (Benjamini and Hochberg 1995).
	Effect, Q float64
	Mark      bool // it tells the segment from others
}

// Separator says how much of a feature's variance lies between the segments: eta², of
// categories Cramér's V², with its chance as in Measure.
type Separator struct {
	Feature   string
	Effect, Q float64
}

// Picture is the profiles, or a sample, on the two directions in which they differ
// most (principal components), with the shares of the variance that these show.
type Picture struct {
	Shares [2]float64
	Points [][2]float64
	// Labels are the segments of the points, by number of segments.
	Labels map[int][]int32
	// Axes are what the two directions are made of, by feature or level.
	Axes []Axis
}

// Axis is how much one feature counts in the two directions.
type Axis struct {
	Feature, Level string
	Weight         [2]float64
}

const (
	pictureRows    = 1500
	typicalMembers = 5
	// A mark is a difference that is no accident and at least medium (Cohen 1988).
	markEffect = .5
	markLevel  = .05
)

func (d *Discoverer) describe(ctx context.Context, out *Discovery, t *table, f *audience.Frame) error {
	raw, used := t.described()
	var typical [][][]int
	for _, s := range out.Solutions {
		s.Segments = make([]Segment, s.K)
		if err := s.profile(t, raw, used); err != nil {
			return invalid(err)
		}
		centers := matrix(s.Model.Centers)
		near, err := describe.Nearest(centers)
		if err != nil {
			return invalid(err)
		}
		rows, err := describe.Typical(t.x, centers, s.Labels, typicalMembers)
		if err != nil {
			return invalid(err)
		}
		typical = append(typical, rows)
		for i := range s.Segments {
			s.Segments[i].Nearest = near[i].Segment
		}
		for i, name := range s.name(t) {
			s.Segments[i].Name = name
		}
		if err := s.similar(t, out.Seed); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := d.typical(ctx, out, t, typical); err != nil {
		return err
	}
	if err := out.picture(t); err != nil {
		return invalid(err)
	}
	if err := out.grids(t); err != nil {
		return invalid(err)
	}
	return d.rules(ctx, out, t)
}

// described are the features as they were read, without what was filled in, and as
// they are used.
func (t *table) described() (raw, used []describe.Feature) {
	for _, c := range t.columns {
		if c.Kind == Category {
			f := describe.Feature{Codes: c.level}
			raw, used = append(raw, f), append(used, f)
			continue
		}
		values := c.value
		if len(c.filled) > 0 {
			values = slices.Clone(values)
			for _, i := range c.filled {
				values[i] = math.NaN()
			}
		}
		raw = append(raw, describe.Feature{Numbers: values})
		if !c.Log && c.Low == -math.MaxFloat64 && c.High == math.MaxFloat64 {
			used = append(used, raw[len(raw)-1])
			continue
		}
		as := make([]float64, len(values))
		for i, v := range values {
			as[i] = c.use(v)
		}
		used = append(used, describe.Feature{Numbers: as})
	}
	return raw, used
}

// profile compares the segments with the rest: their means as they are, and the size
// of the difference in values as used, of which few are far out.
func (s *Solution) profile(t *table, raw, used []describe.Feature) error {
	means, err := describe.Segments(raw, s.Labels, describe.Options{})
	if err != nil {
		return err
	}
	effects, err := describe.Segments(used, s.Labels, describe.Options{})
	if err != nil {
		return err
	}
	for i := range means.Segments {
		byPlace := map[[2]int]describe.Mark{}
		for _, m := range effects.Segments[i].Marks {
			byPlace[[2]int{m.Feature, m.Level}] = m
		}
		for _, m := range means.Segments[i].Marks {
			c := t.columns[m.Feature]
			e, ok := byPlace[[2]int{m.Feature, m.Level}]
			if !ok {
				e = m // as used, all values are 0 or 1 or they are not
			}
			x := Measure{
				Feature: c.Name, Kind: c.Kind, Mean: finite(m.Segment), All: finite(m.All), Others: finite(m.Rest), Effect: finite(e.Effect), Q: finite(e.Adjusted),
				Mark: e.Adjusted < markLevel && math.Abs(e.Effect) >= markEffect,
			}
			if m.Level >= 0 && c.Kind == Category {
				x.Level = c.Levels[m.Level]
			}
			s.Segments[i].Profile = append(s.Segments[i].Profile, x)
		}
		slices.SortStableFunc(s.Segments[i].Profile, func(a, b Measure) int {
			switch d := math.Abs(b.Effect) - math.Abs(a.Effect); {
			case a.Mark != b.Mark && a.Mark:
				return -1
			case a.Mark != b.Mark:
				return 1
			case d > 0:
				return 1
			case d < 0:
				return -1
			}
			return 0
		})
	}
	s.Separators = nil
	for i, x := range effects.Features {
		s.Separators = append(s.Separators, Separator{t.columns[i].Name, finite(x.Effect), finite(x.Adjusted)})
	}
	return nil
}

func matrix(rows [][]float64) *stats.Matrix {
	cols := 0
	if len(rows) > 0 {
		cols = len(rows[0])
	}
	m := stats.NewMatrix(len(rows), cols)
	for i, r := range rows {
		copy(m.Row(i), r)
	}
	return m
}

// typical fills in the keys of typical members.
func (d *Discoverer) typical(ctx context.Context, out *Discovery, t *table, rows [][][]int) error {
	set := roaring.New()
	for _, solution := range rows {
		for _, segment := range solution {
			for _, r := range segment {
				set.Add(t.profiles[r])
			}
		}
	}
	keys := map[uint32]string{}
	for k, err := range d.engine.Keys(ctx, set, false) {
		if err != nil {
			return fmt.Errorf("reading the keys of typical members: %w", err)
		}
		keys[uint32(k.Profile)] = k.Key
	}
	for i, s := range out.Solutions {
		for j := range s.Segments {
			for _, r := range rows[i][j] {
				s.Segments[j].Typical = append(s.Segments[j].Typical, keys[t.profiles[r]])
			}
		}
	}
	return nil
}

// picture lays a sample on the plane, with the outlines of all segments.
func (out *Discovery) picture(t *table) error {
	chosen := pick(len(t.profiles), pictureRows, out.Seed)
	x := stats.NewMatrix(len(chosen), t.x.Cols)
	for i, r := range chosen {
		copy(x.Row(i), t.x.Row(r))
	}
	out.Picture.Labels = map[int][]int32{}
	for n, s := range out.Solutions {
		labels := make([]int32, len(chosen))
		for i, r := range chosen {
			labels[i] = s.Labels[r]
		}
		plane, err := project.Picture(x, labels, project.Options{})
		if err != nil {
			return err
		}
		if n == 0 {
			out.Picture.draw(t, plane)
		}
		out.Picture.Labels[s.K] = labels
		for i, area := range plane.Segments {
			s.Segments[i].Hull, s.Segments[i].Outline = corners(area.Inner), corners(area.Outer)
			s.Segments[i].Center = place(area.Center)
		}
	}
	return nil
}

func (p *Picture) draw(t *table, plane *project.Plane) {
	for _, at := range plane.Rows {
		p.Points = append(p.Points, place(at))
	}
	for a := range min(2, len(plane.Components.Share)) {
		p.Shares[a] = finite(plane.Components.Share[a])
	}
	for j, of := range t.of {
		x := Axis{Feature: t.columns[of].Name}
		if l := t.level[j]; l >= 0 {
			x.Level = t.columns[of].Levels[l]
		}
		for a := range min(2, plane.Components.Axes.Rows) {
			x.Weight[a] = rounded(plane.Components.Axes.Row(a)[j])
		}
		p.Axes = append(p.Axes, x)
	}
}

func corners(points []project.Point) [][2]float64 {
	var out [][2]float64
	for _, p := range points {
		out = append(out, place(p))
	}
	return out
}

func place(p project.Point) [2]float64 { return [2]float64{rounded(p.X), rounded(p.Y)} }

// rounded keeps four decimals: a picture needs no more.
func rounded(v float64) float64 { return finite(math.Round(v*1e4) / 1e4) }
