package fold

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// plan is what is computed of the batches of some tables. What jobs share is
// numbered.
type plan struct {
	cal      *segment.Calendar
	profiles int
	buckets  []uint16
	// before has for each table the instant from which on no rows come.
	before []kreds.Instant
	masks  []*maskNode
	// frames are sets of tables whose rows are put side by side by profile.
	frames     [][]int
	bounds     []boundPlan
	selections int
}

// boundPlan is an instant that rows of a table in a frame are cut at.
type boundPlan struct {
	frame, at int // at is the place of the table in the frame
	cut       kreds.Instant
}

// selection is the rows of some tables that match a where and a window.
type selection struct {
	id     int
	frame  int
	src    []source
	window condition.Interval // ends before the as-of
	// A window that depends on the profile reads these.
	cols []*condition.Column
}

// source is one table of a selection.
type source struct {
	table    int // of the sweep
	at       int // of the frame
	mask     int // -1: all rows
	occasion int // column of the occasion key, -1 without
	prop     int // column of the property asked for, -1 without
	lo, hi   int // bounds, if the window is constant
}
