package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/kreds/kreds/api"
)

// progress shows on a terminal how far something is, how fast it goes and how
// long it will take; elsewhere it shows nothing.
type progress struct {
	bar   *progressbar.ProgressBar
	begin func(what string, total int64) *progressbar.ProgressBar
	stage string
	what  string
}

// progress begins one of total bytes, -1 where that is not known yet.
func (p *program) progress(what string, total int64) *progress {
	if !p.Terminal || p.quiet {
		return &progress{}
	}
	b := &progress{what: what, begin: func(what string, total int64) *progressbar.ProgressBar {
		return progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(p.Stderr),
			progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
		)
	}}
	b.bar = b.begin(what, total)
	return b
}

// Write counts bytes that went by.
func (b *progress) Write(part []byte) (int, error) {
	if b.bar != nil {
		_ = b.bar.Add(len(part)) // a bar that cannot be drawn stops nothing
	}
	return len(part), nil
}

// stages are what an import does, for people.
var stages = map[string]string{
	"checking": "checking", "types": "looking at types", "loading": "loading", "storing": "storing",
}

// at shows the progress of an import.
func (b *progress) at(x *api.Progress) {
	if b.bar == nil {
		return
	}
	if x.Stage != b.stage {
		_ = b.bar.Clear() // a bar that cannot be drawn stops nothing
		total := x.Of
		if x.Stage == "storing" {
			total = -1 // how long that takes is not known
		}
		b.bar, b.stage = b.begin(stages[x.Stage], total), x.Stage
	}
	switch {
	case x.Stage == "storing":
		b.bar.Describe(stages[x.Stage] + " " + grouped(x.Rows) + " rows")
		return
	case x.Rows > 0:
		b.bar.Describe(stages[x.Stage] + " " + grouped(x.Rows) + " rows, " + grouped(int64(x.PerSecond)) + " a second")
	}
	// A bar that is full would not be drawn any more.
	_ = b.bar.Set64(max(0, min(x.Bytes, x.Of-1)))
}

// share shows how far a job is, from 0 to 1.
func (b *progress) share(done float64) {
	if b.bar == nil {
		return
	}
	if b.stage == "" {
		_ = b.bar.Clear() // a bar that cannot be drawn stops nothing
		b.bar, b.stage = b.begin(b.what, 1000), "job"
		progressbar.OptionShowBytes(false)(b.bar)
	}
	_ = b.bar.Set64(int64(999 * done)) // as above
}

func (b *progress) close() {
	if b.bar != nil {
		_ = b.bar.Clear() // as above
	}
}
