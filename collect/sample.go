package collect

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/kreds/kreds/collect/rows"
)

// whole is the whole rows of the file's sample.
func (s *source) whole() []byte {
	text := s.Sample[s.prelude:]
	if end := s.dialect.Whole(text, s.Whole); end > 0 {
		text = text[:end]
	}
	return text
}

// line is the number of the line that the rows begin with.
func (s *source) line() int64 {
	if s.prelude > 0 {
		return 2
	}
	return 1
}

// chunks calls f with the whole rows of the file's sample, a chunk at a time.
func (s *source) chunks(f func(c rows.Chunk, first bool) error) error {
	split := rows.NewSplitter(bytes.NewReader(s.whole()), s.dialect, s.line())
	for first := true; ; first = false {
		c, err := split.Next(nil)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f(c, first)
		}
		if err != nil {
			return err
		}
	}
}

// sampled calls f with the rows of the file's sample, a part at a time.
func (s *source) sampled(f func(t *rows.Table)) error {
	var t rows.Table
	return s.chunks(func(c rows.Chunk, first bool) error {
		t.Parse(c, s.dialect, len(s.labels))
		if first && s.header {
			t.DropFirst()
		}
		f(&t)
		return nil
	})
}

// sample tallies values of a file's sample.
func (l *layout) sample(s *source, t *rows.Table) {
	n := t.Len()
	l.sampled += n
	s.rows += n + len(t.Ragged)
	for i, at := range s.at {
		col := l.columns[at]
		known := col.tally.Known
		for row := range n {
			v := t.At(row, i)
			col.tally.Add(v)
			if col.tally.Known > known {
				known = col.tally.Known
				col.example(v)
				if l.numbered && col.namesThings() {
					col.see(v)
				}
			}
		}
		if col.strict {
			for row := range n {
				col.votes.Add(t.At(row, i))
			}
		}
	}
}

// see notes whether a value was there before.
func (c *column) see(v []byte) {
	if c.repeats {
		return
	}
	if _, c.repeats = c.seen[string(v)]; c.repeats {
		c.seen = nil
		return
	}
	if c.seen == nil {
		c.seen = map[string]struct{}{}
	}
	c.seen[string(v)] = struct{}{}
}

// example keeps a few different values to show.
func (c *column) example(v []byte) {
	if len(c.examples) == 3 {
		return
	}
	text := cut(strings.ToValidUTF8(string(v[:min(len(v), 200)]), "\uFFFD"), 40)
	if !slices.Contains(c.examples, text) {
		c.examples = append(c.examples, text)
	}
}

// rows returns how many rows the files have, as far as their samples tell; whole
// says that these are all.
func (l *layout) rows() (n int64, whole bool) {
	whole = true
	seen, taken := 0.0, 0.0
	size := 0.0
	for _, s := range l.sources {
		whole = whole && s.Whole
		size += float64(s.Size)
		seen += float64(s.rows)
		if len(s.Sample) > 0 {
			taken += float64(s.Taken) * float64(s.prelude+len(s.whole())) / float64(len(s.Sample))
		}
	}
	if whole || taken == 0 {
		return int64(seen), whole
	}
	return int64(math.Round(seen * max(1, size/taken))), false
}
