package cli

import (
	"context"
	"fmt"
	"net/http"
	"slices"
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
		Long: `Import real data, save a few segments, evaluate them and show what came out.

  online-retail     a year of invoices of a British web shop: 541,909 lines of
                    4,372 customers (UCI Machine Learning Repository, CC BY 4.0)
  complete-journey  a year of a grocer's 2,379 households: who they are, campaigns,
                    coupons, products and a sample of what they bought (84.51°,
                    CC0)

It goes into the data directory, so give one that holds nothing else, as
--data demo-data. Running it again changes nothing.`,
		Args: cobra.NoArgs,
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

// demonstration is the outcome of the demo.
type demonstration struct {
	Imports  []api.Imported `json:"imports"`
	Data     *api.Data      `json:"data"`
	Refresh  *api.Refresh   `json:"refresh"`
	Segments []api.Segment  `json:"segments"`
	Found    *found         `json:"found,omitempty"`
}

func (p *program) demo(ctx context.Context, client *api.Client, set *demo.Set) (*demonstration, error) {
	if err := p.demoAlone(ctx, client, set); err != nil {
		return nil, err
	}
	out := &demonstration{}
	p.say("Importing %s…", set.Title)
	for _, i := range set.Imports {
		contents, err := set.Open(i.File)
		if err != nil {
			return nil, err
		}
		u, err := client.Upload(ctx, i.File, contents)
		if err != nil {
			return nil, err
		}
		r := api.ImportRequest{Uploads: []string{u.ID}, As: i.As, ID: i.ID, Time: i.Time, Order: i.Order, Map: i.Map}
		for _, c := range i.Compute {
			r.Compute = append(r.Compute, api.Computed{Name: c[0], Formula: c[1]})
		}
		done, err := p.follow(ctx, client, r)
		if err != nil {
			return nil, err
		}
		out.Imports = append(out.Imports, *done)
	}
	for _, s := range set.Segments {
		in := api.SegmentRequest{Name: s.Name, Expression: s.Expression, Description: s.Description}
		err := client.Call(ctx, http.MethodPost, "/api/v1/segments", in, nil)
		if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			return nil, fmt.Errorf("segment %q: %w", s.Name, err)
		}
	}
	var err error
	if out.Refresh, err = p.refresh(ctx, client, nil, set.AsOf); err != nil {
		return nil, err
	}
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
	if set.Discovery != nil {
		out.Found, err = p.demoDiscover(ctx, client, set.Discovery)
	}
	return out, err
}

// ownFiles are what kreds itself imports of its scores.
var ownFiles = []string{"rfm.csv", "typing.csv"}

// demoAlone refuses to mix the bundled data with anything else.
func (p *program) demoAlone(ctx context.Context, client *api.Client, set *demo.Set) error {
	var page api.ImportPage
	if err := client.Call(ctx, http.MethodGet, "/api/v1/imports?limit=1000", nil, &page); err != nil {
		return err
	}
	for _, i := range page.Imports {
		if i.State == string(kreds.ImportCommitted) && (len(i.Files) != 1 || !set.Has(fileNames(i.Files)) && !slices.Contains(ownFiles, fileNames(i.Files))) {
			return kreds.Errorf(kreds.CodeRefused, "%s holds other data, which the demo would mix with", p.data).
				WithHint("give the demo a directory of its own: kreds demo --data demo-data")
		}
	}
	return nil
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
	fmt.Fprintf(w, "\nAs of %s, evaluated in %s.\n", set.AsOf, took(d.Refresh.Seconds))
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
	w.WriteString("\nYour own customers: kreds import --help\n")
}
