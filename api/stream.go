package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

const (
	ndjson = "application/x-ndjson"
	csvTyp = "text/csv; charset=utf-8"
)

// stream is an answer that is written in pieces. Until the first piece an
// error still has its own status.
type stream struct {
	ctx   huma.Context
	kind  string
	begun bool
}

// content is a type of content that a stream may have, and what it holds: of
// lines of JSON each line, of a text nothing.
type content struct {
	kind  string
	holds reflect.Type
}

// streamed registers an operation whose answer comes in pieces, of one of the
// contents. An error that do returns is the answer, or the last piece of it.
func streamed[I any](h *handler, op huma.Operation, contents []content, do func(ctx context.Context, in *I, s *stream) error) {
	described := map[string]*huma.MediaType{}
	for _, c := range contents {
		schema := &huma.Schema{Type: huma.TypeString}
		if c.holds != nil {
			schema = h.api.OpenAPI().Components.Schemas.Schema(c.holds, true, c.holds.Name())
		}
		described[c.kind] = &huma.MediaType{Schema: schema}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: described}}
	huma.Register(h.api, op, func(_ context.Context, in *I) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			s := &stream{ctx: ctx, kind: contents[0].kind}
			err := do(ctx.Context(), in, s)
			if err == nil {
				s.begin()
				return
			}
			p := h.problem(ctx.Context(), op.OperationID, err)
			switch {
			case !s.begun:
				_, w := humaWriter(ctx)
				writeProblem(w, p)
			case s.kind == ndjson:
				_ = s.line(map[string]any{"type": "error", "problem": p}) // if the client is gone, nobody reads it
			default:
				// The connection breaks, so that nobody takes a part for the whole.
				panic(http.ErrAbortHandler)
			}
		}}, nil
	})
}

func (s *stream) begin() {
	if !s.begun {
		s.begun = true
		s.ctx.SetHeader("Content-Type", s.kind)
		s.ctx.SetStatus(http.StatusOK)
	}
}

// Write writes a part of the answer.
func (s *stream) Write(b []byte) (int, error) {
	s.begin()
	return s.ctx.BodyWriter().Write(b)
}

// line writes one JSON value on a line and sends it.
func (s *stream) line(v any) error {
	enc := json.NewEncoder(s)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(saidTo(s.ctx.Context(), v)); err != nil {
		return err
	}
	s.flush()
	return nil
}

func (s *stream) flush() {
	if f, ok := s.ctx.BodyWriter().(http.Flusher); ok {
		f.Flush()
	}
}

func humaWriter(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(ctx) }

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client may be gone; there is nobody else to tell
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
