package collect

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/segment"
)

const (
	// sampleBytes is how much of the files a plan is made from, together.
	sampleBytes = 1 << 20
	// leastSample is how much of each file, if there are many.
	leastSample = 16 << 10
	// sniffRows is how many rows tell the delimiter and the header.
	sniffRows = 400
	// maxColumns bounds the columns of a file.
	maxColumns = 10_000
)

// sampleOf returns how much of each of n files is looked at.
func (im *Importer) sampleOf(n int) int {
	all := sampleBytes
	if im.sample > 0 {
		all = im.sample
	}
	return max(all/n, min(leastSample, all))
}

// source is one file and how it is written.
type source struct {
	*rows.File
	dialect rows.Dialect
	prelude int  // bytes before the rows: a line that names the delimiter
	header  bool // the first row names the columns
	unnamed bool // the first column has no name in the header, which is shorter
	labels  []string
	at      []int // by column of the file: which of the plan's
	certain bool  // the encoding is known from characters beyond ASCII
	rows    int   // of the sample
}

// look finds out how a file is written.
func look(path string, r *Request, sample int) (*source, error) {
	encoding, err := r.encoding()
	if err != nil {
		return nil, err
	}
	f, err := rows.Open(path, sample, encoding)
	if err != nil {
		return nil, err
	}
	s := &source{File: f}
	valid, _ := rows.Runes(f.Sample)
	s.certain = encoding != "" || valid > 0 || f.Encoding != rows.UTF8
	if f.Encoding == rows.Windows1252 {
		f.Sample = rows.FromWindows1252(nil, f.Sample)
	}
	given, err := r.delimiter()
	if err != nil {
		return nil, err
	}
	text := s.skipPrelude(&given)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s is empty", f.Name)
	}
	first := s.sniff(text, given)
	if len(first) == 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s has no row within its first %d bytes", f.Name, len(text)).
			WithHint("check that it is CSV or TSV; a row has at most 8 MiB")
	}
	if s.header = isHeader(first, r); s.header {
		for i, l := range first[0] {
			if strings.ContainsRune(l, 0) {
				return nil, kreds.Errorf(kreds.CodeInvalid, "%s: the name of column %d holds a NUL byte", f.Name, i+1).
					WithHint("the file may be damaged, or no text: write it anew as UTF-8").WithField("encoding")
			}
		}
	}
	s.names(first)
	if len(s.labels) > maxColumns {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s has %d columns; at most %d are read", f.Name, len(s.labels), maxColumns)
	}
	return s, nil
}

// skipPrelude leaves out a first line such as "sep=;", which spreadsheets write,
// and takes the delimiter that it names.
func (s *source) skipPrelude(given *byte) []byte {
	text := s.Sample
	line, _, ok := bytes.Cut(text, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if ok && len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
		s.prelude = bytes.IndexByte(text, '\n') + 1
		if *given == 0 {
			*given = line[4]
		}
	}
	return text[s.prelude:]
}

// sniff finds the dialect: the one that cuts most rows into the same number of
// fields, more than one. It returns the first rows.
func (s *source) sniff(text []byte, given byte) [][]string {
	d := rows.Comma
	if !bytes.Contains(text, []byte{'\n'}) && bytes.Contains(text, []byte{'\r'}) {
		d.Newline = '\r'
	}
	delimiters := []byte{',', ';', '\t', '|'}
	switch ext := strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.ToLower(s.Name), ".gz"))); {
	case given != 0:
		delimiters = []byte{given}
	case ext == ".tsv" || ext == ".tab":
		delimiters = []byte{'\t', ',', ';', '|'}
	}
	var first [][]string
	best := -1.0
	for _, quote := range []byte{'"', 0, '\''} {
		for _, c := range delimiters {
			d.Delimiter, d.Quote = c, quote
			found := rows.Records(text, d, s.Whole, sniffRows)
			score := likely(found)
			// Quotes that never close are none.
			score -= 1 - float64(d.Whole(text, s.Whole))/float64(len(text))
			if quote == '\'' && enclosed(found, rows.Records(text, rows.Dialect{Delimiter: c, Newline: d.Newline}, s.Whole, sniffRows)) {
				score += 0.2
			}
			if quote != '"' {
				score -= 0.1 // quotes are rarely there for nothing
			}
			if score > best+1e-9 {
				best, first, s.dialect = score, found, d
			}
		}
	}
	return first
}

