package questions

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/kreds/kreds/bench/generate"
)

// LeafSeed makes the leaves of expressions.txt.
const LeafSeed = 20251231

// NumLeaves is how many leaves there are.
const NumLeaves = 300

// form is what a leaf measures.
type form int

const (
	formCount form = iota
	formSum
	formAvg
	formMin
	formMax
	formLast
	formDistinct
	formSequence
)

// Leaf is one condition on events, that can be written as an expression and as
// SQL.
type Leaf struct {
	form      form
	event     generate.Kind
	where     filter
	property  string
	op        string
	threshold float64
	window    window

	// Of a sequence: the second event, the most days between, and the event
	// that must not follow, -1 if none may.
	then       generate.Kind
	gap        int
	never      generate.Kind
	neverUntil int // days
}

// filter is a condition on one event row: any of its parts, joined by and.
type filter struct {
	categories []string
	prefix     string  // of the category
	amountOver float64 // 0: none
	minutesTo  float64 // 0: none
}

// Text reports whether the leaf reads the text property.
func (l *Leaf) Text() bool {
	return len(l.where.categories) > 0 || l.where.prefix != "" || l.form == formDistinct
}

// Sequence reports whether the leaf is a sequence.
func (l *Leaf) Sequence() bool { return l.form == formSequence }

// Distinct reports whether the leaf counts distinct values.
func (l *Leaf) Distinct() bool { return l.form == formDistinct }

// Event is the event type of the leaf, the first of a sequence.
func (l *Leaf) Event() generate.Kind { return l.event }

// window is the last n units, or everything if n is 0.
type window struct {
	n    int
	unit string
}

var windows = []window{{7, "day"}, {14, "day"}, {30, "day"}, {60, "day"}, {90, "day"}, {180, "day"}, {12, "month"}, {24, "month"}, {}}

// start returns the first instant of the window before the as-of.
func (w window) start() time.Time {
	switch {
	case w.n == 0:
		return time.Time{}
	case w.unit == "month":
		return generate.End.AddDate(0, -w.n, 0)
	default:
		return generate.End.AddDate(0, 0, -w.n)
	}
}

// years is the length of the window.
func (w window) years() float64 {
	if w.n == 0 {
		return 3
	}
	return generate.End.Sub(w.start()).Hours() / 24 / 365
}

func (w window) String() string {
	if w.n == 0 {
		return ""
	}
	return fmt.Sprintf(" within last %d %ss", w.n, w.unit)
}

func (f filter) String() string {
	var parts []string
	switch len(f.categories) {
	case 0:
	case 1:
		parts = append(parts, `category = `+quote(f.categories[0]))
	default:
		parts = append(parts, `category in (`+join(f.categories, quote)+`)`)
	}
	if f.prefix != "" {
		parts = append(parts, `category starts with `+quote(f.prefix))
	}
	if f.amountOver > 0 {
		parts = append(parts, fmt.Sprintf("amount > %g", f.amountOver))
	}
	if f.minutesTo > 0 {
		parts = append(parts, fmt.Sprintf("minutes <= %g", f.minutesTo))
	}
	if len(parts) == 0 {
		return ""
	}
	return " where (" + strings.Join(parts, " and ") + ")"
}

func quote(s string) string { return `"` + s + `"` }

func join(s []string, f func(string) string) string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = f(s[i])
	}
	return strings.Join(out, ", ")
}

