package api_test

import "testing"

// TestMovements follows the customers of sales. Within 14 days of 30 November bought 2,
// before that 1; within 14 days of 9 December 1 and 3, before that 2. So 2 goes quiet, 1
// comes back and 3 is new.
func TestMovements(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	s.load(t, "sales.csv", sales, asPurchases)
	const moved = `{"to":"Recent","customers":1},{"from":"Quiet","to":"Recent","customers":1},{"from":"Recent","to":"Quiet","customers":1}`
	s.play(t, []scenario{
		{name: "save", method: "POST", path: "/api/v1/segments", body: `{"name":"Recent","expression":"did purchase within last 14 days"}`, status: 201},
		{name: "save another", method: "POST", path: "/api/v1/segments", body: `{"name":"Quiet","expression":"did purchase and not did purchase within last 14 days"}`, status: 201},
		{name: "refresh", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-11-30"}`, status: 200},
		{name: "with one refresh", method: "GET", path: "/api/v1/movements", status: 200, want: []string{`{"segments":[],"flows":[]}`}},
		{name: "refresh again", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-12-09"}`, status: 200},
		{name: "since the refresh before", method: "GET", path: "/api/v1/movements", status: 200, want: []string{
			`"segment":"Quiet","before":{`, `"members":2,"joined":2,"left":1},"joined":2,"left":1}`, `"segment":"Recent","before":{`, `"flows":[` + moved + `]`,
		}, not: []string{`"since"`}},
		{name: "since the last refresh", method: "GET", path: "/api/v1/movements?since=2011-12-10T09:00:00Z", status: 200, want: []string{
			`"since":"2011-12-10T10:00:00+01:00"`, `"joined":0,"left":0}],"flows":[]}`,
		}},
		// The first refresh is the oldest there is.
		{name: "since before all", method: "GET", path: "/api/v1/movements?since=2011-12-01T00:00:00Z", status: 200, want: []string{moved}},
		{name: "since no time", method: "GET", path: "/api/v1/movements?since=soon", status: 422},

		{name: "sizes over time", method: "POST", path: "/api/v1/trends", body: `{"segments":["quiet","Recent"],"from":"2011-11-09","to":"2011-12-09"}`, status: 200, want: []string{
			`"dates":["2011-11-10T00:00:00+01:00","2011-12-10T00:00:00+01:00"],"segments":[{"segment":"Quiet","members":[0,1],"population":[3,5]},{"segment":"Recent","members":[1,2],"population":[3,5]}]`,
		}},
		{name: "sizes of none", method: "POST", path: "/api/v1/trends", body: `{"segments":["Never"],"from":"2011-11-09"}`, status: 404},
		{name: "sizes at too many dates", method: "POST", path: "/api/v1/trends", body: `{"segments":["Quiet"],"from":"2001-11-09","every":"day"}`, status: 422},
	})
}

func TestArchive(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	s.play(t, []scenario{
		{name: "save", method: "POST", path: "/api/v1/segments", body: `{"name":"Gold","expression":"plan = \"gold\""}`, status: 201, want: []string{`"defined":"2011-12-10T10:00:00+01:00"`}, not: []string{`"archived"`}},
		{name: "save what refers to it", method: "POST", path: "/api/v1/segments", body: `{"name":"Gold Danes","expression":"in segment \"Gold\" and country = \"Denmark\""}`, status: 201},
		{name: "refresh", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-12-09"}`, status: 200, want: []string{`"segment":"Gold",`, `"segment":"Gold Danes"`}},
		{name: "put away", method: "PATCH", path: "/api/v1/segments/gold", body: `{"archived":true}`, status: 200, want: []string{`"archived":"2011-12-10T10:00:00+01:00"`, `"members":2`}},
		{name: "not listed", method: "GET", path: "/api/v1/segments", status: 200, want: []string{`"Gold Danes"`}, not: []string{`"name":"Gold",`}},
		{name: "listed on its own", method: "GET", path: "/api/v1/segments?archived=true", status: 200, want: []string{`"name":"Gold",`}, not: []string{`"Gold Danes"`}},
		{name: "still there", method: "GET", path: "/api/v1/segments/Gold", status: 200, want: []string{`"archived"`}},
		{name: "not refreshed with the others", method: "POST", path: "/api/v1/refresh", body: `{"as_of":"2011-12-09"}`, status: 200, want: []string{`"segment":"Gold Danes"`, `"members":1`}, not: []string{`"segment":"Gold",`}},
		{name: "not where a customer is", method: "GET", path: "/api/v1/profiles/1", status: 200, want: []string{`"Gold Danes"`}, not: []string{`"name":"Gold",`}},
		{name: "not in worth", method: "GET", path: "/api/v1/worth", status: 200, not: []string{`"segment":"Gold",`}},
		{name: "its name is taken", method: "POST", path: "/api/v1/segments", body: `{"name":"gold","expression":"everyone"}`, status: 409},
		{name: "take back", method: "PATCH", path: "/api/v1/segments/Gold", body: `{"archived":false}`, status: 200, not: []string{`"archived"`}},
		{name: "listed again", method: "GET", path: "/api/v1/segments", status: 200, want: []string{`"name":"Gold",`}},
	})
}
