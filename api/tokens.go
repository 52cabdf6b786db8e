package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/segment"
)

// Token lets a program call the API.
type Token struct {
	ID      int64    `json:"id"`
	Name    string   `json:"name" doc:"What it is for"`
	User    string   `json:"user" doc:"Whose it is, or local owner"`
	Start   string   `json:"start" doc:"How the token begins, to recognise it"`
	Role    string   `json:"role" enum:"viewer,editor,admin" doc:"At most that of its user"`
	Scopes  []string `json:"scopes" doc:"The parts of the API it is for; empty for all"`
	Created string   `json:"created" doc:"RFC 3339"`
	Expires string   `json:"expires" doc:"RFC 3339"`
	Expired bool     `json:"expired,omitempty"`
	Used    string   `json:"used,omitempty" doc:"The last time, RFC 3339; absent if never"`
}

// TokenList is tokens, newest first.
type TokenList struct {
	Tokens []Token  `json:"tokens"`
	Scopes []string `json:"scopes" doc:"The scopes that there are"`
}

// TokenRequest makes a token.
type TokenRequest struct {
	Name   string   `json:"name" minLength:"1" maxLength:"400" doc:"What it is for"`
	Role   string   `json:"role,omitempty" enum:"viewer,editor,admin" doc:"At most one's own; the default is viewer, which only reads"`
	Scopes []string `json:"scopes,omitempty" maxItems:"50" doc:"Parts of the API, as imports or segments; without any it is for all"`
	Days   int      `json:"days,omitempty" minimum:"1" maximum:"366" doc:"How long it works; the default is 90"`
}

