package cli_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds/cli"
)

// Wrong arguments and flags are refused by every command in words that say what
// is wrong and what to do.
func TestWrongArguments(t *testing.T) {
	d := newDesk(t)
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := strings.Fields(c.CommandPath())[1:]
		for _, args := range [][]string{nil, {"a", "b", "c", "d"}, {"--no-such-flag"}, {"--data"}} {
			if args == nil && (c.Args == nil || c.Args(c, nil) == nil) {
				continue // it needs none
			}
			status, out, errs := d.run(append(path, args...)...)
			lines := strings.Split(strings.TrimSpace(errs), "\n")
			if status == 0 || out != "" || !strings.HasPrefix(errs, "kreds: ") || len(lines) < 2 || strings.Contains(errs, "arg(s)") || strings.Contains(errs, `for "`) {
				t.Errorf("%q %q: %d %q %q", path, args, status, out, errs)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(cli.Tree())
}
