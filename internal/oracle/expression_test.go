package oracle_test

import (
	"fmt"
	"strings"
)

// pick is one of the choices.
func (w *world) pick(choices ...string) string { return choices[w.rng.IntN(len(choices))] }

// maybe is the text half of the time.
func (w *world) maybe(text func() string) string {
	if w.rng.IntN(2) == 0 {
		return ""
	}
	return text()
}

// or is a random condition of at most so many levels.
func (w *world) or(depth int) string {
	if depth == 0 || w.rng.IntN(3) == 0 {
		return w.leaf()
	}
	switch w.rng.IntN(6) {
	case 0, 1:
		return "(" + w.or(depth-1) + " and " + w.or(depth-1) + ")"
	case 2, 3:
		return "(" + w.or(depth-1) + " or " + w.or(depth-1) + ")"
	case 4:
		return "not (" + w.or(depth-1) + ")"
	}
	if w.rng.IntN(2) == 0 {
		return fmt.Sprintf("%s %d of (%s, %s, %s)", w.pick("at least", "at most", "exactly"), w.rng.IntN(4), w.or(depth-1), w.or(depth-1), w.leaf())
	}
	return fmt.Sprintf("(%s) as of %s", w.or(depth-1), w.date())
}

func (w *world) leaf() string {
	switch w.rng.IntN(14) {
	case 0:
		return w.pick(`country = "DK"`, `country != "SE"`, `country in ("DK", "NO")`, `country not in ("DK")`, "country is known", "age is unknown", "everyone")
	case 1:
		return fmt.Sprintf("age %s %d", w.pick("=", "!=", "<", "<=", ">", ">="), 20+w.rng.IntN(10))
	case 2:
		return fmt.Sprintf("age %sbetween %d and %d", w.pick("", "not "), 20+w.rng.IntN(5), 25+w.rng.IntN(5))
	case 3, 4, 5:
		return "did " + w.events() + w.maybe(w.where) + w.maybe(w.same) + w.maybe(w.times) + w.maybe(w.window)
	case 6:
		return "did not " + w.events() + w.maybe(w.where) + w.maybe(w.window)
	case 7:
		whole := w.pick("", "whole ")
		n := 1 + w.rng.IntN(6)
		of := fmt.Sprintf("in each of last %d %s%s", n, whole, w.units())
		if w.rng.IntN(2) == 0 {
			of = fmt.Sprintf("in %s %d of last %d %s%s", w.pick("at least", "at most", "exactly"), w.rng.IntN(n+1), n, whole, w.units())
		}
		return "did " + w.events() + w.maybe(w.where) + w.maybe(w.times) + " " + of
	case 8, 9:
		return w.sequence()
	case 10:
		return fmt.Sprintf("resumed %s%s%s after pause of %d %s", w.events(), w.maybe(w.where), w.maybe(w.window), 1+w.rng.IntN(60), w.pick("days", "weeks", "hours"))
	case 11:
		return fmt.Sprintf("%s %s%s%s", w.pick("first", "last"), w.events(), w.maybe(w.where), w.window())
	}
	return fmt.Sprintf("%s %s %d", w.measure(), w.pick("=", "!=", "<", "<=", ">", ">="), w.rng.IntN(12))
}

func (w *world) measure() string {
	agg := w.pick("count of", "count distinct(product) of", "sum(amount) of", "avg(amount) of", "min(amount) of", "max(amount) of", "median(amount) of")
	return agg + " " + w.events() + w.maybe(w.where) + w.maybe(w.window)
}

func (w *world) events() string {
	return w.pick("purchase", "purchase", "purchase", "view", "return", "any of (view, purchase)", "any event")
}

func (w *world) where() string {
	test := func() string {
		return w.pick(`product = "a"`, `product != "b"`, `product in ("a", "c")`, "product is known", fmt.Sprintf("amount > %d", w.rng.IntN(12)), fmt.Sprintf("amount between 0 and %d", w.rng.IntN(15)), "not amount < 5")
	}
	switch w.rng.IntN(3) {
	case 0:
		return " where (" + test() + " and " + test() + ")"
	case 1:
		return " where (" + test() + " or not (" + test() + "))"
	}
	return " where (" + test() + ")"
}

func (w *world) same() string { return " same product" }

func (w *world) times() string {
	switch w.rng.IntN(4) {
	case 0:
		return fmt.Sprintf(" at least %d times", w.rng.IntN(4))
	case 1:
		return fmt.Sprintf(" at most %d times", w.rng.IntN(4))
	case 2:
		return fmt.Sprintf(" exactly %d times", w.rng.IntN(4))
	}
	return fmt.Sprintf(" %d to %d times", w.rng.IntN(2), 1+w.rng.IntN(4))
}

func (w *world) units() string { return w.pick("days", "weeks", "months", "quarters", "years") }

func (w *world) date() string {
	switch w.rng.IntN(5) {
	case 0:
		return fmt.Sprintf("2024-%02d", 1+w.rng.IntN(12))
	case 1:
		return fmt.Sprintf("%d %s ago", 1+w.rng.IntN(20), w.pick("days", "weeks", "months"))
	case 2:
		return w.pick("2024", "2025", "today")
	}
	return fmt.Sprintf("2024-%02d-%02d", 1+w.rng.IntN(12), 1+w.rng.IntN(28))
}

func (w *world) window() string {
	n := 1 + w.rng.IntN(20)
	switch w.rng.IntN(10) {
	case 0, 1, 2:
		return fmt.Sprintf(" within last %d %s", n, w.pick("hours", "days", "weeks", "months", "quarters"))
	case 3:
		return fmt.Sprintf(" within last %d whole %s", 1+w.rng.IntN(6), w.units())
	case 4:
		return fmt.Sprintf(" between 2024-%02d-%02d and 2024-%02d-%02d", 1+w.rng.IntN(6), 1+w.rng.IntN(28), 6+w.rng.IntN(7), 1+w.rng.IntN(28))
	case 5:
		return " " + w.pick("before ", "after ", "on ") + w.date()
	case 6:
		if w.rng.IntN(3) == 0 {
			return " today"
		}
		return w.pick(" this ", " last ") + w.pick("day", "week", "month", "quarter", "year")
	case 7:
		return fmt.Sprintf(" from %d to %d %s ago", 20+n, n, w.pick("days", "weeks"))
	case 8:
		return fmt.Sprintf(" in 2024-%02d", 1+w.rng.IntN(12))
	}
	return fmt.Sprintf(" more than %d %s ago", n, w.pick("days", "weeks", "months"))
}

func (w *world) sequence() string {
	var b strings.Builder
	b.WriteString("did " + w.events() + w.maybe(w.where) + w.maybe(w.window))
	for range 1 + w.rng.IntN(2) {
		b.WriteString(" then " + w.pick("", "", "not ") + w.events() + w.maybe(w.where))
		if w.rng.IntN(4) == 0 {
			b.WriteString(" same product")
		}
		b.WriteString(w.maybe(w.window))
		if w.rng.IntN(2) == 0 {
			fmt.Fprintf(&b, " within %d %s", 1+w.rng.IntN(60), w.pick("days", "weeks", "hours", "months"))
		}
	}
	return b.String()
}
