package rows

import (
	"bytes"
	"errors"
	"io"

	"github.com/kreds/kreds"
)

// Chunk is some whole rows of a file.
type Chunk struct {
	Data []byte
	Line int64 // of the first row, from 1
	// Broken are rows before those of Data that are not whole.
	Broken []Broken
}

// Broken is a row that cannot be read.
type Broken struct {
	Line   int64
	Value  string // how it begins
	Reason string
}

// Splitter cuts a text into chunks of whole rows.
type Splitter struct {
	r      io.Reader
	d      Dialect
	line   int64
	rest   []byte // read and not handed out
	end    bool   // r has ended
	skip   bool   // the rest of a row that is too long is to be left out
	open   int
	broken []Broken
	size   int // of chunks
	maxRow int
}

// NewSplitter returns a splitter of the text of r, whose first line has the number.
func NewSplitter(r io.Reader, d Dialect, line int64) *Splitter {
	return &Splitter{r: r, d: d, line: line, size: ChunkSize, maxRow: MaxRow}
}

// Next returns the next chunk, in the memory of buf where that is enough; io.EOF
// after the last. Errors are those of reading, and of CodeInvalid where quotes
// make no sense.
func (s *Splitter) Next(buf []byte) (Chunk, error) {
	buf = append(buf[:0], s.rest...)
	s.rest = s.rest[:0]
	s.broken = nil
	want := s.size
	for {
		var err error
		if buf, err = s.fill(buf, want); err != nil {
			return Chunk{}, err
		}
		if s.skip && !s.leaveOut(&buf) {
			continue
		}
		if len(buf) == 0 && s.end {
			if len(s.broken) > 0 {
				return Chunk{Line: s.line, Broken: s.broken}, nil
			}
			return Chunk{}, io.EOF
		}
		end, open := s.d.boundary(buf, s.end)
		switch {
		case end > 0:
			c := Chunk{Data: buf[:end], Line: s.line, Broken: s.broken}
			s.rest = append(s.rest, buf[end:]...)
			s.line += int64(bytes.Count(c.Data, []byte{s.d.Newline}))
			return c, nil
		case len(buf) < s.maxRow && !s.end:
			want = min(max(2*len(buf), s.size), s.maxRow)
		case open:
			if err := s.dropLine(&buf); err != nil {
				return Chunk{}, err
			}
			want = max(len(buf), s.size)
		default:
			s.give(buf, "the row is longer than 8 MiB")
			s.skip = true
			buf = buf[:0]
			want = s.size
		}
	}
}

// fill reads until buf has want bytes or the text ends.
func (s *Splitter) fill(buf []byte, want int) ([]byte, error) {
	if cap(buf) < want {
		buf = append(make([]byte, 0, want), buf...)
	}
	for !s.end && len(buf) < want {
		n, err := s.r.Read(buf[len(buf):want])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			s.end = true
		} else if err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// leaveOut drops what is left of a row that is too long and reports whether its
// end was found.
func (s *Splitter) leaveOut(buf *[]byte) bool {
	i := bytes.IndexByte(*buf, s.d.Newline)
	if i < 0 {
		*buf = (*buf)[:0]
		s.skip = !s.end
		return s.end
	}
	s.line++
	*buf = (*buf)[:copy(*buf, (*buf)[i+1:])]
	s.skip = false
	return true
}

// dropLine drops the first line of buf, in which a quote is opened that nothing
// closes; what follows is read as rows again.
func (s *Splitter) dropLine(buf *[]byte) error {
	if s.open++; s.open > maxOpen {
		return kreds.Errorf(kreds.CodeInvalid, "more than %d rows open a quote and do not close it, the last in line %d", maxOpen, s.line).
			WithHint("check how the file was written: a quote within a quoted field is doubled")
	}
	i := bytes.IndexByte(*buf, s.d.Newline)
	if i < 0 {
		i = len(*buf) - 1
		if !s.end {
			s.skip = true
		}
	} else {
		defer func() { s.line++ }()
	}
	s.give((*buf)[:i+1], kreds.Say("a quote is opened and not closed"))
	*buf = (*buf)[:copy(*buf, (*buf)[i+1:])]
	return nil
}

// shown is how many bytes of a broken row are kept.
const shown = 400

func (s *Splitter) give(row []byte, reason string) {
	s.broken = append(s.broken, Broken{Line: s.line, Value: string(bytes.TrimRight(row[:min(len(row), shown)], "\r\n")), Reason: reason})
}
