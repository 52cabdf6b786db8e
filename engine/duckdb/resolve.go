package duckdb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
)

// bucketOf returns the bucket of a profile's key.
func bucketOf(key []byte) uint16 {
	sum := sha256.Sum256(key)
	return uint16(binary.BigEndian.Uint64(sum[:8]) % kreds.Buckets)
}

// What an import says of the being of a profile. A profile is a prospect if
// some row says so and none says that it is a customer.
const (
	statusNamed    = 0 // it has events, or is someone's company
	statusProspect = 1
	statusCustomer = 2
)

// directory gives the keys of a load local numbers, and in the end profiles.
// Its slices are by local number.
type directory struct {
	keys   [2]*interner // by kind
	locals [2][]uint32  // local number by the interner's
	number []uint32     // profile; up to resolved
	bucket []uint16     // up to resolved
	kind   []kreds.Kind
	place  []uint32 // the interner's number
	status []uint8
	// The earliest instants, MaxInt64 where there is none.
	created, observed, event []int64
	resolved                 int
}

func newDirectory() *directory {
	return &directory{keys: [2]*interner{newInterner(), newInterner()}}
}

// add stores the local numbers of the keys in out. Rows with an empty key get
// none if optional, else they are an error.
func (d *directory) add(kind kreds.Kind, bytes []byte, ends []int, known []byte, out []uint32) error {
	k := kind & 1
	in := d.keys[k]
	err := in.addAll(bytes, ends, known, out, func(id uint32, key []byte) error {
		if len(key) == 0 {
			return kreds.Errorf(kreds.CodeInvalid, "a %s has no key", kind)
		}
		if !utf8.Valid(key) {
			return kreds.Errorf(kreds.CodeInvalid, "the key %q is not valid UTF-8", key)
		}
		if len(d.number) == math.MaxInt32 {
			return kreds.Errorf(kreds.CodeInvalid, "an import cannot bring more than %d keys", math.MaxInt32)
		}
		d.locals[k] = append(d.locals[k], uint32(len(d.number)))
		d.number = append(d.number, 0)
		d.kind = append(d.kind, kind)
		d.place = append(d.place, id)
		d.status = append(d.status, statusNamed)
		d.created = append(d.created, math.MaxInt64)
		d.observed = append(d.observed, math.MaxInt64)
		d.event = append(d.event, math.MaxInt64)
		return nil
	})
	if err != nil {
		return err
	}
	locals := d.locals[k]
	for i, id := range out {
		if known == nil || known[i] != 0 {
			out[i] = locals[id]
		}
	}
	return nil
}

// held returns how many keys are remembered, and their bytes.
func (d *directory) held() (n, size int) {
	for _, in := range d.keys {
		k, bytes := in.held()
		n, size = n+k, size+bytes
	}
	return n, size
}

// forget drops the keys, which must be resolved.
func (d *directory) forget() {
	d.keys[0].forget()
	d.keys[1].forget()
}

// resolve finds the profiles of the keys that came since the last time, and
// gives new profiles the numbers after those of buckets, which are by profile. It
// returns the buckets with those of the new ones, which wait in the table
// new_profiles of the load's connection c: pending of them do so already.
func (d *directory) resolve(ctx context.Context, db *DB, c *conn, buckets []uint16, pending int64) ([]uint16, error) {
	from, to := d.resolved, len(d.number)
	if from == to {
		return buckets, nil
	}
	const none = math.MaxUint32
	for l := from; l < to; l++ {
		d.number[l] = none
	}
	if int64(len(buckets)) > pending {
		if err := d.matchStored(ctx, db, from, to); err != nil {
			return nil, err
		}
	}
	if pending > 0 {
		if err := d.match(ctx, c, "new_profiles", from, to); err != nil {
			return nil, err
		}
	}
	var fresh []int
	next := len(buckets)
	d.bucket = append(d.bucket, make([]uint16, to-from)...)
	for l := from; l < to; l++ {
		if n := d.number[l]; n != none {
			d.bucket[l] = buckets[n]
		} else {
			n := next + len(fresh)
			if n >= math.MaxUint32 {
				return nil, kreds.Errorf(kreds.CodeInvalid, "there are too many profiles: at most %d fit", uint32(math.MaxUint32))
			}
			d.number[l] = uint32(n)
			fresh = append(fresh, l)
		}
	}
	split(len(fresh), db.workers, func(from, to int) {
		for _, l := range fresh[from:to] {
			d.bucket[l] = bucketOf(d.key(l))
		}
	})
	for _, l := range fresh {
		buckets = append(buckets, d.bucket[l])
	}
	err := appendRows(ctx, c, tempTable, "new_profiles", []api.Type{typeU32, typeU8, typeU16, typeText}, len(fresh), func(a *appender, at, n int) {
		number, kind, bucket := fill[uint32](a, 0, n), fill[uint8](a, 1, n), fill[uint16](a, 2, n)
		keys := a.fillTexts(3, n)
		for i, l := range fresh[at : at+n] {
			number[i], kind[i], bucket[i] = d.number[l], uint8(d.kind[l]), d.bucket[l]
			keys.set(i, d.key(l))
		}
	})
	if err != nil {
		return nil, err
	}
	d.resolved = to
	return buckets, nil
}

// key returns the key of a local number that is remembered.
func (d *directory) key(l int) []byte { return d.keys[d.kind[l]&1].at(d.place[l]) }

