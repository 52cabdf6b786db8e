// Command bench measures kreds beside databases that are asked the same by hand:
// counts, refreshes, estimates and imports. It makes its data from a seed, keeps
// it for the next time, checks that all give the same answers, and prints the
// medians. docs/performance.md says how to run it and holds the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/engine/duckdb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

// parts are what can be measured.
var parts = []string{"counts", "refresh", "estimates", "discover", "prove", "import"}

// bench is one run of the program.
type bench struct {
	dir      string // of this scale and seed
	scale    float64
	seed     uint64
	runs     int
	workers  int
	rows     int // of the imported file
	cache    int64
	duckdb   bool
	postgres bool
	match    *regexp.Regexp // names of counts
	world    *generate.World
	progress io.Writer
	report   report
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	b := &bench{progress: progress}
	data := flags.String("data", "bench-data", "`directory` that keeps the data between runs")
	flags.Float64Var(&b.scale, "scale", 1, "1 is a million customers and 50 million events")
	flags.Uint64Var(&b.seed, "seed", 1, "what the data is made from")
	flags.IntVar(&b.runs, "runs", 6, "how often everything is measured; the median counts")
	flags.IntVar(&b.workers, "workers", runtime.NumCPU(), "how many processors kreds and DuckDB use")
	flags.Int64Var(&b.cache, "cache", 0, "`bytes` of columns that kreds keeps decoded; 0 for its default, -1 for none")
	flags.BoolVar(&b.duckdb, "duckdb", true, "put the counts and leaves to DuckDB in SQL too, and compare the answers")
	flags.BoolVar(&b.postgres, "postgres", true, "ask PostgreSQL too, if it is installed")
	only := flags.String("only", strings.Join(parts, ","), "what to measure")
	match := flags.String("match", "", "`pattern` of the names of the counts that are measured; empty for all")
	profile := flags.String("cpuprofile", "", "`file` for a profile of the processor")
	write := flags.String("write", "", "Markdown `file` whose figures are replaced")
	child := flags.String("child", "", "for the program itself: one import in a process of its own")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *child != "" {
		return runChild(ctx, *child, flags.Args(), b.workers, out)
	}
	if b.scale <= 0 || b.runs < 1 || flags.NArg() > 0 {
		return errors.New("-scale and -runs must be above 0, and there are no arguments")
	}
	chosen := strings.Split(*only, ",")
	for _, p := range chosen {
		if !slices.Contains(parts, p) {
			return fmt.Errorf("-only knows %s, not %q", strings.Join(parts, ", "), p)
		}
	}
	var err error
	if b.match, err = regexp.Compile(*match); err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Join(*data, fmt.Sprintf("scale-%g-seed-%d", b.scale, b.seed)))
	if err != nil {
		return err
	}
	b.dir = dir
	b.world = generate.New(b.seed, b.scale)
	b.rows = int(10_000_000 * b.scale)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if err := b.measure(ctx, chosen); err != nil {
		return err
	}
	text := b.report.markdown(b)
	if _, err := io.WriteString(out, text); err != nil {
		return err
	}
	if *write != "" {
		return replaceFigures(*write, text)
	}
	return nil
}

func (b *bench) measure(ctx context.Context, chosen []string) error {
	asks := func(p string) bool { return slices.Contains([]string{"counts", "refresh", "estimates"}, p) }
	if slices.ContainsFunc(chosen, asks) {
		if err := b.ask(ctx, chosen); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "discover") {
		if err := b.discover(ctx); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "prove") {
		if err := b.prove(ctx); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "import") {
		return b.imports(ctx)
	}
	return nil
}

// options are those that kreds runs with.
func (b *bench) options() duckdb.Options {
	return duckdb.Options{Workers: b.workers, Cache: b.cache}
}

// say tells what is being done.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, format+"\n", args...)
}

// samples are the times of one thing.
type samples []time.Duration

// timed adds the time that f takes.
func (s *samples) timed(f func() error) error {
	// What others left behind is not part of it.
	runtime.GC()
	began := time.Now()
	err := f()
	*s = append(*s, time.Since(began))
	return err
}

// median returns the middle time, 0 without any.
func (s samples) median() time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	m := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[m]
	}
	return (sorted[m-1] + sorted[m]) / 2
}
