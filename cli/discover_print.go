package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/kreds/kreds/api"
)

// printDiscovery shows all solutions and the segments of one, 0 being the recommended
// one; with what marks them if asked for.
func printDiscovery(w *strings.Builder, d *api.Discovery, k int, profile bool) {
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
			figure(s.WithinSS, "number"), bic, strings.Join(sizes, " "))
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
	if profile {
		printProfile(w, d, s)
		printKeptTyping(w, d)
	}
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

// printProfile compares the segments of a solution feature by feature, and says how the
// features are used.
func printProfile(w *strings.Builder, d *api.Discovery, s *api.Solution) {
	heads := []string{"feature", ">all"}
	for i := range s.Segments {
		heads = append(heads, ">"+strconv.Itoa(i+1))
	}
	w.WriteString("\nMeans and shares; * marks what tells a segment from the others\n\n")
	t := newTable(append(heads, "used as")...)
	type place struct{ feature, level string }
	seen := map[place]bool{}
	for _, f := range d.Preparation {
		var places []place
		for _, x := range s.Segments {
			for _, m := range x.Profile {
				if p := (place{m.Feature, m.Level}); m.Feature == f.Name && !seen[p] {
					seen[p] = true
					places = append(places, p)
				}
			}
		}
		for _, p := range places {
			row := []string{p.feature, ""}
			if p.level != "" {
				row[0] += ": " + p.level
			}
			for _, x := range s.Segments {
				cell := ""
				for _, m := range x.Profile {
					if m.Feature == p.feature && m.Level == p.level {
						row[1], cell = figure(m.All, m.Kind), figure(m.Mean, m.Kind)
						if m.Mark {
							cell += "*"
						}
					}
				}
				row = append(row, cell)
			}
			t.add(append(row, usedAs(&f))...)
		}
	}
	t.write(w)
	printFeatures(w, d)
	w.WriteString("\n")
	t = newTable("", "nearest", "typical members")
	for i, x := range s.Segments {
		near := ""
		if x.Nearest != nil {
			near = strconv.Itoa(*x.Nearest)
		}
		t.add(strconv.Itoa(i+1), near, strings.Join(x.Typical, ", "))
	}
	t.write(w)
	silhouette := "from distances to centres"
	if s.SilhouetteExact {
		silhouette = "from all pairs"
	}
	fmt.Fprintf(w, "\nSilhouette %s (%s), Calinski–Harabasz %s, Davies–Bouldin %s, gap %s ± %s", three(s.Silhouette), silhouette,
		grouped(int64(math.Round(s.CalinskiHarabasz))), three(s.DaviesBouldin), three(s.Gap), three(s.GapError))
	if s.LogLikelihood != nil {
		fmt.Fprintf(w, ", log-likelihood %s, BIC %s, AIC %s, entropy %s", grouped(int64(math.Round(*s.LogLikelihood))), grouped(int64(math.Round(*s.BIC))), grouped(int64(math.Round(*s.AIC))), three(*s.Entropy))
	}
	w.WriteString("\n")
}

// printFeatures says what features are that are not called by what they are.
func printFeatures(w *strings.Builder, d *api.Discovery) {
	t := newTable("feature", "is")
	any := false
	for _, f := range d.Preparation {
		text := f.Text
		if f.Of != "" {
			text += " / " + f.Of
		}
		if text != f.Name {
			t.add(f.Name, text)
			any = true
		}
	}
	if any {
		w.WriteString("\n")
		t.write(w)
	}
}

// figure is a mean or share for people.
func figure(v float64, kind string) string {
	switch {
	case kind == "flag" || kind == "share" || kind == "category":
		return percent(v)
	case math.Abs(v) >= 100:
		return grouped(int64(math.Round(v)))
	default:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
}

// usedAs says how the values of a feature are used.
func usedAs(f *api.Feature) string {
	var how []string
	switch {
	case f.Kind == "days":
		how = append(how, "days ago")
	case f.Kind != "number":
		how = append(how, f.Kind)
	}
	if f.Log {
		how = append(how, "logarithm")
	} else if f.Low != nil || f.High != nil {
		how = append(how, "tails cut")
	}
	if f.Scale != 1 || f.Center != 0 {
		how = append(how, "scaled")
	}
	if f.Missing > 0 {
		how = append(how, percent(f.Missing)+" missing")
	}
	return strings.Join(how, ", ")
}

func three(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }

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
