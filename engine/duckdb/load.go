package duckdb

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// limits bound the memory of a load: at most about three times rows, for rows
// and for the text of keys, and about 36 bytes for each key and text that is
// remembered. Beside them, it takes 35 bytes for each different key of the
// import and 4 for each different text of a column.
type limits struct {
	rows  int // bytes of rows, of keys or of a column's texts before rows are written as a run
	keys  int // keys remembered before they are forgotten and matched in SQL
	texts int // texts remembered per column, likewise
}

var defaultLimits = limits{rows: 512 << 20, keys: 8 << 20, texts: 2 << 20}

// load is the load of one import.
type load struct {
	db    *DB
	id    kreds.ImportID
	c     *conn
	view  *view
	cat   *catalog // a copy, with what the load adds
	who   *directory
	dicts map[int]*dictionary // by column
	parts map[int]*part       // by table
	items int64               // rows of facts so far
	rows  int64
	fresh int64    // profiles that are new
	born  []uint16 // buckets of all profiles, new ones included
	over  bool
	ids   []uint32 // scratch
}

// part is what a load adds to one table.
type part struct {
	buffer buffer
	runs   [][]*run // written so far, one level for each time
	rows   int64
}

// Load begins the load of one import. It waits for another load to end.
func (db *DB) Load(ctx context.Context, id kreds.ImportID) (engine.Loader, error) {
	if id <= 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "an import's number is at least 1, not %d", id)
	}
	if err := db.lockLoading(ctx); err != nil {
		return nil, err
	}
	l := &load{db: db, id: id, who: newDirectory(), dicts: map[int]*dictionary{}, parts: map[int]*part{}}
	if err := l.begin(ctx); err != nil {
		if l.c != nil {
			l.c.close()
		}
		db.unlockLoading()
		return nil, err
	}
	return l, nil
}

func (l *load) begin(ctx context.Context) error {
	err := l.db.read(ctx, func(v *view) error {
		l.view, l.cat = v, v.cat.clone()
		l.born = slices.Clone(v.profiles.bucket)
		return nil
	})
	if err != nil {
		return err
	}
	if l.cat.imports[l.id] {
		return kreds.Errorf(kreds.CodeConflict, "import %d is stored already", l.id)
	}
	// Its own connection: what is pending waits in temporary tables.
	if l.c, err = connect(l.db.raw); err != nil {
		return err
	}
	err = l.c.exec(ctx, "CREATE TEMP TABLE new_profiles (n UINTEGER, kind UTINYINT, bucket USMALLINT, key VARCHAR)")
	if err != nil {
		return err
	}
	return l.c.exec(ctx, "CREATE TEMP TABLE new_items (import BIGINT, seq BIGINT, col INTEGER, key VARCHAR, i BIGINT, f DOUBLE, s VARCHAR)")
}

// table returns the part of a table, made if it is new.
func (l *load) table(s sort, name, label string) *part {
	t := l.cat.find(s, name)
	if t == nil {
		t = &table{id: l.cat.newID(), sort: s, name: name, label: label, rows: map[kreds.ImportID]int64{}}
		l.cat.tables = append(l.cat.tables, t)
	}
	p := l.parts[t.id]
	if p == nil {
		p = &part{buffer: buffer{table: t}}
		l.parts[t.id] = p
	}
	return p
}

// column finds or makes the column of a table and checks its type.
func (l *load) column(t *table, src *engine.Column) (*column, error) {
	c := t.column(src.Name)
	if c == nil {
		if err := checkName("column", src.Name, src.Label); err != nil {
			return nil, err
		}
		label := src.Label
		if label == "" {
			label = src.Name
		}
		c = &column{id: l.cat.newID(), name: src.Name, label: label, typ: src.Type, exact: src.Type == kreds.Number, seen: map[kreds.ImportID]sighting{}}
		t.columns = append(t.columns, c)
	}
	if c.typ != src.Type {
		return nil, kreds.Errorf(kreds.CodeInvalid, "column %q holds values of type %s, but %s of that name are of type %s",
			label(c, src), src.Type, t.noun(), c.typ).
			WithHint("import it under another name with --map, or undo the import that brought %q", c.name)
	}
	c.exact = c.exact && src.Exact
	if _, ok := c.seen[l.id]; !ok {
		c.seen[l.id] = sighting{latest: kreds.MinInstant}
	}
	return c, nil
}

// checkName refuses names that cannot be stored.
func checkName(of, name, label string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return kreds.Errorf(kreds.CodeInvalid, "the %s has no name", of)
	case !utf8.ValidString(name), !utf8.ValidString(label):
		return kreds.Errorf(kreds.CodeInvalid, "the name %q of the %s is not valid UTF-8", name, of)
	}
	return nil
}

func label(c *column, src *engine.Column) string {
	if src.Label != "" {
		return src.Label
	}
	return c.label
}

func (t *table) noun() string {
	switch t.sort {
	case sortEvents:
		return "properties of " + t.name
	case sortItems:
		return "facts of items"
	default:
		return "traits"
	}
}

