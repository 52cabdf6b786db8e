package generate

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// Load brings the world into an engine, import by import, numbered from 1.
func (w *World) Load(ctx context.Context, e engine.Engine) error {
	for i := range w.Imports {
		l, err := e.Load(ctx, kreds.ImportID(i+1))
		if err != nil {
			return err
		}
		if err := w.Bring(ctx, l, i); err != nil {
			return fmt.Errorf("import %d: %w", i+1, err)
		}
		if _, err := l.Commit(ctx, func(engine.LoadResult) error { return nil }); err != nil {
			return fmt.Errorf("import %d: %w", i+1, err)
		}
	}
	return nil
}

// Bring gives one import to a loader. The first one brings every column, so that
// the catalogue is the world's also where nobody has a value.
func (w *World) Bring(ctx context.Context, l engine.Loader, i int) error {
	for _, b := range w.profileBatches(i) {
		if err := l.Profiles(ctx, b); err != nil {
			return err
		}
	}
	for _, b := range w.eventBatches(i) {
		if err := l.Events(ctx, b); err != nil {
			return err
		}
	}
	if b := w.itemBatch(i); b != nil {
		return l.Items(ctx, b)
	}
	return nil
}

// profileBatches keeps the order of rows: a batch ends where the kind changes.
func (w *World) profileBatches(i int) []*engine.ProfileBatch {
	var out []*engine.ProfileBatch
	if i == 0 {
		for kind := range w.Traits {
			out = append(out, w.profileBatch(kreds.Kind(kind), nil, true))
		}
	}
	rows := w.Imports[i].Profiles
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].Kind == rows[from].Kind && rows[to].Prospect == rows[from].Prospect {
			to++
		}
		out = append(out, w.profileBatch(rows[from].Kind, rows[from:to], false))
		from = to
	}
	return out
}

func (w *World) profileBatch(kind kreds.Kind, rows []Profile, all bool) *engine.ProfileBatch {
	b := &engine.ProfileBatch{Kind: kind}
	var companies engine.ByteColumn
	for _, r := range rows {
		b.Prospect = r.Prospect
		b.Keys.Append([]byte(r.Key))
		b.Observed = append(b.Observed, r.Observed)
		b.Created = append(b.Created, r.Created)
		companies.Append([]byte(r.Company))
		if r.Company != "" {
			b.Company = &companies
		}
	}
	if !slices.ContainsFunc(b.Observed, func(t kreds.Instant) bool { return t != kreds.MinInstant }) {
		b.Observed = nil
	}
	if !slices.ContainsFunc(b.Created, func(t kreds.Instant) bool { return t != kreds.MinInstant }) {
		b.Created = nil
	}
	b.Traits = w.columns(w.Traits[kind], all, len(rows), func(i int) map[string]kreds.Value { return rows[i].Traits })
	return b
}

func (w *World) eventBatches(i int) []*engine.EventBatch {
	var out []*engine.EventBatch
	for _, t := range w.Events {
		for _, kind := range []kreds.Kind{kreds.Person, kreds.Company} {
			b := &engine.EventBatch{Event: t.Name, Label: t.Label, Kind: kind, Occasion: t.Occasion}
			var rows []Event
			for _, e := range w.Imports[i].Events {
				if e.Type != t.Name || e.Kind != kind {
					continue
				}
				rows = append(rows, e)
				b.Keys.Append([]byte(e.Key))
				b.Time = append(b.Time, e.Time)
				only := byte(0)
				if e.DayOnly {
					only = 1
				}
				b.DayOnly = append(b.DayOnly, only)
			}
			if len(rows) == 0 && (i > 0 || kind != kreds.Person) {
				continue
			}
			if !slices.Contains(b.DayOnly, 1) {
				b.DayOnly = nil
			}
			b.Properties = w.columns(t.Properties, i == 0, len(rows), func(i int) map[string]kreds.Value { return rows[i].Properties })
			out = append(out, b)
		}
	}
	return out
}

func (w *World) itemBatch(i int) *engine.ItemBatch {
	rows := w.Imports[i].Items
	if len(rows) == 0 && i > 0 {
		return nil
	}
	b := &engine.ItemBatch{}
	for _, r := range rows {
		b.Keys.Append([]byte(r.Key))
	}
	b.Facts = w.columns(w.Facts, i == 0, len(rows), func(i int) map[string]kreds.Value { return rows[i].Facts })
	return b
}

// columns are the columns that any row has a value of, or all.
func (w *World) columns(of []Column, all bool, n int, row func(int) map[string]kreds.Value) []engine.Column {
	var out []engine.Column
	for _, c := range of {
		vals := make([]kreds.Value, n)
		has := false
		for i := range vals {
			vals[i] = row(i)[c.Name]
			has = has || vals[i].Type != kreds.Unknown
		}
		if has || all {
			out = append(out, columnOf(c, vals, w.Wide))
		}
	}
	return out
}

// columnOf packs values of a column. Numbers are exact as far as they can be,
// unless wide is asked for; a column that is not exact as a whole is widened by
// the import that cannot.
func columnOf(c Column, vals []kreds.Value, wide bool) engine.Column {
	out := engine.Column{Name: c.Name, Label: c.Label, Type: c.Type}
	if c.Type == kreds.Number {
		out.Exact = c.Exact || !wide && !slices.ContainsFunc(vals, func(v kreds.Value) bool { return !decimal(v.Num) })
	}
	for _, v := range vals {
		known := byte(1)
		if v.Type == kreds.Unknown {
			known = 0
		}
		out.Known = append(out.Known, known)
		switch c.Type {
		case kreds.Number:
			if out.Exact {
				out.Int = append(out.Int, int64(math.Round(v.Num*kreds.DecimalScale)))
			} else {
				out.Num = append(out.Num, v.Num)
			}
		case kreds.Text:
			out.Bytes = append(out.Bytes, v.Text...)
			out.Ends = append(out.Ends, len(out.Bytes))
		case kreds.List:
			if known != 0 {
				text, err := json.Marshal(v.List)
				if err != nil {
					panic(err) // texts can always be written
				}
				out.Bytes = append(out.Bytes, text...)
			}
			out.Ends = append(out.Ends, len(out.Bytes))
		case kreds.Boolean:
			i := int64(0)
			if v.Bool {
				i = 1
			}
			out.Int = append(out.Int, i)
		case kreds.Date:
			out.Int = append(out.Int, int64(v.Day))
		case kreds.Instants:
			out.Int = append(out.Int, int64(v.Instant))
		case kreds.Location:
			out.Int = append(out.Int, v.Point.Pack())
		}
	}
	return out
}

// decimal reports whether a number has at most four decimals.
func decimal(f float64) bool {
	i := math.Round(f * kreds.DecimalScale)
	return math.Abs(i) <= kreds.MaxDecimal && i/kreds.DecimalScale == f
}
