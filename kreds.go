// Package kreds holds the nouns of the product: profiles and their kinds,
// typed values, the catalogue of what is known, segments, imports and runs.
// Every other package speaks in these words; this one imports only the
// standard library.
package kreds

import "time"

// Profile is the dense number of a profile: a person or a company. Persons and
// companies share one numbering. External systems know profiles by their key.
type Profile uint32

// ImportID is the number of an import in the ledger; every stored row carries
// the number of the import that brought it.
type ImportID int64

// Buckets is the number of buckets that profiles are spread over.
const Buckets = 1024

// Kind tells persons from companies.
type Kind uint8

// The kinds of profile.
const (
	Person Kind = iota
	Company
)

// String returns "person" or "company".
func (k Kind) String() string {
	if k == Company {
		return "company"
	}
	return "person"
}

// Subject is what an expression is about: which profiles can be members.
type Subject uint8

// The subjects. A prospect is a profile that is not a customer yet.
const (
	Persons Subject = iota
	Companies
	Prospects
	ProspectCompanies
)

// Kind returns the kind of profile that the subject is made of.
func (s Subject) Kind() Kind {
	if s == Companies || s == ProspectCompanies {
		return Company
	}
	return Person
}

// Prospects reports whether the subject is about prospects.
func (s Subject) Prospects() bool { return s >= Prospects }

// String returns the word that begins an expression of the language; for
// Persons, which need no word, it is "persons".
func (s Subject) String() string {
	return [...]string{"persons", "companies", "prospects", "prospect companies"}[s&3]
}

// Clock tells the time. Only the command line reads the real one.
type Clock func() time.Time
