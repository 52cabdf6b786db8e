// Package demo holds real data to try kreds on: a year of invoices of a British
// web shop, and a year of campaigns, coupons and purchases of the customers of a
// grocer. README.md beside it states sources and licences.
package demo

import (
	"bytes"
	"embed"
	"io"
	"strings"
)

//go:embed online_retail/*.gz complete_journey/*.gz
var files embed.FS

// Set is real data with segments worth saving on it.
type Set struct {
	// Name is what it is asked for by, and the folder of its files.
	Name string
	// Title is what people call it.
	Title string
	// Caution says what the data cannot tell; "" where there is nothing to say.
	Caution string
	// AsOf is its last day.
	AsOf string
	// Earlier are days before AsOf, in order, on which the segments are evaluated too,
	// so that they have a past.
	Earlier []string
	// Owner looks after Segments; nobody does yet after what is found.
	Owner string
	// Imports bring all of it, in this order.
	Imports []Import
	// Words are what people call the rows of an event, by its name.
	Words map[string]Words
	// Segments are worth a look, as of AsOf.
	Segments []Segment
	// Discovery finds more; nil where nothing is looked for.
	Discovery *Discovery
	// Next are commands that show more, without the program's name.
	Next []string
}

// Import is how one file is imported; the fields are those of kreds import.
type Import struct {
	File                string
	As, ID, Time, Order string
	Map                 map[string]string
	Compute             [][2]string // names with their formulas
}

// Words are one and many of an event's rows, and of its occasions where it has any,
// as the lines on invoices.
type Words struct {
	Row, Rows               string
	On, Occasion, Occasions string
}

// Segment is a segment worth saving on the data.
type Segment struct {
	Name        string
	Expression  string
	Description string
}

// Discovery finds segments in the data as they were at AsOf, so that what came after
// it is held back to prove them on.
type Discovery struct {
	Name   string
	Preset string // of kreds discover
	Among  string // a segment
	AsOf   string
	// Horizon is how long after AsOf what was found is proved on.
	Horizon string
}

// Sets are all sets, the one that is shown unless another is asked for first.
var Sets = []*Set{&onlineRetail, &completeJourney}

// Find returns the set of a name, nil if there is none.
func Find(name string) *Set {
	for _, s := range Sets {
		if s.Name == strings.ReplaceAll(strings.ToLower(name), "_", "-") {
			return s
		}
	}
	return nil
}

// Open returns the contents of one of the set's files, a gzipped CSV file with a
// header.
func (s *Set) Open(file string) (io.Reader, error) {
	b, err := files.ReadFile(strings.ReplaceAll(s.Name, "-", "_") + "/" + file)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(b), nil
}

// Has reports whether the file is one of the set's.
func (s *Set) Has(file string) bool {
	for _, i := range s.Imports {
		if i.File == file {
			return true
		}
	}
	return false
}

// AsOf is the last day of Online Retail.
const AsOf = "2011-12-09"

// OnlineRetail returns the name and the contents of a gzipped CSV file with a
// header and 541,909 invoice lines.
func OnlineRetail() (name string, contents io.Reader) {
	name = onlineRetail.Imports[0].File
	contents, err := onlineRetail.Open(name)
	if err != nil {
		contents = bytes.NewReader(nil) // cannot be: the file is part of the program
	}
	return name, contents
}
