package collect_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
)

func events(files ...string) collect.Request {
	return collect.Request{Files: files, As: "events:purchase", ID: "id", Time: "at"}
}

func customers(files ...string) collect.Request {
	return collect.Request{Files: files, As: "customers", ID: "id"}
}

// failing imports what must fail, and checks that nothing is left of it.
func (w *workspace) failing(r collect.Request, code kreds.Code, message string) {
	w.t.Helper()
	before := w.ledger()
	_, err := w.importer.Import(context.Background(), r, nil)
	if kreds.CodeOf(err) != code || err == nil || !strings.Contains(err.Error(), message) {
		w.t.Errorf("%v (%s), want %s with %q", err, kreds.CodeOf(err), code, message)
	}
	w.same(before)
}

// ledger describes what is stored.
func (w *workspace) ledger() string {
	w.t.Helper()
	all, err := w.state.Imports(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	cat, err := w.engine.Catalogue(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "rejects", "*"))
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprint(all, cat, files)
}

func (w *workspace) same(before string) {
	w.t.Helper()
	if diff := cmp.Diff(before, w.ledger()); diff != "" {
		w.t.Errorf("something is left (-before +after):\n%s", diff)
	}
}

func TestRejects(t *testing.T) {
	w := newWorkspace(t)
	r := events(w.file("a.csv", strings.Join([]string{
		"id,at,amount,place,tags,flag,lat,lon,price",
		`1,2025-01-01,1.5,"55.5, 12.5","[""a""]",true,55.5,12.5,2`,
		`,2025-01-01,1.5,,,,,,`,
		`2,,1.5,,,,,,`,
		`2,yesterday,1.5,,,,,,`,
		`2,2025-02-30,1.5,,,,,,`,
		`2,2025-01-01,one,,,,,,`,
		`2,2025-01-01,1.5,north,,,,,`,
		`2,2025-01-01,1.5,,a,,,,`,
		`2,2025-01-01,1.5,,,perhaps,,,`,
		`2,2025-01-01,1.5,,,,91,0,`,
		`2,2025-01-01,1.5,,,,,,free`,
		`2,2025-01-01,1.5`,
		`2,2025-01-01,1.5,,,,,,,,x`,
		"2,2025-01-01,1.5,\x00,,,,,",
		"NULL,2025-01-01,1.5,,,,,,",
		`"two`, `lines",2025-01-01,` + strings.Repeat("æ", 200) + `,,,,,,`,
		`3,2025-01-01,"2.5",,,,,,`,
		`4,2025-01-01,"2.5`,
	}, "\n")))
	r.Types = map[string]string{"amount": "number", "place": "location", "tags": "list", "flag": "boolean"}
	r.Map = map[string]string{"lat": "home.lat", "lon": "home.lon"}
	r.Compute = []collect.Computed{{Name: "double", Formula: "2 * price"}}
	got := w.imports(r)
	want := `line,column,value,reason
3,id,,the key is missing
4,at,,the time is missing
5,at,yesterday,not a date like 2025-03-01
6,at,2025-02-30,not a date like 2025-03-01
7,amount,one,not a number
8,place,north,"not a location like 55.676, 12.568"
9,tags,a,"not a list like [""a"", ""b""]"
10,flag,perhaps,neither true nor false
11,lat,91,not a latitude and longitude
12,price,free,not a number
13,,"2,2025-01-01,1.5","3 fields, where the header has 9"
14,,"2,2025-01-01,1.5,,,,,,,,x","11 fields, where the header has 9"
15,place,` + "\u2400" + `,a NUL byte
16,id,NULL,the key is missing
17,amount,` + strings.Repeat("æ", 100) + `…,not a number
20,,"4,2025-01-01,""2.5",a quote is opened and not closed
`
	if diff := cmp.Diff(want, w.rejects(got.Rejects)); diff != "" {
		t.Errorf("rejects differ (-want +got):\n%s", diff)
	}
	if got.Import.Rows != 2 || got.Import.Rejected != 16 || got.Reasons["not a number"] != 3 {
		t.Errorf("%+v", got)
	}
	if filepath.Base(got.Rejects) != fmt.Sprintf("import-%d.csv", got.Import.ID) {
		t.Errorf("rejects are in %s", got.Rejects)
	}
}

