// Package web holds the pages of kreds as the browser gets them: dist is made
// from src by make web and is part of the source, so that building kreds needs
// no Node. The package knows files and headers; what the pages show they ask
// the API for, as every client does.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

const (
	page        = "index.html"
	hashed      = "assets/"       // files here carry a hash of their contents in their name
	placeholder = "__CSP_NONCE__" // what the build writes where the nonce of a page goes
)

// asset is one file as it is sent.
type asset struct {
	body    []byte
	gzipped bool
	kind    string
	tag     string
}

// App is the web app.
type App struct{ files map[string]asset }

// New reads the files that the program carries. It fails only on a program
// that was built wrongly.
func New() (*App, error) {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return load(root)
}

func load(root fs.FS) (*App, error) {
	a := &App{files: map[string]asset{}}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		plain, gzipped := strings.CutSuffix(name, ".gz")
		sum := fnv.New64a()
		_, _ = sum.Write(body) // a hash takes everything
		a.files[plain] = asset{body: body, gzipped: gzipped, kind: kindOf(plain), tag: `"` + hex.EncodeToString(sum.Sum(nil)) + `"`}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the web app: %w", err)
	}
	if len(a.files[page].body) == 0 || a.files[page].gzipped {
		return nil, fmt.Errorf("reading the web app: there is no %s", page)
	}
	return a, nil
}

// kindOf is the media type of a file. It does not ask the machine's own table,
// which differs from one to the next.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// Handler serves the app's files, and its page at every other address that a
// browser opens outside /api, as the page itself knows its addresses. All else
// goes to next.
func (a *App) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		if f, ok := a.files[name]; ok && name != page {
			a.file(w, r, name, f)
			return
		}
		if name == "" || opens(r) {
			a.page(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// opens reports whether the request is a browser's that opens a page.
func opens(r *http.Request) bool {
	p := r.URL.Path
	switch {
	case p == "/api" || strings.HasPrefix(p, "/api/"), strings.HasPrefix(p, "/"+hashed), p == "/metrics", p == "/healthz":
		return false
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// page sends the page with a policy of its own: scripts only from this server,
// and style elements only with the nonce, which the component library needs for
// the variables of its theme. Nothing may be evaluated or loaded from elsewhere.
func (a *App) page(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	h := w.Header()
	secure(h)
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; "))
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", a.files[page].kind)
	body := bytes.ReplaceAll(a.files[page].body, []byte(placeholder), []byte(nonce))
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
	}
}

func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func (a *App) file(w http.ResponseWriter, r *http.Request, name string, f asset) {
	h := w.Header()
	secure(h)
	h.Set("Content-Type", f.kind)
	h.Set("ETag", f.tag)
	if strings.HasPrefix(name, hashed) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.body
	if f.gzipped {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
		} else {
			var err error
			if body, err = unzip(body); err != nil {
				http.Error(w, "the program's files are damaged", http.StatusInternalServerError)
				return
			}
		}
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
	}
}

// acceptsGzip reads an Accept-Encoding header.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch strings.TrimSpace(name) {
		case "gzip", "*":
			weight = strings.ReplaceAll(weight, " ", "")
			return !strings.HasPrefix(weight, "q=0") || strings.Trim(weight, "q=0.") != ""
		}
	}
	return false
}

func unzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
