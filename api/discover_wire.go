package api

import (
	"fmt"
	"math"

	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/segment"
)

// DiscoverRequest says where to look for segments. What is left out has defaults.
type DiscoverRequest struct {
	Name           string   `json:"name" minLength:"1" maxLength:"150" doc:"Under which the discovery is kept; one of that name is replaced" example:"spring"`
	Among          string   `json:"among,omitempty" doc:"Whom to divide: an expression or the name of a segment; the default is everyone, or with a preset those it describes"`
	On             []string `json:"on,omitempty" maxItems:"1000" doc:"Features, as terms or conditions of the language; \"PART / WHOLE\" is a share"`
	Without        []string `json:"without,omitempty" maxItems:"1000" doc:"Names of features that are left out"`
	Preset         string   `json:"preset,omitempty" maxLength:"200" doc:"A recipe of features: rfm, value, behaviour, firmographic or survey:NAME; the default without on is rfm" example:"rfm"`
	Event          string   `json:"event,omitempty" maxLength:"200" doc:"Of presets: the event that a purchase is"`
	Value          string   `json:"value,omitempty" maxLength:"200" doc:"Of presets: the property that says what a purchase was worth"`
	Method         string   `json:"method,omitempty" enum:"auto,kmeans,kmedians,spherical,kprototypes,mixture,lca,ward,hdbscan,rfm"`
	K              string   `json:"k,omitempty" maxLength:"20" doc:"How many segments, as 4 or 2..8; the default is 2..8" example:"2..8"`
	Scale          string   `json:"scale,omitempty" enum:"auto,z,robust,none"`
	Transform      string   `json:"transform,omitempty" enum:"auto,log,winsorise,none"`
	Use            []string `json:"use,omitempty" maxItems:"1000" doc:"How single features are used: FEATURE=log, FEATURE=winsorise or FEATURE=none"`
	Missing        string   `json:"missing,omitempty" enum:"auto,median,mean,zero,exclude" doc:"What takes the place of missing values; exclude leaves the profile out; the default is the median"`
	Categories     string   `json:"categories,omitempty" enum:"auto,onehot,native" doc:"onehot: a column for each text; native: as they are, which latent classes and k-prototypes do"`
	Starts         int      `json:"starts,omitempty" minimum:"0" maximum:"1000" doc:"Starts for each k; the default is 10"`
	AsOf           string   `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-09-09"`
	Seed           uint64   `json:"seed,omitempty" doc:"The same data and seed give the same segments"`
	AllowSensitive bool     `json:"allow_sensitive,omitempty" doc:"Take features that may tell of health, religion, origin and the like"`
}

// Discovery is what was found.
type Discovery struct {
	Name        string         `json:"name"`
	Created     string         `json:"created" doc:"RFC 3339"`
	AsOf        string         `json:"as_of" doc:"RFC 3339"`
	Subject     string         `json:"subject"`
	Among       string         `json:"among" doc:"Whom was divided, as an expression"`
	Method      string         `json:"method"`
	Why         string         `json:"why,omitempty" say:"text" doc:"Why this method, where it was chosen"`
	Tried       []Trial        `json:"tried" doc:"The methods that were considered, where it was chosen, the simplest first"`
	Features    []string       `json:"features" say:"note" doc:"What the segments are found in"`
	Preparation []Feature      `json:"preparation" doc:"How each feature is used"`
	Refused     []Refused      `json:"refused" doc:"What was not taken as a feature, and why"`
	Scale       string         `json:"scale"`
	N           int            `json:"n" doc:"Profiles"`
	Distinct    int            `json:"distinct" doc:"Different ones"`
	Seed        uint64         `json:"seed"`
	Starts      int            `json:"starts"`
	Hash        string         `json:"hash" doc:"Of the data that was looked at"`
	Notes       []string       `json:"notes" say:"text"`
	Solutions   []Solution     `json:"solutions"`
	Recommended Recommendation `json:"recommended"`
	Picture     *Picture       `json:"picture,omitempty"`
	Cuts        [][]float64    `json:"cuts" doc:"Cut points of recency, in days, and of frequency, of the grid; else empty"`
	Typing      []Typing       `json:"typing" doc:"The typing tools that were made of it, by number of segments"`
	Seconds     float64        `json:"seconds"`
}

