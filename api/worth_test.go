package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/api"
	"github.com/kreds/kreds/demo"
)

func TestWorth(t *testing.T) {
	s := serve(t)
	s.play(t, []scenario{
		{name: "of nothing", method: "GET", path: "/api/v1/worth", status: 200, want: []string{`"expression":"","event":"","property":""`, `"total":0`, `"periods":[],"segments":[],"choices":[]`}},
	})
	s.load(t, "customers.csv", customers, asCustomers)
	s.load(t, "sales.csv", sales, asPurchases+`,"compute":[{"name":"amount","formula":"quantity * unit_price"}]`)
	s.play(t, []scenario{
		{name: "save", method: "POST", path: "/api/v1/segments", body: `{"name":"Danes","expression":"country = \"Denmark\""}`, status: 201},
		{name: "save one of companies", method: "POST", path: "/api/v1/segments", body: `{"name":"Firms","expression":"companies: everyone"}`, status: 201},
		{name: "not refreshed", method: "GET", path: "/api/v1/worth", status: 200, want: []string{`"segments":[]`}},
		{name: "refresh", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-12-09"}`, status: 200},
		// 2·12.50 + 3.25 + 12.50 + 6·11.00 of 1 and 2, and 2·3.25 of 3.
		{name: "of Danes", method: "GET", path: "/api/v1/worth", status: 200, want: []string{
			`"as_of":"2011-12-09T00:00:00+01:00","data_ends":"2011-12-09T00:00:00+01:00","expression":"sum(amount) of purchase","event":"purchase","property":"amount","chosen":false`,
			`"total":113.25,"buyers":3`,
			`{"segment":"Danes","members":2,"value":106.75,"share":0.942604`, `{"segment":"Firms","members":0,"value":0,"share":0}`,
		}},
		{name: "earlier", method: "GET", path: "/api/v1/worth?as_of=2011-11-10", status: 200, want: []string{`"total":28.25`, `"value":28.25,"share":1`}},
		{name: "a year later", method: "GET", path: "/api/v1/worth?as_of=2013-01-01", status: 200, want: []string{`"total":0`}},
		{name: "wrong time", method: "GET", path: "/api/v1/worth?as_of=soon", status: 422},
		{name: "wrong period", method: "GET", path: "/api/v1/worth?period=week", status: 422},
		// The data does not cover the thirty days before, of which it has 28.25.
		{name: "without a whole period before", method: "GET", path: "/api/v1/worth?period=month&as_of=2011-12-09", status: 200, want: []string{
			`"period":"month","total":85,"buyers":3,"periods":[{"from":"2011-10-11T00:00:00+02:00","to":"2011-11-10T00:00:00+01:00","value":28.25,"buyers":1,"whole":false}`, `"value":78.5`,
		}},
		{name: "against the period before", method: "GET", path: "/api/v1/worth?period=month&as_of=2012-01-08", status: 200, want: []string{`"total":0,"before":85`, `"value":0,"share":0,"before":78.5`}},
	})
	settings := func(value string) string {
		return `{"time_zone":"Europe/Copenhagen","currency":"DKK","value":"` + value + `"}`
	}
	s.play(t, []scenario{
		{name: "chosen", method: "PUT", path: "/api/v1/settings", body: settings("SUM( quantity )  of purchase where (unit_price > 5)"), status: 200, want: []string{`"value":"sum(quantity) of purchase where (unit_price > 5)"`}},
		{name: "of what is chosen", method: "GET", path: "/api/v1/worth", status: 200, want: []string{`"property":"quantity","chosen":true`, `"total":9`}},
		{name: "another setting leaves it", method: "PUT", path: "/api/v1/settings", body: `{"time_zone":"Europe/Copenhagen","currency":"EUR"}`, status: 200, want: []string{`"currency":"EUR"`, `"value":"sum(quantity)`}},
		{name: "no sum", method: "PUT", path: "/api/v1/settings", body: settings("count of purchase"), status: 422, want: []string{"value is a sum"}},
		{name: "with a window", method: "PUT", path: "/api/v1/settings", body: settings("sum(amount) of purchase in 2011"), status: 422, want: []string{"no window"}},
		{name: "of no event", method: "PUT", path: "/api/v1/settings", body: settings("sum(amount) of visit"), status: 422, want: []string{"visit"}},
		{name: "found again", method: "PUT", path: "/api/v1/settings", body: settings(""), status: 200, not: []string{`"value"`}},
		{name: "of what is found", method: "GET", path: "/api/v1/worth", status: 200, want: []string{`"property":"amount","chosen":false`}},
	})
}

func TestRejectsAreSent(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", "customer_id,age\n1,31\n,40\n3,44\n", asCustomers)
	status, answer, header := s.do(t, http.MethodGet, "/api/v1/imports/1/rejects", "")
	if want := "line,column,value,reason\n3,customer_id,,the key is missing\n"; status != 200 || answer != want {
		t.Errorf("%d %q, want %q", status, answer, want)
	}
	if got := header.Get("Content-Disposition"); got != `attachment; filename="import-1-rejects.csv"` {
		t.Errorf("it is sent as %q", got)
	}
	s.play(t, []scenario{
		{name: "of none", method: "GET", path: "/api/v1/imports/9/rejects", status: 404},
		{name: "both are in the audit log", method: "GET", path: "/api/v1/audit?action=import-rejects", status: 200, want: []string{
			`"actor":"local owner","via":"open","address":"127.0.0.1","action":"import-rejects","subject":"9","result":"not_found"`,
			`"action":"import-rejects","subject":"1","result":"ok"`,
		}},
		{name: "undo", method: "POST", path: "/api/v1/imports/1/undo", status: 200},
		{name: "of what is undone", method: "GET", path: "/api/v1/imports/1/rejects", status: 404},
	})
}

// The figures are those of the data: see demo/README.md.
func TestDemo(t *testing.T) {
	s := serve(t)
	run := func() api.Demonstration {
		t.Helper()
		status, answer, header := s.do(t, http.MethodPost, "/api/v1/demo", "")
		if status != http.StatusAccepted {
			t.Fatalf("%d %s", status, answer)
		}
		_, answer, _ = s.do(t, http.MethodGet, header.Get("Location")+"?wait=60", "")
		var job struct {
			State  api.JobState
			Result api.Demonstration
		}
		if err := json.Unmarshal([]byte(answer), &job); err != nil || job.State != api.JobDone {
			t.Fatalf("%v %s", err, answer)
		}
		return job.Result
	}
	first := run()
	members := map[string]int64{}
	for _, r := range first.Refresh.Runs {
		members[r.Segment] = r.Members
	}
	if diff := cmp.Diff([]int64{406829, 4372, int64(len(demo.Find("online-retail").Segments) + 4), 4339}, []int64{
		first.Imports[0].Import.Rows, first.Imports[0].Import.Created, int64(len(members)), members["Buyers"],
	}); diff != "" {
		t.Error(diff)
	}
	if f := first.Found; f == nil || f.Discovery.Recommended.K != 4 || len(f.Segments) != 4 || len(f.Proof.Segments) != 4 || members[f.Segments[0].Name] == 0 {
		t.Errorf("found %+v", f)
	}
	again := run()
	if again.Found == nil || again.Found.Discovery.Created != first.Found.Discovery.Created || again.Found.Proof.Created != first.Found.Proof.Created {
		t.Errorf("again, something else was found: %+v", again.Found)
	}
	for _, i := range again.Imports {
		if !i.Already {
			t.Errorf("again, import %d brings something", i.Import.ID)
		}
	}
	s.play(t, []scenario{
		{name: "another set beside it", method: "POST", path: "/api/v1/demo?set=complete-journey", status: 403, want: []string{"holds other data"}},
		{name: "a set that is none", method: "POST", path: "/api/v1/demo?set=x", status: 422, want: []string{"complete-journey"}},
	})
	s.load(t, "customers.csv", customers, asCustomers)
	s.play(t, []scenario{{name: "beside other data", method: "POST", path: "/api/v1/demo", status: 403, want: []string{"holds other data"}}})
}
