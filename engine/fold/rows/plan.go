package rows

import (
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// Batch holds rows of the same profiles for each table of the query, in its
// order. It is the worker's and lasts until each returns.
type Batch struct{ Tables []Rows }

// Rows are rows of one table ordered by (bucket, profile, time); a profile's
// rows are never split between batches.
type Rows struct {
	Profile []uint32
	Time    []int64 // microseconds
	DayOnly []uint8 // nil if not asked; 1 where the time is only a date
	Columns []Vector
	// Persons, if not nil, has whose events the rows are where Profile is the
	// company that they are gathered under.
	Persons []uint32
}

// owners returns whose events the rows are.
func (r *Rows) owners() []uint32 {
	if r.Persons != nil {
		return r.Persons
	}
	return r.Profile
}

// Vector is a column of rows. Exactly one value slice is set, by the property's
// type: I64 for Number times 10⁴ (Exact), Instants and Location, F64 for other
// Numbers, I32 for Date and for codes of Text and List, U8 for Boolean. Known
// has a bit per row; nil means that all are known.
type Vector struct {
	Type  kreds.Type
	Exact bool
	Known []uint64
	I64   []int64
	F64   []float64
	I32   []int32
	U8    []uint8
}

// Plan is what is computed of the batches of some tables. What jobs share is
// numbered.
type Plan struct {
	Calendar *segment.Calendar
	Profiles int
	Buckets  []uint16
	// Places, if not nil, has for each profile its place in the order of rows:
	// what is written by place is written in turn.
	Places []uint32
	// Before has for each table the instant from which on no rows come.
	Before []kreds.Instant
	Masks  []*Mask
	// Frames are sets of tables whose rows are put side by side by profile.
	// They are made by AddFrame, which adds those of single tables too.
	Frames     [][]int
	Bounds     []Bound
	Selections int
	// Views are made in their order; the single frames of what they are of must
	// be there.
	Views []View
}

// AddFrame returns the number of the frame of these tables.
func (p *Plan) AddFrame(tables []int) int {
	for i, f := range p.Frames {
		if slices.Equal(f, tables) {
			return i
		}
	}
	if len(tables) > 1 {
		for _, t := range tables {
			p.AddFrame([]int{t})
		}
	}
	p.Frames = append(p.Frames, tables)
	return len(p.Frames) - 1
}

// single returns the number of the frame of one table.
func (p *Plan) single(table int) int {
	return slices.IndexFunc(p.Frames, func(f []int) bool { return len(f) == 1 && f[0] == table })
}

// Bound is an instant that rows of a table in a frame are cut at.
type Bound struct {
	Frame, At int // at is the place of the table in the frame
	Cut       kreds.Instant
}

// Selection is the rows of some tables that match a where and a window.
type Selection struct {
	ID      int
	Frame   int
	Sources []Source
	Window  condition.Interval // ends before the as-of
	// A window that depends on the profile reads these.
	Columns []*condition.Column
}

// Source is one table of a selection.
type Source struct {
	Table    int // of the sweep
	At       int // of the frame
	Mask     int // -1: all rows
	Occasion int // column of the occasion key, -1 without
	Property int // column of the property asked for, -1 without
	Lo, Hi   int // bounds, if the window is constant
}

// WindowKnown returns the profiles whose window is known; nil means all.
func (sel *Selection) WindowKnown(n int) engine.Bits {
	var known engine.Bits
	for _, c := range sel.Columns {
		if c.Known == nil {
			continue
		}
		if known == nil {
			known = engine.MakeBits(n)
			copy(known, c.Known)
			continue
		}
		for i := range known {
			if i < len(c.Known) {
				known[i] &= c.Known[i]
			} else {
				known[i] = 0
			}
		}
	}
	return known
}
