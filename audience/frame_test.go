package audience_test

import (
	"slices"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/engine"
)

func TestFrame(t *testing.T) {
	w := open(t)
	f, err := w.Frame(t.Context(), audience.FrameRequest{
		Among: "did purchase", AsOf: kreds.InstantOf(w.now), Buckets: engine.AllBuckets,
		Columns: []string{"sum(amount) of purchase", "count of purchase within last 20 days", "age", "country", `country = "DK" and age < 25`},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Profiles) != 3 {
		t.Fatalf("%d profiles, want a, b and c", len(f.Profiles))
	}
	numbers := func(c audience.FrameColumn) (out []float64) {
		for _, p := range f.Profiles {
			if !c.Values.Known.Has(p) {
				t.Fatalf("%s of profile %d is not known", c.Text, p)
			}
			out = append(out, c.Values.Num[p])
		}
		return out
	}
	for i, want := range [][]float64{{600, 50, 900}, {1, 0, 1}, {20, 30, 30}} {
		if got := numbers(f.Columns[i]); !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", f.Columns[i].Text, got, want)
		}
	}
	country := f.Columns[3].Values
	if got := country.Dict[country.Code[f.Profiles[2]]]; got != "SE" {
		t.Errorf("the country of c is %q, want SE", got)
	}
	if holds := f.Columns[4]; holds.Term != nil || !slices.Equal(holds.Holds.ToArray(), f.Profiles[:1]) {
		t.Errorf("%s holds for %v, want a alone", holds.Text, holds.Holds)
	}
}

func TestFrameNamesTheBadColumn(t *testing.T) {
	w := open(t)
	for _, column := range []string{"agee", "sum(country) of purchase", "age >", "age age", ""} {
		_, err := w.Frame(t.Context(), audience.FrameRequest{Among: "everyone", AsOf: kreds.InstantOf(w.now), Buckets: engine.AllBuckets, Columns: []string{"age", column}})
		if kreds.CodeOf(err) == kreds.CodeInternal || err == nil {
			t.Errorf("%q: %v", column, err)
		}
	}
}
