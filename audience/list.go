package audience

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Figure is what a list of profiles can show beside traits.
type Figure string

// The figures. Purchases and their value are what FindPurchase tells; of a company
// its own and those of its persons are taken together. Where it cannot be told what a
// purchase is, they are unknown.
const (
	FigureValue        Figure = "value"
	FigurePurchases    Figure = "purchases"
	FigureLastPurchase Figure = "last_purchase"
	FigureFirstSeen    Figure = "first_seen"
	FigureCompany      Figure = "company"  // key of a person's company
	FigurePersons      Figure = "persons"  // number of a company's persons
	FigureSegments     Figure = "segments" // those that its last good refresh found it in
)

// maxSearched bounds how many text traits a search looks into.
const maxSearched = 50

// ListRequest asks for some profiles, in an order.
type ListRequest struct {
	Subject kreds.Subject
	AsOf    kreds.Instant
	// Text is looked for in keys and texts, without regard to case; all are listed if
	// it is empty. Key, if not empty, is looked for in keys in its place.
	Text, Key string
	// Trait says which texts are looked into, ShowsKey which keys may be found by Text
	// or Key; nil is all.
	Trait    func(kreds.Trait) bool
	ShowsKey func(key string) bool
	// Segment, if not empty, lists only those that its last good refresh found.
	Segment string
	// Company, if not empty, lists only persons of the company of that key.
	Company string

	Traits  []string
	Figures []Figure
	// Sort is a figure, or the name of a trait, which may stand in back quotes; of equals, and without it, the smaller key
	// comes first. Profiles of which it is not known come last.
	Sort          string
	Descending    bool
	Offset, Limit int
}

// List is some of the profiles that were asked for.
type List struct {
	Total int64 // of all that were asked for
	Rows  []ListRow
	// Purchase is what counts as one; zero where no figure needs it, or it cannot be told.
	Purchase Purchase
}

// ListRow is one profile: values of the traits asked for, in their order, and of figures
// by name. A figure that is not known is left out. Segments are by name.
type ListRow struct {
	Key      string
	Values   []kreds.Value
	Figures  map[Figure]kreds.Value
	Segments []string
}

// listing is a list in the making.
type listing struct {
	p        *plan
	q        *ListRequest
	out      *List
	r        *run
	who      *node
	byKey    *node // nil without a text
	byText   *node // nil where no text is looked into
	traits   []int
	figures  map[Figure][]int          // asks, whose values are put together
	values   map[Figure]*engine.Values // once put together
	sort     func() *engine.Values     // nil for keys
	owner    int                       // the ask for companies of persons, -1 if not needed
	segments []listSegment
}

type listSegment struct {
	name    string
	members *roaring.Bitmap
}

// List returns some profiles in an order. The error has CodeNotFound for a segment or a
// company that there is not, CodeInvalid for a name that cannot be shown or sorted by.
func (a *Audience) List(ctx context.Context, q ListRequest) (*List, error) {
	p, err := a.plan(ctx)
	if err != nil {
		return nil, err
	}
	l := &listing{p: p, q: &q, out: &List{}, figures: map[Figure][]int{}, values: map[Figure]*engine.Values{}, owner: -1}
	if err := l.plan(ctx); err != nil {
		return nil, err
	}
	if l.r, err = p.start(ctx, engine.AllBuckets); err != nil {
		return nil, err
	}
	set, err := l.found(ctx)
	if err != nil {
		return nil, err
	}
	l.out.Total = int64(set.GetCardinality())
	keys, err := l.page(set)
	if err != nil {
		return nil, err
	}
	companies, err := l.companies(keys)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		l.out.Rows = append(l.out.Rows, l.row(k, companies))
	}
	return l.out, nil
}

// plan compiles who is listed and all values that are shown or sorted by.
func (l *listing) plan(ctx context.Context) (err error) {
	q, p := l.q, l.p
	s := scope{subject: q.Subject, asOf: q.AsOf}
	if l.who, err = p.compile(ctx, s, &segment.Everyone{}); err != nil {
		return err
	}
	if q.Company != "" {
		l.owner = p.owners(q.AsOf)
	}
	if err := l.search(ctx, s); err != nil {
		return err
	}
	if l.traits, err = p.columns(q.Subject, q.AsOf, q.Traits); err != nil {
		return err
	}
	for _, f := range q.Figures {
		if err := l.figure(ctx, f); err != nil {
			return err
		}
	}
	return l.order(ctx)
}

