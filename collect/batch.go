package collect

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/formula"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/engine"
)

// batch is the rows of one chunk as columns. Its memory is used again.
type batch struct {
	source *source
	first  bool // the chunk begins the file
	chunk  rows.Chunk
	buf    []byte // memory of the chunk
	latin  []byte // memory of its text in UTF-8
	read   int64  // bytes of all files up to here
	table  rows.Table
	plain  bool // all characters are of ASCII

	rows     int // taken
	ordinals []int32
	records  int // rows, taken or not
	keys     engine.ByteColumn
	time     []kreds.Instant
	dayOnly  []byte
	created  []kreds.Instant
	company  engine.ByteColumn
	values   []engine.Column // by column of the layout
	made     []engine.Column // places, then computed fields
	out      []engine.Column // what the engine gets

	bad     []bool // by row: it is rejected
	rejects []reject
	misfit  *misfit
	tallies tallies
	failed  error // of reading: there is no chunk
	done    chan struct{}
}

// reject is a row that is not taken. It is small, for a file can be full of them.
type reject struct {
	from   uint32    // where the row begins in its chunk
	column int32     // of the file, -1 for the row itself
	value  rows.Span // in the chunk
	reason string
}

// misfit is a value that shows that the layout is wrong. As an error it ends the
// attempt to load by that layout.
type misfit struct {
	column *column // nil: the encoding
	value  string
}

func (m *misfit) Error() string {
	if m.column == nil {
		return fmt.Sprintf("the encoding does not fit %q", m.value)
	}
	return fmt.Sprintf("column %q does not fit %q", m.column.label, m.value)
}

const (
	// shownValue is how many bytes of a value the file of rejects shows.
	shownValue = 200
)

// shown cuts a value to be shown.
func shown(v []byte) string {
	more := ""
	if len(v) > shownValue {
		n := shownValue
		for n > shownValue-utf8.UTFMax && !utf8.RuneStart(v[n]) {
			n--
		}
		v, more = v[:n], "…"
	}
	text := strings.ToValidUTF8(string(v), "\uFFFD")
	return strings.ReplaceAll(text, "\x00", "\u2400") + more
}

// parse finds the rows of the chunk and rejects those that are no rows. Certain
// says that the encoding is known, so that other bytes are faults.
func (b *batch) parse(certain bool) {
	b.rejects, b.misfit = b.rejects[:0], nil
	s := b.source
	if s.Encoding == rows.Windows1252 && !rows.ASCII(b.chunk.Data) {
		b.latin = rows.FromWindows1252(b.latin, b.chunk.Data)
		b.chunk.Data = b.latin
	}
	b.table.Parse(b.chunk, s.dialect, len(s.labels))
	if b.first && s.header {
		b.table.DropFirst()
	}
	n := b.table.Len()
	b.records = n + len(b.table.Ragged) + len(b.chunk.Broken)
	b.ordinals = b.ordinals[:0]
	if cap(b.bad) < n {
		b.bad = make([]bool, n)
	}
	b.bad = b.bad[:n]
	clear(b.bad)
	reasons := map[int]string{}
	for _, r := range b.table.Ragged {
		if reasons[r.Fields] == "" {
			reasons[r.Fields] = kreds.Say("%d fields, where the header has %d", r.Fields, len(s.labels))
		}
		end := uint32(min(int(r.From)+2*shownValue, len(b.chunk.Data)))
		if i := bytes.IndexAny(b.chunk.Data[r.From:end], "\r\n"); i >= 0 {
			end = r.From + uint32(i)
		}
		b.rejects = append(b.rejects, reject{r.From, -1, rows.Span{From: r.From, To: end}, reasons[r.Fields]})
	}
	b.clean(certain)
}

// clean rejects rows with bytes that are no text.
func (b *batch) clean(certain bool) {
	plain, zero, valid := rows.Clean(b.chunk.Data)
	b.plain = plain
	if !zero && valid {
		return
	}
	t := &b.table
	for row := range t.Len() {
		for i := range t.Width {
			v := t.At(row, i)
			_, zero, ok := rows.Clean(v)
			if !ok && !certain {
				b.misfit = &misfit{value: shown(v)}
				return
			}
			if zero || !ok {
				reason := kreds.Say("not valid UTF-8")
				if zero {
					reason = kreds.Say("a NUL byte")
				}
				b.reject(row, i, reason)
				break
			}
		}
	}
}

// reject gives a row up for the value of a column of the file; the first reason
// counts.
func (b *batch) reject(row, at int, reason string) {
	if b.bad[row] {
		return
	}
	b.bad[row] = true
	fields := b.table.Fields[row*b.table.Width:]
	b.rejects = append(b.rejects, reject{fields[0].From, int32(at), fields[at], reason})
}

// refused returns how many rows are not taken.
func (b *batch) refused() int { return len(b.chunk.Broken) + len(b.rejects) }

