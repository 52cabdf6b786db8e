package kreds

// Trait is one named, typed fact of profiles of a kind.
type Trait struct {
	Kind  Kind
	Name  string // snake_case, may have a namespace: survey.panel.q3
	Label string // the original name
	Type  Type
	// Dated says that at least one observation has a date; a trait without
	// dates holds always, and a proof refuses it unless Timeless.
	Dated    bool
	Timeless bool
	// Observed is the latest dated observation; evaluations as of a later
	// instant see the current values. MinInstant without dated ones.
	Observed Instant
}

// Property is one named, typed fact of events of a type.
type Property struct {
	Name  string
	Label string
	Type  Type
}

// EventType is a table of events with typed properties.
type EventType struct {
	Name       string
	Label      string
	Properties []Property
	Occasion   string // the property whose equal values make lines one occasion; "" if each row is one
	Rows       int64
}

// Property returns the property of the name.
func (e *EventType) Property(name string) (Property, bool) {
	for _, p := range e.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Place is a named location that expressions can refer to.
type Place struct {
	Name  string
	Point Point
}

// Catalogue is everything that an expression can refer to. Names are canonical
// (as stored); they are matched without regard to case.
type Catalogue struct {
	Traits   []Trait
	Events   []EventType
	Items    []Property          // facts of items, which are known by their key
	Lists    map[string][]string // stored lists of values
	Places   []Place
	Segments []SegmentRef
	// Value is what the workspace says that counts as value, as "sum(amount) of
	// purchase"; "" where that is found by usual names.
	Value string
}

// SegmentRef is what an expression needs to know of a segment.
type SegmentRef struct {
	Name    string
	Subject Subject
}
