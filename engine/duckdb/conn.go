package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	api "github.com/duckdb/duckdb-go-bindings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold"
)

// vectorSize is the most rows that a chunk holds.
const vectorSize = 2048

// conn is one connection to the database, used by one goroutine at a time.
type conn struct{ raw api.Connection }

func connect(database api.Database) (*conn, error) {
	c := &conn{}
	if api.Connect(database, &c.raw) == api.StateError {
		return nil, errors.New("cannot connect to the database")
	}
	return c, nil
}

func (c *conn) close() { api.Disconnect(&c.raw) }

// exec runs one statement and drops what it returns.
func (c *conn) exec(ctx context.Context, sql string, args ...any) error {
	return c.each(ctx, sql, args, func(*chunk) error { return nil })
}

// each runs one statement and calls f with each chunk of its rows.
func (c *conn) each(ctx context.Context, sql string, args []any, f func(*chunk) error) error {
	s, err := c.open(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer s.close()
	for {
		ch, err := s.next()
		if err != nil || ch == nil {
			return err
		}
		if err := f(ch); err != nil {
			return err
		}
	}
}

// stream is a running statement whose rows are fetched chunk by chunk.
type stream struct {
	ctx      context.Context
	prepared api.PreparedStatement
	result   api.Result
	stop     func()
	chunk    chunk
	done     bool
}

// open prepares and starts one statement. The connection is the stream's until
// it is closed; when ctx ends, the statement is interrupted.
func (c *conn) open(ctx context.Context, sql string, args ...any) (*stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, cancelled(err)
	}
	s := &stream{ctx: ctx}
	if api.Prepare(c.raw, sql, &s.prepared) == api.StateError {
		err := failure(api.PrepareError(s.prepared))
		s.close()
		return nil, fmt.Errorf("preparing a statement: %w", err)
	}
	for i, a := range args {
		if err := bind(s.prepared, api.IdxT(i+1), a); err != nil {
			s.close()
			return nil, err
		}
	}
	var pending api.PendingResult
	if api.PendingPreparedStreaming(s.prepared, &pending) == api.StateError {
		err := failure(api.PendingError(pending))
		api.DestroyPending(&pending)
		s.close()
		return nil, err
	}
	finished := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		api.Interrupt(c.raw)
		close(finished)
	})
	s.stop = func() {
		if !stop() {
			<-finished
		}
	}
	state := api.ExecutePending(pending, &s.result)
	api.DestroyPending(&pending)
	if state == api.StateError {
		err := s.failed()
		s.close()
		return nil, err
	}
	return s, nil
}

func bind(p api.PreparedStatement, at api.IdxT, v any) error {
	var state api.State
	switch v := v.(type) {
	case nil:
		state = api.BindNull(p, at)
	case bool:
		state = api.BindBoolean(p, at, v)
	case int:
		state = api.BindInt64(p, at, int64(v))
	case int64:
		state = api.BindInt64(p, at, v)
	case kreds.ImportID:
		state = api.BindInt64(p, at, int64(v))
	case uint32:
		state = api.BindUInt32(p, at, v)
	case float64:
		state = api.BindDouble(p, at, v)
	case string:
		state = api.BindVarcharLength(p, at, v, api.IdxT(len(v)))
	default:
		return fmt.Errorf("binding a %T", v)
	}
	if state == api.StateError {
		return fmt.Errorf("binding parameter %d", at)
	}
	return nil
}

// failed returns the error of the result.
func (s *stream) failed() error {
	if err := s.ctx.Err(); err != nil {
		return cancelled(err)
	}
	return failure(api.ResultError(&s.result))
}

// next returns the next chunk, which lasts until the call after, or nil at the
// end.
func (s *stream) next() (*chunk, error) {
	if s.done {
		return nil, nil
	}
	s.chunk.free()
	raw := api.FetchChunk(s.result)
	if raw.Ptr == nil {
		s.done = true
		if msg := api.ResultError(&s.result); msg != "" {
			return nil, s.failed()
		}
		return nil, nil
	}
	s.chunk = chunk{raw: raw, n: int(api.DataChunkGetSize(raw))}
	if s.chunk.n == 0 {
		s.done = true
		s.chunk.free()
		return nil, nil
	}
	return &s.chunk, nil
}

