package api

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kreds/kreds"
)

// metricsScope is the scope of tokens that read the metrics.
const metricsScope = "metrics"

// metrics are the measurements of one handler. Nothing in their labels comes
// from a client or from data.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	latency    *prometheus.HistogramVec
	imports    *prometheus.CounterVec
	imported   prometheus.Counter
	evaluation *prometheus.HistogramVec
}

func newMetrics(w *Workspace) *metrics {
	seconds := []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kreds_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kreds_http_request_seconds", Help: "Time to answer a request, by route.", Buckets: seconds,
		}, []string{"route"}),
		imports: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kreds_imports_total", Help: "Imports, by outcome: done, already or failed.",
		}, []string{"outcome"}),
		imported: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kreds_imported_rows_total", Help: "Rows taken by imports.",
		}),
		evaluation: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kreds_evaluation_seconds", Help: "Time to evaluate, by what was asked.", Buckets: seconds,
		}, []string{"what"}),
	}
	m.registry.MustRegister(m.requests, m.latency, m.imports, m.imported, m.evaluation, newSizes(w))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// observed logs and measures every request, and turns a panic into a problem.
// Neither queries nor bodies are logged: they may hold personal data. The
// route is the pattern, so no profile key gets into logs or metrics.
func observed(next http.Handler, m *metrics, log *slog.Logger, clock kreds.Clock) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := clock()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if fault := recover(); fault != nil {
				if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(fault)
				}
				log.Error("fault while answering", "route", r.Pattern, "fault", fault, "stack", string(debug.Stack()))
				if rec.status == 0 {
					writeProblem(rec, newProblem(http.StatusInternalServerError, kreds.CodeInternal, "kreds failed to answer"))
				}
			}
			status := rec.status
			if status == 0 {
				status = http.StatusOK
			}
			if r.Context().Err() != nil {
				status = clientClosed
			}
			took := clock().Sub(began)
			route := r.Pattern
			if route == "" {
				route = "other"
			}
			m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
			m.latency.WithLabelValues(route).Observe(took.Seconds())
			level := slog.LevelInfo
			switch {
			case status == http.StatusServiceUnavailable: // the disk's fault, or a busy directory's
				level = slog.LevelWarn
			case status >= 500:
				level = slog.LevelError
			}
			log.Log(r.Context(), level, "request", "route", route, "status", status,
				"bytes", rec.bytes, "ms", float64(took.Microseconds())/1000)
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder remembers the status and the size of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush sends what was written so far to the client.
func (r *recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap gives http.ResponseController the writer beneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// since is the time from began in seconds.
func since(clock kreds.Clock, began time.Time) float64 { return clock().Sub(began).Seconds() }

// discard is the log of a handler that was given none.
func discard() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
