package condition

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// textMatch is contains, starts with, ends with and matches.
func (b *Builder) textMatch(l *Leaf, n *segment.TextMatch) error {
	var tests []func(s, folded string) bool
	for _, t := range n.Texts {
		want := foldCase(t)
		switch n.Op {
		case segment.StartsWith:
			tests = append(tests, func(_, s string) bool { return strings.HasPrefix(s, want) })
		case segment.EndsWith:
			tests = append(tests, func(_, s string) bool { return strings.HasSuffix(s, want) })
		case segment.Matches:
			re, err := regexp.Compile(t)
			if err != nil {
				return kreds.Errorf(kreds.CodeInvalid, "the pattern %q is not RE2: %w", t, err)
			}
			tests = append(tests, func(s, _ string) bool { return re.MatchString(s) })
		default:
			tests = append(tests, func(_, s string) bool { return strings.Contains(s, want) })
		}
	}
	folds := n.Op != segment.Matches
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		s, folded := v[0].Text, ""
		if folds {
			folded = foldCase(s)
		}
		for _, t := range tests {
			if t(s, folded) {
				return !n.Not, true
			}
		}
		return n.Not, true
	}
	return nil
}

// foldCase maps each letter to the least of those that differ from it in case
// only (Unicode simple folding).
func foldCase(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'a' || s[i] > 'z') {
		i++
	}
	if i == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for _, r := range s {
		least := r
		if r < utf8.RuneSelf {
			// The orbits of these begin with the ASCII capital.
			if r >= 'a' && r <= 'z' {
				least = r - 'a' + 'A'
			}
		} else {
			for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
				least = min(least, o)
			}
		}
		out.WriteRune(least)
	}
	return out.String()
}
