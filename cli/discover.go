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
)

func (p *program) discoverCommand() *cobra.Command {
	var r api.DiscoverRequest
	c := &cobra.Command{
		Use:   "discover NAME",
		Short: "Look for segments in traits, behaviour and answers",
		Long: `Look for segments, and say whether they are real: for each number of segments
how far they are apart and whether they come back on other samples, a year's
quarter earlier, and beside data without any groups. What is found is kept under
NAME. Nothing becomes a segment until it is accepted: kreds discover accept NAME.

Features are terms or conditions of the language, as with kreds count; names that
hold commas or spaces stand in back quotes, and PART / WHOLE is a share. A preset
chooses them, --on adds some, and --without leaves some out.

Missing values get the median, skewed numbers are used as logarithms or without their
tails, numbers are scaled; kreds discover show says how, and flags change it. Columns
that are constant, say the same as another or identify profiles are refused, and so
is what may tell of health, religion, origin and the like unless it is allowed.

Presets: rfm (recency, frequency, monetary), value, behaviour, firmographic, and
survey:NAME for the traits survey.NAME.*`,
		Example: `  kreds discover spring --preset rfm --k 2..8 --as-of 2011-09-09
  kreds discover spring --on 'age, income, count of purchase' --k 4
  kreds discover views --preset survey:panel --method lca
  kreds discover accept spring --k 4 --by rule`,
		Args: exactly(1, "a name for what is found"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			r.Name = args[0]
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Discovery
			if err := p.job(ctx, client, "/api/v1/discoveries", "looking for segments", r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printDiscovery(w, &out, 0, false) })
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.Among, "among", "", "`'EXPR'` or name of a segment: whom to divide")
	f.StringArrayVar(&r.On, "on", nil, "`FEATURE,…`: terms or conditions; may be repeated")
	f.StringArrayVar(&r.Without, "without", nil, "`FEATURE` to leave out; may be repeated")
	f.StringVar(&r.Preset, "preset", "", "`NAME` of a recipe: rfm, value, behaviour, firmographic or survey:NAME")
	f.StringVar(&r.Event, "event", "", "of presets: the `EVENT` that a purchase is")
	f.StringVar(&r.Value, "value", "", "of presets: the `PROPERTY` that says what a purchase was worth")
	f.StringVar(&r.Method, "method", "", "`METHOD`: auto, kmeans, kmedians, spherical, kprototypes, mixture, lca, ward, hdbscan or rfm")
	f.StringVar(&r.K, "k", "", "how many segments: `4` or 2..8 (the default)")
	f.StringVar(&r.Scale, "scale", "", "`HOW` features are scaled: auto, z, robust or none")
	f.StringVar(&r.Transform, "transform", "", "`HOW` skewed features are used: auto, log, winsorise or none")
	f.StringArrayVar(&r.Use, "use", nil, "`FEATURE=HOW` one feature is used: log, winsorise or none; may be repeated")
	f.StringVar(&r.Missing, "missing", "", "`WHAT` takes the place of missing values: median (the default), mean, zero, or exclude the profile")
	f.StringVar(&r.Categories, "categories", "", "`HOW` texts are used: auto, onehot (a column for each) or native (as they are)")
	f.IntVar(&r.Starts, "starts", 0, "`N` starts for each number of segments; default 10")
	f.StringVar(&r.AsOf, "as-of", "", asOfUsage)
	f.Uint64Var(&r.Seed, "seed", 0, "`N`: the same data and seed give the same segments")
	f.BoolVar(&r.AllowSensitive, "allow-sensitive", false, "take features that may tell of health, religion, origin and the like")
	c.AddCommand(p.discoverListCommand(), p.discoverShowCommand(), p.discoverAcceptCommand(), p.discoverTypingCommand(), p.discoverDeleteCommand())
	return c
}

func (p *program) discoverListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List discoveries",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			return show(p, cmd, "/api/v1/discoveries", printDiscoveryList)
		}),
	}
}

func printDiscoveryList(w *strings.Builder, out *api.DiscoveryList) {
	if len(out.Discoveries) == 0 {
		fmt.Fprintln(w, "Nothing was looked for yet: kreds discover NAME does.")
		return
	}
	t := newTable("discovery", ">profiles", "features", "method", ">segments", "verdict", "as of")
	for _, d := range out.Discoveries {
		t.add(d.Name, grouped(int64(d.N)), short(strings.Join(d.Features, ", "), 40), d.Method, fmt.Sprint(d.Recommended.K), d.Recommended.Verdict, when(d.AsOf))
	}
	t.write(w)
}

