package cli

import (
	"encoding/csv"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) rfmCommand() *cobra.Command {
	var r api.RFMRequest
	c := &cobra.Command{
		Use:   "rfm",
		Short: "Score customers by recency, frequency and monetary value",
		Long: `Score everybody who bought by how recently, how often and for how much, name the
combinations, and keep the scores as the traits rfm.recency, rfm.frequency,
rfm.monetary and rfm.group. The best score is the highest in all three. As of
times before --as-of the traits are unknown; they are one import, which
kreds imports undo takes back.

Cut points are quantiles, so that about as many customers have each score, unless
they are given. A value that equals a cut point belongs to the bin below it, so
equal values never part. What buying is worth is summed over all that is visible
as of the time.`,
		Example: `  kreds rfm --event purchase --value amount --as-of 2011-09-09
  kreds rfm --bins 4 --recency 30,90,180
  kreds count 'rfm.group = "champions"'
  kreds rfm groups`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.RFM
			if err := p.job(ctx, client, "/api/v1/rfm", "scoring", r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printRFM(w, &out) })
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.Event, "event", "", "the `EVENT` that a purchase is")
	f.StringVar(&r.Value, "value", "", "the `PROPERTY` that says what a purchase was worth")
	f.IntVar(&r.Bins, "bins", 0, "`N` scores of each, 2 to 9; default 5")
	f.StringVar(&r.AsOf, "as-of", "", asOfUsage)
	f.StringVar(&r.Among, "among", "", "`'EXPR'` or name of a segment: whom to score; default who bought")
	f.Float64SliceVar(&r.Recency, "recency", nil, "cut points in `DAYS,…`, instead of quantiles")
	f.Float64SliceVar(&r.Frequency, "frequency", nil, "cut points in `PURCHASES,…`")
	f.Float64SliceVar(&r.Monetary, "monetary", nil, "cut points in `VALUE,…`")
	f.StringVar(&r.Ties, "ties", "", "`HOW` values that equal a cut point are treated: lower (the default), or plus-one as in the R package rfm")
	f.BoolVar(&r.DryRun, "dry-run", false, "only show: keep no traits")
	c.AddCommand(p.rfmGroupsCommand())
	return c
}

func printRFM(w *strings.Builder, r *api.RFM) {
	fmt.Fprintf(w, "%s as of %s, by %s of %s, in %s\n\n", subjects(r.Subject, r.N), when(r.AsOf), r.Value, r.Event, took(r.Seconds))
	t := newTable("group", ">members", ">share", ">of value", ">days ago", ">times", ">value")
	for _, g := range r.Groups {
		if g.Members == 0 {
			continue
		}
		t.add(g.Name, grouped(g.Members), percent(g.Share), percent(g.ValueShare), grouped(int64(math.Round(g.Recency))), strconv.FormatFloat(g.Frequency, 'f', 1, 64), grouped(int64(math.Round(g.Monetary))))
	}
	t.write(w)
	for _, x := range []struct {
		name, unit string
		cuts       []float64
	}{{"Recency", "days", r.Recency}, {"Frequency", "times", r.Frequency}, {"Monetary", "in value", r.Monetary}} {
		var cuts []string
		for _, c := range x.cuts {
			cuts = append(cuts, strconv.FormatFloat(c, 'f', -1, 64))
		}
		fmt.Fprintf(w, "\n%s is cut at %s %s.", x.name, strings.Join(cuts, ", "), x.unit)
	}
	w.WriteString("\n")
	for _, n := range r.Notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	switch {
	case r.Import == nil:
		w.WriteString("\nNothing was kept.\n")
	case r.Already:
		fmt.Fprintf(w, "\nThese scores were kept before, by import %d.\n", r.Import.ID)
	default:
		fmt.Fprintf(w, "\nKept as rfm.recency, rfm.frequency, rfm.monetary and rfm.group, by import %d.\n", r.Import.ID)
	}
}

