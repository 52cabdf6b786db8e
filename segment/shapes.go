package segment

import (
	"reflect"
	"strings"
)

// shape is the JSON form of one kind of node: its "type", the Go struct, the
// fields that the type implies, and the fields that are written. The encoder,
// the decoder and the schema all read this table.
type shape struct {
	name   string
	of     reflect.Type // the struct
	means  string       // the text form, for the schema
	fixed  []fixed
	fields []field
}

type fixed struct {
	index int
	value reflect.Value
}

// field is one field of a shape. An optional one is left out where it is zero.
type field struct {
	name     string
	index    int
	typ      reflect.Type
	optional bool
}

// newShape describes a struct by the names of its Go fields: "?" marks optional
// ones, "Name=" those that the type implies, whose values follow, and
// "Name:word" what JSON calls the field if not the same.
func newShape(name string, node any, fields, means string, implied ...any) *shape {
	s := &shape{name: name, of: reflect.TypeOf(node).Elem(), means: means}
	for f := range strings.FieldsSeq(fields) {
		goName, called, renamed := strings.Cut(strings.TrimRight(f, "?="), ":")
		if !renamed {
			called = snake(goName)
		}
		sf, ok := s.of.FieldByName(goName)
		if !ok {
			panic("segment: " + s.of.Name() + " has no field " + goName) // found by every test
		}
		if strings.HasSuffix(f, "=") {
			s.fixed = append(s.fixed, fixed{sf.Index[0], reflect.ValueOf(implied[len(s.fixed)])})
			continue
		}
		s.fields = append(s.fields, field{called, sf.Index[0], sf.Type, strings.HasSuffix(f, "?")})
	}
	return s
}

// snake turns the name of a Go field into that of a JSON field.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

