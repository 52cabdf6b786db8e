package api_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSpoken holds that who asks for Danish gets it, in answers and problems, and
// everybody else English.
func TestSpoken(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	s.load(t, "sales.csv", sales, asPurchases)
	ask := func(language, method, path, body string) (string, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if language != "" {
			r.Header.Set("Accept-Language", language)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.Header.Get("Content-Language"), string(text)
	}
	for _, c := range []struct{ language, method, path, body, want string }{
		{"da", "GET", "/api/v1/segments/nix", "", `der er intet segment`},
		{"da-DK,da;q=0.9,en;q=0.8", "GET", "/api/v1/segments/nix", "", `siden Segmenter viser dem`},
		{"", "GET", "/api/v1/segments/nix", "", `there is no segment`},
		{"en-GB,da;q=0.5", "GET", "/api/v1/segments/nix", "", `there is no segment`},
		{"fr", "GET", "/api/v1/segments/nix", "", `there is no segment`},
		{"da;q=nonsense", "GET", "/api/v1/segments/nix", "", `there is no segment`},
		{"da", "POST", "/api/v1/expressions/check", `{"text":"did purchas"}`, `ukendt hændelse`},
		{"da", "POST", "/api/v1/expressions/check", `{"text":"country ="}`, `her skal stå en værdi, men der står slutningen (linje 1, tegn 10)`},
		{"da", "POST", "/api/v1/why", `{"profile":"1","expression":"did purchase at least 3 times"}`, `"miss":"2 af 3 gange"`},
		{"", "POST", "/api/v1/why", `{"profile":"1","expression":"did purchase at least 3 times"}`, `"miss":"2 of 3 times"`},
		{"da", "POST", "/api/v1/why", `{"profile":"1","expression":"sum(quantity) of purchase >= 1234.5"}`, `1.230,5 for lidt`},
		{"da", "POST", "/api/v1/segments", `{"name":"","expression":"everyone"}`, `forespørgslen er ikke gyldig: body.name: er tom`},
		{"da", "GET", "/api/v1/nowhere", "", `der er ikke noget på denne adresse`},
	} {
		spoken, got := ask(c.language, c.method, c.path, c.body)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s in %q: %s", c.method, c.path, c.language, got)
		}
		if danish := strings.HasPrefix(c.language, "da") && !strings.Contains(c.language, "nonsense"); danish != (spoken == "da") {
			t.Errorf("%q: Content-Language is %q", c.language, spoken)
		}
	}
}

// TestRefusalsAreDanish holds that whatever is wrong with a request is said in Danish to
// who asks for that: each address is asked with each parameter and field as it must not
// be, in both languages, and no text may be the same.
func TestRefusalsAreDanish(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	s.load(t, "sales.csv", sales, asPurchases)
	type schema struct {
		Ref        string             `json:"$ref"`
		Type       any                `json:"type"`
		Properties map[string]*schema `json:"properties"`
		Items      *schema            `json:"items"`
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct {
				Name, In string
				Schema   schema
			}
			RequestBody *struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]*schema }
	}
	text, err := os.ReadFile("testdata/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	type problem struct {
		Status       int
		Detail, Hint string
		Errors       []struct{ Location, Message string }
	}
	ask := func(language, method, path, body string) (p problem) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(method), s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", language)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode < 400 {
			return p
		}
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			t.Errorf("%s %s %s: %v", method, path, body, err)
		}
		return p
	}
	refused, seen := 0, map[string]bool{}
	try := func(method, path, body string) {
		t.Helper()
		en, da := ask("en", method, path, body), ask("da", method, path, body)
		if en.Status == 0 {
			return
		}
		refused++
		if en.Status != da.Status || len(en.Errors) != len(da.Errors) {
			return // what the first did is in the way of the second
		}
		english, danish := []string{en.Detail, en.Hint}, []string{da.Detail, da.Hint}
		for i, e := range en.Errors {
			english, danish = append(english, e.Message), append(danish, da.Errors[i].Message)
		}
		for i, said := range english {
			if said != "" && said == danish[i] && !seen[said] {
				seen[said] = true
				t.Errorf("%s %s %s: %q is said in English", method, path, body, said)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			op := doc.Paths[path][method]
			if op.OperationID == "demo" {
				continue // it begins whatever is asked
			}
			there := strings.NewReplacer("{id}", "99", "{name}", "nix", "{key}", "nix", "{kind}", "person").Replace(path)
			try(method, there, "")
			for _, p := range op.Parameters {
				if p.In == "query" {
					for _, value := range []string{"x", "", "-7", "99999999999999999999", "%00", "a,b"} {
						try(method, there+"?"+p.Name+"="+value, "")
					}
				} else if strings.Contains(path, "{"+p.Name+"}") {
					try(method, strings.Replace(path, "{"+p.Name+"}", "x%00", 1), "")
				}
			}
			try(method, there+"?nonsense=1", "")
			if op.RequestBody == nil {
				continue
			}
			for _, body := range []string{"{", "[]", "{}", `{"nonsense":1}`, `"x"`, "null"} {
				try(method, there, body)
			}
			of := op.RequestBody.Content["application/json"].Schema
			if of.Ref != "" {
				of = *doc.Components.Schemas[of.Ref[strings.LastIndex(of.Ref, "/")+1:]]
			}
			for _, field := range slices.Sorted(maps.Keys(of.Properties)) {
				for _, value := range []string{"{}", "[]", "[1,1]", `["x","x"]`, "-1e300", "1e9", "true", `""`, `"\u0000"`, `"nonsense"`, `"` + strings.Repeat("x", 5000) + `"`, "null"} {
					try(method, there, `{"`+field+`":`+value+`}`)
				}
			}
		}
	}
	try("PUT", "/api/v1/count", "")
	t.Logf("%d requests were refused", refused)
	if refused < 500 {
		t.Errorf("only %d requests were refused", refused)
	}
}

// TestRejectsAreDanish holds that the file of rows that could not be taken has its header
// and the reasons in the language of who asks for it, and the rows as they were.
func TestRejectsAreDanish(t *testing.T) {
	s := serve(t)
	s.load(t, "sales.csv", "invoice,customer_id,at,quantity\nA,1,2025-03-01,2\nA,,2025-03-01,3\nB,2,soon,1\nC,3,2025-04-01,1\nD,4,2025-04-02,1\n", asPurchases)
	for language, want := range map[string][]string{
		"en": {"line,column,value,reason\n", "the key is missing"},
		"da": {"linje,kolonne,værdi,årsag\n", "nøglen mangler", ",soon,"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/imports/1/rejects", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", language)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				t.Errorf("%s: %q is not in\n%s", language, w, text)
			}
		}
	}
}
