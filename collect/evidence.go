package collect

import (
	"bytes"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
)

// question is how a column is written, as long as no value of it has told.
type question struct {
	rival form.Set // the other form that the values might have; 0 where there is none
	value string   // one that has both
	told  string   // the value that tells
}

// evidence finds the values that show how numbers and dates are written, in the
// samples of the files, and says in the plan what was found by what.
func (l *layout) evidence(p *Plan) error {
	all := map[*column]*question{}
	for _, c := range l.columns {
		switch {
		case c.form == form.YMD:
			all[c] = &question{}
		case c.form == form.DMY:
			all[c] = &question{rival: form.MDY}
		case c.form == form.MDY:
			all[c] = &question{rival: form.DMY}
		case c.form == form.Comma:
			all[c] = &question{rival: form.Point}
		case c.form == form.Point && c.tally.Saw&form.SawSeparator != 0:
			all[c] = &question{rival: form.Comma}
		}
	}
	for _, s := range l.sources {
		err := s.sampled(func(t *rows.Table) {
			for i, at := range s.at {
				if q := all[l.columns[at]]; q != nil {
					for row := 0; q.told == "" && row < t.Len(); row++ {
						q.ask(form.Trim(t.At(row, i)), l.columns[at].form)
					}
				}
			}
		})
		if err != nil {
			return err
		}
	}
	for at, c := range l.columns {
		if q := all[c]; q != nil {
			p.Columns[at].Why, p.Columns[at].Doubt = q.answer(c)
			code := codes[c.form]
			into := &p.Decimal
			if c.form&form.Dates != 0 {
				into = &p.DateOrder
			}
			if into.Found == "" || p.Columns[at].Doubt && !into.Doubt {
				*into = Finding{Found: code, Doubt: p.Columns[at].Doubt}
				if why := p.Columns[at].Why; why != "" {
					into.Why = kreds.Say("column %q: %s", cut(c.label, 60), why)
				}
			}
		}
	}
	return nil
}

// codes are the forms in the words of a request.
var codes = map[form.Set]string{form.Comma: ",", form.Point: ".", form.DMY: "dmy", form.MDY: "mdy", form.YMD: "ymd"}

// ask looks whether a value tells that the column has the form. Digits alone are
// the same number either way.
func (q *question) ask(v []byte, is form.Set) {
	switch {
	case form.MissingOf(v) != form.Present || !form.Has(v, is):
	case !form.Has(v, q.rival):
		q.told = cut(shown(v), 40)
	case q.value == "" && (is&form.Dates != 0 || len(bytes.Trim(v, "+-0123456789")) > 0):
		q.value = cut(shown(v), 40)
	}
}

// answer says in words what shows how the column is written, and whether that is
// in doubt.
func (q *question) answer(c *column) (why string, doubt bool) {
	switch {
	case q.told != "":
		return told(q.told, c.form), false
	case c.as != "":
		return kreds.Say("as in column %q", cut(c.as, 60)), false
	case !c.doubt || q.value == "":
		return "", false
	case c.form&form.Numbers != 0:
		return kreds.Say("%q may have a decimal comma or a decimal point", q.value), true
	}
	return kreds.Say("in %q the day may come first, or the month", q.value), true
}

// told says what a value tells.
func told(value string, is form.Set) string {
	switch is {
	case form.Comma:
		return kreds.Say("%q can only have a decimal comma", value)
	case form.Point:
		return kreds.Say("%q can only have a decimal point", value)
	case form.DMY:
		return kreds.Say("in %q only the day can come first", value)
	case form.MDY:
		return kreds.Say("in %q only the month can come first", value)
	}
	return kreds.Say("%q begins with the year", value)
}
