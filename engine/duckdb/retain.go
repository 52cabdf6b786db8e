package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
)

// Retain removes every row of imports for which keep is false; see
// engine.Engine. Profiles that no import speaks of any more go too; their
// numbers are not used again.
func (db *DB) Retain(ctx context.Context, keep func(kreds.ImportID) bool) error {
	if err := db.lockLoading(ctx); err != nil {
		return err
	}
	defer db.unlockLoading()
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.removeLocked(ctx, keep); err != nil {
		return err
	}
	db.broken = nil
	return nil
}

// removeLocked is Retain with all locks held.
func (db *DB) removeLocked(ctx context.Context, keep func(kreds.ImportID) bool) error {
	var gone []string
	cat := db.view.cat.clone()
	for id := range cat.imports {
		if !keep(id) {
			gone = append(gone, fmt.Sprint(int64(id)))
			delete(cat.imports, id)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	in := " IN (" + strings.Join(gone, ", ") + ")"
	err := db.with(func(c *conn) error {
		return inTransaction(ctx, c, func() error { return remove(ctx, c, cat, keep, in) })
	})
	if err != nil {
		return fmt.Errorf("removing imports: %w", err)
	}
	db.show(cat)
	return nil
}

func remove(ctx context.Context, c *conn, cat *catalog, keep func(kreds.ImportID) bool, in string) error {
	var tables []*table
	for _, t := range cat.tables {
		if err := removeRows(ctx, c, t, keep, in); err != nil {
			return err
		}
		for id := range t.rows {
			if !keep(id) {
				delete(t.rows, id)
			}
		}
		if err := removeColumns(ctx, c, t, keep); err != nil {
			return err
		}
		if len(t.rows) > 0 {
			tables = append(tables, t)
		}
	}
	cat.tables = tables
	for _, q := range []string{
		"DELETE FROM presence WHERE import" + in,
		"DELETE FROM items WHERE import" + in,
		"DELETE FROM profiles WHERE n NOT IN (SELECT n FROM presence)",
	} {
		if err := c.exec(ctx, q); err != nil {
			return err
		}
	}
	return writeCatalog(ctx, c, cat)
}

func removeRows(ctx context.Context, c *conn, t *table, keep func(kreds.ImportID) bool, in string) error {
	var runs []*run
	for _, r := range t.runs {
		n := *r
		n.imports = map[kreds.ImportID]int64{}
		n.rows = 0
		for id, rows := range r.imports {
			if keep(id) {
				n.imports[id] = rows
				n.rows += rows
			}
		}
		var err error
		switch n.rows {
		case 0:
			err = c.exec(ctx, "DROP TABLE "+r.name())
		case r.rows:
			runs = append(runs, r)
		default: // the run is mixed
			err = c.exec(ctx, "DELETE FROM "+r.name()+" WHERE i"+in)
			runs = append(runs, &n)
		}
		if err != nil {
			return err
		}
	}
	t.runs = runs
	return nil
}

// removeColumns takes the columns out that only removed imports had.
func removeColumns(ctx context.Context, c *conn, t *table, keep func(kreds.ImportID) bool) error {
	var columns []*column
	for _, col := range t.columns {
		for id := range col.seen {
			if !keep(id) {
				delete(col.seen, id)
			}
		}
		if len(col.seen) > 0 {
			columns = append(columns, col)
			continue
		}
		if coded(col.typ) && t.sort != sortItems {
			if err := c.exec(ctx, "DROP TABLE "+col.dictTable()); err != nil {
				return err
			}
		}
		if foldName(t.occasion) == foldName(col.name) {
			t.occasion = ""
		}
	}
	t.columns = columns
	return nil
}
