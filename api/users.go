package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/segment"
)

// User is somebody with an account.
type User struct {
	Name     string `json:"name" doc:"What they sign in with"`
	Role     string `json:"role" enum:"viewer,editor,admin"`
	State    string `json:"state" enum:"invited,active,inactive" doc:"invited until a password is chosen"`
	Created  string `json:"created" doc:"RFC 3339"`
	SignedIn string `json:"signed_in,omitempty" doc:"The last time, RFC 3339; absent if never"`
}

// UserList is all users, by name.
type UserList struct {
	Users []User `json:"users"`
}

// UserRequest invites a user.
type UserRequest struct {
	Name string `json:"name" minLength:"1" maxLength:"400" doc:"What they will sign in with: an e-mail address or a short name"`
	Role string `json:"role" enum:"viewer,editor,admin"`
}

// UserChange is what to change of a user; absent fields stay.
type UserChange struct {
	Role     *string `json:"role,omitempty" enum:"viewer,editor,admin"`
	Inactive *bool   `json:"inactive,omitempty" doc:"A deactivated user cannot sign in; sessions and tokens end working"`
}

// Invited is a user with the link that was made for them.
type Invited struct {
	User    User   `json:"user"`
	Link    string `json:"link" doc:"One-time link; it is shown now and never again"`
	Expires string `json:"expires" doc:"RFC 3339"`
}

// joinPath is the page of the web app that uses a one-time link; the code
// stands after the #, so that it gets into no server's log.
const joinPath = "/join#"

func userOf(u kreds.User, c *segment.Calendar) User {
	s := "active"
	switch {
	case u.Inactive:
		s = "inactive"
	case u.Password == "":
		s = "invited"
	}
	return User{Name: u.Name, Role: u.Role.String(), State: s, Created: stamp(u.Created, c), SignedIn: stamp(u.SignedIn, c)}
}

func (h *handler) userRoutes() {
	route(h, operation(kreds.Admin, http.MethodGet, "/users", "users", accessTag, "Users by name"),
		func(ctx context.Context, _ *struct{}) (*body[*UserList], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			all, err := h.state.Users(ctx)
			if err != nil {
				return nil, err
			}
			out := &UserList{Users: []User{}}
			for _, u := range all {
				out.Users = append(out.Users, userOf(u, cal))
			}
			return answer(out), nil
		})

	type create struct{ Body UserRequest }
	op := operation(kreds.Admin, http.MethodPost, "/users", "invite-user", accessTag, "Invite a user")
	op.Description = "The answer has a one-time link to pass on, with which the user chooses a password. It works for seven days."
	op.DefaultStatus = http.StatusCreated
	route(h, op, func(ctx context.Context, in *create) (*body[*Invited], error) {
		name := strings.TrimSpace(in.Body.Name)
		about(ctx, name)
		role, err := kreds.RoleOf(in.Body.Role)
		if err != nil {
			return nil, err
		}
		u, secret, err := h.access.Invite(ctx, name, role)
		if err != nil {
			return nil, err
		}
		return h.invited(ctx, u, secret)
	})

	type one struct {
		Name string `path:"name" doc:"Of the user, without regard to case"`
	}
	type update struct {
		Name string `path:"name" doc:"Of the user, without regard to case"`
		Body UserChange
	}
	op = operation(kreds.Admin, http.MethodPatch, "/users/{name}", "change-user", accessTag, "Change a user's role, deactivate or activate one")
	op.Description = "Refused if no admin would be left."
	route(h, op, func(ctx context.Context, in *update) (*body[User], error) {
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		u, err := h.access.User(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		role, inactive := u.Role, u.Inactive
		if in.Body.Role != nil {
			if role, err = kreds.RoleOf(*in.Body.Role); err != nil {
				return nil, err
			}
			about(ctx, u.Name+" "+role.String())
		}
		if in.Body.Inactive != nil {
			inactive = *in.Body.Inactive
			about(ctx, u.Name+map[bool]string{true: " inactive", false: " active"}[inactive])
		}
		if u, err = h.state.ChangeUser(ctx, u.ID, role, inactive); err != nil {
			return nil, err
		}
		return answer(userOf(u, cal)), nil
	})

	op = operation(kreds.Admin, http.MethodPost, "/users/{name}/link", "reset-user", accessTag, "Make a link to choose a new password")
	op.Description = "For a user who forgot theirs, or lost the invitation. Earlier links of the user are void; the old password works until the link is used."
	route(h, op, func(ctx context.Context, in *one) (*body[*Invited], error) {
		u, err := h.access.User(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		secret, err := h.access.Reset(ctx, u)
		if err != nil {
			return nil, err
		}
		return h.invited(ctx, u, secret)
	})
}

func (h *handler) invited(ctx context.Context, u kreds.User, secret string) (*body[*Invited], error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	lasts := access.InviteLasts
	if u.Password != "" {
		lasts = access.ResetLasts
	}
	base := connectionOf(ctx).base
	if base == "" {
		base = h.base()
	}
	return answer(&Invited{User: userOf(u, cal), Link: base + joinPath + secret, Expires: stamp(h.clock().Add(lasts), cal)}), nil
}
