package crash_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/state"
)

// cannot is the exit status of scripts below that are not allowed to mount.
const cannot = 77

// TestHardship runs the program where it cannot work: nothing is lost, and it
// says what is wrong and what to do.
func TestHardship(t *testing.T) {
	w := newWorkshop(t, nil, purchases("autumn.csv")...)
	t.Run("in use", w.inUse)
	t.Run("forbidden", w.forbidden)
	t.Run("read-only", w.readOnly)
	t.Run("large files", w.smallFiles)
	t.Run("full disk", w.fullDisk)
	t.Run("long line", w.longLine)
}

// commands are those that write, and one that reads.
func (w *workshop) commands() [][]string {
	return [][]string{
		w.run,
		{"refresh", "--as-of", "2025-12-31"},
		{"segment", "create", "New", "everyone"},
		{"imports", "undo", "2"},
		{"count", "everyone"},
	}
}

// refused runs a command that must fail and say all of the texts, with a line on
// what to do.
func refused(t *testing.T, cmd *exec.Cmd, says ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() <= 0 {
		t.Fatalf("%q: %v\n%s%s", cmd.Args, err, out.Bytes(), errs.Bytes())
	}
	if exit.ExitCode() == cannot {
		t.Skip("mounting is not allowed here")
	}
	explained(t, errs.String(), says...)
}

func explained(t *testing.T, errs string, says ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(errs), "\n")
	if len(lines) < 2 || !strings.HasPrefix(lines[0], "kreds: ") || !strings.HasPrefix(lines[len(lines)-1], "  ") {
		t.Errorf("this does not say what is wrong and what to do: %s", errs)
	}
	for _, s := range says {
		if !strings.Contains(errs, s) {
			t.Errorf("this does not say %q: %s", s, errs)
		}
	}
}

// unchanged checks that a workspace is as the template.
func (w *workshop) unchanged(t *testing.T, dir string) {
	t.Helper()
	w.must(t, dir, "imports")
	w.noLitter(t, dir)
	if d := cmp.Diff(w.before.texts, take(t, dir, &w.before).texts); d != "" {
		t.Fatalf("something changed (-before +after):\n%.5000s", d)
	}
}

// wholly checks what the command has left, which is nothing if it failed, and that
// it can be repeated.
func (w *workshop) wholly(t *testing.T, dir string, done bool) {
	t.Helper()
	if !done {
		w.unchanged(t, dir)
	}
	w.must(t, dir, w.run...)
	w.noLitter(t, dir)
	got := take(t, dir, &w.before).texts
	if d := cmp.Diff(w.finished[0].texts, got); d != "" && !maps.Equal(w.finished[1].texts, got) {
		t.Fatalf("it leads elsewhere (-want +got):\n%.5000s", d)
	}
}

