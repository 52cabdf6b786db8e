package audience

import (
	"context"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// FrameRequest asks for the values of columns for the members of an expression,
// or of the segment of that name, as of an instant. Each column is a term of the
// language ("sum(amount) of purchase") or a condition, whose values are booleans.
type FrameRequest struct {
	Among   string
	Columns []string
	AsOf    kreds.Instant
	Buckets engine.Buckets // which of them are looked at; engine.AllBuckets for all
}

// Frame is a table of profiles by columns.
type Frame struct {
	Subject  kreds.Subject
	Profiles []uint32 // ascending
	Columns  []FrameColumn
}

// FrameColumn is one column: of a term its values by profile number, of a condition
// the profiles that it holds for. Text is its canonical form.
type FrameColumn struct {
	Text   string
	Term   segment.Term
	Values *engine.Values
	Node   segment.Node
	Holds  *roaring.Bitmap
}

// True reports whether a condition, or a term that is true or false, is true of a
// profile.
func (c *FrameColumn) True(profile uint32) bool {
	if c.Term == nil {
		return c.Holds.Contains(profile)
	}
	return c.Values.Type == kreds.Boolean && c.Values.Known.Has(profile) && c.Values.Int[profile] != 0
}

// Frame evaluates columns in one pass over the data. The errors are those of
// Parse; they name the column.
func (a *Audience) Frame(ctx context.Context, q FrameRequest) (*Frame, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	e, err := p.resolve(ctx, q.Among)
	if err != nil {
		return nil, err
	}
	root, err := p.add(ctx, e, q.AsOf)
	if err != nil {
		return nil, err
	}
	f := &Frame{Subject: e.Subject, Columns: make([]FrameColumn, len(q.Columns))}
	asks := make([]int, len(q.Columns))
	nodes := make([]*node, len(q.Columns))
	for i, text := range q.Columns {
		c := &f.Columns[i]
		if c.Term, c.Node, err = p.column(e.Subject, text); err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		if c.Term != nil {
			c.Text = segment.PrintTerm(c.Term)
			asks[i] = p.ask(fmt.Sprintf("term %d %d %s", e.Subject.Kind(), q.AsOf, c.Text),
				engine.Ask{Kind: e.Subject.Kind(), AsOf: q.AsOf, Term: c.Term})
			continue
		}
		c.Text = segment.PrintNode(c.Node)
		if nodes[i], err = p.compile(ctx, root.scope, c.Node); err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
	}
	r, err := p.start(ctx, q.Buckets)
	if err != nil {
		return nil, err
	}
	set, err := r.set(root)
	if err != nil {
		return nil, err
	}
	if p.whole && q.Buckets != engine.AllBuckets {
		within, err := a.engine.Within(ctx, q.Buckets)
		if err != nil {
			return nil, err
		}
		set = roaring.And(set, within)
	}
	f.Profiles = set.ToArray()
	for i := range f.Columns {
		if f.Columns[i].Term != nil {
			f.Columns[i].Values = r.answers[asks[i]].Values
			continue
		}
		if f.Columns[i].Holds, err = r.set(nodes[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Column checks the text of a column against the catalogue and returns it as a
// term or, if it is none, as a condition.
func (a *Audience) Column(ctx context.Context, s kreds.Subject, text string) (segment.Term, segment.Node, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, nil, err
	}
	return p.column(s, text)
}

func (p *plan) column(s kreds.Subject, text string) (segment.Term, segment.Node, error) {
	if t, err := segment.ParseTerm(text); err == nil {
		e := &segment.Expr{Subject: s, Root: &segment.Known{Term: t}}
		if err := segment.Check(e, p.cat); err != nil {
			return nil, nil, err
		}
		return e.Root.(*segment.Known).Term, nil, nil
	}
	e, err := segment.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	e.Subject = s
	if err := segment.Check(e, p.cat); err != nil {
		return nil, nil, err
	}
	return nil, e.Root, nil
}
