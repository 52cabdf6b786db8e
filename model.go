package kreds

import "time"

// Segment is a named group of profiles with a definition and its history.
type Segment struct {
	ID          int64
	Name        string
	Description string
	Owner       string
	Tags        []string
	Subject     Subject
	Source      SegmentSource
	Version     int    // number of the current version, from 1
	Expression  string // of the current version, in printed form; "" unless Source is SourceRule
	Created     time.Time
	Updated     time.Time
	Archived    time.Time // when it was put away; zero unless it is
	Defined     time.Time // when the current version was saved
}

// SegmentSource says where a segment's members come from.
type SegmentSource string

// The sources of members: a rule, a list, or a model; the last two have
// members by record.
const (
	SourceRule  SegmentSource = "rule"
	SourceList  SegmentSource = "list"
	SourceModel SegmentSource = "model"
)

// Version is one saved definition of a segment. It is in force from Saved until
// the next one; before the first, the first is.
type Version struct {
	Number     int
	Expression string
	Author     string
	Note       string
	Saved      time.Time
}

// Import is one entry of the ledger of imports.
type Import struct {
	ID       ImportID
	State    ImportState
	As       string // customers, companies, prospects, prospect companies, items or events:NAME
	Files    []string
	Digest   string // of contents and options; equal digests bring nothing new
	Rows     int64  // taken
	Rejected int64
	Created  int64 // profiles that were new
	Started  time.Time
	Ended    time.Time
}

// ImportState is where an import stands. Only committed imports are seen.
type ImportState string

// The states of an import.
const (
	ImportPending   ImportState = "pending"
	ImportCommitted ImportState = "committed"
	ImportUndone    ImportState = "undone"
)

// Run is one refresh of a segment.
type Run struct {
	ID      int64
	Segment int64
	Version int
	AsOf    Instant
	Started time.Time
	Seconds float64
	Members int64
	Joined  int64
	Left    int64
	Error   string // "" if it succeeded; a failed run leaves the last good members live
}

// Feedback is what somebody who works with a segment says of it.
type Feedback struct {
	ID        int64
	Criterion string // of the scorecard; "" for the segment as a whole
	Verdict   Verdict
	Note      string
	Author    string
	Given     time.Time
}

// Verdict is a judgement of a segment, by a figure or by a person.
type Verdict string

// The verdicts. A figure that there is no data for is unknown; people do not say so.
const (
	Good    Verdict = "good"
	Fair    Verdict = "fair"
	Poor    Verdict = "poor"
	NotSure Verdict = "unknown"
)
