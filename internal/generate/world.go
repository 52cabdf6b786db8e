// Package generate makes small random worlds and random expressions about them,
// each from a seed: what tests hold the engine and the oracle against each other
// with. A World is plain rows in the order of their arrival.
package generate

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/kreds/kreds"
)

// World is everything that a workspace can hold.
type World struct {
	Zone     *time.Location
	Traits   [2][]Column // by kind
	Events   []EventType
	Facts    []Column // of items
	Imports  []Import
	Lists    map[string][]string
	Places   []kreds.Place
	Segments []Segment
	// From and To are about where the data begins and ends.
	From, To kreds.Instant
	// Wide brings numbers of columns that are not exact as such in every import.
	Wide bool
}

// Column is a trait, a property or a fact. Exact says that a Number has at most
// four decimals in every import.
type Column struct {
	Name, Label string
	Type        kreds.Type
	Exact       bool
}

// EventType is a table of events.
type EventType struct {
	Name, Label, Occasion string
	Properties            []Column
}

// Import is the rows of one import, in the order of arrival.
type Import struct {
	Profiles []Profile
	Events   []Event
	Items    []Item
}

// Profile is one row about a person or a company. Observed and Created are
// MinInstant where the row has none.
type Profile struct {
	Kind              kreds.Kind
	Prospect          bool
	Key               string
	Observed, Created kreds.Instant
	Company           string
	Traits            map[string]kreds.Value
}

// Event is one row of an event type.
type Event struct {
	Type       string
	Kind       kreds.Kind
	Key        string
	Time       kreds.Instant
	DayOnly    bool
	Properties map[string]kreds.Value
}

// Item is one row about an item.
type Item struct {
	Key   string
	Facts map[string]kreds.Value
}

// Segment is a segment with its versions, or, if Source is not a rule, with its
// records; both in the order of time.
type Segment struct {
	Name     string
	Subject  kreds.Subject
	Source   kreds.SegmentSource
	Versions []Version
	Records  []Record
}

// Version is a definition and when it was saved.
type Version struct {
	Saved      kreds.Instant
	Expression string
}

// Record is the keys of the members from an instant on.
type Record struct {
	At   kreds.Instant
	Keys []string
}

// Catalogue is what expressions about the world can refer to.
func (w *World) Catalogue() *kreds.Catalogue {
	cat := &kreds.Catalogue{Lists: w.Lists, Places: w.Places}
	for kind, columns := range w.Traits {
		for _, c := range columns {
			cat.Traits = append(cat.Traits, kreds.Trait{Kind: kreds.Kind(kind), Name: c.Name, Label: c.Label, Type: c.Type})
		}
	}
	for _, e := range w.Events {
		t := kreds.EventType{Name: e.Name, Label: e.Label, Occasion: e.Occasion}
		for _, c := range e.Properties {
			t.Properties = append(t.Properties, kreds.Property{Name: c.Name, Label: c.Label, Type: c.Type})
		}
		cat.Events = append(cat.Events, t)
	}
	for _, c := range w.Facts {
		cat.Items = append(cat.Items, kreds.Property{Name: c.Name, Label: c.Label, Type: c.Type})
	}
	for _, s := range w.Segments {
		cat.Segments = append(cat.Segments, kreds.SegmentRef{Name: s.Name, Subject: s.Subject})
	}
	return cat
}

// EventType returns the event type of the name.
func (w *World) EventType(name string) *EventType {
	i := slices.IndexFunc(w.Events, func(e EventType) bool { return strings.EqualFold(e.Name, name) })
	if i < 0 {
		return nil
	}
	return &w.Events[i]
}

// Property returns the property of the name.
func (e *EventType) Property(name string) *Column {
	i := slices.IndexFunc(e.Properties, func(c Column) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return nil
	}
	return &e.Properties[i]
}

// Keys returns the keys of all profiles of the kind, in order.
func (w *World) Keys(k kreds.Kind) []string {
	seen := map[string]bool{}
	for _, i := range w.Imports {
		for _, p := range i.Profiles {
			if p.Kind == k {
				seen[p.Key] = true
			}
			if k == kreds.Company && p.Company != "" {
				seen[p.Company] = true
			}
		}
		for _, e := range i.Events {
			if e.Kind == k {
				seen[e.Key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Shuffled is the world with the same rows in n imports and another order. It
// means the same where no two observations of a trait of a profile, and no two
// rows of an item, are of the same instant.
func (w *World) Shuffled(rng *rand.Rand, n int) *World {
	out := *w
	out.Imports = make([]Import, n)
	for _, i := range w.Imports {
		for _, p := range i.Profiles {
			to := &out.Imports[rng.IntN(n)].Profiles
			*to = append(*to, p)
		}
		for _, e := range i.Events {
			to := &out.Imports[rng.IntN(n)].Events
			*to = append(*to, e)
		}
		for _, x := range i.Items {
			to := &out.Imports[rng.IntN(n)].Items
			*to = append(*to, x)
		}
	}
	for _, i := range out.Imports {
		shuffle(rng, i.Profiles)
		shuffle(rng, i.Events)
		shuffle(rng, i.Items)
	}
	return &out
}

func shuffle[T any](rng *rand.Rand, s []T) {
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// Cut is the world as it would be had nothing happened at or after the instant:
// without later events and observations, without the profiles that are not in
// exists (a kind and a key), and with columns as they became. What counts at every
// time stays: an objection to profiling, and who is a customer.
func (w *World) Cut(asOf kreds.Instant, exists func(kreds.Kind, string) bool) *World {
	out := *w
	out.Wide = true
	out.Imports = nil
	for _, i := range w.Imports {
		c := Import{Items: i.Items}
		for _, p := range i.Profiles {
			if !exists(p.Kind, p.Key) {
				continue
			}
			if p.Observed >= asOf {
				v, ok := p.Traits[Objection]
				if !ok && p.Prospect {
					continue
				}
				p.Traits, p.Company = nil, ""
				if ok {
					p.Traits = map[string]kreds.Value{Objection: v}
				}
			}
			c.Profiles = append(c.Profiles, p)
		}
		for _, e := range i.Events {
			if e.Time < asOf {
				c.Events = append(c.Events, e)
			}
		}
		out.Imports = append(out.Imports, c)
	}
	return &out
}

// Objection is the trait of profiles that object to profiling.
const Objection = "profiling.objection"
