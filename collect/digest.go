package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/kreds/kreds"
)

// blockSize is how much of a file one goroutine hashes at a time.
const blockSize = 4 << 20

// digest returns what tells an import from others: the SHA-256 of the contents of
// all files, whatever their names and order, a colon, and that of the options. The
// contents of a file stand as the hashes of its blocks, so that several goroutines
// can make them. Files that have the contents of an earlier one are dropped from
// the layout.
func (im *Importer) digest(ctx context.Context, l *layout, m *meter) (string, error) {
	m.begin("checking")
	var sums []string
	var kept []*source
	before := int64(0)
	for _, s := range l.sources {
		sum, err := im.hash(ctx, s, func(n int64) { m.report(before+n, 0, 0) })
		if err != nil {
			return "", err
		}
		before += s.Size
		if slices.Contains(sums, sum) {
			l.note("%s holds the same as another file of this import and is left out", s.Name)
			continue
		}
		sums = append(sums, sum)
		kept = append(kept, s)
	}
	l.sources = kept
	if !l.numbered {
		slices.Sort(sums) // numbers of rows depend on the order
	}
	options := *l.r
	options.Files = nil
	text, err := json.Marshal(options)
	if err != nil {
		return "", err
	}
	files := sha256.Sum256([]byte(strings.Join(sums, "\n")))
	how := sha256.Sum256(text)
	return hex.EncodeToString(files[:]) + ":" + hex.EncodeToString(how[:]), nil
}

// hash hashes one file.
func (im *Importer) hash(ctx context.Context, s *source, progress func(int64)) (string, error) {
	f, err := os.Open(s.Path)
	if err != nil {
		return "", kreds.Errorf(kreds.CodeInvalid, "reading %s: %w", s.Name, err)
	}
	defer f.Close()
	blocks := make([][sha256.Size]byte, (s.Size+blockSize-1)/blockSize)
	errs := make([]error, im.o.Workers)
	var next, finished int
	var mu sync.Mutex
	var group sync.WaitGroup
	for k := range im.o.Workers {
		group.Go(func() {
			buf := make([]byte, min(blockSize, s.Size))
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(blocks) || ctx.Err() != nil {
					return
				}
				n, err := f.ReadAt(buf, int64(i)*blockSize)
				if err != nil && !errors.Is(err, io.EOF) {
					errs[k] = kreds.Errorf(kreds.CodeInvalid, "reading %s: %w", s.Name, err)
					return
				}
				blocks[i] = sha256.Sum256(buf[:n])
				mu.Lock()
				finished++
				progress(min(int64(finished)*blockSize, s.Size))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return "", cancelled(err)
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	h := sha256.New()
	for _, b := range blocks {
		h.Write(b[:])
	}
	return hex.EncodeToString(h.Sum(nil)), s.unchanged()
}
