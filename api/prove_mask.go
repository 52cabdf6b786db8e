package api

import "github.com/kreds/kreds"

// proof is what is seen of a proof, which stays as it is: rules about contact details
// without their values, and no figures of a few people's money.
func (s *sight) proof(p *Proof) *Proof {
	if s == nil {
		return p
	}
	out := *p
	out.Name, out.Outcome = s.expression(p.Name), s.expression(p.Outcome)
	out.Segments = []SegmentProof{}
	for _, seg := range p.Segments {
		seg.Name, seg.Expression = s.expression(seg.Name), s.expression(seg.Expression)
		points := []Point{}
		for _, pt := range seg.Points {
			if few := int64(s.smallCell); pt.Members < few || pt.Population-pt.Members < few {
				if pt.Outcome != nil {
					pt.Outcome, pt.Why = nil, kreds.Say("the figures of so few are not shown")
				}
				pt.RevenueShare = nil
			}
			points = append(points, pt)
		}
		seg.Points = points
		cards := []Criterion{}
		for _, c := range seg.Scorecard {
			parts := []Part{}
			for _, x := range c.Parts {
				if n := len(points); x.Name == "revenue_share" && n > 0 && points[n-1].RevenueShare == nil {
					continue
				}
				parts = append(parts, x)
			}
			c.Parts = parts
			cards = append(cards, c)
		}
		seg.Scorecard = cards
		out.Segments = append(out.Segments, seg)
	}
	return &out
}

// summary is what is seen of a proof in a list.
func (s *sight) summary(p ProofSummary) ProofSummary {
	p.Name, p.Outcome = s.expression(p.Name), s.expression(p.Outcome)
	for i := range p.Segments {
		p.Segments[i].Name = s.expression(p.Segments[i].Name)
	}
	return p
}

// change is what is seen of why a segment's size changed.
func (s *sight) change(c *Change) *Change {
	for i := range c.Versions {
		c.Versions[i].Expression = s.expression(c.Versions[i].Expression)
	}
	return c
}
