package collect

import (
	"context"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/form"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/segment"
)

// tallies is what one chunk shows of the types of columns and the encoding.
type tallies struct {
	columns        []form.Tally
	votes          []form.Votes
	valid, invalid int
}

// scan reads all files once and decides the types anew from all their values.
func (im *Importer) scan(ctx context.Context, l *layout, cal *segment.Calendar, cat *kreds.Catalogue, m *meter) error {
	m.begin("types")
	all := make([]form.Tally, len(l.columns))
	votes := make([]form.Votes, len(l.columns))
	for i := range all {
		all[i] = form.NewTally()
	}
	valid, invalid := map[*source]int{}, map[*source]int{}
	records := 0
	err := im.stream(ctx, l, cal, func(_ *worker, b *batch) { b.tally(l) }, func(b *batch) error {
		for i := range all {
			all[i].Merge(b.tallies.columns[i])
			votes[i].Merge(&b.tallies.votes[i])
		}
		valid[b.source] += b.tallies.valid
		invalid[b.source] += b.tallies.invalid
		records += b.records
		m.report(b.read, int64(records), 0)
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range l.columns {
		c.tally, c.votes = all[i], votes[i]
	}
	for _, s := range l.sources {
		s.certain = true
		if l.r.Encoding == "" && s.Encoding == rows.UTF8 && valid[s] < 10*invalid[s] {
			s.Encoding = rows.Windows1252
			l.note("%s is written in %s", s.Name, s.Encoding)
		}
	}
	l.sampled, l.scanned = records, true
	return l.decide(cat)
}

// tally tallies the values of the chunk.
func (b *batch) tally(l *layout) {
	t := &b.tallies
	t.valid, t.invalid = 0, 0
	if b.source.Encoding == rows.UTF8 {
		t.valid, t.invalid = rows.Runes(b.chunk.Data)
	}
	b.parse(true)
	if t.columns == nil {
		t.columns = make([]form.Tally, len(l.columns))
		t.votes = make([]form.Votes, len(l.columns))
	}
	for i, at := range b.source.at {
		c := l.columns[at]
		t.columns[at], t.votes[at] = form.NewTally(), form.Votes{}
		for row := range b.table.Len() {
			v := b.table.At(row, i)
			t.columns[at].Add(v)
			if c.strict {
				t.votes[at].Add(v)
			}
		}
	}
}
