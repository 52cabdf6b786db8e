package cli_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/cli"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
)

var update = flag.Bool("update", false, "write what was printed into the scripts")

// open opens the engine that the program is built with.
func open(ctx context.Context, dir string, zone *time.Location) (engine.Engine, error) {
	return duckdb.Open(ctx, dir+"/data.duckdb", duckdb.Options{Workers: 2, Memory: 512 << 20, Location: zone})
}

// TestScripts runs the scripts of testdata/script. Beside the commands of
// testscript they have
//
//	kreds ARG…        run the program in this process
//	exits N ARG…      the same, and its exit status must be N
//	input FILE        what the next kreds reads from standard input
//	serve ARG…        run kreds serve on $KREDS_DATA; $SERVER becomes its URL
//	join NAME PASS    make the first account with the link that serve printed
//	unserve           interrupt it, and wait until it has ended
//
// The clock stands at $NOW.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NOW", "2011-12-10T09:00:00Z")
			e.Setenv("KREDS_DATA", "data")
			e.Values["session"] = &session{}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"kreds": func(ts *testscript.TestScript, neg bool, args []string) {
				if got := run(ts, args); (got != 0) != neg {
					ts.Fatalf("kreds exits with %d", got)
				}
			},
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				if got := run(ts, args[1:]); got != want {
					ts.Fatalf("kreds exits with %d, want %d", got, want)
				}
			},
			"input": func(ts *testscript.TestScript, _ bool, args []string) {
				current(ts).input = ts.ReadFile(args[0])
			},
			"serve":   serve,
			"join":    join,
			"unserve": func(ts *testscript.TestScript, _ bool, _ []string) { current(ts).stop(ts) },
		},
	})
}

// session is what the commands of one script share.
type session struct {
	input  string
	cancel context.CancelFunc
	ended  chan int
	log    *buffer
}

func current(ts *testscript.TestScript) *session { return ts.Value("session").(*session) }

func environment(ts *testscript.TestScript, args []string) cli.Env {
	now, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	return cli.Env{
		Args:    args,
		Dir:     ts.MkAbs("."),
		Getenv:  ts.Getenv,
		Clock:   func() time.Time { return now },
		Engine:  open,
		Version: "test",
		Hashing: access.Params{Memory: 64, Passes: 1, Threads: 1},
	}
}

var firstLink = regexp.MustCompile(`/join#(\S+)`)

// join makes the first account, as the web app does.
func join(ts *testscript.TestScript, _ bool, args []string) {
	var m []string
	for deadline := time.Now().Add(20 * time.Second); m == nil && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		m = firstLink.FindStringSubmatch(current(ts).log.String())
	}
	if m == nil {
		ts.Fatalf("kreds serve printed no link: %s", current(ts).log)
	}
	client, err := api.Remote(ts.Getenv("SERVER"))
	ts.Check(err)
	ts.Check(client.Call(context.Background(), "POST", "/api/v1/links/accept", api.Acceptance{Code: m[1], Name: args[0], Password: args[1]}, nil))
}

func run(ts *testscript.TestScript, args []string) int {
	s := current(ts)
	env := environment(ts, args)
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(s.input), ts.Stdout(), ts.Stderr()
	s.input = ""
	return cli.Run(context.Background(), env)
}

var servesAt = regexp.MustCompile(`at (http://[0-9.:]+);`)

func serve(ts *testscript.TestScript, _ bool, args []string) {
	s := current(ts)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended, s.log = cancel, make(chan int, 1), &buffer{}
	env := environment(ts, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), io.Discard, s.log
	go func() { s.ended <- cli.Run(ctx, env) }()
	ts.Defer(func() { s.stop(ts) })
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := servesAt.FindStringSubmatch(s.log.String()); m != nil {
			ts.Setenv("SERVER", m[1])
			return
		}
	}
	ts.Fatalf("kreds serve does not begin: %s", s.log)
}

func (s *session) stop(ts *testscript.TestScript) {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.cancel = nil
	select {
	case status := <-s.ended:
		if status != 0 {
			ts.Fatalf("kreds serve exits with %d: %s", status, s.log)
		}
	case <-time.After(20 * time.Second):
		ts.Fatalf("kreds serve does not end: %s", s.log)
	}
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// TestMain lets go test -update pass the flag on to testscript.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}
