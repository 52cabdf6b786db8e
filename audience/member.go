package audience

import (
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// maxDays bounds "in segment … for N days": each day is a replay.
const maxDays = 400

// replayed returns what is known of a segment.
func (p *plan) replayed(ctx context.Context, name string) (*replay, error) {
	key := strings.ToLower(name)
	if r := p.segments[key]; r != nil {
		return r, nil
	}
	seg, err := p.a.state.Segment(ctx, name)
	if err != nil {
		return nil, err
	}
	r := &replay{segment: seg}
	if seg.Source == kreds.SourceRule {
		r.versions, err = p.a.state.Versions(ctx, name)
	} else {
		r.records, err = p.a.state.Records(ctx, name)
	}
	if err != nil {
		return nil, err
	}
	p.segments[key] = r
	return r, nil
}

// inForce is the version of the definition at the instant: the last one saved
// until then, or the first.
func (r *replay) inForce(at kreds.Instant) kreds.Version {
	v := r.versions[0]
	for _, later := range r.versions[1:] {
		if kreds.InstantOf(later.Saved) <= at {
			v = later
		}
	}
	return v
}

// recorded is the members on record at the instant.
func (r *replay) recorded(at kreds.Instant) *roaring.Bitmap {
	members := roaring.New()
	for _, rec := range r.records {
		if rec.At <= at {
			members = rec.Members
		}
	}
	return members
}

// membership is the node of a segment's members as of the instant: by the
// definition in force then, or by its record.
func (p *plan) membership(ctx context.Context, s scope, name string, at kreds.Instant) (*node, error) {
	r, err := p.replayed(ctx, name)
	if err != nil {
		return nil, err
	}
	then := scope{subject: r.segment.Subject, asOf: at}
	if r.segment.Source != kreds.SourceRule {
		n := &node{scope: then, text: "in segment " + segment.Quote(r.segment.Name), ask: -1}
		n.eval = func(run *run) (*roaring.Bitmap, error) {
			u, err := run.universe(then)
			if err != nil {
				return nil, err
			}
			return roaring.And(u, r.recorded(at)), nil
		}
		return n, nil
	}
	if slices.Contains(p.stack, r.segment.Name) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the definitions refer to each other in a circle: %s", strings.Join(append(p.stack, r.segment.Name), " → ")).
			WithHint("take one of the references out")
	}
	p.stack = append(p.stack, r.segment.Name)
	defer func() { p.stack = p.stack[:len(p.stack)-1] }()
	rule := at
	if p.rules != nil {
		rule = *p.rules
	}
	e, err := parse(r.inForce(rule).Expression, p.cat)
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeOf(err), "segment %q: %w", r.segment.Name, err).WithHint("%s", kreds.HintOf(err))
	}
	return p.compile(ctx, then, e.Root)
}

// inSegment holds for the members of a segment, now, at another time or for some
// time.
func (p *plan) inSegment(ctx context.Context, out *node, n *segment.InSegment) error {
	at := out.scope.asOf
	if n.AsOf != nil {
		var ok bool
		if at, ok = p.instant(n.AsOf, out.scope.asOf); !ok {
			return out.nobody()
		}
	}
	times := []kreds.Instant{at}
	if n.For != nil {
		from := p.cal.Add(at, -n.For.N, n.For.Unit)
		for d := p.cal.DayOf(at - 1); p.cal.Midnight(d) >= from; d-- {
			if times = append(times, p.cal.Midnight(d)); len(times) > maxDays+1 {
				return kreds.Errorf(kreds.CodeInvalid, "\"for %d %ss\" is more than %d days", n.For.N, n.For.Unit, maxDays).WithHint("ask for fewer days")
			}
		}
	}
	for _, t := range times {
		x, err := p.membership(ctx, out.scope, n.Segment, t)
		if err != nil {
			return err
		}
		out.children = append(out.children, x)
	}
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		set, err := r.within(out.scope, out.children[0])
		if err != nil {
			return nil, err
		}
		for _, c := range out.children[1:] {
			other, err := r.set(c)
			if err != nil {
				return nil, err
			}
			set = roaring.And(set, other)
		}
		return set, nil
	}
	return nil
}

// moved holds for those who joined a segment in a window, or left it: in at one
// end of the window and not at the other.
func (p *plan) moved(ctx context.Context, out *node, n *segment.Moved) error {
	iv := segment.Interval{From: kreds.MinInstant, Before: out.scope.asOf}
	if n.Window != nil {
		var ok bool
		if iv, ok = p.cal.Interval(n.Window, out.scope.asOf, nil); !ok {
			return out.nobody()
		}
		iv.Before = min(iv.Before, out.scope.asOf)
	}
	if iv.From >= iv.Before {
		return out.nobody()
	}
	end, err := p.membership(ctx, out.scope, n.Segment, iv.Before)
	if err != nil {
		return err
	}
	out.children = []*node{end}
	var start *node
	if iv.From != kreds.MinInstant {
		if start, err = p.membership(ctx, out.scope, n.Segment, iv.From); err != nil {
			return err
		}
		out.children = append(out.children, start)
	}
	out.eval = func(r *run) (*roaring.Bitmap, error) {
		u, err := r.universe(out.scope)
		if err != nil {
			return nil, err
		}
		in, err := r.set(end)
		if err != nil {
			return nil, err
		}
		was := roaring.New() // nobody was in before everything began
		if start != nil {
			if was, err = r.set(start); err != nil {
				return nil, err
			}
		}
		if n.Left {
			in, was = was, in
		}
		return roaring.And(u, roaring.AndNot(in, was)), nil
	}
	return nil
}
