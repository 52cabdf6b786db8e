package api

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/prove"
	"github.com/kreds/kreds/segment"
)

// ProveRequest says what to prove: segments, or a discovery. What is left out has
// defaults.
type ProveRequest struct {
	Name       string      `json:"name,omitempty" maxLength:"200" doc:"Under which the proof is kept; one of that name is replaced. The default is the name of the discovery or of the segments"`
	Segments   []string    `json:"segments,omitempty" maxItems:"50" doc:"Names or expressions"`
	Discovery  string      `json:"discovery,omitempty" maxLength:"200" doc:"Name of a discovery, whose segments are assigned anew at each date"`
	K          int         `json:"k,omitempty" minimum:"0" doc:"Of which solution of the discovery; the default is the recommended one"`
	Outcome    string      `json:"outcome,omitempty" doc:"What members are to differ in afterwards: a measure or a condition, without a window; the default is the worth of purchases" example:"sum(amount) of purchase"`
	Horizon    string      `json:"horizon,omitempty" maxLength:"40" doc:"How long after each date the outcome is measured; the default is 90 days" example:"90 days"`
	From       string      `json:"from,omitempty" doc:"The first date; the default is a year before to, of a discovery when it was found" example:"2011-03-01"`
	To         string      `json:"to,omitempty" doc:"The last date; the default is as_of"`
	Every      string      `json:"every,omitempty" maxLength:"40" doc:"Step between dates; the default is 1 month" example:"1 month"`
	AsOf       string      `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day: nothing later is looked at; the default is the end of the data"`
	Timeless   []string    `json:"timeless,omitempty" doc:"Traits without dates that do not change with time, for this proof"`
	Thresholds *Thresholds `json:"thresholds,omitempty"`
	Seed       uint64      `json:"seed,omitempty" doc:"Of samples that are drawn; the same data and seed give the same intervals"`
}

// Thresholds are what the scorecard asks for. A figure is good from the threshold on,
// and fair from half of it on.
type Thresholds struct {
	Measurable float64 `json:"measurable,omitempty" minimum:"0" maximum:"1" doc:"Share of the population for whom the values that the definition compares are known; default 0.8"`
	Members    int64   `json:"members,omitempty" minimum:"0" doc:"Default 100"`
	Reachable  float64 `json:"reachable,omitempty" minimum:"0" maximum:"1" doc:"Share of members reachable by the best channel; default 0.5"`
	Effect     float64 `json:"effect,omitempty" minimum:"0" doc:"Size of the effect on the outcome, Cohen's d or h; default 0.2"`
	Stable     float64 `json:"stable,omitempty" minimum:"0" maximum:"1" doc:"Share of members who still are members a step later; default 0.7"`
}

// Proof says whether segments are real and useful.
type Proof struct {
	Name       string         `json:"name"`
	Created    string         `json:"created" doc:"RFC 3339"`
	Subject    string         `json:"subject"`
	Outcome    string         `json:"outcome" doc:"In printed form"`
	Rate       bool           `json:"rate" doc:"The outcome is a condition: figures are shares, else means"`
	Revenue    string         `json:"revenue,omitempty" doc:"What shares of revenue are of, in the year before a date"`
	Horizon    string         `json:"horizon"`
	Every      string         `json:"every"`
	AsOf       string         `json:"as_of" doc:"RFC 3339; nothing later was looked at"`
	DataEnds   string         `json:"data_ends,omitempty" doc:"RFC 3339; the end of the last day with an event that the outcome reads"`
	Dates      []string       `json:"dates" doc:"RFC 3339, ascending"`
	Discovery  string         `json:"discovery,omitempty" doc:"Whose segments these are; absent of segments, and of proofs that were made before it was kept"`
	K          int            `json:"k,omitempty" doc:"Of which solution of the discovery"`
	Segments   []SegmentProof `json:"segments"`
	Set        *SetProof      `json:"set,omitempty" doc:"Of two segments or more: what they explain together"`
	Thresholds Thresholds     `json:"thresholds"`
	Timeless   []string       `json:"timeless" doc:"Traits without dates that were taken to be timeless"`
	Notes      []string       `json:"notes" say:"text"`
	Seconds    float64        `json:"seconds"`
}

// SegmentProof is the proof of one segment.
type SegmentProof struct {
	Name       string      `json:"name" say:"found"`
	Found      bool        `json:"found,omitempty" doc:"It is of a discovery, and the name is what marks it"`
	Expression string      `json:"expression,omitempty"`
	Points     []Point     `json:"points" doc:"By date"`
	Summary    Summary     `json:"summary"`
	Retention  []Retention `json:"retention" doc:"How many members stay, by the number of dates gone by"`
	Scorecard  []Criterion `json:"scorecard"`
	Feedback   []Feedback  `json:"feedback" doc:"What people said, newest first"`
}

