package segment

import (
	"slices"
	"strings"

	"github.com/kreds/kreds"
)

// Channels are those that reachable.CHANNEL can name.
var Channels = []string{"email", "sms", "phone", "post"}

// ChannelTraits returns the traits that decide whether a profile is reachable by a
// channel: the address, the consent, and two that may suppress it.
func ChannelTraits(channel string) []string {
	address := strings.ToLower(channel)
	switch address {
	case "sms":
		address = "phone"
	case "post":
		address = "address"
	}
	return []string{address, "consent." + channel, "suppressed." + channel, "suppressed"}
}

// path finds what a name means.
func (c *checker) path(p *Path, s scope) error {
	if s.where != nil {
		return c.inWhere(p, s)
	}
	ref, name, ok := c.profile(p.Name, s.kind)
	if ok {
		p.Ref, p.Name = ref, name
		return nil
	}
	if rest, found := cutPrefix(p.Name, "company."); found {
		if s.kind != kreds.Person {
			return errorAt(p.pos, "a company has no company").hint("write %s alone", Quote(rest))
		}
		of, name, ok := c.profile(always(rest), kreds.Company)
		if !ok || of.Kind == RefReachable {
			return unknownName(p.pos, kreds.Say("trait of companies"), rest, c.traits(kreds.Company))
		}
		p.Ref = Ref{Kind: RefCompany, Of: of.Kind, Name: of.Name, Type: of.Type}
		p.Name = "company." + strings.TrimPrefix(name, "profile.")
		return nil
	}
	if channel, found := cutPrefix(p.Name, "reachable."); found {
		return unknownName(p.pos, kreds.Say("channel"), channel, Channels)
	}
	if rest, found := cutPrefix(p.Name, "profile."); found {
		// Within where (…) this is how traits are named; outside it says the same.
		if ref, name, ok := c.profile(rest, s.kind); ok {
			p.Ref, p.Name = ref, name
			return nil
		}
		return unknownName(p.pos, kreds.Say("trait"), rest, c.traits(s.kind))
	}
	if e := c.event(p.Name); e != nil {
		return errorAt(p.pos, "%s is an event, not a trait", quoteText(e.Name)).hint("write: did %s", Quote(e.Name))
	}
	what := kreds.Say("trait")
	if s.kind == kreds.Company {
		what = kreds.Say("trait of companies")
	}
	err := unknownName(p.pos, what, p.Name, append(c.traits(s.kind), "profile.key", "profile.first_seen"))
	if ref, name, ok := c.profile(p.Name, 1-s.kind); ok && ref.Kind == RefTrait {
		if s.kind == kreds.Person {
			return err.hint("it is a trait of companies: write company.%s", Quote(name))
		}
		return err.hint("it is a trait of persons: write any person (%s …)", Quote(name))
	}
	for i := range c.cat.Events {
		e := &c.cat.Events[i]
		for _, prop := range e.Properties {
			if strings.EqualFold(prop.Name, p.Name) {
				return err.hint("it is a property of %s: write did %s where (%s …)", quoteText(e.Name), Quote(e.Name), Quote(prop.Name))
			}
		}
	}
	return err
}

// profile finds a fact of a profile of the kind.
func (c *checker) profile(name string, kind kreds.Kind) (Ref, string, bool) {
	for i := range c.cat.Traits {
		if t := &c.cat.Traits[i]; t.Kind == kind && strings.EqualFold(t.Name, name) {
			return Ref{Kind: RefTrait, Name: t.Name, Type: t.Type}, t.Name, true
		}
	}
	switch lower := strings.ToLower(name); lower {
	case "profile.key":
		return Ref{Kind: RefKey, Type: kreds.Text}, lower, true
	case "profile.first_seen":
		return Ref{Kind: RefFirstSeen, Type: kreds.Instants}, lower, true
	default:
		if ch, ok := strings.CutPrefix(lower, "reachable."); ok {
			if slices.Contains(Channels, ch) {
				return Ref{Kind: RefReachable, Name: ch, Type: kreds.Boolean}, lower, true
			}
		}
	}
	// The original name of a column, in back quotes, is understood too.
	for i := range c.cat.Traits {
		if t := &c.cat.Traits[i]; t.Kind == kind && t.Label != "" && strings.EqualFold(t.Label, name) {
			return Ref{Kind: RefTrait, Name: t.Name, Type: t.Type}, t.Name, true
		}
	}
	return Ref{}, "", false
}

// always gives the facts that every profile has their full names.
func always(name string) string {
	if l := strings.ToLower(name); l == "key" || l == "first_seen" {
		return "profile." + l
	}
	return name
}

func (c *checker) traits(kind kreds.Kind) []string {
	var names []string
	for _, t := range c.cat.Traits {
		if t.Kind == kind {
			names = append(names, t.Name)
		}
	}
	return names
}

func cutPrefix(name, prefix string) (string, bool) {
	if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
		return name[len(prefix):], true
	}
	return name, false
}

