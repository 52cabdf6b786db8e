package discover

import (
	"context"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats/cluster"
)

// names are what methods are called.
var names = map[Method]string{
	KMeans: "k-means", KPrototypes: "k-prototypes", Mixture: kreds.Say("a mixture of normal distributions"), LCA: kreds.Say("latent classes"),
	Ward: kreds.Say("Ward's hierarchy"), HDBSCAN: "HDBSCAN", Spherical: kreds.Say("spherical k-means"),
}

// What makes one method better than another.
const (
	// clearlyBetter is by how much another method's score must be higher than that of
	// one that people understand better.
	clearlyBetter = .1
	// sameGroups is the adjusted Rand index from which on two methods find the same.
	sameGroups = .9
)

// choose takes the method asked for, or of those that fit the features the simplest that
// does nearly as well as any.
func choose(ctx context.Context, q *Request, t *table, ks []int) (Method, string, []Trial, error) {
	kinds := t.kinds()
	if q.Method != Auto {
		return q.Method, "", nil, fits(q.Method, t, kinds.categories)
	}
	candidates, why := kinds.candidates(q)
	if len(candidates) == 1 {
		asked := map[string]string{"onehot": kreds.Say("as a column for each text"), "native": kreds.Say("as they are")}[q.Categories]
		return candidates[0], kreds.Say("%s, and categories are to be used %s, which %s does.", why, asked, names[candidates[0]]), nil, nil
	}
	c := newContest(q, t, ks, candidates)
	if err := c.run(ctx); err != nil {
		return "", "", nil, err
	}
	best, reason := c.decide()
	c.entries[best].Chosen = true
	var tried []string
	trials := make([]Trial, len(c.entries))
	for i, e := range c.entries {
		trials[i] = e.Trial
		if e.Left == "" {
			tried = append(tried, kreds.Say("%s (%d segments, stability %.2f, separation %.2f)", names[e.Method], e.K, e.Stability, e.Separation))
		}
	}
	return candidates[best], kreds.Say("%s. Tried on %d profiles: %s. %s.", why, len(c.sample.profiles), strings.Join(tried, ", "), reason), trials, nil
}

// kinds is how many features there are of each kind.
type kinds struct {
	flags, categories, shares, numbers int
}

func (t *table) kinds() (k kinds) {
	for _, c := range t.columns {
		switch c.Kind {
		case Flag:
			k.flags++
		case Category:
			k.categories++
		case Share:
			k.shares++
		default:
			k.numbers++
		}
	}
	return k
}

// candidates are the methods that suit the features, the simplest first, and what the
// features are.
func (k kinds) candidates(q *Request) (all []Method, why string) {
	switch measured := k.numbers + k.shares; {
	case measured == 0 && k.categories == 0:
		return []Method{KMeans, LCA, Ward}, kreds.Say("All features are yes or no")
	case measured == 0:
		all, why = []Method{LCA, KMeans, Ward}, kreds.Say("The features are answers of several kinds")
		if q.Categories == "native" {
			all = []Method{LCA}
		}
	case k.categories > 0:
		all, why = []Method{KMeans, KPrototypes, Ward}, kreds.Say("Numbers and categories are mixed")
		if q.Categories == "native" {
			all = []Method{KPrototypes}
		}
	case k.shares > 1 && k.numbers+k.flags == 0:
		return []Method{KMeans, Spherical, Mixture, Ward, HDBSCAN}, kreds.Say("The features are shares")
	default:
		return []Method{KMeans, Mixture, Ward, HDBSCAN}, kreds.Say("The features are numbers")
	}
	if q.Categories == "onehot" {
		all = []Method{KMeans, Ward}
	}
	return all, why
}

// decide returns the simplest method whose score is near the highest, and why. Only what
// finds more than cuts through a continuum is taken before the first, and a simpler method
// that finds the same groups before it.
func (c *contest) decide() (best int, reason string) {
	first := &c.entries[0]
	top := first.score()
	for i := range c.entries {
		if e := &c.entries[i]; e.Verdict != Constructive {
			top = max(top, e.score())
		}
	}
	for i := range c.entries {
		if e := &c.entries[i]; e.score() >= top-clearlyBetter && (i == 0 || e.Verdict != Constructive) {
			best = i
			break
		}
	}
	b := &c.entries[best]
	for i := range c.entries[:best] {
		e := &c.entries[i]
		if same := e.agreement(b); e.Left == "" && same >= sameGroups {
			return i, kreds.Say("%s finds the same groups as %s (adjusted Rand index %.2f), and is simpler", capital(names[e.Method]), names[b.Method], same)
		}
	}
	switch {
	case best == 0 && slices.ContainsFunc(c.entries, func(e entry) bool { return e.score() > b.score()+clearlyBetter }):
		return 0, kreds.Say("Nothing finds more than cuts through a continuum, so the simplest is taken: %s", names[b.Method])
	case best == 0:
		return 0, kreds.Say("Nothing does clearly better than %s", names[b.Method])
	case b.Method == HDBSCAN:
		return best, kreds.Say("The groups of HDBSCAN have shapes that borders between centres would cut through")
	case b.Separation-first.Separation > b.Stability-first.Stability:
		return best, kreds.Say("The segments of %s are clearly better apart", names[b.Method])
	}
	return best, kreds.Say("The segments of %s come back clearly better", names[b.Method])
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// score weighs whether segments come back with whether they are apart: where nothing is,
// stability alone decides.
func (t *Trial) score() float64 {
	if t.Left != "" {
		return -1
	}
	return t.Stability * (1 + t.Separation)
}

// agreement is the adjusted Rand index of what two methods find, among those that the
// second leaves in a group, with as many segments where the first can be told.
func (e *entry) agreement(o *entry) float64 {
	mine := e.labels[o.K]
	if mine == nil {
		mine = e.labels[e.K]
	}
	theirs := o.labels[o.K]
	if mine == nil || theirs == nil {
		return 0
	}
	var a, b []int32
	for i, l := range theirs {
		if l >= 0 {
			a, b = append(a, outside(mine[i], len(mine))), append(b, l)
		}
	}
	if len(a) == 0 {
		return 0
	}
	return finite(cluster.AdjustedRand(a, b, nil))
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
	say := func(format string, args ...any) { out.Notes = append(out.Notes, kreds.Say(format, args...)) }
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
		looked := n
		if n > mostRows {
			looked = mostRows / 2
			say("Groups were looked for in %d profiles drawn at random; each of the others is where the nearest of these is.", looked)
		}
		say("The number of groups follows from the data: each has at least %d of the profiles looked at. A newcomer is where the nearest profile of those kept is.", smallest(looked))
	}
	if s := out.Solutions[0].Stability; s.Rows < distinct {
		say("Stability was measured on %d profiles drawn at random, in %d pairs of samples.", s.Rows, s.Pairs)
	}
}
