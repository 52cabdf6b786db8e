package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) membersCommand() *cobra.Command {
	var asOf, format, after, expression string
	var traits []string
	var limit int
	var refreshed bool
	c := &cobra.Command{
		Use:   "members NAME",
		Short: "List the members of a segment",
		Long: `List the members of a segment in the order of their keys, with traits beside them
if asked: as a table, as CSV, or as JSON Lines (also with --json). They are
evaluated as of now or of --as-of, by the current definition; --refreshed gives
those that the last good refresh found.`,
		Example: `  kreds segment members 'Loyal customers' --traits country,age --limit 20
  kreds segment members 'Loyal customers' --format csv > loyal.csv
  kreds segment members --expression 'country = "DK"'`,
		Args: arguments(0, 1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if p.json {
				format = "ndjson"
			}
			wire := format
			switch format {
			case "table":
				wire = "ndjson"
			case "jsonl":
				format, wire = "ndjson", "ndjson"
			case "csv", "ndjson":
			default:
				return kreds.Errorf(kreds.CodeInvalid, "unknown format %q", format).WithHint("it is table, csv or jsonl")
			}
			if (len(args) == 1) == (expression != "") {
				return kreds.Errorf(kreds.CodeInvalid, "whose members? Name a segment, or give --expression").WithHint("%s", firstLine(cmd))
			}
			if refreshed && (expression != "" || asOf != "") {
				return kreds.Errorf(kreds.CodeInvalid, "--refreshed is of a segment and as of its last refresh").WithHint("leave out --expression and --as-of")
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var body io.ReadCloser
			if expression != "" {
				text, err := p.expression(expression)
				if err != nil {
					return err
				}
				in := api.MembersRequest{Expression: text, AsOf: asOf, Traits: traits, Limit: limit, Cursor: after, Format: wire}
				body, err = client.Stream(ctx, http.MethodPost, "/api/v1/members", in)
				if err != nil {
					return err
				}
			} else {
				q := url.Values{"format": {wire}}
				set := func(k, v string) {
					if v != "" {
						q.Set(k, v)
					}
				}
				set("as_of", asOf)
				set("traits", strings.Join(traits, ","))
				set("cursor", after)
				if refreshed {
					set("refreshed", "true")
				}
				if limit > 0 {
					set("limit", fmt.Sprint(limit))
				}
				body, err = client.Stream(ctx, http.MethodGet, segmentPath(args[0], "/members?"+q.Encode()), nil)
				if err != nil {
					return err
				}
			}
			defer body.Close()
			if wire == "csv" {
				_, err := io.Copy(p.Stdout, body)
				return interrupted(err)
			}
			return p.members(body, format, traits, asOf == "" && !refreshed)
		}),
	}
	f := c.Flags()
	f.StringVar(&asOf, "as-of", "", asOfUsage)
	f.StringSliceVar(&traits, "traits", nil, "`NAMES` of traits to give beside the key, with commas")
	f.StringVar(&format, "format", "table", "table, csv or jsonl")
	f.IntVar(&limit, "limit", 0, "at most `N` members; 0 for all")
	f.BoolVar(&refreshed, "refreshed", false, "those that the last good refresh found, instead of evaluating now")
	f.StringVar(&after, "after", "", "only members whose key comes after `KEY`")
	f.StringVar(&expression, "expression", "", "the members of `EXPR` instead of a segment")
	return c
}

