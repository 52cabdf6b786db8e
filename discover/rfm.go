package discover

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
	"github.com/kreds/kreds/stats/rfm"
)

// RFMRequest says how to score profiles by recency, frequency and monetary value. Empty
// fields have defaults; cut points that are not given are quantiles.
type RFMRequest struct {
	Among        string // an expression or a segment's name; the default is who did the event
	Event, Value string
	Bins         int // 2 to 9; default 5
	Ties         string
	Recency      []float64 // cut points: days
	Frequency    []float64 // occasions
	Monetary     []float64
	AsOf         kreds.Instant
}

// TiesNames say to which bin a value belongs that equals a cut point: lower, the bin
// below it; plus-one, what the R package rfm does, which adds one to the quantiles and
// puts what equals them into the bin above.
var TiesNames = []string{"lower", "plus-one"}

// RFMScores are scored profiles, and what the scores and groups come to.
type RFMScores struct {
	RFMRequest
	Subject  kreds.Subject
	Profiles []uint32 // ascending
	Scores   []rfm.Score
	Names    []string // of the groups, by profile
	Groups   []RFMGroup
	Cells    []RFMCell
	Notes    []string
}

// RFMGroup is a named group: how many are in it, their means, and the sum of their
// monetary value.
type RFMGroup struct {
	Name                         string
	Members                      int64
	Recency, Frequency, Monetary float64
	Sum                          float64
}

// RFMCell is one cell of the grid of recency by frequency.
type RFMCell struct {
	Recency, Frequency int
	Members            int64
	Monetary           float64 // mean
}

// ScoreRFM scores profiles. The errors have CodeInvalid or CodeNotFound and say what
// cannot be used.
func (d *Discoverer) ScoreRFM(ctx context.Context, q RFMRequest) (*RFMScores, error) {
	o := rfm.Options{Bins: q.Bins, Recency: q.Recency, Frequency: q.Frequency, Monetary: q.Monetary}
	if err := q.check(&o); err != nil {
		return nil, err
	}
	var err error
	if o.Rules, err = d.RFMRules(ctx, o.Bins); err != nil {
		return nil, err
	}
	cat, err := d.audience.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	specs, among, err := recipe("rfm", cat, nil, q.Event, q.Value)
	if err != nil {
		return nil, err
	}
	if q.Among != "" {
		among = q.Among
	}
	if among, err = d.among(ctx, among); err != nil {
		return nil, err
	}
	out := &RFMScores{RFMRequest: q}
	bought, err := audience.FindPurchase(cat, q.Event, q.Value)
	if err != nil {
		return nil, err
	}
	out.Event, out.Value, out.Bins, out.Among = bought.Event.Name, bought.Property, o.Bins, among
	customers, err := d.customers(ctx, out, specs)
	if err != nil {
		return nil, err
	}
	result, err := rfm.Compute(customers, o)
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%w", err)
	}
	out.Scores, out.Names = result.Scores, result.Groups
	out.Recency, out.Frequency, out.Monetary = result.Recency, result.Frequency, result.Monetary
	out.summarise(customers, o.Rules)
	out.Notes = append(out.Notes, warnings(o.Rules, o.Bins)...)
	if n := len(rfm.Overlaps(o.Rules, o.Bins)); n > 0 {
		out.Notes = append(out.Notes, kreds.Say("%d pairs of groups share scores; the first that fits counts, so their order matters.", n))
	}
	for i, cuts := range [][]float64{out.Recency, out.Frequency, out.Monetary} {
		if len(slices.Compact(slices.Clone(cuts))) < len(cuts) {
			out.Notes = append(out.Notes, kreds.Say("So many profiles have the same %s that some of its scores are not reached.", []string{"recency", "frequency", "monetary value"}[i]))
		}
	}
	return out, nil
}

func (q *RFMRequest) check(o *rfm.Options) error {
	if o.Bins == 0 {
		o.Bins = 5
		for _, cuts := range [][]float64{q.Recency, q.Frequency, q.Monetary} {
			if cuts != nil {
				o.Bins = len(cuts) + 1
			}
		}
	}
	if o.Bins < 2 || o.Bins > 9 {
		return kreds.Errorf(kreds.CodeInvalid, "%d bins are out of range", o.Bins).WithHint("take 2 to 9")
	}
	for i, cuts := range [][]float64{q.Recency, q.Frequency, q.Monetary} {
		if cuts == nil {
			continue
		}
		name := []string{"recency", "frequency", "monetary value"}[i]
		if len(cuts) != o.Bins-1 {
			return kreds.Errorf(kreds.CodeInvalid, "%d cut points of %s do not make %d bins", len(cuts), name, o.Bins).WithHint("give %d ascending numbers", o.Bins-1)
		}
		for j, c := range cuts {
			if c-c != 0 || j > 0 && c < cuts[j-1] {
				return kreds.Errorf(kreds.CodeInvalid, "the cut points of %s are not ascending numbers", name).WithHint("write the lowest first, as 30,90,180,365")
			}
		}
	}
	switch q.Ties {
	case "", "lower":
	case "plus-one":
		o.Ties = rfm.PlusOne
	default:
		return kreds.Errorf(kreds.CodeInvalid, "there is no way %q to treat ties", q.Ties).WithHint("there are: %s", strings.Join(TiesNames, ", "))
	}
	return nil
}

