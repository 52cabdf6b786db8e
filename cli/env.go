// Package cli is the command line: a client of the API that prints tables for
// people and JSON for programs. The whole program is a function of its Env, so
// that tests run it in their own process. Below it lies api; cmd/kreds puts the
// two together with an engine.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/api"
)

// Env is everything that the program takes from its surroundings.
type Env struct {
	Args     []string // without the program's name
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool   // Stderr is a terminal, so progress is shown
	Dir      string // the working directory, absolute
	Getenv   func(string) string
	Clock    kreds.Clock
	Engine   api.OpenEngine
	Version  string
	Random   io.Reader     // for secrets
	Hashing  access.Params // costs of hashing passwords; zero for the defaults

	// Pages puts the web app before the API of a server; nil for none.
	Pages func(api http.Handler) http.Handler
}

// The exit statuses.
const (
	ExitDone     = 0
	ExitFailed   = 1 // something failed, or was interrupted
	ExitUsage    = 2 // the command, a file or an expression is wrong
	ExitNotFound = 3 // a named thing does not exist
	ExitRefused  = 4 // a guard refused; nothing was changed
)

// Run runs one command and returns its exit status. When the context ends,
// work is cancelled; nothing that was reported as done is lost.
func Run(ctx context.Context, env Env) int {
	p := &program{Env: env}
	root := p.root()
	root.SetArgs(env.Args)
	err := root.ExecuteContext(ctx)
	if cerr := p.close(); err == nil {
		err = cerr
	}
	if err == nil {
		return ExitDone
	}
	if !p.ran && kreds.CodeOf(err) == kreds.CodeInternal {
		err = kreds.Errorf(kreds.CodeInvalid, "%w", err).WithHint("kreds --help lists the commands, kreds COMMAND --help explains one")
	}
	if errors.Is(err, context.Canceled) {
		err = kreds.Errorf(kreds.CodeCancelled, "cancelled")
	}
	p.fail(err)
	return exitOf(err)
}

func exitOf(err error) int {
	switch kreds.CodeOf(err) {
	case kreds.CodeInvalid:
		return ExitUsage
	case kreds.CodeNotFound:
		return ExitNotFound
	case kreds.CodeRefused, kreds.CodeConflict, kreds.CodeUnauthenticated, kreds.CodeForbidden, kreds.CodeThrottled:
		return ExitRefused
	default:
		return ExitFailed
	}
}

// program is one run of the command line.
type program struct {
	Env
	data   string
	server string
	ca     string
	json   bool
	quiet  bool

	tokenFile string

	ran       bool // a command began, so its errors are not of usage
	client    *api.Client
	workspace *api.Workspace
	text      string // the expression of the command, to point into when it is wrong
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kreds",
		Short: "Take customer data to segments",
		Long: `kreds takes customer data to segments: import files, count who matches an
expression, save segments, refresh and explain them.

A first look:
  kreds demo
  kreds import customers.csv --as customers --id customer_id
  kreds count 'country = "DK" and age between 25 and 40'`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          group,
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	dir := p.Getenv("KREDS_DATA")
	if dir == "" {
		dir = "kreds-data"
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.data, "data", dir, "`DIR` that holds the data; also $KREDS_DATA")
	flags.StringVar(&p.server, "server", "", "`URL` of a kreds server to use instead of a data directory")
	flags.StringVar(&p.tokenFile, "token-file", p.Getenv("KREDS_TOKEN_FILE"), "`FILE` with the token for --server, else it is in $KREDS_TOKEN")
	flags.StringVar(&p.ca, "ca", "", "`FILE` with certificates to trust for --server, in PEM")
	flags.BoolVar(&p.json, "json", false, "print JSON for programs")
	flags.BoolVar(&p.quiet, "quiet", false, "print no progress and no remarks")
	root.Args = cobra.ArbitraryArgs
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		p.importCommand(), p.importsCommand(), p.dataCommand(),
		p.countCommand(), p.segmentCommand(), p.refreshCommand(), p.discoverCommand(), p.proveCommand(), p.rfmCommand(),
		p.listsCommand(), p.serveCommand(), p.demoCommand(), p.settingsCommand(),
		p.userCommand(), p.tokenCommand(), p.auditCommand(), p.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	root.InitDefaultCompletionCmd(p.Args...)
	mind(root)
	return root
}

// run wraps what a command does.
func (p *program) run(do func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		p.ran = true
		return do(cmd, args)
	}
}

// path makes a path of the command line absolute.
func (p *program) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.Dir, name)
}

// say prints a remark for people on stderr.
func (p *program) say(format string, args ...any) {
	if !p.quiet && !p.json {
		p.tell(format+"\n", args...)
	}
}

// tell writes to stderr; where that fails, there is nobody to tell.
func (p *program) tell(format string, args ...any) {
	_, _ = fmt.Fprintf(p.Stderr, format, args...)
}

// print writes the answer of a command: v as JSON, or what people read.
func (p *program) print(v any, people func(w *strings.Builder)) error {
	if !p.json {
		var b strings.Builder
		people(&b)
		_, err := io.WriteString(p.Stdout, b.String())
		return err
	}
	enc := json.NewEncoder(p.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// show prints what the server answers at a path.
func show[T any](p *program, cmd *cobra.Command, path string, people func(*strings.Builder, *T)) error {
	client, err := p.connect(cmd.Context(), existing)
	if err != nil {
		return err
	}
	var out T
	if err := client.Call(cmd.Context(), http.MethodGet, path, nil, &out); err != nil {
		return err
	}
	return p.print(out, func(w *strings.Builder) { people(w, &out) })
}

// fail says on stderr what went wrong, where in the expression, and what to do.
func (p *program) fail(err error) {
	var problem *api.Problem
	place := ""
	if errors.As(err, &problem) && problem.Line > 0 && p.text != "" {
		place = caret(p.text, problem.Line, problem.Column)
	}
	p.tell("kreds: %s\n%s", clean(err.Error()), place)
	if hint := kreds.HintOf(err); hint != "" {
		p.tell("  %s\n", clean(hint))
	}
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  none,
		RunE: p.run(func(*cobra.Command, []string) error {
			v := release{p.Version}
			return p.print(v, func(w *strings.Builder) { fmt.Fprintf(w, "kreds %s\n", p.Version) })
		}),
	}
}

// log is the log of a server, on stderr.
func (p *program) log() *slog.Logger {
	if p.quiet {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{}))
}
