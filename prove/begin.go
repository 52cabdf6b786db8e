package prove

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Limits of one proof.
const (
	maxSegments = 50
	maxDates    = 120
)

// work is one proof under way.
type work struct {
	*Prover
	q        *Request
	cat      *kreds.Catalogue
	cal      *segment.Calendar
	outcome  *outcome
	revenue  *segment.Measure // without a window; nil if there is none
	horizon  span
	every    span
	groups   []*group
	dates    []kreds.Instant
	until    map[kreds.Instant]kreds.Instant // ends of horizons that the data reaches
	panels   []*panel
	progress func(float64)
	out      *Proof
}

// group is one segment: by an expression, or of the request's division.
type group struct {
	expr    *segment.Expr // nil of a division
	segment *kreds.Segment
	proof   *SegmentProof
}

// begin checks a request and everything that it names.
func (p *Prover) begin(ctx context.Context, q *Request) (*work, error) {
	w := &work{Prover: p, q: q, until: map[kreds.Instant]kreds.Instant{}, out: &Proof{AsOf: q.AsOf}}
	var err error
	if w.horizon, err = parseSpan("horizon", q.Horizon, "90 days"); err != nil {
		return nil, err
	}
	if w.every, err = parseSpan("step", q.Every, "1 month"); err != nil {
		return nil, err
	}
	if q.From != 0 && q.To != 0 && q.From > q.To {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the last date is before the first").WithHint("choose an earlier --from or a later --to")
	}
	if w.cat, err = p.audience.Catalogue(ctx); err != nil {
		return nil, err
	}
	if w.cal, err = p.audience.Calendar(ctx); err != nil {
		return nil, err
	}
	if err := w.resolve(ctx); err != nil {
		return nil, err
	}
	if err := w.outcomes(); err != nil {
		return nil, err
	}
	w.out.Horizon, w.out.Every, w.out.Outcome, w.out.Rate = w.horizon.String(), w.every.String(), w.outcome.text, w.outcome.rate
	settings, err := p.state.Settings(ctx)
	if err != nil {
		return nil, err
	}
	w.out.Thresholds = q.Thresholds.filled(ThresholdsOf(settings.Thresholds)).filled(defaults)
	return w, w.knowsTheFuture(ctx)
}

// resolve finds the segments.
func (w *work) resolve(ctx context.Context) error {
	q := w.q
	if d := q.Division; d != nil {
		w.out.Discovery, w.out.K = d.Name, len(d.Names)
		w.out.Subject = d.Subject
		for i, name := range d.Names {
			w.groups = append(w.groups, &group{proof: &SegmentProof{Name: name, Found: true, Expression: d.Expressions[i]}})
		}
		return nil
	}
	if len(q.Segments) == 0 || len(q.Segments) > maxSegments {
		return kreds.Errorf(kreds.CodeInvalid, "%d segments cannot be proved", len(q.Segments)).WithHint("name 1 to %d segments, or a discovery", maxSegments)
	}
	seen := map[string]bool{}
	for _, text := range q.Segments {
		g := &group{proof: &SegmentProof{Name: strings.TrimSpace(text)}}
		seg, err := w.state.Segment(ctx, strings.TrimSpace(text))
		switch {
		case err == nil:
			g.segment, g.proof.ID, g.proof.Name, g.proof.Expression = &seg, seg.ID, seg.Name, seg.Expression
			if g.expr, err = w.audience.Definition(ctx, seg); err != nil {
				return fmt.Errorf("segment %q: %w", seg.Name, err)
			}
		case kreds.CodeOf(err) == kreds.CodeNotFound:
			if g.expr, err = w.audience.Parse(ctx, text); err != nil {
				return w.neither(text, err)
			}
			g.proof.Name, g.proof.Expression = g.expr.String(), g.expr.String()
		default:
			return err
		}
		if seen[strings.ToLower(g.proof.Name)] {
			return kreds.Errorf(kreds.CodeInvalid, "%q is named twice", g.proof.Name).WithHint("name each segment once")
		}
		seen[strings.ToLower(g.proof.Name)] = true
		if len(w.groups) > 0 && g.expr.Subject != w.out.Subject {
			return kreds.Errorf(kreds.CodeInvalid, "%q is about %s, %q about %s", w.groups[0].proof.Name, w.out.Subject, g.proof.Name, g.expr.Subject).
				WithHint("prove segments of the same kind together")
		}
		w.out.Subject = g.expr.Subject
		w.groups = append(w.groups, g)
	}
	return nil
}

// neither says that a text is the name of no segment and no expression.
func (w *work) neither(text string, err error) error {
	var names []string
	for _, s := range w.cat.Segments {
		names = append(names, s.Name)
	}
	if near := segment.Nearest(text, names); near != "" {
		return kreds.Errorf(kreds.CodeNotFound, "there is no segment %q", text).WithHint("did you mean %q?", near)
	}
	if strings.ContainsAny(text, "=<>()\"") || strings.HasPrefix(text, "did ") {
		return err
	}
	return kreds.Errorf(kreds.CodeNotFound, "there is no segment %q", text).WithHint("\"kreds segment list\" shows the segments")
}

// span is a stretch of time in units of the calendar.
type span struct {
	n    int
	unit segment.Unit
}

func (s span) String() string {
	if s.n == 1 {
		return "1 " + s.unit.String()
	}
	return kreds.Say("%d %ss", s.n, s.unit)
}

