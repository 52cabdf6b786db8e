package audience

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// owners asks for the company of each person as of the instant.
func (p *plan) owners(asOf kreds.Instant) int {
	p.whole = true
	return p.ask(fmt.Sprintf("owner %d", asOf), engine.Ask{Kind: kreds.Person, AsOf: asOf, Owner: true})
}

// ofCompany holds for persons whose company satisfies a condition.
func (p *plan) ofCompany(ctx context.Context, out *node, n *segment.OfCompany) error {
	x, err := p.compile(ctx, scope{subject: kreds.Companies, all: true, asOf: out.scope.asOf}, n.X)
	if err != nil {
		return err
	}
	out.children = []*node{x}
	ask := p.owners(out.scope.asOf)
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		u, err := r.universe(out.scope)
		if err != nil {
			return nil, err
		}
		companies, err := r.set(x)
		if err != nil {
			return nil, err
		}
		return r.persons(ask, u, companies), nil
	}
	return nil
}

// persons are those of the set whose company is one of the companies.
func (r *run) persons(ask int, of, companies *roaring.Bitmap) *roaring.Bitmap {
	owner := r.answers[ask].Values
	in := engine.MakeBits(int(maximum(companies)) + 1)
	for it := companies.Iterator(); it.HasNext(); {
		in.Set(it.Next())
	}
	out := engine.MakeBits(int(maximum(of)) + 1)
	for it := of.Iterator(); it.HasNext(); {
		i := it.Next()
		if owner.Known.Has(i) && in.Has(uint32(owner.Int[i])) {
			out.Set(i)
		}
	}
	return out.Roaring()
}

// maximum is the highest number of a set, 0 of an empty one.
func maximum(set *roaring.Bitmap) uint32 {
	if set.IsEmpty() {
		return 0
	}
	return set.Maximum()
}

// ofPersons holds for companies by how many of their persons satisfy a condition.
func (p *plan) ofPersons(ctx context.Context, out *node, n *segment.OfPersons) error {
	people := scope{subject: kreds.Persons, all: true, asOf: out.scope.asOf}
	x, err := p.compile(ctx, people, n.X)
	if err != nil {
		return err
	}
	out.children = []*node{x}
	ask := p.owners(out.scope.asOf)
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		u, err := r.universe(out.scope)
		if err != nil {
			return nil, err
		}
		everyone, err := r.universe(people)
		if err != nil {
			return nil, err
		}
		matching, err := r.set(x)
		if err != nil {
			return nil, err
		}
		owner := r.answers[ask].Values
		has, all := countByCompany(owner, matching), countByCompany(owner, everyone)
		set := engine.MakeBits(int(maximum(u)) + 1)
		for it := u.Iterator(); it.HasNext(); {
			c := it.Next()
			var holds bool
			switch n.Quant {
			case segment.QuantAny:
				holds = has[c] > 0
			case segment.QuantNo:
				holds = has[c] == 0
			case segment.QuantAll:
				holds = all[c] > 0 && has[c] == all[c]
			case segment.QuantCount:
				holds = n.Op.Holds(has[c], n.N, 0)
			}
			if holds {
				set.Set(c)
			}
		}
		return set.Roaring(), nil
	}
	return nil
}

func countByCompany(owner *engine.Values, persons *roaring.Bitmap) map[uint32]int {
	count := map[uint32]int{}
	for it := persons.Iterator(); it.HasNext(); {
		if i := it.Next(); owner.Known.Has(i) {
			count[uint32(owner.Int[i])]++
		}
	}
	return count
}
