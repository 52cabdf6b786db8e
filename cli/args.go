package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// exactly asks for n arguments and says which.
func exactly(n int, what string) cobra.PositionalArgs { return arguments(n, n, what) }

// atLeast asks for n arguments or more and says which.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return lacks(cmd, what)
		}
		return nil
	}
}

// arguments asks for at least and at most so many arguments and says which.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return lacks(cmd, what)
		case len(args) > most:
			return kreds.Errorf(kreds.CodeInvalid, "%s takes only %s; %q is too much", cmd.CommandPath(), what, args[most]).
				WithHint("%s", firstLine(cmd))
		}
		return nil
	}
}

// none refuses arguments. What stands after a command that has others was meant
// to be one of them.
func none(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasAvailableSubCommands():
		return unknown(cmd, args[0])
	}
	return kreds.Errorf(kreds.CodeInvalid, "%s takes no arguments; %q is too much", cmd.CommandPath(), args[0]).WithHint("%s", firstLine(cmd))
}

func lacks(cmd *cobra.Command, what string) error {
	return kreds.Errorf(kreds.CodeInvalid, "%s needs %s", cmd.CommandPath(), what).WithHint("%s", firstLine(cmd))
}

// group is what a command that only has others does.
func group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return unknown(cmd, args[0])
}

func unknown(cmd *cobra.Command, name string) error {
	e := kreds.Errorf(kreds.CodeInvalid, "unknown command %q for %s", name, cmd.CommandPath())
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return e.WithHint("did you mean %s %s?", cmd.CommandPath(), near[0])
	}
	return e.WithHint("%s --help lists the commands", cmd.CommandPath())
}

// firstLine is an example of a command, or how it is used.
func firstLine(cmd *cobra.Command) string {
	for line := range strings.Lines(cmd.Example) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return "as in: " + line
		}
	}
	return "as in: " + strings.TrimSuffix(cmd.UseLine(), " [flags]")
}

// flagError says what is wrong with a flag; the nearest one is meant perhaps.
func flagError(cmd *cobra.Command, err error) error {
	e := kreds.Errorf(kreds.CodeInvalid, "%w", err)
	var missing *pflag.NotExistError
	if errors.As(err, &missing) && len(missing.GetSpecifiedName()) > 1 {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := segment.Nearest(missing.GetSpecifiedName(), names); near != "" {
			return e.WithHint("did you mean --%s?", near)
		}
	}
	return e.WithHint("see %s --help", cmd.CommandPath())
}

// mind makes the command and those below it suggest what was meant, and has
// wrong arguments refused where cobra's own commands would overlook them.
func mind(cmd *cobra.Command) {
	cmd.SuggestionsMinimumDistance = 2
	switch {
	case !cmd.Runnable():
		cmd.Args, cmd.RunE = cobra.ArbitraryArgs, group
	case cmd.HasParent() && cmd.Parent().Name() == "completion":
		cmd.Args = none
	}
	for _, c := range cmd.Commands() {
		mind(c)
	}
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		Long:  "Help about a command: the same as kreds COMMAND --help.",
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.Root()
			for _, name := range args {
				next, rest, err := at.Find([]string{name})
				if err != nil || next == at || len(rest) > 0 {
					return unknown(at, name)
				}
				at = next
			}
			at.InitDefaultHelpFlag()
			return at.Help()
		},
	}
}
