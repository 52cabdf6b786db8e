package collect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
)

// remark notes for people what was decided and is not plain from the columns.
func (l *layout) remark() {
	for _, s := range l.sources {
		if s.Encoding != rows.UTF8 {
			l.note("%s is written in %s", s.Name, s.Encoding)
		}
	}
	if l.numbered {
		text := kreds.Say("no --id is named: rows are numbered, and each is a profile of its own")
		if keys := l.likelyKeys(); len(keys) > 0 {
			text = kreds.Say("%s; the key may be %s", text, strings.Join(keys, " or "))
		}
		l.note("%s", text)
	}
	if l.what == profiles {
		l.remarkPlace()
	}
	if l.what == profiles && l.kind == kreds.Person && l.company == nil {
		for _, c := range l.columns {
			if c.kept() && slices.Contains([]string{"company", "company_id", "firma", "virksomhed"}, c.name) {
				l.note("column %q becomes a trait; --map %q makes it the key of the person's company", cut(c.label, 60), c.label+"=company")
			}
		}
	}
}

// remarkPlace says how two columns that look like a place become one.
func (l *layout) remarkPlace() {
	half := func(names ...string) *column {
		for _, c := range l.columns {
			if c.kept() && c.typ == kreds.Number && slices.Contains(names, c.name) {
				return c
			}
		}
		return nil
	}
	lat := half("lat", "latitude", "breddegrad")
	lon := half("lon", "lng", "long", "longitude", "længdegrad")
	if lat != nil && lon != nil {
		l.note("columns %q and %q become two numbers; --map %q --map %q makes them one location", lat.label, lon.label, lat.label+"=lat", lon.label+"=lon")
	}
}

// likelyKeys returns the columns that look like a key: a value in each row, none
// of them twice, and a name like id.
func (l *layout) likelyKeys() []string {
	var out []string
	for _, c := range l.columns {
		t := &c.tally
		if c.role == l.role() && t.Missing == 0 && t.Known > 0 && !c.repeats && c.namesThings() && len(out) < 3 {
			out = append(out, strings.ToValidUTF8(cut(c.label, 60), ""))
		}
	}
	return out
}

// remarks returns all notes, those of the types too.
func (l *layout) remarks() []string {
	out := slices.Concat(l.notes, l.guessed)
	for _, c := range l.columns {
		say := func(text string) { out = append(out, kreds.Say("column %q %s", cut(c.label, 60), text)) }
		t := &c.tally
		switch {
		case c.role == RoleNone && !c.need:
		case c.typ == kreds.Unknown:
			say(kreds.Say("has no values and is left out"))
		case t.Saw&form.SawMarker != 0 && !c.plain:
			say(kreds.Say("has words such as NA or NULL, which count as missing"))
		case c.form&form.Dates != 0 && t.Saw&form.SawShortYear != 0 && c.form&(form.DMY|form.MDY|form.Named) != 0:
			say(kreds.Say("has years of two digits: 69 to 99 are of the 20th century"))
		case c.typ == kreds.Text && c.kept():
			if unit := unitOf(c.examples); unit != "" {
				say(kreds.Say("holds amounts with %q beside them, which makes them text; without it they are numbers", unit))
			}
		}
	}
	return out
}

var amount = regexp.MustCompile(`^(%|[$€£¥]|(?i:kr\.?|dkk|sek|nok|eur|usd|gbp))?\s*[-+]?\d[\d.,\s]*?(?:,-)?\s*(%|[$€£¥]|(?i:kr\.?|dkk|sek|nok|eur|usd|gbp))?$`)

// unitOf is the currency or percent sign that stands beside each of the texts, which
// are numbers otherwise; "" if there is none.
func unitOf(texts []string) string {
	unit := ""
	for _, text := range texts {
		m := amount.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil || (m[1] == "") == (m[2] == "") {
			return ""
		}
		if unit != "" && unit != m[1]+m[2] {
			return ""
		}
		unit = m[1] + m[2]
	}
	return unit
}

// plan returns the layout as people see it.
func (l *layout) plan() *Plan {
	s := l.sources[0]
	p := &Plan{
		Delimiter: string(rune(s.dialect.Delimiter)), Header: s.header, Encoding: string(s.Encoding),
		Computed: slices.Clone(l.r.Compute), Sampled: l.sampled, Notes: l.remarks(),
	}
	p.Rows, p.Whole = l.rows()
	if s.dialect.Quote != 0 {
		p.Quote = string(rune(s.dialect.Quote))
	}
	if s.dialect.Delimiter == '\t' {
		p.Delimiter = "tab"
	}
	for _, c := range l.columns {
		out := Column{Label: c.label, Role: c.role, Type: c.typ, Format: c.format(), Missing: int(c.tally.Missing), Examples: slices.Clone(c.examples)}
		if c.typ != kreds.Text {
			out.Missing += int(c.tally.Doubtful)
		}
		switch {
		case c.kept():
			out.Name = c.name
		case c.named():
			out.Role = RoleNone // without any value
		}
		for _, at := range l.places {
			if c == at.lat || c == at.lon {
				out.Name, out.Role, out.Type = at.name, l.role(), kreds.Location
			}
		}
		p.Columns = append(p.Columns, out)
	}
	return p
}

// format says how the values of a column are written, where there is a choice.
func (c *column) format() string {
	switch c.form {
	case form.Comma:
		return "decimal comma"
	case form.Point:
		if c.tally.Saw&form.SawSeparator != 0 {
			return "decimal point"
		}
	case form.YMD:
		return "year-month-day"
	case form.DMY:
		return "day-month-year"
	case form.MDY:
		return "month-day-year"
	case form.Compact:
		return "yyyymmdd"
	case form.Named:
		return "day month year, the month in letters"
	case form.Epoch:
		return "seconds since 1970"
	case form.YesNo:
		return "yes/no"
	case form.JaNej:
		return "ja/nej"
	}
	return ""
}
