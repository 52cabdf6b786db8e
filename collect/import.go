package collect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// Inspect finds out how files would be read, and what their first rows become. It
// reads no more than the begin of each. The errors are those of Import. Where the
// request does not say what the rows are, the plan is of how the files are written,
// whatever is stored.
func (im *Importer) Inspect(ctx context.Context, r Request) (*Plan, error) {
	var l *layout
	var err error
	if r.As == "" {
		r.As = "customers"
		l, err = im.layoutOf(ctx, &r, &kreds.Catalogue{})
	} else if l, err = im.layout(ctx, &r); err == nil {
		err = im.collision(ctx, l)
	}
	if err != nil {
		return nil, err
	}
	cal, err := im.calendar(ctx)
	if err != nil {
		return nil, err
	}
	p := l.plan()
	if err := l.evidence(p); err != nil {
		return nil, err
	}
	p.Preview, err = l.preview(cal)
	return p, err
}

// Import brings files in as one import, whole or not at all. Progress, if not
// nil, is called now and then by the goroutine of the caller or another, never by
// two at once. Errors of CodeInvalid say what is wrong with the request or the
// files, CodeCancelled that ctx ended it.
func (im *Importer) Import(ctx context.Context, r Request, progress func(Progress)) (*Result, error) {
	release, err := im.wait(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	l, err := im.layout(ctx, &r)
	if err != nil {
		return nil, err
	}
	for _, s := range l.sources {
		s.Sample = nil
	}
	m := newMeter(im.clock, l, progress)
	digest, err := im.digest(ctx, l, m)
	if err != nil {
		return nil, err
	}
	if i, ok, err := im.state.ImportByDigest(ctx, digest); err != nil {
		return nil, err
	} else if ok {
		return &Result{Import: i, Already: true, Rejects: im.rejectsOf(i.ID), Plan: l.plan()}, nil
	}
	im.Tidy(ctx)
	if err := im.before(ctx, l, digest); err != nil {
		return nil, err
	}
	if err := im.collision(ctx, l); err != nil {
		return nil, err
	}
	cal, err := im.calendar(ctx)
	if err != nil {
		return nil, err
	}
	entry := kreds.Import{State: kreds.ImportPending, As: r.As, Digest: digest, Started: im.clock()}
	for _, s := range l.sources {
		entry.Files = append(entry.Files, s.Name)
	}
	if entry.ID, err = im.state.BeginImport(ctx, entry); err != nil {
		return nil, err
	}
	result, err := im.load(ctx, l, cal, entry, m)
	if err != nil {
		// What stays pending is never seen and goes when the data is opened again.
		_ = im.state.AbandonImport(context.WithoutCancel(ctx), entry.ID)
		if ctx.Err() != nil && kreds.CodeOf(err) != kreds.CodeCancelled {
			err = cancelled(ctx.Err())
		}
		return nil, err
	}
	return result, nil
}

// wait waits for another import or undo to end.
func (im *Importer) wait(ctx context.Context) (release func(), err error) {
	select {
	case im.turn <- struct{}{}:
		return func() { <-im.turn }, nil
	case <-ctx.Done():
		return nil, cancelled(ctx.Err())
	}
}

func (im *Importer) calendar(ctx context.Context) (*segment.Calendar, error) {
	s, err := im.state.Settings(ctx)
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, kreds.Errorf(kreds.CodeInternal, "the workspace's time zone: %w", err)
	}
	return segment.NewCalendar(loc), nil
}

// before notes that the same files are there already, imported in another way.
func (im *Importer) before(ctx context.Context, l *layout, digest string) error {
	files, _, _ := strings.Cut(digest, ":")
	all, err := im.state.Imports(ctx)
	if err != nil {
		return err
	}
	for _, i := range slices.Backward(all) {
		if i.State == kreds.ImportCommitted && strings.HasPrefix(i.Digest, files+":") {
			l.note("the same files were imported before in another way, as import %d; undo that one if this is to replace it", i.ID)
			break
		}
	}
	return nil
}

// collision refuses to number rows where numbered profiles exist: row 1 of one
// file is not row 1 of another.
func (im *Importer) collision(ctx context.Context, l *layout) error {
	if !l.numbered {
		return nil
	}
	_, err := im.engine.Find(ctx, l.kind, "1")
	switch {
	case err == nil:
		return kreds.Errorf(kreds.CodeConflict, "there is a %s with the key 1 already, so rows cannot be numbered: they would be taken for the same", l.whose()).
			WithHint("name the column with the key with --id").WithField("id")
	case kreds.CodeOf(err) == kreds.CodeNotFound:
		return nil
	}
	return err
}

// load loads the rows under a ledger entry that is pending.
func (im *Importer) load(ctx context.Context, l *layout, cal *segment.Calendar, entry kreds.Import, m *meter) (*Result, error) {
	result, err := im.attempt(ctx, l, cal, entry, m)
	odd, ok := errors.AsType[*misfit](err)
	if !ok {
		return result, err
	}
	cat, err := im.engine.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	were := l.types()
	if err := im.scan(ctx, l, cal, cat, m); err != nil {
		return nil, err
	}
	l.remarkTurned(were, odd)
	result, err = im.attempt(ctx, l, cal, entry, m)
	if _, ok := errors.AsType[*misfit](err); ok {
		return nil, kreds.Errorf(kreds.CodeInternal, "the columns could not be read by the types that all their values have: %w", err)
	}
	return result, err
}

