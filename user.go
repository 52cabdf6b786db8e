package kreds

import (
	"fmt"
	"time"
)

// Role is what somebody may do: every role may do what the ones below it may.
type Role uint8

// The roles. A viewer sees everything but contact details, an editor changes
// data and segments and sees contact details, an admin also decides who may do
// what. NoRole is that of somebody unknown.
const (
	NoRole Role = iota
	Viewer
	Editor
	Admin
)

// String returns the role's name: none, viewer, editor or admin.
func (r Role) String() string {
	return [...]string{"none", "viewer", "editor", "admin"}[r&3]
}

// RoleOf is the inverse of String for the roles that people can have.
func RoleOf(name string) (Role, error) {
	for _, r := range []Role{Viewer, Editor, Admin} {
		if name == r.String() {
			return r, nil
		}
	}
	return NoRole, Errorf(CodeInvalid, "there is no role %q", fmt.Sprintf("%.40s", name)).WithHint("it is viewer, editor or admin")
}

// User is somebody with an account. Password is the hash of the password, ""
// until the invitation is accepted.
type User struct {
	ID       int64
	Name     string // what they sign in with; unique without regard to case
	Role     Role
	Password string
	Inactive bool
	Created  time.Time
	SignedIn time.Time // the last time; zero if never
}

// Session is one signed-in browser. Only the hash of its secret is kept.
type Session struct {
	ID      int64
	User    int64
	Hash    []byte
	Created time.Time
	Seen    time.Time
	Address string
	Agent   string // what the browser calls itself
}

// Token lets a program call the API. Only the hash of its secret is kept.
type Token struct {
	ID      int64
	User    int64 // whose it is; 0 for the owner of the data directory
	Name    string
	Hash    []byte
	Start   string // how the secret begins, to recognise it
	Role    Role
	Scopes  []string // parts of the API; nil for all
	Created time.Time
	Expires time.Time
	Used    time.Time // zero if never
}

// Link is a one-time link: to make the first account, to accept an invitation
// or to choose a new password. Only the hash of its secret is kept.
type Link struct {
	Purpose LinkPurpose
	User    int64 // 0 for the first account
	Hash    []byte
	Expires time.Time
}

// LinkPurpose is what a one-time link is for.
type LinkPurpose string

// The purposes of links.
const (
	LinkFirst  LinkPurpose = "first"  // makes the first account
	LinkInvite LinkPurpose = "invite" // accepts an invitation
	LinkReset  LinkPurpose = "reset"  // chooses a new password
)

// AuditEntry is one act in the audit log: a change or an export.
type AuditEntry struct {
	ID      int64
	At      time.Time
	Actor   string // name of the user, or "local owner"
	Via     string // local, open (without accounts), session or token
	Token   string // name of the token, where one was used
	Address string // "" for local
	Action  string // id of the operation
	Subject string // name or number of what it was done to; never a customer's key
	Result  string // "ok" or the code of the problem; "" if it never ended
}

// AuditFilter says which entries of the audit log are asked for; zero fields
// do not restrict.
type AuditFilter struct {
	Before int64 // only entries with lower numbers
	Actor  string
	Action string
	Limit  int
}
