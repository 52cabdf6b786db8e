// Package collect brings files into a workspace: it finds out how a file is
// written, turns its rows into typed columns and loads them as one import, which
// is whole or not at all. Rows that cannot be taken go to a file of rejects.
//
// Files are read in chunks by several goroutines, in order. Beside what the
// engine holds, an import of one file takes at most 256 MB with two workers,
// however large the file: its chunks are 1 MB, and a row has at most 8 MiB.
//
// How a column is read is decided from the begin of the files. When a later value
// of a column whose type was not declared does not fit, the load is given up, all
// files are read once for types alone, and the load begins again: so no row is
// lost to a wrong guess.
//
// Its own packages are rows (delimited text), form (values in text) and formula
// (computed fields).
package collect

import (
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/state"
)

// Importer imports files into one workspace, one import at a time; its methods
// may be called from several goroutines.
type Importer struct {
	engine engine.Engine
	state  *state.Store
	clock  kreds.Clock
	o      Options
	turn   chan struct{} // holds one token while an import or undo runs
	sample int           // bytes that plans are made from, if not sampleBytes
}

// Options says where rejects go and how many goroutines parse (default 2).
type Options struct {
	Rejects string // folder, made when it is needed
	Workers int
}

// New returns the importer of an engine and a state.
func New(e engine.Engine, s *state.Store, clock kreds.Clock, o Options) *Importer {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	return &Importer{engine: e, state: s, clock: clock, o: o, turn: make(chan struct{}, 1)}
}

// Request says what to import and how to read it. Columns are named as in the
// file or by the names they get. What is empty is detected.
type Request struct {
	Files []string
	As    string // customers, companies, prospects, prospect companies, items or events:NAME
	ID    string // column of the profile's or the item's key; "" numbers customers and companies
	Time  string // column of when it happened, or when the row was observed
	Order string // column whose equal values make rows one occasion
	For   string // of events: customers (the default) or companies
	// Map gives columns other names, which may have a namespace. Some names mean
	// more: "company" of customers is the key of the person's company,
	// "profile.first_seen" of profiles when they were created, "lat" and "lon" are
	// the two parts of "location", "X.lat" and "X.lon" those of a place X; "" or
	// "-" leaves the column out. The column "*" stands for all that Map does not
	// name, and can only be left out.
	Map       map[string]string
	Compute   []Computed
	Types     map[string]string // of columns: number, text, boolean, date, instant, list, location
	Encoding  string            `json:",omitempty"` // utf-8, utf-16 or windows-1252, which latin-1 is part of
	Delimiter string            // one character, or "tab"
	Decimal   string            // "." or ",", or "point" or "comma"
	DateOrder string            // dmy, mdy or ymd
	Header    *bool             // whether the first line names the columns
}

// Computed is a number computed from columns of the same row; where one of them
// is unknown, or it divides by zero, it is unknown.
type Computed struct {
	Name    string
	Formula string // + - * / and parentheses over columns and numbers
}

// Plan is how files would be read: what --dry-run shows.
type Plan struct {
	Delimiter string // "," ";" "|" or "tab"
	Quote     string // around fields, "" if nothing is
	Header    bool
	Encoding  string
	Decimal   Finding // "." or ","
	DateOrder Finding // dmy, mdy or ymd
	Columns   []Column
	Computed  []Computed
	Sampled   int   // rows that the plan is made from
	Rows      int64 // of the files, about if the sample is not all of them
	Whole     bool  // the sample is all of the files
	Notes     []string
	Preview   *Preview // of Inspect
}

// Finding is how something is written in the files.
type Finding struct {
	Found string // "" where no column shows it
	Why   string // what shows it, or why it was taken
	Doubt bool   // the values could be read otherwise
}

// The roles of columns.
const (
	RoleID       = "id"
	RoleTime     = "time"
	RoleOrder    = "order"
	RoleCompany  = "company"
	RoleCreated  = "created"
	RoleTrait    = "trait"
	RoleProperty = "property"
	RoleFact     = "fact"
	RoleNone     = "none"
)

// Column is one column of a plan.
type Column struct {
	Label    string // as in the file
	Name     string // as in expressions; "" if the column has another role or is left out
	Role     string
	Type     kreds.Type
	Format   string // how dates and numbers are written, "" where there is no choice
	Why      string // what shows that they are written so, "" where nothing does
	Doubt    bool   // its values could be read otherwise
	Missing  int    // among the rows sampled
	Examples []string
}

// Progress is how far an import is.
type Progress struct {
	// Stage is "checking" (whether the files are known), "types" (they are read
	// once more for types), "loading" or "storing".
	Stage     string
	Bytes, Of int64 // of the files as they are on disk, in this stage
	Rows      int64
	Rejected  int64
	PerSecond float64       // rows, since the stage began
	Left      time.Duration // expected, 0 if not known yet
}

// Result is what an import brought.
type Result struct {
	Import  kreds.Import
	Already bool           // the same files were imported before in the same way: nothing changed
	Rejects string         // path of the file of rejects, "" if there are none
	Reasons map[string]int // how many rows were rejected, by reason
	Plan    *Plan
}
