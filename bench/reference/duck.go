// Package reference keeps the generated rows in other databases, as a person
// would who wrote SQL by hand: typed tables in the order that kreds keeps, in
// DuckDB, and indexed tables in PostgreSQL.
package reference

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	api "github.com/duckdb/duckdb-go-bindings"
	"golang.org/x/sync/errgroup"

	"github.com/kreds/kreds/bench/generate"
	"github.com/kreds/kreds/bench/questions"
)

// Duck is a DuckDB database.
type Duck struct {
	db   api.Database
	conn api.Connection
}

// OpenDuck opens a database, in memory if path is "".
func OpenDuck(path string, threads int) (*Duck, error) {
	var config api.Config
	if api.CreateConfig(&config) == api.StateError {
		return nil, errors.New("configuring DuckDB")
	}
	defer api.DestroyConfig(&config)
	if api.SetConfig(config, "threads", strconv.Itoa(threads)) == api.StateError {
		return nil, errors.New("setting the threads of DuckDB")
	}
	if path == "" {
		path = ":memory:"
	}
	d := &Duck{}
	var message string
	if api.OpenExt(path, &d.db, config, &message) == api.StateError {
		return nil, fmt.Errorf("opening %s: %s", path, message)
	}
	if api.Connect(d.db, &d.conn) == api.StateError {
		return nil, errors.Join(errors.New("connecting to DuckDB"), d.Close())
	}
	return d, nil
}

// Close closes the database.
func (d *Duck) Close() error {
	if d.conn.Ptr != nil {
		api.Disconnect(&d.conn)
	}
	api.Close(&d.db)
	return nil
}

// Version returns DuckDB's version.
func (d *Duck) Version() string { return api.LibraryVersion() }

// Row runs a statement and returns the columns of its first row; unknown values
// are 0, all others must be integers.
func (d *Duck) Row(ctx context.Context, sql string) ([]int64, error) {
	stop := context.AfterFunc(ctx, func() { api.Interrupt(d.conn) })
	defer stop()
	var r api.Result
	state := api.Query(d.conn, sql, &r)
	defer api.DestroyResult(&r)
	if state == api.StateError {
		return nil, fmt.Errorf("%s: %s", sql, api.ResultError(&r))
	}
	chunk := api.FetchChunk(r)
	if chunk.Ptr == nil {
		return nil, nil
	}
	defer api.DestroyDataChunk(&chunk)
	out := make([]int64, api.DataChunkGetColumnCount(chunk))
	for i := range out {
		v := api.DataChunkGetVector(chunk, api.IdxT(i))
		if known := api.VectorGetValidity(v); known != nil && *(*uint64)(known)&1 == 0 {
			continue
		}
		t := api.VectorGetColumnType(v)
		id := api.GetTypeId(t)
		api.DestroyLogicalType(&t)
		switch id {
		case api.TypeBigInt, api.TypeHugeInt: // the lower half of a huge one comes first
			out[i] = *(*int64)(api.VectorGetData(v))
		default:
			return nil, fmt.Errorf("%s: column %d has type %v", sql, i, id)
		}
	}
	return out, nil
}

// Exec runs a statement.
func (d *Duck) Exec(ctx context.Context, sql string) error {
	_, err := d.Row(ctx, sql)
	return err
}

const eventColumns = "(bucket USMALLINT NOT NULL, customer UINTEGER NOT NULL, time TIMESTAMP NOT NULL, category VARCHAR NOT NULL, amount DECIMAL(18,4) NOT NULL, minutes DOUBLE NOT NULL)"

