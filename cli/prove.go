package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) proveCommand() *cobra.Command {
	var r api.ProveRequest
	var threshold []string
	c := &cobra.Command{
		Use:   "prove SEGMENT… | --discovery NAME",
		Short: "Say whether segments are real, on past data",
		Long: `Say whether segments are real and useful: replay them at past dates, and compare
what their members did in the horizon after each date with what everybody else
did. Of several segments, or of a discovery, also say how much of the outcome
they explain, and whether a simpler set does as well. The proof is kept.

A proof looks at nothing that happened after a date to say who was a member on
it. Traits whose values have no dates are therefore refused; if they never
change, say so: kreds data timeless TRAIT.`,
		Example: `  kreds prove Loyal
  kreds prove Loyal --outcome 'did purchase' --horizon '30 days' --from 2011-03-01 --every week
  kreds prove Loyal Regular Lapsed
  kreds prove --discovery spring --outcome 'sum(amount) of purchase' --horizon '3 months'`,
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			r.Segments = args
			if (len(args) == 0) == (r.Discovery == "") {
				return kreds.Errorf(kreds.CodeInvalid, "name segments, or a discovery, to prove").WithHint("%s", firstLine(cmd))
			}
			if len(threshold) > 0 {
				r.Thresholds = &api.Thresholds{}
				if err := setThresholds(r.Thresholds, threshold); err != nil {
					return err
				}
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Proof
			if err := p.job(ctx, client, "/api/v1/proofs", "proving", r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printProof(w, &out) })
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.Discovery, "discovery", "", "`NAME`: prove the segments of a discovery")
	f.IntVar(&r.K, "k", 0, "of its solution of `N` segments; default the recommended one")
	f.StringVar(&r.Outcome, "outcome", "", "`'WHAT'` members are to differ in afterwards: a measure or a condition; default the worth of purchases")
	f.StringVar(&r.Horizon, "horizon", "", "`'90 days'`: how long after each date; that is the default")
	f.StringVar(&r.From, "from", "", "the first `DATE`; default a year before the last one")
	f.StringVar(&r.To, "to", "", "the last `DATE`; default that of --as-of")
	f.StringVar(&r.Every, "every", "", "`'1 month'`: the step between dates; that is the default")
	f.StringVar(&r.AsOf, "as-of", "", "`DATE` after which nothing is looked at; default the end of the data")
	f.StringSliceVar(&r.Timeless, "timeless", nil, "`TRAIT` without dates that never changes, for this proof; may be repeated")
	thresholdFlag(f, &threshold, "; default those of kreds settings")
	f.Uint64Var(&r.Seed, "seed", 0, "`N`: the same data and seed give the same intervals")
	f.StringVar(&r.Name, "name", "", "`NAME` under which the proof is kept; default that of what is proved")
	c.AddCommand(p.proveListCommand(), p.proveShowCommand(), p.proveDeleteCommand())
	return c
}

func proofPath(name string) string {
	return "/api/v1/proofs/" + strings.ReplaceAll(url.PathEscape(name), ".", "%2E")
}

func (p *program) proveListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List proofs",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			return show(p, cmd, "/api/v1/proofs", printProofList)
		}),
	}
}

func printProofList(w *strings.Builder, out *api.ProofList) {
	if len(out.Proofs) == 0 {
		fmt.Fprintln(w, "Nothing is proved yet: kreds prove SEGMENT does.")
		return
	}
	t := newTable("proof", ">segments", ">confirmed", "outcome", "horizon", ">dates", "as of")
	for _, x := range out.Proofs {
		confirmed := 0
		for _, s := range x.Segments {
			if s.Standing == "confirmed" {
				confirmed++
			}
		}
		t.add(x.Name, strconv.Itoa(len(x.Segments)), strconv.Itoa(confirmed), short(x.Outcome, 40), x.Horizon, strconv.Itoa(x.Dates), when(x.AsOf))
	}
	t.write(w)
}

func (p *program) proveShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show a proof",
		Args:  exactly(1, "the name of a proof"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return show(p, cmd, proofPath(args[0]), printProof)
		}),
	}
}