// Trial is how a method did that was considered, on a sample of the profiles.
type Trial struct {
	Method     string  `json:"method"`
	K          int     `json:"k" doc:"Number of segments for which it did best; 0 if it was not tried"`
	Stability  float64 `json:"stability" doc:"Whether they come back: mean adjusted Rand index of pairs of samples that have four fifths of the profiles each"`
	Separation float64 `json:"separation" doc:"How much more they are apart than segments of data without structure: silhouette or, where there are groups by density, density-based validity; below 0 if borders run through dense places"`
	Verdict    string  `json:"verdict" enum:"natural,reproducible,constructive" doc:"Of the sample; that of all profiles is under recommended"`
	Chosen     bool    `json:"chosen"`
	Left       string  `json:"left,omitempty" say:"text" doc:"Why it was not tried or has no figures"`
}

// Feature is one feature and how its values are used.
type Feature struct {
	Name    string   `json:"name" say:"note"`
	Text    string   `json:"text" doc:"The term or condition"`
	Of      string   `json:"of,omitempty" doc:"Of a share, the whole"`
	Kind    string   `json:"kind" enum:"number,days,flag,share,category"`
	Missing float64  `json:"missing" doc:"Share of profiles without a value"`
	Fill    float64  `json:"fill" doc:"What takes the place of a missing value"`
	Log     bool     `json:"log,omitempty" doc:"The logarithm is taken"`
	Low     *float64 `json:"low,omitempty" doc:"Lower values count as this"`
	High    *float64 `json:"high,omitempty" doc:"Higher values count as this"`
	Center  float64  `json:"center" doc:"Is taken off"`
	Scale   float64  `json:"scale" doc:"The rest is divided by it"`
	Levels  []string `json:"levels,omitempty" doc:"Of a category"`
}

// Refused is something that is no feature, and why.
type Refused struct {
	Name   string `json:"name" say:"note"`
	Reason string `json:"reason" say:"text"`
}

// Solution is one division into segments, the largest first.
type Solution struct {
	K                   int            `json:"k"`
	Sizes               []int64        `json:"sizes"`
	Outside             int64          `json:"outside,omitempty" doc:"Profiles in no segment"`
	WithinSS            float64        `json:"within_ss" doc:"Sum of squared distances to the centres, of values as used"`
	Silhouette          float64        `json:"silhouette"`
	SilhouetteExact     bool           `json:"silhouette_exact" doc:"From all pairs; else simplified, from distances to centres"`
	SilhouetteBySegment []float64      `json:"silhouette_by_segment"`
	Chance              float64        `json:"chance" doc:"The highest silhouette that data without structure gave"`
	DensityValidity     *float64       `json:"density_validity,omitempty" doc:"Of hdbscan: how well groups are set apart by places of low density, from −1 to 1"`
	DensityChance       *float64       `json:"density_chance,omitempty" doc:"The highest that groups by density of data without structure had"`
	CalinskiHarabasz    float64        `json:"calinski_harabasz"`
	DaviesBouldin       float64        `json:"davies_bouldin"`
	Gap                 float64        `json:"gap"`
	GapError            float64        `json:"gap_error"`
	LogLikelihood       *float64       `json:"log_likelihood" nullable:"true" doc:"null of methods without one"`
	BIC                 *float64       `json:"bic" nullable:"true" doc:"null of methods without a likelihood; less is better"`
	AIC                 *float64       `json:"aic,omitempty"`
	Entropy             *float64       `json:"entropy,omitempty" doc:"1 if every profile clearly belongs to one segment"`
	Stability           Stability      `json:"stability"`
	Segments            []FoundSegment `json:"segments"`
	Separators          []Separator    `json:"separators" doc:"By feature"`
	From                [][]int64      `json:"from" doc:"By segment of the solution with one fewer, and then by segment: profiles that are in both; empty of the first solution, and of discoveries that were made before it was kept"`
	Grid                []GridCell     `json:"grid" doc:"Of recency, frequency and monetary value: the grid of the first two; else empty"`
}

