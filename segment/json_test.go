package segment

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
)

// TestJSON: every form of parse.txt to JSON, which is golden, fits the schema,
// and reads back as the same tree.
func TestJSON(t *testing.T) {
	in, _ := cases(t, "testdata/parse.txt")
	schema := readSchema(t)
	file := "testdata/json.txt"
	var got bytes.Buffer
	used := map[string]bool{}
	for _, text := range in {
		e, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got.WriteString(text + "\n\t" + string(data) + "\n")
		var raw any
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatal(err)
		}
		if fault := schema.check(schema.root, raw, "$"); fault != "" {
			t.Errorf("%s does not fit the schema: %s", text, fault)
		}
		collectTypes(raw, used)
		var back Expr
		if err := json.Unmarshal(data, &back); err != nil {
			t.Errorf("%s: %s: %v", text, data, err)
			continue
		}
		if d := cmp.Diff(e, &back, ignorePlaces); d != "" {
			t.Errorf("%s: %s reads as another tree: %s", text, data, d)
		}
	}
	for _, s := range shapes {
		if !used[s.name] {
			t.Errorf("no case has the type %q", s.name)
		}
	}
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
		t.Error(d)
	}
}

func collectTypes(raw any, into map[string]bool) {
	switch v := raw.(type) {
	case map[string]any:
		if s, ok := v["type"].(string); ok {
			into[s] = true
		}
		for _, x := range v {
			collectTypes(x, into)
		}
	case []any:
		for _, x := range v {
			collectTypes(x, into)
		}
	}
}

// TestSchema: the published file is what the code says.
func TestSchema(t *testing.T) {
	file := filepath.Join("testdata", "schema.json")
	if *update {
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(Schema())); d != "" {
		t.Error(d)
	}
	schema := readSchema(t)
	for name, def := range schema.defs {
		schema.resolves(t, name, def)
	}
}

func TestJSONRefused(t *testing.T) {
	path := `{"type":"path","name":"a"}`
	isTrue := `{"type":"is_true","term":` + path + `}`
	did := func(step string) string {
		return `{"type":"did","steps":[{"type":"step","events":{"type":"event","names":["e"]}` + step + `}]}`
	}
	deep := strings.Repeat(`{"type":"not","condition":`, 300) + isTrue + strings.Repeat("}", 300)
	for _, tc := range []struct{ name, root, want string }{
		{"no object", `3`, "root: expected an object with a type"},
		{"null", `null`, "root: expected an object"},
		{"no type", `{}`, `root: unknown type ""`},
		{"unknown type", `{"type":"nand"}`, `root: unknown type "nand": expected one of and, or,`},
		{"unknown field", `{"type":"everyone","x":1}`, `root: unknown field "x" of "everyone"`},
		{"missing field", `{"type":"compare","term":` + path + `,"op":"="}`, `the field "value" of "compare" is missing`},
		{"unknown operator", `{"type":"compare","term":` + path + `,"op":"==","value":{"type":"number","value":1}}`, "root.op: expected one of =, !="},
		{"text for a number", `{"type":"compare","term":` + path + `,"op":"=","value":{"type":"number","value":"1"}}`, "root.value.value: expected a number"},
		{"huge number", `{"type":"compare","term":` + path + `,"op":"=","value":{"type":"number","value":1e999}}`, "too large"},
		{"a term as a node", path, `root: unknown type "path"`},
		{"one clause", `{"type":"and","clauses":[` + isTrue + `]}`, "reads as another tree"},
		{"no clauses", `{"type":"or","clauses":[]}`, "the tree is no expression"},
		{"deep", deep, "deep"},
		{"step with not first", did(`,"not":true`), "reads as another tree"},
		{"broken count", did(`,"count":{"type":"count","op":"at_least","n":-1}`), "the tree is no expression"},
		{"bad date", `{"type":"in_window","term":` + path + `,"window":{"type":"on","date":{"type":"date","value":"2025-02-30"}}}`, `"2025-02-30" is no date`},
		{"in a day", `{"type":"in_window","term":` + path + `,"window":{"type":"in_date","date":{"type":"date","value":"2025-02-03"}}}`, "year, a quarter or a month"},
		{"fraction for a count", did(`,"count":{"type":"count","op":"at_least","n":1.5}`), "expected a whole number"},
		{"clauses no list", `{"type":"and","clauses":{}}`, "root.clauses: expected a list"},
		{"text for true", `{"type":"known","term":` + path + `,"unknown":"yes"}`, "expected true or false"},
		{"number for a text", `{"type":"in_list","term":` + path + `,"list":5}`, "expected a text"},
		{"empty name", `{"type":"is_true","term":{"type":"path","name":""}}`, "the tree is no expression"},
		{"any event with a name", `{"type":"did","steps":[{"type":"step","events":{"type":"any_event","names":["a"]}}]}`, "unknown field"},
		{"two events", `{"type":"did","steps":[{"type":"step","events":{"type":"event","names":["a","b"]}}]}`, "the tree is no expression"},
		{"bucket out of range", `{"type":"bucket","from":5,"to":2,"of":3}`, "the tree is no expression"},
		{"rank of two groups", `{"type":"rank","term":` + path + `,"n":5,"segment":"x","among":` + isTrue + `}`, "the tree is no expression"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var e Expr
			err := json.Unmarshal([]byte(`{"type":"expression","root":`+tc.root+`}`), &e)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("%v, want an error with %q", err, tc.want)
			}
			if kreds.CodeOf(err) != kreds.CodeInvalid {
				t.Errorf("code %q", kreds.CodeOf(err))
			}
		})
	}
	for _, whole := range []string{
		``, `[]`, `"x"`, `{"type":"expression"}`, `{"type":"expression","root":` + isTrue + `,"more":1}`, `{"root":` + isTrue + `}`,
		`{"type":"expression","subject":"people","root":` + isTrue + `}`,
	} {
		var e Expr
		if err := e.UnmarshalJSON([]byte(whole)); kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%s: %v", whole, err)
		}
	}
	var e Expr
	if err := e.UnmarshalJSON(make([]byte, MaxJSON+1)); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("too long: %v", err)
	}
}

