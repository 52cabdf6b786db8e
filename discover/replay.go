package discover

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Replay is a solution ready to be looked at as of other times. Expressions are the
// segments' rules, or their names where they have none; Columns are the terms that the
// segments follow from.
type Replay struct {
	Name        string
	Subject     kreds.Subject
	Names       []string
	Expressions []string
	Among       string
	Columns     []string
	Found       kreds.Instant
	// Members assigns profiles as of an instant, as the solution assigned them.
	Members func(ctx context.Context, asOf kreds.Instant) ([]*roaring.Bitmap, error)
}

// Replay returns the solution of k segments of a discovery, 0 being the recommended
// one. The errors are those of Discovery and of a solution that there is not.
func (d *Discoverer) Replay(ctx context.Context, name string, k int) (*Replay, error) {
	found, err := d.Discovery(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := found.solution(k)
	if err != nil {
		return nil, err
	}
	m := modelOf(found, s)
	out := &Replay{Name: found.Name, Subject: found.Subject, Among: found.Among, Found: found.AsOf}
	for _, f := range found.Features {
		out.Columns = append(out.Columns, f.Text)
		if f.Of != "" {
			out.Columns = append(out.Columns, f.Of)
		}
	}
	for i, seg := range s.Segments {
		name := seg.Name
		if name == "" {
			name = fmt.Sprintf("segment %d", i+1)
		}
		text := name
		if seg.Rule != nil {
			text = seg.Rule.Expression
		}
		out.Names, out.Expressions = append(out.Names, name), append(out.Expressions, text)
	}
	out.Members = func(ctx context.Context, asOf kreds.Instant) ([]*roaring.Bitmap, error) {
		return d.members(ctx, m, asOf)
	}
	return out, nil
}
