package segment

import (
	"time"

	"github.com/kreds/kreds"
)

// Calendar is the civil calendar of a workspace's time zone: it turns days,
// months and windows into instants.
type Calendar struct{ loc *time.Location }

// NewCalendar returns the calendar of the time zone.
func NewCalendar(loc *time.Location) *Calendar { return &Calendar{loc} }

// Location returns the time zone.
func (c *Calendar) Location() *time.Location { return c.loc }

// Interval is the instants from From up to, not including, Before.
type Interval struct{ From, Before kreds.Instant }

// Has reports whether the instant is in the interval.
func (iv Interval) Has(t kreds.Instant) bool { return t >= iv.From && t < iv.Before }

// Lookup gives the value of a date or instant trait of one profile, and whether
// it is known; a nil path means the instant of the profile's first event.
type Lookup func(*Path) (kreds.Value, bool)
