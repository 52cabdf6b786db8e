package cli

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) changeCommand() *cobra.Command {
	var r api.ChangeRequest
	c := &cobra.Command{
		Use:   "change NAME --from DATE",
		Short: "Say why a segment's size changed between two dates",
		Long: `Say why a segment's size changed: what people did, windows that ran out, data that
arrived late, a source that broke, another definition. Everybody who joined or
left has one cause, so that the causes add up.`,
		Example: `  kreds segment change Loyal --from 2011-08-31 --to 2011-09-30`,
		Args:    exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if r.From == "" {
				return kreds.Errorf(kreds.CodeInvalid, "since when?").WithHint("%s", firstLine(cmd))
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Change
			if err := client.Call(ctx, http.MethodPost, segmentPath(args[0], "/change"), r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printChange(w, &out) })
		}),
	}
	c.Flags().StringVar(&r.From, "from", "", "the first `DATE`")
	c.Flags().StringVar(&r.To, "to", "", "the second `DATE`; default now")
	return c
}

func printChange(w *strings.Builder, c *api.Change) {
	fmt.Fprintf(w, "%s: %s as of %s, %s as of %s; %s joined, %s left\n", clean(c.Segment), counted(c.Before, "member", "members"), when(c.From),
		grouped(c.After), when(c.To), grouped(c.Joined), grouped(c.Left))
	if c.Newcomers > 0 {
		fmt.Fprintf(w, "Of those who joined, %s were no customers before.\n", grouped(c.Newcomers))
	}
	w.WriteString("\n")
	t := newTable("cause", ">joined", ">left", ">change", "what it is")
	for _, x := range c.Causes {
		if x.Joined+x.Left > 0 {
			t.add(x.Name, grouped(x.Joined), grouped(x.Left), signed(x.Joined-x.Left), x.Text)
		}
	}
	t.add("together", grouped(c.Joined), grouped(c.Left), signed(c.Joined-c.Left), "")
	t.write(w)
	for _, s := range c.Stopped {
		fmt.Fprintf(w, "\nNothing came of %s since %s; each of four stretches of that length before had at least %s.\n", clean(s.Event), moment(s.Last), grouped(s.Before))
	}
	for _, n := range c.Notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
}

func signed(n int64) string {
	if n > 0 {
		return "+" + grouped(n)
	}
	return grouped(n)
}
