package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds/api"
)

func (p *program) discoverTypingCommand() *cobra.Command {
	var r api.TypingRequest
	c := &cobra.Command{
		Use:   "typing NAME",
		Short: "Find the few questions that tell segments, and assign those who were not asked",
		Long: `Make a typing tool for the segments of a discovery: the fewest of its features, as
questions of a survey, that tell which segment somebody is in, and how often they
are right. And by what is known of everybody, their traits and what they bought,
assign those who were not in the discovery, with a probability for each segment.

The accuracy is that in profiles which had no part in choosing questions and
fitting (cross-validation). The tool is kept with the discovery, one for each number
of segments, and kreds discover show says how good it is. Nobody is assigned yet:

  kreds discover accept NAME --by typing   makes segments, and assigns everybody at
                                           each refresh
  --keep                                   keeps the probabilities of today as the
                                           traits typing.NAME.segment,
                                           typing.NAME.probability, typing.NAME.p1
                                           and so on, by one import, which kreds
                                           imports undo takes back`,
		Example: `  kreds discover typing views --k 4 --questions 5
  kreds discover typing views --k 4 --on 'age, country, count of purchase' --keep`,
		Args: exactly(1, "the name of a discovery"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var out api.Typing
			if err := p.job(ctx, client, discoveryPath(args[0], "/typing"), "making a typing tool", r, &out); err != nil {
				return err
			}
			return p.print(out, func(w *strings.Builder) { printTyping(w, &out) })
		}),
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&r.K, "k", 0, "of the solution of `N` segments; default the recommended one")
	f.StringArrayVar(&r.On, "on", nil, "`FEATURE,…` known of everybody; default all traits that are no answers, and what was bought")
	f.IntVar(&r.Questions, "questions", 0, "at most `N`; default 10")
	f.Uint64Var(&r.Seed, "seed", 0, "`N`: the same data and seed give the same tool")
	f.BoolVar(&r.AllowSensitive, "allow-sensitive", false, "take features that may tell of health, religion, origin and the like")
	f.BoolVar(&r.Keep, "keep", false, "keep the probabilities as traits")
	return c
}

func printTyping(w *strings.Builder, d *api.Typing) {
	fmt.Fprintf(w, "%s: %d segments, in %s\n\nThe questions that tell them:\n\n", d.Discovery, d.K, took(d.Seconds))
	printTool(w, d.Questions)
	if d.Observed != nil {
		w.WriteString("\nBy what is known of everybody:\n\n")
		printTool(w, d.Observed)
		fmt.Fprintf(w, "\n%s not in the discovery:\n\n", counted(d.Others, "profile was", "profiles were"))
		t := newTable("", "segment", ">assigned", ">expected", ">certainty")
		for i, a := range d.Assigned {
			t.add(strconv.Itoa(i+1), d.Segments[i], grouped(a.Members), grouped(int64(a.Expected+.5)), percent(a.Certainty))
		}
		t.write(w)
	}
	if len(d.Refused) > 0 {
		w.WriteString("\nNot used:\n")
		for _, r := range d.Refused {
			fmt.Fprintf(w, "  %s: %s\n", r.Name, r.Reason)
		}
	}
	for _, n := range d.Notes {
		fmt.Fprintf(w, "\n%s\n", n)
	}
	if d.Import != nil {
		fmt.Fprintf(w, "\nKept as %s, by import %d.\n", strings.Join(d.Traits, ", "), d.Import.ID)
	}
	if d.Observed != nil {
		fmt.Fprintf(w, "\nkreds discover accept %s --k %d --by typing makes segments that everybody is assigned to.\n", shellQuoted(d.Discovery), d.K)
	}
}

// printKeptTyping says how good the typing tools are that were made of a discovery.
func printKeptTyping(w *strings.Builder, d *api.Discovery) {
	if len(d.Typing) == 0 {
		return
	}
	w.WriteString("\nTyping tools (right in profiles that had no part in them)\n\n")
	t := newTable(">segments", "by", ">items", ">right", ">largest only", "items")
	add := func(k int, by string, x *api.TypingTool) {
		if x == nil {
			return
		}
		var names []string
		for _, i := range x.Items {
			names = append(names, i.Name)
		}
		t.add(strconv.Itoa(k), by, strconv.Itoa(len(x.Items)), percent(x.Accuracy)+" ± "+percent(x.Error), percent(x.Baseline), strings.Join(names, ", "))
	}
	for i := range d.Typing {
		add(d.Typing[i].K, "questions", d.Typing[i].Questions)
		add(d.Typing[i].K, "what is known of everybody", d.Typing[i].Observed)
	}
	t.write(w)
}

func printTool(w *strings.Builder, x *api.TypingTool) {
	t := newTable("", "item", ">right with those above", "term")
	for i, item := range x.Items {
		t.add(strconv.Itoa(i+1), item.Name, percent(item.Accuracy), item.Text)
	}
	t.write(w)
	fmt.Fprintf(w, "\nRight for %s ± %s of %s that had no part in it; always naming the largest segment is right for %s.\n",
		percent(x.Accuracy), percent(x.Error), counted(int64(x.Rows), "profile", "profiles"), percent(x.Baseline))
}
