package fold

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// sweep is what is asked of event tables that are read together: the plan of
// one pass. Its tables, masks, frames, bounds and selections are numbered, so
// that asks share them.
type sweep struct {
	e *evaluation
	// gathered says that rows of persons are brought together by the company
	// that was theirs as of asOf.
	gathered bool
	asOf     kreds.Instant

	tables []*tablePlan
	jobs   []*job
	plan   rows.Plan

	maskIndex  map[string]int
	boundIndex map[rows.Bound]int
	jobIndex   map[string]*job
	masksOf    map[int][]int // by table, of its selections
}

// tablePlan is one event type and which of its columns are read.
type tablePlan struct {
	event        *kreds.EventType
	ofPersons    bool
	columns      []string
	dayOnly      bool
	from, before kreds.Instant
	// A view is of the table base: of its rows from the instant from on, the
	// columns used.
	base *tablePlan
	used []int
}

// want says that rows of a time up to the as-of are wanted, with or without
// their times being only dates.
func (t *tablePlan) want(from, asOf kreds.Instant) {
	if t.base != nil {
		t.base.want(from, asOf)
		return
	}
	t.from, t.before = min(t.from, from), max(t.before, asOf)
}

// sweepFor returns the sweep that a condition on these events belongs to.
func (e *evaluation) sweepFor(asOf kreds.Instant, events ...*segment.Events) *sweep {
	s := &sweep{e: e, asOf: asOf, plan: rows.Plan{Calendar: e.cal, Profiles: e.n, Buckets: e.d.BucketOf()}, maskIndex: map[string]int{}, boundIndex: map[rows.Bound]int{}, jobIndex: map[string]*job{}, masksOf: map[int][]int{}}
	key := ""
	for _, ev := range events {
		if ev.OfPersons {
			s.gathered, key = true, fmt.Sprint("person@", asOf)
		}
	}
	if have, ok := e.sweeps[key]; ok {
		return have
	}
	e.sweeps[key] = s
	e.planned = append(e.planned, s)
	return s
}

// table returns the number of an event type's table.
func (s *sweep) table(t *kreds.EventType, ofPersons bool) int {
	for i, p := range s.tables {
		if p.base == nil && p.event.Name == t.Name && p.ofPersons == ofPersons {
			return i
		}
	}
	s.tables = append(s.tables, &tablePlan{event: t, ofPersons: ofPersons, from: kreds.MaxInstant, before: kreds.MinInstant})
	return len(s.tables) - 1
}

// column returns the place of a property among the columns that are read, -1
// if the event type has none of the name.
func (t *tablePlan) column(name string) int {
	if t.base != nil {
		i := t.base.column(name)
		if i >= 0 && !slices.Contains(t.used, i) {
			t.used = append(t.used, i)
		}
		return i
	}
	p, ok := t.event.Property(name)
	if !ok {
		return -1
	}
	if i := slices.Index(t.columns, p.Name); i >= 0 {
		return i
	}
	t.columns = append(t.columns, p.Name)
	return len(t.columns) - 1
}

