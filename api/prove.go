package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/prove"
)

func (h *handler) proveRoutes() {
	type request struct{ Body ProveRequest }
	op := begun(operation(kreds.Editor, http.MethodPost, "/proofs", "prove", "Proofs", "Prove segments on past data"))
	op.Description = "Replays segments at past dates and compares what their members did afterwards with everybody else. " +
		"Refused where a definition reads a trait without dates, which may know the future, unless it is declared timeless." + op.Description
	route(h, op, func(ctx context.Context, in *request) (*accepted, error) { return h.prove(ctx, in.Body) })

	route(h, operation(kreds.Viewer, http.MethodGet, "/proofs", "proofs", "Proofs", "Proofs by name"),
		func(ctx context.Context, _ *struct{}) (*body[*ProofList], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			all, err := h.prover.Proofs(ctx)
			if err != nil {
				return nil, err
			}
			sees, err := h.sees(ctx)
			if err != nil {
				return nil, err
			}
			out := &ProofList{Proofs: []ProofSummary{}}
			for _, p := range all {
				out.Proofs = append(out.Proofs, sees.summary(proofSummaryOf(p, cal)))
			}
			return answer(out), nil
		})

	type one struct {
		Name string `path:"name" doc:"Of the proof, without regard to case"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/proofs/{name}", "proof", "Proofs", "One proof"),
		func(ctx context.Context, in *one) (*body[*Proof], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			p, err := h.prover.Proof(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			sees, err := h.sees(ctx)
			if err != nil {
				return nil, err
			}
			return answer(sees.proof(proofOf(p, cal))), nil
		})
	route(h, operation(kreds.Editor, http.MethodDelete, "/proofs/{name}", "delete-proof", "Proofs", "Delete a proof"),
		func(ctx context.Context, in *one) (*struct{}, error) { return nil, h.prover.Delete(ctx, in.Name) })

	type timeless struct {
		Kind string `path:"kind" enum:"person,company"`
		Name string `path:"name" doc:"Of the trait, without regard to case"`
		Body TimelessRequest
	}
	op = operation(kreds.Editor, http.MethodPut, "/traits/{kind}/{name}/timeless", "declare-timeless", "Data", "Declare that a trait without dates does not change with time")
	op.Description = "Proofs then take what is known of it today for what was known at any time."
	route(h, op, func(ctx context.Context, in *timeless) (*body[*TraitRef], error) {
		kind, err := kindOf(in.Kind)
		if err != nil {
			return nil, err
		}
		t, err := h.prover.Declare(ctx, kind, in.Name, in.Body.Timeless)
		if err != nil {
			return nil, err
		}
		contacts, _, err := h.contacts(ctx)
		if err != nil {
			return nil, err
		}
		out := traitOf(t, contacts)
		return answer(&out), nil
	})
	type change struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
		Body ChangeRequest
	}
	op = operation(kreds.Viewer, http.MethodPost, "/segments/{name}/change", "explain-change", "Segments", "Why a segment's size changed between two dates")
	op.Description = "Everybody who joined or left has one cause, so that the causes add up."
	route(h, op, func(ctx context.Context, in *change) (*body[*Change], error) {
		return answerOf(h.change(ctx, in.Name, in.Body))
	})
	h.feedbackRoutes()
}

func (h *handler) feedbackRoutes() {
	type one struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
	}
	list := func(ctx context.Context, name string) (*body[*FeedbackList], error) {
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		s, err := h.state.Segment(ctx, name)
		if err != nil {
			return nil, err
		}
		all, err := h.prover.Feedback(ctx, s.Name)
		if err != nil {
			return nil, err
		}
		return answer(&FeedbackList{s.Name, feedbackOf(all, cal)}), nil
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/segments/{name}/feedback", "feedback", "Segments", "What people said of a segment"),
		func(ctx context.Context, in *one) (*body[*FeedbackList], error) { return list(ctx, in.Name) })

	type say struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
		Body FeedbackRequest
	}
	op := operation(kreds.Editor, http.MethodPost, "/segments/{name}/feedback", "say-feedback", "Segments", "Say what you think of a segment")
	op.Description = "It is shown beside the figures of proofs and changes none of them."
	op.DefaultStatus = http.StatusCreated
	route(h, op, func(ctx context.Context, in *say) (*body[*FeedbackList], error) {
		_, err := h.prover.Say(ctx, in.Name, kreds.Feedback{
			Criterion: in.Body.Criterion, Verdict: kreds.Verdict(in.Body.Verdict), Note: in.Body.Note, Author: authorOf(ctx, in.Body.Author),
		})
		if err != nil {
			return nil, err
		}
		return list(ctx, in.Name)
	})

	type back struct {
		Name string `path:"name" doc:"Of the segment, without regard to case"`
		ID   int64  `path:"id"`
	}
	route(h, operation(kreds.Editor, http.MethodDelete, "/segments/{name}/feedback/{id}", "delete-feedback", "Segments", "Take back what was said of a segment"),
		func(ctx context.Context, in *back) (*struct{}, error) {
			return nil, h.prover.TakeBack(ctx, in.Name, in.ID)
		})
}

func (h *handler) change(ctx context.Context, name string, r ChangeRequest) (*Change, error) {
	cal, from, err := h.moment(ctx, r.From)
	if err != nil {
		return nil, err
	}
	to, err := h.asOf(cal, r.To)
	if err != nil {
		return nil, err
	}
	out, err := h.prover.Change(ctx, name, from, to)
	if err != nil {
		return nil, err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	return sees.change(changeOf(out, cal)), nil
}

// prove begins a job. What can be seen to be wrong at once is said at once.
func (h *handler) prove(ctx context.Context, r ProveRequest) (*accepted, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	q := prove.Request{Segments: r.Segments, Outcome: r.Outcome, Horizon: r.Horizon, Every: r.Every, Timeless: r.Timeless, Seed: r.Seed}
	if r.Thresholds != nil {
		q.Thresholds = prove.Thresholds(*r.Thresholds)
	}
	for _, d := range []struct {
		text string
		at   *kreds.Instant
	}{{r.From, &q.From}, {r.To, &q.To}, {r.AsOf, &q.AsOf}} {
		if d.text == "" {
			continue
		}
		if *d.at, err = h.asOf(cal, d.text); err != nil {
			return nil, err
		}
	}
	name := r.Name
	switch {
	case r.Discovery != "" && len(r.Segments) > 0:
		return nil, kreds.Errorf(kreds.CodeInvalid, "both segments and a discovery are named").WithHint("prove one of the two")
	case r.Discovery != "":
		d, err := h.discoverer.Replay(ctx, r.Discovery, r.K)
		if err != nil {
			return nil, err
		}
		q.Division = division(d)
		if name == "" {
			name = d.Name
		}
	case name == "":
		name = cut(strings.Join(r.Segments, ", "), 200)
	}
	if err := h.prover.Check(ctx, q); err != nil {
		return nil, err
	}
	return h.begin(ctx, "prove", name, func(ctx context.Context, progress func(float64)) (any, error) {
		found, err := h.proved(ctx, name, q, progress)
		if err != nil {
			return nil, err
		}
		return proofOf(found, cal), nil
	})
}

func division(d *discover.Replay) *prove.Division {
	return &prove.Division{
		Name: d.Name, Subject: d.Subject, Names: d.Names, Expressions: d.Expressions, Among: d.Among, Columns: d.Columns, Found: d.Found, Members: d.Members,
	}
}

// proved proves, and keeps the proof.
func (h *handler) proved(ctx context.Context, name string, q prove.Request, progress func(float64)) (*prove.Proof, error) {
	found, err := h.prover.Prove(ctx, q, progress)
	if err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("prove").Observe(found.Seconds)
	return found, h.prover.Save(ctx, name, found)
}
