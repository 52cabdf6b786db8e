package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// ExpressionRequest is an expression in one of its two forms.
type ExpressionRequest struct {
	Text string `json:"text,omitempty" doc:"The expression as text"`
	Tree Tree   `json:"tree,omitempty" doc:"The expression as a tree, instead of text"`
}

// CheckRequest is an expression to be looked at, as it is being written.
type CheckRequest struct {
	ExpressionRequest
	Estimate bool   `json:"estimate,omitempty" doc:"Also estimate how many match, if that takes no longer than people wait for the rest"`
	AsOf     string `json:"as_of,omitempty" doc:"Of the estimate: RFC 3339, or a date, which means the end of that day; the default is now"`
}

// Checked says whether an expression is right.
type Checked struct {
	Valid bool           `json:"valid"`
	Text  string         `json:"text,omitempty" doc:"The expression in printed form, if it could be read"`
	Tree  Tree           `json:"tree,omitempty" doc:"The expression as a tree, if it could be read"`
	Error *ExpressionRef `json:"error,omitempty" doc:"The first thing that is wrong"`
	// Outline is the expression clause by clause.
	Outline *Outline `json:"outline,omitempty" doc:"The expression clause by clause, if it could be read"`
	Count   *Count   `json:"count,omitempty" doc:"The estimate, if it was asked for, the expression is right and you may ask it; absent if it takes longer, then ask for a count"`
}

// Outline is a condition of an expression as text: the clauses of its and, or, not and
// "at least N of", each with what is wrong in it.
type Outline struct {
	Text    string         `json:"text" doc:"In printed form"`
	Error   *ExpressionRef `json:"error,omitempty" doc:"What is wrong in this clause; its place is within the clause"`
	Clauses []Outline      `json:"clauses,omitempty"`
}

// ExpressionRef is what is wrong in an expression, and where.
type ExpressionRef struct {
	Message string `json:"message" say:"text"`
	Hint    string `json:"hint,omitempty" say:"text"`
	Line    int    `json:"line,omitempty" doc:"From 1"`
	Column  int    `json:"column,omitempty" doc:"In characters, from 1"`
}

func (h *handler) expressionRoutes() {
	type request struct{ Body ExpressionRequest }

	op := operation(kreds.Viewer, http.MethodPost, "/expressions/parse", "parse-expression", "Expressions", "Text to tree, or tree to text")
	op.Description = "Reads the expression without looking at the data: names are not checked."
	route(h, op, func(_ context.Context, in *request) (*body[*Expression], error) {
		e, err := read(in.Body)
		if err != nil {
			return nil, err
		}
		return answerOf(expressionOf(e))
	})

	type formatted struct {
		Text string `json:"text"`
	}
	route(h, operation(kreds.Viewer, http.MethodPost, "/expressions/format", "format-expression", "Expressions", "The expression in printed form"),
		func(_ context.Context, in *request) (*body[formatted], error) {
			e, err := read(in.Body)
			if err != nil {
				return nil, err
			}
			return answer(formatted{e.String()}), nil
		})

	type check struct{ Body CheckRequest }
	op = operation(kreds.Viewer, http.MethodPost, "/expressions/check", "check-expression", "Expressions", "Check an expression against the catalogue")
	op.Description = "Answers 200 also for expressions that are wrong, with what is wrong and where."
	route(h, op, func(ctx context.Context, in *check) (*body[*Checked], error) {
		out, err := h.check(ctx, in.Body.ExpressionRequest)
		if err == nil && out.Valid && in.Body.Estimate {
			out.Count = h.quickly(ctx, CountRequest{Expression: out.Text, AsOf: in.Body.AsOf, Estimate: true})
		}
		return answerOf(out, err)
	})

	route(h, operation(kreds.Viewer, http.MethodGet, "/expressions/schema", "expression-schema", "Expressions", "JSON Schema of the tree of expressions"),
		func(context.Context, *struct{}) (*body[json.RawMessage], error) {
			return answer(json.RawMessage(segment.Schema())), nil
		})
}

// read parses text or tree, whichever the request has.
func read(r ExpressionRequest) (*segment.Expr, error) {
	switch {
	case r.Text != "" && len(r.Tree) > 0:
		return nil, kreds.Errorf(kreds.CodeInvalid, "the request has both text and tree").WithHint("send one of them")
	case len(r.Tree) > 0:
		var e segment.Expr
		if err := json.Unmarshal(r.Tree, &e); err != nil {
			if kreds.CodeOf(err) == kreds.CodeInvalid {
				return nil, err
			}
			return nil, kreds.Errorf(kreds.CodeInvalid, "the tree cannot be read: %w", err).
				WithHint("/api/v1/expressions/schema describes it")
		}
		return &e, nil
	default:
		return segment.Parse(r.Text)
	}
}

func (h *handler) check(ctx context.Context, r ExpressionRequest) (*Checked, error) {
	e, err := read(r)
	out := &Checked{}
	if err == nil {
		x, xerr := expressionOf(e)
		if xerr != nil {
			return nil, xerr
		}
		out.Text, out.Tree = x.Text, x.Tree
		var cat *kreds.Catalogue
		if cat, err = h.audience.Catalogue(ctx); err != nil {
			return nil, err
		}
		// A tree that was sent has no places; its text has.
		if r.Text == "" {
			if e, err = segment.Parse(x.Text); err != nil {
				return nil, err
			}
		}
		err = segment.Check(e, cat)
		outline := outlineOf(e.Subject, e.Root, cat)
		out.Outline = &outline
	}
	if err == nil {
		out.Valid = true
		return out, nil
	}
	if kreds.CodeOf(err) != kreds.CodeInvalid {
		return nil, err
	}
	out.Error = refOf(err)
	return out, nil
}

// quick is how long a check waits for its estimate: what else it says is not to
// come late.
const quick = 100 * time.Millisecond

// quickly is an estimate, nil where there is none in that time.
func (h *handler) quickly(ctx context.Context, r CountRequest) *Count {
	ctx, cancel := context.WithTimeout(ctx, quick)
	defer cancel()
	// What is wrong, a count that is asked for says.
	out, _ := h.count(ctx, r)
	return out
}

// refOf says what an error is about, and where.
func refOf(err error) *ExpressionRef {
	ref := &ExpressionRef{Message: err.Error(), Hint: kreds.HintOf(err)}
	if at, ok := errors.AsType[*segment.Error](err); ok {
		ref.Line, ref.Column = at.Pos.Line, at.Pos.Column
	}
	return ref
}

func outlineOf(s kreds.Subject, n segment.Node, cat *kreds.Catalogue) Outline {
	out := Outline{Text: segment.PrintNode(n)}
	clauses := audience.Clauses(n)
	for _, c := range clauses {
		out.Clauses = append(out.Clauses, outlineOf(s, c, cat))
	}
	if clauses != nil {
		return out
	}
	// From its text, so that the place of what is wrong counts within the clause.
	leaf, err := segment.Parse(out.Text)
	if err == nil {
		leaf.Subject = s
		err = segment.Check(leaf, cat)
	}
	if err != nil {
		out.Error = refOf(err)
	}
	return out
}