// Point is a segment at one date.
type Point struct {
	AsOf         string             `json:"as_of" doc:"RFC 3339"`
	Population   int64              `json:"population"`
	Members      int64              `json:"members"`
	Joined       *int64             `json:"joined,omitempty" doc:"Since the date before"`
	Left         *int64             `json:"left,omitempty" doc:"Since the date before"`
	Stayed       *float64           `json:"stayed,omitempty" doc:"Share of the members of the date before who still are members"`
	Share        float64            `json:"share" doc:"Of the population"`
	RevenueShare *float64           `json:"revenue_share,omitempty" doc:"Of the revenue of the year before the date"`
	Outcome      *OutcomeComparison `json:"outcome,omitempty"`
	Why          string             `json:"why,omitempty" say:"text" doc:"Why there is no outcome"`
}

// OutcomeComparison is the outcome of members against everybody else in the horizon after a
// date.
type OutcomeComparison struct {
	Until      string  `json:"until" doc:"RFC 3339; the end of the horizon"`
	Members    Figure  `json:"members"`
	Others     Figure  `json:"others"`
	Difference Figure  `json:"difference"`
	Lift       *Figure `json:"lift,omitempty" doc:"The members' figure divided by the others'; absent where theirs is not above 0"`
	Effect     float64 `json:"effect" doc:"Cohen's d, of shares h"`
	P          float64 `json:"p" doc:"Of Welch's t test, of shares of the z test"`
	Q          float64 `json:"q" doc:"p adjusted for the number of comparisons"`
}

