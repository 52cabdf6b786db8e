package access

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/kreds/kreds"
)

// How long things last.
const (
	SessionIdle     = 12 * time.Hour       // a session without a request ends
	SessionLongest  = 14 * 24 * time.Hour  // every session ends
	FirstLinkLasts  = 24 * time.Hour       // the link to the first account
	InviteLasts     = 7 * 24 * time.Hour   // an invitation
	ResetLasts      = 24 * time.Hour       // a link to choose a new password
	TokenLasts      = 90 * 24 * time.Hour  // a token that does not say otherwise
	TokenLongest    = 366 * 24 * time.Hour // no token lives longer
	touchSessionsBy = time.Minute          // when a session was seen is kept this exactly
)

// Store keeps users and what they sign in with. All errors that people can do
// something about have a code; what is missing has CodeNotFound. Each method is
// done whole or not at all.
type Store interface {
	UserCount(ctx context.Context) (int, error)
	Users(ctx context.Context) ([]kreds.User, error)
	UserNamed(ctx context.Context, folded string) (kreds.User, error)
	// AddUser has CodeConflict if the name is taken.
	AddUser(ctx context.Context, u kreds.User, folded string, l kreds.Link) (kreds.User, error)
	// ChangeUser changes role and inactivity; CodeRefused if no active admin with a
	// password would be left. Sessions and links of who becomes inactive end.
	ChangeUser(ctx context.Context, id int64, role kreds.Role, inactive bool) (kreds.User, error)
	// SetPassword ends all sessions of the user but one.
	SetPassword(ctx context.Context, user int64, hash string, keep int64) error
	// UpgradeHash replaces a hash by another of the same password.
	UpgradeHash(ctx context.Context, user int64, from, to string) error

	// ReplaceLink keeps a link in place of others of the same user; the first
	// account's has CodeRefused where there are users.
	ReplaceLink(ctx context.Context, l kreds.Link) error
	Link(ctx context.Context, hash []byte) (kreds.Link, error)
	// TakeFirst uses a link to make the first account.
	TakeFirst(ctx context.Context, hash []byte, u kreds.User, folded string) (kreds.User, error)
	// TakeLink uses a link to set the password of its user, whose sessions end.
	TakeLink(ctx context.Context, hash []byte, password string) (kreds.User, error)

	AddSession(ctx context.Context, s kreds.Session) (kreds.Session, error)
	Session(ctx context.Context, hash []byte) (kreds.Session, kreds.User, error)
	Sessions(ctx context.Context) ([]kreds.Session, error)
	SeeSession(ctx context.Context, id int64) error
	EndSession(ctx context.Context, id int64) error
	// EndSessions ends those that were made, or seen, before the instants.
	EndSessions(ctx context.Context, made, seen time.Time) error

	AddToken(ctx context.Context, t kreds.Token) (kreds.Token, error)
	// Token returns a token and, if it is a user's, the user.
	Token(ctx context.Context, hash []byte) (kreds.Token, kreds.User, error)
	Tokens(ctx context.Context) ([]kreds.Token, error)
	UseToken(ctx context.Context, id int64) error
	EndToken(ctx context.Context, id int64) error
}

// Access decides who may do what in one workspace. Its methods may be called
// from several goroutines.
type Access struct {
	store     Store
	clock     kreds.Clock
	random    io.Reader
	passwords *Passwords
	accounts  *throttle
	addresses *throttle
	on        atomic.Bool
}

// New returns the access control of a store.
func New(ctx context.Context, s Store, clock kreds.Clock, random io.Reader, p Params) (*Access, error) {
	a := &Access{
		store: s, clock: clock, random: random, passwords: NewPasswords(p, random),
		accounts:  newThrottle(clock, 5, time.Minute),
		addresses: newThrottle(clock, 20, 5*time.Minute),
	}
	n, err := s.UserCount(ctx)
	if err != nil {
		return nil, err
	}
	a.on.Store(n > 0)
	return a, nil
}

// On reports whether accounts are turned on: since there is a user, or since
// TurnOn.
func (a *Access) On() bool { return a.on.Load() }

// TurnOn turns accounts on. Where there is no user yet it returns the secret of
// the one-time link that makes the first; earlier such links are void.
func (a *Access) TurnOn(ctx context.Context) (secret string, err error) {
	n, err := a.store.UserCount(ctx)
	if err != nil {
		return "", err
	}
	if n == 0 {
		if secret, err = a.link(ctx, kreds.LinkFirst, 0, FirstLinkLasts); err != nil {
			return "", err
		}
	}
	a.on.Store(true)
	return secret, nil
}

