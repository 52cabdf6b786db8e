package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/demo"
)

// verdicts say in words what kind of segments were found.
var verdicts = map[string]string{
	"natural":      "clearly apart, and they come back on other samples",
	"reproducible": "not clearly apart, but they come back on other samples",
	"constructive": "not apart: cuts through a continuum",
}

func printFound(w *strings.Builder, d *demo.Discovery, f *api.Found) {
	s, err := solution(f.Discovery, 0)
	if err != nil {
		return
	}
	verdict := f.Discovery.Recommended.Verdict
	fmt.Fprintf(w, "\nFound among %s as of %s, without looking at the %s after it, by %s.\n%s: %s.\n\n",
		d.Among, d.AsOf, d.Horizon, strings.Join(f.Discovery.Features, ", "), strings.ToUpper(verdict[:1])+verdict[1:], verdicts[verdict])
	t := newTable("", "segment", ">members", ">share", ">of revenue", ">stability", ">next "+d.Horizon, "95% interval", ">others", ">lift")
	for i, x := range s.Segments {
		row := []string{strconv.Itoa(i + 1), x.Name, grouped(x.Size), percent(x.Share), "–", two(s.Stability.Within[i]), "–", "", "–", "–"}
		if i < len(f.Proof.Segments) {
			pt := lastCompared(&f.Proof.Segments[i])
			row[4] = optional(pt.RevenueShare, percent)
			if o := pt.Outcome; o != nil {
				row[6], row[7], row[8] = value(f.Proof, o.Members.Value), between(f.Proof, o.Members), value(f.Proof, o.Others.Value)
				if o.Lift != nil {
					row[9] = two(o.Lift.Value) + "×"
				}
			}
		}
		t.add(row...)
	}
	t.write(w)
	t = newTable("", "")
	t.add("stability", "whether a segment comes back on other samples, from 0 as by chance to 1")
	t.add("next "+d.Horizon, fmt.Sprintf("mean %s of its members in the %s after %s, and its interval", f.Proof.Outcome, d.Horizon, d.AsOf))
	t.add("others", "the same of everybody else, the other segments included; lift is members' by others'")
	t.write(w)
	w.WriteString("\n")
	if f.Proof.Set != nil {
		fmt.Fprintln(w, f.Proof.Set.Text)
	}
	fmt.Fprintf(w, "Their rules are stored as segments whose names begin with %q.\n", d.Name+": ")
}
