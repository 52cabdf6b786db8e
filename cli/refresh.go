package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) refreshCommand() *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use:   "refresh [SEGMENT…]",
		Short: "Evaluate segments again",
		Long: `Evaluate the segments together, or all of them: who is in now, who joined and
who left since the last refresh. Where one fails, its last good members stay.`,
		Example: `  kreds refresh
  kreds refresh 'Loyal customers' --as-of 2011-12-09`,
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			out, err := p.refresh(ctx, client, args, asOf)
			if err != nil {
				return err
			}
			if err := p.print(out, func(w *strings.Builder) { printRefresh(w, out) }); err != nil {
				return err
			}
			return failedRuns(out)
		}),
	}
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	return c
}

// failedRuns is the error of a refresh in which segments failed.
func failedRuns(out *api.Refresh) error {
	failed := 0
	for _, r := range out.Runs {
		if r.Error != "" {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	return kreds.Errorf(kreds.CodeInternal, "%d of %d segments failed", failed, len(out.Runs)).
		WithHint("their members are those of the last good refresh; kreds segment history NAME shows when that was")
}

func printRefresh(w *strings.Builder, r *api.Refresh) {
	if len(r.Runs) == 0 {
		fmt.Fprintln(w, "There are no segments yet: kreds segment create NAME 'EXPR' makes one.")
		return
	}
	fmt.Fprintf(w, "%s as of %s, in %s\n\n", counted(int64(len(r.Runs)), "segment", "segments"), when(r.AsOf), took(r.Seconds))
	t := newTable("segment", ">members", ">joined", ">left", "")
	for _, x := range r.Runs {
		if x.Error != "" {
			t.add(x.Segment, "", "", "", "failed: "+x.Error)
			continue
		}
		t.add(x.Segment, grouped(x.Members), grouped(x.Joined), grouped(x.Left), "")
	}
	t.write(w)
}

func (p *program) refresh(ctx context.Context, client *api.Client, names []string, asOf string) (*api.Refresh, error) {
	var out api.Refresh
	in := api.RefreshRequest{Segments: names, AsOf: asOf}
	if err := client.Call(ctx, http.MethodPost, "/api/v1/refresh", in, &out); err != nil {
		return nil, err
	}
	return &out, nil
}
