package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
	"github.com/kreds/kreds/segment"
)

// Problem is an error as RFC 9457 has it, with the stable code and the hint of
// kreds beside. Errors in an expression carry their place.
type Problem struct {
	Type   string     `json:"type" doc:"Always about:blank; the code tells problems apart"`
	Title  string     `json:"title" doc:"The meaning of the status"`
	Status int        `json:"status" doc:"The HTTP status"`
	Code   kreds.Code `json:"code" enum:"invalid,not_found,conflict,refused,unauthenticated,forbidden,throttled,unavailable,cancelled,internal" doc:"Stable code for programs"`
	Detail string     `json:"detail" say:"text" doc:"What went wrong, for people"`
	Hint   string     `json:"hint,omitempty" say:"text" doc:"What to do about it, for people"`
	Line   int        `json:"line,omitempty" doc:"Line of the expression that the error is in, from 1"`
	Column int        `json:"column,omitempty" doc:"Column in that line in characters, from 1"`
	Errors []Fault    `json:"errors,omitempty" doc:"Each part of the request that is wrong"`
	Wait   int        `json:"wait,omitempty" doc:"Of throttled: seconds to wait before trying again"`
}

// Fault is one part of a request that is wrong.
type Fault struct {
	Location string `json:"location,omitempty" doc:"Where, as body.name or query.limit"`
	Message  string `json:"message" say:"text" doc:"What is wrong"`
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ErrorCode returns the stable code.
func (p *Problem) ErrorCode() kreds.Code { return p.Code }

// ErrorHint returns the hint.
func (p *Problem) ErrorHint() string { return p.Hint }

// GetHeaders says when to try again, where that is known.
func (p *Problem) GetHeaders() http.Header {
	if p.Wait == 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.Itoa(p.Wait)}}
}

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// clientClosed is the status, known from other servers, of a request whose
// client went away; nobody reads it but the log.
const clientClosed = 499

var statusOf = map[kreds.Code]int{
	kreds.CodeInvalid:     http.StatusUnprocessableEntity,
	kreds.CodeNotFound:    http.StatusNotFound,
	kreds.CodeConflict:    http.StatusConflict,
	kreds.CodeRefused:     http.StatusForbidden,
	kreds.CodeUnavailable: http.StatusServiceUnavailable,
	kreds.CodeCancelled:   clientClosed,
	kreds.CodeInternal:    http.StatusInternalServerError,

	kreds.CodeUnauthenticated: http.StatusUnauthorized,
	kreds.CodeForbidden:       http.StatusForbidden,
	kreds.CodeThrottled:       http.StatusTooManyRequests,
}

// ProblemOf turns any error into the problem that clients see.
func ProblemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	code := kreds.CodeOf(err)
	if code == kreds.CodeInternal && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		code = kreds.CodeCancelled
	}
	status, ok := statusOf[code]
	if !ok {
		code, status = kreds.CodeInternal, http.StatusInternalServerError
	}
	p = newProblem(status, code, err.Error())
	p.Hint = kreds.HintOf(err)
	if field := kreds.FieldOf(err); field != "" {
		p.Errors = []Fault{{Location: "body." + field, Message: p.Detail}}
	}
	switch code {
	case kreds.CodeInternal:
		p.Hint = kreds.Say("this is a fault of kreds, not of the request; please report it with what you did")
	case kreds.CodeCancelled:
		p.Detail = kreds.Say("cancelled")
	}
	if w, ok := errors.AsType[*access.Wait](err); ok {
		p.Wait = w.Seconds
	}
	if at, ok := errors.AsType[*segment.Error](err); ok {
		p.Line, p.Column = at.Pos.Line, at.Pos.Column
	}
	return p
}

func newProblem(status int, code kreds.Code, detail string) *Problem {
	title := http.StatusText(status)
	if status == clientClosed {
		title = "Client Closed Request"
	}
	return &Problem{Type: "about:blank", Title: title, Status: status, Code: code, Detail: detail}
}

// codeOfStatus is for the problems that the HTTP layer finds itself.
func codeOfStatus(status int) kreds.Code {
	switch {
	case status == http.StatusNotFound:
		return kreds.CodeNotFound
	case status == http.StatusForbidden:
		return kreds.CodeRefused
	case status == http.StatusServiceUnavailable:
		return kreds.CodeUnavailable
	case status >= 500:
		return kreds.CodeInternal
	default:
		return kreds.CodeInvalid
	}
}

var installOnce sync.Once

// configureHuma makes huma's own errors, such as those of validation,
// problems too, and lists in answers never null. Huma keeps both in package
// variables.
func configureHuma() {
	installOnce.Do(func() {
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			p := newProblem(status, codeOfStatus(status), plain(msg))
			for _, err := range errs {
				if err == nil {
					continue
				}
				f := Fault{Message: err.Error()}
				var d huma.ErrorDetailer
				if errors.As(err, &d) {
					f.Message, f.Location = plain(d.ErrorDetail().Message), d.ErrorDetail().Location
				}
				p.Errors = append(p.Errors, f)
			}
			if len(p.Errors) > 0 && msg == "validation failed" {
				p.Detail = kreds.Say("the request is not valid: %s", joinFaults(p.Errors))
				p.Hint = kreds.Say("/api/openapi.json describes every request")
			}
			return p
		}
	})
}

func joinFaults(faults []Fault) string {
	var parts []string
	for i, f := range faults {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		if f.Location != "" {
			parts = append(parts, f.Location+": "+f.Message)
		} else {
			parts = append(parts, f.Message)
		}
	}
	return strings.Join(parts, "; ")
}

// writeProblem answers a plain HTTP request with the problem.
func writeProblem(w http.ResponseWriter, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // the client may be gone; there is nobody else to tell
}
