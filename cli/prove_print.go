package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/kreds/kreds/api"
)

// printProof shows a proof: several segments as a table of one line each, one segment
// date by date.
func printProof(w *strings.Builder, p *api.Proof) {
	what := "mean " + p.Outcome
	if p.Rate {
		what = "share with " + p.Outcome
	}
	fmt.Fprintf(w, "%s: %s in the %s after ", clean(p.Name), what, p.Horizon)
	first, last := dayOf(p.Dates[0]), dayOf(p.Dates[len(p.Dates)-1])
	if first == last {
		fmt.Fprintf(w, "%s\n\n", first)
	} else {
		fmt.Fprintf(w, "each of %d dates, %s to %s\n\n", len(p.Dates), first, last)
	}
	if len(p.Segments) == 1 {
		printSeries(w, p, &p.Segments[0])
	} else {
		proofTable(p).write(w)
		if p.Set != nil {
			fmt.Fprintf(w, "\n%s\n\n", p.Set.Text)
			printRivals(w, p.Set)
		}
		w.WriteString("\n")
		printScorecards(w, p)
	}
	for _, n := range p.Notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	if len(p.Timeless) > 0 {
		fmt.Fprintf(w, "\nTaken never to change: %s.\n", strings.Join(p.Timeless, ", "))
	}
}

// dayOf is the day that an instant of the API ends.
func dayOf(instant string) string { return strings.TrimPrefix(when(instant), "the end of ") }

// proofTable has a line for each segment: as of the last date whose outcome is known.
func proofTable(p *api.Proof) *table {
	t := newTable("segment", ">members", ">share", ">of revenue", ">stay", ">"+nextOutcome(p), "95% interval", ">others", ">lift", "proof")
	for i := range p.Segments {
		s := &p.Segments[i]
		pt := lastCompared(s)
		row := []string{s.Name, grouped(pt.Members), percent(pt.Share), optional(pt.RevenueShare, percent), stays(s), "–", "", "–", "–", pt.Why}
		if o := pt.Outcome; o != nil {
			row[5], row[6], row[7] = value(p, o.Members.Value), between(p, o.Members), value(p, o.Others.Value)
			if o.Lift != nil {
				row[8] = two(o.Lift.Value) + "×"
			}
			row[9] = s.Summary.Standing
		}
		t.add(row...)
	}
	return t
}

func nextOutcome(p *api.Proof) string {
	if p.Rate {
		return "share"
	}
	return "mean"
}

// stays is how many members still are members a step later.
func stays(s *api.SegmentProof) string {
	if len(s.Retention) == 0 || s.Retention[0].Later != 1 {
		return "–"
	}
	return percent(s.Retention[0].Share)
}

// lastCompared is the last point with an outcome, or the last of all.
func lastCompared(s *api.SegmentProof) *api.Point {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if s.Points[i].Outcome != nil {
			return &s.Points[i]
		}
	}
	return &s.Points[len(s.Points)-1]
}

func optional(v *float64, how func(float64) string) string {
	if v == nil {
		return "–"
	}
	return how(*v)
}

func value(p *api.Proof, v float64) string {
	if p.Rate {
		return percent(v)
	}
	if math.Abs(v) >= 1000 {
		return grouped(int64(math.Round(v)))
	}
	return two(v)
}

func between(p *api.Proof, f api.Figure) string {
	return value(p, f.Low) + " to " + value(p, f.High)
}

