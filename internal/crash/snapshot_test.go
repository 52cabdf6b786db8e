package crash_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// writeFiles makes the files that are imported, always the same.
func writeFiles(t *testing.T, dir string) {
	t.Helper()
	r := rand.New(rand.NewPCG(2025, 11))
	write := func(name string, rows int, head string, row func(i int) string) {
		var b strings.Builder
		b.WriteString(head + "\n")
		for i := range rows {
			b.WriteString(row(i) + "\n")
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	write("customers.csv", 2000, "id,country,age,plan", func(i int) string {
		return fmt.Sprintf("c%d,%s,%s,%s", i, pick("DK", "SE", "NO"), pick("", "31", "44", "67"), pick("gold", "basic"))
	})
	sales := func(from, to, customers int, goods string) func(i int) string {
		return func(i int) string {
			amount := fmt.Sprintf("%d.%02d", r.IntN(500), r.IntN(100))
			if i%50 == 7 {
				amount = "free" // a reject
			}
			return fmt.Sprintf("c%d,2025-%02d-%02d %02d:%02d,%s%d,%s,%s%d", r.IntN(customers),
				from+r.IntN(to-from), 1+r.IntN(28), r.IntN(24), r.IntN(60), goods, i/3, amount, goods, r.IntN(300))
		}
	}
	write("spring.csv", 4000, "id,at,invoice,amount,product", sales(1, 7, 2000, "wine"))
	write("mistake.csv", 500, "id,at,invoice,amount,product", sales(1, 7, 2100, "milk"))
	// Later customers, later products, and a column that is new.
	autumn := sales(5, 13, 2500, "cheese")
	write("autumn.csv", 6000, "id,at,invoice,amount,product,shop", func(i int) string { return autumn(i) + "," + pick("north", "south") })
}

func purchases(file string) []string {
	return []string{"import", file, "--as", "events:purchase", "--id", "id", "--time", "at", "--order", "invoice", "--type", "amount=number"}
}

// setUp are the commands that make the template: imports, one of them undone,
// and segments that were refreshed.
func setUp() [][]string {
	commands := [][]string{
		{"import", "customers.csv", "--as", "customers", "--id", "id"},
		purchases("spring.csv"),
		purchases("mistake.csv"),
		{"imports", "undo", "3"},
		{"segment", "create", "Danes", `country = "DK"`, "--owner", "Anna"},
		{"segment", "create", "Good Danes", `in segment "Danes" and sum(amount) of purchase >= 500`},
		{"segment", "edit", "Danes", `country = "DK" and age is known`, "--yes"},
	}
	for i := range 8 {
		commands = append(commands,
			[]string{"segment", "create", fmt.Sprintf("Of %d", i), fmt.Sprintf(`did purchase where (product = "wine%d" or amount > %d) within last %d days`, i, 100+i, 100+10*i)},
			[]string{"segment", "create", fmt.Sprintf("Pause %d", i), fmt.Sprintf("did purchase then purchase within %d days and median(amount) of purchase in top %d%%", i+1, 10+i)})
	}
	return append(commands, []string{"refresh", "--as-of", "2025-06-30"})
}

// questions are answered in every snapshot.
var questions = []struct{ expression, asOf string }{
	{"everyone", "2025-12-31"},
	{"sum(amount) of purchase > 400.25", "2025-06-30"},
	{"sum(amount) of purchase > 400.25", "2025-12-31"},
	{"did purchase then purchase within 3 days", "2025-12-31"},
	{`last(product) of purchase = "wine7"`, "2025-06-30"},
	{`in segment "Good Danes"`, "2025-12-31"},
}

// snapshot is what a workspace holds.
type snapshot struct {
	// texts are all of it. What kreds did after the template was made is without
	// its times and numbers.
	texts map[string]string

	imports, runs int
	lastImport    kreds.ImportID
	lastRun       int64
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "unwritable: " + err.Error()
	}
	return string(b)
}

// take opens a workspace and reads all of it. The template's snapshot says what
// is new; nil is for that one itself.
func take(t *testing.T, dir string, template *snapshot) snapshot {
	t.Helper()
	ctx := t.Context()
	s, err := state.Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := duckdb.Open(ctx, filepath.Join(dir, "data.duckdb"), duckdb.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := snapshot{texts: map[string]string{}}
	all, err := s.Imports(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out.imports = len(all)
	names := map[string]string{}
	for i := range all {
		out.lastImport = all[i].ID
		if template != nil && all[i].ID > template.lastImport {
			names[fmt.Sprintf("import-%d.csv", all[i].ID)] = "new"
			all[i].ID, all[i].Started, all[i].Ended = 0, time.Time{}, time.Time{}
		}
	}
	out.texts["ledger"] = text(all)
	out.segments(t, s, template)
	statistics, err := db.Statistics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out.texts["data"] = fmt.Sprintf("%+v", *statistics)
	out.answers(t, audience.New(db, s, clock))
	out.rejects(t, dir, names)
	return out
}

// segments reads the definitions, and the runs with their members.
func (out *snapshot) segments(t *testing.T, s *state.Store, template *snapshot) {
	t.Helper()
	ctx := t.Context()
	segments, err := s.Segments(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var definitions, runs strings.Builder
	for _, seg := range segments {
		versions, err := s.Versions(ctx, seg.Name)
		if err != nil {
			t.Fatal(err)
		}
		definitions.WriteString(text([]any{seg, versions}) + "\n")
		of, err := s.Runs(ctx, seg.Name, 100)
		if err != nil {
			t.Fatal(err)
		}
		for i := range of {
			out.runs++
			out.lastRun = max(out.lastRun, of[i].ID)
			if template != nil && of[i].ID > template.lastRun {
				of[i].ID, of[i].Started, of[i].Seconds = 0, time.Time{}, 0
			}
		}
		_, last, _, err := s.LastRun(ctx, seg.Name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&runs, "%s\n%v\n", text(of), last.ToArray())
	}
	out.texts["segments"], out.texts["runs"] = definitions.String(), runs.String()
}

func runsOf(t *testing.T, s *state.Store) int {
	t.Helper()
	out := snapshot{texts: map[string]string{}}
	out.segments(t, s, nil)
	return out.runs
}

// answers asks the questions.
func (out *snapshot) answers(t *testing.T, a *audience.Audience) {
	t.Helper()
	cal := segment.NewCalendar(time.UTC)
	for _, q := range questions {
		asOf, err := cal.ParseAsOf(q.asOf)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := a.Rows(t.Context(), q.expression, asOf, []string{"country", "age"}, "")
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for row, err := range rows {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, row.Key, row.Values)
		}
		out.texts[q.expression+" as of "+q.asOf] = b.String()
	}
}

// rejects reads the files of rejects, some under other names.
func (out *snapshot) rejects(t *testing.T, dir string, names map[string]string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(dir, "rejects"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, "rejects", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name := f.Name()
		if as := names[name]; as != "" {
			name = as
		}
		out.texts["rejects "+name] = string(b)
	}
}
