package segment

import (
	"fmt"
	"strconv"
	"strings"
)

// happened writes the conditions about events.
func (b *printer) happened(n Node) {
	switch n := n.(type) {
	case *Did:
		b.add("did ")
		if n.Not {
			b.add("not ")
		}
		for i, s := range n.Steps {
			if i > 0 {
				b.add(" then ")
				if s.Not {
					b.add("not ")
				}
			}
			b.step(s)
		}
	case *Resumed:
		b.add("resumed ")
		b.events(n.Events)
		b.where(n.Where)
		b.window(n.Window)
		if n.Pause != nil {
			b.add(" after pause of ")
			b.duration(n.Pause)
		}
	}
}

func (b *printer) step(s *Step) {
	b.events(s.Events)
	b.where(s.Where)
	if s.Same != "" {
		b.add(" same ", Quote(s.Same))
	}
	if c := s.Count; c != nil {
		if b.add(" "); c.Op == FromTo {
			fmt.Fprintf(b, "%d to %d times", c.N, c.M)
		} else {
			b.times(c)
		}
	}
	if r := s.Periods; r != nil {
		b.add(" in ")
		if r.Each {
			b.add("each")
		} else {
			b.quantity(r.Op, r.N)
		}
		fmt.Fprintf(b, " of last %d ", r.Of)
		if r.Whole {
			b.add("whole ")
		}
		b.add(r.Unit.String(), "s")
	}
	b.window(s.Window)
	if s.Within != nil {
		b.add(" within ")
		b.duration(s.Within)
	}
}

// times writes "at least 3 times", "exactly once".
func (b *printer) times(c *Count) {
	b.add(map[CountOp]string{AtLeast: "at least ", AtMost: "at most ", Exactly: "exactly "}[c.Op])
	switch c.N {
	case 1:
		b.add("once")
	case 2:
		b.add("twice")
	default:
		b.add(strconv.Itoa(c.N), " times")
	}
}

func (b *printer) where(n Node) {
	if n != nil {
		b.add(" where ")
		b.group(n)
	}
}

func (b *printer) events(e *Events) {
	if e.OfPersons {
		b.add("person.")
	}
	switch {
	case e.Any:
		b.add("any event")
		return
	case e.AnyOf:
		b.add("any of (")
		list(b, e.Names, ", ", func(s string) { b.add(Quote(s)) })
		b.add(")")
		return
	case !e.OfPersons:
		if _, ok := cutPrefix(strings.Join(e.Names, ""), "person."); ok {
			b.add("`", strings.ReplaceAll(strings.Join(e.Names, ""), "`", "``"), "`") // no event of persons
			return
		}
	}
	list(b, e.Names, ", ", func(s string) { b.add(Quote(s)) })
}

func (b *printer) term(t Term) {
	switch t := t.(type) {
	case *Path:
		b.add(Quote(t.Name))
	case *Func:
		b.add(t.Name, "(")
		b.term(t.Arg)
		b.add(")")
	case *EventInstant:
		b.add(map[bool]string{false: "first ", true: "last "}[t.Last])
		b.events(t.Events)
		b.where(t.Where)
	case *Measure:
		b.add(t.Agg.String())
		if t.Agg != AggCount && t.Agg != AggMedianGap {
			b.add("(", Quote(t.Prop), ")")
		}
		b.add(" of ")
		b.events(t.Events)
		b.where(t.Where)
		b.window(t.Window)
	}
}

func (b *printer) values(vs []Value) {
	b.add("(")
	list(b, vs, ", ", b.value)
	b.add(")")
}

func (b *printer) value(v Value) {
	switch v := v.(type) {
	case *Number:
		b.add(v.Text)
	case *Text:
		b.add(quoteText(v.V))
	case *Bool:
		b.add(strconv.FormatBool(v.V))
	case *Duration:
		b.duration(v)
	case *TermValue:
		if v.Percent != nil {
			b.add(v.Percent.Text, "% of ")
		}
		b.term(v.Term)
	case *DateValue:
		b.date(v)
	}
}

func (b *printer) duration(d *Duration) { b.span(d.N, d.Unit) }

// span writes "1 day", "30 days".
func (b *printer) span(n int, u Unit) {
	b.add(strconv.Itoa(n), " ", u.String())
	if n != 1 {
		b.add("s")
	}
}

func (b *printer) date(d *DateValue) {
	switch d.Kind {
	case DateDay:
		fmt.Fprintf(b, "%04d-%02d-%02d", d.Year, d.Month, d.Day)
	case DateMonth:
		fmt.Fprintf(b, "%04d-%02d", d.Year, d.Month)
	case DateQuarter:
		fmt.Fprintf(b, "%04d-Q%d", d.Year, d.Month)
	case DateYear:
		fmt.Fprintf(b, "%04d", d.Year)
	case DateInstant:
		b.add(d.Text)
	case DateToday:
		b.add("today")
	case DateAgo, DateAhead:
		b.span(d.N, d.Unit)
		b.add(map[bool]string{true: " ago", false: " ahead"}[d.Kind == DateAgo])
	case DateTrait:
		b.term(d.Path)
	}
}

// window writes a window with a space before it; none is nothing.
func (b *printer) window(w *Window) {
	if w == nil {
		return
	}
	whole := ""
	if w.Whole {
		whole = "whole "
	}
	ago := " ago"
	if w.Ahead {
		ago = " ahead"
	}
	switch w.Kind {
	case WindowLast, WindowNext, WindowFirst:
		b.add(map[WindowKind]string{WindowLast: " within last ", WindowNext: " within next ", WindowFirst: " within first "}[w.Kind], strconv.Itoa(w.N), " ", whole, w.Unit.String())
		if w.N != 1 {
			b.add("s")
		}
		if w.After != nil {
			b.add(" after ")
			b.term(w.After)
		}
	case WindowBetween:
		b.add(" between ")
		b.date(w.D)
		b.add(" and ")
		b.date(w.E)
	case WindowBefore, WindowAfter, WindowOn, WindowIn:
		b.add(map[WindowKind]string{WindowBefore: " before ", WindowAfter: " after ", WindowOn: " on ", WindowIn: " in "}[w.Kind])
		b.date(w.D)
	case WindowToday:
		b.add(" today")
	case WindowYesterday:
		b.add(" yesterday")
	case WindowTomorrow:
		b.add(" tomorrow")
	case WindowThis, WindowPrevious, WindowFollowing:
		b.add(map[WindowKind]string{WindowThis: " this ", WindowPrevious: " last ", WindowFollowing: " next "}[w.Kind], w.Unit.String())
	case WindowMoreThan:
		b.add(" more than ")
		b.span(w.N, w.Unit)
		b.add(ago)
	case WindowFromTo:
		// From the earlier end to the later, as one reads it.
		from, to := w.N, w.To
		if w.Ahead {
			from, to = to, from
		}
		fmt.Fprintf(b, " from %d to %d %ss%s", from, to, w.Unit, ago)
	}
}
