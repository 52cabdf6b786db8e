package segment

import "github.com/kreds/kreds"

// Terms.
type (
	// Path is a name: a trait (age, survey.panel.q3), company.T from a person,
	// and in where (…) a property, time, profile.T or property.fact of an item.
	Path struct {
		at
		Name string // as written, parts joined by dots, without back quotes; Check makes it canonical
		Ref  Ref    // set by Check
	}
	// Func is year, month, weekday, hour or size of a path.
	Func struct {
		at
		Name string
		Arg  *Path
	}
	// EventInstant is "first E [where]" or "last E [where]".
	EventInstant struct {
		at
		Last   bool
		Events *Events
		Where  Node
	}
	// Measure is "agg of E [where] [W]".
	Measure struct {
		at
		Agg    Agg
		Prop   string // "" for count and median gap
		Events *Events
		Where  Node
		Window *Window
		typ    kreds.Type
	}
)

func (*Path) term()         {}
func (*Func) term()         {}
func (*EventInstant) term() {}
func (*Measure) term()      {}

// Type returns the type of the trait or property.
func (p *Path) Type() kreds.Type { return p.Ref.Type }

// Type returns Number.
func (*Func) Type() kreds.Type { return kreds.Number }

// Type returns Instants.
func (*EventInstant) Type() kreds.Type { return kreds.Instants }

// Type returns the type of the measure's values: that of the property for min,
// max, first, last and most frequent, Span for median gap, Number otherwise.
func (m *Measure) Type() kreds.Type { return m.typ }

// RefKind says what a path refers to.
type RefKind uint8

// What a path can refer to.
const (
	RefNone      RefKind = iota // not checked yet
	RefTrait                    // a trait of the profile; in where (…) written profile.T
	RefCompany                  // a trait of the person's company: company.T
	RefKey                      // profile.key
	RefFirstSeen                // profile.first_seen
	RefReachable                // reachable.CHANNEL
	RefProperty                 // a property of the event, in where (…)
	RefTime                     // the event's instant, in where (…)
	RefItem                     // a fact of the item that a property holds, in where (…)
)

// Ref is what Check found a path to mean.
type Ref struct {
	Kind RefKind
	// Name is the canonical name of the trait, the property (RefProperty and
	// RefItem) or the channel.
	Name string
	Fact string // RefItem: the name of the item's fact
	// Of is RefTrait, RefKey or RefFirstSeen under RefCompany.
	Of   RefKind
	Type kreds.Type
}

// Events says which events a condition reads.
type Events struct {
	at
	// OfPersons is "person.E": the events of all persons of a company.
	OfPersons bool
	Any       bool     // any event
	Names     []string // one name, or the names of any of (…)
	AnyOf     bool     // written as any of (…)
}

// Values.
type (
	// Number is a number literal; Text keeps its digits as written.
	Number struct {
		at
		V    float64
		Text string
	}
	// Text is a text literal.
	Text struct {
		at
		V string
	}
	// Bool is true or false.
	Bool struct {
		at
		V bool
	}
	// Duration is "30 days".
	Duration struct {
		at
		N    int
		Unit Unit
	}
	// TermValue is another term, or a percentage of it.
	TermValue struct {
		at
		Percent *Number // nil: the term itself
		Term    Term
	}
	// DateValue is a D: a point or a stretch of the calendar.
	DateValue struct {
		at
		Kind  DateKind
		Year  int // Year, Month, Quarter, Day
		Month int // 1–12; of a quarter its number 1–4
		Day   int
		Text  string // DateInstant: the canonical RFC 3339 text, or a local time without zone
		N     int    // Ago, Ahead
		Unit  Unit
		Path  *Path // DateTrait
	}
)

func (*Number) value()    {}
func (*Text) value()      {}
func (*Bool) value()      {}
func (*Duration) value()  {}
func (*TermValue) value() {}
func (*DateValue) value() {}
