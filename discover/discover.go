// Package discover finds segments in traits, events and answers, says whether they are
// real, and turns them into rules or stored models. It evaluates features through
// audience and leaves the statistics to stats.
package discover

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/state"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/stability"
)

// Discoverer finds segments in one workspace.
type Discoverer struct {
	audience *audience.Audience
	engine   engine.Engine
	state    *state.Store
	clock    kreds.Clock
}

// New returns a discoverer over an audience and what the audience is over.
func New(a *audience.Audience, e engine.Engine, s *state.Store, clock kreds.Clock) *Discoverer {
	return &Discoverer{a, e, s, clock}
}

// Request says where to look for segments. On are terms or conditions of the language,
// which come to those of Preset; if there is neither, the preset is rfm. Without are
// names of features that are left out. Empty fields have defaults.
type Request struct {
	Among        string   // whom to divide: an expression or a segment's name
	On           []string // features
	Without      []string // names of features to leave out
	Preset       string
	Event, Value string // of presets: which event is a purchase, which property its worth
	Method       Method
	K            string // "4" or "2..8"
	Scale        string // auto, z, robust, none
	Transform    string // auto, log, winsorise, none
	// Use are transforms of single features: FEATURE=log, winsorise or none.
	Use            []string
	Missing        string // auto (the median), median, mean, zero, exclude (the profile)
	Categories     string // auto, onehot (a column for each text), native (as they are)
	Starts         int
	Seed           uint64
	AsOf           kreds.Instant
	AllowSensitive bool
	Workers        int // default: the number of processors
}

// Discovery is what was found.
type Discovery struct {
	Request
	Name     string
	Subject  kreds.Subject
	Method   Method
	Why      string // why this method, where it was chosen
	Tried    []Trial
	Among    string // in canonical form
	Features []Feature
	Refused  []Refused
	Scale    string
	N        int
	Distinct int    // distinct rows, N if most are
	Hash     string // of the rows: the same data and seed give the same result
	Notes    []string

	Picture     Picture
	Cuts        [][]float64 `json:",omitempty"` // of the grid of recency and frequency
	Solutions   []*Solution
	Recommended Recommendation
	Tools       []*Typing `json:",omitempty"` // that were made of it, by number of segments
	Seconds     float64
	Created     time.Time
}

const (
	defaultStarts = 10
	maxK          = 50
)

// Check refuses a request that no data could make sense of. The error has CodeInvalid,
// or CodeNotFound for a name that does not exist.
func (d *Discoverer) Check(ctx context.Context, q Request) error {
	if _, err := parseK(q.K); err != nil {
		return err
	}
	if err := q.check(); err != nil {
		return err
	}
	cat, err := d.audience.Catalogue(ctx)
	if err != nil {
		return err
	}
	specs, among, err := d.features(ctx, &q, cat)
	if err != nil {
		return err
	}
	e, err := d.audience.Resolve(ctx, among)
	if err != nil {
		return err
	}
	for _, s := range specs {
		for _, text := range []string{s.text, s.of} {
			if text == "" {
				continue
			}
			if _, _, err := d.audience.Column(ctx, e.Subject, text); err != nil {
				return fmt.Errorf("the feature %s: %w", text, err)
			}
		}
	}
	return nil
}

// Discover finds segments. Progress is told from 0 to 1. The errors have CodeInvalid
// where the data or the request cannot be used, and say why.
func (d *Discoverer) Discover(ctx context.Context, q Request, progress func(float64)) (*Discovery, error) {
	began := d.clock()
	if progress == nil {
		progress = func(float64) {}
	}
	ks, err := parseK(q.K)
	if err != nil {
		return nil, err
	}
	a, err := d.ask(ctx, &q)
	if err != nil {
		return nil, err
	}
	t, f := a.table, a.frame
	progress(.1)
	out := &Discovery{Request: q, Subject: f.Subject, Among: a.among, Refused: t.refused, Scale: t.scale, N: len(t.profiles), Created: began}
	r := t.rows()
	out.Distinct = r.x.Rows
	if ks, err = feasible(ks, r, out); err != nil {
		return nil, err
	}
	if out.Method, out.Why, out.Tried, err = choose(ctx, &q, t, ks); err != nil {
		return nil, err
	}
	if !out.Method.counts() {
		ks = []int{0}
	}
	w := &work{
		fitter: &fitter{method: out.Method, starts: q.Starts, workers: q.Workers, seed: q.Seed},
		table:  t, ks: ks, progress: func(p float64) { progress(.1 + .8*p) },
	}
	if out.Solutions, err = w.solve(ctx); err != nil {
		return nil, err
	}
	w.remarks(out)
	for _, c := range t.columns {
		out.Features = append(out.Features, c.Feature)
	}
	out.Hash = t.hash()
	if err := d.describe(ctx, out, t, f); err != nil {
		return nil, err
	}
	if d.movesWithTime(a.cat, t) {
		if err := d.shift(ctx, out, a.specs, a.among, &q, t, f); err != nil {
			return nil, err
		}
	} else {
		out.Notes = append(out.Notes, kreds.Say("Stability over time was not measured: none of the features has dates, so that they were the same a quarter earlier."))
	}
	out.Recommended = recommend(out.Solutions)
	out.Seconds = d.clock().Sub(began).Seconds()
	progress(1)
	return out, nil
}

