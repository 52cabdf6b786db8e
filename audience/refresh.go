package audience

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/state"
)

// Refresh evaluates segments as of an instant, all that are not archived if none are
// named, in one pass over the data, and saves the runs together. A run that fails has an
// error and leaves the last good members in place; Refresh itself fails only if
// nothing could be evaluated or saved. Runs come in the order of the names. Broken are
// the segments whose members could not be assigned, by number: their runs fail.
func (a *Audience) Refresh(ctx context.Context, names []string, asOf kreds.Instant, broken map[int64]error) ([]kreds.Run, error) {
	segments, err := a.due(ctx, names)
	if err != nil || len(segments) == 0 {
		return nil, err
	}
	began := a.clock()
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	runs := make([]state.RunMembers, len(segments))
	nodes := make([]*node, len(segments))
	for i, seg := range segments {
		runs[i].Run = kreds.Run{Segment: seg.ID, Version: seg.Version, AsOf: asOf, Started: began}
		e, err := p.definition(seg)
		if why := broken[seg.ID]; why != nil {
			err = why
		}
		if err == nil {
			nodes[i], err = p.add(ctx, e, asOf)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			runs[i].Run.Error = err.Error()
		}
	}
	r, evalErr := p.start(ctx, engine.AllBuckets)
	if evalErr != nil && ctx.Err() != nil {
		return nil, evalErr
	}
	for i, seg := range segments {
		run := &runs[i].Run
		if run.Error != "" {
			continue
		}
		err := evalErr
		if err == nil {
			err = a.finish(ctx, r, nodes[i], seg, &runs[i])
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			run.Error = err.Error()
		}
	}
	seconds := a.clock().Sub(began).Seconds()
	for i := range runs {
		runs[i].Run.Seconds = seconds
	}
	// What was found is saved even if the one who asked has gone.
	save, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := a.state.SaveRuns(save, runs); err != nil {
		return nil, errors.Join(evalErr, err)
	}
	out := make([]kreds.Run, len(runs))
	for i := range runs {
		out[i] = runs[i].Run
	}
	return out, nil
}

// finish fills in a run's members and what changed since the last good one.
func (a *Audience) finish(ctx context.Context, r *run, n *node, seg kreds.Segment, out *state.RunMembers) error {
	set, err := r.set(n)
	if err != nil {
		return err
	}
	_, last, ok, err := a.state.LastRun(ctx, seg.Name)
	if err != nil {
		return err
	}
	if !ok {
		last = roaring.New()
	}
	out.Members = set.Clone()
	both := set.AndCardinality(last)
	out.Run.Members = int64(set.GetCardinality())
	out.Run.Joined = int64(set.GetCardinality() - both)
	out.Run.Left = int64(last.GetCardinality() - both)
	return nil
}

// due are the segments of the names, or all that are not archived.
func (a *Audience) due(ctx context.Context, names []string) ([]kreds.Segment, error) {
	var out []kreds.Segment
	if len(names) == 0 {
		all, err := a.state.Segments(ctx)
		return slices.DeleteFunc(all, func(s kreds.Segment) bool { return !s.Archived.IsZero() }), err
	}
	seen := map[int64]bool{}
	for _, name := range names {
		seg, err := a.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		if !seen[seg.ID] {
			seen[seg.ID] = true
			out = append(out, seg)
		}
	}
	return out, nil
}
