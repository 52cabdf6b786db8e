package discover

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

// By says what an accepted segment's members follow from.
type By string

// Rules can be read and edited; the model keeps exactly the segments that were found,
// and assigns newcomers when segments are refreshed; typing does that, and assigns by
// the kept typing tool those who were not in the discovery.
const (
	ByRule   By = "rule"
	ByModel  By = "model"
	ByTyping By = "typing"
)

// Acceptance says which segments to make of a discovery. Segments are numbered from 0,
// the largest first; none means all. Names, of the segments in order, have defaults made
// of the discovery's name and the segments' own.
type Acceptance struct {
	K        int // 0: the recommended one
	By       By
	Segments []int
	Names    []string
	Owner    string
	Author   string
}

// Accept makes segments of a discovery, all or none. The error has CodeInvalid if there
// is no such solution or, by rule, a segment has none, and CodeConflict if a name is
// taken.
func (d *Discoverer) Accept(ctx context.Context, name string, a Acceptance) ([]kreds.Segment, error) {
	found, err := d.Discovery(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := found.solution(a.K)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]By{ByRule, ByModel, ByTyping}, a.By) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "what the segments are made by is not given").
			WithHint("take rule, for segments that can be read and edited, model, for exactly those that were found, or typing, to assign everybody else too")
	}
	chosen, err := a.chosen(s)
	if err != nil {
		return nil, err
	}
	m := modelOf(found, s)
	if a.By == ByTyping {
		if m.Typing, err = found.observedBy(s); err != nil {
			return nil, err
		}
		if err := d.alone(ctx, m); err != nil {
			return nil, err
		}
	}
	var sets []*roaring.Bitmap
	if a.By != ByRule {
		if sets, _, err = d.assigned(ctx, m, found.AsOf); err != nil {
			return nil, err
		}
	}
	var made []state.NewSegment
	for i, at := range chosen {
		seg := s.Segments[at]
		n := state.NewSegment{
			Segment: kreds.Segment{
				Name: found.Name + ": " + seg.Name, Owner: a.Owner, Subject: found.Subject, Tags: []string{kreds.Say("discovered")},
				Description: kreds.Say("Segment %d of %d of the discovery %q (%s).", at+1, s.K, found.Name, seg.Name),
			},
			First: kreds.Version{Author: a.Author, Note: kreds.Say("accepted from the discovery %q", found.Name)},
			At:    found.AsOf,
		}
		if a.By == ByTyping {
			n.Segment.Description = kreds.Say("Segment %d of %d of the discovery %q (%s). Whoever was not in it is assigned by what is known of everybody, which is right for %.0f %% (always naming the largest: %.0f %%).",
				at+1, s.K, found.Name, seg.Name, 100*m.Typing.Accuracy, 100*m.Typing.Baseline)
		}
		if i < len(a.Names) && a.Names[i] != "" {
			n.Segment.Name = a.Names[i]
		}
		switch {
		case a.By != ByRule:
			n.Members = sets[at]
		case seg.Rule == nil:
			return nil, kreds.Errorf(kreds.CodeInvalid, "segment %d has no rule: nothing in the features tells it from the others", at+1).WithHint("accept by model")
		default:
			// The language may know less than when the rule was made.
			e, err := d.audience.Parse(ctx, seg.Rule.Expression)
			if err != nil {
				return nil, fmt.Errorf("the rule of segment %d: %w", at+1, err)
			}
			n.First.Expression = e.String()
		}
		made = append(made, n)
	}
	if a.By == ByRule {
		return d.state.CreateSegments(ctx, made, nil)
	}
	m.Places = chosen
	document, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("keeping the model: %w", err)
	}
	return d.state.CreateSegments(ctx, made, document)
}

// alone refuses a second model whose probabilities would be kept under the same names.
func (d *Discoverer) alone(ctx context.Context, m *model) error {
	models, err := d.state.Models(ctx)
	if err != nil {
		return err
	}
	for _, kept := range models {
		var other model
		if err := json.Unmarshal(kept.Document, &other); err != nil {
			return fmt.Errorf("reading the model: %w", err)
		}
		if other.Typing == nil || segment.NameOf(other.Discovery) != segment.NameOf(m.Discovery) {
			continue
		}
		for _, seg := range kept.Segments {
			return kreds.Errorf(kreds.CodeConflict, "segments of the discovery %q are assigned by typing already, as %q", m.Discovery, seg.Name).
				WithHint("delete these segments first, or accept by model")
		}
	}
	return nil
}

func (a *Acceptance) chosen(s *Solution) ([]int, error) {
	chosen := a.Segments
	if len(chosen) == 0 {
		for i := range s.Segments {
			chosen = append(chosen, i)
		}
	}
	for i, c := range chosen {
		if c < 0 || c >= len(s.Segments) || slices.Contains(chosen[:i], c) {
			return nil, kreds.Errorf(kreds.CodeInvalid, "there is no segment %d to accept once", c+1).WithHint("they are numbered from 1 to %d", len(s.Segments))
		}
	}
	if len(a.Names) > len(chosen) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "there are %d names for %d segments", len(a.Names), len(chosen))
	}
	return chosen, nil
}

// solution returns the one of k segments, 0 being the recommended one.
func (d *Discovery) solution(k int) (*Solution, error) {
	if k == 0 {
		k = d.Recommended.K
	}
	var ks []int
	for _, s := range d.Solutions {
		if s.K == k {
			return s, nil
		}
		ks = append(ks, s.K)
	}
	return nil, kreds.Errorf(kreds.CodeInvalid, "the discovery %q has no solution of %d segments", d.Name, k).WithHint("it has: %v", ks)
}

// Reassign assigns profiles, as of an instant, to the segments of all models that were
// accepted, so that newcomers are members too. What typing tools say of those who were
// not in the discovery is handed to keep first, unless that is nil or what is kept says so already. It
// returns, by number, the segments for which that failed, whose members stay as they
// were; it fails itself only if the models cannot be read.
func (d *Discoverer) Reassign(ctx context.Context, asOf kreds.Instant, keep func(context.Context, *Assignment) error) (map[int64]error, error) {
	models, err := d.state.Models(ctx)
	if err != nil {
		return nil, err
	}
	broken := map[int64]error{}
	for _, kept := range models {
		err := d.reassign(ctx, kept, asOf, keep)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, seg := range kept.Segments {
			if err != nil {
				broken[seg.ID] = err
			}
		}
	}
	return broken, nil
}

func (d *Discoverer) reassign(ctx context.Context, kept state.Model, asOf kreds.Instant, keep func(context.Context, *Assignment) error) error {
	var m model
	if err := json.Unmarshal(kept.Document, &m); err != nil {
		return fmt.Errorf("reading the model: %w", err)
	}
	sets, others, err := d.assigned(ctx, &m, asOf)
	if err != nil {
		return err
	}
	records := map[int64]*roaring.Bitmap{}
	for i, at := range m.Places {
		seg, ok := kept.Segments[i]
		if !ok || at >= len(sets) {
			continue
		}
		records[seg.ID] = sets[at]
		if others != nil {
			others.Segments[at] = seg.Name
		}
	}
	if others != nil && keep != nil && !others.Subject.Prospects() {
		moved, err := d.moved(ctx, others)
		if err != nil {
			return err
		}
		if len(moved.profiles) > 0 {
			if err := keep(ctx, moved); err != nil {
				return fmt.Errorf("keeping the probabilities: %w", err)
			}
		}
	}
	return d.state.AddRecords(ctx, asOf, records)
}