func TestJSONKeepsDigits(t *testing.T) {
	for _, digits := range []string{"1.50", "0.10", "-3", "123456789012345678901234567890", "0.1000000000000000000001"} {
		e, err := Parse("a = " + digits)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(e)
		if err != nil || !strings.Contains(string(data), `"value":`+digits+"}") {
			t.Errorf("%s: %s %v", digits, data, err)
		}
		var back Expr
		if err := json.Unmarshal(data, &back); err != nil || back.String() != "a = "+digits {
			t.Errorf("%s: %s %v", digits, back.String(), err)
		}
	}
	var e Expr
	in := `{"type":"expression","root":{"type":"compare","term":{"type":"path","name":"a"},"op":"=","value":{"type":"number","value":1.5e3}}}`
	if err := json.Unmarshal([]byte(in), &e); err != nil || e.String() != "a = 1500" {
		t.Errorf("%s %v", e.String(), err)
	}
}

func TestMarshalOfBrokenTrees(t *testing.T) {
	for _, root := range []Node{nil, &And{Clauses: []Node{nil}}, &Compare{}, (*And)(nil), &Did{Steps: []*Step{nil}}, &InWindow{Term: &Path{Name: "a"}, Window: &Window{}}} {
		if data, err := (&Expr{Root: root}).MarshalJSON(); err == nil {
			t.Errorf("%#v: %s", root, data)
		}
	}
}

// jsonSchema is as much of JSON Schema as Schema uses.
type jsonSchema struct {
	root map[string]any
	defs map[string]any
}

func readSchema(t *testing.T) *jsonSchema {
	t.Helper()
	s := &jsonSchema{}
	if err := json.Unmarshal(Schema(), &s.root); err != nil {
		t.Fatal(err)
	}
	s.defs = s.root["$defs"].(map[string]any)
	return s
}

// resolves checks that every reference has a definition and that no other
// keywords stand in the schema than check knows.
func (s *jsonSchema) resolves(t *testing.T, where string, def any) {
	t.Helper()
	m, ok := def.(map[string]any)
	if !ok {
		return
	}
	known := []string{"$ref", "oneOf", "const", "enum", "type", "properties", "required", "additionalProperties", "items", "minItems", "minimum", "maximum", "pattern", "description", "default"}
	for key, v := range m {
		if !slices.Contains(known, key) {
			t.Errorf("%s: unknown keyword %q", where, key)
		}
		switch key {
		case "$ref":
			if s.defs[strings.TrimPrefix(v.(string), "#/$defs/")] == nil {
				t.Errorf("%s: %s leads nowhere", where, v)
			}
		case "oneOf":
			for _, one := range v.([]any) {
				s.resolves(t, where, one)
			}
		case "properties":
			for name, one := range v.(map[string]any) {
				s.resolves(t, where+"."+name, one)
			}
		case "items":
			s.resolves(t, where+"[]", v)
		}
	}
}

// check returns what is wrong with a value, "" if nothing.
func (s *jsonSchema) check(schema map[string]any, v any, where string) string {
	if r, ok := schema["$ref"].(string); ok {
		return s.check(s.defs[strings.TrimPrefix(r, "#/$defs/")].(map[string]any), v, where)
	}
	if alternatives, ok := schema["oneOf"].([]any); ok {
		fits, faults := 0, []string{}
		for _, a := range alternatives {
			fault := s.check(a.(map[string]any), v, where)
			if fault == "" {
				fits++
			} else if !strings.Contains(fault, where+".type: not") {
				faults = append(faults, fault)
			}
		}
		if fits != 1 {
			return where + " fits " + strings.Join(append(faults, "none or several"), "; ")
		}
	}
	if c, ok := schema["const"]; ok && c != v {
		return where + ": not " + c.(string)
	}
	if names, ok := schema["enum"].([]any); ok && !slices.Contains(names, v) {
		return where + ": not in the enumeration"
	}
	switch schema["type"] {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return where + ": no object"
		}
		fields := schema["properties"].(map[string]any)
		// The type comes first, so that faults of another type are told apart.
		if fault := s.check(fields["type"].(map[string]any), m["type"], where+".type"); fault != "" {
			return fault
		}
		for _, name := range schema["required"].([]any) {
			if _, ok := m[name.(string)]; !ok {
				return where + "." + name.(string) + ": not there"
			}
		}
		for name, x := range m {
			f, ok := fields[name].(map[string]any)
			if !ok {
				return where + "." + name + ": unknown"
			}
			if fault := s.check(f, x, where+"."+name); fault != "" {
				return fault
			}
		}
	case "array":
		items, ok := v.([]any)
		if !ok || float64(len(items)) < schema["minItems"].(float64) {
			return where + ": no list"
		}
		for _, x := range items {
			if fault := s.check(schema["items"].(map[string]any), x, where+"[]"); fault != "" {
				return fault
			}
		}
	case "string":
		text, ok := v.(string)
		if !ok {
			return where + ": no text"
		}
		if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(text) {
			return where + ": does not match"
		}
	case "integer":
		n, ok := v.(float64)
		if !ok || n != float64(int(n)) || n < schema["minimum"].(float64) || n > schema["maximum"].(float64) {
			return where + ": no whole number in the range"
		}
	case "number":
		if _, ok := v.(float64); !ok {
			return where + ": no number"
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return where + ": not true or false"
		}
	}
	return ""
}
