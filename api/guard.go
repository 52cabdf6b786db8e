package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/kreds/kreds"
)

type localKey struct{}

// Local marks a request as coming from a process that may read this machine's
// files with the rights of whoever runs kreds: in-process, or through the
// socket in the data directory. Only such requests may name files, and they act
// as the owner of the data directory.
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

// Gate says from where a listener may be reached, and by which names.
type Gate struct {
	// Open is true for a listener that is not on loopback: then every request
	// has to come by TLS, from its client or from the proxy in front.
	Open bool
	// Hosts are the names that are served beside those of loopback.
	Hosts []string
	// Proxies are the addresses whose X-Forwarded-For and X-Forwarded-Proto are
	// believed.
	Proxies []netip.Prefix
}

// connection is what is known of how a request came.
type connection struct {
	address string // of the client
	secure  bool   // by TLS
	agent   string // what the client calls itself
	base    string // scheme, host and port by which it reached kreds
}

type connectionKey struct{}

// connectionOf returns how a request came; the zero connection if nobody said.
func connectionOf(ctx context.Context) connection {
	c, _ := ctx.Value(connectionKey{}).(connection)
	return c
}

// Guard refuses requests that reach a loopback listener by way of a browser on
// another site. It is the zero Gate; the log may be nil.
func Guard(next http.Handler, log *slog.Logger) http.Handler { return Gate{}.Guard(next, log) }

// Guard refuses requests that come in the clear where they must not, that name
// a Host which is not served (as in DNS rebinding), and those of pages of other
// sites, told by Origin or Sec-Fetch-Site. The log, which may be nil, tells of
// them.
func (g Gate) Guard(next http.Handler, log *slog.Logger) http.Handler {
	if log == nil {
		log = discard()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		refuse := func(because string, e *kreds.Error) {
			log.Warn("refused", "because", because)
			writeProblem(w, ProblemOf(e))
		}
		c := g.connection(r)
		switch {
		case g.Open && !c.secure:
			refuse("clear", kreds.Errorf(kreds.CodeRefused, "this address takes HTTPS only").
				WithHint("begin the address with https://; a proxy in front has to be named with --trusted-proxy and to set X-Forwarded-Proto"))
		case !g.serves(r.Host):
			refuse("host", kreds.Errorf(kreds.CodeRefused, "host %q is not served here", cut(r.Host, 80)).
				WithHint("%s", g.hint()))
		case !sameOrigin(r, c.secure) && !opensPage(r):
			refuse("origin", kreds.Errorf(kreds.CodeRefused, "requests from other sites are refused").
				WithHint("call the API from a program, or from a page that this server serves"))
		default:
			if c.secure {
				w.Header().Set("Strict-Transport-Security", "max-age=31536000")
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), connectionKey{}, c)))
		}
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

func (g Gate) hint() string {
	if g.Open || len(g.Hosts) > 0 {
		return "name it with kreds serve --host, and let a proxy in front pass the Host on"
	}
	return "use http://127.0.0.1 or http://localhost with the server's port"
}

// serves reports whether a Host header names this server.
func (g Gate) serves(hostport string) bool {
	if !g.Open && loopbackHost(hostport) {
		return true
	}
	host := hostOf(hostport)
	return host != "" && slices.ContainsFunc(g.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// connection tells how a request came. What a proxy says counts only if it is
// one of the trusted ones.
func (g Gate) connection(r *http.Request) connection {
	c := connection{secure: r.TLS != nil, agent: r.UserAgent()}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err == nil {
		ip := peer.Addr().Unmap().WithZone("")
		c.address = ip.String()
		if g.trusts(ip) {
			c.address = g.client(r.Header.Values("X-Forwarded-For"), ip).String()
			if proto := r.Header.Values("X-Forwarded-Proto"); len(proto) == 1 {
				c.secure = strings.EqualFold(strings.TrimSpace(proto[0]), "https")
			} else if g.Open {
				c.secure = false
			}
		}
	}
	scheme := "http"
	if c.secure {
		scheme = "https"
	}
	c.base = scheme + "://" + r.Host
	return c
}

func (g Gate) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(g.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// client is the last address of X-Forwarded-For that is not itself a trusted
// proxy: what stands before it, the client may have written.
func (g Gate) client(forwarded []string, peer netip.Addr) netip.Addr {
	all := strings.Split(strings.Join(forwarded, ","), ",")
	for _, text := range slices.Backward(all) {
		text = strings.TrimSpace(text)
		ip, err := netip.ParseAddr(text)
		if err != nil {
			with, err := netip.ParseAddrPort(text)
			if err != nil {
				return peer
			}
			ip = with.Addr()
		}
		peer = ip.Unmap().WithZone("")
		if !g.trusts(peer) {
			return peer
		}
	}
	return peer
}

// hostOf is a Host header without the port and the brackets of IPv6.
func hostOf(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// loopbackHost reports whether a Host header names this machine's loopback.
func loopbackHost(hostport string) bool {
	host := hostOf(hostport)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// sameOrigin reports whether the request is not sent by a page of another
// origin. Programs send none of the headers looked at.
func sameOrigin(r *http.Request, secure bool) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	scheme := "http"
	if secure {
		scheme = "https"
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == scheme && strings.EqualFold(u.Host, r.Host)
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

// LoopbackAddress checks a listening address and reports whether it is on
// loopback. The error has CodeInvalid if it is no address.
func LoopbackAddress(address string) (bool, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return false, kreds.Errorf(kreds.CodeInvalid, "%q is not an address to listen on", address).
			WithHint("write HOST:PORT, as 127.0.0.1:7380")
	}
	return loopbackHost(host), nil
}

// cut shortens a text that a client sent before it is said back.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
