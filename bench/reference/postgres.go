package reference

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/bench/questions"
)

// ErrNoPostgres says that PostgreSQL is not installed.
var ErrNoPostgres = errors.New("PostgreSQL is not installed (apt-get install postgresql)")

// Postgres is a PostgreSQL server of our own, in a directory of its own, that
// listens on a socket there and nowhere else.
type Postgres struct {
	dir    string
	server *exec.Cmd
	log    *os.File
	psql   *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	bin    func(string) string
	as     *syscall.Credential
}

// settings of the server; each line is stated with the figures.
var settings = []string{
	"listen_addresses=", "shared_buffers=4GB", "effective_cache_size=12GB", "work_mem=512MB", "maintenance_work_mem=1GB",
	"max_wal_size=16GB", "synchronous_commit=off", "max_parallel_workers_per_gather=2", "max_parallel_workers=2",
	"random_page_cost=1.1", "autovacuum=off",
}

// Settings describes how the server is set up.
func (p *Postgres) Settings() string { return strings.Join(settings[1:], ", ") }

// StartPostgres starts the server, with tables of the world: they are filled,
// indexed by (customer, time) and by time, and analysed unless they are there.
// The directory must be absolute. PostgreSQL does not run as root: then the
// server runs as the user "postgres".
func StartPostgres(ctx context.Context, dir string, w *generate.World) (*Postgres, error) {
	p := &Postgres{dir: dir}
	if err := p.find(); err != nil {
		return nil, err
	}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	filled := filepath.Join(dir, "filled")
	if _, err := os.Stat(filled); err == nil {
		return p, nil
	}
	if err := p.fill(ctx, w); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := os.WriteFile(filled, nil, 0o600); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// find looks for the programs, in the path and where Debian has them.
func (p *Postgres) find() error {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.Reverse(dirs)
	found := map[string]string{}
	for _, name := range []string{"initdb", "postgres", "psql"} {
		for _, d := range dirs {
			if _, err := os.Stat(filepath.Join(d, name)); err == nil && found[name] == "" {
				found[name] = filepath.Join(d, name)
			}
		}
		if found[name] == "" {
			path, err := exec.LookPath(name)
			if err != nil {
				return ErrNoPostgres
			}
			found[name] = path
		}
	}
	p.bin = func(name string) string { return found[name] }
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("%w: it does not run as root, and there is no user postgres", ErrNoPostgres)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return fmt.Errorf("the user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return fmt.Errorf("the user postgres: %w", err)
	}
	p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}

func (p *Postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.bin(name), args...)
	c.Dir = p.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	return c
}

