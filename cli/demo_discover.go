package cli

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/demo"
)

// demoDiscover finds segments as they were three months before the end of the data and
// stores their rules. What was found before is not looked for again.
func (p *program) demoDiscover(ctx context.Context, client *api.Client, d *demo.Discovery) (*found, error) {
	out := &found{Discovery: &api.Discovery{}}
	err := client.Call(ctx, http.MethodGet, discoveryPath(d.Name, ""), nil, out.Discovery)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		r := api.DiscoverRequest{Name: d.Name, Preset: d.Preset, Among: d.Among, K: "2..6", AsOf: d.AsOf, Seed: 1}
		err = p.job(ctx, client, "/api/v1/discoveries", "looking for segments", r, out.Discovery)
	}
	if err != nil {
		return nil, err
	}
	r := api.AcceptRequest{By: "rule"}
	s, err := solution(out.Discovery, 0)
	if err != nil {
		return nil, err
	}
	for _, x := range s.Segments {
		r.Names = append(r.Names, d.Name+": "+x.Name)
	}
	err = client.Call(ctx, http.MethodPost, discoveryPath(d.Name, "/accept"), r, nil)
	if err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
		return nil, err
	}
	for _, name := range r.Names {
		var seg api.Segment
		if err := client.Call(ctx, http.MethodGet, segmentPath(name, ""), nil, &seg); err != nil {
			return nil, err
		}
		out.Segments = append(out.Segments, seg)
	}
	return out, p.demoProve(ctx, client, d, out)
}

// demoProve proves what was found on what happened next, unless it was before.
func (p *program) demoProve(ctx context.Context, client *api.Client, d *demo.Discovery, f *found) error {
	f.Proof = &api.Proof{}
	err := client.Call(ctx, http.MethodGet, proofPath(d.Name), nil, f.Proof)
	if kreds.CodeOf(err) == kreds.CodeNotFound {
		r := api.ProveRequest{Discovery: d.Name, To: d.AsOf, Horizon: d.Horizon, Seed: 1}
		err = p.job(ctx, client, "/api/v1/proofs", "proving", r, f.Proof)
	}
	return err
}

func printFound(w *strings.Builder, d *demo.Discovery, f *found) {
	s, err := solution(f.Discovery, 0)
	if err != nil {
		return
	}
	fmt.Fprintf(w, "\nFound among %s as of %s, before the last three months (%s):\n\n", d.Among, d.AsOf, f.Discovery.Recommended.Verdict)
	t := newTable("", "segment", ">members", ">share", ">of revenue", ">stability", ">next "+d.Horizon, "95% interval", ">others", ">lift")
	for i, x := range s.Segments {
		row := []string{strconv.Itoa(i + 1), x.Name, grouped(x.Size), percent(x.Share), "–", two(s.Stability.Within[i]), "–", "", "–", "–"}
		if i < len(f.Proof.Segments) {
			pt := lastCompared(&f.Proof.Segments[i])
			row[4] = optional(pt.RevenueShare, percent)
			if o := pt.Outcome; o != nil {
				row[6], row[7], row[8] = value(f.Proof, o.Members.Value), between(f.Proof, o.Members), value(f.Proof, o.Others.Value)
				if o.Lift != nil {
					row[9] = two(o.Lift.Value) + "×"
				}
			}
		}
		t.add(row...)
	}
	t.write(w)
	fmt.Fprintf(w, "\nThe next %s show mean %s of each member, against everybody else's.\n", d.Horizon, f.Proof.Outcome)
	if f.Proof.Set != nil {
		fmt.Fprintln(w, f.Proof.Set.Text)
	}
	fmt.Fprintf(w, "Their rules are stored as segments whose names begin with %q.\n", d.Name+": ")
}
