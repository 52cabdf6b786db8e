package generate_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/segment"
)

// TestEveryForm: expressions of all forms are written, all of them pass the checker,
// and reading what is printed, or the JSON form, gives the same again.
func TestEveryForm(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(segment.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var count func(v any)
	count = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if name, ok := v["type"].(string); ok {
				seen[name]++
				for _, field := range []string{"op", "agg", "mode", "unit", "name"} {
					if value, ok := v[field].(string); ok && (field != "name" || name == "function") {
						seen[name+" "+value]++
					}
				}
			}
			for _, x := range v {
				count(x)
			}
		case []any:
			for _, x := range v {
				count(x)
			}
		}
	}
	for seed := range uint64(8) {
		w := generate.New(seed, generate.Options{Persons: 22, Companies: 7})
		cat := w.Catalogue()
		x := w.Writer(rand.New(rand.NewPCG(seed, 2)))
		for range 243 {
			text := x.Expression()
			e, err := segment.Parse(text)
			if err == nil {
				err = segment.Check(e, cat)
			}
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			data, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			printed := e.String()
			again, err := segment.Parse(printed)
			if err == nil {
				err = segment.Check(again, cat)
			}
			if err != nil || again.String() != printed {
				t.Errorf("%s: is printed as %s, which is read as %v %v", text, printed, again, err)
			}
			var back segment.Expr
			if err := json.Unmarshal(data, &back); err != nil || back.String() != printed {
				t.Errorf("%s: from JSON %v %v", text, back, err)
			}
			var tree any
			if err := json.Unmarshal(data, &tree); err != nil {
				t.Fatal(err)
			}
			count(tree)
		}
	}
	var missing []string
	for name, def := range schema.Defs {
		if def.Properties != nil && seen[name] == 0 {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("never written: %v", missing)
	}
}
