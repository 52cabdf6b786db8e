package segment

// CountOp is how a count is compared.
type CountOp uint8

// The ways to compare a count.
const (
	AtLeast CountOp = iota + 1
	AtMost
	Exactly
	FromTo // N to M
)

// Count is the count of a step: "at least 3 times", "1 to 2 times".
type Count struct {
	at
	Op   CountOp
	N, M int // M only for FromTo
}

// Holds reports whether n satisfies the count.
func (c *Count) Holds(n int) bool { return c.Op.Holds(n, c.N, c.M) }

// Holds reports whether got satisfies the operator for n (and m for FromTo).
func (op CountOp) Holds(got, n, m int) bool {
	switch op {
	case AtMost:
		return got <= n
	case Exactly:
		return got == n
	case FromTo:
		return got >= n && got <= m
	default:
		return got >= n
	}
}

// Periods is regularity: "in at least 3 of last 6 [whole] months" or, with Each
// set, "in each of last 4 weeks". The step's Count, at least once if nil, must
// hold in a period for it to count.
type Periods struct {
	at
	Each  bool
	Op    CountOp
	N     int
	Of    int
	Whole bool
	Unit  Unit
}

// Quantifier says of how many persons of a company a condition must hold.
type Quantifier uint8

// The quantifiers.
const (
	QuantAny Quantifier = iota + 1
	QuantNo
	QuantAll
	QuantCount
)

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons.
const (
	Equal CompareOp = iota + 1
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

// String returns the operator as written.
func (op CompareOp) String() string {
	if op >= 1 && op <= 6 {
		return [...]string{"=", "!=", "<", "<=", ">", ">="}[op-1]
	}
	return "?"
}

// TextOp is an operator on text.
type TextOp uint8

// The operators on text. Matches minds case, the others do not.
const (
	Contains TextOp = iota + 1
	StartsWith
	EndsWith
	Matches
)

// IncludesMode is a way to look into a list.
type IncludesMode uint8

// The ways to look into a list.
const (
	IncludesOne IncludesMode = iota + 1
	IncludesAny
	IncludesAll
)

// Agg is what a measure computes of its events.
type Agg uint8

// The measures.
const (
	AggCount Agg = iota + 1
	AggCountDistinct
	AggSum
	AggAvg
	AggMin
	AggMax
	AggMedian
	AggFirst
	AggLast
	AggMostFrequent
	AggMedianGap
)

// String returns the measure's words.
func (a Agg) String() string {
	if a >= 1 && a <= 11 {
		return [...]string{"count", "count distinct", "sum", "avg", "min", "max", "median", "first", "last", "most frequent", "median gap"}[a-1]
	}
	return "measure"
}