// A column keeps the type that is stored.
func TestStoredTypes(t *testing.T) {
	w := newWorkspace(t)
	w.imports(customers(w.file("a.csv", "id,age,city,seen\n1,31,x,2025-01-01 10:00\n")))
	if got := w.imports(customers(w.file("b.csv", "id,age,city,seen\n2,NA,7,2025-01-02\n"))); got.Plan.Columns[2].Type != kreds.Text || got.Plan.Columns[3].Type != kreds.Instants {
		t.Errorf("%+v", got.Plan.Columns)
	}
	w.failing(customers(w.file("c.csv", "id,age\n3,old\n")), kreds.CodeInvalid, `column "age" holds values of type text, but the trait "age" is stored with type number`)
	r := customers(w.file("d.csv", "id,age\n3,old\n4,12\n"))
	r.Types = map[string]string{"age": "number"}
	if got := w.imports(r); got.Import.Rows != 1 || got.Reasons["not a number"] != 1 {
		t.Errorf("%+v", got)
	}
	r.Types = map[string]string{"age": "text"}
	w.failing(r, kreds.CodeInvalid, "is stored with type number")
}

func TestSeveralFiles(t *testing.T) {
	w := newWorkspace(t)
	a := w.file("a.csv", "id,at,x\n1,2025-01-01,1\n,2025-01-01,1\n")
	b := w.file("b.tsv", "x\tat\tid\ny\t2025-01-02\t2\n")
	got := w.imports(events(a, b, w.file("copy.csv", "id,at,x\n1,2025-01-01,1\n,2025-01-01,1\n")))
	if got.Import.Rows != 2 || !slices.Equal(got.Import.Files, []string{"a.csv", "b.tsv"}) {
		t.Errorf("%+v", got.Import)
	}
	if want := "line,column,value,reason,file\n3,id,,the key is missing,a.csv\n"; w.rejects(got.Rejects) != want {
		t.Errorf("%q", w.rejects(got.Rejects))
	}
	if n := w.count(`did purchase where (x = "1")`, "2025-12-31"); n != 1 {
		t.Errorf("%d with x", n)
	}
	if !w.imports(events(b, a)).Already {
		t.Error("the same files in another order were imported again")
	}
	w.failing(events(a, w.file("c.csv", "id,at\n1,2025-01-01\n")), kreds.CodeInvalid, `c.csv lacks the column "x"`)
	w.failing(events(a, w.file("d.csv", "id,at,y\n1,2025-01-01,1\n")), kreds.CodeInvalid, `d.csv has a column "y"`)
	w.failing(events(a, filepath.Join(w.files, "none.csv")), kreds.CodeNotFound, "there is no file")
}

func TestNumberedRows(t *testing.T) {
	w := newWorkspace(t)
	got := w.imports(collect.Request{Files: []string{w.file("a.csv", "age\n31\nx,y\n44\n"), w.file("b.csv", "age\n7\n")}, As: "customers"})
	if got.Import.Rows != 3 || !strings.Contains(strings.Join(got.Plan.Notes, "\n"), "rows are numbered") {
		t.Errorf("%+v", got)
	}
	for _, key := range []string{"1", "3", "4"} {
		if _, err := w.engine.Find(context.Background(), kreds.Person, key); err != nil {
			t.Errorf("key %s: %v", key, err)
		}
	}
	w.failing(collect.Request{Files: []string{w.file("c.csv", "age\n1\n")}, As: "customers"}, kreds.CodeConflict, "rows cannot be numbered")
}

