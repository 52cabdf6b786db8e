package api

import (
	"context"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// createSegment saves a segment and returns its name.
func (h *handler) createSegment(ctx context.Context, r *SegmentRequest) (string, error) {
	about(ctx, r.Name)
	s := kreds.Segment{Name: r.Name, Description: r.Description, Owner: r.Owner, Tags: some(r.Tags)}
	if (r.Expression == "") == (r.Keys == nil) {
		return "", kreds.Errorf(kreds.CodeInvalid, "a segment needs either an expression or keys").WithHint("send one of them")
	}
	if r.Keys != nil {
		var err error
		if s.Subject, err = subjectOf(r.Subject); err != nil {
			return "", err
		}
		s, err = h.audience.CreateList(ctx, s, r.Keys)
		return s.Name, err
	}
	s, err := h.audience.Create(ctx, s, kreds.Version{Expression: r.Expression, Author: authorOf(ctx, r.Author), Note: r.Note})
	return s.Name, err
}

// changeSegment changes what a request names, the definition first as it can be
// refused for most reasons, and returns the segment's name.
func (h *handler) changeSegment(ctx context.Context, name string, r *SegmentChange) (string, error) {
	s, err := h.state.Segment(ctx, name)
	if err != nil {
		return "", err
	}
	if r.Expression == nil && r.Version != 0 && r.Version != s.Version {
		return "", kreds.Errorf(kreds.CodeConflict, "%q has version %d, the change was made from version %d", s.Name, s.Version, r.Version).
			WithHint("look at what changed and try again")
	}
	if r.Expression != nil {
		v := kreds.Version{Expression: *r.Expression, Author: authorOf(ctx, r.Author), Note: r.Note}
		if _, err := h.audience.Edit(ctx, s.Name, v, r.Version); err != nil {
			return "", err
		}
	}
	if r.Description != nil || r.Owner != nil || r.Tags != nil || r.Archived != nil {
		_, err := h.audience.Describe(ctx, s.Name, func(s *kreds.Segment) {
			if r.Description != nil {
				s.Description = *r.Description
			}
			if r.Owner != nil {
				s.Owner = *r.Owner
			}
			if r.Tags != nil {
				s.Tags = some(*r.Tags)
			}
			if r.Archived != nil && *r.Archived && s.Archived.IsZero() {
				s.Archived = h.clock()
			}
			if r.Archived != nil && !*r.Archived {
				s.Archived = time.Time{}
			}
		})
		if err != nil {
			return "", err
		}
	}
	if r.Name != nil && *r.Name != s.Name {
		if err := h.audience.Rename(ctx, s.Name, *r.Name); err != nil {
			return "", err
		}
		return *r.Name, nil
	}
	return s.Name, nil
}

func (h *handler) preview(ctx context.Context, name string, r PreviewRequest) (*Preview, error) {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return nil, err
	}
	if err := h.mayAsk(ctx, r.Expression); err != nil {
		return nil, err
	}
	p, err := h.audience.PreviewEdit(ctx, name, r.Expression, asOf)
	if err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("preview").Observe(since(h.clock, began))
	return &Preview{AsOf: instant(asOf, cal), Before: p.Before, After: p.After, Joined: p.Joined, Left: p.Left}, nil
}

// question is what an evaluation is asked about: an expression, or the current
// definition of a segment.
func (h *handler) question(ctx context.Context, name, expression string) (string, *segment.Expr, error) {
	switch {
	case name == "" && expression == "":
		return "", nil, kreds.Errorf(kreds.CodeInvalid, "the request names neither a segment nor an expression")
	case name != "" && expression != "":
		return "", nil, kreds.Errorf(kreds.CodeInvalid, "the request names both a segment and an expression").WithHint("name one of them")
	case name != "":
		s, err := h.state.Segment(ctx, name)
		if err != nil {
			return "", nil, err
		}
		expression = s.Expression
		if s.Source != kreds.SourceRule {
			expression = `in segment "` + strings.ReplaceAll(s.Name, `"`, `""`) + `"`
			if s.Subject != kreds.Persons {
				expression = s.Subject.String() + ": " + expression
			}
		}
	default:
		if err := h.mayAsk(ctx, expression); err != nil {
			return "", nil, err
		}
	}
	return h.plain(ctx, expression)
}

// plain checks an expression and returns it in a form that is no segment's
// name, which audience would take it for; names hold no line breaks.
func (h *handler) plain(ctx context.Context, text string) (string, *segment.Expr, error) {
	e, err := h.audience.Parse(ctx, text)
	if err != nil {
		return "", nil, err
	}
	if _, err := h.state.Segment(ctx, strings.TrimSpace(text)); err == nil {
		if e.Subject == kreds.Persons {
			return "(\n" + text + ")", e, nil
		}
		return strings.Replace(text, ":", ":\n", 1), e, nil
	} else if kreds.CodeOf(err) != kreds.CodeNotFound {
		return "", nil, err
	}
	return text, e, nil
}
