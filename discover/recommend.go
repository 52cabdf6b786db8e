package discover

import (
	"slices"

	"github.com/kreds/kreds"
)

// Verdict says what kind of segments a solution has, after Dolnicar and Leisch (2010).
type Verdict string

// The verdicts: groups that are there; no clear groups but segments that come back; and
// neither, so that the segments are made, not found.
const (
	Natural      Verdict = "natural"
	Reproducible Verdict = "reproducible"
	Constructive Verdict = "constructive"
)

// Recommendation is the number of segments that the evidence speaks for.
type Recommendation struct {
	K       int
	Verdict Verdict
	Reason  string
}

// Thresholds of the verdicts: of global stability, and of the silhouette above which
// Kaufman and Rousseeuw (1990) call a structure reasonable.
const (
	naturalStability      = .85
	reproducibleStability = .8
	reasonable            = .5
	clearlyAboveChance    = .2
	barelyAboveChance     = .02
	nearlyAsStable        = .05
	asStable              = .02 // what samples differ by anyway
)

// separation is how far segments are apart, how far those of data without structure are,
// and what measures it.
func (s *Solution) separation() (value, chance float64, measure string) {
	if s.Density != nil {
		return s.Density.Validity, s.Density.Chance, "density-based validity"
	}
	return s.Silhouette, s.Chance, "silhouette"
}

// structured reports whether segments are better separated than those of data without
// structure.
func (s *Solution) structured() bool {
	value, chance, _ := s.separation()
	return s.K >= 2 && value > chance+barelyAboveChance
}

func (s *Solution) natural() bool {
	value, chance, _ := s.separation()
	return s.structured() && s.Stability.Global >= naturalStability &&
		(s.Density == nil && value >= reasonable || value-chance >= clearlyAboveChance)
}

// recommend weighs the solutions.
func recommend(sols []*Solution) Recommendation {
	var best *Solution
	for _, s := range sols {
		if s.natural() && (best == nil || s.Silhouette > best.Silhouette) {
			best = s
		}
	}
	if best != nil {
		value, chance, measure := best.separation()
		return Recommendation{best.K, Natural, kreds.Say(
			"The %d segments are there in the data: they come back on other samples (stability %.2f of 1) and are well apart (%s %.2f; data without groups gives at most %.2f).",
			best.K, best.Stability.Global, measure, value, chance)}
	}
	if best = peak(sols, 3); best == nil {
		best = peak(sols, 2)
	}
	if best != nil {
		value, chance, measure := best.separation()
		return Recommendation{best.K, Reproducible, kreds.Say(
			"There are no clearly separate groups (%s %.2f), but the data has more structure than chance (%.2f), and %d segments come back on other samples (stability %.2f of 1).",
			measure, value, chance, best.K, best.Stability.Global)}
	}
	for _, s := range sols {
		if s.K < 3 && len(sols) > 1 {
			continue
		}
		if best == nil || s.Stability.Global > best.Stability.Global+.01 {
			best = s
		}
	}
	if best == nil {
		best = sols[0]
	}
	value, chance, measure := best.separation()
	why := kreds.Say("segments of data without any groups are as far apart (%s %.2f, by chance up to %.2f)", measure, value, chance)
	if best.structured() {
		top := mostStable(slices.DeleteFunc(slices.Clone(sols), func(s *Solution) bool { return !s.structured() }))
		why = kreds.Say("there is some structure, but no number of segments comes back on other samples (stability at most %.2f of 1)", top)
	}
	return Recommendation{best.K, Constructive, kreds.Say(
		"There is no cluster structure here: these are constructive segments. Customers lie in one continuum; %s. Segments can still be useful, but where they are cut is your choice; %d is the number whose cuts come back best (stability %.2f).",
		why, best.K, best.Stability.Global)}
}

// peak is, of the solutions of at least k segments that come back and do so at least as
// well as those of one segment fewer or more, the largest that is nearly the most stable. Two
// segments are asked for last: they mostly split what all features share.
func peak(sols []*Solution, k int) *Solution {
	var peaks []*Solution
	for i, s := range sols {
		if s.K < k || !s.structured() || s.Stability.Global < reproducibleStability {
			continue
		}
		if i > 0 && sols[i-1].K >= k && sols[i-1].Stability.Global > s.Stability.Global+asStable {
			continue
		}
		if i+1 < len(sols) && sols[i+1].Stability.Global > s.Stability.Global+asStable {
			continue
		}
		peaks = append(peaks, s)
	}
	var best *Solution
	for _, s := range peaks {
		if s.Stability.Global >= mostStable(peaks)-nearlyAsStable {
			best = s
		}
	}
	return best
}

func mostStable(sols []*Solution) float64 {
	top := 0.0
	for _, s := range sols {
		top = max(top, s.Stability.Global)
	}
	return top
}