// types returns the event types that are meant.
func (e *evaluation) types(ev *segment.Events) ([]*kreds.EventType, error) {
	var out []*kreds.EventType
	if ev.Any {
		for i := range e.cat.Events {
			out = append(out, &e.cat.Events[i])
		}
		return out, nil
	}
	for _, name := range ev.Names {
		i := slices.IndexFunc(e.cat.Events, func(t kreds.EventType) bool { return strings.EqualFold(t.Name, name) })
		if i < 0 {
			return nil, kreds.Errorf(kreds.CodeNotFound, "no event type %q", name)
		}
		if t := &e.cat.Events[i]; !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, nil
}

// wanted is events and the window that they are wanted for.
type wanted struct {
	events *segment.Events
	window *segment.Window
}

// tablesOf returns the tables of events, in the order of numbers.
func (s *sweep) tablesOf(asOf kreds.Instant, all ...wanted) ([]int, error) {
	var out []int
	for _, w := range all {
		types, err := s.e.types(w.events)
		if err != nil {
			return nil, err
		}
		for _, t := range types {
			i := s.tableFrom(t, w.events.OfPersons, s.begin(w.window, asOf), asOf)
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func (s *sweep) bound(b rows.Bound) int {
	if i, ok := s.boundIndex[b]; ok {
		return i
	}
	s.plan.Bounds = append(s.plan.Bounds, b)
	s.boundIndex[b] = len(s.plan.Bounds) - 1
	return len(s.plan.Bounds) - 1
}

// pick is what a selection is made from.
type pick struct {
	kind   kreds.Kind
	asOf   kreds.Instant
	events *segment.Events
	where  segment.Node
	window *segment.Window
	// prop names a property to read; tables without it give nothing, unless
	// optional.
	prop     string
	optional bool
	frame    int
	// from, if set, begins the window of a pick without one.
	from *kreds.Instant
}

// selection plans which rows to take.
func (s *sweep) selection(p pick) (*rows.Selection, error) {
	sel := &rows.Selection{ID: s.plan.Selections, Frame: p.frame}
	types, err := s.e.types(p.events)
	if err != nil {
		return nil, err
	}
	if err := setWindow(sel, s.e, p); err != nil {
		return nil, err
	}
	for _, t := range types {
		i := s.tableFrom(t, p.events.OfPersons, s.begin(p.window, p.asOf), p.asOf)
		table := s.tables[i]
		src := rows.Source{Table: i, At: slices.Index(s.plan.Frames[p.frame], i), Mask: -1, Occasion: -1, Property: -1}
		if p.prop != "" {
			if src.Property = table.column(p.prop); src.Property < 0 && !p.optional {
				continue
			}
		}
		if t.Occasion != "" {
			src.Occasion = table.column(t.Occasion)
		}
		if p.where != nil {
			whose := p.kind
			if p.events.OfPersons {
				whose = kreds.Person
			}
			if src.Mask, err = s.mask(i, p.where, whose, p.asOf); err != nil {
				return nil, err
			}
		}
		from := kreds.MinInstant
		if sel.Window.Constant {
			from = sel.Window.Span.From
			cut := from
			if table.base != nil {
				cut = kreds.MinInstant // it has no earlier rows
			}
			src.Lo = s.bound(rows.Bound{Frame: p.frame, At: src.At, Cut: cut})
			src.Hi = s.bound(rows.Bound{Frame: p.frame, At: src.At, Cut: sel.Window.Span.Before})
		}
		table.want(from, p.asOf)
		s.wants(i, src.Mask)
		sel.Sources = append(sel.Sources, src)
	}
	s.plan.Selections++
	return sel, nil
}

// setWindow makes the window ready and ends it at the as-of.
func setWindow(sel *rows.Selection, e *evaluation, p pick) error {
	if p.window == nil {
		iv := segment.Interval{From: kreds.MinInstant, Before: p.asOf}
		if p.from != nil {
			iv.From = min(*p.from, p.asOf)
		}
		sel.Window = condition.Always(iv, true)
		return nil
	}
	b := condition.NewBuilder(e.set, p.asOf)
	sel.Window = b.Window(p.window, kreds.Instants)
	if sel.Window.Constant {
		iv := &sel.Window.Span
		if !sel.Window.Known {
			*iv = segment.Interval{}
		}
		iv.Before = min(iv.Before, p.asOf)
		iv.From = min(iv.From, iv.Before)
		return nil
	}
	get := sel.Window.Get
	sel.Window.Get = func(v []condition.Cell) (segment.Interval, bool) {
		iv, ok := get(v)
		iv.Before = min(iv.Before, p.asOf)
		iv.From = min(iv.From, iv.Before)
		return iv, ok
	}
	sel.Columns = make([]*condition.Column, len(b.Slots))
	for i, slot := range b.Slots {
		c, err := e.column(slot.Term, p.kind, p.asOf)
		if err != nil {
			return err
		}
		sel.Columns[i] = c
	}
	return nil
}

// dict returns the texts of a property.
func (e *evaluation) dict(event, prop string) ([]string, error) {
	key := event + "\x00" + prop
	if d, ok := e.dicts[key]; ok {
		return d, nil
	}
	d, err := e.d.Dict(e.ctx, event, prop)
	if err != nil {
		return nil, err
	}
	e.dicts[key] = d
	return d, nil
}

// unifier gives values of one property of several tables numbers of their own
// that are equal where the values are.
type unifier struct {
	dict  []string
	index map[string]int32
	same  string             // event and property, while there is one only
	maps  map[string][]int32 // by event and property; nil if codes stay
}

// add makes codes of another table's property ready. It must be called for all
// before remap is.
func (u *unifier) add(e *evaluation, t *kreds.EventType, prop string) error {
	p, ok := t.Property(prop)
	if !ok || (p.Type != kreds.Text && p.Type != kreds.List) {
		return nil
	}
	key := t.Name + "\x00" + prop
	d, err := e.dict(t.Name, p.Name)
	if err != nil {
		return err
	}
	switch {
	case u.same == "":
		u.same, u.dict = key, d
		return nil
	case u.same == key && u.maps == nil:
		return nil
	case u.maps == nil:
		u.maps, u.index = map[string][]int32{}, map[string]int32{}
		first := u.dict
		u.dict = nil
		u.join(u.same, first)
	}
	if _, ok := u.maps[key]; !ok {
		u.join(key, d)
	}
	return nil
}

func (u *unifier) join(key string, d []string) {
	m := make([]int32, len(d))
	for i, s := range d {
		k, ok := u.index[s]
		if !ok {
			k = int32(len(u.dict))
			u.dict = append(u.dict, s)
			u.index[s] = k
		}
		m[i] = k
	}
	u.maps[key] = m
}

// remap returns the new codes of a table's codes, nil if they stay.
func (u *unifier) remap(event, prop string) []int32 { return u.maps[event+"\x00"+prop] }
