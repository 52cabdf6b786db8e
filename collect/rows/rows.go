// Package rows reads delimited text: it opens files, turns their encoding into
// UTF-8, cuts them into chunks of whole rows and finds the fields in a chunk.
// What the fields mean is package form's to say.
//
// Quoting follows RFC 4180 and takes what programs write beside it: a quote
// within an unquoted field is itself, and so is one within a quoted field that
// neither another quote nor the end of the field follows.
//
// Memory is bounded whatever the size of a file: a chunk is one megabyte, or one
// row where a row is longer, up to MaxRow.
package rows

import "bytes"

const (
	// ChunkSize is about how many bytes a chunk has.
	ChunkSize = 1 << 20
	// MaxRow is how many bytes a row may have; longer ones are not taken.
	MaxRow = 8 << 20
	// maxOpen is how many rows of a file may open a quote and not close it.
	maxOpen = 100
)

// Dialect is how the fields of a file stand side by side.
type Dialect struct {
	Delimiter byte
	Quote     byte // 0 where fields are not quoted
	Newline   byte // '\n', which may follow '\r', or '\r'
}

// Comma is the dialect of RFC 4180.
var Comma = Dialect{Delimiter: ',', Quote: '"', Newline: '\n'}

// closes reports whether the quote at i of data, within a quoted field, ends the
// field; sure is false where that depends on bytes that data does not have yet.
func (d Dialect) closes(data []byte, i int, last bool) (ends, sure bool) {
	if i+1 == len(data) {
		return last, last
	}
	switch c := data[i+1]; {
	case c == d.Delimiter || c == d.Newline:
		return true, true
	case c == '\r' && d.Newline == '\n':
		if i+2 == len(data) {
			return last, last
		}
		return data[i+2] == '\n', true
	}
	return false, true
}

// boundary returns the end of the last whole row of data, which begins with a
// row, 0 if there is none; open says that data ends within quotes. With last,
// nothing follows data, whose end is that of a row unless it is open.
func (d Dialect) boundary(data []byte, last bool) (end int, open bool) {
	if d.Quote == 0 {
		end = bytes.LastIndexByte(data, d.Newline) + 1
		if last {
			end = len(data)
		}
		return end, false
	}
	at := 0 // outside quotes
	for {
		q := bytes.IndexByte(data[at:], d.Quote)
		if q < 0 {
			if last {
				return len(data), false
			}
			if i := bytes.LastIndexByte(data[at:], d.Newline); i >= 0 {
				end = at + i + 1
			}
			return end, false
		}
		q += at
		if i := bytes.LastIndexByte(data[at:q], d.Newline); i >= 0 {
			end = at + i + 1
		}
		if q > 0 && data[q-1] != d.Delimiter && data[q-1] != d.Newline {
			at = q + 1
			continue
		}
		for at = q + 1; ; {
			i := bytes.IndexByte(data[at:], d.Quote)
			if i < 0 {
				return end, true
			}
			i += at
			if i+1 < len(data) && data[i+1] == d.Quote {
				at = i + 2
				continue
			}
			ends, sure := d.closes(data, i, last)
			if !sure {
				return end, true
			}
			at = i + 1
			if ends {
				break
			}
		}
	}
}

// first returns the end of the first row of data, with its newline.
func (d Dialect) first(data []byte) int {
	delims, news := lows*uint64(d.Delimiter), lows*uint64(d.Newline)
	for at := 0; ; at++ {
		if d.Quote != 0 && at < len(data) && data[at] == d.Quote {
			at = d.after(data, at+1)
		}
		at = next(data, at, delims, news, d)
		if at == len(data) {
			return at
		}
		if data[at] == d.Newline {
			return at + 1
		}
	}
}

// after returns the place after the quoted field whose contents begin at `at`.
func (d Dialect) after(data []byte, at int) int {
	for {
		i := bytes.IndexByte(data[at:], d.Quote)
		if i < 0 {
			return len(data)
		}
		at += i
		if at+1 < len(data) && data[at+1] == d.Quote {
			at += 2
			continue
		}
		at++
		if ends, _ := d.closes(data, at-1, true); ends {
			return at
		}
	}
}

// Whole returns how many bytes of a text whole rows take, from its begin. Unless
// whole, a last row that may go on is none.
func (d Dialect) Whole(text []byte, whole bool) int {
	end, _ := d.boundary(text, whole)
	return end
}
