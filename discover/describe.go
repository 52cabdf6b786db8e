package discover

import (
	"context"

	"github.com/kreds/kreds/audience"
)

// Segment is one segment of a solution, described.
type Segment struct {
	Name    string    // of what marks it, as "recent, frequent"
	Profile []Measure // feature by feature, the strongest marks first
	Nearest int       // the segment whose centre is nearest, −1 if there is no other
	Typical []string  // keys of members nearest to the centre
	Rule    *Rule     // nil where no rule tells it from the others
	// Hull is the outline of the middle of its members in the picture.
	Hull [][2]float64
}

// Measure compares a segment's members with everybody else in one feature: their means,
// or shares of those who have it. Level is the text of a category that it is about.
type Measure struct {
	Feature string
	Level   string
	Kind    FeatureKind
	Mean    float64 // of the members
	Others  float64
	// Effect is Cohen's d of means and h of shares; Q the chance that such a
	// difference is none, adjusted for the number of comparisons (Benjamini and
	// Hochberg 1995).
	Effect, Q float64
	Mark      bool // it tells the segment from others
}

// Picture is the profiles, or a sample, on the two directions in which they differ
// most (principal components), with the shares of the variance that these show.
type Picture struct {
	Shares [2]float64
	Points [][2]float64
	// Labels are the segments of the points, by number of segments.
	Labels map[int][]int32
}

func (d *Discoverer) describe(ctx context.Context, out *Discovery, t *table, f *audience.Frame) error {
	for _, s := range out.Solutions {
		s.Segments = make([]Segment, s.K)
	}
	return d.rules(ctx, out, t)
}
