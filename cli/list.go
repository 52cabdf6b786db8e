package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) listsCommand() *cobra.Command {
	var file string
	var remove bool
	c := &cobra.Command{
		Use:   "list [NAME]",
		Short: "Show or store lists of values for 'in list'",
		Long: `Show the stored lists of values, or the values of one. With --values a list is
stored in place of one of the same name: the file has one value per line (-
reads standard input). The lists EU, EEA and Nordics are built in.`,
		Example: `  kreds list Zealand --values postcodes.txt
  kreds count 'postcode in list "Zealand"'`,
		Args: arguments(0, 1, "the name of a list"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			store := file != "" || remove
			if file != "" && remove {
				return kreds.Errorf(kreds.CodeInvalid, "both --values and --remove are given").WithHint("take one of them")
			}
			if store && len(args) == 0 {
				return kreds.Errorf(kreds.CodeInvalid, "which list?").WithHint("%s", firstLine(cmd))
			}
			client, err := p.connect(ctx, need(file != ""))
			if err != nil {
				return err
			}
			if len(args) == 0 {
				var cat api.Catalogue
				if err := client.Call(ctx, http.MethodGet, "/api/v1/catalogue", nil, &cat); err != nil {
					return err
				}
				return p.print(lists{cat.Lists}, func(w *strings.Builder) { printLists(w, cat.Lists) })
			}
			path := "/api/v1/lists/" + strings.ReplaceAll(url.PathEscape(args[0]), ".", "%2E")
			var l api.List
			if !store {
				if err := client.Call(ctx, http.MethodGet, path, nil, &l); err != nil {
					return err
				}
				return p.print(l, func(w *strings.Builder) {
					for _, v := range l.Values {
						fmt.Fprintln(w, clean(v))
					}
				})
			}
			in := map[string][]string{"values": {}}
			if !remove {
				if in["values"], err = p.keys(file); err != nil {
					return err
				}
				if len(in["values"]) == 0 {
					return kreds.Errorf(kreds.CodeInvalid, "%s holds no values", file).WithHint("--remove removes a list")
				}
			}
			if err := client.Call(ctx, http.MethodPut, path, in, &l); err != nil {
				return err
			}
			return p.print(l, func(w *strings.Builder) {
				if remove {
					fmt.Fprintf(w, "Removed list %s.\n", quoted(l.Name))
					return
				}
				fmt.Fprintf(w, "Stored list %s with %s.\n", quoted(l.Name), counted(int64(len(l.Values)), "value", "values"))
			})
		}),
	}
	c.Flags().StringVar(&file, "values", "", "`FILE` with the values, one per line")
	c.Flags().BoolVar(&remove, "remove", false, "remove the list")
	return c
}

func printLists(w *strings.Builder, lists []api.ListRef) {
	if len(lists) == 0 {
		fmt.Fprintln(w, "There are no stored lists; EU, EEA and Nordics are built in.")
		return
	}
	t := newTable("list", ">values")
	for _, l := range lists {
		t.add(l.Name, grouped(int64(l.Values)))
	}
	t.write(w)
}
