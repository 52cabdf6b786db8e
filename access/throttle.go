package access

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/kreds/kreds"
)

// throttle slows repeated attempts down: after some free ones, each failure
// doubles the wait up to a longest. Nothing is locked for good, so nobody can
// lock others out for longer than that.
type throttle struct {
	clock   kreds.Clock
	free    int
	longest time.Duration
	forget  time.Duration // after so long without an attempt
	most    int           // so many keys are remembered

	mu       sync.Mutex
	attempts map[string]*attempts
}

type attempts struct {
	failed int
	last   time.Time
	until  time.Time
}

func newThrottle(clock kreds.Clock, free int, longest time.Duration) *throttle {
	return &throttle{clock: clock, free: free, longest: longest, forget: time.Hour, most: 10000, attempts: map[string]*attempts{}}
}

// try counts an attempt as failed before it is known how it ends, so that many
// at once are counted too. It returns how long to wait, 0 if the attempt may be
// made; success takes it back.
func (t *throttle) try(key string) time.Duration {
	now := t.clock()
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.attempts[key]
	if a == nil || now.Sub(a.last) > t.forget {
		t.shrink()
		a = &attempts{}
		t.attempts[key] = a
	}
	if wait := a.until.Sub(now); wait > 0 {
		return wait
	}
	a.failed++
	a.last = now
	if over := a.failed - t.free; over >= 0 {
		a.until = now.Add(min(time.Second<<min(over, 20), t.longest))
	}
	return 0
}

// succeed takes an attempt back; all forgets the failures before it too.
func (t *throttle) succeed(key string, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.attempts[key]
	switch {
	case a == nil:
	case all || a.failed <= 1:
		delete(t.attempts, key)
	default:
		a.failed--
		a.until = time.Time{}
	}
}

// shrink makes room by forgetting the older half.
func (t *throttle) shrink() {
	if len(t.attempts) < t.most {
		return
	}
	var times []time.Time
	for _, a := range t.attempts {
		times = append(times, a.last)
	}
	slices.SortFunc(times, time.Time.Compare)
	for key, a := range t.attempts {
		if !a.last.After(times[len(times)/2]) {
			delete(t.attempts, key)
		}
	}
}

// network is what attempts from an address count for: of IPv6 the /64, as one
// machine has all of it.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
