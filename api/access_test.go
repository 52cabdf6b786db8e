package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/api"
)

func TestSigningIn(t *testing.T) {
	g := serveGuarded(t, nil)
	nobody := g.caller()
	nobody.want(t, "GET", "/api/v1/session", "", 200, `"accounts":true`, `"first":true`, `"via":"none"`, `"role":"none"`)
	nobody.want(t, "GET", "/api/v1/segments", "", 401, `"code":"unauthenticated"`)
	nobody.want(t, "GET", "/metrics", "", 401)
	nobody.want(t, "GET", "/healthz", "", 200)
	nobody.want(t, "POST", "/api/v1/links/look", fmt.Sprintf(`{"code":%q}`, codeOf(g.first)), 200, `"purpose":"first"`, `"role":"admin"`)
	accept := func(password string) string {
		return fmt.Sprintf(`{"code":%q,"name":"Anna","password":%q}`, codeOf(g.first), password)
	}
	nobody.want(t, "POST", "/api/v1/links/accept", accept("short"), 422, `at least 12`)
	nobody.want(t, "POST", "/api/v1/links/accept", accept("Password12345"), 422, `common`)
	nobody.want(t, "POST", "/api/v1/links/accept", accept(strings.Repeat("x", 4000)), 422, `more than 1024`)
	nobody.want(t, "POST", "/api/v1/links/accept", strings.Replace(accept(adminPassword), `"Anna"`, `" "`, 1), 422, `name`)
	admin := g.admin(t)
	nobody.want(t, "POST", "/api/v1/links/accept", accept(adminPassword), 404, `used before`)
	nobody.want(t, "POST", "/api/v1/links/look", fmt.Sprintf(`{"code":%q}`, codeOf(g.first)), 404)
	nobody.want(t, "GET", "/api/v1/session", "", 200, `"first":false`)
	admin.want(t, "GET", "/api/v1/session", "", 200, `"via":"session"`, `"name":"Anna"`, `"role":"admin"`, `"language":"en"`)
	admin.want(t, "GET", "/metrics", "", 200, `kreds_segments`)

	browser := g.caller()
	status, text, _ := browser.do(t, "POST", "/api/v1/session", signIn(" anna", adminPassword))
	if status != 401 {
		t.Errorf("a name with a space: %d %s", status, text)
	}
	status, text, header := browser.do(t, "POST", "/api/v1/session", signIn("ANNA", adminPassword))
	if status != 200 {
		t.Fatalf("signing in: %d %s", status, text)
	}
	set := header.Get("Set-Cookie")
	for _, part := range []string{"__Host-kreds_session=", "Path=/", "HttpOnly", "Secure", "SameSite=Strict", "Max-Age=1209600"} {
		if !strings.Contains(set, part) {
			t.Errorf("%s is not in the cookie %s", part, set)
		}
	}
	if strings.Contains(set, "Domain") || header.Get("Strict-Transport-Security") == "" {
		t.Errorf("cookie %s, transport security %q", set, header.Get("Strict-Transport-Security"))
	}
	secret := strings.TrimPrefix(strings.Split(set, ";")[0], "__Host-kreds_session=")
	for _, file := range []string{"state.db", "state.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(g.dir, file))
		if err == nil && (bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte(adminPassword))) {
			t.Errorf("%s holds a secret in the clear", file)
		}
	}

	// Wrong passwords and unknown names are answered alike, and both slowed down.
	var problems []string
	for _, name := range []string{"anna", "nobody@example.dk"} {
		for range 5 {
			problems = append(problems, g.caller().want(t, "POST", "/api/v1/session", signIn(name, "wrong wrong wrong"), 401, `"code":"unauthenticated"`, `the name or the password is wrong`))
		}
		status, text, header = g.caller().do(t, "POST", "/api/v1/session", signIn(name, "wrong wrong wrong"))
		if status != 429 || header.Get("Retry-After") != "1" || !strings.Contains(text, `"code":"throttled"`) || !strings.Contains(text, `"wait":1`) {
			t.Errorf("%s: %d, %q, %s", name, status, header.Get("Retry-After"), text)
		}
	}
	if different := slices.Compact(problems); len(different) != 1 {
		t.Errorf("wrong passwords and unknown names are told apart: %v", different)
	}
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 429)
	g.wait(time.Second)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 200)
	// Many names from one address.
	for i := range 30 {
		status, _, _ = g.caller().do(t, "POST", "/api/v1/session", signIn(fmt.Sprintf("user %d", i), "x"))
	}
	if status != 429 {
		t.Errorf("the thirtieth name from one address: %d", status)
	}
	g.wait(10 * time.Minute)

	// Sessions end: by signing out, revoked, idle, too old, with the password.
	other := g.caller()
	other.want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 200)
	other.want(t, "DELETE", "/api/v1/session", "", 204)
	other.want(t, "GET", "/api/v1/segments", "", 401)
	replay := g.caller().with("Cookie", "__Host-kreds_session="+secret)
	replay.want(t, "GET", "/api/v1/segments", "", 200)
	var list api.SessionList
	if err := json.Unmarshal([]byte(browser.want(t, "GET", "/api/v1/sessions", "", 200, `"present":true`, `"address":"127.0.0.1"`)), &list); err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Sessions {
		if s.Present {
			admin.want(t, "DELETE", fmt.Sprintf("/api/v1/sessions/%d", s.ID), "", 204)
		}
	}
	browser.want(t, "GET", "/api/v1/segments", "", 401, `session has ended`)
	browser.want(t, "GET", "/api/v1/session", "", 200, `"ended":true`)
	replay.want(t, "GET", "/api/v1/segments", "", 401)
	g.wait(access.SessionIdle - time.Minute)
	admin.want(t, "GET", "/api/v1/segments", "", 200)
	g.wait(access.SessionIdle - time.Minute)
	admin.want(t, "GET", "/api/v1/segments", "", 200)
	g.wait(access.SessionIdle)
	admin.want(t, "GET", "/api/v1/segments", "", 401, `session has ended`)
	admin.want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 200)
	for range 2*14 + 2 {
		g.wait(access.SessionIdle - time.Minute)
		admin.do(t, "GET", "/api/v1/segments", "")
	}
	admin.want(t, "GET", "/api/v1/segments", "", 401)

	admin.want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 200)
	browser.want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 200)
	admin.want(t, "PUT", "/api/v1/session/password", fmt.Sprintf(`{"present":"wrong","new":%q}`, viewerPassword), 403)
	admin.want(t, "PUT", "/api/v1/session/password", fmt.Sprintf(`{"present":%q,"new":"anna anna anna"}`, adminPassword), 422)
	admin.want(t, "PUT", "/api/v1/session/password", fmt.Sprintf(`{"present":%q,"new":%q}`, adminPassword, viewerPassword), 204)
	admin.want(t, "GET", "/api/v1/segments", "", 200)
	browser.want(t, "GET", "/api/v1/segments", "", 401)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 401)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", viewerPassword), 200)
}

