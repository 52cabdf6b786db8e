package kreds

import "fmt"

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
