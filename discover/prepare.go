package discover

import (
	"math"
	"slices"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats"
)

// table is the profiles by features that segments are found in.
type table struct {
	profiles []uint32
	columns  []*column
	x        *stats.Matrix // encoded, transformed and scaled
	of       []int         // the feature of each encoded column
	level    []int         // of a category the level of each encoded column, else -1
	refused  []Refused
	scale    string
	distinct *rows // once it was asked for
	// gaps are the rows that lacked a value, of a table that a stored model is used on.
	gaps []bool
}

// rows are the table's distinct rows.
func (t *table) rows() *rows {
	if t.distinct == nil {
		r := condense(t.x)
		t.distinct = &r
	}
	return t.distinct
}

// take is the table of some of its rows, each as often as it is named.
func (t *table) take(chosen []int) *table {
	out := &table{of: t.of, level: t.level, scale: t.scale, x: stats.NewMatrix(len(chosen), t.x.Cols), profiles: make([]uint32, len(chosen))}
	for i, r := range chosen {
		copy(out.x.Row(i), t.x.Row(r))
		out.profiles[i] = t.profiles[r]
	}
	for _, c := range t.columns {
		some := &column{Feature: c.Feature}
		for _, r := range chosen {
			if c.value != nil {
				some.value = append(some.value, c.value[r])
			}
			if c.level != nil {
				some.level = append(some.level, c.level[r])
			}
		}
		out.columns = append(out.columns, some)
	}
	return out
}

// largest is the largest value of which distances can be computed.
const largest = 1e75

// maxMissing is the share of missing values above which a feature is refused.
const maxMissing = .5

// prepare chooses how each column is used, refuses those that cannot be, and
// encodes the rest.
func prepare(profiles []uint32, columns []*column, refused []Refused, q *Request) (*table, error) {
	t := &table{profiles: profiles, refused: refused, scale: q.Scale}
	how, err := q.transforms(columns)
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		if why := c.unfit(q.AllowSensitive); why != "" {
			t.refused = append(t.refused, Refused{c.Name, why})
			continue
		}
		if c.Kind != Category {
			c.fill(q.Missing)
			if why := c.transform(how[i]); why != "" {
				t.refused = append(t.refused, Refused{c.Name, why})
				continue
			}
		}
		if twin := t.twin(c); twin != "" {
			t.refused = append(t.refused, Refused{c.Name, "it says the same as " + twin})
			continue
		}
		t.columns = append(t.columns, c)
	}
	if len(t.columns) == 0 {
		return nil, t.nothing()
	}
	if t.scale == "" || t.scale == "auto" {
		t.scale = "none"
		for _, c := range t.columns {
			if c.Kind != Flag {
				t.scale = "z"
			}
		}
	}
	for _, c := range t.columns {
		c.standardise(t.scale)
	}
	t.encode()
	return t, nil
}

// transforms are how each column is asked to be used.
func (q *Request) transforms(columns []*column) ([]string, error) {
	how := make([]string, len(columns))
	for i := range how {
		how[i] = q.Transform
	}
	for _, use := range q.Use {
		at := strings.LastIndex(use, "=")
		name := strings.Trim(strings.TrimSpace(use[:at]), "`")
		i := slices.IndexFunc(columns, func(c *column) bool { return strings.EqualFold(c.Name, name) || c.Text == name })
		if i < 0 {
			var names []string
			for _, c := range columns {
				names = append(names, c.Name)
			}
			return nil, kreds.Errorf(kreds.CodeInvalid, "there is no feature %q to use in another way", name).WithHint("there are: %s", strings.Join(names, ", "))
		}
		how[i] = strings.TrimSpace(use[at+1:])
	}
	return how, nil
}

// complete keeps the profiles of which all features are known.
func complete(profiles []uint32, columns []*column) ([]uint32, error) {
	var kept []int
	for i := range profiles {
		if !slices.ContainsFunc(columns, func(c *column) bool {
			if c.Kind == Category {
				return c.Levels[c.level[i]] == unknownLevel
			}
			return math.IsNaN(c.value[i])
		}) {
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "no profile has values of all features").WithHint("take --missing median, or leave out the features that are known of few")
	}
	out := make([]uint32, len(kept))
	for to, from := range kept {
		out[to] = profiles[from]
		for _, c := range columns {
			if c.Kind == Category {
				c.level[to] = c.level[from]
			} else {
				c.value[to] = c.value[from]
			}
		}
	}
	for _, c := range columns {
		if c.Kind == Category {
			c.level, c.Missing = c.level[:len(kept)], 0
		} else {
			c.value = c.value[:len(kept)]
		}
	}
	return out, nil
}

