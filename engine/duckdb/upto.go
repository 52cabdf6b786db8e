package duckdb

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// past is the data as the imports up to a number left it. Only evaluating and
// the population are of the past; keys and loading are those of today.
type past struct {
	*DB
	id kreds.ImportID
}

// UpTo returns the engine as the imports up to the number left it.
func (db *DB) UpTo(id kreds.ImportID) engine.Engine { return &past{db, id} }

// read calls f with a view of the past, whose vectors live as long as it does.
func (p *past) read(ctx context.Context, f func(v *view) error) error {
	return p.DB.read(ctx, func(today *view) error {
		v := newView(p.DB, today.cat)
		v.upTo = p.id
		if err := v.prepare(ctx); err != nil {
			return err
		}
		return f(v)
	})
}

// Evaluate answers all asks in one pass over each table that they touch.
func (p *past) Evaluate(ctx context.Context, r *engine.Request) ([]engine.Answer, error) {
	var out []engine.Answer
	err := p.read(ctx, func(v *view) (err error) {
		out, err = fold.Evaluate(ctx, v, r, p.workers)
		return err
	})
	return out, err
}

// Population returns the profiles of the subject that existed as of the instant.
func (p *past) Population(ctx context.Context, s kreds.Subject, asOf kreds.Instant) (*roaring.Bitmap, error) {
	var out *roaring.Bitmap
	err := p.read(ctx, func(v *view) (err error) {
		out, err = v.population(ctx, s, asOf)
		return err
	})
	return out, err
}

// Everyone returns all profiles of the kind that existed as of the instant.
func (p *past) Everyone(ctx context.Context, k kreds.Kind, asOf kreds.Instant) (*roaring.Bitmap, error) {
	var out *roaring.Bitmap
	err := p.read(ctx, func(v *view) (err error) {
		out, err = v.everyone(ctx, k, asOf)
		return err
	})
	return out, err
}
