package fold

import (
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/rows"
)

// Where few asks are answered, rows that none of them wants are left out as they
// are read: those of profiles that do not matter, and those that no mask has.
const (
	// maxThinMasks is how many masks of a table are worth trying.
	maxThinMasks = 4
	// thinTrial is after how many rows a worker sees whether it was worth it.
	thinTrial = 1 << 16
)

// narrowTo keeps the profiles for which the asks that are answered already hold,
// if they are few enough to look for.
func (e *evaluation) narrowTo(among []int, answers []engine.Answer) {
	if !e.thins {
		return
	}
	var set engine.Bits
	for _, i := range among {
		m := answers[i].Members
		if m == nil {
			continue // it needs events itself
		}
		if set == nil {
			set = engine.MakeBits(e.n)
			for w := range set {
				set[w] = ^uint64(0)
			}
		}
		have := engine.MakeBits(e.n)
		m.WriteDenseTo(have)
		for w := range set {
			set[w] &= have[w]
		}
	}
	if set != nil && set.Count() <= e.n/4*3 {
		e.among = set
	}
}

// wants notes that a selection wants the rows of a table that a mask has, -1 for
// all rows.
func (s *sweep) wants(table, mask int) {
	if t := s.tables[table]; t.base != nil {
		return // views are not thinned
	}
	s.masksOf[table] = append(s.masksOf[table], mask)
}

// thinner is what one worker thins rows with.
type thinner struct {
	w          *rows.Worker
	seen, kept int
	off        bool
}

// keep returns what leaves out the rows of a table that no job wants, nil if
// there is nothing to find them by.
func (s *sweep) keep(table int) func(worker int, r *rows.Rows, bits []uint64) {
	if !s.e.thins || s.gathered {
		return nil
	}
	var masks []int
	for _, m := range s.masksOf[table] {
		if m < 0 || len(masks) == maxThinMasks {
			masks = nil
			break
		}
		masks = append(masks, m)
	}
	among := s.e.among
	if masks == nil && among == nil {
		return nil
	}
	by := make([]thinner, s.e.workers)
	for i := range by {
		by[i].w = rows.NewWorker(&s.plan, i, len(s.tables))
	}
	return func(worker int, r *rows.Rows, bits []uint64) {
		if among != nil {
			rows.KeepProfiles(bits, r.Profile, among)
		}
		t := &by[worker]
		if masks == nil || t.off {
			return
		}
		before := engine.Bits(bits).Count()
		if before == 0 {
			return
		}
		t.w.Begin()
		t.w.Rows[table] = r
		t.w.KeepMasks(bits, masks)
		t.seen, t.kept = t.seen+before, t.kept+engine.Bits(bits).Count()
		t.off = t.seen > thinTrial && t.kept > t.seen/2
	}
}
