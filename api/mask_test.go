package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/kreds/kreds/api"
)

// Customers whose contact details are told from everything else by their
// letters; the key of one is an e-mail address.
const people = `customer_id,first_name,email,phone,street,country,age,remark
anna.zzq@example.dk,Annazzq,anna.zzq@example.dk,+45 99887766,Zzqvej 7,DK,31,write to anna.zzq@example.dk
2,Bozzq,bo.zzq@example.dk,+45 99887755,Zzqvej 8,DK,44,none
3,Carlzzq,carl.zzq@example.dk,+45 99887744,Zzqvej 9,DE,25,none
4,Dorazzq,dora.zzq@example.dk,+45 99887733,Zzqvej 10,DE,35,none
5,Evazzq,eva.zzq@example.dk,+45 99887722,Zzqvej 11,DK,55,none
6,Finnzzq,finn.zzq@example.dk,+45 99887711,Zzqvej 12,DK,65,none
`

const deliveries = `order,customer_id,at,product,amount,contact_email,delivery_address
A1,anna.zzq@example.dk,2011-11-02 10:00,wine,25,anna.zzq@example.dk,Zzqvej 7
A2,anna.zzq@example.dk,2011-12-05 09:30,wine,12,anna.zzq@example.dk,Zzqvej 7
A3,2,2011-11-20 16:45,bread,66,bo.zzq@example.dk,Zzqvej 8
`

// The parts of contact details that may not reach a viewer.
var (
	secretParts = regexp.MustCompile(`(?i)zzq|998877`)
	// Handles are random letters, among which any three can stand.
	handles = regexp.MustCompile(`hidden-[A-Za-z0-9_-]+`)
)

type description struct {
	Paths map[string]map[string]struct {
		OperationID string
		Role        string `json:"x-required-role"`
	}
}

