package api_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/api"
)

// guarded is a server with accounts, over TLS.
type guarded struct {
	url, dir, first string
	roots           *x509.CertPool

	mu  sync.Mutex
	now time.Time
}

func (g *guarded) clock() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now
}

func (g *guarded) wait(d time.Duration) {
	g.mu.Lock()
	g.now = g.now.Add(d)
	g.mu.Unlock()
}

// certificates writes the certificate that the standard library's test servers
// have, which is for 127.0.0.1 and example.com.
func certificates(t *testing.T, dir string) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pair := s.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		key:  {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return cert, key, roots
}

// serveGuarded runs the real server with accounts.
func serveGuarded(t *testing.T, change func(*api.ServeOptions)) *guarded {
	t.Helper()
	g := &guarded{dir: filepath.Join(t.TempDir(), "data"), now: now}
	w, err := api.Open(t.Context(), g.dir, api.Options{
		Engine: openEngine, Clock: g.clock, Version: "test", Hashing: access.Params{Memory: 64, Passes: 1, Threads: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	o := api.ServeOptions{Listen: "127.0.0.1:0", Accounts: true, Hosts: []string{"example.com"}}
	o.Certificate, o.Key, g.roots = certificates(t, t.TempDir())
	if change != nil {
		change(&o)
	}
	ready, ended := make(chan [2]string, 1), make(chan error, 1)
	o.Ready = func(url, first string) { ready <- [2]string{url, first} }
	ctx, stop := context.WithCancel(context.Background())
	go func() { ended <- api.Serve(ctx, w, o) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	select {
	case at := <-ready:
		g.url, g.first = strings.Replace(at[0], "example.com", "127.0.0.1", 1), at[1]
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return g
}

// caller is somebody who calls the API: a browser with its cookies, or a program
// with a token.
type caller struct {
	g      *guarded
	client *http.Client
	header map[string]string
}

func (g *guarded) caller() *caller {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // without options it does not fail
	}
	return &caller{g: g, client: &http.Client{
		Jar:       jar,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: g.roots}},
	}, header: map[string]string{}}
}

// with returns the caller with a header, and the same cookies.
func (c *caller) with(pairs ...string) *caller {
	n := &caller{g: c.g, client: c.client, header: map[string]string{}}
	maps.Copy(n.header, c.header)
	for i := 0; i < len(pairs); i += 2 {
		n.header[pairs[i]] = pairs[i+1]
	}
	return n
}

func (g *guarded) program(token string) *caller {
	return g.caller().with("Authorization", "Bearer "+token)
}

func (c *caller) do(t *testing.T, method, path, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range c.header {
		if k == "Host" {
			req.Host = v
		} else {
			req.Header.Set(k, v)
		}
	}
	res, err := c.client.Do(req)
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

// want sends a request and checks the status and parts of the answer; a part
// that begins with ! must not be in it.
func (c *caller) want(t *testing.T, method, path, body string, status int, parts ...string) string {
	t.Helper()
	got, text, header := c.do(t, method, path, body)
	if got != status {
		t.Errorf("%s %s: status %d, want %d: %s", method, path, got, status, text)
		return text
	}
	for _, part := range parts {
		if sought, unwanted := strings.CutPrefix(part, "!"); unwanted == strings.Contains(text, sought) {
			t.Errorf("%s %s: %q (unwanted: %v) in %s", method, path, sought, unwanted, text)
		}
	}
	if status >= 400 && header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s: content type %q", method, path, header.Get("Content-Type"))
	}
	return text
}

const (
	adminPassword  = "four green cats on a roof"
	viewerPassword = "seven blue owls in a barn"
)

func codeOf(link string) string {
	_, code, _ := strings.Cut(link, "#")
	return code
}

// admin makes the first account.
func (g *guarded) admin(t *testing.T) *caller {
	t.Helper()
	c := g.caller()
	c.want(t, "POST", "/api/v1/links/accept", fmt.Sprintf(`{"code":%q,"name":"Anna","password":%q}`, codeOf(g.first), adminPassword), 200,
		`"via":"session"`, `"role":"admin"`, `"name":"Anna"`)
	return c
}

// invite lets a user in.
func (g *guarded) invite(t *testing.T, admin *caller, name, role, password string) *caller {
	t.Helper()
	var made api.Invited
	text := admin.want(t, "POST", "/api/v1/users", fmt.Sprintf(`{"name":%q,"role":%q}`, name, role), 201, `"state":"invited"`, `"link":"https://`)
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		t.Fatal(err)
	}
	c := g.caller()
	c.want(t, "POST", "/api/v1/links/look", fmt.Sprintf(`{"code":%q}`, codeOf(made.Link)), 200, `"purpose":"invite"`, name, role)
	c.want(t, "POST", "/api/v1/links/accept", fmt.Sprintf(`{"code":%q,"password":%q}`, codeOf(made.Link), password), 200, name, role)
	return c
}

func signIn(name, password string) string {
	return fmt.Sprintf(`{"name":%q,"password":%q}`, name, password)
}
