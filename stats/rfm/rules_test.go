package rfm

import "testing"

// FuzzRules: a table of any ranges is judged without a panic, and its figures add up.
func FuzzRules(f *testing.F) {
	f.Add([]byte{1, 5, 1, 5, 1, 5, 2, 2, 2, 2, 2, 2}, 5)
	f.Add([]byte{5, 1, 0, 200, 3, 3}, 9)
	f.Fuzz(func(t *testing.T, data []byte, bins int) {
		if bins < 1 || bins > 9 {
			return
		}
		var rules []Rule
		for i := 0; i+5 < len(data) && len(rules) < 12; i += 6 {
			at := func(j int) Range { return Range{int(data[i+j]), int(data[i+j+1])} }
			rules = append(rules, Rule{string(rune('a' + len(rules))), at(0), at(2), at(4)})
		}
		hidden := map[string]bool{}
		for _, name := range Unreachable(rules, bins) {
			hidden[name] = true
		}
		named := map[string]int{}
		for code := range bins * bins * bins {
			named[Group(Score{code/bins/bins + 1, code/bins%bins + 1, code%bins + 1}, rules)]++
		}
		if got := Uncovered(rules, bins); got != named[Others] {
			t.Fatalf("%d scores without a group, counted %d", got, named[Others])
		}
		for _, r := range rules {
			if hidden[r.Name] != (named[r.Name] == 0) {
				t.Fatalf("%+v has %d scores", r, named[r.Name])
			}
		}
		for _, o := range Overlaps(rules, bins) {
			if o.Scores < 1 || o.Scores > bins*bins*bins {
				t.Fatalf("%+v", o)
			}
		}
	})
}