func (s span) after(c *segment.Calendar, t kreds.Instant) kreds.Instant { return c.Add(t, s.n, s.unit) }

// parseSpan reads "90 days" or "month".
func parseSpan(what, text, fallback string) (span, error) {
	if strings.TrimSpace(text) == "" {
		text = fallback
	}
	fields := strings.Fields(strings.ToLower(text))
	s := span{n: 1}
	if len(fields) == 2 {
		n, err := strconv.Atoi(fields[0])
		if err != nil {
			n = 0
		}
		s.n, fields = n, fields[1:]
	}
	if len(fields) == 1 {
		for u := segment.Day; u <= segment.Year; u++ {
			if fields[0] == u.String() || fields[0] == u.String()+"s" {
				s.unit = u
			}
		}
	}
	if s.unit == 0 || s.n < 1 || s.n > 10_000 {
		return s, kreds.Errorf(kreds.CodeInvalid, "%q is no %s", text, what).WithHint("write a number of days, weeks, months, quarters or years, as 90 days")
	}
	return s, nil
}

// knowsTheFuture refuses traits whose values have no dates: they hold what is known
// today, also at past dates.
func (w *work) knowsTheFuture(ctx context.Context) error {
	t := &undated{cat: w.cat, said: w.q.Timeless}
	if err := t.unknownNames(); err != nil {
		return err
	}
	for _, g := range w.groups {
		if g.expr == nil {
			continue
		}
		if err := t.expression(ctx, w, g.expr, map[string]bool{}); err != nil {
			return err
		}
	}
	if d := w.q.Division; d != nil {
		e, err := w.audience.Resolve(ctx, d.Among)
		if err != nil {
			return err
		}
		if err := t.expression(ctx, w, e, map[string]bool{}); err != nil {
			return err
		}
		for _, text := range d.Columns {
			if err := t.column(ctx, w, d.Subject, text); err != nil {
				return err
			}
		}
	}
	if err := t.column(ctx, w, w.out.Subject, w.outcome.text); err != nil {
		return err
	}
	w.out.Timeless = t.timeless
	if len(t.refused) == 0 {
		return nil
	}
	one := t.refused[0]
	message := kreds.Say("%s has no dates", one)
	if len(t.refused) > 1 {
		message = kreds.Say("%s and %s have no dates", strings.Join(t.refused[:len(t.refused)-1], ", "), t.refused[len(t.refused)-1])
	}
	return kreds.Errorf(kreds.CodeRefused, "%s: what is known today would be taken for what was known then, and may know the future", message).
		WithHint("import the values with the dates at which they were observed, or, if they never change, declare it: kreds data timeless %s", one)
}

// undated finds traits without dates.
type undated struct {
	cat      *kreds.Catalogue
	said     []string // declared for this proof
	refused  []string
	timeless []string
}

func (t *undated) unknownNames() error {
	var names []string
	for _, tr := range t.cat.Traits {
		names = append(names, tr.Name)
	}
	for _, name := range t.said {
		if !contains(names, name) {
			e := kreds.Errorf(kreds.CodeNotFound, "there is no trait %q to be timeless", name)
			if near := segment.Nearest(name, names); near != "" {
				e = e.WithHint("did you mean %q?", near)
			}
			return e
		}
	}
	return nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func (t *undated) visitor() *segment.Visitor {
	return &segment.Visitor{Path: func(p *segment.Path, of kreds.Kind) {
		switch p.Ref.Kind {
		case segment.RefTrait:
			t.trait(of, p.Ref.Name)
		case segment.RefCompany:
			if p.Ref.Of == segment.RefTrait {
				t.trait(kreds.Company, p.Ref.Name)
			}
		case segment.RefReachable:
			for _, name := range segment.ChannelTraits(p.Ref.Name) {
				t.trait(of, name)
			}
		}
	}}
}

func (t *undated) trait(of kreds.Kind, name string) {
	for _, tr := range t.cat.Traits {
		if tr.Kind != of || !strings.EqualFold(tr.Name, name) || tr.Dated {
			continue
		}
		list := &t.refused
		if tr.Timeless || contains(t.said, tr.Name) {
			list = &t.timeless
		}
		if !contains(*list, tr.Name) {
			*list = append(*list, tr.Name)
		}
	}
}

// expression looks at an expression and the segments that it refers to, in all their
// versions: a replay takes the one in force.
func (t *undated) expression(ctx context.Context, w *work, e *segment.Expr, seen map[string]bool) error {
	t.visitor().Visit(e)
	for _, ref := range segment.References(e) {
		if key := strings.ToLower(ref); !seen[key] {
			seen[key] = true
		} else {
			continue
		}
		versions, err := w.state.Versions(ctx, ref)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if v.Expression == "" {
				continue // its members are on record
			}
			next, err := w.audience.Parse(ctx, v.Expression)
			if err != nil {
				return fmt.Errorf("segment %q: %w", ref, err)
			}
			if err := t.expression(ctx, w, next, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// column looks at a term or a condition.
func (t *undated) column(ctx context.Context, w *work, s kreds.Subject, text string) error {
	term, node, err := column(w.cat, s, text)
	if err != nil {
		return err
	}
	if term != nil {
		t.visitor().VisitTerm(term, s.Kind())
		return nil
	}
	return t.expression(ctx, w, &segment.Expr{Subject: s, Root: node}, map[string]bool{})
}
