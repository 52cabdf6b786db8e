package collect

import (
	"encoding/json"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// What a preview shows at most.
const (
	previewRows  = 20
	previewCells = 4000 // of the rows together; one row is shown whatever its columns
	previewItems = 20   // of a list
)

// Preview is what the first rows become, by the conversion of the import itself:
// those of the sample that the plan is made from. Where a later value shows a
// column to be of another type, the import reads the column by all its values.
type Preview struct {
	Fields   []Field
	Rows     []PreviewRow // the first that are taken
	Rejects  []Reject     // the first that are not
	Read     int          // rows
	Rejected int          // of them
	Keys     int          // distinct ones among those that are taken
}

// Field is one thing that each row brings.
type Field struct {
	Name   string // as in expressions, "" of a key, a time and the like
	Label  string
	Role   string
	Type   kreds.Type
	Column int // of the plan, -1 if it is made of several or of none
}

// PreviewRow is a row that is taken. Values and Raw stand by field; long texts
// and lists are cut.
type PreviewRow struct {
	File   string
	Line   int64
	Values []kreds.Value
	Raw    []string // as in the file, "" of a field that is of no one column
}

// Reject is a row that is not taken, for the value of a column.
type Reject struct {
	File   string
	Line   int64
	Column string // its label, "" if it is the row itself
	Value  string // cut if it is long
	Reason string
}

// preview converts the samples of the files.
func (l *layout) preview(cal *segment.Calendar) (*Preview, error) {
	for _, c := range l.columns {
		c.others = 0 // as of an import that has seen all values: these are all
	}
	v := &viewer{Preview: &Preview{}, l: l, cal: cal, keys: map[string]struct{}{}}
	v.fields()
	w := newWorker(l, cal)
	left := sampleBytes
	for _, s := range l.sources {
		if left <= 0 {
			break
		}
		// The sample is in UTF-8 already.
		text := *s
		if text.certain = true; text.Encoding == rows.Windows1252 {
			text.Encoding = rows.UTF8
		}
		err := s.chunks(func(c rows.Chunk, first bool) error {
			left -= len(c.Data)
			b := &batch{source: &text, first: first, chunk: c}
			if w.convert(b); b.misfit != nil {
				return kreds.Errorf(kreds.CodeInternal, "the columns could not be read by the types that their values have: %w", b.misfit)
			}
			return v.add(b)
		})
		if err != nil {
			return nil, err
		}
	}
	v.Keys = len(v.keys)
	return v.Preview, nil
}

// viewer makes a preview of batches.
type viewer struct {
	*Preview
	l    *layout
	cal  *segment.Calendar
	at   []func(b *batch, row int) kreds.Value // by field: the value of a row that is taken
	keys map[string]struct{}
}

// fields finds what rows bring: the columns in the order of the file, then what is
// made of them.
func (v *viewer) fields() {
	l := v.l
	add := func(f Field, at func(b *batch, row int) kreds.Value) {
		v.Fields = append(v.Fields, f)
		v.at = append(v.at, at)
	}
	if l.numbered {
		add(Field{Role: RoleID, Type: kreds.Text, Column: -1}, func(b *batch, row int) kreds.Value { return keyAt(&b.keys, row) })
	}
	for i, c := range l.columns {
		f := Field{Name: c.name, Label: c.label, Role: c.role, Type: c.typ, Column: i}
		if !c.kept() {
			f.Name = ""
		}
		switch {
		case c.role == RoleID:
			add(f, func(b *batch, row int) kreds.Value { return keyAt(&b.keys, row) })
		case c.role == RoleCompany:
			add(f, func(b *batch, row int) kreds.Value { return keyAt(&b.company, row) })
		case c.role == RoleTime:
			add(f, func(b *batch, row int) kreds.Value { return v.moment(b.time[row], b.dayOnly[row] == 1) })
		case c.role == RoleCreated:
			add(f, func(b *batch, row int) kreds.Value {
				at := b.created[row]
				return v.moment(at, at > kreds.MinInstant && v.cal.Midnight(v.cal.DayOf(at)) == at)
			})
		case c.kept():
			add(f, func(b *batch, row int) kreds.Value { return valueAt(&b.values[c.number], row) })
		}
	}
	made := func(i int) func(b *batch, row int) kreds.Value {
		return func(b *batch, row int) kreds.Value { return valueAt(&b.made[i], row) }
	}
	for i, p := range l.places {
		add(Field{Name: p.name, Label: p.label, Role: l.role(), Type: kreds.Location, Column: -1}, made(i))
	}
	for i, c := range l.compute {
		add(Field{Name: c.name, Label: c.label, Role: l.role(), Type: kreds.Number, Column: -1}, made(len(l.places)+i))
	}
}

// add shows a batch that is converted.
func (v *viewer) add(b *batch) error {
	if v.l.numbered {
		b.keysFrom(int64(v.Read))
	}
	v.Read += b.records
	v.Rejected += b.refused()
	most := min(previewRows, max(1, previewCells/max(1, len(v.Fields))))
	taken := 0
	for row, bad := range b.bad {
		if bad {
			continue
		}
		v.keys[string(b.keys.At(taken))] = struct{}{}
		if len(v.Rows) < most {
			v.Rows = append(v.Rows, v.row(b, row, taken))
		}
		taken++
	}
	return b.eachReject(func(line int64, column, value, reason string) error {
		if len(v.Rejects) < previewRows {
			v.Rejects = append(v.Rejects, Reject{b.source.Name, line, column, value, reason})
		}
		return nil
	})
}

// row shows a row of the file, which is one of those taken.
func (v *viewer) row(b *batch, row, taken int) PreviewRow {
	out := PreviewRow{File: b.source.Name, Line: b.table.LineAt(b.table.Fields[row*b.table.Width].From)}
	for i, f := range v.Fields {
		raw := ""
		if f.Column >= 0 {
			raw = shown(b.table.At(row, b.source.place(v.l.columns[f.Column])))
		}
		out.Values = append(out.Values, v.at[i](b, taken))
		out.Raw = append(out.Raw, raw)
	}
	return out
}

// moment is an instant, or its day where no time of day is known.
func (v *viewer) moment(at kreds.Instant, day bool) kreds.Value {
	switch {
	case at == kreds.MinInstant:
		return kreds.Value{}
	case day:
		return kreds.Value{Type: kreds.Date, Day: v.cal.DayOf(at)}
	}
	return kreds.Value{Type: kreds.Instants, Instant: at}
}

// keyAt is the key at a row, unknown if it is empty.
func keyAt(c *engine.ByteColumn, row int) kreds.Value {
	k := c.At(row)
	if len(k) == 0 {
		return kreds.Value{}
	}
	return kreds.Value{Type: kreds.Text, Text: shown(k)}
}

// valueAt is the value of a column at a row.
func valueAt(c *engine.Column, row int) kreds.Value {
	if len(c.Known) > 0 && c.Known[row] == 0 {
		return kreds.Value{}
	}
	v := kreds.Value{Type: c.Type}
	switch c.Type {
	case kreds.Number:
		if c.Exact {
			v.Num = float64(c.Int[row]) / kreds.DecimalScale
		} else {
			v.Num = c.Num[row]
		}
	case kreds.Boolean:
		v.Bool = c.Int[row] != 0
	case kreds.Date:
		v.Day = kreds.Day(c.Int[row])
	case kreds.Instants:
		v.Instant = kreds.Instant(c.Int[row])
	case kreds.Location:
		v.Point = kreds.Unpack(c.Int[row])
	default:
		texts := engine.ByteColumn{Bytes: c.Bytes, Ends: c.Ends}
		if c.Type == kreds.Text {
			v.Text = shown(texts.At(row))
			break
		}
		_ = json.Unmarshal(texts.At(row), &v.List) // the conversion wrote it
		v.List = v.List[:min(len(v.List), previewItems)]
		for i, item := range v.List {
			v.List[i] = shown([]byte(item))
		}
	}
	return v
}
