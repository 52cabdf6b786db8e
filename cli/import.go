package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

const importHelp = `Import CSV or TSV files, plain or compressed with gzip. Delimiter, header,
types, dates and the decimal sign are detected; see what was found, before
anything is imported, with --dry-run. FILE may be - for standard input.

What the rows are is said with --as:

  customers      a row is a customer; its columns become traits
  companies      likewise of companies
  prospects      persons who are not customers yet ('prospect companies' likewise);
                 who is imported as a customer, before or later, is none
  events:NAME    a row is something that a customer did; its columns become
                 properties of the event NAME, as purchase or visit
  items          a row is a product, film or article that events are about

Which columns matter is said by name, as they stand in the file:

  --id COL       the customer's key (of items the item's key); rows of the same
                 key are the same customer. Without it, customers and companies
                 are numbered
  --time COL     when it happened; of customers, when the row was observed
  --order COL    rows with an equal value are one occasion, as the lines of an
                 invoice: counts then count invoices

Columns become names in small letters with underscores: "Antal køb" becomes
antal_køb. --map gives a column another name, --compute adds a field. Names that
mean something: company (the key of a customer's company), profile.first_seen
(when the profile was created), lat and lon (the parts of a location). A column
mapped to nothing is left out, and * stands for all that are not named.

A row that cannot be taken goes to a file of rejects, with the reason. An
import is whole or not at all, can be undone (kreds imports undo N), and the
same file twice changes nothing.`

const importExamples = `  # customers, one per row; look first, then import
  kreds import customers.csv --as customers --id customer_id --dry-run
  kreds import customers.csv --as customers --id customer_id

  # what they bought: invoice lines, so that counts are of invoices
  kreds import sales.csv.gz --as events:purchase --id CustomerID --time InvoiceDate \
    --order InvoiceNo --compute 'amount = quantity * unit_price'

  # a Danish spreadsheet: semicolons, decimal comma, 31-12-2025; all of it is
  # detected as well
  kreds import kunder.csv --as customers --id Kundenr --delimiter ';' --decimal , --date-order dmy

  # answers of a survey, for kreds discover --preset survey:panel
  kreds import panel.csv --as customers --id customer_id --map q1=survey.panel.q1 --map q2=survey.panel.q2

  # only one column of a wide file
  kreds import sales.csv --as customers --id CustomerID --map '*=' --map Country=country

  # what another program writes
  psql -c 'copy customers to stdout csv header' | kreds import - --as customers --id customer_id

  # several files as one import, a column under another name
  kreds import 2024.csv 2025.csv --as events:visit --id user --time ts --map 'page url=page'`

func (p *program) importCommand() *cobra.Command {
	var r api.ImportRequest
	var maps, types, computes []string
	var header string
	var dryRun bool
	c := &cobra.Command{
		Use:     "import FILE… --as WHAT",
		Short:   "Import customers, companies, items or events from files",
		Long:    importHelp,
		Example: importExamples,
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if len(args) == 0 {
				return kreds.Errorf(kreds.CodeInvalid, "which file?").WithHint("as in: kreds import customers.csv --as customers --id customer_id")
			}
			if r.As == "" {
				return kreds.Errorf(kreds.CodeInvalid, "what are the rows?").
					WithHint("say --as customers, --as companies, --as prospects, --as items or --as events:NAME")
			}
			var err error
			if r.Map, err = pairs("--map", maps); err != nil {
				return err
			}
			if r.Types, err = pairs("--type", types); err != nil {
				return err
			}
			for _, text := range computes {
				name, formula, ok := strings.Cut(text, "=")
				if !ok || strings.TrimSpace(name) == "" {
					return kreds.Errorf(kreds.CodeInvalid, "--compute %q is not NAME=FORMULA", text).WithHint("as in --compute 'amount = quantity * unit_price'")
				}
				r.Compute = append(r.Compute, api.Computed{Name: strings.TrimSpace(name), Formula: strings.TrimSpace(formula)})
			}
			if header != "" {
				yes, err := strconv.ParseBool(map[string]string{"yes": "true", "no": "false"}[header])
				if err != nil {
					return kreds.Errorf(kreds.CodeInvalid, "--header %q is neither yes nor no", header)
				}
				r.Header = &yes
			}
			for _, name := range args {
				if name == stdin {
					if len(args) > 1 {
						return kreds.Errorf(kreds.CodeInvalid, "standard input is imported on its own").WithHint("name either - or files")
					}
					r.Files = []string{stdin}
					break
				}
				path := p.path(name)
				info, err := os.Stat(path)
				if err != nil {
					return fileError(name, err)
				}
				if info.IsDir() {
					return kreds.Errorf(kreds.CodeInvalid, "%s is a folder", name).WithHint("name the files in it, as in %s", filepath.Join(name, "*.csv"))
				}
				r.Files = append(r.Files, path)
			}
			client, err := p.connect(ctx, created)
			if err != nil {
				return err
			}
			if dryRun {
				return p.inspect(ctx, client, r)
			}
			out, err := p.doImport(ctx, client, r)
			if err != nil {
				return err
			}
			if err := p.print(out, func(w *strings.Builder) { printImported(w, out) }); err != nil || out.Already {
				return err
			}
			for _, n := range out.Notes {
				p.say("Note: %s", clean(n))
			}
			p.say("Next: kreds data shows what is known now.")
			return nil
		}),
	}
	c.AddCommand(p.importListCommand(), p.importUndoCommand())
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.As, "as", "", "what the rows are: customers, companies, prospects, 'prospect companies', items or events:`NAME`")
	f.StringVar(&r.ID, "id", "", "`COL` with the key; without it customers and companies are numbered")
	f.StringVar(&r.Time, "time", "", "`COL` with when it happened or was observed")
	f.StringVar(&r.Order, "order", "", "`COL` whose equal values make rows one occasion")
	f.StringVar(&r.For, "for", "", "of events: `WHOSE` they are, customers (default) or companies")
	f.StringArrayVar(&maps, "map", nil, "`COL=NAME` to give a column another name; may be repeated")
	f.StringArrayVar(&computes, "compute", nil, "`'NAME = FORMULA'` to add a field; may be repeated")
	f.BoolVar(&dryRun, "dry-run", false, "only show how the files are read, and what the first rows become")
	f.StringVar(&r.Encoding, "encoding", "", "`NAME` of how characters are written: utf-8, utf-16, windows-1252 or latin-1; default detected")
	f.StringVar(&r.Delimiter, "delimiter", "", "`CHAR` between columns, or tab; default detected")
	f.StringVar(&r.Decimal, "decimal", "", "`SIGN` of decimals, . or , ; default detected")
	f.StringVar(&r.DateOrder, "date-order", "", "`ORDER` of dates: dmy, mdy or ymd; default detected")
	f.StringVar(&header, "header", "", "`yes` or no: whether the first line names the columns; default detected")
	f.StringArrayVar(&types, "type", nil, "`COL=TYPE`: number, text, boolean, date, instant, list or location; may be repeated")
	return c
}

