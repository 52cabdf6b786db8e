// Package oracle evaluates expressions naively: one profile at a time, one
// condition after the other, straight from the language's reference. It is what
// the engine is held to, shares nothing with it but the tree, and is as slow as it
// is plain. What it remembers between profiles are answers, not ways.
package oracle

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/segment"
)

// Oracle knows a world.
type Oracle struct {
	zone     *time.Location
	cat      *kreds.Catalogue
	profiles []*profile // persons and companies, by key
	items    map[string]map[string]kreds.Value
	segments map[string]*generate.Segment // by the name in small letters
	exact    map[column]bool
	occasion map[string]string // by event type

	windows map[windowKey]interval
	shifts  map[shiftKey]kreds.Instant
	ranks   map[rankKey]map[*profile]bool
	members map[memberKey]map[*profile]bool
	parsed  map[string]*segment.Expr
}

type column struct{ event, property string }

// profile is a person or a company.
type profile struct {
	kind     kreds.Kind
	key      string
	prospect bool
	objects  bool
	dated    bool
	seen     kreds.Instant // when first, if dated
	traits   map[string][]observation
	company  []observation
	events   []*event
}

// observation is what a trait was found to be; undated ones have MinInstant.
type observation struct {
	at    kreds.Instant
	value kreds.Value
}

type event struct {
	by       *profile
	typ      string
	at       kreds.Instant
	dayOnly  bool
	occasion any // nil where unknown or without
	props    map[string]kreds.Value
}

// scope is whom a condition is about, and when. Within relations customers and
// prospects are looked at alike.
type scope struct {
	subject kreds.Subject
	all     bool
	asOf    kreds.Instant
}

// New returns the oracle of a world.
func New(w *generate.World) *Oracle {
	o := &Oracle{
		zone: w.Zone, cat: w.Catalogue(), items: map[string]map[string]kreds.Value{}, segments: map[string]*generate.Segment{},
		exact: map[column]bool{}, occasion: map[string]string{}, parsed: map[string]*segment.Expr{},
		windows: map[windowKey]interval{}, shifts: map[shiftKey]kreds.Instant{},
		ranks: map[rankKey]map[*profile]bool{}, members: map[memberKey]map[*profile]bool{},
	}
	for i := range w.Segments {
		o.segments[strings.ToLower(w.Segments[i].Name)] = &w.Segments[i]
	}
	for _, t := range w.Events {
		o.occasion[t.Name] = t.Occasion
		for _, c := range t.Properties {
			o.exact[column{t.Name, c.Name}] = c.Exact
		}
	}
	type id struct {
		kind kreds.Kind
		key  string
	}
	byKey := map[id]*profile{}
	named := map[*profile]bool{} // whether a row says that it is a customer
	find := func(k kreds.Kind, key string) *profile {
		p := byKey[id{k, key}]
		if p == nil {
			p = &profile{kind: k, key: key, seen: kreds.MaxInstant, traits: map[string][]observation{}}
			byKey[id{k, key}] = p
			o.profiles = append(o.profiles, p)
		}
		return p
	}
	see := func(p *profile, at kreds.Instant) {
		if at != kreds.MinInstant {
			p.dated, p.seen = true, min(p.seen, at)
		}
	}
	for _, in := range w.Imports {
		for _, r := range in.Profiles {
			p := find(r.Kind, r.Key)
			see(p, r.Created)
			see(p, r.Observed)
			if r.Prospect {
				p.prospect = true
			} else {
				named[p] = true
			}
			for name, v := range r.Traits {
				p.traits[name] = append(p.traits[name], observation{r.Observed, v})
			}
			if r.Company != "" {
				see(find(kreds.Company, r.Company), r.Observed)
				p.company = append(p.company, observation{r.Observed, kreds.Value{Type: kreds.Text, Text: r.Company}})
			}
		}
		for _, r := range in.Events {
			p := find(r.Kind, r.Key)
			see(p, r.Time)
			e := &event{by: p, typ: r.Type, at: r.Time, dayOnly: r.DayOnly, props: r.Properties}
			if v, ok := r.Properties[o.occasion[r.Type]]; ok && o.occasion[r.Type] != "" {
				e.occasion = Plain(v)
			}
			p.events = append(p.events, e)
		}
		for _, r := range in.Items {
			if o.items[r.Key] == nil {
				o.items[r.Key] = map[string]kreds.Value{}
			}
			maps.Copy(o.items[r.Key], r.Facts)
		}
	}
	for _, p := range o.profiles {
		p.prospect = p.prospect && !named[p]
		for _, story := range p.traits {
			inOrder(story)
		}
		inOrder(p.company)
		if last := latest(p.traits[generate.Objection], kreds.MaxInstant); last.Type == kreds.Boolean {
			p.objects = last.Bool
		}
		sort.SliceStable(p.events, func(i, j int) bool { return p.events[i].at < p.events[j].at })
	}
	slices.SortFunc(o.profiles, func(a, b *profile) int { return strings.Compare(a.key, b.key) })
	return o
}

// inOrder sorts by instant; of equal ones the later in order of import is last.
func inOrder(s []observation) {
	sort.SliceStable(s, func(i, j int) bool { return s[i].at < s[j].at })
}

