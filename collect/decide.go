package collect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/segment"
)

// declare applies the types that the request or a role gives to columns.
func (l *layout) declare() error {
	for _, label := range slices.Sorted(maps.Keys(l.r.Types)) {
		c, err := l.find(label, "--type", "types."+label)
		if err != nil {
			return err
		}
		field := "types." + c.label
		t, ok := kreds.ParseType(strings.ToLower(l.r.Types[label]))
		if !ok || t == kreds.Unknown || t == kreds.Span {
			return kreds.Errorf(kreds.CodeInvalid, "%q is no type", cut(l.r.Types[label], 40)).
				WithHint("types are number, text, boolean, date, instant, list and location").WithField(field)
		}
		switch c.role {
		case RoleID, RoleCompany:
			if t != kreds.Text {
				return kreds.Errorf(kreds.CodeInvalid, "column %q is the %s, which is text", cut(c.label, 60), c.role).WithField(field)
			}
		case RoleTime, RoleCreated:
			if t != kreds.Instants && t != kreds.Date {
				return kreds.Errorf(kreds.CodeInvalid, "column %q is the %s, which is a date or an instant", cut(c.label, 60), c.role).WithField(field)
			}
		default:
			if c.need && t != kreds.Number {
				return kreds.Errorf(kreds.CodeInvalid, "column %q is computed with, so it is a number", cut(c.label, 60)).WithField(field)
			}
		}
		c.typ, c.strict, c.plain = t, true, t == kreds.Text
	}
	for _, c := range l.columns {
		switch {
		case c.role == RoleID || c.role == RoleCompany || c.role == RoleOrder && !c.strict:
			c.typ = kreds.Text
		case c.role == RoleTime || c.role == RoleCreated:
			c.typ, c.strict = kreds.Instants, true
		case c.need:
			c.typ, c.strict = kreds.Number, true
		}
	}
	return nil
}

// habits is how numbers and dates of these files are written, as far as columns
// that can be read one way only tell.
type habits struct {
	numbers, dates     form.Set
	numbersOf, datesOf string // the first column that tells
}

func (l *layout) habits(numbers, dates form.Set) (h habits) {
	for _, c := range l.columns {
		n, d := c.tally.Fits&numbers, c.tally.Fits&dates
		if c.tally.Known == 0 || c.tally.Fits == 0 {
			if !c.strict {
				continue
			}
			n, _ = c.votes.Best(numbers)
			d, _ = c.votes.Best(dates)
		}
		if one(n) && c.tally.Saw&form.SawSeparator != 0 {
			h.numbers |= n
			h.numbersOf = cmp.Or(h.numbersOf, c.label)
		}
		if one(d) && d&(form.DMY|form.MDY) != 0 {
			h.dates |= d
			h.datesOf = cmp.Or(h.datesOf, c.label)
		}
	}
	return h
}

func one(s form.Set) bool { return s != 0 && s&(s-1) == 0 }

// decide chooses the type and form of each column from what its values fit.
func (l *layout) decide(cat *kreds.Catalogue) error {
	numbers, err := l.r.numbers()
	if err != nil {
		return err
	}
	dates, err := l.r.dates()
	if err != nil {
		return err
	}
	l.guessed = nil
	for _, c := range l.columns {
		c.others, c.free, c.doubt, c.as = 0, false, false, ""
	}
	h := l.habits(numbers, dates)
	stored := l.stored(cat)
	for _, c := range l.columns {
		if c.role == RoleNone && !c.need {
			c.typ, c.form = kreds.Unknown, 0
			continue
		}
		d := &decision{l: l, c: c, habits: h, numbers: numbers, dates: dates}
		if has, ok := stored[c.name]; ok && c.named() {
			if err := d.like(has); err != nil {
				return err
			}
			continue
		}
		if c.strict || c.typ == kreds.Text && c.role != l.role() {
			if err := d.declared(c.typ); err != nil {
				return err
			}
			continue
		}
		d.infer()
	}
	return nil
}

// named reports whether the column is to become a trait, property or fact, if it
// has any value.
func (c *column) named() bool {
	return c.name != "" && (c.role == RoleTrait || c.role == RoleProperty || c.role == RoleFact || c.role == RoleOrder)
}

