package cli

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) segmentCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "segment",
		Short: "Save, show, edit and explain segments",
		Long: `A segment is a named group of customers with a definition. Every edit is kept as
a version, so the segment can be seen as it was at any time.`,
		RunE: group,
	}
	c.AddCommand(
		p.createCommand(), p.listCommand(), p.showCommand(), p.editCommand(), p.renameCommand(), p.archiveCommand(), p.restoreCommand(), p.deleteCommand(),
		p.membersCommand(), p.whyCommand(), p.overlapCommand(), p.historyCommand(), p.feedbackCommand(), p.changeCommand(),
	)
	return c
}

// segmentPath is the address of a segment. A name of dots would be taken for a
// folder.
func segmentPath(name, rest string) string {
	return "/api/v1/segments/" + strings.ReplaceAll(url.PathEscape(name), ".", "%2E") + rest
}

// attributes are the flags that segments share.
type attributes struct {
	description, owner, author, note string
	tags                             []string
}

func (a *attributes) flags(c *cobra.Command) {
	c.Flags().StringVar(&a.description, "description", "", "`TEXT` that says what the segment is for")
	c.Flags().StringVar(&a.owner, "owner", "", "`NAME` of the person responsible")
	c.Flags().StringSliceVar(&a.tags, "tag", nil, "`TAG`; may be repeated")
	c.Flags().StringVar(&a.author, "author", "", "`NAME` kept with the version")
	c.Flags().StringVar(&a.note, "note", "", "`TEXT` kept with the version: why the definition is so")
}

func (p *program) createCommand() *cobra.Command {
	var a attributes
	var keys, subject string
	c := &cobra.Command{
		Use:   "create NAME 'EXPR'",
		Short: "Save an expression as a segment",
		Long: `Save an expression under a name. The expression - is read from standard input,
@FILE from a file. Members are there after kreds refresh.

With --keys FILE instead of an expression the segment is a list: the file has
one customer key per line (- reads standard input).`,
		Example: `  kreds segment create 'Loyal customers' 'did purchase at least 5 times within last 12 months' --owner Anna --tag core
  kreds segment create 'Trade fair' --keys visitors.txt`,
		Args: arguments(1, 2, "a name and an expression, in quotes"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			in := api.SegmentRequest{
				Name: args[0], Description: a.description, Owner: a.owner, Tags: a.tags, Author: a.author, Note: a.note, Subject: subject,
			}
			var err error
			switch {
			case len(args) == 2 && keys == "":
				if in.Expression, err = p.expression(args[1]); err != nil {
					return err
				}
			case len(args) == 1 && keys != "":
				if in.Keys, err = p.keys(keys); err != nil {
					return err
				}
			default:
				return kreds.Errorf(kreds.CodeInvalid, "a segment needs either an expression or --keys").WithHint("%s", firstLine(cmd))
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var s api.Segment
			if err := client.Call(ctx, http.MethodPost, "/api/v1/segments", in, &s); err != nil {
				return err
			}
			err = p.print(s, func(w *strings.Builder) {
				fmt.Fprintf(w, "Saved segment %s, version %d.\n", quoted(s.Name), s.Version)
				if s.Source == "rule" {
					fmt.Fprintf(w, "  %s\n", indented(s.Expression))
				}
			})
			if err == nil && s.Source == "rule" {
				p.say("Next: kreds refresh")
			}
			return err
		}),
	}
	a.flags(c)
	c.Flags().StringVar(&keys, "keys", "", "`FILE` with the keys of the members, one per line")
	c.Flags().StringVar(&subject, "subject", "", "`WHAT` --keys names: persons (default) or companies")
	return c
}

// keys reads keys, one per line; empty lines are left out.
func (p *program) keys(name string) ([]string, error) {
	r := p.Stdin
	if name != "-" {
		f, err := os.Open(p.path(name))
		if err != nil {
			return nil, fileError(name, err)
		}
		defer f.Close()
		r = f
	}
	keys := []string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if k := strings.TrimSpace(lines.Text()); k != "" {
			keys = append(keys, k)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fileError(name, err)
	}
	return keys, nil
}

