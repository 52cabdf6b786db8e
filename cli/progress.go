package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/kreds/kreds/api"
)

// progress shows on a terminal how far something is, how fast it goes and how
// long it will take; elsewhere it shows nothing.
type progress struct {
	bar  *progressbar.ProgressBar
	what string
}

// progress begins one of total bytes, -1 where that is not known yet.
func (p *program) progress(what string, total int64) *progress {
	if !p.Terminal || p.quiet {
		return &progress{}
	}
	return &progress{what: what, bar: progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.Stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
	)}
}

// Write counts bytes that went by.
func (b *progress) Write(part []byte) (int, error) {
	if b.bar != nil {
		_ = b.bar.Add(len(part)) // a bar that cannot be drawn stops nothing
	}
	return len(part), nil
}

// at shows the progress of an import.
func (b *progress) at(x *api.Progress) {
	if b.bar == nil {
		return
	}
	if x.Of > 0 && b.bar.GetMax64() != x.Of {
		b.bar.ChangeMax64(x.Of)
	}
	b.bar.Describe(b.what + " " + grouped(x.Rows) + " rows")
	_ = b.bar.Set64(x.Bytes) // as above
}

func (b *progress) close() {
	if b.bar != nil {
		_ = b.bar.Clear() // as above
	}
}
