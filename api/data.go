package api

import (
	"context"
	"net/http"
	"sort"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Catalogue is everything that an expression can refer to.
type Catalogue struct {
	Traits   []TraitRef   `json:"traits"`
	Events   []EventRef   `json:"events"`
	Items    []FieldRef   `json:"items" doc:"Facts of items"`
	Lists    []ListRef    `json:"lists"`
	Places   []PlaceRef   `json:"places"`
	Segments []SegmentRef `json:"segments"`
}

// FieldRef is one named, typed field.
type FieldRef struct {
	Name  string `json:"name" doc:"As in expressions"`
	Label string `json:"label" doc:"As in the imported file"`
	Type  string `json:"type" enum:"number,text,boolean,date,instant,list,location"`
}

// TraitRef is a trait in the catalogue.
type TraitRef struct {
	FieldRef
	Kind     string `json:"kind" enum:"person,company"`
	Dated    bool   `json:"dated" doc:"Whether its values have dates, so that the past can be seen"`
	Timeless bool   `json:"timeless,omitempty" doc:"Declared not to change with time, so that proofs may read it without dates"`

	Contact bool `json:"contact,omitempty" doc:"Its values are contact details, which viewers do not see"`
}

// EventRef is an event type in the catalogue.
type EventRef struct {
	Name       string     `json:"name"`
	Label      string     `json:"label"`
	Properties []FieldRef `json:"properties"`
	Occasion   string     `json:"occasion,omitempty" doc:"The property whose equal values make rows one occasion"`
	Rows       int64      `json:"rows"`
}

// ListRef is a stored list of values.
type ListRef struct {
	Name   string `json:"name"`
	Values int    `json:"values"`
}

// PlaceRef is a named location.
type PlaceRef struct {
	Name string  `json:"name"`
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// SegmentRef is a segment in the catalogue.
type SegmentRef struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
}

// Data describes what is stored.
type Data struct {
	Persons   int64        `json:"persons" doc:"Persons that are customers"`
	Companies int64        `json:"companies"`
	Prospects int64        `json:"prospects" doc:"Persons and companies that are not customers yet"`
	Traits    []Column     `json:"traits"`
	Events    []EventTable `json:"events"`
	Items     int64        `json:"items"`
	ItemFacts []Column     `json:"item_facts"`
}

// EventTable describes the rows of one event type.
type EventTable struct {
	Name       string   `json:"name"`
	Rows       int64    `json:"rows"`
	Profiles   int64    `json:"profiles" doc:"Profiles with such an event"`
	Occasions  int64    `json:"occasions,omitempty" doc:"Distinct occasions, where the type has an occasion key"`
	First      Value    `json:"first"`
	Last       Value    `json:"last"`
	Properties []Column `json:"properties"`
}

// Column describes the values of one trait or property.
type Column struct {
	Kind     string  `json:"kind,omitempty" doc:"Of a trait: person or company"`
	Name     string  `json:"name"`
	Label    string  `json:"label"`
	Type     string  `json:"type"`
	Known    int64   `json:"known" doc:"Profiles or rows with a value"`
	Of       int64   `json:"of" doc:"Profiles or rows in all"`
	Coverage float64 `json:"coverage" doc:"known divided by of; 0 if there are none"`
	Distinct int64   `json:"distinct" doc:"Different values"`
	Min      Value   `json:"min,omitempty"`
	Max      Value   `json:"max,omitempty"`
	Top      []Top   `json:"top" doc:"The most frequent values; of viewers those that at least as many share as the small-cell size"`
	Hidden   bool    `json:"hidden,omitempty" doc:"The values are contact details and not shown to you"`
	Bins     []Bin   `json:"bins" doc:"The distribution of numbers, dates and instants, ascending; the first and the last bin reach to min and max; of viewers those that hold at least the small-cell size"`
}

// Bin is how many values lie between two.
type Bin struct {
	From  Value `json:"from" doc:"With this value"`
	To    Value `json:"to" doc:"Without this value, but in the last bin and where both are the same"`
	Count int64 `json:"count"`
}

// Top is how often a value occurs.
type Top struct {
	Value Value `json:"value"`
	Count int64 `json:"count"`
}

func (h *handler) dataRoutes() {
	route(h, operation(kreds.Viewer, http.MethodGet, "/catalogue", "catalogue", "Data", "Everything that an expression can refer to"),
		func(ctx context.Context, _ *struct{}) (*body[*Catalogue], error) {
			cat, err := h.audience.Catalogue(ctx)
			if err != nil {
				return nil, err
			}
			contacts, _, err := h.contacts(ctx)
			if err != nil {
				return nil, err
			}
			return answer(catalogueOf(cat, contacts)), nil
		})
	op := operation(kreds.Viewer, http.MethodGet, "/data", "data", "Data", "What is stored: coverage, distinct values, ranges and top values")
	op.Description = "Reads all data once after each change of it, so the first answer after an import takes longer than the catalogue."
	route(h, op, func(ctx context.Context, _ *struct{}) (*body[*Data], error) {
		began := h.clock()
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		s, err := h.engine.Statistics(ctx)
		if err != nil {
			return nil, err
		}
		h.metrics.evaluation.WithLabelValues("data").Observe(since(h.clock, began))
		sees, err := h.sees(ctx)
		if err != nil {
			return nil, err
		}
		return answer(sees.data(dataOf(s, cal))), nil
	})

	type events struct {
		Key    string   `path:"key" doc:"The profile's key"`
		Kind   string   `query:"kind" enum:"person,company" default:"person"`
		Type   []string `query:"type" doc:"Only these event types"`
		AsOf   string   `query:"as_of" doc:"Only events before this instant; the default is now"`
		Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor int      `query:"cursor" minimum:"0" maximum:"10000000" doc:"The next of the page before"`
	}
	op = operation(kreds.Viewer, http.MethodGet, "/profiles/{key}/events", "profile-events", "Data", "Events of a profile, newest first")
	route(h, op, func(ctx context.Context, in *events) (*body[*EventPage], error) {
		return answerOf(h.events(ctx, in.Key, in.Kind, in.Type, in.AsOf, in.Limit, in.Cursor))
	})
}

// Event is something that a profile did.
type Event struct {
	Type       string           `json:"type"`
	Time       string           `json:"time" doc:"RFC 3339, or a date where the time of day is not known"`
	Properties map[string]Value `json:"properties"`
}

// EventPage is some events of a profile.
type EventPage struct {
	Events []Event `json:"events"`
	Next   int     `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}

func (h *handler) events(ctx context.Context, key, kind string, types []string, asOf string, limit, skip int) (*EventPage, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, err
	}
	cal, until, err := h.moment(ctx, asOf)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	p, err := h.engine.Find(ctx, k, sees.actual(key))
	if err != nil {
		return nil, err
	}
	list, err := h.engine.Events(ctx, p, types, until, skip+limit+1)
	if err != nil {
		return nil, err
	}
	page := &EventPage{Events: []Event{}}
	if len(list) > skip+limit {
		list, page.Next = list[:skip+limit], skip+limit
	}
	for _, e := range list[min(skip, len(list)):] {
		page.Events = append(page.Events, sees.event(eventOf(e, cal)))
	}
	return page, nil
}

func eventOf(e engine.Event, c *segment.Calendar) Event {
	out := Event{Type: e.Type, Time: instant(e.Time, c), Properties: map[string]Value{}}
	if e.DayOnly {
		out.Time = c.DayOf(e.Time).String()
	}
	for name, v := range e.Properties {
		out.Properties[name] = valueOf(v, c)
	}
	return out
}

func traitOf(t kreds.Trait, contacts *access.Contacts) TraitRef {
	return TraitRef{FieldRef{t.Name, t.Label, t.Type.String()}, t.Kind.String(), t.Dated, t.Timeless, contacts.Field(t.Name, t.Kind, t.Type)}
}

func catalogueOf(c *kreds.Catalogue, contacts *access.Contacts) *Catalogue {
	out := &Catalogue{Traits: []TraitRef{}, Events: []EventRef{}, Lists: []ListRef{}, Places: []PlaceRef{}, Segments: []SegmentRef{}}
	for _, t := range c.Traits {
		out.Traits = append(out.Traits, traitOf(t, contacts))
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, EventRef{e.Name, e.Label, fieldsOf(e.Properties), e.Occasion, e.Rows})
	}
	out.Items = fieldsOf(c.Items)
	for name, values := range c.Lists {
		out.Lists = append(out.Lists, ListRef{name, len(values)})
	}
	sort.Slice(out.Lists, func(i, j int) bool { return out.Lists[i].Name < out.Lists[j].Name })
	for _, p := range c.Places {
		lat, lon := p.Point.Degrees()
		out.Places = append(out.Places, PlaceRef{p.Name, lat, lon})
	}
	for _, s := range c.Segments {
		out.Segments = append(out.Segments, SegmentRef{s.Name, s.Subject.String()})
	}
	return out
}

func fieldsOf(ps []kreds.Property) []FieldRef {
	out := []FieldRef{}
	for _, p := range ps {
		out = append(out, FieldRef{p.Name, p.Label, p.Type.String()})
	}
	return out
}

func dataOf(s *engine.Statistics, c *segment.Calendar) *Data {
	d := &Data{
		Persons:   s.Profiles[kreds.Persons],
		Companies: s.Profiles[kreds.Companies],
		Prospects: s.Profiles[kreds.Prospects] + s.Profiles[kreds.ProspectCompanies],
		Traits:    columnsOf(s.Traits, c, true),
		Events:    []EventTable{},
		Items:     s.Items,
		ItemFacts: columnsOf(s.ItemFacts, c, false),
	}
	for _, e := range s.Events {
		t := EventTable{Name: e.Name, Rows: e.Rows, Profiles: e.Profiles, Occasions: e.Occasions, Properties: columnsOf(e.Properties, c, false)}
		if e.Rows > 0 {
			t.First, t.Last = instant(e.First, c), instant(e.Last, c)
		}
		d.Events = append(d.Events, t)
	}
	return d
}

func columnsOf(cs []engine.ColumnStatistics, c *segment.Calendar, kinds bool) []Column {
	out := []Column{}
	for _, s := range cs {
		col := Column{
			Name: s.Name, Label: s.Label, Type: s.Type.String(), Known: s.Known, Of: s.Of, Distinct: s.Distinct,
			Min: valueOf(s.Min, c), Max: valueOf(s.Max, c), Top: []Top{}, Bins: []Bin{},
		}
		if kinds {
			col.Kind = s.Kind.String()
		}
		if s.Of > 0 {
			col.Coverage = float64(s.Known) / float64(s.Of)
		}
		for _, t := range s.Top {
			col.Top = append(col.Top, Top{valueOf(t.Value, c), t.Count})
		}
		for _, b := range s.Bins {
			col.Bins = append(col.Bins, Bin{valueOf(b.From, c), valueOf(b.To, c), b.Count})
		}
		out = append(out, col)
	}
	return out
}
