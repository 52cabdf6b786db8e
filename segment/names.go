package segment

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameOf returns the name of an imported column in snake_case, with the letters
// of any alphabet kept: MntWines is mnt_wines, customerID customer_id, "Antal
// køb" antal_køb. A label without letters or digits is "column".
func NameOf(label string) string {
	runes := []rune(norm.NFC.String(label))
	var b strings.Builder
	gap := false
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			gap = true
			continue
		}
		if i > 0 && unicode.IsUpper(r) {
			before := runes[i-1]
			lowerNext := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if unicode.IsLower(before) || unicode.IsDigit(before) || unicode.IsUpper(before) && lowerNext {
				gap = true
			}
		}
		if gap && b.Len() > 0 || b.Len() == 0 && unicode.IsDigit(r) {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	if b.Len() == 0 {
		return "column"
	}
	return b.String()
}

// Nearest returns the name that is most like the one given, or "" if none is.
func Nearest(name string, names []string) string {
	name = strings.ToLower(name)
	best, least := "", len(name)+1
	for _, n := range slices.Sorted(slices.Values(names)) {
		// A third of the letters may differ.
		limit := min(least, max(1, max(len([]rune(name)), len([]rune(n)))/3)+1)
		if d := distance(name, strings.ToLower(n), limit); d < limit {
			best, least = n, d
		}
	}
	return best
}

// distance is the number of letters to insert, take out, change or swap to make
// one name of another (Damerau 1964); limit or more is returned as limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit || len(x) > 200 || len(y) > 200 {
		return limit
	}
	var before []int
	last := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return min(last[len(y)], limit)
}

// unknownName is the error that a name is not known, with the nearest one.
func unknownName(pos Pos, what, name string, names []string) *Error {
	e := errorAt(pos, "unknown %s %s", what, quoteText(cut(name)))
	if n := Nearest(name, names); n != "" {
		return e.hint("did you mean %s?", quoteText(n))
	}
	if len(names) == 0 {
		return e.hint("there is none yet")
	}
	known := slices.Sorted(slices.Values(names))
	if len(known) > 8 {
		known = append(known[:8], "…")
	}
	return e.hint("known are %s", strings.Join(known, ", "))
}
