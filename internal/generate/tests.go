package generate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
)

// test writes a comparison of what has a value.
func (x *Writer) test(p place, n name) string {
	if x.chance(12) {
		return n.text + x.pick(" is known", " is unknown", " is not known")
	}
	not := x.pick("", "", "not ")
	switch n.typ {
	case kreds.Number, kreds.Span:
		return x.testNumber(p, n, not)
	case kreds.Text:
		return x.testText(p, n, not)
	case kreds.Boolean:
		if n.measure {
			return n.text + x.pick(" = ", " != ") + x.pick("true", "false")
		}
		return x.pick(n.text, "not "+n.text, n.text+" = false", n.text+" != true", n.text+" "+not+"in (true)")
	case kreds.Date, kreds.Instants:
		return x.testDate(p, n, not)
	case kreds.List:
		return x.testList(n, not)
	case kreds.Location:
		return x.testLocation(n, not)
	}
	return "everyone"
}

// value writes a literal of the name's type; "" where there is none.
func (x *Writer) value(p place, n name, terms bool) string {
	switch n.typ {
	case kreds.Number:
		return x.number(n)
	case kreds.Span:
		return strconv.Itoa(x.n(1, 90)) + " " + x.pick("hours", "days", "weeks")
	case kreds.Text:
		return x.text(n)
	case kreds.Boolean:
		return x.pick("true", "false")
	case kreds.Date, kreds.Instants:
		return x.date(p, dates{terms: terms, days: n.typ == kreds.Date})
	}
	return ""
}

var signs = []string{"=", "!=", "<", "<=", ">", ">="}

// other is another thing with a value of one of the types.
func (x *Writer) other(p place, n name) (name, bool) {
	types := []kreds.Type{n.typ}
	if n.typ == kreds.Date || n.typ == kreds.Instants {
		types = []kreds.Type{kreds.Date, kreds.Instants}
	}
	if p.where == nil && x.chance(3) {
		for range 6 {
			if m := x.measure(p); m.typ == types[0] || m.typ == types[len(types)-1] {
				return m, true
			}
		}
	}
	o := x.pickName(p, types...)
	return o, o.text != ""
}

func (x *Writer) testNumber(p place, n name, not string) string {
	switch x.rng.IntN(8) {
	case 0:
		return n.text + " " + not + "between " + x.value(p, n, false) + " and " + x.value(p, n, false)
	case 1:
		return n.text + " " + not + "in (" + x.value(p, n, false) + ", " + x.value(p, n, false) + ")"
	case 2:
		if n.typ == kreds.Number {
			return n.text + " " + not + `in list "cheap numbers"`
		}
	case 3, 4:
		if o, ok := x.other(p, n); ok {
			share := ""
			if x.chance(2) {
				share = x.pick("50", "33.3", "110", "1") + "% of "
			}
			return n.text + " " + x.pick(signs...) + " " + share + o.text
		}
	}
	return n.text + " " + x.pick(signs...) + " " + x.value(p, n, false)
}

func (x *Writer) testText(p place, n name, not string) string {
	literal := func() string { return x.text(n) }
	part := func() string {
		r := []rune(strings.Trim(literal(), `"`))
		if len(r) < 2 {
			return text(string(r))
		}
		from := x.rng.IntN(len(r) - 1)
		s := string(r[from:min(len(r), from+x.n(1, 4))])
		if strings.Contains(s, `"`) {
			s = string(r[0])
		}
		switch x.rng.IntN(3) {
		case 0:
			s = strings.ToUpper(s)
		case 1:
			s = strings.ToLower(s)
		}
		return text(s)
	}
	switch x.rng.IntN(9) {
	case 0:
		return n.text + " " + not + "in (" + literal() + ", " + literal() + ")"
	case 1:
		return n.text + " " + not + "in list " + x.pick(`"EU"`, `"nordics"`, `"North"`, `"north"`, `"shelf"`)
	case 2, 3:
		return n.text + " " + not + x.pick("contains ", "starts with ", "ends with ") + part()
	case 4:
		return n.text + " " + not + x.pick("contains", "starts with", "ends with") + " any of (" + part() + ", " + part() + ")"
	case 5:
		pattern := x.pick("^", "", "(?i)") + regexp.QuoteMeta(strings.ReplaceAll(strings.Trim(part(), `"`), `"`, "")) + x.pick("", "$", ".", "[a-z]+")
		return n.text + " " + not + "matches " + text(pattern)
	case 6:
		if o, ok := x.other(p, n); ok {
			return n.text + x.pick(" = ", " != ") + o.text
		}
	}
	return n.text + x.pick(" = ", " = ", " != ") + literal()
}

