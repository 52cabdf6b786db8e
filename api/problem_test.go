package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

func TestProblemOf(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want Problem
	}{
		{
			"with a hint", fmt.Errorf("saving: %w", kreds.Errorf(kreds.CodeConflict, "there is a segment x").WithHint("take another name")),
			Problem{Title: "Conflict", Status: 409, Code: "conflict", Detail: "saving: there is a segment x", Hint: "take another name"},
		},
		{
			"in an expression", &segment.Error{Pos: segment.Pos{Line: 2, Column: 7}, Message: "unknown trait", Hint: "did you mean x?"},
			Problem{Title: "Unprocessable Entity", Status: 422, Code: "invalid", Hint: "did you mean x?", Line: 2, Column: 7},
		},
		{
			"cancelled", fmt.Errorf("reading: %w", context.Canceled),
			Problem{Title: "Client Closed Request", Status: 499, Code: "cancelled", Detail: "cancelled"},
		},
		{
			"a fault", errors.New("index out of range"),
			Problem{
				Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "index out of range",
				Hint: "this is a fault of kreds, not of the request; please report it with what you did",
			},
		},
		{
			"refused", kreds.Errorf(kreds.CodeRefused, "no"),
			Problem{Title: "Forbidden", Status: 403, Code: "refused", Detail: "no"},
		},
		{
			"unavailable", kreds.Errorf(kreds.CodeUnavailable, "in use"),
			Problem{Title: "Service Unavailable", Status: 503, Code: "unavailable", Detail: "in use"},
		},
		{
			"a problem of the API itself", &Problem{Status: http.StatusTeapot, Code: "refused", Detail: "x"},
			Problem{Status: http.StatusTeapot, Code: "refused", Detail: "x"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := *ProblemOf(c.err)
			if c.want.Title != "" {
				c.want.Type = "about:blank"
			}
			if c.want.Detail == "" {
				c.want.Detail = got.Detail
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