// pairs reads COL=VALUE flags. The column may hold an equals sign itself.
func pairs(flag string, texts []string) (map[string]string, error) {
	var m map[string]string
	for _, text := range texts {
		i := strings.LastIndex(text, "=")
		if i < 1 || (flag == "--type" && i == len(text)-1) {
			return nil, kreds.Errorf(kreds.CodeInvalid, "%s %q is not COL=VALUE", flag, text)
		}
		if m == nil {
			m = map[string]string{}
		}
		m[strings.TrimSpace(text[:i])] = strings.TrimSpace(text[i+1:])
	}
	return m, nil
}

// stdin is the name of standard input on the command line.
const stdin = "-"

// send uploads the files of a request where who answers cannot read them.
func (p *program) send(ctx context.Context, client *api.Client, r *api.ImportRequest) error {
	if len(r.Files) == 1 && r.Files[0] == stdin {
		u, err := client.Upload(ctx, "standard input", p.Stdin)
		if err != nil {
			return err
		}
		r.Files, r.Uploads = nil, []string{u.ID}
		return nil
	}
	if client.ReadsFiles() {
		return nil
	}
	files := r.Files
	r.Files = nil
	for _, path := range files {
		id, err := p.upload(ctx, client, path)
		if err != nil {
			return err
		}
		r.Uploads = append(r.Uploads, id)
	}
	return nil
}

func (p *program) upload(ctx context.Context, client *api.Client, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fileError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fileError(path, err)
	}
	bar := p.progress("sending "+filepath.Base(path), info.Size())
	defer bar.close()
	u, err := client.Upload(ctx, filepath.Base(path), io.TeeReader(f, bar))
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

func (p *program) inspect(ctx context.Context, client *api.Client, r api.ImportRequest) error {
	if err := p.send(ctx, client, &r); err != nil {
		return err
	}
	defer func() {
		for _, id := range r.Uploads {
			// What stays is removed when the server stops.
			_ = client.Call(context.WithoutCancel(ctx), http.MethodDelete, "/api/v1/uploads/"+id, nil, nil)
		}
	}()
	var plan api.Plan
	if err := client.Call(ctx, http.MethodPost, "/api/v1/imports/inspect", r, &plan); err != nil {
		return err
	}
	return p.print(plan, func(w *strings.Builder) { printPlan(w, &plan) })
}

// doImport runs an import.
func (p *program) doImport(ctx context.Context, client *api.Client, r api.ImportRequest) (*api.Imported, error) {
	if err := p.send(ctx, client, &r); err != nil {
		return nil, err
	}
	return p.follow(ctx, client, r)
}

// follow runs an import whose files the server has, and shows its progress.
func (p *program) follow(ctx context.Context, client *api.Client, r api.ImportRequest) (*api.Imported, error) {
	body, err := client.Stream(ctx, http.MethodPost, "/api/v1/imports", r)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	bar := p.progress("reading", -1)
	defer bar.close()
	dec := json.NewDecoder(body)
	for {
		var line api.ImportLine
		if err := dec.Decode(&line); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, kreds.Errorf(kreds.CodeUnavailable, "the import broke off: %w", err).
				WithHint("kreds imports shows whether it is in; the same file twice changes nothing")
		}
		switch {
		case line.Problem != nil:
			return nil, line.Problem
		case line.Result != nil:
			return line.Result, nil
		case line.Progress != nil:
			bar.at(line.Progress)
		}
	}
}
