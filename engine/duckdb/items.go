package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// itself is the column number of the rows that only say that an item exists.
const itself = 0

// Items adds or replaces facts of items; see engine.Loader.
func (l *load) Items(ctx context.Context, b *engine.ItemBatch) error {
	n := b.Keys.Len()
	if !fits(b.Keys.Bytes, b.Keys.Ends, n) {
		return kreds.Errorf(kreds.CodeInternal, "a batch of items has keys that do not fit")
	}
	p := l.table(sortItems, "", "")
	for i := range n {
		switch key := b.Keys.At(i); {
		case len(key) == 0:
			return kreds.Errorf(kreds.CodeInvalid, "an item has no key")
		case !utf8.Valid(key):
			return kreds.Errorf(kreds.CodeInvalid, "the key %q is not valid UTF-8", key)
		}
	}
	if err := l.appendFact(ctx, itself, b, nil); err != nil {
		return err
	}
	for i := range b.Facts {
		src := &b.Facts[i]
		if err := check(src, n); err != nil {
			return err
		}
		col, err := l.column(p.buffer.table, src)
		if err != nil {
			return err
		}
		if err := l.appendFact(ctx, col.id, b, src); err != nil {
			return err
		}
	}
	l.items += int64(n)
	l.rows += int64(n)
	p.rows += int64(n)
	return nil
}

// appendFact writes one fact of the batch's items, or that they exist.
func (l *load) appendFact(ctx context.Context, col int, b *engine.ItemBatch, src *engine.Column) error {
	types := []api.Type{typeI64, typeI64, typeI32, typeText, typeI64, typeF64, typeText}
	var rows []int
	for i := range b.Keys.Len() {
		if src == nil || src.Known == nil || src.Known[i] != 0 {
			rows = append(rows, i)
		}
	}
	var words engine.ByteColumn
	if src != nil && coded(src.Type) {
		words = engine.ByteColumn{Bytes: src.Bytes, Ends: src.Ends}
		for _, i := range rows {
			if !utf8.Valid(words.At(i)) {
				return kreds.Errorf(kreds.CodeInvalid, "column %q has text that is not valid UTF-8", src.Name)
			}
		}
	}
	none := make([]uint64, vectorSize/64)
	return appendRows(ctx, l.c, tempTable, "new_items", types, len(rows), func(a *appender, at, n int) {
		rows := rows[at : at+n]
		imports, seq, cols, keys := fill[int64](a, 0, n), fill[int64](a, 1, n), fill[int32](a, 2, n), a.fillTexts(3, n)
		for j, i := range rows {
			imports[j], seq[j], cols[j] = int64(l.id), l.items+int64(i), int32(col)
			keys.set(j, b.Keys.At(i))
		}
		// One of three columns holds the value.
		holds := 0
		switch {
		case src == nil:
		case coded(src.Type):
			holds = 6
			out := a.fillTexts(6, n)
			for j, i := range rows {
				out.set(j, words.At(i))
			}
		case src.Type == kreds.Number && !src.Exact:
			holds = 5
			out := fill[float64](a, 5, n)
			for j, i := range rows {
				out[j] = src.Num[i]
			}
		default:
			holds = 4
			out := fill[int64](a, 4, n)
			for j, i := range rows {
				out[j] = src.Int[i]
			}
		}
		for c := 4; c <= 6; c++ {
			if c != holds {
				a.fillKnown(c, none, 0, n)
			}
		}
	})
}

// Item returns a fact of items by the item's key.
func (v *view) Item(ctx context.Context, fact string) (map[string]kreds.Value, error) {
	col := v.cat.find(sortItems, "").column(fact)
	if col == nil {
		return nil, fmt.Errorf("no fact %q of items", fact)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if m, ok := v.items[col.id]; ok {
		return m, nil
	}
	out := map[string]kreds.Value{}
	last := kreds.ImportID(math.MaxInt64)
	if v.upTo != 0 {
		last = v.upTo
	}
	err := v.db.with(func(c *conn) error {
		// Later imports and rows replace earlier ones.
		return c.each(ctx, "SELECT key, i, f, s FROM items WHERE col = ? AND import <= ? ORDER BY import, seq", []any{col.id, int64(last)}, func(ch *chunk) error {
			keys, strs := texts(ch, 0), texts(ch, 3)
			ints, nums, isNum := values[int64](ch, 1), values[float64](ch, 2), ch.known(2)
			for i, key := range keys {
				switch {
				case col.typ == kreds.Number && isNum != nil && hasBit(isNum, i), col.typ == kreds.Number && isNum == nil:
					out[key] = kreds.Value{Type: kreds.Number, Num: nums[i]}
				case coded(col.typ):
					out[key] = textValue(col.typ, strs[i])
				default:
					out[key] = intValue(col.typ, ints[i])
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the fact %q: %w", fact, err)
	}
	v.items[col.id] = out
	return out, nil
}

// textValue returns the value that a text stands for.
func textValue(t kreds.Type, s string) kreds.Value {
	v := kreds.Value{Type: t}
	if t == kreds.List {
		// What is stored was checked by who brought it; else it has no elements.
		_ = json.Unmarshal([]byte(s), &v.List)
		return v
	}
	v.Text = s
	return v
}

// intValue returns the value that an integer stands for.
func intValue(t kreds.Type, n int64) kreds.Value {
	v := kreds.Value{Type: t}
	switch t {
	case kreds.Number:
		v.Num = float64(n) / kreds.DecimalScale
	case kreds.Boolean:
		v.Bool = n != 0
	case kreds.Date:
		v.Day = kreds.Day(n)
	case kreds.Instants:
		v.Instant = kreds.Instant(n)
	case kreds.Location:
		v.Point = kreds.Unpack(n)
	}
	return v
}
