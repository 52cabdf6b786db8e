package collect

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/formula"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/segment"
)

// layout is how files are read: what each of their columns is for, and what its
// values are.
type layout struct {
	target
	r       *Request
	sources []*source
	columns []*column
	places  []*place
	compute []*computed
	// Columns of a role; nil where there is none.
	key, time, order, company, created *column
	numbered                           bool // rows have no key: they are numbered
	sampled                            int
	scanned                            bool     // tallies are of all rows, not of a sample
	notes                              []string // of the request and the files
	guessed                            []string // of the types
}

// column is one column of the files.
type column struct {
	label    string
	name     string // canonical; "" if it becomes none
	role     string
	number   int // place in layout.columns
	tally    form.Tally
	votes    form.Votes
	examples []string
	seen     map[string]struct{} // values of the sample, while a key is looked for
	repeats  bool                // a value of the sample stands in two rows

	typ    kreds.Type
	form   form.Set // one form; 0 for texts
	strict bool     // a value that does not fit rejects its row, instead of making the column text
	plain  bool     // a declared text: only an empty field is missing
	free   bool     // the type follows from the values alone
	need   bool     // for a place or a computed field
	doubt  bool     // the form was taken though another fits as well
	as     string   // the column whose form was taken, for that reason
	others form.Set // forms that it might have instead, as far as the sample tells
}

// place is a location made of two columns.
type place struct {
	name, label string
	lat, lon    *column
}

// computed is a field computed of columns and of computed fields before it.
type computed struct {
	name, label string
	formula     *formula.Formula
	from        []operand // by Names of the formula
}

// operand is a column, or an earlier computed field.
type operand struct {
	column *column
	field  int // if column is nil
}

// kept reports whether the column becomes a trait, property or fact by itself.
func (c *column) kept() bool {
	switch c.role {
	case RoleTrait, RoleProperty, RoleFact, RoleOrder:
		return c.typ != kreds.Unknown
	}
	return false
}

func (l *layout) note(format string, args ...any) {
	l.notes = append(l.notes, kreds.Say(format, args...))
}

