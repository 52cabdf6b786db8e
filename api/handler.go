package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/kreds/kreds"
)

const (
	prefix = "/api/v1"
	// maxBody bounds a request's JSON in bytes. It is far above the limit of an
	// expression, so that the parser says what is too long, and leaves room for
	// a list segment of a million keys.
	maxBody = 64 << 20
)

// handler is what the routes share.
type handler struct {
	*Workspace
	api     huma.API
	log     *slog.Logger
	metrics *metrics
}

// New returns the handler of the API over the workspace. It checks who calls,
// where accounts are turned on, but not from where: see Guard and Local. The log
// may be nil.
func New(w *Workspace, log *slog.Logger) http.Handler {
	if log == nil {
		log = discard()
	}
	configureHuma()
	h, mux := register(w, log)
	return observed(spoken(h.identify(mux)), h.metrics, log, w.clock)
}

// router is a mux that remembers what it serves.
type router struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc registers a handler.
func (r *router) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.HandleFunc(pattern, h)
}

func register(w *Workspace, log *slog.Logger) (*handler, *router) {
	mux := &router{ServeMux: http.NewServeMux()}
	h := &handler{Workspace: w, log: log, metrics: newMetrics(w)}
	h.api = humago.New(mux, description(w.version))
	h.api.UseMiddleware(h.authorize)
	h.importRoutes()
	h.uploadRoutes()
	h.dataRoutes()
	h.profileListRoutes()
	h.profileRoutes()
	h.compareRoutes()
	h.expressionRoutes()
	h.countRoutes()
	h.segmentRoutes()
	h.memberRoutes()
	h.whyRoutes()
	h.refreshRoutes()
	h.discoverRoutes()
	h.typingRoutes()
	h.proveRoutes()
	h.rfmRoutes()
	h.worthRoutes()
	h.movementRoutes()
	h.trendsRoutes()
	h.demoRoutes()
	h.jobRoutes()
	h.listRoutes()
	h.settingRoutes()
	h.sessionRoutes()
	h.userRoutes()
	h.tokenRoutes()
	h.auditRoutes()
	describeErrors(h.api.OpenAPI())
	mux.HandleFunc("GET /metrics", h.guarded(kreds.Viewer, metricsScope, h.metrics.handler()))
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { noRoute(mux.ServeMux, w, r) })
	return h, mux
}

// route registers an operation; its errors become problems.
func route[I, O any](h *handler, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	huma.Register(h.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, h.problem(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

// problem is ProblemOf that logs what is not the client's doing.
func (h *handler) problem(ctx context.Context, operation string, err error) *Problem {
	if ctx.Err() != nil {
		err = kreds.Errorf(kreds.CodeCancelled, "cancelled")
	}
	p := ProblemOf(err)
	failed(ctx, p.Code)
	if p.Status >= http.StatusInternalServerError {
		h.log.Warn("failed", "operation", operation, "code", string(p.Code), "error", err.Error())
	}
	return p.saidTo(ctx)
}

// body is an answer of one JSON value.
type body[T any] struct{ Body T }

func answer[T any](v T) *body[T] { return &body[T]{Body: v} }

// answerOf is the answer of what a call returns, or its error.
func answerOf[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return answer(v), nil
}

// health answers that the process serves and its state can be read.
func (h *handler) health(w http.ResponseWriter, r *http.Request) {
	if _, err := h.state.Settings(r.Context()); err != nil {
		writeProblem(w, h.problem(r.Context(), "healthz", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, "{\"status\":\"ok\",\"version\":%q}\n", h.version)
}

// noRoute answers for paths and methods that there are none of.
func noRoute(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, kreds.CodeInvalid,
			kreds.Say("this address takes %s, not %s", strings.Join(allowed, ", "), cut(r.Method, 20))).saidTo(r.Context()))
		return
	}
	p := newProblem(http.StatusNotFound, kreds.CodeNotFound, kreds.Say("there is nothing at this address"))
	p.Hint = kreds.Say("/api/openapi.json lists every address")
	writeProblem(w, p.saidTo(r.Context()))
}
