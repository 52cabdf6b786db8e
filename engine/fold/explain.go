package fold

import (
	"context"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// Explain answers the asks of the request for one profile and says what decided
// them. The request's buckets do not matter.
func Explain(ctx context.Context, d Data, r *engine.Request, p kreds.Profile) ([]engine.Explanation, error) {
	buckets := d.BucketOf()
	if int(p) >= len(buckets) || int(p) >= d.Profiles() {
		return nil, kreds.Errorf(kreds.CodeNotFound, "no profile %d", p)
	}
	one := *r
	one.Buckets = engine.Buckets{From: int(buckets[p]), To: int(buckets[p])}
	one.Asks = append([]engine.Ask(nil), r.Asks...)
	e, err := newEvaluation(ctx, d, &one, 1)
	if err != nil {
		return nil, err
	}
	whys := make([]why, len(r.Asks))
	for i := range r.Asks {
		one.Asks[i].WantUnknown = r.Asks[i].Leaf != nil
		w := &whys[i]
		w.e, w.ask, w.b = e, &r.Asks[i], condition.NewBuilder(e.set, r.Asks[i].AsOf)
		if err := w.resolve(); err != nil {
			return nil, err
		}
		w.first = len(one.Asks)
		for _, s := range w.b.Slots {
			if s.Term != nil {
				one.Asks = append(one.Asks, engine.Ask{Kind: w.ask.Kind, AsOf: w.ask.AsOf, Term: s.Term})
			}
		}
	}
	answers, err := Evaluate(ctx, d, &one, 1)
	if err != nil {
		return nil, err
	}
	out := make([]engine.Explanation, len(r.Asks))
	for i := range whys {
		w, x := &whys[i], &out[i]
		if err := w.explain(x, answers[i], answers[w.first:], p); err != nil {
			return nil, err
		}
		if err := e.collect(w.ask, x, p); err != nil {
			return nil, err
		}
	}
	if err := e.sweepAll(); err != nil {
		return nil, err
	}
	return out, nil
}

// why is one ask on its way to an explanation.
type why struct {
	e     *evaluation
	ask   *engine.Ask
	b     *condition.Builder
	main  bool // slot 0 is what the leaf is about
	first int  // where the asks of the slots begin
	// against gives what is compared with, from the cells of the slots.
	against []func(v []condition.Cell) []kreds.Value
}

// resolve finds the terms and values that a leaf compares.
func (w *why) resolve() error {
	if w.ask.Leaf == nil {
		return nil
	}
	term := condition.TermOf(w.ask.Leaf)
	switch n := w.ask.Leaf.(type) {
	case *segment.Did:
		if len(n.Steps) == 1 {
			term = countOf(n.Steps[0])
			w.counts(n.Steps[0].Count)
		}
	case *segment.Changed:
		term = n.Term
	case *segment.Became:
		term = n.Term
	case *segment.WentFrom:
		term = n.Term
	case *segment.HasBeen:
		term = n.Term
	}
	typ := kreds.Unknown
	if term != nil {
		w.main, typ = true, term.Type()
		w.b.SlotOf(term)
	}
	switch n := w.ask.Leaf.(type) {
	case *segment.BoolTerm:
		w.literal(kreds.Value{Type: kreds.Boolean, Bool: true})
	case *segment.Compare:
		return w.values(typ, n.Value)
	case *segment.Between:
		return w.values(typ, n.Lo, n.Hi)
	case *segment.In:
		return w.values(typ, n.Values...)
	case *segment.InList:
		list, err := w.e.set.List(n.List)
		if err != nil {
			return err
		}
		w.texts(list)
	case *segment.TextMatch:
		w.texts(n.Texts)
	case *segment.Includes:
		return w.values(kreds.Text, n.Values...)
	case *segment.InWindow:
		w.window(n.Window, typ)
	case *segment.Anniversary:
		w.window(n.Window, kreds.Date)
	case *segment.Changed:
		w.window(n.Window, kreds.Instants)
	case *segment.Became:
		w.window(n.Window, kreds.Instants)
		return w.values(typ, n.To)
	case *segment.WentFrom:
		w.window(n.Window, kreds.Instants)
		return w.values(typ, n.From, n.To)
	case *segment.HasBeen:
		since := w.e.set.Calendar.Add(w.ask.AsOf, -n.For.N, n.For.Unit)
		w.literal(kreds.Value{Type: kreds.Instants, Instant: since})
		return w.values(typ, n.Values...)
	case *segment.Near:
		w.places(n)
	case *segment.Bucket:
		w.literal(kreds.Value{Type: kreds.Number, Num: float64(n.From)})
		w.literal(kreds.Value{Type: kreds.Number, Num: float64(n.To)})
	}
	return nil
}

func (w *why) literal(v kreds.Value) {
	w.against = append(w.against, func([]condition.Cell) []kreds.Value { return []kreds.Value{v} })
}

func (w *why) texts(texts []string) {
	for _, s := range texts {
		w.literal(kreds.Value{Type: kreds.Text, Text: s})
	}
}

func (w *why) counts(c *segment.Count) {
	n := 1
	if c != nil {
		n = c.N
	}
	w.literal(kreds.Value{Type: kreds.Number, Num: float64(n)})
	if c != nil && c.Op == segment.FromTo {
		w.literal(kreds.Value{Type: kreds.Number, Num: float64(c.M)})
	}
}

func (w *why) places(n *segment.Near) {
	if n.Point {
		w.literal(kreds.Value{Type: kreds.Location, Point: kreds.PointOf(n.Lat, n.Lon)})
		return
	}
	for _, p := range w.e.set.Places {
		if n.Any || p.Name == n.Name {
			w.literal(kreds.Value{Type: kreds.Location, Point: p.Point})
		}
	}
}

// values adds what a term of the type is compared with; dates by their ends.
func (w *why) values(typ kreds.Type, vs ...segment.Value) error {
	for _, v := range vs {
		if typ == kreds.Date || typ == kreds.Instants {
			in, err := w.b.Stretch(v, typ)
			if err != nil {
				return err
			}
			w.ends(in)
			continue
		}
		o, err := w.b.Operand(v)
		if err != nil {
			return err
		}
		w.against = append(w.against, func(c []condition.Cell) []kreds.Value { return []kreds.Value{o.Of(c).Value(typ)} })
	}
	return nil
}

func (w *why) window(win *segment.Window, typ kreds.Type) {
	if win != nil {
		w.ends(w.b.Window(win, typ))
	}
}

// ends adds both ends of an interval; an open one is unknown.
func (w *why) ends(in condition.Interval) {
	w.against = append(w.against, func(c []condition.Cell) []kreds.Value {
		iv, ok := in.Of(c)
		out := make([]kreds.Value, 2)
		for i, t := range []kreds.Instant{iv.From, iv.Before} {
			if ok && t != kreds.MinInstant && t != kreds.MaxInstant {
				out[i] = kreds.Value{Type: kreds.Instants, Instant: t}
			}
		}
		return out
	})
}

// explain fills in what the answers say of the profile.
func (w *why) explain(x *engine.Explanation, a engine.Answer, slots []engine.Answer, p kreds.Profile) error {
	if w.ask.Leaf == nil {
		if a.Values != nil {
			typ := a.Values.Type
			if w.ask.Owner {
				key, err := w.e.d.Key(w.e.ctx)
				if c := condition.ColumnOf(a.Values).At(int(p)); err == nil && c.Known && int(c.Int) < len(key) {
					x.Value = kreds.Value{Type: kreds.Text, Text: key[c.Int]}
				}
				return err
			}
			x.Value = condition.ColumnOf(a.Values).At(int(p)).Value(typ)
		}
		return nil
	}
	x.Holds, x.Unknown = a.Members.Contains(uint32(p)), a.Unknown.Contains(uint32(p))
	cells := make([]condition.Cell, len(w.b.Slots))
	for i, s := range w.b.Slots {
		if s.Term == nil {
			if t := w.e.d.FirstEvent(); int(p) < len(t) && t[p] < w.ask.AsOf {
				cells[i] = condition.IntCell(int64(t[p]))
			}
			continue
		}
		v := slots[0].Values
		slots = slots[1:]
		cells[i] = condition.ColumnOf(v).At(int(p))
		if i == 0 && w.main {
			x.Value = cells[0].Value(v.Type)
		}
	}
	if n, ok := w.ask.Leaf.(*segment.Bucket); ok {
		if _, err := w.e.bucket(n); err != nil {
			return err
		}
		h := w.e.hashes[n.Salt][p] % uint64(n.Of)
		x.Value = kreds.Value{Type: kreds.Number, Num: float64(h)}
	}
	for _, f := range w.against {
		x.Against = append(x.Against, f(cells)...)
	}
	return nil
}
