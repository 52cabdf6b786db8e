// Package prove says whether segments are real and useful: it replays them at past
// dates, measures what their members did afterwards against everybody else, scores
// them, and explains why their size changed. It evaluates through audience and leaves
// the statistics to stats.
package prove

import (
	"context"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/state"
)

// Prover proves the segments of one workspace.
type Prover struct {
	audience *audience.Audience
	state    *state.Store
	clock    kreds.Clock
}

// New returns a prover over an audience and the state that the audience is over.
func New(a *audience.Audience, s *state.Store, clock kreds.Clock) *Prover {
	return &Prover{a, s, clock}
}

// Request says what to prove. Segments are names, or expressions; or Division is a set
// that somebody else knows the members of. Empty fields have defaults.
type Request struct {
	Segments []string
	Division *Division
	// Outcome is what members are to differ in afterwards: a measure of events or a
	// number ("sum(amount) of purchase"), or a condition ("did purchase"), without a
	// window of its own: the horizon is its window. The default is the worth of
	// purchases.
	Outcome string
	Horizon string // "90 days"; the default
	// From and To are the first and the last date at which the segments are looked at;
	// the default is the year before To, and To is as AsOf. Every is the step between.
	From, To kreds.Instant
	Every    string // "month"; the default
	// AsOf is the instant whose knowledge is used: nothing that happened at or after it
	// is seen, so horizons end before it. The default, 0, is the end of the data.
	AsOf       kreds.Instant
	Timeless   []string // traits without dates that do not change with time
	Thresholds Thresholds
	Seed       uint64
}

// Division is a set of segments whose members are found by Members for each date.
// Columns are the terms and conditions that they follow from, Among whom they divide,
// and Found is when they were found: dates from then on are news to them.
type Division struct {
	Name        string // of the discovery
	Subject     kreds.Subject
	Names       []string
	Expressions []string // in words or as rules, for people; as long as Names
	Among       string
	Columns     []string
	Found       kreds.Instant
	Members     func(ctx context.Context, asOf kreds.Instant) ([]*roaring.Bitmap, error)
}

// Proof is what was found out.
type Proof struct {
	Name     string
	Created  time.Time
	Subject  kreds.Subject
	Outcome  string // in canonical form
	Rate     bool   // the outcome is a condition: its figures are shares
	Revenue  string // what shares of revenue are of; "" if there is none
	Horizon  string
	Every    string
	AsOf     kreds.Instant
	DataEnds kreds.Instant // the end of the last day with an event
	Dates    []kreds.Instant
	// Discovery is the name of the discovery whose solution of K segments was proved, ""
	// if it was segments.
	Discovery  string `json:",omitempty"`
	K          int    `json:",omitempty"`
	Segments   []*SegmentProof
	Set        *SetProof // of two segments or more
	Thresholds Thresholds
	Timeless   []string // traits without dates that were taken to be timeless
	Notes      []string
	Seconds    float64
}

// SegmentProof is the proof of one segment. Points are by date; Retention says how many
// members stay, by the number of dates gone by.
type SegmentProof struct {
	// ID is the number of the segment, 0 of an expression or of a discovery's; Name is
	// what it is called today, or of a discovery's, which is then Found, what marks it.
	ID         int64 `json:",omitempty"`
	Name       string
	Found      bool `json:",omitempty"`
	Expression string
	Points     []*Point
	Summary    Summary
	Retention  []Retention
	Scorecard  []Criterion
	Feedback   []kreds.Feedback
}

// Point is a segment at one date. Joined, Left and Stayed (the share of the members of
// the date before who still are members) are absent at the first date, RevenueShare
// where there was no revenue in the year before, and Outcome where Why says so.
type Point struct {
	AsOf         kreds.Instant
	Population   int64
	Members      int64
	Joined, Left *int64
	Stayed       *float64
	Share        float64
	RevenueShare *float64
	Outcome      *Comparison
	Why          string
}

// Retention is how many of the members of a date are members so many dates later:
// the mean over all pairs of dates, each member counting once.
type Retention struct {
	Later int
	Share float64
	Of    int64 // members looked at
}

// Comparison is the outcome of members against everybody else of the population in the
// horizon after a date. Figures are means, or shares of a rate; intervals are of 95 %.
// Lift is the members' figure divided by the others', absent where theirs is not above
// 0. Effect is Cohen's d, or h of shares; Q is the p value adjusted for the number of
// comparisons in the proof (Benjamini and Hochberg).
type Comparison struct {
	Until        kreds.Instant
	Members      Figure
	Others       Figure
	Difference   Figure
	Lift         *Figure
	Effect, P, Q float64
}

// Figure is a value with its interval, from N profiles.
type Figure struct {
	N                int64
	Value, Low, High float64
}

// clear reports whether the interval leaves out zero.
func (f Figure) clear() bool { return f.Low > 0 || f.High < 0 }

// Standing is what the dates together say of a segment's outcome.
type Standing string

// Confirmed needs a clear difference in the same direction at four of five dates;
// none has no clear date at all.
const (
	Confirmed Standing = "confirmed"
	Mixed     Standing = "mixed"
	None      Standing = "none"
)

// Summary is what the dates together say. Clear is at how many of the compared Dates
// the difference is clear, Higher at how many of these the members' outcome is the
// higher one. Effect and Lift are means over the dates.
type Summary struct {
	Standing            Standing
	Text                string
	Dates, Clear        int
	Higher              int
	Effect              float64
	Lift                *float64
	Size, SizeDeviation float64 // of the members over the dates
}

// Check refuses a request that no data could make sense of, and segments that may know
// the future: the error then has CodeRefused and names the traits.
func (p *Prover) Check(ctx context.Context, q Request) error {
	_, err := p.begin(ctx, &q)
	return err
}

// Prove replays segments and compares. Progress is told from 0 to 1. The errors are
// those of Check, and CodeInvalid where the data does not reach far enough or there is
// nothing to compare.
func (p *Prover) Prove(ctx context.Context, q Request, progress func(float64)) (*Proof, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	began := p.clock()
	w, err := p.begin(ctx, &q)
	if err != nil {
		return nil, err
	}
	w.progress = progress
	if err := w.span(ctx); err != nil {
		return nil, err
	}
	progress(.05)
	if err := w.replay(ctx); err != nil {
		return nil, err
	}
	if err := w.judge(); err != nil {
		return nil, err
	}
	progress(.8)
	if len(w.groups) > 1 {
		if err := w.explain(ctx); err != nil {
			return nil, err
		}
	}
	progress(.9)
	if err := w.score(ctx); err != nil {
		return nil, err
	}
	w.out.Created, w.out.Seconds = began, p.clock().Sub(began).Seconds()
	progress(1)
	return w.out, nil
}
