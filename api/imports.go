package api

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/danish"
)

// ImportRequest says what to import and how to read it. What is left out is
// detected.
type ImportRequest struct {
	Files     []string          `json:"files,omitempty" maxItems:"100000" doc:"Paths on the machine of kreds; only in-process and through the socket of the data directory"`
	Uploads   []string          `json:"uploads,omitempty" maxItems:"100000" doc:"Ids of uploads, instead of files"`
	As        string            `json:"as,omitempty" doc:"What the rows are: customers, companies, prospects, prospect companies, items or events:NAME; may be left out to see how the files are written" example:"events:purchase"`
	ID        string            `json:"id,omitempty" doc:"Column with the key of the profile or item; without it customers and companies are numbered" example:"customer_id"`
	Time      string            `json:"time,omitempty" doc:"Column with when it happened or was observed" example:"ordered_at"`
	Order     string            `json:"order,omitempty" doc:"Column whose equal values make rows one occasion, as an invoice's number" example:"order_no"`
	For       string            `json:"for,omitempty" enum:"customers,companies" doc:"Whose events they are; the default is customers"`
	Map       map[string]string `json:"map,omitempty" doc:"Names for columns, by column. company is the key of a customer's company, profile.first_seen when the profile was created, lat and lon the parts of a location; empty leaves a column out; * as a column stands for all that are not named"`
	Compute   []Computed        `json:"compute,omitempty" maxItems:"1000" doc:"Fields computed of others"`
	Encoding  string            `json:"encoding,omitempty" maxLength:"20" doc:"How the files write characters: utf-8, utf-16, or windows-1252, which latin-1 is part of" example:"windows-1252"`
	Delimiter string            `json:"delimiter,omitempty" maxLength:"3" doc:"One character, or tab"`
	Decimal   string            `json:"decimal,omitempty" maxLength:"5" doc:"The decimal sign, . or ,"`
	DateOrder string            `json:"date_order,omitempty" enum:"dmy,mdy,ymd" doc:"The order of day, month and year"`
	Header    *bool             `json:"header,omitempty" doc:"Whether the first line names the columns"`
	Types     map[string]string `json:"types,omitempty" doc:"Types for columns, by column"`
}

// Computed is a field that is computed of others.
type Computed struct {
	Name    string `json:"name" example:"amount"`
	Formula string `json:"formula" doc:"Arithmetic on columns, as quantity * unit_price" example:"quantity * unit_price"`
}

