package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/kreds/kreds/bench/reference"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/engine/duckdb"
)

// The ways to bring in the file; each runs in a process of its own, whose memory
// is measured.
const (
	loadDuck  = "duckdb"
	loadNew   = "new"
	loadKnown = "known"
)

// imports measures the import of a file of purchases, by customers that are new
// and by such as are known, beside DuckDB's plain load of it.
func (b *bench) imports(ctx context.Context) error {
	dir := filepath.Join(b.dir, "import")
	if err := b.writeFiles(dir); err != nil {
		return err
	}
	b.report.imports = []importRow{{name: "DuckDB's plain load"}, {name: "kreds, new customers"}, {name: "kreds, known customers"}}
	for round := range b.runs {
		for i, how := range []string{loadDuck, loadNew, loadKnown} {
			b.say("importing: round %d of %d, %s", round+1, b.runs, b.report.imports[i].name)
			seconds, memory, err := b.importOnce(ctx, how, dir)
			if err != nil {
				return fmt.Errorf("%s: %w", b.report.imports[i].name, err)
			}
			row := &b.report.imports[i]
			row.times = append(row.times, time.Duration(seconds*float64(time.Second)))
			row.memory = max(row.memory, memory)
		}
	}
	return nil
}

func (b *bench) writeFiles(dir string) error {
	return prepared(dir, func() error {
		b.say("writing %d rows of CSV", b.rows)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return errors.Join(
			writeFile(filepath.Join(dir, "customers.csv"), b.world.WriteCustomers),
			writeFile(filepath.Join(dir, "purchases.csv"), func(w io.Writer) error { return b.world.WritePurchases(w, b.rows) }))
	})
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// outcome is what a child process prints.
type outcome struct {
	Seconds float64 `json:"seconds"`
	Rows    int64   `json:"rows"`
}

// importOnce imports in a process of its own and returns how long the import
// itself took and the most memory that the process held.
func (b *bench) importOnce(ctx context.Context, how, dir string) (seconds float64, memory int64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, err
	}
	c := exec.CommandContext(ctx, self, "-child", how, "-workers", strconv.Itoa(b.workers), dir)
	c.Stderr = b.progress
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	text, err := c.Output()
	if err != nil {
		return 0, 0, err
	}
	var o outcome
	if err := json.Unmarshal(text, &o); err != nil {
		return 0, 0, err
	}
	if o.Rows != int64(b.rows) {
		return 0, 0, fmt.Errorf("%d of %d rows were taken", o.Rows, b.rows)
	}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = u.Maxrss * 1024
	}
	return o.Seconds, memory, nil
}

// runChild is the program when it is such a process: args is the directory of
// the files.
func runChild(ctx context.Context, how string, args []string, workers int, out io.Writer) (err error) {
	if len(args) != 1 {
		return errors.New("-child needs the directory of the files")
	}
	scratch, err := os.MkdirTemp(args[0], how)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	var o outcome
	switch how {
	case loadDuck:
		o, err = childDuck(ctx, scratch, args[0], workers)
	case loadNew, loadKnown:
		o, err = childKreds(ctx, scratch, args[0], workers, how == loadKnown)
	default:
		err = fmt.Errorf("there is no way %q to import", how)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(o)
}

func childDuck(ctx context.Context, scratch, dir string, workers int) (o outcome, err error) {
	d, err := reference.OpenDuck(filepath.Join(scratch, "plain.duckdb"), workers)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	began := time.Now()
	if err := d.LoadPurchases(ctx, "purchases", filepath.Join(dir, "purchases.csv")); err != nil {
		return o, err
	}
	o.Seconds = time.Since(began).Seconds()
	rows, err := d.Row(ctx, "SELECT count(*) FROM purchases")
	if err != nil {
		return o, err
	}
	o.Rows = rows[0]
	return o, nil
}

func childKreds(ctx context.Context, scratch, dir string, workers int, known bool) (o outcome, err error) {
	w, err := openWorkspace(ctx, scratch, duckdb.Options{Workers: workers})
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	importer := collect.New(w.db, w.store, time.Now, collect.Options{Rejects: filepath.Join(scratch, "rejects"), Workers: workers})
	if known {
		r := collect.Request{Files: []string{filepath.Join(dir, "customers.csv")}, As: "customers", ID: "customer_id"}
		if _, err := importer.Import(ctx, r, nil); err != nil {
			return o, err
		}
	}
	began := time.Now()
	r := collect.Request{Files: []string{filepath.Join(dir, "purchases.csv")}, As: "events:purchase", ID: "customer_id", Time: "time"}
	result, err := importer.Import(ctx, r, nil)
	if err != nil {
		return o, err
	}
	return outcome{time.Since(began).Seconds(), result.Import.Rows}, nil
}
