package segment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"golang.org/x/text/unicode/norm"

	"github.com/kreds/kreds"
)

// MaxJSON is how long the JSON form of an expression may be, in bytes.
const MaxJSON = 4 << 20

// subjects are the subjects by their JSON names.
var subjects = []string{"persons", "companies", "prospects", "prospect_companies"}

// MarshalJSON returns the JSON form of the tree, which Schema describes.
func (e *Expr) MarshalJSON() ([]byte, error) {
	return encodeExpr(e, false)
}

// encodeExpr writes a tree; plain takes a year among values for a number, as
// which it is read again.
func encodeExpr(e *Expr, plain bool) ([]byte, error) {
	w := &encoder{plain: plain}
	w.buf = fmt.Appendf(w.buf, `{"type":"expression","subject":%q,"root":`, subjects[e.Subject&3])
	if err := w.value(reflect.ValueOf(&e.Root).Elem(), "root"); err != nil {
		return nil, fmt.Errorf("writing an expression as JSON: %w", err)
	}
	return append(w.buf, '}'), nil
}

type encoder struct {
	buf   []byte
	plain bool
}

// value writes a field or an element.
func (w *encoder) value(v reflect.Value, where string) error {
	t := v.Type()
	if names := words[t]; names != nil {
		i := v.Uint()
		if i < 1 || i > uint64(len(names)) {
			return fmt.Errorf("%s has no value", where)
		}
		w.buf = strconv.AppendQuote(w.buf, names[i-1])
		return nil
	}
	switch t.Kind() {
	case reflect.Bool:
		w.buf = strconv.AppendBool(w.buf, v.Bool())
	case reflect.Int:
		w.buf = strconv.AppendInt(w.buf, v.Int(), 10)
	case reflect.Float64:
		return w.float(v.Float(), where)
	case reflect.String:
		return w.text(v.String())
	case reflect.Slice:
		w.buf = append(w.buf, '[')
		for i := range v.Len() {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			if err := w.value(v.Index(i), where+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
		w.buf = append(w.buf, ']')
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() || v.Kind() == reflect.Interface && v.Elem().IsNil() {
			return fmt.Errorf("%s is missing", where)
		}
		if t == numberType { // a percentage
			return w.number(v.Interface().(*Number), where)
		}
		if t.Kind() == reflect.Interface {
			v = v.Elem()
		}
		return w.node(v, t == valueType, where)
	default:
		return fmt.Errorf("%s has a type without JSON form", where)
	}
	return nil
}

// node writes an object.
func (w *encoder) node(v reflect.Value, amongValues bool, where string) error {
	switch n := v.Interface().(type) {
	case *Number:
		w.buf = append(w.buf, `{"type":"`+numberShape+`","value":`...)
		if err := w.number(n, where); err != nil {
			return err
		}
		w.buf = append(w.buf, '}')
		return nil
	case *DateValue:
		switch n.Kind {
		case DateYear:
			if w.plain && amongValues {
				w.buf = append(w.buf, `{"type":"`+numberShape+`","value":`+printDate(n)+`}`...)
				return nil
			}
			fallthrough
		case DateDay, DateMonth, DateQuarter, DateInstant:
			w.buf = append(w.buf, `{"type":"`+dateShape+`","value":`...)
			if err := w.text(printDate(n)); err != nil {
				return err
			}
			w.buf = append(w.buf, '}')
			return nil
		}
	}
	s := shapeOf(v.Elem())
	if s == nil {
		return fmt.Errorf("%s is a %s that has no JSON form", where, v.Type().Elem().Name())
	}
	w.buf = fmt.Appendf(w.buf, `{"type":%q`, s.name)
	for _, f := range s.fields {
		fv := v.Elem().Field(f.index)
		if f.optional && fv.IsZero() {
			continue
		}
		w.buf = fmt.Appendf(w.buf, `,%q:`, f.name)
		if err := w.value(fv, where+"."+f.name); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}

// number writes the digits as they were written.
func (w *encoder) number(n *Number, where string) error {
	if n.Text != "" && json.Valid([]byte(n.Text)) {
		w.buf = append(w.buf, n.Text...)
		return nil
	}
	return w.float(n.V, where)
}

func (w *encoder) float(f float64, where string) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Errorf("%s is no number", where)
	}
	w.buf = strconv.AppendFloat(w.buf, f, 'f', -1, 64)
	return nil
}

func (w *encoder) text(s string) error {
	b, err := json.Marshal(s)
	w.buf = append(w.buf, b...)
	return err
}

// UnmarshalJSON reads the JSON form. Unknown types and fields are refused, and so
// is every tree that has no text form. The nodes have no positions.
func (e *Expr) UnmarshalJSON(data []byte) error {
	if len(data) > MaxJSON {
		return kreds.Errorf(kreds.CodeInvalid, "the expression has %d bytes of JSON, more than %d", len(data), MaxJSON)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw any
	if err := dec.Decode(&raw); err != nil {
		return kreds.Errorf(kreds.CodeInvalid, "the expression is not JSON: %w", err)
	}
	tree, err := decodeExpr(raw)
	if err != nil {
		return err
	}
	if err := hasTextForm(tree); err != nil {
		return err
	}
	*e = *tree
	return nil
}

func decodeExpr(raw any) (*Expr, error) {
	r := &decoder{}
	obj, ok := raw.(map[string]any)
	if !ok || obj["type"] != "expression" {
		return nil, r.fail("expression", `expected an object of the type "expression"`)
	}
	e := &Expr{}
	for name := range obj {
		if name != "type" && name != "subject" && name != "root" {
			return nil, r.fail("expression", "unknown field %q", name)
		}
	}
	if s, given := obj["subject"]; given {
		name, _ := s.(string)
		i := indexOf(subjects, name)
		if i < 0 {
			return nil, r.fail("subject", "expected one of %s", wordList(subjects))
		}
		e.Subject = kreds.Subject(i)
	}
	root, ok := obj["root"]
	if !ok {
		return nil, r.fail("expression", `the field "root" is missing`)
	}
	return e, r.value(reflect.ValueOf(&e.Root).Elem(), root, "root")
}

// hasTextForm refuses what the printer and the parser do not agree on, such as
// an "and" of one clause or steps out of order.
func hasTextForm(e *Expr) error {
	text := e.String()
	read, err := Parse(text)
	if err != nil {
		fault := kreds.Errorf(kreds.CodeInvalid, "the tree is no expression; as text it is %s: %s", cut(text), err)
		if hint := kreds.HintOf(err); hint != "" {
			return fault.WithHint("%s", hint)
		}
		return fault
	}
	want, err := encodeExpr(e, true)
	if err != nil {
		return kreds.Errorf(kreds.CodeInvalid, "the tree is no expression: %w", err)
	}
	got, err := encodeExpr(read, true)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, got) {
		return kreds.Errorf(kreds.CodeInvalid, "the tree is no expression: as text it is %s, which reads as another tree", cut(text)).
			WithHint("groups have at least two clauses, and names and values the form that the text gives them")
	}
	return nil
}

type decoder struct{ depth int }

func (r *decoder) fail(where, format string, args ...any) error {
	return kreds.Errorf(kreds.CodeInvalid, "the expression's JSON: %s: %s", where, fmt.Sprintf(format, args...))
}

// value reads a field or an element into dst.
func (r *decoder) value(dst reflect.Value, raw any, where string) error {
	// Each level of the tree is at most a few levels of JSON.
	if r.depth++; r.depth > 6*MaxDepth {
		return r.fail("root", "nested too deep")
	}
	defer func() { r.depth-- }()
	t := dst.Type()
	if names := words[t]; names != nil {
		name, _ := raw.(string)
		i := indexOf(names, name)
		if i < 0 {
			return r.fail(where, "expected one of %s", wordList(names))
		}
		dst.SetUint(uint64(i) + 1)
		return nil
	}
	switch t.Kind() {
	case reflect.Bool:
		b, ok := raw.(bool)
		if !ok {
			return r.fail(where, "expected true or false")
		}
		dst.SetBool(b)
	case reflect.Int:
		n, ok := raw.(json.Number)
		i, err := strconv.ParseInt(n.String(), 10, 32)
		if !ok || err != nil {
			return r.fail(where, "expected a whole number")
		}
		dst.SetInt(i)
	case reflect.Float64:
		n, err := r.number(raw, where)
		if err != nil {
			return err
		}
		dst.SetFloat(n.V)
	case reflect.String:
		s, ok := raw.(string)
		if !ok {
			return r.fail(where, "expected a text")
		}
		dst.SetString(norm.NFC.String(s))
	case reflect.Slice:
		items, ok := raw.([]any)
		if !ok {
			return r.fail(where, "expected a list")
		}
		dst.Set(reflect.MakeSlice(t, len(items), len(items)))
		for i, item := range items {
			if err := r.value(dst.Index(i), item, where+"["+strconv.Itoa(i)+"]"); err != nil {
				return err
			}
		}
	default:
		if t == numberType {
			n, err := r.number(raw, where)
			if err != nil {
				return err
			}
			dst.Set(reflect.ValueOf(n))
			return nil
		}
		n, err := r.node(t, raw, where)
		if err != nil {
			return err
		}
		dst.Set(n)
	}
	return nil
}

// node reads an object that fits a field of the type.
func (r *decoder) node(t reflect.Type, raw any, where string) (reflect.Value, error) {
	none := reflect.Value{}
	obj, ok := raw.(map[string]any)
	if !ok {
		return none, r.fail(where, "expected an object with a type")
	}
	name, _ := obj["type"].(string)
	switch {
	case name == numberShape && t == valueType:
		n, err := r.number(obj["value"], where+".value")
		return reflect.ValueOf(n), firstError(err, r.only(obj, where, "value"))
	case name == dateShape && (t == valueType || t == dateType):
		s, _ := obj["value"].(string)
		d, ok := parseDate(s)
		if !ok {
			return none, r.fail(where+".value", "%q is no date: expected 2025-03-01, 2025-03, 2025 or an instant", cut(s))
		}
		return reflect.ValueOf(d), r.only(obj, where, "value")
	}
	fit := shapesOf(t)
	var s *shape
	for _, f := range fit {
		if f.name == name {
			s = f
		}
	}
	if s == nil {
		return none, r.fail(where, "unknown type %q: expected one of %s", cut(name), wordList(namesOf(t, fit)))
	}
	v := reflect.New(s.of)
	for _, f := range s.fixed {
		v.Elem().Field(f.index).Set(f.value)
	}
	var fields []string
	for _, f := range s.fields {
		fields = append(fields, f.name)
		fv, given := obj[f.name]
		if !given {
			if f.optional {
				continue
			}
			return none, r.fail(where, "the field %q of %q is missing", f.name, s.name)
		}
		if err := r.value(v.Elem().Field(f.index), fv, where+"."+f.name); err != nil {
			return none, err
		}
	}
	return v, r.only(obj, where, fields...)
}

// only refuses fields beside those and "type".
func (r *decoder) only(obj map[string]any, where string, fields ...string) error {
	for name := range obj {
		if name != "type" && indexOf(fields, name) < 0 {
			return r.fail(where, "unknown field %q of %q", cut(name), obj["type"])
		}
	}
	return nil
}

// number keeps the digits, without an exponent.
func (r *decoder) number(raw any, where string) (*Number, error) {
	n, ok := raw.(json.Number)
	if !ok {
		return nil, r.fail(where, "expected a number")
	}
	v, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return nil, r.fail(where, "the number %s is too large", cut(n.String()))
	}
	text := n.String()
	for _, c := range text {
		if c == 'e' || c == 'E' {
			text = strconv.FormatFloat(v, 'f', -1, 64)
			break
		}
	}
	return &Number{V: v, Text: text}, nil
}

func namesOf(t reflect.Type, shapes []*shape) []string {
	var out []string
	for _, s := range shapes {
		out = append(out, s.name)
	}
	if t == valueType {
		out = append(out, numberShape)
	}
	if t == valueType || t == dateType {
		out = append(out, dateShape)
	}
	return out
}

func indexOf(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

// wordList writes words for an error.
func wordList(names []string) string {
	var b []byte
	for i, n := range names {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, n...)
	}
	return string(b)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