func (p *Postgres) start(ctx context.Context) error {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return err
	}
	if p.as != nil {
		if err := os.Chown(p.dir, int(p.as.Uid), int(p.as.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(p.dir, "cluster")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		out, err := p.command(ctx, "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C").CombinedOutput()
		if err != nil {
			return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
		}
	}
	args := []string{"-D", data, "-k", p.dir}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	var err error
	if p.log, err = os.Create(filepath.Join(p.dir, "log")); err != nil {
		return err
	}
	p.server = p.command(ctx, "postgres", args...)
	p.server.Stdout, p.server.Stderr = p.log, p.log
	if err := p.server.Start(); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	for range 300 {
		if p.client(ctx, "-c", "SELECT 1").Run() == nil {
			return p.connect(ctx)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("PostgreSQL did not start; see %s", p.log.Name())
}

func (p *Postgres) client(ctx context.Context, args ...string) *exec.Cmd {
	return p.command(ctx, "psql", append([]string{"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", p.dir, "-U", "bench", "-d", "postgres"}, args...)...)
}

// connect starts the client that answers questions.
func (p *Postgres) connect(ctx context.Context) error {
	p.psql = p.client(ctx)
	in, err := p.psql.StdinPipe()
	if err != nil {
		return err
	}
	out, err := p.psql.StdoutPipe()
	if err != nil {
		return err
	}
	p.psql.Stderr = p.log
	p.in, p.out = in, bufio.NewReader(out)
	return p.psql.Start()
}

// Row runs a statement of two integers and returns them.
func (p *Postgres) Row(_ context.Context, sql string) ([]int64, error) {
	if _, err := io.WriteString(p.in, sql+";\n"); err != nil {
		return nil, fmt.Errorf("asking PostgreSQL: %w", err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refused a statement, see %s: %s", p.log.Name(), sql)
	}
	var out []int64
	for s := range strings.SplitSeq(strings.TrimSpace(line), "|") {
		n := int64(0)
		if s != "" {
			if n, err = strconv.ParseInt(s, 10, 64); err != nil {
				return nil, fmt.Errorf("PostgreSQL answered %q", line)
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// run runs statements that return nothing.
func (p *Postgres) run(ctx context.Context, sql string, input io.Reader) error {
	c := p.client(ctx, "-c", sql)
	c.Stdin = input
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", sql, err, bytes.TrimSpace(out))
	}
	return nil
}

// copyIn fills a table with what write writes.
func (p *Postgres) copyIn(ctx context.Context, table string, write func(*bufio.Writer) error) error {
	r, w := io.Pipe()
	go func() {
		b := bufio.NewWriterSize(w, 1<<20)
		err := write(b)
		w.CloseWithError(errors.Join(err, b.Flush()))
	}()
	err := p.run(ctx, "COPY "+table+" FROM STDIN (FORMAT csv)", r)
	return errors.Join(err, r.Close())
}

func (p *Postgres) fill(ctx context.Context, w *generate.World) error {
	const drop = "DROP TABLE IF EXISTS "
	if err := p.run(ctx, drop+"customers; CREATE TABLE customers (customer integer PRIMARY KEY, country text NOT NULL, city text NOT NULL, plan text NOT NULL, age smallint NOT NULL, newsletter boolean NOT NULL, signup date NOT NULL)", nil); err != nil {
		return err
	}
	err := p.copyIn(ctx, "customers", func(out *bufio.Writer) error {
		for i := range w.Customers {
			c := w.Customer(i)
			if _, err := fmt.Fprintf(out, "%d,%s,%s,%s,%d,%t,%s\n", i, c.Country, c.City, c.Plan, c.Age, c.Newsletter, c.Signup.Format(time.DateOnly)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range generate.Kinds {
		t := questions.Table(k)
		create := drop + t + "; CREATE TABLE " + t + " (customer integer NOT NULL, time timestamp NOT NULL, category text NOT NULL, amount numeric(18,4) NOT NULL, minutes double precision NOT NULL)"
		if err := p.run(ctx, create, nil); err != nil {
			return err
		}
		if err := p.copyIn(ctx, t, func(out *bufio.Writer) error { return writeEvents(out, w, k) }); err != nil {
			return err
		}
		if err := p.run(ctx, "CREATE INDEX ON "+t+" (customer, time); CREATE INDEX ON "+t+" (time, customer)", nil); err != nil {
			return err
		}
	}
	return p.run(ctx, "VACUUM ANALYZE", nil)
}

// writeEvents writes the events of one kind in the order of (customer, time).
func writeEvents(out *bufio.Writer, w *generate.World, k generate.Kind) error {
	var events []generate.Event
	var line []byte
	for i := range w.Customers {
		events = w.Events(k, i, events[:0])
		for _, e := range events {
			line = append(strconv.AppendInt(line[:0], int64(i), 10), ',')
			line = append(time.UnixMicro(e.Time).UTC().AppendFormat(line, time.DateTime), ',')
			line = append(append(line, generate.Categories[e.Category]...), ',')
			line = append(strconv.AppendFloat(line, float64(e.Amount)/100, 'f', 2, 64), ',')
			line = append(strconv.AppendFloat(line, e.Minutes, 'g', -1, 64), '\n')
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close stops the server; the tables stay.
func (p *Postgres) Close() error {
	var errs []error
	if p.psql != nil {
		_ = p.in.Close() // ends the client
		errs = append(errs, p.psql.Wait())
	}
	if p.server != nil && p.server.Process != nil {
		errs = append(errs, p.server.Process.Signal(os.Interrupt), p.server.Wait())
	}
	if p.log != nil {
		errs = append(errs, p.log.Close())
	}
	return errors.Join(errs...)
}
