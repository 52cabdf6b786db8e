package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
)

type principalKey struct{}

// principalOf returns who asks: nobody, if the request was not identified.
func principalOf(ctx context.Context) access.Principal {
	p, ok := ctx.Value(principalKey{}).(access.Principal)
	if !ok {
		return access.Nobody("")
	}
	return p
}

// authorOf is who is written down as the author: the user who asks, whatever the
// request says, or without accounts who it says.
func authorOf(ctx context.Context, said string) string {
	if name := principalOf(ctx).User.Name; name != "" {
		return name
	}
	return said
}

// cookieName is the name of the session's cookie. Behind TLS it has the prefix
// with which browsers see to it that no other host, and no plain HTTP, set it.
func cookieName(secure bool) string {
	if secure {
		return "__Host-kreds_session"
	}
	return "kreds_session"
}

// cookie is the Set-Cookie that keeps the secret of a session; "" ends it.
func cookie(c connection, secret string) string {
	k := &http.Cookie{
		Name: cookieName(c.secure), Value: secret, Path: "/", MaxAge: int(access.SessionLongest.Seconds()),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	if secret == "" {
		k.MaxAge = -1
	}
	return k.String()
}

// identify finds out who asks, for the operations to decide what they may.
func (h *handler) identify(next http.Handler) http.Handler {
	// Beside the Guard and SameSite: a page of another site cannot act with the
	// cookie, wherever this handler is put.
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := h.whoAsks(r)
		if err == nil && p.Via == access.ViaSession && crossOrigin.Check(r) != nil {
			err = kreds.Errorf(kreds.CodeForbidden, "requests from other sites are refused")
		}
		if err != nil {
			h.unauthenticated(w, h.problem(r.Context(), "identify", err))
			return
		}
		known := r.WithContext(context.WithValue(r.Context(), principalKey{}, p))
		defer func() { r.Pattern = known.Pattern }() // for the log and the metrics
		next.ServeHTTP(w, known)
	})
}

func (h *handler) whoAsks(r *http.Request) (access.Principal, error) {
	ctx := r.Context()
	from := connectionOf(ctx)
	switch {
	case isLocal(ctx):
		return access.Local(), nil
	case !h.access.On():
		return access.Open(from.address), nil
	}
	if token, ok := access.Bearer(r.Header.Get("Authorization")); ok {
		return h.access.ByToken(ctx, token, from.address)
	}
	k, _ := r.Cookie(cookieName(from.secure))
	if k == nil {
		return access.Nobody(from.address), nil
	}
	p, err := h.access.BySession(ctx, k.Value, from.address)
	if kreds.CodeOf(err) == kreds.CodeUnauthenticated {
		// Signing in again must be possible with the cookie of a session that ended.
		p, err = access.Nobody(from.address), nil
		p.Ended = true
	}
	return p, err
}

// unauthenticated writes a problem and, where it is that nobody is known, how
// programs say who they are.
func (h *handler) unauthenticated(w http.ResponseWriter, p *Problem) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="kreds"`)
	}
	writeProblem(w, p)
}

// need is the role that an operation needs. One that does not say needs the
// highest.
func need(op *huma.Operation) kreds.Role {
	name, _ := op.Extensions[roleExtension].(string)
	if name == kreds.NoRole.String() {
		return kreds.NoRole
	}
	role, err := kreds.RoleOf(name)
	if err != nil {
		return kreds.Admin
	}
	return role
}

// authorize lets an operation be done by those who may, and writes what changes
// or takes away data into the audit log.
func (h *handler) authorize(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	p := principalOf(ctx.Context())
	err := p.May(need(op), scopeOf(op))
	if !audited(op) || p.Via == access.ViaNone {
		if err != nil {
			_, w := humaWriter(ctx)
			h.unauthenticated(w, h.problem(ctx.Context(), op.OperationID, err))
			return
		}
		next(ctx)
		return
	}
	h.recorded(ctx, p, func(ctx huma.Context) {
		if err != nil {
			_, w := humaWriter(ctx)
			h.unauthenticated(w, h.problem(ctx.Context(), op.OperationID, err))
			return
		}
		next(ctx)
	})
}

// guarded is for routes outside the API's operations.
func (h *handler) guarded(need kreds.Role, scope string, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := principalOf(r.Context()).May(need, scope); err != nil {
			h.unauthenticated(w, h.problem(r.Context(), scope, err))
			return
		}
		next.ServeHTTP(w, r)
	}
}
