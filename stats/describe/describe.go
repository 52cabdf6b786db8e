// Package describe says what marks a segment: where its rows differ from all others,
// by how much, and how sure that is; which segment is nearest to it; and which rows
// are typical of it. It is pure: slices in, structs out.
package describe

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats/infer"
)

// largest bounds numbers, lest sums of their squares overflow.
const largest = 1e75

// mostEmpty is how many more segments than rows there may be.
const mostEmpty = 1000

// Feature is what is known of every row: numbers, of which NaN is a missing one, or
// codes of categories from 0, of which a negative one is missing. Numbers of 0 and 1
// alone are treated as a share.
type Feature struct {
	Numbers []float64
	Codes   []int32
}

// Options says what counts as a marker. Zero fields have defaults.
type Options struct {
	Absolute float64 // default .25
	Relative float64 // default .5
}

// Overall is the level of a mark that is about a feature's numbers.
const Overall = -1

// Mark compares one figure of a segment, a mean or the share of a category, with the
// same figure of all rows and of the rows outside the segment.
type Mark struct {
	Feature int // index
	Level   int // the category, Overall for numbers
	Share   bool
	N       int     // rows of the segment of which the feature is known
	Segment float64 // mean or share in the segment, 0 if N is 0
	All     float64
	Rest    float64 // in all rows outside the segment
	// Effect is the size of the difference from the rest: Cohen's d of means, h of shares.
	Effect float64
	P      float64 // Welch's t test or the two-proportion z test against the rest
	// Adjusted is P corrected for all marks of all segments, by Benjamini and Hochberg:
	// of the marks below .05, at most one in twenty is a false finding.
	Adjusted float64
	// Marker is the rule of Dolnicar and Leisch (2014): the figure is off that of all
	// by at least Absolute, or by at least Relative of it.
	Marker bool
}

// Profile is what is known of one segment.
type Profile struct {
	Rows  int
	Share float64 // of all rows that are in a segment
	Marks []Mark  // by feature and level
}

// Ranked returns the marks that are significant at the level, say .05, after
// correction, the largest effect first.
func (p *Profile) Ranked(level float64) []Mark {
	var out []Mark
	for _, m := range p.Marks {
		if m.Adjusted <= level && m.Effect != 0 {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int { return cmp.Compare(math.Abs(b.Effect), math.Abs(a.Effect)) })
	return out
}

// Separation says how much a feature differs between the segments.
type Separation struct {
	// Effect is the share of the variance between segments, eta², for numbers, and
	// Cramér's V, squared, for categories.
	Effect      float64
	P, Adjusted float64 // of the F test or chi-square; corrected over features
}

// Description is the profile of every segment and what separates them.
type Description struct {
	Segments []Profile
	Features []Separation
}

// IsMarker is the rule of flexclust's bar charts: |x − m| ≥ absolute, or
// |(x − m)/m| ≥ relative, where m is not 0.
func IsMarker(x, m, absolute, relative float64) bool {
	// Rounding must not decide where a difference is just as large as asked for.
	const slack = 1e-12
	d := math.Abs(x - m)
	return d >= absolute-slack || m != 0 && d >= (relative-slack)*math.Abs(m)
}

// Segments describes the segments that labels give from 0; rows with a negative
// label are in none and left out. A feature's figures are of the rows of which it is
// known. A test needs two known rows in the segment and two outside; without them p
// is 1 and the effect 0.
//
// For numbers other than 0 and 1 the absolute rule of markers counts in standard
// deviations of all rows, and the relative one applies only if no number is negative.
//
// It fails if a feature does not have one value for each row, or both numbers and
// codes, for infinite numbers and those beyond 1e75, and for labels too large to count
// by.
func Segments(features []Feature, labels []int32, o Options) (*Description, error) {
	if o.Absolute <= 0 {
		o.Absolute = .25
	}
	if o.Relative <= 0 {
		o.Relative = .5
	}
	k := 0
	for _, l := range labels {
		k = max(k, int(l)+1)
	}
	if k > len(labels)+mostEmpty {
		return nil, fmt.Errorf("there is a label %d for %d rows: number segments from 0", k-1, len(labels))
	}
	out := &Description{Segments: make([]Profile, k), Features: make([]Separation, len(features))}
	inside := 0
	for _, l := range labels {
		if l >= 0 {
			out.Segments[l].Rows++
			inside++
		}
	}
	for s := range out.Segments {
		out.Segments[s].Share = float64(out.Segments[s].Rows) / float64(max(1, inside))
	}
	for f, feature := range features {
		var err error
		switch {
		case (feature.Numbers == nil) == (feature.Codes == nil):
			err = fmt.Errorf("it has both numbers and categories, or neither")
		case len(feature.Numbers)+len(feature.Codes) != len(labels):
			err = fmt.Errorf("it has %d values for %d rows", len(feature.Numbers)+len(feature.Codes), len(labels))
		case feature.Codes != nil:
			out.categories(f, feature.Codes, labels, o)
		case binary(feature.Numbers):
			out.shares(f, feature.Numbers, labels, o)
		default:
			err = out.numbers(f, feature.Numbers, labels, o)
		}
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", f+1, err)
		}
	}
	out.adjust()
	return out, nil
}