// checked compiles a condition after checking it.
func (l *listing) checked(ctx context.Context, s scope, n segment.Node) (*node, error) {
	e := &segment.Expr{Subject: s.subject, Root: n}
	if err := segment.Check(e, l.p.cat); err != nil {
		return nil, err
	}
	return l.p.compile(ctx, s, e.Root)
}

// search compiles what the text is looked for in.
func (l *listing) search(ctx context.Context, s scope) error {
	q := l.q
	if q.Text == "" {
		return nil
	}
	contains := func(name, text string) segment.Node {
		return &segment.TextMatch{Term: &segment.Path{Name: name}, Op: segment.Contains, Texts: []string{text}}
	}
	key := q.Key
	if key == "" {
		key = q.Text
	}
	var err error
	if l.byKey, err = l.checked(ctx, s, contains("profile.key", key)); err != nil {
		return err
	}
	var or []segment.Node
	for _, t := range l.p.cat.Traits {
		if t.Kind == s.subject.Kind() && t.Type == kreds.Text && len(or) < maxSearched && (q.Trait == nil || q.Trait(t)) {
			or = append(or, contains(t.Name, q.Text))
		}
	}
	if len(or) == 0 {
		return nil
	}
	any := or[0]
	if len(or) > 1 {
		any = &segment.Or{Clauses: or}
	}
	l.byText, err = l.checked(ctx, s, any)
	return err
}

// figure asks for the values of a figure.
func (l *listing) figure(ctx context.Context, f Figure) error {
	if _, done := l.figures[f]; done {
		return nil
	}
	q, p := l.q, l.p
	kind := q.Subject.Kind()
	var asks []int
	switch f {
	case FigureValue, FigurePurchases, FigureLastPurchase:
		terms, err := l.purchaseTerms(f)
		if err != nil {
			return err
		}
		for _, t := range terms {
			asks = append(asks, p.ask(fmt.Sprintf("term %d %d %s", kind, q.AsOf, segment.PrintTerm(t)), engine.Ask{Kind: kind, AsOf: q.AsOf, Term: t}))
		}
	case FigureFirstSeen:
		of, err := p.columns(q.Subject, q.AsOf, []string{"profile.first_seen"})
		if err != nil {
			return err
		}
		asks = of
	case FigureCompany, FigurePersons:
		l.owner = p.owners(q.AsOf)
	case FigureSegments:
		if err := l.planSegments(ctx); err != nil {
			return err
		}
	default:
		return kreds.Errorf(kreds.CodeInvalid, "there is no figure %q", f).WithHint("there are: %s", strings.Join([]string{
			string(FigureValue), string(FigurePurchases), string(FigureLastPurchase), string(FigureFirstSeen), string(FigureCompany), string(FigurePersons), string(FigureSegments),
		}, ", "))
	}
	l.figures[f] = asks
	return nil
}

// purchaseTerms are the terms whose values make a figure of purchases; none where it
// cannot be told what a purchase is.
func (l *listing) purchaseTerms(f Figure) ([]segment.Term, error) {
	bought, err := FindPurchase(l.p.cat, "", "")
	if kreds.CodeOf(err) == kreds.CodeInvalid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l.out.Purchase = bought
	switch f {
	case FigureValue:
		if bought.Property == "" {
			return nil, nil
		}
		return l.p.purchaseTerms(l.q.Subject, bought, "sum("+segment.Quote(bought.Property)+") of ")
	case FigureLastPurchase:
		return l.p.purchaseTerms(l.q.Subject, bought, "last ")
	default:
		return l.p.purchaseTerms(l.q.Subject, bought, "count of ")
	}
}

func (l *listing) planSegments(ctx context.Context) error {
	all, err := l.p.a.state.Segments(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Subject != l.q.Subject {
			continue
		}
		_, members, ok, err := l.p.a.state.LastRun(ctx, s.Name)
		if err != nil {
			return err
		}
		if ok {
			l.segments = append(l.segments, listSegment{s.Name, members})
		}
	}
	return nil
}

