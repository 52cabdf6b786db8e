package rfm

// Range is a range of bins, both ends in.
type Range struct{ From, To int }

func (r Range) has(bin int) bool { return bin >= r.From && bin <= r.To }

// Rule names the customers whose bins lie in its ranges. Of several that fit the
// first one counts.
type Rule struct {
	Name                         string
	Recency, Frequency, Monetary Range
}

// Others is the name of the group of customers that no rule fits.
const Others = "others"

// Rules returns the usual named groups for the number of bins: written for five
// and stretched to others.
func Rules(bins int) []Rule {
	rules := []Rule{
		{"champions", Range{5, 5}, Range{5, 5}, Range{5, 5}},
		{"potential loyalists", Range{3, 5}, Range{3, 5}, Range{2, 5}},
		{"loyal customers", Range{2, 4}, Range{2, 4}, Range{2, 4}},
		{"promising", Range{3, 4}, Range{1, 3}, Range{3, 5}},
		{"new customers", Range{4, 5}, Range{1, 3}, Range{1, 5}},
		{"cannot lose them", Range{1, 2}, Range{3, 4}, Range{4, 5}},
		{"at risk", Range{1, 2}, Range{2, 5}, Range{4, 5}},
		{"need attention", Range{1, 3}, Range{3, 5}, Range{3, 5}},
		{"about to sleep", Range{2, 3}, Range{1, 3}, Range{1, 4}},
		{"hibernating", Range{1, 1}, Range{1, 5}, Range{1, 5}},
	}
	if bins == 5 {
		return rules
	}
	stretch := func(r Range) Range {
		return Range{(r.From-1)*bins/5 + 1, max((r.From-1)*bins/5+1, r.To*bins/5)}
	}
	for i, r := range rules {
		rules[i] = Rule{r.Name, stretch(r.Recency), stretch(r.Frequency), stretch(r.Monetary)}
	}
	return rules
}

// Group returns the name of the first rule that fits, or Others.
func Group(s Score, rules []Rule) string {
	for _, r := range rules {
		if r.Recency.has(s.Recency) && r.Frequency.has(s.Frequency) && r.Monetary.has(s.Monetary) {
			return r.Name
		}
	}
	return Others
}

// Unreachable returns the names of rules that no score can reach because earlier
// rules take all that they fit.
func Unreachable(rules []Rule, bins int) []string {
	reached := make([]bool, len(rules))
	for code := range bins * bins * bins {
		s := Score{code/bins/bins + 1, code/bins%bins + 1, code%bins + 1}
		for i, r := range rules {
			if r.Recency.has(s.Recency) && r.Frequency.has(s.Frequency) && r.Monetary.has(s.Monetary) {
				reached[i] = true
				break
			}
		}
	}
	var names []string
	for i, ok := range reached {
		if !ok {
			names = append(names, rules[i].Name)
		}
	}
	return names
}

// Overlap is how many scores fit two rules; they count for the first.
type Overlap struct {
	First, Second string
	Scores        int
}

// Overlaps returns the pairs of rules that share scores, in the order of the rules.
func Overlaps(rules []Rule, bins int) []Overlap {
	shared := func(a, b Range) int { return max(0, min(a.To, b.To, bins)-max(a.From, b.From, 1)+1) }
	var out []Overlap
	for i, a := range rules {
		for _, b := range rules[i+1:] {
			n := shared(a.Recency, b.Recency) * shared(a.Frequency, b.Frequency) * shared(a.Monetary, b.Monetary)
			if n > 0 {
				out = append(out, Overlap{a.Name, b.Name, n})
			}
		}
	}
	return out
}

// Uncovered is how many of the scores no rule fits: their customers are Others.
func Uncovered(rules []Rule, bins int) int {
	n := 0
	for code := range bins * bins * bins {
		if Group(Score{code/bins/bins + 1, code/bins%bins + 1, code%bins + 1}, rules) == Others {
			n++
		}
	}
	return n
}
