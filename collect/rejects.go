package collect

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

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
}

// partly ends the name of a file of rejects that is not complete.
const partly = ".partial"

func (im *Importer) rejects(id kreds.ImportID, several bool) *rejects {
	return &rejects{path: filepath.Join(im.o.Rejects, fmt.Sprintf("import-%d.csv", id)), several: several, reasons: map[string]int{}}
}

// add writes rows of one file.
func (r *rejects) add(file string, list []reject) error {
	if len(list) == 0 {
		return nil
	}
	if r.file == nil {
		if err := r.open(); err != nil {
			return writing(err)
		}
	}
	for _, x := range list {
		r.n++
		r.reasons[x.reason]++
		row := []string{strconv.FormatInt(x.line, 10), x.column, x.value, x.reason}
		if r.several {
			row = append(row, file)
		}
		if err := r.w.Write(row); err != nil {
			return writing(err)
		}
	}
	return nil
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
	head := []string{"line", "column", "value", "reason"}
	if r.several {
		head = append(head, "file")
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
