// Command kreds takes customer data to segments.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"
	_ "time/tzdata"

	"golang.org/x/term"

	"github.com/kreds/kreds/cli"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/web"
)

// version is set by the linker; a build without it says which commit it is of.
var version string

func main() {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintf(os.Stderr, "kreds: the working directory cannot be read: %v\n", err)
		os.Exit(cli.ExitFailed)
	}
	app, err := web.New()
	if err != nil {
		fmt.Fprintf(os.Stderr, "kreds: %v\n", err)
		os.Exit(cli.ExitFailed)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal cancels; a second one, not caught any more, kills.
	context.AfterFunc(ctx, stop)
	status := cli.Run(ctx, cli.Env{
		Args:     os.Args[1:],
		Stdin:    os.Stdin,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())),
		Dir:      dir,
		Getenv:   os.Getenv,
		Clock:    time.Now,
		Engine:   open,
		Version:  versionOf(),
		Pages:    app.Handler,
		Random:   rand.Reader,
	})
	os.Exit(status)
}

// open opens DuckDB, the embedded engine.
func open(ctx context.Context, dir string, zone *time.Location) (engine.Engine, error) {
	return duckdb.Open(ctx, filepath.Join(dir, "data.duckdb"), duckdb.Options{Location: zone})
}

func versionOf() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return "development " + s.Value[:12]
			}
		}
	}
	return "development"
}