func TestOtherSites(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"a program with the cookie", nil, 201},
		{"its own page", []string{"Origin", g.url, "Sec-Fetch-Site", "same-origin"}, 201},
		{"another site", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403},
		{"another site in an old browser", []string{"Origin", "https://evil.example"}, 403},
		{"the same site, in the clear", []string{"Origin", strings.Replace(g.url, "https", "http", 1)}, 403},
		{"another port", []string{"Origin", "https://127.0.0.1:1"}, 403},
		{"a sandboxed page", []string{"Origin", "null"}, 403},
		{"a host that is not served", []string{"Host", "evil.example"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text, _ := admin.with(c.header...).do(t, "POST", "/api/v1/segments", fmt.Sprintf(`{"name":%q,"expression":"everyone"}`, c.name))
			if status != c.status {
				t.Errorf("status %d, want %d: %s", status, c.status, text)
			}
		})
	}
}

func TestUsers(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	admin.want(t, "PATCH", "/api/v1/users/anna", `{"inactive":true}`, 403, `last admin`)
	admin.want(t, "PATCH", "/api/v1/users/anna", `{"role":"editor"}`, 403, `last admin`)
	admin.want(t, "POST", "/api/v1/users", `{"name":"ANNA","role":"viewer"}`, 409)
	admin.want(t, "POST", "/api/v1/users", `{"name":"a\tb","role":"viewer"}`, 422)
	admin.want(t, "POST", "/api/v1/users", `{"name":"x","role":"king"}`, 422)
	viewer := g.invite(t, admin, "Bo@example.dk", "viewer", viewerPassword)
	viewer.want(t, "GET", "/api/v1/users", "", 403, `"code":"forbidden"`, `admin`)
	viewer.want(t, "POST", "/api/v1/segments", `{"name":"x","expression":"everyone"}`, 403, `editor`)
	viewer.want(t, "GET", "/api/v1/segments", "", 200)
	viewer.want(t, "GET", "/api/v1/sessions?all=true", "", 403)
	viewer.want(t, "GET", "/api/v1/sessions", "", 200, `Bo@example.dk`, `!Anna`)
	admin.want(t, "GET", "/api/v1/users", "", 200, `Bo@example.dk`, `"state":"active"`)

	// A role takes effect at once.
	admin.want(t, "PATCH", "/api/v1/users/bo@example.dk", `{"role":"editor"}`, 200, `"role":"editor"`)
	viewer.want(t, "POST", "/api/v1/segments", `{"name":"x","expression":"everyone"}`, 201)
	// An invited admin who never came does not count.
	admin.want(t, "POST", "/api/v1/users", `{"name":"Carl","role":"admin"}`, 201)
	admin.want(t, "PATCH", "/api/v1/users/anna", `{"role":"viewer"}`, 403, `last admin`)
	admin.want(t, "PATCH", "/api/v1/users/bo@example.dk", `{"role":"admin"}`, 200)
	admin.want(t, "PATCH", "/api/v1/users/anna", `{"role":"viewer"}`, 200)
	admin.want(t, "GET", "/api/v1/users", "", 403)

	// A link works once, and not when it is too old or another was made.
	links := func() string {
		var made api.Invited
		if err := json.Unmarshal([]byte(viewer.want(t, "POST", "/api/v1/users/anna/link", "", 200)), &made); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"code":%q,"password":"nine old boats at sea"}`, codeOf(made.Link))
	}
	first, second := links(), links()
	nobody := g.caller()
	nobody.want(t, "POST", "/api/v1/links/accept", first, 404)
	g.wait(access.ResetLasts)
	viewer.want(t, "POST", "/api/v1/session", signIn("bo@example.dk", viewerPassword), 200)
	nobody.want(t, "POST", "/api/v1/links/accept", second, 404, `too old`)
	third := links()
	nobody.want(t, "POST", "/api/v1/links/accept", third, 200)
	g.caller().want(t, "POST", "/api/v1/links/accept", third, 404)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", adminPassword), 401)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", "nine old boats at sea"), 200)

	// Who is deactivated is out, and back when activated.
	viewer.want(t, "PATCH", "/api/v1/users/anna", `{"inactive":true}`, 200, `"state":"inactive"`)
	nobody.want(t, "GET", "/api/v1/segments", "", 401)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", "nine old boats at sea"), 401, `name or the password`)
	viewer.want(t, "POST", "/api/v1/users/anna/link", "", 403)
	viewer.want(t, "PATCH", "/api/v1/users/anna", `{"inactive":false}`, 200, `"state":"active"`)
	g.caller().want(t, "POST", "/api/v1/session", signIn("anna", "nine old boats at sea"), 200)
	viewer.want(t, "PATCH", "/api/v1/users/nobody", `{"inactive":true}`, 404)
}

func TestTokens(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	make := func(c *caller, body string) (api.NewToken, *caller) {
		var made api.NewToken
		if err := json.Unmarshal([]byte(c.want(t, "POST", "/api/v1/tokens", body, 201, `"secret":"kreds_`)), &made); err != nil {
			t.Fatal(err)
		}
		return made, g.program(made.Secret)
	}
	made, reader := make(admin, `{"name":"reports"}`)
	reader.want(t, "GET", "/api/v1/session", "", 200, `"via":"token"`, `"role":"viewer"`, `"name":"Anna"`)
	reader.want(t, "GET", "/api/v1/segments", "", 200)
	reader.want(t, "POST", "/api/v1/segments", `{"name":"x","expression":"everyone"}`, 403, `"code":"forbidden"`)
	reader.want(t, "POST", "/api/v1/tokens", `{"name":"more"}`, 403, `cannot make tokens`)
	reader.want(t, "PUT", "/api/v1/session/password", `{"present":"a","new":"b"}`, 403)
	_, editor := make(admin, `{"name":"nightly","role":"editor","scopes":["imports"],"days":1}`)
	editor.want(t, "GET", "/api/v1/imports", "", 200)
	editor.want(t, "GET", "/api/v1/segments", "", 403, `the token is not for segments`)
	editor.want(t, "GET", "/api/v1/tokens", "", 403)
	_, scraper := make(admin, `{"name":"prometheus","scopes":["metrics"]}`)
	scraper.want(t, "GET", "/metrics", "", 200)
	scraper.want(t, "GET", "/api/v1/data", "", 403)
	admin.want(t, "POST", "/api/v1/tokens", `{"name":"x","scopes":["nonsense"]}`, 422, `there are access`)
	admin.want(t, "POST", "/api/v1/tokens", `{"name":"x","days":1000}`, 422)

	viewer := g.invite(t, admin, "Bo", "viewer", viewerPassword)
	viewer.want(t, "POST", "/api/v1/tokens", `{"name":"x","role":"admin"}`, 403)
	bos, bo := make(viewer, `{"name":"mine"}`)
	viewer.want(t, "GET", "/api/v1/tokens", "", 200, `"mine"`, `!reports`, `!`+bos.Secret)
	viewer.want(t, "DELETE", fmt.Sprintf("/api/v1/tokens/%d", made.Token.ID), "", 404)
	admin.want(t, "GET", "/api/v1/tokens?all=true", "", 200, `"mine"`, `"start":"`+bos.Secret[:10]+`"`)
	bo.want(t, "GET", "/api/v1/segments", "", 200)
	admin.want(t, "PATCH", "/api/v1/users/bo", `{"inactive":true}`, 200)
	bo.want(t, "GET", "/api/v1/segments", "", 401)
	admin.want(t, "PATCH", "/api/v1/users/bo", `{"inactive":false}`, 200)
	bo.want(t, "GET", "/api/v1/segments", "", 200)
	admin.want(t, "DELETE", fmt.Sprintf("/api/v1/tokens/%d", bos.Token.ID), "", 204)
	bo.want(t, "GET", "/api/v1/segments", "", 401)
	for _, token := range []string{"", "x", made.Secret + "x", strings.ToUpper(made.Secret)} {
		status, text, header := g.program(token).do(t, "GET", "/api/v1/segments", "")
		if status != 401 || header.Get("WWW-Authenticate") == "" {
			t.Errorf("token %q: %d %q %s", token, status, header.Get("WWW-Authenticate"), text)
		}
	}
	g.wait(24 * time.Hour)
	editor.want(t, "GET", "/api/v1/imports", "", 401, `not valid`)
	reader.want(t, "GET", "/api/v1/segments", "", 200)
	g.wait(access.TokenLasts)
	reader.want(t, "GET", "/api/v1/segments", "", 401)
}