func (a *Access) newLink(p kreds.LinkPurpose, user int64, lasts time.Duration) (string, kreds.Link, error) {
	secret, hash, err := newSecret(a.random)
	return secret, kreds.Link{Purpose: p, User: user, Hash: hash, Expires: a.clock().Add(lasts)}, err
}

func (a *Access) link(ctx context.Context, p kreds.LinkPurpose, user int64, lasts time.Duration) (string, error) {
	secret, l, err := a.newLink(p, user, lasts)
	if err != nil {
		return "", err
	}
	return secret, a.store.ReplaceLink(ctx, l)
}

// Fold is the form in which names of users are compared.
func Fold(name string) string { return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name))) }

// checkName refuses names that could not be shown or typed.
func checkName(name string) (string, error) {
	name = norm.NFC.String(name)
	if n := len([]rune(name)); n < 1 || n > 100 || !printable(name) {
		return "", kreds.Errorf(kreds.CodeInvalid, "a user's name has 1 to 100 characters, no control characters, and no space at either end").
			WithHint("use an e-mail address or a short name")
	}
	return name, nil
}

// Invite makes a user without a password, and the secret of the link with which
// it is chosen.
func (a *Access) Invite(ctx context.Context, name string, role kreds.Role) (kreds.User, string, error) {
	name, err := checkName(name)
	if err != nil {
		return kreds.User{}, "", err
	}
	if !a.On() {
		return kreds.User{}, "", kreds.Errorf(kreds.CodeRefused, "there are no accounts here yet").
			WithHint("kreds serve --accounts turns them on and prints a link that makes the first one, an admin's")
	}
	n, err := a.store.UserCount(ctx)
	if err != nil {
		return kreds.User{}, "", err
	}
	if n == 0 {
		return kreds.User{}, "", kreds.Errorf(kreds.CodeRefused, "the first account is made with the link that kreds serve printed").
			WithHint("start kreds serve --accounts again for a new link")
	}
	secret, l, err := a.newLink(kreds.LinkInvite, 0, InviteLasts)
	if err != nil {
		return kreds.User{}, "", err
	}
	u, err := a.store.AddUser(ctx, kreds.User{Name: name, Role: role, Created: a.clock()}, Fold(name), l)
	return u, secret, err
}

// Reset makes a link with which a user chooses a new password, or the first one
// if an invitation was lost.
func (a *Access) Reset(ctx context.Context, u kreds.User) (string, error) {
	if u.Inactive {
		return "", kreds.Errorf(kreds.CodeRefused, "%q is deactivated", u.Name).WithHint("activate the user first")
	}
	if u.Password == "" {
		return a.link(ctx, kreds.LinkInvite, u.ID, InviteLasts)
	}
	return a.link(ctx, kreds.LinkReset, u.ID, ResetLasts)
}

// LookAt returns what a link is for and, unless for the first account, the user
// whose it is.
func (a *Access) LookAt(ctx context.Context, secret string) (kreds.Link, kreds.User, error) {
	hash, ok := parseSecret(secret)
	if !ok {
		return kreds.Link{}, kreds.User{}, spent()
	}
	l, err := a.store.Link(ctx, hash)
	if kreds.CodeOf(err) == kreds.CodeNotFound || err == nil && !a.clock().Before(l.Expires) {
		return kreds.Link{}, kreds.User{}, spent()
	}
	if err != nil || l.User == 0 {
		return l, kreds.User{}, err
	}
	u, err := a.user(ctx, l.User)
	return l, u, err
}

func spent() error {
	return kreds.Errorf(kreds.CodeNotFound, "this link was used before, is too old, or was never one").
		WithHint("ask an admin for a new one; the link to the first account is printed when kreds serve starts")
}

// Accept uses a link: it sets the password of the link's user or, with a link
// for the first account, makes the admin of the name.
func (a *Access) Accept(ctx context.Context, secret, name, password string) (kreds.User, error) {
	l, u, err := a.LookAt(ctx, secret)
	if err != nil {
		return kreds.User{}, err
	}
	if l.Purpose == kreds.LinkFirst {
		if name, err = checkName(name); err != nil {
			return kreds.User{}, err
		}
	} else {
		name = u.Name
	}
	if err := Strong(password, name); err != nil {
		return kreds.User{}, err
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return kreds.User{}, err
	}
	if l.Purpose == kreds.LinkFirst {
		u, err = a.store.TakeFirst(ctx, l.Hash, kreds.User{Name: name, Role: kreds.Admin, Password: hash, Created: a.clock()}, Fold(name))
	} else {
		u, err = a.store.TakeLink(ctx, l.Hash, hash)
	}
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		return kreds.User{}, spent()
	}
	if err == nil {
		a.on.Store(true)
	}
	return u, err
}

