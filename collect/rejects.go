package collect

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
)

// rejects writes the file of rows that were not taken. It has another name until
// the import is about to be committed.
type rejects struct {
	path    string
	file    *os.File
	buf     *bufio.Writer
	w       *csv.Writer
	several bool // files
	n       int64
	reasons map[string]int
	row     []string
}

// partly ends the name of a file of rejects that is not complete.
const partly = ".partial"

func (im *Importer) rejects(id kreds.ImportID, several bool) *rejects {
	return &rejects{path: im.rejectsPath(id), several: several, reasons: map[string]int{}}
}

func (im *Importer) rejectsPath(id kreds.ImportID) string {
	return filepath.Join(im.o.Rejects, fmt.Sprintf("import-%d.csv", id))
}

// rejectsOf returns the path of an import's file of rejects, "" if it has none.
func (im *Importer) rejectsOf(id kreds.ImportID) string {
	path := im.rejectsPath(id)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// Rejects opens the rows that an import could not take, as CSV with line, column,
// value and reason. The error has CodeNotFound if there are none.
func (im *Importer) Rejects(id kreds.ImportID) (io.ReadCloser, error) {
	f, err := os.Open(im.rejectsPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kreds.Errorf(kreds.CodeNotFound, "import %d has no rejects", id).
			WithHint("they are kept as long as the import is in, in the data directory that took it")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the rejects: %w", err)
	}
	return f, nil
}

// Tidy removes files of rejects of imports that are not in: undone ones, and what
// a process that was killed left. No import may be under way; what cannot be
// removed stays until the next time.
func (im *Importer) Tidy(ctx context.Context) {
	files, err := os.ReadDir(im.o.Rejects)
	if err != nil {
		return // there is none, or the next import says why it cannot be used
	}
	for _, f := range files {
		var id kreds.ImportID
		name := strings.TrimSuffix(f.Name(), partly)
		if n, err := fmt.Sscanf(name, "import-%d.csv", &id); n != 1 || err != nil || name != filepath.Base(im.rejectsPath(id)) {
			continue
		}
		i, err := im.state.Import(ctx, id)
		in := err == nil && i.State == kreds.ImportCommitted
		if err != nil && kreds.CodeOf(err) != kreds.CodeNotFound || in && name == f.Name() {
			continue
		}
		_ = os.Remove(filepath.Join(im.o.Rejects, f.Name()))
	}
}

// add writes the rejects of a batch.
func (r *rejects) add(b *batch) error {
	if b.refused() == 0 {
		return nil
	}
	if r.file == nil {
		if err := r.open(); err != nil {
			return writing(err)
		}
	}
	return b.eachReject(func(line int64, column, value, reason string) error {
		if err := r.write(b, line, column, value, reason); err != nil {
			return writing(err)
		}
		return nil
	})
}

func (r *rejects) write(b *batch, line int64, column, value, reason string) error {
	r.n++
	r.reasons[reason]++
	r.row = append(r.row[:0], strconv.FormatInt(line, 10), column, value, reason)
	if r.several {
		r.row = append(r.row, b.source.Name)
	}
	return r.w.Write(r.row)
}

func (r *rejects) open() error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path+partly, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	r.file, r.buf = f, bufio.NewWriterSize(f, 256<<10)
	r.w = csv.NewWriter(r.buf)
	head := []string{kreds.Say("line"), kreds.Say("column"), kreds.Say("value"), kreds.Say("reason")}
	if r.several {
		head = append(head, kreds.Say("file"))
	}
	return r.w.Write(head)
}

// finish gives the file its name; there is none without rejects.
func (r *rejects) finish() error {
	if r.file == nil {
		return nil
	}
	r.w.Flush()
	if err := errors.Join(r.w.Error(), r.buf.Flush(), r.file.Sync(), r.file.Close(), os.Rename(r.path+partly, r.path)); err != nil {
		return writing(err)
	}
	return nil
}

// abandon removes what was written.
func (r *rejects) abandon() error {
	if r.file == nil {
		return nil
	}
	_ = r.file.Close() // it may be closed already
	r.file = nil
	var errs []error
	for _, path := range []string{r.path, r.path + partly} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func writing(err error) error {
	return kreds.Errorf(kreds.CodeUnavailable, "the file of rejects cannot be written: %w", err).
		WithHint("check space and permissions of the data directory")
}
