package api

// CountRequest asks how many profiles an expression holds for.
type CountRequest struct {
	Expression string `json:"expression" doc:"The expression as text, at most 64 KiB" example:"country = \"DK\" and age between 25 and 40"`
	AsOf       string `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
	ByClause   bool   `json:"by_clause,omitempty" doc:"Also what each clause alone keeps, drops and does not know"`
	Estimate   bool   `json:"estimate,omitempty" doc:"Count in a part of the profiles only, and say how exact that is"`
}

// Count is how many profiles an expression holds for.
type Count struct {
	Count      int64     `json:"count" doc:"Profiles that the expression holds for; the most likely number if estimated"`
	Population int64     `json:"population" doc:"Profiles that the expression is about"`
	Share      float64   `json:"share" doc:"count divided by population; 0 if there is none"`
	AsOf       string    `json:"as_of" doc:"RFC 3339"`
	Seconds    float64   `json:"seconds" doc:"What counting took"`
	Expression string    `json:"expression" doc:"The expression in printed form"`
	Subject    string    `json:"subject"`
	Clauses    []Clause  `json:"clauses,omitempty"`
	Estimate   *Estimate `json:"estimate,omitempty"`
}

// Clause is what one clause of an expression does on its own.
type Clause struct {
	Text    string   `json:"text"`
	Keeps   int64    `json:"keeps" doc:"Profiles of the population that it holds for"`
	Drops   int64    `json:"drops" doc:"Profiles of the population that it does not hold for"`
	Unknown int64    `json:"unknown" doc:"Dropped profiles for which a value that it compares is unknown"`
	Clauses []Clause `json:"clauses,omitempty" doc:"The clauses that it is made of"`
}

// Estimate says how exact an estimated count is.
type Estimate struct {
	Low   int64   `json:"low" doc:"With 95 % confidence the exact count is at least this"`
	High  int64   `json:"high" doc:"and at most this"`
	Error float64 `json:"error" doc:"Half the width of that range, divided by the count"`
	Share float64 `json:"share" doc:"Part of the profiles that were looked at"`
}

// WhyRequest asks why a profile is a member or not.
type WhyRequest struct {
	Profile    string `json:"profile" doc:"The profile's key" example:"17850"`
	Segment    string `json:"segment,omitempty" doc:"Name of a segment" example:"Loyal customers"`
	Expression string `json:"expression,omitempty" doc:"An expression, instead of a segment"`
	AsOf       string `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
}

// Why says why a profile is a member or not.
type Why struct {
	Profile    string `json:"profile"`
	AsOf       string `json:"as_of" doc:"RFC 3339"`
	Expression string `json:"expression" doc:"In printed form"`
	Member     bool   `json:"member"`
	// InPopulation is false for a profile that the expression is not about.
	InPopulation bool    `json:"in_population" doc:"False for a profile that is not seen yet at that time, is another kind of customer, or objects to profiling; it is no member whatever the reason says"`
	Reason       *Reason `json:"reason"`
}

// Reason is one condition of an expression and whether it holds for the
// profile.
type Reason struct {
	Text    string    `json:"text"`
	Holds   bool      `json:"holds"`
	Unknown bool      `json:"unknown,omitempty" doc:"A value that the condition compares is unknown"`
	Value   Value     `json:"value,omitempty" doc:"What the condition compares: the value of the trait or the measure, or the count of events"`
	Against []Value   `json:"against,omitempty" doc:"What it is compared with; for a date form the ends of the interval"`
	Miss    string    `json:"miss,omitempty" say:"text" doc:"How near a miss was, for people"`
	Lacks   []string  `json:"lacks,omitempty" say:"text" doc:"What would have to be otherwise for it to hold, by the shortest way, for people; absent where it holds"`
	Events  []Event   `json:"events,omitempty" doc:"Events that match every clause, oldest first, at most 20; of a sequence the steps chosen"`
	Matched int       `json:"matched,omitempty" doc:"How many events match"`
	Clauses []*Reason `json:"clauses,omitempty"`
}

// OverlapRequest asks how segments overlap.
type OverlapRequest struct {
	Segments   []string `json:"segments" minItems:"1" maxItems:"10" doc:"Names"`
	Expression string   `json:"expression,omitempty" doc:"Also how the segments, at most 9, overlap with this expression"`
	AsOf       string   `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
}

// Overlap is how segments overlap.
type Overlap struct {
	AsOf          string             `json:"as_of" doc:"RFC 3339"`
	Segments      []Size             `json:"segments"`
	Expression    *OverlapExpression `json:"expression,omitempty" doc:"Absent where none was asked about"`
	Intersections []Intersection     `json:"intersections" doc:"Every combination, without empty ones, largest first; they share no profile"`
}

// OverlapExpression is the expression that segments were compared with.
type OverlapExpression struct {
	Text    string `json:"text" doc:"In printed form"`
	Members int64  `json:"members" doc:"Profiles that it holds for"`
}

// Size is a segment's number of members.
type Size struct {
	Name    string `json:"name"`
	Members int64  `json:"members"`
}

// Intersection is the profiles that are in exactly these segments.
type Intersection struct {
	Segments   []string `json:"segments" doc:"None where they are in the expression only"`
	Expression bool     `json:"expression,omitempty" doc:"They are in the expression too; absent where they are not"`
	Members    int64    `json:"members"`
}

// RefreshRequest asks for segments to be evaluated again.
type RefreshRequest struct {
	Segments []string `json:"segments,omitempty" doc:"Names; without any, all"`
	AsOf     string   `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
}

// Refresh is the outcome of a refresh.
type Refresh struct {
	AsOf    string  `json:"as_of" doc:"RFC 3339"`
	Seconds float64 `json:"seconds"`
	Runs    []Run   `json:"runs"`
}
