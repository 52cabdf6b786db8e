package audience

import (
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Create saves a new segment whose members follow from an expression. The
// version's expression is checked and saved in printed form; the segment's
// subject is the expression's. The errors are those of Parse, and CodeConflict if
// the name is taken.
func (a *Audience) Create(ctx context.Context, seg kreds.Segment, first kreds.Version) (kreds.Segment, error) {
	e, err := a.Parse(ctx, first.Expression)
	if err != nil {
		return seg, err
	}
	if err := a.acyclic(ctx, seg.Name, e); err != nil {
		return seg, err
	}
	seg.Subject, seg.Source, first.Expression = e.Subject, kreds.SourceRule, e.String()
	return a.state.CreateSegment(ctx, seg, first)
}

// CreateList saves a new segment whose members are the profiles of the keys, from
// now on. The error has CodeInvalid if a key is unknown, naming the first ones.
func (a *Audience) CreateList(ctx context.Context, seg kreds.Segment, keys []string) (kreds.Segment, error) {
	members := roaring.New()
	var missing []string
	for _, key := range keys {
		id, err := a.engine.Find(ctx, seg.Subject.Kind(), key)
		switch {
		case kreds.CodeOf(err) == kreds.CodeNotFound:
			missing = append(missing, key)
		case err != nil:
			return seg, err
		default:
			members.Add(uint32(id))
		}
	}
	if len(missing) > 0 {
		return seg, kreds.Errorf(kreds.CodeInvalid, "%d of %d keys are unknown, as %q", len(missing), len(keys), missing[0]).
			WithHint("import these profiles first, or leave them out")
	}
	seg.Source = kreds.SourceList
	seg, err := a.state.CreateSegment(ctx, seg, kreds.Version{})
	if err != nil {
		return seg, err
	}
	return seg, a.state.AddRecord(ctx, seg.Name, kreds.InstantOf(a.clock()), members)
}

// Edit saves a new version of a segment's definition. Base, if not 0, is the
// version that the edit was made from; the error has CodeConflict if there is a
// newer one.
func (a *Audience) Edit(ctx context.Context, name string, v kreds.Version, base int) (kreds.Segment, error) {
	seg, e, err := a.edited(ctx, name, v.Expression)
	if err != nil {
		return seg, err
	}
	v.Expression = e.String()
	return a.state.EditSegment(ctx, name, v, base)
}

// edited checks a new definition of a segment.
func (a *Audience) edited(ctx context.Context, name, expression string) (kreds.Segment, *segment.Expr, error) {
	seg, err := a.state.Segment(ctx, name)
	if err != nil {
		return seg, nil, err
	}
	e, err := a.Parse(ctx, expression)
	if err != nil {
		return seg, nil, err
	}
	if e.Subject != seg.Subject {
		return seg, nil, kreds.Errorf(kreds.CodeInvalid, "segment %q is about %s, the new definition about %s", seg.Name, seg.Subject, e.Subject).
			WithHint("make another segment of it")
	}
	return seg, e, a.acyclic(ctx, seg.Name, e)
}

// acyclic refuses a definition that refers back to the segment, naming the way.
func (a *Audience) acyclic(ctx context.Context, name string, e *segment.Expr) error {
	seen := map[string]bool{}
	var visit func(way []string, e *segment.Expr) error
	visit = func(way []string, e *segment.Expr) error {
		for _, ref := range segment.References(e) {
			if strings.EqualFold(ref, name) {
				return kreds.Errorf(kreds.CodeInvalid, "the definition would refer to itself: %s", strings.Join(append(way, name), " → ")).
					WithHint("take one of the references out")
			}
			if seen[strings.ToLower(ref)] {
				continue
			}
			seen[strings.ToLower(ref)] = true
			seg, err := a.state.Segment(ctx, ref)
			if err != nil {
				return err
			}
			if seg.Source != kreds.SourceRule {
				continue
			}
			next, err := segment.Parse(seg.Expression)
			if err != nil {
				return err
			}
			if err := visit(append(slices.Clip(way), seg.Name), next); err != nil {
				return err
			}
		}
		return nil
	}
	return visit([]string{name}, e)
}

// Preview is what an edit would change as of an instant.
type Preview struct{ Before, After, Joined, Left int64 }

// PreviewEdit says what another definition of a segment would change, and saves
// nothing.
func (a *Audience) PreviewEdit(ctx context.Context, name, expression string, asOf kreds.Instant) (*Preview, error) {
	seg, e, err := a.edited(ctx, name, expression)
	if err != nil {
		return nil, err
	}
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	was, err := p.definition(seg)
	if err != nil {
		return nil, err
	}
	before, err := p.add(ctx, was, asOf)
	if err != nil {
		return nil, err
	}
	after, err := p.add(ctx, e, asOf)
	if err != nil {
		return nil, err
	}
	r, err := p.start(ctx, engine.AllBuckets)
	if err != nil {
		return nil, err
	}
	x, err := r.set(before)
	if err != nil {
		return nil, err
	}
	y, err := r.set(after)
	if err != nil {
		return nil, err
	}
	both := x.AndCardinality(y)
	nx, ny := x.GetCardinality(), y.GetCardinality()
	return &Preview{Before: int64(nx), After: int64(ny), Joined: int64(ny - both), Left: int64(nx - both)}, nil
}

// Describe changes description, owner, tags and archived of a segment.
func (a *Audience) Describe(ctx context.Context, name string, change func(*kreds.Segment)) (kreds.Segment, error) {
	return a.state.UpdateSegment(ctx, name, change)
}

// Rename gives a segment another name; references to it follow.
func (a *Audience) Rename(ctx context.Context, from, to string) error {
	return a.state.RenameSegment(ctx, from, to)
}

// Delete removes a segment; the error has CodeConflict if another refers to it.
func (a *Audience) Delete(ctx context.Context, name string) error {
	return a.state.DeleteSegment(ctx, name)
}

// History returns the versions of a segment, oldest first, and its last runs,
// newest first, at most limit.
func (a *Audience) History(ctx context.Context, name string, limit int) ([]kreds.Version, []kreds.Run, error) {
	versions, err := a.state.Versions(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	runs, err := a.state.Runs(ctx, name, limit)
	return versions, runs, err
}