// stored returns the types of what is stored under each name.
func (l *layout) stored(cat *kreds.Catalogue) map[string]kreds.Type {
	out := map[string]kreds.Type{}
	switch l.what {
	case profiles:
		for _, t := range cat.Traits {
			if t.Kind == l.kind {
				out[t.Name] = t.Type
			}
		}
	case items:
		for _, p := range cat.Items {
			out[p.Name] = p.Type
		}
	case events:
		for _, e := range cat.Events {
			if strings.EqualFold(e.Name, l.event) {
				for _, p := range e.Properties {
					out[p.Name] = p.Type
				}
			}
		}
	}
	return out
}

// decision is about one column.
type decision struct {
	l              *layout
	c              *column
	habits         habits
	numbers, dates form.Set
}

func (d *decision) say(format string, args ...any) {
	d.l.guessed = append(d.l.guessed, kreds.Say("column %q %s", cut(d.c.label, 60), kreds.Say(format, args...)))
}

// forms returns the forms of a type.
func (d *decision) forms(t kreds.Type) form.Set {
	switch t {
	case kreds.Number:
		return d.numbers
	case kreds.Boolean:
		return form.Booleans
	case kreds.Date:
		return d.dates &^ form.Epoch
	case kreds.Instants:
		return d.dates
	case kreds.List:
		return form.JSON
	case kreds.Location:
		return form.Place
	}
	return 0
}

// infer chooses the narrowest type that all values fit.
func (d *decision) infer() {
	c, t := d.c, &d.c.tally
	c.typ, c.form, c.free = kreds.Text, 0, true
	if t.Known == 0 {
		if t.Doubtful == 0 {
			c.typ = kreds.Unknown
		}
		return
	}
	fits := t.Fits
	switch {
	case fits&form.Booleans != 0:
		c.typ, c.form = kreds.Boolean, fits&form.Booleans
	case fits&form.JSON != 0:
		c.typ, c.form = kreds.List, form.JSON
	case fits&form.Place != 0:
		c.typ, c.form = kreds.Location, form.Place
	case fits&d.dates&form.Compact != 0 && t.Saw&form.SawSeparator == 0:
		c.form = form.Compact
	case fits&d.numbers != 0:
		if t.Saw&form.SawSeparator == 0 && c.namesThings() {
			d.say("holds digits that name something, so it is text; --type %q makes it a number", c.label+"=number")
			return
		}
		c.typ, c.form = kreds.Number, d.number(fits&d.numbers)
	case fits&d.dates&^form.Epoch != 0:
		c.form = d.date(fits & d.dates &^ form.Epoch)
	}
	if c.form&form.Dates != 0 {
		c.typ = kreds.Date
		if t.Saw&form.SawTime != 0 {
			c.typ = kreds.Instants
		}
	}
}

// number chooses between point and comma.
func (d *decision) number(fits form.Set) form.Set {
	if one(fits) {
		return fits
	}
	if d.c.tally.Saw&form.SawSeparator == 0 {
		return fits & form.Point
	}
	if one(d.habits.numbers) {
		d.c.as = d.habits.numbersOf
		return d.habits.numbers
	}
	d.c.doubt = true
	if d.l.sources[0].dialect.Delimiter == ';' {
		d.say("could be read with decimal point or comma: the comma is taken, as files with semicolons are mostly written; else say --decimal .")
		return form.Comma
	}
	d.say("could be read with decimal point or comma: the point is taken; else say --decimal ,")
	return form.Point
}

// date chooses among forms of dates.
func (d *decision) date(fits form.Set) form.Set {
	switch {
	case fits&form.YMD != 0:
		return form.YMD
	case fits&form.Compact != 0:
		return form.Compact
	case fits&form.Named != 0:
		return form.Named
	case fits&form.Epoch != 0:
		return form.Epoch
	}
	if one(fits) {
		return fits
	}
	if one(d.habits.dates) {
		d.c.as = d.habits.datesOf
		return d.habits.dates
	}
	d.c.doubt = true
	d.say("holds dates that could be read both ways: the day is taken to come first; else say --date-order mdy")
	return form.DMY
}

// declared chooses the form of a type that is given: that of most values.
func (d *decision) declared(t kreds.Type) error {
	c := d.c
	c.typ, c.form = t, 0
	if t == kreds.Text {
		return nil
	}
	allowed := d.forms(t)
	best, n := c.votes.Best(allowed)
	if !d.l.scanned {
		c.others = allowed & (form.Numbers | form.DMY | form.MDY) // until all values are known
	}
	if n == 0 {
		if c.tally.Known > 0 && t != kreds.Boolean {
			return d.holdsNone(t)
		}
		best = allowed
	}
	switch t {
	case kreds.Boolean:
		c.form = form.Booleans
	case kreds.Number:
		c.form = d.number(best)
	case kreds.Date, kreds.Instants:
		c.form = d.date(best)
	default:
		c.form = allowed
	}
	return nil
}

