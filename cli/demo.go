package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/demo"
)

// demoImports are what the bundled file is imported as: what was bought, and
// where the customers live.
var demoImports = []api.ImportRequest{
	{
		As: "events:purchase", ID: "CustomerID", Time: "InvoiceDate", Order: "InvoiceNo",
		Compute: []api.Computed{{Name: "amount", Formula: "quantity * unit_price"}},
	},
	{
		As: "customers", ID: "CustomerID", Time: "InvoiceDate", Map: map[string]string{"*": "", "Country": "country"},
	},
}

func (p *program) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Import the bundled data of a shop and show some segments",
		Long: `Import a year of invoices of a British web shop, save a few segments, evaluate
them and show what came out. The data is real: Online Retail of the UCI Machine
Learning Repository (CC BY 4.0), 541,909 invoice lines of 4,372 customers.

It goes into the data directory, so give one that holds nothing else, as
--data demo-data. Running it again changes nothing.`,
		Args: cobra.NoArgs,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, created)
			if err != nil {
				return err
			}
			out, err := p.demo(ctx, client)
			if err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printDemo(w, out, p.data) })
		}),
	}
}

// demonstration is the outcome of the demo.
type demonstration struct {
	Imports  []api.Imported `json:"imports"`
	Data     *api.Data      `json:"data"`
	Refresh  *api.Refresh   `json:"refresh"`
	Segments []api.Segment  `json:"segments"`
	Found    *found         `json:"found"`
}

func (p *program) demo(ctx context.Context, client *api.Client) (*demonstration, error) {
	if err := p.demoAlone(ctx, client); err != nil {
		return nil, err
	}
	out := &demonstration{}
	p.say("Importing %s…", demo.Title)
	for _, r := range demoImports {
		name, contents := demo.OnlineRetail()
		u, err := client.Upload(ctx, name, contents)
		if err != nil {
			return nil, err
		}
		r.Uploads = []string{u.ID}
		i, err := p.follow(ctx, client, r)
		if err != nil {
			return nil, err
		}
		out.Imports = append(out.Imports, *i)
	}
	for _, s := range demo.Segments {
		in := api.SegmentRequest{Name: s.Name, Expression: s.Expression, Description: s.Description}
		err := client.Call(ctx, http.MethodPost, "/api/v1/segments", in, nil)
		if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			return nil, fmt.Errorf("segment %q: %w", s.Name, err)
		}
	}
	var err error
	if out.Refresh, err = p.refresh(ctx, client, nil, demo.AsOf); err != nil {
		return nil, err
	}
	if err := failedRuns(out.Refresh); err != nil {
		return nil, err
	}
	out.Data = &api.Data{}
	if err := client.Call(ctx, http.MethodGet, "/api/v1/data", nil, out.Data); err != nil {
		return nil, err
	}
	for _, d := range demo.Segments {
		var s api.Segment
		if err := client.Call(ctx, http.MethodGet, segmentPath(d.Name, ""), nil, &s); err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, s)
	}
	out.Found, err = p.demoDiscover(ctx, client)
	return out, err
}

// demoAlone refuses to mix the bundled data with anything else.
func (p *program) demoAlone(ctx context.Context, client *api.Client) error {
	var page api.ImportPage
	if err := client.Call(ctx, http.MethodGet, "/api/v1/imports?limit=1000", nil, &page); err != nil {
		return err
	}
	for _, i := range page.Imports {
		if i.State == string(kreds.ImportCommitted) && (len(i.Files) != 1 || fileNames(i.Files) != demo.Name && fileNames(i.Files) != "rfm.csv") {
			return kreds.Errorf(kreds.CodeRefused, "%s holds other data, which the demo would mix with", p.data).
				WithHint("give the demo a directory of its own: kreds demo --data demo-data")
		}
	}
	return nil
}

func printDemo(w *strings.Builder, d *demonstration, dir string) {
	for _, e := range d.Data.Events {
		fmt.Fprintf(w, "%s: %s of %s on %s, %s to %s", demo.Title, counted(e.Rows, "line", "lines"),
			counted(e.Profiles, "customer", "customers"), counted(e.Occasions, "invoice", "invoices"), day(e.First), day(e.Last))
	}
	if n := d.Imports[0].Import.Rejected; n > 0 {
		fmt.Fprintf(w, " (%s without a customer left out)", counted(n, "line", "lines"))
	}
	w.WriteString("\n\n")
	t := newTable("segment", ">members", ">share", "who")
	for _, s := range d.Segments {
		if s.Run == nil {
			continue
		}
		t.add(s.Name, grouped(s.Run.Members), share(s.Run.Members, d.Data.Persons), s.Description)
	}
	t.write(w)
	fmt.Fprintf(w, "\nAs of %s, evaluated in %s.\n", demo.AsOf, took(d.Refresh.Seconds))
	printFound(w, d.Found)
	w.WriteString("\nNext:\n\n")
	kreds := "  kreds "
	if dir != "kreds-data" {
		kreds += "--data " + dir + " "
	}
	for _, next := range []string{
		`data`,
		`segment why 12346 "Win back" --as-of ` + demo.AsOf,
		`discover show ` + shellQuoted(demo.Discovery) + ` --k 5`,
		`segment overlap Loyal Regular "Best tenth" --as-of ` + demo.AsOf,
		`count --by-clause 'country = "Germany" and last purchase within last 30 days' --as-of ` + demo.AsOf,
	} {
		w.WriteString(kreds + next + "\n")
	}
	w.WriteString("\nYour own customers: kreds import --help\n")
}
