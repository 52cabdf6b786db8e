package duckdb

import (
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

// know marks one value of a column as known, after fillKnown.
func (a *appender) know(col, row int) {
	v := api.DataChunkGetVector(a.chunk, api.IdxT(col))
	unsafe.Slice((*uint64)(api.VectorGetValidity(v)), words(vectorSize))[row>>6] |= 1 << (row & 63)
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

// fillText stores one text, which must be valid UTF-8.
func (a *appender) fillText(col, row int, b []byte) {
	v := api.DataChunkGetVector(a.chunk, api.IdxT(col))
	if len(b) > inlined {
		api.UnsafeVectorAssignStringElementLen(v, api.IdxT(row), b)
		return
	}
	t := &unsafe.Slice((*text)(api.VectorGetData(v)), vectorSize)[row]
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

// appendRows appends rows that put fills, n of them, and finishes.
func appendRows(c *conn, catalog, table string, types []api.Type, n int, put func(a *appender, row, i int) error) error {
	a, err := newAppender(c, catalog, table, types)
	if err != nil {
		return err
	}
	defer a.close()
	row := 0
	for i := range n {
		if err := put(a, row, i); err != nil {
			return err
		}
		if row++; row == vectorSize {
			if err := a.push(row); err != nil {
				return err
			}
			row = 0
		}
	}
	if err := a.push(row); err != nil {
		return err
	}
	return a.finish()
}
