package audience_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/duckdb"
	"github.com/kreds/kreds/state"
)

// world is a small workspace with real stores and a clock that tests set.
type world struct {
	*audience.Audience
	engine engine.Engine
	state  *state.Store
	now    time.Time
}

func at(s string) kreds.Instant {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return kreds.InstantOf(t)
}

func texts(values ...string) (c engine.ByteColumn) {
	for _, v := range values {
		c.Append([]byte(v))
	}
	return c
}

func textColumn(name string, values ...string) engine.Column {
	c := engine.Column{Name: name, Label: name, Type: kreds.Text}
	for _, v := range values {
		known := byte(1)
		if v == "" {
			known = 0
		}
		c.Bytes = append(c.Bytes, v...)
		c.Ends = append(c.Ends, len(c.Bytes))
		c.Known = append(c.Known, known)
	}
	return c
}

// numberColumn is whole numbers; -1 is unknown.
func numberColumn(name string, values ...int64) engine.Column {
	c := engine.Column{Name: name, Label: name, Type: kreds.Number, Exact: true}
	for _, v := range values {
		known := byte(1)
		if v < 0 {
			known, v = 0, 0
		}
		c.Int = append(c.Int, v*kreds.DecimalScale)
		c.Known = append(c.Known, known)
	}
	return c
}

