package segment

import (
	"github.com/kreds/kreds"
)

// maxPeriods bounds regularity.
const maxPeriods = 1000

func (c *checker) did(n *Did, s scope) error {
	for i, step := range n.Steps {
		if err := c.step(n, i, step, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) step(n *Did, i int, step *Step, s scope) error {
	sequence := len(n.Steps) > 1
	switch {
	case n.Not && sequence:
		return errorAt(n.pos, "\"did not\" takes no sequence").hint("write: not (did … then …)")
	case n.Not && (step.Count != nil || step.Periods != nil):
		return errorAt(n.pos, "\"did not\" takes no count and no regularity").hint("write: not (did … ), or a count such as \"at most once\"")
	case i == 0 && step.Not:
		return errorAt(step.pos, "a sequence begins with something that was done").hint("for example: did view then not purchase")
	case i == 0 && step.Within != nil:
		return errorAt(step.Within.pos, "\"within\" counts from the step before, and this is the first").hint("write: within last %d %ss", step.Within.N, step.Within.Unit)
	case sequence && step.Count != nil:
		return errorAt(step.Count.pos, "the steps of a sequence have no counts").hint("join another condition by \"and\"")
	case sequence && step.Periods != nil:
		return errorAt(step.Periods.pos, "the steps of a sequence have no regularity").hint("join another condition by \"and\"")
	case sequence && i == 0 && step.Same != "":
		return errorAt(step.pos, "\"same\" compares with the step before, and this is the first").hint("write it after a later step")
	}
	if r := step.Periods; r != nil {
		switch {
		case r.Of < 1 || r.Of > maxPeriods:
			return errorAt(r.pos, "%d periods cannot be looked at", r.Of).hint("ask for 1 to %d", maxPeriods)
		case !r.Each && r.Op != AtMost && r.N > r.Of:
			return errorAt(r.pos, "%d of %d periods cannot be", r.N, r.Of).hint("ask for at most %d", r.Of)
		}
	}
	if err := c.events(step.Events, step.Where, s); err != nil {
		return err
	}
	if step.Same != "" {
		in, err := c.eventTypes(step.Events, s)
		if err != nil {
			return err
		}
		p, err := c.property(step.pos, step.Same, in)
		if err != nil {
			return err
		}
		if step.Same = p.Name; !scalar(p.Type) {
			return errorAt(step.pos, "\"same\" is for single values, %s is a %s", quoteText(p.Name), p.Type).hint("name a property such as the product")
		}
		// The positive step before is split by the same property.
		for j := i - 1; j >= 0; j-- {
			if n.Steps[j].Not {
				continue
			}
			if in, err = c.eventTypes(n.Steps[j].Events, s); err != nil {
				return err
			}
			before, err := c.property(step.pos, step.Same, in)
			if err != nil {
				return err
			}
			if before.Type != p.Type {
				return errorAt(step.pos, "%s is a %s here and a %s in the step before", quoteText(p.Name), p.Type, before.Type).
					hint("import both with the same type")
			}
			break
		}
	}
	return c.pastWindow(step.Window, s)
}

// term checks a term and finds its type.
func (c *checker) term(t Term, s scope) error {
	switch t := t.(type) {
	case *Path:
		return c.path(t, s)
	case *Func:
		if err := c.path(t.Arg, s); err != nil {
			return err
		}
		arg := t.Arg.Type()
		switch {
		case t.Name == "size" && arg != kreds.List:
			return errorAt(t.pos, "\"size\" counts the texts of a list, %s is a %s", quoteText(t.Arg.Name), arg).hint("%s", example(t.Arg))
		case t.Name == "hour" && arg == kreds.Date:
			return errorAt(t.pos, "%s is a date without time of day", quoteText(t.Arg.Name)).hint("year, month and weekday are known")
		case t.Name != "size" && arg != kreds.Date && arg != kreds.Instants:
			return errorAt(t.pos, "%s is a %s, not a date", quoteText(t.Arg.Name), arg).hint("%s", example(t.Arg))
		}
		return nil
	}
	if s.where != nil {
		return errorAt(t.Pos(), "\"where\" holds only tests of the event itself, not %s", said(PrintTerm(t))).
			hint("put this condition outside, joined by \"and\"")
	}
	switch t := t.(type) {
	case *EventInstant:
		return c.events(t.Events, t.Where, s)
	case *Measure:
		return c.measure(t, s)
	}
	return nil
}

// scalar reports whether values of the type can be told apart and counted.
func scalar(t kreds.Type) bool { return t != kreds.List && t != kreds.Location }

func (c *checker) measure(m *Measure, s scope) error {
	if err := c.events(m.Events, m.Where, s); err != nil {
		return err
	}
	if err := c.pastWindow(m.Window, s); err != nil {
		return err
	}
	switch m.Agg {
	case AggCount:
		m.typ = kreds.Number
		return nil
	case AggMedianGap:
		m.typ = kreds.Span
		return nil
	}
	in, err := c.eventTypes(m.Events, s)
	if err != nil {
		return err
	}
	p, err := c.property(m.pos, m.Prop, in)
	if err != nil {
		return err
	}
	m.Prop = p.Name
	fits := true
	switch m.Agg {
	case AggSum, AggAvg, AggMedian:
		fits, m.typ = p.Type == kreds.Number, kreds.Number
	case AggMin, AggMax:
		fits, m.typ = p.Type == kreds.Number || p.Type == kreds.Date || p.Type == kreds.Instants, p.Type
	case AggCountDistinct:
		fits, m.typ = scalar(p.Type), kreds.Number
	default:
		fits, m.typ = scalar(p.Type), p.Type
	}
	if !fits {
		e := errorAt(m.pos, "%s of a %s has no meaning: %s", quoteText(m.Agg.String()), p.Type, quoteText(p.Name))
		if scalar(p.Type) {
			return e.hint("count distinct(%s) counts its values", Quote(p.Name))
		}
		return e.hint("ask about it in where (…)")
	}
	return nil
}