// check refuses a batch's column whose slices do not fit its rows.
func check(c *engine.Column, n int) error {
	short := c.Known != nil && len(c.Known) != n
	switch {
	case coded(c.Type):
		short = short || !fits(c.Bytes, c.Ends, n)
	case c.Type == kreds.Number && !c.Exact:
		short = short || len(c.Num) != n
	case c.Type == kreds.Number, c.Type == kreds.Date, c.Type == kreds.Instants, c.Type == kreds.Boolean, c.Type == kreds.Location:
		short = short || len(c.Int) != n
	default:
		return kreds.Errorf(kreds.CodeInvalid, "column %q has type %s, which cannot be stored", c.Name, c.Type)
	}
	if short {
		return kreds.Errorf(kreds.CodeInternal, "column %q has not one value for each of %d rows", c.Name, n)
	}
	return nil
}

// fits reports whether ends cut bytes into n parts.
func fits(bytes []byte, ends []int, n int) bool {
	if len(ends) != n {
		return false
	}
	last := 0
	for _, e := range ends {
		if e < last || e > len(bytes) {
			return false
		}
		last = e
	}
	return true
}

// takeColumns appends a batch's columns to the buffer, whose rows before the
// batch are rows.
func (l *load) takeColumns(b *buffer, cols []engine.Column, rows, n int) error {
	for i := range cols {
		src := &cols[i]
		if err := check(src, n); err != nil {
			return err
		}
		col, err := l.column(b.table, src)
		if err != nil {
			return err
		}
		bc := b.column(col)
		if bc.rows() > rows {
			return kreds.Errorf(kreds.CodeInvalid, "column %q occurs twice", col.name)
		}
		bc.pad(bc.rows(), rows)
		if col.typ == kreds.Number && !col.exact {
			bc.inexact()
		}
		if !coded(col.typ) {
			bc.take(src, rows, n, b.room)
			continue
		}
		bc.dict = l.dict(col)
		bc.values.I32 = grow(bc.values.I32, n, b.room)[:rows+n]
		l.ids = resize(l.ids[:0], n)
		clear(l.ids)
		if err := bc.dict.add(src.Bytes, src.Ends, src.Known, l.ids); err != nil {
			return err
		}
		for j, id := range l.ids {
			bc.values.I32[rows+j] = int32(id)
		}
		bc.takeKnown(src.Known, rows, n)
	}
	return nil
}

// column returns the buffer's column, made if it is new.
func (b *buffer) column(col *column) *bufferColumn {
	for _, c := range b.cols {
		if c.column == col {
			return c
		}
	}
	c := &bufferColumn{column: col, values: fold.Vector{Type: col.typ, Exact: col.exact}}
	b.cols = append(b.cols, c)
	return c
}

func (l *load) dict(col *column) *dictionary {
	d := l.dicts[col.id]
	if d == nil {
		d = &dictionary{column: col, exists: l.view.hasColumn(col.id), texts: newInterner()}
		l.dicts[col.id] = d
	}
	return d
}

// padAll completes the columns that a batch did not have.
func (b *buffer) padAll() {
	for _, c := range b.cols {
		c.pad(c.rows(), b.len())
	}
}

// Events adds rows of one event type; see engine.Loader.
func (l *load) Events(ctx context.Context, b *engine.EventBatch) error {
	n := b.Keys.Len()
	if len(b.Time) != n || b.DayOnly != nil && len(b.DayOnly) != n || !fits(b.Keys.Bytes, b.Keys.Ends, n) {
		return kreds.Errorf(kreds.CodeInternal, "a batch of events has columns of different lengths")
	}
	if err := checkName("event type", b.Event, b.Label); err != nil {
		return err
	}
	p := l.table(sortEvents, b.Event, b.Label)
	t := p.buffer.table
	if err := setOccasion(t, b.Occasion); err != nil {
		return err
	}
	buf := &p.buffer
	rows := buf.len()
	buf.local = grow(buf.local, n, buf.room)[:rows+n]
	if err := l.who.add(b.Kind, b.Keys.Bytes, b.Keys.Ends, nil, buf.local[rows:]); err != nil {
		return err
	}
	buf.time = grow(buf.time, n, buf.room)
	for _, at := range b.Time {
		buf.time = append(buf.time, int64(at))
	}
	if b.DayOnly != nil && buf.day == nil && slices.Contains(b.DayOnly, 1) {
		buf.day = make([]uint8, rows, rows+n)
	}
	if buf.day != nil {
		buf.day = grow(buf.day, n, buf.room)[:rows+n]
		clear(buf.day[rows:])
		copy(buf.day[rows:], b.DayOnly)
	}
	if err := l.takeColumns(buf, b.Properties, rows, n); err != nil {
		return err
	}
	return l.took(ctx, p, n)
}

func setOccasion(t *table, name string) error {
	if name == "" {
		return nil
	}
	if t.occasion != "" && foldName(t.occasion) != foldName(name) {
		return kreds.Errorf(kreds.CodeInvalid, "the occasions of %s are told by %q already, not by %q", t.name, t.occasion, name).
			WithHint("leave --order out, or import the events under another name")
	}
	if t.occasion == "" {
		t.occasion = name
	}
	return nil
}