func (p *program) rfmGroupsCommand() *cobra.Command {
	var file string
	var reset, asCSV bool
	c := &cobra.Command{
		Use:   "groups",
		Short: "Show or change the rules that name RFM groups",
		Long: `Show the rules that give combinations of scores a name; the first that fits
counts. To change them, write them to a file, edit it, and give it back; they are
used the next time that customers are scored.`,
		Example: `  kreds rfm groups --csv > groups.csv
  kreds rfm groups --set groups.csv
  kreds rfm groups --reset`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			method, in := http.MethodGet, any(nil)
			switch {
			case reset && file != "":
				return kreds.Errorf(kreds.CodeInvalid, "both --set and --reset are given").WithHint("take one of them")
			case reset:
				method = http.MethodDelete
			case file != "":
				t, err := p.readGroups(file)
				if err != nil {
					return err
				}
				method, in = http.MethodPut, t
			}
			var out api.RFMTable
			if err := client.Call(ctx, method, "/api/v1/rfm/groups", in, &out); err != nil {
				return err
			}
			if asCSV && !p.json {
				return p.writeGroups(&out)
			}
			return p.print(out, func(w *strings.Builder) { printGroups(w, &out) })
		}),
	}
	f := c.Flags()
	f.StringVar(&file, "set", "", "`FILE` of CSV: name, recency, frequency, monetary, each a score or a range as 3-5")
	f.BoolVar(&reset, "reset", false, "bring the usual rules back")
	f.BoolVar(&asCSV, "csv", false, "print them as a file for --set")
	return c
}

func printGroups(w *strings.Builder, r *api.RFMTable) {
	t := newTable("group", "recency", "frequency", "monetary")
	for _, g := range r.Groups {
		t.add(g.Name, scores(g.Recency), scores(g.Frequency), scores(g.Monetary))
	}
	t.write(w)
	for _, n := range r.Warnings {
		fmt.Fprintf(w, "\n%s", n)
	}
	if len(r.Warnings) > 0 {
		w.WriteString("\n")
	}
}

func scores(r [2]int) string {
	if r[0] == r[1] {
		return strconv.Itoa(r[0])
	}
	return fmt.Sprintf("%d-%d", r[0], r[1])
}

func (p *program) writeGroups(r *api.RFMTable) error {
	w := csv.NewWriter(p.Stdout)
	rows := [][]string{{"name", "recency", "frequency", "monetary"}}
	for _, g := range r.Groups {
		rows = append(rows, []string{g.Name, scores(g.Recency), scores(g.Frequency), scores(g.Monetary)})
	}
	return w.WriteAll(rows)
}

// readGroups reads a table of groups from a file. The highest score of all is the
// number of bins.
func (p *program) readGroups(name string) (*api.RFMTable, error) {
	f, err := os.Open(p.path(name))
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "cannot read the groups: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s is no CSV file: %w", name, err)
	}
	if len(rows) < 2 || len(rows[0]) != 4 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s holds no groups", name).WithHint("the columns are name, recency, frequency and monetary; kreds rfm groups --csv prints an example")
	}
	out := &api.RFMTable{Bins: 2}
	for i, row := range rows[1:] {
		g := api.RFMRule{Name: strings.TrimSpace(row[0])}
		for j, to := range []*[2]int{&g.Recency, &g.Frequency, &g.Monetary} {
			low, high, ranged := strings.Cut(row[j+1], "-")
			if !ranged {
				high = low
			}
			if to[0], err = strconv.Atoi(strings.TrimSpace(low)); err == nil {
				to[1], err = strconv.Atoi(strings.TrimSpace(high))
			}
			if err != nil {
				return nil, kreds.Errorf(kreds.CodeInvalid, "row %d of %s: %q is no score", i+2, name, row[j+1]).WithHint("write a score as 4 or a range as 3-5")
			}
			out.Bins = max(out.Bins, to[1])
		}
		out.Groups = append(out.Groups, g)
	}
	return out, nil
}
