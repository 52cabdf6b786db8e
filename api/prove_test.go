package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kreds/kreds/api"
)

// job follows a job to its end.
func (s *server) job(t *testing.T, path, request string) api.Job {
	t.Helper()
	status, answer, head := s.do(t, http.MethodPost, path, request)
	if status != http.StatusAccepted {
		t.Fatalf("%s: %d %s", request, status, answer)
	}
	var j api.Job
	for range 60 {
		if _, answer, _ = s.do(t, http.MethodGet, head.Get("Location")+"?wait=1", ""); json.Unmarshal([]byte(answer), &j) != nil {
			t.Fatal(answer)
		}
		if j.State == api.JobDone || j.State == api.JobFailed {
			break
		}
	}
	return j
}

// TestProofs follows a proof from the job to its deletion, with feedback beside it.
func TestProofs(t *testing.T) {
	s := serve(t)
	var rows strings.Builder
	rows.WriteString("customer,at,amount\n")
	for m := 1; m <= 11; m++ {
		for c := range 30 {
			fmt.Fprintf(&rows, "c%02d,2011-%02d-05 10:00,%d\n", c, m, 10+90*(c%2))
		}
	}
	s.load(t, "sales.csv", rows.String(), `"as":"events:purchase","id":"customer","time":"at"`)
	s.load(t, "people.csv", "customer,plan\nc00,gold\nc01,basic\n", `"as":"customers","id":"customer"`)
	ask := func(method, path, body string, status int, want ...string) {
		t.Helper()
		got, answer, _ := s.do(t, method, path, body)
		if got != status {
			t.Errorf("%s %s: %d, want %d: %s", method, path, got, status, answer)
		}
		for _, w := range want {
			if !strings.Contains(answer, w) {
				t.Errorf("%s %s lacks %s: %s", method, path, w, answer)
			}
		}
	}
	ask("POST", "/api/v1/segments", `{"name":"Big","expression":"max(amount) of purchase >= 100","owner":"Anna"}`, 201)
	ask("POST", "/api/v1/proofs", `{"segments":["plan = \"gold\""]}`, 403, `plan has no dates`, `"code":"refused"`)
	ask("PUT", "/api/v1/traits/person/plan/timeless", `{"timeless":true}`, 200, `"name":"plan"`, `"dated":false,"timeless":true`)
	ask("GET", "/api/v1/catalogue", "", 200, `"timeless":true`)
	ask("PUT", "/api/v1/traits/company/plan/timeless", `{"timeless":true}`, 404)
	ask("POST", "/api/v1/proofs", `{"segments":["Big"],"discovery":"x"}`, 422)
	ask("POST", "/api/v1/proofs", `{"discovery":"x"}`, 404)
	ask("POST", "/api/v1/proofs", `{"segments":["Big"],"horizon":"soon"}`, 422, `is no horizon`)
	ask("POST", "/api/v1/proofs", `{"segments":["Big"],"from":"never"}`, 422)
	ask("POST", "/api/v1/segments/big/feedback", `{"verdict":"good","note":"they answer","author":"Bo"}`, 201, `"segment":"Big"`, `"verdict":"good"`)
	ask("POST", "/api/v1/segments/big/feedback", `{"verdict":"fine"}`, 422)
	ask("POST", "/api/v1/segments/none/feedback", `{"verdict":"good"}`, 404)
	if j := s.job(t, "/api/v1/proofs", `{"segments":["everyone"]}`); j.State != api.JobFailed || !strings.Contains(j.Problem.Detail, "nobody to compare with") {
		t.Errorf("%+v", j)
	}
	j := s.job(t, "/api/v1/proofs", `{"segments":["big"],"horizon":"30 days","from":"2011-02-28","thresholds":{"members":10}}`)
	if j.State != api.JobDone || j.Kind != "prove" || j.Name != "big" || j.Progress != 1 {
		t.Fatalf("%+v", j)
	}
	raw, err := json.Marshal(j.Result)
	if err != nil {
		t.Fatal(err)
	}
	var p api.Proof
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	seg := p.Segments[0]
	first := seg.Points[0]
	// Every second of 30 customers spends 100 on the fifth of each month.
	if p.AsOf != "2011-11-06T00:00:00+01:00" || first.Members != 15 || first.Outcome.Members.Value != 100 || first.Outcome.Others.Value != 10 || first.Outcome.Lift.Value != 10 {
		t.Errorf("as of %s: %+v %+v", p.AsOf, first, first.Outcome)
	}
	if first.AsOf != "2011-03-01T00:00:00+01:00" || first.Outcome.Until != "2011-03-31T00:00:00+02:00" || seg.Summary.Standing != "confirmed" {
		t.Errorf("%s until %s, %s", first.AsOf, first.Outcome.Until, seg.Summary.Standing)
	}
	if len(seg.Feedback) != 1 || seg.Feedback[0].Author != "Bo" || seg.Scorecard[1].Verdict != "good" || seg.Scorecard[1].Threshold != 10 {
		t.Errorf("%+v %+v", seg.Feedback, seg.Scorecard)
	}
	// The events stopped on 5 November, which four stretches of 55 days before had 30 or 60 of.
	ask("POST", "/api/v1/segments", `{"name":"Recent","expression":"did purchase within last 30 days"}`, 201)
	ask("POST", "/api/v1/segments/recent/change", `{"from":"2011-11-10","to":"2011-12-30"}`, 200,
		`"before":30,"after":0,"joined":0,"left":30`, `{"name":"source","joined":0,"left":30`, `"stopped":[{"event":"purchase","last":"2011-11-05T10:00:00`)
	ask("POST", "/api/v1/segments/recent/change", `{"from":"2011-11-10","to":"2011-11-01"}`, 422)
	ask("POST", "/api/v1/segments/recent/change", `{"from":"soon"}`, 422)
	ask("POST", "/api/v1/segments/none/change", `{"from":"2011-11-10"}`, 404)
	ask("DELETE", "/api/v1/segments/Big/feedback/1", "", 204)
	ask("DELETE", "/api/v1/segments/Big/feedback/1", "", 404)
	ask("GET", "/api/v1/segments/Big/feedback", "", 200, `"feedback":[]`)
	ask("GET", "/api/v1/proofs", "", 200, `"name":"big"`, `"standing":"confirmed"`)
	ask("GET", "/api/v1/proofs/BIG", "", 200, `"feedback":[]`)
	ask("DELETE", "/api/v1/proofs/big", "", 204)
	ask("GET", "/api/v1/proofs/big", "", 404)
}
