package audience

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Members returns the profiles that an expression, or the segment of that name,
// holds for as of the instant.
func (a *Audience) Members(ctx context.Context, expression string, asOf kreds.Instant) (*roaring.Bitmap, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	e, err := p.resolve(ctx, expression)
	if err != nil {
		return nil, err
	}
	root, err := p.add(ctx, e, asOf)
	if err != nil {
		return nil, err
	}
	p.only(e, root)
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	set, err := r.set(root)
	if err != nil {
		return nil, err
	}
	return set.Clone(), nil
}

// Row is one member with the values of the traits asked for, in their order.
type Row struct {
	Key    string
	Values []kreds.Value
}

// Rows yields the members of an expression, or of the segment of that name, in
// the order of their keys, with chosen traits as they were as of the instant.
// Only keys after the one given come, all of them if it is empty.
func (a *Audience) Rows(ctx context.Context, expression string, asOf kreds.Instant, traits []string, after string) (iter.Seq2[Row, error], error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	e, err := p.resolve(ctx, expression)
	if err != nil {
		return nil, err
	}
	root, err := p.add(ctx, e, asOf)
	if err != nil {
		return nil, err
	}
	columns, err := p.columns(e.Subject, asOf, traits)
	if err != nil {
		return nil, err
	}
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	set, err := r.set(root)
	if err != nil {
		return nil, err
	}
	return r.rows(set, columns, after), nil
}

// Refreshed is Rows of the members that the last good refresh of a segment found,
// with traits as they were as of that refresh. They are there too where the
// definition cannot be evaluated any more. The error has CodeNotFound if there is no
// good refresh.
func (a *Audience) Refreshed(ctx context.Context, name string, traits []string, after string) (iter.Seq2[Row, error], error) {
	seg, err := a.state.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	run, set, ok, err := a.state.LastRun(ctx, seg.Name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notRefreshed(seg.Name)
	}
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	columns, err := p.columns(seg.Subject, run.AsOf, traits)
	if err != nil {
		return nil, err
	}
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	// Left out is who is not known any more, because an import was undone, and who
	// objects to profiling by now.
	there, err := a.engine.Population(ctx, seg.Subject, run.AsOf)
	if err != nil {
		return nil, err
	}
	return r.rows(roaring.And(set, there), columns, after), nil
}

// notRefreshed is the error where the members of a refresh are wanted that there is not.
func notRefreshed(segment string) error {
	return kreds.Errorf(kreds.CodeNotFound, "the segment %q has no good refresh yet", segment).WithHint("refresh it first: kreds refresh")
}

// columns asks for the values of traits.
func (p *plan) columns(s kreds.Subject, asOf kreds.Instant, traits []string) ([]int, error) {
	columns := make([]int, len(traits))
	for i, name := range traits {
		term, err := p.trait(s, name)
		if err != nil {
			return nil, err
		}
		columns[i] = p.ask("value "+name, engine.Ask{Kind: s.Kind(), AsOf: asOf, Term: term})
	}
	return columns, nil
}

// rows yields the profiles of a set with the values of columns.
func (r *run) rows(set *roaring.Bitmap, columns []int, after string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for k, err := range r.plan.a.engine.Keys(r.ctx, set, true) {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if after != "" && k.Key <= after {
				continue
			}
			row := Row{Key: k.Key, Values: make([]kreds.Value, len(columns))}
			for i, c := range columns {
				row.Values[i] = valueAt(r.answers[c].Values, uint32(k.Profile))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// trait is the term of a trait's name.
func (p *plan) trait(s kreds.Subject, name string) (segment.Term, error) {
	e := &segment.Expr{Subject: s, Root: &segment.Known{Term: &segment.Path{Name: name}}}
	if err := segment.Check(e, p.cat); err != nil {
		return nil, err
	}
	return e.Root.(*segment.Known).Term, nil
}

// valueAt is one value of a vector.
func valueAt(v *engine.Values, i uint32) kreds.Value {
	if !v.Known.Has(i) {
		return kreds.Value{}
	}
	out := kreds.Value{Type: v.Type}
	switch v.Type {
	case kreds.Number, kreds.Span:
		out.Num = v.Num[i]
	case kreds.Boolean:
		out.Bool = v.Int[i] != 0
	case kreds.Date:
		out.Day = kreds.Day(v.Int[i])
	case kreds.Instants:
		out.Instant = kreds.Instant(v.Int[i])
	case kreds.Location:
		out.Point = kreds.Unpack(v.Int[i])
	case kreds.Text:
		out.Text = v.Dict[v.Code[i]]
	case kreds.List:
		if err := json.Unmarshal([]byte(v.Dict[v.Code[i]]), &out.List); err != nil {
			return kreds.Value{} // the engine stores lists as JSON, so this cannot be
		}
	}
	return out
}
