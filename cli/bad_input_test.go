package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/cli"
)

// desk is a folder with files and a workspace, and the program on it.
type desk struct {
	t     *testing.T
	dir   string
	later time.Duration // after the clock of newDesk
}

func newDesk(t *testing.T) *desk { return &desk{t: t, dir: t.TempDir()} }

func (d *desk) file(name, contents string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(contents), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) run(args ...string) (status int, out, errs string) {
	var stdout, stderr buffer
	env := d.env(args)
	env.Stdout, env.Stderr = &stdout, &stderr
	status = cli.Run(d.t.Context(), env)
	return status, stdout.String(), stderr.String()
}

func (d *desk) env(args []string) cli.Env {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(d.later)
	return cli.Env{
		Args: args, Stdin: strings.NewReader(""), Dir: d.dir, Engine: open, Version: "test",
		Hashing: access.Params{Memory: 64, Passes: 1, Threads: 1},
		Getenv:  func(string) string { return "" },
		Clock:   func() time.Time { return now },
	}
}

func (d *desk) must(args ...string) string {
	d.t.Helper()
	status, out, errs := d.run(args...)
	if status != cli.ExitDone {
		d.t.Fatalf("%.200q: %d %s", args, status, errs)
	}
	return out
}

// all is what the workspace holds.
func (d *desk) all() []string {
	d.t.Helper()
	return []string{
		d.must("imports", "--json"), d.must("data", "--json"), d.must("segment", "list", "--json"), d.must("list", "--json"),
		d.must("segment", "members", "Danes", "--traits", "age,country"),
	}
}

// What is wrong with the input is said, with the place and what to do, and
// nothing that was there before is lost or changed.
func TestBadInput(t *testing.T) {
	d := newDesk(t)
	d.file("customers.csv", "id,country,age\n1,DK,31\n2,SE,44\n3,DK,25\n")
	d.file("purchases.csv", "id,at,amount\n1,2025-11-02,5\n2,2025-11-03,7.5\n")
	d.must("import", "customers.csv", "--as", "customers", "--id", "id")
	d.must("import", "purchases.csv", "--as", "events:purchase", "--id", "id", "--time", "at")
	d.must("segment", "create", "Danes", `country = "DK"`)
	d.must("refresh", "--as-of", "2025-12-31")
	before := d.all()

	long := strings.Repeat("n", 10_000)
	ten := strings.Repeat(`country = "DK" or `, 10<<20/18)
	files := map[string]string{
		"empty.csv":   "",
		"header.csv":  "id,age\n",
		"ragged.csv":  "id,country,age\n4,DK\n5,NO,31,1\n",
		"mixed.csv":   "id,age\n4,31\n5,old\n",
		"words.csv":   "id,at,amount\n1,2025-11-02,much\n2,2025-11-03,more\n",
		"zero.csv":    "id,cou\x00ntry\n4,DK\n",
		"zeroes.csv":  "id,country\n\x00,DK\n4,\x00\n",
		"nothing.csv": strings.Repeat("\x00", 100_000),
		"dates.csv":   "id,at\n1,soon\n2,later\n",
		"wide.csv":    strings.Repeat("a,", 20_000) + "a\n" + strings.Repeat("1,", 20_000) + "1\n",
		"table.xlsx":  "PK\x03\x04" + strings.Repeat("x", 1000),
		"ten.txt":     ten + `country = "SE"`,
		"deep.txt":    strings.Repeat("(", 30_000) + `country = "DK"` + strings.Repeat(")", 30_000),
		"latin.txt":   "country = \"D\xe6nmark\"",
		"line.txt":    strings.Repeat("k", 1<<20),
		"keys.txt":    "1\n77\n",
	}
	for name, contents := range files {
		d.file(name, contents)
	}
	customers := func(file string, more ...string) []string {
		return append([]string{"import", file, "--as", "customers", "--id", "id"}, more...)
	}
	purchases := func(file string) []string {
		return []string{"import", file, "--as", "events:purchase", "--id", "id", "--time", "at"}
	}
	tests := []struct {
		name   string
		args   []string
		status int
		says   []string
	}{
		{"a column that is not there", []string{"import", "customers.csv", "--as", "events:visit", "--id", "id", "--time", "when"}, cli.ExitUsage, []string{`no column "when" for --time`, "the columns are id, country, age"}},
		{"a column to compute with", customers("customers.csv", "--compute", "x = age * hight"), cli.ExitUsage, []string{`"hight"`}},
		{"an empty file", customers("empty.csv"), cli.ExitUsage, []string{"empty.csv is empty"}},
		{"a header only", customers("header.csv"), cli.ExitUsage, []string{"header.csv has no rows"}},
		{"ragged rows", customers("ragged.csv"), cli.ExitUsage, []string{"none of the 2 rows", "2 fields, where the header has 3", "4 fields", "--dry-run"}},
		{"mixed types", customers("mixed.csv"), cli.ExitUsage, []string{`column "age"`, "of type text", "stored with type number", "--map", "--type"}},
		{"another type", purchases("words.csv"), cli.ExitUsage, []string{`column "amount"`, "of type text", "type number", "--map"}},
		{"no dates", purchases("dates.csv"), cli.ExitUsage, []string{`column "at" holds no date`, `"soon"`, "dates look like"}},
		{"a NUL in a name", customers("zero.csv"), cli.ExitUsage, []string{"zero.csv", "column 2 holds a NUL byte", "UTF-8"}},
		{"a NUL in every row", customers("zeroes.csv"), cli.ExitUsage, []string{"none of the 2 rows", "a NUL byte (2)"}},
		{"nothing but NUL", customers("nothing.csv"), cli.ExitUsage, []string{"kreds: "}},
		{"too many columns", []string{"import", "wide.csv", "--as", "customers"}, cli.ExitUsage, []string{"wide.csv has 20001 columns", "at most"}},
		{"no text", customers("table.xlsx"), cli.ExitUsage, []string{"table.xlsx", "CSV"}},
		{"a file of a long name", customers(long), cli.ExitUsage, []string{"cannot be read"}},
		{"no file", customers("none.csv"), cli.ExitNotFound, []string{"there is no file none.csv"}},
		{"an expression of 10 MB", []string{"count", "@ten.txt"}, cli.ExitUsage, []string{"bytes, more than 65536 at 1:1", `in list "name"`}},
		{"a definition of 10 MB", []string{"segment", "edit", "Danes", "@ten.txt", "--yes"}, cli.ExitUsage, []string{"bytes, more than 65536"}},
		{"a deep expression", []string{"count", "@deep.txt"}, cli.ExitUsage, []string{"at 1:101"}},
		{"an expression that is not UTF-8", []string{"count", "@latin.txt"}, cli.ExitUsage, []string{"not UTF-8", "save it as UTF-8"}},
		{"a long name", []string{"segment", "create", long, "everyone"}, cli.ExitUsage, []string{"name", "more than 200 characters"}},
		{"a long new name", []string{"segment", "rename", "Danes", long}, cli.ExitUsage, []string{"name", "more than 200 characters"}},
		{"a name with a line break", []string{"segment", "create", "a\nb", "everyone"}, cli.ExitUsage, []string{"line break"}},
		{"no name", []string{"segment", "create", "", "everyone"}, cli.ExitUsage, []string{"name", "is empty"}},
		{"a list of a long name", []string{"list", long, "--values", "keys.txt"}, cli.ExitUsage, []string{"name", "more than 200 characters"}},
		{"a key that is not there", []string{"segment", "create", "Fair", "--keys", "keys.txt"}, cli.ExitUsage, []string{`"77"`, "import these"}},
		{"keys on one line", []string{"segment", "create", "Fair", "--keys", "line.txt"}, cli.ExitUsage, []string{"line.txt has a line of more than 65536 bytes", "one key or value per line"}},
		{"a trait of a long name", []string{"count", long + " = 1"}, cli.ExitUsage, []string{"unknown trait", "at 1:1"}},
		{"a directory that is a file", []string{"--data", "keys.txt", "import", "customers.csv", "--as", "customers"}, cli.ExitFailed, []string{"keys.txt", "not a directory", "--data"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			status, out, errs := d.run(tt.args...)
			if status != tt.status || out != "" || !strings.HasPrefix(errs, "kreds: ") {
				t.Errorf("%d %.300q %.1000q, want %d", status, out, errs, tt.status)
			}
			for _, s := range tt.says {
				if !strings.Contains(errs, s) {
					t.Errorf("%.1000q does not say %q", errs, s)
				}
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("it took %v to refuse", took)
			}
			if diff := cmp.Diff(before, d.all()); diff != "" {
				t.Errorf("something changed (-before +after):\n%.3000s", diff)
			}
		})
	}
}