func (im *Importer) attempt(ctx context.Context, l *layout, cal *segment.Calendar, entry kreds.Import, m *meter) (_ *Result, err error) {
	loader, err := im.engine.Load(ctx, entry.ID)
	if err != nil {
		return nil, err
	}
	rejects := im.rejects(entry.ID, len(l.sources) > 1)
	defer func() {
		if err != nil {
			err = joined(err, loader.Rollback(), rejects.abandon())
		}
	}()
	m.begin("loading")
	into := &intake{l: l}
	err = im.stream(ctx, l, cal, (*worker).convert, func(b *batch) error {
		if b.misfit != nil {
			return b.misfit
		}
		if err := rejects.add(b); err != nil {
			return err
		}
		if err := into.give(ctx, loader, b); err != nil {
			return err
		}
		m.report(b.read, into.rows, rejects.n)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if into.rows == 0 {
		return nil, nothing(l, rejects)
	}
	m.begin("storing")
	m.report(m.of, into.rows, rejects.n)
	_, err = loader.Commit(ctx, func(res engine.LoadResult) error {
		if err := rejects.finish(); err != nil {
			return err
		}
		entry.State, entry.Rows, entry.Rejected, entry.Created, entry.Ended = kreds.ImportCommitted, into.rows, rejects.n, res.Created, im.clock()
		return im.state.CommitImport(ctx, entry)
	})
	if err != nil {
		return nil, err
	}
	result := &Result{Import: entry, Reasons: rejects.reasons, Plan: l.plan()}
	if rejects.n > 0 {
		result.Rejects = rejects.path
	}
	return result, nil
}

// joined keeps the first error and what cleaning up met.
func joined(err error, more ...error) error {
	if other := errors.Join(more...); other != nil {
		return errors.Join(err, other)
	}
	return err
}

// nothing is the error that no row could be taken.
func nothing(l *layout, r *rejects) error {
	names := make([]string, 0, len(l.sources))
	for _, s := range l.sources {
		names = append(names, s.Name)
	}
	if r.n == 0 {
		return kreds.Errorf(kreds.CodeInvalid, "%s has no rows", strings.Join(names, ", "))
	}
	var reasons []string
	for _, reason := range slices.SortedFunc(maps.Keys(r.reasons), func(a, b string) int { return r.reasons[b] - r.reasons[a] }) {
		if len(reasons) == 3 {
			break
		}
		reasons = append(reasons, kreds.Say("%s (%d)", reason, r.reasons[reason]))
	}
	return kreds.Errorf(kreds.CodeInvalid, "none of the %d rows can be taken: %s", r.n, strings.Join(reasons, "; ")).
		WithHint("look with --dry-run how the file is read")
}

// Undo takes an import back: its rows, and what only it brought. The error has
// CodeNotFound if there is none of the number and CodeConflict if it is not
// committed.
func (im *Importer) Undo(ctx context.Context, id kreds.ImportID) error {
	release, err := im.wait(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := im.state.UndoImport(ctx, id); err != nil {
		return err
	}
	// From here on the ledger says that it is out: the rows must follow.
	ctx = context.WithoutCancel(ctx)
	im.Tidy(ctx)
	keep, err := im.state.Keep(ctx)
	if err == nil {
		err = im.engine.Retain(ctx, keep)
	}
	if err != nil {
		return kreds.Errorf(kreds.CodeUnavailable, "import %d is undone, but its rows could not be removed yet: %w", id, err).
			WithHint("they are removed when the data is opened again")
	}
	return nil
}

// intake hands batches to the loader.
type intake struct {
	l       *layout
	rows    int64
	records int64
}

func (t *intake) give(ctx context.Context, loader engine.Loader, b *batch) error {
	l := t.l
	if l.numbered {
		b.keysFrom(t.records)
	}
	t.records += int64(b.records)
	t.rows += int64(b.rows)
	if b.rows == 0 {
		return nil
	}
	switch l.what {
	case items:
		return loader.Items(ctx, &engine.ItemBatch{Keys: b.keys, Facts: b.out})
	case events:
		e := &engine.EventBatch{Event: l.event, Label: l.label, Kind: l.kind, Keys: b.keys, Time: b.time, Properties: b.out}
		if slices.Contains(b.dayOnly, 1) {
			e.DayOnly = b.dayOnly
		}
		if l.order != nil && l.order.kept() {
			e.Occasion = l.order.name
		}
		return loader.Events(ctx, e)
	}
	p := &engine.ProfileBatch{Kind: l.kind, Prospect: l.prospect, Keys: b.keys, Traits: b.out}
	if l.time != nil {
		p.Observed = b.time
	}
	if l.created != nil {
		p.Created = b.created
	}
	if l.company != nil {
		p.Company = &b.company
	}
	return loader.Profiles(ctx, p)
}