// check refuses what no data could make sense of and fills in defaults.
func (q *Request) check() error {
	one := func(what, v string, of ...string) error {
		if v == "" || slices.Contains(of, v) {
			return nil
		}
		return kreds.Errorf(kreds.CodeInvalid, "there is no %s %q", what, v).WithHint("there are: %s", strings.Join(of, ", "))
	}
	var methods []string
	for _, m := range Methods {
		methods = append(methods, string(m))
	}
	if err := one("method", string(q.Method), methods...); err != nil {
		return err
	}
	if err := one("scale", q.Scale, "auto", "z", "robust", "none"); err != nil {
		return err
	}
	if err := one("transform", q.Transform, "auto", "log", "winsorise", "none"); err != nil {
		return err
	}
	if err := one("way to treat missing values", q.Missing, "auto", "median", "mean", "zero", "exclude"); err != nil {
		return err
	}
	if err := one("way to use categories", q.Categories, "auto", "onehot", "native"); err != nil {
		return err
	}
	for _, use := range q.Use {
		at := strings.LastIndex(use, "=")
		if at < 1 || !slices.Contains([]string{"log", "winsorise", "none"}, strings.TrimSpace(use[at+1:])) {
			return kreds.Errorf(kreds.CodeInvalid, "%q does not say how a feature is used", use).WithHint("write FEATURE=log, FEATURE=winsorise or FEATURE=none")
		}
	}
	if q.Categories == "native" && slices.Contains([]Method{KMeans, KMedians, Spherical, Ward, HDBSCAN}, q.Method) {
		return kreds.Errorf(kreds.CodeInvalid, "%s takes no categories as they are, only a column for each text", q.Method).WithHint("take --method kprototypes or lca, or --categories onehot")
	}
	if q.Categories == "onehot" && (q.Method == KPrototypes || q.Method == LCA) {
		return kreds.Errorf(kreds.CodeInvalid, "%s takes categories as they are", q.Method).WithHint("take --method kmeans, or --categories native")
	}
	if q.Starts < 0 || q.Starts > 1000 {
		return kreds.Errorf(kreds.CodeInvalid, "%d starts are out of range", q.Starts).WithHint("take 1 to 1000")
	}
	if q.Starts == 0 {
		q.Starts = defaultStarts
	}
	if q.Method == "" {
		q.Method = Auto
	}
	if len(q.On) == 0 && q.Preset == "" {
		q.Preset = "rfm"
	}
	return nil
}

// parseK reads "4" or "2..8".
func parseK(text string) ([]int, error) {
	bad := func() error {
		return kreds.Errorf(kreds.CodeInvalid, "%q is no number of segments", text).WithHint("write one, as 4, or a range, as 2..8; at most %d", maxK)
	}
	if text == "" {
		text = "2..8"
	}
	from, to, ranged := strings.Cut(text, "..")
	a, err := strconv.Atoi(strings.TrimSpace(from))
	if err != nil {
		return nil, bad()
	}
	b := a
	if ranged {
		if b, err = strconv.Atoi(strings.TrimSpace(to)); err != nil {
			return nil, bad()
		}
	}
	if a < 1 || b < a || b > maxK {
		return nil, bad()
	}
	var ks []int
	for k := a; k <= b; k++ {
		ks = append(ks, k)
	}
	return ks, nil
}

