package api_test

import (
	"io"
	"net/http"
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
