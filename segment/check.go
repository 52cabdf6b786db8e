package segment

import (
	"strings"

	"github.com/kreds/kreds"
)

// Check holds an expression to a catalogue: every name must be known and every
// operator fit the types. It writes what it finds into the tree: what paths refer
// to, names as they are stored, the types of measures, and dates where a number
// or a name stands for one. Checking again changes nothing. The error is an
// *Error with its place and the remedy.
func Check(e *Expr, cat *kreds.Catalogue) error {
	c := &checker{cat: cat}
	if e.Root == nil {
		return errorAt(Pos{}, "the expression is empty").hint("everyone holds for all")
	}
	return c.node(e.Root, scope{kind: e.Subject.Kind()})
}

// maxMembershipDays bounds "in segment … for N days", for each of which the
// segment is evaluated.
const maxMembershipDays = 400

// checker finds names in the catalogue.
type checker struct{ cat *kreds.Catalogue }

// scope is where a condition stands: whose traits names mean or, in where (…),
// which events' properties.
type scope struct {
	kind  kreds.Kind
	where []*kreds.EventType // nil outside of where
	any   bool               // where of any event: a property of one type is enough
}

func (c *checker) nodes(ns []Node, s scope) error {
	for _, n := range ns {
		if err := c.node(n, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) node(n Node, s scope) error {
	switch n := n.(type) {
	case *And:
		return c.nodes(n.Clauses, s)
	case *Or:
		return c.nodes(n.Clauses, s)
	case *Not:
		return c.node(n.X, s)
	case *SomeOf:
		if n.N > len(n.Clauses) {
			return errorAt(n.pos, "%d of %d conditions cannot hold", n.N, len(n.Clauses)).hint("ask for at most %d", len(n.Clauses))
		}
		return c.nodes(n.Clauses, s)
	}
	if s.where != nil {
		switch n.(type) {
		case *BoolTerm, *Compare, *Between, *In, *InList, *TextMatch, *Includes, *Known, *InWindow, *Anniversary, *Near:
		default:
			return errorAt(n.Pos(), "\"where\" holds only tests of the event itself, not %s", said(PrintNode(n))).
				hint("put this condition outside, joined by \"and\"")
		}
	}
	switch n := n.(type) {
	case *Everyone:
		return nil
	case *AsOf:
		if n.At.Kind == DateTrait {
			return errorAt(n.At.pos, "\"as of\" takes a date, not a trait").hint("for example: as of 2024-12-31, as of 30 days ago")
		}
		return c.node(n.X, s)
	case *Bucket:
		if n.From < 0 || n.From > n.To || n.To >= n.Of {
			return errorAt(n.pos, "bucket %d to %d of %d does not exist", n.From, n.To, n.Of).hint("buckets count from 0 to %d", max(n.Of-1, 0))
		}
		return nil
	case *InSegment, *Moved:
		return c.membership(n, s)
	case *OfCompany:
		if s.kind != kreds.Person {
			return errorAt(n.pos, "a company has no company").hint("\"company (…)\" is for expressions about persons")
		}
		return c.node(n.X, scope{kind: kreds.Company})
	case *OfPersons:
		if s.kind != kreds.Company {
			return errorAt(n.pos, "a person has no persons").hint("begin the expression with \"companies:\"")
		}
		return c.node(n.X, scope{kind: kreds.Person})
	case *Did:
		return c.did(n, s)
	case *Resumed:
		if err := c.events(n.Events, n.Where, s); err != nil {
			return err
		}
		return c.pastWindow(n.Window, s)
	case *Changed, *Became, *WentFrom, *HasBeen:
		return c.history(n, s)
	}
	return c.compared(n, s)
}

// segment finds a segment about the kind of profile.
func (c *checker) segment(pos Pos, name *string, s scope) error {
	var names []string
	for _, ref := range c.cat.Segments {
		if strings.EqualFold(ref.Name, *name) {
			if ref.Subject.Kind() != s.kind {
				return errorAt(pos, "segment %s is about %s", quoteText(ref.Name), ref.Subject).hint("use a segment of the same kind of profile, or \"company (…)\" and \"any person (…)\" to cross over")
			}
			*name = ref.Name
			return nil
		}
		names = append(names, ref.Name)
	}
	return unknownName(pos, kreds.Say("segment"), *name, names)
}

func (c *checker) membership(n Node, s scope) error {
	switch n := n.(type) {
	case *InSegment:
		if n.AsOf != nil && n.AsOf.Kind == DateTrait {
			return errorAt(n.AsOf.pos, "\"as of\" takes a date, not a trait").hint("for example: as of 2024-12-31")
		}
		if n.For != nil && (n.For.Unit != Day || n.For.N < 1 || n.For.N > maxMembershipDays) {
			return errorAt(n.For.pos, "membership is looked at day by day, not for %s", said(printDuration(n.For))).
				hint("write 1 to %d days", maxMembershipDays)
		}
		return c.segment(n.pos, &n.Segment, s)
	case *Moved:
		if n.Window != nil && n.Window.PerProfile() {
			return errorAt(n.Window.pos, "a window of membership cannot depend on the profile").hint("write dates or a number of days")
		}
		if err := c.pastWindow(n.Window, s); err != nil {
			return err
		}
		return c.segment(n.pos, &n.Segment, s)
	}
	return nil
}

// history checks the forms about what a trait was.
func (c *checker) history(n Node, s scope) error {
	var term *Path
	var window *Window
	var values []*Value
	switch n := n.(type) {
	case *Changed:
		term, window = n.Term, n.Window
	case *Became:
		term, window, values = n.Term, n.Window, []*Value{&n.To}
	case *WentFrom:
		term, window, values = n.Term, n.Window, []*Value{&n.From, &n.To}
	case *HasBeen:
		term = n.Term
		for i := range n.Values {
			values = append(values, &n.Values[i])
		}
	}
	if err := c.path(term, s); err != nil {
		return err
	}
	if term.Ref.Kind != RefTrait {
		e := errorAt(term.pos, "%s has no history", quoteText(term.Name))
		if term.Ref.Kind == RefCompany && term.Ref.Of == RefTrait {
			return e.hint("look at the company as it is: company (%s …)", strings.TrimPrefix(PrintNode(n), "company."))
		}
		return e.hint("only imported and computed traits of the profile itself have one")
	}
	for _, v := range values {
		if _, ok := (*v).(*TermValue); ok {
			return errorAt((*v).Pos(), "a value is expected here, not a name").hint("text stands in double quotes")
		}
		if err := c.value(v, term, Equal, s); err != nil {
			return err
		}
	}
	return c.pastWindow(window, s)
}

// pastWindow checks a window of what happened.
func (c *checker) pastWindow(w *Window, s scope) error {
	if w == nil {
		return nil
	}
	if w.Kind == WindowNext || w.Kind == WindowTomorrow || w.Kind == WindowFollowing || w.Ahead {
		return errorAt(w.pos, "%s lies ahead, where nothing has happened yet", said(PrintWindow(w))).hint("look back: within last …, … ago")
	}
	return c.window(w, s)
}

// window checks the dates in a window.
func (c *checker) window(w *Window, s scope) error {
	for _, d := range []*DateValue{w.D, w.E} {
		if d == nil || d.Kind != DateTrait {
			continue
		}
		if err := c.date(d.Path, s); err != nil {
			return err
		}
	}
	if w.After != nil {
		return c.date(w.After, s)
	}
	if w.Kind == WindowFirst && s.where != nil {
		return errorAt(w.pos, "within where (…) \"within first\" needs a date to count from").hint("write: within first %d %ss after profile.first_seen", w.N, w.Unit)
	}
	return nil
}

// byDays refuses hours where values are dates without time of day.
func byDays(w *Window, what string) error {
	hours := w.Unit == Hour
	for _, d := range []*DateValue{w.D, w.E} {
		hours = hours || d != nil && d.Unit == Hour && (d.Kind == DateAgo || d.Kind == DateAhead)
	}
	if hours {
		return errorAt(w.pos, "%s goes by whole days, not hours", what).hint("write days")
	}
	return nil
}

// date checks that a path is a date or an instant.
func (c *checker) date(p *Path, s scope) error {
	if err := c.path(p, s); err != nil {
		return err
	}
	if t := p.Type(); t != kreds.Date && t != kreds.Instants {
		return errorAt(p.pos, "%s is a %s, not a date", quoteText(p.Name), t).hint("write a date, or the name of a trait that is one")
	}
	return nil
}