// layout looks at the files of a request and decides how they are read.
func (im *Importer) layout(ctx context.Context, r *Request) (*layout, error) {
	cat, err := im.engine.Catalogue(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	return im.layoutOf(ctx, r, cat)
}

// layoutOf is layout, with what the engine holds.
func (im *Importer) layoutOf(ctx context.Context, r *Request, cat *kreds.Catalogue) (*layout, error) {
	t, err := r.target()
	if err != nil {
		return nil, err
	}
	l := &layout{target: t, r: r}
	sample := im.sampleOf(len(r.Files))
	for _, path := range r.Files {
		if err := ctx.Err(); err != nil {
			return nil, cancelled(err)
		}
		s, err := look(path, r, sample)
		if err != nil {
			return nil, err
		}
		if err := l.join(s); err != nil {
			return nil, err
		}
	}
	if err := l.roles(); err != nil {
		return nil, err
	}
	if err := l.declare(); err != nil {
		return nil, err
	}
	for _, s := range l.sources {
		if err := s.sampled(func(t *rows.Table) { l.sample(s, t) }); err != nil {
			return nil, err
		}
	}
	if err := l.decide(cat); err != nil {
		return nil, err
	}
	if err := l.remarkNearly(); err != nil {
		return nil, err
	}
	l.remark()
	return l, nil
}

// join adds a file, whose columns must be those of the first one, in any order.
func (l *layout) join(s *source) error {
	if len(l.sources) == 0 {
		for i, label := range s.labels {
			l.columns = append(l.columns, &column{label: label, role: l.role(), number: i, tally: form.NewTally()})
			s.at = append(s.at, i)
		}
		l.sources = append(l.sources, s)
		return nil
	}
	first := l.sources[0]
	left := map[string][]int{}
	for i, label := range first.labels {
		left[label] = append(left[label], i)
	}
	for _, label := range s.labels {
		at := left[label]
		if len(at) == 0 {
			return kreds.Errorf(kreds.CodeInvalid, "%s has a column %q, which %s has not", s.Name, cut(label, 60), first.Name).
				WithHint("files of one import have the same columns; import these apart")
		}
		s.at = append(s.at, at[0])
		left[label] = at[1:]
	}
	if len(s.labels) < len(first.labels) {
		missing := ""
		for _, label := range first.labels {
			if len(left[label]) > 0 {
				missing = label
				break
			}
		}
		return kreds.Errorf(kreds.CodeInvalid, "%s lacks the column %q, which %s has", s.Name, cut(missing, 60), first.Name).
			WithHint("files of one import have the same columns; import these apart")
	}
	l.sources = append(l.sources, s)
	return nil
}

// find returns the column that a name of the request means: a label, or the name
// that it becomes or is mapped to.
// The flag and the field are where the request has it.
func (l *layout) find(name, flag, field string) (*column, error) {
	same := []func(c *column) bool{
		func(c *column) bool { return c.label == name },
		func(c *column) bool { return strings.EqualFold(c.label, name) },
		func(c *column) bool { return segment.NameOf(c.label) == segment.NameOf(name) },
		func(c *column) bool { return c.name != "" && strings.EqualFold(c.name, name) },
	}
	for _, is := range same {
		for _, c := range l.columns {
			if is(c) {
				return c, nil
			}
		}
	}
	var known []string
	for _, c := range l.columns {
		known = append(known, cut(c.label, 40))
	}
	e := kreds.Errorf(kreds.CodeInvalid, "there is no column %q for %s", cut(name, 60), flag).WithField(field)
	if n := segment.Nearest(name, known); n != "" {
		return nil, e.WithHint("did you mean %q?", n)
	}
	if len(known) > 12 {
		known = append(known[:12], "…")
	}
	return nil, e.WithHint("the columns are %s", strings.Join(known, ", "))
}

// roles decides what each column is for and what it is called.
func (l *layout) roles() error {
	r := l.r
	for _, given := range []struct {
		name, role string // which the request has it under, too
		at         **column
	}{{r.ID, RoleID, &l.key}, {r.Time, RoleTime, &l.time}, {r.Order, RoleOrder, &l.order}} {
		if given.name == "" {
			continue
		}
		c, err := l.find(given.name, "--"+given.role, given.role)
		if err != nil {
			return err
		}
		if c.role != l.role() {
			return kreds.Errorf(kreds.CodeInvalid, "column %q is the %s and cannot be the %s too", cut(c.label, 60), c.role, given.role).WithField(given.role)
		}
		c.role = given.role
		*given.at = c
	}
	if err := l.mapped(); err != nil {
		return err
	}
	if err := l.lacking(); err != nil {
		return err
	}
	l.numbered = l.key == nil
	if err := l.name(); err != nil {
		return err
	}
	return l.computed()
}

// mapped applies Map.
func (l *layout) mapped() error {
	plain := l.role()
	if to, ok := l.r.Map["*"]; ok {
		if to != "" && to != "-" {
			return kreds.Errorf(kreds.CodeInvalid, "--map %q can only leave columns out", "*="+to).WithField("map.*")
		}
		for _, c := range l.columns {
			if c.role == plain {
				c.role = RoleNone
			}
		}
	}
	halves := map[string]*place{}
	seen := map[*column]string{}
	for _, from := range slices.Sorted(maps.Keys(l.r.Map)) {
		to := strings.TrimSpace(l.r.Map[from])
		if from == "*" {
			continue
		}
		c, err := l.find(from, "--map", "map."+from)
		if err != nil {
			return err
		}
		field := "map." + c.label
		if other, ok := seen[c]; ok {
			return kreds.Errorf(kreds.CodeInvalid, "--map names the column %q twice, as %q and %q", cut(c.label, 60), other, from).WithField(field)
		}
		seen[c] = from
		if c.role != plain && c.role != RoleNone && c.role != RoleOrder {
			return kreds.Errorf(kreds.CodeInvalid, "column %q is the %s: it has no other name", cut(c.label, 60), c.role).WithHint("leave it out of --map").WithField(field)
		}
		name, half := placeHalf(to)
		switch {
		case to == "" || to == "-":
			if c.role == RoleOrder {
				return kreds.Errorf(kreds.CodeInvalid, "column %q is the order: it cannot be left out", cut(c.label, 60)).WithField(field)
			}
			c.role = RoleNone
		case half != 0 && c.role != RoleOrder:
			p := halves[name]
			if p == nil {
				p = &place{name: name, label: name}
				halves[name] = p
				l.places = append(l.places, p)
			}
			at := &p.lat
			if half == 'o' {
				at = &p.lon
			}
			if *at != nil {
				return kreds.Errorf(kreds.CodeInvalid, "--map names two columns for %q", to).WithField(field)
			}
			*at, c.role, c.need = c, RoleNone, true
		case to == "company" && l.what == profiles && l.kind == kreds.Person:
			if l.company != nil {
				return kreds.Errorf(kreds.CodeInvalid, "--map names two columns for the company").WithField(field)
			}
			l.company, c.role = c, RoleCompany
		case to == "profile.first_seen" && l.what == profiles:
			if l.created != nil {
				return kreds.Errorf(kreds.CodeInvalid, "--map names two columns for profile.first_seen").WithField(field)
			}
			l.created, c.role = c, RoleCreated
		default:
			if c.name, err = fieldName(to); err != nil {
				return about(err, field)
			}
			if c.role == RoleNone {
				c.role = plain
			}
		}
	}
	for _, p := range l.places {
		if half := cmp.Or(p.lat, p.lon); p.lat == nil || p.lon == nil {
			return kreds.Errorf(kreds.CodeInvalid, "the place %q needs two columns, its latitude and its longitude", p.name).
				WithHint("as in --map breddegrad=%s.lat --map længdegrad=%s.lon", p.name, p.name).WithField("map." + half.label)
		}
	}
	return nil
}

// placeHalf tells whether a field is half of a place: 'a' its latitude, 'o' its
// longitude.
func placeHalf(to string) (name string, half byte) {
	switch strings.ToLower(to) {
	case "lat":
		return "location", 'a'
	case "lon":
		return "location", 'o'
	}
	base, last, ok := cutLast(to)
	if !ok {
		return "", 0
	}
	switch strings.ToLower(last) {
	case "lat":
		half = 'a'
	case "lon":
		half = 'o'
	default:
		return "", 0
	}
	name, err := fieldName(base)
	if err != nil {
		return "", 0
	}
	return name, half
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 1 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// lacking refuses requests without a column that is needed.
func (l *layout) lacking() error {
	if l.key == nil && l.what != profiles {
		e := kreds.Errorf(kreds.CodeInvalid, "no column is named as the key of the item")
		if l.what == events {
			e = kreds.Errorf(kreds.CodeInvalid, "no column is named as the key of the %s that each event is of", l.whose())
		}
		return e.WithHint("name it with --id; the columns are %s", l.list()).WithField("id")
	}
	if l.key == nil && l.prospect {
		return kreds.Errorf(kreds.CodeInvalid, "no column is named as the key of the prospects, so that nobody could tell when they become customers").
			WithHint("name it with --id; the columns are %s", l.list()).WithField("id")
	}
	if l.time == nil && l.what == events {
		return kreds.Errorf(kreds.CodeInvalid, "an event happens at some time, and no column of it is named").
			WithHint("name it with --time; the columns are %s", l.list()).WithField("time")
	}
	return nil
}

func (l *layout) whose() string {
	if l.kind == kreds.Company {
		return "company"
	}
	return "customer"
}

func (l *layout) list() string {
	var out []string
	for _, c := range l.columns {
		if len(out) == 12 {
			out = append(out, "…")
			break
		}
		out = append(out, cut(c.label, 40))
	}
	return strings.Join(out, ", ")
}

// name gives columns, places and computed fields names of their own.
func (l *layout) name() error {
	taken := map[string]string{}
	if l.what == events {
		taken["time"] = "the time of the event" // what the word means in conditions
	}
	claim := func(name, by, field string) error {
		if other, ok := taken[name]; ok {
			return kreds.Errorf(kreds.CodeInvalid, "%s and %s would both be called %q", other, by, cut(name, 60)).WithHint("give one another name with --map").WithField(field)
		}
		taken[name] = by
		return nil
	}
	for _, c := range l.columns { // those that were given
		if c.name != "" && c.role != RoleNone {
			if err := claim(c.name, kreds.Say("column %q", cut(c.label, 60)), "map."+c.label); err != nil {
				return err
			}
		}
	}
	for _, p := range l.places {
		if err := claim(p.name, kreds.Say("the place %q", p.name), "map."+p.lat.label); err != nil {
			return err
		}
	}
	for i, f := range l.r.Compute {
		field := computeField(i, "name")
		name, err := fieldName(f.Name)
		if err != nil {
			return about(err, field)
		}
		if err := claim(name, "a computed field", field); err != nil {
			return err
		}
	}
	for _, c := range l.columns {
		if c.name != "" || c.role != l.role() && c.role != RoleOrder {
			continue
		}
		base := segment.NameOf(c.label)
		c.name = base
		for n := 2; taken[c.name] != ""; n++ {
			c.name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[c.name] = c.label
		if c.name != base {
			l.note("column %q is called %s, because %s is taken", cut(c.label, 60), cut(c.name, 60), cut(base, 60))
		}
	}
	return nil
}

// computeField is a part of the i-th computed field of a request.
func computeField(i int, part string) string { return fmt.Sprintf("compute[%d].%s", i, part) }

// computed reads the formulas.
func (l *layout) computed() error {
	if len(l.r.Compute) > 1000 {
		return kreds.Errorf(kreds.CodeInvalid, "at most 1000 fields can be computed")
	}
	for i, f := range l.r.Compute {
		name, err := fieldName(f.Name)
		if err != nil {
			return err
		}
		field := computeField(i, "formula")
		parsed, err := formula.Parse(f.Formula)
		if err != nil {
			return about(err, field)
		}
		c := &computed{name: name, label: strings.TrimSpace(f.Name), formula: parsed}
		for _, n := range parsed.Names() {
			before := slices.IndexFunc(l.compute, func(c *computed) bool { return strings.EqualFold(c.name, n) })
			if before >= 0 {
				c.from = append(c.from, operand{field: before})
				continue
			}
			col, err := l.find(n, "--compute "+name, field)
			if err != nil {
				return err
			}
			switch col.role {
			case RoleID, RoleTime, RoleCompany, RoleCreated, RoleOrder:
				return kreds.Errorf(kreds.CodeInvalid, "%s cannot be computed of column %q, which is the %s", name, cut(col.label, 60), col.role).WithField(field)
			}
			col.need = true
			c.from = append(c.from, operand{column: col})
		}
		l.compute = append(l.compute, c)
	}
	return nil
}
