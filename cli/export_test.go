package cli

import (
	"reflect"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds/api"
)

// Tree is every command, for tests.
func Tree() *cobra.Command {
	p := &program{Env: Env{Getenv: func(string) string { return "" }}}
	return p.root()
}

// IsGroup says whether a command only has others.
func IsGroup(c *cobra.Command) bool {
	return c.HasSubCommands() && (c.RunE == nil || reflect.ValueOf(c.RunE).Pointer() == reflect.ValueOf(group).Pointer())
}

// Answers are what --json prints, by command. A command that prints no JSON has
// nil.
var Answers = []struct {
	Command string
	Answer  any
}{
	{"import", api.Imported{}},
	{"import --dry-run", api.Plan{}},
	{"import list", imports{}},
	{"import undo", api.Import{}},
	{"imports", imports{}},
	{"imports undo", api.Import{}},
	{"data", api.Data{}},
	{"data timeless", traits{}},
	{"count", api.Count{}},
	{"segment create", api.Segment{}},
	{"segment list", segments{}},
	{"segment show", api.Segment{}},
	{"segment edit", edited{}},
	{"segment rename", api.Segment{}},
	{"segment archive", api.Segment{}},
	{"segment restore", api.Segment{}},
	{"segment delete", deleted{}},
	{"segment members", api.Member{}},
	{"segment why", api.Why{}},
	{"segment overlap", api.Overlap{}},
	{"segment history", api.History{}},
	{"segment feedback", api.FeedbackList{}},
	{"segment change", api.Change{}},
	{"refresh", api.Refresh{}},
	{"discover", api.Discovery{}},
	{"discover list", api.DiscoveryList{}},
	{"discover show", api.Discovery{}},
	{"discover accept", api.Accepted{}},
	{"discover typing", api.Typing{}},
	{"discover delete", deleted{}},
	{"prove", api.Proof{}},
	{"prove list", api.ProofList{}},
	{"prove show", api.Proof{}},
	{"prove delete", deleted{}},
	{"rfm", api.RFM{}},
	{"rfm groups", api.RFMTable{}},
	{"list", lists{}},
	{"list NAME", api.List{}},
	{"settings", api.Settings{}},
	{"user list", api.UserList{}},
	{"user invite", api.Invited{}},
	{"user reset", api.Invited{}},
	{"user role", api.User{}},
	{"user deactivate", api.User{}},
	{"user activate", api.User{}},
	{"token create", api.NewToken{}},
	{"token list", api.TokenList{}},
	{"token revoke", revoked{}},
	{"audit", api.AuditPage{}},
	{"demo", demonstration{}},
	{"version", release{}},
	{"serve", nil},
	{"help", nil},
	{"completion bash", nil},
	{"completion zsh", nil},
	{"completion fish", nil},
	{"completion powershell", nil},
}
