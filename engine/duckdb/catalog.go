package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
)

// readCatalog reads what is stored.
func readCatalog(ctx context.Context, c *conn) (*catalog, error) {
	cat := &catalog{imports: map[kreds.ImportID]bool{}}
	tables := map[int32]*table{}
	columns := map[int32]*column{}
	runs := map[int32]*run{}
	steps := []struct {
		sql string
		row func(ch *chunk, i int)
	}{
		{"SELECT name, value FROM meta", func(ch *chunk, i int) {
			v := values[int64](ch, 1)[i]
			switch string(values[text](ch, 0)[i].bytes()) {
			case metaProfile:
				cat.nextProfile = v
			case metaID:
				cat.nextID = v
			}
		}},
		{"SELECT id FROM imports", func(ch *chunk, i int) {
			cat.imports[kreds.ImportID(values[int64](ch, 0)[i])] = true
		}},
		{"SELECT id, sort, name, label, occasion FROM tables ORDER BY id", func(ch *chunk, i int) {
			t := &table{
				id: int(values[int32](ch, 0)[i]), sort: sort(values[uint8](ch, 1)[i]),
				name: str(ch, 2, i), label: str(ch, 3, i), occasion: str(ch, 4, i),
				rows: map[kreds.ImportID]int64{},
			}
			tables[int32(t.id)] = t
			cat.tables = append(cat.tables, t)
		}},
		{"SELECT tbl, import, rows FROM table_imports", func(ch *chunk, i int) {
			if t := tables[values[int32](ch, 0)[i]]; t != nil {
				t.rows[kreds.ImportID(values[int64](ch, 1)[i])] += values[int64](ch, 2)[i]
			}
		}},
		{"SELECT id, tbl, name, label, type, exact FROM columns ORDER BY id", func(ch *chunk, i int) {
			col := &column{
				id: int(values[int32](ch, 0)[i]), name: str(ch, 2, i), label: str(ch, 3, i),
				typ: kreds.Type(values[uint8](ch, 4)[i]), exact: values[bool](ch, 5)[i],
				seen: map[kreds.ImportID]sighting{},
			}
			columns[int32(col.id)] = col
			if t := tables[values[int32](ch, 1)[i]]; t != nil {
				t.columns = append(t.columns, col)
			}
		}},
		{"SELECT col, import, dated, latest FROM column_imports", func(ch *chunk, i int) {
			if col := columns[values[int32](ch, 0)[i]]; col != nil {
				col.seen[kreds.ImportID(values[int64](ch, 1)[i])] = sighting{
					dated: values[bool](ch, 2)[i], latest: kreds.Instant(values[int64](ch, 3)[i]),
				}
			}
		}},
		{"SELECT id, tbl, level, lo, hi, rows, first, last, day, mixed FROM runs ORDER BY level, lo", func(ch *chunk, i int) {
			r := &run{
				id: int(values[int32](ch, 0)[i]), level: int(values[int32](ch, 2)[i]),
				lo: int(values[int32](ch, 3)[i]), hi: int(values[int32](ch, 4)[i]),
				rows: values[int64](ch, 5)[i], first: values[int64](ch, 6)[i], last: values[int64](ch, 7)[i],
				day: values[bool](ch, 8)[i], mixed: values[bool](ch, 9)[i],
				exact: map[int]bool{}, imports: map[kreds.ImportID]int64{},
			}
			runs[int32(r.id)] = r
			if t := tables[values[int32](ch, 1)[i]]; t != nil {
				t.runs = append(t.runs, r)
			}
		}},
		{"SELECT run, col, exact FROM run_columns", func(ch *chunk, i int) {
			if r := runs[values[int32](ch, 0)[i]]; r != nil {
				r.exact[int(values[int32](ch, 1)[i])] = values[bool](ch, 2)[i]
			}
		}},
		{"SELECT run, import, rows FROM run_imports", func(ch *chunk, i int) {
			if r := runs[values[int32](ch, 0)[i]]; r != nil {
				r.imports[kreds.ImportID(values[int64](ch, 1)[i])] += values[int64](ch, 2)[i]
			}
		}},
	}
	for _, s := range steps {
		err := c.each(ctx, s.sql, nil, func(ch *chunk) error {
			for i := range ch.n {
				s.row(ch, i)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
	}
	return cat, nil
}

func str(ch *chunk, col, row int) string { return string(values[text](ch, col)[row].bytes()) }

// writeCatalog replaces what is stored of the catalogue. It is small: the
// number of columns and runs times the imports that brought them.
func writeCatalog(ctx context.Context, c *conn, cat *catalog) error {
	for _, t := range []string{"meta", "imports", "tables", "table_imports", "columns", "column_imports", "runs", "run_columns", "run_imports"} {
		if err := c.exec(ctx, "DELETE FROM "+t); err != nil {
			return err
		}
	}
	w := &rowWriter{ctx: ctx, c: c}
	w.add("meta", metaVersion, int64(schemaVersion))
	w.add("meta", metaProfile, cat.nextProfile)
	w.add("meta", metaID, cat.nextID)
	for id := range cat.imports {
		w.add("imports", id)
	}
	for _, t := range cat.tables {
		w.add("tables", t.id, int(t.sort), t.name, t.label, t.occasion)
		for id, n := range t.rows {
			w.add("table_imports", t.id, id, n)
		}
		for _, col := range t.columns {
			w.add("columns", col.id, t.id, col.name, col.label, int(col.typ), col.exact)
			for id, s := range col.seen {
				w.add("column_imports", col.id, id, s.dated, int64(s.latest))
			}
		}
		for _, r := range t.runs {
			w.add("runs", r.id, t.id, r.level, r.lo, r.hi, r.rows, r.first, r.last, r.day, r.mixed)
			for col, exact := range r.exact {
				w.add("run_columns", r.id, col, exact)
			}
			for id, n := range r.imports {
				w.add("run_imports", r.id, id, n)
			}
		}
	}
	return w.close()
}

// rowWriter inserts rows of the catalogue, many per statement.
type rowWriter struct {
	ctx   context.Context
	c     *conn
	table string
	rows  int
	args  []any
	err   error
}

// rowsPerInsert bounds the length of a statement.
const rowsPerInsert = 200

func (w *rowWriter) add(table string, args ...any) {
	if w.err == nil && (table != w.table || w.rows == rowsPerInsert) {
		w.flush()
	}
	w.table = table
	w.rows++
	w.args = append(w.args, args...)
}

func (w *rowWriter) flush() {
	if w.rows > 0 && w.err == nil {
		one := "(?" + strings.Repeat(", ?", len(w.args)/w.rows-1) + ")"
		w.err = w.c.exec(w.ctx, "INSERT INTO "+w.table+" VALUES "+one+strings.Repeat(", "+one, w.rows-1), w.args...)
	}
	w.rows, w.args = 0, w.args[:0]
}

func (w *rowWriter) close() error {
	w.flush()
	return w.err
}

// dropOrphans drops the tables that no catalogue row names: what a load wrote
// that was not committed.
func dropOrphans(ctx context.Context, c *conn, cat *catalog) error {
	live := map[string]bool{}
	for _, t := range cat.tables {
		for _, r := range t.runs {
			live[r.name()] = true
		}
		for _, col := range t.columns {
			live[col.dictTable()] = true
		}
	}
	var drop []string
	err := c.each(ctx, `SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND regexp_full_match(table_name, '[rd][0-9]+')`, nil, func(ch *chunk) error {
		for i := range ch.n {
			if name := str(ch, 0, i); !live[name] {
				drop = append(drop, name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range drop {
		if err := c.exec(ctx, "DROP TABLE "+name); err != nil {
			return err
		}
	}
	return nil
}
