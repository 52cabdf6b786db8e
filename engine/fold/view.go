package fold

import (
	"cmp"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/rows"
	"github.com/kreds/kreds/segment"
)

// Where many asks have narrow windows, each batch is thinned out to the rows of
// a window once, instead of passing over the others for every ask.
const (
	// narrowPart is the part of all time that a narrow window is within.
	narrowPart = 4
	// maxViews bounds the views of one table.
	maxViews = 16
)

// begin returns where a window begins for all profiles, MinInstant if it has no
// such begin.
func (s *sweep) begin(w *segment.Window, asOf kreds.Instant) kreds.Instant {
	if w == nil || w.PerProfile() {
		return kreds.MinInstant
	}
	iv, ok := s.e.cal.Interval(w, asOf, nil)
	if !ok {
		return kreds.MinInstant
	}
	return min(iv.From, asOf)
}

// narrow reports whether rows from the instant on are few.
func (e *evaluation) narrow(from, asOf kreds.Instant) bool {
	if !e.views || from <= 0 {
		return false
	}
	if e.earliest == 0 {
		e.earliest = kreds.MaxInstant
		for _, t := range e.d.FirstEvent() {
			e.earliest = min(e.earliest, t)
		}
	}
	return e.earliest < from && (asOf-e.earliest)/narrowPart > asOf-from
}

// tableFrom returns the number of an event type's table, or of a view of it
// that has all rows of a window that begins at the instant.
func (s *sweep) tableFrom(t *kreds.EventType, ofPersons bool, from, asOf kreds.Instant) int {
	base := s.table(t, ofPersons)
	if s.gathered || !s.e.narrow(from, asOf) {
		return base
	}
	views := 0
	for i, p := range s.tables {
		if p.base == s.tables[base] {
			if views++; p.from == from {
				return i
			}
		}
	}
	if views >= maxViews {
		return base
	}
	s.tables = append(s.tables, &tablePlan{event: t, base: s.tables[base], from: from, before: kreds.MinInstant})
	return len(s.tables) - 1
}

// planViews makes the views known to the workers' plan: each is made of the
// next wider one.
func (s *sweep) planViews() {
	for base, b := range s.tables {
		if b.base != nil {
			continue
		}
		var views []int
		for i, p := range s.tables {
			if p.base == b {
				views = append(views, i)
			}
		}
		slices.SortFunc(views, func(x, y int) int { return cmp.Compare(s.tables[x].from, s.tables[y].from) })
		for k := len(views) - 1; k > 0; k-- {
			narrow, wide := s.tables[views[k]], s.tables[views[k-1]]
			for _, c := range narrow.used {
				if !slices.Contains(wide.used, c) {
					wide.used = append(wide.used, c)
				}
			}
		}
		of := base
		for _, i := range views {
			s.plan.AddFrame([]int{of})
			s.plan.Views = append(s.plan.Views, rows.View{Table: i, Of: of, Cut: s.tables[i].from, Columns: s.tables[i].used})
			of = i
		}
	}
}
