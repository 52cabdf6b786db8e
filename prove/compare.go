package prove

import (
	"context"
	"math"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats/infer"
)

const (
	// fewest is how many profiles a group needs to be compared.
	fewest = 10
	// draws of each bootstrap.
	draws = 2000
	level = .95
)

// points adds one date to every segment.
func (w *work) points(ctx context.Context, p *panel) error {
	for i, g := range w.groups {
		set := p.members[i]
		pt := &Point{AsOf: p.asOf, Population: int64(len(p.profiles)), Members: int64(set.GetCardinality())}
		if pt.Population > 0 {
			pt.Share = float64(pt.Members) / float64(pt.Population)
		}
		if p.before != nil {
			was := p.before[i]
			both := int64(set.AndCardinality(was))
			joined, left := pt.Members-both, int64(was.GetCardinality())-both
			pt.Joined, pt.Left = &joined, &left
			if n := was.GetCardinality(); n > 0 {
				stayed := float64(both) / float64(n)
				pt.Stayed = &stayed
			}
		}
		in := holds(set, p.profiles)
		if p.revenue != nil {
			var own, all float64
			for j, v := range p.revenue {
				all += v
				if in[j] {
					own += v
				}
			}
			if all > 0 {
				share := own / all
				pt.RevenueShare = &share
			}
		}
		if err := w.compare(ctx, pt, p, in); err != nil {
			return err
		}
		g.proof.Points = append(g.proof.Points, pt)
	}
	return nil
}

// compare fills in the outcome of a point, or why there is none.
func (w *work) compare(ctx context.Context, pt *Point, p *panel, in []bool) error {
	if p.outcome == nil {
		pt.Why = kreds.Say("the horizon ends after the data")
		return nil
	}
	var members, others []float64
	for i, v := range p.outcome {
		switch {
		case math.IsNaN(v):
		case in[i]:
			members = append(members, v)
		default:
			others = append(others, v)
		}
	}
	switch {
	case pt.Members == 0:
		pt.Why = kreds.Say("there are no members")
	case pt.Members == pt.Population:
		pt.Why = kreds.Say("everybody is a member")
	case len(members) < fewest:
		pt.Why = kreds.Say("the outcome is known of %d members: at least %d are needed", len(members), fewest)
	case len(others) < fewest:
		pt.Why = kreds.Say("the outcome is known of %d others: at least %d are needed", len(others), fewest)
	}
	if pt.Why != "" {
		return nil
	}
	c := &Comparison{Until: w.until[p.asOf]}
	b := infer.Bootstrap{Level: level, Draws: draws, Seed: w.q.Seed}
	drawn, err := b.Compare(ctx, members, others)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case err != nil:
	case w.outcome.rate:
		err = c.rates(members, others)
	default:
		err = c.means(members, others, drawn)
	}
	if err != nil {
		return kreds.Errorf(kreds.CodeInvalid, "the outcome %s as of %s: %w", w.outcome.text, w.day(p.asOf), err)
	}
	// The lift of shares is that of means of noughts and ones. There is none where the
	// others' figure is not above nought, or too near to it.
	if drawn.Ratio != nil && c.Others.Value > 0 {
		f := figure(len(members), drawn.Ratio)
		c.Lift = &f
	}
	pt.Outcome = c
	return nil
}

func figure(n int, e *infer.Estimate) Figure {
	return Figure{int64(n), e.Value, e.Interval.Low, e.Interval.High}
}

// means compares the means of numbers: intervals by bootstrap, which holds for skewed
// amounts, p by Welch's test.
func (c *Comparison) means(members, others []float64, drawn *infer.Contrast) error {
	x, err := infer.Summarise(members)
	if err != nil {
		return err
	}
	y, err := infer.Summarise(others)
	if err != nil {
		return err
	}
	t, err := infer.Welch(x, y, level)
	if err != nil {
		return err
	}
	c.P, c.Effect = t.P, t.D
	c.Members, c.Others = figure(len(members), drawn.A), figure(len(others), drawn.Other)
	c.Difference = figure(len(members)+len(others), drawn.Difference)
	return nil
}

// rates compares shares: intervals by Wilson and Newcombe.
func (c *Comparison) rates(members, others []float64) error {
	count := func(values []float64) infer.Count {
		n := infer.Count{N: len(values)}
		for _, v := range values {
			if v != 0 {
				n.Hits++
			}
		}
		return n
	}
	x, y := count(members), count(others)
	t, err := infer.CompareProportions(x, y, level)
	if err != nil {
		return err
	}
	c.P, c.Effect = t.P, t.H
	for _, g := range []struct {
		n  infer.Count
		to *Figure
	}{{x, &c.Members}, {y, &c.Others}} {
		i, err := infer.Wilson(g.n, level)
		if err != nil {
			return err
		}
		*g.to = Figure{int64(g.n.N), g.n.Share(), i.Low, i.High}
	}
	c.Difference = Figure{int64(x.N + y.N), t.Difference, t.Interval.Low, t.Interval.High}
	return nil
}

