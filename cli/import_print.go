package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kreds/kreds/api"
)

func printImported(w *strings.Builder, x *api.Imported) {
	i := x.Import
	if x.Already {
		fmt.Fprintf(w, "Nothing new: %s is in already, as import %d.\n", fileNames(i.Files), i.ID)
		return
	}
	fmt.Fprintf(w, "Imported %s of %s as %s in %s: import %d", counted(i.Rows, "row", "rows"), fileNames(i.Files), clean(i.As), took(x.Seconds), i.ID)
	if i.As != "items" { // items are about no profile
		fmt.Fprintf(w, ", with %s", counted(i.Created, "new profile", "new profiles"))
	}
	w.WriteString(".\n")
	if i.Rejected > 0 {
		fmt.Fprintf(w, "%s could not be taken, and %s has them:\n", counted(i.Rejected, "row", "rows"), clean(x.Rejects))
		for _, r := range x.Reasons {
			fmt.Fprintf(w, "  %s: %s\n", grouped(int64(r.Rows)), clean(r.Reason))
		}
	}
}

func printNotes(w *strings.Builder, notes []string) {
	for _, n := range notes {
		fmt.Fprintf(w, "Note: %s\n", clean(n))
	}
}

func printPlan(w *strings.Builder, p *api.Plan) {
	header := "no header"
	if p.Header {
		header = "a header"
	}
	of := ""
	if !p.Whole {
		of = " of about " + grouped(p.Rows)
	}
	fmt.Fprintf(w, "%s between columns, %s, %s; seen from %s%s\n\n", delimiter(p.Delimiter), header, clean(p.Encoding),
		counted(int64(p.Sampled), "row", "rows"), of)
	t := newTable("column", "name", "is", "type", "written", ">missing", "examples")
	for _, c := range p.Columns {
		name, kind := c.Name, c.Type
		if c.Role == "none" {
			name, kind = "", ""
		}
		t.add(short(c.Label, 40), short(name, 40), c.Role, kind, c.Format, grouped(int64(c.Missing)), examples(c.Examples))
	}
	for _, c := range p.Computed {
		t.add("", c.Name, "computed", "number", c.Formula, "", "")
	}
	t.write(w)
	fmt.Fprintln(w)
	printPreview(w, &p.Preview)
	for _, x := range []struct {
		what string
		api.Finding
	}{{"Decimal sign", p.Decimal}, {"Dates", p.DateOrder}} {
		if x.Why != "" {
			fmt.Fprintf(w, "%s %s: %s\n", x.what, x.Found, clean(x.Why))
		}
	}
	printNotes(w, p.Notes)
	fmt.Fprintln(w, "Nothing was imported: leave out --dry-run to import.")
}

// What a plan shows of the first rows; --json has more.
const (
	rowsShown   = 5
	fieldsShown = 8
)

// printPreview shows what the first rows become, and which cannot be taken.
func printPreview(w *strings.Builder, p *api.ImportPreview) {
	fields := p.Fields[:min(len(p.Fields), fieldsShown)]
	heads := []string{">line"}
	for _, f := range fields {
		heads = append(heads, short(clean(cmp.Or(f.Name, f.Label, f.Role)), 24))
	}
	if more := len(p.Fields) - len(fields); more > 0 {
		heads = append(heads, fmt.Sprintf("and %d more", more))
	}
	t := newTable(heads...)
	for _, r := range p.Rows[:min(len(p.Rows), rowsShown)] {
		cells := []string{fmt.Sprint(r.Line)}
		for i := range fields {
			cells = append(cells, short(shown(r.Values[i]), 24))
		}
		t.add(cells...)
	}
	if len(t.rows) > 0 {
		fmt.Fprintln(w, "The first rows become:")
		t.write(w)
		fmt.Fprintln(w)
	}
	if p.Rejected == 0 {
		return
	}
	fmt.Fprintf(w, "%s of %s cannot be taken:\n", grouped(int64(p.Rejected)), counted(int64(p.Read), "row", "rows"))
	t = newTable(">line", "column", "value", "reason")
	for _, r := range p.Rejects[:min(len(p.Rejects), rowsShown)] {
		t.add(fmt.Sprint(r.Line), short(r.Column, 40), short(r.Value, 40), r.Reason)
	}
	t.write(w)
	fmt.Fprintln(w)
}

func delimiter(d string) string {
	switch d {
	case "tab":
		return "a tab"
	case ",":
		return "a comma"
	case ";":
		return "a semicolon"
	case "|":
		return "a bar"
	}
	return "“" + clean(d) + "”"
}

func examples(values []string) string {
	var parts []string
	for i, v := range values {
		if i == 3 {
			break
		}
		parts = append(parts, short(v, 20))
	}
	return strings.Join(parts, ", ")
}