// customers evaluates what is scored. Profiles without a value are left out.
func (d *Discoverer) customers(ctx context.Context, out *RFMScores, specs []spec) ([]rfm.Customer, error) {
	cal, err := d.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	fq := audience.FrameRequest{Among: out.Among, AsOf: out.AsOf, Buckets: engine.AllBuckets}
	for _, s := range specs {
		fq.Columns = append(fq.Columns, s.text)
	}
	f, err := d.audience.Frame(ctx, fq)
	if err != nil {
		return nil, err
	}
	out.Subject = f.Subject
	var values [3][]float64
	for i := range values {
		values[i] = read(specs[i], f, &f.Columns[i], nil, cal, out.AsOf).value
	}
	var customers []rfm.Customer
	for i, p := range f.Profiles {
		c := rfm.Customer{Recency: values[0][i], Frequency: values[1][i], Monetary: values[2][i]}
		if math.IsNaN(c.Recency) || math.IsNaN(c.Frequency) || math.IsNaN(c.Monetary) {
			continue
		}
		out.Profiles = append(out.Profiles, p)
		customers = append(customers, c)
	}
	if left := len(f.Profiles) - len(customers); left > 0 {
		out.Notes = append(out.Notes, kreds.Say("%d profiles did no %s, or none with a value, and have no score.", left, out.Event))
	}
	if len(customers) == 0 {
		err := kreds.Errorf(kreds.CodeInvalid, "there is nobody to score: nobody did %s before the as-of time", out.Event)
		if out.Among != "did "+segment.Quote(out.Event) {
			err = kreds.Errorf(kreds.CodeInvalid, "there is nobody to score: of those with %s nobody did %s before the as-of time", out.Among, out.Event)
		}
		return nil, err.WithHint("choose others with --among, or another --as-of")
	}
	return customers, nil
}

// summarise fills in groups, in the order of the rules, and cells.
func (r *RFMScores) summarise(customers []rfm.Customer, rules []rfm.Rule) {
	at := map[string]int{}
	for _, rule := range append(slices.Clone(rules), rfm.Rule{Name: rfm.Others}) {
		at[rule.Name] = len(r.Groups)
		r.Groups = append(r.Groups, RFMGroup{Name: rule.Name})
	}
	r.Cells = make([]RFMCell, r.Bins*r.Bins)
	for i := range r.Cells {
		r.Cells[i].Recency, r.Cells[i].Frequency = i/r.Bins+1, i%r.Bins+1
	}
	for i, c := range customers {
		g := &r.Groups[at[r.Names[i]]]
		g.Members++
		g.Recency += c.Recency
		g.Frequency += c.Frequency
		g.Sum += c.Monetary
		cell := &r.Cells[(r.Scores[i].Recency-1)*r.Bins+r.Scores[i].Frequency-1]
		cell.Members++
		cell.Monetary += c.Monetary
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Members > 0 {
			n := float64(g.Members)
			g.Recency, g.Frequency, g.Monetary = g.Recency/n, g.Frequency/n, g.Sum/n
		}
	}
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Members > 0 {
			c.Monetary /= float64(c.Members)
		}
	}
}

// warnings says whom a table of groups can never name, and whom it leaves out.
func warnings(rules []rfm.Rule, bins int) []string {
	var out []string
	for _, name := range rfm.Unreachable(rules, bins) {
		out = append(out, kreds.Say("Nobody can be in the group %q: the rules before it take all scores that it names.", name))
	}
	if n := rfm.Uncovered(rules, bins); n > 0 {
		out = append(out, kreds.Say("%d of %d scores are in no group: who has them is in %q.", n, bins*bins*bins, rfm.Others))
	}
	return out
}