// NewToken is a token with its secret.
type NewToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"To be sent as Authorization: Bearer SECRET. It is shown now and never again"`
}

// BrowserSession is a browser that somebody is signed in with.
type BrowserSession struct {
	ID      int64  `json:"id"`
	User    string `json:"user"`
	Created string `json:"created" doc:"RFC 3339"`
	Seen    string `json:"seen" doc:"The last request, RFC 3339, within a minute"`
	Address string `json:"address"`
	Agent   string `json:"agent" doc:"What the browser calls itself"`
	Present bool   `json:"present,omitempty" doc:"The one that asks"`
}

// SessionList is sessions, the one seen last first.
type SessionList struct {
	Sessions []BrowserSession `json:"sessions"`
}

// scopeOf is the scope that an operation belongs to: its tag in lower case.
func scopeOf(op *huma.Operation) string { return strings.ToLower(op.Tags[0]) }

// scopes are those of all operations.
func (h *handler) scopes() []string {
	all := []string{metricsScope}
	for _, item := range h.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil && !slices.Contains(all, scopeOf(op)) {
				all = append(all, scopeOf(op))
			}
		}
	}
	slices.Sort(all)
	return all
}

type listed struct {
	All bool `query:"all" doc:"Those of all users, which needs an admin"`
}

type numbered struct {
	ID int64 `path:"id"`
}

// mine says whose things are meant: the user's own, or for 0 everybody's.
func (h *handler) mine(ctx context.Context, all bool) (int64, error) {
	p := principalOf(ctx)
	switch {
	case p.Via == access.ViaLocal || p.Via == access.ViaOpen:
		return 0, nil
	case !all && p.User.ID == 0: // the token of the owner of the data directory
		return nobodys, nil
	case !all:
		return p.User.ID, nil
	}
	return 0, p.May(kreds.Admin, strings.ToLower(accessTag))
}

// nobodys is the number of no user.
const nobodys = -1

// owners are the names of users by their numbers.
func (h *handler) owners(ctx context.Context) (map[int64]string, error) {
	all, err := h.state.Users(ctx)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{0: access.Local().Name()}
	for _, u := range all {
		names[u.ID] = u.Name
	}
	return names, nil
}

func (h *handler) tokenRoutes() {
	route(h, operation(kreds.Viewer, http.MethodGet, "/tokens", "tokens", accessTag, "Tokens for programs, newest first"),
		func(ctx context.Context, in *listed) (*body[*TokenList], error) {
			return answerOf(h.tokens(ctx, in.All))
		})

	type create struct{ Body TokenRequest }
	op := change(operation(kreds.Viewer, http.MethodPost, "/tokens", "create-token", accessTag, "Make a token for a program"))
	op.Description = "The secret is in the answer and is not kept."
	op.DefaultStatus = http.StatusCreated
	route(h, op, func(ctx context.Context, in *create) (*body[*NewToken], error) {
		return answerOf(h.createToken(ctx, &in.Body))
	})

	op = change(operation(kreds.Viewer, http.MethodDelete, "/tokens/{id}", "revoke-token", accessTag, "Revoke a token"))
	op.Description = "One's own; an admin may revoke any."
	route(h, op, func(ctx context.Context, in *numbered) (*struct{}, error) {
		all, err := h.state.Tokens(ctx)
		if err != nil {
			return nil, err
		}
		p := principalOf(ctx)
		i := slices.IndexFunc(all, func(t kreds.Token) bool {
			return t.ID == in.ID && (p.Role == kreds.Admin || t.User == p.User.ID && t.User != 0)
		})
		if i < 0 {
			return nil, kreds.Errorf(kreds.CodeNotFound, "there is no token %d", in.ID).WithHint("kreds token list shows them")
		}
		about(ctx, all[i].Name)
		return nil, h.state.EndToken(ctx, in.ID)
	})

	route(h, operation(kreds.Viewer, http.MethodGet, "/sessions", "sessions", accessTag, "Signed-in browsers, the one seen last first"),
		func(ctx context.Context, in *listed) (*body[*SessionList], error) {
			return answerOf(h.sessions(ctx, in.All))
		})

	op = change(operation(kreds.Viewer, http.MethodDelete, "/sessions/{id}", "revoke-session", accessTag, "Sign a browser out"))
	op.Description = "One's own; an admin may sign out anybody."
	route(h, op, func(ctx context.Context, in *numbered) (*struct{}, error) {
		user, err := h.mine(ctx, principalOf(ctx).Role == kreds.Admin)
		if err != nil {
			return nil, err
		}
		all, err := h.access.Sessions(ctx, user)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(s kreds.Session) bool { return s.ID == in.ID }) {
			return nil, kreds.Errorf(kreds.CodeNotFound, "there is no session %d", in.ID)
		}
		return nil, h.state.EndSession(ctx, in.ID)
	})
}

func tokenOf(t kreds.Token, user string, now time.Time, c *segment.Calendar) Token {
	return Token{
		ID: t.ID, Name: t.Name, User: user, Start: t.Start, Role: t.Role.String(), Scopes: some(t.Scopes),
		Created: stamp(t.Created, c), Expires: stamp(t.Expires, c), Expired: !now.Before(t.Expires), Used: stamp(t.Used, c),
	}
}

func (h *handler) tokens(ctx context.Context, everybody bool) (*TokenList, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	user, err := h.mine(ctx, everybody)
	if err != nil {
		return nil, err
	}
	names, err := h.owners(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.state.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	out := &TokenList{Tokens: []Token{}, Scopes: h.scopes()}
	for _, t := range all {
		if user == 0 || t.User == user {
			out.Tokens = append(out.Tokens, tokenOf(t, names[t.User], h.clock(), cal))
		}
	}
	return out, nil
}

func (h *handler) createToken(ctx context.Context, r *TokenRequest) (*NewToken, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	q := access.TokenRequest{Name: strings.TrimSpace(r.Name), Role: kreds.Viewer, Lasts: time.Duration(r.Days) * 24 * time.Hour}
	about(ctx, q.Name)
	if r.Role != "" {
		if q.Role, err = kreds.RoleOf(r.Role); err != nil {
			return nil, err
		}
	}
	known := h.scopes()
	for _, s := range r.Scopes {
		s = strings.ToLower(s)
		if !slices.Contains(known, s) {
			return nil, kreds.Errorf(kreds.CodeInvalid, "there is no scope %q", cut(s, 40)).WithHint("there are %s", strings.Join(known, ", "))
		}
		q.Scopes = append(q.Scopes, s)
	}
	p := principalOf(ctx)
	t, secret, err := h.access.NewToken(ctx, p, q)
	if err != nil {
		return nil, err
	}
	return &NewToken{Token: tokenOf(t, p.Name(), h.clock(), cal), Secret: secret}, nil
}

func (h *handler) sessions(ctx context.Context, everybody bool) (*SessionList, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	user, err := h.mine(ctx, everybody)
	if err != nil {
		return nil, err
	}
	names, err := h.owners(ctx)
	if err != nil {
		return nil, err
	}
	all, err := h.access.Sessions(ctx, user)
	if err != nil {
		return nil, err
	}
	out := &SessionList{Sessions: []BrowserSession{}}
	p := principalOf(ctx)
	for _, s := range all {
		out.Sessions = append(out.Sessions, BrowserSession{
			ID: s.ID, User: names[s.User], Created: stamp(s.Created, cal), Seen: stamp(s.Seen, cal), Address: s.Address, Agent: s.Agent,
			Present: p.Via == access.ViaSession && s.ID == p.Session,
		})
	}
	return out, nil
}
