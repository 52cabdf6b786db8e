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

func (p *program) editCommand() *cobra.Command {
	var a attributes
	var asOf string
	var yes bool
	c := &cobra.Command{
		Use:   "edit NAME ['EXPR']",
		Short: "Change a segment; a new expression becomes a new version",
		Long: `Change the definition of a segment, or its description, owner or tags.

For a new expression kreds first shows what it would change: who would join and
who would leave. Then it asks, unless --yes is given. The old version is kept.`,
		Example: `  kreds segment edit 'Loyal customers' 'did purchase at least 6 times within last 12 months' --note 'five was too many people'
  kreds segment edit 'Loyal customers' --owner Bo`,
		Args: arguments(1, 2, "the name of a segment, and a new expression if it changes"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			change := api.SegmentChange{Author: a.author, Note: a.note}
			set := cmd.Flags().Changed
			if set("description") {
				change.Description = &a.description
			}
			if set("owner") {
				change.Owner = &a.owner
			}
			if set("tag") {
				change.Tags = &a.tags
			}
			if len(args) == 2 {
				text, err := p.expression(args[1])
				if err != nil {
					return err
				}
				change.Expression = &text
			}
			if change.Description == nil && change.Owner == nil && change.Tags == nil && change.Expression == nil {
				return kreds.Errorf(kreds.CodeInvalid, "there is nothing to change").WithHint("%s", firstLine(cmd))
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			out := edited{}
			if change.Expression != nil {
				if out.Change, err = p.preview(ctx, client, args[0], &change, asOf, yes); err != nil {
					return err
				}
			}
			var s api.Segment
			if err := client.Call(ctx, http.MethodPatch, segmentPath(args[0], ""), change, &s); err != nil {
				return err
			}
			out.Segment = &s
			err = p.print(out, func(w *strings.Builder) {
				fmt.Fprintf(w, "Saved segment %s, version %d.\n", quoted(s.Name), s.Version)
			})
			if err == nil && change.Expression != nil {
				p.say("Next: kreds refresh")
			}
			return err
		}),
	}
	a.flags(c)
	c.Flags().StringVar(&asOf, "as-of", "", "show what would change as of `TIME`; default now")
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

// preview shows what a new expression would change and asks. The change is
// then bound to the version that was looked at.
func (p *program) preview(ctx context.Context, client *api.Client, name string, change *api.SegmentChange, asOf string, yes bool) (*api.Preview, error) {
	var s api.Segment
	if err := client.Call(ctx, http.MethodGet, segmentPath(name, ""), nil, &s); err != nil {
		return nil, err
	}
	change.Version = s.Version
	var pv api.Preview
	in := api.PreviewRequest{Expression: *change.Expression, AsOf: asOf}
	if err := client.Call(ctx, http.MethodPost, segmentPath(name, "/preview"), in, &pv); err != nil {
		return nil, err
	}
	if yes && (p.quiet || p.json) {
		return &pv, nil
	}
	p.tell("  was  %s\n  new  %s\nAs of %s: %s would become %s; %s would join, %s would leave.\n",
		short(s.Expression, 200), short(*change.Expression, 200), when(pv.AsOf),
		counted(pv.Before, "member", "members"), grouped(pv.After), grouped(pv.Joined), grouped(pv.Left))
	if yes {
		return &pv, nil
	}
	return &pv, p.ask(ctx, fmt.Sprintf("Save as version %d?", s.Version+1))
}

func (p *program) archiveCommand() *cobra.Command {
	c := p.archiving(true)
	c.Use = "archive NAME"
	c.Short = "Put a segment away, with its history"
	c.Long = `Put a segment away. It is not listed and not refreshed with the others; its
definition, versions and members stay, and segments that refer to it go on.
"kreds segment restore" takes it back.`
	return c
}

func (p *program) restoreCommand() *cobra.Command {
	c := p.archiving(false)
	c.Use = "restore NAME"
	c.Short = "Take an archived segment back"
	return c
}

// archiving puts a segment away or takes it back.
func (p *program) archiving(away bool) *cobra.Command {
	return &cobra.Command{
		Args: exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			client, err := p.connect(cmd.Context(), existing)
			if err != nil {
				return err
			}
			var s api.Segment
			if err := client.Call(cmd.Context(), http.MethodPatch, segmentPath(args[0], ""), api.SegmentChange{Archived: &away}, &s); err != nil {
				return err
			}
			return p.print(s, func(w *strings.Builder) {
				if away {
					fmt.Fprintf(w, "Archived segment %s.\n", quoted(s.Name))
				} else {
					fmt.Fprintf(w, "Restored segment %s.\n", quoted(s.Name))
				}
			})
		}),
	}
}
