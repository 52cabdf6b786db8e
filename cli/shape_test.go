package cli_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kreds/kreds/api"
)

// shapes are types of Go as what JSON has of them.
type shapes struct {
	order []reflect.Type
	seen  map[string]bool // Type.field of what was printed
}

// field is one field of an object.
type field struct {
	name, doc string
	optional  bool // may be absent
	nullable  bool
	enum      []string
	typ       reflect.Type
}

var (
	valueType = reflect.TypeFor[api.Value]()
	rawType   = reflect.TypeFor[json.RawMessage]()
)

func shapeName(t reflect.Type) string { return strings.ToUpper(t.Name()[:1]) + t.Name()[1:] }

// fields are those of an object, embedded ones in their place.
func fields(t reflect.Type) []field {
	var out []field
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, fields(f.Type)...)
		case name == "-": // is not said
		case name == "" || !f.IsExported():
			panic("a field without a name in JSON: " + t.Name() + "." + f.Name)
		default:
			x := field{name: name, doc: f.Tag.Get("doc"), optional: strings.Contains(options, "omitempty"), nullable: f.Tag.Get("nullable") == "true", typ: f.Type}
			if e := f.Tag.Get("enum"); e != "" {
				x.enum = strings.Split(e, ",")
			}
			out = append(out, x)
		}
	}
	return out
}

// instant says whether a text, or a list of them, is documented as one.
func (f field) instant() bool {
	t := f.typ
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t.Kind() == reflect.String && strings.Contains(f.doc, "RFC 3339")
}

// add notes a type and those that it is made of.
func (s *shapes) add(t reflect.Type) {
	switch {
	case t == rawType:
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map:
		s.add(t.Elem())
	case t.Kind() == reflect.Struct && !slices.Contains(s.order, t):
		s.order = append(s.order, t)
		for _, f := range fields(t) {
			s.add(f.typ)
		}
	}
}

// written is a type as TypeScript has it.
func written(t reflect.Type) string {
	switch t {
	case valueType:
		return "Value"
	case rawType:
		return "unknown"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return written(t.Elem())
	case reflect.Slice:
		return written(t.Elem()) + "[]"
	case reflect.Array:
		return "[" + strings.TrimSuffix(strings.Repeat(written(t.Elem())+", ", t.Len()), ", ") + "]"
	case reflect.Map:
		return "Record<string, " + written(t.Elem()) + ">"
	case reflect.Struct:
		return shapeName(t)
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	default:
		return "number"
	}
}

func (f field) written() string {
	switch {
	case f.instant():
		return strings.Replace(written(f.typ), "string", "Instant", 1)
	case len(f.enum) > 0:
		return `"` + strings.Join(f.enum, `" | "`) + `"`
	}
	return written(f.typ) + map[bool]string{true: " | null"}[f.nullable]
}

// types writes the types in the order of their names.
func (s *shapes) types() string {
	var b strings.Builder
	for _, t := range slices.SortedFunc(slices.Values(s.order), func(a, b reflect.Type) int { return strings.Compare(shapeName(a), shapeName(b)) }) {
		fmt.Fprintf(&b, "\ntype %s = {\n", shapeName(t))
		for _, f := range fields(t) {
			line := "  " + f.name + map[bool]string{true: "?"}[f.optional] + ": " + f.written() + ";"
			if doc := strings.TrimPrefix(strings.TrimPrefix(f.doc, "RFC 3339"), "; "); doc != "" {
				line += " // " + doc
			}
			b.WriteString(line + "\n")
		}
		b.WriteString("};\n")
	}
	return b.String()
}

var (
	rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	timely  = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)
	snake   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// check compares what was printed with its type and says what does not fit.
func (s *shapes) check(path string, t reflect.Type, v any) []string {
	wrong := func(format string, args ...any) []string {
		return []string{path + ": " + fmt.Sprintf(format, args...)}
	}
	if t == valueType || t == rawType {
		return nil
	}
	if v == nil {
		return wrong("null")
	}
	var out []string
	switch t.Kind() {
	case reflect.Pointer:
		return s.check(path, t.Elem(), v)
	case reflect.Slice, reflect.Array:
		list, ok := v.([]any)
		if !ok || (t.Kind() == reflect.Array && len(list) != t.Len()) {
			return wrong("%T", v)
		}
		for i, x := range list {
			out = append(out, s.check(fmt.Sprintf("%s[%d]", path, i), t.Elem(), x)...)
		}
		return out
	case reflect.Map:
		object, ok := v.(map[string]any)
		if !ok {
			return wrong("%T", v)
		}
		for k, x := range object {
			out = append(out, s.check(path+"."+k, t.Elem(), x)...)
		}
		return out
	case reflect.Struct:
		return s.object(path, t, v)
	case reflect.String:
		if x, ok := v.(string); !ok {
			return wrong("%T", v)
		} else if timely.MatchString(x) {
			return wrong("the instant %s is described as a text", x)
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			return wrong("%T", v)
		}
	default:
		if _, ok := v.(float64); !ok {
			return wrong("%T", v)
		}
	}
	return nil
}

func (s *shapes) object(path string, t reflect.Type, v any) []string {
	object, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %T", path, v)}
	}
	var out []string
	rest := maps.Clone(object)
	for _, f := range fields(t) {
		at := path + "." + f.name
		x, ok := rest[f.name]
		delete(rest, f.name)
		switch {
		case !ok && f.optional:
		case !ok:
			out = append(out, at+" is missing")
		case x == nil && f.nullable:
			s.seen[shapeName(t)+"."+f.name] = true
		default:
			s.seen[shapeName(t)+"."+f.name] = true
			out = append(out, f.check(s, at, x)...)
		}
	}
	for name := range rest {
		out = append(out, path+"."+name+" is not described")
	}
	return out
}

func (f field) check(s *shapes, path string, v any) []string {
	text, isText := v.(string)
	list, isList := v.([]any)
	switch {
	case f.instant() && isList:
		var out []string
		one := f
		one.typ = f.typ.Elem()
		for i, x := range list {
			out = append(out, one.check(s, fmt.Sprintf("%s[%d]", path, i), x)...)
		}
		return out
	case f.instant() && isText:
		if _, err := time.Parse(time.RFC3339Nano, text); err != nil || !rfc3339.MatchString(text) {
			return []string{fmt.Sprintf("%s: %q is not RFC 3339", path, text)}
		}
		return nil
	case len(f.enum) > 0 && isText && !slices.Contains(f.enum, text):
		return []string{fmt.Sprintf("%s: %q is none of %q", path, text, f.enum)}
	}
	return s.check(path, f.typ, v)
}
