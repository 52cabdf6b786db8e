package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/api"
)

// Viewers do not learn what a few people spent: not from a small segment, nor by taking
// one figure from another. Customer i of thirty spends i in 2011; the first four also
// in 2010, and the last ten never.
func TestWorthOfFewIsHidden(t *testing.T) {
	g := serveGuarded(t, nil)
	admin := g.admin(t)
	viewer := g.invite(t, admin, "Vera", "viewer", viewerPassword)
	people, bought := "customer_id,age\n", "order,customer_id,at,amount\n"
	for i := 1; i <= 30; i++ {
		people += fmt.Sprintf("%d,%d\n", i, i)
		if i <= 20 {
			bought += fmt.Sprintf("B%d,%d,2011-11-%02d 10:00,%d\n", i, i, i, i)
		}
		if i <= 4 {
			bought += fmt.Sprintf("A%d,%d,2010-11-20 10:00,7\n", i, i)
		}
	}
	load := func(name, contents, options string) {
		t.Helper()
		var u api.Upload
		if err := json.Unmarshal([]byte(admin.want(t, "POST", "/api/v1/uploads?name="+name, contents, 201)), &u); err != nil {
			t.Fatal(err)
		}
		admin.want(t, "POST", "/api/v1/imports", fmt.Sprintf(`{"uploads":[%q],%s}`, u.ID, options), 200, `"type":"done"`)
	}
	load("people.csv", people, asCustomers)
	load("bought.csv", bought, `"as":"events:purchase","id":"customer_id","time":"at","order":"order"`)
	for name, expression := range map[string]string{
		"Half": "age <= 10", "Near half": "age <= 12", "Three": "age <= 3", "Two who buy": "age >= 19", "All but one": "age >= 2", "All": "everyone", "Never": "age > 20",
	} {
		admin.want(t, "POST", "/api/v1/segments", fmt.Sprintf(`{"name":%q,"expression":%q}`, name, expression), 201)
	}
	admin.want(t, "POST", "/api/v1/refresh", `{"as_of":"2011-12-31"}`, 200)

	see := func(c *caller, path string) (w api.Worth) {
		t.Helper()
		if err := json.Unmarshal([]byte(c.want(t, "GET", path, "", 200)), &w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	names := func(w api.Worth) (out []string) {
		for _, s := range w.Segments {
			out = append(out, s.Segment)
		}
		slices.Sort(out)
		return out
	}
	w := see(admin, "/api/v1/worth?period=year")
	if w.Total != 210 || w.Buyers != 20 || len(w.Segments) != 7 || w.Hidden != nil || len(w.Periods) != 2 {
		t.Errorf("an admin sees %+v", w)
	}
	w = see(viewer, "/api/v1/worth?period=year")
	slices.Sort(w.Hidden)
	if diff := cmp.Diff([]string{"All", "Half", "Never"}, names(w)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"All but one", "Near half", "Three", "Two who buy"}, w.Hidden); diff != "" {
		t.Error(diff)
	}
	// Four bought the year before.
	if w.Total != 210 || len(w.Periods) != 1 || w.Before != nil || w.Segments[0].Before != nil {
		t.Errorf("a viewer sees %+v", w)
	}
	// Two days beside each other would tell what one customer spent on the second.
	if text := viewer.want(t, "GET", "/api/v1/worth?period=year&as_of=2011-11-19", "", 403); !strings.Contains(text, "as of the latest refresh") {
		t.Error(text)
	}
	admin.want(t, "GET", "/api/v1/worth?period=year&as_of=2011-11-19", "", 200)

	admin.want(t, "PUT", "/api/v1/settings", `{"time_zone":"Europe/Copenhagen","currency":"DKK","small_cell":21}`, 200)
	w = see(viewer, "/api/v1/worth?period=year")
	if !w.Few || w.Total != 0 || w.Buyers != 0 || len(w.Segments)+len(w.Periods) != 0 || len(w.Hidden) != 7 {
		t.Errorf("of fewer than the small-cell size, a viewer sees %+v", w)
	}
}
