package duckdb

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/kreds/kreds"
)

// schemaVersion is the version of the tables below. A database of a newer
// version is refused; older ones would be brought up here.
const schemaVersion = 1

// The tables that always exist. Beside them there is a table rN for each run
// of an ordered table and dN for the dictionary of each Text and List column.
//
//   - a table of the catalogue (tables) is an event type, or the log of
//     observations of persons or companies, or the items;
//   - a column has a name, a label and a type; column_imports tells which
//     imports brought values of it, and the latest dated observation;
//   - a run is a physical table with rows of one table for a range of buckets,
//     ordered by (bucket, profile, time); runs of a higher level came later;
//   - presence has what one import says of the being of a profile.
const schemaSQL = `
CREATE TABLE meta (name VARCHAR, value BIGINT);
CREATE TABLE imports (id BIGINT);
CREATE TABLE tables (id INTEGER, sort UTINYINT, name VARCHAR, label VARCHAR, occasion VARCHAR);
CREATE TABLE table_imports (tbl INTEGER, import BIGINT, rows BIGINT);
CREATE TABLE columns (id INTEGER, tbl INTEGER, name VARCHAR, label VARCHAR, type UTINYINT, exact BOOLEAN);
CREATE TABLE column_imports (col INTEGER, import BIGINT, dated BOOLEAN, latest BIGINT);
CREATE TABLE runs (id INTEGER, tbl INTEGER, level INTEGER, lo INTEGER, hi INTEGER, rows BIGINT, first BIGINT, last BIGINT, day BOOLEAN, mixed BOOLEAN);
CREATE TABLE run_columns (run INTEGER, col INTEGER, exact BOOLEAN);
CREATE TABLE run_imports (run INTEGER, import BIGINT, rows BIGINT);
CREATE TABLE profiles (n UINTEGER, kind UTINYINT, bucket USMALLINT, key VARCHAR);
CREATE TABLE presence (import BIGINT, n UINTEGER, status UTINYINT, created BIGINT, observed BIGINT, event BIGINT);
CREATE TABLE items (import BIGINT, seq BIGINT, col INTEGER, key VARCHAR, i BIGINT, f DOUBLE, s VARCHAR)`

// Names of rows of meta.
const (
	metaVersion = "version"
	metaProfile = "next_profile" // numbers are never used twice
	metaID      = "next_id"      // of tables, columns and runs
)

// sort says what a table of the catalogue holds.
type sort uint8

const (
	sortEvents    sort = iota
	sortPersons        // observations of persons
	sortCompanies      // observations of companies
	sortItems
)

func logOf(k kreds.Kind) sort {
	if k == kreds.Company {
		return sortCompanies
	}
	return sortPersons
}

// ownerName is the column of the persons' log that holds company numbers; no
// trait can have the name.
const ownerName = "\x00company"

// catalog is what is stored, without the rows. It is not changed once it is
// part of a view; a load works on a copy.
type catalog struct {
	nextProfile int64
	nextID      int64
	imports     map[kreds.ImportID]bool
	tables      []*table
}

// table is an event type, a log or the items.
type table struct {
	id       int
	sort     sort
	name     string
	label    string
	occasion string
	columns  []*column
	runs     []*run
	rows     map[kreds.ImportID]int64 // rows by import; items: facts
}

// column is a property, a trait or a fact.
type column struct {
	id    int
	name  string
	label string
	typ   kreds.Type
	exact bool
	seen  map[kreds.ImportID]sighting
}

// sighting is what an import brought of a column.
type sighting struct {
	dated  bool
	latest kreds.Instant
}

// run is a physical table.
type run struct {
	id          int
	level       int
	lo, hi      int // buckets
	rows        int64
	first, last int64        // instants of its rows; wider than needed after removals
	day         bool         // whether it has a column of times that are only dates
	mixed       bool         // whether it has a column of imports; else all rows are of one
	exact       map[int]bool // by id of the columns it has
	imports     map[kreds.ImportID]int64
}

