package segment

import "github.com/kreds/kreds"

// Visitor is called with the parts of conditions that Walk does not hand out. A
// nil function is not called.
type Visitor struct {
	// Path is called with every name and the kind of profile that it is about. In
	// a where clause names of properties are among them; Ref tells which is what.
	Path func(p *Path, of kreds.Kind)
	// Events is called with every choice of events, and the field that holds the
	// window in which they count, nil where there can be none ("last purchase").
	Events func(e *Events, window **Window)
}

// Visit calls the visitor with the parts of a checked expression. It does not
// follow references to segments.
func (v *Visitor) Visit(e *Expr) { v.node(e.Root, e.Subject.Kind()) }

// VisitTerm calls the visitor with the parts of a checked term of profiles of
// the kind.
func (v *Visitor) VisitTerm(t Term, of kreds.Kind) { v.term(t, of) }

func (v *Visitor) node(n Node, of kreds.Kind) {
	if n == nil {
		return
	}
	inside := of
	switch n := n.(type) {
	case *OfCompany:
		inside = kreds.Company
	case *OfPersons:
		inside = kreds.Person
	case *BoolTerm:
		v.term(n.Term, of)
	case *Compare:
		v.term(n.Term, of)
		v.value(n.Value, of)
	case *Between:
		v.term(n.Term, of)
		v.value(n.Lo, of)
		v.value(n.Hi, of)
	case *In:
		v.term(n.Term, of)
		for _, x := range n.Values {
			v.value(x, of)
		}
	case *InList:
		v.term(n.Term, of)
	case *Rank:
		v.term(n.Term, of)
	case *TextMatch:
		v.term(n.Term, of)
	case *Includes:
		v.term(n.Term, of)
		for _, x := range n.Values {
			v.value(x, of)
		}
	case *Known:
		v.term(n.Term, of)
	case *InWindow:
		v.term(n.Term, of)
		v.window(n.Window, of)
	case *Anniversary:
		v.term(n.Term, of)
		v.window(n.Window, of)
	case *Changed:
		v.term(n.Term, of)
		v.window(n.Window, of)
	case *Became:
		v.term(n.Term, of)
		v.window(n.Window, of)
	case *WentFrom:
		v.term(n.Term, of)
		v.window(n.Window, of)
	case *HasBeen:
		v.term(n.Term, of)
	case *Near:
		v.term(n.Term, of)
	case *Did:
		for _, s := range n.Steps {
			v.events(s.Events, s.Where, &s.Window, of)
		}
	case *Resumed:
		v.events(n.Events, n.Where, &n.Window, of)
	case *Moved:
		v.window(n.Window, of)
	}
	for _, c := range children(n) {
		v.node(c, inside)
	}
}

func (v *Visitor) term(t Term, of kreds.Kind) {
	switch t := t.(type) {
	case *Path:
		if v.Path != nil {
			v.Path(t, of)
		}
	case *Func:
		v.term(t.Arg, of)
	case *EventInstant:
		v.events(t.Events, t.Where, nil, of)
	case *Measure:
		v.events(t.Events, t.Where, &t.Window, of)
	}
}

func (v *Visitor) events(e *Events, where Node, window **Window, of kreds.Kind) {
	if v.Events != nil {
		v.Events(e, window)
	}
	if window != nil {
		v.window(*window, of)
	}
	if e.OfPersons {
		of = kreds.Person
	}
	v.node(where, of)
}

func (v *Visitor) window(w *Window, of kreds.Kind) {
	if w == nil {
		return
	}
	for _, d := range []*DateValue{w.D, w.E} {
		if d != nil && d.Path != nil {
			v.term(d.Path, of)
		}
	}
	if w.After != nil {
		v.term(w.After, of)
	}
}

func (v *Visitor) value(x Value, of kreds.Kind) {
	switch x := x.(type) {
	case *TermValue:
		v.term(x.Term, of)
	case *DateValue:
		if x.Path != nil {
			v.term(x.Path, of)
		}
	}
}
