package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/segment"
)

// Plan is how files would be read.
type Plan struct {
	Delimiter string        `json:"delimiter" doc:"What stands between columns"`
	Quote     string        `json:"quote" doc:"What stands around fields, empty if nothing does"`
	Header    bool          `json:"header" doc:"Whether the first line names the columns"`
	Encoding  string        `json:"encoding"`
	Decimal   Finding       `json:"decimal" doc:"The decimal sign, . or ,"`
	DateOrder Finding       `json:"date_order" doc:"The order of day, month and year: dmy, mdy or ymd"`
	Columns   []PlanColumn  `json:"columns"`
	Computed  []Computed    `json:"computed"`
	Sampled   int           `json:"sampled" doc:"Rows that the plan is made from"`
	Rows      int64         `json:"rows" doc:"Rows of the files, about unless whole"`
	Whole     bool          `json:"whole" doc:"Whether the sample is all of the files"`
	Notes     []string      `json:"notes" say:"text" doc:"What was decided, for people"`
	Preview   ImportPreview `json:"preview" doc:"What the first rows become"`
}

// Finding is how something is written in the files.
type Finding struct {
	Found string `json:"found" doc:"Empty where no column shows it"`
	Why   string `json:"why,omitempty" say:"text" doc:"What shows it, or why it was taken, for people"`
	Doubt bool   `json:"doubt,omitempty" doc:"Whether the values could be read otherwise"`
}

// PlanColumn is one column of a plan.
type PlanColumn struct {
	Label    string   `json:"label" doc:"As in the file"`
	Name     string   `json:"name" doc:"As in expressions; empty if it is left out"`
	Role     string   `json:"role" enum:"id,time,order,company,created,trait,property,fact,none"`
	Type     string   `json:"type"`
	Format   string   `json:"format,omitempty" doc:"How dates and numbers are written"`
	Why      string   `json:"why,omitempty" say:"text" doc:"What shows that they are written so, for people"`
	Doubt    bool     `json:"doubt,omitempty" doc:"Whether the values could be read otherwise"`
	Missing  int      `json:"missing" doc:"Rows without a value among those sampled"`
	Examples []string `json:"examples"`
}

// ImportPreview is what the first rows become, by the conversion of the import itself.
type ImportPreview struct {
	Fields   []PreviewField  `json:"fields" doc:"What each row brings"`
	Rows     []PreviewRow    `json:"rows" doc:"The first rows that are taken, at most 20"`
	Rejects  []PreviewReject `json:"rejects" doc:"The first rows that are not, at most 20"`
	Read     int             `json:"read" doc:"Rows that were read for it"`
	Rejected int             `json:"rejected" doc:"Rows of them that cannot be taken"`
	Keys     int             `json:"keys" doc:"Different keys of those that are taken"`
}

// PreviewField is one thing that each row brings.
type PreviewField struct {
	Name   string `json:"name" doc:"As in expressions; empty of a key, a time and the like"`
	Label  string `json:"label" doc:"As in the file"`
	Role   string `json:"role" enum:"id,time,order,company,created,trait,property,fact"`
	Type   string `json:"type"`
	Column *int   `json:"column,omitempty" doc:"The column of the plan, from 0; absent of what is made of several or of none"`
}

// PreviewRow is a row that is taken.
type PreviewRow struct {
	File   string   `json:"file"`
	Line   int64    `json:"line"`
	Values []Value  `json:"values" doc:"By field, as stored; long ones are cut"`
	Raw    []string `json:"raw" doc:"By field, as in the file"`
}

// PreviewReject is a row that cannot be taken.
type PreviewReject struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Column string `json:"column,omitempty" doc:"As in the file; absent if it is the row itself"`
	Value  string `json:"value"`
	Reason string `json:"reason" say:"text"`
}

// Progress is how far an import is.
type Progress struct {
	Stage     string  `json:"stage" enum:"checking,types,loading,storing" doc:"Checking whether the files are known, reading them once more for types, loading rows, storing them"`
	Bytes     int64   `json:"bytes" doc:"Bytes read so far in this stage, as they are on disk"`
	Of        int64   `json:"of" doc:"Bytes in all"`
	Rows      int64   `json:"rows" doc:"Rows read so far"`
	Rejected  int64   `json:"rejected" doc:"Rows that could not be taken so far"`
	PerSecond float64 `json:"per_second" doc:"Rows per second since the stage began"`
	Left      float64 `json:"left" doc:"Seconds that the stage will still take, 0 if not known yet"`
}

// Imported is the outcome of an import.
type Imported struct {
	Import  Import   `json:"import"`
	Already bool     `json:"already" doc:"The same files were imported before in the same way: nothing changed"`
	Rejects string   `json:"rejects,omitempty" doc:"File on the machine of kreds with the rows that could not be taken, and why"`
	Reasons []Reject `json:"reasons" doc:"Why rows could not be taken, most frequent first"`
	Notes   []string `json:"notes" say:"text" doc:"What was decided, for people"`
	Seconds float64  `json:"seconds"`
}

// Reject is why rows could not be taken.
type Reject struct {
	Reason string `json:"reason" say:"text"`
	Rows   int    `json:"rows"`
}