// WriteCSV writes the scores as a file of profiles, each observed just before the as-of
// time, so that it is seen as of that time and not before.
func (d *Discoverer) WriteCSV(ctx context.Context, r *RFMScores, w io.Writer) error {
	buffered := bufio.NewWriter(w)
	out := csv.NewWriter(buffered)
	if err := out.Write([]string{"key", "observed", "rfm.recency", "rfm.frequency", "rfm.monetary", "rfm.group"}); err != nil {
		return err
	}
	at := justBefore(r.AsOf)
	i := 0
	for k, err := range d.engine.Keys(ctx, roaring.BitmapOf(r.Profiles...), false) {
		if err != nil {
			return err
		}
		if uint32(k.Profile) != r.Profiles[i] {
			return fmt.Errorf("the key of profile %d is missing", r.Profiles[i])
		}
		s := r.Scores[i]
		if err := out.Write([]string{k.Key, at, strconv.Itoa(s.Recency), strconv.Itoa(s.Frequency), strconv.Itoa(s.Monetary), r.Names[i]}); err != nil {
			return err
		}
		i++
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// observed writes the last instant that is seen as of a time.
func justBefore(asOf kreds.Instant) string {
	return time.UnixMicro(int64(asOf) - 1).UTC().Format("2006-01-02T15:04:05.000000Z")
}

// RFMTable is a table of named groups that replaces the usual one.
type RFMTable struct {
	Bins  int
	Rules []rfm.Rule
}

// RFMRules are the named groups for the number of bins: those of the workspace, or the
// usual ones. The error has CodeInvalid if the workspace's are for other bins.
func (d *Discoverer) RFMRules(ctx context.Context, bins int) ([]rfm.Rule, error) {
	t, err := d.RFMTable(ctx)
	if err != nil || t == nil {
		return rfm.Rules(bins), err
	}
	if t.Bins != bins {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the named groups are written for %d bins, not for %d", t.Bins, bins).
			WithHint("take --bins %d, or change the groups: kreds rfm groups --help", t.Bins)
	}
	return t.Rules, nil
}

// RFMTable returns the workspace's table of named groups, nil if it has the usual ones.
func (d *Discoverer) RFMTable(ctx context.Context) (*RFMTable, error) {
	document, err := d.state.RFMGroups(ctx)
	if err != nil || document == nil {
		return nil, err
	}
	t := &RFMTable{}
	if err := json.Unmarshal(document, t); err != nil {
		return nil, fmt.Errorf("reading the named groups: %w", err)
	}
	return t, nil
}

// SetRFMTable keeps a table of named groups; nil brings the usual ones back. The error
// has CodeInvalid for a table that makes no sense.
func (d *Discoverer) SetRFMTable(ctx context.Context, t *RFMTable) error {
	if t == nil {
		return d.state.SetRFMGroups(ctx, nil)
	}
	if err := t.check(); err != nil {
		return err
	}
	document, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keeping the named groups: %w", err)
	}
	return d.state.SetRFMGroups(ctx, document)
}

func (t *RFMTable) check() error {
	if t.Bins < 2 || t.Bins > 9 {
		return kreds.Errorf(kreds.CodeInvalid, "%d bins are out of range", t.Bins).WithHint("take 2 to 9")
	}
	if len(t.Rules) == 0 || len(t.Rules) > 100 {
		return kreds.Errorf(kreds.CodeInvalid, "a table of %d groups is out of range", len(t.Rules)).WithHint("name 1 to 100 groups")
	}
	for i, r := range t.Rules {
		if strings.TrimSpace(r.Name) == "" || len(r.Name) > 150 {
			return kreds.Errorf(kreds.CodeInvalid, "group %d has no name that can be used", i+1).WithHint("give a name of 1 to 150 letters")
		}
		if strings.EqualFold(r.Name, rfm.Others) || slices.ContainsFunc(t.Rules[:i], func(o rfm.Rule) bool { return strings.EqualFold(o.Name, r.Name) }) {
			return kreds.Errorf(kreds.CodeInvalid, "the name %q is taken", r.Name).WithHint("%q are those that no group fits", rfm.Others)
		}
		for _, x := range []rfm.Range{r.Recency, r.Frequency, r.Monetary} {
			if x.From < 1 || x.To > t.Bins || x.From > x.To {
				return kreds.Errorf(kreds.CodeInvalid, "the scores %d to %d of the group %q are out of range", x.From, x.To, r.Name).WithHint("write scores from 1 to %d, the lower one first", t.Bins)
			}
		}
	}
	return nil
}

// Warnings says what is odd about a table of groups: those that nobody can be in, that
// share scores, and scores without a group.
func (t *RFMTable) Warnings() []string {
	out := warnings(t.Rules, t.Bins)
	for _, o := range rfm.Overlaps(t.Rules, t.Bins) {
		out = append(out, kreds.Say("%q and %q share %d of %d scores; they count for %q.", o.First, o.Second, o.Scores, t.Bins*t.Bins*t.Bins, o.First))
	}
	return out
}
