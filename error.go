package kreds

import (
	"errors"
	"fmt"
)

// Code classifies an error for programs: the HTTP status, the exit status and
// the stable "code" of an API problem follow from it.
type Code string

// The codes of errors that reach a person.
const (
	CodeInvalid     Code = "invalid"     // the input is wrong; the message says where and what to do
	CodeNotFound    Code = "not_found"   // the named thing does not exist
	CodeConflict    Code = "conflict"    // the thing exists already, or changed meanwhile
	CodeRefused     Code = "refused"     // a guard refused; nothing was changed
	CodeUnavailable Code = "unavailable" // the data directory or server is busy, full or read-only
	CodeCancelled   Code = "cancelled"   // the caller went away
	CodeInternal    Code = "internal"    // a fault of kreds itself

	CodeUnauthenticated Code = "unauthenticated" // who asks is not known: sign in
	CodeForbidden       Code = "forbidden"       // who asks is known and may not
	CodeThrottled       Code = "throttled"       // too many attempts: wait
)

// Error is an error for people: what went wrong and, in Hint, what to do.
// Field, when set, is the part of the request that is wrong, as id or
// compute[0].formula. Err, when set, is the cause and is unwrapped.
type Error struct {
	Code    Code
	Message string
	Hint    string
	Field   string
	Err     error
}

// Error returns the message, then the cause where there is one.
func (e *Error) Error() string {
	if e.Err != nil {
		if cause := e.Err.Error(); cause != "" {
			return e.Message + ": " + cause
		}
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of the code. A %w verb sets the cause, which is then
// part of the message and not repeated.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: quiet(errors.Unwrap(err))}
}

// WithHint returns a copy of the error that says what to do.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// WithField returns a copy of the error that is about a part of the request.
func (e *Error) WithField(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// FieldOf returns the part of the request that the first Error in the chain is
// about, "" if it is about none.
func FieldOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Field
	}
	return ""
}

// CodeOf returns the code of the first Error in the chain, CodeInternal for any
// other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var coder interface{ ErrorCode() Code }
	if errors.As(err, &coder) {
		return coder.ErrorCode()
	}
	return CodeInternal
}

// ErrorCode returns the code; other error types of the product that carry a
// code have the same method.
func (e *Error) ErrorCode() Code { return e.Code }

// ErrorHint returns the hint; other error types of the product that carry a
// hint have the same method.
func (e *Error) ErrorHint() string { return e.Hint }

// HintOf returns the hint of the first error in the chain that has one.
func HintOf(err error) string {
	var hinter interface{ ErrorHint() string }
	if errors.As(err, &hinter) {
		return hinter.ErrorHint()
	}
	return ""
}

// quiet keeps a cause for errors.Is and errors.As without repeating its text.
func quiet(err error) error {
	if err == nil {
		return nil
	}
	return silent{err}
}

type silent struct{ err error }

func (s silent) Error() string { return "" }
func (s silent) Unwrap() error { return s.err }