// Fill makes the tables, with rows in the order of (bucket, customer, time).
func (d *Duck) Fill(ctx context.Context, w *generate.World) error {
	if err := d.Exec(ctx, "CREATE TABLE customers (bucket USMALLINT NOT NULL, customer UINTEGER NOT NULL, country VARCHAR NOT NULL, city VARCHAR NOT NULL, plan VARCHAR NOT NULL, age SMALLINT NOT NULL, newsletter BOOLEAN NOT NULL, signup DATE NOT NULL)"); err != nil {
		return err
	}
	order := w.Ordered()
	if err := d.fillCustomers(w, order); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, k := range generate.Kinds {
		if err := d.Exec(ctx, "CREATE TABLE "+questions.Table(k)+eventColumns); err != nil {
			return err
		}
	}
	for _, k := range generate.Kinds {
		group.Go(func() error { return d.fillEvents(ctx, w, k, order) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return d.Exec(context.WithoutCancel(ctx), "CHECKPOINT")
}

// appending appends rows to a table chunk by chunk.
type appending struct {
	conn     api.Connection
	appender api.Appender
	types    []api.LogicalType
	chunk    api.DataChunk
	vectors  []api.Vector
	data     []unsafe.Pointer // of the vectors; asking for it costs more than a row
	n        int              // rows in the chunk
}

const chunkRows = 2048

func (d *Duck) appendTo(table string) (*appending, error) {
	a := &appending{}
	if api.Connect(d.db, &a.conn) == api.StateError {
		return nil, errors.New("connecting to DuckDB")
	}
	if api.AppenderCreate(a.conn, "", table, &a.appender) == api.StateError {
		api.Disconnect(&a.conn)
		return nil, errors.New("appending to " + table)
	}
	for i := range api.AppenderColumnCount(a.appender) {
		a.types = append(a.types, api.AppenderColumnType(a.appender, i))
	}
	a.chunk = api.CreateDataChunk(a.types)
	a.vectors = make([]api.Vector, len(a.types))
	a.data = make([]unsafe.Pointer, len(a.types))
	a.look()
	return a, nil
}

// look notes where the chunk's vectors are.
func (a *appending) look() {
	for i := range a.vectors {
		a.vectors[i] = api.DataChunkGetVector(a.chunk, api.IdxT(i))
		a.data[i] = api.VectorGetData(a.vectors[i])
	}
}

// row returns the place of the next row.
func (a *appending) row() (int, error) {
	if a.n == chunkRows {
		if err := a.flush(); err != nil {
			return 0, err
		}
	}
	a.n++
	return a.n - 1, nil
}

func (a *appending) flush() error {
	api.DataChunkSetSize(a.chunk, api.IdxT(a.n))
	if api.AppendDataChunk(a.appender, a.chunk) == api.StateError {
		return errors.New("appending rows")
	}
	api.DataChunkReset(a.chunk)
	a.look()
	a.n = 0
	return nil
}

func (a *appending) text(col, row int, s string) {
	api.VectorAssignStringElement(a.vectors[col], api.IdxT(row), s)
}

// column returns the values of a column of fixed width.
func column[T any](a *appending, col int) []T {
	return unsafe.Slice((*T)(a.data[col]), chunkRows)
}

func (a *appending) close() error {
	err := a.flush()
	if api.AppenderDestroy(&a.appender) == api.StateError {
		err = errors.Join(err, errors.New("writing the rows"))
	}
	api.DestroyDataChunk(&a.chunk)
	for i := range a.types {
		api.DestroyLogicalType(&a.types[i])
	}
	api.Disconnect(&a.conn)
	return err
}

func (d *Duck) fillCustomers(w *generate.World, order []int) (err error) {
	a, err := d.appendTo("customers")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	for _, i := range order {
		row, err := a.row()
		if err != nil {
			return err
		}
		c := w.Customer(i)
		column[uint16](a, 0)[row] = uint16(w.Bucket(i))
		column[uint32](a, 1)[row] = uint32(i)
		a.text(2, row, c.Country)
		a.text(3, row, c.City)
		a.text(4, row, c.Plan)
		column[int16](a, 5)[row] = int16(c.Age)
		column[bool](a, 6)[row] = c.Newsletter
		column[int32](a, 7)[row] = int32(c.Signup.Unix() / 86400)
	}
	return nil
}

func (d *Duck) fillEvents(ctx context.Context, w *generate.World, k generate.Kind, order []int) (err error) {
	a, err := d.appendTo(questions.Table(k))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	var events []generate.Event
	for _, i := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		bucket := uint16(w.Bucket(i))
		events = w.Events(k, i, events[:0])
		for j := range events {
			e := &events[j]
			row, err := a.row()
			if err != nil {
				return err
			}
			column[uint16](a, 0)[row] = bucket
			column[uint32](a, 1)[row] = uint32(i)
			column[int64](a, 2)[row] = e.Time
			a.text(3, row, generate.Categories[e.Category])
			column[int64](a, 4)[row] = e.Amount * 100
			column[float64](a, 5)[row] = e.Minutes
		}
	}
	return nil
}

// LoadPurchases loads a CSV file of purchases into a new table of fixed types,
// as plainly as DuckDB can.
func (d *Duck) LoadPurchases(ctx context.Context, table, file string) error {
	if err := d.Exec(ctx, "CREATE TABLE "+table+" (customer_id BIGINT, time TIMESTAMP, category VARCHAR, amount DECIMAL(18,4), minutes DOUBLE)"); err != nil {
		return err
	}
	return d.Exec(ctx, "INSERT INTO "+table+" SELECT * FROM read_csv('"+strings.ReplaceAll(file, "'", "''")+
		"', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {'customer_id': 'BIGINT', 'time': 'TIMESTAMP', 'category': 'VARCHAR', 'amount': 'DECIMAL(18,4)', 'minutes': 'DOUBLE'})")
}
