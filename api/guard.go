package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/kreds/kreds"
)

type localKey struct{}

// Local marks a request as coming from a process that may read this machine's
// files with the rights of whoever runs kreds: in-process, or through the
// socket in the data directory. Only such requests may name files.
func Local(ctx context.Context) context.Context {
	return context.WithValue(ctx, localKey{}, true)
}

func isLocal(ctx context.Context) bool {
	local, _ := ctx.Value(localKey{}).(bool)
	return local
}

// localOnly serves every request as Local.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(Local(r.Context())))
	})
}

// Guard refuses requests that reach a loopback listener by way of a browser on
// another site: a Host that is not a loopback name (DNS rebinding), and an
// Origin or Sec-Fetch-Site that is not this server. The log, which may be nil,
// tells of them.
func Guard(next http.Handler, log *slog.Logger) http.Handler {
	if log == nil {
		log = discard()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		if !loopbackHost(r.Host) {
			log.Warn("refused", "because", "host")
			writeProblem(w, ProblemOf(kreds.Errorf(kreds.CodeRefused, "host %q is not served here", cut(r.Host, 80)).
				WithHint("use http://127.0.0.1 or http://localhost with the server's port")))
			return
		}
		if !sameOrigin(r) && !opensPage(r) {
			log.Warn("refused", "because", "origin")
			writeProblem(w, ProblemOf(kreds.Errorf(kreds.CodeRefused, "requests from other sites are refused").
				WithHint("call the API from a program, or from a page that this server serves")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// protect forbids browsers to keep answers, to guess what they are, and to show
// or embed them elsewhere. What is served as a page sets its own.
func protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// loopbackHost reports whether a Host header names this machine's loopback.
func loopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// sameOrigin reports whether the request is not sent by a page of another
// origin. Programs send none of the headers looked at.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && strings.EqualFold(u.Host, r.Host)
}

// opensPage reports whether a browser follows a link to a page, which other
// sites may hold: a page shows nothing of the data until it asks the API itself.
func opensPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Origin") != "" {
		return false
	}
	switch p := r.URL.Path; {
	case p == "/api" || strings.HasPrefix(p, "/api/"), p == "/metrics", p == "/healthz":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// LoopbackAddress checks a listening address: only loopback is allowed, as the
// API knows no users yet.
func LoopbackAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return kreds.Errorf(kreds.CodeInvalid, "%q is not an address to listen on", address).
			WithHint("write HOST:PORT, as 127.0.0.1:7380")
	}
	if !loopbackHost(host) {
		return kreds.Errorf(kreds.CodeRefused, "listening on %s would open your customers' data to the network", address).
			WithHint("listen on 127.0.0.1:%s and reach it from elsewhere through an SSH tunnel", port)
	}
	return nil
}

// cut shortens a text that a client sent before it is said back.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