var shapes = []*shape{
	// Conditions of conditions.
	newShape("and", (*And)(nil), "Clauses", "C and C …, two or more"),
	newShape("or", (*Or)(nil), "Clauses", "C or C …, two or more"),
	newShape("not", (*Not)(nil), "X:condition", "not C"),
	newShape("some_of", (*SomeOf)(nil), "Op N Clauses", "at least N of (C, C, …)"),
	newShape("as_of", (*AsOf)(nil), "X:condition At:date", "(C) as of D"),
	newShape("everyone", (*Everyone)(nil), "", "everyone"),
	// Conditions that compare a term.
	newShape("is_true", (*BoolTerm)(nil), "Term", "a boolean term alone"),
	newShape("compare", (*Compare)(nil), "Term Op Value", "T = V, T < V …"),
	newShape("between", (*Between)(nil), "Term Not? Lo Hi", "T between V and V"),
	newShape("in", (*In)(nil), "Term Not? Values", "T in (V, V, …)"),
	newShape("in_list", (*InList)(nil), "Term Not? List", "T in list \"…\""),
	newShape("rank", (*Rank)(nil), "Term Not? Bottom? N Percent? Segment? Among?", "T in top N% among …; at most one of segment and among"),
	newShape("text_match", (*TextMatch)(nil), "Term Not? Op AnyOf? Texts", "T contains \"…\"; more than one text only with any_of"),
	newShape("includes", (*Includes)(nil), "Term Not? Mode Values", "T includes \"…\", T includes any of (…)"),
	newShape("known", (*Known)(nil), "Term Unknown?", "T is known, T is unknown"),
	newShape("in_window", (*InWindow)(nil), "Term Not? Window", "T within last 30 days, T before D …"),
	newShape("anniversary", (*Anniversary)(nil), "Term Not? Window", "T anniversary W"),
	newShape("changed", (*Changed)(nil), "Term Not? Window?", "T changed W"),
	newShape("became", (*Became)(nil), "Term Not? To Window?", "T became V W"),
	newShape("went_from", (*WentFrom)(nil), "Term Not? From To Window?", "T went from V to V W"),
	newShape("has_been", (*HasBeen)(nil), "Term Not? List? Values For", "T has been V for 30 days; list: the values stand in parentheses"),
	newShape("near_point", (*Near)(nil), "Point= Term Not? Lat Lon Km", "T near (lat, lon) within N km", true),
	newShape("near_any_place", (*Near)(nil), "Any= Term Not? Km", "T near any place within N km", true),
	newShape("near_place", (*Near)(nil), "Point= Any= Term Not? Name Km", "T near place \"…\" within N km", false, false),
	// Conditions about events.
	newShape("did", (*Did)(nil), "Not? Steps", "did E …, did E then E …"),
	newShape("resumed", (*Resumed)(nil), "Events Where? Window? Pause?", "resumed E W after pause of 90 days"),
	newShape("step", (*Step)(nil), "Not? Events Where? Same? Count? Periods? Window? Within?", "one step of a did; not and within only of a later one"),
	newShape("count", (*Count)(nil), "Op N M?", "at least N times; m only with from_to"),
	newShape("each_period", (*Periods)(nil), "Each= Op= N= Of Whole? Unit", "in each of last 4 weeks", true, CountOp(0), 0),
	newShape("periods", (*Periods)(nil), "Each= Op N Of Whole? Unit", "in at least N of last 6 months", false),
	// Conditions about segments, relations and chance.
	newShape("in_segment", (*InSegment)(nil), "Segment For? AsOf?", "in segment \"…\" for 30 days as of D"),
	newShape("joined", (*Moved)(nil), "Left= Segment Window?", "joined segment \"…\" W", false),
	newShape("left", (*Moved)(nil), "Left= Segment Window?", "left segment \"…\" W", true),
	newShape("company", (*OfCompany)(nil), "X:condition", "company (C)"),
	newShape("any_person", (*OfPersons)(nil), "Quant= Op= N= X:condition", "any person (C)", QuantAny, CountOp(0), 0),
	newShape("no_person", (*OfPersons)(nil), "Quant= Op= N= X:condition", "no person (C)", QuantNo, CountOp(0), 0),
	newShape("all_persons", (*OfPersons)(nil), "Quant= Op= N= X:condition", "all persons (C)", QuantAll, CountOp(0), 0),
	newShape("count_persons", (*OfPersons)(nil), "Quant= Op N X:condition", "at least 3 persons (C)", QuantCount),
	newShape("bucket", (*Bucket)(nil), "From To Of Salt?", "bucket 0 to 9 of 100 salt \"…\""),
	// Terms.
	newShape("path", (*Path)(nil), "Name", "a name; parts are joined by dots"),
	newShape("function", (*Func)(nil), "Name Arg", "year, month, weekday, hour or size (T)"),
	newShape("first_event", (*EventInstant)(nil), "Last= Events Where?", "first E where (C)", false),
	newShape("last_event", (*EventInstant)(nil), "Last= Events Where?", "last E where (C)", true),
	newShape("measure", (*Measure)(nil), "Agg Prop? Events Where? Window?", "count of E, sum(p) of E …"),
	// Which events.
	newShape("event", (*Events)(nil), "Any= AnyOf= OfPersons? Names", "E, person.E; one name", false, false),
	newShape("any_event", (*Events)(nil), "Any= AnyOf= OfPersons?", "any event, person.any event", true, false),
	newShape("any_of_events", (*Events)(nil), "Any= AnyOf= OfPersons? Names", "any of (E, E), person.any of (E, E)", false, true),
	// Values. A number and a date have forms of their own.
	newShape("text", (*Text)(nil), "V:value", "\"…\""),
	newShape("boolean", (*Bool)(nil), "V:value", "true, false"),
	newShape("duration", (*Duration)(nil), "N Unit", "30 days"),
	newShape("value_of", (*TermValue)(nil), "Percent? Term", "a term, N% of a term"),
	newShape("today", (*DateValue)(nil), "Kind=", "today", DateToday),
	newShape("ago", (*DateValue)(nil), "Kind= N Unit", "30 days ago", DateAgo),
	newShape("ahead", (*DateValue)(nil), "Kind= N Unit", "30 days ahead", DateAhead),
	newShape("date_of", (*DateValue)(nil), "Kind= Path", "a trait that is a date or an instant; only in a window", DateTrait),
	// Windows.
	newShape("within_last", (*Window)(nil), "Kind= N Whole? Unit", "within last 30 days", WindowLast),
	newShape("within_next", (*Window)(nil), "Kind= N Whole? Unit", "within next 30 days", WindowNext),
	newShape("within_first", (*Window)(nil), "Kind= N Unit After?", "within first 30 days after T", WindowFirst),
	newShape("between_dates", (*Window)(nil), "Kind= D:from E:to", "between D and D", WindowBetween),
	newShape("before", (*Window)(nil), "Kind= D:date", "before D", WindowBefore),
	newShape("after", (*Window)(nil), "Kind= D:date", "after D", WindowAfter),
	newShape("on", (*Window)(nil), "Kind= D:date", "on D", WindowOn),
	newShape("in_date", (*Window)(nil), "Kind= D:date", "in 2025, in 2025-Q1, in 2025-03", WindowIn),
	newShape("on_today", (*Window)(nil), "Kind= Unit=", "today", WindowToday, Day),
	newShape("yesterday", (*Window)(nil), "Kind= Unit=", "yesterday", WindowYesterday, Day),
	newShape("tomorrow", (*Window)(nil), "Kind= Unit=", "tomorrow", WindowTomorrow, Day),
	newShape("this", (*Window)(nil), "Kind= Unit", "this month", WindowThis),
	newShape("last", (*Window)(nil), "Kind= Unit", "last month", WindowPrevious),
	newShape("next", (*Window)(nil), "Kind= Unit", "next month", WindowFollowing),
	newShape("more_than", (*Window)(nil), "Kind= N Unit Ahead?", "more than 30 days ago", WindowMoreThan),
	newShape("from_to", (*Window)(nil), "Kind= N To Unit Ahead?", "from 90 to 30 days ago; n is the farther", WindowFromTo),
}