// GridCell is one cell of the grid of recency by frequency.
type GridCell struct {
	Recency   int     `json:"recency" doc:"Score; the highest is the most recent"`
	Frequency int     `json:"frequency" doc:"Score"`
	Members   int64   `json:"members"`
	Monetary  float64 `json:"monetary" doc:"Mean value; of viewers 0 in cells with fewer members than the small-cell size"`
	Segment   int     `json:"segment" doc:"Number of the segment that most of them are in; 0 is none"`
}

// Stability says whether a solution comes back, from 0 to 1.
type Stability struct {
	Global    float64   `json:"global" doc:"Mean adjusted Rand index of pairs of bootstrap samples"`
	Median    float64   `json:"median"`
	Spread    []float64 `json:"spread" doc:"The least, the lower quartile, the median, the upper quartile and the greatest of the pairs; empty of discoveries that were made before it was kept"`
	SplitHalf float64   `json:"split_half" doc:"The same of halves of the profiles"`
	TimeShift *float64  `json:"time_shift,omitempty" doc:"Adjusted Rand index with the same recipe a quarter earlier; absent where features do not change with time"`
	Within    []float64 `json:"within" doc:"By segment: mean Jaccard index with the nearest segment of other samples"`
	// WithinSpread is by segment.
	WithinSpread [][]float64 `json:"within_spread" doc:"By segment: the five numbers of within, as in spread"`
	Across       []float64   `json:"across" doc:"By segment: how much of it was one segment in the solution with one fewer"`
	// Shift is by segment, empty where TimeShift is absent.
	Shift []float64 `json:"shift" doc:"By segment: Jaccard index with the nearest segment of the same recipe a quarter earlier; empty where that was not measured"`
	Pairs int       `json:"pairs"`
	Rows  int       `json:"rows" doc:"Profiles, or different ones, that it was measured on"`
}

// FoundSegment is one segment that was found.
type FoundSegment struct {
	Name    string       `json:"name" say:"name" doc:"Of what marks it"`
	Size    int64        `json:"size"`
	Share   float64      `json:"share"`
	Profile []Measure    `json:"profile"`
	Nearest *int         `json:"nearest,omitempty" doc:"Number of the segment whose centre is nearest"`
	Typical []string     `json:"typical" doc:"Keys of members nearest to the centre"`
	Rule    *Rule        `json:"rule,omitempty"`
	Hull    [][2]float64 `json:"hull,omitempty" doc:"Outline of the middle half of its members in the picture"`
	Outline [][2]float64 `json:"outline,omitempty" doc:"Outline of all its members in the picture"`
	Center  [2]float64   `json:"center" doc:"Its centre in the picture"`
	// Similarity is the histogram of a gorge plot.
	Similarity []float64 `json:"similarity" doc:"Shares of all profiles by how similar they are to this segment as against all, in equal bins from 0 to 1; empty of discoveries that were made before it was kept"`
}

// Separator says how much of a feature's variance lies between the segments.
type Separator struct {
	Feature string  `json:"feature" say:"note"`
	Effect  float64 `json:"effect" doc:"Eta squared, of categories the square of Cramér's V"`
	Q       float64 `json:"q" doc:"p value adjusted for the number of features"`
}

// Measure compares a segment's members with everybody else in one feature.
type Measure struct {
	Feature string  `json:"feature" say:"note"`
	Level   string  `json:"level,omitempty" doc:"Of a category"`
	Kind    string  `json:"kind"`
	Mean    float64 `json:"mean" doc:"Mean, or share, of the members"`
	All     float64 `json:"all" doc:"Of all profiles"`
	Others  float64 `json:"others" doc:"Of everybody else"`
	Effect  float64 `json:"effect" doc:"Cohen's d, of shares h"`
	Q       float64 `json:"q" doc:"p value adjusted for the number of comparisons"`
	Mark    bool    `json:"mark" doc:"It tells the segment from others"`
}

// Rule describes a segment in the language.
type Rule struct {
	Expression string  `json:"expression"`
	Holds      int64   `json:"holds" doc:"For how many profiles"`
	Precision  float64 `json:"precision" doc:"Share of these that are in the segment"`
	Recall     float64 `json:"recall" doc:"Share of the segment that it holds for"`
	Joins      int64   `json:"joins" doc:"Profiles that would join if the rule took the segment's place"`
	Leaves     int64   `json:"leaves"`
}

