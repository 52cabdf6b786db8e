package collect

import (
	"time"

	"github.com/kreds/kreds"
)

// meter reports progress, at most every tenth of a second.
type meter struct {
	clock    kreds.Clock
	progress func(Progress)
	stage    string
	of       int64
	began    time.Time
	last     time.Time
}

func newMeter(clock kreds.Clock, l *layout, progress func(Progress)) *meter {
	m := &meter{clock: clock, progress: progress}
	for _, s := range l.sources {
		m.of += s.Size
	}
	return m
}

// begin starts a stage.
func (m *meter) begin(stage string) {
	m.stage, m.began, m.last = stage, m.clock(), time.Time{}
}

// report says how far the stage is.
func (m *meter) report(bytes, rows, rejected int64) {
	if m.progress == nil {
		return
	}
	now := m.clock()
	if now.Sub(m.last) < 100*time.Millisecond && bytes < m.of {
		return
	}
	m.last = now
	p := Progress{Stage: m.stage, Bytes: min(bytes, m.of), Of: m.of, Rows: rows, Rejected: rejected}
	if since := now.Sub(m.began); since > 0 {
		p.PerSecond = float64(rows) / since.Seconds()
		if since > 200*time.Millisecond && bytes > 0 && bytes < m.of {
			p.Left = time.Duration(float64(since) * float64(m.of-bytes) / float64(bytes))
		}
	}
	m.progress(p)
}