// members prints JSON Lines of the API as they come, or a table.
func (p *program) members(body io.Reader, format string, traits []string, asOfNow bool) error {
	dec := json.NewDecoder(body)
	enc := json.NewEncoder(p.Stdout)
	enc.SetEscapeHTML(false)
	t := newTable(append([]string{"key"}, traits...)...)
	for {
		var line struct {
			api.Member
			Type    string       `json:"type"`
			Problem *api.Problem `json:"problem"`
		}
		if err := dec.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return interrupted(err)
		}
		if line.Problem != nil {
			return line.Problem
		}
		if format == "ndjson" {
			if err := enc.Encode(line.Member); err != nil {
				return err
			}
			continue
		}
		row := []string{line.Key}
		for _, name := range traits {
			row = append(row, short(shown(line.Traits[name]), 40))
		}
		t.add(row...)
	}
	if format != "ndjson" {
		var b strings.Builder
		t.write(&b)
		if _, err := io.WriteString(p.Stdout, b.String()); err != nil {
			return err
		}
		p.say("%s", counted(int64(len(t.rows)), "member", "members"))
		if len(t.rows) == 0 && asOfNow {
			p.say("This is as of now; --refreshed lists those of the last refresh, --as-of TIME those of another time.")
		}
	}
	return nil
}

// interrupted explains an answer that broke off.
func interrupted(err error) error {
	if err == nil {
		return nil
	}
	return kreds.Errorf(kreds.CodeUnavailable, "the answer broke off, so the list is not whole: %w", err)
}

func (p *program) whyCommand() *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use:   "why PROFILE SEGMENT|'EXPR'",
		Short: "Explain why a customer is in a segment or not",
		Long: `Show the definition as a tree with yes or no for each clause, the value that
decides it, the events, and how near a miss was. The second argument is the name
of a segment, or else an expression.`,
		Example: `  kreds segment why 17850 'Loyal customers' --as-of 2011-12-09
  kreds segment why 17850 'did purchase at least twice within last 30 days'`,
		Args: exactly(2, "the key of a profile and a segment or an expression"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			in := api.WhyRequest{Profile: args[0], AsOf: asOf}
			var s api.Segment
			err = client.Call(ctx, http.MethodGet, segmentPath(args[1], ""), nil, &s)
			switch {
			case err == nil:
				in.Segment = s.Name
			case kreds.CodeOf(err) == kreds.CodeNotFound && strings.ContainsAny(args[1], " =<>(@-"):
				if in.Expression, err = p.expression(args[1]); err != nil {
					return err
				}
			default:
				return err
			}
			var out api.Why
			if err := client.Call(ctx, http.MethodPost, "/api/v1/why", in, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printWhy(w, &out) })
		}),
	}
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	return c
}

func printWhy(w *strings.Builder, y *api.Why) {
	verdict := "does not match"
	if y.Member {
		verdict = "matches"
	}
	fmt.Fprintf(w, "%s %s as of %s\n\n", clean(y.Profile), verdict, when(y.AsOf))
	if !y.InPopulation {
		fmt.Fprint(w, "It is not among those that the expression is about: not seen yet at that time, another kind of customer, or it objects to profiling.\n\n")
	}
	printReason(w, y.Reason, 0)
}

func printReason(w *strings.Builder, r *api.Reason, depth int) {
	if r == nil {
		return
	}
	mark := "no "
	switch {
	case r.Holds:
		mark = "yes"
	case r.Unknown:
		mark = "?  "
	}
	pad := strings.Repeat("  ", depth)
	fmt.Fprintf(w, "%s%s  %s", pad, mark, short(clean(r.Text), 120))
	if len(r.Clauses) == 0 {
		switch {
		case r.Unknown && r.Value == nil:
			fmt.Fprint(w, "  (not known)")
		case r.Value != nil:
			fmt.Fprintf(w, "  (is %s)", clean(shown(r.Value)))
		}
	}
	if r.Miss != "" {
		fmt.Fprintf(w, "; %s", clean(r.Miss))
	}
	fmt.Fprintln(w)
	for _, e := range r.Events {
		fmt.Fprintf(w, "%s       %s %s  %s\n", pad, clean(e.Type), clean(moment(e.Time)), properties(e.Properties))
	}
	if more := r.Matched - len(r.Events); more > 0 && len(r.Events) > 0 {
		fmt.Fprintf(w, "%s       and %s more\n", pad, grouped(int64(more)))
	}
	for _, c := range r.Clauses {
		printReason(w, c, depth+1)
	}
}

