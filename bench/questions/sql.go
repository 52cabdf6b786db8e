package questions

import (
	"fmt"
	"strings"
	"time"

	"github.com/kreds/kreds/bench/generate"
)

// Statement is SQL that answers some leaves: its columns are the number of
// members of each.
type Statement struct {
	SQL    string
	Leaves []int
}

// Statements returns the SQL of the leaves: for every table one statement with
// a FILTER column for each leaf on it, and one for each sequence.
func Statements(leaves []Leaf) []Statement {
	var out []Statement
	for _, k := range generate.Kinds {
		var inner, outer []string
		var of []int
		for i := range leaves {
			l := &leaves[i]
			if l.Sequence() || l.event != k {
				continue
			}
			of = append(of, i)
			inner = append(inner, fmt.Sprintf("%s AS c%d", l.aggregate(), i))
			outer = append(outer, fmt.Sprintf("count(*) FILTER (WHERE c%d %s)", i, l.test()))
		}
		if len(of) > 0 {
			out = append(out, Statement{
				SQL: fmt.Sprintf("SELECT %s FROM (SELECT customer, %s FROM %s GROUP BY customer)",
					strings.Join(outer, ", "), strings.Join(inner, ", "), Table(k)),
				Leaves: of,
			})
		}
	}
	for i := range leaves {
		if l := &leaves[i]; l.Sequence() {
			out = append(out, Statement{l.sequenceSQL(), []int{i}})
		}
	}
	return out
}

// Table returns the name of the SQL table of an event type.
func Table(k generate.Kind) string { return k.String() + "s" }

func stamp(t time.Time) string { return "TIMESTAMP '" + t.Format(time.DateOnly) + "'" }

// conditions returns what a row must satisfy, nil if nothing.
func (l *Leaf) conditions() []string {
	var out []string
	if l.window.n > 0 {
		out = append(out, "time >= "+stamp(l.window.start()))
	}
	f := l.where
	literal := func(s string) string { return "'" + s + "'" }
	switch len(f.categories) {
	case 0:
	case 1:
		out = append(out, "category = "+literal(f.categories[0]))
	default:
		out = append(out, "category IN ("+join(f.categories, literal)+")")
	}
	if f.prefix != "" {
		out = append(out, "starts_with(category, "+literal(f.prefix)+")")
	}
	if f.amountOver > 0 {
		out = append(out, fmt.Sprintf("amount > %g", f.amountOver))
	}
	if f.minutesTo > 0 {
		out = append(out, fmt.Sprintf("minutes <= %g", f.minutesTo))
	}
	return out
}

// aggregate returns the FILTER column of the leaf.
func (l *Leaf) aggregate() string {
	filter := ""
	if c := l.conditions(); c != nil {
		filter = " FILTER (WHERE " + strings.Join(c, " AND ") + ")"
	}
	switch l.form {
	case formCount:
		return "count(*)" + filter
	case formLast:
		return "max(time)" + filter
	case formDistinct:
		return "count(DISTINCT " + l.property + ")" + filter
	default:
		return l.form.name() + "(" + l.property + ")" + filter
	}
}

// test returns what the column is compared with.
func (l *Leaf) test() string {
	if l.form == formLast {
		return l.op + " " + stamp(generate.End.AddDate(0, 0, -int(l.threshold)))
	}
	return fmt.Sprintf("%s %g", l.op, l.threshold)
}

// sequenceSQL pairs each second event with the last first event before it and,
// where something must not follow, with the next of those after it.
func (l *Leaf) sequenceSQL() string {
	first := "SELECT customer, time FROM " + Table(l.event)
	if c := l.conditions(); c != nil {
		first += " WHERE " + strings.Join(c, " AND ")
	}
	pairs := fmt.Sprintf("SELECT b.customer, b.time FROM %s b ASOF JOIN (%s) a ON a.customer = b.customer AND a.time < b.time WHERE b.time <= a.time + INTERVAL %d DAY",
		Table(l.then), first, l.gap)
	if l.never < 0 {
		return "SELECT count(DISTINCT customer) FROM (" + pairs + ")"
	}
	return fmt.Sprintf("SELECT count(DISTINCT b.customer) FROM (%s) b ASOF LEFT JOIN %s n ON n.customer = b.customer AND n.time > b.time"+
		" WHERE b.time <= %s - INTERVAL %d DAY AND (n.time IS NULL OR n.time > b.time + INTERVAL %d DAY)",
		pairs, Table(l.never), stamp(generate.End), l.neverUntil, l.neverUntil)
}