// order asks for the values that are sorted by.
func (l *listing) order(ctx context.Context) error {
	q := l.q
	if q.Sort == "" {
		return nil
	}
	refused := kreds.Errorf(kreds.CodeInvalid, "profiles cannot be sorted by %s", q.Sort).WithHint("sort by a number, a date or a text")
	switch f := Figure(q.Sort); f {
	case FigureSegments, FigureCompany:
		return refused
	case FigureValue, FigurePurchases, FigureLastPurchase, FigureFirstSeen, FigurePersons:
		l.sort = func() *engine.Values { return l.together(f) }
		return l.figure(ctx, f)
	}
	name := strings.Trim(q.Sort, "`")
	t, err := l.p.trait(q.Subject, name)
	if err != nil {
		return err
	}
	if t.Type() == kreds.List || t.Type() == kreds.Location {
		return refused
	}
	asks, err := l.p.columns(q.Subject, q.AsOf, []string{name})
	if err != nil {
		return err
	}
	l.sort = func() *engine.Values { return l.r.answers[asks[0]].Values }
	return nil
}

// found are the profiles asked for.
func (l *listing) found(ctx context.Context) (*roaring.Bitmap, error) {
	set, err := l.r.set(l.who)
	if err != nil {
		return nil, err
	}
	if l.q.Company != "" {
		c, err := l.p.a.engine.Find(ctx, kreds.Company, l.q.Company)
		if err != nil {
			return nil, err
		}
		set = l.r.persons(l.owner, set, roaring.BitmapOf(uint32(c)))
	}
	if l.q.Segment != "" {
		seg, err := l.p.a.state.Segment(ctx, l.q.Segment)
		if err != nil {
			return nil, err
		}
		_, members, ok, err := l.p.a.state.LastRun(ctx, seg.Name)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, notRefreshed(seg.Name)
		}
		set = roaring.And(set, members)
	}
	if l.byKey == nil {
		return set, nil
	}
	hits, err := l.r.set(l.byKey)
	if err != nil {
		return nil, err
	}
	if l.q.ShowsKey != nil {
		shown := roaring.New()
		for k, err := range l.p.a.engine.Keys(ctx, hits, false) {
			if err != nil {
				return nil, err
			}
			if l.q.ShowsKey(k.Key) {
				shown.Add(uint32(k.Profile))
			}
		}
		hits = shown
	}
	if l.byText != nil {
		texts, err := l.r.set(l.byText)
		if err != nil {
			return nil, err
		}
		hits = roaring.Or(hits, texts)
	}
	return roaring.And(set, hits), nil
}

// together are the values of a figure, put together once.
func (l *listing) together(f Figure) *engine.Values {
	if l.values[f] == nil {
		l.values[f] = l.combined(f)
	}
	return l.values[f]
}

// combined are the values of a figure, which may be those of several asks: sums are
// added, of instants the latest counts. They are known where one of them is.
func (l *listing) combined(f Figure) *engine.Values {
	asks := l.figures[f]
	switch {
	case f == FigurePersons:
		return personsOf(l.r.answers[l.owner].Values)
	case len(asks) == 0:
		return &engine.Values{Type: kreds.Number}
	case len(asks) == 1:
		return l.r.answers[asks[0]].Values
	}
	first := l.r.answers[asks[0]].Values
	n := len(first.Known) * 64
	out := &engine.Values{Type: first.Type, Known: engine.MakeBits(n)}
	if first.Num != nil {
		out.Num = make([]float64, n)
	} else {
		out.Int = make([]int64, n)
	}
	if first.Events != nil {
		out.Events = engine.MakeBits(n)
	}
	for _, ask := range asks {
		v := l.r.answers[ask].Values
		for i := range uint32(n) {
			switch {
			case !v.Known.Has(i):
				continue
			case v.Num != nil:
				out.Num[i] += v.Num[i]
			case !out.Known.Has(i) || v.Int[i] > out.Int[i]:
				out.Int[i] = v.Int[i]
			}
			out.Known.Set(i)
			if v.Events.Has(i) {
				out.Events.Set(i)
			}
		}
	}
	return out
}

// personsOf counts the persons of each company.
func personsOf(owner *engine.Values) *engine.Values {
	n := len(owner.Int)
	out := &engine.Values{Type: kreds.Number, Num: make([]float64, n), Known: engine.MakeBits(n)}
	for i, c := range owner.Int {
		if owner.Known.Has(uint32(i)) {
			out.Num[c]++
			out.Known.Set(uint32(c))
		}
	}
	return out
}

// page are the profiles of the set from the offset on, in order.
func (l *listing) page(set *roaring.Bitmap) ([]engine.Key, error) {
	keys := l.p.a.engine.Keys
	from, to := l.q.Offset, l.q.Offset+l.q.Limit
	if l.sort == nil {
		return pageOf(keys(l.r.ctx, set, true), from, to)
	}
	v := l.sort()
	known := ranked(v, set)
	var out []engine.Key
	for _, part := range append(l.parts(v, known, to), roaring.AndNot(set, known)) {
		n := int(part.GetCardinality())
		if from < n && to > 0 {
			some, err := pageOf(keys(l.r.ctx, part, true), from, to)
			if err != nil {
				return nil, err
			}
			out = append(out, some...)
		}
		from, to = max(from-n, 0), max(to-n, 0)
	}
	return out, nil
}