// words are what the values of an enumeration are called, from 1.
var words = map[reflect.Type][]string{
	reflect.TypeFor[CountOp]():      {"at_least", "at_most", "exactly", "from_to"},
	reflect.TypeFor[CompareOp]():    {"=", "!=", "<", "<=", ">", ">="},
	reflect.TypeFor[TextOp]():       {"contains", "starts_with", "ends_with", "matches"},
	reflect.TypeFor[IncludesMode](): {"one", "any", "all"},
	reflect.TypeFor[Agg](): {
		"count", "count_distinct", "sum", "avg", "min", "max", "median", "first", "last", "most_frequent", "median_gap",
	},
	reflect.TypeFor[Unit](): {"hour", "day", "week", "month", "quarter", "year"},
}

// The types that a field or an element can have beside numbers and texts.
var (
	nodeType   = reflect.TypeFor[Node]()
	termType   = reflect.TypeFor[Term]()
	valueType  = reflect.TypeFor[Value]()
	numberType = reflect.TypeFor[*Number]()
	dateType   = reflect.TypeFor[*DateValue]()
	windowType = reflect.TypeFor[*Window]()
)

// The two shapes that are not written field by field.
const (
	numberShape = "number" // {"type": "number", "value": 1.5}
	dateShape   = "date"   // {"type": "date", "value": "2025-03-01"}
)

// shapesOf returns the shapes that a field of the type can hold.
func shapesOf(t reflect.Type) []*shape {
	var out []*shape
	for _, s := range shapes {
		switch {
		case t.Kind() == reflect.Interface && reflect.PointerTo(s.of).Implements(t),
			t.Kind() == reflect.Pointer && s.of == t.Elem():
			out = append(out, s)
		}
	}
	return out
}

// shapeOf returns the shape of a node; nil if it has none.
func shapeOf(v reflect.Value) *shape {
	for _, s := range shapes {
		if s.of != v.Type() {
			continue
		}
		match := true
		for _, f := range s.fixed {
			match = match && v.Field(f.index).Equal(f.value)
		}
		if match {
			return s
		}
	}
	return nil
}