func (p *program) overlapCommand() *cobra.Command {
	var asOf, expression string
	c := &cobra.Command{
		Use:   "overlap A B…",
		Short: "Show how segments overlap",
		Long: `Show how many are in exactly which of the segments, in every combination, the
largest first. No profile is counted twice. With --expression, also in how far they
are in what no segment is made of yet.`,
		Example: "  kreds segment overlap 'Loyal customers' Lapsed Germany\n  kreds segment overlap Lapsed --expression 'did purchase within last 30 days'",
		Args:    atLeast(1, "the names of segments"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Overlap
			if err := client.Call(ctx, http.MethodPost, "/api/v1/overlap", api.OverlapRequest{Segments: args, Expression: expression, AsOf: asOf}, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printOverlap(w, &out) })
		}),
	}
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	c.Flags().StringVar(&expression, "expression", "", "an expression that the segments are compared with too")
	return c
}

func printOverlap(w *strings.Builder, o *api.Overlap) {
	var all int64
	for _, x := range o.Intersections {
		all += x.Members
	}
	fmt.Fprintf(w, "%s in %s as of %s\n\n", counted(all, "profile", "profiles"), counted(int64(len(o.Segments)), "segment", "segments"), when(o.AsOf))
	heads := []string{">members", ">share"}
	sizes := []string{"", "in all"}
	for _, s := range o.Segments {
		heads, sizes = append(heads, s.Name), append(sizes, grouped(s.Members))
	}
	if o.Expression != nil {
		heads, sizes = append(heads, short(o.Expression.Text, 30)), append(sizes, grouped(o.Expression.Members))
	}
	mark := map[bool]string{true: "●", false: "·"}
	t := newTable(heads...)
	for _, x := range o.Intersections {
		row := []string{grouped(x.Members), share(x.Members, all)}
		for _, s := range o.Segments {
			row = append(row, mark[slices.Contains(x.Segments, s.Name)])
		}
		if o.Expression != nil {
			row = append(row, mark[x.Expression])
		}
		t.add(row...)
	}
	t.add(sizes...)
	t.write(w)
}

func (p *program) historyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "history NAME",
		Short: "Show the versions of a segment and its refreshes",
		Args:  exactly(1, "the name of a segment"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return show(p, cmd, segmentPath(args[0], "/history"), printHistory)
		}),
	}
}

func printHistory(w *strings.Builder, h *api.History) {
	fmt.Fprintf(w, "%s: %s, %s\n\n", clean(h.Segment),
		counted(int64(len(h.Versions)), "version", "versions"), counted(int64(len(h.Runs)), "refresh", "refreshes"))
	t := newTable(">version", "saved", "author", "definition", "note")
	for _, v := range h.Versions {
		t.add(fmt.Sprint(v.Number), moment(v.Saved), v.Author, short(v.Expression, 70), short(v.Note, 40))
	}
	t.write(w)
	if len(h.Runs) == 0 {
		return
	}
	fmt.Fprintln(w)
	t = newTable("as of", "refreshed", ">version", ">members", ">joined", ">left", "")
	for _, r := range h.Runs {
		if r.Error != "" {
			t.add(when(r.AsOf), moment(r.Started), fmt.Sprint(r.Version), "", "", "", "failed: "+r.Error)
			continue
		}
		t.add(when(r.AsOf), moment(r.Started), fmt.Sprint(r.Version), grouped(r.Members), grouped(r.Joined), grouped(r.Left), "")
	}
	t.write(w)
}

// properties writes the properties of an event in the order of their names.
func properties(ps map[string]api.Value) string {
	names := make([]string, 0, len(ps))
	for name := range ps {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(clean(name) + " " + clean(short(shown(ps[name]), 40)))
	}
	return b.String()
}