// Plain is a value as something that can be compared with ==.
func Plain(v kreds.Value) any {
	switch v.Type {
	case kreds.Number, kreds.Span:
		return v.Num + 0 // no negative zero
	case kreds.Text:
		return v.Text
	case kreds.Boolean:
		return v.Bool
	case kreds.Date:
		return v.Day
	case kreds.Instants:
		return v.Instant
	case kreds.Location:
		return v.Point
	case kreds.List:
		return strings.Join(v.List, "\x00") + "\x01" + string(rune(len(v.List)))
	}
	return nil
}

// JSON is a list as it is stored.
func JSON(list []string) string {
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(text)
}

// latest is the last value observed before the instant.
func latest(s []observation, before kreds.Instant) kreds.Value {
	var v kreds.Value
	for _, o := range s {
		if o.at < before || o.at == kreds.MinInstant {
			v = o.value
		}
	}
	return v
}

// Members returns the keys of the profiles that a checked expression holds for as
// of the instant, in order.
func (o *Oracle) Members(e *segment.Expr, asOf kreds.Instant) []string {
	s := scope{subject: e.Subject, asOf: asOf}
	var out []string
	for _, p := range o.profiles {
		if o.in(p, s) && o.holds(e.Root, context{p: p, scope: s}) {
			out = append(out, p.key)
		}
	}
	return out
}

// Leaf reports whether a condition holds for one profile, in a population or not,
// and whether a value that it compares is unknown; told is false for conditions
// that compare none.
func (o *Oracle) Leaf(n segment.Node, k kreds.Kind, key string, asOf kreds.Instant) (holds, unknown, told bool) {
	c := context{p: o.find(k, key), scope: scope{subject: subjectOf(k), all: true, asOf: asOf}}
	switch n.(type) {
	case *segment.Compare, *segment.Between, *segment.In, *segment.InList, *segment.TextMatch, *segment.Includes,
		*segment.InWindow, *segment.Anniversary, *segment.Near, *segment.BoolTerm:
		holds, not, known := o.compared(n, c)
		return known && holds != not, !known, true
	}
	return o.holds(n, c), false, false
}

// Value is the value of a term for one profile; its type is Unknown if there is none.
func (o *Oracle) Value(t segment.Term, k kreds.Kind, key string, asOf kreds.Instant) kreds.Value {
	return o.value(t, context{p: o.find(k, key), scope: scope{subject: subjectOf(k), all: true, asOf: asOf}})
}

// Company is the key of a person's company as of the instant, "" if unknown.
func (o *Oracle) Company(key string, asOf kreds.Instant) string {
	if c := o.employer(o.find(kreds.Person, key), asOf); c != nil {
		return c.key
	}
	return ""
}

func subjectOf(k kreds.Kind) kreds.Subject {
	if k == kreds.Company {
		return kreds.Companies
	}
	return kreds.Persons
}

// find is the profile of the key; one that is not there has neither traits nor
// events.
func (o *Oracle) find(k kreds.Kind, key string) *profile {
	for _, p := range o.profiles {
		if p.kind == k && p.key == key {
			return p
		}
	}
	return &profile{kind: k, key: key}
}

// Population is the keys of the subject's profiles as of the instant, in order.
func (o *Oracle) Population(s kreds.Subject, asOf kreds.Instant) []string {
	return o.Members(&segment.Expr{Subject: s, Root: &segment.Everyone{}}, asOf)
}

// Everyone is the keys of the kind's profiles as of the instant, customers and
// prospects alike.
func (o *Oracle) Everyone(k kreds.Kind, asOf kreds.Instant) []string {
	var out []string
	for _, p := range o.profiles {
		if o.in(p, scope{subject: subjectOf(k), all: true, asOf: asOf}) {
			out = append(out, p.key)
		}
	}
	return out
}

// Exists reports whether a profile was first seen before the instant, or has no
// date at all.
func (o *Oracle) Exists(k kreds.Kind, key string, asOf kreds.Instant) bool {
	return slices.ContainsFunc(o.profiles, func(p *profile) bool { return p.kind == k && p.key == key && p.exists(asOf) })
}

func (p *profile) exists(asOf kreds.Instant) bool { return !p.dated || p.seen < asOf }

// in reports whether the profile is in the population of the scope.
func (o *Oracle) in(p *profile, s scope) bool {
	if p.kind != s.subject.Kind() || p.objects || !p.exists(s.asOf) {
		return false
	}
	return s.all || p.prospect == s.subject.Prospects()
}

// employer is the person's company as of the instant; nil if unknown. Who objects
// to profiling has no part in relations.
func (o *Oracle) employer(p *profile, asOf kreds.Instant) *profile {
	v := latest(p.company, asOf)
	if v.Type == kreds.Unknown || p.objects {
		return nil
	}
	for _, c := range o.profiles {
		if c.kind == kreds.Company && c.key == v.Text && !c.objects && c.exists(asOf) {
			return c
		}
	}
	return nil
}

// Forget drops the answers kept for instants, which would fill memory.
func (o *Oracle) Forget() {
	clear(o.windows)
	clear(o.shifts)
	clear(o.ranks)
	clear(o.members)
}

// eps is what rounding may add to a percentage of a number of profiles.
const eps = 1e-9

// share is how many of n a percentage is, rounded up.
func share(percent float64, n int) int { return int(math.Ceil(percent*float64(n)/100 - eps)) }