func (d *decision) holdsNone(t kreds.Type) error {
	c := d.c
	e := kreds.Errorf(kreds.CodeInvalid, "column %q holds no %s, but for example %s", cut(c.label, 60), noun(t), strings.Join(quoted(c.examples), ", ")).WithField(c.field())
	switch t {
	case kreds.Date, kreds.Instants:
		return e.WithHint("dates look like 2011-12-09, 09-12-2011, 12/9/2011, 20111209 or 2011-12-09 08:26")
	case kreds.Number:
		return e.WithHint("numbers look like 12, -0.5 or 1,234.50; with a decimal comma say --decimal ,")
	case kreds.List:
		return e.WithHint("a list looks like [\"a\", \"b\"]")
	case kreds.Location:
		return e.WithHint("a location looks like 55.676, 12.568")
	}
	return e
}

// field is the part of the request that says what the column is.
func (c *column) field() string {
	switch c.role {
	case RoleTime:
		return "time"
	case RoleCreated:
		return "map." + c.label
	}
	return "types." + c.label
}

func quoted(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprintf("%q", t)
	}
	return out
}

func noun(t kreds.Type) string {
	if t == kreds.Instants {
		return "date"
	}
	return t.String()
}

// like reads the column as the type that is stored under its name.
func (d *decision) like(has kreds.Type) error {
	c := d.c
	conflict := func(found kreds.Type) error {
		return kreds.Errorf(kreds.CodeInvalid, "column %q holds values of type %s, but the %s %q is stored with type %s",
			cut(c.label, 60), found, d.l.noun(), cut(c.name, 60), has).
			WithHint("give it another name with --map %q, or say --type %q: rows that do not fit are rejected then", c.label+"=NAME", fmt.Sprintf("%s=%s", c.label, has)).WithField("types." + c.label)
	}
	if c.strict && c.typ != has {
		return conflict(c.typ)
	}
	switch {
	case has == kreds.Text:
		c.typ, c.form = kreds.Text, 0
		return nil
	case c.strict || c.tally.Known == 0:
		c.strict = true
		return d.declared(has)
	case c.tally.Fits&d.forms(has)&^form.Epoch == 0 || has == kreds.Date && c.tally.Saw&form.SawTime != 0:
		c.typ = kreds.Text
		d.infer()
		return conflict(c.typ)
	}
	fits := c.tally.Fits & d.forms(has) &^ form.Epoch
	c.typ, c.strict = has, true
	if !d.l.scanned {
		c.others = fits & (form.Numbers | form.DMY | form.MDY)
	}
	switch has {
	case kreds.Number:
		c.form = d.number(fits)
	case kreds.Date, kreds.Instants:
		c.form = d.date(fits)
	default:
		c.form = fits
	}
	return nil
}

// namesThings is namesThings of the column's name, in the file or in kreds.
func (c *column) namesThings() bool {
	return namesThings(c.name) || namesThings(segment.NameOf(c.label))
}

// namesThings reports whether a column's digits are most likely a name, such as
// those of customer_id, postnr or order_number.
func namesThings(name string) bool {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '.' })
	n := len(words)
	if n == 0 {
		return false
	}
	if n > 1 && words[n-1] == "number" {
		_, ok := numberedWords[words[n-2]]
		return ok
	}
	_, ok := namingWords[words[n-1]]
	return ok
}

// namingWords end the names of columns that name something, and numberedWords
// stand before "number" there.
var (
	namingWords = wordSet("id no nr nummer key code kode sku ean gtin upc isbn zip zipcode postcode postnr postnummer postal phone telefon tlf mobile mobil cvr cpr vat uuid guid ref reference " +
		"industry branche branchekode nace naics sic")
	numberedWords = wordSet("id account card customer invoice item member order part phone product registration serial vat")
)

func wordSet(words string) map[string]struct{} {
	m := map[string]struct{}{}
	for w := range strings.FieldsSeq(words) {
		m[w] = struct{}{}
	}
	return m
}
