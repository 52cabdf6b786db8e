package prove

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats/infer"
	"github.com/kreds/kreds/stats/rfm"
)

// SetProof says how much of the outcome a set of segments explains, and whether a
// simpler set does as well. Rivals come best first.
type SetProof struct {
	Groups       int // combinations of membership that occur, none of them included
	Explained    Explained
	Rivals       []Rival
	AsWell       bool // whether some rival does as well
	Text         string
	OverlapShare float64 // of the population in more than one segment, on average
	NoneShare    float64 // in none
}

// Explained is a share of the outcome's variance, R²: 1 − the squared errors of
// predicting each profile by the mean of its group, divided by those of predicting
// everybody by the mean of all. Fitted uses the same profiles for both; Out is out of
// sample: means come from four fifths of the profiles, errors from the last fifth, in
// turn, and it can be below 0. Next uses the means of the period before; it is absent
// where no two periods follow each other.
type Explained struct {
	Fitted, Out float64
	Next        *float64
}

// Rival is a simpler way to divide. Ahead is by how much of the variance, out of
// sample, the set explains more than the rival.
type Rival struct {
	Name      string
	Groups    int
	Explained Explained
	Ahead     Figure
}

// scheme divides the profiles of every panel: labels by panel and profile.
type scheme struct {
	name   string
	labels [][]int32
	// Squared errors by profile number, over all panels: by this scheme, and by the
	// mean of all; NaN where no outcome is known.
	errors, all []float64
	groups      int
	Explained
}

// folds of the cross-validation.
const folds = 5

// explain compares the set with simpler ones.
func (w *work) explain(ctx context.Context) error {
	var panels []*panel
	for _, p := range w.panels {
		if p.outcome != nil {
			panels = append(panels, p)
		}
	}
	own := &scheme{name: "the segments"}
	set := &SetProof{}
	patterns := map[string]int32{}
	var people float64
	for _, p := range panels {
		labels := make([]int32, len(p.profiles))
		key := make([]byte, len(w.groups))
		in := make([][]bool, len(w.groups))
		for g := range in {
			in[g] = holds(p.members[g], p.profiles)
		}
		for i := range labels {
			n := 0
			for g := range in {
				key[g] = '0'
				if in[g][i] {
					key[g] = '1'
					n++
				}
			}
			label, ok := patterns[string(key)]
			if !ok {
				label = int32(len(patterns))
				patterns[string(key)] = label
			}
			labels[i] = label
			people++
			switch {
			case n > 1:
				set.OverlapShare++
			case n == 0:
				set.NoneShare++
			}
		}
		own.labels = append(own.labels, labels)
	}
	set.OverlapShare /= max(people, 1)
	set.NoneShare /= max(people, 1)
	if !own.measure(panels, w.horizonEnd, w.q.Seed) {
		w.note("Everybody's outcome is the same at each date: there is no variance to explain.")
		return nil
	}
	set.Groups, set.Explained = own.groups, own.Explained
	rivals, err := w.rivals(ctx, panels)
	if err != nil {
		return err
	}
	for _, r := range rivals {
		if !r.measure(panels, w.horizonEnd, w.q.Seed) || r.groups < 2 {
			continue
		}
		set.Rivals = append(set.Rivals, Rival{r.name, r.groups, r.Explained, own.ahead(r)})
	}
	slices.SortStableFunc(set.Rivals, func(a, b Rival) int { return cmp.Compare(b.Explained.Out, a.Explained.Out) })
	// Of many traits only the best is worth a line.
	trait := false
	set.Rivals = slices.DeleteFunc(set.Rivals, func(r Rival) bool {
		if !strings.HasPrefix(r.Name, traitPrefix) {
			return false
		}
		again := trait
		trait = true
		return again
	})
	set.words(len(w.groups))
	w.out.Set = set
	return nil
}

func (w *work) horizonEnd(t kreds.Instant) kreds.Instant { return w.until[t] }

// words says it in words.
func (s *SetProof) words(segments int) {
	s.Text = kreds.Say("The %d segments explain %s of the variance of the outcome, out of sample.", segments, percent(s.Explained.Out))
	if n := s.Explained.Next; n != nil {
		s.Text = kreds.Say("The %d segments explain %s of the variance of the outcome, out of sample, and %s in the next period.", segments, percent(s.Explained.Out), percent(*n))
	}
	if len(s.Rivals) == 0 {
		return
	}
	best := s.Rivals[0]
	name := strings.ToUpper(best.Name[:1]) + best.Name[1:]
	switch {
	case best.Ahead.High < 0:
		s.AsWell = true
		s.Text += kreds.Say(" %s explain more: %s. A simpler set does better.", name, percent(best.Explained.Out))
	case best.Ahead.Low <= 0:
		s.AsWell = true
		s.Text += kreds.Say(" %s explain %s, which is not clearly less: a simpler set does as well.", name, percent(best.Explained.Out))
	default:
		s.Text += kreds.Say(" No simpler set does as well: the best, %s, explain %s.", best.Name, percent(best.Explained.Out))
	}
}

func percent(v float64) string {
	if v <= 0 {
		return "nothing"
	}
	return kreds.Say("%.1f%%", 100*v)
}

