package discover

import (
	"context"

	"github.com/kreds/kreds/state"
)

func (d *Discoverer) shelf() state.Shelf[Discovery] { return state.Discoveries[Discovery](d.state) }

// Save keeps a discovery under a name; one of that name is replaced.
func (d *Discoverer) Save(ctx context.Context, name string, found *Discovery) error {
	found.Name = name
	return d.shelf().Save(ctx, name, found)
}

// Discovery returns a kept discovery, or an error of CodeNotFound.
func (d *Discoverer) Discovery(ctx context.Context, name string) (*Discovery, error) {
	kept, err := d.shelf().Get(ctx, name)
	return labelled(kept), err
}

// Discoveries returns all kept discoveries by name.
func (d *Discoverer) Discoveries(ctx context.Context) ([]*Discovery, error) {
	all, err := d.shelf().All(ctx)
	var out []*Discovery
	for _, kept := range all {
		out = append(out, labelled(kept))
	}
	return out, err
}

// Delete removes a kept discovery; segments that were made of it stay.
func (d *Discoverer) Delete(ctx context.Context, name string) error {
	return d.shelf().Delete(ctx, name)
}

func labelled(kept state.Kept[Discovery]) *Discovery {
	kept.Document.Name, kept.Document.Created = kept.Name, kept.Created
	return kept.Document
}
