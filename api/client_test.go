package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
)

// clients are the same handler behind each transport.
func clients(t *testing.T, h http.Handler) map[string]*Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	remote, err := Remote(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l, err := listenSocket(dir)
	if err != nil {
		t.Fatal(err)
	}
	unix := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	go func() { _ = unix.Serve(l) }()
	t.Cleanup(func() { _ = unix.Close() })
	return map[string]*Client{"in-process": InProcess(h), "socket": Socket(filepath.Join(dir, SocketName)), "tcp": remote}
}

func TestClientTransports(t *testing.T) {
	gone := make(chan struct{}, 3)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.Copy(w, r.Body)
	})
	mux.HandleFunc("GET /problem", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, ProblemOf(kreds.Errorf(kreds.CodeNotFound, "no such thing").WithHint("look elsewhere")))
	})
	mux.HandleFunc("GET /endless", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		gone <- struct{}{}
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "part")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("GET /other", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "hello", http.StatusBadGateway) })
	for name, c := range clients(t, mux) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			var out map[string]string
			if err := c.Call(ctx, http.MethodPost, "/echo", map[string]string{"a": "æ"}, &out); err != nil || out["a"] != "æ" {
				t.Errorf("echo: %v, %v", out, err)
			}
			err := c.Call(ctx, http.MethodGet, "/problem", nil, &out)
			if kreds.CodeOf(err) != kreds.CodeNotFound || kreds.HintOf(err) != "look elsewhere" {
				t.Errorf("problem: %v", err)
			}
			body, err := c.Stream(ctx, http.MethodGet, "/endless", nil)
			if err != nil {
				t.Fatal(err)
			}
			first := make([]byte, 6)
			if _, err := io.ReadFull(body, first); err != nil || string(first) != "first\n" {
				t.Errorf("stream: %q, %v", first, err)
			}
			body.Close()
			select {
			case <-gone:
			case <-time.After(5 * time.Second):
				t.Error("the work goes on after the client went away")
			}
			body, err = c.Stream(ctx, http.MethodGet, "/broken", nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(body); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("an answer that broke off reads as %q, %v", b, err)
			}
			body.Close()
			if err := c.Call(ctx, http.MethodGet, "/other", nil, nil); kreds.CodeOf(err) != kreds.CodeUnavailable {
				t.Errorf("another program's answer: %v", err)
			}
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			if err := c.Call(cancelled, http.MethodGet, "/endless", nil, nil); kreds.CodeOf(err) != kreds.CodeCancelled {
				t.Errorf("cancelled: %v", err)
			}
		})
	}
}

func TestRemote(t *testing.T) {
	for _, bad := range []string{"", "localhost:7380", "ftp://localhost", "http://", "http://a:b@localhost", "http://localhost/path", "http://x y", "://"} {
		if _, err := Remote(bad); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c, err := Remote("http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Call(t.Context(), http.MethodGet, "/x", nil, nil); kreds.CodeOf(err) != kreds.CodeUnavailable || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("nobody listens: %v", err)
	}
}