// Recommendation is the number of segments that the evidence speaks for.
type Recommendation struct {
	K       int    `json:"k"`
	Verdict string `json:"verdict" enum:"natural,reproducible,constructive"`
	Reason  string `json:"reason" say:"text"`
}

// Picture is profiles on the two directions in which they differ most.
type Picture struct {
	Shares [2]float64         `json:"shares" doc:"Of the variance"`
	Points [][2]float64       `json:"points"`
	Labels map[string][]int32 `json:"labels" doc:"Segments of the points, from 0, by number of segments; −1 is none"`
	Axes   []Axis             `json:"axes" doc:"What the directions are made of"`
}

// Axis is how much one feature counts in the two directions of a picture.
type Axis struct {
	Feature string     `json:"feature" say:"note"`
	Level   string     `json:"level,omitempty" doc:"Of a category"`
	Weight  [2]float64 `json:"weight"`
}

// DiscoverySummary is a discovery in a list.
type DiscoverySummary struct {
	Name        string         `json:"name"`
	Created     string         `json:"created" doc:"RFC 3339"`
	AsOf        string         `json:"as_of" doc:"RFC 3339"`
	Method      string         `json:"method"`
	Features    []string       `json:"features" say:"note"`
	N           int            `json:"n"`
	Recommended Recommendation `json:"recommended"`
}

// DiscoveryList is all discoveries, by name.
type DiscoveryList struct {
	Discoveries []DiscoverySummary `json:"discoveries"`
}

// AcceptRequest says which segments to make of a discovery.
type AcceptRequest struct {
	K        int      `json:"k,omitempty" minimum:"0" doc:"Of which solution; the default is the recommended one"`
	By       string   `json:"by" enum:"rule,model,typing" doc:"rule: segments that can be read and edited; model: exactly those that were found, newcomers assigned on refresh; typing: that, and who was not in the discovery assigned by its kept typing tool, with the probabilities as traits typing.NAME.*"`
	Segments []int    `json:"segments,omitempty" doc:"Numbers from 1, the largest first; the default is all"`
	Names    []string `json:"names,omitempty" doc:"Of the segments, in order"`
	Owner    string   `json:"owner,omitempty" maxLength:"200"`
	Author   string   `json:"author,omitempty" maxLength:"200"`
}

// Accepted is the segments that were made.
type Accepted struct {
	Segments []Segment `json:"segments"`
}

func featureNames(d *discover.Discovery) []string {
	out := []string{}
	for _, f := range d.Features {
		out = append(out, f.Name)
	}
	return out
}

func discoveryOf(d *discover.Discovery, c *segment.Calendar) *Discovery {
	out := &Discovery{
		Name: d.Name, Created: stamp(d.Created, c), AsOf: instant(d.AsOf, c), Subject: d.Subject.String(), Among: d.Among,
		Method: string(d.Method), Why: d.Why, Features: featureNames(d), Preparation: []Feature{}, Refused: []Refused{}, Tried: []Trial{},
		Scale: d.Scale, N: d.N, Distinct: d.Distinct, Seed: d.Seed, Starts: d.Starts, Hash: d.Hash, Notes: some(d.Notes),
		Recommended: recommendationOf(d), Cuts: some(d.Cuts), Typing: []Typing{}, Seconds: d.Seconds,
	}
	for _, t := range d.Tools {
		out.Typing = append(out.Typing, *typingOf(t, c))
	}
	for _, f := range d.Features {
		out.Preparation = append(out.Preparation, featureOf(f))
	}
	for _, t := range d.Tried {
		out.Tried = append(out.Tried, Trial{string(t.Method), t.K, t.Stability, t.Separation, string(t.Verdict), t.Chosen, t.Left})
	}
	for _, r := range d.Refused {
		out.Refused = append(out.Refused, Refused(r))
	}
	for _, s := range d.Solutions {
		out.Solutions = append(out.Solutions, solutionOf(s))
	}
	if len(d.Picture.Points) > 0 {
		out.Picture = &Picture{Shares: d.Picture.Shares, Points: d.Picture.Points, Labels: map[string][]int32{}, Axes: []Axis{}}
		for _, a := range d.Picture.Axes {
			out.Picture.Axes = append(out.Picture.Axes, Axis(a))
		}
		for k, labels := range d.Picture.Labels {
			out.Picture.Labels[fmt.Sprint(k)] = labels
		}
	}
	return out
}