// judge says what the dates together say, and refuses proofs of nothing.
func (w *work) judge() error {
	if err := w.nothing(); err != nil {
		return err
	}
	var p []float64
	var all []*Comparison
	for _, g := range w.groups {
		for _, pt := range g.proof.Points {
			if pt.Outcome != nil {
				p, all = append(p, pt.Outcome.P), append(all, pt.Outcome)
			}
		}
	}
	for i, q := range infer.BenjaminiHochberg(p) {
		all[i].Q = q
	}
	for i, g := range w.groups {
		g.proof.Summary = w.summary(g.proof)
		g.proof.Retention = w.retention(i)
		w.out.Segments = append(w.out.Segments, g.proof)
	}
	return nil
}

// nothing is the error where no segment can be compared at any date.
func (w *work) nothing() error {
	var people int64
	empty, full, compared := true, true, false
	why := ""
	for _, g := range w.groups {
		for _, pt := range g.proof.Points {
			people = max(people, pt.Population)
			empty, full = empty && pt.Members == 0, full && pt.Members == pt.Population
			compared = compared || pt.Outcome != nil
			if pt.Why != "" && w.until[pt.AsOf] != 0 {
				why = pt.Why
			}
		}
	}
	name := "the segment"
	if len(w.groups) > 1 {
		name = "each of the segments"
	}
	switch {
	case people == 0:
		return kreds.Errorf(kreds.CodeInvalid, "there is nobody at any of the dates").WithHint("choose later dates, or import data of that time")
	case empty:
		return kreds.Errorf(kreds.CodeInvalid, "%s has no members at any of the dates", name).WithHint("choose other dates with --from and --to, or look at its definition")
	case full && len(w.groups) == 1:
		return kreds.Errorf(kreds.CodeInvalid, "everybody is a member at every date: there is nobody to compare with").WithHint("prove a segment that leaves somebody out")
	case !compared:
		return kreds.Errorf(kreds.CodeInvalid, "nothing can be compared: %s", why).WithHint("choose a wider segment, other dates, or an outcome that is known of more")
	}
	for _, p := range w.panels {
		for _, v := range p.outcome {
			if v != 0 && !math.IsNaN(v) {
				return nil
			}
		}
	}
	what := "0 for everybody"
	if w.outcome.rate {
		what = "true of nobody"
	}
	return kreds.Errorf(kreds.CodeInvalid, "the outcome %s is %s in every horizon: it tells nobody apart", w.outcome.text, what).
		WithHint("choose another --outcome or a longer --horizon")
}

// summary is what the dates together say of a segment.
func (w *work) summary(s *SegmentProof) Summary {
	var out Summary
	var lifts []float64
	var sum, squares float64
	for _, pt := range s.Points {
		sum += float64(pt.Members)
		if pt.Outcome == nil {
			continue
		}
		c := pt.Outcome
		out.Dates++
		out.Effect += c.Effect
		if c.Difference.clear() {
			out.Clear++
			if c.Difference.Value > 0 {
				out.Higher++
			}
		}
		if c.Lift != nil {
			lifts = append(lifts, c.Lift.Value)
		}
	}
	n := float64(len(s.Points))
	out.Size = sum / n
	for _, pt := range s.Points {
		squares += (float64(pt.Members) - out.Size) * (float64(pt.Members) - out.Size)
	}
	if n > 1 {
		out.SizeDeviation = math.Sqrt(squares / (n - 1))
	}
	if out.Dates == 0 {
		out.Standing, out.Text = None, "Nothing could be compared at any date."
		return out
	}
	out.Effect /= float64(out.Dates)
	if s, err := infer.Summarise(lifts); err == nil && len(lifts) == out.Dates {
		out.Lift = &s.Mean
	}
	same := max(out.Higher, out.Clear-out.Higher)
	switch {
	case out.Clear == 0:
		out.Standing = None
	case 5*same >= 4*out.Dates:
		out.Standing = Confirmed
	default:
		out.Standing = Mixed
	}
	out.Text = out.words()
	return out
}

func (s Summary) words() string {
	at := kreds.Say("at %d of %d dates", max(s.Higher, s.Clear-s.Higher), s.Dates)
	if s.Dates == 1 {
		at = "at the one date"
	}
	direction := "higher"
	if s.Higher*2 < s.Clear {
		direction = "lower"
	}
	times := ""
	if s.Lift != nil {
		times = kreds.Say(", on average %.2f times theirs", *s.Lift)
	}
	switch s.Standing {
	case Confirmed:
		return kreds.Say("Members' outcome was clearly %s than the others' %s%s.", direction, at, times)
	case Mixed:
		return kreds.Say("Members' outcome was clearly %s than the others' %s only%s.", direction, at, times)
	}
	return kreds.Say("At no date was members' outcome clearly different from the others'.")
}

// retention is how many members stay, over all pairs of dates.
func (w *work) retention(group int) []Retention {
	var out []Retention
	for later := 1; later < len(w.panels); later++ {
		var both, all uint64
		for i := 0; i+later < len(w.panels); i++ {
			was, is := w.panels[i].members[group], w.panels[i+later].members[group]
			both += was.AndCardinality(is)
			all += was.GetCardinality()
		}
		if all > 0 {
			out = append(out, Retention{later, float64(both) / float64(all), int64(all)})
		}
	}
	return out
}
