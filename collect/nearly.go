package collect

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
)

// odd is what a column of texts is but for some values.
type odd struct {
	votes form.Votes
	saw   form.Fact
	value string // one that does not fit the form that most have
}

// remarkNearly notes the columns that are text because of a few values among many
// numbers, dates or booleans: whoever meant those has to know.
func (l *layout) remarkNearly() error {
	all := map[*column]*odd{}
	for _, c := range l.columns {
		if c.free && c.typ == kreds.Text && c.tally.Known > 1 && !c.namesThings() {
			all[c] = &odd{}
		}
	}
	if len(all) == 0 {
		return nil
	}
	each := func(f func(o *odd, v []byte)) error {
		for _, s := range l.sources {
			err := s.sampled(func(t *rows.Table) {
				for i, at := range s.at {
					if o := all[l.columns[at]]; o != nil {
						for row := range t.Len() {
							f(o, t.At(row, i))
						}
					}
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := each(func(o *odd, v []byte) { o.votes.Add(v) }); err != nil {
		return err
	}
	best := map[*odd]form.Set{}
	for _, o := range all {
		best[o], _ = o.votes.Best(form.Numbers | form.Booleans | form.Dates&^form.Epoch)
	}
	err := each(func(o *odd, v []byte) {
		t := form.NewTally()
		if t.Add(v); t.Known == 0 {
			return
		}
		if t.Fits&best[o] != 0 {
			o.saw |= t.Saw
		} else if o.value == "" {
			o.value = shown(v)
		}
	})
	if err != nil {
		return err
	}
	for _, c := range l.columns {
		o := all[c]
		if o == nil {
			continue
		}
		_, n := o.votes.Best(form.Numbers | form.Booleans | form.Dates&^form.Epoch)
		// Three in four: below that it is as likely meant as text.
		if n < c.tally.Known && 4*n >= 3*c.tally.Known {
			t := typeOf(best[o], o.saw)
			l.note("column %q is text because of values such as %q, though most are %ss; --type %q rejects the others", cut(c.label, 60), cut(o.value, 40), noun(t), c.label+"="+t.String())
		}
	}
	return nil
}

// typeOf is the type of values of the forms.
func typeOf(forms form.Set, saw form.Fact) kreds.Type {
	switch {
	case forms&form.Numbers != 0:
		return kreds.Number
	case forms&form.Booleans != 0:
		return kreds.Boolean
	case saw&form.SawTime != 0:
		return kreds.Instants
	}
	return kreds.Date
}

// types are the types of the columns as they are.
func (l *layout) types() []kreds.Type {
	var out []kreds.Type
	for _, c := range l.columns {
		out = append(out, c.typ)
	}
	return out
}

// remarkTurned notes the columns that were taken for something else by the sample,
// and are text by all their values. The first of these that was met is at hand.
func (l *layout) remarkTurned(were []kreds.Type, met *misfit) {
	for i, c := range l.columns {
		was := were[i]
		if !c.free || c.typ != kreds.Text || was == kreds.Text || was == kreds.Unknown {
			continue
		}
		such := ""
		if met.column == c {
			such = kreds.Say(" because of values such as %q", cut(met.value, 40))
		}
		l.note("column %q is text%s, though it begins with %ss; --type %q rejects the others", cut(c.label, 60), such, noun(was), c.label+"="+was.String())
	}
}