// Expression returns the leaf in the segment language, in printed form.
func (l *Leaf) Expression() string {
	of := fmt.Sprintf(" of %s%s%s", l.event, l.where, l.window)
	compared := fmt.Sprintf(" %s %g", l.op, l.threshold)
	switch l.form {
	case formCount:
		times := fmt.Sprintf("%g times", l.threshold)
		if l.threshold == 2 {
			times = "twice"
		}
		return fmt.Sprintf("did %s%s at least %s%s", l.event, l.where, times, l.window)
	case formSum, formAvg, formMin, formMax:
		return l.form.name() + "(" + l.property + ")" + of + compared
	case formDistinct:
		return "count distinct(" + l.property + ")" + of + compared
	case formLast:
		if l.op == "<" {
			return fmt.Sprintf("last %s%s more than %g days ago", l.event, l.where, l.threshold)
		}
		return fmt.Sprintf("last %s%s within last %g days", l.event, l.where, l.threshold)
	default:
		text := fmt.Sprintf("did %s%s%s then %s within %s", l.event, l.where, l.window, l.then, days(l.gap))
		if l.never >= 0 {
			text += fmt.Sprintf(" then not %s within %s", l.never, days(l.neverUntil))
		}
		return text
	}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func (f form) name() string {
	return [...]string{"count", "sum", "avg", "min", "max", "last", "count distinct", "sequence"}[f]
}

// Leaves returns the leaves of a seed: three in ten read a text property, one
// in ten is a sequence or counts distinct values, windows go from a week to
// ever.
func Leaves(seed uint64) []Leaf {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]Leaf, 0, NumLeaves)
	seen := map[string]bool{}
	for len(out) < NumLeaves {
		i := len(out)
		l := leaf(r, i)
		if text := l.Expression(); !seen[text] {
			seen[text] = true
			out = append(out, l)
		}
	}
	return out
}

// leaf makes the i-th leaf: of each twenty one is a sequence, one counts
// distinct values, and five more have a condition on the text.
func leaf(r *rand.Rand, i int) Leaf {
	l := Leaf{window: windows[r.IntN(len(windows))], never: -1, op: ">="}
	l.event = generate.Kind(choose(r, 20, 25, 12, 35, 8))
	switch place := i % 20; {
	case place == 0:
		return sequence(r, l)
	case place == 1:
		l.form, l.property = formDistinct, "category"
		l.threshold = float64(2 + r.IntN(4))
		return l
	case place < 7:
		l.where = textFilter(r)
	}
	if r.Float64() < 0.25 {
		l.where.amountOver = float64(5 * (2 + r.IntN(16)))
	}
	if r.Float64() < 0.1 {
		l.where.minutesTo = float64(1 + r.IntN(8))
	}
	l.form = form(choose(r, 45, 20, 10, 5, 8, 12))
	// What about a tenth to a third of the customers reach.
	perYear := [...]float64{7, 5, 2.5, 2, 1}[l.event]
	switch l.form {
	case formCount:
		l.threshold = float64(2 + int(perYear*l.window.years()*r.Float64()))
	case formSum:
		l.property = "amount"
		l.threshold = float64(50 * (1 + int(perYear*l.window.years()*r.Float64())))
	case formLast:
		l.window = window{}
		l.threshold = float64(windows[r.IntN(6)].n)
		if r.IntN(2) == 0 {
			l.op = "<"
		}
	default:
		l.property = "amount"
		l.threshold = float64(10 * (2 + r.IntN(8)))
		if r.IntN(3) == 0 {
			l.property = "minutes"
			l.threshold = float64(1 + r.IntN(8))
		}
		if l.form == formMin || r.IntN(3) == 0 {
			l.op = "<"
		}
	}
	return l
}

// textFilter is one category, some of them, or all that begin with a letter.
func textFilter(r *rand.Rand) filter {
	category := func() string { return generate.Categories[r.IntN(len(generate.Categories))] }
	switch r.IntN(5) {
	case 0:
		return filter{prefix: category()[:1]}
	case 1, 2:
		first, second := category(), category()
		if first == second {
			return filter{categories: []string{first}}
		}
		return filter{categories: []string{first, second}}
	default:
		return filter{categories: []string{category()}}
	}
}

// sequence makes a sequence; every third of them ends in something that must
// not follow.
func sequence(r *rand.Rand, l Leaf) Leaf {
	l.form = formSequence
	pair := [...][2]generate.Kind{
		{generate.View, generate.Purchase},
		{generate.Cart, generate.Purchase},
		{generate.Visit, generate.Cart},
		{generate.View, generate.Cart},
		{generate.Purchase, generate.Purchase},
	}[r.IntN(5)]
	l.event, l.then = pair[0], pair[1]
	l.gap = [...]int{1, 3, 7, 14, 30}[r.IntN(5)]
	if r.IntN(3) == 0 {
		l.never, l.neverUntil = generate.Return, [...]int{14, 30, 60}[r.IntN(3)]
	}
	return l
}

// choose returns an index with the chance of its weight.
func choose(r *rand.Rand, weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	u := r.IntN(sum)
	for i, w := range weights {
		if u < w {
			return i
		}
		u -= w
	}
	return len(weights) - 1
}