// parts divides a set by value, in the order of the sort, as far as the first need
// profiles go; those behind are left out.
func (l *listing) parts(v *engine.Values, known *roaring.Bitmap, need int) []*roaring.Bitmap {
	entries := make([]entry, 0, known.GetCardinality())
	number := numbersIn(v)
	sign := 1.0
	if !l.q.Descending {
		sign = -1
	}
	for it := known.Iterator(); it.HasNext(); {
		i := it.Next()
		entries = append(entries, entry{sign * number(i), i})
	}
	if need < len(entries) {
		last := nth(entries, max(need, 1))
		entries = slices.DeleteFunc(entries, func(e entry) bool { return e.value < last })
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(b.value, a.value) })
	var parts []*roaring.Bitmap
	for i := 0; i < len(entries); {
		part := roaring.New()
		j := i
		for ; j < len(entries) && entries[j].value == entries[i].value; j++ {
			part.Add(entries[j].profile)
		}
		parts, i = append(parts, part), j
	}
	return parts
}

// numbersIn gives a number for each profile that orders as its value does; texts by
// their letters, without regard to case.
func numbersIn(v *engine.Values) func(i uint32) float64 {
	switch {
	case v.Code != nil:
		codes := make([]int32, len(v.Dict))
		folded := make([]string, len(v.Dict))
		for i, t := range v.Dict {
			codes[i], folded[i] = int32(i), strings.ToLower(t)
		}
		slices.SortFunc(codes, func(a, b int32) int { return strings.Compare(folded[a], folded[b]) })
		place := make([]float64, len(v.Dict))
		for at, c := range codes {
			place[c] = float64(at)
			if at > 0 && folded[codes[at-1]] == folded[c] {
				place[c] = place[codes[at-1]]
			}
		}
		return func(i uint32) float64 { return place[v.Code[i]] }
	case v.Num != nil:
		return func(i uint32) float64 {
			if math.IsNaN(v.Num[i]) {
				return math.Inf(-1)
			}
			return v.Num[i]
		}
	default:
		return func(i uint32) float64 { return float64(v.Int[i]) }
	}
}

func pageOf(all iter.Seq2[engine.Key, error], from, to int) ([]engine.Key, error) {
	var out []engine.Key
	at := 0
	for k, err := range all {
		if err != nil {
			return nil, err
		}
		if at == to {
			break
		}
		if at >= from {
			out = append(out, k)
		}
		at++
	}
	return out, nil
}

// companies are the keys of the companies of persons, by number, where they are shown.
func (l *listing) companies(of []engine.Key) (map[uint32]string, error) {
	if !slices.Contains(l.q.Figures, FigureCompany) {
		return nil, nil
	}
	v, set := l.r.answers[l.owner].Values, roaring.New()
	for _, k := range of {
		if v.Known.Has(uint32(k.Profile)) {
			set.Add(uint32(v.Int[k.Profile]))
		}
	}
	out := map[uint32]string{}
	for k, err := range l.p.a.engine.Keys(l.r.ctx, set, false) {
		if err != nil {
			return nil, err
		}
		out[uint32(k.Profile)] = k.Key
	}
	return out, nil
}

// row is what is shown of a profile.
func (l *listing) row(k engine.Key, companies map[uint32]string) ListRow {
	i := uint32(k.Profile)
	row := ListRow{Key: k.Key, Values: make([]kreds.Value, len(l.traits)), Figures: map[Figure]kreds.Value{}}
	for c, ask := range l.traits {
		row.Values[c] = valueAt(l.r.answers[ask].Values, i)
	}
	for _, f := range l.q.Figures {
		switch f {
		case FigureSegments:
		case FigureCompany:
			if v := l.r.answers[l.owner].Values; v.Known.Has(i) {
				row.Figures[f] = kreds.Value{Type: kreds.Text, Text: companies[uint32(v.Int[i])]}
			}
		default:
			if v := valueAt(l.together(f), i); v.Type != kreds.Unknown {
				row.Figures[f] = v
			}
		}
	}
	for _, s := range l.segments {
		if s.members.Contains(i) {
			row.Segments = append(row.Segments, s.name)
		}
	}
	return row
}
