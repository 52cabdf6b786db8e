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
	sendFile(t, s, b.String(), `{}`)
}

// sendFile imports a file of customers by key, its columns named anew.
func sendFile(t *testing.T, s *server, contents, names string) {
	t.Helper()
	status, text, _ := s.do(t, "POST", "/api/v1/uploads?name=people.csv", contents)
	var u api.Upload
	if err := json.Unmarshal([]byte(text), &u); err != nil || status != 201 {
		t.Fatalf("%d %s, %v", status, text, err)
	}
	if status, text, _ := s.do(t, "POST", "/api/v1/imports", fmt.Sprintf(`{"uploads":[%q],"as":"customers","id":"key","map":%s}`, u.ID, names)); status != 200 || !strings.Contains(text, `"type":"done"`) {
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
		`{"name":"a","on":["x"],"preset":"rfm"}`:        422, // there are no purchases
		`{"name":"a","on":["x"],"without":["y"]}`:       422,
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
	var found api.Discovery
	if err := json.Unmarshal([]byte(text), &found); err != nil || len(found.Solutions) != 2 || len(found.Solutions[0].Stability.Spread) != 5 || len(found.Solutions[0].Stability.WithinSpread) != 2 ||
		len(found.Solutions[0].From) != 0 || len(found.Solutions[1].From) != 2 || len(found.Solutions[0].Segments[0].Similarity) != 20 {
		t.Errorf("the evidence of %.400s, %v", text, err)
	}
	if status, text, _ = s.do(t, "GET", "/api/v1/discoveries/halves/worth?k=2", ""); status != 200 || !strings.Contains(text, `"expression":""`) || !strings.Contains(text, `"total":0,"values":[],"members":[200,200]`) {
		t.Errorf("without anything bought: %d %s", status, text)
	}
	if status, text, _ = s.do(t, "GET", "/api/v1/discoveries/halves/contrast?k=2&with=halves&with_k=3", ""); status != 200 || !strings.Contains(text, `"both":400,`) || !strings.Contains(text, `"only_first":0,`) {
		t.Errorf("two against three: %d %s", status, text)
	}
	if status, text, _ = s.do(t, "GET", "/api/v1/discoveries/halves/contrast?with=other", ""); status != 404 {
		t.Errorf("against what there is not: %d %s", status, text)
	}
	if status, text, _ = s.do(t, "POST", "/api/v1/features", `{"name":"-","on":["x","y"]}`); status != 200 || !strings.Contains(text, `"n":400`) || strings.Count(text, `"counts":[`) != 2 {
		t.Errorf("what would be looked at: %d %s", status, text)
	}
	if status, text, _ = s.do(t, "POST", "/api/v1/discoveries/halves/accept", `{"by":"model","names":["Left","Right"]}`); status != 201 || !strings.Contains(text, `"source":"model"`) {
		t.Errorf("%d %s", status, text)
	}
}

// TestTypingJobs: a typing tool is kept with the discovery, and what is accepted by it
// assigns at each refresh those who have no answers, with their probability.
func TestTypingJobs(t *testing.T) {
	s := serve(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("key,x,y,age\n")
	for i := range 400 {
		x, y := fmt.Sprintf("%.4f", rng.NormFloat64()+float64(20*(i%2))), fmt.Sprintf("%.4f", rng.NormFloat64())
		if i >= 300 {
			x, y = "", ""
		}
		fmt.Fprintf(&b, "p%d,%s,%s,%.4f\n", i, x, y, 30+30*float64(i%2)+10*rng.NormFloat64())
	}
	sendFile(t, s, b.String(), `{"x":"survey.s.x","y":"survey.s.y"}`)
	await := func(job api.Job) string {
		t.Helper()
		status, text, _ := s.do(t, "GET", "/api/v1/jobs/"+job.ID+"?wait=60", "")
		if status != 200 || !strings.Contains(text, `"state":"done"`) {
			t.Fatalf("%d %s", status, text)
		}
		return text
	}
	await(begin(t, s, "/api/v1/discoveries", `{"name":"s","preset":"survey:s","k":"2","method":"kmeans","starts":2}`))
	if status, text, _ := s.do(t, "POST", "/api/v1/discoveries/s/accept", `{"by":"typing","names":["Low","High"]}`); status != 422 || !strings.Contains(text, "discover typing") {
		t.Errorf("without a tool: %d %s", status, text)
	}
	await(begin(t, s, "/api/v1/discoveries/s/typing", `{}`))
	status, text, _ := s.do(t, "GET", "/api/v1/discoveries/s", "")
	var d api.Discovery
	if err := json.Unmarshal([]byte(text), &d); err != nil || status != 200 || len(d.Typing) != 1 || d.Typing[0].Observed == nil || d.Typing[0].Observed.Accuracy < .85 || d.Typing[0].Others != 100 {
		t.Fatalf("%d %.300s, %v", status, text, err)
	}
	if status, text, _ := s.do(t, "POST", "/api/v1/discoveries/s/accept", `{"by":"typing","names":["Low","High"]}`); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	for range 2 { // the second changes nothing
		status, text, _ = s.do(t, "POST", "/api/v1/refresh", `{}`)
		var r api.Refresh
		if err := json.Unmarshal([]byte(text), &r); err != nil || status != 200 || len(r.Runs) != 2 || r.Runs[0].Members+r.Runs[1].Members != 400 {
			t.Errorf("%d %s, %v", status, text, err)
		}
	}
	var imports api.ImportPage
	if _, text, _ = s.do(t, "GET", "/api/v1/imports", ""); json.Unmarshal([]byte(text), &imports) != nil || len(imports.Imports) != 2 {
		t.Errorf("imports %s", text)
	}
	if status, text, _ = s.do(t, "POST", "/api/v1/count", `{"expression":"typing.s.probability >= 0.5 and typing.s.segment in (\"Low\", \"High\")"}`); !strings.Contains(text, `"count":100,`) {
		t.Errorf("%d %s", status, text)
	}
}
