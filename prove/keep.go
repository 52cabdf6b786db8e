package prove

import (
	"context"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
)

func (p *Prover) shelf() state.Shelf[Proof] { return state.Proofs[Proof](p.state) }

// Save keeps a proof under a name; one of that name is replaced.
func (p *Prover) Save(ctx context.Context, name string, found *Proof) error {
	found.Name = name
	return p.shelf().Save(ctx, name, found)
}

// Proof returns a kept proof, its segments called as they are today and with the
// feedback of today, or an error of CodeNotFound.
func (p *Prover) Proof(ctx context.Context, name string) (*Proof, error) {
	kept, err := p.shelf().Get(ctx, name)
	if err != nil {
		return nil, err
	}
	named, err := p.named(ctx)
	if err != nil {
		return nil, err
	}
	out := named.proof(kept)
	for _, s := range out.Segments {
		if named[s.ID] == "" {
			continue // an expression, or deleted since
		}
		if s.Feedback, err = p.state.Feedback(ctx, s.Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Proofs returns all kept proofs by name, their segments called as they are today.
func (p *Prover) Proofs(ctx context.Context) ([]*Proof, error) {
	all, err := p.shelf().All(ctx)
	if err != nil {
		return nil, err
	}
	named, err := p.named(ctx)
	var out []*Proof
	for _, kept := range all {
		out = append(out, named.proof(kept))
	}
	return out, err
}

// Delete removes a kept proof.
func (p *Prover) Delete(ctx context.Context, name string) error {
	return p.shelf().Delete(ctx, name)
}

// names are those of segments by their numbers.
type names map[int64]string

func (p *Prover) named(ctx context.Context) (names, error) {
	all, err := p.state.Segments(ctx)
	out := names{}
	for _, s := range all {
		out[s.ID] = s.Name
	}
	return out, err
}

// proof is a kept one whose segments are called as they are today.
func (n names) proof(kept state.Kept[Proof]) *Proof {
	out := kept.Document
	out.Name, out.Created = kept.Name, kept.Created
	for _, s := range out.Segments {
		if now := n[s.ID]; now != "" {
			s.Name = now
		}
	}
	return out
}

// longestNote is in characters.
const longestNote = 2000

// Say keeps what somebody says of a segment, or of one criterion of its scorecard. The
// error has CodeInvalid for a verdict that there is not.
func (p *Prover) Say(ctx context.Context, name string, f kreds.Feedback) (kreds.Feedback, error) {
	verdicts := []kreds.Verdict{kreds.Good, kreds.Fair, kreds.Poor}
	if !slices.Contains(verdicts, f.Verdict) {
		return f, kreds.Errorf(kreds.CodeInvalid, "%q is no verdict", f.Verdict).WithHint("it is good, fair or poor")
	}
	f.Criterion = strings.ToLower(f.Criterion)
	if f.Criterion != "" && !slices.Contains(Criteria, f.Criterion) {
		e := kreds.Errorf(kreds.CodeInvalid, "the scorecard has no criterion %q", f.Criterion)
		if near := segment.Nearest(f.Criterion, Criteria); near != "" {
			return f, e.WithHint("did you mean %s?", near)
		}
		return f, e.WithHint("it has: %s", strings.Join(Criteria, ", "))
	}
	if len([]rune(f.Note)) > longestNote || len([]rune(f.Author)) > 200 {
		return f, kreds.Errorf(kreds.CodeInvalid, "a note has at most %d characters, a name 200", longestNote)
	}
	return p.state.AddFeedback(ctx, name, f)
}

// Feedback returns what was said of a segment, newest first.
func (p *Prover) Feedback(ctx context.Context, name string) ([]kreds.Feedback, error) {
	return p.state.Feedback(ctx, name)
}

// TakeBack removes what was said of a segment.
func (p *Prover) TakeBack(ctx context.Context, name string, id int64) error {
	return p.state.DeleteFeedback(ctx, name, id)
}

// Declare says that a trait without dates does not change with time, or takes that
// back. The error has CodeNotFound if there is no such trait.
func (p *Prover) Declare(ctx context.Context, kind kreds.Kind, name string, timeless bool) (kreds.Trait, error) {
	cat, err := p.audience.Catalogue(ctx)
	if err != nil {
		return kreds.Trait{}, err
	}
	var names []string
	for _, t := range cat.Traits {
		if t.Kind != kind {
			continue
		}
		if strings.EqualFold(t.Name, name) {
			t.Timeless = timeless
			return t, p.state.SetTimeless(ctx, state.TraitName{Kind: kind, Name: t.Name}, timeless)
		}
		names = append(names, t.Name)
	}
	e := kreds.Errorf(kreds.CodeNotFound, "there is no trait %q of a %s", name, kind)
	if near := segment.Nearest(name, names); near != "" {
		return kreds.Trait{}, e.WithHint("did you mean %q?", near)
	}
	return kreds.Trait{}, e.WithHint("\"kreds data\" lists the traits")
}