// One process holds a directory at a time.
func (w *workshop) inUse(t *testing.T) {
	dir := w.copy(t, "workspace")
	s, err := state.Open(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range w.commands() {
		refused(t, w.command(t, dir, args...), dir+" is in use by another kreds", "wait for the other command", "kreds serve")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t, dir)
}

// The directory may be read, but not written.
func (w *workshop) forbidden(t *testing.T) {
	dir := w.copy(t, "workspace")
	var nobody *syscall.SysProcAttr
	if os.Getuid() == 0 {
		// Nothing is forbidden to root, so this is done as nobody, who has to come
		// as far as to the directory.
		nobody = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		for _, d := range []string{filepath.Dir(program), filepath.Dir(w.dir)} {
			chmod(t, d, 0o755)
		}
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
		case d.IsDir() && strings.HasPrefix(path, dir):
			chmod(t, path, 0o555)
		case !d.IsDir():
			chmod(t, path, 0o444)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	restore := func() {
		for _, d := range []string{dir, filepath.Join(dir, "rejects")} {
			chmod(t, d, 0o755)
		}
		for _, f := range []string{"lock", "state.db", "data.duckdb"} {
			chmod(t, filepath.Join(dir, f), 0o600)
		}
	}
	t.Cleanup(restore)
	as := func(args ...string) *exec.Cmd {
		cmd := w.command(t, dir, args...)
		cmd.SysProcAttr = nobody
		return cmd
	}
	if err := as("version").Run(); err != nil {
		t.Skip("the program cannot be started as another user:", err)
	}
	for _, args := range w.commands() {
		refused(t, as(args...), "cannot use the data directory "+dir, "permission denied", "write access")
	}
	below := as(w.run...)
	below.Args = append([]string{below.Args[0], "--data", filepath.Join(dir, "new")}, w.run...)
	refused(t, below, "cannot make the data directory", filepath.Join(dir, "new"), "permission denied", "--data")
	restore()
	w.unchanged(t, dir)
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// mounted runs a script with arguments in a shell that has mounts of its own.
func (w *workshop) mounted(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	unshare, err := exec.LookPath("unshare")
	if err != nil || os.Getuid() != 0 {
		t.Skip("mounting needs unshare, and root")
	}
	cmd := w.command(t, "")
	cmd.Path = unshare
	cmd.Args = append([]string{"unshare", "-m", "sh", "-c", script, "sh"}, args...)
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
	return cmd
}

// The file system is mounted for reading only.
func (w *workshop) readOnly(t *testing.T) {
	dir := w.copy(t, "workspace")
	script := fmt.Sprintf(`dir=$1 program=$2; shift 2
mount --bind "$dir" "$dir" && mount -o remount,bind,ro "$dir" || exit %d
exec "$program" --data "$dir" "$@"`, cannot)
	for _, args := range w.commands() {
		refused(t, w.mounted(t, script, append([]string{dir, program}, args...)...), "cannot use the data directory "+dir, "read-only file system", "write access")
	}
	w.unchanged(t, dir)
}

// Files may not grow beyond a size, as on a disk that fills up while it writes.
func (w *workshop) smallFiles(t *testing.T) {
	data := size(w.template, "data.duckdb")
	failed := 0
	for _, limit := range []int64{0, 4 << 10, 64 << 10, 256 << 10, 1 << 20, data / 2, data, 2 * data} {
		dir := w.copy(t, "workspace")
		cmd := w.command(t, dir, w.run...)
		cmd.Args = append([]string{"sh", "-c", `ulimit -f ` + strconv.FormatInt(limit/512, 10) + ` || exit 1; exec "$0" "$@"`, program}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
		var errs bytes.Buffer
		cmd.Stderr = &errs
		err := cmd.Run()
		if err != nil {
			failed++
			explained(t, errs.String(), "disk")
		}
		t.Logf("up to %d bytes: %v %s", limit, err, errs.String())
		w.wholly(t, dir, err == nil)
	}
	if failed < 3 {
		t.Errorf("only %d of the limits were too small", failed)
	}
}

// The disk is full, or becomes so.
func (w *workshop) fullDisk(t *testing.T) {
	var used int64
	err := filepath.WalkDir(w.template, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			used += (size(path) + 4095) &^ 4095
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// What the script leaves in "workspace" is what was on the disk, after more
	// space was given and the directory opened again.
	script := fmt.Sprintf(`disk=$1 space=$2 template=$3 out=$4 program=$5; shift 5
mount -t tmpfs -o size="$space" none "$disk" || exit %d
cp -r "$template" "$disk/data" || exit 78
"$program" --data "$disk/data" "$@"; status=$?
mount -o remount,size=1g "$disk" || exit 78
"$program" --data "$disk/data" imports >/dev/null || exit 79
cp -r "$disk/data" "$out" || exit 78
exit $status`, cannot)
	disk := filepath.Join(w.dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, more := range []int64{0, 32 << 10, 64 << 10, 128 << 10, 512 << 10, 1 << 20, 2 << 20} {
		dir := filepath.Join(w.dir, "workspace")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		// A page for each of the two folders.
		space := strconv.FormatInt(used+8<<10+more, 10)
		cmd := w.mounted(t, script, append([]string{disk, space, w.template, dir, program}, w.run...)...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		err := cmd.Run()
		t.Logf("with %d bytes free: %v %s", more, err, errs.String())
		if err != nil {
			switch cmd.ProcessState.ExitCode() {
			case cannot:
				t.Skip("mounting is not allowed here")
			case 78, 79:
				t.Fatal("the script failed")
			}
			failed++
			explained(t, errs.String(), "disk")
		}
		w.wholly(t, dir, err == nil)
	}
	if failed < 3 {
		t.Errorf("only %d of the disks were too small", failed)
	}
}

// A line of 100 MB takes no more memory than other files do.
func (w *workshop) longLine(t *testing.T) {
	peak := func(file string, status int) int64 {
		t.Helper()
		dir := w.copy(t, "workspace")
		cmd := w.command(t, dir, "import", file, "--as", "customers", "--id", "id")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		most := make(chan int64)
		go func() {
			// What the process reports when it ends counts this process in, of
			// which it was a copy.
			var kb int64
			for {
				kb = max(kb, highWater(cmd.Process.Pid))
				select {
				case <-ended:
					most <- kb << 10
					return
				case <-time.After(time.Millisecond):
				}
			}
		}()
		err := cmd.Wait()
		close(ended)
		n := <-most
		if cmd.ProcessState.ExitCode() != status {
			t.Errorf("%s: %v\n%s", file, err, out.Bytes())
		}
		if status == 0 && !strings.Contains(out.String(), "1 row could not be taken") {
			t.Errorf("%s: %s", file, out.Bytes())
		}
		if status != 0 {
			w.unchanged(t, dir)
		}
		return n
	}
	write := func(name, before, after string) {
		t.Helper()
		f, err := os.Create(filepath.Join(w.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		part := bytes.Repeat([]byte("x"), 1<<20)
		_, err = f.WriteString(before)
		for i := 0; i < 100 && err == nil; i++ {
			_, err = f.Write(part)
		}
		if err == nil {
			_, err = f.WriteString(after)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(w.dir, "short.csv"), []byte("id,name\na1,b\na2,c,d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	short := peak("short.csv", 0)
	if short == 0 {
		t.Skip("memory cannot be read here")
	}
	write("long.csv", "id,name\na1,b\na2,", "\na3,c\n")
	write("quoted.csv", "id,name\na1,b\na2,\"", "\na3,c\n")
	write("header.csv", "id,name", "\na3,c\n")
	for file, status := range map[string]int{"long.csv": 0, "quoted.csv": 0, "header.csv": 2} {
		long := peak(file, status)
		t.Logf("%s: %d MB, a short one %d MB", file, long>>20, short>>20)
		if long > short+96<<20 {
			t.Errorf("%s takes %d MB, a short one %d MB", file, long>>20, short>>20)
		}
	}
}

// highWater is the most memory that a process has had so far, in KB, 0 if that is
// not known.
func highWater(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return 0
	}
	return kb
}
