package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) userCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "List, invite and change users",
		Long: `Users sign in to a server that has accounts (kreds serve --accounts). A viewer
sees everything but contact details, an editor changes data and segments, an
admin also decides who may do what.

On the machine of the data these commands need no account.`,
		RunE: group,
	}
	c.AddCommand(p.userListCommand(), p.userInviteCommand(), p.userRoleCommand(),
		p.userActiveCommand("deactivate", "Keep a user from signing in", true),
		p.userActiveCommand("activate", "Let a deactivated user in again", false), p.userResetCommand())
	return c
}

func (p *program) userListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List users",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			return show(p, cmd, "/api/v1/users", printUserList)
		}),
	}
}

func printUserList(w *strings.Builder, out *api.UserList) {
	if len(out.Users) == 0 {
		fmt.Fprintln(w, "There are no users: kreds serve --accounts turns accounts on.")
		return
	}
	t := newTable("user", "role", "state", "created", "signed in")
	for _, u := range out.Users {
		t.add(u.Name, u.Role, u.State, moment(u.Created), momentOr(u.SignedIn, "never"))
	}
	t.write(w)
}

// momentOr is moment with a word for what never was.
func momentOr(instant, never string) string {
	if instant == "" {
		return never
	}
	return moment(instant)
}

func userPath(name string) string {
	return "/api/v1/users/" + strings.ReplaceAll(url.PathEscape(name), ".", "%2E")
}

func (p *program) userInviteCommand() *cobra.Command {
	role := kreds.Viewer.String()
	c := &cobra.Command{
		Use:     "invite NAME",
		Short:   "Invite a user; prints a link to pass on",
		Example: "  kreds user invite anna@example.com --role editor",
		Args:    exactly(1, "the name of the user"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return p.link(cmd, http.MethodPost, "/api/v1/users", api.UserRequest{Name: args[0], Role: role}, "choose a password")
		}),
	}
	c.Flags().StringVar(&role, "role", role, "`ROLE`: viewer, editor or admin")
	return c
}

func (p *program) userResetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "reset NAME",
		Short:   "Make a link with which a user chooses a new password",
		Example: "  kreds user reset anna@example.com",
		Args:    exactly(1, "the name of the user"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return p.link(cmd, http.MethodPost, userPath(args[0])+"/link", nil, "choose a new password")
		}),
	}
}

// link asks for a one-time link and prints it.
func (p *program) link(cmd *cobra.Command, method, path string, in any, purpose string) error {
	ctx := cmd.Context()
	client, err := p.connect(ctx, existing)
	if err != nil {
		return err
	}
	var out api.Invited
	if err := client.Call(ctx, method, path, in, &out); err != nil {
		return err
	}
	return p.print(out, func(w *strings.Builder) {
		fmt.Fprintf(w, "Pass this link on to %s, who can %s with it (once, until %s):\n", clean(out.User.Name), purpose, when(out.Expires))
		if strings.HasPrefix(out.Link, "/") {
			fmt.Fprintln(w, "  (behind the address of kreds serve, which does not run now)")
		}
		fmt.Fprintf(w, "  %s\n", out.Link)
	})
}

func (p *program) changeUser(cmd *cobra.Command, name string, change api.UserChange, said func(u api.User) string) error {
	ctx := cmd.Context()
	client, err := p.connect(ctx, existing)
	if err != nil {
		return err
	}
	var u api.User
	if err := client.Call(ctx, http.MethodPatch, userPath(name), change, &u); err != nil {
		return err
	}
	return p.print(u, func(w *strings.Builder) { fmt.Fprintln(w, clean(said(u))) })
}

func (p *program) userRoleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "role NAME ROLE",
		Short:   "Give a user another role: viewer, editor or admin",
		Example: "  kreds user role anna@example.com admin",
		Args:    exactly(2, "the name of the user and the role"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return p.changeUser(cmd, args[0], api.UserChange{Role: &args[1]}, func(u api.User) string {
				return fmt.Sprintf("%s is now %s.", u.Name, u.Role)
			})
		}),
	}
}

func (p *program) userActiveCommand(verb, short string, inactive bool) *cobra.Command {
	return &cobra.Command{
		Use:     verb + " NAME",
		Short:   short,
		Example: "  kreds user " + verb + " anna@example.com",
		Args:    exactly(1, "the name of the user"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			return p.changeUser(cmd, args[0], api.UserChange{Inactive: &inactive}, func(u api.User) string {
				return fmt.Sprintf("%s is now %s.", u.Name, u.State)
			})
		}),
	}
}

func (p *program) tokenCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke tokens for programs",
		Long: `A token lets a program call the API of a server that has accounts. It is sent as
Authorization: Bearer TOKEN; the kreds command takes it from $KREDS_TOKEN or the
file of --token-file.`,
		RunE: group,
	}
	c.AddCommand(p.tokenCreateCommand(), p.tokenListCommand(), p.tokenRevokeCommand())
	return c
}