// nothing is the error when no feature is left.
func (t *table) nothing() error {
	var why []string
	for _, r := range t.refused {
		why = append(why, r.Name+": "+r.Reason)
	}
	return kreds.Errorf(kreds.CodeInvalid, "no feature is left to find segments in: %s", strings.Join(why, "; ")).
		WithHint("choose other features with --on; \"kreds data\" lists traits and events")
}

// unfit returns why a column cannot be a feature, "" if it can.
func (c *column) unfit(allowSensitive bool) string {
	if s := c.sensitive(); s != "" && !allowSensitive {
		return kreds.Say("it may tell of %s; --allow-sensitive takes it, if you have a legal basis", s)
	}
	if c.Kind == Category {
		if len(c.Levels) == 0 || len(c.Levels) == 1 && c.Levels[0] == unknownLevel {
			return kreds.Say("all its values are missing")
		}
		if len(c.Levels) == 1 {
			return kreds.Say("all values are the same")
		}
		if c.Missing > maxMissing {
			return kreds.Say("%.0f %% of its values are missing", 100*c.Missing)
		}
		return ""
	}
	missing, first, differ := 0, math.NaN(), false
	for _, v := range c.value {
		if math.Abs(v) > largest {
			return kreds.Say("it has a value of %.3g, which is too large to compare", v)
		}
		switch {
		case math.IsNaN(v):
			missing++
		case math.IsNaN(first):
			first = v
		case v != first:
			differ = true
		}
	}
	switch share := float64(missing) / float64(max(len(c.value), 1)); {
	case missing == len(c.value):
		return kreds.Say("all its values are missing")
	case share > maxMissing:
		return kreds.Say("%.0f %% of its values are missing", 100*share)
	case !differ:
		return kreds.Say("all values are the same")
	case c.Kind == Amount && isTrait(c.Text) && keyLike(c.Name, c.value):
		return kreds.Say("its whole numbers are nearly all different, as keys are: it identifies profiles")
	default:
		c.Missing = share
	}
	return ""
}

// isTrait reports whether a feature is a trait: measures of events are no keys.
func isTrait(text string) bool {
	return !strings.ContainsAny(text, "( ") || strings.HasPrefix(text, "`")
}

