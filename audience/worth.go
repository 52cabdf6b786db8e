package audience

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Worth is what customers bought for in the twelve months before an instant.
type Worth struct {
	Event    string // "" where no event is known to be a purchase with a worth
	Property string
	AsOf     kreds.Instant
	Total    float64
	Of       []float64 // of the sets asked for, in their order
}

// worthWindow is the time that purchases are summed over.
const worthWindow = " within last 12 months"

// Worth sums what the profiles of each set bought for in the twelve months before
// the instant. Which event is a purchase and which property its worth is told by
// their usual names; where it cannot be told, Event is empty and all is zero.
func (a *Audience) Worth(ctx context.Context, sets []*roaring.Bitmap, asOf kreds.Instant) (*Worth, error) {
	out := &Worth{AsOf: asOf, Of: make([]float64, len(sets))}
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	event, property, err := Purchase(cat, "", "")
	if kreds.CodeOf(err) == kreds.CodeInvalid || err == nil && property == "" {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Event, out.Property = event.Name, property
	f, err := a.Frame(ctx, FrameRequest{
		Among:   "did " + segment.Quote(event.Name) + worthWindow,
		Columns: []string{"sum(" + segment.Quote(property) + ") of " + segment.Quote(event.Name) + worthWindow},
		AsOf:    asOf, Buckets: engine.AllBuckets,
	})
	if err != nil {
		return nil, err
	}
	spent := f.Columns[0].Values
	for _, p := range f.Profiles {
		if !spent.Known.Has(p) {
			continue
		}
		out.Total += spent.Num[p]
		for i, set := range sets {
			if set != nil && set.Contains(p) {
				out.Of[i] += spent.Num[p]
			}
		}
	}
	return out, nil
}