// user returns the user of the number.
func (a *Access) user(ctx context.Context, id int64) (kreds.User, error) {
	all, err := a.store.Users(ctx)
	if err != nil {
		return kreds.User{}, err
	}
	for _, u := range all {
		if u.ID == id {
			return u, nil
		}
	}
	return kreds.User{}, kreds.Errorf(kreds.CodeNotFound, "there is no such user")
}

// User returns the user of the name, without regard to case.
func (a *Access) User(ctx context.Context, name string) (kreds.User, error) {
	u, err := a.store.UserNamed(ctx, Fold(name))
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		return u, kreds.Errorf(kreds.CodeNotFound, "there is no user %q", cut(name)).WithHint("kreds user list shows them")
	}
	return u, err
}

// SignIn checks a name and a password and begins a session, whose secret it
// returns. The error has CodeUnauthenticated, the same for every reason, or
// CodeThrottled; a Wait error says for how long.
func (a *Access) SignIn(ctx context.Context, name, password, address, agent string) (string, kreds.Session, kreds.User, error) {
	fail := func(err error) (string, kreds.Session, kreds.User, error) {
		return "", kreds.Session{}, kreds.User{}, err
	}
	folded, from := Fold(cut(name)), network(address)
	if wait := a.addresses.try(from); wait > 0 {
		return fail(throttled(wait))
	}
	if wait := a.accounts.try(folded); wait > 0 {
		return fail(throttled(wait))
	}
	u, err := a.store.UserNamed(ctx, folded)
	if err != nil && kreds.CodeOf(err) != kreds.CodeNotFound {
		return fail(err)
	}
	ok, stale, err := a.passwords.Check(ctx, u.Password, password)
	if err != nil {
		return fail(err)
	}
	if !ok || u.Inactive {
		return fail(kreds.Errorf(kreds.CodeUnauthenticated, "the name or the password is wrong").
			WithHint("an admin can make a link with which you choose a new password: kreds user reset NAME"))
	}
	a.accounts.succeed(folded, true)
	a.addresses.succeed(from, false)
	if stale {
		hash, err := a.passwords.Hash(ctx, password)
		if err == nil {
			err = a.store.UpgradeHash(ctx, u.ID, u.Password, hash)
		}
		if err != nil {
			return fail(err)
		}
	}
	secret, s, err := a.Begin(ctx, u, address, agent)
	return secret, s, u, err
}

// Begin begins a session of a user who has just shown who they are.
func (a *Access) Begin(ctx context.Context, u kreds.User, address, agent string) (string, kreds.Session, error) {
	secret, hash, err := newSecret(a.random)
	if err != nil {
		return "", kreds.Session{}, err
	}
	now := a.clock()
	if err := a.store.EndSessions(ctx, now.Add(-SessionLongest), now.Add(-SessionIdle)); err != nil {
		return "", kreds.Session{}, err
	}
	s, err := a.store.AddSession(ctx, kreds.Session{User: u.ID, Hash: hash, Created: now, Seen: now, Address: address, Agent: cut(agent)})
	return secret, s, err
}

// ChangePassword sets a user's password after checking the one of now; all
// other sessions of the user end.
func (a *Access) ChangePassword(ctx context.Context, u kreds.User, session int64, old, password string) error {
	key := Fold(u.Name)
	if wait := a.accounts.try(key); wait > 0 {
		return throttled(wait)
	}
	ok, _, err := a.passwords.Check(ctx, u.Password, old)
	if err != nil {
		return err
	}
	if !ok {
		return kreds.Errorf(kreds.CodeForbidden, "the present password is not that")
	}
	a.accounts.succeed(key, true)
	if err := Strong(password, u.Name); err != nil {
		return err
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.store.SetPassword(ctx, u.ID, hash, session)
}

// Wait is an error that says when to try again.
type Wait struct {
	Seconds int
	err     *kreds.Error
}

// Error says that there were too many attempts.
func (w *Wait) Error() string { return w.err.Error() }

// Unwrap returns the error with its code.
func (w *Wait) Unwrap() error { return w.err }

func throttled(wait time.Duration) error {
	s := int(math.Ceil(wait.Seconds()))
	return &Wait{s, kreds.Errorf(kreds.CodeThrottled, "too many attempts").WithHint("wait %s and try again", fmt.Sprint(time.Duration(s)*time.Second))}
}
