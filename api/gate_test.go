package api

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestGate(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	open := Gate{Open: true, Hosts: []string{"kreds.example.com"}, Proxies: proxies}
	for _, c := range []struct {
		name    string
		gate    Gate
		peer    string
		host    string
		header  map[string][]string
		status  int
		address string
		secure  bool
	}{
		{"by the proxy", open, "10.1.1.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"203.0.113.9"}}, 204, "203.0.113.9", true},
		{"by two proxies", open, "10.1.1.1:5", "KREDS.example.com:443", map[string][]string{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"198.51.100.1, 203.0.113.9", "10.2.2.2"}}, 204, "203.0.113.9", true},
		{"by a proxy that gives ports", open, "[fd00::1]:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"[2001:db8::1]:99"}}, 204, "2001:db8::1", true},
		{"by a proxy that says nonsense", open, "10.1.1.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"203.0.113.9, unknown"}}, 204, "10.1.1.1", true},
		{"by a proxy that says nothing", open, "10.1.1.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https"}}, 204, "10.1.1.1", true},
		{"a proxy without TLS", open, "10.1.1.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"http"}}, 403, "", false},
		{"a proxy that does not say how", open, "10.1.1.1:5", "kreds.example.com", nil, 403, "", false},
		{"a proxy that says two things", open, "10.1.1.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https", "http"}}, 403, "", false},
		{"who is no proxy, pretending TLS", open, "192.0.2.1:5", "kreds.example.com", map[string][]string{"X-Forwarded-Proto": {"https"}}, 403, "", false},
		{"another host", open, "10.1.1.1:5", "evil.example", map[string][]string{"X-Forwarded-Proto": {"https"}}, 403, "", false},
		{"loopback names are not for others", open, "10.1.1.1:5", "localhost", map[string][]string{"X-Forwarded-Proto": {"https"}}, 403, "", false},
		{"loopback, pretending to be another", Gate{}, "127.0.0.1:5", "localhost", map[string][]string{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {"https"}}, 204, "127.0.0.1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got connection
			h := c.gate.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = connectionOf(r.Context())
				w.WriteHeader(http.StatusNoContent)
			}), nil)
			r := httptest.NewRequest("GET", "/api/v1/session", nil)
			r.RemoteAddr, r.Host = c.peer, c.host
			maps.Copy(r.Header, c.header)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || got.address != c.address || got.secure != c.secure {
				t.Errorf("status %d, address %q, secure %v: %s", w.Code, got.address, got.secure, w.Body)
			}
			if hsts := w.Header().Get("Strict-Transport-Security"); (hsts != "") != c.secure {
				t.Errorf("transport security %q", hsts)
			}
		})
	}
}

// Whatever the headers say, an address that is told is one, and only a trusted
// peer's words count.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"203.0.113.9", "a, b", "10.0.0.1,10.0.0.2", "[::1]:1", ",,,", "fe80::1%eth0", ""} {
		f.Add(seed, seed)
	}
	g := Gate{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Fuzz(func(t *testing.T, forwarded, proto string) {
		r := &http.Request{Host: "localhost", RemoteAddr: "10.1.1.1:5", Header: http.Header{"X-Forwarded-For": {forwarded}, "X-Forwarded-Proto": {proto}}}
		if c := g.connection(r); !isAddress(c.address) {
			t.Errorf("%q: address %q", forwarded, c.address)
		}
		r.RemoteAddr = "192.0.2.1:5"
		if c := g.connection(r); c.address != "192.0.2.1" || c.secure {
			t.Errorf("%q from an untrusted peer: %+v", forwarded, c)
		}
	})
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}
