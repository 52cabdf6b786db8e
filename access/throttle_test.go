package access

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	th := newThrottle(func() time.Time { return now }, 3, 10*time.Second)
	want := func(key string, wait time.Duration) {
		t.Helper()
		if got := th.try(key); got != wait {
			t.Errorf("%s: wait %v, want %v", key, got, wait)
		}
	}
	for range 3 {
		want("a", 0)
	}
	want("a", time.Second)
	want("b", 0)
	for _, wait := range []time.Duration{1, 2, 4, 8, 10, 10, 10} {
		wait *= time.Second
		want("a", wait)
		now = now.Add(wait - time.Millisecond)
		want("a", time.Millisecond)
		now = now.Add(time.Millisecond)
		want("a", 0)
	}
	now = now.Add(10 * time.Second)
	want("a", 0)
	th.succeed("a", true)
	for range 3 {
		want("a", 0)
	}
	want("a", time.Second)
	now = now.Add(2 * time.Hour)
	want("a", 0)
	want("a", 0)
	th.succeed("a", false)
	want("a", 0)
	want("a", 0)
	want("a", time.Second)
}

// Many at once are counted before it is known how they end.
func TestThrottleAtOnce(t *testing.T) {
	th := newThrottle(func() time.Time { return time.Unix(0, 0) }, 5, time.Minute)
	var wg sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 100 {
		wg.Go(func() {
			if th.try("a") == 0 {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if passed != 5 {
		t.Errorf("%d attempts at once, want 5", passed)
	}
}

func TestThrottleForgets(t *testing.T) {
	now := time.Unix(0, 0)
	th := newThrottle(func() time.Time { now = now.Add(time.Millisecond); return now }, 5, time.Minute)
	for i := range 3 * th.most {
		th.try(fmt.Sprint(i))
	}
	if n := len(th.attempts); n > th.most {
		t.Errorf("%d keys are remembered, at most %d should be", n, th.most)
	}
	if th.attempts[fmt.Sprint(3*th.most-1)] == nil {
		t.Error("the last attempt is forgotten")
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::1": "2001:db8:1:2::/64", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
