package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
)

// description is the head of the OpenAPI document.
func description(version string) huma.Config {
	config := huma.DefaultConfig("kreds", version)
	config.Info.Description = "Customer data to segments: imports, the segment language, segments, refresh. " +
		"Errors are problems as RFC 9457 has them, with a stable code and a hint. " +
		"Instants are RFC 3339 in the workspace's time zone; an as_of may also be a date, which means the end of that day."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Servers = []*huma.Server{{URL: "http://127.0.0.1:7380", Description: "kreds serve"}}
	config.OpenAPIPath = "/api/openapi"
	config.DocsPath = "" // the renderers load scripts from other hosts
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema in answers
	config.Transformers = []huma.Transformer{inLanguage, withoutEmails}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName(true), Description: "The cookie that signing in sets; without TLS its name is " + cookieName(false)},
		"token":   {Type: "http", Scheme: "bearer", Description: "A token of /api/v1/tokens"},
	}
	config.RejectUnknownQueryParameters = true
	return config
}

// operation describes a route and says who may take it.
func operation(role kreds.Role, method, path, id, tag, summary string) huma.Operation {
	op := huma.Operation{
		Method: method, Path: prefix + path, OperationID: id, Summary: summary, Tags: []string{tag},
		MaxBodyBytes: maxBody, BodyReadTimeout: -1,
		Extensions: map[string]any{roleExtension: role.String()},
	}
	op.Security = []map[string][]string{{}}
	if role != kreds.NoRole {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	return op
}

// refusals are the answers to requests that are not fulfilled, by status.
var refusals = map[int]struct{ name, description string }{
	http.StatusBadRequest:          {"Malformed", "The body is no JSON, or there is none (invalid)"},
	http.StatusUnauthorized:        {"Unauthenticated", "Who asks is not known (unauthenticated)"},
	http.StatusForbidden:           {"Forbidden", "Who asks may not (forbidden), or a guard refused (refused)"},
	http.StatusNotFound:            {"NotFound", "There is nothing of that name, key or number (not_found)"},
	http.StatusConflict:            {"Conflict", "It exists already, changed meanwhile, or is in use (conflict)"},
	http.StatusUnprocessableEntity: {"Invalid", "The request, the file or the expression is wrong (invalid)"},
	http.StatusTooManyRequests:     {"Throttled", "Too many attempts; Retry-After says how many seconds to wait (throttled)"},
	http.StatusServiceUnavailable:  {"Unavailable", "The data directory is busy, full or read-only (unavailable)"},
}

// describeErrors adds to every operation which problems it answers.
func describeErrors(doc *huma.OpenAPI) {
	doc.Components.Responses = map[string]*huma.Response{}
	for path, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.Responses["default"] == nil {
				continue
			}
			for _, status := range refusalsOf(op, path) {
				r := refusals[status]
				doc.Components.Responses[r.name] = &huma.Response{Description: r.description, Content: op.Responses["default"].Content}
				op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + r.name}
			}
		}
	}
}

// refusalsOf are the statuses of problems that an operation answers beside
// faults. An unknown query parameter makes any request invalid.
func refusalsOf(op *huma.Operation, path string) []int {
	out := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	if op.RequestBody != nil {
		out = append(out, http.StatusBadRequest)
	}
	// Each of these may name something.
	names := func(p *huma.Param) bool { return p.In == "query" && p.Name == "segment" }
	if op.RequestBody != nil || strings.Contains(path, "{") || slices.ContainsFunc(op.Parameters, names) {
		out = append(out, http.StatusNotFound)
	}
	if need(op) == kreds.NoRole {
		if op.Method == http.MethodPost {
			out = append(out, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
		}
		return out
	}
	out = append(out, http.StatusUnauthorized, http.StatusForbidden)
	if op.Method != http.MethodGet && need(op) != kreds.Viewer {
		out = append(out, http.StatusConflict)
	}
	return out
}

// roleExtension is the name, in the OpenAPI document, of the role that an
// operation needs.
const roleExtension = "x-required-role"