// likely says how well rows fit together: mostly the share of rows that have as
// many fields as most have.
func likely(found [][]string) float64 {
	if len(found) == 0 {
		return -1
	}
	counts := map[int]int{}
	mode := 0
	for _, r := range found {
		counts[len(r)]++
		if n := counts[len(r)]; n > counts[mode] || n == counts[mode] && len(r) > mode {
			mode = len(r)
		}
	}
	if mode == 1 {
		return 0
	}
	score := float64(counts[mode]) / float64(len(found))
	if w := len(found[0]); w == mode || w == mode-1 {
		score += 0.5
	}
	return score + 0.001*float64(min(mode, 100))
}

// enclosed reports whether single quotes stand around many of the fields.
func enclosed(unquoted, raw [][]string) bool {
	n, all := 0, 0
	for _, row := range raw {
		for _, f := range row {
			if f != "" {
				all++
			}
			if len(f) > 1 && f[0] == '\'' && f[len(f)-1] == '\'' {
				n++
			}
		}
	}
	return len(unquoted) > 0 && n*5 > all
}

// isHeader tells whether the first row names the columns: its fields are unlike
// those below.
func isHeader(found [][]string, r *Request) bool {
	if r.Header != nil {
		return *r.Header
	}
	head := found[0]
	for _, name := range r.columns() {
		for _, cell := range head {
			if cell != "" && (strings.EqualFold(cell, name) || segment.NameOf(cell) == name) {
				return true
			}
		}
	}
	like, unlike, years, values := 0, 0, 0, 0
	for i, cell := range head {
		below := form.NewTally()
		for _, row := range found[1:] {
			if i < len(row) {
				below.Add([]byte(row[i]))
			}
		}
		own := form.NewTally()
		own.Add([]byte(cell))
		if own.Known == 0 {
			continue
		}
		if own.Fits != 0 {
			values++
		}
		if below.Known == 0 || below.Fits == 0 {
			continue
		}
		if own.Fits&below.Fits == 0 {
			unlike++
			continue
		}
		like++
		if len(cell) == 4 && (strings.HasPrefix(cell, "19") || strings.HasPrefix(cell, "20")) {
			years++
		}
	}
	switch {
	case unlike > 0:
		return unlike >= like || years == like
	case like > 0 || values > 0:
		return false
	}
	// All is text: names are short, differ, and are not repeated below.
	seen := map[string]bool{}
	for i, cell := range head {
		if cell == "" && i > 0 || len(cell) > 200 || seen[cell] {
			return false
		}
		seen[cell] = true
		for _, row := range found[1:] {
			if i < len(row) && row[i] == cell {
				return false
			}
		}
	}
	return true
}

// columns returns all names of columns that a request speaks of.
func (r *Request) columns() []string {
	var out []string
	for _, n := range []string{r.ID, r.Time, r.Order} {
		if n != "" {
			out = append(out, n)
		}
	}
	for n := range r.Map {
		out = append(out, n)
	}
	for n := range r.Types {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// names sets the labels of the columns.
func (s *source) names(found [][]string) {
	width := len(found[0])
	if !s.header {
		for _, row := range found {
			width = max(width, len(row))
		}
		for i := range width {
			s.labels = append(s.labels, fmt.Sprintf("column %d", i+1))
		}
		return
	}
	labels := found[0]
	if len(found) > 2 {
		// Some programs write a column of row names without a name.
		longer := 0
		for _, row := range found[1:] {
			if len(row) == width+1 && row[width] != "" {
				longer++
			}
		}
		if longer == len(found)-1 {
			labels, s.unnamed = append([]string{""}, labels...), true
		}
	}
	for i, l := range labels {
		l = norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(l, "")))
		if l == "" {
			l = fmt.Sprintf("column %d", i+1)
		}
		s.labels = append(s.labels, l)
	}
	// Empty names at the end are of delimiters that end each line.
	for n := len(labels); n > 1 && strings.TrimSpace(labels[n-1]) == ""; n-- {
		for _, row := range found[1:] {
			if len(row) >= n && row[n-1] != "" {
				return
			}
		}
		s.labels = s.labels[:n-1]
	}
}
