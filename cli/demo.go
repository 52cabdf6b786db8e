package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/demo"
)

func (p *program) demoCommand() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Import bundled real data and show some segments",
		Long: `Import real data, save a few segments, find others, evaluate them and show what came
out.

  online-retail     a year of invoices of a British web shop: 541,909 lines of
                    4,372 customers (UCI Machine Learning Repository, CC BY 4.0)
  complete-journey  a year of a grocer's 2,379 households: who they are, campaigns,
                    coupons, products and a sample of what they bought (84.51°,
                    CC0)

It goes into the data directory, so give one that holds nothing else, as
--data demo-data. Running it again changes nothing.`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			set := demo.Find(name)
			if set == nil {
				var names []string
				for _, s := range demo.Sets {
					names = append(names, s.Name)
				}
				return kreds.Errorf(kreds.CodeInvalid, "there is no set of data %q", name).WithHint("the sets are %s", strings.Join(names, " and "))
			}
			ctx := cmd.Context()
			client, err := p.connect(ctx, created)
			if err != nil {
				return err
			}
			out, err := p.demo(ctx, client, set)
			if err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printDemo(w, set, out, p.data) })
		}),
	}
	cmd.Flags().StringVar(&name, "set", demo.Sets[0].Name, "`NAME` of the data: online-retail or complete-journey")
	return cmd
}

func (p *program) demo(ctx context.Context, client *api.Client, set *demo.Set) (*demonstration, error) {
	p.say("Importing %s…", set.Title)
	var done api.Demonstration
	err := p.job(ctx, client, "/api/v1/demo?set="+url.QueryEscape(set.Name), "importing and looking for segments", nil, &done)
	if err != nil {
		return nil, err
	}
	out := &demonstration{Imports: done.Imports, Refresh: done.Refresh, Found: done.Found}
	if err := failedRuns(out.Refresh); err != nil {
		return nil, err
	}
	out.Data = &api.Data{}
	if err := client.Call(ctx, http.MethodGet, "/api/v1/data", nil, out.Data); err != nil {
		return nil, err
	}
	for _, d := range set.Segments {
		var s api.Segment
		if err := client.Call(ctx, http.MethodGet, segmentPath(d.Name, ""), nil, &s); err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, s)
	}
	return out, nil
}

func printDemo(w *strings.Builder, set *demo.Set, d *demonstration, dir string) {
	title := set.Title + ": "
	for _, e := range d.Data.Events {
		words := set.Words[e.Name]
		fmt.Fprintf(w, "%s%s of %s", title, counted(e.Rows, words.Row, words.Rows), counted(e.Profiles, "customer", "customers"))
		if words.Occasion != "" {
			fmt.Fprintf(w, " %s %s", words.On, counted(e.Occasions, words.Occasion, words.Occasions))
		}
		fmt.Fprintf(w, ", %s to %s", day(e.First), day(e.Last))
		for i, done := range d.Imports {
			if n := done.Import.Rejected; n > 0 && set.Imports[i].As == "events:"+e.Name {
				fmt.Fprintf(w, " (%s without a customer left out)", counted(n, words.Row, words.Rows))
			}
		}
		w.WriteString("\n")
		title = strings.Repeat(" ", len(title))
	}
	if set.Caution != "" {
		w.WriteString(set.Caution + "\n")
	}
	w.WriteString("\n")
	t := newTable("segment", ">members", ">share", "who")
	for _, s := range d.Segments {
		if s.Run == nil {
			continue
		}
		t.add(s.Name, grouped(s.Run.Members), share(s.Run.Members, d.Data.Persons), s.Description)
	}
	t.write(w)
	if d.Refresh.Seconds > 0 {
		fmt.Fprintf(w, "\nAs of %s, evaluated in %s.\n", set.AsOf, took(d.Refresh.Seconds))
	} else {
		fmt.Fprintf(w, "\nAs of %s, evaluated before.\n", set.AsOf)
	}
	if d.Found != nil {
		printFound(w, set.Discovery, d.Found)
	}
	w.WriteString("\nNext:\n\n")
	kreds := "  kreds "
	if dir != "kreds-data" {
		kreds += "--data " + dir + " "
	}
	for _, next := range set.Next {
		w.WriteString(kreds + next + "\n")
	}
	fmt.Fprintf(w, "\nThe same in a browser:\n\n%sserve\n\nYour own customers: kreds import --help, or the page Data in the browser\n", kreds)
}
