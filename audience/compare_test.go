package audience_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// TestCompare: 400 persons of whom the first hundred are members. All members and 60
// others have the plan gold, so the shares are 1 and .4; age goes by the number, so the
// means are 49.5 and 199.5.
func TestCompare(t *testing.T) {
	w := open(t)
	var keys engine.ByteColumn
	var plans, groups []string
	var ages []int64
	for i := range 400 {
		keys.Append(fmt.Appendf(nil, "p%03d", i))
		plan, group := "basic", "out"
		if i < 100 {
			group = "in"
		}
		if i < 160 {
			plan = "gold"
		}
		plans, groups, ages = append(plans, plan), append(groups, group), append(ages, int64(i))
	}
	l, err := w.engine.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	in := engine.Column{Name: "agreed", Label: "agreed", Type: kreds.Boolean}
	for i := range 400 {
		in.Int = append(in.Int, int64(1-min(i/100, 1)))
	}
	b := &engine.ProfileBatch{Kind: kreds.Person, Keys: keys, Traits: []engine.Column{
		in, textColumn("plan", plans...), textColumn("group", groups...), numberColumn("number", ages...),
	}}
	if err := l.Profiles(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Fatal(err)
	}
	now := kreds.InstantOf(w.now)
	c, err := w.Compare(t.Context(), `group = "in"`, now)
	if err != nil {
		t.Fatal(err)
	}
	if c.Members != 100 || c.Population != 406 || c.Share != 1 {
		t.Errorf("%d of %d looked at, share %v", c.Members, c.Population, c.Share)
	}
	found := map[string]bool{}
	for i, m := range c.Marks {
		if i > 0 && math.Abs(m.Effect) > math.Abs(c.Marks[i-1].Effect) {
			t.Errorf("mark %d is larger than the one before", i)
		}
		if m.Adjusted > .05 || math.IsNaN(m.Effect) {
			t.Errorf("%+v is no finding", m)
		}
		switch m.Term + " " + m.Value.Text {
		case "plan gold":
			found["plan"] = m.Members == 1 && m.All == .4 && m.Marker && m.Effect > 0 && m.N == 100
		case "number ":
			found["number"] = m.Members == 49.5 && m.All == 199.5 && m.Effect < 0
		}
	}
	if !found["plan"] || !found["number"] {
		t.Errorf("marks %+v", c.Marks)
	}
	// A condition that reads as a term has the same members.
	if same, err := w.Compare(t.Context(), "agreed", now); err != nil || same.Members != 100 || len(same.Marks) != len(c.Marks) {
		t.Errorf("agreed: %+v, %v", same, err)
	}
	for _, x := range []string{"everyone", "age > 1000"} {
		if _, err := w.Compare(t.Context(), x, now); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%s: %v", x, err)
		}
	}
}