// sums of outcomes by group; the first is everybody.
type sums struct{ n, of []float64 }

func newSums(groups int) sums { return sums{make([]float64, groups+1), make([]float64, groups+1)} }

func (s sums) add(label int32, v float64) {
	s.n[0]++
	s.of[0] += v
	s.n[label+1]++
	s.of[label+1] += v
}

// means are those of the groups, without some of each; that of everybody, the first, for
// a group of nobody.
func (s sums) means(without sums) []float64 {
	out := make([]float64, len(s.n))
	for g := range out {
		switch n := s.n[g] - without.n[g]; {
		case n > 0:
			out[g] = (s.of[g] - without.of[g]) / n
		case g > 0:
			out[g] = out[0]
		}
	}
	return out
}

// fold of a profile, the same at all dates.
func fold(profile uint32, seed uint64) int {
	x := uint64(profile) + seed*0x9e3779b97f4a7c15 // splitmix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % folds)
}

// measure fills in what the scheme explains; false if there is nothing to explain.
func (s *scheme) measure(panels []*panel, end func(kreds.Instant) kreds.Instant, seed uint64) bool {
	size := 0
	for _, p := range panels {
		if n := len(p.profiles); n > 0 {
			size = max(size, int(p.profiles[n-1])+1)
		}
	}
	s.errors, s.all = make([]float64, size), make([]float64, size)
	for i := range size {
		s.all[i] = math.NaN()
	}
	groups := 0
	for _, labels := range s.labels {
		for _, l := range labels {
			groups = max(groups, int(l)+1)
		}
	}
	var fitted, fittedAll, out, outAll, next, nextAll float64
	seen := make([]bool, groups)
	totals := make([][]float64, len(panels))
	none := newSums(groups)
	for t, p := range panels {
		total, parts := newSums(groups), [folds]sums{}
		for f := range parts {
			parts[f] = newSums(groups)
		}
		for i, v := range p.outcome {
			if !math.IsNaN(v) {
				total.add(s.labels[t][i], v)
				parts[fold(p.profiles[i], seed)].add(s.labels[t][i], v)
				seen[s.labels[t][i]] = true
			}
		}
		whole, rests := total.means(none), [folds][]float64{}
		for f := range parts {
			rests[f] = total.means(parts[f])
		}
		totals[t] = whole
		for i, v := range p.outcome {
			if math.IsNaN(v) {
				continue
			}
			label, rest := s.labels[t][i]+1, rests[fold(p.profiles[i], seed)]
			fitted += square(v - whole[label])
			fittedAll += square(v - whole[0])
			own, all := square(v-rest[label]), square(v-rest[0])
			out += own
			outAll += all
			if who := p.profiles[i]; math.IsNaN(s.all[who]) {
				s.errors[who], s.all[who] = own, all
			} else {
				s.errors[who] += own
				s.all[who] += all
			}
		}
		// The latest date whose horizon had ended teaches this one.
		for b := t - 1; b >= 0; b-- {
			if end(panels[b].asOf) > p.asOf {
				continue
			}
			for i, v := range p.outcome {
				if !math.IsNaN(v) {
					next += square(v - totals[b][s.labels[t][i]+1])
					nextAll += square(v - totals[b][0])
				}
			}
			break
		}
	}
	for _, is := range seen {
		if is {
			s.groups++
		}
	}
	if fittedAll == 0 || outAll == 0 {
		return false
	}
	s.Fitted, s.Out = 1-fitted/fittedAll, 1-out/outAll
	if nextAll > 0 {
		r := 1 - next/nextAll
		s.Next = &r
	}
	return true
}

func square(v float64) float64 { return v * v }

// ahead is by how much of the variance the scheme explains more than another, with the
// interval that follows from profiles being a sample: each profile's errors at all
// dates count as one value.
func (s *scheme) ahead(rival *scheme) Figure {
	var values []float64
	var all float64
	for i, e := range s.all {
		if !math.IsNaN(e) {
			values = append(values, rival.errors[i]-s.errors[i])
			all += e
		}
	}
	f := Figure{N: int64(len(values))}
	sum, err := infer.Summarise(values)
	if err != nil {
		return f
	}
	scale := float64(len(values)) / all
	f.Value, f.Low, f.High = sum.Mean*scale, sum.Mean*scale, sum.Mean*scale
	if i, err := infer.MeanInterval(sum, level); err == nil {
		f.Low, f.High = i.Low*scale, i.High*scale
	}
	return f
}

// rivals are simpler ways to divide the same profiles at the same dates.
func (w *work) rivals(ctx context.Context, panels []*panel) ([]*scheme, error) {
	var out []*scheme
	if w.revenue != nil {
		deciles := &scheme{name: "deciles of value"}
		for _, p := range panels {
			deciles.labels = append(deciles.labels, quantiles(p.revenue, 10))
		}
		out = append(out, deciles)
		groups, err := w.rfmGroups(ctx, panels)
		if err != nil {
			return nil, err
		}
		out = append(out, groups)
	}
	traits, err := w.traits(ctx, panels)
	return append(out, traits...), err
}