// Rows that can be taken are, whatever stands beside them.
func TestHalfBadInput(t *testing.T) {
	d := newDesk(t)
	d.file("mixed.csv", "id,age,country\n1,31,DK\n2,old,DK\n3,25\n4,25,DK,x\n5,25,\x00\n,7,DK\n6,44,SE\n")
	if out := d.must("import", "mixed.csv", "--as", "customers", "--id", "id", "--type", "age=number"); !strings.Contains(out, "5 rows could not be taken") {
		t.Error(out)
	}
	if out := d.must("count", "everyone"); !strings.HasPrefix(out, "2 of 2") {
		t.Error(out)
	}
}

// Names and keys may hold quotes, emoji, and be long.
func TestStrangeNames(t *testing.T) {
	long := strings.Repeat("langtnavn!", 1000)
	names := []string{`a "quoted" name`, "👩‍🚀 crew", "`ticks`", `back\slash`, "'; DROP TABLE profiles; --", "%s/../x", "--yes", strings.Repeat("ø", 200)}
	d := newDesk(t)
	var b strings.Builder
	b.WriteString("id,the column\n")
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	for _, n := range append(names, long) {
		b.WriteString(quoted(n) + "," + quoted(n) + "\n")
	}
	d.file("c.csv", b.String())
	d.must("import", "c.csv", "--as", "customers", "--id", "id")
	for _, n := range names {
		d.must("segment", "create", "--", n, "the_column = "+quoted(n))
		d.file("values.txt", n+"\n")
		d.must("list", "--values", "values.txt", "--", n)
		for _, expression := range []string{"in segment " + quoted(n), "the_column in list " + quoted(n), "`the column` = " + quoted(n)} {
			if out := d.must("count", expression); !strings.HasPrefix(out, "1 of 9") {
				t.Errorf("%s: %s", expression, out)
			}
		}
		if out := d.must("segment", "why", "--", n, n); !strings.Contains(out, "matches") {
			t.Errorf("%s: %s", n, out)
		}
	}
	if out := d.must("count", "the_column = "+quoted(long)); !strings.HasPrefix(out, "1 of 9") {
		t.Error(out)
	}
	d.must("refresh")
	for line := range strings.Lines(d.must("segment", "list") + d.must("data") + d.must("imports")) {
		if len([]rune(line)) > 600 {
			t.Errorf("a line of %d characters: %.100s…", len([]rune(line)), line)
		}
	}
}