func TestAudit(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	viewer := g.invite(t, admin, "Bo", "viewer", viewerPassword)
	// Through the socket: the owner of the directory.
	local := api.Socket(filepath.Join(g.dir, api.SocketName))
	if err := local.Call(t.Context(), "POST", "/api/v1/segments", api.SegmentRequest{Name: "Local", Expression: "everyone"}, nil); err != nil {
		t.Fatal(err)
	}
	admin.want(t, "POST", "/api/v1/segments", `{"name":"Everyone","expression":"everyone"}`, 201)
	admin.want(t, "POST", "/api/v1/segments", `{"name":"Everyone","expression":"everyone"}`, 409)
	viewer.want(t, "DELETE", "/api/v1/segments/Everyone", "", 403)
	viewer.want(t, "GET", "/api/v1/segments/Everyone/members?format=csv", "", 200)
	viewer.want(t, "GET", "/api/v1/segments/Everyone/members?format=json&limit=20", "", 200)
	viewer.want(t, "GET", "/api/v1/segments/none/members", "", 404)
	viewer.want(t, "POST", "/api/v1/members", `{"expression":"everyone","format":"csv"}`, 200)
	viewer.want(t, "POST", "/api/v1/count", `{"expression":"everyone"}`, 200)
	g.caller().want(t, "POST", "/api/v1/session", signIn("my secret password", "x"), 401)
	g.caller().want(t, "POST", "/api/v1/session", signIn("bo", "x"), 401)
	viewer.want(t, "GET", "/api/v1/audit", "", 403)

	var page api.AuditPage
	if err := json.Unmarshal([]byte(admin.want(t, "GET", "/api/v1/audit", "", 200, `!my secret`, `"address":"127.0.0.1"`)), &page); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range page.Entries {
		got = append(got, strings.Join([]string{e.Actor, e.Via, e.Action, e.Subject, e.Result}, "|"))
	}
	want := []string{
		"Bo|none|sign-in||unauthenticated",
		"nobody|none|sign-in||unauthenticated",
		"Bo|session|members||ok",
		"Bo|session|segment-members|none|not_found",
		"Bo|session|segment-members|Everyone|ok",
		"Bo|session|delete-segment|Everyone|forbidden",
		"Anna|session|create-segment|Everyone|conflict",
		"Anna|session|create-segment|Everyone|ok",
		"local owner|local|create-segment|Local|ok",
		"Bo|none|accept-link|Bo|ok",
		"Anna|session|invite-user|Bo|ok",
		"Anna|none|accept-link|Anna|ok",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audit log:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	first := admin.want(t, "GET", "/api/v1/audit?limit=2&actor=Bo", "", 200, `"next":`, `"sign-in"`, `"members"`, `!segment-members`)
	if err := json.Unmarshal([]byte(first), &page); err != nil {
		t.Fatal(err)
	}
	admin.want(t, "GET", fmt.Sprintf("/api/v1/audit?limit=2&actor=Bo&cursor=%d", page.Next), "", 200, `segment-members`, `!sign-in`)
	admin.want(t, "GET", "/api/v1/audit?action=invite-user", "", 200, `invite-user`, `!sign-in`)
}

func TestProxies(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	free.Close()
	behind := func(t *testing.T, trusted string) *guarded {
		t.Helper()
		g := serveGuarded(t, func(o *api.ServeOptions) {
			o.Listen, o.Certificate, o.Key = at, "", ""
			o.Proxies = []netip.Prefix{netip.MustParsePrefix(trusted)}
		})
		if !strings.HasPrefix(g.first, "https://example.com/join#") {
			t.Errorf("the link to the first account is %s", g.first)
		}
		g.url = "http://" + at
		return g
	}
	t.Run("trusted", func(t *testing.T) {
		g := behind(t, "127.0.0.0/8")
		proxy := g.caller().with("Host", "example.com", "X-Forwarded-Proto", "https", "X-Forwarded-For", "198.51.100.7, 203.0.113.9")
		body := fmt.Sprintf(`{"code":%q,"name":"Anna","password":%q}`, codeOf(g.first), adminPassword)
		_, text, header := proxy.do(t, "POST", "/api/v1/links/accept", body)
		set := header.Get("Set-Cookie")
		if !strings.HasPrefix(set, "__Host-kreds_session=") || !strings.Contains(set, "Secure") {
			t.Fatalf("cookie %q: %s", set, text)
		}
		signedIn := proxy.with("Cookie", strings.Split(set, ";")[0])
		// The last address that is no proxy counts; what stands before it anybody
		// may have written.
		signedIn.want(t, "GET", "/api/v1/audit", "", 200, `"address":"203.0.113.9"`, `!198.51.100.7`)
		signedIn.with("Origin", "https://example.com").want(t, "POST", "/api/v1/segments", `{"name":"x","expression":"everyone"}`, 201)
		signedIn.with("Origin", "http://example.com").want(t, "POST", "/api/v1/segments", `{"name":"y","expression":"everyone"}`, 403)
		signedIn.with("X-Forwarded-Proto", "http").want(t, "GET", "/api/v1/segments", "", 401)
	})
	t.Run("untrusted", func(t *testing.T) {
		g := behind(t, "10.0.0.0/8")
		c := g.caller().with("Host", "example.com", "X-Forwarded-Proto", "https", "X-Forwarded-For", "198.51.100.7")
		body := fmt.Sprintf(`{"code":%q,"name":"Anna","password":%q}`, codeOf(g.first), adminPassword)
		_, text, header := c.do(t, "POST", "/api/v1/links/accept", body)
		if set := header.Get("Set-Cookie"); !strings.HasPrefix(set, "kreds_session=") || strings.Contains(set, "Secure") {
			t.Errorf("cookie %q: %s", set, text)
		}
		c.with("Cookie", strings.Split(header.Get("Set-Cookie"), ";")[0]).want(t, "GET", "/api/v1/audit", "", 200, `"address":"127.0.0.1"`, `!198.51.100.7`)
	})
}

func TestWhereToListen(t *testing.T) {
	dir := t.TempDir()
	cert, key, _ := certificates(t, dir)
	w, err := api.Open(t.Context(), filepath.Join(dir, "data"), api.Options{Engine: openEngine, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name string
		o    api.ServeOptions
		code kreds.Code
		says string
	}{
		{"everywhere", api.ServeOptions{Listen: "0.0.0.0:0"}, kreds.CodeRefused, "--accounts"},
		{"everywhere, in the clear", api.ServeOptions{Listen: "0.0.0.0:0", Accounts: true, Hosts: []string{"a"}}, kreds.CodeRefused, "--tls-cert"},
		{"everywhere, without accounts", api.ServeOptions{Listen: "0.0.0.0:0", Certificate: cert, Key: key, Hosts: []string{"a"}}, kreds.CodeRefused, "--accounts"},
		{"everywhere, without a name", api.ServeOptions{Listen: "0.0.0.0:0", Certificate: cert, Key: key, Accounts: true}, kreds.CodeInvalid, "--host"},
		{"a proxy without accounts", api.ServeOptions{Listen: "127.0.0.1:0", Proxies: proxy}, kreds.CodeRefused, "--accounts"},
		{"half a certificate", api.ServeOptions{Listen: "127.0.0.1:0", Certificate: cert}, kreds.CodeInvalid, "--tls-key"},
		{"no certificate", api.ServeOptions{Listen: "127.0.0.1:0", Certificate: key, Key: cert}, kreds.CodeInvalid, "PEM"},
		{"no address", api.ServeOptions{Listen: "nonsense"}, kreds.CodeInvalid, "HOST:PORT"},
	} {
		err := api.Serve(t.Context(), w, c.o)
		if kreds.CodeOf(err) != c.code || !strings.Contains(kreds.HintOf(err), c.says) {
			t.Errorf("%s: %v; %s", c.name, err, kreds.HintOf(err))
		}
	}
}
