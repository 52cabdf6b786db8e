package audience

import (
	"context"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Figure is what a list of profiles can show beside traits.
type Figure string

// The figures. Purchases and their value are what FindPurchase tells; of a company
// its own and those of its persons are taken together. Where it cannot be told what a
// purchase is, they are unknown.
const (
	FigureValue        Figure = "value"
	FigurePurchases    Figure = "purchases"
	FigureLastPurchase Figure = "last_purchase"
	FigureFirstSeen    Figure = "first_seen"
	FigureCompany      Figure = "company"  // key of a person's company
	FigurePersons      Figure = "persons"  // number of a company's persons
	FigureSegments     Figure = "segments" // those that its last good refresh found it in
)

// figure asks for the values of a figure.
func (l *listing) figure(ctx context.Context, f Figure) error {
	if _, done := l.figures[f]; done {
		return nil
	}
	q, p := l.q, l.p
	kind := q.Subject.Kind()
	var asks []int
	switch f {
	case FigureValue, FigurePurchases, FigureLastPurchase:
		terms, err := l.purchaseTerms(f)
		if err != nil {
			return err
		}
		for _, t := range terms {
			asks = append(asks, p.ask(fmt.Sprintf("term %d %d %s", kind, q.AsOf, segment.PrintTerm(t)), engine.Ask{Kind: kind, AsOf: q.AsOf, Term: t}))
		}
	case FigureFirstSeen:
		of, err := p.columns(q.Subject, q.AsOf, []string{"profile.first_seen"})
		if err != nil {
			return err
		}
		asks = of
	case FigureCompany, FigurePersons:
		l.owner = p.owners(q.AsOf)
	case FigureSegments:
		if err := l.planSegments(ctx); err != nil {
			return err
		}
	default:
		return kreds.Errorf(kreds.CodeInvalid, "there is no figure %q", f).WithHint("there are: %s", strings.Join([]string{
			string(FigureValue), string(FigurePurchases), string(FigureLastPurchase), string(FigureFirstSeen), string(FigureCompany), string(FigurePersons), string(FigureSegments),
		}, ", "))
	}
	l.figures[f] = asks
	return nil
}

// purchaseTerms are the terms whose values make a figure of purchases; none where it
// cannot be told what a purchase is.
func (l *listing) purchaseTerms(f Figure) ([]segment.Term, error) {
	bought, err := FindPurchase(l.p.cat, "", "")
	if kreds.CodeOf(err) == kreds.CodeInvalid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.out.Purchase = bought
	switch f {
	case FigureValue:
		if bought.Property == "" {
			return nil, nil
		}
		return l.p.purchaseTerms(l.q.Subject, bought, "sum("+segment.Quote(bought.Property)+") of ")
	case FigureLastPurchase:
		return l.p.purchaseTerms(l.q.Subject, bought, "last ")
	default:
		return l.p.purchaseTerms(l.q.Subject, bought, "count of ")
	}
}

func (l *listing) planSegments(ctx context.Context) error {
	all, err := l.p.a.state.Segments(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Subject != l.q.Subject {
			continue
		}
		_, members, ok, err := l.p.a.state.LastRun(ctx, s.Name)
		if err != nil {
			return err
		}
		if ok {
			l.segments = append(l.segments, listSegment{s.Name, members})
		}
	}
	return nil
}

// together are the values of a figure, put together once.
func (l *listing) together(f Figure) *engine.Values {
	if l.values[f] == nil {
		l.values[f] = l.combined(f)
	}
	return l.values[f]
}

// combined are the values of a figure, which may be those of several asks: sums are
// added, of instants the latest counts. They are known where one of them is.
func (l *listing) combined(f Figure) *engine.Values {
	asks := l.figures[f]
	switch {
	case f == FigurePersons:
		return personsOf(l.r.answers[l.owner].Values)
	case len(asks) == 0:
		return &engine.Values{Type: kreds.Number}
	case len(asks) == 1:
		return l.r.answers[asks[0]].Values
	}
	first := l.r.answers[asks[0]].Values
	n := len(first.Known) * 64
	out := &engine.Values{Type: first.Type, Known: engine.MakeBits(n)}
	if first.Num != nil {
		out.Num = make([]float64, n)
	} else {
		out.Int = make([]int64, n)
	}
	if first.Events != nil {
		out.Events = engine.MakeBits(n)
	}
	for _, ask := range asks {
		v := l.r.answers[ask].Values
		for i := range uint32(n) {
			switch {
			case !v.Known.Has(i):
				continue
			case v.Num != nil:
				out.Num[i] += v.Num[i]
			case !out.Known.Has(i) || v.Int[i] > out.Int[i]:
				out.Int[i] = v.Int[i]
			}
			out.Known.Set(i)
			if v.Events.Has(i) {
				out.Events.Set(i)
			}
		}
	}
	return out
}

// personsOf counts the persons of each company.
func personsOf(owner *engine.Values) *engine.Values {
	n := len(owner.Int)
	out := &engine.Values{Type: kreds.Number, Num: make([]float64, n), Known: engine.MakeBits(n)}
	for i, c := range owner.Int {
		if owner.Known.Has(uint32(i)) {
			out.Num[c]++
			out.Known.Set(uint32(c))
		}
	}
	return out
}