func (r *run) name() string         { return fmt.Sprintf("r%d", r.id) }
func (c *column) physical() string  { return fmt.Sprintf("c%d", c.id) }
func (c *column) dictTable() string { return fmt.Sprintf("d%d", c.id) }

// fold gives the form of a name under which it is looked up: names match
// without regard to case.
func foldName(name string) string { return strings.ToLower(name) }

func (c *catalog) find(s sort, name string) *table {
	name = foldName(name)
	for _, t := range c.tables {
		if t.sort == s && (s != sortEvents || foldName(t.name) == name) {
			return t
		}
	}
	return nil
}

func (t *table) column(name string) *column {
	if t == nil {
		return nil
	}
	name = foldName(name)
	for _, c := range t.columns {
		if foldName(c.name) == name {
			return c
		}
	}
	return nil
}

func (t *table) total() int64 {
	var n int64
	for _, rows := range t.rows {
		n += rows
	}
	return n
}

// levels returns the runs by level, oldest first.
func (t *table) levels() [][]*run {
	byLevel := map[int][]*run{}
	top := -1
	for _, r := range t.runs {
		byLevel[r.level] = append(byLevel[r.level], r)
		top = max(top, r.level)
	}
	var out [][]*run
	for l := 0; l <= top; l++ {
		if len(byLevel[l]) > 0 {
			out = append(out, byLevel[l])
		}
	}
	return out
}

// clone returns a copy that can be changed.
func (c *catalog) clone() *catalog {
	n := *c
	n.imports = cloneMap(c.imports)
	n.tables = make([]*table, len(c.tables))
	for i, t := range c.tables {
		u := *t
		u.rows = cloneMap(t.rows)
		u.columns = make([]*column, len(t.columns))
		for j, col := range t.columns {
			d := *col
			d.seen = cloneMap(col.seen)
			u.columns[j] = &d
		}
		u.runs = append([]*run(nil), t.runs...) // runs are never changed
		n.tables[i] = &u
	}
	return &n
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	n := make(map[K]V, len(m)+1)
	maps.Copy(n, m)
	return n
}

func (c *catalog) newID() int {
	c.nextID++
	return int(c.nextID)
}

// migrate creates the tables, or checks that this program can read them.
func migrate(ctx context.Context, c *conn) error {
	exists := false
	err := c.each(ctx, "SELECT 1::BIGINT FROM duckdb_tables() WHERE table_name = 'meta'", nil, func(ch *chunk) error {
		exists = ch.n > 0
		return nil
	})
	if err != nil {
		return err
	}
	if !exists {
		return inTransaction(ctx, c, func() error {
			for q := range strings.SplitSeq(schemaSQL, ";") {
				if err := c.exec(ctx, q); err != nil {
					return err
				}
			}
			for name, v := range map[string]int64{metaVersion: schemaVersion, metaProfile: 0, metaID: 0} {
				if err := c.exec(ctx, "INSERT INTO meta VALUES (?, ?)", name, v); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var version int64
	err = c.each(ctx, "SELECT value FROM meta WHERE name = ?", []any{metaVersion}, func(ch *chunk) error {
		version = values[int64](ch, 0)[0]
		return nil
	})
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return kreds.Errorf(kreds.CodeUnavailable, "the data was written by a newer kreds (data version %d, this program knows %d)", version, schemaVersion).
			WithHint("use the newer kreds")
	}
	return nil
}

// inTransaction runs f in a transaction; an error rolls it back.
func inTransaction(ctx context.Context, c *conn, f func() error) error {
	if err := c.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = c.exec(ctx, "COMMIT")
	}
	if err != nil {
		// A failed COMMIT has rolled back already; then this fails, harmlessly.
		_ = c.exec(context.WithoutCancel(ctx), "ROLLBACK")
	}
	return err
}
