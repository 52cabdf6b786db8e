package oracle

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// context is what a condition is evaluated for: a profile in a scope, and within
// where (…) one of its events.
type context struct {
	p *profile
	scope
	line *event
}

func (o *Oracle) holds(n segment.Node, c context) bool {
	switch n := n.(type) {
	case *segment.And:
		return !slices.ContainsFunc(n.Clauses, func(x segment.Node) bool { return !o.holds(x, c) })
	case *segment.Or:
		return slices.ContainsFunc(n.Clauses, func(x segment.Node) bool { return o.holds(x, c) })
	case *segment.Not:
		return !o.holds(n.X, c)
	case *segment.SomeOf:
		count := 0
		for _, x := range n.Clauses {
			if o.holds(x, c) {
				count++
			}
		}
		return n.Op.Holds(count, n.N, 0)
	case *segment.Everyone:
		return true
	case *segment.AsOf:
		at := o.end(n.At, c)
		if at > c.asOf {
			return false
		}
		c.asOf = at
		return o.in(c.p, c.scope) && o.holds(n.X, c)
	case *segment.Did:
		return o.did(n, c) != n.Not
	case *segment.Resumed:
		return o.resumed(n, c)
	case *segment.Changed, *segment.Became, *segment.WentFrom, *segment.HasBeen:
		return o.history(n, c)
	case *segment.Rank:
		return o.rank(n, c)
	case *segment.InSegment:
		return o.inSegment(n, c)
	case *segment.Moved:
		return o.moved(n, c)
	case *segment.OfCompany:
		company := o.employer(c.p, c.asOf)
		if company == nil {
			return false
		}
		in := context{p: company, scope: scope{subject: kreds.Companies, all: true, asOf: c.asOf}}
		return o.in(company, in.scope) && o.holds(n.X, in)
	case *segment.OfPersons:
		return o.ofPersons(n, c)
	case *segment.Bucket:
		sum := sha256.Sum256([]byte(n.Salt + "\x00" + c.p.key))
		b := int(binary.BigEndian.Uint64(sum[:8]) % uint64(n.Of))
		return b >= n.From && b <= n.To
	}
	holds, not, known := o.compared(n, c)
	return known && holds != not
}

// compared evaluates the conditions on a value: whether it holds, whether "not"
// stands before the operator, and whether all values are known.
func (o *Oracle) compared(n segment.Node, c context) (holds, not, known bool) {
	switch n := n.(type) {
	case *segment.Known:
		return o.value(n.Term, c).Type != kreds.Unknown, n.Unknown, true
	case *segment.BoolTerm:
		v := o.value(n.Term, c)
		return v.Bool, false, v.Type != kreds.Unknown
	case *segment.Compare:
		v := o.value(n.Term, c)
		holds, known = o.compare(v, n.Op, n.Value, c)
		return holds, false, known && v.Type != kreds.Unknown
	case *segment.Between:
		v := o.value(n.Term, c)
		lo, k1 := o.compare(v, segment.GreaterEqual, n.Lo, c)
		hi, k2 := o.compare(v, segment.LessEqual, n.Hi, c)
		return lo && hi, n.Not, k1 && k2 && v.Type != kreds.Unknown
	case *segment.In:
		v := o.value(n.Term, c)
		all := v.Type != kreds.Unknown
		for _, x := range n.Values {
			eq, k := o.compare(v, segment.Equal, x, c)
			holds = holds || eq && k
			all = all && k
		}
		return holds, n.Not, v.Type != kreds.Unknown && (holds || all)
	case *segment.InList:
		v := o.value(n.Term, c)
		return o.listed(v, n.List), n.Not, v.Type != kreds.Unknown
	case *segment.TextMatch:
		v := o.value(n.Term, c)
		holds = slices.ContainsFunc(n.Texts, func(s string) bool { return textMatch(v.Text, n.Op, s) })
		return holds, n.Not, v.Type != kreds.Unknown
	case *segment.Includes:
		v := o.value(n.Term, c)
		has := func(x segment.Value) bool { return slices.Contains(v.List, norm.NFC.String(x.(*segment.Text).V)) }
		holds = slices.ContainsFunc(n.Values, has)
		if n.Mode == segment.IncludesAll {
			holds = !slices.ContainsFunc(n.Values, func(x segment.Value) bool { return !has(x) })
		}
		return holds, n.Not, v.Type != kreds.Unknown
	case *segment.InWindow:
		v := o.value(n.Term, c)
		if v.Type == kreds.Unknown {
			return false, n.Not, false
		}
		iv, ok := o.window(n.Window, c, v.Type == kreds.Date)
		return ok && iv.has(o.instant(v)), n.Not, ok
	case *segment.Anniversary:
		v := o.value(n.Term, c)
		if v.Type == kreds.Unknown {
			return false, n.Not, false
		}
		iv, ok := o.window(n.Window, c, true)
		return ok && o.returns(v, iv), n.Not, ok
	case *segment.Near:
		v := o.value(n.Term, c)
		return v.Type != kreds.Unknown && o.near(n, v.Point), n.Not, v.Type != kreds.Unknown
	}
	panic("the oracle does not cover " + segment.PrintNode(n))
}