func (c *caller) description(t *testing.T) description {
	t.Helper()
	var d description
	if err := json.Unmarshal([]byte(c.want(t, "GET", "/api/openapi.json", "", 200)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Every operation refuses who may not: nobody at all, and who has a lower role.
func TestEveryOperationIsGuarded(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	callers := map[string]*caller{"none": g.caller(), "viewer": g.invite(t, admin, "Vera", "viewer", viewerPassword), "editor": g.invite(t, admin, "Ed", "editor", viewerPassword)}
	rank := map[string]int{"none": 0, "viewer": 1, "editor": 2, "admin": 3}
	n := 0
	for path, ops := range admin.description(t).Paths {
		for method, op := range ops {
			n++
			need, ok := rank[op.Role]
			if !ok {
				t.Errorf("%s does not say which role it needs", op.OperationID)
			}
			for role, c := range callers {
				if rank[role] >= need {
					continue
				}
				want := 403
				if role == "none" {
					want = 401
				}
				at := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "1")
				if status, text, _ := c.do(t, strings.ToUpper(method), at, ""); status != want {
					t.Errorf("%s as %s: status %d, want %d: %s", op.OperationID, role, status, want, text)
				}
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d operations were tried", n)
	}
}

type sample struct{ method, path, body string }

// Every operation that a viewer may do is done on data full of contact details;
// none reaches the viewer. An editor, who does the same, sees them.
func TestViewersSeeNoContactDetails(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	editor := g.invite(t, admin, "Ed", "editor", viewerPassword)
	viewer := g.invite(t, admin, "Vera", "viewer", viewerPassword)
	load := func(name, contents, options string) {
		var u api.Upload
		if err := json.Unmarshal([]byte(editor.want(t, "POST", "/api/v1/uploads?name="+name, contents, 201)), &u); err != nil {
			t.Fatal(err)
		}
		editor.want(t, "POST", "/api/v1/imports", fmt.Sprintf(`{"uploads":[%q],%s}`, u.ID, options), 200, `"type":"done"`)
	}
	// Enough of them that two ages stand out.
	var more strings.Builder
	more.WriteString(people)
	for i := range 60 {
		fmt.Fprintf(&more, "p%d.zzq@example.dk,Pzzq%d,p%d.zzq@example.dk,+45 998877%02d,Zzqvej %d,NO,%d,none\n", i, i, i, i, i, 20+i%3+50*(i%2))
	}
	load("people.csv", more.String(), asCustomers)
	load("deliveries.csv", deliveries, `"as":"events:purchase","id":"customer_id","time":"at","order":"order"`)
	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","small_cell":1}`, 200, `"small_cell":1`)
	editor.want(t, "POST", "/api/v1/segments", `{"name":"Danes","expression":"country = \"DK\""}`, 201)
	editor.want(t, "POST", "/api/v1/segments", `{"name":"Annas","expression":"first_name = \"Annazzq\" and age > 30 and did purchase where (contact_email = \"anna.zzq@example.dk\")"}`, 201)
	editor.want(t, "POST", "/api/v1/segments", `{"name":"Listed","keys":["anna.zzq@example.dk","2"]}`, 201)
	editor.want(t, "PUT", "/api/v1/lists/Friends", `{"values":["anna.zzq@example.dk","+45 99887766"]}`, 200)
	editor.want(t, "POST", "/api/v1/refresh", `{}`, 200)
	var job api.Job
	text := editor.want(t, "POST", "/api/v1/discoveries", `{"name":"Found","among":"everyone","on":["age"],"k":"2"}`, 202)
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	editor.want(t, "GET", "/api/v1/jobs/"+job.ID+"?wait=60", "", 200, `"state":"done"`, `zzq@example.dk`)
	var proving api.Job
	text = editor.want(t, "POST", "/api/v1/proofs", `{"name":"Addresses","segments":["email contains \"zzq\" and email contains \"p1\""],"timeless":["email"],"from":"2011-11-05","every":"1 week","horizon":"30 days"}`, 202)
	if err := json.Unmarshal([]byte(text), &proving); err != nil {
		t.Fatal(err)
	}
	editor.want(t, "GET", "/api/v1/jobs/"+proving.ID+"?wait=60", "", 200, `"state":"done"`, `zzq`)
	editor.want(t, "POST", "/api/v1/segments/Annas/feedback", `{"verdict":"fair"}`, 201)
	var page api.MemberPage
	if err := json.Unmarshal([]byte(viewer.want(t, "GET", "/api/v1/segments/Listed/members?format=json&limit=10", "", 200)), &page); err != nil || len(page.Members) != 2 {
		t.Fatalf("members: %v %v", page, err)
	}
	handle := page.Members[1].Key
	if !strings.HasPrefix(handle, "hidden-") {
		t.Fatalf("a key that is an e-mail address is seen as %q", handle)
	}

	// Samples of every operation that viewers may do, by its id; {key} is the
	// customer whose key is an e-mail address.
	samples := map[string][]sample{
		"catalogue":      {{"GET", "/api/v1/catalogue", ""}},
		"data":           {{"GET", "/api/v1/data", ""}},
		"profiles":       {{"GET", "/api/v1/profiles?traits=email,phone,first_name&search=none", ""}, {"GET", "/api/v1/profiles?traits=email,phone,first_name", ""}, {"GET", "/api/v1/profiles?limit=2&sort=country&figures=value,company,segments", ""}},
		"profile":        {{"GET", "/api/v1/profiles/{key}", ""}},
		"compare":        {{"POST", "/api/v1/compare", `{"expression":"Danes"}`}, {"POST", "/api/v1/compare", `{"expression":"age > 40"}`}},
		"trend":          {{"POST", "/api/v1/trend", `{"expression":"Annas","from":"2011-10-01"}`}},
		"profile-events": {{"GET", "/api/v1/profiles/{key}/events", ""}},
		"segments":       {{"GET", "/api/v1/segments", ""}},
		"segment":        {{"GET", "/api/v1/segments/Annas", ""}},
		"segment-members": {
			{"GET", "/api/v1/segments/Danes/members?traits=first_name,email,phone,street,age,remark", ""},
			{"GET", "/api/v1/segments/Danes/members?traits=first_name,email,phone,street,age,remark&format=csv", ""},
			{"GET", "/api/v1/segments/Annas/members?traits=first_name,email,phone,street,age,remark&format=json", ""},
			{"GET", "/api/v1/segments/Danes/members?format=json&limit=1&cursor={key}&traits=email", ""},
		},
		"segment-versions":     {{"GET", "/api/v1/segments/Annas/versions", ""}},
		"segment-history":      {{"GET", "/api/v1/segments/Annas/history", ""}},
		"preview-segment":      {{"POST", "/api/v1/segments/Danes/preview", `{"expression":"age > 40"}`}},
		"runs":                 {{"GET", "/api/v1/runs", ""}},
		"members":              {{"POST", "/api/v1/members", `{"expression":"age > 30","traits":["Email","phone","remark"],"format":"csv"}`}},
		"why":                  {{"POST", "/api/v1/why", `{"profile":"{key}","segment":"Annas"}`}, {"POST", "/api/v1/why", `{"profile":"{key}","expression":"remark = \"x\""}`}, {"POST", "/api/v1/why", `{"profile":"{key}","expression":"did purchase"}`}, {"POST", "/api/v1/why", `{"profile":"2","segment":"Annas"}`}},
		"overlap":              {{"POST", "/api/v1/overlap", `{"segments":["Danes","Annas"]}`}},
		"count":                {{"POST", "/api/v1/count", `{"expression":"in segment \"Annas\"","by_clause":true}`}},
		"parse-expression":     {{"POST", "/api/v1/expressions/parse", `{"text":"everyone"}`}},
		"format-expression":    {{"POST", "/api/v1/expressions/format", `{"text":"everyone"}`}},
		"check-expression":     {{"POST", "/api/v1/expressions/check", `{"text":"first_name = 3"}`}, {"POST", "/api/v1/expressions/check", `{"text":"in segment \"Annaz\""}`}},
		"expression-schema":    {{"GET", "/api/v1/expressions/schema", ""}},
		"discoveries":          {{"GET", "/api/v1/discoveries", ""}},
		"discovery":            {{"GET", "/api/v1/discoveries/Found", ""}},
		"discovery-worth":      {{"GET", "/api/v1/discoveries/Found/worth", ""}},
		"contrast-discoveries": {{"GET", "/api/v1/discoveries/Found/contrast?with=Found", ""}},
		"worth":                {{"GET", "/api/v1/worth", ""}},
		"movements":            {{"GET", "/api/v1/movements", ""}, {"GET", "/api/v1/movements?since=2011-12-01T00:00:00Z", ""}},
		"trends":               {{"POST", "/api/v1/trends", `{"segments":["Annas","Danes"],"from":"2011-11-01","to":"2011-12-06"}`}},
		"rfm-groups":           {{"GET", "/api/v1/rfm/groups", ""}},
		"jobs":                 {{"GET", "/api/v1/jobs", ""}},
		"job":                  {{"GET", "/api/v1/jobs/" + job.ID, ""}, {"GET", "/api/v1/jobs/" + proving.ID, ""}},
		"proofs":               {{"GET", "/api/v1/proofs", ""}},
		"proof":                {{"GET", "/api/v1/proofs/Addresses", ""}},
		"feedback":             {{"GET", "/api/v1/segments/Annas/feedback", ""}},
		"explain-change":       {{"POST", "/api/v1/segments/Annas/change", `{"from":"2011-11-01","to":"2011-12-06"}`}},
		"imports":              {{"GET", "/api/v1/imports", ""}},
		"import":               {{"GET", "/api/v1/imports/1", ""}},
		"list":                 {{"GET", "/api/v1/lists/Friends", ""}},
		"settings":             {{"GET", "/api/v1/settings", ""}},
		"who-am-i":             {{"GET", "/api/v1/session", ""}},
		"tokens":               {{"GET", "/api/v1/tokens", ""}},
		"sessions":             {{"GET", "/api/v1/sessions", ""}},
	}
	// These change who is who and answer nothing of customers.
	others := map[string]bool{"sign-in": true, "sign-out": true, "change-password": true, "look-at-link": true, "accept-link": true, "create-token": true, "revoke-token": true, "revoke-session": true}
	shown := map[string]bool{}
	for _, ops := range admin.description(t).Paths {
		for _, op := range ops {
			if op.Role != "viewer" && op.Role != "none" || others[op.OperationID] {
				continue
			}
			if len(samples[op.OperationID]) == 0 {
				t.Errorf("viewers may do %s: add a sample of it, so that it is seen to show no contact details", op.OperationID)
			}
			for _, s := range samples[op.OperationID] {
				text := viewer.want(t, s.method, strings.ReplaceAll(s.path, "{key}", handle), strings.ReplaceAll(s.body, "{key}", handle), 200)
				if found := secretParts.FindString(handles.ReplaceAllString(text, "")); found != "" {
					t.Errorf("%s %s: a viewer sees %q in %s", s.method, s.path, found, text)
				}
				const key = "anna.zzq@example.dk"
				text = editor.want(t, s.method, strings.ReplaceAll(s.path, "{key}", url.QueryEscape(key)), strings.ReplaceAll(s.body, "{key}", key), 200)
				if secretParts.MatchString(text) {
					shown[op.OperationID] = true
				}
			}
		}
	}
	// The samples are worth something: to an editor they show contact details.
	for _, id := range []string{"data", "profiles", "profile", "trend", "profile-events", "segment", "segments", "segment-members", "segment-versions", "segment-history", "members", "why", "discovery", "job", "list", "proofs", "proof", "explain-change"} {
		if !shown[id] {
			t.Errorf("the sample of %s shows no contact details to an editor either", id)
		}
	}

	// What viewers see is still useful, and cannot be found out by asking.
	viewer.want(t, "GET", "/api/v1/data", "", 200, `"hidden":true`, `"value":"DK"`)
	viewer.want(t, "GET", "/api/v1/segments/Danes/members?traits=email,age", "", 200, `"age":31,"email":"•••"`)
	viewer.want(t, "GET", "/api/v1/catalogue", "", 200, `"name":"email","label":"email","type":"text","kind":"person","dated":false,"contact":true`)
	viewer.want(t, "GET", "/api/v1/segments/Annas", "", 200, `first_name = \"•••\"`)
	for _, s := range []sample{
		{"POST", "/api/v1/compare", `{"expression":"first_name = \"x\""}`},
		{"POST", "/api/v1/trend", `{"expression":"first_name = \"x\"","from":"2011-10-01"}`},
		{"POST", "/api/v1/count", `{"expression":"profile.key begins with \"anna\""}`},
		{"POST", "/api/v1/count", `{"expression":"email begins with \"a\""}`},
		{"POST", "/api/v1/count", `{"expression":"age > 3 and EMAIL is known"}`},
		{"POST", "/api/v1/members", `{"expression":"first_name = \"x\""}`},
		{"POST", "/api/v1/why", `{"profile":"2","expression":"phone is known"}`},
		{"POST", "/api/v1/overlap", `{"segments":["Danes"],"expression":"first_name = \"x\""}`},
		{"POST", "/api/v1/segments/Danes/preview", `{"expression":"did purchase where (delivery_address = \"x\")"}`},
	} {
		viewer.want(t, s.method, s.path, s.body, http.StatusForbidden, `"code":"forbidden"`, `contact details`)
	}
	viewer.want(t, "POST", "/api/v1/expressions/check", `{"text":"email starts with \"a\"","estimate":true}`, 200, `"valid":true`, `!"count"`)
	viewer.want(t, "POST", "/api/v1/expressions/check", `{"text":"age > 3","estimate":true}`, 200, `"count":{"count":`)
	// Of fewer than the smallest number that is shown, proofs show viewers no money.
	editor.want(t, "GET", "/api/v1/proofs/Addresses", "", 200, `"difference"`)
	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","small_cell":12}`, 200)
	if text := viewer.want(t, "GET", "/api/v1/proofs/Addresses", "", 200, `the figures of so few are not shown`, `"members":11`); strings.Contains(text, `"difference"`) || strings.Contains(text, "revenue_share") {
		t.Errorf("a viewer sees the money of 11 members: %s", text)
	}
	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","small_cell":1}`, 200)
	// A search finds what is seen and nothing else.
	for search, want := range map[string]int{"zzqvej": 0, "998877": 0, "dora": 0, "carl.zzq": 0, "2": 1, "DE": 2, "write": 1, handle: 1} {
		var page api.ProfilePage
		if err := json.Unmarshal([]byte(viewer.want(t, "GET", "/api/v1/profiles?search="+url.QueryEscape(search), "", 200)), &page); err != nil || len(page.Profiles) != want {
			t.Errorf("search for %q: %v, want %d", search, page.Profiles, want)
		}
	}
	// Nor can it be told from an order.
	viewer.want(t, "GET", "/api/v1/profiles?sort=first_name", "", http.StatusForbidden, `contact detail`)
	viewer.want(t, "GET", "/api/v1/profiles?sort=profile.key&descending=true", "", http.StatusForbidden, `contact detail`)
	editor.want(t, "GET", "/api/v1/profiles?sort=first_name&limit=1", "", 200, `anna.zzq@example.dk`)
	// The workspace decides what names do not tell.
	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","contact_details":["Age"],"not_contact_details":["first_name"]}`, 200)
	viewer.want(t, "GET", "/api/v1/segments/Danes/members?traits=first_name,age", "", 200, `"age":"•••","first_name":"Annazzq"`)
	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","small_cell":3,"not_contact_details":[]}`, 200, `"contact_details":["Age"]`)
	viewer.want(t, "GET", "/api/v1/data", "", 200, `"value":"DK"`, `!"value":"DE"`)
}