// open makes a workspace: persons a to f, of whom f is a prospect, of companies x
// (a, b), y (c) and z (nobody), and what they bought in the spring of 2025.
func open(t *testing.T) *world {
	t.Helper()
	w := &world{now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	s, err := state.Open(t.TempDir(), clock)
	if err != nil {
		t.Fatal(err)
	}
	e, err := duckdb.Open(t.Context(), "", duckdb.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.SetSettings(t.Context(), state.Settings{TimeZone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	l, err := e.Load(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	companies := &engine.ProfileBatch{Kind: kreds.Company, Keys: texts("x", "y", "z"), Traits: []engine.Column{numberColumn("employees", 50, 10, 5)}}
	employer := texts("x", "x", "y", "", "", "")
	persons := &engine.ProfileBatch{Kind: kreds.Person, Keys: texts("a", "b", "c", "d", "e", "f"), Company: &employer, Traits: []engine.Column{
		textColumn("country", "DK", "DK", "SE", "", "NO", "DK"), numberColumn("age", 20, 30, 30, 40, -1, 30),
	}}
	prospect := &engine.ProfileBatch{Kind: kreds.Person, Prospect: true, Keys: texts("g"), Traits: []engine.Column{textColumn("country", "DK")}}
	var when []kreds.Instant
	for _, d := range []string{"2025-03-01", "2025-04-01", "2025-05-30", "2025-05-01", "2025-04-15", "2025-05-31"} {
		when = append(when, at(d+"T12:00:00Z"))
	}
	bought := &engine.EventBatch{
		Event: "purchase", Label: "purchase", Keys: texts("a", "a", "a", "b", "c", "c"), Time: when,
		Properties: []engine.Column{numberColumn("amount", 100, 200, 300, 50, 400, 500)},
	}
	for _, err := range []error{
		l.Profiles(t.Context(), companies), l.Profiles(t.Context(), persons), l.Profiles(t.Context(), prospect), l.Events(t.Context(), bought),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	w.Audience, w.engine, w.state = audience.New(e, s, clock), e, s
	return w
}

// keys are the keys of a set in order, joined.
func (w *world) keys(t *testing.T, set *roaring.Bitmap) string {
	t.Helper()
	var out []string
	for k, err := range w.engine.Keys(t.Context(), set, true) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, k.Key)
	}
	return strings.Join(out, "")
}

func (w *world) members(t *testing.T, expression string) string {
	t.Helper()
	set, err := w.Members(t.Context(), expression, kreds.InstantOf(w.now))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return w.keys(t, set)
}

func (w *world) create(t *testing.T, name, expression string) {
	t.Helper()
	if _, err := w.Create(t.Context(), kreds.Segment{Name: name}, kreds.Version{Expression: expression}); err != nil {
		t.Fatal(err)
	}
}

// TestMembers: worked out by hand from the rows in open.
func TestMembers(t *testing.T) {
	w := open(t)
	w.create(t, "Danes", `country = "DK"`)
	for expression, want := range map[string]string{
		"everyone":                                                 "abcdef",
		`country = "DK"`:                                           "abf",
		`country != "DK"`:                                          "ce",
		`not country = "DK"`:                                       "cde",
		`country not in ("DK")`:                                    "ce",
		"age between 30 and 40":                                    "bcdf",
		"age is unknown":                                           "e",
		"did purchase":                                             "abc",
		"did not purchase":                                         "def",
		"did purchase at least twice":                              "ac",
		"did purchase at most once":                                "bdef",
		"sum(amount) of purchase >= 600":                           "ac",
		"did purchase within last 2 days":                          "ac",
		"did purchase on 2025-05-30":                               "a",
		"last purchase before 2025-05-15":                          "b",
		`country = "DK" and did purchase`:                          "ab",
		`country = "SE" or age = 40`:                               "cd",
		"age in top 2":                                             "bd", // 40, then b before c and f
		"age in bottom 20%":                                        "a",
		"age in top 1 among (did purchase)":                        "b",
		`age in top 1 among segment "danes"`:                       "b",
		"age not in top 2":                                         "acf",
		"sum(amount) of purchase in top 50%":                       "ac", // of three buyers two
		`in segment "Danes"`:                                       "abf",
		`not in segment "Danes"`:                                   "cde",
		"(did purchase) as of 2025-04-10":                          "a",
		"(not did purchase) as of 2025-04-10":                      "def", // b and c were first seen later
		"(did purchase) as of 2026-01-01":                          "",
		"company.employees >= 50":                                  "ab",
		"company (employees >= 10)":                                "abc",
		"at least 2 of (did purchase, age = 30, country = \"DK\")": "abcf",
		"at most 1 of (did purchase, age = 30, country = \"DK\")":  "de",
		"exactly 3 of (did purchase, age = 30, country = \"DK\")":  "b",
		"companies: everyone":                                      "xyz",
		"companies: any person (did purchase)":                     "xy",
		"companies: no person (did purchase)":                      "z",
		"companies: all persons (age >= 30)":                       "y",
		"companies: at least 2 persons (age>1)":                    "x",
		"companies: at most 1 persons (age>1)":                     "yz",
		"companies: count of person.purchase=4":                    "x",
		"prospects: country = \"DK\"":                              "g",
		"prospects: did purchase":                                  "",
		"did purchase then purchase within 40 days then not purchase within 10 days": "a",
	} {
		if got := w.members(t, expression); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
}

// TestWhyAgrees: why says of everyone what membership says.
func TestWhyAgrees(t *testing.T) {
	w := open(t)
	w.create(t, "Danes", `country = "DK"`)
	for _, expression := range []string{
		"everyone", `country != "DK" or did purchase at least 3 times`, "age in top 2", `in segment "Danes" and not age = 20`,
		"(did purchase) as of 2025-04-10", "company (employees >= 10)", "at least 2 of (did purchase, age = 30, age = 40)", "sum(amount) of purchase > 400",
	} {
		in := w.members(t, expression)
		for key := range strings.SplitSeq("abcdefg", "") {
			why, err := w.Why(t.Context(), key, expression, kreds.InstantOf(w.now))
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Contains(in, key); why.Member != want {
				t.Errorf("%s: why says %v of %s, membership %v", expression, why.Member, key, want)
			}
		}
	}
	why, err := w.Why(t.Context(), "c", "did purchase at least 3 times", kreds.InstantOf(w.now))
	if err != nil {
		t.Fatal(err)
	}
	if r := why.Reason; r.Miss != "2 of 3 times" || len(r.Events) != 2 {
		t.Errorf("reason %+v", r)
	}
	if _, err := w.Why(t.Context(), "nobody", "everyone", kreds.InstantOf(w.now)); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("an unknown profile: %v", err)
	}
}

func TestCount(t *testing.T) {
	w := open(t)
	c, err := w.Count(t.Context(), audience.CountRequest{Expression: `age >= 30 and not country = "DK"`, AsOf: kreds.InstantOf(w.now), ByClause: true})
	if err != nil {
		t.Fatal(err)
	}
	want := &audience.Count{Count: 2, Population: 6, AsOf: kreds.InstantOf(w.now), Clauses: []audience.Clause{
		{Text: "age >= 30", Keeps: 4, Drops: 2, Unknown: 1},
		{Text: `not country = "DK"`, Keeps: 3, Drops: 3, Clauses: []audience.Clause{{Text: `country = "DK"`, Keeps: 3, Drops: 3, Unknown: 1}}},
	}}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
}

// TestVersions: membership is the definition in force at the time; a name at the
// top is the current one.
func TestVersions(t *testing.T) {
	w := open(t)
	w.create(t, "Buyers", "did purchase")
	w.now = w.now.AddDate(0, 0, 10)
	p, err := w.PreviewEdit(t.Context(), "Buyers", "did purchase at least 3 times", kreds.InstantOf(w.now))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(&audience.Preview{Before: 3, After: 1, Left: 2}, p); d != "" {
		t.Error(d)
	}
	if _, err := w.Edit(t.Context(), "buyers", kreds.Version{Expression: "did purchase at least 3 times"}, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Edit(t.Context(), "buyers", kreds.Version{Expression: "everyone"}, 1); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("an edit of an old version: %v", err)
	}
	w.now = w.now.AddDate(0, 0, 10)
	for expression, want := range map[string]string{
		"Buyers":                                      "a",
		`in segment "Buyers"`:                         "a",
		`in segment "Buyers" as of 2025-06-05`:        "abc",
		`left segment "buyers" within last 15 days`:   "bc",
		`joined segment "buyers" within last 60 days`: "",
		`joined segment "buyers"`:                     "a",
		`in segment "buyers" for 5 days`:              "a",
	} {
		if got := w.members(t, expression); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	if err := w.Rename(t.Context(), "buyers", "Customers who buy"); err != nil {
		t.Fatal(err)
	}
	w.create(t, "Both", `in segment "customers who buy" and age = 20`)
	if got := w.members(t, "both"); got != "a" {
		t.Errorf("after a new name: %q", got)
	}
	if _, err := w.Edit(t.Context(), "customers who buy", kreds.Version{Expression: `in segment "both"`}, 0); err == nil || !strings.Contains(err.Error(), "→") {
		t.Errorf("a circle: %v", err)
	}
	if err := w.Delete(t.Context(), "customers who buy"); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("deleting what is referred to: %v", err)
	}
}

func TestListsOverlapRefresh(t *testing.T) {
	w := open(t)
	w.create(t, "Danes", `country = "DK"`)
	w.create(t, "Thirty", "age = 30")
	if _, err := w.CreateList(t.Context(), kreds.Segment{Name: "Chosen"}, []string{"a", "nobody"}); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("an unknown key: %v", err)
	}
	if _, err := w.CreateList(t.Context(), kreds.Segment{Name: "Chosen"}, []string{"c", "b"}); err != nil {
		t.Fatal(err)
	}
	if got := w.members(t, "chosen"); got != "bc" {
		t.Errorf("the list holds %q", got)
	}
	names := []string{"danes", "thirty", "chosen"}
	got, err := w.Overlap(t.Context(), audience.OverlapRequest{Segments: names, AsOf: kreds.InstantOf(w.now)})
	if err != nil {
		t.Fatal(err)
	}
	want := &audience.Overlap{Sizes: []int64{3, 3, 2}, Intersections: []audience.Intersection{
		{Segments: []string{"Danes"}, Members: 1},
		{Segments: []string{"Danes", "Thirty"}, Members: 1},
		{Segments: []string{"Danes", "Thirty", "Chosen"}, Members: 1},
		{Segments: []string{"Thirty", "Chosen"}, Members: 1},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	testOverlapExpression(t, w)
	for i := range 2 {
		runs, err := w.Refresh(t.Context(), nil, kreds.InstantOf(w.now), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(runs) != 3 || runs[1].Members != 3 || runs[1].Error != "" || i == 1 && runs[1].Joined != 0 {
			t.Errorf("runs %+v", runs)
		}
	}
	_, set, ok, err := w.state.LastRun(t.Context(), "danes")
	if err != nil || !ok || w.keys(t, set) != "abf" {
		t.Errorf("the last run: %v, %v", ok, err)
	}
}

// testOverlapExpression asks how the segments of TestListsOverlapRefresh, of a, b and f
// and of c and b, overlap with expressions.
func testOverlapExpression(t *testing.T, w *world) {
	t.Helper()
	names := []string{"Danes", "Chosen"}
	everyone := w.members(t, "everyone")
	got, err := w.Overlap(t.Context(), audience.OverlapRequest{Segments: names, Expression: `everyone`, AsOf: kreds.InstantOf(w.now)})
	if err != nil {
		t.Fatal(err)
	}
	want := &audience.Overlap{
		Sizes: []int64{3, 2}, Expression: int64(len(everyone)),
		Intersections: []audience.Intersection{
			{Segments: []string{}, Expression: true, Members: int64(len(everyone)) - 4},
			{Segments: []string{"Danes"}, Expression: true, Members: 2},
			{Segments: []string{"Chosen"}, Expression: true, Members: 1},
			{Segments: []string{"Danes", "Chosen"}, Expression: true, Members: 1},
		},
	}
	slices.SortStableFunc(want.Intersections, func(a, b audience.Intersection) int { return int(b.Members - a.Members) })
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// One that nobody of the segments is in, and none at all.
	got, err = w.Overlap(t.Context(), audience.OverlapRequest{Segments: names, Expression: `not in segment "Danes" and not in segment "Chosen"`, AsOf: kreds.InstantOf(w.now)})
	if err != nil || got.Expression != int64(len(everyone))-4 || len(got.Intersections) != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, q := range []audience.OverlapRequest{
		{Expression: "everyone"},
		{Segments: names, Expression: "companies: everyone"},
		{Segments: names, Expression: "nothing = 1"},
		{Segments: slices.Repeat(names, 5), Expression: "everyone"},
	} {
		q.AsOf = kreds.InstantOf(w.now)
		if _, err := w.Overlap(t.Context(), q); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%v: %v", q, err)
		}
	}
}

func TestEstimate(t *testing.T) {
	w := open(t)
	c, err := w.Count(t.Context(), audience.CountRequest{Expression: "everyone", AsOf: kreds.InstantOf(w.now), Estimate: true})
	if err != nil {
		t.Fatal(err)
	}
	if c.Population != 6 || c.Estimate.Low > 6 || c.Estimate.High < 6 {
		t.Errorf("%+v, %+v", c, c.Estimate)
	}
	c, err = w.Count(t.Context(), audience.CountRequest{Expression: "age in top 2", AsOf: kreds.InstantOf(w.now), Estimate: true})
	if err != nil || c.Count != 2 || c.Estimate.Share != 1 {
		t.Errorf("a rank: %+v, %v", c, err)
	}
}

// What the state says is read anew once it is written to.
func TestWorkspaceChanges(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	if _, err := w.Members(ctx, `country in list "North"`, kreds.InstantOf(w.now)); err == nil {
		t.Fatal("there is no list yet")
	}
	for _, c := range []struct{ country, want string }{{"SE", "c"}, {"DK", "abf"}} {
		if err := w.state.PutList(ctx, "North", []string{c.country}); err != nil {
			t.Fatal(err)
		}
		if got := w.members(t, `country in list "North"`); got != c.want {
			t.Errorf("with %s in the list: %q, want %q", c.country, got, c.want)
		}
	}
	w.create(t, "Danes", `country = "DK"`)
	if got := w.members(t, `Danes`); got != "abf" {
		t.Errorf("a segment just made: %q", got)
	}
}
