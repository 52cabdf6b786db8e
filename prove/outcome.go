package prove

import (
	"fmt"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// outcome is what members are to differ in.
type outcome struct {
	text   string // canonical, without a window
	rate   bool
	events []string // names of the event types that it reads, none: any
}

// column reads a text as a term or, if it is none, as a condition.
func column(cat *kreds.Catalogue, s kreds.Subject, text string) (segment.Term, segment.Node, error) {
	if t, err := segment.ParseTerm(text); err == nil {
		e := &segment.Expr{Subject: s, Root: &segment.Known{Term: t}}
		if err := segment.Check(e, cat); err != nil {
			return nil, nil, err
		}
		return e.Root.(*segment.Known).Term, nil, nil
	}
	e, err := segment.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	e.Subject = s
	if err := segment.Check(e, cat); err != nil {
		return nil, nil, err
	}
	return nil, e.Root, nil
}

// outcomes finds what is measured: the outcome, and what revenue is.
func (w *work) outcomes() error {
	bought, whichErr := audience.FindPurchase(w.cat, "", "")
	money := bought.Value
	text := w.q.Outcome
	if strings.TrimSpace(text) == "" {
		switch {
		case whichErr != nil:
			return kreds.Errorf(kreds.CodeInvalid, "no outcome is given, and %w", whichErr).WithHint("say what members are to differ in: --outcome 'sum(amount) of purchase', or a condition such as 'did purchase'")
		case money != "":
			text = money
		default:
			text = "count of " + bought.Of
		}
	}
	term, node, err := column(w.cat, w.out.Subject, text)
	if err != nil {
		return fmt.Errorf("the outcome %s: %w", text, err)
	}
	o := &outcome{}
	if term != nil {
		o.text = segment.PrintTerm(term)
		switch term.Type() {
		case kreds.Number, kreds.Span:
		case kreds.Boolean:
			o.rate = true
		default:
			return kreds.Errorf(kreds.CodeInvalid, "the outcome %s is a %s, of which there is no mean", o.text, term.Type()).
				WithHint("take a number, as sum(amount) of purchase, or a condition, as did purchase")
		}
	} else {
		o.text, o.rate = segment.PrintNode(node), true
	}
	own := false
	any := false
	v := segment.Visitor{Events: func(e *segment.Events, window **segment.Window) {
		own = own || window != nil && *window != nil
		any = any || e.Any
		o.events = append(o.events, e.Names...)
	}}
	visit(&v, w.out.Subject, term, node)
	segment.Walk(node, func(n segment.Node) bool {
		if d, ok := n.(*segment.Did); ok {
			for _, s := range d.Steps {
				own = own || s.Periods != nil
			}
		}
		return true
	})
	if own {
		return kreds.Errorf(kreds.CodeInvalid, "the outcome %s has a window of its own", o.text).
			WithHint("leave the window out: the outcome is measured in the horizon after each date, which --horizon sets")
	}
	if any {
		o.events = nil
	}
	w.outcome = o
	if m, ok := term.(*segment.Measure); ok && m.Agg == segment.AggSum {
		money = o.text
	}
	if money != "" {
		// That of persons says nothing of companies whose own events it does not read.
		if term, _, err := column(w.cat, w.out.Subject, money); err == nil {
			if m, ok := term.(*segment.Measure); ok {
				w.revenue, w.out.Revenue = m, segment.PrintTerm(m)
			}
		}
	}
	return nil
}

func visit(v *segment.Visitor, s kreds.Subject, term segment.Term, node segment.Node) {
	if term != nil {
		v.VisitTerm(term, s.Kind())
		return
	}
	v.Visit(&segment.Expr{Subject: s, Root: node})
}

// between is the window from an instant up to another.
func between(from, before kreds.Instant) *segment.Window {
	at := func(t kreds.Instant) *segment.DateValue {
		return &segment.DateValue{Kind: segment.DateInstant, Text: t.Time().Format(time.RFC3339Nano)}
	}
	// Both ends of "between" are in.
	return &segment.Window{Kind: segment.WindowBetween, D: at(from), E: at(before - 1)}
}

// question asks for the outcome in a stretch of time, as of its end.
func (w *work) question(from, before kreds.Instant) (audience.Question, error) {
	term, node, err := column(w.cat, w.out.Subject, w.outcome.text)
	if err != nil {
		return audience.Question{}, err
	}
	v := segment.Visitor{Events: func(_ *segment.Events, window **segment.Window) {
		if window != nil {
			*window = between(from, before)
		}
	}}
	visit(&v, w.out.Subject, term, node)
	q := audience.Question{AsOf: before, Term: term, Subject: w.out.Subject}
	if term == nil {
		q.Expr = &segment.Expr{Subject: w.out.Subject, Root: node}
	}
	return q, nil
}

// revenueBefore asks for the revenue of the year before a date.
func (w *work) revenueBefore(date kreds.Instant) audience.Question {
	m := *w.revenue
	m.Window = &segment.Window{Kind: segment.WindowLast, N: 12, Unit: segment.Month}
	return audience.Question{AsOf: date, Term: &m, Subject: w.out.Subject}
}
