package prove

import (
	"context"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// Thresholds are what the scorecard asks for; zero fields have those of the workspace's
// settings, else the defaults in brackets. A figure is good from the threshold on, and
// fair from half of it on.
type Thresholds struct {
	Measurable float64 // share of the population for whom the definition's values are known (.8)
	Members    int64   // (100)
	Reachable  float64 // share of members reachable by the best channel (.5)
	Effect     float64 // size of the effect on the outcome, Cohen's d or h (.2)
	Stable     float64 // share of members who still are members a step later (.7)
}

// defaults are what the scorecard asks for unless the settings say otherwise.
var defaults = Thresholds{Measurable: .8, Members: 100, Reachable: .5, Effect: .2, Stable: .7}

// Settings are the thresholds that are not 0, by criterion, as the workspace keeps them.
func (t Thresholds) Settings() map[string]float64 {
	out := map[string]float64{}
	for i, v := range []float64{t.Measurable, float64(t.Members), t.Reachable, t.Effect, t.Stable} {
		if v > 0 {
			out[Criteria[i]] = v
		}
	}
	return out
}

// ThresholdsOf is the inverse of Settings.
func ThresholdsOf(settings map[string]float64) Thresholds {
	of := func(i int) float64 { return settings[Criteria[i]] }
	return Thresholds{Measurable: of(0), Members: int64(of(1)), Reachable: of(2), Effect: of(3), Stable: of(4)}
}

// filled has the thresholds of another one where its own are not set.
func (t Thresholds) filled(other Thresholds) Thresholds {
	fill := func(v *float64, d float64) {
		if *v <= 0 {
			*v = d
		}
	}
	fill(&t.Measurable, other.Measurable)
	fill(&t.Reachable, other.Reachable)
	fill(&t.Effect, other.Effect)
	fill(&t.Stable, other.Stable)
	if t.Members <= 0 {
		t.Members = other.Members
	}
	return t
}

// Criteria are the names of what the scorecard looks at.
var Criteria = []string{"measurable", "substantial", "reachable", "differentiable", "stable", "actionable"}

// Criterion is one line of a scorecard. Value is absent where there is no data for it;
// Verdict is then unknown. Parts are what it is made of, as channels. Feedback is what
// people said of it.
type Criterion struct {
	Name      string
	Value     *float64
	Threshold float64
	Verdict   kreds.Verdict
	Text      string
	Parts     []Part
}

// Part is a figure of a criterion.
type Part struct {
	Name  string
	Value float64
}

// rate fills in the verdict.
func (c *Criterion) rate() {
	switch {
	case c.Value == nil:
		c.Verdict = kreds.NotSure
	case *c.Value >= c.Threshold:
		c.Verdict = kreds.Good
	case *c.Value >= c.Threshold/2:
		c.Verdict = kreds.Fair
	default:
		c.Verdict = kreds.Poor
	}
}

// score fills in the scorecards, as of the last date.
func (w *work) score(ctx context.Context) error {
	last := w.panels[len(w.panels)-1]
	channels := w.channels()
	var questions []audience.Question
	for _, ch := range channels {
		_, node, err := column(w.cat, w.out.Subject, "reachable."+ch+" = true")
		if err != nil {
			return err
		}
		questions = append(questions, audience.Question{AsOf: last.asOf, Expr: &segment.Expr{Subject: w.out.Subject, Root: node}})
	}
	for _, g := range w.groups {
		if g.expr != nil {
			questions = append(questions, audience.Question{AsOf: last.asOf, Expr: g.expr})
		}
	}
	replies, err := w.audience.Ask(ctx, questions, audience.Asking{Unknown: true})
	if err != nil {
		return err
	}
	for i, g := range w.groups {
		members := last.members[i]
		n := float64(members.GetCardinality())
		var unknown *float64
		if g.expr != nil {
			r := replies[len(channels)+i]
			if all := r.Population.GetCardinality(); all > 0 {
				v := 1 - float64(r.Unknown.GetCardinality())/float64(all)
				unknown = &v
			}
		}
		var reach []Part
		for c, ch := range channels {
			if n > 0 {
				reach = append(reach, Part{ch, float64(replies[c].Members.AndCardinality(members)) / n})
			}
		}
		g.proof.Scorecard = w.scorecard(g, unknown, int64(n), reach)
		if g.segment != nil {
			if g.proof.Feedback, err = w.state.Feedback(ctx, g.segment.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// channels are those that anything is known of.
func (w *work) channels() []string {
	var out []string
	for _, ch := range segment.Channels {
		known := 0
		for _, name := range segment.ChannelTraits(ch)[:2] {
			for _, t := range w.cat.Traits {
				if t.Kind == w.out.Subject.Kind() && strings.EqualFold(t.Name, name) {
					known++
				}
			}
		}
		if known == 2 {
			out = append(out, ch)
		}
	}
	return out
}

func (w *work) scorecard(g *group, known *float64, members int64, reach []Part) []Criterion {
	t, s := w.out.Thresholds, g.proof.Summary
	measurable := Criterion{Name: Criteria[0], Value: known, Threshold: t.Measurable, Text: kreds.Say("share of everybody for whom the values that the definition compares are known")}
	if known == nil {
		measurable.Text = kreds.Say("the members follow from a model or a list, not from values that can be looked at")
	}
	size := float64(members)
	substantial := Criterion{Name: Criteria[1], Value: &size, Threshold: float64(t.Members), Text: kreds.Say("members")}
	points := g.proof.Points
	now := points[len(points)-1]
	substantial.Parts = append(substantial.Parts, Part{"share", now.Share})
	if now.RevenueShare != nil {
		substantial.Parts = append(substantial.Parts, Part{"revenue_share", *now.RevenueShare})
	}
	reachable := Criterion{Name: Criteria[2], Threshold: t.Reachable, Parts: reach, Text: kreds.Say("share of members with an address and consent, by the best channel")}
	for _, r := range reach {
		if reachable.Value == nil || r.Value > *reachable.Value {
			reachable.Value = &r.Value
		}
	}
	if reach == nil {
		reachable.Text = kreds.Say("of no channel both addresses and consent are known")
	}
	differentiable := Criterion{Name: Criteria[3], Threshold: t.Effect, Text: kreds.Say("size of the effect on the outcome (Cohen's d, of shares h), mean over the dates")}
	if s.Dates > 0 {
		effect := max(s.Effect, -s.Effect)
		differentiable.Value = &effect
	}
	stable := Criterion{Name: Criteria[4], Threshold: t.Stable, Text: kreds.Say("share of members who still are members after %s", w.every)}
	if r := g.proof.Retention; len(r) > 0 && r[0].Later == 1 {
		stable.Value = &r[0].Share
	} else {
		stable.Text = kreds.Say("one date says nothing of how long members stay")
	}
	out := []Criterion{measurable, substantial, reachable, differentiable, stable, actionable(g)}
	for i := range out {
		out[i].rate()
	}
	// An effect that chance explains as well is none.
	if out[3].Value != nil && s.Standing == None {
		out[3].Verdict, out[3].Text = kreds.Poor, out[3].Text+kreds.Say("; at no date is it clear")
	}
	return out
}

// actionable is whether somebody can work with the segment: who is responsible, what it
// is for, and newcomers finding their way into it.
func actionable(g *group) Criterion {
	c := Criterion{Name: Criteria[5], Threshold: 3, Text: kreds.Say("of three: an owner, a description, and a definition that takes newcomers in")}
	flag := func(name string, yes bool) {
		v := 0.0
		if yes {
			v = 1
		}
		c.Parts = append(c.Parts, Part{name, v})
	}
	if g.segment == nil {
		flag("owner", false)
		flag("description", false)
		flag("newcomers", true)
		c.Text += kreds.Say("; it is not saved as a segment")
	} else {
		flag("owner", g.segment.Owner != "")
		flag("description", g.segment.Description != "")
		flag("newcomers", g.segment.Source != kreds.SourceList)
	}
	sum := 0.0
	for _, p := range c.Parts {
		sum += p.Value
	}
	c.Value = &sum
	return c
}
