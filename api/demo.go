package api

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/demo"
)

// Demonstration is what bundled data brought.
type Demonstration struct {
	Imports []Imported `json:"imports" doc:"In the order of the set"`
	Refresh *Refresh   `json:"refresh"`
}

func (h *handler) demoRoutes() {
	type which struct {
		Set string `query:"set" default:"online-retail" maxLength:"100" doc:"Name of the data: online-retail or complete-journey"`
	}
	op := begun(operation(kreds.Editor, http.MethodPost, "/demo", "demo", "Imports", "Import bundled real data and save some segments"))
	op.Description = "Refused where other data is. Again, it changes nothing." + op.Description
	route(h, op, func(ctx context.Context, in *which) (*accepted, error) {
		set := demo.Find(in.Set)
		if set == nil {
			var names []string
			for _, s := range demo.Sets {
				names = append(names, s.Name)
			}
			return nil, kreds.Errorf(kreds.CodeInvalid, "there is no set of data %q", cut(in.Set, 40)).WithHint("the sets are %s", strings.Join(names, " and "))
		}
		if err := h.demoAlone(ctx, set); err != nil {
			return nil, err
		}
		return h.begin(ctx, "demo", set.Title, func(ctx context.Context, progress func(float64)) (any, error) {
			return h.demo(ctx, set, progress)
		})
	})
}

// ownFiles are what kreds itself imports of its scores.
var ownFiles = []string{"rfm.csv", "typing.csv"}

// demoAlone refuses to mix the bundled data with anything else, but for scores
// that were made of it.
func (h *handler) demoAlone(ctx context.Context, set *demo.Set) error {
	all, err := h.state.Imports(ctx)
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.State == kreds.ImportCommitted && (len(i.Files) != 1 || !set.Has(filepath.Base(i.Files[0])) && !slices.Contains(ownFiles, filepath.Base(i.Files[0]))) {
			return kreds.Errorf(kreds.CodeRefused, "the data directory holds other data, which the demo would mix with").
				WithHint("give the demo a directory of its own: kreds demo --data demo-data")
		}
	}
	return nil
}

func (h *handler) demo(ctx context.Context, set *demo.Set, progress func(float64)) (*Demonstration, error) {
	out := &Demonstration{}
	for n, i := range set.Imports {
		done, err := h.demoImport(ctx, set, i, func(p Progress) {
			share := min(float64(p.Bytes)/max(float64(p.Of), 1), 1)
			progress((float64(n) + share) / float64(len(set.Imports)) * .8)
		})
		if err != nil {
			return nil, err
		}
		out.Imports = append(out.Imports, *done)
	}
	for _, s := range set.Segments {
		_, err := h.audience.Create(ctx, kreds.Segment{Name: s.Name, Description: s.Description}, kreds.Version{Expression: s.Expression})
		if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			return nil, fmt.Errorf("segment %q: %w", s.Name, err)
		}
	}
	progress(.85)
	var err error
	out.Refresh, err = h.refresh(ctx, RefreshRequest{AsOf: set.AsOf})
	return out, err
}

func (h *handler) demoImport(ctx context.Context, set *demo.Set, i demo.Import, progress func(Progress)) (*Imported, error) {
	contents, err := set.Open(i.File)
	if err != nil {
		return nil, err
	}
	u, err := h.take(i.File, contents)
	if err != nil {
		return nil, err
	}
	r := &ImportRequest{Uploads: []string{u.ID}, As: i.As, ID: i.ID, Time: i.Time, Order: i.Order, Map: i.Map}
	for _, c := range i.Compute {
		r.Compute = append(r.Compute, Computed{Name: c[0], Formula: c[1]})
	}
	defer h.forget(r)
	path, err := h.uploaded(u.ID)
	if err != nil {
		return nil, err
	}
	return h.importFiles(ctx, r, []string{path}, progress)
}
