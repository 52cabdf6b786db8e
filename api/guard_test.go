package api

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kreds/kreds"
)

func TestGuard(t *testing.T) {
	passed := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, c := range []struct {
		name   string
		method string
		host   string
		header map[string]string
		want   int
	}{
		{"a program", "POST", "127.0.0.1:7380", nil, 204},
		{"by name", "GET", "localhost:7380", nil, 204},
		{"by name without port", "GET", "LOCALHOST", nil, 204},
		{"IPv6", "GET", "[::1]:7380", nil, 204},
		{"another loopback address", "GET", "127.8.8.8:1", nil, 204},
		{"own page", "POST", "127.0.0.1:7380", map[string]string{"Origin": "http://127.0.0.1:7380", "Sec-Fetch-Site": "same-origin"}, 204},
		{"typed into a browser", "GET", "127.0.0.1:7380", map[string]string{"Sec-Fetch-Site": "none"}, 204},
		{"rebound name", "GET", "evil.example:7380", nil, 403},
		{"rebound name like ours", "GET", "localhost.evil.example", nil, 403},
		{"name that begins with an address", "GET", "127.0.0.1.evil.example:7380", nil, 403},
		{"no host", "GET", "", nil, 403},
		{"outside address", "GET", "192.0.2.1:7380", nil, 403},
		{"any address", "GET", "0.0.0.0:7380", nil, 403},
		{"post of another site", "POST", "127.0.0.1:7380", map[string]string{"Origin": "https://evil.example"}, 403},
		{"read by another site", "GET", "127.0.0.1:7380", map[string]string{"Origin": "http://evil.example"}, 403},
		{"page on another port", "POST", "127.0.0.1:7380", map[string]string{"Origin": "http://127.0.0.1:3000"}, 403},
		{"sandboxed page", "POST", "127.0.0.1:7380", map[string]string{"Origin": "null"}, 403},
		{"form of another site", "POST", "127.0.0.1:7380", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"page on the same site", "POST", "localhost:7380", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/api/v1/count", nil)
			r.Host = c.host
			for k, v := range c.header {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			Guard(passed, nil).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if c.want == 403 && w.Header().Get("Content-Type") != problemType {
				t.Errorf("content type %q", w.Header().Get("Content-Type"))
			}
		})
	}
}

// A link to a page may stand anywhere; what the page shows may not be read from there.
func TestGuardLetsLinksToPagesThrough(t *testing.T) {
	passed := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	link := map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
	with := func(more ...string) map[string]string {
		h := map[string]string{}
		maps.Copy(h, link)
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = more[i+1]
		}
		return h
	}
	for _, c := range []struct {
		name, method, path string
		header             map[string]string
		want               int
	}{
		{"followed", "GET", "/segments/Loyal", link, 204},
		{"followed to the beginning", "GET", "/", link, 204},
		{"to the API", "GET", "/api/v1/segments", link, 403},
		{"to the measurements", "GET", "/metrics", link, 403},
		{"form", "POST", "/", link, 403},
		{"with an origin", "GET", "/", with("Origin", "https://evil.example"), 403},
		{"in a frame", "GET", "/", with("Sec-Fetch-Dest", "iframe"), 403},
		{"fetched", "GET", "/", with("Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"), 403},
		{"as a script", "GET", "/assets/a.js", with("Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"), 403},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Host = "127.0.0.1:7380"
		for k, v := range c.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		Guard(passed, nil).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d", c.name, w.Code, c.want)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: unprotected: %v", c.name, w.Header())
		}
	}
}

func TestLoopbackAddress(t *testing.T) {
	for address, want := range map[string]struct {
		loopback bool
		code     kreds.Code
	}{
		"127.0.0.1:7380":    {true, ""},
		"localhost:0":       {true, ""},
		"[::1]:80":          {true, ""},
		"0.0.0.0:7380":      {false, ""},
		":7380":             {false, ""},
		"[::]:7380":         {false, ""},
		"192.168.1.5:80":    {false, ""},
		"example.com:80":    {false, ""},
		"127.0.0.1":         {false, kreds.CodeInvalid},
		"":                  {false, kreds.CodeInvalid},
		"localhost:":        {false, kreds.CodeInvalid},
		"::1:80:90":         {false, kreds.CodeInvalid},
		"localhost.evil:80": {false, ""},
	} {
		got, err := LoopbackAddress(address)
		if got != want.loopback || kreds.CodeOf(err) != want.code {
			t.Errorf("%q: %v, %v", address, got, err)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"a.csv":               "a.csv",
		"../../etc/passwd":    "passwd",
		`C:\data\kunder.csv`:  "kunder.csv",
		"":                    "upload",
		"..":                  "upload",
		"/":                   "upload",
		"a\x00b\n.csv.gz":     "a_b_.csv.gz",
		"ordrer 2024 (æ).csv": "ordrer 2024 (æ).csv",
		"\xff.csv":            "_.csv",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
