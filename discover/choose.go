package discover

import (
	"context"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats/stability"
)

// names are what methods are called.
var names = map[Method]string{
	KMeans: "k-means", KPrototypes: "k-prototypes", Mixture: "a mixture of normal distributions", LCA: "latent classes",
}

// How much is tried to choose a method.
const (
	tryRows  = 600
	tryPairs = 8
	// clearlyStabler is by how much another method must come back better than the
	// first, which people understand best.
	clearlyStabler = .1
)

// choose takes the method asked for, or of those that fit the features the one whose
// segments come back best.
func choose(ctx context.Context, q *Request, t *table, ks []int) (Method, string, error) {
	flags, categories, numbers := 0, 0, 0
	for _, c := range t.columns {
		switch c.Kind {
		case Flag:
			flags++
		case Category:
			categories++
		default:
			numbers++
		}
	}
	if q.Method != Auto {
		return q.Method, "", fits(q.Method, t, categories)
	}
	var candidates []Method
	var why string
	switch {
	case numbers == 0 && categories == 0:
		candidates, why = []Method{KMeans, LCA}, "All features are yes or no"
	case numbers == 0:
		candidates, why = []Method{LCA, KMeans}, "The features are answers of several kinds"
		switch q.Categories {
		case "onehot":
			candidates = candidates[1:]
		case "native":
			candidates = candidates[:1]
		}
	case categories > 0:
		candidates, why = []Method{KMeans, KPrototypes}, "Numbers and categories are mixed"
		switch q.Categories {
		case "onehot":
			candidates = candidates[:1]
		case "native":
			candidates = candidates[1:]
		}
	default:
		candidates, why = []Method{KMeans, Mixture}, "The features are numbers"
	}
	if len(candidates) == 1 {
		asked := map[string]string{"onehot": "as a column for each text", "native": "as they are"}[q.Categories]
		return candidates[0], fmt.Sprintf("%s, and categories are to be used %s, which %s does.", why, asked, names[candidates[0]]), nil
	}
	sample := t.take(pick(len(t.profiles), tryRows, q.Seed))
	stable := make([]float64, len(candidates))
	best := 0
	var tried []string
	for i, m := range candidates {
		w := &work{fitter: &fitter{method: m, starts: 3, workers: q.Workers, seed: q.Seed}, table: sample}
		find := func(ctx context.Context, draw []int, k int, seed uint64) ([]int32, error) {
			return w.divide(ctx, sample, draw, k, seed)
		}
		studies, err := stability.Resample(ctx, len(sample.profiles), some(ks), nil, find, stability.Options{Pairs: tryPairs, Seed: q.Seed, Workers: q.Workers})
		if err != nil {
			return "", "", invalid(err)
		}
		for _, s := range studies {
			stable[i] = max(stable[i], stability.Mean(s.Global))
		}
		tried = append(tried, fmt.Sprintf("%s (stability %.2f)", names[m], stable[i]))
		if stable[i] > stable[best]+clearlyStabler {
			best = i
		}
	}
	return candidates[best], fmt.Sprintf("%s. Tried on %d profiles: %s. %s.", why, len(sample.profiles), strings.Join(tried, ", "), reasonFor(best, candidates[best])), nil
}

// some are at most three of the numbers of segments, from few to many.
func some(ks []int) []int {
	if len(ks) <= 3 {
		return ks
	}
	return []int{ks[0], ks[len(ks)/2], ks[len(ks)-1]}
}

func reasonFor(best int, m Method) string {
	if best > 0 {
		return "The segments of " + names[m] + " come back clearly better"
	}
	return "Nothing comes back clearly better than " + names[m]
}

// fits refuses a method that cannot take the features.
func fits(m Method, t *table, categories int) error {
	switch {
	case m == Mixture && categories > 0:
		return kreds.Errorf(kreds.CodeInvalid, "a mixture of normal distributions is of numbers; there are categories among the features").
			WithHint("take --method kprototypes, or leave the categories out")
	case m == LCA:
		_, err := t.answers()
		return err
	case m == RFM:
		_, err := t.rfm()
		return err
	}
	return nil
}

// remarks says what was looked at in a sample only.
func (w *work) remarks(out *Discovery) {
	say := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	n := len(w.table.profiles)
	distinct := w.table.rows().x.Rows
	switch {
	case w.method == KMeans && distinct > sampleForStarts:
		say("The starts of k-means were compared on %d profiles drawn at random; the best went on with all of them.", sampleForStarts/4)
	case w.method == Mixture && n > sampleForMixture:
		say("The mixture was fitted to %d profiles drawn at random.", sampleForMixture)
	case w.method == Ward && distinct > mostRows/2:
		say("The hierarchy was built on %d small groups of near profiles.", groups)
	case w.method == HDBSCAN:
		say("The number of groups follows from the data: each has at least %d profiles. Newcomers would be assigned to the nearest centre, which suits round groups only.", min(max(5, n/50), n))
	}
	if s := out.Solutions[0].Stability; s.Rows < distinct {
		say("Stability was measured on %d profiles drawn at random, in %d pairs of samples.", s.Rows, s.Pairs)
	}
}
