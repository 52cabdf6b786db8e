package discover

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kreds/kreds"
)

// mostWords is how many marks a name is made of.
const mostWords = 3

// veryEffect is the difference, in standard deviations, above which a segment is not
// only recent but very recent.
const veryEffect = 1.5

// name makes plain names of what marks the segments: of the strongest marks, one per
// feature, in the order of features. Names that would be the same go on with what tells these segments apart.
func (s *Solution) name(t *table) []string {
	out := make([]string, s.K)
	if len(s.names) == s.K {
		copy(out, s.names)
		return out
	}
	words := make([][]string, s.K)
	used := make([]map[string]bool, s.K)
	for i, seg := range s.Segments {
		used[i] = map[string]bool{}
		byFeature := map[string]string{}
		for _, m := range seg.Profile {
			if !m.Mark || used[i][m.Feature] || len(byFeature) == mostWords {
				continue
			}
			if w := t.word(m, m.Effect > 0); w != "" {
				if math.Abs(m.Effect) >= veryEffect && m.Kind != Flag && m.Kind != Category && m.Kind != Share {
					w = mark("very %s", w)
				}
				byFeature[m.Feature] = w
				used[i][m.Feature] = true
			}
		}
		for _, c := range t.columns {
			if w := byFeature[c.Name]; w != "" {
				words[i] = append(words[i], w)
			}
		}
		if len(words[i]) == 0 {
			words[i] = append(words[i], mark("in between"))
		}
		out[i] = strings.Join(words[i], ", ")
	}
	for i := range out {
		same := alike(out, i)
		if len(same) < 2 {
			continue
		}
		for _, j := range same {
			if w := s.apart(t, j, same, used[j]); w != "" {
				words[j] = append(words[j], w)
			}
		}
		for _, j := range same {
			out[j] = strings.Join(words[j], ", ")
		}
	}
	for i := range out {
		for n, j := range alike(out, i) {
			if n > 0 {
				out[j] = fmt.Sprintf("%s (%d)", out[j], n+1)
			}
		}
	}
	return out
}

// mark writes what a name is made of; catalogues of other languages have it too.
func mark(format string, args ...any) string { return kreds.Say(format, args...) }

// alike are the places of names equal to that at i.
func alike(names []string, i int) []int {
	var out []int
	for j := range names {
		if names[j] == names[i] {
			out = append(out, j)
		}
	}
	return out
}

// apart is the word for the feature that tells a segment best from others.
func (s *Solution) apart(t *table, seg int, others []int, used map[string]bool) string {
	best, word := 0.0, ""
	for _, m := range s.Segments[seg].Profile {
		if used[m.Feature] {
			continue
		}
		var rest, n float64
		for _, o := range others {
			i := slices.IndexFunc(s.Segments[o].Profile, func(x Measure) bool { return x.Feature == m.Feature && x.Level == m.Level })
			if o != seg && i >= 0 {
				rest += s.Segments[o].Profile[i].Effect
				n++
			}
		}
		if n == 0 {
			continue
		}
		if d := m.Effect - rest/n; math.Abs(d) > math.Abs(best) {
			if w := t.word(m, d > 0); w != "" {
				best, word = d, w
			}
		}
	}
	if word == "" {
		return ""
	}
	return mark("rather %s", word)
}

// terms are the words for measures that begin in a certain way: for little of it and
// for much.
var terms = []struct{ begins, low, high string }{
	{"last ", mark("recent"), mark("lapsed")},
	{"first ", mark("new"), mark("long-standing")},
	{"count of ", mark("rare"), mark("frequent")},
	{"sum(", mark("low-value"), mark("high-value")},
	{"avg(", mark("small orders"), mark("large orders")},
	{"max(", mark("no large orders"), mark("one large order at least")},
	{"median gap of ", mark("short gaps"), mark("long gaps")},
	{"count distinct(", mark("narrow"), mark("broad")},
}

// word says in which way a segment is off in one feature.
func (t *table) word(m Measure, more bool) string {
	c := t.named(m.Feature)
	if c == nil {
		return ""
	}
	switch c.Kind {
	case Category:
		switch {
		case m.Level == otherLevel && more:
			return mark("other %s", c.Name)
		case m.Level == otherLevel:
			return ""
		case m.Level == unknownLevel && more:
			return mark("%s unknown", c.Name)
		case m.Level == unknownLevel:
			return mark("%s known", c.Name)
		case more:
			return m.Level
		case m.All > .5:
			return mark("not %s", m.Level)
		}
		return ""
	case Flag:
		if more {
			return c.Name
		}
		return mark("not %s", c.Name)
	case Share:
		name := strings.TrimSuffix(c.Name, " share")
		if _, value, ok := strings.Cut(name, ": "); ok {
			name = value
		}
		if more {
			return mark("%s-heavy", name)
		}
		return mark("little %s", name)
	}
	// The word of a measure is for the only one of its event type.
	for _, x := range terms {
		if !strings.HasPrefix(c.Text, x.begins) {
			continue
		}
		low, high := x.low, x.high
		if t.several(x.begins) && !slices.Contains([]string{"recency", "frequency", "monetary", "tenure"}, c.Name) {
			low, high = mark("little %s", c.Name), mark("much %s", c.Name)
			if x.begins == "last " || x.begins == "first " {
				low, high = mark("%s recent", c.Name), mark("%s long ago", c.Name)
			}
			if x.begins == "count of " {
				low, high = mark("seldom %s", c.Name), mark("often %s", c.Name)
			}
		}
		if more {
			return high
		}
		return low
	}
	if more {
		return mark("high %s", c.Name)
	}
	return mark("low %s", c.Name)
}

func (t *table) named(name string) *column {
	i := slices.IndexFunc(t.columns, func(c *column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return t.columns[i]
}

// several reports whether more than one measure begins in a way.
func (t *table) several(begins string) bool {
	n := 0
	for _, c := range t.columns {
		if c.Kind != Share && c.Kind != Flag && strings.HasPrefix(c.Text, begins) {
			n++
		}
	}
	return n > 1
}
