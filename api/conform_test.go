package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// contract is the API's description as one that answers are held to.
var contract = sync.OnceValues(func() (validator.Validator, error) {
	raw, err := golden()
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc, config.WithoutSecurityValidation())
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

var golden = sync.OnceValues(func() ([]byte, error) { return os.ReadFile(filepath.Join("testdata", "openapi.json")) })

// statuses are those that are described of an operation.
var statuses = sync.OnceValues(func() (map[string]map[string]any, error) {
	raw, err := golden()
	if err != nil {
		return nil, err
	}
	var doc struct {
		Paths map[string]map[string]struct{ Responses map[string]any }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	out := map[string]map[string]any{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			out[strings.ToUpper(method)+" "+path] = op.Responses
		}
	}
	return out, nil
})

// isDescribed says whether the operation of a request lists the status.
func isDescribed(t *testing.T, req *http.Request, status int) bool {
	t.Helper()
	all, err := statuses()
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Split(req.URL.EscapedPath(), "/")
	for op, responses := range all {
		method, path, _ := strings.Cut(op, " ")
		if method != req.Method || !slices.EqualFunc(strings.Split(path, "/"), at, func(described, is string) bool {
			return described == is || strings.HasPrefix(described, "{")
		}) {
			continue
		}
		if _, ok := responses[strconv.Itoa(status)]; ok {
			return true
		}
	}
	return false
}

// conforms checks that an answer is one that the description has, and a request
// that was fulfilled likewise.
func conforms(t *testing.T, req *http.Request, sent string, res *http.Response, answer []byte) {
	t.Helper()
	if !strings.HasPrefix(req.URL.Path, "/api/v1/") || res.StatusCode == http.StatusMethodNotAllowed || strings.Contains(string(answer), "nothing at this address") {
		return
	}
	if !isDescribed(t, req, res.StatusCode) {
		t.Errorf("%s %s answered %d, which is not described", req.Method, req.URL.Path, res.StatusCode)
	}
	v, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); strings.Contains(kind, "json") && !strings.Contains(kind, "ndjson") {
		copied := *res
		copied.Body = io.NopCloser(bytes.NewReader(answer))
		if ok, wrong := v.ValidateHttpResponse(req, &copied); !ok {
			for _, w := range wrong {
				t.Errorf("%s %s answered %d, not as described: %s: %s", req.Method, req.URL.Path, res.StatusCode, w.Message, w.Reason)
				for _, s := range w.SchemaValidationErrors {
					t.Errorf("  %s: %s", s.FieldPath, s.Reason)
				}
			}
		}
	}
	if res.StatusCode < 300 && req.URL.Path != "/api/v1/uploads" { // whose content is any
		asked := req.Clone(t.Context())
		asked.Body = io.NopCloser(strings.NewReader(sent))
		if ok, wrong := v.ValidateHttpRequest(asked); !ok {
			for _, w := range wrong {
				t.Errorf("%s %s was fulfilled, but is not as described: %s: %s", req.Method, req.URL, w.Message, w.Reason)
			}
		}
	}
}
