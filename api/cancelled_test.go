package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWorkEndsWithItsClient: what is asked by a client that is gone is not worked out.
func TestWorkEndsWithItsClient(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for path, body := range map[string]string{
		"/api/v1/count": `{"expression":"country = \"DK\""}`,
		"/api/v1/trend": `{"expression":"country = \"DK\"","from":"2011-10-09","to":"2011-12-09"}`,
	} {
		for _, c := range []struct {
			ctx  context.Context
			want int
		}{{t.Context(), http.StatusOK}, {gone, 499}} {
			r := httptest.NewRequestWithContext(c.ctx, http.MethodPost, path, strings.NewReader(body))
			r.Host = "127.0.0.1"
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			s.Config.Handler.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s: %d, want %d: %s", path, w.Code, c.want, w.Body)
			}
		}
		_, metrics, _ := s.do(t, http.MethodGet, "/metrics", "")
		if want := `kreds_http_requests_total{route="POST ` + path + `",status="499"} 1`; !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
