package segment

import (
	"encoding/json"
	"reflect"
)

// Schema returns the JSON Schema (2020-12) of the JSON form of expressions. It is
// made of the same table as the form itself.
func Schema() []byte {
	defs := object{
		"node":      anyShape(nodeType, "a condition"),
		"term":      anyShape(termType, "what has a value for each profile"),
		"value":     anyShape(valueType, "what a term is compared with"),
		"window":    anyShape(windowType, "which instants count"),
		"events":    anyShape(reflect.TypeFor[*Events](), "which events are read"),
		"some_date": anyShape(dateType, "a day, a longer stretch of the calendar, or an instant"),
		"regular":   anyShape(reflect.TypeFor[*Periods](), "in how many periods"),
		numberShape: closed(numberShape, "1.5; the digits are kept", object{"value": object{"type": "number"}}, "value"),
		dateShape: closed(dateShape, "2025-03-01, 2025-03, 2025, an instant; 2025-Q1 only in a window",
			object{"value": object{"type": "string", "pattern": `^\d{4}(-Q[1-4]|-\d\d(-\d\d([Tt ].+)?)?)?$`}}, "value"),
	}
	for _, s := range shapes {
		fields := object{}
		var required []string
		for _, f := range s.fields {
			fields[f.name] = schemaOf(f.typ)
			if !f.optional {
				required = append(required, f.name)
			}
		}
		defs[s.name] = closed(s.name, s.means, fields, required...)
	}
	out, err := json.MarshalIndent(object{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "An expression of the segment language of kreds",
		"type":                 "object",
		"required":             []string{"type", "root"},
		"additionalProperties": false,
		"properties": object{
			"type":    object{"const": "expression"},
			"subject": object{"enum": subjects, "default": subjects[0]},
			"root":    ref("node"),
		},
		"$defs": defs,
	}, "", "  ")
	if err != nil {
		return nil // maps of texts always encode
	}
	return append(out, '\n')
}

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// closed is the schema of an object without other fields.
func closed(name, means string, fields object, required ...string) object {
	fields["type"] = object{"const": name}
	return object{
		"type":                 "object",
		"description":          means,
		"properties":           fields,
		"required":             append([]string{"type"}, required...),
		"additionalProperties": false,
	}
}

// anyShape is the schema of what a field of the Go type can hold.
func anyShape(t reflect.Type, means string) object {
	var refs []object
	for _, name := range namesOf(t, shapesOf(t)) {
		refs = append(refs, ref(name))
	}
	return object{"description": means, "oneOf": refs}
}

// schemaOf is the schema of a field or an element.
func schemaOf(t reflect.Type) object {
	if names := words[t]; names != nil {
		return object{"enum": names}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": 0, "maximum": maxCount}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Slice:
		return object{"type": "array", "minItems": 1, "items": schemaOf(t.Elem())}
	}
	switch t {
	case nodeType:
		return ref("node")
	case termType:
		return ref("term")
	case valueType:
		return ref("value")
	case windowType:
		return ref("window")
	case dateType:
		return ref("some_date")
	case numberType:
		return object{"type": "number"}
	case reflect.TypeFor[*Events]():
		return ref("events")
	case reflect.TypeFor[*Periods]():
		return ref("regular")
	}
	return ref(shapesOf(t)[0].name)
}