// quantiles divides values above 0 into parts of about the same size, equal values
// staying together; unknown ones and those of 0 or less are part 0.
func quantiles(values []float64, parts int) []int32 {
	type place struct {
		v float64
		i int
	}
	var order []place
	for i, v := range values {
		if v > 0 {
			order = append(order, place{v, i})
		}
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Compare(a.v, b.v) })
	out := make([]int32, len(values))
	for rank, p := range order {
		out[p.i] = int32(rank*parts/len(order)) + 1
		if rank > 0 && order[rank-1].v == p.v {
			out[p.i] = out[order[rank-1].i]
		}
	}
	return out
}

// rfmGroups divides by the named groups of recency, frequency and monetary value.
func (w *work) rfmGroups(ctx context.Context, panels []*panel) (*scheme, error) {
	value := *w.revenue
	value.Where, value.Window = nil, nil
	terms := []segment.Term{&segment.EventInstant{Last: true, Events: value.Events}, &segment.Measure{Agg: segment.AggCount, Events: value.Events}, &value}
	out := &scheme{name: "RFM groups"}
	names := map[string]int32{}
	err := w.known(ctx, panels, terms, func(p *panel, of []*engine.Values) error {
		last, count, value := of[0], of[1], of[2]
		var customers []rfm.Customer
		var who []int
		for i, id := range p.profiles {
			if last.Known.Has(id) && count.Num[id] > 0 {
				days := float64(p.asOf-kreds.Instant(last.Int[id])) / 86400e6
				customers, who = append(customers, rfm.Customer{Recency: days, Frequency: count.Num[id], Monetary: value.Num[id]}), append(who, i)
			}
		}
		labels := make([]int32, len(p.profiles))
		if len(customers) > 0 {
			r, err := rfm.Compute(customers, rfm.Options{})
			if err != nil {
				return fmt.Errorf("dividing by RFM: %w", err)
			}
			for i, name := range r.Groups {
				label, ok := names[name]
				if !ok {
					label = int32(len(names)) + 1
					names[name] = label
				}
				labels[who[i]] = label
			}
		}
		out.labels = append(out.labels, labels)
		return nil
	})
	return out, err
}

// known calls do with the values of terms as of the date of each panel, some dates in
// one pass.
func (w *work) known(ctx context.Context, panels []*panel, terms []segment.Term, do func(p *panel, of []*engine.Values) error) error {
	for some := range slices.Chunk(panels, chunk) {
		var questions []audience.Question
		for _, p := range some {
			for _, t := range terms {
				questions = append(questions, audience.Question{AsOf: p.asOf, Subject: w.out.Subject, Term: t})
			}
		}
		replies, err := w.audience.Ask(ctx, questions, audience.Asking{})
		if err != nil {
			return err
		}
		for i, p := range some {
			if err := ctx.Err(); err != nil {
				return err
			}
			of := make([]*engine.Values, len(terms))
			for t := range terms {
				of[t] = replies[i*len(terms)+t].Values
			}
			if err := do(p, of); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	traitPrefix = "the groups of "
	maxTraits   = 30
	maxLevels   = 50
)

// traits divides by one trait each: by its values, or by fifths of a number. Traits
// that may know the future, and texts of many values, are left out.
func (w *work) traits(ctx context.Context, panels []*panel) ([]*scheme, error) {
	var chosen []segment.Term
	var names []string
	for _, t := range w.cat.Traits {
		if t.Kind != w.out.Subject.Kind() || !t.Dated && !t.Timeless && !contains(w.q.Timeless, t.Name) || len(chosen) == maxTraits {
			continue
		}
		if t.Type != kreds.Text && t.Type != kreds.Boolean && t.Type != kreds.Number {
			continue
		}
		term, _, err := column(w.cat, w.out.Subject, segment.Quote(t.Name))
		if err != nil || term == nil {
			continue
		}
		chosen, names = append(chosen, term), append(names, t.Name)
	}
	var out []*scheme
	for i, term := range chosen {
		s := &scheme{name: traitPrefix + names[i]}
		levels := map[int32]bool{}
		err := w.known(ctx, panels, []segment.Term{term}, func(p *panel, of []*engine.Values) error {
			labels := traitLabels(of[0], p.profiles)
			for _, l := range labels {
				levels[l] = true
			}
			s.labels = append(s.labels, labels)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(levels) <= maxLevels {
			out = append(out, s)
		}
	}
	return out, nil
}

// traitLabels are 0 for unknown values.
func traitLabels(v *engine.Values, profiles []uint32) []int32 {
	if v.Type == kreds.Number {
		values := numbers(v, profiles)
		// Numbers of any sign are parted by rank.
		low := math.Inf(1)
		for _, x := range values {
			if x < low {
				low = x
			}
		}
		for i := range values {
			values[i] = values[i] - low + 1
		}
		return quantiles(values, 5)
	}
	out := make([]int32, len(profiles))
	for i, p := range profiles {
		switch {
		case !v.Known.Has(p):
		case v.Code != nil:
			out[i] = v.Code[p] + 1
		default:
			out[i] = int32(v.Int[p]) + 1
		}
	}
	return out
}
