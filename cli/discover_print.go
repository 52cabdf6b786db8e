package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/kreds/kreds/api"
)

// printDiscovery shows all solutions and the segments of one, 0 being the recommended
// one.
func printDiscovery(w *strings.Builder, d *api.Discovery, k int) {
	fmt.Fprintf(w, "%s: %s as of %s, by %s of %s, in %s\n\n", d.Name, subjects(d.Subject, int64(d.N)), when(d.AsOf), d.Method, strings.Join(d.Features, ", "), took(d.Seconds))
	t := newTable(">segments", ">silhouette", ">by chance", ">stability", ">halves", ">earlier", ">within SS", ">BIC", "sizes")
	for _, s := range d.Solutions {
		bic, earlier := "", ""
		if s.BIC != nil {
			bic = grouped(int64(math.Round(*s.BIC)))
		}
		if s.Stability.TimeShift != nil {
			earlier = two(*s.Stability.TimeShift)
		}
		var sizes []string
		for _, n := range s.Sizes {
			sizes = append(sizes, grouped(n))
		}
		mark := ""
		if s.K == d.Recommended.K {
			mark = "→ "
		}
		t.add(mark+strconv.Itoa(s.K), two(s.Silhouette), two(s.Chance), two(s.Stability.Global), two(s.Stability.SplitHalf), earlier,
			grouped(int64(math.Round(s.WithinSS))), bic, strings.Join(sizes, " "))
	}
	t.write(w)
	fmt.Fprintf(w, "\n%s: %d segments. %s\n", d.Recommended.Verdict, d.Recommended.K, d.Recommended.Reason)
	s, err := solution(d, k)
	if err != nil {
		return
	}
	w.WriteString("\n")
	t = newTable("", "segment", ">members", ">share", ">within", ">across", ">precision", ">recall", "rule")
	for i, x := range s.Segments {
		row := []string{strconv.Itoa(i + 1), x.Name, grouped(x.Size), percent(x.Share), two(s.Stability.Within[i]), two(s.Stability.Across[i]), "", "", "none tells it from the others"}
		if x.Rule != nil {
			row[6], row[7], row[8] = two(x.Rule.Precision), two(x.Rule.Recall), x.Rule.Expression
		}
		t.add(row...)
	}
	t.write(w)
	if len(d.Refused) > 0 {
		w.WriteString("\nNot used:\n")
		for _, r := range d.Refused {
			fmt.Fprintf(w, "  %s: %s\n", r.Name, r.Reason)
		}
	}
	for _, n := range append(some(d.Why), d.Notes...) {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	fmt.Fprintf(w, "\nkreds discover accept %s --by rule makes segments of them.\n", shellQuoted(d.Name))
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func two(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// shellQuoted writes a name as a shell takes it.
func shellQuoted(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune("'\"\\$`!&|;<>()*?[]{}~#", r) }) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
