package access

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kreds/kreds"
)

// Via is how somebody came in.
type Via string

// The ways in.
const (
	ViaNone    Via = "none"    // nobody known
	ViaLocal   Via = "local"   // in-process or through the socket of the data directory
	ViaOpen    Via = "open"    // from this machine, while there are no accounts
	ViaSession Via = "session" // signed in
	ViaToken   Via = "token"   // a program
)

// Principal is who asks.
type Principal struct {
	Via     Via
	Role    kreds.Role
	User    kreds.User // zero where no account is involved
	Session int64
	Token   kreds.Token // of ViaToken
	Address string
	Ended   bool // nobody, but with a session that has ended
}

// Local is the owner of the data directory, who may do everything.
func Local() Principal { return Principal{Via: ViaLocal, Role: kreds.Admin} }

// Open is whoever asks from this machine while there are no accounts.
func Open(address string) Principal {
	return Principal{Via: ViaOpen, Role: kreds.Admin, Address: address}
}

// Nobody is somebody unknown.
func Nobody(address string) Principal { return Principal{Via: ViaNone, Address: address} }

// Name is the name of the user, or who it is instead.
func (p Principal) Name() string {
	switch {
	case p.User.Name != "":
		return p.User.Name
	case p.Via == ViaNone:
		return "nobody"
	default:
		return "local owner"
	}
}

// May refuses what needs a higher role or a scope that a token lacks. An
// operation that needs NoRole is for everybody.
func (p Principal) May(need kreds.Role, scope string) error {
	if need == kreds.NoRole {
		return nil
	}
	if p.Ended {
		return kreds.Errorf(kreds.CodeUnauthenticated, "your session has ended").WithHint("sign in again")
	}
	if p.Role == kreds.NoRole {
		return kreds.Errorf(kreds.CodeUnauthenticated, "sign in first").
			WithHint("programs send a token: Authorization: Bearer TOKEN, and the kreds command takes it from $KREDS_TOKEN")
	}
	if p.Role < need {
		return kreds.Errorf(kreds.CodeForbidden, "this needs the role %s; yours is %s", need, p.Role).WithHint("ask an admin")
	}
	if p.Via == ViaToken && p.Token.Scopes != nil && !slices.Contains(p.Token.Scopes, scope) {
		return kreds.Errorf(kreds.CodeForbidden, "the token is not for %s; it is for %s", scope, strings.Join(p.Token.Scopes, ", ")).
			WithHint("make a token with that scope")
	}
	return nil
}

// BySession returns who a session's secret belongs to. The error has
// CodeUnauthenticated if there is no such session any more.
func (a *Access) BySession(ctx context.Context, secret, address string) (Principal, error) {
	over := kreds.Errorf(kreds.CodeUnauthenticated, "your session has ended").WithHint("sign in again")
	hash, ok := parseSecret(secret)
	if !ok {
		return Principal{}, over
	}
	s, u, err := a.store.Session(ctx, hash)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		return Principal{}, over
	}
	if err != nil {
		return Principal{}, err
	}
	now := a.clock()
	if u.Inactive || expired(s, now) {
		if err := a.store.EndSession(ctx, s.ID); err != nil && kreds.CodeOf(err) != kreds.CodeNotFound {
			return Principal{}, err
		}
		return Principal{}, over
	}
	if now.Sub(s.Seen) >= touchSessionsBy {
		if err := a.store.SeeSession(ctx, s.ID); err != nil {
			return Principal{}, err
		}
	}
	return Principal{Via: ViaSession, Role: u.Role, User: u, Session: s.ID, Address: address}, nil
}

func expired(s kreds.Session, now time.Time) bool {
	return now.Sub(s.Created) >= SessionLongest || now.Sub(s.Seen) >= SessionIdle
}

// ByToken returns who a token belongs to. The error has CodeUnauthenticated if
// it is none, or none any more.
func (a *Access) ByToken(ctx context.Context, secret, address string) (Principal, error) {
	bad := kreds.Errorf(kreds.CodeUnauthenticated, "the token is not valid").WithHint("it may have expired or been revoked; kreds token list shows those there are")
	hash, ok := parseToken(secret)
	if !ok {
		return Principal{}, bad
	}
	t, u, err := a.store.Token(ctx, hash)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		return Principal{}, bad
	}
	if err != nil {
		return Principal{}, err
	}
	now := a.clock()
	if !now.Before(t.Expires) || t.User != 0 && u.Inactive {
		return Principal{}, bad
	}
	role := t.Role
	if t.User != 0 {
		role = min(role, u.Role)
	}
	if now.Sub(t.Used) >= touchSessionsBy {
		if err := a.store.UseToken(ctx, t.ID); err != nil {
			return Principal{}, err
		}
	}
	return Principal{Via: ViaToken, Role: role, User: u, Token: t, Address: address}, nil
}

// TokenRequest says what a new token is for.
type TokenRequest struct {
	Name   string
	Role   kreds.Role
	Scopes []string // nil for all
	Lasts  time.Duration
}

// NewToken makes a token of whoever asks and returns its secret, which is not
// kept. A token cannot make tokens: it would outlive its own expiry.
func (a *Access) NewToken(ctx context.Context, p Principal, r TokenRequest) (kreds.Token, string, error) {
	var none kreds.Token
	switch {
	case p.Via == ViaToken:
		return none, "", kreds.Errorf(kreds.CodeForbidden, "a token cannot make tokens").WithHint("sign in, or use the command line on the machine of the data")
	case r.Role > p.Role:
		return none, "", kreds.Errorf(kreds.CodeForbidden, "a token cannot have a higher role than you: %s", p.Role)
	case r.Lasts < 0 || r.Lasts > TokenLongest:
		return none, "", kreds.Errorf(kreds.CodeInvalid, "a token lasts at most 366 days")
	case r.Name == "" || len([]rune(r.Name)) > 100 || !printable(r.Name):
		return none, "", kreds.Errorf(kreds.CodeInvalid, "a token needs a name of 1 to 100 characters that says what it is for")
	}
	if r.Lasts == 0 {
		r.Lasts = TokenLasts
	}
	secret, hash, start, err := newToken(a.random)
	if err != nil {
		return none, "", err
	}
	now := a.clock()
	t, err := a.store.AddToken(ctx, kreds.Token{
		User: p.User.ID, Name: r.Name, Hash: hash, Start: start, Role: r.Role, Scopes: r.Scopes, Created: now, Expires: now.Add(r.Lasts),
	})
	return t, secret, err
}

// Sessions returns the sessions that have not ended: those of one user, or all
// for 0.
func (a *Access) Sessions(ctx context.Context, user int64) ([]kreds.Session, error) {
	all, err := a.store.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	now := a.clock()
	return slices.DeleteFunc(all, func(s kreds.Session) bool {
		return user != 0 && s.User != user || expired(s, now)
	}), nil
}

func printable(s string) bool {
	return s == strings.TrimSpace(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// cut shortens what a client sent before it is kept.
func cut(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