// inWhere finds what a name within where (…) means.
func (c *checker) inWhere(p *Path, s scope) error {
	if strings.EqualFold(p.Name, "time") {
		p.Name, p.Ref = "time", Ref{Kind: RefTime, Type: kreds.Instants}
		return nil
	}
	if prop, err := c.property(p.pos, p.Name, s); err == nil {
		p.Name, p.Ref = prop.Name, Ref{Kind: RefProperty, Name: prop.Name, Type: prop.Type}
		return nil
	}
	if rest, ok := cutPrefix(p.Name, "profile."); ok {
		ref, name, ok := c.profile(always(rest), s.kind)
		if !ok || ref.Kind == RefReachable {
			return unknownName(p.pos, kreds.Say("trait"), rest, c.traits(s.kind))
		}
		p.Ref = ref
		p.Name = "profile." + strings.TrimPrefix(name, "profile.")
		return nil
	}
	if prop, fact, ok := strings.Cut(p.Name, "."); ok {
		if found, err := c.property(p.pos, prop, s); err == nil {
			var names []string
			for _, item := range c.cat.Items {
				if strings.EqualFold(item.Name, fact) || item.Label != "" && strings.EqualFold(item.Label, fact) {
					if found.Type != kreds.Text {
						return errorAt(p.pos, "%s is a %s, so it holds no item's key", quoteText(found.Name), found.Type).hint("import it as text, with --type COL=text")
					}
					p.Name = found.Name + "." + item.Name
					p.Ref = Ref{Kind: RefItem, Name: found.Name, Fact: item.Name, Type: item.Type}
					return nil
				}
				names = append(names, item.Name)
			}
			return unknownName(p.pos, kreds.Say("fact of items"), fact, names)
		}
	}
	_, err := c.property(p.pos, p.Name, s)
	return err
}

// property finds a property that the events of a where have with one type.
func (c *checker) property(pos Pos, name string, s scope) (kreds.Property, error) {
	name = propertyName(name, s.where)
	var found kreds.Property
	var of string
	var names []string
	for _, e := range s.where {
		var has *kreds.Property
		if !s.any {
			names = nil
		}
		for i := range e.Properties {
			p := &e.Properties[i]
			names = append(names, p.Name)
			if strings.EqualFold(p.Name, name) {
				has = p
			}
		}
		switch {
		case has == nil && !s.any:
			err := unknownName(pos, kreds.Say("property"), name, names)
			err.Message = kreds.Say("%s of %s", err.Message, quoteText(e.Name))
			if of != "" {
				return found, err.hint("%s has it: ask about these events one by one", quoteText(of))
			}
			if c.isTrait(name, s.kind) {
				return found, err.hint("to compare a trait of the profile write profile.%s", Quote(name))
			}
			return found, err
		case has == nil:
		case of == "":
			found, of = *has, e.Name
		case found.Type != has.Type:
			return found, errorAt(pos, "%s is a %s in %s and a %s in %s", quoteText(name), found.Type, quoteText(of), has.Type, quoteText(e.Name)).
				hint("ask about these events one by one")
		}
	}
	if of == "" {
		return found, unknownName(pos, kreds.Say("property"), name, append(names, "time"))
	}
	return found, nil
}

// propertyName is the name of the property that a name or a label means.
func propertyName(name string, events []*kreds.EventType) string {
	byLabel := name
	for _, e := range events {
		for _, p := range e.Properties {
			if strings.EqualFold(p.Name, name) {
				return p.Name
			}
			if p.Label != "" && strings.EqualFold(p.Label, name) {
				byLabel = p.Name
			}
		}
	}
	return byLabel
}

func (c *checker) isTrait(name string, kind kreds.Kind) bool {
	_, _, ok := c.profile(name, kind)
	return ok
}

// event finds an event type, nil if there is none of the name.
func (c *checker) event(name string) *kreds.EventType {
	for i := range c.cat.Events {
		if strings.EqualFold(c.cat.Events[i].Name, name) {
			return &c.cat.Events[i]
		}
	}
	return nil
}

// eventTypes finds the event types that are meant and makes their names
// canonical.
func (c *checker) eventTypes(e *Events, s scope) (scope, error) {
	in := scope{kind: s.kind, where: []*kreds.EventType{}, any: e.Any}
	if e.OfPersons {
		if s.kind != kreds.Company {
			return in, errorAt(e.pos, "\"person.\" is for expressions about companies").hint("write the event's name alone")
		}
		in.kind = kreds.Person
	}
	if e.Any {
		for i := range c.cat.Events {
			in.where = append(in.where, &c.cat.Events[i])
		}
		return in, nil
	}
	for i, name := range e.Names {
		t := c.event(name)
		if t == nil {
			var names []string
			for _, known := range c.cat.Events {
				names = append(names, known.Name)
			}
			err := unknownName(e.pos, kreds.Say("event"), name, names)
			if c.isTrait(name, s.kind) {
				err = err.hint("%s is a trait: compare it, as in %s = …", quoteText(name), Quote(name))
			}
			return in, err
		}
		e.Names[i] = t.Name
		in.where = append(in.where, t)
	}
	return in, nil
}

// events checks events and their where.
func (c *checker) events(e *Events, where Node, s scope) error {
	in, err := c.eventTypes(e, s)
	if err != nil || where == nil {
		return err
	}
	return c.node(where, in)
}