// binary says whether all numbers that are known are 0 or 1, and both occur.
func binary(numbers []float64) bool {
	var seen [2]bool
	for _, v := range numbers {
		switch {
		case v == 0:
			seen[0] = true
		case v == 1:
			seen[1] = true
		case !math.IsNaN(v):
			return false
		}
	}
	return seen[0] && seen[1]
}

// numbers adds the marks of means.
func (d *Description) numbers(f int, numbers []float64, labels []int32, o Options) error {
	var all moments
	segments := make([]moments, len(d.Segments))
	// A first pass for the means, a second for the squares about them.
	positive := true
	for i, v := range numbers {
		if math.IsNaN(v) || labels[i] < 0 {
			continue
		}
		if math.Abs(v) > largest {
			return fmt.Errorf("row %d is %v: leave infinite values out, and scale numbers to below %g", i+1, v, largest)
		}
		positive = positive && v >= 0
		segments[labels[i]].n++
		segments[labels[i]].sum += v
	}
	for s := range segments {
		all.n += segments[s].n
		all.sum += segments[s].sum
	}
	middle := all.mean()
	for i, v := range numbers {
		if !math.IsNaN(v) && labels[i] >= 0 {
			s := &segments[labels[i]]
			e := v - s.mean()
			s.squares += e * e
		}
	}
	for s := range segments {
		e := segments[s].mean() - middle
		all.squares += segments[s].squares + float64(segments[s].n)*e*e
	}
	sd := math.Sqrt(all.sample().Variance)
	groups := make([]infer.Sample, 0, len(segments))
	for s := range segments {
		own := segments[s].sample()
		rest := all.without(&segments[s])
		m := Mark{Feature: f, Level: Overall, N: own.N, Segment: own.Mean, All: middle, Rest: rest.Mean, P: 1}
		if w, err := infer.Welch(own, rest, .95); err == nil {
			m.Effect, m.P = w.D, w.P
		}
		relative := o.Relative
		if !positive {
			relative = math.Inf(1)
		}
		if own.N > 0 && sd > 0 {
			m.Marker = IsMarker(own.Mean, middle, o.Absolute*sd, relative)
		}
		d.Segments[s].Marks = append(d.Segments[s].Marks, m)
		groups = append(groups, own)
	}
	d.Features[f] = Separation{P: 1}
	if v, err := infer.ANOVA(groups); err == nil {
		d.Features[f].Effect, d.Features[f].P = v.Eta2, v.P
	}
	return nil
}

// moments are number, sum and squares about the mean.
type moments struct {
	n            int
	sum, squares float64
}

func (m *moments) mean() float64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / float64(m.n)
}

func (m *moments) sample() infer.Sample {
	s := infer.Sample{N: m.n, Mean: m.mean()}
	if m.n > 1 {
		s.Variance = m.squares / float64(m.n-1)
	}
	return s
}

