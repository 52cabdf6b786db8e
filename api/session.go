package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/state"
)

// accessTag is the part of the API about who may do what.
const accessTag = "Access"

// Identity says who asks, and whether they have to sign in.
type Identity struct {
	Accounts bool   `json:"accounts" doc:"Whether accounts are turned on; without them everybody on this machine may do everything"`
	First    bool   `json:"first" doc:"Whether the first account is still to be made, with the link that kreds serve printed"`
	Via      string `json:"via" enum:"none,local,open,session,token" doc:"none: sign in first"`
	Name     string `json:"name,omitempty" doc:"Of the user; absent where no account is involved"`
	Role     string `json:"role" enum:"none,viewer,editor,admin"`
	Ended    bool   `json:"ended,omitempty" doc:"The session that the request came with has ended"`
	Language string `json:"language" doc:"Of the workspace: en or da"`
}

// Credentials are what people sign in with.
type Credentials struct {
	Name     string `json:"name" minLength:"1" maxLength:"400"`
	Password string `json:"password" minLength:"1" maxLength:"4096"`
}

// PasswordChange is a new password for who is signed in.
type PasswordChange struct {
	Present string `json:"present" maxLength:"4096" doc:"The password of now"`
	New     string `json:"new" maxLength:"4096" doc:"At least 12 characters, not a common one"`
}

// LinkRequest names a one-time link.
type LinkRequest struct {
	Code string `json:"code" maxLength:"200" doc:"What stands after the # of the link"`
}

// Acceptance uses a one-time link.
type Acceptance struct {
	Code     string `json:"code" maxLength:"200" doc:"What stands after the # of the link"`
	Name     string `json:"name,omitempty" maxLength:"400" doc:"Of the first account only: what to sign in with"`
	Password string `json:"password" maxLength:"4096" doc:"At least 12 characters, not a common one"`
}

// LinkInfo says what a one-time link is for.
type LinkInfo struct {
	Purpose string `json:"purpose" enum:"first,invite,reset" doc:"To make the first account, to accept an invitation, or to choose a new password"`
	Name    string `json:"name,omitempty" doc:"Of the user; absent for the first account"`
	Role    string `json:"role" enum:"viewer,editor,admin"`
	Expires string `json:"expires" doc:"RFC 3339"`
}

// signedIn is an answer that sets the cookie of a session.
type signedIn struct {
	SetCookie string `header:"Set-Cookie"`
	Body      Identity
}

// signedOut is an answer that ends it.
type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

