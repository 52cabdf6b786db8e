package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kreds/kreds/api"
)

// sendPeople imports n persons with four numbers.
func sendPeople(t *testing.T, s *server, n int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("key,x,y,z,w\n")
	for i := range n {
		fmt.Fprintf(&b, "p%d,%.4f,%.4f,%.4f,%.4f\n", i, rng.NormFloat64()+float64(20*(i%2)), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64())
	}
	status, text, _ := s.do(t, "POST", "/api/v1/uploads?name=people.csv", b.String())
	var u api.Upload
	if err := json.Unmarshal([]byte(text), &u); err != nil || status != 201 {
		t.Fatalf("%d %s, %v", status, text, err)
	}
	if status, text, _ := s.do(t, "POST", "/api/v1/imports", fmt.Sprintf(`{"uploads":[%q],"as":"customers","id":"key"}`, u.ID)); status != 200 || !strings.Contains(text, `"type":"done"`) {
		t.Fatalf("%d %s", status, text)
	}
}

// begin begins a job and returns it.
func begin(t *testing.T, s *server, path, body string) api.Job {
	t.Helper()
	status, text, head := s.do(t, "POST", path, body)
	var job api.Job
	if err := json.Unmarshal([]byte(text), &job); err != nil || status != 202 || head.Get("Location") != "/api/v1/jobs/"+job.ID {
		t.Fatalf("%d %s at %s, %v", status, text, head.Get("Location"), err)
	}
	return job
}

// TestDiscoverJobs: a search is a job with progress and a result, which can be cancelled;
// what was found is kept, and what was cancelled is not.
func TestDiscoverJobs(t *testing.T) {
	s := serve(t)
	sendPeople(t, s, 400)
	job := begin(t, s, "/api/v1/discoveries", `{"name":"halves","on":["x","y"],"k":"2..3","method":"kmeans","starts":2}`)
	status, text, _ := s.do(t, "GET", "/api/v1/jobs/"+job.ID+"?wait=60", "")
	var done struct {
		api.Job
		Result api.Discovery `json:"result"`
	}
	if err := json.Unmarshal([]byte(text), &done); err != nil || status != 200 || done.State != api.JobDone || done.Progress != 1 {
		t.Fatalf("%d %s, %v", status, text, err)
	}
	d := done.Result
	if d.N != 400 || d.Recommended.K != 2 || d.Recommended.Verdict != "natural" || len(d.Solutions) != 2 || len(d.Picture.Points) != 400 {
		t.Errorf("%d profiles, %+v", d.N, d.Recommended)
	}
	for _, x := range d.Solutions {
		if len(x.Stability.Within) != x.K || len(x.Stability.Across) != x.K || len(x.Segments) != x.K || x.LogLikelihood != nil {
			t.Errorf("solution of %d: %+v", x.K, x.Stability)
		}
	}
	for _, must := range []string{`"log_likelihood":null`, `"bic":null`, `"refused":[]`} {
		if !strings.Contains(text, must) {
			t.Errorf("the answer has no %s", must)
		}
	}

	// What can be seen to be wrong is said at once.
	for body, want := range map[string]int{
		`{"name":"a","on":["nothing"]}`:                 422,
		`{"name":"a","on":["x"],"k":"9..2"}`:            422,
		`{"name":"a","on":["x"],"method":"magic"}`:      422,
		`{"name":"a","on":["x"],"missing":"perhaps"}`:   422,
		`{"name":"a","on":["x"],"preset":"rfm"}`:        422,
		`{"name":"a","preset":"survey:none"}`:           404,
		`{"name":"a","on":["x"],"use":["x=backwards"]}`: 422,
	} {
		if status, text, _ := s.do(t, "POST", "/api/v1/discoveries", body); status != want && status != 400 {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}

	long := begin(t, s, "/api/v1/discoveries", `{"name":"long","on":["x","y","z","w"],"k":"2..50","method":"mixture","starts":1000}`)
	status, text, _ = s.do(t, "DELETE", "/api/v1/jobs/"+long.ID, "")
	if status != 200 || !strings.Contains(text, `"state":"cancelled"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, _, _ = s.do(t, "GET", "/api/v1/discoveries/long", ""); status != 404 {
		t.Errorf("what was cancelled is answered with %d", status)
	}
	if status, text, _ = s.do(t, "GET", "/api/v1/discoveries/HALVES", ""); status != 200 || !strings.Contains(text, `"name":"halves"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, text, _ = s.do(t, "POST", "/api/v1/discoveries/halves/accept", `{"by":"model","names":["Left","Right"]}`); status != 201 || !strings.Contains(text, `"source":"model"`) {
		t.Errorf("%d %s", status, text)
	}
}
