package api

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
)

// sight is what who asks may see. The nil sight sees everything.
type sight struct {
	contacts  *access.Contacts
	handles   *access.Handles
	fields    map[string]bool // names, in lower case, of fields that are contact details
	smallCell int
}

// sees returns what who asks may see: viewers see no contact details.
func (h *handler) sees(ctx context.Context) (*sight, error) {
	if principalOf(ctx).Role >= kreds.Editor {
		return nil, nil
	}
	contacts, small, err := h.contacts(ctx)
	if err != nil {
		return nil, err
	}
	cat, err := h.audience.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	s := &sight{contacts: contacts, handles: h.handles, fields: map[string]bool{"profile.key": true}, smallCell: small}
	note := func(name string, kind kreds.Kind, t kreds.Type) {
		if contacts.Field(name, kind, t) {
			s.fields[strings.ToLower(name)] = true
		}
	}
	for _, t := range cat.Traits {
		note(t.Name, t.Kind, t.Type)
	}
	for _, e := range cat.Events {
		for _, p := range e.Properties {
			note(p.Name, kreds.Company, p.Type)
		}
	}
	for _, p := range cat.Items {
		note(p.Name, kreds.Company, p.Type)
	}
	return s, nil
}

// contacts returns the workspace's rule of what contact details are, and its
// small-cell size.
func (h *handler) contacts(ctx context.Context) (*access.Contacts, int, error) {
	settings, err := h.state.Settings(ctx)
	if err != nil {
		return nil, 0, err
	}
	return access.NewContacts(settings.ContactDetails, settings.NotContactDetails), settings.SmallCell, nil
}

// hides reports whether the values of a field are not shown.
func (s *sight) hides(name string) bool {
	if s == nil {
		return false
	}
	name = strings.ToLower(name)
	if s.fields[name] {
		return true
	}
	// A company's trait, asked for by way of the person: company.email.
	_, rest, ok := strings.Cut(name, ".")
	return ok && s.fields[rest]
}

// value is what is seen of a field's value.
func (s *sight) value(name string, v Value) Value {
	if s == nil || v == nil {
		return v
	}
	if s.hides(name) {
		return access.Mask
	}
	switch x := v.(type) {
	case string:
		return string(access.HideEmails([]byte(x)))
	case []string:
		out := make([]string, len(x))
		for i, e := range x {
			out[i] = string(access.HideEmails([]byte(e)))
		}
		return out
	}
	return v
}

// key is what is seen of a customer's key.
func (s *sight) key(key string) string {
	if s == nil {
		return key
	}
	return s.handles.Hide(key)
}

// actual is the key that is meant by what was seen of it.
func (s *sight) actual(key string) string {
	if s == nil {
		return key
	}
	return s.handles.Key(key)
}

var (
	quotedText = regexp.MustCompile(`"[^"]*"`)
	fieldName  = regexp.MustCompile(`[\pL_][\pL\pN_.]*`)
)

// touches reports whether an expression, or a part of one, names a field that
// is not shown.
func (s *sight) touches(text string) bool {
	if s == nil {
		return false
	}
	for _, name := range fieldName.FindAllString(quotedText.ReplaceAllString(text, `""`), -1) {
		for {
			if s.fields[strings.ToLower(name)] {
				return true
			}
			_, rest, ok := strings.Cut(name, ".")
			if !ok {
				break
			}
			name = rest
		}
	}
	return false
}

// literal finds the values in an expression.
var literal = regexp.MustCompile(`"[^"]*"|\+?\d[\d.,]*`)

// expression is what is seen of an expression: of one about contact details
// the values are hidden.
func (s *sight) expression(text string) string {
	if !s.touches(text) {
		return text
	}
	return literal.ReplaceAllString(text, `"`+access.Mask+`"`)
}

// expressions is what is seen of several parts of expressions.
func (s *sight) expressions(texts []string) []string {
	for i := range texts {
		texts[i] = s.expression(texts[i])
	}
	return texts
}

// segment is what is seen of a segment.
func (s *sight) segment(x *Segment) *Segment {
	x.Expression = s.expression(x.Expression)
	return x
}

// mayAsk refuses expressions with which the contact details that one does not
// see could be found out, one count after the other.
func (h *handler) mayAsk(ctx context.Context, expression string) error {
	s, err := h.sees(ctx)
	if err != nil {
		return err
	}
	if s.touches(expression) {
		return kreds.Errorf(kreds.CodeForbidden, "the expression asks about contact details, which viewers do not see").
			WithHint("ask an editor, or leave that condition out")
	}
	return nil
}

// mayAskSegment is mayAsk where the expression may be the name of a segment.
func (h *handler) mayAskSegment(ctx context.Context, expression string) error {
	if _, err := h.state.Segment(ctx, strings.TrimSpace(expression)); err == nil {
		return nil
	}
	return h.mayAsk(ctx, expression)
}

// list is what is seen of a list: it may be one of addresses or numbers.
func (s *sight) list(l *List) *List {
	if s == nil {
		return l
	}
	out := &List{l.Name, []string{}}
	for _, v := range l.Values {
		if access.IsContactKey(v) {
			v = access.Mask
		}
		out.Values = append(out.Values, v)
	}
	return out
}

// event is what is seen of an event.
func (s *sight) event(e Event) Event {
	for name, v := range e.Properties {
		e.Properties[name] = s.value(name, v)
	}
	return e
}

// reason is what is seen of why a profile is a member.
func (s *sight) reason(r *Reason) *Reason {
	if s == nil {
		return r
	}
	touches := s.touches(r.Text)
	r.Text, r.Lacks = s.expression(r.Text), s.expressions(r.Lacks)
	if len(r.Clauses) == 0 && touches {
		r.Against, r.Miss = nil, ""
		if r.Value != nil {
			r.Value = access.Mask
		}
	} else {
		r.Value = s.value("", r.Value)
		for i, v := range r.Against {
			r.Against[i] = s.value("", v)
		}
	}
	for i, e := range r.Events {
		r.Events[i] = s.event(e)
	}
	for _, c := range r.Clauses {
		s.reason(c)
	}
	return r
}

// columns are what is seen of columns.
func (s *sight) columns(cs []Column) []Column {
	if s == nil {
		return cs
	}
	for i := range cs {
		c := &cs[i]
		if s.hides(c.Name) {
			c.Hidden, c.Min, c.Max, c.Top, c.Bins = true, nil, nil, []Top{}, []Bin{}
			continue
		}
		c.Min, c.Max = s.value(c.Name, c.Min), s.value(c.Name, c.Max)
		shown := []Top{}
		for _, t := range c.Top {
			if t.Count >= int64(s.smallCell) {
				shown = append(shown, Top{s.value(c.Name, t.Value), t.Count})
			}
		}
		c.Top = shown
		c.Bins = slices.DeleteFunc(c.Bins, func(b Bin) bool { return b.Count < int64(s.smallCell) })
	}
	return cs
}

// data is what is seen of what is stored.
func (s *sight) data(d *Data) *Data {
	d.Traits, d.ItemFacts = s.columns(d.Traits), s.columns(d.ItemFacts)
	for i := range d.Events {
		d.Events[i].Properties = s.columns(d.Events[i].Properties)
	}
	return d
}

// discovery is what is seen of a discovery, which stays as it is.
func (s *sight) discovery(d *Discovery) *Discovery {
	if s == nil {
		return d
	}
	out := *d
	out.Preparation = nil
	for _, f := range d.Preparation {
		if s.touches(f.Text) {
			f.Levels = nil
		}
		out.Preparation = append(out.Preparation, f)
	}
	out.Solutions = nil
	for _, sol := range d.Solutions {
		segments := []FoundSegment{}
		for _, f := range sol.Segments {
			typical := []string{}
			for _, key := range f.Typical {
				typical = append(typical, s.key(key))
			}
			f.Typical = typical
			profile := []Measure{}
			for _, m := range f.Profile {
				if m.Level != "" && s.touches(m.Feature) {
					m.Level = access.Mask
				}
				profile = append(profile, m)
			}
			f.Profile = profile
			if f.Rule != nil {
				rule := *f.Rule
				rule.Expression = s.expression(rule.Expression)
				f.Rule = &rule
			}
			segments = append(segments, f)
		}
		sol.Segments = segments
		sol.Grid = slices.Clone(sol.Grid)
		for i := range sol.Grid {
			if sol.Grid[i].Members < int64(s.smallCell) {
				sol.Grid[i].Monetary = 0
			}
		}
		out.Solutions = append(out.Solutions, sol)
	}
	return &out
}

// withoutEmails is the last net: in answers about customers no e-mail address
// goes out to viewers, whatever field it is in.
func withoutEmails(ctx huma.Context, _ string, v any) (any, error) {
	op := ctx.Operation()
	if op == nil || principalOf(ctx.Context()).Role >= kreds.Editor || need(op) == kreds.NoRole || op.Tags[0] == accessTag || op.Tags[0] == "Segments" {
		return v, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if hidden := access.HideEmails(text); string(hidden) != string(text) {
		return json.RawMessage(hidden), nil
	}
	return v, nil
}