func (h *handler) sessionRoutes() {
	route(h, operation(kreds.NoRole, http.MethodGet, "/session", "who-am-i", accessTag, "Who asks, and whether they have to sign in"),
		func(ctx context.Context, _ *struct{}) (*body[*Identity], error) {
			return answerOf(h.identity(ctx, principalOf(ctx)))
		})

	type signIn struct{ Body Credentials }
	op := operation(kreds.NoRole, http.MethodPost, "/session", "sign-in", accessTag, "Sign in")
	op.Description = "Sets a cookie. A session ends 12 hours after its last request, and 14 days after it began. After several failures " +
		"the answer is 429 with Retry-After; nothing is locked for good."
	route(h, op, func(ctx context.Context, in *signIn) (*signedIn, error) {
		from := connectionOf(ctx)
		if !h.access.On() {
			return nil, kreds.Errorf(kreds.CodeRefused, "there are no accounts here").WithHint("kreds serve --accounts turns them on")
		}
		secret, s, u, err := h.access.SignIn(ctx, in.Body.Name, in.Body.Password, from.address, from.agent)
		if kreds.CodeOf(err) != kreds.CodeThrottled {
			// A name that is none may be a password in the wrong field: it is not kept.
			e := h.entry(access.Principal{Via: access.ViaNone, User: u, Address: from.address}, "sign-in", "")
			if known, kerr := h.access.User(ctx, in.Body.Name); kerr == nil {
				e.Actor = known.Name
			}
			if nerr := h.noted(ctx, e, err); nerr != nil && err == nil {
				err = nerr
			}
		}
		if err != nil {
			return nil, err
		}
		return h.welcome(ctx, secret, s, u)
	})

	op = operation(kreds.NoRole, http.MethodDelete, "/session", "sign-out", accessTag, "Sign out")
	route(h, op, func(ctx context.Context, _ *struct{}) (*signedOut, error) {
		if p := principalOf(ctx); p.Via == access.ViaSession {
			err := h.state.EndSession(ctx, p.Session)
			if kreds.CodeOf(err) == kreds.CodeNotFound {
				err = nil
			}
			if err := h.noted(ctx, h.entry(p, "sign-out", ""), err); err != nil {
				return nil, err
			}
			if err != nil {
				return nil, err
			}
		}
		return &signedOut{cookie(connectionOf(ctx), "")}, nil
	})

	type setPassword struct{ Body PasswordChange }
	op = change(operation(kreds.Viewer, http.MethodPut, "/session/password", "change-password", accessTag, "Change one's own password"))
	op.Description = "All other sessions of the user end."
	route(h, op, func(ctx context.Context, in *setPassword) (*struct{}, error) {
		p := principalOf(ctx)
		if p.Via != access.ViaSession {
			return nil, kreds.Errorf(kreds.CodeForbidden, "only who is signed in has a password to change")
		}
		return nil, h.access.ChangePassword(ctx, p.User, p.Session, in.Body.Present, in.Body.New)
	})

	type look struct{ Body LinkRequest }
	op = question(operation(kreds.NoRole, http.MethodPost, "/links/look", "look-at-link", accessTag, "What a one-time link is for"))
	route(h, op, func(ctx context.Context, in *look) (*body[*LinkInfo], error) {
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		l, u, err := h.access.LookAt(ctx, strings.TrimSpace(in.Body.Code))
		if err != nil {
			return nil, err
		}
		if l.Purpose == kreds.LinkFirst {
			u.Role = kreds.Admin
		}
		return answer(&LinkInfo{Purpose: string(l.Purpose), Name: u.Name, Role: u.Role.String(), Expires: stamp(l.Expires, cal)}), nil
	})

	type accept struct{ Body Acceptance }
	op = operation(kreds.NoRole, http.MethodPost, "/links/accept", "accept-link", accessTag, "Use a one-time link, and sign in")
	op.Description = "Makes the first account, or sets the password of an invited user or of one who forgot it. A link works once."
	route(h, op, func(ctx context.Context, in *accept) (*signedIn, error) {
		from := connectionOf(ctx)
		u, err := h.access.Accept(ctx, strings.TrimSpace(in.Body.Code), in.Body.Name, in.Body.Password)
		if err != nil {
			return nil, err
		}
		e := h.entry(access.Principal{Via: access.ViaNone, User: u, Address: from.address}, "accept-link", u.Name)
		if err := h.noted(ctx, e, nil); err != nil {
			return nil, err
		}
		secret, s, err := h.access.Begin(ctx, u, from.address, from.agent)
		if err != nil {
			return nil, err
		}
		return h.welcome(ctx, secret, s, u)
	})
}

// welcome is the answer to who has just signed in.
func (h *handler) welcome(ctx context.Context, secret string, s kreds.Session, u kreds.User) (*signedIn, error) {
	id, err := h.identity(ctx, access.Principal{Via: access.ViaSession, Role: u.Role, User: u, Session: s.ID})
	if err != nil {
		return nil, err
	}
	return &signedIn{cookie(connectionOf(ctx), secret), *id}, nil
}

func (h *handler) identity(ctx context.Context, p access.Principal) (*Identity, error) {
	var settings state.Settings
	settings, err := h.state.Settings(ctx)
	if err != nil {
		return nil, err
	}
	out := &Identity{Accounts: h.access.On(), Via: string(p.Via), Name: p.User.Name, Role: p.Role.String(), Ended: p.Ended, Language: settings.Language}
	if out.Accounts && p.Via == access.ViaNone {
		n, err := h.state.UserCount(ctx)
		if err != nil {
			return nil, err
		}
		out.First = n == 0
	}
	return out, nil
}
