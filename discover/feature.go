package discover

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// FeatureKind is how a feature's values become numbers.
type FeatureKind string

// The kinds of features.
const (
	Amount   FeatureKind = "number"   // a number as it is; a duration in days
	Days     FeatureKind = "days"     // whole local days from a date to the as-of time
	Flag     FeatureKind = "flag"     // 0 or 1
	Share    FeatureKind = "share"    // one number as a share of another
	Category FeatureKind = "category" // one of some texts
)

// Feature is one thing that profiles are grouped by. Text is a term or condition
// of the language; of a share it is the part, and Of the whole.
type Feature struct {
	Name string
	Kind FeatureKind
	Text string
	Of   string
	// Missing is the share of profiles without a value, and Fill what they got: the
	// median, or of a category its own level.
	Missing float64
	Fill    float64
	// Log says that the logarithm is taken, of value + 1 if Plus1; values below Low
	// and above High count as these. Center is then taken off and the rest divided
	// by Scale.
	Log, Plus1    bool
	Low, High     float64
	Center, Scale float64
	Levels        []string // of a category, the most frequent first
}

// Refused is a column that was not taken as a feature, and why.
type Refused struct{ Name, Reason string }

// maxLevels is how many texts a category may have; rarer ones become one level.
const maxLevels = 12

// column is a feature's raw values by row; NaN is a missing number and -1 a missing
// level.
type column struct {
	Feature
	value []float64
	level []int32
	dict  []string // the texts of levels that are not grouped yet
	// filled are the rows whose value was missing.
	filled []int32
}

// spec is a feature asked for: what to evaluate. Of those of one family, as the shares of
// the texts of a property, a recipe takes the largest.
type spec struct {
	name, text, of, family string
}

// legible returns why values cannot be read as a feature, "" if they can.
func legible(c *audience.FrameColumn) string {
	if c.Term == nil {
		return ""
	}
	switch c.Values.Type {
	case kreds.List:
		return kreds.Say("it is a list; write a condition instead, as: %s includes \"…\"", c.Text)
	case kreds.Location:
		return kreds.Say("it is a location; write a condition instead, as: %s near (55.68, 12.57) within 10 km", c.Text)
	}
	return ""
}

// read takes one feature's values out of a frame; of is nil unless it is a share.
func read(s spec, f *audience.Frame, c, of *audience.FrameColumn, cal *segment.Calendar, asOf kreds.Instant) *column {
	out := &column{Feature: Feature{Name: s.name, Text: c.Text, Low: -math.MaxFloat64, High: math.MaxFloat64, Scale: 1}}
	n := len(f.Profiles)
	if c.Term == nil {
		out.Kind = Flag
		out.value = make([]float64, n)
		for i, p := range f.Profiles {
			if c.Holds.Contains(p) {
				out.value[i] = 1
			}
		}
		return out
	}
	v := c.Values
	if v.Type == kreds.Text {
		out.Kind, out.dict = Category, v.Dict
		out.level = make([]int32, n)
		for i, p := range f.Profiles {
			out.level[i] = -1
			if v.Known.Has(p) {
				out.level[i] = v.Code[p]
			}
		}
		return out
	}
	out.Kind = Amount
	out.value = make([]float64, n)
	today := cal.DayOf(asOf)
	for i, p := range f.Profiles {
		if !v.Known.Has(p) {
			out.value[i] = math.NaN()
			continue
		}
		switch v.Type {
		case kreds.Boolean:
			out.Kind = Flag
			out.value[i] = float64(v.Int[p])
		case kreds.Date:
			out.Kind = Days
			out.value[i] = float64(today) - float64(v.Int[p])
		case kreds.Instants:
			out.Kind = Days
			out.value[i] = float64(today) - float64(cal.DayOf(kreds.Instant(v.Int[p])))
		case kreds.Span:
			out.value[i] = v.Num[p] / 86400
		default:
			out.value[i] = v.Num[p]
		}
		if math.IsInf(out.value[i], 0) {
			out.value[i] = math.NaN()
		}
	}
	if of != nil {
		out.Kind, out.Of = Share, of.Text
		for i, p := range f.Profiles {
			whole := math.NaN()
			if of.Values != nil && of.Values.Num != nil && of.Values.Known.Has(p) {
				whole = of.Values.Num[p]
			}
			if whole > 0 {
				out.value[i] = min(max(out.value[i]/whole, 0), 1)
			} else {
				out.value[i] = math.NaN()
			}
		}
	}
	return out
}