// without are the moments of the rows that are not in the part.
func (m *moments) without(part *moments) infer.Sample {
	rest := moments{n: m.n - part.n, sum: m.sum - part.sum}
	if rest.n > 0 {
		e, n := part.mean()-rest.mean(), float64(part.n)*float64(rest.n)/float64(m.n)
		rest.squares = max(0, m.squares-part.squares-n*e*e)
	}
	return rest.sample()
}

// shares adds the marks of numbers of 0 and 1.
func (d *Description) shares(f int, numbers []float64, labels []int32, o Options) {
	codes := make([]int32, len(numbers))
	for i, v := range numbers {
		codes[i] = -1
		if !math.IsNaN(v) {
			codes[i] = int32(v)
		}
	}
	levels, table, known := crossed(codes, labels, len(d.Segments))
	d.separation(f, table)
	ones := make([]float64, len(d.Segments))
	if i := slices.Index(levels, 1); i >= 0 {
		ones = table[i]
	}
	d.marks(f, Overall, ones, known, o)
}

// categories adds a mark for each level that occurs.
func (d *Description) categories(f int, codes, labels []int32, o Options) {
	levels, table, known := crossed(codes, labels, len(d.Segments))
	d.separation(f, table)
	for i, level := range levels {
		d.marks(f, int(level), table[i], known, o)
	}
}

// crossed counts the levels that occur by segments, and known rows by segment.
func crossed(codes, labels []int32, k int) (levels []int32, table [][]float64, known []float64) {
	known = make([]float64, k)
	counts := map[int32][]float64{}
	for i, c := range codes {
		if c < 0 || labels[i] < 0 {
			continue
		}
		if counts[c] == nil {
			counts[c] = make([]float64, k)
			levels = append(levels, c)
		}
		counts[c][labels[i]]++
		known[labels[i]]++
	}
	slices.Sort(levels)
	for _, c := range levels {
		table = append(table, counts[c])
	}
	return levels, table, known
}

func (d *Description) separation(f int, table [][]float64) {
	d.Features[f] = Separation{P: 1}
	if a, err := infer.ChiSquare(table); err == nil {
		d.Features[f].Effect, d.Features[f].P = a.V*a.V, a.P
	}
}

// marks adds, for every segment, the share of rows with a level.
func (d *Description) marks(f, level int, counts, known []float64, o Options) {
	var hits, n float64
	for s := range counts {
		hits += counts[s]
		n += known[s]
	}
	for s := range counts {
		own := infer.Count{Hits: int(counts[s]), N: int(known[s])}
		rest := infer.Count{Hits: int(hits - counts[s]), N: int(n - known[s])}
		all := infer.Count{Hits: int(hits), N: int(n)}
		m := Mark{Feature: f, Level: level, Share: true, N: own.N, Segment: own.Share(), All: all.Share(), Rest: rest.Share(), P: 1}
		if own.N > 1 && rest.N > 1 {
			if c, err := infer.CompareProportions(own, rest, .95); err == nil {
				m.Effect, m.P = c.H, c.P
			}
		}
		m.Marker = own.N > 0 && IsMarker(m.Segment, m.All, o.Absolute, o.Relative)
		d.Segments[s].Marks = append(d.Segments[s].Marks, m)
	}
}

// adjust corrects p values over all marks, and over features.
func (d *Description) adjust() {
	var p []float64
	for _, s := range d.Segments {
		for _, m := range s.Marks {
			p = append(p, m.P)
		}
	}
	p = infer.BenjaminiHochberg(p)
	for _, s := range d.Segments {
		for i := range s.Marks {
			s.Marks[i].Adjusted = p[i]
		}
		p = p[len(s.Marks):]
	}
	p = nil
	for _, f := range d.Features {
		p = append(p, f.P)
	}
	for f, adjusted := range infer.BenjaminiHochberg(p) {
		d.Features[f].Adjusted = adjusted
	}
}