func TestRoles(t *testing.T) {
	w := newWorkspace(t)
	w.imports(collect.Request{Files: []string{w.file("firms.csv", "cvr,size\nA,10\nB,200\n")}, As: "companies", ID: "cvr"})
	r := customers(w.file("a.csv", "id,seen,firm,made,lat,lon,qty,price\n1,2025-01-05,A,2020-05-05,55.676,12.568,3,2.5\n2,2025-01-05,B,2021-05-05,,,,1\n2,2025-03-01,A,,,,0,1\n"))
	r.Time = "seen"
	r.Map = map[string]string{"firm": "company", "made": "profile.first_seen", "lat": "lat", "lon": "lon"}
	r.Compute = []collect.Computed{{Name: "total", Formula: "qty * price"}, {Name: "Each", Formula: "total / qty"}}
	w.imports(r)
	w.imports(collect.Request{Files: []string{w.file("e.csv", "firm,at\nA,2025-01-01\nC,2025-01-01 10:00\n")}, As: "events:Site Visit", ID: "firm", Time: "at", For: "companies"})
	w.imports(collect.Request{Files: []string{w.file("i.csv", "sku,price\nx,1.5\ny,2\n")}, As: "items", ID: "sku"})
	for _, c := range []struct {
		expression, asOf string
		want             int64
	}{
		{"everyone", "2020-12-31", 1},
		{"everyone", "2025-12-31", 2},
		{"company.size = 200", "2025-02-01", 1},
		{"company.size = 200", "2025-04-01", 0},
		{"location near (55.676, 12.568) within 1 km", "2025-04-01", 1},
		{"total = 7.5", "2025-04-01", 1},
		{"total = 0", "2025-04-01", 1},
		{"each is known", "2025-04-01", 1},
		{"total is unknown", "2025-02-01", 1},
		{"qty is known", "2024-12-31", 0},
		{"companies: did site_visit", "2025-12-31", 2},
	} {
		if got := w.count(c.expression, c.asOf); got != c.want {
			t.Errorf("%s as of %s: %d, want %d", c.expression, c.asOf, got, c.want)
		}
	}
}