func (p *program) listCommand() *cobra.Command {
	var archived bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List segments with their members as of the last refresh",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			out := segments{[]api.Segment{}}
			cursor := ""
			for {
				var page api.SegmentPage
				path := fmt.Sprintf("/api/v1/segments?limit=1000&archived=%t", archived)
				if cursor != "" {
					path += "&cursor=" + url.QueryEscape(cursor)
				}
				if err := client.Call(ctx, http.MethodGet, path, nil, &page); err != nil {
					return err
				}
				out.Segments = append(out.Segments, page.Segments...)
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			return p.print(out, func(w *strings.Builder) { printSegments(w, out.Segments) })
		}),
	}
	c.Flags().BoolVar(&archived, "archived", false, "those that are archived, instead of the others")
	return c
}

func printSegments(w *strings.Builder, segments []api.Segment) {
	if len(segments) == 0 {
		fmt.Fprintln(w, "There are no segments yet: kreds segment create NAME 'EXPR' makes one.")
		return
	}
	t := newTable("segment", ">members", "as of", ">version", "owner", "definition")
	for _, s := range segments {
		members, at := "–", "not refreshed"
		if s.Run != nil {
			members, at = grouped(s.Run.Members), when(s.Run.AsOf)
		}
		if s.Failed != nil {
			at += ", failed since"
		}
		def := s.Expression
		if s.Source != "rule" {
			def = s.Source
		}
		t.add(s.Name, members, at, fmt.Sprint(s.Version), s.Owner, short(def, 60))
	}
	t.write(w)
}

func (p *program) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show a segment",
		Args:  exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return show(p, cmd, segmentPath(args[0], ""), printSegment)
		}),
	}
}

func printSegment(w *strings.Builder, s *api.Segment) {
	fmt.Fprintf(w, "%s: ", clean(s.Name))
	if s.Run == nil {
		fmt.Fprint(w, "not refreshed yet")
	} else {
		fmt.Fprintf(w, "%s as of %s", counted(s.Run.Members, "member", "members"), when(s.Run.AsOf))
	}
	fmt.Fprintln(w)
	if s.Failed != nil {
		fmt.Fprintf(w, "the last refresh failed: %s\n", clean(s.Failed.Error))
	}
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-12s %s\n", name, clean(value))
		}
	}
	fmt.Fprintln(w)
	line("definition", strings.ReplaceAll(s.Expression, "\n", "\n             "))
	line("subject", s.Subject)
	line("source", s.Source)
	line("version", fmt.Sprint(s.Version))
	line("description", s.Description)
	line("owner", s.Owner)
	line("tags", strings.Join(s.Tags, ", "))
	line("created", moment(s.Created))
	line("updated", moment(s.Updated))
	if s.Archived != "" {
		line("archived", moment(s.Archived))
	}
}

func (p *program) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rename NAME NEW",
		Short:   "Rename a segment; references to it follow",
		Example: "  kreds segment rename 'Loyal customers' Loyal",
		Args:    exactly(2, "the name of a segment and a new one"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var s api.Segment
			if err := client.Call(ctx, http.MethodPatch, segmentPath(args[0], ""), api.SegmentChange{Name: &args[1]}, &s); err != nil {
				return err
			}
			return p.print(s, func(w *strings.Builder) { fmt.Fprintf(w, "Renamed %s to %s.\n", quoted(args[0]), quoted(s.Name)) })
		}),
	}
}

func (p *program) deleteCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a segment with its versions and runs",
		Long: `Delete a segment with its versions and runs, after asking. It is refused while
another segment refers to it.`,
		Args: exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var s api.Segment
			if err := client.Call(ctx, http.MethodGet, segmentPath(args[0], ""), nil, &s); err != nil {
				return err
			}
			if !yes {
				if err := p.ask(ctx, fmt.Sprintf("Delete segment %s with its %s?", quoted(s.Name), counted(int64(s.Version), "version", "versions"))); err != nil {
					return err
				}
			}
			if err := client.Call(ctx, http.MethodDelete, segmentPath(args[0], ""), nil, nil); err != nil {
				return err
			}
			return p.print(deleted{s.Name}, func(w *strings.Builder) { fmt.Fprintf(w, "Deleted segment %s.\n", quoted(s.Name)) })
		}),
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return c
}

// ask asks on stderr; anything but yes refuses.
func (p *program) ask(ctx context.Context, question string) error {
	p.tell("%s [y/N] ", clean(question))
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.Stdin).ReadString('\n') // an end without a line is a no
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
		return kreds.Errorf(kreds.CodeRefused, "nothing was changed").WithHint("answer y, or give --yes")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func quoted(name string) string { return `"` + clean(name) + `"` }

func indented(s string) string { return strings.ReplaceAll(clean(s), "\n", "\n  ") }
