package audience

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
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