// eachReject tells of the rows that are not taken in the order of the file, as
// people see them.
func (b *batch) eachReject(tell func(line int64, column, value, reason string) error) error {
	for _, x := range b.chunk.Broken {
		if err := tell(x.Line, "", shown([]byte(x.Value)), x.Reason); err != nil {
			return err
		}
	}
	line, at := b.table.Line, uint32(0)
	for _, x := range b.rejects {
		line += int64(bytes.Count(b.table.Data[at:x.from], []byte{b.source.dialect.Newline}))
		at = x.from
		column := ""
		if x.column >= 0 {
			column = b.source.labels[x.column]
		}
		if err := tell(line, column, shown(b.table.Data[x.value.From:x.value.To]), x.reason); err != nil {
			return err
		}
	}
	return nil
}

// sort brings the rejects into the order of the file.
func (b *batch) sort() {
	less := func(x, y reject) int { return cmp.Compare(x.from, y.from) }
	if !slices.IsSortedFunc(b.rejects, less) {
		slices.SortFunc(b.rejects, less)
	}
}

// text appends a text in NFC.
func (b *batch) text(dst, v []byte) []byte {
	if b.plain {
		return append(dst, v...)
	}
	return form.AppendText(dst, v)
}

// number gives each taken row its place among the records of the chunk, for rows
// without a key.
func (b *batch) number() {
	next, ragged := len(b.chunk.Broken), 0
	for row, bad := range b.bad {
		for ragged < len(b.table.Ragged) && b.table.Ragged[ragged].Row <= row {
			ragged++
			next++
		}
		if !bad {
			b.ordinals = append(b.ordinals, int32(next))
		}
		next++
	}
}

// keysFrom makes the numbers of the rows their keys, after so many rows before.
func (b *batch) keysFrom(before int64) {
	b.keys.Bytes, b.keys.Ends = b.keys.Bytes[:0], b.keys.Ends[:0]
	for _, o := range b.ordinals {
		b.keys.Bytes = strconv.AppendInt(b.keys.Bytes, before+int64(o)+1, 10)
		b.keys.Ends = append(b.keys.Ends, len(b.keys.Bytes))
	}
}

// take drops the rejected rows from all columns.
func (b *batch) take() {
	b.rows = len(b.bad)
	gone := 0
	for _, bad := range b.bad {
		if bad {
			gone++
		}
	}
	if gone == 0 {
		return
	}
	b.rows -= gone
	dropTexts(&b.keys.Bytes, &b.keys.Ends, b.bad)
	dropTexts(&b.company.Bytes, &b.company.Ends, b.bad)
	b.time = drop(b.time, b.bad)
	b.dayOnly = drop(b.dayOnly, b.bad)
	b.created = drop(b.created, b.bad)
	for _, cols := range [][]engine.Column{b.values, b.made} {
		for i := range cols {
			c := &cols[i]
			c.Known = drop(c.Known, b.bad)
			c.Int = drop(c.Int, b.bad)
			c.Num = drop(c.Num, b.bad)
			dropTexts(&c.Bytes, &c.Ends, b.bad)
		}
	}
}

// drop keeps the rows that are not bad, of a column that has any.
func drop[T any](s []T, bad []bool) []T {
	if len(s) != len(bad) {
		return s
	}
	n := 0
	for i, v := range s {
		if !bad[i] {
			s[n] = v
			n++
		}
	}
	return s[:n]
}

func dropTexts(data *[]byte, ends *[]int, bad []bool) {
	if len(*ends) != len(bad) {
		return
	}
	n, at, from := 0, 0, 0
	for i, end := range *ends {
		if !bad[i] {
			at += copy((*data)[at:], (*data)[from:end])
			(*ends)[n] = at
			n++
		}
		from = end
	}
	*data, *ends = (*data)[:at], (*ends)[:n]
}

// compute evaluates the computed fields.
func (b *batch) compute(l *layout, w *worker) {
	for i, f := range l.compute {
		out := &b.made[len(l.places)+i]
		*out = engine.Column{Name: f.name, Label: f.label, Type: kreds.Number, Exact: true, Known: out.Known[:0], Int: out.Int[:0], Num: out.Num[:0]}
		w.args = w.args[:0]
		for range f.from {
			w.args = append(w.args, formula.Value{})
		}
		for row := range b.rows {
			known := true
			for k, o := range f.from {
				c := &b.made[len(l.places)+o.field]
				if o.column != nil {
					c = &b.values[o.column.number]
				}
				if c.Known != nil && c.Known[row] == 0 {
					known = false
					break
				}
				if c.Exact {
					w.args[k] = formula.Exact(c.Int[row])
				} else {
					w.args[k] = formula.Float(c.Num[row])
				}
			}
			var v formula.Value
			if known {
				v, known, w.stack = f.formula.Evaluate(w.args, w.stack)
			}
			out.Known = append(out.Known, 0)
			if known {
				out.Known[row] = 1
			}
			if known && !v.IsExact {
				inexact(out)
			}
			switch {
			case !out.Exact:
				out.Num = append(out.Num, v.Float)
			default:
				out.Int = append(out.Int, v.Fixed)
			}
		}
	}
}

// inexact turns a column of exact numbers into one of floats.
func inexact(c *engine.Column) {
	if !c.Exact {
		return
	}
	c.Exact = false
	c.Num = c.Num[:0]
	for _, v := range c.Int {
		c.Num = append(c.Num, float64(v)/kreds.DecimalScale)
	}
	c.Int = c.Int[:0]
}