func (s *stream) close() {
	s.chunk.free()
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	api.DestroyResult(&s.result)
	api.DestroyPrepare(&s.prepared)
}

// chunk is up to vectorSize rows of a result. Its slices are the database's
// memory: they last as long as the chunk.
type chunk struct {
	raw api.DataChunk
	n   int
}

func (ch *chunk) free() { api.DestroyDataChunk(&ch.raw) }

func values[T any](ch *chunk, col int) []T {
	p := api.VectorGetData(api.DataChunkGetVector(ch.raw, api.IdxT(col)))
	return unsafe.Slice((*T)(p), ch.n)
}

// known returns the validity bits of a column, nil if all rows are known.
func (ch *chunk) known(col int) []uint64 {
	p := api.VectorGetValidity(api.DataChunkGetVector(ch.raw, api.IdxT(col)))
	if p == nil {
		return nil
	}
	return unsafe.Slice((*uint64)(p), (ch.n+63)/64)
}

// text is the database's string: its length, then either the bytes themselves
// or four of them and a pointer.
type text struct {
	length uint32
	short  [4]byte
	long   [8]byte
}

// inlined is the longest text that is stored in place.
const inlined = 12

func (t *text) bytes() []byte {
	if t.length <= inlined {
		return unsafe.Slice(&t.short[0], t.length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&t.long)), t.length)
}

// vector returns a column as a vector of the type. Its slices are the chunk's.
func (ch *chunk) vector(col int, of fold.Vector) fold.Vector {
	v := fold.Vector{Type: of.Type, Exact: of.Exact, Known: ch.known(col)}
	switch layoutOf(of.Type, of.Exact) {
	case layoutI64:
		v.I64 = values[int64](ch, col)
	case layoutF64:
		v.F64 = values[float64](ch, col)
	case layoutI32:
		v.I32 = values[int32](ch, col)
	default:
		v.U8 = values[uint8](ch, col)
	}
	return v
}

// failure turns a message of the database into an error: what a person can do
// something about gets a code and a hint.
func failure(message string) error {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(message, p) {
				return true
			}
		}
		return false
	}
	cause := errors.New(strings.TrimSpace(message))
	switch {
	case has("INTERRUPT", "Interrupted"):
		return kreds.Errorf(kreds.CodeCancelled, "the work was cancelled")
	case has("No space left", "Disk quota", "File too large", "max_temp_directory_size"):
		return kreds.Errorf(kreds.CodeUnavailable, "the disk of the data directory is full: %w", cause).
			WithHint("free some space and try again; nothing that was committed is lost")
	case has("Read-only file system", "read-only mode", "Permission denied"):
		return kreds.Errorf(kreds.CodeUnavailable, "the data directory cannot be written: %w", cause).
			WithHint("check the permissions of the data directory")
	case has("Could not set lock", "Conflicting lock", "already open"):
		return kreds.Errorf(kreds.CodeUnavailable, "the data directory is in use: %w", cause).
			WithHint("stop the other program, or go through its server")
	case has("Out of Memory", "could not allocate", "failed to allocate"):
		return kreds.Errorf(kreds.CodeUnavailable, "there is not enough memory: %w", cause).
			WithHint("give kreds more memory, or close other programs")
	case has("IO Error", "Could not write", "Could not read", "has been invalidated"):
		return kreds.Errorf(kreds.CodeUnavailable, "the data cannot be read or written: %w", cause).
			WithHint("check the disk of the data directory, then open it again")
	}
	return cause
}

func cancelled(err error) error {
	return kreds.Errorf(kreds.CodeCancelled, "the work was cancelled: %w", err)
}
