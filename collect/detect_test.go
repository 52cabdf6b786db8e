package collect_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/kreds/kreds"
)

// What the sample shows is not always true: the types are those of all values.
func TestTypesOfAllValues(t *testing.T) {
	w := newWorkspace(t)
	var b strings.Builder
	b.WriteString("id,at,value,day,sum,none,name\n")
	const rows = 60_000
	for i := range rows {
		fmt.Fprintf(&b, "%d,2025-01-%02d,%d,%d/%d/2025,\"%d,%03d\",,abcdefghij\n", i, 1+i%28, i, 1+i%9, 1+i%12, 1+i%9, i%1000)
	}
	b.WriteString("x,2025-01-01,A1,3/25/2025,\"1,5\",late,Caf\xe9\n")
	got := w.imports(events(w.file("a.csv", b.String())))
	if got.Import.Rows != rows+1 || got.Import.Rejected != 0 {
		t.Fatalf("%+v", got.Import)
	}
	var types []string
	for _, c := range got.Plan.Columns {
		types = append(types, fmt.Sprintf("%s %s %s", c.Label, c.Type, c.Format))
	}
	want := []string{"id text ", "at instant year-month-day", "value text ", "day date month-day-year", "sum number decimal comma", "none text ", "name text "}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
	if got.Plan.Encoding != "Windows-1252" {
		t.Errorf("encoding %s", got.Plan.Encoding)
	}
	for expression, n := range map[string]int64{
		`did purchase where (name = "Café")`:     1,
		`did purchase where (value = "A1")`:      1,
		`did purchase where (none = "late")`:     1,
		`did purchase where (day on 2025-03-25)`: 1,
		`did purchase where (sum = 1.5)`:         8, // the last row, and 1,500 in seven others
	} {
		if got := w.count(expression, "2025-12-31"); got != n {
			t.Errorf("%s: %d, want %d", expression, got, n)
		}
	}
}

// One word among many numbers makes a column text, which is said, with the way out.
func TestOneWordAmongNumbers(t *testing.T) {
	w := newWorkspace(t)
	var b strings.Builder
	b.WriteString("id,at,amount\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "%d,2025-01-%02d,%d\n", i%900, 1+i%28, i%77)
	}
	b.WriteString("7,2025-01-01,n.v.t.\n")
	r := events(w.file("a.csv", b.String()))
	got := w.imports(r)
	want := `column "amount" is text because of values such as "n.v.t.", though it begins with numbers; --type "amount=number" rejects the others`
	if !slices.Contains(got.Plan.Notes, want) || got.Import.Rejected != 0 {
		t.Errorf("%+v, noted %q", got.Import, got.Plan.Notes)
	}
	if err := w.importer.Undo(t.Context(), got.Import.ID); err != nil {
		t.Fatal(err)
	}
	r.Types = map[string]string{"amount": "number"}
	if got = w.imports(r); got.Import.Rows != 100_000 || got.Import.Rejected != 1 {
		t.Errorf("%+v", got.Import)
	}
}

// The time is ambiguous as far as the sample goes; no row may be lost to that.
func TestAmbiguousTimes(t *testing.T) {
	w := newWorkspace(t)
	var b strings.Builder
	b.WriteString("id,at,note\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "%d,%d/%d/2025,%s\n", i, 1+i/20_000, 1+i%12, "some text to fill the sample")
	}
	b.WriteString("late,2/25/2025,\n")
	got := w.imports(events(w.file("a.csv", b.String())))
	if got.Import.Rejected != 0 || got.Import.Rows != 40_001 {
		t.Errorf("%+v", got.Import)
	}
	if n := w.count("did purchase on 2025-02-25", "2025-12-31"); n != 1 {
		t.Errorf("%d on 25 February", n)
	}
}

func TestEncodings(t *testing.T) {
	const text = "id,at,by\n1,2025-01-01,Århus\n2,2025-01-01,\"Smørrebrød, €5\"\n3,2025-01-01,plain\n"
	little, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	big, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, contents, encoding string }{
		{"utf8.csv", text, "UTF-8"},
		{"mark.csv", "\ufeff" + text, "UTF-8"},
		{"little.csv", little, "UTF-16LE"},
		{"big.csv", big, "UTF-16BE"},
		{"latin.csv", latin, "Windows-1252"},
		{"zipped.csv", zipped(text), "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t)
			got := w.imports(events(w.file(c.name, c.contents)))
			if got.Plan.Encoding != c.encoding || got.Import.Rows != 3 {
				t.Errorf("%+v, %+v", got.Plan, got.Import)
			}
			if n := w.count(`did purchase where (by = "Smørrebrød, €5" or by = "Århus")`, "2025-12-31"); n != 2 {
				t.Errorf("%d", n)
			}
		})
	}
	t.Run("faults in UTF-8", func(t *testing.T) {
		w := newWorkspace(t)
		got := w.imports(events(w.file("a.csv", text+strings.Repeat("4,2025-01-01,ærø\n", 20)+"5,2025-01-01,\xff\n")))
		if got.Import.Rows != 23 || got.Reasons["not valid UTF-8"] != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, text)
	z.Close()
	return b.String()
}

func TestUnreadableFiles(t *testing.T) {
	w := newWorkspace(t)
	var long strings.Builder
	long.WriteString("id,at\n")
	for i := range 300_000 {
		fmt.Fprintf(&long, "%d,2025-01-01\n", i)
	}
	archive := zipped(long.String())
	for _, c := range []struct{ name, contents, message string }{
		{"book.xlsx", "PK\x03\x04xxxx", "a zip archive or a spreadsheet"},
		{"x.parquet", "PAR1xxxx", "a Parquet file"},
		{"empty.csv", "", "empty.csv is empty"},
		{"blank.csv", "\n\n \n", "is empty"},
		{"header.csv", "id,at\n", "has no rows"},
		{"cut.csv.gz", archive[:len(archive)/2], "ends in the middle"},
		{"cut-late.csv.gz", archive[:len(archive)-9], "ends in the middle"},
		{"cut-early.csv.gz", zipped("id,at\n1,2025-01-01\n")[:20], "ends in the middle"},
		{"broken.csv.gz", "\x1f\x8b\x08\x00" + strings.Repeat("x", 100), "broken.csv.gz"},
	} {
		w.failing(events(w.file(c.name, c.contents)), kreds.CodeInvalid, c.message)
	}
	w.failing(events(w.files), kreds.CodeInvalid, "not a regular file")
}