// ImportPage is some imports, newest first.
type ImportPage struct {
	Imports []Import `json:"imports"`
	Next    int64    `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}

func (h *handler) importRoutes() {
	type request struct{ Body ImportRequest }
	op := question(operation(kreds.Editor, http.MethodPost, "/imports/inspect", "inspect-import", "Imports", "What an import would do, without importing"))
	op.Description = "Reads no more than the begin of the files, and shows what their first rows become. Uploads that it names stay, to be imported. " +
		"A problem's errors name the part of the request that is wrong."
	route(h, op, func(ctx context.Context, in *request) (*body[*Plan], error) {
		files, err := h.files(ctx, &in.Body)
		if err != nil {
			return nil, err
		}
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		plan, err := h.importer.Inspect(ctx, requestOf(&in.Body, files))
		if err != nil {
			return nil, err
		}
		return answer(planOf(plan, cal)), nil
	})

	op = operation(kreds.Editor, http.MethodPost, "/imports", "create-import", "Imports", "Import files")
	op.Description = "Answers lines of JSON: {\"type\":\"progress\",\"progress\":…} while it goes on, then " +
		"{\"type\":\"done\",\"result\":…} or {\"type\":\"error\",\"problem\":…}. " +
		"The import is whole or not at all; when the client goes away before the end, nothing is imported. Uploads that it names are removed."
	streamed(h, op, []content{{ndjson, typeOf[ImportLine]()}}, func(ctx context.Context, in *request, s *stream) error {
		return h.doImport(ctx, &in.Body, s)
	})

	type list struct {
		Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor int64 `query:"cursor" doc:"The next of the page before"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/imports", "imports", "Imports", "The ledger of imports, newest first"),
		func(ctx context.Context, in *list) (*body[*ImportPage], error) {
			return answerOf(h.imports(ctx, in.Limit, in.Cursor))
		})

	type one struct {
		ID int64 `path:"id"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/imports/{id}", "import", "Imports", "One import"),
		func(ctx context.Context, in *one) (*body[Import], error) { return h.import1(ctx, in.ID) })
	op = export(operation(kreds.Editor, http.MethodGet, "/imports/{id}/rejects", "import-rejects", "Imports", "The rows that an import could not take"))
	op.Description = "CSV with the line, the column, the value, the reason and, where there were several, the file."
	streamed(h, op, []content{{kind: "text/csv"}}, func(ctx context.Context, in *one, s *stream) error {
		end, err := h.exporting(ctx, "import-rejects", fmt.Sprint(in.ID))
		if err != nil {
			return err
		}
		defer func() { end(err) }()
		f, err := h.importer.Rejects(kreds.ImportID(in.ID))
		if err != nil {
			return err
		}
		defer f.Close()
		s.kind = csvTyp
		s.ctx.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=\"import-%d-rejects.csv\"", in.ID))
		if inDanish(ctx) {
			return rejectsInDanish(s, f)
		}
		_, err = io.Copy(s, f)
		return err
	})
	op = operation(kreds.Editor, http.MethodPost, "/imports/{id}/undo", "undo-import", "Imports", "Undo an import")
	op.Description = "Takes back everything that the import brought."
	route(h, op, func(ctx context.Context, in *one) (*body[Import], error) {
		release, err := h.load(ctx)
		if err != nil {
			return nil, err
		}
		defer release()
		if err := h.importer.Undo(ctx, kreds.ImportID(in.ID)); err != nil {
			return nil, err
		}
		return h.import1(ctx, in.ID)
	})
}

// rejectsInDanish copies a file of rejects with its header and the reasons in Danish.
func rejectsInDanish(to io.Writer, from io.Reader) error {
	in, out := csv.NewReader(from), csv.NewWriter(to)
	in.ReuseRecord = true
	said := map[string]string{}
	for line := 0; ; line++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, text := range row {
			switch {
			case line == 0:
				row[i] = danish.Note(text)
			case i == 3: // else it is somebody's data
				if _, ok := said[text]; !ok {
					said[text] = danish.Text(text)
				}
				row[i] = said[text]
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (h *handler) import1(ctx context.Context, id int64) (*body[Import], error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	i, err := h.state.Import(ctx, kreds.ImportID(id))
	if err != nil {
		return nil, err
	}
	return answer(h.importOf(i, cal)), nil
}

func (h *handler) imports(ctx context.Context, limit int, cursor int64) (*ImportPage, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.state.Imports(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b kreds.Import) int { return cmp.Compare(b.ID, a.ID) })
	page := &ImportPage{Imports: []Import{}}
	for _, i := range all {
		if cursor > 0 && int64(i.ID) >= cursor {
			continue
		}
		if len(page.Imports) == limit {
			page.Next = page.Imports[limit-1].ID
			break
		}
		page.Imports = append(page.Imports, h.importOf(i, cal))
	}
	return page, nil
}

// files are the paths that a request names, which only local clients may, or
// those of its uploads.
func (h *handler) files(ctx context.Context, r *ImportRequest) ([]string, error) {
	if len(r.Files) > 0 && len(r.Uploads) > 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the request names both files and uploads").WithHint("name one of them")
	}
	if len(r.Files) > 0 {
		if !isLocal(ctx) {
			return nil, kreds.Errorf(kreds.CodeRefused, "files of the server cannot be named from outside").
				WithHint("send the contents with POST %s and name the uploads", uploadsPath)
		}
		for _, f := range r.Files {
			if !filepath.IsAbs(f) {
				return nil, kreds.Errorf(kreds.CodeInvalid, "the path %q is not absolute", cut(f, 200)).WithHint("name the whole path")
			}
		}
		return r.Files, nil
	}
	var paths []string
	for _, id := range r.Uploads {
		path, err := h.uploaded(id)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the request names no file")
	}
	return paths, nil
}

// forget removes the uploads of a request.
func (h *handler) forget(r *ImportRequest) {
	for _, id := range r.Uploads {
		path, err := h.uploaded(id)
		if err == nil {
			err = os.RemoveAll(filepath.Dir(path))
		}
		if err != nil && kreds.CodeOf(err) != kreds.CodeNotFound {
			h.log.Warn("an upload could not be removed", "id", id, "error", err.Error())
		}
	}
}
