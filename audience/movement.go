package audience

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Movement is how the members of a segment changed between two of its refreshes.
type Movement struct {
	Segment       kreds.Segment
	Before, After kreds.Run // the same if nothing was refreshed since
	Joined, Left  int64
}

// Flow is how many left one segment and joined another in the meantime. An empty From is
// those who left none, an empty To those who joined none. Who left two segments, or
// joined two, is in two flows.
type Flow struct {
	From, To  string
	Customers int64
}

// Movements compares the last good refresh of each segment that is not archived with the
// one that was the last at an instant, or with the one before it if that is the zero
// time. Segments without two to compare are left out. Flows come largest first.
func (a *Audience) Movements(ctx context.Context, since time.Time) ([]Movement, []Flow, error) {
	all, err := a.state.Segments(ctx)
	if err != nil {
		return nil, nil, err
	}
	var out []Movement
	flows := map[kreds.Kind]*flowing{kreds.Person: {}, kreds.Company: {}}
	for _, s := range all {
		if !s.Archived.IsZero() {
			continue
		}
		after, now, ok, err := a.state.LastRun(ctx, s.Name)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		before, then, ok, err := a.state.RunSince(ctx, after, since)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		joined, left := roaring.AndNot(now, then), roaring.AndNot(then, now)
		out = append(out, Movement{Segment: s, Before: before, After: after, Joined: int64(joined.GetCardinality()), Left: int64(left.GetCardinality())})
		flows[s.Subject.Kind()].add(s.Name, joined, left)
	}
	found := append(flows[kreds.Person].flows(), flows[kreds.Company].flows()...)
	slices.SortStableFunc(found, func(a, b Flow) int {
		return cmp.Or(cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out, found, nil
}

// flowing is who joined and who left segments of one kind of profile.
type flowing struct {
	joined, left        []moved
	anywhere, anywhence roaring.Bitmap // those who joined any, those who left any
}

type moved struct {
	segment string
	who     *roaring.Bitmap
}

func (f *flowing) add(segment string, joined, left *roaring.Bitmap) {
	if !joined.IsEmpty() {
		f.joined = append(f.joined, moved{segment, joined})
		f.anywhere.Or(joined)
	}
	if !left.IsEmpty() {
		f.left = append(f.left, moved{segment, left})
		f.anywhence.Or(left)
	}
}

func (f *flowing) flows() []Flow {
	var out []Flow
	add := func(from, to string, n uint64) {
		if n > 0 {
			out = append(out, Flow{from, to, int64(n)})
		}
	}
	for _, l := range f.left {
		for _, j := range f.joined {
			add(l.segment, j.segment, l.who.AndCardinality(j.who))
		}
		add(l.segment, "", l.who.GetCardinality()-l.who.AndCardinality(&f.anywhere))
	}
	for _, j := range f.joined {
		add("", j.segment, j.who.GetCardinality()-j.who.AndCardinality(&f.anywhence))
	}
	return out
}