func (x *Writer) testDate(p place, n name, not string) string {
	days := n.typ == kreds.Date
	d := func() string { return x.date(p, dates{terms: true, days: days}) }
	switch x.rng.IntN(10) {
	case 0, 1:
		if n.typ == kreds.Date || n.typ == kreds.Instants {
			if o, ok := x.other(p, n); ok {
				return n.text + " " + x.pick(signs...) + " " + o.text
			}
		}
	case 2:
		return n.text + " " + x.pick(signs...) + " " + d()
	case 3:
		if strings.Contains(n.text, " of ") { // of a measure these stand after "is"
			break
		}
		return n.text + " " + not + "between " + d() + " and " + d()
	case 4:
		return n.text + " " + not + "in (" + d() + ", " + d() + ")"
	case 5, 6:
		return n.text + " " + not + "anniversary " + x.window(p, span{days: true})
	case 7:
		if !strings.Contains(n.text, " ") {
			return x.function(p, n, not)
		}
	}
	w := x.window(p, span{days: days})
	if n.measure {
		return n.text + " is " + not + w
	}
	return n.text + " " + not + w
}

func (x *Writer) function(p place, n name, not string) string {
	fn := x.pick("year", "month", "weekday")
	if n.typ == kreds.Instants && x.chance(3) {
		fn = "hour"
	}
	some := func() string {
		switch fn {
		case "year":
			return strconv.Itoa(x.w.From.Time().Year() + x.rng.IntN(3))
		case "month":
			return strconv.Itoa(x.n(1, 12))
		case "weekday":
			return strconv.Itoa(x.n(1, 7))
		}
		return strconv.Itoa(x.n(0, 23))
	}
	f := fn + "(" + n.text + ")"
	switch x.rng.IntN(3) {
	case 0:
		return f + " " + not + "in (" + some() + ", " + some() + ")"
	case 1:
		if o, ok := x.other(p, n); ok && !strings.Contains(o.text, " ") {
			return f + " " + x.pick(signs...) + " " + x.pick("year", "month", "weekday") + "(" + o.text + ")"
		}
	}
	return f + " " + x.pick(signs...) + " " + some()
}

func (x *Writer) testList(n name, not string) string {
	word := func() string {
		if v := x.observed(n); len(v.List) > 0 {
			return text(v.List[x.rng.IntN(len(v.List))])
		}
		return text("tea")
	}
	switch x.rng.IntN(4) {
	case 0:
		return fmt.Sprintf("size(%s) %s %d", n.text, x.pick(signs...), x.rng.IntN(4))
	case 1:
		return n.text + " " + not + "includes " + x.pick("any", "all") + " of (" + word() + ", " + word() + ")"
	}
	return n.text + " " + not + "includes " + word()
}

func (x *Writer) testLocation(n name, not string) string {
	where := `place "aarhus store"`
	switch x.rng.IntN(3) {
	case 0:
		v := x.observed(n)
		lat, lon := v.Point.Degrees()
		where = fmt.Sprintf("(%s, %s)", number(lat), number(lon))
	case 1:
		where = "any place"
	}
	return n.text + " " + not + "near " + where + " within " + x.pick("0", "5", "22.5", "60", "100", "12000") + " km"
}
