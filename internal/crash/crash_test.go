// Package crash_test kills kreds at random moments, as a power cut or an
// impatient person would, and checks that what was confirmed before is all
// there, and that the work which was cut off is there wholly or not at all.
package crash_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/state"
)

// program is the path of the binary that is killed.
var program string

// TestMain builds the program that people run.
func TestMain(m *testing.M) {
	status, err := build(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func build(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "kreds-crash")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program = filepath.Join(dir, "kreds")
	out, err := exec.Command("go", "build", "-o", program, "github.com/kreds/kreds/cmd/kreds").CombinedOutput()
	if err != nil {
		return 1, fmt.Errorf("building kreds: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// rounds is how often a command is killed.
func rounds(n int) int {
	if os.Getenv("KREDS_SOAK") != "" {
		return 25 * n
	}
	return n
}

// workshop holds the files, and the workspace that every round begins with.
type workshop struct {
	dir      string
	template string
	run      []string // the command that is killed
	// committing says that a run of it in the directory has begun its commit.
	committing func(dir string) bool
	before     snapshot
	// finished are the states after the command has run once, and once more.
	finished [2]snapshot
	// times are how long the last runs took that were not killed.
	times []time.Duration
}

// newWorkshop makes the template, and the states that the command leads to.
func newWorkshop(t *testing.T, committing func(dir string) bool, run ...string) *workshop {
	t.Helper()
	w := &workshop{dir: t.TempDir(), run: run, committing: committing}
	w.template = filepath.Join(w.dir, "template")
	writeFiles(t, w.dir)
	for _, args := range setUp() {
		w.must(t, w.template, args...)
	}
	w.before = take(t, w.template, nil)
	reference := w.copy(t, "reference")
	for i := range w.finished {
		w.full(t, reference, i == 0)
		w.finished[i] = take(t, reference, &w.before)
	}
	if maps.Equal(w.before.texts, w.finished[0].texts) {
		t.Fatal("the command changes nothing")
	}
	for range 2 {
		w.full(t, w.copy(t, "measured"), true)
	}
	return w
}

// copy makes a workspace that is equal to the template.
func (w *workshop) copy(t *testing.T, name string) string {
	t.Helper()
	return copied(t, w.template, filepath.Join(w.dir, name))
}

func copied(t *testing.T, from, to string) string {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// command is the program on a workspace. Its folder for temporary files is
// its own, so that what it leaves there is found.
func (w *workshop) command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	tmp := filepath.Join(w.dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"--data", dir}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = []string{"TMPDIR=" + tmp, "HOME=" + tmp}
	return cmd
}

// must runs a command to its end and returns how long that took.
func (w *workshop) must(t *testing.T, dir string, args ...string) time.Duration {
	t.Helper()
	began := time.Now()
	if out, err := w.command(t, dir, args...).CombinedOutput(); err != nil {
		t.Fatalf("kreds %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return time.Since(began)
}

// full runs the command to its end; measured says that there is all to do.
func (w *workshop) full(t *testing.T, dir string, measured bool) {
	t.Helper()
	took := w.must(t, dir, w.run...)
	if measured {
		w.times = append(w.times, took)
	}
}

// typical is how long the command takes at present: the machine may be busy.
func (w *workshop) typical() time.Duration {
	last := slices.Clone(w.times[max(0, len(w.times)-5):])
	slices.Sort(last)
	return last[len(last)/2]
}

// killed starts a command and kills it when wait returns, which it does too when
// the command has ended. It reports whether that came first; then the command must
// have succeeded.
func (w *workshop) killed(t *testing.T, dir string, wait func(ended <-chan struct{}), args ...string) bool {
	t.Helper()
	cmd := w.command(t, dir, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		wait(ended)
		_ = cmd.Process.Kill() // one that has ended cannot be killed
	}()
	err := cmd.Wait()
	close(ended)
	<-over
	if err == nil {
		return true
	}
	if cmd.ProcessState.Exited() {
		t.Fatalf("kreds %s: %v\n%s", strings.Join(args, " "), err, out.Bytes())
	}
	return false
}

// pause waits for a while.
func pause(d time.Duration) func(<-chan struct{}) {
	return func(ended <-chan struct{}) {
		select {
		case <-time.After(d):
		case <-ended:
		}
	}
}

// sight waits until something is so, and then for a while.
func sight(is func() bool, d time.Duration) func(<-chan struct{}) {
	return func(ended <-chan struct{}) {
		for !is() {
			select {
			case <-time.After(50 * time.Microsecond):
			case <-ended:
				return
			}
		}
		pause(d)(ended)
	}
}

// moments says when to kill. Of three times, one is spread evenly over a whole run
// and a little beyond; one is near the commit, as far as the outcomes tell where in
// the run that is; one is just after it can be seen that the commit is under way.
type moments struct {
	r      *rand.Rand
	n, i   int
	commit float64 // as a share of a whole run
	near   bool
}

func (m *moments) next(typical time.Duration, committing func() bool) (wait func(<-chan struct{}), said string) {
	i := m.i
	m.i++
	m.near = i%3 == 1
	share := 1.2 * (float64(i) + 3*m.r.Float64()) / float64(m.n)
	switch i % 3 {
	case 1:
		share = max(0, m.commit+.05*m.r.NormFloat64())
	case 2:
		// Mostly at once: the ledger is next, and quick.
		d := time.Duration(math.Pow(m.r.Float64(), 4) * float64(3*time.Millisecond))
		return sight(committing, d), fmt.Sprintf("%v after the commit began", d)
	}
	d := time.Duration(share * float64(typical))
	return pause(d), fmt.Sprintf("after %v of %v", d, typical)
}

func (m *moments) told(committed bool) {
	switch {
	case !m.near:
	case committed:
		m.commit = max(.2, m.commit-.03)
	default:
		m.commit = min(1.5, m.commit+.03)
	}
}

// each kills the command n times, each time in a fresh copy of the template, and
// checks what is left. The counts are by what the process had reached.
func (w *workshop) each(t *testing.T, n int, seed uint64) map[string]int {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	m := &moments{r: r, n: n, commit: .8}
	reached := map[string]int{}
	for i := range n {
		dir := w.copy(t, "workspace")
		wait, where := m.next(w.typical(), func() bool { return w.committing(dir) })
		confirmed := w.killed(t, dir, wait, w.run...)
		phase := w.phase(t, dir)
		// Who is killed once may be killed again, while what is left is cleared away.
		again := r.IntN(3) == 0
		if d := time.Duration(r.Float64() * float64(60*time.Millisecond)); again {
			w.killed(t, dir, pause(d), "imports")
		}
		w.must(t, dir, "imports")
		w.noLitter(t, dir)
		got := take(t, dir, &w.before)
		where = fmt.Sprintf("round %d of seed %d, killed %s, %s, again: %v", i, seed, where, phase, again)
		committed := !maps.Equal(w.before.texts, got.texts)
		if d := cmp.Diff(w.finished[0].texts, got.texts); committed && d != "" {
			t.Fatalf("%s: neither whole nor nothing (-whole +got):\n%.5000s", where, d)
		}
		if confirmed && !committed {
			t.Fatalf("%s: what was confirmed is gone", where)
		}
		if confirmed {
			phase = "ended"
		}
		reached[phase]++
		m.told(committed)
		// The measured time of a run that has all to do has to stay up to date.
		if committed && i%4 != 0 {
			continue
		}
		w.full(t, dir, !committed)
		want := w.finished[0]
		if committed {
			want = w.finished[1]
		}
		if d := cmp.Diff(want.texts, take(t, dir, &w.before).texts); d != "" {
			t.Fatalf("%s: repeating it leads elsewhere (-want +got):\n%.5000s", where, d)
		}
		w.noLitter(t, dir)
	}
	return reached
}

// The phases that a killed process can have reached.
const (
	untouched   = "before it began"
	pending     = "while loading"
	unconfirmed = "between the two commits"
	committed   = "after the commit"
)

// phase looks at a copy of what the killed process left.
func (w *workshop) phase(t *testing.T, dir string) string {
	t.Helper()
	dir = copied(t, dir, filepath.Join(w.dir, "looked at"))
	s, err := state.Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := runsOf(t, s); n > w.before.runs {
		return committed
	}
	all, err := s.Imports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == w.before.imports {
		return untouched
	}
	if all[len(all)-1].State == kreds.ImportCommitted {
		return committed
	}
	db, err := duckdb.Open(t.Context(), filepath.Join(dir, "data.duckdb"), duckdb.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now, err := db.Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if w.before.texts["data"] == fmt.Sprintf("%+v", *now) {
		return pending
	}
	return unconfirmed
}

// kept are the files that a workspace has at rest.
var kept = regexp.MustCompile(`^(data\.duckdb|state\.db|lock|rejects|rejects/import-\d+\.csv)$`)

// noLitter checks that there is no file that does not belong there; whether the
// files of rejects do, the snapshots tell.
func (w *workshop) noLitter(t *testing.T, dir string) {
	t.Helper()
	for _, root := range []string{dir, filepath.Join(w.dir, "tmp")} {
		err := fs.WalkDir(os.DirFS(root), ".", func(path string, _ fs.DirEntry, err error) error {
			if err == nil && path != "." && (root != dir || !kept.MatchString(path)) {
				t.Errorf("%s is left", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// size is how large a file is, 0 if there is none.
func size(path ...string) int64 {
	info, err := os.Stat(filepath.Join(path...))
	if err != nil {
		return 0
	}
	return info.Size()
}

// An import is in, with all its rows, rejects and new profiles, or it is not.
func TestKilledImport(t *testing.T) {
	// The file of rejects gets its name between the commit of the rows and that of
	// the ledger.
	committing := func(dir string) bool { return size(dir, "rejects", "import-4.csv") > 0 }
	w := newWorkshop(t, committing, purchases("autumn.csv")...)
	reached := w.each(t, rounds(60), 1)
	t.Logf("killed %v; a whole import takes %v", reached, w.typical())
}

// A refresh has saved the members of all segments, or those before are there.
func TestKilledRefresh(t *testing.T) {
	// All that a refresh writes is the transaction with its runs.
	committing := func(dir string) bool { return size(dir, "state.db-wal") > 0 }
	w := newWorkshop(t, committing, "refresh", "--as-of", "2025-12-31")
	reached := w.each(t, rounds(40), 2)
	t.Logf("killed %v; a whole refresh takes %v", reached, w.typical())
}
