package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
)

var now = time.Date(2011, 12, 10, 9, 0, 0, 0, time.UTC)

func openEngine(ctx context.Context, dir string, zone *time.Location) (engine.Engine, error) {
	return duckdb.Open(ctx, filepath.Join(dir, "data.duckdb"), duckdb.Options{Workers: 2, Memory: 512 << 20, Location: zone})
}

const customers = `customer_id,Country,age,plan
1,Denmark,31,gold
2,Denmark,44,basic
3,Germany,25,gold
4,Sweden,,basic
5,Germany,67,basic
`

const sales = `invoice,customer_id,at,product,quantity,unit_price
A1,1,2011-11-02 10:00,wine,2,12.50
A1,1,2011-11-02 10:00,bread,1,3.25
A2,1,2011-12-05 09:30,wine,1,12.50
A3,2,2011-11-20 16:45,wine,6,11.00
A4,3,2011-12-08 12:00,bread,2,3.25
`

// server is an API over a data directory of its own, as seen over TCP.
type server struct {
	*httptest.Server
	dir string
	log *bytes.Buffer
}

func serve(t *testing.T) *server {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	w, err := api.Open(t.Context(), dir, api.Options{Engine: openEngine, Clock: func() time.Time { return now }, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{dir: dir, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.Server = httptest.NewServer(api.Guard(api.New(w, log), log))
	t.Cleanup(func() {
		s.Close()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// do sends a request and returns the status and the answer.
func (s *server) do(t *testing.T, method, path, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	conforms(t, req, body, res, b)
	return res.StatusCode, string(b), res.Header
}

// load uploads and imports a file.
func (s *server) load(t *testing.T, name, contents, options string) string {
	t.Helper()
	status, answer, _ := s.do(t, http.MethodPost, "/api/v1/uploads?name="+name, contents)
	if status != http.StatusCreated {
		t.Fatalf("upload: %d %s", status, answer)
	}
	var u api.Upload
	if err := json.Unmarshal([]byte(answer), &u); err != nil {
		t.Fatal(err)
	}
	status, answer, _ = s.do(t, http.MethodPost, "/api/v1/imports", `{"uploads":["`+u.ID+`"],`+options+`}`)
	if status != http.StatusOK || !strings.Contains(answer, `"type":"done"`) {
		t.Fatalf("import: %d %s", status, answer)
	}
	return answer
}

const (
	asCustomers = `"as":"customers","id":"customer_id"`
	asPurchases = `"as":"events:purchase","id":"customer_id","time":"at","order":"invoice"`
)

type scenario struct {
	name   string
	method string
	path   string
	body   string
	status int
	want   []string // parts of the answer
	not    []string // what must not be in it
}

func (s *server) play(t *testing.T, list []scenario) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			status, answer, header := s.do(t, c.method, c.path, c.body)
			if status != c.status {
				t.Fatalf("status %d, want %d: %s", status, c.status, answer)
			}
			for _, part := range c.want {
				if !strings.Contains(answer, part) {
					t.Errorf("%s is not in %s", part, answer)
				}
			}
			for _, part := range c.not {
				if strings.Contains(answer, part) {
					t.Errorf("%s is in %s", part, answer)
				}
			}
			if status >= 400 {
				var p api.Problem
				if err := json.Unmarshal([]byte(answer), &p); err != nil || p.Status != status || p.Code == "" || p.Detail == "" || p.Title == "" {
					t.Errorf("no problem of RFC 9457: %v %s", err, answer)
				}
				if got := header.Get("Content-Type"); got != "application/problem+json" {
					t.Errorf("content type %q", got)
				}
			}
		})
	}
}

func TestScenarios(t *testing.T) {
	s := serve(t)
	s.play(t, []scenario{
		{name: "no data", method: "POST", path: "/api/v1/count", body: `{"expression":"everyone"}`, status: 200, want: []string{`"count":0,"population":0,"share":0`}},
		{name: "empty catalogue", method: "GET", path: "/api/v1/catalogue", status: 200, want: []string{`"traits":[]`, `"events":[]`}},
		{name: "empty ledger", method: "GET", path: "/api/v1/imports", status: 200, want: []string{`{"imports":[]}`}},
		{name: "no segments", method: "GET", path: "/api/v1/segments", status: 200, want: []string{`{"segments":[]}`}},
		{name: "no runs", method: "GET", path: "/api/v1/runs", status: 200, want: []string{`{"runs":[]}`}},
		{name: "refresh of nothing", method: "POST", path: "/api/v1/refresh", body: `{}`, status: 200, want: []string{`"runs":[]`}},
	})
	s.load(t, "customers.csv", customers, asCustomers)
	s.load(t, "sales.csv", sales, asPurchases)
	if again := s.load(t, "sales.csv", sales, asPurchases); !strings.Contains(again, `"already":true`) {
		t.Errorf("the same file again: %s", again)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, "uploads", "*")); err != nil || len(left) > 0 {
		t.Errorf("uploads stay: %v %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "secret.csv"), []byte("id\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.play(t, []scenario{
		{name: "files over TCP", method: "POST", path: "/api/v1/imports", body: `{"files":["` + s.dir + `/secret.csv"],"as":"customers"}`, status: 403, want: []string{`"code":"refused"`}},
		{name: "files over TCP, inspected", method: "POST", path: "/api/v1/imports/inspect", body: `{"files":["/etc/passwd"],"as":"customers"}`, status: 403},
		{name: "upload that is none", method: "POST", path: "/api/v1/imports", body: `{"uploads":["../secret.csv"],"as":"customers"}`, status: 404},
		{name: "no file", method: "POST", path: "/api/v1/imports", body: `{"as":"customers"}`, status: 422},
		{name: "ledger", method: "GET", path: "/api/v1/imports", status: 200, want: []string{`"as":"events:purchase"`, `"rows":5`, `"customers.csv"`}, not: []string{"/uploads/"}},
		{name: "ledger, first page", method: "GET", path: "/api/v1/imports?limit=1", status: 200, want: []string{`"id":2`, `"next":2`}, not: []string{`"id":1`}},
		{name: "ledger, second page", method: "GET", path: "/api/v1/imports?limit=1&cursor=2", status: 200, want: []string{`"id":1`}, not: []string{`"next"`}},
		{name: "import", method: "GET", path: "/api/v1/imports/1", status: 200, want: []string{`"created":5`}},
		{name: "import that is none", method: "GET", path: "/api/v1/imports/99", status: 404, want: []string{`"code":"not_found"`}},

		{name: "catalogue", method: "GET", path: "/api/v1/catalogue", status: 200, want: []string{`{"name":"country","label":"Country","type":"text","kind":"person","dated":false}`, `"occasion":"invoice"`}},
		{name: "data", method: "GET", path: "/api/v1/data", status: 200, want: []string{`"persons":5`, `"bins":[{"from":25,"to":25,"count":1},{"from":31,"to":31,"count":1}`, `"occasions":4`, `"name":"age"`}},
		{name: "events", method: "GET", path: "/api/v1/profiles/1/events?limit=2", status: 200, want: []string{`"next":2`, `2011-12-05T09:30:00+01:00`}},
		{name: "events, next page", method: "GET", path: "/api/v1/profiles/1/events?limit=2&cursor=2", status: 200, want: []string{`2011-11-02T10:00:00+01:00`}, not: []string{`"next"`}},
		{name: "events before", method: "GET", path: "/api/v1/profiles/1/events?as_of=2011-11-30", status: 200, not: []string{`2011-12-05`}},
		{name: "events of nobody", method: "GET", path: "/api/v1/profiles/99/events", status: 404},
		{name: "events of a wrong kind", method: "GET", path: "/api/v1/profiles/1/events?kind=dog", status: 422},

		{name: "search", method: "GET", path: "/api/v1/profiles?search=GER&traits=age&limit=1", status: 200, want: []string{`"total":2,"profiles":[{"key":"3","traits":{"age":25}}]`}},
		{name: "search, next page", method: "GET", path: "/api/v1/profiles?search=GER&traits=age&limit=1&offset=1", status: 200, want: []string{`"profiles":[{"key":"5","traits":{"age":67}}]`}},
		{name: "search by key", method: "GET", path: "/api/v1/profiles?search=2", status: 200, want: []string{`"profiles":[{"key":"2"}]`}},
		{name: "search for a quote", method: "GET", path: "/api/v1/profiles?search=%22%5C", status: 200, want: []string{`"total":0,"profiles":[]`}},
		{name: "search for nothing", method: "GET", path: "/api/v1/profiles?subject=companies", status: 200, want: []string{`"total":0,"profiles":[]`}},
		{name: "the oldest first", method: "GET", path: "/api/v1/profiles?sort=age&descending=true&limit=2", status: 200, want: []string{`"profiles":[{"key":"5"},{"key":"2"}]`}},
		{name: "whose age is not known comes last", method: "GET", path: "/api/v1/profiles?sort=age&offset=4", status: 200, want: []string{`"profiles":[{"key":"4"}]`}},
		{name: "by what they bought", method: "GET", path: "/api/v1/profiles?sort=last_purchase&descending=true&figures=purchases,last_purchase&limit=2", status: 200, want: []string{
			`"profiles":[{"key":"3","purchases":1,"last_purchase":"2011-12-08T12:00:00+01:00"},{"key":"1","purchases":2,"last_purchase":"2011-12-05T09:30:00+01:00"}]`, `"purchase":"purchase"`,
		}},
		{name: "a figure that there is not", method: "GET", path: "/api/v1/profiles?figures=shoes", status: 422, want: []string{"there is no figure"}},
		{name: "sorted by segments", method: "GET", path: "/api/v1/profiles?sort=segments", status: 422, want: []string{"cannot be sorted by segments"}},
		{name: "of a company that there is not", method: "GET", path: "/api/v1/profiles?company=acme", status: 404},
		{name: "profile", method: "GET", path: "/api/v1/profiles/4?as_of=2011-12-09", status: 200, want: []string{`"subject":"persons"`, `"in_population":true`, `"label":"Country","type":"text","value":"Sweden"`, `"value":null`, `"segments":[]`}},
		{name: "profile of nobody", method: "GET", path: "/api/v1/profiles/99", status: 404},
		{name: "compare", method: "POST", path: "/api/v1/compare", body: `{"expression":"age > 30"}`, status: 200, want: []string{`"members":3,"population":5,"share":1,"marks":[]`}},
		{name: "compare everybody", method: "POST", path: "/api/v1/compare", body: `{"expression":"everyone"}`, status: 422, want: []string{`"hint"`}},
		{name: "outline", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"age > 3 and\n (contry = \"DK\" or not did purchase)"}`, status: 200, want: []string{
			`"valid":false`, `"line":2,"column":3`, `"outline":{"text":"age > 3 and (contry = \"DK\" or not did purchase)"`,
			`{"text":"contry = \"DK\"","error":{"message":"unknown trait \"contry\" at 1:1","hint":"did you mean \"country\"?","line":1,"column":1}}`,
		}},
		{name: "trend", method: "POST", path: "/api/v1/trend", body: `{"expression":"did purchase","from":"2011-10-09","to":"2011-12-09"}`, status: 200, want: []string{
			`{"as_of":"2011-10-10T00:00:00+02:00","count":0,"population":2},{"as_of":"2011-11-10T00:00:00+01:00","count":1,"population":3},{"as_of":"2011-12-10T00:00:00+01:00","count":3,"population":5}`,
		}},
		{name: "trend without a beginning", method: "POST", path: "/api/v1/trend", body: `{"expression":"did purchase","from":""}`, status: 422},
		{name: "trend backwards", method: "POST", path: "/api/v1/trend", body: `{"expression":"did purchase","from":"2011-12-09","to":"2011-10-09"}`, status: 422},
		{name: "trend of too many dates", method: "POST", path: "/api/v1/trend", body: `{"expression":"did purchase","from":"2001-12-09","every":"day"}`, status: 422, want: []string{`200 dates`}},

		{name: "count", method: "POST", path: "/api/v1/count", body: `{"expression":"country = \"Denmark\" and age>=30"}`, status: 200, want: []string{`"count":2,"population":5,"share":0.4,"as_of":"2011-12-10T10:00:00+01:00"`, `"expression":"country = \"Denmark\" and age >= 30"`, `"subject":"persons"`}},
		{name: "count as of a day", method: "POST", path: "/api/v1/count", body: `{"expression":"did purchase at least twice","as_of":"2011-12-09"}`, status: 200, want: []string{`"count":1`, `"as_of":"2011-12-10T00:00:00+01:00"`}},
		{name: "count by clause", method: "POST", path: "/api/v1/count", body: `{"expression":"country = \"Denmark\" and age > 40","by_clause":true}`, status: 200, want: []string{`"text":"age > 40","keeps":2,"drops":3,"unknown":1`}},
		{name: "estimate", method: "POST", path: "/api/v1/count", body: `{"expression":"everyone","estimate":true}`, status: 200, want: []string{`"estimate":{"low":`}},
		{name: "wrong name", method: "POST", path: "/api/v1/count", body: `{"expression":"contry = \"Denmark\""}`, status: 422, want: []string{`"code":"invalid"`, `"line":1,"column":1`, `country`}},
		{name: "empty expression", method: "POST", path: "/api/v1/count", body: `{"expression":""}`, status: 422},
		{name: "wrong time", method: "POST", path: "/api/v1/count", body: `{"expression":"everyone","as_of":"soon"}`, status: 422},
		{name: "unknown field", method: "POST", path: "/api/v1/count", body: `{"expression":"everyone","nonsense":1}`, status: 422, want: []string{`body.nonsense`}},
		{name: "missing field", method: "POST", path: "/api/v1/count", body: `{}`, status: 422, want: []string{`expression`}},
		{name: "no JSON", method: "POST", path: "/api/v1/count", body: `{`, status: 400},
		{name: "no body", method: "POST", path: "/api/v1/count", status: 400},
		{name: "wrong method", method: "GET", path: "/api/v1/count", status: 405},
		{name: "nothing there", method: "GET", path: "/api/v1/nonsense", status: 404},
		{name: "unknown parameter", method: "GET", path: "/api/v1/segments?nonsense=1", status: 422},
		{name: "long expression", method: "POST", path: "/api/v1/count", body: `{"expression":"` + strings.Repeat("(", 70000) + `"}`, status: 422, want: []string{`"code":"invalid"`}},

		{name: "parse", method: "POST", path: "/api/v1/expressions/parse", body: `{"text":"country=\"DK\"  AND everyone"}`, status: 200, want: []string{`"text":"country = \"DK\" and everyone"`, `"tree":{`, `"references":[]`}},
		{name: "format", method: "POST", path: "/api/v1/expressions/format", body: `{"text":"NOT everyone"}`, status: 200, want: []string{`{"text":"not everyone"}`}},
		{name: "check", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"country = \"DK\""}`, status: 200, want: []string{`"valid":true`}},
		{name: "check with an estimate", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"country=\"Denmark\" and age>=30","estimate":true,"as_of":"2011-12-09"}`, status: 200, want: []string{`"valid":true`, `"count":{"count":`, `"as_of":"2011-12-10T00:00:00+01:00"`, `"expression":"country = \"Denmark\" and age >= 30"`, `"estimate":{"low":`}},
		{name: "check a tree with an estimate", method: "POST", path: "/api/v1/expressions/check", body: `{"tree":{"type":"expression","subject":"persons","root":{"type":"everyone"}},"estimate":true}`, status: 200, want: []string{`"text":"everyone"`, `"count":{"count":`}},
		{name: "no estimate of what is wrong", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"contry = \"DK\"","estimate":true}`, status: 200, want: []string{`"valid":false`}, not: []string{`"count"`}},
		{name: "no estimate as of no time", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"everyone","estimate":true,"as_of":"soon"}`, status: 200, want: []string{`"valid":true`}, not: []string{`"count"`}},
		{name: "check what is wrong", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"country =\n  contry"}`, status: 200, want: []string{`"valid":false`, `"line":2,"column":3`, `"tree":`}},
		{name: "check what cannot be read", method: "POST", path: "/api/v1/expressions/check", body: `{"text":"country ="}`, status: 200, want: []string{`"valid":false`, `"line":1`}, not: []string{`"tree"`}},
		{name: "parse nothing known", method: "POST", path: "/api/v1/expressions/parse", body: `{"tree":{"nonsense":1}}`, status: 422},
		{name: "parse both", method: "POST", path: "/api/v1/expressions/parse", body: `{"text":"everyone","tree":{}}`, status: 422},
		{name: "schema", method: "GET", path: "/api/v1/expressions/schema", status: 200, want: []string{`"$schema"`}},

		{name: "create", method: "POST", path: "/api/v1/segments", body: `{"name":"A/B & æ?","expression":"country = \"Denmark\"","owner":"Anna","tags":["x"]}`, status: 201, want: []string{`"version":1`, `"owner":"Anna"`}},
		{name: "create again", method: "POST", path: "/api/v1/segments", body: `{"name":"a/b & æ?","expression":"everyone"}`, status: 409},
		{name: "create without a name", method: "POST", path: "/api/v1/segments", body: `{"name":"","expression":"everyone"}`, status: 422},
		{name: "create with neither", method: "POST", path: "/api/v1/segments", body: `{"name":"C"}`, status: 422},
		{name: "create another", method: "POST", path: "/api/v1/segments", body: `{"name":"Both","expression":"in segment \"A/B & æ?\" and plan = \"gold\""}`, status: 201},
		{name: "create a list", method: "POST", path: "/api/v1/segments", body: `{"name":"List","keys":["2","3"]}`, status: 201, want: []string{`"source":"list"`}},
		{name: "show", method: "GET", path: "/api/v1/segments/A%2FB%20&%20%C3%A6%3F", status: 200, want: []string{`"name":"A/B & æ?"`}},
		{name: "show none", method: "GET", path: "/api/v1/segments/none", status: 404},
		{name: "list", method: "GET", path: "/api/v1/segments?limit=2", status: 200, want: []string{`"next":"Both"`}, not: []string{`"List"`}},
		{name: "list by tag", method: "GET", path: "/api/v1/segments?tag=X", status: 200, want: []string{`"A/B & æ?"`}, not: []string{`"Both"`}},
		{name: "preview", method: "POST", path: "/api/v1/segments/Both/preview", body: `{"expression":"country = \"Denmark\""}`, status: 200, want: []string{`"before":1,"after":2,"joined":1,"left":0`}},
		{name: "change", method: "PATCH", path: "/api/v1/segments/Both", body: `{"expression":"plan = \"gold\"","version":1,"note":"n"}`, status: 200, want: []string{`"version":2`}},
		{name: "change what changed", method: "PATCH", path: "/api/v1/segments/Both", body: `{"expression":"everyone","version":1}`, status: 409},
		{name: "rename", method: "PATCH", path: "/api/v1/segments/Both", body: `{"name":"Gold","description":"d"}`, status: 200, want: []string{`"name":"Gold"`, `"description":"d"`, `"version":2`}},
		{name: "old versions stay", method: "GET", path: "/api/v1/segments/Gold/versions", status: 200, want: []string{`"number":2`, `"number":1`, `"note":"n"`}},
		{name: "refresh", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-12-09"}`, status: 200, want: []string{`"segment":"Gold"`, `"members":2,"joined":2,"left":0`}},
		{name: "runs", method: "GET", path: "/api/v1/runs?limit=1", status: 200, want: []string{`"next":3`}},
		{name: "runs of one", method: "GET", path: "/api/v1/runs?segment=gold", status: 200, want: []string{`"segment":"Gold"`}, not: []string{`"List"`}},
		{name: "history", method: "GET", path: "/api/v1/segments/Gold/history", status: 200, want: []string{`"versions":[{"number":2`, `"runs":[{`}},

		{name: "members", method: "GET", path: "/api/v1/segments/List/members?traits=country,age", status: 200, want: []string{`{"key":"2","traits":{"age":44,"country":"Denmark"}}` + "\n"}},
		{name: "members as CSV", method: "GET", path: "/api/v1/segments/List/members?format=csv&traits=country", status: 200, want: []string{"key,country\n2,Denmark\n3,Germany\n"}},
		{name: "members in pages", method: "GET", path: "/api/v1/segments/List/members?format=json&limit=1", status: 200, want: []string{`{"members":[{"key":"2"}],"next":"2"}`}},
		{name: "members, last page", method: "GET", path: "/api/v1/segments/List/members?format=json&limit=1&cursor=2", status: 200, want: []string{`{"members":[{"key":"3"}]}`}},
		{name: "members of an expression", method: "POST", path: "/api/v1/members", body: `{"expression":"age is unknown","traits":["age"]}`, status: 200, want: []string{`{"key":"4","traits":{"age":null}}`}},
		{name: "members of none", method: "GET", path: "/api/v1/segments/none/members", status: 404},
		{name: "members with a wrong trait", method: "GET", path: "/api/v1/segments/List/members?traits=nonsense", status: 422, want: []string{"nonsense"}},

		{name: "why", method: "POST", path: "/api/v1/why", body: `{"profile":"1","segment":"gold"}`, status: 200, want: []string{`"member":true`, `"value":"gold"`}},
		{name: "why not", method: "POST", path: "/api/v1/why", body: `{"profile":"4","expression":"did purchase and age > 20"}`, status: 200, want: []string{`"member":false`, `"unknown":true`}},
		{name: "why of nobody", method: "POST", path: "/api/v1/why", body: `{"profile":"99","segment":"gold"}`, status: 404},
		{name: "why of neither", method: "POST", path: "/api/v1/why", body: `{"profile":"1"}`, status: 422},
		{name: "overlap", method: "POST", path: "/api/v1/overlap", body: `{"segments":["Gold","List"]}`, status: 200, want: []string{`{"name":"Gold","members":2}`, `{"segments":["Gold","List"],"members":1}`}},
		{name: "overlap with an expression", method: "POST", path: "/api/v1/overlap", body: `{"segments":["Gold"],"expression":"in segment \"List\""}`, status: 200, want: []string{`"expression":{"text":"in segment \"List\"","members":2}`, `{"segments":["Gold"],"expression":true,"members":1}`, `{"segments":[],"expression":true,"members":1}`}},
		{name: "overlap with nonsense", method: "POST", path: "/api/v1/overlap", body: `{"segments":["Gold"],"expression":"colour = 1"}`, status: 422, want: []string{`colour`}},

		{name: "delete what is referred to", method: "PATCH", path: "/api/v1/segments/Gold", body: `{"expression":"in segment \"List\""}`, status: 200},
		{name: "delete is refused", method: "DELETE", path: "/api/v1/segments/List", status: 409},
		{name: "delete", method: "DELETE", path: "/api/v1/segments/Gold", status: 204},
		{name: "deleted", method: "GET", path: "/api/v1/segments/Gold", status: 404},

		{name: "no list", method: "GET", path: "/api/v1/lists/near", status: 404},
		{name: "put a list", method: "PUT", path: "/api/v1/lists/Near", body: `{"values":["Sweden"]}`, status: 200, want: []string{`{"name":"Near","values":["Sweden"]}`}},
		{name: "list", method: "GET", path: "/api/v1/lists/near", status: 200, want: []string{`{"name":"Near","values":["Sweden"]}`}},
		{name: "list in an expression", method: "POST", path: "/api/v1/count", body: `{"expression":"country in list \"near\""}`, status: 200, want: []string{`"count":1`}},
		{name: "built-in list", method: "PUT", path: "/api/v1/lists/eu", body: `{"values":["X"]}`, status: 403},
		{name: "put a place", method: "PUT", path: "/api/v1/places/Aarhus", body: `{"lat":56.15,"lon":10.2}`, status: 200, want: []string{`{"name":"Aarhus","lat":56.15,"lon":10.2}`}},
		{name: "place off the earth", method: "PUT", path: "/api/v1/places/X", body: `{"lat":91,"lon":0}`, status: 422},
		{name: "places", method: "GET", path: "/api/v1/catalogue", status: 200, want: []string{`"places":[{"name":"Aarhus","lat":56.15,"lon":10.2}]`}},

		{name: "settings", method: "GET", path: "/api/v1/settings", status: 200, want: []string{`{"time_zone":"Europe/Copenhagen","currency":"DKK","language":"en","small_cell":5}`}},
		{name: "zone with data", method: "PUT", path: "/api/v1/settings", body: `{"time_zone":"UTC","currency":"DKK"}`, status: 403},
		{name: "undo", method: "POST", path: "/api/v1/imports/2/undo", status: 200, want: []string{`"state":"undone"`}},
		{name: "undone", method: "GET", path: "/api/v1/catalogue", status: 200, not: []string{`"purchase"`}},
		{name: "health", method: "GET", path: "/healthz", status: 200, want: []string{`"status":"ok"`}},
		{name: "metrics", method: "GET", path: "/metrics", status: 200, want: []string{
			`kreds_http_requests_total{route="POST /api/v1/count",status="200"}`, `kreds_imports_total{outcome="done"} 2`, `kreds_imports_total{outcome="already"} 1`,
			`kreds_imported_rows_total 10`, `kreds_evaluation_seconds_count{what="count"}`, `kreds_data_bytes`, `kreds_segments 2`,
		}},
		{name: "OpenAPI", method: "GET", path: "/api/openapi.json", status: 200, want: []string{`"openapi":"3.1.0"`}},
	})
	s.Close() // the log is whole then
	for _, secret := range []string{"Denmark", "Anna", "A/B", "customers.csv", "secret"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
