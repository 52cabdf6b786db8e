package rows

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"os"
	"sync/atomic"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// Reader reads a file's text: unpacked and, but for Windows-1252, in UTF-8
// without a byte order mark.
type Reader struct {
	io.Reader
	name string
	file *os.File
	raw  io.Reader // unpacked
	zip  *bufio.Reader
	read atomic.Int64
}

// Reader opens the file.
func (f *File) Reader() (*Reader, error) {
	file, err := open(f.Path)
	if err != nil {
		return nil, err
	}
	r := &Reader{name: f.Name, file: file}
	r.raw = counted{r}
	if f.Gzip {
		r.zip = bufio.NewReaderSize(counted{r}, 256<<10)
		z, err := gzip.NewReader(r.zip)
		if err != nil {
			_ = file.Close() // it was only read
			return nil, reading(f.Name, err)
		}
		r.raw = z
	}
	r.Reader = r.raw
	d := f.decoder()
	if f.Mark && d == nil {
		var mark [3]byte
		if _, err := io.ReadFull(r.raw, mark[:]); err != nil {
			_ = file.Close() // it was only read
			return nil, reading(f.Name, err)
		}
	}
	if d != nil {
		r.Reader = d.Reader(r.raw)
	}
	return r, nil
}

// Read reads text.
func (r *Reader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = reading(r.name, err)
	}
	return n, err
}

// Bytes returns how many bytes of the file have been read. It may be called by
// another goroutine than Read.
func (r *Reader) Bytes() int64 { return r.read.Load() }

// taken returns how many bytes of the file what was read so far was made from:
// those that wait to be unpacked are not among them.
func (r *Reader) taken() int64 {
	n := r.read.Load()
	if r.zip != nil {
		n -= int64(r.zip.Buffered())
	}
	return n
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

// counted reads the file and counts.
type counted struct{ r *Reader }

func (c counted) Read(b []byte) (int, error) {
	n, err := c.r.file.Read(b)
	c.r.read.Add(int64(n))
	return n, err
}

// ascii returns how many bytes of ASCII text begins with.
func ascii(b []byte) int {
	n := 0
	for n+8 <= len(b) {
		if x := binary.LittleEndian.Uint64(b[n:]) & highs; x != 0 {
			return n + bits.TrailingZeros64(x)>>3
		}
		n += 8
	}
	for n < len(b) && b[n] < 0x80 {
		n++
	}
	return n
}

// ASCII reports whether all bytes are.
func ASCII(b []byte) bool { return ascii(b) == len(b) }

// Clean reports whether text is all ASCII, whether it holds a zero byte, and
// whether it is valid UTF-8.
func Clean(text []byte) (plain, zero, valid bool) {
	plain = ASCII(text)
	return plain, bytes.IndexByte(text, 0) >= 0, plain || utf8.Valid(text)
}
