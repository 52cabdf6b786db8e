package cli_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds/cli"
)

// An interrupt while a question waits for its answer changes nothing.
func TestInterruptedQuestion(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.csv"), []byte("id,country\n1,DK\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, stdin io.Reader, args ...string) (int, string) {
		var out, errs buffer
		status := cli.Run(ctx, cli.Env{
			Args: args, Stdin: stdin, Stdout: &out, Stderr: &errs, Dir: dir,
			Getenv: func(string) string { return "" }, Clock: time.Now, Engine: open,
		})
		return status, out.String() + errs.String()
	}
	none := strings.NewReader("")
	for _, args := range [][]string{
		{"import", "c.csv", "--as", "customers", "--id", "id"},
		{"segment", "create", "Danes", `country = "DK"`},
	} {
		if status, said := run(t.Context(), none, args...); status != cli.ExitDone {
			t.Fatalf("%v: %d %s", args, status, said)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	stdin, typing := io.Pipe() // nobody types
	defer typing.Close()
	time.AfterFunc(300*time.Millisecond, cancel)
	if status, said := run(ctx, stdin, "segment", "delete", "Danes"); status != cli.ExitFailed || !strings.Contains(said, "cancelled") {
		t.Errorf("interrupted: %d %s", status, said)
	}
	if status, said := run(t.Context(), none, "segment", "show", "Danes"); status != cli.ExitDone {
		t.Errorf("after the interrupt: %d %s", status, said)
	}
}

// An import is whole or not at all, whenever the interrupt comes.
func TestInterruptedImport(t *testing.T) {
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("id,country\n")
	for i := range 200_000 {
		rows.WriteString(time.Duration(i).String() + ",DK\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "c.csv"), []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context, args ...string) (int, string) {
		var out, errs buffer
		status := cli.Run(ctx, cli.Env{
			Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: dir,
			Getenv: func(string) string { return "" }, Clock: time.Now, Engine: open,
		})
		return status, out.String() + errs.String()
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(120*time.Millisecond, cancel)
	status, said := run(ctx, "import", "c.csv", "--as", "customers", "--id", "id")
	_, count := run(t.Context(), "count", "everyone")
	switch {
	case status == cli.ExitDone && strings.HasPrefix(count, "200,000 of 200,000"): // it was faster than the interrupt
	case status == cli.ExitFailed && (strings.HasPrefix(count, "0 of 0") || strings.Contains(count, "there is no data")):
	default:
		t.Errorf("%d %s, then %s", status, said, count)
	}
}