// feasible leaves out numbers of segments for which there are too few distinct rows.
func feasible(ks []int, r *rows, out *Discovery) ([]int, error) {
	var possible []int
	var first error
	for _, k := range ks {
		if err := cluster.Possible(r.x, r.weights, k); err == nil {
			possible = append(possible, k)
		} else if first == nil {
			first = err
		}
	}
	if len(possible) == 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%w", first).WithHint("ask for fewer segments, more profiles or other features")
	}
	if len(possible) < len(ks) {
		out.Notes = append(out.Notes, kreds.Say("More than %d segments are not possible: there are no more different profiles.", possible[len(possible)-1]))
	}
	return possible, nil
}

// features are what a request looks at, and the expression of whom.
func (d *Discoverer) features(ctx context.Context, q *Request, cat *kreds.Catalogue) ([]spec, string, error) {
	var specs []spec
	among := "everyone"
	if q.Preset != "" {
		var st *engine.Statistics
		if q.Preset == "behaviour" {
			var err error
			if st, err = d.engine.Statistics(ctx); err != nil {
				return nil, "", err
			}
		}
		var err error
		if specs, among, err = recipe(q.Preset, cat, st, q.Event, q.Value); err != nil {
			return nil, "", err
		}
	}
	specs = append(specs, specsOf(q.On)...)
	for _, name := range q.Without {
		before := len(specs)
		specs = slices.DeleteFunc(specs, func(s spec) bool { return strings.EqualFold(s.name, strings.Trim(strings.TrimSpace(name), "`")) })
		if len(specs) == before {
			var names []string
			for _, s := range specs {
				names = append(names, s.name)
			}
			return nil, "", kreds.Errorf(kreds.CodeInvalid, "there is no feature %q to leave out", name).WithHint("there are: %s", strings.Join(names, ", "))
		}
	}
	if len(specs) == 0 {
		return nil, "", kreds.Errorf(kreds.CodeInvalid, "no features are given").WithHint("name traits or measures with --on, or a recipe with --preset")
	}
	if q.Among != "" {
		among = q.Among
	}
	among, err := d.among(ctx, among)
	return specs, among, err
}

// specsOf reads lists of terms and conditions, and of shares.
func specsOf(lists []string) []spec {
	var specs []spec
	for _, list := range lists {
		for _, text := range split(list) {
			part, whole, ok := strings.Cut(text, " / ")
			if !ok {
				part, whole = text, ""
			}
			specs = append(specs, spec{name: strings.Trim(text, "`"), text: part, of: whole})
		}
	}
	return specs
}

// among is whom a request names, an expression or a segment's name, as an expression.
func (d *Discoverer) among(ctx context.Context, text string) (string, error) {
	seg, err := d.state.Segment(ctx, strings.TrimSpace(text))
	if err == nil {
		e := &segment.Expr{Subject: seg.Subject, Root: &segment.InSegment{Segment: seg.Name}}
		return e.String(), nil
	}
	if kreds.CodeOf(err) != kreds.CodeNotFound {
		return "", err
	}
	e, err := d.audience.Parse(ctx, text)
	if err != nil {
		return "", err
	}
	return e.String(), nil
}

// asked is what a request looks at, and whom.
type asked struct {
	cat   *kreds.Catalogue
	specs []spec
	among string
	table *table
	frame *audience.Frame
}

// ask finds and evaluates what a request is about, after checking it.
func (d *Discoverer) ask(ctx context.Context, q *Request) (*asked, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	cat, err := d.audience.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	specs, among, err := d.features(ctx, q, cat)
	if err != nil {
		return nil, err
	}
	if specs, err = d.narrow(ctx, specs, among, q.AsOf); err != nil {
		return nil, err
	}
	t, f, err := d.table(ctx, specs, among, q, q.AsOf)
	if err != nil {
		return nil, err
	}
	return &asked{cat, specs, among, t, f}, nil
}

// table evaluates the features and prepares them.
func (d *Discoverer) table(ctx context.Context, specs []spec, among string, q *Request, asOf kreds.Instant) (*table, *audience.Frame, error) {
	columns, refused, f, err := d.evaluate(ctx, specs, among, asOf)
	if err != nil {
		return nil, nil, err
	}
	if len(f.Profiles) == 0 {
		return nil, nil, kreds.Errorf(kreds.CodeInvalid, "there is nobody to find segments among: no profile satisfies %s", among).WithHint("choose others with --among, or another --as-of")
	}
	profiles := f.Profiles
	if q.Missing == "exclude" {
		if profiles, err = complete(profiles, columns); err != nil {
			return nil, nil, err
		}
	}
	t, err := prepare(profiles, columns, refused, q)
	return t, f, err
}