func (p *program) proveDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a proof",
		Args:  exactly(1, "the name of a proof"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			if err := client.Call(ctx, http.MethodDelete, proofPath(args[0]), nil, nil); err != nil {
				return err
			}
			return p.print(deleted{args[0]}, func(w *strings.Builder) { fmt.Fprintf(w, "Deleted the proof %s.\n", clean(args[0])) })
		}),
	}
}

func (p *program) feedbackCommand() *cobra.Command {
	var r api.FeedbackRequest
	var remove int64
	c := &cobra.Command{
		Use:   "feedback NAME",
		Short: "Say what you think of a segment, or see what was said",
		Long: `Say what you, who work with the segment, think of it: good, fair or poor, of the
segment as a whole or of one criterion of its scorecard. Proofs show it beside
their figures. Without --verdict what was said is listed.`,
		Example: `  kreds segment feedback Loyal --verdict good --note 'they take our calls' --by Anna
  kreds segment feedback Loyal --verdict poor --on reachable --by Bo
  kreds segment feedback Loyal`,
		Args: exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if r.Verdict == "" && (r.Note != "" || r.Criterion != "") {
				return kreds.Errorf(kreds.CodeInvalid, "what is the verdict?").WithHint("say --verdict good, fair or poor")
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			path := segmentPath(args[0], "/feedback")
			if remove != 0 {
				if err := client.Call(ctx, http.MethodDelete, path+"/"+strconv.FormatInt(remove, 10), nil, nil); err != nil {
					return err
				}
			}
			var out api.FeedbackList
			if r.Verdict != "" {
				err = client.Call(ctx, http.MethodPost, path, r, &out)
			} else {
				err = client.Call(ctx, http.MethodGet, path, nil, &out)
			}
			if err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printFeedback(w, &out) })
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.Verdict, "verdict", "", "`VERDICT`: good, fair or poor")
	f.StringVar(&r.Criterion, "on", "", "`CRITERION` of the scorecard: measurable, substantial, reachable, differentiable, stable or actionable")
	f.StringVar(&r.Note, "note", "", "`TEXT`: why")
	f.StringVar(&r.Author, "by", "", "`NAME` of who says so")
	f.Int64Var(&remove, "delete", 0, "take back the one of the `NUMBER`")
	return c
}

func printFeedback(w *strings.Builder, l *api.FeedbackList) {
	if len(l.Feedback) == 0 {
		fmt.Fprintf(w, "Nobody has said anything of %s yet.\n", quoted(l.Segment))
		return
	}
	t := newTable(">", "verdict", "on", "by", "given", "note")
	for _, f := range l.Feedback {
		on := f.Criterion
		if on == "" {
			on = "the segment"
		}
		t.add(strconv.FormatInt(f.ID, 10), f.Verdict, on, f.Author, moment(f.Given), f.Note)
	}
	t.write(w)
}

func (p *program) timelessCommand() *cobra.Command {
	var company, no bool
	c := &cobra.Command{
		Use:   "timeless TRAIT…",
		Short: "Declare that traits without dates never change",
		Long: `Declare that traits whose values have no dates never change: a year of birth, say,
but not a number of orders. Proofs, which refuse other traits without dates, then
take what is known today for what was known at any time.`,
		Example: `  kreds data timeless birth_year
  kreds data timeless birth_year --no`,
		Args: atLeast(1, "the name of a trait"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			kind := "person"
			if company {
				kind = "company"
			}
			out := traits{[]api.TraitRef{}}
			for _, name := range args {
				var t api.TraitRef
				path := "/api/v1/traits/" + kind + "/" + strings.ReplaceAll(url.PathEscape(name), ".", "%2E") + "/timeless"
				if err := client.Call(ctx, http.MethodPut, path, api.TimelessRequest{Timeless: !no}, &t); err != nil {
					return err
				}
				out.Traits = append(out.Traits, t)
			}
			return p.print(out, func(w *strings.Builder) {
				for _, t := range out.Traits {
					how := "is taken never to change"
					switch {
					case no && t.Dated:
						how = "has dates, so that nothing needs to be said"
					case no:
						how = "may change, so that proofs refuse it"
					}
					fmt.Fprintf(w, "%s %s.\n", clean(t.Name), how)
				}
			})
		}),
	}
	c.Flags().BoolVar(&company, "company", false, "they are traits of companies")
	c.Flags().BoolVar(&no, "no", false, "take it back")
	return c
}