func featureOf(f discover.Feature) Feature {
	return Feature{
		Name: f.Name, Text: f.Text, Of: f.Of, Kind: string(f.Kind), Missing: f.Missing, Fill: f.Fill, Log: f.Log,
		Low: bound(f.Low), High: bound(f.High), Center: f.Center, Scale: f.Scale, Levels: f.Levels,
	}
}

func recommendationOf(d *discover.Discovery) Recommendation {
	return Recommendation{K: d.Recommended.K, Verdict: string(d.Recommended.Verdict), Reason: d.Recommended.Reason}
}

// bound leaves out one that nothing reaches.
func bound(v float64) *float64 {
	if math.Abs(v) == math.MaxFloat64 {
		return nil
	}
	return &v
}

func solutionOf(s *discover.Solution) Solution {
	out := Solution{
		K: s.K, Sizes: s.Sizes, Outside: s.Outside, WithinSS: s.WithinSS, Silhouette: s.Silhouette, SilhouetteExact: s.SilhouetteExact,
		SilhouetteBySegment: some(s.SilhouetteBySegment), Chance: s.Chance, CalinskiHarabasz: s.CalinskiHarabasz, DaviesBouldin: s.DaviesBouldin,
		Gap: s.Gap, GapError: s.GapError, Segments: []FoundSegment{}, From: some(s.From), Grid: []GridCell{},
		Stability: Stability{
			Global: s.Stability.Global, Median: s.Stability.Median, SplitHalf: s.Stability.SplitHalf, TimeShift: s.Stability.TimeShift,
			Spread: some(s.Stability.Spread), Within: []float64{}, WithinSpread: [][]float64{}, Across: []float64{}, Shift: []float64{}, Pairs: s.Stability.Pairs, Rows: s.Stability.Rows,
		},
	}
	if x := s.Density; x != nil {
		out.DensityValidity, out.DensityChance = &x.Validity, &x.Chance
	}
	if f := s.Fitness; f != nil {
		out.LogLikelihood, out.BIC, out.AIC, out.Entropy = &f.LogLikelihood, &f.BIC, &f.AIC, &f.Entropy
	}
	for _, x := range s.Stability.Segments {
		out.Stability.Within = append(out.Stability.Within, x.Within)
		out.Stability.Across = append(out.Stability.Across, x.Across)
		if x.Spread != nil {
			out.Stability.WithinSpread = append(out.Stability.WithinSpread, x.Spread)
		}
		if x.TimeShift != nil {
			out.Stability.Shift = append(out.Stability.Shift, *x.TimeShift)
		}
	}
	for _, c := range s.Grid {
		out.Grid = append(out.Grid, GridCell{c.Recency, c.Frequency, c.Members, c.Monetary, c.Segment + 1})
	}
	all := s.Outside
	for _, n := range s.Sizes {
		all += n
	}
	out.Separators = []Separator{}
	for _, x := range s.Separators {
		out.Separators = append(out.Separators, Separator(x))
	}
	for i, x := range s.Segments {
		f := FoundSegment{Name: x.Name, Size: s.Sizes[i], Share: float64(s.Sizes[i]) / float64(max(all, 1)), Profile: []Measure{}, Typical: some(x.Typical), Hull: x.Hull, Outline: x.Outline, Center: x.Center, Similarity: some(x.Similarity)}
		for _, m := range x.Profile {
			f.Profile = append(f.Profile, Measure{m.Feature, m.Level, string(m.Kind), m.Mean, m.All, m.Others, m.Effect, m.Q, m.Mark})
		}
		if x.Nearest >= 0 {
			n := x.Nearest + 1
			f.Nearest = &n
		}
		if x.Rule != nil {
			r := Rule(*x.Rule)
			f.Rule = &r
		}
		out.Segments = append(out.Segments, f)
	}
	return out
}