// compare compares a value with another, and tells whether that is known.
func (o *Oracle) compare(v kreds.Value, op segment.CompareOp, with segment.Value, c context) (holds, known bool) {
	if v.Type == kreds.Unknown {
		return false, false
	}
	if v.Type == kreds.Date || v.Type == kreds.Instants {
		iv, ok := o.stretch(with, c, v.Type == kreds.Date)
		if !ok {
			return false, false
		}
		t := o.instant(v)
		switch op {
		case segment.Equal:
			return iv.has(t), true
		case segment.NotEqual:
			return !iv.has(t), true
		case segment.Less:
			return t < iv.from, true
		case segment.LessEqual:
			return t < iv.before, true
		case segment.Greater:
			return t >= iv.before, true
		}
		return t >= iv.from, true
	}
	w := o.literal(with, c)
	if w.Type == kreds.Unknown {
		return false, false
	}
	d := order(v, w)
	switch op {
	case segment.Equal:
		return d == 0, true
	case segment.NotEqual:
		return d != 0, true
	case segment.Less:
		return d < 0, true
	case segment.LessEqual:
		return d <= 0, true
	case segment.Greater:
		return d > 0, true
	}
	return d >= 0, true
}

// order is negative if a comes before b.
func order(a, b kreds.Value) int {
	sign := func(less, more bool) int {
		if less {
			return -1
		}
		if more {
			return 1
		}
		return 0
	}
	switch a.Type {
	case kreds.Number, kreds.Span:
		return sign(a.Num < b.Num, a.Num > b.Num)
	case kreds.Text:
		return strings.Compare(a.Text, b.Text)
	case kreds.Boolean:
		return sign(!a.Bool && b.Bool, a.Bool && !b.Bool)
	case kreds.Date:
		return sign(a.Day < b.Day, a.Day > b.Day)
	case kreds.Instants:
		return sign(a.Instant < b.Instant, a.Instant > b.Instant)
	}
	panic("the oracle does not order a " + a.Type.String())
}

func (o *Oracle) literal(v segment.Value, c context) kreds.Value {
	switch v := v.(type) {
	case *segment.Number:
		return kreds.Value{Type: kreds.Number, Num: v.V}
	case *segment.Text:
		return kreds.Value{Type: kreds.Text, Text: norm.NFC.String(v.V)}
	case *segment.Bool:
		return kreds.Value{Type: kreds.Boolean, Bool: v.V}
	case *segment.Duration:
		hours := map[segment.Unit]int{segment.Hour: 1, segment.Day: 24, segment.Week: 7 * 24}[v.Unit]
		return kreds.Value{Type: kreds.Span, Num: float64(v.N * hours * 3600)}
	case *segment.TermValue:
		x := o.value(v.Term, c)
		if x.Type != kreds.Unknown && v.Percent != nil {
			x.Num *= v.Percent.V / 100
		}
		return x
	}
	panic("the oracle does not cover the value " + segment.PrintNode(&segment.In{Values: []segment.Value{v}}))
}

func (o *Oracle) listed(v kreds.Value, name string) bool {
	var values []string
	found := false
	for n, of := range o.cat.Lists {
		if strings.EqualFold(n, name) {
			values, found = of, true
		}
	}
	if !found {
		values, _ = segment.IsBuiltinList(name)
	}
	for _, s := range values {
		if v.Type == kreds.Number {
			f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err == nil && f == v.Num {
				return true
			}
		} else if v.Type == kreds.Text && norm.NFC.String(s) == v.Text {
			return true
		}
	}
	return false
}

// folded is a text without case: each letter is the smallest of those that
// Unicode's simple folding takes for the same.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, norm.NFC.String(s))
}

func textMatch(v string, op segment.TextOp, s string) bool {
	switch op {
	case segment.Contains:
		return strings.Contains(folded(v), folded(s))
	case segment.StartsWith:
		return strings.HasPrefix(folded(v), folded(s))
	case segment.EndsWith:
		return strings.HasSuffix(folded(v), folded(s))
	}
	return regexp.MustCompile(s).MatchString(v)
}

func (o *Oracle) near(n *segment.Near, at kreds.Point) bool {
	within := func(p kreds.Point) bool {
		return distance(at, p) <= n.Km
	}
	if n.Point {
		return within(kreds.PointOf(n.Lat, n.Lon))
	}
	for _, p := range o.cat.Places {
		if (n.Any || strings.EqualFold(p.Name, n.Name)) && within(p.Point) {
			return true
		}
	}
	return false
}

// distance is the great circle's by the haversine formula, in km.
func distance(a, b kreds.Point) float64 {
	rad := func(p kreds.Point) (lat, lon float64) {
		lat, lon = p.Degrees()
		return lat * math.Pi / 180, lon * math.Pi / 180
	}
	lat1, lon1 := rad(a)
	lat2, lon2 := rad(b)
	h := math.Pow(math.Sin((lat2-lat1)/2), 2) + math.Cos(lat1)*math.Cos(lat2)*math.Pow(math.Sin((lon2-lon1)/2), 2)
	return 2 * 6371.0088 * math.Asin(math.Min(1, math.Sqrt(h)))
}
