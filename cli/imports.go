package cli

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) importsCommand() *cobra.Command {
	c := p.importListCommand()
	c.Use = "imports"
	c.AddCommand(p.importUndoCommand())
	return c
}

func (p *program) importListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List imports, newest first",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			out := imports{[]api.Import{}}
			for cursor := int64(0); ; {
				var page api.ImportPage
				if err := client.Call(ctx, http.MethodGet, fmt.Sprintf("/api/v1/imports?limit=1000&cursor=%d", cursor), nil, &page); err != nil {
					return err
				}
				out.Imports = append(out.Imports, page.Imports...)
				if cursor = page.Next; cursor == 0 {
					break
				}
			}
			return p.print(out, func(w *strings.Builder) { printImports(w, out.Imports) })
		}),
	}
}

func printImports(w *strings.Builder, imports []api.Import) {
	if len(imports) == 0 {
		fmt.Fprintln(w, "Nothing is imported yet: begin with kreds import FILE… or kreds demo.")
		return
	}
	t := newTable(">import", "when", "as", ">rows", ">rejected", ">new profiles", "state", "files")
	for _, i := range imports {
		t.add(fmt.Sprint(i.ID), moment(i.Started), i.As, grouped(i.Rows), grouped(i.Rejected), grouped(i.Created), i.State, fileNames(i.Files))
	}
	t.write(w)
}

// fileNames writes a few names of files without their folders.
func fileNames(files []string) string {
	var names []string
	for i, f := range files {
		if i == 3 {
			names = append(names, fmt.Sprintf("and %d more", len(files)-i))
			break
		}
		names = append(names, filepath.Base(f))
	}
	return strings.Join(names, ", ")
}

func (p *program) importUndoCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "undo N",
		Short:   "Take back everything that an import brought",
		Example: "  kreds imports undo 3",
		Args:    exactly(1, "the number of an import"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return kreds.Errorf(kreds.CodeInvalid, "%q is not the number of an import", args[0]).WithHint("kreds imports lists them")
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			var i api.Import
			if err := client.Call(ctx, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/undo", id), nil, &i); err != nil {
				return err
			}
			return p.print(i, func(w *strings.Builder) {
				fmt.Fprintf(w, "Undid import %d: %s of %s are out again.\n", i.ID, counted(i.Rows, "row", "rows"), fileNames(i.Files))
			})
		}),
	}
}