// matchStored finds the stored profiles of the keys with local numbers up to to.
// Several connections match a part each.
func (d *directory) matchStored(ctx context.Context, db *DB, from, to int) error {
	parts := 1
	if to-from > smallRun {
		parts = db.workers
	}
	errs := make([]error, parts)
	split(parts, parts, func(k, _ int) {
		errs[k] = db.with(func(c *conn) error {
			return d.match(ctx, c, "profiles", from+(to-from)*k/parts, from+(to-from)*(k+1)/parts)
		})
	})
	return first(errs)
}

// match finds the profiles of keys in a table.
func (d *directory) match(ctx context.Context, c *conn, known string, from, to int) (err error) {
	if err := c.exec(ctx, "CREATE OR REPLACE TEMP TABLE load_keys (l UINTEGER, kind UTINYINT, key VARCHAR)"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.exec(context.WithoutCancel(ctx), "DROP TABLE load_keys")) }()
	err = appendRows(ctx, c, tempTable, "load_keys", []api.Type{typeU32, typeU8, typeText}, to-from, func(a *appender, at, n int) {
		local, kind, keys := fill[uint32](a, 0, n), fill[uint8](a, 1, n), a.fillTexts(2, n)
		for i := range n {
			l := from + at + i
			local[i], kind[i] = uint32(l), uint8(d.kind[l])
			keys.set(i, d.key(l))
		}
	})
	if err != nil {
		return err
	}
	return c.each(ctx, "SELECT l.l, p.n FROM load_keys l JOIN "+known+" p ON p.key = l.key AND p.kind = l.kind", nil, func(ch *chunk) error {
		numbers := values[uint32](ch, 1)
		for i, l := range values[uint32](ch, 0) {
			d.number[l] = numbers[i]
		}
		return nil
	})
}

// dictionary gives the texts of one column local numbers, and in the end the
// codes of the column's dictionary.
type dictionary struct {
	column   *column
	exists   bool // whether the dictionary is stored already
	texts    *interner
	code     []int32 // by local number; up to resolved
	resolved int
	next     int64 // code of the next new text
	pending  bool  // whether new texts wait in the connection's table nN
	begun    bool
}

func (d *dictionary) pendingTable() string { return fmt.Sprintf("n%d", d.column.id) }

// add stores the local numbers of the texts in out.
func (d *dictionary) add(bytes []byte, ends []int, known []byte, out []uint32) error {
	return d.texts.addAll(bytes, ends, known, out, func(_ uint32, b []byte) error {
		if !utf8.Valid(b) {
			return kreds.Errorf(kreds.CodeInvalid, "column %q has text that is not valid UTF-8", d.column.label)
		}
		return nil
	})
}

// resolve finds the codes of the texts that came since the last time.
func (d *dictionary) resolve(ctx context.Context, c *conn) error {
	from, to := d.resolved, int(d.texts.next())
	if from == to {
		return nil
	}
	if !d.begun {
		d.begun = true
		if d.exists {
			err := c.each(ctx, "SELECT coalesce(max(code) + 1, 0)::BIGINT FROM "+d.column.dictTable(), nil, func(ch *chunk) error {
				d.next = values[int64](ch, 0)[0]
				return nil
			})
			if err != nil {
				return err
			}
		}
		if err := c.exec(ctx, "CREATE OR REPLACE TEMP TABLE "+d.pendingTable()+" (code INTEGER, text VARCHAR)"); err != nil {
			return err
		}
	}
	d.code = resize(d.code, to)
	for i := from; i < to; i++ {
		d.code[i] = -1
	}
	// Without earlier texts all are new.
	if d.exists || d.pending {
		if err := d.match(ctx, c, from, to); err != nil {
			return err
		}
	}
	var fresh []int
	for i := from; i < to; i++ {
		if d.code[i] < 0 {
			if d.next > math.MaxInt32 {
				return kreds.Errorf(kreds.CodeInvalid, "column %q has more different texts than can be stored", d.column.label)
			}
			d.code[i] = int32(d.next)
			d.next++
			fresh = append(fresh, i)
		}
	}
	err := appendRows(ctx, c, tempTable, d.pendingTable(), []api.Type{typeI32, typeText}, len(fresh), func(a *appender, at, n int) {
		code, words := fill[int32](a, 0, n), a.fillTexts(1, n)
		for i, l := range fresh[at : at+n] {
			code[i] = d.code[l]
			words.set(i, d.texts.at(uint32(l)))
		}
	})
	d.pending = d.pending || len(fresh) > 0
	d.resolved = to
	return err
}

func (d *dictionary) match(ctx context.Context, c *conn, from, to int) error {
	if err := c.exec(ctx, "CREATE OR REPLACE TEMP TABLE load_texts (l INTEGER, text VARCHAR)"); err != nil {
		return err
	}
	err := appendRows(ctx, c, tempTable, "load_texts", []api.Type{typeI32, typeText}, to-from, func(a *appender, at, n int) {
		local, words := fill[int32](a, 0, n), a.fillTexts(1, n)
		for i := range n {
			local[i] = int32(from + at + i)
			words.set(i, d.texts.at(uint32(from+at+i)))
		}
	})
	if err != nil {
		return err
	}
	var stored []string
	if d.exists {
		stored = append(stored, d.column.dictTable())
	}
	if d.pending {
		stored = append(stored, d.pendingTable())
	}
	for _, known := range stored {
		err := c.each(ctx, "SELECT l.l, d.code FROM load_texts l JOIN "+known+" d ON d.text = l.text", nil, func(ch *chunk) error {
			codes := values[int32](ch, 1)
			for i, l := range values[int32](ch, 0) {
				d.code[l] = codes[i]
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return c.exec(ctx, "DROP TABLE load_texts")
}