func (p *program) tokenCreateCommand() *cobra.Command {
	var r api.TokenRequest
	c := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token; it is printed once",
		Long: `Make a token and print it. It is not kept and cannot be shown again.

The name says what the token is for. A viewer's token only reads, and sees no
contact details. Scopes restrict it further to parts of the API.`,
		Example: `  kreds token create reports > token
  kreds token create nightly-import --role editor --scope imports --days 30`,
		Args: exactly(1, "a name that says what the token is for"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			r.Name = args[0]
			var out api.NewToken
			if err := client.Call(ctx, http.MethodPost, "/api/v1/tokens", r, &out); err != nil {
				return err
			}
			p.say("Token %d for %s: %s%s, until %s. It is not shown again.", out.Token.ID, clean(out.Token.Name), out.Token.Role,
				scopesOf(out.Token), moment(out.Token.Expires))
			return p.print(out, func(w *strings.Builder) { fmt.Fprintln(w, out.Secret) })
		}),
	}
	c.Flags().StringVar(&r.Role, "role", kreds.Viewer.String(), "`ROLE`: viewer, editor or admin")
	c.Flags().StringSliceVar(&r.Scopes, "scope", nil, "`PART` of the API it is for, as imports; may be repeated")
	c.Flags().IntVar(&r.Days, "days", 90, "how many `DAYS` it works")
	return c
}

func scopesOf(t api.Token) string {
	if len(t.Scopes) == 0 {
		return ""
	}
	return " for " + strings.Join(t.Scopes, ", ")
}

func (p *program) tokenListCommand() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List tokens, newest first",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			return show(p, cmd, "/api/v1/tokens?all="+strconv.FormatBool(all), printTokenList)
		}),
	}
	c.Flags().BoolVar(&all, "all", false, "those of all users, which needs an admin")
	return c
}

func printTokenList(w *strings.Builder, out *api.TokenList) {
	if len(out.Tokens) == 0 {
		fmt.Fprintln(w, "There are no tokens: kreds token create NAME makes one.")
		return
	}
	t := newTable(">token", "for", "of", "begins", "role", "scopes", "expires", "used")
	for _, k := range out.Tokens {
		expires := moment(k.Expires)
		if k.Expired {
			expires += " (over)"
		}
		scopes := "all"
		if len(k.Scopes) > 0 {
			scopes = strings.Join(k.Scopes, ", ")
		}
		t.add(fmt.Sprint(k.ID), k.Name, k.User, k.Start+"…", k.Role, scopes, expires, momentOr(k.Used, "never"))
	}
	t.write(w)
}

func (p *program) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "revoke N",
		Short:   "Revoke a token",
		Example: "  kreds token revoke 3",
		Args:    exactly(1, "the number of a token"),
		RunE: p.run(func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return kreds.Errorf(kreds.CodeInvalid, "%q is not the number of a token", args[0]).WithHint("kreds token list shows them")
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			if err := client.Call(ctx, http.MethodDelete, fmt.Sprintf("/api/v1/tokens/%d", id), nil, nil); err != nil {
				return err
			}
			return p.print(revoked{id}, func(w *strings.Builder) { fmt.Fprintf(w, "Revoked token %d.\n", id) })
		}),
	}
}

func (p *program) auditCommand() *cobra.Command {
	var actor, action string
	var limit int
	c := &cobra.Command{
		Use:   "audit",
		Short: "Show who changed or took out what, newest first",
		Args:  none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if limit < 1 {
				return kreds.Errorf(kreds.CodeInvalid, "--limit is at least 1")
			}
			client, err := p.connect(ctx, existing)
			if err != nil {
				return err
			}
			out := api.AuditPage{Entries: []api.AuditEntry{}}
			q := url.Values{}
			for name, value := range map[string]string{"actor": actor, "action": action} {
				if value != "" {
					q.Set(name, value)
				}
			}
			for len(out.Entries) < limit {
				q.Set("limit", strconv.Itoa(min(limit-len(out.Entries), 1000)))
				if out.Next != 0 {
					q.Set("cursor", strconv.FormatInt(out.Next, 10))
				}
				var page api.AuditPage
				if err := client.Call(ctx, http.MethodGet, "/api/v1/audit?"+q.Encode(), nil, &page); err != nil {
					return err
				}
				out.Entries, out.Next = append(out.Entries, page.Entries...), page.Next
				if page.Next == 0 {
					break
				}
			}
			return p.print(out, func(w *strings.Builder) {
				if len(out.Entries) == 0 {
					fmt.Fprintln(w, "Nothing was changed or taken out yet.")
					return
				}
				t := newTable("when", "who", "from", "what", "of", "result")
				for _, e := range out.Entries {
					who := e.Actor
					if e.Token != "" {
						who += " (token " + e.Token + ")"
					}
					from, result := e.Address, e.Result
					if from == "" {
						from = "this machine"
					}
					if result == "" {
						result = "not ended"
					}
					t.add(moment(e.At), who, from, e.Action, e.Subject, result)
				}
				t.write(w)
			})
		}),
	}
	c.Flags().StringVar(&actor, "actor", "", "only what this `USER` did")
	c.Flags().StringVar(&action, "action", "", "only this `OPERATION`, as delete-segment")
	c.Flags().IntVar(&limit, "limit", 50, "at most so `MANY` acts")
	return c
}
