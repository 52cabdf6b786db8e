package discover_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
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
	if err := w.WriteTyping(t.Context(), tool.Other(), &csv); err != nil {
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

// hidden are the respondents of the McDonald's data, of whom every third was not asked,
// and what these will answer.
func hidden(t *testing.T, w *world) (later []engine.Column, keys engine.ByteColumn) {
	t.Helper()
	rows := readCSV(t, "mcdonalds.csv")
	var traits []engine.Column
	for j := range 11 {
		name := "survey.food.q" + strconv.Itoa(j+1)
		asked, after := engine.Column{Name: name, Label: name, Type: kreds.Boolean}, engine.Column{Name: name, Label: name, Type: kreds.Boolean}
		for i, r := range rows {
			yes := int64(0)
			if r[j] == "Yes" {
				yes = 1
			}
			if i%3 == 0 {
				asked.Int, asked.Known = append(asked.Int, 0), append(asked.Known, 0)
				after.Int, after.Known = append(after.Int, yes), append(after.Known, 1)
			} else {
				asked.Int, asked.Known = append(asked.Int, yes), append(asked.Known, 1)
			}
		}
		traits, later = append(traits, asked), append(later, after)
	}
	var like []float64
	var often []string
	for i, r := range rows {
		v, err := strconv.ParseFloat(strings.TrimLeft(r[11], "Ihatelovi! "), 64)
		if err != nil {
			t.Fatal(err)
		}
		like, often = append(like, v), append(often, r[13])
		if i%3 == 0 {
			keys.Append([]byte(key(i)))
		}
	}
	w.load(t, append(traits, number("like", like), text("often", often)), len(rows), nil)
	return later, keys
}

// TestAcceptByTyping: a third of the McDonald's respondents were not asked. Accepted by
// typing they get a segment with its probability at each refresh, right about as often
// as cross-validation says: their answers, which come later, tell.
func TestAcceptByTyping(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	later, keys := hidden(t, w)
	found, err := w.Discover(ctx, discover.Request{Preset: "survey:food", Method: discover.KMeans, K: "4", AsOf: w.asOf(), Seed: 1234}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Save(ctx, "food", found); err != nil {
		t.Fatal(err)
	}
	names := []string{"A", "B", "C", "D"}
	a := discover.Acceptance{K: 4, By: discover.ByTyping, Names: names}
	if _, err := w.Accept(ctx, "food", a); kreds.CodeOf(err) != kreds.CodeInvalid || !strings.Contains(kreds.HintOf(err), "discover typing") {
		t.Errorf("accepted without a typing tool: %v", err)
	}
	made, err := w.Typing(ctx, "food", discover.TypingRequest{K: 4, Seed: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := w.Discovery(ctx, "food")
	if err != nil || len(kept.Tools) != 1 {
		t.Fatalf("%v, %v", kept.Tools, err)
	}
	o := kept.Tools[0].Observed
	if diff := cmp.Diff(made.Observed, o); diff != "" || o.Accuracy < o.Baseline+3*o.Error {
		t.Errorf("right for %.3f ± %.3f, baseline %.3f; kept otherwise: %s", o.Accuracy, o.Error, o.Baseline, diff)
	}
	segments, err := w.Accept(ctx, "food", a)
	if err != nil {
		t.Fatal(err)
	}
	if s := segments[0]; s.Source != kreds.SourceModel || !strings.Contains(s.Description, fmt.Sprintf("right for %.0f %%", 100*o.Accuracy)) {
		t.Errorf("%+v", s)
	}
	if _, err := w.Accept(ctx, "food", discover.Acceptance{K: 4, By: discover.ByTyping}); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("accepted twice: %v", err)
	}

	// Refreshed, everybody is in one segment, the probabilities are handed out once, and
	// they are those of the tool.
	var files []string
	refresh := func(keep bool) (of map[uint32]int) {
		t.Helper()
		broken, err := w.Reassign(ctx, w.asOf(), func(_ context.Context, a *discover.Assignment) error {
			var b strings.Builder
			err := w.WriteTyping(ctx, a, &b)
			files = append(files, b.String())
			if err == nil && keep {
				w.take(t, b.String())
			}
			return err
		})
		if err != nil || len(broken) > 0 {
			t.Fatal(err, broken)
		}
		of = map[uint32]int{}
		for i, name := range names {
			set, err := w.audience.Members(ctx, `in segment "`+name+`"`, w.asOf())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range set.ToArray() {
				if _, twice := of[p]; twice {
					t.Fatalf("profile %d is in two segments", p)
				}
				of[p] = i
			}
		}
		return of
	}
	before := refresh(true)
	var tool strings.Builder
	if err := w.WriteTyping(ctx, made.Other(), &tool); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		tool2 := strings.ReplaceAll(tool.String(), ","+found.Solutions[0].Segments[i].Name+",", ","+name+",")
		tool2 = strings.ReplaceAll(tool2, `,"`+found.Solutions[0].Segments[i].Name+`",`, ","+name+",")
		tool.Reset()
		tool.WriteString(tool2)
	}
	if len(before) != 1453 || len(files) != 1 || files[0] != tool.String() {
		t.Errorf("%d members, %d files, the same as of the tool: %v", len(before), len(files), len(files) > 0 && files[0] == tool.String())
	}
	if refresh(true); len(files) != 1 {
		t.Errorf("probabilities that did not change were kept again:\n%.300s", files[len(files)-1])
	}
	n, err := w.audience.Count(ctx, audience.CountRequest{Expression: "typing.food.probability is known", AsOf: w.asOf()})
	if err != nil || n.Count != 485 {
		t.Errorf("the probability is known of %d, %v", n.Count, err)
	}

	// Now they answer: the model of the discovery takes them over.
	l, err := w.engine.Load(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Profiles(ctx, &engine.ProfileBatch{Kind: kreds.Person, Keys: keys, Traits: later}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(ctx, func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	after := refresh(false)
	right, all := 0, 0
	for p, s := range after {
		if int(p)%3 == 0 {
			all++
			if before[p] == s {
				right++
			}
		}
	}
	share := float64(right) / float64(all)
	t.Logf("%d of %d hidden respondents were assigned to the segment that their answers tell (%.3f; cross-validated %.3f ± %.3f, largest segment %.3f)", right, all, share, o.Accuracy, o.Error, o.Baseline)
	if all != 485 || math.Abs(share-o.Accuracy) > 3*math.Hypot(o.Error, math.Sqrt(share*(1-share)/float64(all))) {
		t.Errorf("right for %.3f of %d, cross-validated %.3f ± %.3f", share, all, o.Accuracy, o.Error)
	}
}

// take loads a file of probabilities as an import does.
func (w *world) take(t testing.TB, file string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	b := &engine.ProfileBatch{Kind: kreds.Person}
	columns := make([][]float64, len(rows[0]))
	var segments []string
	for _, r := range rows[1:] {
		b.Keys.Append([]byte(r[0]))
		at, err := time.Parse(time.RFC3339Nano, r[1])
		if err != nil {
			t.Fatal(err)
		}
		b.Observed = append(b.Observed, kreds.InstantOf(at))
		segments = append(segments, r[2])
		for j := 3; j < len(r); j++ {
			v, err := strconv.ParseFloat(r[j], 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[j] = append(columns[j], v)
		}
	}
	b.Traits = append(b.Traits, text(rows[0][2], segments))
	for j := 3; j < len(rows[0]); j++ {
		b.Traits = append(b.Traits, number(rows[0][j], columns[j]))
	}
	l, err := w.engine.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Profiles(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
}
