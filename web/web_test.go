package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// get asks the app for an address; what is not its own is answered with 418.
func get(t *testing.T, a *App, address string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })).ServeHTTP(w, r)
	return w
}

func built(t *testing.T) *App {
	t.Helper()
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPageIsServedWhereABrowserOpensIt(t *testing.T) {
	a := built(t)
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, c := range []struct {
		path, accept string
		want         int
	}{
		{"/", "*/*", 200},
		{"/", browser, 200},
		{"/segments/Win%20back?as_of=2011-12-09", browser, 200},
		{"/segments", "*/*", 418}, // a program that left out /api/v1
		{"/api/v1/segments", browser, 418},
		{"/api", browser, 418},
		{"/assets/none.js", browser, 418},
		{"/healthz", browser, 418},
		{"/metrics", browser, 418},
		{"/index.html", "*/*", 418},
		{"/../web.go", "*/*", 418},
	} {
		r := get(t, a, c.path, "Accept", c.accept)
		if r.Code != c.want {
			t.Errorf("GET %s, Accept %s: %d, want %d", c.path, c.accept, r.Code, c.want)
		}
		if c.want == 200 && !bytes.Contains(r.Body.Bytes(), []byte(`<div id="root">`)) {
			t.Errorf("GET %s gives no page", c.path)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody)
	w := httptest.NewRecorder()
	a.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("POST / is answered with %d by the app", w.Code)
	}
}

func TestPolicyOfThePage(t *testing.T) {
	a := built(t)
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{26})'`)
	seen := map[string]bool{}
	for range 3 {
		r := get(t, a, "/")
		policy := r.Header().Get("Content-Security-Policy")
		m := nonce.FindStringSubmatch(policy)
		if m == nil || seen[m[1]] {
			t.Fatalf("no new nonce in %q", policy)
		}
		seen[m[1]] = true
		page := r.Body.Bytes()
		if !bytes.Contains(page, []byte(m[1])) || bytes.Contains(page, []byte(placeholder)) {
			t.Error("the page does not carry the nonce of its policy")
		}
		if bytes.Contains(page, []byte("<style")) || regexp.MustCompile(`<script[^>]*>[^<]`).Match(page) || regexp.MustCompile(`\son[a-z]+=`).Match(page) {
			t.Error("the page has scripts or styles of its own")
		}
		for _, no := range []string{"unsafe", "*", "http"} {
			if strings.Contains(policy, no) {
				t.Errorf("the policy allows %s: %s", no, policy)
			}
		}
		if got := r.Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("the page is cached: %q", got)
		}
	}
}

func TestFiles(t *testing.T) {
	a := built(t)
	for name, f := range a.files {
		if name == page {
			continue
		}
		r := get(t, a, "/"+name, "Accept-Encoding", "gzip, br")
		plain := get(t, a, "/"+name)
		if r.Code != 200 || plain.Code != 200 {
			t.Fatalf("%s: %d, plain %d", name, r.Code, plain.Code)
		}
		sent, want := r.Body.Bytes(), plain.Body.Bytes()
		if f.gzipped != (r.Header().Get("Content-Encoding") == "gzip") || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: wrong encoding", name)
		}
		if f.gzipped {
			z, err := gzip.NewReader(bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			if sent, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(sent, want) || len(want) == 0 {
			t.Errorf("%s: packed and plain differ", name)
		}
		if immutable := strings.Contains(r.Header().Get("Cache-Control"), "immutable"); immutable != strings.HasPrefix(name, hashed) {
			t.Errorf("%s: Cache-Control %q", name, r.Header().Get("Cache-Control"))
		}
		if r.Header().Get("X-Content-Type-Options") != "nosniff" || strings.HasPrefix(r.Header().Get("Content-Type"), "application/octet") {
			t.Errorf("%s: %v", name, r.Header())
		}
		again := get(t, a, "/"+name, "If-None-Match", r.Header().Get("ETag"))
		if again.Code != http.StatusNotModified {
			t.Errorf("%s is sent again: %d", name, again.Code)
		}
	}
}

// TestFirstLoadIsSmall counts the scripts that the page names and those of the
// overview: what stands between opening kreds and seeing something.
func TestFirstLoadIsSmall(t *testing.T) {
	const limit = 250_000
	a := built(t)
	html := string(a.files[page].body)
	sum := 0
	for _, m := range regexp.MustCompile(`(?:src|href)="/(assets/[^"]+\.js)"`).FindAllStringSubmatch(html, -1) {
		f, ok := a.files[m[1]]
		if !ok {
			t.Fatalf("the page names %s, which is not there", m[1])
		}
		sum += len(f.body)
	}
	first := false
	for name, f := range a.files {
		if strings.HasPrefix(path.Base(name), "Overview-") && strings.HasSuffix(name, ".js") {
			first = true
			sum += len(f.body)
		}
	}
	if !first {
		t.Error("the overview is not a file of its own")
	}
	if sum == 0 || sum > limit {
		t.Errorf("%d bytes of packed script for the first page; at most %d", sum, limit)
	}
	t.Logf("%d bytes of packed script for the first page", sum)
}

func TestNothingIsKeptForDebugging(t *testing.T) {
	err := fs.WalkDir(dist, ".", func(name string, _ fs.DirEntry, err error) error {
		if strings.Contains(name, ".map") {
			t.Errorf("%s does not belong into the program", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBrokenBuildIsRefused(t *testing.T) {
	if _, err := load(fstest.MapFS{"assets/a.js.gz": {Data: []byte("x")}}); err == nil {
		t.Error("an app without a page is taken")
	}
	a, err := load(fstest.MapFS{"index.html": {Data: []byte("x")}, "assets/a.js.gz": {Data: []byte("not packed")}})
	if err != nil {
		t.Fatal(err)
	}
	if r := get(t, a, "/assets/a.js"); r.Code != http.StatusInternalServerError {
		t.Errorf("a damaged file is answered with %d", r.Code)
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.5": true, "gzip;q=0.0": false, "*": true, "identity": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}