// Figure is a value with its 95 % confidence interval.
type Figure struct {
	N     int64   `json:"n" doc:"Profiles"`
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Summary is what the dates together say.
type Summary struct {
	Standing      string   `json:"standing" enum:"confirmed,mixed,none" doc:"confirmed: the difference is clear, and in the same direction, at four of five dates; none: at no date"`
	Text          string   `json:"text" say:"text"`
	Dates         int      `json:"dates" doc:"Dates with an outcome"`
	Clear         int      `json:"clear" doc:"Of them those at which the interval of the difference leaves out 0"`
	Higher        int      `json:"higher" doc:"Of the clear ones those at which members' outcome is the higher one"`
	Effect        float64  `json:"effect" doc:"Mean over the dates"`
	Lift          *float64 `json:"lift,omitempty" doc:"Mean over the dates"`
	Size          float64  `json:"size" doc:"Mean number of members"`
	SizeDeviation float64  `json:"size_deviation" doc:"Its standard deviation over the dates"`
}

// Retention is how many of a date's members are members so many dates later.
type Retention struct {
	Later int     `json:"later" doc:"Dates later"`
	Share float64 `json:"share"`
	Of    int64   `json:"of" doc:"Members looked at, each date's counting"`
}

// Criterion is one line of a scorecard.
type Criterion struct {
	Name      string   `json:"name" enum:"measurable,substantial,reachable,differentiable,stable,actionable"`
	Value     *float64 `json:"value,omitempty" doc:"Absent where there is no data"`
	Threshold float64  `json:"threshold"`
	Verdict   string   `json:"verdict" enum:"good,fair,poor,unknown"`
	Text      string   `json:"text" say:"text" doc:"What the value is"`
	Parts     []Part   `json:"parts" doc:"What it is made of: channels, shares, or what is there (1) and what is not (0)"`
}

// Part is a figure of a criterion.
type Part struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// SetProof is how much of the outcome a set of segments explains.
type SetProof struct {
	Groups       int       `json:"groups" doc:"Combinations of membership that occur"`
	Explained    Explained `json:"explained"`
	Rivals       []Rival   `json:"rivals" doc:"Simpler ways to divide, best first; of traits only the best"`
	AsWell       bool      `json:"as_well" doc:"Whether a simpler one does as well"`
	Text         string    `json:"text" say:"text"`
	OverlapShare float64   `json:"overlap_share" doc:"Of the population in more than one segment"`
	NoneShare    float64   `json:"none_share" doc:"Of the population in no segment"`
}

// Explained is a share of the outcome's variance, R².
type Explained struct {
	Fitted float64  `json:"fitted" doc:"Of the profiles that the means were taken from"`
	Out    float64  `json:"out" doc:"Out of sample, by cross-validation; can be below 0"`
	Next   *float64 `json:"next,omitempty" doc:"With the means of an earlier period"`
}

// Rival is a simpler way to divide.
type Rival struct {
	Name      string    `json:"name" say:"word"`
	Groups    int       `json:"groups"`
	Explained Explained `json:"explained"`
	Ahead     Figure    `json:"ahead" doc:"By how much of the variance, out of sample, the segments explain more"`
}

// ProofSummary is a proof in a list.
type ProofSummary struct {
	Name     string         `json:"name"`
	Created  string         `json:"created" doc:"RFC 3339"`
	AsOf     string         `json:"as_of" doc:"RFC 3339"`
	Outcome  string         `json:"outcome"`
	Horizon  string         `json:"horizon"`
	Dates    int            `json:"dates"`
	Segments []ProofOutcome `json:"segments"`
}

// ProofOutcome is what a proof says of a segment, in short.
type ProofOutcome struct {
	Name     string   `json:"name" say:"found"`
	Found    bool     `json:"found,omitempty" doc:"It is of a discovery, and the name is what marks it"`
	Standing string   `json:"standing" enum:"confirmed,mixed,none"`
	Lift     *float64 `json:"lift,omitempty"`
}

// ProofList is all kept proofs, by name.
type ProofList struct {
	Proofs []ProofSummary `json:"proofs"`
}

// FeedbackRequest is what somebody says of a segment.
type FeedbackRequest struct {
	Verdict   string `json:"verdict" enum:"good,fair,poor"`
	Criterion string `json:"criterion,omitempty" maxLength:"40" doc:"Of the scorecard; without one the segment as a whole"`
	Note      string `json:"note,omitempty" maxLength:"2000"`
	Author    string `json:"author,omitempty" maxLength:"200"`
}

// Feedback is what somebody said of a segment.
type Feedback struct {
	ID        int64  `json:"id"`
	Verdict   string `json:"verdict" enum:"good,fair,poor"`
	Criterion string `json:"criterion,omitempty"`
	Note      string `json:"note,omitempty"`
	Author    string `json:"author,omitempty"`
	Given     string `json:"given" doc:"RFC 3339"`
}

// FeedbackList is what was said of a segment, newest first.
type FeedbackList struct {
	Segment  string     `json:"segment"`
	Feedback []Feedback `json:"feedback"`
}

// TimelessRequest declares that a trait without dates does not change with time.
type TimelessRequest struct {
	Timeless bool `json:"timeless"`
}

func feedbackOf(all []kreds.Feedback, c *segment.Calendar) []Feedback {
	out := []Feedback{}
	for _, f := range all {
		out = append(out, Feedback{f.ID, string(f.Verdict), f.Criterion, f.Note, f.Author, stamp(f.Given, c)})
	}
	return out
}

func figureOf(f *prove.Figure) *Figure {
	if f == nil {
		return nil
	}
	out := Figure(*f)
	return &out
}

func explainedOf(e prove.Explained) Explained { return Explained(e) }

func proofOf(p *prove.Proof, c *segment.Calendar) *Proof {
	out := &Proof{
		Name: p.Name, Created: stamp(p.Created, c), Subject: p.Subject.String(), Outcome: p.Outcome, Rate: p.Rate, Revenue: p.Revenue,
		Horizon: p.Horizon, Every: p.Every, AsOf: instant(p.AsOf, c), Dates: []string{}, Discovery: p.Discovery, K: p.K, Segments: []SegmentProof{},
		Thresholds: Thresholds(p.Thresholds), Timeless: some(p.Timeless), Notes: some(p.Notes), Seconds: p.Seconds,
	}
	if p.DataEnds != 0 {
		out.DataEnds = instant(p.DataEnds, c)
	}
	for _, d := range p.Dates {
		out.Dates = append(out.Dates, instant(d, c))
	}
	for _, s := range p.Segments {
		out.Segments = append(out.Segments, segmentProofOf(s, c))
	}
	if s := p.Set; s != nil {
		out.Set = &SetProof{
			Groups: s.Groups, Explained: explainedOf(s.Explained), Rivals: []Rival{}, AsWell: s.AsWell, Text: s.Text,
			OverlapShare: s.OverlapShare, NoneShare: s.NoneShare,
		}
		for _, r := range s.Rivals {
			out.Set.Rivals = append(out.Set.Rivals, Rival{r.Name, r.Groups, explainedOf(r.Explained), Figure(r.Ahead)})
		}
	}
	return out
}

func segmentProofOf(s *prove.SegmentProof, c *segment.Calendar) SegmentProof {
	out := SegmentProof{
		Name: s.Name, Found: s.Found, Expression: s.Expression, Points: []Point{}, Retention: []Retention{}, Scorecard: []Criterion{}, Feedback: feedbackOf(s.Feedback, c),
		Summary: Summary{
			Standing: string(s.Summary.Standing), Text: s.Summary.Text, Dates: s.Summary.Dates, Clear: s.Summary.Clear, Higher: s.Summary.Higher,
			Effect: s.Summary.Effect, Lift: s.Summary.Lift, Size: s.Summary.Size, SizeDeviation: s.Summary.SizeDeviation,
		},
	}
	for _, p := range s.Points {
		x := Point{
			AsOf: instant(p.AsOf, c), Population: p.Population, Members: p.Members, Joined: p.Joined, Left: p.Left, Stayed: p.Stayed,
			Share: p.Share, RevenueShare: p.RevenueShare, Why: p.Why,
		}
		if o := p.Outcome; o != nil {
			x.Outcome = &OutcomeComparison{
				Until: instant(o.Until, c), Members: Figure(o.Members), Others: Figure(o.Others), Difference: Figure(o.Difference),
				Lift: figureOf(o.Lift), Effect: o.Effect, P: o.P, Q: o.Q,
			}
		}
		out.Points = append(out.Points, x)
	}
	for _, r := range s.Retention {
		out.Retention = append(out.Retention, Retention(r))
	}
	for _, k := range s.Scorecard {
		x := Criterion{k.Name, k.Value, k.Threshold, string(k.Verdict), k.Text, []Part{}}
		for _, p := range k.Parts {
			x.Parts = append(x.Parts, Part(p))
		}
		out.Scorecard = append(out.Scorecard, x)
	}
	return out
}

func proofSummaryOf(p *prove.Proof, c *segment.Calendar) ProofSummary {
	out := ProofSummary{
		Name: p.Name, Created: stamp(p.Created, c), AsOf: instant(p.AsOf, c), Outcome: p.Outcome, Horizon: p.Horizon,
		Dates: len(p.Dates), Segments: []ProofOutcome{},
	}
	for _, s := range p.Segments {
		out.Segments = append(out.Segments, ProofOutcome{s.Name, s.Found, string(s.Summary.Standing), s.Summary.Lift})
	}
	return out
}

// ChangeRequest asks why a segment's size changed.
type ChangeRequest struct {
	From string `json:"from" minLength:"1" doc:"RFC 3339, or a date, which means the end of that day" example:"2011-09-30"`
	To   string `json:"to,omitempty" doc:"As from; the default is now" example:"2011-10-31"`
}

// Change is why a segment's size changed: after = before + joined − left, and the causes
// add up to joined and left.
type Change struct {
	Segment   string    `json:"segment"`
	From      string    `json:"from" doc:"RFC 3339"`
	To        string    `json:"to" doc:"RFC 3339"`
	Before    int64     `json:"before"`
	After     int64     `json:"after"`
	Joined    int64     `json:"joined"`
	Left      int64     `json:"left"`
	Newcomers int64     `json:"newcomers" doc:"Of those who joined: they were no customers yet at from"`
	Causes    []Cause   `json:"causes"`
	Stopped   []Stopped `json:"stopped" doc:"Event types that the segment reads, that had a steady rate and of which nothing came any more"`
	Versions  []Version `json:"versions" doc:"The definitions in force at from and at to; none where members are on record"`
	Notes     []string  `json:"notes" say:"text"`
}

// Cause is one reason and how many joined and left by it; everybody has one.
type Cause struct {
	Name   string `json:"name" enum:"late,windows,source,behaviour,rule,recorded"`
	Joined int64  `json:"joined"`
	Left   int64  `json:"left"`
	Text   string `json:"text" say:"text"`
}

// Stopped is a source of events that broke off.
type Stopped struct {
	Event  string `json:"event"`
	Last   string `json:"last" doc:"RFC 3339"`
	Before int64  `json:"before" doc:"Occurrences in the poorest of the four stretches, as long as the silence, before it"`
}

func changeOf(x *prove.Change, c *segment.Calendar) *Change {
	out := &Change{
		Segment: x.Segment, From: instant(x.From, c), To: instant(x.To, c), Before: x.Before, After: x.After, Joined: x.Joined, Left: x.Left,
		Newcomers: x.Newcomers, Causes: []Cause{}, Stopped: []Stopped{}, Versions: []Version{}, Notes: some(x.Notes),
	}
	for _, k := range x.Causes {
		out.Causes = append(out.Causes, Cause{string(k.Name), k.Joined, k.Left, k.Text})
	}
	for _, s := range x.Stopped {
		out.Stopped = append(out.Stopped, Stopped{s.Event, instant(s.Last, c), s.Before})
	}
	for _, v := range x.Rules {
		if v.Number > 0 {
			out.Versions = append(out.Versions, versionOf(v, c))
		}
	}
	return out
}
