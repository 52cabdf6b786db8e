package rows

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Span is where a field stands in its chunk, without its quotes.
type Span struct{ From, To uint32 }

// Ragged is a row with another number of fields than the header.
type Ragged struct {
	Row    int // number of rows of the table before it
	From   uint32
	Fields int
}

// Table is the fields of one chunk's rows, row by row.
type Table struct {
	Data   []byte
	Line   int64
	Width  int
	Fields []Span
	Ragged []Ragged
	nl     byte
}

// Len returns the number of rows.
func (t *Table) Len() int {
	if t.Width == 0 {
		return 0
	}
	return len(t.Fields) / t.Width
}

// DropFirst leaves out the first row of the chunk, however many fields it has.
func (t *Table) DropFirst() {
	if len(t.Ragged) > 0 && t.Ragged[0].Row == 0 && (t.Len() == 0 || t.Ragged[0].From < t.Fields[0].From) {
		t.Ragged = t.Ragged[1:]
		return
	}
	t.Fields = t.Fields[min(t.Width, len(t.Fields)):]
	for i := range t.Ragged {
		t.Ragged[i].Row--
	}
}

// At returns a field; the bytes are the chunk's.
func (t *Table) At(row, col int) []byte {
	f := t.Fields[row*t.Width+col]
	return t.Data[f.From:f.To]
}

// LineAt returns the line of an offset into the chunk.
func (t *Table) LineAt(from uint32) int64 {
	return t.Line + int64(bytes.Count(t.Data[:from], []byte{t.nl}))
}

// extraFields is how many empty fields a row may have beyond its width.
const extraFields = 1000

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Parse finds the fields of a chunk whose rows have width fields each. Doubled
// quotes become single ones in the chunk's memory. Blank lines are no rows; a
// row may have empty fields beyond width.
func (t *Table) Parse(c Chunk, d Dialect, width int) {
	*t = Table{Data: c.Data, Line: c.Line, Width: width, Fields: t.Fields[:0], Ragged: t.Ragged[:0], nl: d.Newline}
	data := c.Data
	fields := t.Fields
	delims, news := lows*uint64(d.Delimiter), lows*uint64(d.Newline)
	n := len(data)
	for at := 0; at < n; {
		first := len(fields)
		begin := at
		got, most := 0, first+width+extraFields
		for { // fields of a row
			from, to := at, at
			if d.Quote != 0 && at < n && data[at] == d.Quote {
				from, to, at = unquote(data, at, d)
			} else {
				at = next(data, at, delims, news, d)
				to = at
			}
			got++
			if at < n && data[at] == d.Delimiter {
				if len(fields) < most {
					fields = append(fields, Span{uint32(from), uint32(to)})
				}
				at++
				continue
			}
			if at == to && to > from && d.Newline == '\n' && data[to-1] == '\r' {
				to-- // an unquoted field before \r\n or the end
			}
			fields = append(fields, Span{uint32(from), uint32(to)})
			at++ // the newline
			break
		}
		if got != width {
			extra := fields[min(first+width, len(fields)):]
			switch {
			case got == 1 && fields[first].From == fields[first].To && fields[first].From == uint32(begin):
				fields = fields[:first] // blank
			case got > width && got-width <= extraFields && empty(extra):
				fields = fields[:first+width]
			default:
				t.Ragged = append(t.Ragged, Ragged{first / width, uint32(begin), got})
				fields = fields[:first]
			}
		} else if width == 1 && fields[first].From == fields[first].To && fields[first].From == uint32(begin) {
			fields = fields[:first]
		}
	}
	t.Fields = fields
}

func empty(fields []Span) bool {
	for _, f := range fields {
		if f.From != f.To {
			return false
		}
	}
	return true
}

// next returns where the next delimiter or newline is, or the end.
func next(data []byte, at int, delims, news uint64, d Dialect) int {
	for at+8 <= len(data) {
		w := binary.LittleEndian.Uint64(data[at:])
		x, y := w^delims, w^news
		if hit := ((x-lows)&^x | (y-lows)&^y) & highs; hit != 0 {
			return at + bits.TrailingZeros64(hit)>>3
		}
		at += 8
	}
	for at < len(data) && data[at] != d.Delimiter && data[at] != d.Newline {
		at++
	}
	return at
}

// unquote reads the quoted field whose quote is at `at`. It returns where the
// contents are and the place after the field.
func unquote(data []byte, at int, d Dialect) (from, to, after int) {
	from = at + 1
	to = from // where contents go
	for at = from; ; {
		i := bytes.IndexByte(data[at:], d.Quote)
		if i < 0 {
			// The splitter hands out no such row, except one cut off.
			to += move(data, to, at, len(data))
			return from, to, len(data)
		}
		i += at
		to += move(data, to, at, i)
		if i+1 < len(data) && data[i+1] == d.Quote {
			data[to] = d.Quote
			to++
			at = i + 2
			continue
		}
		if ends, _ := d.closes(data, i, true); ends {
			// Lines are counted later: nothing that was moved counts twice.
			for j := to; j < i; j++ {
				data[j] = d.Quote
			}
			after = i + 1
			if after < len(data) && data[after] == '\r' && d.Newline == '\n' {
				after++
			}
			return from, to, after
		}
		data[to] = d.Quote
		to++
		at = i + 1
	}
}

// move copies data[from:end] to `to` and returns how many bytes it is.
func move(data []byte, to, from, end int) int {
	if to != from {
		copy(data[to:], data[from:end])
	}
	return end - from
}

// Records returns the fields of the first rows of a text, at most most of them,
// whatever their number in each row. Unless whole, a last row that may go on is
// left out. Blank lines are no rows.
func Records(text []byte, d Dialect, whole bool, most int) [][]string {
	end, _ := d.boundary(text, whole)
	text = text[:end]
	delims, news := lows*uint64(d.Delimiter), lows*uint64(d.Newline)
	var out [][]string
	for at := 0; at < len(text) && len(out) < most; {
		size := d.first(text[at:])
		data := append([]byte(nil), text[at:at+size]...)
		at += size
		var row []string
		for i := 0; ; i++ {
			from, to := i, i
			if d.Quote != 0 && i < len(data) && data[i] == d.Quote {
				from, to, i = unquote(data, i, d)
			} else {
				i = next(data, i, delims, news, d)
				to = i
			}
			more := i < len(data) && data[i] == d.Delimiter
			if !more && i == to && to > from && d.Newline == '\n' && data[to-1] == '\r' {
				to--
			}
			row = append(row, string(data[from:to]))
			if !more {
				break
			}
		}
		if len(row) > 1 || row[0] != "" {
			out = append(out, row)
		}
	}
	return out
}