// took counts rows and writes what is held if it is much.
func (l *load) took(ctx context.Context, p *part, n int) error {
	p.buffer.padAll()
	p.buffer.room = l.db.limits.rows/p.buffer.width() + n
	p.rows += int64(n)
	l.rows += int64(n)
	held := 0
	for _, p := range l.parts {
		held += p.buffer.len() * p.buffer.width()
	}
	keys, size := l.who.held()
	full := held > l.db.limits.rows || keys > l.db.limits.keys || size > l.db.limits.rows
	for _, d := range l.dicts {
		n, size := d.texts.held()
		full = full || n > l.db.limits.texts || size > l.db.limits.rows
	}
	if full {
		return l.flush(ctx)
	}
	return nil
}

// Profiles adds rows of persons or companies; see engine.Loader.
func (l *load) Profiles(ctx context.Context, b *engine.ProfileBatch) error {
	n := b.Keys.Len()
	if b.Observed != nil && len(b.Observed) != n || b.Created != nil && len(b.Created) != n ||
		!fits(b.Keys.Bytes, b.Keys.Ends, n) || b.Company != nil && !fits(b.Company.Bytes, b.Company.Ends, n) {
		return kreds.Errorf(kreds.CodeInternal, "a batch of profiles has columns of different lengths")
	}
	p := l.table(logOf(b.Kind), "", "")
	buf := &p.buffer
	rows := buf.len()
	buf.local = grow(buf.local, n, buf.room)[:rows+n]
	locals := buf.local[rows:]
	if err := l.who.add(b.Kind, b.Keys.Bytes, b.Keys.Ends, nil, locals); err != nil {
		return err
	}
	status := uint8(statusCustomer)
	if b.Prospect {
		status = statusProspect
	}
	for i, local := range locals {
		l.who.status[local] = max(l.who.status[local], status)
		if b.Created != nil && b.Created[i] != kreds.MinInstant {
			l.who.created[local] = min(l.who.created[local], int64(b.Created[i]))
		}
		if b.Observed != nil && b.Observed[i] != kreds.MinInstant {
			l.who.observed[local] = min(l.who.observed[local], int64(b.Observed[i]))
		}
	}
	buf.time = grow(buf.time, n, buf.room)
	for i := range n {
		at := int64(math.MinInt64)
		if b.Observed != nil {
			at = int64(b.Observed[i])
		}
		buf.time = append(buf.time, at)
	}
	if err := l.takeColumns(buf, b.Traits, rows, n); err != nil {
		return err
	}
	for i := range b.Traits {
		l.sight(buf.table, &b.Traits[i], b.Observed)
	}
	if b.Company != nil {
		if err := l.owners(buf, b, rows, n); err != nil {
			return err
		}
	}
	return l.took(ctx, p, n)
}

// sight notes when a trait was observed.
func (l *load) sight(t *table, src *engine.Column, observed []kreds.Instant) {
	c := t.column(src.Name)
	s := c.seen[l.id]
	for i, at := range observed {
		if at != kreds.MinInstant && (src.Known == nil || src.Known[i] != 0) {
			s.dated = true
			s.latest = max(s.latest, at)
		}
	}
	c.seen[l.id] = s
}

// owners adds the companies of persons.
func (l *load) owners(buf *buffer, b *engine.ProfileBatch, rows, n int) error {
	if b.Kind != kreds.Person {
		return kreds.Errorf(kreds.CodeInvalid, "only persons have a company")
	}
	known := make([]byte, n)
	for i := range n {
		if len(b.Company.At(i)) > 0 {
			known[i] = 1
		}
	}
	src := engine.Column{Name: ownerName, Type: kreds.Location, Known: known}
	col, err := l.column(buf.table, &src)
	if err != nil {
		return err
	}
	l.sight(buf.table, &src, b.Observed)
	ids := make([]uint32, n)
	if err := l.who.add(kreds.Company, b.Company.Bytes, b.Company.Ends, known, ids); err != nil {
		return err
	}
	bc := buf.column(col)
	bc.reference = true
	bc.pad(bc.rows(), rows)
	for i, id := range ids {
		bc.values.I64 = append(bc.values.I64, int64(id))
		if known[i] != 0 && b.Observed != nil && b.Observed[i] != kreds.MinInstant {
			l.who.observed[id] = min(l.who.observed[id], int64(b.Observed[i]))
		}
	}
	bc.takeKnown(known, rows, n)
	return nil
}

// Rollback gives the load up; after Commit it does nothing.
func (l *load) Rollback() error {
	if l.over {
		return nil
	}
	// What cannot be dropped now is dropped when the data is opened again.
	_ = dropOrphans(context.Background(), l.c, l.view.cat)
	l.end()
	return nil
}

func (l *load) end() {
	l.over = true
	l.c.close()
	l.db.unlockLoading()
}
