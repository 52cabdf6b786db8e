package cli

import (
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
	fmt.Fprintf(w, "%s between columns, %s, %s; seen from %s\n\n", delimiter(p.Delimiter), header, clean(p.Encoding),
		counted(int64(p.Sampled), "row", "rows"))
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
	printNotes(w, p.Notes)
	fmt.Fprintln(w, "Nothing was imported: leave out --dry-run to import.")
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
