package collect

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect/rows"
	"github.com/kreds/kreds/segment"
)

// stream reads the files of a layout in chunks. Several workers do work on each
// chunk; take gets them one by one, in order.
func (im *Importer) stream(ctx context.Context, l *layout, cal *segment.Calendar, work func(w *worker, b *batch), take func(b *batch) error) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	n := im.o.Workers + 2
	free := make(chan *batch, n)
	todo := make(chan *batch, n)
	order := make(chan *batch, n+1) // and why reading failed
	for range n {
		free <- &batch{done: make(chan struct{}, 1)}
	}
	var group sync.WaitGroup
	defer group.Wait()
	defer stop() // before waiting
	group.Go(func() {
		defer close(order)
		defer close(todo)
		failed := readAll(ctx, l, free, func(b *batch) {
			todo <- b // there is room for all
			order <- b
		})
		if failed != nil {
			order <- &batch{failed: failed}
		}
	})
	for range im.o.Workers {
		w := newWorker(l, cal)
		group.Go(func() {
			for b := range todo {
				if ctx.Err() == nil {
					work(w, b)
				}
				b.done <- struct{}{}
			}
		})
	}
	for b := range order {
		if b.failed != nil {
			return b.failed
		}
		select {
		case <-b.done:
		case <-ctx.Done():
			return cancelled(ctx.Err())
		}
		if err := ctx.Err(); err != nil {
			return cancelled(err)
		}
		if err := take(b); err != nil {
			return err
		}
		free <- b
	}
	return nil
}

// readAll cuts all files into chunks.
func readAll(ctx context.Context, l *layout, free <-chan *batch, give func(*batch)) error {
	before := int64(0)
	for _, s := range l.sources {
		if err := s.unchanged(); err != nil {
			return err
		}
		if err := readOne(ctx, s, before, free, give); err != nil {
			return err
		}
		if err := s.unchanged(); err != nil {
			return err
		}
		before += s.Size
	}
	return nil
}

func readOne(ctx context.Context, s *source, before int64, free <-chan *batch, give func(*batch)) error {
	r, err := s.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	var in io.Reader = r
	if s.prelude > 0 {
		b := bufio.NewReader(r)
		if _, err := b.Discard(s.prelude); err != nil {
			return err
		}
		in = b
	}
	split := rows.NewSplitter(in, s.dialect, s.line())
	for first := true; ; first = false {
		var b *batch
		select {
		case b = <-free:
		case <-ctx.Done():
			return cancelled(ctx.Err())
		}
		c, err := split.Next(b.buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if c.Data != nil {
			b.buf = c.Data
		}
		b.source, b.first, b.chunk, b.read = s, first, c, before+r.Bytes()
		give(b)
	}
}

// unchanged refuses a file that was written to since it was first looked at.
func (s *source) unchanged() error {
	same, err := s.Same()
	if err != nil {
		return err
	}
	if !same {
		return kreds.Errorf(kreds.CodeConflict, "%s was changed while it was being imported; nothing was imported", s.Name).
			WithHint("import it again when it is complete")
	}
	return nil
}

func cancelled(err error) error {
	return kreds.Errorf(kreds.CodeCancelled, "the import was cancelled; nothing was imported: %w", err)
}
