// Package segment is the language of segments: the tree, its text form, its
// JSON form and its checker. It knows what an expression means for types and
// names, and nothing of where data is; docs/language.md is its reference.
package segment

import "github.com/kreds/kreds"

// Pos is a place in the text of an expression. Line and Column start at 1 and
// count characters; the zero Pos is unknown, as for trees read from JSON.
type Pos struct{ Line, Column int }

// Expr is a whole expression.
type Expr struct {
	Subject kreds.Subject
	Root    Node
}

// Node is a condition: true or false for each profile. The set of nodes is
// closed.
type Node interface {
	Pos() Pos
	node()
}

// Term is something that has a value for each profile: a path, a function of
// one, the instant of an event or a measure of events. The set is closed.
type Term interface {
	Pos() Pos
	// Type is the type of the term's values; Unknown before Check.
	Type() kreds.Type
	term()
}

// Value is what a term is compared with: a literal, a date, a duration or
// another term. The set is closed.
type Value interface {
	Pos() Pos
	value()
}

type at struct{ pos Pos }

// Pos returns where the text of the node begins.
func (a at) Pos() Pos { return a.pos }

// Conditions of conditions.
type (
	// And holds where all clauses hold; it has two or more.
	And struct {
		at
		Clauses []Node
	}
	// Or holds where any clause holds; it has two or more.
	Or struct {
		at
		Clauses []Node
	}
	// Not holds where X does not.
	Not struct {
		at
		X Node
	}
	// SomeOf is "at least N of (…)".
	SomeOf struct {
		at
		Op      CountOp
		N       int
		Clauses []Node
	}
	// AsOf is "(X) as of At": X as it was then.
	AsOf struct {
		at
		X  Node
		At *DateValue
	}
	// Everyone holds for the whole population.
	Everyone struct{ at }
)

// Conditions that compare a term.
type (
	// BoolTerm is a boolean term alone: T is T = true.
	BoolTerm struct {
		at
		Term Term
	}
	// Compare is "T op V".
	Compare struct {
		at
		Term  Term
		Op    CompareOp
		Value Value
	}
	// Between is "T [not] between Lo and Hi", both ends in; for dates both days
	// whole.
	Between struct {
		at
		Term   Term
		Not    bool
		Lo, Hi Value
	}
	// In is "T [not] in (…)".
	In struct {
		at
		Term   Term
		Not    bool
		Values []Value
	}
	// InList is "T [not] in list "name"".
	InList struct {
		at
		Term Term
		Not  bool
		List string
	}
	// Rank is "T [not] in top N[%] [among …]". At most one of Segment and Among
	// is set.
	Rank struct {
		at
		Term    Term
		Not     bool
		Bottom  bool
		N       float64
		Percent bool
		Segment string
		Among   Node
	}
	// TextMatch is "T [not] contains|starts with|ends with|matches …". AnyOf
	// tells "any of (…)" from one string.
	TextMatch struct {
		at
		Term  Term
		Not   bool
		Op    TextOp
		AnyOf bool
		Texts []string
	}
	// Includes is "T [not] includes …" of a list.
	Includes struct {
		at
		Term   Term
		Not    bool
		Mode   IncludesMode
		Values []Value
	}
	// Known is "T is known" or, with Unknown set, "T is unknown".
	Known struct {
		at
		Term    Term
		Unknown bool
	}
	// InWindow is a date form: "T [not] within last 3 days", "T before D" ….
	InWindow struct {
		at
		Term   Term
		Not    bool
		Window *Window
	}
	// Anniversary is "T [not] anniversary W".
	Anniversary struct {
		at
		Term   Term
		Not    bool
		Window *Window
	}
	// Changed is "T [not] changed [W]". Term is a trait's path.
	Changed struct {
		at
		Term   *Path
		Not    bool
		Window *Window
	}
	// Became is "T [not] became v [W]".
	Became struct {
		at
		Term   *Path
		Not    bool
		To     Value
		Window *Window
	}
	// WentFrom is "T [not] went from v to v [W]".
	WentFrom struct {
		at
		Term     *Path
		Not      bool
		From, To Value
		Window   *Window
	}
	// HasBeen is "T [not] has been v|(…) for N unit".
	HasBeen struct {
		at
		Term   *Path
		Not    bool
		List   bool // written in parentheses
		Values []Value
		For    *Duration
	}
	// Near is "T [not] near place within N km". Exactly one of Point, Name and
	// Any is set.
	Near struct {
		at
		Term     Term
		Not      bool
		Lat, Lon float64
		Point    bool
		Name     string
		Any      bool
		Km       float64
	}
)

// Conditions about events.
type (
	// Did is "did [not] E …": one step, or a sequence of several.
	Did struct {
		at
		Not   bool
		Steps []*Step // the first has Not false; with Did.Not there is one step
	}
	// Resumed is "resumed E [where] [W] [after pause of span]".
	Resumed struct {
		at
		Events *Events
		Where  Node
		Window *Window
		Pause  *Duration // nil: 90 days
	}
)

// Step is one step of a Did.
type Step struct {
	at
	Not     bool // "then not"
	Events  *Events
	Where   Node // nil without
	Same    string
	Count   *Count
	Periods *Periods
	Window  *Window
	Within  *Duration // of a later step: at most this after the one before
}

// Conditions about segments, relations and chance.
type (
	// InSegment is "in segment "x" [for span] [as of D]".
	InSegment struct {
		at
		Segment string
		For     *Duration
		AsOf    *DateValue
	}
	// Moved is "joined segment "x" [W]" or, with Left set, "left segment …".
	Moved struct {
		at
		Left    bool
		Segment string
		Window  *Window
	}
	// OfCompany is "company (X)": from a person.
	OfCompany struct {
		at
		X Node
	}
	// OfPersons is "any|no|all persons (X)" or "at least 3 persons (X)": from a
	// company. Op and N are read only for QuantCount.
	OfPersons struct {
		at
		Quant Quantifier
		Op    CountOp
		N     int
		X     Node
	}
	// Bucket is "bucket From to To of Of [salt "…"]".
	Bucket struct {
		at
		From, To, Of int
		Salt         string
	}
)

func (*And) node()         {}
func (*Or) node()          {}
func (*Not) node()         {}
func (*SomeOf) node()      {}
func (*AsOf) node()        {}
func (*Everyone) node()    {}
func (*BoolTerm) node()    {}
func (*Compare) node()     {}
func (*Between) node()     {}
func (*In) node()          {}
func (*InList) node()      {}
func (*Rank) node()        {}
func (*TextMatch) node()   {}
func (*Includes) node()    {}
func (*Known) node()       {}
func (*InWindow) node()    {}
func (*Anniversary) node() {}
func (*Changed) node()     {}
func (*Became) node()      {}
func (*WentFrom) node()    {}
func (*HasBeen) node()     {}
func (*Near) node()        {}
func (*Did) node()         {}
func (*Resumed) node()     {}
func (*InSegment) node()   {}
func (*Moved) node()       {}
func (*OfCompany) node()   {}
func (*OfPersons) node()   {}
func (*Bucket) node()      {}
