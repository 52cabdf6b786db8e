package collect

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/formula"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// worker turns chunks into batches. It is used by one goroutine.
type worker struct {
	l     *layout
	clock *form.Clock
	args  []formula.Value
	stack []formula.Value
}

func newWorker(l *layout, cal *segment.Calendar) *worker {
	return &worker{l: l, clock: form.NewClock(cal)}
}

// convert fills a batch from its chunk. It stops at the first misfit.
func (w *worker) convert(b *batch) {
	b.parse(b.source.certain)
	if b.misfit != nil {
		return
	}
	l := w.l
	if b.values == nil {
		b.values = make([]engine.Column, len(l.columns))
		b.made = make([]engine.Column, len(l.places)+len(l.compute))
	}
	// What a row cannot do without comes first, so that its reason is given.
	for _, c := range []*column{l.key, l.time} {
		if c != nil && b.misfit == nil {
			w.column(b, c)
		}
	}
	for _, c := range l.columns {
		if c != l.key && c != l.time && (c.typ != kreds.Unknown || c.named()) && b.misfit == nil {
			w.column(b, c)
		}
	}
	if b.misfit != nil {
		return
	}
	for i, p := range l.places {
		w.place(b, p, &b.made[i])
	}
	b.sort()
	if l.numbered {
		b.number()
	}
	b.take()
	b.compute(l, w)
	b.out = b.out[:0]
	for _, c := range l.columns {
		if c.kept() {
			b.out = append(b.out, b.values[c.number])
		}
	}
	b.out = append(b.out, b.made...)
}

// column reads one column of the chunk.
func (w *worker) column(b *batch, c *column) {
	at := b.source.place(c)
	if c.typ == kreds.Unknown {
		b.nothing(c, at)
		return
	}
	switch c.role {
	case RoleID:
		w.keys(b, c, at, &b.keys, true)
		return
	case RoleCompany:
		w.keys(b, c, at, &b.company, false)
		return
	case RoleTime:
		w.moments(b, c, at, &b.time, true)
		return
	case RoleCreated:
		w.moments(b, c, at, &b.created, false)
		return
	}
	v := &b.values[c.number]
	*v = engine.Column{Name: c.name, Label: c.label, Type: c.typ, Known: v.Known[:0], Int: v.Int[:0], Num: v.Num[:0], Bytes: v.Bytes[:0], Ends: v.Ends[:0]}
	switch c.typ {
	case kreds.Text:
		w.texts(b, c, at, v)
	case kreds.Number:
		w.numbers(b, c, at, v)
	case kreds.Date, kreds.Instants:
		w.dates(b, c, at, v)
	default:
		w.others(b, c, at, v)
	}
	if len(v.Known) == 0 {
		v.Known = nil
	}
}

// nothing makes sure that a column taken for one without values has none.
func (b *batch) nothing(c *column, at int) {
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		if a := form.MissingOf(v); a == form.Present || a == form.Doubtful {
			b.misfit = &misfit{c, shown(v)}
			return
		}
	}
}

// place returns where the file has a column of the layout.
func (s *source) place(c *column) int {
	for i, at := range s.at {
		if at == c.number {
			return i
		}
	}
	return 0
}

// unknown marks row as unknown. Known has no bytes as long as all are known.
func unknown(v *engine.Column, row int) {
	for len(v.Known) < row {
		v.Known = append(v.Known, 1)
	}
	v.Known = append(v.Known, 0)
}

// known marks row as known.
func known(v *engine.Column) {
	if len(v.Known) > 0 {
		v.Known = append(v.Known, 1)
	}
}

// wrong deals with a value that does not fit: the row is rejected, or the column
// turns out to be of another type.
func (w *worker) wrong(b *batch, c *column, row, at int, reason string) {
	if b.bad[row] {
		return
	}
	if v := b.table.At(row, at); !c.strict || c.otherForm(v) {
		b.misfit = &misfit{c, shown(v)}
		return
	}
	b.reject(row, at, reason)
}

// otherForm reports whether v has a form that the column might have instead of
// the one that was taken.
func (c *column) otherForm(v []byte) bool {
	for f := form.Set(1); f <= c.others; f <<= 1 {
		if c.others&f == 0 {
			continue
		}
		if form.Has(form.Trim(v), f) {
			return true
		}
	}
	return false
}

