package segment

import (
	"fmt"

	"github.com/kreds/kreds"
)

// Error is a fault of an expression: where it is, what was expected, and what to
// do about it.
type Error struct {
	Pos     Pos
	Message string
	Hint    string
}

// Error returns the message with its place.
func (e *Error) Error() string {
	if e.Pos == (Pos{}) {
		return e.Message
	}
	return kreds.Say("%s at %d:%d", e.Message, e.Pos.Line, e.Pos.Column)
}

// ErrorCode returns kreds.CodeInvalid.
func (e *Error) ErrorCode() kreds.Code { return kreds.CodeInvalid }

// ErrorHint returns what to do.
func (e *Error) ErrorHint() string { return e.Hint }

func errorAt(pos Pos, format string, args ...any) *Error {
	return &Error{Pos: pos, Message: fmt.Sprintf(format, args...)}
}

// said quotes a part of an expression.
func said(text string) string { return `"` + cut(text) + `"` }

func (e *Error) hint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}
