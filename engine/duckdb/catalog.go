package duckdb

import (
	"context"
	"fmt"

	api "github.com/duckdb/duckdb-go-bindings"

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

// catalogTables are the tables of the catalogue with the types of their columns.
var catalogTables = []struct {
	name  string
	types []api.Type
}{
	{"meta", []api.Type{typeText, typeI64}},
	{"imports", []api.Type{typeI64}},
	{"tables", []api.Type{typeI32, typeU8, typeText, typeText, typeText}},
	{"table_imports", []api.Type{typeI32, typeI64, typeI64}},
	{"columns", []api.Type{typeI32, typeI32, typeText, typeText, typeU8, typeBool}},
	{"column_imports", []api.Type{typeI32, typeI64, typeBool, typeI64}},
	{"runs", []api.Type{typeI32, typeI32, typeI32, typeI32, typeI32, typeI64, typeI64, typeI64, typeBool, typeBool}},
	{"run_columns", []api.Type{typeI32, typeI32, typeBool}},
	{"run_imports", []api.Type{typeI32, typeI64, typeI64}},
}

// writeCatalog replaces what is stored of the catalogue, within a transaction.
// It is small: the number of columns and runs times the imports that brought
// them.
func writeCatalog(ctx context.Context, c *conn, cat *catalog) error {
	rows := map[string][][]any{}
	add := func(table string, row ...any) { rows[table] = append(rows[table], row) }
	add("meta", metaVersion, schemaVersion)
	add("meta", metaProfile, cat.nextProfile)
	add("meta", metaID, cat.nextID)
	for id := range cat.imports {
		add("imports", id)
	}
	for _, t := range cat.tables {
		add("tables", t.id, int(t.sort), t.name, t.label, t.occasion)
		for id, n := range t.rows {
			add("table_imports", t.id, id, n)
		}
		for _, col := range t.columns {
			add("columns", col.id, t.id, col.name, col.label, int(col.typ), col.exact)
			for id, s := range col.seen {
				add("column_imports", col.id, id, s.dated, int64(s.latest))
			}
		}
		for _, r := range t.runs {
			add("runs", r.id, t.id, r.level, r.lo, r.hi, r.rows, r.first, r.last, r.day, r.mixed)
			for col, exact := range r.exact {
				add("run_columns", r.id, col, exact)
			}
			for id, n := range r.imports {
				add("run_imports", r.id, id, n)
			}
		}
	}
	for _, t := range catalogTables {
		if err := c.exec(ctx, "DELETE FROM "+t.name); err != nil {
			return err
		}
		rows := rows[t.name]
		err := appendRows(ctx, c, mainTable, t.name, t.types, len(rows), func(a *appender, from, n int) {
			for col := range t.types {
				a.fillAny(col, rows[from:from+n])
			}
		})
		if err != nil {
			return fmt.Errorf("writing the catalogue: %w", err)
		}
	}
	return nil
}

// fillAny stores one column of rows of the catalogue.
func (a *appender) fillAny(col int, rows [][]any) {
	n := len(rows)
	switch a.types[col] {
	case typeText:
		words := a.fillTexts(col, n)
		for i, r := range rows {
			words.set(i, []byte(r[col].(string)))
		}
	case typeBool:
		out := fill[bool](a, col, n)
		for i, r := range rows {
			out[i] = r[col].(bool)
		}
	case typeU8:
		out := fill[uint8](a, col, n)
		for i, r := range rows {
			out[i] = uint8(integer(r[col]))
		}
	case typeI32:
		out := fill[int32](a, col, n)
		for i, r := range rows {
			out[i] = int32(integer(r[col]))
		}
	default:
		out := fill[int64](a, col, n)
		for i, r := range rows {
			out[i] = integer(r[col])
		}
	}
}

func integer(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case kreds.ImportID:
		return int64(v)
	default:
		n, _ := v.(int64)
		return n
	}
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
