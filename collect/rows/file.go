package rows

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/kreds/kreds"
)

// Encoding is how a file writes characters.
type Encoding string

// The encodings that are read. Windows-1252 holds ISO-8859-1, whose characters
// stand at the same places.
const (
	UTF8        Encoding = "UTF-8"
	UTF16LE     Encoding = "UTF-16LE"
	UTF16BE     Encoding = "UTF-16BE"
	Windows1252 Encoding = "Windows-1252"
	// UTF16 may be asked for: a file of it is of one order of bytes or the other.
	UTF16 Encoding = "UTF-16"
)

// File is a file of delimited text.
type File struct {
	Path     string
	Name     string // without folders
	Size     int64  // in bytes, as it is on disk
	Changed  time.Time
	Gzip     bool
	Encoding Encoding
	Mark     bool // begins with a byte order mark
	// Sample is how the file begins, in UTF-8 unless Encoding is Windows1252;
	// Whole says that it is all of it.
	Sample []byte
	Whole  bool
	Taken  int64 // bytes of the file on disk that the sample was made from
}

// kinds are beginnings of files that are no text.
var kinds = []struct{ magic, what, hint string }{
	{"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save the sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "an Excel workbook", "save the sheet as CSV"},
	{"PAR1", "a Parquet file", "write it as CSV"},
	{"%PDF", "a PDF document", "export the table as CSV"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it first, or compress it with gzip"},
	{"BZh", "compressed with bzip2", "unpack it first, or compress it with gzip"},
	{"\xfd7zXZ", "compressed with xz", "unpack it first, or compress it with gzip"},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV"},
}

// Open looks at the first bytes of a file, at most sample of them. The encoding
// is that which is given, or found where none is. Errors are of CodeNotFound
// where there is no such file and of CodeInvalid where it is no text.
func Open(path string, sample int, given Encoding) (*File, error) {
	f := &File{Path: path, Name: filepath.Base(path), Encoding: UTF8}
	raw, err := open(path)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	info, err := raw.Stat()
	if err != nil {
		return nil, reading(f.Name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s is not a regular file", f.Name).WithHint("save what it gives to a file, which can be read more than once")
	}
	f.Size, f.Changed = info.Size(), info.ModTime()
	head := make([]byte, 16)
	n, err := io.ReadFull(raw, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, reading(f.Name, err)
	}
	head = head[:n]
	f.Gzip = bytes.HasPrefix(head, []byte("\x1f\x8b"))
	if err := f.refuse(head); err != nil {
		return nil, err
	}
	r, err := f.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	buf := make([]byte, sample)
	n, err = io.ReadFull(r.raw, buf)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && !f.Gzip:
		f.Whole = true
	case errors.Is(err, io.ErrUnexpectedEOF):
		// ReadFull says the same of a short text and of a broken archive.
		if _, err := r.raw.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			return nil, reading(f.Name, err)
		}
		f.Whole = true
	case err != nil:
		return nil, reading(f.Name, err)
	}
	buf = buf[:n]
	f.Taken = r.taken()
	if f.Gzip {
		if err := f.refuse(buf); err != nil {
			return nil, err
		}
	}
	f.detect(buf)
	f.declare(given)
	return f, f.decodeSample(buf)
}

func (f *File) refuse(head []byte) error {
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return kreds.Errorf(kreds.CodeInvalid, "%s is %s, not CSV or TSV", f.Name, k.what).WithHint("%s", k.hint)
		}
	}
	return nil
}

func open(path string) (*os.File, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, kreds.Errorf(kreds.CodeNotFound, "there is no file %s", path)
	case err != nil:
		return nil, reading(name, err)
	}
	return f, nil
}