func (p *program) discoverShowCommand() *cobra.Command {
	var k int
	c := &cobra.Command{
		Use:     "show NAME",
		Short:   "Show what was found",
		Example: `  kreds discover show spring --k 5`,
		Args:    exactly(1, "the name of a discovery"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Discovery
			if err := client.Call(ctx, http.MethodGet, discoveryPath(args[0], ""), nil, &out); err != nil {
				return err
			}
			if _, err := solution(&out, k); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printDiscovery(w, &out, k, true) })
		}),
	}
	c.Flags().IntVar(&k, "k", 0, "show the solution of `N` segments; default the recommended one")
	return c
}

func (p *program) discoverAcceptCommand() *cobra.Command {
	var r api.AcceptRequest
	c := &cobra.Command{
		Use:   "accept NAME",
		Short: "Make segments of what was found",
		Long: `Make segments of a discovery, all of them or none. By rule they are expressions,
live and editable, near to what was found; by model they are exactly what was
found, and newcomers are assigned to the nearest one at each refresh.

By typing they are that too, and everybody who was not in the discovery, as those who
did not answer a survey, is assigned at each refresh by what is known of everybody:
make the tool first with kreds discover typing NAME, which says how often it is
right. The probabilities become the traits typing.NAME.segment,
typing.NAME.probability, typing.NAME.p1 and so on.`,
		Example: `  kreds discover accept spring --by rule
  kreds discover accept spring --k 4 --by model --name Regulars --name Lapsed --name New --name Big
  kreds discover accept views --k 4 --by typing`,
		Args: exactly(1, "the name of a discovery"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			if r.By == "" {
				return kreds.Errorf(kreds.CodeInvalid, "what should decide who is in the segments?").
					WithHint("say --by rule, for expressions that can be read and edited, --by model, for exactly what was found, or --by typing, to assign everybody else too")
			}
			var out api.Accepted
			if err := client.Call(ctx, http.MethodPost, discoveryPath(args[0], "/accept"), r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) {
				fmt.Fprintf(w, "Saved %s:\n\n", counted(int64(len(out.Segments)), "segment", "segments"))
				t := newTable("segment", "by", "who")
				for _, s := range out.Segments {
					who := s.Expression
					if who == "" {
						who = s.Description
					}
					t.add(s.Name, s.Source, who)
				}
				t.write(w)
				fmt.Fprintln(w, "\nkreds refresh evaluates them.")
			})
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&r.K, "k", 0, "of the solution of `N` segments; default the recommended one")
	f.StringVar(&r.By, "by", "", "`rule`, model or typing")
	f.IntSliceVar(&r.Segments, "segment", nil, "`N`: only this one, from 1, the largest first; may be repeated")
	f.StringArrayVar(&r.Names, "name", nil, "`NAME` of the next segment; may be repeated")
	f.StringVar(&r.Owner, "owner", "", "`WHO` looks after them")
	return c
}

func (p *program) discoverDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a discovery; segments made of it stay",
		Args:  exactly(1, "the name of a discovery"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			if err := client.Call(ctx, http.MethodDelete, discoveryPath(args[0], ""), nil, nil); err != nil {
				return err
			}
			return p.print(deleted{args[0]}, func(w *strings.Builder) { fmt.Fprintf(w, "Deleted the discovery %s.\n", args[0]) })
		}),
	}
}

func discoveryPath(name, rest string) string {
	return "/api/v1/discoveries/" + url.PathEscape(name) + rest
}

// solution is the one of k segments, 0 being the recommended one.
func solution(d *api.Discovery, k int) (*api.Solution, error) {
	if k == 0 {
		k = d.Recommended.K
	}
	var ks []string
	for i := range d.Solutions {
		if d.Solutions[i].K == k {
			return &d.Solutions[i], nil
		}
		ks = append(ks, fmt.Sprint(d.Solutions[i].K))
	}
	return nil, kreds.Errorf(kreds.CodeNotFound, "the discovery %s has no solution of %d segments", d.Name, k).WithHint("it has: %s", strings.Join(ks, ", "))
}

// job begins long work, shows how far it is, and reads what came out. When the context
// ends the work is cancelled.
func (p *program) job(ctx context.Context, client *api.Client, path, what string, in, out any) error {
	var begun api.Job
	if err := client.Call(ctx, http.MethodPost, path, in, &begun); err != nil {
		return err
	}
	bar := p.progress(what, -1)
	defer bar.close()
	one := "/api/v1/jobs/" + url.PathEscape(begun.ID)
	for {
		now := struct {
			api.Job
			Result any `json:"result"`
		}{Result: out}
		if err := client.Call(ctx, http.MethodGet, one+"?wait=1", nil, &now); err != nil {
			if ctx.Err() != nil {
				// If the server is gone, so is the job.
				_ = client.Call(context.WithoutCancel(ctx), http.MethodDelete, one, nil, nil)
			}
			return err
		}
		switch now.State {
		case api.JobDone:
			return nil
		case api.JobFailed:
			return now.Problem
		case api.JobCancelled:
			return kreds.Errorf(kreds.CodeCancelled, "cancelled")
		}
		bar.share(now.Progress)
	}
}