func printSeries(w *strings.Builder, p *api.Proof, s *api.SegmentProof) {
	t := newTable("as of", ">members", ">share", ">of revenue", ">joined", ">left", ">stayed", ">members' "+nextOutcome(p), "95% interval", ">others'", ">difference", "95% interval", ">lift", ">effect", "")
	for _, pt := range s.Points {
		row := []string{dayOf(pt.AsOf), grouped(pt.Members), percent(pt.Share), optional(pt.RevenueShare, percent), count(pt.Joined), count(pt.Left), optional(pt.Stayed, percent)}
		if o := pt.Outcome; o != nil {
			lift := "–"
			if o.Lift != nil {
				lift = two(o.Lift.Value) + "×"
			}
			row = append(row, value(p, o.Members.Value), between(p, o.Members), value(p, o.Others.Value), value(p, o.Difference.Value), between(p, o.Difference), lift, two(o.Effect), "")
		} else {
			row = append(row, "–", "", "–", "–", "", "–", "–", pt.Why)
		}
		t.add(row...)
	}
	t.write(w)
	fmt.Fprintf(w, "\n%s: %s\n", s.Summary.Standing, s.Summary.Text)
	if len(s.Retention) > 0 {
		var parts []string
		for _, r := range s.Retention {
			if r.Later == 1 || r.Later == 3 || r.Later == 6 || r.Later == 12 {
				parts = append(parts, fmt.Sprintf("%s after %d", percent(r.Share), r.Later))
			}
		}
		fmt.Fprintf(w, "Members who still are members, by steps of %s: %s.\n", p.Every, strings.Join(parts, ", "))
	}
	w.WriteString("\n")
	printScorecard(w, s)
}

func count(n *int64) string {
	if n == nil {
		return "–"
	}
	return grouped(*n)
}

func printScorecard(w *strings.Builder, s *api.SegmentProof) {
	t := newTable("scorecard", ">value", ">threshold", "verdict", "what people say", "value is")
	for _, c := range s.Scorecard {
		t.add(c.Name, scored(c.Name, c.Value), scored(c.Name, &c.Threshold), c.Verdict, said(s.Feedback, c.Name), c.Text+partsOf(c.Parts))
	}
	t.write(w)
	if all := said(s.Feedback, ""); all != "" {
		fmt.Fprintf(w, "\nOf the segment as a whole: %s\n", all)
	}
}

// said is what people say of a criterion, "" being the segment as a whole.
func said(all []api.Feedback, criterion string) string {
	var parts []string
	for _, f := range all {
		if f.Criterion != criterion {
			continue
		}
		text := f.Verdict
		if f.Author != "" {
			text += " (" + f.Author + ")"
		}
		if f.Note != "" {
			text += ": " + f.Note
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// scored writes a figure of the scorecard: counts, effects and shares.
func scored(name string, v *float64) string {
	switch {
	case v == nil:
		return "–"
	case name == "substantial" || name == "actionable":
		return grouped(int64(*v))
	case name == "differentiable":
		return two(*v)
	}
	return percent(*v)
}

func partsOf(parts []api.Part) string {
	var out []string
	for _, p := range parts {
		switch p.Value {
		case 0:
			out = append(out, p.Name+" no")
		case 1:
			out = append(out, p.Name+" yes")
		default:
			out = append(out, strings.ReplaceAll(p.Name, "_", " ")+" "+percent(p.Value))
		}
	}
	if out == nil {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

func printScorecards(w *strings.Builder, p *api.Proof) {
	heads := []string{"scorecard"}
	for _, c := range p.Segments[0].Scorecard {
		heads = append(heads, c.Name)
	}
	t := newTable(append(heads, "what people say")...)
	for i := range p.Segments {
		s := &p.Segments[i]
		row := []string{s.Name}
		for _, c := range s.Scorecard {
			row = append(row, strings.TrimPrefix(scored(c.Name, c.Value)+" "+c.Verdict, "– "))
		}
		t.add(append(row, said(s.Feedback, ""))...)
	}
	t.write(w)
}

func printRivals(w *strings.Builder, s *api.SetProof) {
	t := newTable("divided by", ">groups", ">explain", ">out of sample", ">next period", ">segments ahead by", "95% interval")
	row := func(name string, groups int, e api.Explained, ahead *api.Figure) {
		cells := []string{name, strconv.Itoa(groups), points(e.Fitted), points(e.Out), optional(e.Next, points), "", ""}
		if ahead != nil {
			cells[5], cells[6] = points(ahead.Value), points(ahead.Low)+" to "+points(ahead.High)
		}
		t.add(cells...)
	}
	row("the segments", s.Groups, s.Explained, nil)
	for _, r := range s.Rivals {
		row(r.Name, r.Groups, r.Explained, &r.Ahead)
	}
	t.write(w)
}

// points writes a share of variance, which may be below 0.
func points(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }
