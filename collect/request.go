package collect

import (
	"errors"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/segment"
)

// target is what rows become.
type target struct {
	what  what
	kind  kreds.Kind
	event string
	label string

	prospect bool // the profiles are no customers yet
}

type what uint8

const (
	profiles what = iota
	events
	items
)

// role is what a column without another role is for.
func (t target) role() string { return [...]string{RoleTrait, RoleProperty, RoleFact}[t.what] }

// noun names what is known of what rows are about.
func (t target) noun() string { return [...]string{"trait", "property", "fact"}[t.what] }

// target reads As and For, and refuses requests that make no sense whatever the
// files hold.
func (r *Request) target() (t target, err error) {
	if len(r.Files) == 0 {
		return t, kreds.Errorf(kreds.CodeInvalid, "there is no file to import").WithHint("name one or more files")
	}
	as, event, named := strings.Cut(r.As, ":")
	switch {
	case as == "customers" && !named:
	case as == "companies" && !named:
		t.kind = kreds.Company
	case as == "prospects" && !named:
		t.prospect = true
	case as == "prospect companies" && !named:
		t.prospect, t.kind = true, kreds.Company
	case as == "items" && !named:
		t.what = items
	case as == "events":
		t.what = events
		t.label = strings.TrimSpace(event)
		if t.label == "" {
			return t, kreds.Errorf(kreds.CodeInvalid, "the events have no name").WithHint("write for example: events:purchase").WithField("as")
		}
		t.event = segment.NameOf(t.label)
	default:
		return t, kreds.Errorf(kreds.CodeInvalid, "rows cannot be imported as %q", cut(r.As, 60)).WithHint("say customers, companies, prospects, prospect companies, items or events:NAME").WithField("as")
	}
	switch r.For {
	case "", "customers":
	case "companies":
		t.kind = kreds.Company
	default:
		return t, kreds.Errorf(kreds.CodeInvalid, "events are of customers or companies, not of %q", cut(r.For, 60)).WithField("for")
	}
	switch {
	case r.For != "" && t.what != events:
		return t, kreds.Errorf(kreds.CodeInvalid, "only events are for customers or companies; these rows are %s", r.As).WithHint("leave --for out").WithField("for")
	case r.Order != "" && t.what != events:
		return t, kreds.Errorf(kreds.CodeInvalid, "only events have an order; these rows are %s", r.As).WithHint("leave --order out").WithField("order")
	case r.Time != "" && t.what == items:
		return t, kreds.Errorf(kreds.CodeInvalid, "items have no time").WithHint("leave --time out; the column is a fact then").WithField("time")
	}
	return t, nil
}

// numbers returns the decimal forms that the request allows.
func (r *Request) numbers() (form.Set, error) {
	switch r.Decimal {
	case "":
		return form.Numbers, nil
	case ".", "point":
		return form.Point, nil
	case ",", "comma":
		return form.Comma, nil
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "%q is no decimal sign", cut(r.Decimal, 20)).WithHint("say . or ,").WithField("decimal")
}

// dates returns the date forms that the request allows.
func (r *Request) dates() (form.Set, error) {
	switch strings.ToLower(r.DateOrder) {
	case "":
		return form.Dates, nil
	case "dmy":
		return form.Dates &^ form.MDY, nil
	case "mdy":
		return form.Dates &^ form.DMY, nil
	case "ymd":
		return form.Dates &^ (form.DMY | form.MDY), nil
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "%q is no order of day, month and year", cut(r.DateOrder, 20)).WithHint("say dmy, mdy or ymd").WithField("date_order")
}

// delimiter returns the delimiter asked for, 0 if none was.
func (r *Request) delimiter() (byte, error) {
	switch d := strings.ToLower(r.Delimiter); d {
	case "":
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	case "space":
		return ' ', nil
	default:
		if c := d[0]; len(d) == 1 && c >= '\t' && c < 0x7f && c != '"' && c != '\n' && c != '\r' {
			return c, nil
		}
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "%q is no delimiter", cut(r.Delimiter, 20)).WithHint("give one character, or the word tab").WithField("delimiter")
}

// encoding returns the encoding asked for, "" if none was.
func (r *Request) encoding() (rows.Encoding, error) {
	switch strings.ToLower(r.Encoding) {
	case "":
		return "", nil
	case "utf-8", "utf8":
		return rows.UTF8, nil
	case "utf-16", "utf16":
		return rows.UTF16, nil
	case "utf-16le":
		return rows.UTF16LE, nil
	case "utf-16be":
		return rows.UTF16BE, nil
	case "windows-1252", "cp1252", "iso-8859-1", "latin-1", "latin1":
		return rows.Windows1252, nil
	}
	return "", kreds.Errorf(kreds.CodeInvalid, "%q is no encoding that is read", cut(r.Encoding, 20)).
		WithHint("say utf-8, utf-16, windows-1252 or latin-1").WithField("encoding")
}

// about says which part of the request an error is about.
func about(err error, field string) error {
	if e, ok := errors.AsType[*kreds.Error](err); ok && e.Field == "" {
		return e.WithField(field)
	}
	return err
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// fieldName makes a name given by a person canonical; it may have a namespace.
func fieldName(to string) (string, error) {
	parts := strings.Split(to, ".")
	for i, p := range parts {
		if strings.TrimSpace(p) == "" {
			return "", kreds.Errorf(kreds.CodeInvalid, "%q is no name for a field", cut(to, 60)).WithHint("use letters, digits and underscores, as in survey.panel.q3")
		}
		parts[i] = segment.NameOf(p)
	}
	switch parts[0] {
	case "company", "person", "profile", "reachable":
		if len(parts) > 1 {
			return "", kreds.Errorf(kreds.CodeInvalid, "the name %q cannot begin with %q", cut(to, 60), parts[0]+".").WithHint("choose another namespace")
		}
	}
	return strings.Join(parts, "."), nil
}
