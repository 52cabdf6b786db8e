package duckdb

import (
	"context"
	"fmt"
	"unsafe"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds/engine/fold"
)

// appender adds rows to one table, chunk by chunk, within the connection's
// transaction.
type appender struct {
	raw   api.Appender
	chunk api.DataChunk
	types []api.Type
}

// The column types that appenders write.
const (
	typeI64   = api.TypeBigInt
	typeF64   = api.TypeDouble
	typeI32   = api.TypeInteger
	typeU8    = api.TypeUTinyInt
	typeU16   = api.TypeUSmallInt
	typeU32   = api.TypeUInteger
	typeText  = api.TypeVarchar
	typeBool  = api.TypeBoolean
	mainTable = ""
	tempTable = "temp"
)

// newAppender begins appending to a table of the database or, with tempTable,
// of the connection.
func newAppender(c *conn, catalog, table string, types []api.Type) (*appender, error) {
	a := &appender{types: types}
	var state api.State
	if catalog == mainTable {
		state = api.AppenderCreate(c.raw, "main", table, &a.raw)
	} else {
		state = api.AppenderCreateExt(c.raw, catalog, "main", table, &a.raw)
	}
	if state == api.StateError {
		err := a.failed()
		a.close()
		return nil, fmt.Errorf("appending to %s: %w", table, err)
	}
	logical := make([]api.LogicalType, len(types))
	for i, t := range types {
		logical[i] = api.CreateLogicalType(t)
	}
	a.chunk = api.CreateDataChunk(logical)
	for i := range logical {
		api.DestroyLogicalType(&logical[i])
	}
	return a, nil
}

func (a *appender) failed() error { return failure(api.AppenderError(a.raw)) }

// fill returns where to write n values of a column of the next chunk.
func fill[T any](a *appender, col, n int) []T {
	p := api.VectorGetData(api.DataChunkGetVector(a.chunk, api.IdxT(col)))
	return unsafe.Slice((*T)(p), n)
}

// fillKnown sets which of the n values of a column are known.
func (a *appender) fillKnown(col int, known []uint64, from, n int) {
	if known == nil {
		return
	}
	v := api.DataChunkGetVector(a.chunk, api.IdxT(col))
	api.VectorEnsureValidityWritable(v)
	dst := unsafe.Slice((*uint64)(api.VectorGetValidity(v)), words(vectorSize))
	clear(dst[:words(n)])
	copyBits(dst, 0, known, from, n)
}

// fillVector copies n values of a vector to a column.
func (a *appender) fillVector(col int, v *fold.Vector, from, n int) {
	switch {
	case v.I64 != nil:
		copy(fill[int64](a, col, n), v.I64[from:])
	case v.F64 != nil:
		copy(fill[float64](a, col, n), v.F64[from:])
	case v.I32 != nil:
		copy(fill[int32](a, col, n), v.I32[from:])
	default:
		copy(fill[uint8](a, col, n), v.U8[from:])
	}
	a.fillKnown(col, v.Known, from, n)
}

// textSlots is a column of texts of the next chunk.
type textSlots struct {
	vector api.Vector
	data   []text
}

// fillTexts returns where to write n texts.
func (a *appender) fillTexts(col, n int) textSlots {
	v := api.DataChunkGetVector(a.chunk, api.IdxT(col))
	return textSlots{v, unsafe.Slice((*text)(api.VectorGetData(v)), n)}
}

// set stores one text, which must be valid UTF-8.
func (c textSlots) set(row int, b []byte) {
	if len(b) > inlined {
		api.UnsafeVectorAssignStringElementLen(c.vector, api.IdxT(row), b)
		return
	}
	t := &c.data[row]
	*t = text{length: uint32(len(b))}
	copy(unsafe.Slice(&t.short[0], inlined), b)
}

// push appends the chunk's first n rows and empties it.
func (a *appender) push(n int) error {
	if n == 0 {
		return nil
	}
	api.DataChunkSetSize(a.chunk, api.IdxT(n))
	if api.AppendDataChunk(a.raw, a.chunk) == api.StateError {
		return a.failed()
	}
	api.DataChunkReset(a.chunk)
	return nil
}

// finish writes what is buffered.
func (a *appender) finish() error {
	if api.AppenderFlush(a.raw) == api.StateError {
		return a.failed()
	}
	return nil
}

// close releases the appender; what finish has not written is dropped.
func (a *appender) close() {
	if a.raw.Ptr != nil {
		_ = api.AppenderClear(a.raw)
	}
	api.DestroyDataChunk(&a.chunk)
	_ = api.AppenderDestroy(&a.raw)
}

// appendRows appends n rows, of which put fills those from `from` to
// from+rows, at most a chunk, and finishes.
func appendRows(ctx context.Context, c *conn, catalog, table string, types []api.Type, n int, put func(a *appender, from, rows int)) error {
	a, err := newAppender(c, catalog, table, types)
	if err != nil {
		return err
	}
	defer a.close()
	for from := 0; from < n; from += vectorSize {
		if err := ctx.Err(); err != nil {
			return cancelled(err)
		}
		rows := min(vectorSize, n-from)
		put(a, from, rows)
		if err := a.push(rows); err != nil {
			return err
		}
	}
	return a.finish()
}
