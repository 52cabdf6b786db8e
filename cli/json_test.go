package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/cli"
)

// described are the types of everything that --json prints.
func described() *shapes {
	s := &shapes{seen: map[string]bool{}}
	for _, a := range cli.Answers {
		if a.Answer != nil {
			s.add(reflect.TypeOf(a.Answer))
		}
	}
	return s
}

// docs/json.md has the type of every command's answer, and every type.
func TestJSONIsDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("| command | prints |\n|---|---|\n")
	for _, a := range cli.Answers {
		if a.Answer != nil {
			fmt.Fprintf(&b, "| `%s` | `%s` |\n", a.Command, shapeName(reflect.TypeOf(a.Answer)))
		}
	}
	b.WriteString("\n```typescript\ntype Instant = string; // RFC 3339\n" + described().types() + "```\n")
	path := filepath.Join("..", "docs", "json.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, was, ok := strings.Cut(string(page), "\n## The answers\n\n")
	if !ok {
		t.Fatal("docs/json.md has no heading ## The answers")
	}
	if *update {
		if err := os.WriteFile(path, []byte(head+"\n## The answers\n\n"+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(was, b.String()); diff != "" {
		t.Errorf("docs/json.md is not what the commands print; if that is meant, run go test ./cli -run JSON -update (- page, + commands):\n%s", diff)
	}
}

// Every command says what it prints.
func TestEveryCommandHasAnAnswer(t *testing.T) {
	answers := map[string]bool{}
	for _, a := range cli.Answers {
		answers[a.Command] = true
	}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if name := strings.TrimPrefix(c.CommandPath(), "kreds "); !answers[name] && c.HasParent() && !cli.IsGroup(c) {
			t.Errorf("cli.Answers does not say what kreds %s --json prints", name)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(cli.Tree())
}

// Names are in snake_case, and a field of one name has one type in an answer.
func TestNamesOfJSON(t *testing.T) {
	for _, typ := range described().order {
		for _, f := range fields(typ) {
			if !snake.MatchString(f.name) {
				t.Errorf("%s.%s is not in snake_case", shapeName(typ), f.name)
			}
		}
	}
}

// serve serves the desk's data directory until the test ends or stop is called.
func (d *desk) serve(args ...string) (url string, log *buffer, stop func()) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	log = &buffer{}
	env := d.env(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
	env.Stdout, env.Stderr = io.Discard, log
	ended := make(chan int, 1)
	go func() { ended <- cli.Run(ctx, env) }()
	stop = func() {
		cancel()
		<-ended
		ended <- 0
	}
	d.t.Cleanup(stop)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := servesAt.FindStringSubmatch(log.String()); m != nil {
			return m[1], log, stop
		}
	}
	d.t.Fatalf("kreds serve does not begin: %s", log)
	return "", nil, nil
}

// shop writes the files that the commands of TestJSON import.
func (d *desk) shop() {
	r := rand.New(rand.NewPCG(7, 9))
	var people, sales, visits, survey strings.Builder
	people.WriteString("id,company,country,age,plan,newsletter,born,email,seen,lat,lon,interests\n")
	sales.WriteString("invoice,id,at,product,quantity,unit_price\n")
	visits.WriteString("id,on,page\n")
	survey.WriteString("id,price,service,brand\n")
	answers := []string{"low", "fair", "high"}
	n := 0
	for i := 1; i <= 240; i++ {
		kind := i % 3
		age := fmt.Sprint(25 + 15*kind + r.IntN(8))
		if i%17 == 0 {
			age = ""
		}
		fmt.Fprintf(&people, "%d,c%d,%s,%s,%s,%t,%d-05-%02d,p%d@example.com,2025-01-02,%.4f,%.4f,\"[\"\"wine\"\",\"\"%s\"\"]\"\n",
			i, i%7, []string{"Denmark", "Sweden", "Germany"}[r.IntN(3)], age, []string{"gold", "basic", "basic"}[kind], i%2 == 0, 1960+15*kind, 1+i%28, i, 55.6+float64(kind)/10, 12.5, []string{"tea", "art"}[i%2])
		for range 2 + 6*kind + r.IntN(3) {
			n++
			at := time.Date(2025, 1, 3, 8, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(330))
			for range 1 + r.IntN(2) {
				fmt.Fprintf(&sales, "A%d,%d,%s,%s,%d,%d.50\n", n, i, at.Format("2006-01-02 15:04"), []string{"wine", "bread", "tea"}[r.IntN(3)], 1+r.IntN(4), 3+10*kind+r.IntN(9))
			}
		}
		if i < 200 {
			fmt.Fprintf(&survey, "%d,%s,%s,%s\n", i, answers[kind], answers[2-kind], answers[r.IntN(3)])
		}
		fmt.Fprintf(&visits, "%d,2025-0%d-%02d,/p%d\n", i, 1+i%8, 1+i%28, kind)
	}
	people.WriteString("\"241\",c1,Norway,old,gold,true,1970-01-01,,2025-01-02,,,\n")
	d.file("people.csv", people.String())
	d.file("sales.csv", sales.String())
	d.file("visits.csv", visits.String())
	d.file("survey.csv", survey.String())
	d.file("items.csv", "product,category,price\nwine,drink,12.5\nbread,food,3.25\ntea,drink,4\n")
	var companies strings.Builder
	companies.WriteString("id,industry,employees\n")
	for i := range 7 {
		fmt.Fprintf(&companies, "c%d,6201%d,%d\n", i, i, 10*i+5)
	}
	d.file("companies.csv", companies.String())
	d.file("keys.txt", "1\n2\n3\n")
	d.file("values.txt", "4000\n4100\n")
	d.file("both-ways.csv", "id;at\n1;03-04-2025\n")
	d.file("groups.csv", "name,recency,frequency,monetary\nbest,5,5,5\nrest,1-5,1-4,1-5\n")
}

// question is a command and its arguments.
type question struct {
	command string // as in cli.Answers
	args    []string
	status  int
}

func ask(command string, args ...string) question { return question{command: command, args: args} }

func (q question) exits(status int) question {
	q.status = status
	return q
}

// asked are commands that between them print every field of every answer.
var asked = []question{
	ask("import --dry-run", "people.csv", "--as", "customers", "--id", "id", "--time", "seen", "--type", "age=number", "--compute", "twice=age * 2"),
	ask("import --dry-run", "both-ways.csv", "--as", "customers", "--id", "id"),
	ask("import", "people.csv", "--as", "customers", "--id", "id", "--time", "seen", "--type", "age=number", "--map", "lat=home.lat", "--map", "lon=home.lon"),
	ask("import", "people.csv", "--as", "customers", "--id", "id", "--time", "seen", "--type", "age=number", "--map", "lat=home.lat", "--map", "lon=home.lon"),
	ask("import", "sales.csv", "--as", "events:purchase", "--id", "id", "--time", "at", "--order", "invoice", "--compute", "amount=quantity * unit_price"),
	ask("import", "visits.csv", "--as", "events:visit", "--id", "id", "--time", "on"),
	ask("import", "survey.csv", "--as", "customers", "--id", "id", "--map", "price=survey.panel.price", "--map", "service=survey.panel.service", "--map", "brand=survey.panel.brand"),
	ask("import", "companies.csv", "--as", "companies", "--id", "id"),
	ask("import", "items.csv", "--as", "items", "--id", "product"),
	ask("import list"),
	ask("imports"),
	ask("data"),
	ask("data timeless", "survey.panel.price", "email"),
	ask("count", "did purchase"),
	ask("count", "--by-clause", `did purchase within last 30 days and (age > 30 or plan = "gold") and age is known`),
	ask("count", "--estimate", "--as-of", "2025-06-30", "companies: employees > 20"),
	ask("segment create", "Gold", `plan = "gold"`, "--owner", "Anna", "--tag", "core", "--description", "who pay", "--author", "Anna", "--note", "first"),
	ask("segment create", "Often", "did purchase at least 5 times within last 6 months"),
	ask("segment create", "Fair", "--keys", "keys.txt"),
	ask("segment create", "Asked", `survey.panel.price = "high"`),
	ask("refresh", "--as-of", "2025-11-01"),
	ask("refresh"),
	ask("segment list"),
	ask("segment show", "Gold"),
	ask("segment edit", "Gold", `plan = "gold" and age > 20`, "--yes", "--note", "older"),
	ask("segment edit", "Gold", "--owner", "Bo"),
	ask("segment rename", "Fair", "Trade fair"),
	ask("segment archive", "Trade fair"),
	ask("segment restore", "Trade fair"),
	ask("segment members", "Gold", "--traits", "country,age,born,home,interests,newsletter", "--limit", "5"),
	ask("segment members", "--expression", "age > 40"),
	ask("segment why", "3", "Often"),
	ask("segment why", "17", "age > 30 and sum(amount) of purchase >= 100000 and last purchase within last 30 days"),
	ask("segment overlap", "Gold", "Often", "Trade fair"),
	ask("segment overlap", "Gold", "--expression", "did purchase"),
	ask("segment history", "Gold"),
	ask("segment feedback", "Gold", "--verdict", "good", "--on", "stable", "--note", "fine", "--by", "Anna"),
	ask("segment change", "Often", "--from", "2025-08-31", "--to", "2025-09-30"),
	ask("segment change", "Often", "--from", "2025-11-20", "--to", "2026-01-01"),
	ask("discover", "spring", "--preset", "rfm", "--event", "purchase", "--value", "amount", "--k", "2..3", "--seed", "1", "--starts", "2"),
	ask("discover", "views", "--preset", "survey:panel", "--method", "lca", "--k", "2..3", "--seed", "1", "--starts", "2"),
	ask("discover", "mixed", "--on", `age, plan, sum(amount) of purchase where (product = "wine") / sum(amount) of purchase, email`, "--transform", "winsorise", "--k", "2..3", "--seed", "1", "--starts", "2"),
	ask("discover", "dense", "--on", "age, sum(amount) of purchase", "--method", "hdbscan", "--seed", "1"),
	ask("discover list"),
	ask("discover show", "spring", "--k", "2"),
	ask("discover accept", "spring", "--k", "3", "--by", "rule"),
	ask("discover typing", "views", "--on", "age,country", "--keep", "--seed", "1"),
	ask("prove", "Often", "--seed", "1"),
	ask("prove", "Gold", "Often", "--seed", "1", "--horizon", "30 days", "--from", "2025-06-30", "--to", "2025-10-31"),
	ask("prove", "--discovery", "spring", "--seed", "1", "--from", "2025-06-30", "--to", "2025-08-31"),
	ask("prove list"),
	ask("prove show", "spring"),
	ask("prove delete", "spring"),
	ask("rfm", "--event", "purchase", "--value", "amount", "--dry-run"),
	ask("rfm", "--event", "purchase", "--value", "amount"),
	ask("rfm", "--event", "purchase", "--value", "amount"),
	ask("rfm groups"),
	ask("rfm groups", "--set", "groups.csv"),
	ask("list"),
	ask("list NAME", "towns", "--values", "values.txt"),
	ask("list NAME", "towns"),
	ask("list"),
	ask("settings"),
	ask("settings", "--small-cell", "3", "--contact", "plan", "--no-contact", "country", "--language", "da", "--value", "sum(amount) of purchase", "--threshold", "stable=60%"),
	ask("imports undo", "1"),
	ask("import undo", "6"),
	ask("refresh").exits(cli.ExitFailed),
	ask("segment list"),
	ask("segment delete", "Often", "--yes"),
	ask("discover delete", "views"),
	ask("version"),
}

var seconds = regexp.MustCompile(`"seconds": [0-9.e-]+`)

// answered runs a command with --json, checks what it prints, and returns it
// without what depends on the way.
func (s *shapes) answered(d *desk, q question, prefix ...string) string {
	d.t.Helper()
	args := slices.Concat(prefix, []string{"--json"}, strings.Fields(strings.TrimSuffix(q.command, " NAME")), q.args)
	status, text, errs := d.run(args...)
	if status != q.status {
		d.t.Errorf("%q: %d %s", args, status, errs)
	}
	var typ reflect.Type
	for _, a := range cli.Answers {
		if a.Command == q.command {
			typ = reflect.TypeOf(a.Answer)
		}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	for {
		var v any
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			d.t.Fatalf("%q: %v: %.1000s", args, err, text)
		}
		for _, wrong := range s.check(q.command, typ, v) {
			d.t.Errorf("%q printed %s", args, wrong)
		}
	}
	text = strings.ReplaceAll(text, d.dir+string(filepath.Separator), "")
	return seconds.ReplaceAllString(text, `"seconds": 0`)
}

// What the commands print is what docs/json.md says, every field of it is
// printed by some command, and it is the same in-process, through the socket
// and over TCP.
func TestJSON(t *testing.T) {
	s := described()
	var printed [][]string
	ways := []string{"in-process", "socket", "tcp"}
	for _, way := range ways {
		d := newDesk(t)
		d.shop()
		var prefix, out []string
		if way != "in-process" {
			url, _, stop := d.serve()
			defer stop()
			if way == "tcp" {
				prefix = []string{"--data", "elsewhere", "--server", url}
			}
		}
		for _, q := range asked {
			out = append(out, s.answered(d, q, prefix...))
		}
		printed = append(printed, out)
	}
	for i, way := range ways[1:] {
		for j, x := range printed[i+1] {
			if diff := cmp.Diff(printed[0][j], x); diff != "" {
				t.Errorf("%s %q differs, in-process (-) and %s (+):\n%.2000s", asked[j].command, asked[j].args, way, diff)
			}
		}
	}
	accounts(newDesk(t), s)
	s.answered(newDesk(t), ask("demo"))
	for _, typ := range s.order {
		for _, f := range fields(typ) {
			if name := shapeName(typ) + "." + f.name; !s.seen[name] {
				t.Errorf("no command printed %s", name)
			}
		}
	}
}

// accounts are the commands about users and tokens.
func accounts(d *desk, s *shapes) {
	d.t.Helper()
	d.file("people.csv", "id,email\n1,anna@example.com\n2,bo@example.com\n")
	d.must("import", "people.csv", "--as", "customers", "--id", "id")
	url, log, stop := d.serve("--accounts")
	m := firstLink.FindStringSubmatch(log.String())
	client, err := api.Remote(url)
	if err != nil || m == nil {
		d.t.Fatal(err, log)
	}
	ctx := d.t.Context()
	if err := client.Call(ctx, "POST", "/api/v1/links/accept", api.Acceptance{Code: m[1], Name: "Anna", Password: "four green cats on a roof"}, nil); err != nil {
		d.t.Fatal(err)
	}
	for _, q := range []question{
		ask("user invite", "bo@example.com", "--role", "editor"),
		ask("user reset", "bo@example.com"),
		ask("user role", "bo@example.com", "viewer"),
		ask("user deactivate", "bo@example.com"),
		ask("user activate", "bo@example.com"),
		ask("token create", "short", "--scope", "imports", "--days", "1"),
	} {
		s.answered(d, q)
	}
	d.file("viewer", d.must("--quiet", "token", "create", "reports"))
	d.file("admin", d.must("--quiet", "token", "create", "rule", "--role", "admin"))
	s.answered(d, ask("data"), "--server", url, "--token-file", "viewer")
	s.answered(d, ask("segment members", "--expression", "everyone"), "--server", url, "--token-file", "viewer")
	same := []question{ask("user list"), ask("token list", "--all"), ask("audit", "--limit", "1")}
	var printed []string
	for _, q := range same {
		printed = append(printed, s.answered(d, q))
		if diff := cmp.Diff(printed[len(printed)-1], s.answered(d, q, "--server", url, "--token-file", "admin")); diff != "" {
			d.t.Errorf("%s differs, through the socket (-) and over TCP (+):\n%s", q.command, diff)
		}
	}
	s.answered(d, ask("token revoke", "3"))
	s.answered(d, ask("audit"))
	stop()
	if diff := cmp.Diff(printed[0], s.answered(d, ask("user list"))); diff != "" {
		d.t.Errorf("user list differs, through the socket (-) and in-process (+):\n%s", diff)
	}
	d.later = 48 * time.Hour
	s.answered(d, ask("token list"))
}