// fill puts the median, the mean or 0 in the place of missing values. Where nothing is
// missing it still says what would take the place of a newcomer's missing value.
func (c *column) fill(how string) {
	known := make([]float64, 0, len(c.value))
	for _, v := range c.value {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	switch how {
	case "zero":
		c.Fill = 0
	case "mean":
		c.Fill = 0
		for _, v := range known {
			c.Fill += v / float64(len(known))
		}
	default:
		slices.Sort(known)
		c.Fill = (known[(len(known)-1)/2] + known[len(known)/2]) / 2
	}
	if c.Kind == Flag {
		c.Fill = math.Round(c.Fill)
	}
	for i, v := range c.value {
		if math.IsNaN(v) {
			c.value[i] = c.Fill
			c.filled = append(c.filled, int32(i))
		}
	}
}

// negative is the share of negative values.
func (c *column) negative() float64 {
	n := 0
	for _, v := range c.value {
		if v < 0 {
			n++
		}
	}
	return float64(n) / float64(len(c.value))
}

// Skewness above which logarithms are taken, and the shares of the tails that are
// cut where these cannot be.
const (
	maxSkewness = 1.5
	tail        = .005
	fewNegative = .05 // share of negative values that may be cut for a logarithm
)

// transform chooses between the values as they are, their logarithm, and cut tails.
func (c *column) transform(how string) string {
	if c.Kind == Flag || c.Kind == Share || how == "none" {
		return ""
	}
	lowest := slices.Min(c.value)
	if lowest < 0 && (how == "" || how == "auto") && c.negative() <= fewNegative && math.Abs(skewness(c.value)) > maxSkewness {
		c.Low, lowest = 0, 0 // what was given back counts as nothing bought
	}
	skewed := math.Abs(skewness(c.value)) > maxSkewness
	switch {
	case how == "log" || (how == "" || how == "auto") && skewed && lowest >= 0 && skewness(c.value) > 0:
		if lowest < 0 {
			return "it has negative values, which have no logarithm"
		}
		c.Log, c.Plus1, c.Low = true, lowest <= 0, lowest
	case how == "winsorise" || skewed:
		s := slices.Sorted(slices.Values(c.value))
		c.Low, c.High = s[int(tail*float64(len(s)-1))], s[int(math.Ceil((1-tail)*float64(len(s)-1)))]
		if c.Low == c.High {
			c.Low, c.High = -math.MaxFloat64, math.MaxFloat64
		}
	}
	return ""
}

func skewness(v []float64) float64 {
	n := float64(len(v))
	var mean float64
	for _, x := range v {
		mean += x / n
	}
	var m2, m3 float64
	for _, x := range v {
		d := x - mean
		m2 += d * d / n
		m3 += d * d * d / n
	}
	if m2 <= 0 || math.IsInf(m2, 0) || math.IsInf(m3, 0) {
		return 0
	}
	return m3 / (m2 * math.Sqrt(m2))
}

// use is a value transformed, not yet scaled.
func (f *Feature) use(v float64) float64 {
	v = min(max(v, f.Low), f.High)
	switch {
	case f.Log && f.Plus1:
		return math.Log1p(v)
	case f.Log:
		return math.Log(v)
	}
	return v
}

// twin returns the name of an accepted column that tells the same, "" if none does.
func (t *table) twin(c *column) string {
	for _, o := range t.columns {
		if (o.Kind == Category) != (c.Kind == Category) {
			continue
		}
		if o.Kind == Category {
			if slices.Equal(o.level, c.level) {
				return o.Name
			}
			continue
		}
		if r := correlation(o, c); math.Abs(r) > .9999 {
			return o.Name
		}
	}
	return ""
}

func correlation(a, b *column) float64 {
	n := float64(len(a.value))
	var ma, mb float64
	for i := range a.value {
		ma += a.use(a.value[i]) / n
		mb += b.use(b.value[i]) / n
	}
	var saa, sbb, sab float64
	for i := range a.value {
		x, y := a.use(a.value[i])-ma, b.use(b.value[i])-mb
		saa, sbb, sab = saa+x*x, sbb+y*y, sab+x*y
	}
	if saa == 0 || sbb == 0 {
		return 0
	}
	return sab / math.Sqrt(saa*sbb)
}

// standardise sets what is taken off and divided by.
func (c *column) standardise(scale string) {
	c.Center, c.Scale = 0, 1
	if scale == "none" || c.Kind == Category {
		return
	}
	used := make([]float64, len(c.value))
	var mean float64
	for i, v := range c.value {
		used[i] = c.use(v)
		mean += used[i]
	}
	mean /= float64(len(used))
	if scale == "robust" {
		slices.Sort(used)
		q := func(p float64) float64 { return used[int(math.Round(p*float64(len(used)-1)))] }
		// 1.349 makes the distance between quartiles that of a normal deviation.
		if iqr := (q(.75) - q(.25)) / 1.349; iqr > 0 {
			c.Center, c.Scale = q(.5), iqr
			return
		}
	}
	var ss float64
	for _, v := range used {
		ss += (v - mean) * (v - mean)
	}
	if sd := math.Sqrt(ss / float64(len(used))); sd > 0 && !math.IsInf(sd, 0) {
		c.Center, c.Scale = mean, sd
	}
}

// encode fills the matrix: a column per number, one per level of a category. A
// category's columns are divided by √2, so that two different texts are 1 apart.
func (t *table) encode() {
	t.of, t.level = nil, nil
	for i, c := range t.columns {
		if c.Kind != Category {
			t.of, t.level = append(t.of, i), append(t.level, -1)
			continue
		}
		for l := range c.Levels {
			t.of, t.level = append(t.of, i), append(t.level, l)
		}
	}
	t.x = stats.NewMatrix(len(t.profiles), len(t.of))
	for j, i := range t.of {
		c := t.columns[i]
		for r := range t.profiles {
			switch {
			case c.Kind != Category:
				t.x.Data[r*t.x.Cols+j] = (c.use(c.value[r]) - c.Center) / c.Scale
			case int(c.level[r]) == t.level[j]:
				t.x.Data[r*t.x.Cols+j] = math.Sqrt2 / 2
			}
		}
	}
}