// missing reports whether v is a missing value of a column of other type than
// text.
func missing(v []byte) bool { return form.MissingOf(v) != form.Present }

func (w *worker) keys(b *batch, c *column, at int, out *engine.ByteColumn, needed bool) {
	out.Bytes, out.Ends = out.Bytes[:0], out.Ends[:0]
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		if a := form.MissingOf(v); a == form.Absent || a == form.Marked && !c.plain {
			if needed {
				b.reject(row, at, kreds.Say("the key is missing"))
			}
		} else {
			out.Bytes = b.text(out.Bytes, form.Trim(v))
		}
		out.Ends = append(out.Ends, len(out.Bytes))
	}
}

func (w *worker) texts(b *batch, c *column, at int, out *engine.Column) {
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		if a := form.MissingOf(v); a == form.Absent || a == form.Marked && !c.plain {
			unknown(out, row)
		} else {
			known(out)
			out.Bytes = b.text(out.Bytes, v)
		}
		out.Ends = append(out.Ends, len(out.Bytes))
	}
}

func (w *worker) numbers(b *batch, c *column, at int, out *engine.Column) {
	comma := c.form == form.Comma
	out.Exact = c.tally.Saw&form.SawInexact == 0
	t := &b.table
	for row := range t.Len() {
		v := t.At(row, at)
		// Most numbers are plain, and of the kind that the column has.
		if mant, decimals, ok := form.Plain(v, comma); ok && (c.strict || !naming(v)) {
			if out.Exact {
				if n, ok := form.Fixed(mant, decimals); ok {
					out.Int = append(out.Int, n)
					known(out)
					continue
				}
			} else if f, ok := form.Nearest(mant, decimals); ok {
				out.Num = append(out.Num, f)
				known(out)
				continue
			}
		}
		w.number(b, c, row, at, out)
		if b.misfit != nil {
			return
		}
	}
}

// naming reports whether digits name something, as those of 007 and +45.
func naming(v []byte) bool {
	return len(v) > 1 && (v[0] == '0' || v[0] == '-') && form.LeadingZero(v) || v[0] == '+'
}

// number reads any number.
func (w *worker) number(b *batch, c *column, row, at int, out *engine.Column) {
	v := b.table.At(row, at)
	n := form.Number{Exact: true}
	if missing(v) {
		unknown(out, row)
	} else {
		known(out)
		var ok bool
		t := form.Trim(v)
		n, ok = form.ParseNumber(t, c.form == form.Comma)
		if ok && !c.strict {
			// Digits that name something would lose some of them.
			ok = !naming(t) && (n.Exact || !n.Whole || n.Float <= 1<<53 && n.Float >= -(1<<53))
		}
		if !ok {
			w.wrong(b, c, row, at, kreds.Say("not a number"))
			n = form.Number{Exact: true}
		}
	}
	if !n.Exact {
		inexact(out)
	}
	if out.Exact {
		out.Int = append(out.Int, n.Fixed)
	} else {
		out.Num = append(out.Num, n.Float)
	}
}

// reasons for dates that cannot be read, by form.
var dateReasons = map[form.Set]string{
	form.YMD: kreds.Say("not a date like 2025-03-01"), form.DMY: kreds.Say("not a date like 31-12-2025"), form.MDY: kreds.Say("not a date like 12/31/2025"),
	form.Compact: kreds.Say("not a date like 20250301"), form.Named: kreds.Say("not a date like 1 Mar 2025"), form.Epoch: kreds.Say("not a number of seconds since 1970"),
}

// stamp reads a date or instant in the column's form.
func (w *worker) stamp(b *batch, c *column, row, at int) (form.Stamp, bool) {
	v := b.table.At(row, at)
	s, ok := form.ParseStamp(v, c.form)
	if !ok {
		if t := form.Trim(v); len(t) < len(v) {
			s, ok = form.ParseStamp(t, c.form)
		}
	}
	if ok && c.typ == kreds.Date && s.Timed {
		w.wrong(b, c, row, at, kreds.Say("a time of day, where the column has dates"))
		return s, false
	}
	if !ok {
		w.wrong(b, c, row, at, dateReasons[c.form])
	}
	return s, ok
}

