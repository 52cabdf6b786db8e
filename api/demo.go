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
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/prove"
)

// Demonstration is what bundled data brought.
type Demonstration struct {
	Imports []Imported `json:"imports" doc:"In the order of the set"`
	Refresh *Refresh   `json:"refresh"`
	Found   *Found     `json:"found,omitempty" doc:"The segments that were found in it, of sets in which any are looked for"`
}

// Found is what the demo finds in the data as they were some time before their end, and
// proves on what happened since.
type Found struct {
	Discovery *Discovery `json:"discovery"`
	Segments  []Segment  `json:"segments" doc:"That were made of it, in the order of the solution"`
	Proof     *Proof     `json:"proof" doc:"Of the same, in the same order"`
}

func (h *handler) demoRoutes() {
	type which struct {
		Set string `query:"set" default:"online-retail" maxLength:"100" doc:"Name of the data: online-retail or complete-journey"`
	}
	op := begun(operation(kreds.Editor, http.MethodPost, "/demo", "demo", "Imports", "Import bundled real data, save some segments and find others"))
	op.Description = "Refused where other data is. Again, it changes nothing. Segments that are found are proved on the months that followed, and their rules are saved." + op.Description
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
			progress((float64(n) + share) / float64(len(set.Imports)) * .5)
		})
		if err != nil {
			return nil, err
		}
		out.Imports = append(out.Imports, *done)
	}
	for _, s := range set.Segments {
		_, err := h.audience.Create(ctx, kreds.Segment{Name: s.Name, Description: s.Description, Owner: set.Owner}, kreds.Version{Expression: s.Expression})
		if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			return nil, fmt.Errorf("segment %q: %w", s.Name, err)
		}
	}
	progress(.5)
	var err error
	if d := set.Discovery; d != nil {
		if out.Found, err = h.demoFind(ctx, d, func(p float64) { progress(.5 + .4*p) }); err != nil {
			return nil, err
		}
	}
	out.Refresh, err = h.demoRefresh(ctx, set)
	return out, err
}

// demoRefresh refreshes the segments as of the earlier days and the last one. Where
// none has changed since it did, it returns what it found then.
func (h *handler) demoRefresh(ctx context.Context, set *demo.Set) (*Refresh, error) {
	cal, last, err := h.moment(ctx, set.AsOf)
	if err != nil {
		return nil, err
	}
	all, err := h.state.Segments(ctx)
	if err != nil {
		return nil, err
	}
	done := &Refresh{AsOf: instant(last, cal), Runs: []Run{}}
	days := append(slices.Clone(set.Earlier), set.AsOf)
	for _, s := range all {
		run, _, refreshed, err := h.state.LastRun(ctx, s.Name)
		if err != nil {
			return nil, err
		}
		if refreshed {
			days = days[len(days)-1:]
		}
		if refreshed && run.AsOf == last && run.Version == s.Version {
			done.Runs = append(done.Runs, runOf(s.Name, run, cal))
		}
	}
	if len(done.Runs) == len(all) {
		slices.SortFunc(done.Runs, func(a, b Run) int { return byName(a.Segment, b.Segment) })
		return done, nil
	}
	for _, day := range days {
		if done, err = h.refresh(ctx, RefreshRequest{AsOf: day}); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// demoFind finds segments as they were some time before the end of the data, stores
// their rules, and proves them on what happened next. What was found or proved before
// stays.
func (h *handler) demoFind(ctx context.Context, d *demo.Discovery, progress func(float64)) (*Found, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	asOf, err := cal.ParseAsOf(d.AsOf)
	if err != nil {
		return nil, err
	}
	found, err := h.discoverer.Discovery(ctx, d.Name)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		q := discover.Request{Preset: d.Preset, Among: d.Among, K: "2..6", AsOf: asOf, Seed: 1}
		found, err = h.discovered(ctx, d.Name, q, func(p float64) { progress(.7 * p) })
	}
	if err != nil {
		return nil, err
	}
	out := &Found{Discovery: discoveryOf(found, cal), Segments: []Segment{}}
	r, err := h.discoverer.Replay(ctx, d.Name, 0)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range r.Names {
		names = append(names, d.Name+": "+name)
	}
	_, err = h.discoverer.Accept(ctx, d.Name, discover.Acceptance{By: discover.ByRule, Names: names})
	if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
		return nil, err
	}
	for _, name := range names {
		s, err := h.state.Segment(ctx, name)
		if kreds.CodeOf(err) == kreds.CodeNotFound {
			continue // somebody renamed or deleted it since
		}
		if err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, segmentOf(s, cal))
	}
	progress(.75)
	proof, err := h.prover.Proof(ctx, d.Name)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		q := prove.Request{Division: division(r), To: asOf, Horizon: d.Horizon, Seed: 1}
		proof, err = h.proved(ctx, d.Name, q, func(p float64) { progress(.75 + .25*p) })
	}
	if err != nil {
		return nil, err
	}
	out.Proof = proofOf(proof, cal)
	return out, nil
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