// A line of 100 MB, and names of all kinds, lose nothing else.
func TestExtremes(t *testing.T) {
	w := newWorkspace(t)
	path := filepath.Join(w.files, "long.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "id,at,name\n1,2025-01-01,a")
	fmt.Fprint(f, "2,2025-01-01,")
	part := []byte(strings.Repeat("x", 1<<20))
	for range 100 {
		if _, err := f.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintln(f, "\n3,2025-01-01,b")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := w.imports(events(path)); got.Import.Rows != 2 || got.Reasons["the row is longer than 8 MiB"] != 1 {
		t.Errorf("%+v", got)
	}
	names := []string{`"quoted"`, "👩‍🚀 emoji", strings.Repeat("langt navn ", 1000), "`back`", "a\nb", "SELECT", "id'; DROP TABLE profiles; --"}
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	var b strings.Builder
	b.WriteString("id")
	for _, n := range names {
		b.WriteString("," + quoted(n))
	}
	for i, n := range append(slices.Clone(names), strings.Repeat("ø", 10_000)) {
		b.WriteString("\n" + quoted(n))
		for range names {
			fmt.Fprintf(&b, ",v%d", i)
		}
	}
	if got := w.imports(customers(w.file("names.csv", b.String()))); got.Import.Rows != 8 || got.Import.Created != 8 {
		t.Errorf("%+v", got.Import)
	}
	cat, err := w.engine.Catalogue(context.Background())
	if err != nil || len(cat.Traits) != len(names) {
		t.Errorf("%d traits, %v", len(cat.Traits), err)
	}
	if n := w.count("`\"quoted\"` = \"v7\"", "2025-12-31"); n != 1 {
		t.Errorf("%d", n)
	}
}

// An import that is cancelled, or has no row to take, leaves nothing.
func TestCancelled(t *testing.T) {
	w := newWorkspace(t)
	var b strings.Builder
	b.WriteString("id,at\n")
	for i := range 300_000 {
		fmt.Fprintf(&b, "%d,2025-01-01\n,2025-01-01\n", i)
	}
	r := events(w.file("a.csv", b.String()))
	before := w.ledger()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err := w.importer.Import(ctx, r, func(p collect.Progress) {
		if p.Stage == "loading" {
			cancel()
		}
	})
	if kreds.CodeOf(err) != kreds.CodeCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	w.same(before)
	w.failing(events(w.file("all.csv", "id,at\n,2025-01-01\n,2025-01-01\n")), kreds.CodeInvalid, "none of the 2 rows can be taken: the key is missing (2)")
	if got := w.imports(r); got.Import.Rows != 300_000 || got.Import.Rejected != 300_000 {
		t.Errorf("%+v", got.Import)
	}
}

// The file of rejects cannot be written: the import fails, and nothing is left.
func TestRejectsNotWritable(t *testing.T) {
	w := newWorkspace(t)
	if err := os.WriteFile(filepath.Join(w.dir, "rejects"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.failing(events(w.file("a.csv", "id,at\n1,2025-01-01\n,2025-01-01\n")), kreds.CodeUnavailable, "the file of rejects cannot be written")
}

func TestUndo(t *testing.T) {
	w := newWorkspace(t)
	r := events(w.file("a.csv", "id,at,x\n1,2025-01-01,1\n2,2025-01-01,2\n,2025-01-01,2\n"))
	first := w.imports(r)
	if again := w.imports(r); !again.Already || again.Rejects != first.Rejects {
		t.Errorf("%+v", again)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "rejects", "import-7.csv.partial"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.importer.Undo(context.Background(), first.Import.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.importer.Undo(context.Background(), first.Import.ID); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("%v", err)
	}
	if left, err := filepath.Glob(filepath.Join(w.dir, "rejects", "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if err := w.importer.Undo(context.Background(), 99); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("%v", err)
	}
	again := w.imports(r)
	if again.Already || again.Import.Created != 2 {
		t.Errorf("%+v", again)
	}
	r.Map = map[string]string{"x": "-"}
	if other := w.imports(r); other.Already || !strings.Contains(strings.Join(other.Plan.Notes, "\n"), fmt.Sprintf("as import %d", again.Import.ID)) {
		t.Errorf("%+v", other.Plan.Notes)
	}
}

// One file, or its rows shuffled into many, are the same customers at all times.
func TestOrderOfArrival(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const head = "id,at,invoice,amount,kind\n"
	var lines []string
	for range 5000 {
		day := kreds.Day(20000 + r.IntN(300))
		kind := []string{"a", "b", ""}[r.IntN(3)]
		lines = append(lines, fmt.Sprintf("c%d,%s %02d:%02d,i%d,%d.%02d,%s\n", r.IntN(200), day, r.IntN(24), r.IntN(60), r.IntN(2000), r.IntN(100), r.IntN(100), kind))
	}
	bring := func(w *workspace, name string, lines []string) {
		r := events(w.file(name, head+strings.Join(lines, "")))
		r.Order = "invoice"
		r.Compute = []collect.Computed{{Name: "vat", Formula: "amount * 0.25"}}
		w.imports(r)
	}
	one, many := newWorkspace(t), newWorkspace(t)
	bring(one, "all.csv", lines)
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	n := 0
	for part := range slices.Chunk(lines, 250) {
		n++
		bring(many, fmt.Sprintf("%d.csv", n), part)
	}
	for _, asOf := range []string{"2024-11-01", "2025-03-01", "2025-12-31"} {
		for _, expression := range []string{
			"everyone", "did purchase at least 5 times", "sum(vat) of purchase > 100", `did purchase where (kind = "a") at least twice within last 60 days`,
			"median gap of purchase < 10 days", `last(kind) of purchase = "b"`, "did purchase then purchase within 3 days",
		} {
			if a, b := one.count(expression, asOf), many.count(expression, asOf); a != b {
				t.Errorf("%s as of %s: %d from one file, %d from many", expression, asOf, a, b)
			}
		}
	}
}
