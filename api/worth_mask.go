package api

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds/audience"
)

// few reports whether a group is too small for its money to be seen; nobody is not
// few, but for whom there is nothing to see.
func (s *sight) few(n uint64) bool { return n > 0 && n < uint64(s.smallCell) }

// worth takes out of what customers are worth, of the sets of its segments, what would
// tell the money of a few: that of so few, that of all but so few, and of two segments
// that differ by so few that of one.
func (s *sight) worth(out *Worth, w *audience.Worth, sets []*roaring.Bitmap) {
	if s == nil {
		return
	}
	out.Periods = slices.DeleteFunc(out.Periods, func(p PeriodWorth) bool { return s.few(uint64(p.Buyers)) })
	if s.few(w.BoughtBefore.GetCardinality()) {
		out.Before = nil
	}
	if s.few(w.Bought.GetCardinality()) {
		out.Few, out.Total, out.Buyers, out.Before = true, 0, 0, nil
	}
	now, before := s.untold(w.Bought, sets), s.untold(w.BoughtBefore, sets)
	shown := []SegmentWorth{}
	for i, seg := range out.Segments {
		if out.Few || now[i] || seg.Members < int64(s.smallCell) {
			out.Hidden = append(out.Hidden, seg.Segment)
			continue
		}
		if before[i] || out.Before == nil {
			seg.Before = nil
		}
		shown = append(shown, seg)
	}
	out.Segments = shown
}

// untold says of which sets the money of those who bought is not to be seen.
func (s *sight) untold(all *roaring.Bitmap, sets []*roaring.Bitmap) []bool {
	hidden := make([]bool, len(sets))
	bought := make([]*roaring.Bitmap, len(sets))
	for i, set := range sets {
		bought[i] = roaring.New()
		if set != nil {
			bought[i] = roaring.And(set, all)
		}
		n := bought[i].GetCardinality()
		hidden[i] = s.few(n) || s.few(all.GetCardinality()-n)
	}
	for i, a := range bought {
		for j, b := range bought[:i] {
			if hidden[i] || hidden[j] {
				continue
			}
			x, y := a.GetCardinality(), b.GetCardinality()
			if max(x, y)-min(x, y) < uint64(s.smallCell) && s.few(roaring.Xor(a, b).GetCardinality()) {
				hidden[i] = true
			}
		}
	}
	// Where sets divide all, what is hidden is all but what is shown.
	for {
		rest, least := all.Clone(), -1
		for i, b := range bought {
			if hidden[i] || b.IsEmpty() {
				continue
			}
			rest.AndNot(b)
			if least < 0 || b.GetCardinality() < bought[least].GetCardinality() {
				least = i
			}
		}
		if least < 0 || !s.few(rest.GetCardinality()) {
			return hidden
		}
		hidden[least] = true
	}
}
