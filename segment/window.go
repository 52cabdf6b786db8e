package segment

// DateKind is the form of a DateValue.
type DateKind uint8

// The forms of a date. DateQuarter occurs only in windows ("in 2025-Q1").
const (
	DateDay DateKind = iota + 1
	DateMonth
	DateQuarter
	DateYear
	DateInstant
	DateToday
	DateAgo
	DateAhead
	DateTrait
)

// Window is a W: which instants count.
type Window struct {
	at
	Kind WindowKind
	N    int // Last, Next, First, MoreThan, FromTo (the farther)
	To   int // FromTo: the nearer
	Unit Unit
	// Whole: of WindowLast and WindowNext, whole units.
	Whole bool
	// Ahead: of MoreThan and FromTo, ahead instead of ago.
	Ahead bool
	D, E  *DateValue // Between (D to E); Before, After, On and In (D)
	After *Path      // First: nil means the profile's first event
}

// WindowKind is the form of a Window.
type WindowKind uint8

// The forms of a window. Yesterday has Unit Day; This, Previous and Following
// are "this", "last" and "next unit".
const (
	WindowLast      WindowKind = iota + 1 // within last N [whole] units
	WindowNext                            // within next N [whole] units
	WindowBetween                         // between D and D
	WindowBefore                          // before D
	WindowAfter                           // after D
	WindowOn                              // on D
	WindowIn                              // in 2025, in 2025-Q1, in 2025-03
	WindowToday                           // today
	WindowYesterday                       // yesterday
	WindowTomorrow                        // tomorrow
	WindowThis                            // this unit
	WindowPrevious                        // last unit
	WindowFollowing                       // next unit
	WindowMoreThan                        // more than N units ago|ahead
	WindowFromTo                          // from N to M units ago|ahead
	WindowFirst                           // within first N units [after T]
)

// MaxSpan is the greatest number of units that a window or a duration may have.
const MaxSpan = 1_000_000

// Unit is a unit of time.
type Unit uint8

// The units. Hours are 3600 s; the others are calendar units.
const (
	Hour Unit = iota + 1
	Day
	Week
	Month
	Quarter
	Year
)

// String returns the unit's name in the singular.
func (u Unit) String() string {
	if int(u) >= 1 && int(u) <= 6 {
		return [...]string{"hour", "day", "week", "month", "quarter", "year"}[u-1]
	}
	return "unit"
}