// ImportLine is one line of the answer to an import: progress, the outcome, or
// what went wrong.
type ImportLine struct {
	Type     string    `json:"type" enum:"progress,done,error"`
	Progress *Progress `json:"progress,omitempty"`
	Result   *Imported `json:"result,omitempty" doc:"Of the last line, if it is done"`
	Problem  *Problem  `json:"problem,omitempty" doc:"Of the last line, if it failed"`
}

func planOf(p *collect.Plan, cal *segment.Calendar) *Plan {
	out := &Plan{
		Delimiter: p.Delimiter, Quote: p.Quote, Header: p.Header, Encoding: p.Encoding, Sampled: p.Sampled,
		Decimal: Finding(p.Decimal), DateOrder: Finding(p.DateOrder), Rows: p.Rows, Whole: p.Whole,
		Columns: []PlanColumn{}, Computed: []Computed{}, Notes: some(p.Notes), Preview: previewOf(p.Preview, cal),
	}
	for _, c := range p.Columns {
		out.Columns = append(out.Columns, PlanColumn{
			Label: c.Label, Name: c.Name, Role: c.Role, Type: c.Type.String(), Format: c.Format, Why: c.Why, Doubt: c.Doubt, Missing: c.Missing, Examples: some(c.Examples),
		})
	}
	for _, c := range p.Computed {
		out.Computed = append(out.Computed, Computed{Name: c.Name, Formula: c.Formula})
	}
	return out
}

func previewOf(p *collect.Preview, cal *segment.Calendar) ImportPreview {
	out := ImportPreview{
		Fields: []PreviewField{}, Rows: []PreviewRow{}, Rejects: []PreviewReject{},
		Read: p.Read, Rejected: p.Rejected, Keys: p.Keys,
	}
	for _, f := range p.Fields {
		field := PreviewField{Name: f.Name, Label: f.Label, Role: f.Role, Type: f.Type.String()}
		if f.Column >= 0 {
			field.Column = &f.Column
		}
		out.Fields = append(out.Fields, field)
	}
	for _, r := range p.Rows {
		out.Rows = append(out.Rows, PreviewRow{File: r.File, Line: r.Line, Values: valuesOf(r.Values, cal), Raw: r.Raw})
	}
	for _, r := range p.Rejects {
		out.Rejects = append(out.Rejects, PreviewReject(r))
	}
	return out
}

func requestOf(r *ImportRequest, files []string) collect.Request {
	q := collect.Request{
		Files: files, As: r.As, ID: r.ID, Time: r.Time, Order: r.Order, For: r.For, Map: r.Map, Types: r.Types,
		Encoding: r.Encoding, Delimiter: r.Delimiter, Decimal: r.Decimal, DateOrder: r.DateOrder, Header: r.Header,
	}
	for _, c := range r.Compute {
		q.Compute = append(q.Compute, collect.Computed{Name: c.Name, Formula: c.Formula})
	}
	return q
}

// doImport runs an import and writes how it goes on.
func (h *handler) doImport(ctx context.Context, r *ImportRequest, s *stream) error {
	files, err := h.files(ctx, r)
	if err != nil {
		return err
	}
	defer h.forget(r)
	// A client that cannot be written to is gone; its context ends the import.
	var gone error
	result, err := h.importFiles(ctx, r, files, func(p Progress) {
		if gone == nil {
			gone = s.line(ImportLine{Type: "progress", Progress: &p})
		}
	})
	if err != nil {
		return err
	}
	return s.line(ImportLine{Type: "done", Result: result})
}

// importFiles runs an import once no other runs.
func (h *handler) importFiles(ctx context.Context, r *ImportRequest, files []string, progress func(Progress)) (*Imported, error) {
	release, err := h.load(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	began := h.clock()
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	out, err := h.importer.Import(ctx, requestOf(r, files), func(p collect.Progress) {
		progress(Progress{
			Stage: p.Stage, Bytes: p.Bytes, Of: p.Of, Rows: p.Rows, Rejected: p.Rejected,
			PerSecond: p.PerSecond, Left: p.Left.Seconds(),
		})
	})
	if err != nil {
		h.metrics.imports.WithLabelValues("failed").Inc()
		return nil, err
	}
	result := &Imported{
		Import: h.importOf(out.Import, cal), Already: out.Already, Rejects: out.Rejects,
		Reasons: []Reject{}, Notes: []string{}, Seconds: since(h.clock, began),
	}
	for reason, rows := range out.Reasons {
		result.Reasons = append(result.Reasons, Reject{reason, rows})
	}
	slices.SortFunc(result.Reasons, func(a, b Reject) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Reason, b.Reason))
	})
	if out.Plan != nil {
		result.Notes = some(out.Plan.Notes)
	}
	if out.Already {
		h.metrics.imports.WithLabelValues("already").Inc()
	} else {
		about(ctx, fmt.Sprintf("%d %s", out.Import.ID, out.Import.As))
		h.metrics.imports.WithLabelValues("done").Inc()
		h.metrics.imported.Add(float64(out.Import.Rows))
	}
	return result, nil
}
