package cli

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds/api"
)

func (p *program) dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "List traits and events with coverage, ranges and top values",
		Long: `List what is stored, under the names that expressions use: traits of customers,
event types with their properties, and facts of items; for each the type, for
how many it is known, how many different values there are, the range and the
most frequent values.`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			return show(p, cmd, "/api/v1/data", printData)
		}),
	}
	c.AddCommand(p.timelessCommand())
	return c
}

func printData(w *strings.Builder, d *api.Data) {
	var rows int64
	for _, e := range d.Events {
		rows += e.Rows
	}
	fmt.Fprintf(w, "%s", counted(d.Persons, "customer", "customers"))
	if d.Companies > 0 {
		fmt.Fprintf(w, ", %s", counted(d.Companies, "company", "companies"))
	}
	if d.Prospects > 0 {
		fmt.Fprintf(w, ", %s", counted(d.Prospects, "prospect", "prospects"))
	}
	fmt.Fprintf(w, ", %s of %s", counted(rows, "event", "events"), counted(int64(len(d.Events)), "type", "types"))
	if d.Items > 0 {
		fmt.Fprintf(w, ", %s", counted(d.Items, "item", "items"))
	}
	fmt.Fprintln(w)
	if d.Persons+d.Companies+d.Prospects+rows+d.Items == 0 {
		fmt.Fprintln(w, "Nothing is imported yet: begin with kreds import FILE… or kreds demo.")
		return
	}
	printColumns(w, "trait", d.Traits)
	for _, e := range d.Events {
		fmt.Fprintf(w, "\n%s: %s by %s", clean(e.Name), counted(e.Rows, "row", "rows"), counted(e.Profiles, "profile", "profiles"))
		if e.Occasions > 0 {
			fmt.Fprintf(w, " on %s", counted(e.Occasions, "occasion", "occasions"))
		}
		if e.Rows > 0 {
			fmt.Fprintf(w, ", %s to %s", day(e.First), day(e.Last))
		}
		fmt.Fprintln(w)
		printColumns(w, "property", e.Properties)
	}
	printColumns(w, "item", d.ItemFacts)
}

func printColumns(w *strings.Builder, head string, cols []api.Column) {
	if len(cols) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := newTable(head, "type", ">known", ">values", "range", "most frequent")
	for _, c := range cols {
		name := c.Name
		if c.Kind == "company" {
			name = "company " + name
		}
		t.add(short(name, 60), c.Type, percentOf(c.Known, c.Of), grouped(c.Distinct), span(c.Min, c.Max), tops(c.Top))
	}
	t.write(w)
}

func percentOf(part, whole int64) string {
	if part == whole && whole > 0 {
		return "100%"
	}
	return share(part, whole)
}

func span(lo, hi api.Value) string {
	if lo == nil || hi == nil {
		return ""
	}
	return day(lo) + " to " + day(hi)
}

func tops(top []api.Top) string {
	var parts []string
	for i, t := range top {
		if i == 3 {
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", short(shown(t.Value), 24), grouped(t.Count)))
	}
	return strings.Join(parts, ", ")
}

// day writes a value, an instant as its day.
func day(v api.Value) string {
	s := shown(v)
	if len(s) >= 20 && s[4] == '-' && s[10] == 'T' {
		return s[:10]
	}
	return s
}

// shown writes a JSON value for people.
func shown(v api.Value) string {
	switch x := v.(type) {
	case nil:
		return "–"
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		if x == float64(int64(x)) && x < 1e15 && x > -1e15 {
			return strconv.FormatInt(int64(x), 10)
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	default:
		b, err := json.Marshal(x)
		if err != nil {
			return fmt.Sprint(x)
		}
		return string(b)
	}
}
