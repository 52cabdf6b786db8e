package discover_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/discover"
	"github.com/kreds/kreds/engine"
)

// text is a column of texts, "" being unknown.
func text(name string, values []string) engine.Column {
	c := engine.Column{Name: name, Label: name, Type: kreds.Text}
	for _, v := range values {
		known := byte(1)
		if v == "" {
			known = 0
		}
		c.Bytes = append(c.Bytes, v...)
		c.Ends, c.Known = append(c.Ends, len(c.Bytes)), append(c.Known, known)
	}
	return c
}

// respondents are the 1,453 of the McDonald's data, of whom age, gender and how much
// they like the chain are known, and as many again who have the same age, gender and
// liking but were not asked.
func respondents(t testing.TB, w *world) {
	t.Helper()
	rows := readCSV(t, "mcdonalds.csv")
	var traits []engine.Column
	names := strings.Split("yummy convenient spicy fattening greasy fast cheap tasty expensive healthy disgusting", " ")
	for j, name := range names {
		c := engine.Column{Name: "survey.food." + name, Label: name, Type: kreds.Boolean}
		for i := range 2 * len(rows) {
			known, yes := byte(0), int64(0)
			if i < len(rows) {
				known = 1
				if rows[i][j] == "Yes" {
					yes = 1
				}
			}
			c.Int, c.Known = append(c.Int, yes), append(c.Known, known)
		}
		traits = append(traits, c)
	}
	var like, age []float64
	var gender []string
	for range 2 {
		for _, r := range rows {
			// "I hate it!-5" to "I love it!+5"
			v, err := strconv.ParseFloat(strings.TrimLeft(r[11], "Ihatelovi! "), 64)
			if err != nil {
				t.Fatal(err)
			}
			a, err := strconv.ParseFloat(r[12], 64)
			if err != nil {
				t.Fatal(err)
			}
			like, age, gender = append(like, v), append(age, a), append(gender, r[14])
		}
	}
	w.load(t, append(traits, number("like", like), number("age", age), text("gender", gender)), 2*len(rows), nil)
}

// TestTypingTool: few of eleven questions tell four segments, and liking tells the
// segments of those who were not asked better than chance. That liking differs most
// between these segments is known of the data: chi-square 813.61 of 30 degrees of
// freedom, against 30.8 for gender (Dolnicar, Grün and Leisch 2018).
func TestTypingTool(t *testing.T) {
	w := open(t)
	respondents(t, w)
	found, err := w.Discover(t.Context(), discover.Request{Preset: "survey:food", Method: discover.KMeans, K: "4", AsOf: w.asOf(), Seed: 1234}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found.N != 1453 {
		t.Fatalf("%d respondents", found.N)
	}
	if err := w.Save(t.Context(), "food", found); err != nil {
		t.Fatal(err)
	}
	tool, err := w.Typing(t.Context(), "food", discover.TypingRequest{K: 4, Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := tool.Questions
	if len(q.Items) >= 11 || q.Accuracy < .85 || q.Rows != 1453 || q.Baseline != 580./1453 {
		t.Errorf("%d questions, right for %.3f of %d, baseline %.3f", len(q.Items), q.Accuracy, q.Rows, q.Baseline)
	}
	for i, item := range q.Items[1:] {
		if item.Accuracy < q.Items[i].Accuracy-.02 {
			t.Errorf("question %d makes it worse: %.3f after %.3f", i+2, item.Accuracy, q.Items[i].Accuracy)
		}
	}
	o := tool.Observed
	if o == nil || o.Items[0].Name != "like" {
		t.Fatalf("observed %+v, %v", o, tool.Notes)
	}
	if o.Accuracy < o.Baseline+3*o.Error {
		t.Errorf("right for %.3f ± %.3f, baseline %.3f", o.Accuracy, o.Error, o.Baseline)
	}
	var members int64
	var expected float64
	for _, a := range tool.Assigned {
		members += a.Members
		expected += a.Expected
	}
	// The others are as many and alike, so the expected sizes are those found.
	if tool.Others != 1453 || members != 1453 || math.Abs(expected-1453) > 1e-6 {
		t.Errorf("%d others, %d assigned, %.3f expected", tool.Others, members, expected)
	}
	for i, a := range tool.Assigned {
		if size := float64(found.Solutions[0].Sizes[i]); math.Abs(a.Expected-size) > .03*1453 {
			t.Errorf("segment %d: %.1f expected, %.0f found", i+1, a.Expected, size)
		}
	}
	var csv strings.Builder
	if err := w.WriteTyping(t.Context(), tool, &csv); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(csv.String()), "\n")
	if len(lines) != 1454 || lines[0] != "key,observed,typing.food.segment,typing.food.probability,typing.food.p1,typing.food.p2,typing.food.p3,typing.food.p4" {
		t.Errorf("%d lines, first %s", len(lines), lines[0])
	}

	if tool, err = w.Typing(t.Context(), "food", discover.TypingRequest{K: 4, On: []string{"gender, age"}, Questions: 3}, nil); err != nil {
		t.Fatal(err)
	}
	if len(tool.Questions.Items) > 3 || slices.ContainsFunc(tool.Observed.Items, func(i discover.TypingItem) bool { return i.Name == "like" }) {
		t.Errorf("%+v", tool)
	}
	for name, q := range map[string]discover.TypingRequest{"food": {K: 9}, "drink": {}} {
		if _, err := w.Typing(t.Context(), name, q, nil); kreds.CodeOf(err) != kreds.CodeInvalid && kreds.CodeOf(err) != kreds.CodeNotFound {
			t.Errorf("%s %d: %v", name, q.K, err)
		}
	}
}