func (w *worker) moments(b *batch, c *column, at int, out *[]kreds.Instant, main bool) {
	*out = (*out)[:0]
	if main {
		b.dayOnly = b.dayOnly[:0]
	}
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		instant, day := kreds.MinInstant, byte(0)
		if d, micros, ok := form.ISO(v); ok && c.form == form.YMD {
			instant = w.clock.Local(d, micros)
			if len(v) == len("2006-01-02") {
				day = 1
			}
		} else if missing(v) {
			if main && w.l.what == events {
				b.reject(row, at, kreds.Say("the time is missing"))
			}
		} else if s, ok := w.stamp(b, c, row, at); ok {
			instant = w.clock.Instant(s)
			if !s.Timed {
				day = 1
			}
		} else if b.misfit != nil {
			return
		}
		*out = append(*out, instant)
		if main {
			b.dayOnly = append(b.dayOnly, day)
		}
	}
}

func (w *worker) dates(b *batch, c *column, at int, out *engine.Column) {
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		if d, micros, ok := form.ISO(v); ok && c.form == form.YMD && (c.typ == kreds.Instants || len(v) == len("2006-01-02")) {
			known(out)
			if c.typ == kreds.Instants {
				out.Int = append(out.Int, int64(w.clock.Local(d, micros)))
			} else {
				out.Int = append(out.Int, int64(d))
			}
			continue
		}
		if missing(v) {
			unknown(out, row)
			out.Int = append(out.Int, 0)
			continue
		}
		known(out)
		value := int64(0)
		if s, ok := w.stamp(b, c, row, at); ok {
			if c.typ == kreds.Date {
				value = int64(w.clock.Day(s))
			} else {
				value = int64(w.clock.Instant(s))
			}
		} else if b.misfit != nil {
			return
		}
		out.Int = append(out.Int, value)
	}
}

// others reads booleans, lists and locations.
func (w *worker) others(b *batch, c *column, at int, out *engine.Column) {
	for row := range b.table.Len() {
		v := b.table.At(row, at)
		if missing(v) {
			unknown(out, row)
		} else {
			known(out)
		}
		switch t := form.Trim(v); {
		case missing(v) && c.typ == kreds.List:
			out.Ends = append(out.Ends, len(out.Bytes))
		case missing(v):
			out.Int = append(out.Int, 0)
		case c.typ == kreds.Boolean:
			value, words := form.ParseBoolean(t)
			if words&c.form == 0 && c.strict {
				value, words = form.DeclaredBoolean(t)
			}
			if words&c.form == 0 {
				w.wrong(b, c, row, at, kreds.Say("neither true nor false"))
			}
			n := int64(0)
			if value {
				n = 1
			}
			out.Int = append(out.Int, n)
		case c.typ == kreds.List:
			var ok bool
			if out.Bytes, ok = form.AppendList(out.Bytes, t); !ok {
				w.wrong(b, c, row, at, kreds.Say("not a list like [\"a\", \"b\"]"))
			}
			out.Ends = append(out.Ends, len(out.Bytes))
		default:
			p, ok := form.ParsePlace(t)
			if !ok {
				w.wrong(b, c, row, at, kreds.Say("not a location like 55.676, 12.568"))
			}
			out.Int = append(out.Int, p.Pack())
		}
		if b.misfit != nil {
			return
		}
	}
}

// place makes a location of two columns.
func (w *worker) place(b *batch, p *place, out *engine.Column) {
	*out = engine.Column{Name: p.name, Label: p.label, Type: kreds.Location, Known: out.Known[:0], Int: out.Int[:0]}
	lat, lon := &b.values[p.lat.number], &b.values[p.lon.number]
	degrees := func(c *engine.Column, row int) float64 {
		if c.Exact {
			return float64(c.Int[row]) / kreds.DecimalScale
		}
		return c.Num[row]
	}
	for row := range b.table.Len() {
		if lat.Known != nil && lat.Known[row] == 0 || lon.Known != nil && lon.Known[row] == 0 {
			out.Known = append(out.Known, 0)
			out.Int = append(out.Int, 0)
			continue
		}
		x, y := degrees(lat, row), degrees(lon, row)
		packed := int64(0)
		if form.OnEarth(x, y) {
			packed = kreds.PointOf(x, y).Pack()
		} else {
			b.reject(row, b.source.place(p.lat), kreds.Say("not a latitude and longitude"))
		}
		out.Known = append(out.Known, 1)
		out.Int = append(out.Int, packed)
	}
}