// reading explains why a file cannot be read.
func reading(name string, err error) error {
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return kreds.Errorf(kreds.CodeInvalid, "%s is damaged: %w", name, err).WithHint("copy or compress it again")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return kreds.Errorf(kreds.CodeInvalid, "%s ends in the middle of its compressed data", name).WithHint("it may not have been copied whole: copy it again")
	case errors.Is(err, fs.ErrPermission):
		return kreds.Errorf(kreds.CodeInvalid, "%s cannot be read: %w", name, err).WithHint("check its permissions")
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return kreds.Errorf(kreds.CodeInvalid, "reading %s: %w", name, err)
}

var marks = []struct {
	mark string
	enc  Encoding
}{{"\xef\xbb\xbf", UTF8}, {"\xff\xfe", UTF16LE}, {"\xfe\xff", UTF16BE}}

// detect tells the encoding from how the text begins.
func (f *File) detect(b []byte) {
	for _, m := range marks {
		if bytes.HasPrefix(b, []byte(m.mark)) {
			f.Encoding, f.Mark = m.enc, true
			return
		}
	}
	// Text of UTF-16 has a zero in every other byte as long as it is mostly ASCII.
	var zeros [2]int
	head := b[:min(len(b), 4096)]
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch enough := len(head) / 4; {
	case enough == 0:
	case zeros[1] > enough && zeros[0]*10 < zeros[1]:
		f.Encoding = UTF16LE
		return
	case zeros[0] > enough && zeros[1]*10 < zeros[0]:
		f.Encoding = UTF16BE
		return
	}
	valid, invalid := Runes(b)
	if invalid > 0 && valid < 10*invalid {
		f.Encoding = Windows1252
	}
}

// declare takes the encoding that is given. A byte order mark stays one, and says
// the order of the bytes of UTF-16, which are mostly those of Windows elsewhere.
func (f *File) declare(given Encoding) {
	found := f.Encoding
	wide := func(e Encoding) bool { return e == UTF16LE || e == UTF16BE }
	switch {
	case given == "":
		return
	case given != UTF16:
		f.Encoding = given
	case !wide(found):
		f.Encoding = UTF16LE
	}
	f.Mark = f.Mark && wide(found) == wide(f.Encoding)
}

// Runes counts the characters beyond ASCII and the bytes that are no valid
// UTF-8. A character that the end cuts off is not counted.
func Runes(b []byte) (valid, invalid int) {
	for len(b) > 0 {
		n := ascii(b)
		if b = b[n:]; len(b) == 0 {
			break
		}
		r, size := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || size > 1:
			valid++
		case len(b) >= utf8.UTFMax || utf8.FullRune(b):
			invalid++
		}
		b = b[size:]
	}
	return valid, invalid
}

// decodeSample stores the sample in UTF-8.
func (f *File) decodeSample(b []byte) error {
	d := f.decoder()
	if f.Mark && d == nil {
		b = b[3:]
	}
	if d != nil {
		if !f.Whole {
			b = b[:len(b)&^1]
		}
		text, err := d.Bytes(b)
		if err != nil {
			return reading(f.Name, err)
		}
		b = text
	}
	f.Sample = b
	return nil
}

// decoder returns what turns the text into UTF-8 as it is read; nil where the
// bytes are taken as they are.
func (f *File) decoder() *encoding.Decoder {
	switch f.Encoding {
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
	}
	return nil
}

// FromWindows1252 returns the text in UTF-8, in the memory of buf where that is
// enough.
func FromWindows1252(buf, text []byte) []byte {
	buf = buf[:0]
	for len(text) > 0 {
		n := ascii(text)
		buf = append(buf, text[:n]...)
		if text = text[n:]; len(text) > 0 {
			buf = utf8.AppendRune(buf, charmap.Windows1252.DecodeByte(text[0]))
			text = text[1:]
		}
	}
	return buf
}

// Same reports whether the file is as it was when it was opened first.
func (f *File) Same() (bool, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return false, reading(f.Name, err)
	}
	return info.Size() == f.Size && info.ModTime().Equal(f.Changed), nil
}