// evaluate reads what is asked for, among the members of an expression, and refuses what
// cannot be read as a feature.
func (d *Discoverer) evaluate(ctx context.Context, specs []spec, among string, asOf kreds.Instant) (columns []*column, refused []Refused, f *audience.Frame, err error) {
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	fq := audience.FrameRequest{Among: among, AsOf: asOf, Buckets: engine.AllBuckets}
	for _, s := range specs {
		fq.Columns = append(fq.Columns, s.text)
	}
	whole := map[int]int{}
	for i, s := range specs {
		if s.of != "" {
			whole[i] = len(fq.Columns)
			fq.Columns = append(fq.Columns, s.of)
		}
	}
	if f, err = d.audience.Frame(ctx, fq); err != nil {
		return nil, nil, nil, err
	}
	for i, s := range specs {
		var of *audience.FrameColumn
		if j, ok := whole[i]; ok {
			of = &f.Columns[j]
		}
		if why := legible(&f.Columns[i]); why != "" {
			refused = append(refused, Refused{s.name, why})
			continue
		}
		c := read(s, f, &f.Columns[i], of, cal, asOf)
		if no := c.group(); no != nil {
			refused = append(refused, *no)
			continue
		}
		columns = append(columns, c)
	}
	return columns, refused, f, nil
}

// hash identifies the rows.
func (t *table) hash() string {
	h := sha256.New()
	var b [8]byte
	for i, p := range t.profiles {
		binary.LittleEndian.PutUint32(b[:4], p)
		h.Write(b[:4])
		for _, v := range t.x.Row(i) {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			h.Write(b[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// movesWithTime reports whether the features were other ones at another time.
func (d *Discoverer) movesWithTime(cat *kreds.Catalogue, t *table) bool {
	dated := map[string]bool{}
	for _, tr := range cat.Traits {
		dated[segment.Quote(tr.Name)] = tr.Dated
	}
	for _, c := range t.columns {
		if dated[c.Text] || !isTrait(c.Text) {
			return true
		}
	}
	return false
}

// quarter is how much earlier the same recipe is tried, in days.
const quarter = 91

// shift measures time-shift stability: the same recipe a quarter earlier gives other
// centres; those divide today's profiles, and the two divisions are compared.
func (d *Discoverer) shift(ctx context.Context, out *Discovery, specs []spec, among string, q *Request, today *table, f *audience.Frame) error {
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return err
	}
	t, _, err := d.table(ctx, specs, among, q, cal.Add(q.AsOf, -quarter, segment.Day))
	if err != nil {
		if kreds.CodeOf(err) != kreds.CodeInvalid {
			return err
		}
		out.Notes = append(out.Notes, kreds.Say("Stability over time is unknown: a quarter earlier there was not enough data."))
		return nil
	}
	var features []Feature
	for _, c := range t.columns {
		features = append(features, c.Feature)
	}
	now, err := encoded(f, features, cal, q.AsOf)
	if err != nil {
		return err
	}
	if len(now.profiles) > len(today.profiles) { // some were left out
		now = now.take(places(now.profiles, today.profiles))
	}
	w := fitter{method: out.Method, starts: q.Starts, workers: q.Workers, seed: q.Seed}
	for _, s := range out.Solutions {
		if s.K < 2 || cluster.Possible(t.rows().x, t.rows().weights, s.K) != nil {
			continue
		}
		p, err := w.fit(ctx, t, s.K, q.Seed)
		if err != nil {
			if ctx.Err() != nil || kreds.CodeOf(err) != kreds.CodeInvalid {
				return err
			}
			continue // too little differed a quarter earlier
		}
		then, err := p.model.assign(now)
		if err != nil {
			return err
		}
		a, b := make([]int32, len(then)), make([]int32, len(then))
		for i := range then {
			a[i], b[i] = outside(s.Labels[i], s.K), outside(then[i], p.k)
		}
		v := finite(cluster.AdjustedRand(a, b, nil))
		s.Stability.TimeShift = &v
		for i := range s.Stability.Segments {
			v := finite(stability.Recovered(a, b, nil, int32(i)))
			s.Stability.Segments[i].TimeShift = &v
		}
	}
	return nil
}

// places are the places of some profiles among all, both ascending.
func places(all, some []uint32) []int {
	out := make([]int, 0, len(some))
	for i, p := range all {
		if len(out) < len(some) && p == some[len(out)] {
			out = append(out, i)
		}
	}
	return out
}
