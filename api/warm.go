package api

import (
	"context"
	"sync"

	"github.com/kreds/kreds/engine"
)

// warmth has the description of the data, which every page asks for, worked out in
// the background after a start and after each change of the data, so that nobody
// waits for it. It gives way to imports, which no reader may hold up.
type warmth struct {
	due chan struct{} // holds a token when the data may have changed

	mu     sync.Mutex
	cancel context.CancelFunc // stops what is under way
}

func newWarmth() *warmth { return &warmth{due: make(chan struct{}, 1), cancel: func() {}} }

// keep describes the data now and whenever it has changed, until the context ends.
func (w *warmth) keep(ctx context.Context, e engine.Engine) {
	for {
		w.describe(ctx, e)
		select {
		case <-w.due:
		case <-ctx.Done():
			return
		}
	}
}

func (w *warmth) describe(ctx context.Context, e engine.Engine) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.mu.Lock()
	w.cancel = cancel
	w.mu.Unlock()
	// What is wrong, they are told who ask for it.
	_, _ = e.Statistics(ctx)
}

// giveWay stops what is under way, as the data is about to change.
func (w *warmth) giveWay() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel()
}

// again says that the data may have changed.
func (w *warmth) again() {
	select {
	case w.due <- struct{}{}:
	default:
	}
}
