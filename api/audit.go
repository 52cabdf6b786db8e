package api

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/access"
)

// AuditEntry is one act in the audit log.
type AuditEntry struct {
	ID      int64  `json:"id"`
	At      string `json:"at" doc:"RFC 3339"`
	Actor   string `json:"actor" doc:"Name of the user, or local owner"`
	Via     string `json:"via" enum:"local,open,session,token,none" doc:"local is the command line on the machine of the data, open is that machine while there are no accounts"`
	Token   string `json:"token,omitempty" doc:"Name of the token that was used"`
	Address string `json:"address,omitempty" doc:"From where; absent for local"`
	Action  string `json:"action" doc:"Id of the operation"`
	Subject string `json:"subject,omitempty" doc:"Name or number of what it was done to"`
	Result  string `json:"result" doc:"ok, the code of the problem, or empty if it has not ended or was cut off"`
}

// AuditPage is some acts, newest first.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    int64        `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}

// Metadata of operations that say whether they are audited; without it those
// are which need an editor and are no GET.
const auditKey = "audit"

// export marks an operation that takes data out. It decides itself by calling
// exporting.
func export(op huma.Operation) huma.Operation { return auditing(op, "export") }

// change marks an operation that changes something though it needs no editor.
func change(op huma.Operation) huma.Operation { return auditing(op, "change") }

// question marks an operation that changes nothing though it looks so.
func question(op huma.Operation) huma.Operation { return auditing(op, "question") }

func auditing(op huma.Operation, as string) huma.Operation {
	op.Metadata = map[string]any{auditKey: as}
	return op
}

func audited(op *huma.Operation) bool {
	switch op.Metadata[auditKey] {
	case "change":
		return true
	case "export", "question":
		return false
	}
	return op.Method != http.MethodGet && need(op) >= kreds.Editor
}

// record is what becomes of an act while it is done.
type record struct {
	mu            sync.Mutex
	subject, code string
}

type recordKey struct{}

// about says what the act of a request is done to, where the address does not.
func about(ctx context.Context, subject string) {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		r.mu.Lock()
		r.subject = cut(subject, 200)
		r.mu.Unlock()
	}
}

// failed notes what an act ended with.
func failed(ctx context.Context, code kreds.Code) {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		r.mu.Lock()
		r.code = string(code)
		r.mu.Unlock()
	}
}

func (r *record) end() (subject, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.subject, r.code
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// subjectOf is what the address names, but for keys of customers.
func auditSubject(ctx huma.Context) string {
	var parts []string
	for _, m := range pathParameter.FindAllStringSubmatch(ctx.Operation().Path, -1) {
		if m[1] != "key" {
			parts = append(parts, ctx.Param(m[1]))
		}
	}
	return cut(strings.Join(parts, " "), 200)
}

func (h *handler) entry(p access.Principal, action, subject string) kreds.AuditEntry {
	return kreds.AuditEntry{
		At: h.clock(), Actor: p.Name(), Via: string(p.Via), Token: p.Token.Name, Address: p.Address, Action: action, Subject: subject,
	}
}

// recorded does an act between the beginning and the end of its entry in the
// audit log. What cannot be recorded is not done.
func (h *handler) recorded(ctx huma.Context, p access.Principal, do func(huma.Context)) {
	op := ctx.Operation()
	rec := &record{subject: auditSubject(ctx)}
	id, err := h.state.BeginAudit(ctx.Context(), h.entry(p, op.OperationID, rec.subject))
	if err != nil {
		_, w := humaWriter(ctx)
		writeProblem(w, h.problem(ctx.Context(), op.OperationID, err))
		return
	}
	ctx = huma.WithValue(ctx, recordKey{}, rec)
	ended := false
	defer func() {
		subject, code := rec.end()
		switch {
		case code != "":
		case !ended:
			code = string(kreds.CodeInternal)
		case ctx.Status() >= http.StatusBadRequest:
			code = string(codeOfStatus(ctx.Status()))
		default:
			code = "ok"
		}
		if err := h.state.EndAudit(context.WithoutCancel(ctx.Context()), id, subject, code); err != nil {
			h.unwritten(ctx.Context(), op.OperationID, err)
		}
	}()
	do(ctx)
	ended = true
}

// unwritten logs that the result of an act is not in the audit log. A disk that
// is full is no fault: the act itself says so.
func (h *handler) unwritten(ctx context.Context, operation string, err error) {
	level := slog.LevelError
	if kreds.CodeOf(err) == kreds.CodeUnavailable {
		level = slog.LevelWarn
	}
	h.log.Log(ctx, level, "the audit log could not be written", "operation", operation, "error", err.Error())
}

// exporting writes into the audit log that data goes out, before it does.
func (h *handler) exporting(ctx context.Context, action, subject string) (end func(error), err error) {
	id, err := h.state.BeginAudit(ctx, h.entry(principalOf(ctx), action, cut(subject, 200)))
	if err != nil {
		return nil, err
	}
	return func(result error) {
		code := "ok"
		if result != nil {
			code = string(ProblemOf(result).Code)
		}
		if err := h.state.EndAudit(context.WithoutCancel(ctx), id, cut(subject, 200), code); err != nil {
			h.unwritten(ctx, action, err)
		}
	}, nil
}

// noted writes an act that is over into the audit log.
func (h *handler) noted(ctx context.Context, e kreds.AuditEntry, err error) error {
	e.Result = "ok"
	if err != nil {
		e.Result = string(kreds.CodeOf(err))
	}
	_, werr := h.state.BeginAudit(context.WithoutCancel(ctx), e)
	return werr
}

func (h *handler) auditRoutes() {
	type list struct {
		Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		Cursor int64  `query:"cursor" minimum:"1" doc:"The next of the page before"`
		Actor  string `query:"actor" doc:"Only what this user did"`
		Action string `query:"action" doc:"Only this operation"`
	}
	op := operation(kreds.Admin, http.MethodGet, "/audit", "audit", accessTag, "Every change and export, newest first")
	op.Description = "Without keys or values of customers. Entries are only added."
	route(h, op, func(ctx context.Context, in *list) (*body[*AuditPage], error) {
		cal, err := h.audience.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		all, err := h.state.Audit(ctx, kreds.AuditFilter{Before: in.Cursor, Actor: in.Actor, Action: in.Action, Limit: in.Limit + 1})
		if err != nil {
			return nil, err
		}
		page := &AuditPage{Entries: []AuditEntry{}}
		if len(all) > in.Limit {
			all = all[:in.Limit]
			page.Next = all[in.Limit-1].ID
		}
		for _, e := range all {
			page.Entries = append(page.Entries, AuditEntry{
				ID: e.ID, At: stamp(e.At, cal), Actor: e.Actor, Via: e.Via, Token: e.Token, Address: e.Address,
				Action: e.Action, Subject: e.Subject, Result: e.Result,
			})
		}
		return answer(page), nil
	})
}