// group keeps the most frequent texts as levels.
func (c *column) group() *Refused {
	if c.Kind != Category {
		return nil
	}
	dict := c.dict
	counts := map[int32]int{}
	known := 0
	for _, l := range c.level {
		if l >= 0 {
			counts[l]++
			known++
		}
	}
	codes := make([]int32, 0, len(counts))
	for l := range counts {
		codes = append(codes, l)
	}
	slices.SortFunc(codes, func(a, b int32) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(dict[a], dict[b])
	})
	switch {
	case known > 0 && len(codes) > 50 && float64(len(codes)) > .5*float64(known):
		return &Refused{c.Name, kreds.Say("nearly every profile has its own text: it identifies them")}
	case len(codes) > 1000:
		return &Refused{c.Name, kreds.Say("it has more than 1,000 different texts; map them to fewer first")}
	}
	level := map[int32]int32{}
	for i, l := range codes {
		level[l] = int32(min(i, maxLevels))
		if i < maxLevels {
			c.Levels = append(c.Levels, dict[l])
		}
	}
	if len(codes) > maxLevels {
		c.Levels = append(c.Levels, otherLevel)
	}
	missing := 0
	for i, l := range c.level {
		if l < 0 {
			missing++
			continue
		}
		c.level[i] = level[l]
	}
	if missing > 0 {
		c.Missing = float64(missing) / float64(len(c.level))
		for i, l := range c.level {
			if l < 0 {
				c.level[i] = int32(len(c.Levels))
			}
		}
		c.Levels = append(c.Levels, unknownLevel)
	}
	return nil
}

// The levels of rare texts and of missing ones.
const (
	otherLevel   = "(other)"
	unknownLevel = "(unknown)"
)

// sensitive are words in names of traits whose use as a feature needs an explicit
// yes: special categories of GDPR art. 9 and what often stands in for them.
var sensitive = map[string]string{
	"religion": "religion", "religious": "religion", "tro": "religion", "faith": "religion", "church": "religion", "folkekirke": "religion",
	"ethnicity": "ethnic origin", "ethnic": "ethnic origin", "race": "ethnic origin", "etnicitet": "ethnic origin",
	"nationality": "a proxy of ethnic origin", "birth_country": "a proxy of ethnic origin", "citizenship": "a proxy of ethnic origin", "nationalitet": "a proxy of ethnic origin", "birthplace": "a proxy of ethnic origin",
	"mother_tongue": "a proxy of ethnic origin", "native_language": "a proxy of ethnic origin", "modersmål": "a proxy of ethnic origin", "surname": "a proxy of ethnic origin", "efternavn": "a proxy of ethnic origin",
	"health": "health", "helbred": "health", "disease": "health", "diagnosis": "health", "diagnose": "health", "disability": "health",
	"handicap": "health", "medicine": "health", "medicin": "health", "pregnant": "health", "gravid": "health",
	"political": "political opinion", "politics": "political opinion", "party": "political opinion", "parti": "political opinion", "vote": "political opinion",
	"union": "trade union membership", "fagforening": "trade union membership",
	"sexual": "sexual orientation", "sexuality": "sexual orientation", "orientation": "sexual orientation",
	"sygdom": "health", "sygdomme": "health", "overbevisning": "religion", "trosretning": "religion", "hudfarve": "ethnic origin", "oprindelse": "a proxy of ethnic origin", "afstamning": "ethnic origin",
	"statsborgerskab": "a proxy of ethnic origin", "fødeland": "a proxy of ethnic origin", "seksualitet": "sexual orientation", "seksuel": "sexual orientation", "politisk": "political opinion", "straffet": "criminal record",
	"biometric": "biometrics", "genetic": "genetics", "criminal": "criminal record", "conviction": "criminal record",
}

// ambiguous are words of these that values, as of a category of products, have for other
// reasons.
var ambiguous = []string{"party", "union", "vote", "race", "tro", "orientation", "parti"}

// Sensitive returns which special category a name speaks of, "" if none.
func Sensitive(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if s := sensitive[w]; s != "" {
			return s
		}
		if i > 0 && sensitive[words[i-1]+"_"+w] != "" {
			return sensitive[words[i-1]+"_"+w]
		}
	}
	return ""
}

// sensitive returns which special category a feature speaks of, by its name, the names in
// its terms, the texts that its conditions look for, or its values.
func (c *column) sensitive() string {
	if c.Kind != Share || !strings.Contains(c.Name, ": ") {
		if s := Sensitive(c.Name); s != "" && !strings.Contains(c.Name, `"`) {
			return s
		}
	}
	for i, part := range strings.Split(c.Text+" "+c.Of, `"`) {
		if i%2 == 1 { // between quotes
			words := strings.FieldsFunc(strings.ToLower(part), func(r rune) bool { return !unicode.IsLetter(r) })
			part = strings.Join(slices.DeleteFunc(words, func(w string) bool { return slices.Contains(ambiguous, w) }), " ")
		}
		if s := Sensitive(part); s != "" {
			return s
		}
	}
	return revealed(c.Levels)
}

// identifying are words in names of columns that hold keys.
var identifying = []string{"id", "key", "nr", "no", "number", "code", "cpr", "cvr", "ssn", "phone", "telefon", "mobile", "zip", "postcode", "postnr", "email"}

// keyLike reports whether numbers look like keys: whole, almost all different, and
// dense or named like one.
func keyLike(name string, values []float64) bool {
	distinct := map[float64]bool{}
	known := 0
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if v != math.Trunc(v) {
			return false
		}
		known++
		lo, hi = min(lo, v), max(hi, v)
		distinct[v] = true
	}
	if known < 20 || float64(len(distinct)) < .97*float64(known) {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '.' || r == ' ' })
	for _, w := range words {
		if slices.Contains(identifying, w) {
			return true
		}
	}
	return hi-lo < 3*float64(known)
}
