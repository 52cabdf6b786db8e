package audience

import (
	"context"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// WorthRequest asks what customers were worth in equal periods, one after another, the
// last of which ends at an instant.
type WorthRequest struct {
	Sets []*roaring.Bitmap // of persons and companies; nil for nobody
	// AsOf ends the last period; 0 means the end of the last day with an event that
	// counts, but not after Until.
	AsOf, Until kreds.Instant
	N           int // of Unit in a period, as 90 days
	Unit        segment.Unit
	Periods     int // at most; periods before the first event are left out, but for the one before the last
}

// Worth is what customers were worth.
type Worth struct {
	Purchase Purchase // zero where no event is known to be a purchase with a worth
	AsOf     kreds.Instant
	First    kreds.Instant // the beginning of the first day with an event that counts; MaxInstant without any
	Ends     kreds.Instant // the end of the last day with an event that counts; MinInstant without any
	Periods  []WorthPeriod // ascending
	Of       []float64     // of the sets asked for in the last period, in their order
	Before   []float64     // likewise in the period before
	// Bought are who had an event that counts in the last period, BoughtBefore in the
	// one before it.
	Bought, BoughtBefore *roaring.Bitmap
}

// WorthPeriod is what all customers were worth from an instant up to another, and how
// many of them had an event that counts.
type WorthPeriod struct {
	From, To kreds.Instant
	Value    float64
	Buyers   int64
}

// Worth sums what counts as value over periods, of all customers and of the members of
// each set. Which event counts and which number its worth is, FindPurchase tells; where
// it cannot be told, Purchase is zero and there are no periods. What persons and what
// companies did is both counted, each for its own.
func (a *Audience) Worth(ctx context.Context, q WorthRequest) (*Worth, error) {
	out := &Worth{AsOf: q.AsOf, First: kreds.MaxInstant, Ends: kreds.MinInstant, Of: make([]float64, len(q.Sets)), Before: make([]float64, len(q.Sets)), Bought: roaring.New(), BoughtBefore: roaring.New()}
	if q.AsOf == 0 {
		out.AsOf = q.Until
	}
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	bought, err := FindPurchase(cat, "", "")
	if kreds.CodeOf(err) == kreds.CodeInvalid || err == nil && bought.Value == "" {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Purchase = bought
	cal, err := a.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	subjects := []kreds.Subject{kreds.Persons}
	companies, err := a.engine.Everyone(ctx, kreds.Company, out.AsOf)
	if err != nil {
		return nil, err
	}
	if !companies.IsEmpty() {
		subjects = append(subjects, kreds.Companies)
	}
	first, last, err := a.span(ctx, bought, subjects, out.AsOf)
	if err != nil || last == kreds.MinInstant {
		return out, err
	}
	out.First = cal.Midnight(cal.DayOf(first))
	out.Ends = cal.Midnight(cal.DayOf(last) + 1)
	if q.AsOf == 0 {
		out.AsOf = min(out.AsOf, out.Ends)
	}
	for i := 0; i < max(q.Periods, 2); i++ {
		p := WorthPeriod{From: cal.Add(out.AsOf, -(i+1)*q.N, q.Unit), To: cal.Add(out.AsOf, -i*q.N, q.Unit)}
		if i > 1 && p.To <= first {
			break
		}
		out.Periods = append(out.Periods, p)
	}
	slices.Reverse(out.Periods)
	return out, a.sums(ctx, out, subjects, q.Sets)
}

// measure is the value of a purchase within a window; nil of all time.
func (p *Purchase) measure(cat *kreds.Catalogue, w *segment.Window) (*segment.Measure, error) {
	t, err := segment.ParseTerm(p.Value)
	if err != nil {
		return nil, err
	}
	m := t.(*segment.Measure) // as ReadValue and purchaseOf make them
	m.Window = w
	return m, segment.Check(&segment.Expr{Subject: kreds.Persons, Root: &segment.Known{Term: m}}, cat)
}

// span returns the instants of the first and the last event that counts.
func (a *Audience) span(ctx context.Context, bought Purchase, subjects []kreds.Subject, asOf kreds.Instant) (first, last kreds.Instant, err error) {
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return 0, 0, err
	}
	m, err := bought.measure(cat, nil)
	if err != nil {
		return 0, 0, err
	}
	var questions []Question
	for _, s := range subjects {
		for _, end := range []bool{false, true} {
			questions = append(questions, Question{AsOf: asOf, Subject: s, Term: &segment.EventInstant{Last: end, Events: m.Events, Where: m.Where}})
		}
	}
	replies, err := a.Ask(ctx, questions, Asking{})
	if err != nil {
		return 0, 0, err
	}
	first, last = kreds.MaxInstant, kreds.MinInstant
	for _, r := range replies {
		for it := r.Population.Iterator(); it.HasNext(); {
			if i := it.Next(); r.Values.Known.Has(i) {
				first, last = min(first, kreds.Instant(r.Values.Int[i])), max(last, kreds.Instant(r.Values.Int[i]))
			}
		}
	}
	return first, last, nil
}

// sums fills in the values of periods and sets, in one pass over the events of each
// kind of profiles.
func (a *Audience) sums(ctx context.Context, out *Worth, subjects []kreds.Subject, sets []*roaring.Bitmap) error {
	cat, err := a.Catalogue(ctx)
	if err != nil {
		return err
	}
	at := func(t kreds.Instant) *segment.DateValue {
		return &segment.DateValue{Kind: segment.DateInstant, Text: t.Time().Format(time.RFC3339Nano)}
	}
	var questions []Question
	for _, s := range subjects {
		for _, p := range out.Periods {
			// Both ends of "between" are in.
			m, err := out.Purchase.measure(cat, &segment.Window{Kind: segment.WindowBetween, D: at(p.From), E: at(p.To - 1)})
			if err != nil {
				return err
			}
			questions = append(questions, Question{AsOf: out.AsOf, Subject: s, Term: m})
		}
	}
	replies, err := a.Ask(ctx, questions, Asking{})
	if err != nil {
		return err
	}
	n := len(out.Periods)
	for k, r := range replies {
		p := &out.Periods[k%n]
		of, all := out.Of, out.Bought
		if k%n == n-2 {
			of, all = out.Before, out.BoughtBefore
		}
		bought := roaring.New()
		for it := r.Population.Iterator(); it.HasNext(); {
			if i := it.Next(); r.Values.Known.Has(i) && (r.Values.Events == nil || r.Values.Events.Has(i)) {
				bought.Add(i)
				p.Value += r.Values.Num[i]
			}
		}
		p.Buyers += int64(bought.GetCardinality())
		if k%n < n-2 {
			continue
		}
		all.Or(bought)
		for s, set := range sets {
			if set == nil {
				continue
			}
			for it := roaring.And(set, bought).Iterator(); it.HasNext(); {
				of[s] += r.Values.Num[it.Next()]
			}
		}
	}
	return nil
}
