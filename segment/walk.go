package segment

import (
	"slices"
	"strings"
)

// Walk calls visit with a condition and, where it returns true, with the
// conditions that it is made of, those of ranks, earlier times and relations
// included. It does not go into where clauses.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, c := range children(n) {
		Walk(c, visit)
	}
}

func children(n Node) []Node {
	switch n := n.(type) {
	case *And:
		return n.Clauses
	case *Or:
		return n.Clauses
	case *SomeOf:
		return n.Clauses
	case *Not:
		return []Node{n.X}
	case *AsOf:
		return []Node{n.X}
	case *OfCompany:
		return []Node{n.X}
	case *OfPersons:
		return []Node{n.X}
	case *Rank:
		if n.Among != nil {
			return []Node{n.Among}
		}
	}
	return nil
}

// segmentOf is the field of a condition that names a segment, nil if none does.
func segmentOf(n Node) *string {
	switch n := n.(type) {
	case *InSegment:
		return &n.Segment
	case *Moved:
		return &n.Segment
	case *Rank:
		if n.Segment != "" {
			return &n.Segment
		}
	}
	return nil
}

// References returns the names of the segments that an expression refers to,
// sorted, each once.
func References(e *Expr) []string {
	var names []string
	Walk(e.Root, func(n Node) bool {
		if s := segmentOf(n); s != nil {
			names = append(names, *s)
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// Rename changes references to a segment, which are matched without regard to
// case, and reports whether there were any.
func Rename(e *Expr, from, to string) bool {
	found := false
	Walk(e.Root, func(n Node) bool {
		if s := segmentOf(n); s != nil && strings.EqualFold(*s, from) {
			*s, found = to, true
		}
		return true
	})
	return found
}
