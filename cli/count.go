package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

const asOfUsage = "evaluate as of `TIME`: a date (its end), a local time or RFC 3339; default now"

func (p *program) countCommand() *cobra.Command {
	var asOf string
	var byClause, estimate bool
	c := &cobra.Command{
		Use:   "count 'EXPR'",
		Short: "Count who matches an expression",
		Long: `Count who matches an expression, exactly: the number, the population and the
share. The expression - is read from standard input, @FILE from a file.

--by-clause also says what each clause alone keeps, drops and does not know.
--estimate counts in a part of the profiles and says how exact that is.`,
		Example: `  kreds count 'country = "DK" and age between 25 and 40'
  kreds count 'did purchase at least twice in 2011-11' --as-of 2011-12-09
  kreds count --by-clause 'reachable.email and last purchase more than 180 days ago'`,
		Args: exactly(1, "an expression, in quotes"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			text, err := p.expression(args[0])
			if err != nil {
				return err
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Count
			in := api.CountRequest{Expression: text, AsOf: asOf, ByClause: byClause, Estimate: estimate}
			if err := client.Call(ctx, http.MethodPost, "/api/v1/count", in, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printCount(w, &out) })
		}),
	}
	c.Flags().StringVar(&asOf, "as-of", "", asOfUsage)
	c.Flags().BoolVar(&byClause, "by-clause", false, "also count each clause on its own")
	c.Flags().BoolVar(&estimate, "estimate", false, "count in a part of the profiles and say how exact that is")
	return c
}

func printCount(w *strings.Builder, c *api.Count) {
	n := grouped(c.Count)
	if c.Estimate != nil {
		n = "about " + n
	}
	fmt.Fprintf(w, "%s of %s (%s) as of %s, in %s\n", n,
		subjects(c.Subject, c.Population), percent(c.Share), when(c.AsOf), took(c.Seconds))
	if e := c.Estimate; e != nil {
		fmt.Fprintf(w, "between %s and %s with 95%% confidence, from %s of the profiles\n",
			grouped(e.Low), grouped(e.High), percent(e.Share))
	}
	if len(c.Clauses) == 0 {
		return
	}
	fmt.Fprintln(w)
	if c.Estimate != nil {
		fmt.Fprintln(w, "Of the profiles that were looked at:")
	}
	t := newTable("clause", ">keeps", ">drops", ">unknown")
	var add func(cs []api.Clause, depth int)
	add = func(cs []api.Clause, depth int) {
		for _, x := range cs {
			t.add(strings.Repeat("  ", depth)+short(x.Text, 90-2*depth), grouped(x.Keeps), grouped(x.Drops), grouped(x.Unknown))
			add(x.Clauses, depth+1)
		}
	}
	add(c.Clauses, 0)
	t.write(w)
}

// subjects writes how many profiles of a subject there are.
func subjects(subject string, n int64) string {
	switch subject {
	case "companies":
		return counted(n, "company", "companies")
	case "prospects":
		return counted(n, "prospect", "prospects")
	case "prospect companies":
		return counted(n, "prospect company", "prospect companies")
	default:
		return counted(n, "customer", "customers")
	}
}

// expression reads the expression that an argument means, and remembers it to
// point into.
func (p *program) expression(arg string) (string, error) {
	text := arg
	switch {
	case arg == "-":
		b, err := io.ReadAll(io.LimitReader(p.Stdin, maxExpression))
		if err != nil {
			return "", fmt.Errorf("reading standard input: %w", err)
		}
		text = string(b)
	case strings.HasPrefix(arg, "@"):
		f, err := os.Open(p.path(arg[1:]))
		if err != nil {
			return "", fileError(arg[1:], err)
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, maxExpression))
		if err != nil {
			return "", fileError(arg[1:], err)
		}
		text = string(b)
	}
	if !utf8.ValidString(text) {
		return "", kreds.Errorf(kreds.CodeInvalid, "the expression is not UTF-8 text").WithHint("save it as UTF-8")
	}
	p.text = text
	return text, nil
}

// maxExpression is more than any expression may have, so that the parser
// refuses what is longer.
const maxExpression = 16 << 20

func fileError(name string, err error) error {
	switch {
	case os.IsNotExist(err):
		return kreds.Errorf(kreds.CodeNotFound, "there is no file %s", name)
	case os.IsPermission(err):
		return kreds.Errorf(kreds.CodeInvalid, "the file %s may not be read", name)
	case errors.Is(err, bufio.ErrTooLong):
		return kreds.Errorf(kreds.CodeInvalid, "the file %s has a line of more than %d bytes", name, bufio.MaxScanTokenSize).
			WithHint("it holds one key or value per line")
	default:
		return kreds.Errorf(kreds.CodeInvalid, "the file %s cannot be read: %w", name, err)
	}
}
